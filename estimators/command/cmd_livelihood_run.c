/* cmd_livelihood_run.c -- the work of `shirabe estimate livelihood` over records: poverty, lines, inequality, households, health, check. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/term.h"
#include "estimators/command/cmd_livelihood.h"
#include "estimators/table/chart/chart.h"

struct run {
  struct cli *c;
  struct arena *a;
  struct livelihood_plan plan;
  struct livelihood_source source;
  struct livelihood_records records;
  struct livelihood_strata strata;
  struct livelihood_cells cells;
  bool has_strata, has_cells;
  struct livelihood_income income;
  struct livelihood_survey survey;
  struct livelihood_persons persons;
  struct livelihood_measures measures;
};

static enum err_code need(const struct run *r, enum livelihood_form f, struct err *e) {
  return r->source.form[f] ? E_OK : ERR(e, E_LIVELIHOOD_SOURCE, .subject = cli_operand(r->c, 0), .expected = livelihood_form_name(f));
}
/* The heading of every table has the year of the plan. */
static enum err_code same_year(const struct run *r, struct err *e) {
  const char *period = cli_operand(r->c, 1);
  char year[24];
  snprintf(year, sizeof year, "%lld", (long long)r->plan.year);
  if (!strncmp(year, period, 4)) return E_OK;
  return ERR(e, E_LIVELIHOOD_PLAN, .file = cli_text(r->c, "plan"), .subject = "year", .found = year, .expected = period);
}
static enum err_code open_records(struct cli *c, struct store *s, bool linked, struct run **out, struct err *e) {
  struct run *r = ARENA_NEW(cli_job(c)->arena, struct run);
  if (!r) return ERR(e, E_NO_MEMORY, .subject = "livelihood");
  r->c = c, r->a = cli_job(c)->arena;
  if (linked) TRY(livelihood_read_plan(c, &r->plan, e));
  if (linked && s) TRY(same_year(r, e));
  TRY(livelihood_read_source(c, s, &r->source, e));
  TRY(livelihood_records_join(r->a, &r->source, &r->records, e));
  *out = r;
  if (!linked) return E_OK;
  TRY(livelihood_linked(&r->records, e));
  TRY(livelihood_complete(&r->records, &r->source, e));
  if (r->source.form[LIVELIHOOD_STRATUM]) {
    TRY(livelihood_strata_of(r->a, &r->records, r->source.form[LIVELIHOOD_STRATUM], &r->strata, e));
    r->has_strata = true;
  }
  if (!r->plan.raking) return E_OK;
  TRY(need(r, LIVELIHOOD_POPULATION, e));
  TRY(need(r, LIVELIHOOD_PERSON, e));
  r->has_cells = true;
  return livelihood_cells_of(r->a, r->source.form[LIVELIHOOD_POPULATION], r->source.form[LIVELIHOOD_PERSON], &r->cells, e);
}
static enum err_code weigh(struct run *r, bool income, struct err *e) {
  const struct livelihood_weighting q = {.plan = &r->plan,
      .records = &r->records,
      .strata = r->has_strata ? &r->strata : NULL,
      .cells = r->has_cells ? &r->cells : NULL,
      .form = r->source.form[income ? LIVELIHOOD_INCOME : LIVELIHOOD_HOUSEHOLD],
      .income = income,
      .place = r->source.form[LIVELIHOOD_HOUSEHOLD]->place};
  return livelihood_weigh(r->a, &q, &r->survey, e);
}
static void tell(struct run *r, enum err_code code, const char *subject, int64_t n) {
  struct err note = {.code = E_OK};
  char found[32];
  snprintf(found, sizeof found, "%lld", (long long)n);
  (void)ERR(&note, code, .subject = subject, .found = n ? found : NULL);
  job_problem(cli_job(r->c), &note);
}

/* --- income --- */
static double in_group(const struct livelihood_records *r, int group, int64_t h) {
  const uint8_t code = r->oecd[h];
  const bool one = code == 3 || code == 4, more = code >= 8 && code <= 10;
  switch (group) {
  case GROUP_CHILDREN: return r->children[h];
  case GROUP_WORKING: return one || more ? r->members[h] : 0;
  case GROUP_ONE_ADULT: return one ? r->members[h] : 0;
  case GROUP_MORE_ADULTS: return more ? r->members[h] : 0;
  default: return r->members[h];
  }
}
static enum err_code make_persons(struct run *r, struct err *e) {
  const int64_t n = r->survey.n;
  double *income = ARENA_ARRAY(r->a, double, n + 1), *persons[LIVELIHOOD_GROUPS];
  uint8_t *known = ARENA_ARRAY(r->a, uint8_t, n + 1);
  if (!income || !known) return ERR(e, E_NO_MEMORY, .subject = "income");
  for (int g = 0; g < LIVELIHOOD_GROUPS; g++)
    if (!(persons[g] = ARENA_ARRAY(r->a, double, n + 1))) return ERR(e, E_NO_MEMORY, .subject = "income");
  for (int64_t i = 0; i < n; i++) {
    const int64_t h = r->survey.row[i];
    income[i] = r->income.equivalised[h], known[i] = r->income.known[h];
    for (int g = 0; g < LIVELIHOOD_GROUPS; g++) persons[g][i] = in_group(&r->records, g, h);
    if (persons[GROUP_CHILDREN][i] > persons[GROUP_ALL][i])
      return ERR(e, E_LIVELIHOOD_VALUE, .file = r->source.form[LIVELIHOOD_HOUSEHOLD]->place, .line = r->records.row[h] + 1, .subject = "members",
          .expected = "no fewer than its children");
  }
  r->persons = (struct livelihood_persons){.n = n, .income = income, .known = known};
  for (int g = 0; g < LIVELIHOOD_GROUPS; g++) r->persons.persons[g] = persons[g];
  return E_OK;
}
static enum err_code measure(struct run *r, bool errors, struct err *e) {
  TRY(need(r, LIVELIHOOD_INCOME, e));
  TRY(need(r, LIVELIHOOD_PERSON, e));
  TRY(livelihood_income_of(r->a, &r->records, r->source.form[LIVELIHOOD_INCOME], r->plan.basis, &r->income, e));
  TRY(weigh(r, true, e));
  TRY(make_persons(r, e));
  const struct livelihood_request q = {.survey = &r->survey,
      .persons = &r->persons,
      .school = r->plan.school,
      .linearised = errors,
      .woodruff = errors,
      .jackknife = errors && r->plan.jackknife,
      .bootstrap = errors ? r->plan.bootstrap : 0,
      .seed = r->plan.seed};
  TRY(livelihood_measure(cli_job(r->c), r->a, &q, &r->measures, e));
  const int64_t out = r->income.n_no_total + r->income.n_no_deduction;
  if (out) tell(r, E_LIVELIHOOD_LEFT_OUT, cli_say(r->c, "amounts not known", "額の不詳"), out);
  if (!livelihood_weights_label(r->plan.weights).official) tell(r, E_LIVELIHOOD_UNCONFIRMED, livelihood_weights_name(r->plan.weights), 0);
  return E_OK;
}
static struct livelihood_context context_of(const struct run *r, enum err_lang lang) {
  return (struct livelihood_context){&r->plan, &r->survey, &r->records, lang, r->has_strata ? &r->strata : NULL};
}

/* --- picture: persons by equivalised income, with the poverty line --- */
enum { BINS_MOST = 60 };
static enum err_code draw(struct run *r, struct err *e) {
  const double line = r->measures.estimate[FIGURE_LINE].value, median = r->measures.estimate[FIGURE_MEDIAN].value;
  const double top = 3 * median > 0 ? 3 * median : 1, width = top / BINS_MOST;
  double edge[BINS_MOST + 1], count[BINS_MOST] = {0}, above = 0, size = 0;
  char note[160], label[2][64];
  struct strbuf b;
  for (int k = 0; k <= BINS_MOST; k++) edge[k] = k * width;
  for (int64_t i = 0; i < r->persons.n; i++) {
    const double w = r->persons.known[i] ? r->survey.survey.weight[i] * r->persons.persons[GROUP_ALL][i] : 0;
    const double y = r->persons.income[i] > 0 ? r->persons.income[i] : 0;
    size += w;
    if (y < top) count[(int)(y / width) < BINS_MOST ? (int)(y / width) : BINS_MOST - 1] += w;
    else above += w;
  }
  for (int k = 0; k < BINS_MOST; k++) count[k] = size > 0 ? 100 * count[k] / size : 0;
  snprintf(note, sizeof note, cli_say(r->c, "%.2f %% of persons have more than %.0f and are not drawn; incomes below 0 stand at 0",
      "%.2f ％の世帯員は %.0f を超え、図にない。負の所得は 0 に置く"), size > 0 ? 100 * above / size : 0, top);
  snprintf(label[0], sizeof label[0], cli_say(r->c, "poverty line %.1f", "貧困線 %.1f"), line);
  snprintf(label[1], sizeof label[1], cli_say(r->c, "median %.1f", "中央値 %.1f"), median);
  const struct chart_line lines[] = {{line, label[0]}, {median, label[1]}};
  const char *const notes[] = {note};
  const struct livelihood_label weights = livelihood_weights_label(r->plan.weights);
  const char *source = arena_printf(r->a, cli_say(r->c, "livelihood, %lld households of known income; %s",
      "livelihood、所得の分かる %lld 世帯。%s"),
      (long long)r->measures.n_households, cli_say(r->c, weights.en, weights.ja));
  const struct chart_frame f = {.id = "livelihood",
      .title = cli_say(r->c, "Equivalised disposable income", "等価可処分所得の分布"),
      .subtitle = arena_printf(r->a, "%lld", (long long)r->plan.year),
      .unit = cli_say(r->c, "10,000 yen", "万円"),
      .x_title = cli_say(r->c, "10,000 yen", "万円"),
      .y_title = cli_say(r->c, "per cent of persons", "世帯員の割合（％）"),
      .source = source,
      .n_values = r->measures.n_households,
      .notes = notes,
      .n_notes = 1,
      .lang = cli_lang(r->c),
      .decimals = -1};
  if (!f.subtitle || !source) return ERR(e, E_NO_MEMORY, .subject = "chart");
  strbuf_init(&b, 0);
  return livelihood_svg(r->c, &b, chart_histogram(&f, edge, count, BINS_MOST, lines, 2, &b, e), e);
}

static enum err_code income_sheet(const struct run *r, enum livelihood_table which, struct livelihood_sheet *out, struct err *e) {
  const struct livelihood_context plain = context_of(r, LANG_EN), spoken = context_of(r, cli_lang(r->c));
  TRY(livelihood_income_table(r->a, &plain, &r->income, &r->measures, which, &out->table, e));
  return livelihood_income_table(r->a, &spoken, &r->income, &r->measures, which, &out->spoken, e);
}
enum err_code livelihood_do_income(struct cli *c, struct store *s, bool *look, struct err *e) {
  const char *kind = cli_operand(c, 0);
  struct livelihood_sheet t;
  struct run *r;
  (void)look;
  TRY(open_records(c, s, true, &r, e));
  TRY(measure(r, !cli_flag(c, "svg"), e));
  if (cli_flag(c, "svg")) return draw(r, e);
  const enum livelihood_table which = !strcmp(kind, "poverty") ? TABLE_POVERTY : !strcmp(kind, "lines") ? TABLE_LINES : TABLE_INEQUALITY;
  TRY(income_sheet(r, which, &t, e));
  return livelihood_print(c, &t, 1, e);
}

/* --- households and health --- */
struct share_work {
  const struct livelihood_shares *shares;
  const struct livelihood_estimate *estimate;
  int32_t n_domains;
  bool health;
};
static enum err_code share_table(const struct run *r, const struct share_work *k, enum err_lang lang, struct result_table **out, struct err *e) {
  const struct livelihood_context context = context_of(r, lang);
  TRY(livelihood_share_table(r->a, &context, k->health ? "health" : "households", k->shares, k->estimate, k->n_domains, out, e));
  (*out)->form = k->health ? "health" : "household";
  (*out)->title_en = k->health ? "symptoms and treatment per 1,000 members" : "households by type and structure";
  (*out)->title_ja = k->health ? "有訴者率・通院者率（人口千対）" : "世帯類型・世帯構造";
  if (!k->health) return E_OK;
  if (r->plan.rate_base == RATE_BASE_MEMBERS) result_note(*out, livelihood_say(lang, "per member, those in hospital too",
      "分母に入院者を含む"));
  else result_note(*out, livelihood_say(lang, "per member not in hospital", "分母に入院者を含まない"));
  return E_OK;
}
static enum err_code share_sheet(struct run *r, bool health, struct livelihood_sheet *out, struct err *e) {
  const bool by_area = cli_text(r->c, "by") != NULL;
  const int32_t n_domains = by_area ? r->records.n_areas : 1;
  int32_t *of = ARENA_ARRAY(r->a, int32_t, r->records.n + 1);
  struct livelihood_shares *shares = ARENA_NEW(r->a, struct livelihood_shares);
  if (!of || !shares) return ERR(e, E_NO_MEMORY, .subject = "shares");
  TRY(weigh(r, false, e));
  if (health) TRY(need(r, LIVELIHOOD_HEALTH, e));
  if (health) TRY(livelihood_health_shares(r->a, &r->records, &r->survey, r->source.form[LIVELIHOOD_HEALTH], r->plan.rate_base, shares, e));
  else TRY(livelihood_household_shares(r->a, &r->records, &r->survey, shares, e));
  for (int64_t i = 0; i < r->survey.n; i++) of[i] = by_area ? r->records.area[r->survey.row[i]] : 0;
  const struct taylor_domains domains = {n_domains, of};
  struct livelihood_estimate *x = ARENA_ARRAY(r->a, struct livelihood_estimate, (int64_t)shares->m * n_domains + 1);
  if (!x) return ERR(e, E_NO_MEMORY, .subject = "shares");
  TRY(livelihood_share_estimates(cli_job(r->c), r->a, &r->survey, shares, &domains, x, e));
  const struct share_work k = {shares, x, n_domains, health};
  TRY(share_table(r, &k, LANG_EN, &out->table, e));
  return share_table(r, &k, cli_lang(r->c), &out->spoken, e);
}
enum err_code livelihood_do_shares(struct cli *c, struct store *s, bool *look, struct err *e) {
  struct livelihood_sheet t;
  struct run *r;
  (void)look;
  TRY(open_records(c, s, true, &r, e));
  TRY(share_sheet(r, !strcmp(cli_operand(c, 0), "health"), &t, e));
  return livelihood_print(c, &t, 1, e);
}
enum err_code livelihood_do_tables(struct cli *c, struct store *s, bool *look, struct err *e) {
  struct livelihood_sheet t[5];
  struct run *r;
  int n = 0;
  (void)look;
  TRY(open_records(c, s, true, &r, e));
  if (r->source.form[LIVELIHOOD_INCOME]) {
    TRY(measure(r, true, e));
    for (int k = TABLE_POVERTY; k <= TABLE_INEQUALITY; k++) TRY(income_sheet(r, (enum livelihood_table)k, &t[n++], e));
  }
  TRY(share_sheet(r, false, &t[n++], e));
  if (r->source.form[LIVELIHOOD_HEALTH]) TRY(share_sheet(r, true, &t[n++], e));
  return livelihood_print(c, t, n, e);
}

/* --- do the forms belong together? --- */
static enum err_code check_table(const struct run *r, enum err_lang lang, struct result_table **out, bool *look, struct err *e) {
  static const enum livelihood_form forms[] = {LIVELIHOOD_HOUSEHOLD, LIVELIHOOD_PERSON, LIVELIHOOD_INCOME, LIVELIHOOD_HEALTH,
      LIVELIHOOD_CARE, LIVELIHOOD_SAVINGS};
  enum { N_FORMS = sizeof forms / sizeof *forms };
  struct result_table *t;
  TRY(result_table_new(r->a, "links", N_FORMS, 1, 3, &t, e));
  t->survey = "livelihood", t->title_en = "records and the households they belong to", t->title_ja = "様式間の世帯キーの照合";
  t->dimensions[0].name = "form", t->measures[0].name = "records", t->measures[1].name = "linked", t->measures[2].name = "unlinked";
  for (int k = 0; k < N_FORMS; k++) {
    const struct livelihood_link *l = &r->records.link[forms[k]];
    const double value[] = {(double)l->records, (double)l->linked, (double)(l->records - l->linked)};
    t->dimensions[0].code[k] = str_of(livelihood_form_name(forms[k]));
    for (int m = 0; m < 3; m++) t->measures[m].value[k] = value[m], t->measures[m].unit = "";
    t->n[k] = l->records;
    *look = *look || l->records != l->linked;
  }
  int64_t differ = 0, lost = 0, heads = 0, twice = 0;
  for (int64_t h = 0; h < r->records.n; h++) {
    differ += r->records.has_persons && r->records.persons[h] != r->records.members[h];
    heads += r->records.has_persons && r->records.heads[h] != 1;
    lost += r->records.income_selected[h] && r->records.income_row[h] < 0;
  }
  char note[160];
  snprintf(note, sizeof note, livelihood_say(lang, "%lld households whose members are not their person records",
      "世帯人員と世帯員の記録数が違う世帯: %lld"),
      (long long)differ);
  result_note(t, note);
  snprintf(note, sizeof note, livelihood_say(lang, "%lld households of the income sample without an income record",
      "所得票の標本で所得票のない世帯: %lld"),
      (long long)lost);
  result_note(t, note);
  snprintf(note, sizeof note, livelihood_say(lang, "%lld households without exactly one head",
      "世帯主が一人でない世帯: %lld"), (long long)heads);
  result_note(t, note);
  for (int f = 0; f < LIVELIHOOD_FORMS; f++) {
    if (r->records.twice[f] < 0) continue;
    twice++;
    snprintf(note, sizeof note, livelihood_say(lang, "%s: a person is there twice, record %lld",
        "%s: 同じ世帯員の記録が二つ（記録 %lld）"),
        livelihood_form_name((enum livelihood_form)f), (long long)r->records.twice[f] + 1);
    result_note(t, note);
  }
  *look = *look || differ || heads || twice;
  *out = t;
  return E_OK;
}
enum err_code livelihood_do_check(struct cli *c, struct store *s, bool *look, struct err *e) {
  struct livelihood_sheet t;
  struct run *r;
  TRY(open_records(c, s, false, &r, e));
  TRY(check_table(r, LANG_EN, &t.table, look, e));
  TRY(check_table(r, cli_lang(c), &t.spoken, look, e));
  return livelihood_print(c, &t, 1, e);
}
