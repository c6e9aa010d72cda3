/* cmd_vital_year.c -- estimate vital year, rates, pyramid: tables from records and totals. */
#include <stdio.h>
#include <string.h>

#include "estimators/command/cmd_vital.h"
#include "estimators/table/chart/chart_pyramid.h"
#include "estimators/vital/vital_suppress.h"

struct year_work {
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
  w->has_people = people != NULL;
  return people ? vital_read_population(c, people, cli_int(c, "year"), &w->people, e) : E_OK;
}
static enum asdr_model model_of(struct cli *c) { return !strcmp(cli_text(c, "model"), "S60") ? ASDR_S60 : ASDR_H27; }
static enum err_code one_table(struct cli *c, struct year_work *w, const char *id, struct result_table **t, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  struct vital_suppression s;
  const bool needs = !strcmp(id, "tfr") || !strcmp(id, "asdr");
  if (needs && !w->has_people) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = id, .expected = "--population FILE");
  if (!strcmp(id, "rates")) return vital_rates_table(a, &w->release, w->has_people ? &w->people : NULL, t, e);
  if (!strcmp(id, "tfr")) return vital_tfr_areas_table(a, &w->y, &w->people, t, e);
  if (!strcmp(id, "asdr")) return vital_asdr_areas_table(a, &w->y, &w->people, model_of(c), t, e);
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
    for (int64_t i = 0; i < w->y.table[k].n_cells; i++) n += w->y.table[k].cell[i];
    fprintf(to, "%-28s %10lld  %s\n", w->y.table[k].id, (long long)n, cli_say(c, w->y.table[k].title_en, w->y.table[k].title_ja));
  }
  fprintf(to, cli_say(c, "%lld cross-checks, %lld failed\n", "突合 %lld 件、不一致 %lld 件\n"),
      (long long)w->checks.n_checked, (long long)w->checks.n_failed);
}
enum err_code vital_do_year(struct cli *c, bool *look, struct err *e) {
  struct year_work *w = ARENA_NEW(cli_job(c)->arena, struct year_work);
  const char *id = cli_text(c, "table");
  struct result_table *t;
  if (!w) return ERR(e, E_NO_MEMORY, .subject = "vital year");
  if (!cli_text(c, "year")) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "vital year", .expected = "--year YYYY");
  TRY(read_year(c, w, e));
  TRY(vital_year_tabulate(cli_job(c)->arena, cli_int(c, "year"), w->records, &cause_rank_list, cli_job(c)->n_threads, &w->y, e));
  vital_year_release(&w->y, VITAL_APPROXIMATE, &w->release);
  vital_release_check(&w->release, NULL, vital_year_leaf_causes(&w->y), &w->checks);
  *look = w->checks.n_failed > 0;
  if (!id) return overview(c, w), E_OK;
  if (*look) return ERR(e, E_VITAL_CROSS_CHECK, .subject = w->checks.finding[0].check);
  TRY(one_table(c, w, id, &t, e));
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
  const struct chart_frame f = {.id = "pyramid", .title = cli_say(c, "Population by age and sex", "年齢・性別人口"), .subtitle = place ? place : "",
      .unit = cli_say(c, "persons", "人"), .x_title = "", .y_title = "", .source = cli_operand(c, 1), .lang = cli_lang(c)};
  strbuf_init(&b, 0);
  return vital_print_svg(c, &b, chart_pyramid(&f, label, men, women, VITAL_POPULATION_AGES, &b, e), e);
}
