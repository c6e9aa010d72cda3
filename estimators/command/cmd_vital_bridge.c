/* cmd_vital_bridge.c -- estimate vital bridge: comparability ratios of deaths coded by two editions, and series carried over. */
#include <stdio.h>
#include <string.h>

#include "estimators/command/cmd_vital.h"

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
/* --- a series of the old edition carried over: group, deaths [, year ...] --- */
struct carried {
  struct str period, group;
  double deaths;
};
static enum err_code read_series(struct cli *c, const char *path, struct carried **rows, int64_t *n, struct err *e) {
  struct csv_table t;
  int group, deaths, year;
  TRY(vital_read_csv(c, path, &t, e));
  TRY(vital_column(&t, path, "group", true, &group, e));
  TRY(vital_column(&t, path, "deaths", true, &deaths, e));
  TRY(vital_column(&t, path, "year", false, &year, e));
  if (!(*rows = ARENA_ARRAY(cli_job(c)->arena, struct carried, t.n_rows + 1))) return ERR(e, E_NO_MEMORY, .file = path);
  for (*n = 0; *n < t.n_rows; ++*n) {
    bool has;
    struct carried *r = &(*rows)[*n];
    *r = (struct carried){year < 0 ? STR("") : str_trim(csv_table_cell(&t, *n, year)), str_trim(csv_table_cell(&t, *n, group)), 0};
    TRY(vital_number(&t, path, *n, deaths, &r->deaths, &has, e));
    if (!has || r->deaths < 0)
      return ERR(e, E_VITAL_NUMBER, .file = path, .line = t.lines[*n], .subject = "deaths", .expected = "a count", .found = "?");
  }
  return E_OK;
}
/* Deaths of one period by the old groups; what the bridge does not know cannot be carried over. */
static enum err_code period_series(const struct carried *rows, int64_t n, struct str period, const struct str *groups, int n_groups,
    const struct bridge_cell *cells, int64_t n_cells, double *old, struct err *e) {
  for (int g = 0; g < n_groups; g++) old[g] = 0;
  for (int64_t i = 0; i < n; i++) {
    if (!str_eq(rows[i].period, period)) continue;
    int64_t known = 0;
    const int g = group_of(groups, &n_groups, rows[i].group);
    for (int64_t k = 0; k < n_cells; k++) known += cells[k].old_group == g ? cells[k].deaths : 0;
    if (g < 0 || (known == 0 && rows[i].deaths > 0)) {
      char name[64];
      snprintf(name, sizeof name, "%.*s", (int)(rows[i].group.n < 60 ? rows[i].group.n : 60), rows[i].group.p);
      return ERR(e, E_VITAL_BRIDGE_SHARE, .subject = name, .found = "no death of it was coded by both editions");
    }
    old[g] += rows[i].deaths;
  }
  return E_OK;
}
static bool seen_before(const struct carried *rows, int64_t i) {
  for (int64_t k = 0; k < i; k++)
    if (str_eq(rows[k].period, rows[i].period)) return true;
  return false;
}
static enum err_code carry_over(struct cli *c, const struct str *groups, int n_groups, const struct bridge_cell *cells, int64_t n_cells,
    struct err *e) {
  static const char *const names[3] = {"converted", "old", "difference"};
  struct arena *a = cli_job(c)->arena;
  struct carried *rows = NULL;
  struct result_table *t;
  int64_t n = 0, at = 0, periods = 0;
  double *old = ARENA_ARRAY(a, double, n_groups + 1), *new = ARENA_ARRAY(a, double, n_groups + 1);
  if (!old || !new) return ERR(e, E_NO_MEMORY, .subject = "bridge");
  TRY(read_series(c, cli_text(c, "series"), &rows, &n, e));
  for (int64_t i = 0; i < n; i++) periods += !seen_before(rows, i);
  TRY(result_table_new(a, "bridge_series", periods * n_groups, 2, 3, &t, e));
  t->title_ja = "新分類に換算した死亡数", t->title_en = "deaths carried over to the new classification";
  t->survey = "vital", t->form = t->period = t->profile = "", t->n_row_dimensions = 1;
  t->dimensions[0].name = "year", t->dimensions[1].name = "group";
  for (int m = 0; m < 3; m++) t->measures[m].name = names[m], t->measures[m].unit = "", t->measures[m].decimals = 1;
  for (int64_t i = 0; i < n; i++) {
    if (seen_before(rows, i)) continue;
    TRY(period_series(rows, n, rows[i].period, groups, n_groups, cells, n_cells, old, e));
    TRY(bridge_convert(a, cells, n_cells, n_groups, old, new, e));
    for (int g = 0; g < n_groups; g++, at++) {
      t->dimensions[0].code[at] = rows[i].period.n ? rows[i].period : STR("_T"), t->dimensions[1].code[at] = groups[g].n ? groups[g] : STR("_U");
      t->measures[0].value[at] = new[g], t->measures[1].value[at] = old[g], t->measures[2].value[at] = new[g] - old[g];
      t->n[at] = (int64_t)old[g];
    }
  }
  result_note(t, "each old group is shared out as the deaths coded by both editions were; totals stay; an estimate, not a count");
  TRY(result_sort(t, e));
  return estimate_print_table(c, t, cli_text(c, "as"), e);
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
  if (cli_text(c, "series")) return carry_over(c, groups, n, cells, n_cells, e);
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
