/* Multivariate outliers: small matrices by hand, planted outliers found by each method, equivariance, EM against its closed form. */
#include "processing/outlier/bacon_eem.h"
#include "processing/outlier/contaminated.h"
#include "processing/outlier/robust_distance.h"
#include "tests/unit/outlier_fixture.h"

static void small_matrices_by_hand(void **state) {
  (void)state;
  const double s[] = {4, 2, 2, 3}, d[] = {2, 1};
  double l[4], b[] = {8, 7}, vectors[4], values[2], t[] = {2, 1, 1, 2};
  assert_true(dense_cholesky(l, s, 2));
  assert_near(l[0], 2, 1e-15);
  assert_near(l[2], 1, 1e-15);
  assert_near(l[3], sqrt(2), 1e-15);
  assert_near(dense_log_determinant(l, 2), log(8), 1e-14);
  assert_near(dense_distance(l, d, 2), 1, 1e-14); /* (3 x 4 - 2 x 2 x 2 + 4 x 1) / 8 */
  dense_solve(l, b, 2);
  assert_near(b[0], 1.25, 1e-14);
  assert_near(b[1], 1.5, 1e-14);
  dense_jacobi(t, vectors, values, 2);
  assert_near(fmin(values[0], values[1]), 1, 1e-14);
  assert_near(fmax(values[0], values[1]), 3, 1e-14);
  assert_near(fabs(vectors[0]), sqrt(0.5), 1e-14);
  const double singular[] = {1, 2, 2, 4};
  assert_false(dense_cholesky(l, singular, 2));
}
/* n rows of p correlated items, the first n_bad of them moved far along one direction in which no single item is extreme. */
static double *planted(struct arena *a, int64_t n, int p, int64_t n_bad, uint64_t seed) {
  double *x = ARENA_ARRAY(a, double, n * p);
  struct rng r;
  rng_init(&r, seed, "planted", NULL, 0);
  for (int64_t i = 0; i < n; i++) {
    const double common = rng_normal(&r);
    for (int j = 0; j < p; j++) x[i * p + j] = 10 * (j + 1) + common + 0.3 * rng_normal(&r) + (i < n_bad ? (j % 2 ? -2.5 : 2.5) : 0);
  }
  return x;
}
struct found {
  int64_t planted, false_alarms;
};
static struct found count_found(const struct sample *s, const uint8_t *outlier, int64_t n_bad) {
  struct found f = {0, 0};
  for (int64_t i = 0; i < s->n; i++) *(s->row[i] < n_bad ? &f.planted : &f.false_alarms) += outlier[i];
  return f;
}
static void msd_finds_planted_outliers(void **state) {
  struct arena *a = *state;
  struct err e;
  for (uint64_t seed = 1; seed <= 5; seed++) {
    const struct num_table t = table_of_rows(a, planted(a, 300, 4, 45, seed), 300, 4);
    const struct sample_spec q = spec_of(&t);
    struct sample s;
    struct robust_distance d;
    assert_int_equal(sample_complete(&s, a, &q, &e), E_OK);
    assert_int_equal(robust_msd(&d, a, &s, 7, 0.999, &e), E_OK);
    const struct found f = count_found(&s, d.outlier, 45);
    assert_int_equal(f.planted, 45);
    assert_true(f.false_alarms <= 5);
  }
}
static void mcd_finds_planted_outliers_in_fifteen_items(void **state) {
  struct arena *a = *state;
  struct err e;
  for (uint64_t seed = 1; seed <= 3; seed++) {
    const struct num_table t = table_of_rows(a, planted(a, 600, 15, 120, seed), 600, 15);
    const struct sample_spec q = spec_of(&t);
    struct sample s;
    struct robust_distance d;
    assert_int_equal(sample_complete(&s, a, &q, &e), E_OK);
    assert_int_equal(robust_mcd(&d, a, &s, 0.999, &e), E_OK);
    const struct found f = count_found(&s, d.outlier, 120);
    assert_int_equal(f.planted, 120);
    assert_true(f.false_alarms <= 24); /* 5 % */
    assert_int_equal(robust_msd(&d, a, &s, 7, 0.999, &e), E_OUTLIER_PARAMETER); /* more than 12 items */
  }
}
static void bacon_finds_planted_outliers_among_missing_items(void **state) {
  struct arena *a = *state;
  struct err e;
  for (uint64_t seed = 1; seed <= 5; seed++) {
    struct num_table t = table_of_rows(a, planted(a, 500, 4, 50, seed), 500, 4);
    struct rng r;
    rng_init(&r, seed, "holes", NULL, 0);
    for (int64_t i = 0; i < 500; i++)
      if (rng_below(&r, 10) < 3) t.columns[rng_below(&r, 4)].status[i] = VAL_BLANK;
    const struct sample_spec q = spec_of(&t);
    struct sample s;
    struct bacon_result b;
    assert_int_equal(sample_observed(&s, a, &q, &e), E_OK);
    assert_int_equal(bacon_eem(&b, a, &s, 0.05, &e), E_OK);
    assert_true(b.settled);
    const struct found f = count_found(&s, b.outlier, 50);
    assert_int_equal(f.planted, 50);
    assert_true(f.false_alarms <= 2);
  }
}
/* Two complete items, the second missing for part of the records: the maximum is known in closed form. */
static void em_reaches_the_closed_form_of_a_monotone_pattern(void **state) {
  struct arena *a = *state;
  static const double rows[] = {1, 2, 2, 3, 3, 7, 4, 6, 5, 9, 8, 0, 9, 0, 12, 0};
  struct num_table t = table_of_rows(a, rows, 8, 2);
  for (int i = 5; i < 8; i++) t.columns[1].status[i] = VAL_BLANK;
  const struct sample_spec q = spec_of(&t);
  struct sample s;
  struct err e;
  uint8_t inside[8];
  double mean[] = {3, 3}, scatter[] = {2, 0, 0, 2};
  bool settled;
  memset(inside, 1, sizeof inside);
  assert_int_equal(sample_observed(&s, a, &q, &e), E_OK);
  assert_true(bacon_em(&s, inside, mean, scatter, &settled) && settled);
  double m1 = 0, s11 = 0; /* all eight */
  for (int i = 0; i < 8; i++) m1 += rows[2 * i] / 8;
  for (int i = 0; i < 8; i++) s11 += (rows[2 * i] - m1) * (rows[2 * i] - m1) / 8;
  const double slope = 17. / 10, residual = (33.2 - 17 * slope) / 5; /* the five complete ones: means 3 and 5.4, sums of squares 10, 17, 33.2 */
  assert_near(mean[0], m1, 1e-6);
  assert_near(scatter[0], s11, 1e-6);
  assert_near(mean[1], 5.4 + slope * (m1 - 3), 1e-5);
  assert_near(scatter[1], slope * s11, 1e-5);
  assert_near(scatter[3], residual + slope * slope * s11, 1e-5);
}
static void a_weight_of_two_counts_as_two_records(void **state) {
  struct arena *a = *state;
  static const double once[] = {1, 2, 2, 3, 3, 7, 4, 6, 5, 9, 8, 0}, twice[] = {1, 2, 2, 3, 3, 7, 3, 7, 4, 6, 5, 9, 8, 0, 8, 0},
      weight[] = {1, 1, 2, 1, 1, 2};
  struct num_table t = table_of_rows(a, once, 6, 2), u = table_of_rows(a, twice, 8, 2);
  struct sample_spec q = spec_of(&t), r = spec_of(&u);
  struct sample s, v;
  struct err e;
  uint8_t inside[8];
  double mean[2][2] = {{3, 3}, {3, 3}}, scatter[2][4] = {{2, 0, 0, 2}, {2, 0, 0, 2}};
  bool settled;
  memset(inside, 1, sizeof inside);
  t.columns[1].status[5] = u.columns[1].status[6] = u.columns[1].status[7] = VAL_BLANK;
  q.weight = weight;
  assert_int_equal(sample_observed(&s, a, &q, &e), E_OK);
  assert_int_equal(sample_observed(&v, a, &r, &e), E_OK);
  assert_true(bacon_em(&s, inside, mean[0], scatter[0], &settled) && bacon_em(&v, inside, mean[1], scatter[1], &settled));
  for (int j = 0; j < 2; j++) assert_near(mean[0][j], mean[1][j], 1e-9);
  for (int j = 0; j < 4; j++) assert_near(scatter[0][j], scatter[1][j], 1e-9);
}
/* Each allocation of each method fails once: the step stops with no memory, and nothing else happens. */
static enum err_code run_method(struct arena *a, const struct num_table *t, int method, struct err *e) {
  struct sample_spec q = spec_of(t);
  struct sample s;
  struct robust_distance d;
  struct bacon_result b;
  struct contaminated c;
  q.logarithm = method == 3;
  TRY(method == 2 ? sample_observed(&s, a, &q, e) : sample_complete(&s, a, &q, e));
  if (method == 0) return robust_msd(&d, a, &s, 1, 0.999, e);
  if (method == 1) return robust_mcd(&d, a, &s, 0.999, e);
  return method == 2 ? bacon_eem(&b, a, &s, 0.05, e) : contaminated_fit(&c, a, &s, 1, true, e);
}
static void no_memory_stops_the_step(void **state) {
  struct arena *a = *state;
  struct rng r;
  double *x = planted(a, 200, 2, 20, 1);
  rng_init(&r, 9, "errors", NULL, 0);
  for (int i = 0; i < 20; i++) x[2 * i] = 30 * exp(rng_normal(&r));
  const struct num_table t = table_of_rows(a, x, 200, 2);
  for (int method = 0; method < 4; method++) {
    uint64_t n = 1;
    enum err_code code = E_NO_MEMORY;
    for (; code == E_NO_MEMORY && n < 200; n++) {
      const struct arena_mark mark = arena_mark(a);
      struct err e;
      arena_fail_at(n);
      code = run_method(a, &t, method, &e);
      arena_fail_at(0);
      arena_reset(a, mark);
    }
    assert_int_equal(code, E_OK);
    assert_true(n > 8);
  }
}
/* y = M x + c of every row. */
static double *transformed(struct arena *a, const double *x, int64_t n, int p, const double *m, const double *c) {
  double *y = ARENA_ARRAY(a, double, n * p);
  for (int64_t i = 0; i < n; i++)
    for (int j = 0; j < p; j++) {
      y[i * p + j] = c[j];
      for (int k = 0; k < p; k++) y[i * p + j] += m[j * p + k] * x[i * p + k];
    }
  return y;
}
static const double SKEW[] = {2, 1, 0, 0, 3, -1, 0.5, 0, 1}, SHIFT[] = {100, -50, 7}, SCALED[] = {3, 0, 0, 0, 3, 0, 0, 0, 3};

static void distances_of(struct arena *a, const double *x, int64_t n, int method, double *by_row) {
  const struct num_table t = table_of_rows(a, x, n, 3);
  const struct sample_spec q = spec_of(&t);
  struct sample s;
  struct robust_distance d;
  struct bacon_result b;
  struct err e;
  const double *d2;
  if (method == 2) {
    assert_int_equal(sample_observed(&s, a, &q, &e), E_OK);
    assert_int_equal(bacon_eem(&b, a, &s, 0.05, &e), E_OK);
    d2 = b.d2;
  } else {
    assert_int_equal(sample_complete(&s, a, &q, &e), E_OK);
    assert_int_equal(method ? robust_mcd(&d, a, &s, 0.999, &e) : robust_msd(&d, a, &s, 7, 0.999, &e), E_OK);
    d2 = d.d2;
  }
  for (int64_t i = 0; i < s.n; i++) by_row[s.row[i]] = d2[i];
}
/* The subset BACON ends with, and the half MCD ends with, are the same after any regular linear map of the items; MSD's axes are drawn, so only
 * scale and shift. */
static void distances_do_not_depend_on_units(void **state) {
  struct arena *a = *state;
  double before[250], after[250];
  const double *x = planted(a, 250, 3, 20, 3);
  for (int method = 0; method < 3; method++) {
    distances_of(a, x, 250, method, before);
    distances_of(a, transformed(a, x, 250, 3, method ? SKEW : SCALED, SHIFT), 250, method, after);
    for (int i = 0; i < 250; i++) assert_near(after[i], before[i], 1e-6 * before[i]);
  }
}
static void contaminated_model(struct arena *a, struct contaminated *m, struct sample *s, int64_t n, double share, double spread, double scale,
                               enum err_code want) {
  double *x = ARENA_ARRAY(a, double, 2 * n);
  struct rng r;
  struct err e;
  rng_init(&r, 11, "contaminated", NULL, 0);
  for (int64_t i = 0; i < n; i++) {
    const double aux = 5 + rng_normal(&r), right = 1 + 0.9 * aux + 0.2 * rng_normal(&r);
    x[2 * i] = exp(right + ((double)i < share * (double)n ? spread * rng_normal(&r) : 0)) * scale;
    x[2 * i + 1] = exp(aux);
  }
  const struct num_table t = table_of_rows(a, x, n, 2);
  struct sample_spec q = spec_of(&t);
  q.logarithm = true;
  assert_int_equal(sample_complete(s, a, &q, &e), E_OK);
  assert_int_equal(contaminated_fit(m, a, s, 1, true, &e), want);
}
static void contaminated_normal_recovers_its_parameters(void **state) {
  struct arena *a = *state;
  struct contaminated m, scaled;
  struct sample s, t;
  contaminated_model(a, &m, &s, 4000, 0.05, 2, 1, E_OK); /* l = 4 / 0.04 = 100 */
  assert_true(m.settled);
  assert_near(m.b[0], 1, 0.05);
  assert_near(m.b[1], 0.9, 0.01);
  assert_near(m.scatter[0], 0.04, 0.004);
  assert_near(m.w, 0.05, 0.012);
  assert_near(m.l, 100, 35);
  assert_true(m.bic < m.bic_normal);
  for (int64_t i = 0; i < s.n; i++) { /* posterior and expectation by their formulas, at the fitted parameters */
    const double r = s.x[2 * i] - m.b[0] - m.b[1] * s.x[2 * i + 1], v = m.scatter[0], wide = v * (1 + m.l);
    const double right = (1 - m.w) * exp(-r * r / (2 * v)) / sqrt(v), wrong = m.w * exp(-r * r / (2 * wide)) / sqrt(wide),
        tau = wrong / (right + wrong);
    assert_near(m.probability[i], tau, 1e-9);
    const double shrunk = exp(s.x[2 * i] - r * m.l / (1 + m.l) + m.l / (1 + m.l) * v / 2);
    assert_near(m.expected[i], (1 - tau) * exp(s.x[2 * i]) + tau * shrunk, 1e-9 * (1 + m.expected[i]));
  }
  contaminated_model(a, &scaled, &t, 4000, 0.05, 2, 1000, E_OK); /* another unit: the same records are suspected */
  for (int64_t i = 0; i < s.n; i++) assert_near(scaled.probability[i], m.probability[i], 1e-5);
}
static void a_plain_normal_is_refused(void **state) {
  struct contaminated m;
  struct sample s;
  contaminated_model(*state, &m, &s, 2000, 0, 0, 1, E_OUTLIER_MODEL);
}
static void what_cannot_be_judged_is_refused(void **state) {
  struct arena *a = *state;
  struct err e;
  double *x = planted(a, 60, 3, 0, 1);
  for (int i = 0; i < 60; i++) x[3 * i + 2] = x[3 * i] + x[3 * i + 1]; /* a total of the others */
  const struct num_table t = table_of_rows(a, x, 60, 3);
  struct sample_spec q = spec_of(&t);
  struct sample s;
  struct robust_distance d;
  struct bacon_result b;
  assert_int_equal(sample_complete(&s, a, &q, &e), E_OK);
  assert_int_equal(robust_msd(&d, a, &s, 1, 0.999, &e), E_OUTLIER_SINGULAR);
  assert_int_equal(robust_mcd(&d, a, &s, 0.999, &e), E_OUTLIER_SINGULAR);
  assert_int_equal(bacon_eem(&b, a, &s, 0.05, &e), E_OUTLIER_SINGULAR);
  const int64_t few[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  q.rows = few, q.n_rows = 10;
  assert_int_equal(sample_complete(&s, a, &q, &e), E_OK);
  assert_int_equal(robust_msd(&d, a, &s, 1, 0.999, &e), E_OUTLIER_FEW);
  assert_int_equal(bacon_eem(&b, a, &s, 0.05, &e), E_OUTLIER_FEW);
  assert_int_equal(bacon_eem(&b, a, &s, 0.5, &e), E_OUTLIER_PARAMETER);
}
static void logarithms_leave_out_what_has_none(void **state) {
  struct arena *a = *state;
  static const double x[] = {1, 2, 0, 3, 5, -1, 4, 4};
  struct num_table t = table_of_rows(a, x, 4, 2);
  struct sample_spec q = spec_of(&t);
  struct sample s;
  struct err e;
  q.logarithm = true;
  assert_int_equal(sample_complete(&s, a, &q, &e), E_OK);
  assert_int_equal(s.n, 2);
  assert_int_equal(s.n_not_positive, 2);
  assert_near(s.x[1], log(2), 0);
}
int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(small_matrices_by_hand),
      cmocka_unit_test_setup_teardown(msd_finds_planted_outliers, arena_setup, arena_teardown),
      cmocka_unit_test_setup_teardown(mcd_finds_planted_outliers_in_fifteen_items, arena_setup, arena_teardown),
      cmocka_unit_test_setup_teardown(bacon_finds_planted_outliers_among_missing_items, arena_setup, arena_teardown),
      cmocka_unit_test_setup_teardown(em_reaches_the_closed_form_of_a_monotone_pattern, arena_setup, arena_teardown),
      cmocka_unit_test_setup_teardown(a_weight_of_two_counts_as_two_records, arena_setup, arena_teardown),
      cmocka_unit_test_setup_teardown(no_memory_stops_the_step, arena_setup, arena_teardown),
      cmocka_unit_test_setup_teardown(distances_do_not_depend_on_units, arena_setup, arena_teardown),
      cmocka_unit_test_setup_teardown(contaminated_normal_recovers_its_parameters, arena_setup, arena_teardown),
      cmocka_unit_test_setup_teardown(a_plain_normal_is_refused, arena_setup, arena_teardown),
      cmocka_unit_test_setup_teardown(what_cannot_be_judged_is_refused, arena_setup, arena_teardown),
      cmocka_unit_test_setup_teardown(logarithms_leave_out_what_has_none, arena_setup, arena_teardown),
  };
  return cmocka_run_group_tests_name("outlier_distance", tests, NULL, NULL);
}
