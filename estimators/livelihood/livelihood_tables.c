#include "estimators/livelihood/livelihood_tables.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { NO_METHOD = -1, MOST_ROWS = 128 };
static const double CONFIDENCE = 0.95;

struct line { /* one row to be */
  const char *figure, *second;
  const struct livelihood_estimate *x;
  double factor;
  int method; /* NO_METHOD = no error */
  bool quantile;
  const char *refused; /* why the method gives no error; NULL = it does */
};
struct lines {
  struct line *line;
  int64_t n;
  bool refused[LIVELIHOOD_METHODS];
};
static void add(struct lines *l, const char *figure, const struct livelihood_estimate *x, double factor, bool quantile) {
  const int64_t before = l->n;
  static const char *const why = "more than 5 per cent of the replicates could not be weighted";
  for (int m = 0; m < LIVELIHOOD_METHODS; m++)
    if (x->has[m] || l->refused[m])
      l->line[l->n++] = (struct line){figure, livelihood_method_name((enum livelihood_method)m), x, factor, m, quantile, x->has[m] ? NULL : why};
  if (l->n == before) l->line[l->n++] = (struct line){figure, "none", x, factor, NO_METHOD, quantile, NULL};
}

/* --- rows into a table --- */
static double cv_of(const struct line *l) {
  if (l->method == NO_METHOD || l->refused || (l->quantile && l->method == METHOD_JACKKNIFE)) return 0;
  const double se = l->x->se[l->method];
  if (l->x->value == 0) return se > 0 ? INFINITY : 0;
  return 100 * se / fabs(l->x->value);
}
static bool too_wide(const struct lines *all, const struct line *l, double limit) {
  for (int64_t i = 0; i < all->n; i++)
    if (all->line[i].x == l->x && cv_of(&all->line[i]) > limit) return true;
  return false;
}
static void put(struct result_table *t, int64_t i, const struct line *l) {
  struct result_measure *m = &t->measures[0];
  t->dimensions[0].code[i] = str_of(l->figure), t->dimensions[1].code[i] = str_of(l->second);
  t->n[i] = l->x->n, t->n_status[i] = RESULT_SHOWN;
  m->status[i] = l->x->defined && !l->refused ? RESULT_SHOWN : RESULT_UNDEFINED;
  if (!l->x->defined) m->reason[i] = "no household of the group has a known income";
  else if (l->refused) m->reason[i] = l->refused;
  if (m->status[i] == RESULT_UNDEFINED) return;
  m->value[i] = l->factor * l->x->value;
  if (l->method == NO_METHOD) return;
  m->has_se[i] = 1;
  m->se[i] = l->factor * l->x->se[l->method];
  m->cv[i] = l->x->value != 0 ? l->x->se[l->method] / fabs(l->x->value) : 0;
  m->df[i] = l->x->df[l->method];
  m->has_interval[i] = m->df[i] > 0;
  m->low[i] = l->factor * l->x->low[l->method], m->high[i] = l->factor * l->x->high[l->method];
  m->has_deff[i] = l->method == METHOD_LINEARISED && l->x->has_deff;
  m->deff[i] = m->has_deff[i] ? l->x->deff : 0;
}
static enum err_code mark(struct arena *a, const struct livelihood_plan *plan, struct result_table *t, struct err *e) {
  struct result_mark *m = ARENA_ARRAY(a, struct result_mark, 1);
  if (!m) return ERR(e, E_NO_MEMORY, .subject = t->id);
  const char *ja = arena_printf(a, "変動係数が %g ％を超えるため掲載しない（基準は計画による）", plan->suppress_cv);
  const char *en = arena_printf(a, "not printed: coefficient of variation above %g per cent (limit of the plan)", plan->suppress_cv);
  if (!ja || !en) return ERR(e, E_NO_MEMORY, .subject = t->id);
  *m = (struct result_mark){"*", ja, en};
  t->marks = m, t->n_marks = 1, t->rule = "suppress_cv";
  return result_keep_flags(t, 0, e);
}
static enum err_code make(struct arena *a, const struct livelihood_context *c, const char *id, const char *second, const char *unit, int decimals,
    const struct lines *l, struct result_table **out, struct err *e) {
  TRY(result_table_new(a, id, l->n, 2, 1, out, e));
  struct result_table *t = *out;
  const char *period = arena_printf(a, "%lld", (long long)c->plan->year);
  if (!period) return ERR(e, E_NO_MEMORY, .subject = id);
  t->survey = "livelihood", t->form = "income", t->period = period, t->profile = "";
  t->n_row_dimensions = 2;
  t->dimensions[0].name = "figure", t->dimensions[1].name = second;
  t->measures[0].name = "value", t->measures[0].unit = unit, t->measures[0].decimals = decimals;
  TRY(result_keep_precision(t, 0, CONFIDENCE, e));
  TRY(mark(a, c->plan, t, e));
  for (int64_t i = 0; i < l->n; i++) {
    put(t, i, &l->line[i]);
    if (l->line[i].x->defined && !l->line[i].refused && too_wide(l, &l->line[i], c->plan->suppress_cv))
      result_withhold(&t->measures[0], i, "*", "coefficient of variation above the limit of the plan");
  }
  return E_OK;
}

/* --- notes --- */
const char *livelihood_say(enum err_lang lang, const char *en, const char *ja) { return lang == LANG_JA ? ja : en; }
static const char *say(const struct livelihood_context *c, const char *en, const char *ja) { return livelihood_say(c->lang, en, ja); }
static void note_count(const struct livelihood_context *c, struct result_table *t, int64_t n, const char *en, const char *ja) {
  char text[256];
  if (n == 0) return;
  snprintf(text, sizeof text, "%lld %s", (long long)n, say(c, en, ja));
  result_note(t, text);
}
static void note_survey(const struct livelihood_context *c, bool income, struct result_table *t) {
  const struct livelihood_label label = livelihood_weights_label(c->plan->weights);
  result_note(t, say(c, label.en, label.ja));
  result_note(t, say(c, "standard errors: the ministry's formula was not found in public sources; these are ours, districts with replacement",
      "標準誤差: 省の算式は公開資料に見つからない。ここでの値は独自（地区の復元抽出）"));
  if (c->plan->fpc && !income) result_note(t, say(c, "with finite population correction of districts", "地区の有限母集団修正あり"));
  if (c->plan->fpc && income)
    result_note(t, say(c, "no finite population correction: it would take off part of the second phase",
        "有限母集団修正なし（二相目の分散まで減るため）"));
  if (c->strata && c->strata->n_empty) {
    char text[256];
    snprintf(text, sizeof text, say(c, "%lld areas of the stratum form have no household record, %lld people",
        "世帯票のない地域: %lld、人口 %lld"), (long long)c->strata->n_empty, (long long)c->strata->empty_people);
    result_note(t, text);
  }
  note_count(c, t, c->survey->n_silent_units, "selected unit areas without any income form: are they truly selected?",
      "単位区で所得票が一つもない（income_selected を確かめること）");
  note_count(c, t, c->survey->n_joined, "strata with one district joined with another", "地区が1つの層を他の層と併合");
}
static void note_income(const struct livelihood_context *c, const struct livelihood_income *x, const struct livelihood_measures *m,
    struct result_table *t) {
  result_note(t, c->plan->basis == BASIS_OLD
                     ? say(c, "income: old basis (total - taxes - premiums)", "所得: 旧基準（総所得－税－社会保険料）")
                     : say(c, "income: basis of 2018 (also - vehicle tax, private pension premiums, remittances paid)",
                           "所得: 新基準（さらに自動車税等・企業年金等掛金・仕送り額を控除）"));
  if (!c->survey->weighted) result_note(t, say(c, "unweighted: averages and shares only", "無加重: 平均と割合のみ"));
  note_count(c, t, x->n_no_total, "households left out: total income not known", "世帯を除外: 総所得不詳");
  note_count(c, t, x->n_no_deduction, "households left out: a tax or premium not known", "世帯を除外: 税・保険料不詳");
  note_count(c, t, m->n_negative, "households with a disposable income below 0 (0 for Gini)",
      "世帯の可処分所得が負（ジニ係数では 0）");
  for (int k = 0; k < LIVELIHOOD_METHODS; k++) {
    char text[256];
    if (!m->lost[k]) continue;
    snprintf(text, sizeof text, say(c, "%s: weights of %lld of %lld replicates could not be made again%s",
        "%s: %lld / %lld の反復でウェイトが作れない%s"), livelihood_method_name((enum livelihood_method)k), (long long)m->lost[k],
        (long long)m->made[k], m->refused[k] ? say(c, ", above 5 per cent: no error is given", "。5 ％を超えるため誤差を示さない") :
        say(c, ", left out", "ため除外"));
    result_note(t, text);
  }
}

/* --- tables of income --- */
struct income_work {
  const struct livelihood_plan *plan;
  const struct livelihood_measures *m;
  struct livelihood_estimate unweighted, real; /* figures of their own */
};
static void poverty_lines(const struct income_work *k, struct lines *l) {
  for (int g = 0; g < LIVELIHOOD_GROUPS; g++) add(l, livelihood_figure_name(FIGURE_RATE + g), &k->m->estimate[FIGURE_RATE + g], 100, false);
}
static void amount_lines(struct income_work *k, struct lines *l) {
  add(l, livelihood_figure_name(FIGURE_LINE), &k->m->estimate[FIGURE_LINE], 1, true);
  if (k->plan->price > 0) {
    k->real = k->m->estimate[FIGURE_LINE];
    add(l, "poverty_line_real", &k->real, 100 / k->plan->price, true);
  }
  add(l, livelihood_figure_name(FIGURE_MEDIAN), &k->m->estimate[FIGURE_MEDIAN], 1, true);
  add(l, livelihood_figure_name(FIGURE_MEAN), &k->m->estimate[FIGURE_MEAN], 1, false);
  for (int d = 0; d < LIVELIHOOD_DECILES; d++) add(l, livelihood_figure_name(FIGURE_DECILE + d), &k->m->estimate[FIGURE_DECILE + d], 1, true);
}
static void inequality_lines(struct income_work *k, struct lines *l) {
  add(l, livelihood_figure_name(FIGURE_GINI), &k->m->estimate[FIGURE_GINI], 1, false);
  k->unweighted = (struct livelihood_estimate){
      .value = k->m->gini_unweighted, .defined = k->m->has_gini_unweighted, .n = k->m->n_households};
  add(l, "gini_unweighted", &k->unweighted, 1, false);
  add(l, livelihood_figure_name(FIGURE_P90_P10), &k->m->estimate[FIGURE_P90_P10], 1, true);
}
enum err_code livelihood_income_table(struct arena *a, const struct livelihood_context *c, const struct livelihood_income *income,
    const struct livelihood_measures *m, enum livelihood_table which, struct result_table **out, struct err *e) {
  struct income_work k = {.plan = c->plan, .m = m};
  struct lines l = {.line = ARENA_ARRAY(a, struct line, MOST_ROWS)};
  memcpy(l.refused, m->refused, sizeof l.refused);
  if (!l.line) return ERR(e, E_NO_MEMORY, .subject = "livelihood");
  if (which == TABLE_POVERTY) poverty_lines(&k, &l);
  if (which == TABLE_LINES) amount_lines(&k, &l);
  if (which == TABLE_INEQUALITY) inequality_lines(&k, &l);
  static const struct {
    const char *id, *unit, *ja, *en;
    int decimals;
  } kinds[] = {{"poverty", "per cent", "相対的貧困率", "relative poverty rates", 1}, {"lines", "10,000 yen",
      "貧困線・等価可処分所得", "poverty line and equivalised income", 1},
      {"inequality", "", "所得格差", "inequality", 4}};
  TRY(make(a, c, kinds[which].id, "method", kinds[which].unit, kinds[which].decimals, &l, out, e));
  (*out)->title_ja = kinds[which].ja, (*out)->title_en = kinds[which].en;
  note_survey(c, true, *out);
  note_income(c, income, m, *out);
  if (which == TABLE_LINES && c->plan->price > 0) {
    char text[128];
    snprintf(text, sizeof text, "%s %lld: %g", say(c, "real: price index given in the plan,", "実質: 計画で与えた物価指数"),
        (long long)c->plan->price_base,
        c->plan->price);
    result_note(*out, text);
  }
  return E_OK;
}

/* --- tables of shares --- */
enum err_code livelihood_share_table(struct arena *a, const struct livelihood_context *c, const char *id, const struct livelihood_shares *s,
    const struct livelihood_estimate *estimate, int32_t n_domains, struct result_table **out, struct err *e) {
  struct lines l = {.line = ARENA_ARRAY(a, struct line, (int64_t)s->m * n_domains + 1)};
  if (!l.line) return ERR(e, E_NO_MEMORY, .subject = id);
  for (int k = 0; k < s->m; k++)
    for (int32_t d = 0; d < n_domains; d++) {
      const struct livelihood_estimate *x = &estimate[(int64_t)k * n_domains + d];
      const char *area = n_domains == 1 ? "_T" : arena_printf(a, "%02lld", (long long)c->records->area_code[d]);
      if (!area) return ERR(e, E_NO_MEMORY, .subject = id);
      l.line[l.n++] = (struct line){s->share[k].name, area, x, 1, x->has[METHOD_LINEARISED] ? METHOD_LINEARISED : NO_METHOD, false, NULL};
    }
  TRY(make(a, c, id, "area", "", 2, &l, out, e));
  note_survey(c, false, *out);
  note_count(c, *out, s->n_absent, "members without a health record, in no rate", "人の世帯員に健康票がなく、率に入らない");
  note_count(c, *out, s->n_unknown, "answers or types not known", "回答または類型が不詳");
  return E_OK;
}
