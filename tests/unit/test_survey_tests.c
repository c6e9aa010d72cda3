/* Tests of hypotheses, design effects, degrees of freedom and contrasts: values of R on a survey of arithmetic. */
#include "tests/unit/arithmetic_survey.h"

#include <string.h>

#include "estimators/estimate/contrast.h"
#include "estimators/estimate/design_effect.h"
#include "estimators/estimate/independence.h"
#include "estimators/estimate/mean_test.h"

/* svychisq(~g+r,des,statistic=...) */
static void independence(void **state) {
  (void)state;
  struct arithmetic s;
  struct independence t;
  struct err e;
  arithmetic_survey(&s);
  const struct independence_data d = {s.g, s.r, NULL, 3, 2};
  assert_int_equal(independence_test(NULL, s.a, &s.survey, &d, &t, &e), E_OK);
  near(t.f, 0.1262145291322255, 1e-10), near(t.f_df1, 1.972487262653212, 1e-10), near(t.f_df2, 71.00954145551563, 1e-10),
      near(t.f_p, 0.8790242167930011, 1e-10);
  near(t.pearson, 0.1874953894468604, 1e-10), near(t.chi_p, 0.881425735001097, 1e-10);
  assert_true(t.has_wald);
  near(t.wald, 0.1437208376536558, 1e-9), near(t.wald_p, 0.8666239747286597, 1e-9);
  near(t.adjusted, 0.1397285921632765, 1e-9), near(t.adjusted_p, 0.8700768716809172, 1e-9);
  assert_int_equal(t.nu, 36);
  /* the other way round it is the same table */
  const struct independence_data turned = {s.r, s.g, NULL, 2, 3};
  struct independence u;
  assert_int_equal(independence_test(NULL, s.a, &s.survey, &turned, &u, &e), E_OK);
  near(u.f, t.f, 1e-12), near(u.wald, t.wald, 1e-9);
  arena_free(s.a);
}
static void tables_that_test_nothing_are_refused(void **state) {
  (void)state;
  struct arithmetic s;
  struct independence t;
  struct err e;
  int32_t none[ARITHMETIC_ROWS] = {0};
  arithmetic_survey(&s);
  const struct independence_data one_row = {none, s.r, NULL, 1, 2};
  assert_int_equal(independence_test(NULL, s.a, &s.survey, &one_row, &t, &e), E_TEST);
  int32_t wide[ARITHMETIC_ROWS];
  for (int i = 0; i < ARITHMETIC_ROWS; i++) wide[i] = i % 80;
  const struct independence_data many = {wide, s.g, NULL, 80, 3};
  assert_int_equal(independence_test(NULL, s.a, &s.survey, &many, &t, &e), E_FIGURES_MANY);
  for (int i = 0; i < ARITHMETIC_ROWS; i++) wide[i] = s.psu[i] % 10 == 0 ? 0 : -1; /* one unit in each stratum */
  const struct independence_data lonely = {s.g, s.r, wide, 3, 2};
  assert_int_equal(independence_test(NULL, s.a, &s.survey, &lonely, &t, &e), E_TEST);
  arena_free(s.a);
}
/* svyttest(y~r,des); svyttest(y~0,subset(des,r=="s")); svyranktest(y~r,des); svyranktest(y~g,des) */
static void means(void **state) {
  (void)state;
  struct arithmetic s;
  struct mean_test t;
  struct err e;
  int32_t of[ARITHMETIC_ROWS];
  arithmetic_survey(&s);
  struct mean_test_spec spec = {.y = s.y, .group = s.r, .n_groups = 2, .confidence = 0.95};
  assert_int_equal(mean_test_groups(NULL, s.a, &s.survey, &spec, &t, &e), E_OK);
  assert_true(t.is_t);
  near(t.estimate, 1.287962433149953, 1e-10), near(t.statistic, 0.7911827173769534, 1e-9), near(t.p, 0.4341664274408912, 1e-9);
  assert_int_equal(t.df2, 35);
  spec.ranks = true;
  assert_int_equal(mean_test_groups(NULL, s.a, &s.survey, &spec, &t, &e), E_OK);
  near(t.estimate, 0.01956280830174091, 1e-10), near(t.statistic, 0.6053926326728507, 1e-9), near(t.p, 0.54882386509356, 1e-9);
  spec.group = s.g, spec.n_groups = 3;
  assert_int_equal(mean_test_groups(NULL, s.a, &s.survey, &spec, &t, &e), E_OK);
  assert_false(t.is_t);
  near(t.statistic * 2, 32.446238835082, 1e-10), near(t.p, 1.130172512785e-05, 1e-9);
  for (int i = 0; i < ARITHMETIC_ROWS; i++) of[i] = s.r[i] == 1 ? 0 : -1;
  spec.of_row = of;
  assert_int_equal(mean_test_one(NULL, s.a, &s.survey, &spec, 0, &t, &e), E_OK);
  near(t.estimate, 90.53733955659277, 1e-10), near(t.statistic, 95.41742708306965, 1e-9), near(t.p, 7.554692431270086e-40, 1e-6);
  assert_int_equal(t.df2, 31); /* degf of the domain; svyttest 4.1-1 takes one less */
  arena_free(s.a);
}
/* svyby(~y,~g,des,svymean,deff=TRUE); deff(svytotal(~y,des,deff="replace")) */
static void design_effects(void **state) {
  static const double expected[] = {0.6595957084018599, 0.9021270418054281, 0.716709988668185};
  (void)state;
  struct arithmetic s;
  struct err e;
  double mean[3], u[ARITHMETIC_ROWS], var[3], srs[3];
  bool ok[3], known[3];
  arithmetic_survey(&s);
  const struct taylor_domains by = {3, s.g};
  const struct statistic means_of = {STATISTIC_MEAN, s.y, NULL};
  const double *columns[1] = {u}, *totals[1] = {s.y};
  assert_int_equal(statistic_value(s.a, &means_of, ARITHMETIC_ROWS, s.w, &by, mean, ok, &e), E_OK);
  assert_int_equal(statistic_influence(s.a, &means_of, ARITHMETIC_ROWS, s.w, &by, mean, ok, u, &e), E_OK);
  assert_int_equal(survey_covariance(NULL, s.a, &s.survey, &by, 1, columns, var, &e), E_OK);
  assert_int_equal(srs_variance(s.a, ARITHMETIC_ROWS, s.w, &by, u, SRS_WITHOUT_REPLACEMENT, srs, known, &e), E_OK);
  for (int k = 0; k < 3; k++) near(var[k] / srs[k], expected[k], 1e-10);
  assert_int_equal(survey_covariance(NULL, s.a, &s.survey, NULL, 1, totals, var, &e), E_OK);
  assert_int_equal(srs_variance(s.a, ARITHMETIC_ROWS, s.w, NULL, s.y, SRS_WITH_REPLACEMENT, srs, known, &e), E_OK);
  near(var[0] / srs[0], 0.7209415197139106, 1e-10);
  arena_free(s.a);
}
/* Equal parts of every stratum: the units less the strata; all in one stratum of n units: n - 1. */
static void degrees_of_freedom_by_moments(void **state) {
  (void)state;
  struct arithmetic s;
  struct err e;
  double u[ARITHMETIC_ROWS], df;
  bool ok;
  arithmetic_survey(&s);
  for (int i = 0; i < ARITHMETIC_ROWS; i++) s.population[i] = 40, u[i] = (s.psu[i] % 10) / s.w[i];
  const struct sample_spec spec = {.n = ARITHMETIC_ROWS, .n_stages = 1, .stage = {{s.h, s.psu, s.population}}, .weight = s.w};
  assert_int_equal(sample_design_build(s.a, &spec, &s.design, &e), E_OK);
  assert_int_equal(satterthwaite_df(NULL, s.a, &s.survey, NULL, u, &df, &ok, &e), E_OK);
  assert_true(ok), near(df, 36, 1e-12);
  for (int i = 0; i < ARITHMETIC_ROWS; i++) u[i] = s.h[i] == 2 ? u[i] : 0;
  assert_int_equal(satterthwaite_df(NULL, s.a, &s.survey, NULL, u, &df, &ok, &e), E_OK);
  assert_true(ok), near(df, 9, 1e-12);
  arena_free(s.a);
}
/* A contrast of cells is the same through its one influence and through the covariances of all cells. */
static void contrasts_agree_with_covariances(void **state) {
  (void)state;
  struct arithmetic s;
  struct err e;
  struct figure f[4] = {{{STATISTIC_MEAN, NULL, NULL}, NULL, 0, "a", 0, false}, {{STATISTIC_MEAN, NULL, NULL}, NULL, 1, "b", 0, false},
      {{STATISTIC_TOTAL, NULL, NULL}, NULL, 2, "c", 0, false}, {{STATISTIC_RATIO, NULL, NULL}, NULL, 0, "all", 0, false}};
  const double c[4] = {1, -1, 1e-4, 0.5};
  double cov[16], var = 0, g[4];
  struct contrast linear, smooth;
  struct smooth text;
  arithmetic_survey(&s);
  for (int k = 0; k < 4; k++) f[k].statistic.y = s.y, f[k].statistic.x = s.x, f[k].of_row = k < 3 ? s.g : NULL;
  assert_int_equal(figures_value(s.a, &s.survey, 4, f, &e), E_OK);
  assert_int_equal(figures_covariance(NULL, s.a, &s.survey, 4, f, cov, &e), E_OK);
  assert_int_equal(contrast_linear(NULL, s.a, &s.survey, 4, f, c, &linear, &e), E_OK);
  for (int j = 0; j < 16; j++) var += c[j / 4] * c[j % 4] * cov[j];
  near(linear.var, var, 1e-12);
  assert_int_equal(linear.df, 36);
  assert_int_equal(smooth_parse(s.a, "log(b / a) * all", &text, &e), E_OK);
  assert_int_equal(contrast_smooth(NULL, s.a, &s.survey, 4, f, &text, &smooth, &e), E_OK);
  const double a = f[0].value, b = f[1].value, all = f[3].value;
  near(smooth.value, log(b / a) * all, 1e-14);
  g[0] = -all / a, g[1] = all / b, g[2] = 0, g[3] = log(b / a), var = 0;
  for (int j = 0; j < 16; j++) var += g[j / 4] * g[j % 4] * cov[j];
  near(smooth.var, var, 1e-12);
  assert_int_equal(smooth_parse(s.a, "b - other", &text, &e), E_OK);
  assert_int_equal(contrast_smooth(NULL, s.a, &s.survey, 4, f, &text, &smooth, &e), E_CONTRAST);
  assert_string_equal(e.subject, "other");
  arena_free(s.a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(independence), cmocka_unit_test(tables_that_test_nothing_are_refused), cmocka_unit_test(means),
      cmocka_unit_test(design_effects), cmocka_unit_test(degrees_of_freedom_by_moments), cmocka_unit_test(contrasts_agree_with_covariances)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
