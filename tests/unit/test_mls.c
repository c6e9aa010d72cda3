/* Labour survey: collapse, whole workers, linearised errors against numerical derivatives, comparison, the month's input from datasets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "estimators/mls/mls_compare.h"
#include "estimators/mls/mls_run.h"

enum { N = 12, CELLS = 3 };
struct sample {
  struct arena *a;
  int64_t all[MLS_ITEMS][N], part[MLS_ITEMS][N], male[MLS_ITEMS][N], female[MLS_ITEMS][N];
  int32_t cell[N], stratum[N];
  double weight[N], frame[4];
  struct design design;
  struct stratum info[4];
  struct mls_cell cells[CELLS];
  struct mls_sample s;
};

static void set_up(struct sample *x) {
  struct err e;
  memset(x, 0, sizeof *x);
  x->a = arena_new(0);
  for (int k = 0; k < N; k++) {
    x->cell[k] = k / 4;
    x->stratum[k] = k / 3;
    x->weight[k] = 3 + x->stratum[k];
    for (int i = 0; i < MLS_ITEMS; i++) {
      x->part[i][k] = 3 + (k * 7 + i * 3) % 11;
      x->male[i][k] = 20 + (k * 5 + i) % 13;
      x->female[i][k] = 20 + (k * 3 + i * 2) % 17;
      x->all[i][k] = x->male[i][k] + x->female[i][k];
    }
    x->male[MLS_E1][k] = x->male[MLS_E0][k] + x->male[MLS_INC][k] - x->male[MLS_DEC][k];
    x->female[MLS_E1][k] = x->female[MLS_E0][k] + x->female[MLS_INC][k] - x->female[MLS_DEC][k];
    x->all[MLS_E1][k] = x->male[MLS_E1][k] + x->female[MLS_E1][k];
    x->male[MLS_PT][k] = x->part[MLS_E1][k] / 2;
    x->female[MLS_PT][k] = x->part[MLS_E1][k] - x->part[MLS_E1][k] / 2;
    x->all[MLS_PT][k] = x->part[MLS_E1][k];
  }
  for (int h = 0; h < 4; h++) x->frame[h] = 3 * (3 + h);
  assert_int_equal(design_view(x->a, N, 4, x->stratum, x->weight, x->frame, &x->design, &e), E_OK);
  static const char *const names[CELLS] = {"C/5", "D/5", "E/5"};
  for (int c = 0; c < CELLS; c++)
    x->cells[c] = (struct mls_cell){str_of(names[c]), str_view(names[c], 1), STR("5"), 1000.25 + 100 * c, (c + 1) % CELLS};
  x->s = (struct mls_sample){.n = N, .cell = x->cell, .design = &x->design};
  for (int i = 0; i < MLS_ITEMS; i++) {
    x->s.x[MLS_ALL][i] = x->all[i];
    x->s.x[MLS_MALE][i] = i == MLS_O ? NULL : x->male[i];
    x->s.x[MLS_FEMALE][i] = i == MLS_O ? NULL : x->female[i];
    x->s.x[MLS_PART][i] = i == MLS_PT ? NULL : x->part[i];
  }
}

static void workers_of_the_previous_month_are_met_exactly(void **state) {
  (void)state;
  struct sample x;
  struct mls_ratio_result r;
  struct err e;
  set_up(&x);
  assert_int_equal(mls_ratio(x.a, &x.s, x.cells, CELLS, 3, &r, &e), E_OK);
  for (int c = 0; c < CELLS; c++) {
    assert_true(fabs(r.cells[c].totals.x[MLS_ALL][MLS_E0] - x.cells[c].workers_before) < 1e-9);
    assert_true(fabs(r.cells[c].totals.x[MLS_GENERAL][MLS_C] + r.cells[c].totals.x[MLS_PART][MLS_C] - r.cells[c].totals.x[MLS_ALL][MLS_C]) < 1e-6);
    assert_false(r.cells[c].totals.has[MLS_MALE][MLS_O]);
  }
  assert_int_equal(r.n_log, 0);
  arena_free(x.a);
}

static void the_order_of_reports_changes_no_bit(void **state) {
  (void)state;
  struct sample x, y;
  struct mls_ratio_result r, q;
  struct err e;
  set_up(&x);
  set_up(&y);
  for (int k = 0; k < N; k++) {
    int from = (k * 5) % N;
    y.cell[k] = x.cell[from];
    y.stratum[k] = x.stratum[from];
    y.weight[k] = x.weight[from];
    for (int i = 0; i < MLS_ITEMS; i++)
      y.all[i][k] = x.all[i][from], y.part[i][k] = x.part[i][from], y.male[i][k] = x.male[i][from], y.female[i][k] = x.female[i][from];
  }
  assert_int_equal(mls_ratio(x.a, &x.s, x.cells, CELLS, 3, &r, &e), E_OK);
  assert_int_equal(mls_ratio(y.a, &y.s, y.cells, CELLS, 3, &q, &e), E_OK);
  for (int c = 0; c < CELLS; c++) assert_memory_equal(r.cells[c].totals.x, q.cells[c].totals.x, sizeof r.cells[c].totals.x);
  arena_free(x.a);
  arena_free(y.a);
}

static void too_few_reports_collapse_with_the_declared_neighbour(void **state) {
  (void)state;
  struct sample x;
  struct mls_ratio_result r;
  struct err e;
  set_up(&x);
  x.cell[5] = x.cell[6] = x.cell[7] = 2; /* cell 1 keeps one report */
  assert_int_equal(mls_ratio(x.a, &x.s, x.cells, CELLS, 3, &r, &e), E_OK);
  assert_int_equal(r.n_log, 1);
  assert_int_equal(r.log[0].cell, 1);
  assert_int_equal(r.log[0].with, 2);
  assert_true(r.cells[1].collapsed && r.cells[2].collapsed && !r.cells[0].collapsed);
  double a1 = r.cells[1].totals.x[MLS_ALL][MLS_C] / 1100.25, a2 = r.cells[2].totals.x[MLS_ALL][MLS_C] / 1200.25;
  assert_true(fabs(a1 - a2) < 1e-9 * a1); /* the same figure per worker */
  assert_true(fabs(r.cells[1].totals.x[MLS_ALL][MLS_E0] - 1100.25) < 1e-9);
  for (int c = 0; c < CELLS; c++) x.cells[c].neighbour = -1;
  assert_int_equal(mls_ratio(x.a, &x.s, x.cells, CELLS, 3, &r, &e), E_MLS_NO_NEIGHBOUR);
  assert_string_equal(e.subject, "D/5");
  arena_free(x.a);
}

static void a_cell_without_workers_stops_an_empty_cell_does_not(void **state) {
  (void)state;
  struct sample x;
  struct mls_ratio_result r;
  struct err e;
  set_up(&x);
  x.cells[2].workers_before = -1;
  assert_int_equal(mls_ratio(x.a, &x.s, x.cells, CELLS, 3, &r, &e), E_MLS_NO_E);
  x.cells[2].workers_before = 0;
  for (int k = 0; k < N; k++) x.cell[k] = k / 6;
  assert_int_equal(mls_ratio(x.a, &x.s, x.cells, CELLS, 3, &r, &e), E_OK);
  assert_true(r.cells[2].empty);
  arena_free(x.a);
}

static void make_input(struct sample *x, struct mls_run_input *in, struct mls_rollup *g, int32_t *members) {
  for (int c = 0; c < CELLS; c++) members[c] = c;
  g[0] = (struct mls_rollup){STR("TL"), STR("T"), CELLS, members};
  g[1] = (struct mls_rollup){STR("D"), STR("5"), 1, members + 1};
  *in = (struct mls_run_input){.sample = x->s,
      .cells = x->cells,
      .n_cells = CELLS,
      .min_reports = 3,
      .rollups = g,
      .n_rollups = 2,
      .whole_workers = true,
      .standard_errors = true};
}

static void every_identity_holds_after_rounding(void **state) {
  (void)state;
  struct sample x;
  struct mls_run_input in;
  struct mls_run_result r;
  struct mls_rollup g[2];
  int32_t members[CELLS];
  struct err e;
  char what[160];
  for (int shift = 0; shift < 50; shift++) {
    set_up(&x);
    for (int c = 0; c < CELLS; c++) x.cells[c].workers_before += 0.37 * shift;
    make_input(&x, &in, g, members);
    assert_int_equal(mls_run(x.a, &in, &r, &e), E_OK);
    for (int k = 0; k < 2; k++) assert_null(mls_broken_identity(&r.rows[k], what, sizeof what));
    assert_int_equal(r.open_flows, 0);
    arena_free(x.a);
  }
}

/* A report's influence is its weight times the derivative of the average to its weight: here by central differences. */
static double average_with(struct sample *x, const struct mls_rollup *g, int split, int item) {
  struct mls_ratio_result r;
  struct mls_totals total;
  struct mls_totals cells[CELLS];
  struct str names[CELLS] = {STR("a"), STR("b"), STR("c")};
  struct err e;
  double out = 0;
  assert_int_equal(mls_ratio(x->a, &x->s, x->cells, CELLS, 3, &r, &e), E_OK);
  for (int c = 0; c < CELLS; c++) cells[c] = r.cells[c].totals;
  assert_int_equal(mls_sum(x->a, cells, CELLS, g, names, &total, &e), E_OK);
  assert_true(mls_average(&total, split, item, &out));
  return out;
}

static void linearised_values_are_the_derivatives(void **state) {
  (void)state;
  static const int splits[] = {MLS_ALL, MLS_PART, MLS_GENERAL, MLS_FEMALE};
  for (int collapsed = 0; collapsed < 2; collapsed++) {
    struct sample x;
    struct mls_ratio_result r;
    struct mls_variance *v;
    struct err e;
    int32_t members[2] = {0, 1};
    struct mls_rollup g = {STR("C+D"), STR("5"), 2, members};
    set_up(&x);
    if (collapsed) x.cell[5] = x.cell[6] = x.cell[7] = 2;
    assert_int_equal(mls_ratio(x.a, &x.s, x.cells, CELLS, 3, &r, &e), E_OK);
    assert_int_equal(mls_variance_begin(x.a, &x.s, x.cells, CELLS, &r, &v, &e), E_OK);
    for (int s = 0; s < 4; s++) {
      struct mls_error error;
      const int64_t *reports;
      int64_t n;
      mls_variance_average(v, &g, splits[s], MLS_COL_C, &error);
      const double *z = mls_variance_influence(v, &reports, &n);
      assert_true(error.defined && n > 0 && error.se > 0);
      assert_true(fabs(error.value - average_with(&x, &g, splits[s], MLS_C)) < 1e-6);
      for (int64_t i = 0; i < n; i++) {
        /* weights are shared by a stratum in the estimator: give the report a stratum of its own with a moved weight */
        struct sample y;
        set_up(&y);
        memcpy(y.cell, x.cell, sizeof x.cell);
        int32_t own[N];
        for (int k = 0; k < N; k++) own[k] = k;
        struct design one;
        double h = 1e-4 * y.weight[reports[i]], kept = y.weight[reports[i]], up, down;
        assert_int_equal(design_view(y.a, N, N, own, y.weight, NULL, &one, &e), E_OK);
        y.s.design = &one;
        y.weight[reports[i]] = kept + h;
        up = average_with(&y, &g, splits[s], MLS_C);
        y.weight[reports[i]] = kept - h;
        down = average_with(&y, &g, splits[s], MLS_C);
        double derivative = kept * (up - down) / (2 * h);
        assert_true(fabs(derivative - z[i]) < 1e-5 * (fabs(z[i]) + 1e-3 * error.value));
        arena_free(y.a);
      }
    }
    arena_free(x.a);
  }
}

static void take_all_strata_with_non_response_are_flagged(void **state) {
  (void)state;
  struct sample x;
  struct mls_run_input in;
  struct mls_run_result r;
  struct mls_rollup g[2];
  int32_t members[CELLS];
  struct err e;
  set_up(&x);
  for (int h = 0; h < 4; h++)
    x.info[h] = (struct stratum){STR("s"), h == 0 ? STRATUM_TAKE_ALL : STRATUM_SAMPLE, (int64_t)x.frame[h], (int64_t)x.frame[h], 1, 1, NULL};
  x.design.info = x.info;
  make_input(&x, &in, g, members);
  assert_int_equal(mls_run(x.a, &in, &r, &e), E_OK);
  assert_true(r.errors[MLS_ALL * MLS_COLUMNS + MLS_COL_C].from_response);
  assert_false(r.errors[(MLS_SPLITS + MLS_ALL) * MLS_COLUMNS + MLS_COL_C].from_response); /* cell D has no report of stratum 0 */
  arena_free(x.a);
}

static void wrong_weights_in_a_take_all_cell_raise_the_alarm(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  /* 100 thousand workers: 30 thousand sampled at one third without weights: the ratio jumps to 1.25. */
  int64_t e0[80];
  int32_t cell[80] = {0}, stratum[80] = {0};
  double w[80], frame[1] = {100};
  for (int k = 0; k < 80; k++) e0[k] = 1000, w[k] = 1;
  struct stratum info = {STR("500+"), STRATUM_TAKE_ALL, 100, 100, 1, 1, NULL};
  struct design d;
  struct err e;
  assert_int_equal(design_view(a, 80, 1, stratum, w, frame, &d, &e), E_OK);
  d.info = &info;
  struct mls_cell c = {STR("E/1"), STR("E"), STR("1"), 100000, -1};
  struct mls_sample s = {.n = 80, .cell = cell, .design = &d};
  for (int i = 0; i < MLS_ITEMS; i++) s.x[MLS_ALL][i] = e0;
  struct mls_ratio_result r;
  struct mls_cover *cover;
  int32_t n;
  assert_int_equal(mls_ratio(a, &s, &c, 1, 3, &r, &e), E_OK);
  assert_int_equal(mls_cover_checks(a, &s, &c, 1, &r, &cover, &n, &e), E_OK);
  assert_true(n == 1 && cover[0].alarm && cover[0].n_frame == 100);
  arena_free(a);
}

static void comparison_finds_every_kind_of_difference(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct mls_row p[3] = {{.industry = STR("TL"), .size = STR("T")}, {.industry = STR("C"), .size = STR("1"), .suppressed = true},
      {.industry = STR("D"), .size = STR("1")}};
  for (int c = 0; c < MLS_COLUMNS; c++) p[0].has[0][c] = p[2].has[0][c] = true, p[0].value[0][c] = p[2].value[0][c] = 1000 + c;
  struct mls_row o[1] = {p[0]};
  struct mls_comparison c;
  struct err e;
  char text[256];
  o[0].value[0][MLS_COL_C] += 1;
  o[0].value[0][MLS_COL_D] += 2;
  assert_int_equal(mls_compare(a, p, 3, o, 1, &mls_tolerance_rounded, 50, &c, &e), E_OK);
  assert_int_equal(c.n_suppressed, 1);
  assert_int_equal(c.n_compared, 2 * MLS_COLUMNS);
  assert_int_equal(c.n_failed, 1 + MLS_COLUMNS); /* D by 0.2, and the row we do not have */
  assert_string_equal(mls_difference_text(&c.failures[0], text, sizeof text), "TL/T/T D published 100.5 ours 100.7 difference 0.2");
  assert_int_equal(mls_compare(a, p, 1, o, 1, &mls_tolerance_exact, 50, &c, &e), E_OK);
  assert_int_equal(c.n_failed, 2);
  arena_free(a);
}

static void standard_rollups_have_all_levels(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  const struct mls_cell cells[4] = {{.id = STR("1"), .industry = STR("E09"), .size = STR("1")},
      {.id = STR("2"), .industry = STR("E09"), .size = STR("9")}, {.id = STR("3"), .industry = STR("C"), .size = STR("5")},
      {.id = STR("4"), .industry = STR("E12"), .size = STR("3")}};
  mls_ancestors up[4] = {{STR("E-1"), STR("E")}, {STR("E-1"), STR("E")}, {STR("")}, {STR("E-2"), STR("E")}};
  struct mls_rollup *g;
  int32_t n;
  struct err e;
  assert_int_equal(mls_standard_rollups(a, cells, 4, (const mls_ancestors *)up, &g, &n, &e), E_OK);
  int found = 0;
  for (int32_t i = 0; i < n; i++) {
    if (str_eq(g[i].industry, STR("TL")) && str_eq(g[i].size, STR("T"))) found += g[i].n_members == 4;
    if (str_eq(g[i].industry, STR("E")) && str_eq(g[i].size, STR("4"))) found += g[i].n_members == 2;
    if (str_eq(g[i].industry, STR("E-1")) && str_eq(g[i].size, STR("0"))) found += g[i].n_members == 1;
  }
  assert_int_equal(found, 3);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(workers_of_the_previous_month_are_met_exactly),
      cmocka_unit_test(the_order_of_reports_changes_no_bit),
      cmocka_unit_test(too_few_reports_collapse_with_the_declared_neighbour),
      cmocka_unit_test(a_cell_without_workers_stops_an_empty_cell_does_not),
      cmocka_unit_test(every_identity_holds_after_rounding),
      cmocka_unit_test(linearised_values_are_the_derivatives),
      cmocka_unit_test(take_all_strata_with_non_response_are_flagged),
      cmocka_unit_test(wrong_weights_in_a_take_all_cell_raise_the_alarm),
      cmocka_unit_test(comparison_finds_every_kind_of_difference),
      cmocka_unit_test(standard_rollups_have_all_levels),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
