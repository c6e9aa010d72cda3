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
static enum err_code one_table(struct cli *c, struct year_work *w, const char *id, struct result_table **t, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  struct vital_suppression s;
  const bool needs = !strcmp(id, "tfr") || !strcmp(id, "asdr");
  if (needs && !w->has_people) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = id, .expected = "--population FILE");
  if (!strcmp(id, "rates")) return vital_rates_table(a, &w->release, w->has_people ? &w->people : NULL, t, e);
  if (!strcmp(id, "tfr")) return vital_tfr_areas_table(a, &w->y, &w->people, t, e);
  if (!strcmp(id, "asdr")) return vital_asdr_areas_table(a, &w->y, &w->people, model_of(c), t, e);
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
    for (int64_t i = 0; i < w->y.table[k].n_cells; i++) n += w->y.table[k].cell[i];
    fprintf(to, "%-28s %10lld  %s\n", w->y.table[k].id, (long long)n, cli_say(c, w->y.table[k].title_en, w->y.table[k].title_ja));
  }
  fprintf(to, cli_say(c, "%lld cross-checks, %lld failed\n", "突合 %lld 件、不一致 %lld 件\n"),
      (long long)w->checks.n_checked, (long long)w->checks.n_failed);
}
static enum vital_status status_asked(struct cli *c) {
  for (int k = 0; k < VITAL_STATUSES; k++)
    if (!strcmp(cli_text(c, "status"), vital_status_name[k])) return (enum vital_status)k;
  return VITAL_APPROXIMATE;
}
/* A snapshot as rows of a totals file: kept beside earlier ones it is what check, revision, rates and overview read. */
static enum err_code print_totals(struct cli *c, const struct vital_release *r, struct err *e) {
  struct strbuf b;
  strbuf_init(&b, 0);
  strbuf_adds(&b, "year,month,status,prefecture");
  for (int i = 0; i < VITAL_ITEMS; i++) strbuf_addf(&b, ",%s", vital_item_name[i]);
  for (int area = 0; area < VITAL_AREAS; area++) {
    strbuf_addf(&b, "\n%lld,%.0lld,%s,%.0d", (long long)r->year, (long long)r->month, vital_status_name[r->status], area);
    for (int i = 0; i < VITAL_ITEMS; i++) {
      strbuf_addc(&b, ',');
      if (r->known[area][i]) strbuf_add_int(&b, r->n[area][i]);
    }
  }
  strbuf_addc(&b, '\n');
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
  *look = w->checks.n_failed > 0;
  if (!id) return overview(c, w), E_OK;
  if (*look) return ERR(e, E_VITAL_CROSS_CHECK, .subject = w->checks.finding[0].check);
  if (!strcmp(id, "totals")) return print_totals(c, &w->release, e);
  if (month && strcmp(id, "rates")) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--month", .expected = "with --table rates or totals");
  TRY(one_table(c, w, id, &t, e));
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
  struct result_table *t;
  int n = 0;
  (void)look;
  TRY(vital_read_releases(c, cli_operand(c, 1), &all, &n, e));
  for (int i = 0; all && i < n; i++) {
    const bool asked = !cli_text(c, "year") || all[i].year == cli_int(c, "year");
    if (asked && (!now || all[i].year > now->year || (all[i].year == now->year && all[i].status >= now->status))) now = &all[i];
  }
  if (!now) return ERR(e, E_TABLE_DATA, .file = cli_operand(c, 1), .subject = "the year");
  for (int i = 0; all && i < n; i++)
    if (all[i].year == now->year - 1 && all[i].month == now->month && (!before || all[i].status > before->status)) before = &all[i];
  TRY(vital_overview_table(cli_job(c)->arena, now, before, &t, e));
  t->period = arena_printf(cli_job(c)->arena, now->month ? "%lld-%02lld" : "%lld", (long long)now->year, (long long)now->month);
  if (!t->period) return ERR(e, E_NO_MEMORY, .subject = "overview");
  result_note(t, cli_say(c, vital_status_name[now->status], vital_status_ja[now->status]));
  return estimate_print_table(c, t, cli_text(c, "as"), e);
}

/* --- bridge: old, new, deaths; a group is a text --- */
static int group_of(const struct str *groups, int *n, struct str code) {
  for (int i = 0; i < *n; i++)
    if (str_eq(groups[i], code)) return i;
  return -1;
}
static enum err_code read_bridge(struct cli *c, const char *path, struct str *groups, int most, int *n, struct bridge_cell **cells, int64_t *n_cells,
    struct err *e) {
  static const char *const names[3] = {"old", "new", "deaths"};
  struct csv_table t;
  int k[3];
  TRY(vital_read_csv(c, path, &t, e));
  for (int i = 0; i < 3; i++) TRY(vital_column(&t, path, names[i], true, &k[i], e));
  *cells = ARENA_ARRAY(cli_job(c)->arena, struct bridge_cell, t.n_rows + 1);
  if (!*cells) return ERR(e, E_NO_MEMORY, .file = path);
  for (int64_t i = 0; i < t.n_rows; i++) {
    double deaths;
    bool has;
    int side[2];
    TRY(vital_number(&t, path, i, k[2], &deaths, &has, e));
    for (int s = 0; s < 2; s++) {
      const struct str code = str_trim(csv_table_cell(&t, i, k[s]));
      side[s] = group_of(groups, n, code);
      if (side[s] < 0 && *n == most) return ERR(e, E_VITAL_LIST, .file = path, .subject = "more than 1,000 groups");
      if (side[s] < 0) groups[side[s] = (*n)++] = code;
    }
    if (!has || deaths < 0)
      return ERR(e, E_VITAL_NUMBER, .file = path, .line = t.lines[i], .subject = "deaths", .expected = "a count", .found = "?");
    (*cells)[(*n_cells)++] = (struct bridge_cell){side[0], side[1], (int64_t)deaths};
  }
  return E_OK;
}
enum err_code vital_do_bridge(struct cli *c, bool *look, struct err *e) {
  enum { GROUPS = 1000 };
  static const char *const names[3] = {"comparability_ratio", "old", "new"};
  struct str *groups = ARENA_ARRAY(cli_job(c)->arena, struct str, GROUPS + 1);
  struct bridge_cell *cells;
  struct result_table *t;
  int64_t n_cells = 0;
  int n = 0;
  (void)look;
  if (!groups) return ERR(e, E_NO_MEMORY, .subject = "bridge");
  TRY(read_bridge(c, cli_operand(c, 1), groups, GROUPS, &n, &cells, &n_cells, e));
  TRY(result_table_new(cli_job(c)->arena, "bridge", n, 1, 3, &t, e));
  t->title_ja = "比較可能率", t->title_en = "comparability ratios", t->survey = "vital", t->form = t->period = t->profile = "", t->n_row_dimensions = 1;
  t->dimensions[0].name = "group";
  for (int m = 0; m < 3; m++) t->measures[m].name = names[m], t->measures[m].unit = "", t->measures[m].decimals = m ? 0 : 4;
  TRY(result_keep_precision(t, 0, 0.95, e));
  for (int g = 0; g < n; g++) {
    struct comparability r;
    struct err none = {.code = E_OK};
    t->dimensions[0].code[g] = groups[g].n ? groups[g] : STR("_U");
    if (bridge_ratio(cells, n_cells, g, 1.959963984540054, &r, &none)) { /* coded by one edition only: no ratio */
      t->measures[0].status[g] = RESULT_UNDEFINED;
    } else {
      t->measures[0].value[g] = r.ratio, t->measures[0].low[g] = r.low, t->measures[0].high[g] = r.high, t->measures[0].has_interval[g] = 1;
      t->measures[0].se[g] = r.ratio * r.se_log, t->measures[0].has_se[g] = 1, t->measures[0].cv[g] = r.se_log;
    }
    t->measures[1].value[g] = (double)r.n_old, t->measures[2].value[g] = (double)r.n_new, t->n[g] = r.n_both;
  }
  result_note(t, "new over old, of the same deaths coded by both editions; n: deaths in the group by both");
  TRY(result_sort(t, e));
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
