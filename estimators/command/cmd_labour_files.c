/* cmd_labour_files.c -- cmd_labour.h: benchmark, back-revision, choice of K, special survey: kinds that read files alone. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "estimators/command/cmd_labour.h"
#include "estimators/mls/mls_index.h"
#include "estimators/mls/mls_path.h"
#include "estimators/mls/mls_special.h"

/* --- benchmark: cell, workers (carried on), benchmark_workers (empty = none) --- */
struct benchmark_work {
  int64_t n;
  struct str *cell, *industry, *size, *neighbour;
  double *carried, *given, *k;
  bool *has, *has_k;
  struct mls_gap *gap, total;
  double *workers;
};
/* The next cell table is read with these neighbours: one that is not there would stop the month, late. */
static enum err_code check_neighbours(const struct benchmark_work *w, const struct labour_file *f, struct err *e) {
  for (int64_t i = 0; i < w->n; i++) {
    bool found = w->neighbour[i].n == 0;
    for (int64_t j = 0; j < w->n && !found; j++) found = j != i && str_eq(w->cell[j], w->neighbour[i]);
    if (!found) return labour_refuse(f, i, "neighbour", "another cell of the file, or empty", e);
  }
  return E_OK;
}
static enum err_code read_benchmark(struct cli *c, struct benchmark_work *w, struct err *e) {
  struct labour_file f;
  TRY(labour_read(c, cli_operand(c, 1), &f, e));
  w->n = f.t.n_rows;
  TRY(labour_text(c, &f, "cell", true, &w->cell, e));
  TRY(labour_text(c, &f, "industry", false, &w->industry, e));
  TRY(labour_text(c, &f, "size", false, &w->size, e));
  TRY(labour_text(c, &f, "neighbour", false, &w->neighbour, e));
  TRY(labour_number(c, &f, "workers", true, &w->carried, NULL, e));
  TRY(labour_number(c, &f, "benchmark_workers", true, &w->given, &w->has, e));
  TRY(labour_number(c, &f, "insurance_factor", false, &w->k, &w->has_k, e));
  TRY(labour_once(c, &f, "cell", w->cell, e));
  TRY(labour_in(&f, "workers", w->carried, NULL, 0, DBL_MAX, "0 or more", e));
  TRY(labour_in(&f, "benchmark_workers", w->given, w->has, 0, DBL_MAX, "0 or more, or empty", e));
  TRY(labour_in(&f, "insurance_factor", w->k, w->has_k, 0, 1, "K from 0 to 1, or empty", e));
  TRY(check_neighbours(w, &f, e));
  return w->n && w->n < INT32_MAX ? E_OK : ERR(e, E_LABOUR_INPUT, .subject = "benchmark", .expected = "a cell");
}
static enum err_code compute_benchmark(struct cli *c, struct benchmark_work *w, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  struct mls_carry_cell *carried = ARENA_ARRAY(a, struct mls_carry_cell, w->n + 1);
  double *benchmark = ARENA_ARRAY(a, double, w->n + 1);
  w->gap = ARENA_ARRAY(a, struct mls_gap, w->n + 1);
  w->workers = ARENA_ARRAY(a, double, w->n + 1);
  if (!carried || !benchmark || !w->gap || !w->workers) return ERR(e, E_NO_MEMORY, .subject = "benchmark");
  for (int64_t i = 0; i < w->n; i++) carried[i].workers_next = w->carried[i], benchmark[i] = w->has[i] ? w->given[i] : -1;
  return mls_benchmark(carried, benchmark, (int32_t)w->n, w->workers, w->gap, &w->total, e);
}
static void gap_row(struct result_table *t, int64_t row, struct str cell, const struct mls_gap *g, bool given) {
  t->dimensions[0].code[row] = cell;
  t->measures[0].value[row] = g->carried;
  t->measures[1].value[row] = g->benchmark, t->measures[2].value[row] = g->gap, t->measures[3].value[row] = 100 * g->share;
  for (int m = 1; m < 4 && !given; m++) labour_absent(t, m, row, "no benchmark for this cell");
  if (given && !(g->carried > 0)) labour_absent(t, 3, row, "nothing was carried on");
}
enum err_code labour_do_benchmark(struct cli *c, struct store *s, bool *look, struct err *e) {
  static const char *const names[] = {"cell", "carried", "benchmark", "gap", "gap_percent"};
  static const int decimals[] = {1, 1, 1, 2};
  struct benchmark_work w = {.n = 0};
  struct result_table *t;
  struct labour_notes notes = {.n = 0};
  double limit;
  int64_t n_given = 0;
  (void)s;
  TRY(read_benchmark(c, &w, e));
  TRY(labour_option_in(c, "alarm", 0, DBL_MAX, "0 or more", &limit, e));
  TRY(compute_benchmark(c, &w, e));
  TRY(labour_table(c, "benchmark", "ベンチマーク更新の差", "gap of a benchmark revision", w.n + 1, 1, 4, names, decimals, &t, e));
  gap_row(t, 0, STR("_T"), &w.total, true);
  for (int64_t i = 0; i < w.n; i++) {
    gap_row(t, i + 1, w.cell[i], &w.gap[i], w.has[i]);
    n_given += w.has[i];
    *look = *look || (w.has[i] && fabs(100 * w.gap[i].share) > limit);
  }
  struct arena *a = cli_job(c)->arena;
  labour_note(t, &notes,
      arena_printf(a, "%lld of %lld cells have a benchmark; the others keep what was carried on", (long long)n_given, (long long)w.n),
      arena_printf(a, "%lld 区分に基準値があります（全 %lld 区分）。他の区分は引き継いだ値のままです", (long long)n_given, (long long)w.n));
  labour_note(t, &notes, "wages and hours keep their levels; growth is taken against a reference of the year before: estimate index --reference",
      "賃金・労働時間の水準は改訂しません。増減率は前年の参考値と比べます：estimate index --reference");
  if (*look)
    labour_note(t, &notes, arena_printf(a, "LOOK: a gap of more than %g per cent", limit), arena_printf(a, "要確認：%g％を超える差があります", limit));
  TRY(result_sort(t, e));
  if (cli_text(c, "next") && !cli_text(c, "name")) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--next", .expected = "with --name: which census");
  if (cli_text(c, "next")) {
    struct labour_cell *cells = ARENA_ARRAY(cli_job(c)->arena, struct labour_cell, w.n + 1);
    if (!cells) return ERR(e, E_NO_MEMORY, .subject = "benchmark");
    for (int64_t i = 0; i < w.n; i++)
      cells[i] = (struct labour_cell){w.cell[i], w.industry[i], w.size[i], w.neighbour[i], str_of(w.has[i] ? cli_text(c, "name") : ""), w.workers[i],
          w.has_k[i] ? w.k[i] : -1};
    TRY(labour_write_cells(c, cli_text(c, "next"), cells, w.n, e));
  }
  return labour_print(c, t, &notes, "", e);
}

/* --- back-revision: period, value from the previous census to the month of the switch --- */
static enum err_code month_path(struct cli *c, const struct labour_file *f, struct str **period, double **value, struct err *e) {
  struct period p, before = {0};
  TRY(labour_text(c, f, "period", true, period, e));
  TRY(labour_number(c, f, "value", true, value, NULL, e));
  for (int64_t i = 0; i < f->t.n_rows; i++) {
    const bool good = period_parse((*period)[i], &p) && p.kind == PERIOD_MONTH && (*value)[i] > 0;
    if (good && i) {
      const struct period last = period_previous(&p);
      if (last.year == before.year && last.part == before.part) { before = p; continue; }
    } else if (good) { before = p; continue; }
    return labour_refuse(f, i, (*value)[i] > 0 ? "period" : "value", (*value)[i] > 0 ? i ? "the next month" : "a month 2025-12" : "above 0", e);
  }
  return f->t.n_rows > 1 ? E_OK : ERR(e, E_LABOUR_INPUT, .subject = "back-revision", .expected = "two months or more");
}
/* Mean of the revised base year, when the path holds all of it. */
static enum err_code base_level(struct cli *c, const struct str *period, const double *revised, int64_t n, double *out, struct err *e) {
  const char *year = cli_text(c, "base");
  double month[12];
  int found = 0;
  *out = 0;
  if (year && cli_text(c, "base-level")) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--base", .expected = "--base or --base-level, not both");
  if (cli_text(c, "base-level")) return labour_option_in(c, "base-level", DBL_MIN, DBL_MAX, "above 0", out, e);
  for (int64_t i = 0; year && i < n; i++)
    if (period[i].n == 7 && strlen(year) == 4 && !memcmp(period[i].p, year, 4) && found < 12) month[found++] = revised[i];
  if (found == 12) *out = mls_index_base(month);
  if (year && !(*out > 0)) return ERR(e, E_LABOUR_INPUT, .subject = "the index", .expected = "all twelve months of the base year, or --base-level");
  return E_OK;
}
enum err_code labour_do_back_revision(struct cli *c, struct store *s, bool *look, struct err *e) {
  static const char *const names[] = {"period", "old", "factor", "revised", "index"};
  static const int decimals[] = {-1, 6, 1, 1};
  struct labour_file f;
  struct result_table *t;
  struct labour_notes notes = {.n = 0};
  struct str *period;
  double *value, level, base;
  (void)s, (void)look;
  TRY(labour_read(c, cli_operand(c, 1), &f, e));
  TRY(month_path(c, &f, &period, &value, e));
  TRY(labour_option_in(c, "new-level", DBL_MIN, DBL_MAX, "above 0", &level, e));
  const int64_t n = f.t.n_rows;
  const bool linear = !strcmp(cli_text(c, "shape"), "linear");
  double *factor = ARENA_ARRAY(cli_job(c)->arena, double, n + 1), *revised = ARENA_ARRAY(cli_job(c)->arena, double, n + 1);
  if (!factor || !revised) return ERR(e, E_NO_MEMORY, .subject = "back-revision");
  TRY(mls_factors(value[n - 1], level, (int)(n - 1), linear ? MLS_FACTOR_LINEAR : MLS_FACTOR_GEOMETRIC, factor, e));
  for (int64_t i = 0; i < n; i++) revised[i] = value[i] * factor[i];
  TRY(base_level(c, period, revised, n, &base, e));
  TRY(labour_table(c, "back_revision", "雇用指数の遡及改訂", "back-revision of the employment index", n, 1, 4, names, decimals, &t, e));
  for (int64_t i = 0; i < n; i++) {
    t->dimensions[0].code[i] = period[i];
    t->measures[0].value[i] = value[i], t->measures[1].value[i] = factor[i], t->measures[2].value[i] = revised[i];
    if (base > 0) t->measures[3].value[i] = (double)mls_index_of(revised[i], base) / 10;
    else labour_absent(t, 3, i, "neither --base nor --base-level");
  }
  labour_note(t, &notes,
      arena_printf(cli_job(c)->arena, "factor %s from 1 at the first month to new/old at the last: the shape is not published, unconfirmed",
          linear ? "linear" : "geometric"),
      arena_printf(cli_job(c)->arena, "係数は最初の月の1から最後の月の新／旧まで%s：形は公表されておらず未確認です", linear ? "直線的" : "等比的"));
  return labour_print(c, t, &notes, "", e);
}

/* --- choice of K: months of each cell in order; census: cell, first, last --- */
static enum err_code growth_of(struct cli *c, const struct labour_file *f, double **out, struct err *e) {
  double *e0, *e1;
  if (labour_has(f, "growth")) {
    TRY(labour_number(c, f, "growth", true, out, NULL, e));
    return labour_in(f, "growth", *out, NULL, DBL_MIN, DBL_MAX, "above 0", e);
  }
  TRY(labour_number(c, f, "e0", true, &e0, NULL, e));
  TRY(labour_number(c, f, "e1", true, &e1, NULL, e));
  *out = ARENA_ARRAY(cli_job(c)->arena, double, f->t.n_rows + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .file = f->path);
  TRY(labour_in(f, "e0", e0, NULL, DBL_MIN, DBL_MAX, "above 0", e));
  TRY(labour_in(f, "e1", e1, NULL, DBL_MIN, DBL_MAX, "above 0", e));
  for (int64_t i = 0; i < f->t.n_rows; i++) (*out)[i] = e1[i] / e0[i];
  return E_OK;
}
struct k_work {
  struct labour_file census;
  int64_t n_cells, n_months;
  struct str *cell, *of; /* of the census; of the months */
  double *first, *last, *growth, *rho, *moved;
  bool *has_moved;
  struct mls_k_choice *choice;
};
static enum err_code choose(struct cli *c, struct k_work *w, int64_t i, double l, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  double *growth = ARENA_ARRAY(a, double, w->n_months + 1), *rho = ARENA_ARRAY(a, double, w->n_months + 1), *moved = ARENA_ARRAY(a, double,
      w->n_months + 1);
  int n = 0;
  if (!growth || !rho || !moved) return ERR(e, E_NO_MEMORY, .subject = "choice of K");
  for (int64_t m = 0; m < w->n_months; m++) {
    if (!str_eq(w->of[m], w->cell[i])) continue;
    growth[n] = w->growth[m], rho[n] = w->rho[m], moved[n++] = w->has_moved[m] ? w->moved[m] : 0;
  }
  const struct mls_k_months months = {n, growth, rho, moved, l};
  if (!mls_choose_k(w->first[i], w->last[i], &months, &w->choice[i], e)) return E_OK;
  const char *name = arena_printf(a, "cell %.*s", (int)w->cell[i].n, w->cell[i].p);
  return ERR(e, E_MLS_MONTH_INPUT, .file = w->census.path, .line = w->census.t.lines[i], .subject = name ? name : "cell",
      .expected = e->expected);
}
static bool among(const struct str *list, int64_t n, struct str name) {
  for (int64_t i = 0; i < n; i++)
    if (str_eq(list[i], name)) return true;
  return false;
}
/* A cell of one file alone would be dropped from the choice, or have nothing to choose from. */
static enum err_code same_cells(const struct k_work *w, const struct labour_file *months, struct err *e) {
  for (int64_t i = 0; i < w->n_months; i++)
    if (!among(w->cell, w->n_cells, w->of[i])) return labour_refuse(months, i, "cell", "a cell of the census file", e);
  for (int64_t i = 0; i < w->n_cells; i++)
    if (!among(w->of, w->n_months, w->cell[i])) return labour_refuse(&w->census, i, "cell", "a cell of the file of months", e);
  return E_OK;
}
static enum err_code read_k(struct cli *c, struct k_work *w, struct err *e) {
  struct labour_file months;
  TRY(labour_read(c, cli_operand(c, 1), &months, e));
  if (!cli_text(c, "census")) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "optimal-k", .expected = "--census FILE: cell, first, last");
  TRY(labour_read(c, cli_text(c, "census"), &w->census, e));
  w->n_months = months.t.n_rows, w->n_cells = w->census.t.n_rows;
  TRY(labour_text(c, &months, "cell", true, &w->of, e));
  TRY(growth_of(c, &months, &w->growth, e));
  TRY(labour_number(c, &months, "rho", true, &w->rho, NULL, e));
  TRY(labour_number(c, &months, "moved", false, &w->moved, &w->has_moved, e));
  TRY(labour_text(c, &w->census, "cell", true, &w->cell, e));
  TRY(labour_number(c, &w->census, "first", true, &w->first, NULL, e));
  TRY(labour_number(c, &w->census, "last", true, &w->last, NULL, e));
  TRY(labour_once(c, &w->census, "cell", w->cell, e));
  TRY(labour_in(&months, "rho", w->rho, NULL, -1, 1, "a fraction from -1 to 1", e));
  TRY(labour_in(&w->census, "first", w->first, NULL, DBL_MIN, DBL_MAX, "above 0", e));
  TRY(labour_in(&w->census, "last", w->last, NULL, 0, DBL_MAX, "0 or more", e));
  TRY(same_cells(w, &months, e));
  w->choice = ARENA_ARRAY(cli_job(c)->arena, struct mls_k_choice, w->n_cells + 1);
  return w->choice ? E_OK : ERR(e, E_NO_MEMORY, .subject = "choice of K");
}
enum err_code labour_do_optimal_k(struct cli *c, struct store *s, bool *look, struct err *e) {
  static const char *const names[] = {"cell", "k", "end", "deviation_percent", "chosen"}, *const step[MLS_K_STEPS] = {"0.0", "0.1", "0.2", "0.3",
      "0.4",
      "0.5", "0.6", "0.7", "0.8", "0.9", "1.0"};
  static const int decimals[] = {1, 4, 0};
  struct k_work w = {.n_cells = 0};
  struct result_table *t;
  struct labour_notes notes = {.n = 0};
  double l;
  (void)s, (void)look;
  TRY(read_k(c, &w, e));
  TRY(labour_option_in(c, "l", 0, 1, "0 to 1", &l, e));
  for (int64_t i = 0; i < w.n_cells; i++) TRY(choose(c, &w, i, l, e));
  TRY(labour_table(c, "optimal_k", "K の選定（センサス間の経路と偏差）",
      "choice of K: paths between two censuses and their deviations", w.n_cells * MLS_K_STEPS, 2, 3,
      names, decimals, &t, e));
  for (int64_t i = 0; i < w.n_cells; i++)
    for (int k = 0; k < MLS_K_STEPS; k++) {
      const int64_t row = i * MLS_K_STEPS + k;
      t->dimensions[0].code[row] = w.cell[i], t->dimensions[1].code[row] = str_of(step[k]);
      t->measures[0].value[row] = w.choice[i].end[k], t->measures[1].value[row] = 100 * w.choice[i].deviation[k];
      t->measures[2].value[row] = fabs(w.choice[i].k - k / 10.0) < 0.05;
    }
  labour_note(t, &notes,
      "chosen: the least |E(end)/F0 - F1/F0|, of equals the nearest to 0.5; our reading of the report of March 2025, unconfirmed",
      "選定：|E(終点)/F0 - F1/F0| が最小のもの。同じなら0.5に最も近いもの。2025年3月の報告書の解釈であり未確認です");
  return labour_print(c, t, &notes, "", e);
}

/* --- special survey: persons; districts: stratum, districts, drawn; census: group, workers --- */
struct special_work {
  struct mls_special s;
  struct str *stratum, *group; /* names */
  int64_t n_groups;
};
static int32_t place_of(struct str *list, int32_t *n, struct str name) {
  for (int32_t i = 0; i < *n; i++)
    if (str_eq(list[i], name)) return i;
  list[*n] = name;
  return (*n)++;
}
static int32_t known(const struct str *list, int32_t n, struct str name) {
  for (int32_t i = 0; i < n; i++)
    if (str_eq(list[i], name)) return i;
  return -1;
}
static enum err_code read_strata(struct cli *c, struct special_work *w, struct err *e) {
  struct labour_file f;
  double *all, *drawn;
  if (!cli_text(c, "strata")) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "special", .expected = "--strata FILE: stratum, districts, drawn");
  TRY(labour_read(c, cli_text(c, "strata"), &f, e));
  TRY(labour_text(c, &f, "stratum", true, &w->stratum, e));
  TRY(labour_number(c, &f, "districts", true, &all, NULL, e));
  TRY(labour_number(c, &f, "drawn", true, &drawn, NULL, e));
  struct mls_district_stratum *h = ARENA_ARRAY(cli_job(c)->arena, struct mls_district_stratum, f.t.n_rows + 1);
  if (!h) return ERR(e, E_NO_MEMORY, .file = f.path);
  TRY(labour_once(c, &f, "stratum", w->stratum, e));
  TRY(labour_whole(&f, "districts", all, e));
  TRY(labour_whole(&f, "drawn", drawn, e));
  for (int64_t i = 0; i < f.t.n_rows; i++)
    if (drawn[i] < 1 || drawn[i] > all[i]) return labour_refuse(&f, i, "drawn", "1 to the districts of the stratum", e);
  for (int64_t i = 0; i < f.t.n_rows; i++) h[i] = (struct mls_district_stratum){(int64_t)all[i], (int64_t)drawn[i]};
  w->s.strata = h, w->s.n_strata = (int32_t)f.t.n_rows;
  return E_OK;
}
/* As the method does, by the stratum's name. */
static enum err_code check_drawn(struct cli *c, const struct special_work *w, const char *path, const int32_t *of, int32_t n, struct err *e) {
  for (int32_t h = 0; h < w->s.n_strata; h++) {
    int64_t present = 0;
    for (int32_t k = 0; k < n; k++) present += of[k] == h;
    if (present <= w->s.strata[h].drawn) continue;
    char expected[80], found[32];
    const char *name = arena_printf(cli_job(c)->arena, "stratum %.*s", (int)w->stratum[h].n, w->stratum[h].p);
    snprintf(expected, sizeof expected, "no more than the %lld districts drawn", (long long)w->s.strata[h].drawn);
    snprintf(found, sizeof found, "%lld", (long long)present);
    return ERR(e, E_MLS_MONTH_INPUT, .file = path, .subject = name ? name : "stratum", .expected = expected, .found = found);
  }
  return E_OK;
}
static enum err_code read_persons(struct cli *c, struct special_work *w, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  const char *item = cli_text(c, "item");
  struct labour_file f;
  struct str *stratum, *district, *group;
  double *value;
  TRY(labour_read(c, cli_operand(c, 1), &f, e));
  TRY(labour_text(c, &f, "stratum", true, &stratum, e));
  TRY(labour_text(c, &f, "district", true, &district, e));
  TRY(labour_text(c, &f, "group", false, &group, e));
  TRY(labour_number(c, &f, item, true, &value, NULL, e));
  const int64_t n = f.t.n_rows;
  int32_t *d = ARENA_ARRAY(a, int32_t, n + 1), *g = ARENA_ARRAY(a, int32_t, n + 1), *of = ARENA_ARRAY(a, int32_t, n + 1), n_districts = 0,
      n_groups = 0;
  struct str *names = ARENA_ARRAY(a, struct str, n + 1);
  w->group = ARENA_ARRAY(a, struct str, n + 1);
  if (!d || !g || !of || !names || !w->group) return ERR(e, E_NO_MEMORY, .file = f.path);
  for (int64_t i = 0; i < n; i++) {
    const char *name = arena_printf(a, "%.*s/%.*s", (int)stratum[i].n, stratum[i].p, (int)district[i].n, district[i].p);
    const int32_t h = known(w->stratum, w->s.n_strata, stratum[i]);
    if (!name) return ERR(e, E_NO_MEMORY, .file = f.path);
    if (h < 0) return labour_refuse(&f, i, "stratum", "in the file of strata", e);
    d[i] = place_of(names, &n_districts, str_of(name)), of[d[i]] = h;
    g[i] = place_of(w->group, &n_groups, group[i]);
  }
  TRY(check_drawn(c, w, f.path, of, n_districts, e));
  w->s.n = n, w->s.district = d, w->s.group = g, w->s.value = value, w->s.stratum = of, w->s.n_districts = n_districts, w->s.n_groups = n_groups;
  return E_OK;
}
static enum err_code read_census(struct cli *c, struct special_work *w, struct err *e) {
  struct labour_file f;
  struct str *group;
  double *workers, *census = ARENA_ARRAY(cli_job(c)->arena, double, w->s.n_groups + 1);
  if (!cli_text(c, "census")) return E_OK;
  TRY(labour_read(c, cli_text(c, "census"), &f, e));
  TRY(labour_text(c, &f, "group", true, &group, e));
  TRY(labour_number(c, &f, "workers", true, &workers, NULL, e));
  if (!census) return ERR(e, E_NO_MEMORY, .file = f.path);
  TRY(labour_once(c, &f, "group", group, e));
  TRY(labour_in(&f, "workers", workers, NULL, 0, HUGE_VAL, "0 or more", e));
  for (int32_t g = 0; g < w->s.n_groups; g++) census[g] = -1;
  for (int64_t i = 0; i < f.t.n_rows; i++) {
    const int32_t g = known(w->group, w->s.n_groups, group[i]);
    if (g < 0) return labour_refuse(&f, i, "group", "a group with a person", e);
    census[g] = workers[i];
  }
  for (int32_t g = 0; g < w->s.n_groups; g++)
    if (census[g] < 0) return ERR(e, E_LABOUR_INPUT, .file = f.path, .subject = "the ratio adjustment", .expected = "census workers of every group");
  w->s.census = census;
  return E_OK;
}
/* Figures with their errors in rows: what, value, standard error. */
static void special_row(struct result_table *t, int64_t row, const char *figure, double value, bool has_se, double se) {
  t->dimensions[0].code[row] = str_of(figure);
  t->measures[0].value[row] = value;
  t->measures[0].has_se[row] = has_se;
  if (has_se) t->measures[0].se[row] = se, t->measures[0].cv[row] = value != 0 ? se / value : 0;
}
enum err_code labour_do_special(struct cli *c, struct store *s, bool *look, struct err *e) {
  static const char *const names[] = {"figure", "value"};
  static const int decimals[] = {-1};
  struct special_work w = {.n_groups = 0};
  struct mls_special_result r;
  struct result_table *t;
  struct labour_notes notes = {.n = 0};
  (void)s, (void)look;
  TRY(read_strata(c, &w, e));
  TRY(read_persons(c, &w, e));
  TRY(read_census(c, &w, e));
  TRY(mls_special_estimate(cli_job(c)->arena, &w.s, &r, e));
  const bool adjusted = w.s.census != NULL;
  TRY(labour_table(c, "special", "特別調査（1～4人）", "special survey of establishments with 1 to 4 employees", 3 + (adjusted
      ? w.s.n_groups : 0), 1, 1, names,
      decimals, &t, e));
  special_row(t, 0, "1_workers", r.persons, false, 0);
  special_row(t, 1, arena_printf(cli_job(c)->arena, "2_total_%s", cli_text(c, "item")), r.total, true, r.total_se);
  special_row(t, 2, arena_printf(cli_job(c)->arena, "3_mean_%s", cli_text(c, "item")), r.average, true, r.average_se);
  for (int32_t g = 0; adjusted && g < w.s.n_groups; g++)
    special_row(t, 3 + g, arena_printf(cli_job(c)->arena, "4_adjustment_%.*s", (int)w.group[g].n, w.group[g].p), r.adjustment[g], false, 0);
  labour_note(t, &notes,
      "weight = districts / drawn of the stratum; districts are the first stage; textbook cluster sampling: the ministry's formula is not published",
      "ウェイト＝層の地区数／抽出地区数。地区を第1段とする教科書の集落抽出です。厚生労働省の算式は公表されていません");
  if (adjusted) labour_note(t, &notes, "ratio-adjusted to the census workers of each group", "各群のセンサスの労働者数に比推定で合わせています");
  else labour_note(t, &notes, "no ratio adjustment", "比推定の調整はしていません");
  return labour_print(c, t, &notes, "", e);
}
