/* cmd_vital_year.c -- estimate vital year, rates, pyramid: tables from records and totals. */
#include <stdio.h>
#include <string.h>

#include "estimators/command/cmd_picture.h"
#include "estimators/command/cmd_vital.h"
#include "estimators/table/chart/chart_pyramid.h"
#include "estimators/vital/vital_suppress.h"

struct year_work {
  struct cause_list causes;
  struct vital_records records[VITAL_FORMS];
  struct vital_year y;
  struct vital_population people;
  struct vital_release release;
  struct vital_check_report checks;
  bool has_people;
};
static enum err_code read_year(struct cli *c, struct year_work *w, struct err *e) {
  bool any = false;
  for (int f = 0; f < VITAL_FORMS; f++) {
    const char *path = cli_text(c, vital_form_name[f]);
    TRY(vital_read_records(c, path, (enum vital_form)f, &w->records[f], e));
    any = any || path;
  }
  if (!any) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "vital year", .expected = "--births, --deaths, --stillbirths, --marriages or --divorces");
  const char *people = cli_text(c, "population");
  TRY(vital_read_causes(c, cli_text(c, "causes"), &w->causes, e));
  w->has_people = people != NULL;
  return people ? vital_read_population(c, people, cli_int(c, "year"), &w->people, e) : E_OK;
}
static enum asdr_model model_of(struct cli *c) { return !strcmp(cli_text(c, "model"), "S60") ? ASDR_S60 : ASDR_H27; }
/* A table of a form without a file would be a table of zeros. */
static enum err_code form_given(const struct year_work *w, const char *id, struct err *e) {
  static const struct {
    const char *id;
    enum vital_form form;
  } derived[] = {{"tfr", VITAL_BIRTH}, {"asfr", VITAL_BIRTH}, {"asdr", VITAL_DEATH}, {"ranks", VITAL_DEATH}, {"cause_rates", VITAL_DEATH},
      {"cause_tree", VITAL_DEATH}, {"elderly", VITAL_DEATH}};
  int form = -1;
  for (size_t k = 0; k < sizeof derived / sizeof *derived; k++)
    if (!strcmp(id, derived[k].id)) form = (int)derived[k].form;
  for (int k = 0; k < VITAL_TABLES; k++)
    if (!strcmp(id, w->y.table[k].id)) form = (int)w->y.table[k].form;
  if (!strcmp(id, "marriage_ages") && w->y.absent[VITAL_DIVORCE]) form = VITAL_MARRIAGE; /* one of the two is enough */
  return form < 0 || !w->y.absent[form] ? E_OK : ERR(e, E_ESTIMATE_ARGUMENT, .subject = id, .expected = vital_form_name[form]);
}
static enum err_code one_table(struct cli *c, struct year_work *w, const char *id, struct result_table **t, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  struct vital_suppression s;
  static const char *const with_people[] = {"tfr", "asfr", "asdr", "cause_rates", "marriage_ages"}, *const derived[] = {"rates", "tfr", "asfr",
      "asdr", "shares",
      "ranks", "cause_rates", "elderly", "marriage_ages", "cause_tree"};
  bool needs = false;
  TRY(form_given(w, id, e));
  for (size_t k = 0; k < sizeof with_people / sizeof *with_people; k++) needs = needs || !strcmp(id, with_people[k]);
  for (size_t k = 0; cli_int(c, "suppress") && k < sizeof derived / sizeof *derived; k++)
    if (!strcmp(id, derived[k])) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--suppress", .expected = "a table of counts");
  if (needs && !w->has_people) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = id, .expected = "--population FILE");
  if (!strcmp(id, "rates")) return vital_rates_table(a, &w->release, w->has_people ? &w->people : NULL, t, e);
  if (!strcmp(id, "tfr")) return vital_tfr_areas_table(a, &w->y, &w->people, t, e);
  if (!strcmp(id, "asdr")) return vital_asdr_areas_table(a, &w->y, &w->people, model_of(c), t, e);
  if (!strcmp(id, "asfr")) return vital_asfr_table(a, &w->y, &w->people, t, e);
  if (!strcmp(id, "cause_rates")) return vital_cause_rates_table(a, &w->y, &w->people, t, e);
  if (!strcmp(id, "marriage_ages")) return vital_marriage_ages_table(a, &w->y, &w->people, t, e);
  if (!strcmp(id, "elderly")) return vital_elderly_table(a, &w->y, w->has_people ? &w->people : NULL, t, e);
  if (!strcmp(id, "cause_tree")) return vital_cause_tree_table(a, &w->y, t, e);
  if (!strcmp(id, "shares")) return vital_shares_table(a, &w->y, t, e);
  if (!strcmp(id, "ranks")) return vital_rank_table(a, &w->y, t, e);
  for (int k = 0; k < VITAL_TABLES; k++)
    if (!strcmp(id, w->y.table[k].id)) {
      TRY(vital_count_table(a, &w->y, (enum vital_table_id)k, t, e));
      return cli_int(c, "suppress") ? vital_suppress_table(a, &w->y, (enum vital_table_id)k, cli_int(c, "suppress"), *t, &s, e) : E_OK;
    }
  return ERR(e, E_TABLE_UNKNOWN, .subject = id);
}
/* Without --table: what there is, and the cross-checks. */
static void overview(struct cli *c, const struct year_work *w) {
  FILE *to = cli_out(c);
  for (int k = 0; k < VITAL_TABLES; k++) {
    int64_t n = 0;
    if (w->y.absent[w->y.table[k].form]) {
      fprintf(to, "%-28s %10s  %s\n", w->y.table[k].id, "-", cli_say(c, w->y.table[k].title_en, w->y.table[k].title_ja));
      continue;
    }
    for (int64_t i = 0; i < w->y.table[k].n_cells; i++) n += w->y.table[k].cell[i];
    fprintf(to, "%-28s %10lld  %s\n", w->y.table[k].id, (long long)n, cli_say(c, w->y.table[k].title_en, w->y.table[k].title_ja));
  }
  if (w->y.n_outside_list)
    fprintf(to, cli_say(c, "%lld deaths bear a code whose group did not exist, or was another, in their month\n",
        "死亡月に存在しない（または別の）分類の符号をもつ死亡 %lld 件\n"),
        (long long)w->y.n_outside_list);
  fprintf(to, cli_say(c, "%lld cross-checks, %lld failed\n", "突合 %lld 件、不一致 %lld 件\n"),
      (long long)w->checks.n_checked, (long long)w->checks.n_failed);
}
static enum vital_status status_asked(struct cli *c) {
  for (int k = 0; k < VITAL_STATUSES; k++)
    if (!strcmp(cli_text(c, "status"), vital_status_name[k])) return (enum vital_status)k;
  return VITAL_APPROXIMATE;
}
/* A snapshot as rows of a totals file: kept beside earlier ones it is what check, revision, rates and overview read. */
void vital_totals_text(const struct vital_release *r, struct strbuf *b) {
  strbuf_adds(b, "year,month,status,prefecture");
  for (int i = 0; i < VITAL_ITEMS; i++) strbuf_addf(b, ",%s", vital_item_name[i]);
  for (int area = 0; area < VITAL_AREAS; area++) {
    strbuf_addf(b, "\n%lld,%.0lld,%s,%.0d", (long long)r->year, (long long)r->month, vital_status_name[r->status], area);
    for (int i = 0; i < VITAL_ITEMS; i++) {
      strbuf_addc(b, ',');
      if (r->known[area][i]) strbuf_add_int(b, r->n[area][i]);
    }
  }
  strbuf_addc(b, '\n');
}
static enum err_code print_totals(struct cli *c, const struct vital_release *r, struct err *e) {
  struct strbuf b;
  strbuf_init(&b, 0);
  vital_totals_text(r, &b);
  return estimate_write(c, &b, e);
}
enum err_code vital_do_year(struct cli *c, bool *look, struct err *e) {
  struct year_work *w = ARENA_NEW(cli_job(c)->arena, struct year_work);
  const char *id = cli_text(c, "table");
  struct result_table *t;
  if (!w) return ERR(e, E_NO_MEMORY, .subject = "vital year");
  if (!cli_text(c, "year")) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "vital year", .expected = "--year YYYY");
  TRY(read_year(c, w, e));
  TRY(vital_year_tabulate(cli_job(c)->arena, cli_int(c, "year"), w->records, &w->causes, cli_job(c)->n_threads, &w->y, e));
  const enum vital_status status = status_asked(c);
  const int64_t month = cli_text(c, "month") ? cli_int(c, "month") : 0;
  if (month < 0 || month > 12) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--month", .expected = "1 to 12");
  if (!month && status == VITAL_FLASH)
    return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--status flash", .expected = "with --month: it counts slips of a month");
  if (month) vital_month_release(&w->y, (int)month, status, &w->release);
  else vital_year_release(&w->y, status, &w->release);
  vital_release_check(&w->release, NULL, month ? -1 : vital_year_leaf_causes(&w->y), &w->checks);
  *look = w->checks.n_failed > 0 || (!id && w->y.n_outside_list > 0);
  if (!id) return overview(c, w), E_OK;
  if (*look) return ERR(e, E_VITAL_CROSS_CHECK, .subject = w->checks.finding[0].check);
  if (!strcmp(id, "totals")) return print_totals(c, &w->release, e);
  if (month && strcmp(id, "rates")) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--month", .expected = "with --table rates or totals");
  TRY(one_table(c, w, id, &t, e));
  if (w->causes.groups == cause_member_list.groups && w->y.n_records[VITAL_DEATH])
    result_note(t, cli_say(c,
        "the ICD ranges of the members (02101-02121, 09201-09208, 09301-09304, 20101-20107) are not confirmed by a published list",
        "細目（02101-02121、09201-09208、09301-09304、20101-20107）の ICD の範囲は公表資料で確認していない"));
  if (!(t->period = arena_printf(cli_job(c)->arena, "%lld", (long long)cli_int(c, "year")))) return ERR(e, E_NO_MEMORY, .subject = id);
  return estimate_print_table(c, t, cli_text(c, "as"), e);
}

/* --- rates of a totals file: the last release in it --- */
enum err_code vital_do_rates(struct cli *c, bool *look, struct err *e) {
  struct vital_release *all;
  struct vital_population *p = ARENA_NEW(cli_job(c)->arena, struct vital_population);
  struct result_table *t;
  int n;
  const char *people = cli_text(c, "population");
  (void)look;
  if (!p) return ERR(e, E_NO_MEMORY, .subject = "vital rates");
  TRY(vital_read_releases(c, cli_operand(c, 1), &all, &n, e));
  for (int i = n - 1; i >= 0; i--) {
    if (cli_text(c, "year") && all[i].year != cli_int(c, "year")) continue;
    if (people) TRY(vital_read_population(c, people, all[i].year, p, e));
    TRY(vital_rates_table(cli_job(c)->arena, &all[i], people ? p : NULL, &t, e));
    t->period = arena_printf(cli_job(c)->arena, all[i].month ? "%lld-%02lld" : "%lld", (long long)all[i].year, (long long)all[i].month);
    if (!t->period) return ERR(e, E_NO_MEMORY, .subject = "vital rates");
    result_note(t, cli_say(c, vital_status_name[all[i].status], vital_status_ja[all[i].status]));
    return estimate_print_table(c, t, cli_text(c, "as"), e);
  }
  return ERR(e, E_TABLE_DATA, .file = cli_operand(c, 1), .subject = "the year");
}

/* --- overview: the last release of a year beside the one before --- */
enum err_code vital_do_overview(struct cli *c, bool *look, struct err *e) {
  const struct vital_release *now = NULL, *before = NULL;
  struct vital_release *all = NULL;
  struct vital_population *p = ARENA_NEW(cli_job(c)->arena, struct vital_population);
  const char *people = cli_text(c, "population");
  struct result_table *t;
  int n = 0;
  (void)look;
  if (!p) return ERR(e, E_NO_MEMORY, .subject = "overview");
  TRY(vital_read_releases(c, cli_operand(c, 1), &all, &n, e));
  for (int i = 0; all && i < n; i++) {
    const bool asked = !cli_text(c, "year") || all[i].year == cli_int(c, "year");
    if (asked && (!now || all[i].year > now->year || (all[i].year == now->year && all[i].status >= now->status))) now = &all[i];
  }
  if (!now) return ERR(e, E_TABLE_DATA, .file = cli_operand(c, 1), .subject = "the year");
  for (int i = 0; all && i < n; i++)
    if (all[i].year == now->year - 1 && all[i].month == now->month && (!before || all[i].status > before->status)) before = &all[i];
  if (people) TRY(vital_read_population(c, people, now->year, p, e));
  TRY(vital_overview_table(cli_job(c)->arena, now, before, people ? p : NULL, &t, e));
  t->period = arena_printf(cli_job(c)->arena, now->month ? "%lld-%02lld" : "%lld", (long long)now->year, (long long)now->month);
  if (!t->period) return ERR(e, E_NO_MEMORY, .subject = "overview");
  result_note(t, cli_say(c, vital_status_name[now->status], vital_status_ja[now->status]));
  return estimate_print_table(c, t, cli_text(c, "as"), e);
}

/* --- pyramid --- */
enum err_code vital_do_pyramid(struct cli *c, bool *look, struct err *e) {
  struct vital_population *p = ARENA_NEW(cli_job(c)->arena, struct vital_population);
  const char *label[VITAL_POPULATION_AGES];
  double men[VITAL_POPULATION_AGES], women[VITAL_POPULATION_AGES];
  struct strbuf b;
  (void)look;
  if (!p) return ERR(e, E_NO_MEMORY, .subject = "pyramid");
  TRY(vital_read_population(c, cli_operand(c, 1), cli_text(c, "year") ? cli_int(c, "year") : 0, p, e));
  const int64_t area = cli_text(c, "area") ? cli_int(c, "area") : 0;
  if (area < 0 || area > 47) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--area", .expected = "1 to 47");
  for (int x = 0; x < VITAL_POPULATION_AGES; x++) {
    label[x] = arena_printf(cli_job(c)->arena, x == VITAL_POPULATION_AGES - 1 ? "%d+" : "%d", x);
    if (!label[x]) return ERR(e, E_NO_MEMORY, .subject = "pyramid");
    men[x] = (double)p->n[area][1][x], women[x] = (double)p->n[area][2][x];
  }
  const char *place = area ? arena_printf(cli_job(c)->arena, cli_say(c, "prefecture %02lld", "都道府県 %02lld"), (long long)area) : "";
  struct chart_frame f;
  TRY(picture_frame(c, "pyramid", cli_say(c, "Population by age and sex", "年齢・性別人口"), place ? place : "", cli_operand(c, 1), "", &f, e));
  if (!*f.unit) f.unit = cli_say(c, "persons", "人");
  strbuf_init(&b, 0);
  return vital_print_svg(c, &b, chart_pyramid(&f, label, men, women, VITAL_POPULATION_AGES, &b, e), e);
}
