/* micro_print.c -- the text and the picture of micro_report.h. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "estimators/sdc/micro/micro_report.h"
#include "estimators/table/chart/chart.h"

struct writer {
  struct strbuf *b;
  bool ja;
};
static const char *say(const struct writer *w, const char *en, const char *ja) { return w->ja ? ja : en; }
static const char *real_text(bool has, double v, char out[32]) {
  if (has) snprintf(out, 32, "%.6g", v);
  else snprintf(out, 32, "-");
  return out;
}
static void two_counts(const struct writer *w, const char *what, int64_t before, int64_t after) {
  strbuf_addf(w->b, "  %12lld %12lld  %s\n", (long long)before, (long long)after, what);
}
static void two_reals(const struct writer *w, const char *what, bool had, double before, bool has, double after) {
  char a[32], b[32];
  strbuf_addf(w->b, "  %12s %12s  %s\n", real_text(had, before, a), real_text(has, after, b), what);
}
static void states(const struct writer *w, const struct micro_report *r) {
  const struct micro_state *p = &r->before, *q = &r->after;
  const bool had = p->has_fraction, has = q->has_fraction;
  strbuf_addf(w->b, "  %12s %12s\n", say(w, "before", "処理前"), say(w, "after", "処理後"));
  two_counts(w, say(w, "records", "記録数"), p->n_records, q->n_records);
  two_counts(w, say(w, "patterns of the keys", "キーの組合せの種類"), p->n_patterns, q->n_patterns);
  two_counts(w, say(w, "records below k", "k 未満の記録"), p->n_below, q->n_below);
  two_counts(w,
      say(w, "of them or carried: whole records whose values fewer than k have",
          "全キーが揃い同じ値が k 未満の記録（支えられた記録を含む）"),
      p->n_whole_below, q->n_whole_below);
  two_counts(w, say(w, "sample uniques", "標本一意"), p->n_unique, q->n_unique);
  two_reals(w, say(w, "smallest count", "最小の度数"), p->n_records > 0, p->least, q->n_records > 0, q->least);
  two_reals(w, say(w, "expected records found again (global risk)", "再識別の期待件数（全体リスク）"), true, p->risk.global, true,
      q->risk.global);
  two_reals(w, say(w, "greatest risk of a record", "記録別リスクの最大"), true, p->risk.greatest, true, q->risk.greatest);
  two_reals(w, say(w, "the same by household", "世帯による全体リスク"), p->has_household, p->risk.global_household, q->has_household,
      q->risk.global_household);
  if (p->has_household) two_counts(w, say(w, "households", "世帯"), p->n_households, q->n_households);
  if (p->has_household)
    two_counts(w, say(w, "households whose composition too few share", "同じ構成の世帯が k 未満の世帯"), p->n_household_below,
        q->n_household_below);
  two_reals(w, say(w, "sampling fraction", "抽出率"), had, p->fraction, has, q->fraction);
  two_reals(w, say(w, "population uniques among sample uniques (tau 1)", "標本一意のうち母集団一意（τ1）"), had, p->model.tau1, has,
      q->model.tau1);
  two_reals(w, say(w, "right matches of sample uniques (tau 2)", "標本一意の正しい照合（τ2）"), had, p->model.tau2, has, q->model.tau2);
  two_reals(w, say(w, "special uniques (SUDA2)", "特殊一意（SUDA2）"), had, (double)p->suda.n_special, has, (double)q->suda.n_special);
  two_reals(w, say(w, "DIS of the file", "ファイルの DIS"), had, p->suda.file_dis, has, q->suda.file_dis);
  if (!p->has_sensitive) return;
  two_counts(w, say(w, "records with too few distinct sensitive values", "機微項目の種類数が不足する記録"),
      p->diversity.n_below_distinct, q->diversity.n_below_distinct);
  two_counts(w, say(w, "records below entropy l", "エントロピー l 未満の記録"), p->diversity.n_below_entropy,
      q->diversity.n_below_entropy);
  two_counts(
      w, say(w, "records not recursively diverse", "再帰的多様性のない記録"), p->diversity.n_not_recursive, q->diversity.n_not_recursive);
  two_counts(w, say(w, "records beyond t", "t を超える記録"), p->diversity.n_beyond_distance, q->diversity.n_beyond_distance);
}
static const char *status_text(const struct writer *w, enum micro_status s) {
  static const char *const en[] = {"confirmed", "own decision", "NOT CONFIRMED"},
                           *const ja[] = {"典拠確認済み", "機関の決定", "典拠未確認"};
  return w->ja ? ja[s] : en[s];
}
static void one_step(const struct writer *w, const struct micro_report *r, const struct micro_step_report *s) {
  char a[32], b[32];
  strbuf_addf(w->b, "  %s", micro_step_name(s->step->kind));
  for (int k = 0; k < s->step->n_variables; k++) strbuf_addf(w->b, "%s%s", k ? ", " : " ", s->step->variable[k]);
  if (s->n_rows_before != s->n_rows_after)
    strbuf_addf(w->b, say(w, "; records %lld -> %lld", "；記録 %lld → %lld"), (long long)s->n_rows_before, (long long)s->n_rows_after);
  else strbuf_addf(w->b, say(w, "; %lld changed", "；%lld 件変更"), (long long)s->n_changed);
  if (s->step->kind == MICRO_STEP_TOP || s->step->kind == MICRO_STEP_BOTTOM)
    strbuf_addf(w->b, say(w, "; threshold %s, weighted mean of the tail %s", "；閾値 %s、裾の加重平均 %s"),
        real_text(true, s->tail.threshold, a), real_text(s->tail.has_mean, s->tail.mean, b));
  if (s->step->kind == MICRO_STEP_RESAMPLE && s->resampled.weight_after > 0)
    strbuf_addf(w->b, say(w, "; sum of weights %s -> %s", "；ウェイトの和 %s → %s"), real_text(true, s->resampled.weight_before, a),
        real_text(true, s->resampled.weight_after, b));
  if (s->step->kind == MICRO_STEP_RECORD_SWAP)
    strbuf_addf(w->b,
        say(w, "; %lld households at risk, %lld of them without a partner", "；リスクのある世帯 %lld、うち相手なし %lld"),
        (long long)s->swapped.n_at_risk, (long long)s->swapped.n_without_partner);
  if (s->step->kind == MICRO_STEP_SUPPRESS) {
    strbuf_addf(w->b,
        say(w, "; %lld records blanked, %lld carried by others, %lld unsolved;",
            "；秘匿した記録 %lld、他の記録に支えられた記録 %lld、未解決 %lld；"),
        (long long)s->suppression.n_records, (long long)s->suppression.n_carried, (long long)s->suppression.n_unsolved);
    for (int k = 0; k < r->recipe->n_keys; k++) strbuf_addf(w->b, " %s %lld", r->recipe->key[k], (long long)s->suppression.n_blanks[k]);
    strbuf_addf(w->b,
        say(w, "\n      an attacker who knows all keys: right links %s -> %s of the records, %lld with fewer than k that fit",
            "\n      全キーを知る攻撃者：正しい照合 %s → %s、合う記録が k 未満の記録 %lld"),
        real_text(true, s->open_attack.rate, a), real_text(true, s->attack.rate, b), (long long)s->attack.n_below);
  }
  strbuf_addf(w->b, "\n      %s: %s\n", status_text(w, s->step->source.status), s->step->source.text);
}
static void loss(const struct writer *w, const struct micro_report *r) {
  const struct micro_loss *l = &r->loss;
  const struct {
    const char *en, *ja;
    bool has;
    double v;
  } line[] = {{"IL1s", "IL1s", l->has_il1s, l->il1s},
      {"eigenvalues, relative difference", "固有値の相対差", l->has_eigen, l->eigen},
      {"means, in sd", "平均の差（標準偏差比）", l->has_variance, l->mean},
      {"variances, relative difference", "分散の相対差", l->has_variance, l->variance},
      {"covariances, in products of sd", "共分散の差（標準偏差の積に対する比）", l->has_variance, l->covariance},
      {"overlap of regression intervals", "回帰係数の信頼区間の重なり", l->has_overlap, l->overlap},
      {"linked by distance", "距離による照合率", l->n > 0, l->linked},
      {"linked by rank", "順位による照合率", l->n > 0, l->rank_linked},
      {"interval disclosure, 10 % of the ranks", "区間開示（順位の10％）", l->n > 0, l->interval}};
  char a[32];
  strbuf_addf(w->b, "%s\n", say(w, "information loss and linkage of the numbers", "数値の情報損失と照合"));
  if (!r->n_loss) {
    strbuf_addf(w->b, "  %s\n", say(w, "no number is written", "書き出す数値はありません"));
    return;
  }
  for (size_t k = 0; k < sizeof line / sizeof *line; k++)
    strbuf_addf(w->b, "  %12s  %s\n", real_text(line[k].has, line[k].v, a), say(w, line[k].en, line[k].ja));
}
static void head(const struct writer *w, const struct micro_report *r, const struct micro_digests *d) {
  const struct micro_recipe *x = r->recipe;
  strbuf_addf(w->b, "%s: %s\n", x->dataset, w->ja ? x->title[1] : x->title[0]);
  strbuf_addf(w->b, "  %s: %s\n", say(w, "legal basis", "法的根拠"), x->legal_basis);
  if (micro_recipe_approved(x)) strbuf_addf(w->b, "  %s: %s, %s, %s\n", say(w, "approved", "承認"), x->office, x->date, x->document);
  else if (!d->two) strbuf_addf(w->b, "  %s\n", say(w, "NOT APPROVED", "未承認"));
  if (d->officers) strbuf_addf(w->b, "  %s: %s%s\n", say(w, "approved in the store by", "保管庫での承認者"), d->officers[0] ? d->officers : "-",
      d->two ? "" : say(w, " (two are needed)", "（2名が必要）"));
  strbuf_addf(w->b, "  %s: %.16s..., %s: %.16s...\n", say(w, "data", "データ"), d->data, say(w, "recipe", "レシピ"), d->recipe);
}
static void utility(const struct writer *w, const struct micro_report *r) {
  const struct micro_utility *u = &r->utility;
  char a[4][32];
  if (!u->d) return;
  strbuf_addf(w->b, "%s\n", say(w, "means, standard deviations and correlations, before and after",
      "平均・標準偏差・相関係数（処理前、処理後）"));
  for (int k = 0; k < u->d; k++) {
    strbuf_addf(w->b, "  %12s %12s  %12s %12s  %s\n", real_text(u->has_mean[0][k], u->mean[0][k], a[0]),
        real_text(u->has_mean[1][k], u->mean[1][k], a[1]),
        real_text(u->has_mean[0][k], u->sd[0][k], a[2]), real_text(u->has_mean[1][k], u->sd[1][k], a[3]), u->name[k]);
    for (int i = 0; i < k; i++)
      strbuf_addf(w->b, "  %12s %12s  %s x %s\n", real_text(u->has_correlation[0][i][k], u->correlation[0][i][k], a[0]),
          real_text(u->has_correlation[1][i][k], u->correlation[1][i][k], a[1]), u->name[i], u->name[k]);
  }
}
void micro_report_text(const struct micro_report *r, const struct micro_digests *d, enum err_lang lang, struct strbuf *b) {
  const struct writer w = {.b = b, .ja = lang == LANG_JA};
  head(&w, r, d);
  states(&w, r);
  strbuf_addf(b, "%s\n", say(&w, "steps", "手順"));
  for (int k = 0; k < r->recipe->n_steps; k++) one_step(&w, r, &r->steps[k]);
  loss(&w, r);
  utility(&w, r);
  strbuf_addf(b, say(&w, "k = %lld: %s", "k = %lld：%s"), (long long)r->recipe->k,
      r->safe ? say(&w, "kept", "満たす") : say(&w, "NOT KEPT", "満たさない"));
  if (r->recounted)
    strbuf_addf(b, say(&w, "; counted again: %lld below, least %lld", "；再計数：未満 %lld、最小 %lld"), (long long)r->recount.n_below,
        (long long)r->recount.least);
  strbuf_addf(b, "\n      %s: %s\n", status_text(&w, r->recipe->k_source.status), r->recipe->k_source.text);
}

enum err_code micro_report_picture(struct arena *a, const struct micro_report *r, enum err_lang lang, struct strbuf *b, struct err *e) {
  const bool ja = lang == LANG_JA;
  const struct micro_recipe *x = r->recipe;
  struct chart_point *p[2] = {ARENA_ARRAY(a, struct chart_point, x->n_variables), ARENA_ARRAY(a, struct chart_point, x->n_variables)};
  int n = 0;
  if (!p[0] || !p[1]) return ERR(e, E_NO_MEMORY, .subject = x->dataset);
  for (int k = 0; k < x->n_variables; k++) {
    if (!x->variable[k].written) continue;
    p[0][n] = (struct chart_point){.label = x->variable[k].label[ja], .value = (double)r->blanks[k].missing_before, .state = CHART_SHOWN};
    p[1][n] = (struct chart_point){.label = x->variable[k].label[ja], .value = (double)r->blanks[k].missing_after, .state = CHART_SHOWN};
    n++;
  }
  const struct chart_series series[2] = {
      {.name = ja ? "処理前" : "before", .points = p[0], .n = n}, {.name = ja ? "処理後" : "after", .points = p[1], .n = n}};
  const struct chart_frame f = {.id = "missing",
      .title = ja ? "値のない件数" : "values that are missing",
      .subtitle = ja ? x->title[1] : x->title[0],
      .unit = ja ? "記録" : "records",
      .x_title = "",
      .y_title = ja ? "項目" : "variable",
      .source = x->dataset,
      .lang = lang,
      .decimals = 0};
  return chart_bars(&f, series, 2, b, e);
}
