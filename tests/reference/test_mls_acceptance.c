/* A worked month of the labour survey, exact to the digits shown: two cells of three establishments each, and their sum. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "estimators/mls/mls_rates.h"
#include "estimators/mls/mls_run.h"

/* w, e0, inc, dec, e1, pt, D, Hs, Ho, C, O, S (thousand yen) */
static const int64_t reports[6][12] = {{8, 200, 10, 4, 206, 40, 3600, 27000, 2400, 62000, 5200, 1000},
    {8, 150, 3, 9, 144, 60, 2500, 18500, 1000, 40000, 2100, 0}, {12, 120, 6, 2, 124, 10, 2250, 17300, 1900, 38500, 4300, 500},
    {48, 50, 2, 5, 47, 20, 850, 6300, 300, 13500, 650, 0}, {48, 40, 0, 1, 39, 5, 740, 5700, 420, 12200, 980, 2400},
    {64, 95, 14, 2, 107, 50, 1750, 12000, 250, 24400, 520, 0}};
static const int32_t cell_of[6] = {0, 0, 0, 1, 1, 1}, stratum_of[6] = {0, 0, 1, 2, 2, 3};

struct month {
  struct arena *a;
  int64_t x[MLS_ITEMS][6];
  double weight[6], frame[4];
  int32_t cell[6], stratum[6];
  struct design design;
  struct mls_cell cells[2];
  int32_t members[3][2];
  struct mls_rollup rollups[3];
  struct mls_run_input in;
};

static void set_up(struct month *m, bool whole) {
  struct err e;
  memset(m, 0, sizeof *m);
  m->a = arena_new(0);
  for (int k = 0; k < 6; k++) {
    m->weight[k] = (double)reports[k][0];
    m->cell[k] = cell_of[k];
    m->stratum[k] = stratum_of[k];
    for (int i = 0; i < MLS_ITEMS; i++) m->x[i][k] = reports[k][i + 1];
  }
  assert_int_equal(design_view(m->a, 6, 4, m->stratum, m->weight, NULL, &m->design, &e), E_OK);
  m->cells[0] = (struct mls_cell){.id = STR("A"), .industry = STR("A"), .size = STR("5"), .workers_before = 12000, .neighbour = -1};
  m->cells[1] = (struct mls_cell){.id = STR("B"), .industry = STR("B"), .size = STR("5"), .workers_before = 20000, .neighbour = -1};
  m->members[1][0] = 1;
  m->members[2][1] = 1;
  m->rollups[0] = (struct mls_rollup){STR("A"), STR("5"), 1, m->members[0]};
  m->rollups[1] = (struct mls_rollup){STR("B"), STR("5"), 1, m->members[1]};
  m->rollups[2] = (struct mls_rollup){STR("A+B"), STR("5"), 2, m->members[2]};
  m->in = (struct mls_run_input){.sample = {.n = 6, .cell = m->cell, .design = &m->design},
      .cells = m->cells,
      .n_cells = 2,
      .min_reports = 3,
      .rollups = m->rollups,
      .n_rollups = 3,
      .whole_workers = whole};
  for (int i = 0; i < MLS_ITEMS; i++) m->in.sample.x[MLS_ALL][i] = m->x[i];
}

static void near(double ours, double shown, double half_digit) {
  if (fabs(ours - shown) > half_digit) fail_msg("ours %.10f shown %.10f", ours, shown);
}

static void ratios_totals_and_averages_to_the_shown_digits(void **state) {
  (void)state;
  struct month m;
  struct mls_run_result r;
  struct err e;
  set_up(&m, false);
  assert_int_equal(mls_run(m.a, &m.in, &r, &e), E_OK);
  near(r.ratio.cells[0].weighted_e0, 4240, 0);
  near(r.ratio.cells[1].weighted_e0, 10400, 0);
  near(r.ratio.cells[0].ratio, 2.8301886792, 5e-11);
  near(r.ratio.cells[1].ratio, 1.9230769231, 5e-11);
  static const double shown[3][8] = {/* e1, heads, C, O, S, Hs, Ho, D */
                                     {12135.8491, 12067.9245, 299718.5741, 25797.3734, 3283.3021, 134.05253, 11.72608, 17.77674},
                                     {21107.6923, 20553.8462, 261526.9461, 10434.1317, 10778.4431, 125.74850, 4.73054, 17.61976},
                                     {33243.5414, 32621.7707, 275655.3541, 16117.5277, 8005.7305, 128.82045, 7.31843, 17.67783}};
  static const int item[8] = {-1, -1, MLS_C, MLS_O, MLS_S, MLS_HS, MLS_HO, MLS_D};
  for (int g = 0; g < 3; g++) {
    const struct mls_totals *t = &r.rollup_totals[g];
    near(t->x[MLS_ALL][MLS_E1], shown[g][0], 5e-5);
    near(mls_heads(t, MLS_ALL), shown[g][1], 5e-5);
    for (int k = 2; k < 8; k++) {
      double average;
      assert_true(mls_average(t, MLS_ALL, item[k], &average));
      near(average, shown[g][k], k < 5 ? 5e-5 : 5e-6);
    }
  }
  arena_free(m.a);
}

static void rates_of_the_unrounded_totals(void **state) {
  (void)state;
  static const double shown[3][3] = {{21.4552, 4.1509, 3.0189}, {40.0875, 9.5385, 4.0000}, {33.2856, 7.5181, 3.6321}};
  struct month m;
  struct mls_run_result r;
  struct err e;
  set_up(&m, false);
  assert_int_equal(mls_run(m.a, &m.in, &r, &e), E_OK);
  for (int g = 0; g < 3; g++) {
    const double *x = r.rollup_totals[g].x[MLS_ALL];
    near(100 * x[MLS_PT] / x[MLS_E1], shown[g][0], 5e-5);
    near(100 * x[MLS_INC] / x[MLS_E0], shown[g][1], 5e-5);
    near(100 * x[MLS_DEC] / x[MLS_E0], shown[g][2], 5e-5);
  }
  arena_free(m.a);
}

static void displayed_row_derives_from_rounded_figures(void **state) {
  (void)state;
  struct month m;
  struct mls_run_result r;
  struct err e;
  set_up(&m, false);
  assert_int_equal(mls_run(m.a, &m.in, &r, &e), E_OK);
  const int64_t *v = r.rows[2].value[MLS_ALL];
  assert_int_equal(v[MLS_COL_C], 275655);
  assert_int_equal(v[MLS_COL_O], 16118);
  assert_int_equal(v[MLS_COL_B], 259537); /* rounding the difference itself would show 259,538 */
  assert_int_equal(v[MLS_COL_S], 8006);
  assert_int_equal(v[MLS_COL_G], 283661);
  assert_int_equal(v[MLS_COL_HS], 1288);
  assert_int_equal(v[MLS_COL_HO], 73);
  assert_int_equal(v[MLS_COL_H], 1361);
  arena_free(m.a);
}

static void the_denominator_is_the_mean_of_both_stocks(void **state) {
  (void)state;
  struct month m;
  struct mls_run_result r;
  struct err e;
  set_up(&m, false);
  assert_int_equal(mls_run(m.a, &m.in, &r, &e), E_OK);
  const double *x = r.rollup_totals[2].x[MLS_ALL];
  double pay;
  assert_true(mls_average(&r.rollup_totals[2], MLS_ALL, MLS_C, &pay));
  near((x[MLS_C] + x[MLS_S]) / x[MLS_E1], 278355.6, 0.05);
  near((x[MLS_C] + x[MLS_S]) / x[MLS_E0], 289172.7, 0.05);
  assert_true(fabs(pay - 278355.6) > 1000);
  arena_free(m.a);
}

static void carry_forward_with_insurance_and_a_mover(void **state) {
  (void)state;
  struct month m;
  struct mls_run_result r;
  struct err e;
  set_up(&m, false);
  double k[2] = {0.5, 0.5}, rho[2] = {0.004, -0.002};
  struct mls_mover mover = {1, 0, 20000.0 / 10400 * 64 * 107};
  near(mover.workers, 13169.2308, 5e-5);
  m.in.k = k;
  m.in.rho = rho;
  m.in.movers = &mover;
  m.in.n_movers = 1;
  m.in.l = 0.5;
  assert_int_equal(mls_run(m.a, &m.in, &r, &e), E_OK);
  near(r.carry[0].workers_next, 18744.7361, 5e-5);
  near(r.carry[1].workers_next, 14501.9692, 5e-5);
  near(r.carry[0].insurance, 24.2717, 5e-5);
  near(r.carry[0].moved + r.carry[1].moved, 0, 1e-9);
  arena_free(m.a);
}

static void production_rounds_workers_per_cell(void **state) {
  (void)state;
  struct month m;
  struct mls_run_result r;
  struct err e;
  char what[160];
  set_up(&m, true);
  assert_int_equal(mls_run(m.a, &m.in, &r, &e), E_OK);
  const struct mls_row *row = r.rows;
  assert_int_equal(row[0].value[MLS_ALL][MLS_COL_E0], 12000);
  assert_int_equal(row[0].value[MLS_ALL][MLS_COL_E1] + row[1].value[MLS_ALL][MLS_COL_E1], row[2].value[MLS_ALL][MLS_COL_E1]);
  for (int g = 0; g < 3; g++) assert_null(mls_broken_identity(&row[g], what, sizeof what));
  int64_t rate;
  assert_true(mls_rate(&row[1], MLS_ALL, MLS_RATE_OUT, &rate));
  assert_int_equal(rate, 400);
  assert_false(mls_rate(&row[1], MLS_ALL, MLS_RATE_HOURLY, &rate)); /* only for part-time workers */
  arena_free(m.a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(ratios_totals_and_averages_to_the_shown_digits),
      cmocka_unit_test(rates_of_the_unrounded_totals),
      cmocka_unit_test(displayed_row_derives_from_rounded_figures),
      cmocka_unit_test(the_denominator_is_the_mean_of_both_stocks),
      cmocka_unit_test(carry_forward_with_insurance_and_a_mover),
      cmocka_unit_test(production_rounds_workers_per_cell),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
