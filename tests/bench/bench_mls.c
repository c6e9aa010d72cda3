/* One month of the labour survey at its real size: 33,000 reports, 480 unit cells, all roll-ups and all standard errors; and a table of a million
 * register records by 47 x 2 codes against a bare count of the same columns. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "estimators/mls/mls_growth.h"
#include "estimators/mls/mls_guard.h"
#include "estimators/mls/mls_record.h"
#include "estimators/mls/mls_register.h"
#include "estimators/mls/mls_run.h"
#include "estimators/sdc/sdc_protect.h"
#include "estimators/table/tabulate.h"

enum { REPORTS = 33000, INDUSTRIES = 96, SIZES = 5, CELLS = INDUSTRIES * SIZES, RECORDS = 1000000 };

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double peak_mib(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return (double)u.ru_maxrss / 1024;
}

static int64_t draw(uint64_t *seed, int64_t low, int64_t high) {
  *seed ^= *seed << 13, *seed ^= *seed >> 7, *seed ^= *seed << 17;
  return low + (int64_t)(*seed % (uint64_t)(high - low + 1));
}

static int make_sample(struct arena *a, struct mls_run_input *in, struct design *d, struct mls_cell *cells, mls_ancestors *up) {
  uint64_t seed = 42;
  int32_t *cell = ARENA_ARRAY(a, int32_t, REPORTS), *stratum = ARENA_ARRAY(a, int32_t, REPORTS);
  double *weight = ARENA_ARRAY(a, double, REPORTS), *frame = ARENA_ARRAY(a, double, CELLS);
  int64_t *x[MLS_SPLITS][MLS_ITEMS] = {{NULL}};
  struct err e;
  for (int s = 0; s < MLS_SPLITS; s++)
    for (int i = 0; i < MLS_ITEMS; i++)
      if (s != MLS_GENERAL && !(s == MLS_PART && i == MLS_PT) && !(i == MLS_O && (s == MLS_MALE || s == MLS_FEMALE)))
        x[s][i] = ARENA_ARRAY(a, int64_t, REPORTS);
  for (int k = 0; k < REPORTS; k++) {
    cell[k] = stratum[k] = k % CELLS;
    weight[k] = 1 + k % CELLS % 40;
    frame[k % CELLS] += weight[k];
    for (int s = 0; s < MLS_SPLITS; s++)
      for (int i = 0; i < MLS_ITEMS; i++)
        if (x[s][i]) x[s][i][k] = draw(&seed, 50, 4000);
    for (int i = 0; i < MLS_ITEMS; i++)
      if (x[MLS_MALE][i]) x[MLS_ALL][i][k] = x[MLS_MALE][i][k] + x[MLS_FEMALE][i][k];
    for (int s = MLS_ALL; s <= MLS_FEMALE; s++) x[s][MLS_E1][k] = x[s][MLS_E0][k] + x[s][MLS_INC][k];
    for (int s = MLS_ALL; s <= MLS_FEMALE; s++) x[s][MLS_DEC][k] = 0;
  }
  for (int c = 0; c < CELLS; c++) {
    static const char sizes[] = "13579";
    cells[c] = (struct mls_cell){
        str_of(arena_printf(a, "%d", c)), str_of(arena_printf(a, "X%02d", c / SIZES)), str_view(sizes + c % SIZES, 1), 50000 + c, -1};
    up[c][0] = str_of(arena_printf(a, "%c", 'C' + c / SIZES % 16));
  }
  if (design_view(a, REPORTS, CELLS, stratum, weight, frame, d, &e)) return 0;
  *in = (struct mls_run_input){.sample = {.n = REPORTS, .cell = cell, .design = d},
      .cells = cells,
      .n_cells = CELLS,
      .min_reports = 3,
      .whole_workers = true,
      .standard_errors = true};
  for (int s = 0; s < MLS_SPLITS; s++)
    for (int i = 0; i < MLS_ITEMS; i++) in->sample.x[s][i] = x[s][i];
  struct mls_rollup *g;
  if (mls_standard_rollups(a, cells, CELLS, (const mls_ancestors *)up, &g, &in->n_rollups, &e)) return 0;
  in->rollups = g;
  return 1;
}

static int bench_month(void) {
  struct arena *a = arena_new(0);
  struct mls_cell *cells = ARENA_ARRAY(a, struct mls_cell, CELLS);
  mls_ancestors *up = ARENA_ARRAY(a, mls_ancestors, CELLS);
  struct mls_run_input in;
  struct mls_run_result r;
  struct design d;
  struct err e;
  if (!make_sample(a, &in, &d, cells, up)) return 70;
  double start = seconds();
  if (mls_run(a, &in, &r, &e)) return 70;
  double t = seconds() - start;
  printf("labour survey month, %d reports, %d cells, %d roll-ups with %d standard errors: %.2f s, %.0f MiB, target 10 s\n", REPORTS, CELLS,
      in.n_rollups, in.n_rollups * MLS_SPLITS * 9, t, peak_mib());
  arena_free(a);
  return 0;
}

/* The same month judged on all contributions of every figure, with dominated cells planted, and its tables protected: pay, hours and workers of every
 * industry, size and form. The naive pattern is what the primary rules alone hide. */
static int bench_protected(void) {
  static const struct disclosure_profile profile = {.name = "establishments_3",
      .rule = {
          .min_n = 3, .dominance_n = 2, .dominance_percent = 90, .p = 10, .q = 100, .coalition = 1, .safety_range = 10, .weights = SDC_WEIGHTS_RAW}};
  static const struct table_spec spec = {"main", "", "", "f", "industry;size", "worker_form",
      "mls(e0);mls(inc);mls(dec);mls(e1);mls(pt);mls(D);mls(H);mls(Hs);mls(Ho);mls(G);mls(C);mls(B);mls(O);mls(S)", "", "", "as published",
      "establishments_3", 2};
  const struct sdc_structure structure = {.rules = sdc_mls_rules, .n_rules = sdc_n_mls_rules};
  struct arena *a = arena_new(0);
  struct mls_cell *cells = ARENA_ARRAY(a, struct mls_cell, CELLS);
  mls_ancestors *up = ARENA_ARRAY(a, mls_ancestors, CELLS);
  const struct sdc_judging judging = {.rule = &profile.rule};
  struct mls_run_input in;
  struct mls_run_result r;
  struct result_table *all;
  struct table_plan plan;
  struct sdc_linked_table t = {.plan = &plan};
  struct design d;
  struct err e;
  if (!make_sample(a, &in, &d, cells, up)) return 70;
  for (int c = 0; c < CELLS; c++)
    cells[c].workers_before = nearbyint(4050 * (double)d.frame_units[c]); /* as many as the reports stand for: ratios near 1 */
  for (int k = 0; k < CELLS; k += 40) /* weight 1: the first report of every 40th cell pays a thousand times as much */
    for (int s = 0; s < MLS_SPLITS; s++)
      for (int i = MLS_C; i <= MLS_S; i++)
        if (in.sample.x[s][i]) ((int64_t *)(uintptr_t)in.sample.x[s][i])[k] *= 1000;
  double start = seconds();
  if (mls_run(a, &in, &r, &e)) return 70;
  const double bare = seconds() - start;
  in.judging = &judging;
  start = seconds();
  if (mls_run(a, &in, &r, &e)) return 70;
  const double judged = seconds() - start;
  int64_t *n = ARENA_ARRAY(a, int64_t, (int64_t)in.n_rollups * MLS_SPLITS + 1);
  for (int64_t g = 0; n && g < (int64_t)in.n_rollups * MLS_SPLITS; g++) n[g] = 69 * in.rollups[g / MLS_SPLITS].n_members;
  if (!n || mls_result_table(a, "all", r.rows, in.n_rollups, r.errors, n, &all, &e) || table_plan_parse(a, &spec, &plan, &e)
      || mls_select(a, all, &plan, &t.table, &e))
    return 70;
  start = seconds();
  if (sdc_protect(a, &t, 1, &profile, &structure, &e)) return 70;
  const double protected = seconds() - start;
  printf("labour survey month, primary rules on all contributions of %d figures: estimation %.2f s without, %.2f s with; protection of its %d rows "
         "%.2f s: %d dominated, %d p %%, %d linked, %d further figures, narrowest interval %.0f %%, %s; %.0f MiB, target 10 s\n",
      in.n_rollups * MLS_SPLITS * 9, bare, judged, (int)t.table->n_rows, protected, (int)t.primary.n_dominated, (int)t.primary.n_p_percent,
      (int)t.primary.n_linked, (int)t.secondary.n_figures, 100 * t.secondary.narrowest, t.secondary.clean ? "clean" : t.table->refusal, peak_mib());
  arena_free(a);
  return t.secondary.clean ? 0 : 1;
}

/* A whole month: preliminary (nine tenths of the reports) and final, each with all roll-ups and standard errors and its record, the revision between
 * them by cell, the plan guard, and the growth of all nine averages with overlap. */
static int bench_both(void) {
  struct arena *a = arena_new(0);
  struct mls_cell *cells = ARENA_ARRAY(a, struct mls_cell, CELLS);
  mls_ancestors *up = ARENA_ARRAY(a, mls_ancestors, CELLS);
  struct mls_guard_stratum *strata = ARENA_ARRAY(a, struct mls_guard_stratum, CELLS);
  uint8_t *keep = ARENA_ARRAY(a, uint8_t, REPORTS);
  struct mls_pair *pairs = ARENA_ARRAY(a, struct mls_pair, REPORTS);
  int32_t *same = ARENA_ARRAY(a, int32_t, CELLS);
  struct mls_run_input in[2];
  struct mls_run_result r[2];
  struct mls_record record[2];
  struct mls_record_diff diff;
  const struct mls_record_names names = {STR("2026-01"), STR("final"), STR("p"), STR("q"), STR("w"), NULL, 0};
  static const char text[] = "{\"rules\":[{\"rule\":\"sample\"}]}";
  struct mls_plan plan;
  struct mls_guard_result guard;
  struct mls_subset part;
  struct design d;
  struct err e;
  if (!make_sample(a, &in[1], &d, cells, up)) return 70;
  for (int c = 0; c < CELLS; c++) {
    int64_t m = d.sample_units[c], w = 1 + c % 40;
    strata[c] = (struct mls_guard_stratum){cells[c].id, cells[c].industry, cells[c].size, STR("00"), m * w, -1, m, w, 1, 0, 0};
    same[c] = c;
  }
  for (int k = 0; k < REPORTS; k++) keep[k] = k / CELLS % 10 != 9;
  double start = seconds();
  if (mls_sample_subset(a, &in[1].sample, keep, NULL, d.frame_units, &part, &e)) return 70;
  in[0] = in[1];
  in[0].sample = part.sample;
  for (int v = 0; v < 2; v++)
    if (mls_run(a, &in[v], &r[v], &e) || mls_record_make(a, &in[v], &r[v], &names, &record[v], &e)) return 70;
  if (mls_record_compare(a, &record[0], &record[1], &diff, &e)) return 70;
  double both = seconds();
  struct mls_guard_input g = {.plan = &plan,
      .strata = strata,
      .n_strata = CELLS,
      .sample = &in[1].sample,
      .cells = cells,
      .n_cells = CELLS,
      .min_reports = 3};
  if (mls_plan_read(a, "plan", text, sizeof text - 1, &plan, &e) || mls_guard(a, &g, &guard, &e) || guard.n_stops) return 70;
  struct mls_growth_month side[2];
  struct mls_growth_error growth;
  for (int v = 0; v < 2; v++) {
    side[v] = (struct mls_growth_month){.sample = &in[v].sample, .rollup = &in[v].rollups[0]};
    if (mls_variance_begin(a, &in[v].sample, cells, CELLS, &r[v].ratio, &side[v].variance, &e)) return 70;
  }
  for (int64_t i = 0; i < part.sample.n; i++) pairs[i] = (struct mls_pair){part.report[i], i};
  for (int c = MLS_COL_D; c < MLS_COLUMNS; c++)
    if (mls_growth_error(a, &side[1], &side[0], pairs, part.sample.n, same, MLS_ALL, c, &growth, &e)) return 70;
  double end = seconds();
  printf("labour survey, a national month: both vintages with standard errors, records and revision by cell %.2f s, plan guard and growth errors "
         "%.2f s, together %.2f s, %.0f MiB, target 3 s\n",
      both - start, end - both, end - start, peak_mib());
  arena_free(a);
  return end - start < 3 ? 0 : 1;
}

static int64_t bare_count(const struct table *t, int64_t *cells) {
  const struct column *x = &t->columns[0], *y = &t->columns[1];
  for (int64_t i = 0; i < t->n_rows; i++) cells[x->code[i] * 2 + y->code[i]]++;
  return cells[0];
}

static int bench_table(void) {
  struct arena *a = arena_new(0);
  struct column columns[2] = {{.name = "prefecture", .type = COL_CODE}, {.name = "sex", .type = COL_CODE}};
  struct table t;
  struct err e;
  uint64_t seed = 7;
  for (int k = 0; k < 2; k++) columns[k].dict = dict_new(a);
  if (table_init(&t, a, columns, 2, RECORDS, &e)) return 70;
  for (int p = 1; p <= 47; p++) dict_add(columns[0].dict, str_of(arena_printf(a, "%02d", p)));
  for (int s = 1; s <= 2; s++) dict_add(columns[1].dict, str_of(arena_printf(a, "%d", s)));
  for (t.n_rows = 0; t.n_rows < RECORDS; t.n_rows++) {
    t.columns[0].code[t.n_rows] = (int32_t)draw(&seed, 0, 46);
    t.columns[1].code[t.n_rows] = (int32_t)draw(&seed, 0, 1);
    t.columns[0].status[t.n_rows] = t.columns[1].status[t.n_rows] = VAL_REPORTED;
  }
  struct item items[2] = {{.name = "prefecture", .unit = ""}, {.name = "sex", .unit = ""}};
  struct form form = {.survey = "s", .id = "f", .n_items = 2, .items = items};
  struct table_spec spec = {"t", "", "", "f", "prefecture", "sex", "count()", "", "", "0", "persons_10", 2};
  const struct table *shards[1] = {&t};
  const struct tabulate_input in = {&form, shards, 1, NULL, NULL};
  struct table_plan plan;
  struct result_table *out;
  double start = seconds();
  if (table_plan_parse(a, &spec, &plan, &e) || tabulate(a, &in, &plan, &out, &e)) return 70;
  double ours = seconds() - start;
  int64_t cells[94] = {0};
  start = seconds();
  int64_t first = bare_count(&t, cells);
  double floor_seconds = seconds() - start;
  if (first <= 0 || out->measures[0].value[0] != RECORDS) return 70;
  printf("table 47 x 2 with margins, %d records: %.0f rows/s, %.0f MiB, %.1f x bare count, target 50000000 rows/s\n", RECORDS, RECORDS / ours,
      peak_mib(), ours / floor_seconds);
  arena_free(a);
  return 0;
}

int main(void) {
  int status = bench_month();
  if (!status) status = bench_protected();
  if (!status) status = bench_both();
  return status ? status : bench_table();
}
