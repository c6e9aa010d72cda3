/* Sampling errors of the labour survey: growth with overlap, random groups against the linearised error and against repeated draws, non-response in
 * take-all strata, and the parts of a change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "estimators/mls/mls_change.h"
#include "estimators/mls/mls_controls.h"
#include "estimators/mls/mls_growth.h"
#include "tests/unit/mls_frame.h"

static void near(double found, double expected, double tolerance) {
  if (!(fabs(found - expected) <= tolerance)) fail_msg("%.10g, expected %.10g", found, expected);
}
static struct frame_month months[2];
static const int32_t every_cell[F_CELLS] = {0, 1, 2, 3, 4, 5};
static const struct mls_rollup all = {{"TL", 2}, {"T", 1}, F_CELLS, every_cell};
struct side {
  struct mls_ratio_result r;
  struct mls_growth_month g;
};
static void open_side(struct arena *a, struct frame_month *m, struct side *s) {
  struct err e;
  assert_int_equal(mls_ratio(a, &m->sample, m->cells, F_CELLS, 1, &s->r, &e), E_OK);
  s->g = (struct mls_growth_month){.sample = &m->sample, .rollup = &all};
  assert_int_equal(mls_variance_begin(a, &m->sample, m->cells, F_CELLS, &s->r, &s->g.variance, &e), E_OK);
}
static void growth_with_the_same_sample(void **state) {
  struct frame_draw d = frame_as_planned();
  struct arena *a = arena_new(0);
  struct side now, before;
  struct mls_growth_error g;
  struct mls_pair pairs[F_MOST];
  int32_t same[F_STRATA];
  struct err e;
  (void)state;
  for (int h = 0; h < F_STRATA; h++) same[h] = h;
  for (int t = 0; t < 2; t++) {
    frame_make(&months[t], t ? 8 : 0);
    assert_true(frame_sample(&months[t], a, &d, &e));
  }
  open_side(a, &months[1], &now);
  open_side(a, &months[0], &before);
  int64_t n = months[0].sample.n;
  for (int64_t i = 0; i < n; i++) pairs[i] = (struct mls_pair){i, i};
  assert_int_equal(mls_growth_error(a, &now.g, &before.g, pairs, n, same, MLS_ALL, MLS_COL_C, &g, &e), E_OK);
  assert_true(g.defined && g.growth > 1.5 && g.growth < 2.1);
  /* Full overlap: the variance of z1/X1 - z0/X0 over the strata, by hand. */
  const int64_t *reports;
  struct mls_error x1, x0;
  double z[F_MOST], mean[F_STRATA] = {0}, squares[F_STRATA] = {0}, v = 0;
  int64_t m;
  mls_variance_average(now.g.variance, &all, MLS_ALL, MLS_COL_C, &x1);
  const double *z1 = mls_variance_influence(now.g.variance, &reports, &m);
  for (int64_t i = 0; i < m; i++) z[reports[i]] = z1[i] / x1.value;
  mls_variance_average(before.g.variance, &all, MLS_ALL, MLS_COL_C, &x0);
  const double *z0 = mls_variance_influence(before.g.variance, &reports, &m);
  for (int64_t i = 0; i < m; i++) z[reports[i]] -= z0[i] / x0.value;
  const struct design *k = &months[1].design;
  for (int64_t i = 0; i < n; i++) mean[k->stratum[i]] += z[i] / (double)k->sample_units[k->stratum[i]];
  for (int64_t i = 0; i < n; i++) squares[k->stratum[i]] += pow(z[i] - mean[k->stratum[i]], 2);
  for (int h = 0; h < F_STRATA; h++) {
    double mh = (double)k->sample_units[h], f = mh / k->frame_units[h];
    if (f < 1) v += (1 - f) * mh / (mh - 1) * squares[h];
  }
  near(g.se, 100 * x1.value / x0.value * sqrt(v), 1e-9);
  assert_true(g.se < g.independent_se / 5); /* the same establishments: far more exact than two samples */
  print_message("   growth %.2f %%, standard error %.3f points; of two samples %.3f\n", g.growth, g.se, g.independent_se);
  for (int h = 0; h < F_STRATA; h++) same[h] = -1; /* all drawn anew */
  assert_int_equal(mls_growth_error(a, &now.g, &before.g, pairs, n, same, MLS_ALL, MLS_COL_C, &g, &e), E_OK);
  near(g.se, g.independent_se, 1e-12);
  arena_free(a);
}
static void non_response_of_take_all_strata_is_seen(void **state) {
  struct frame_draw d = frame_as_planned();
  struct arena *a = arena_new(0);
  struct side s;
  struct mls_error whole, part;
  struct err e;
  static const int32_t large[2] = {0, 3};
  const struct mls_rollup g = {STR("TL"), STR("1"), 2, large};
  (void)state;
  frame_make(&months[0], 0);
  assert_true(frame_sample(&months[0], a, &d, &e));
  open_side(a, &months[0], &s);
  mls_variance_average(s.g.variance, &g, MLS_ALL, MLS_COL_C, &whole);
  near(whole.se, 0, 1e-9);
  frame_make(&months[0], 0);
  assert_true(frame_draw_answering(&months[0], a, &d, 5, &e)); /* a fifth does not answer */
  open_side(a, &months[0], &s);
  mls_variance_average(s.g.variance, &g, MLS_ALL, MLS_COL_C, &part);
  assert_true(part.se > 100);
  arena_free(a);
}
static void random_groups_agree_with_the_linearised_error(void **state) {
  struct frame_draw d = frame_as_planned();
  struct arena *a = arena_new(0);
  struct side s;
  struct mls_error linear, groups;
  struct mls_groups how = {10, 1, NULL};
  double sum = 0;
  struct err e;
  (void)state;
  frame_make(&months[0], 0);
  assert_true(frame_sample(&months[0], a, &d, &e));
  months[0].design.frame_units = NULL; /* no finite population correction on either side */
  open_side(a, &months[0], &s);
  mls_variance_average(s.g.variance, &all, MLS_ALL, MLS_COL_C, &linear);
  for (uint64_t seed = 1; seed <= 60; seed++) {
    how.seed = seed;
    assert_int_equal(
        mls_random_groups(a, &months[0].sample, months[0].cells, F_CELLS, 1, &all, MLS_ALL, MLS_C, &how, &groups, &e), E_OK);
    assert_true(groups.defined);
    near(groups.value, linear.value, 1e-6);
    sum += groups.se * groups.se / 60;
  }
  print_message("   linearised %.1f yen, random groups %.1f yen\n", linear.se, sqrt(sum));
  assert_true(sqrt(sum) > 0.8 * linear.se && sqrt(sum) < 1.25 * linear.se);
  how.n_groups = 1;
  assert_int_equal(
      mls_random_groups(a, &months[0].sample, months[0].cells, F_CELLS, 1, &all, MLS_ALL, MLS_C, &how, &groups, &e), E_MLS_MONTH_INPUT);
  how.n_groups = 100; /* more groups than a cell has reports */
  assert_int_equal(mls_random_groups(a, &months[0].sample, months[0].cells, F_CELLS, 3, &all, MLS_ALL, MLS_C, &how, &groups, &e), E_OK);
  assert_false(groups.defined);
  arena_free(a);
}
static void the_parts_of_a_change_add_up(void **state) {
  /* Two cells of 50:50 before; now 60:40 by a benchmark from 55:45; pay 100 and 200 before, 110 and 210 now; common establishments +4 and +10. */
  struct mls_change_cell c[2] = {
      {.heads = {50, 60}, .average = {100, 110}, .heads_unbenchmarked = 55, .has_common = true, .common = {101, 105}},
      {.heads = {50, 40}, .average = {200, 210}, .heads_unbenchmarked = 45, .has_common = true, .common = {200, 210}}};
  struct mls_change x;
  struct err e;
  (void)state;
  assert_int_equal(mls_decompose(c, 2, &x, &e), E_OK);
  near(x.before, 150, 1e-12), near(x.now, 150, 1e-12);
  near(x.wage, 0.525 * 4 + 0.475 * 10, 1e-12);
  near(x.panel, 0.525 * 6, 1e-12);
  near(x.composition, -5, 1e-12); /* 0.05 of the heads to the cell that pays 100 less */
  near(x.benchmark, -5, 1e-12);
  near(x.wage + x.panel + x.composition + x.benchmark, x.change, 1e-12);
  c[1].has_common = false;
  c[0].heads[0] = 0; /* a cell that begins: no change of pay there */
  c[0].has_common = false;
  assert_int_equal(mls_decompose(c, 2, &x, &e), E_OK);
  near(c[0].wage + c[0].panel, 0, 1e-12), near(c[1].wage, 0, 1e-12);
  near(x.wage + x.panel + x.composition + x.benchmark, x.change, 1e-12);
  near(x.heads_without_pairs, 1, 1e-12);
  c[1].heads[0] = 0;
  assert_int_equal(mls_decompose(c, 2, &x, &e), E_MLS_MONTH_INPUT);
}
/* January 2019 as published: contractual pay of the regular tabulation 258,451 and of the continuing establishments 260,161 yen. */
static void the_panel_change_of_january_2019(void **state) {
  static const double e0[2][4] = {{6162868, 10182636, 13201046, 21023071}, {6242652, 10182636, 13201046, 21023071}},
                      e1[2][4] = {{6141065, 10176050, 13182664, 20975423}, {6223489, 10170495, 13166230, 20975471}},
                      pay[2][4] = {{369534, 296460, 254235, 214245}, {361812, 294849, 251894, 214250}};
  struct mls_change_cell c[4];
  struct mls_change x;
  struct err e;
  (void)state;
  for (int k = 0; k < 4; k++)
    c[k] = (struct mls_change_cell){.heads = {(e0[0][k] + e1[0][k]) / 2, (e0[1][k] + e1[1][k]) / 2},
        .average = {pay[0][k], pay[1][k]},
        .heads_unbenchmarked = -1};
  assert_int_equal(mls_decompose(c, 4, &x, &e), E_OK);
  near(x.before, 260160.66, 0.01);
  near(x.now, 258451.5, 0.1);
  near(x.change, -1710, 1);
  near(x.panel + x.composition, x.change, 1e-9);
  assert_true(x.wage == 0 && x.panel < x.change); /* composition, with more workers in large establishments, goes the other way */
}
static void copied_errors_are_seen(void **state) {
  struct mls_error now[40], before[40];
  struct mls_error_check c;
  (void)state;
  for (int i = 0; i < 40; i++) {
    now[i] = (struct mls_error){.defined = i != 39, .cv = 0.01 + 0.0004 * i};
    before[i] = (struct mls_error){.defined = true, .cv = now[i].cv + (i % 4 ? 0.0003 : 0.00001)}; /* every fourth as printed the year before */
  }
  mls_errors_repeated(now, before, 40, &c);
  assert_int_equal(c.n_compared, 39);
  assert_int_equal(c.n_same, 10);
  assert_true(c.alarm);
  for (int i = 0; i < 40; i++) before[i].cv = now[i].cv + 0.0003;
  mls_errors_repeated(now, before, 40, &c);
  assert_true(c.n_same == 0 && !c.alarm);
  now[0].cv = before[0].cv = 0; /* taken whole: no error to compare */
  mls_errors_repeated(now, before, 1, &c);
  assert_true(c.n_compared == 0 && !c.alarm);
}
static void single_suppressed_rows_are_exposed(void **state) {
  static const char sizes[] = "T0134579";
  struct mls_row r[8];
  struct mls_exposed *x;
  struct arena *a = arena_new(0);
  int32_t n;
  struct err e;
  (void)state;
  for (int i = 0; i < 8; i++) r[i] = (struct mls_row){.industry = STR("C"), .size = str_view(sizes + i, 1)};
  assert_int_equal(mls_exposed_rows(a, r, 8, &x, &n, &e), E_OK);
  assert_int_equal(n, 0);
  r[3].suppressed = true; /* 3 alone in 1+3=4 */
  assert_int_equal(mls_exposed_rows(a, r, 8, &x, &n, &e), E_OK);
  assert_int_equal(n, 1);
  assert_true(x[0].row == &r[3]);
  assert_string_equal(x[0].set, "1+3=4");
  r[4].suppressed = true; /* 4 too: that set is safe, but 4 stands alone in 4+5+7=0 */
  assert_int_equal(mls_exposed_rows(a, r, 8, &x, &n, &e), E_OK);
  assert_int_equal(n, 1);
  assert_string_equal(x[0].set, "4+5+7=0");
  r[5].suppressed = true;
  assert_int_equal(mls_exposed_rows(a, r, 8, &x, &n, &e), E_OK);
  assert_int_equal(n, 0);
  arena_free(a);
}
int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(growth_with_the_same_sample),
      cmocka_unit_test(non_response_of_take_all_strata_is_seen),
      cmocka_unit_test(random_groups_agree_with_the_linearised_error),
      cmocka_unit_test(the_parts_of_a_change_add_up),
      cmocka_unit_test(the_panel_change_of_january_2019),
      cmocka_unit_test(copied_errors_are_seen),
      cmocka_unit_test(single_suppressed_rows_are_exposed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
