/* Regression: values of R's svyglm on a survey of arithmetic, with and without calibrated weights; texts of models; separation and other refusals. */
#include "tests/unit/arithmetic_survey.h"

#include <string.h>

#include "estimators/estimate/regression.h"

static enum err_code run(struct arithmetic *s, const char *text, enum regression_family family, const int32_t *where, struct model *m,
    struct survey_regression *r, struct err *e) {
  struct model_text t;
  TRY(model_parse(s->a, text, &t, e));
  TRY(model_bind(s->a, &t, &s->columns, s->w, where, m, e));
  return regression_run(NULL, s->a, &s->survey, m, family, r, e);
}
static void same(struct arithmetic *s, const char *text, enum regression_family family, const int32_t *where, const char *const *label, int p,
    const double *b, const double *se, struct survey_regression *r, struct model *m) {
  struct err e;
  if (run(s, text, family, where, m, r, &e)) fail_msg("%s: %s %s", text, err_name(e.code), e.subject);
  assert_int_equal(r->p, p);
  for (int j = 0; j < p; j++) {
    assert_string_equal(m->label[j], label[j]);
    near(r->b[j], b[j], 1e-11);
    near(sqrt(r->cov[j * p + j]), se[j], family == FAMILY_POISSON ? 1e-8 : 1e-9); /* R keeps the weights of the last round but one */
  }
}

/* svyglm(y~x+g,des) */
static void linear(void **state) {
  (void)state;
  struct arithmetic s;
  struct survey_regression r;
  struct model m;
  struct wald t;
  arithmetic_survey(&s);
  same(&s, "y ~ x + g", FAMILY_LINEAR, NULL, (const char *const[]){"(Intercept)", "x", "gb", "gc"}, 4,
      (const double[]){68.82247041462232, 0.3262577743018837, 4.788253941851112, 9.463367133759286},
      (const double[]){1.794075495832309, 0.02407567328632134, 1.811178243785681, 1.413083657818413}, &r, &m);
  assert_int_equal(r.df_residual, 33);
  near(r.deviance, 25706.86024755438, 1e-12), near(r.null_deviance, 50522.22478874356, 1e-12), near(r.dispersion, 107.5600847178007, 1e-12);
  near(r.r2, 1 - 25706.86024755438 / 50522.22478874356, 1e-12);
  assert_true(regression_wald(s.a, &r, m.part[1].first, m.part[1].count, &t)); /* regTermTest(m,~g) */
  near(t.f, 22.97803909075148, 1e-9), near(t.p, 5.605548691107929e-07, 1e-8);
  assert_int_equal(t.df1, 2);
  arena_free(s.a);
}
/* svyglm(z~x*g,des,family=quasibinomial,epsilon=1e-14) */
static void logistic_with_interaction(void **state) {
  (void)state;
  struct arithmetic s;
  struct survey_regression r;
  struct model m;
  struct wald t;
  arithmetic_survey(&s);
  same(&s, "z~x*factor(g)", FAMILY_LOGISTIC, NULL, (const char *const[]){"(Intercept)", "x", "gb", "gc", "gb:x", "gc:x"}, 6,
      (const double[]){
          -0.3700785741967756, 0.01193313382965376, 0.283720819749284, -0.3046034833797729, -0.004450146308275358, 0.003923803397829486},
      (const double[]){0.3824093294186119, 0.00696149726827932, 0.5899554854143497, 0.5658540190229674, 0.009873719152070441, 0.01056594868627263},
      &r, &m);
  assert_int_equal(r.df_residual, 31);
  near(r.deviance, 322.5630944391114, 1e-12), near(r.null_deviance, 330.3342292308084, 1e-12), near(r.dispersion, 1.004853066523534, 1e-11);
  near(r.cox_snell, 0.03186111746015274, 1e-11), near(r.nagelkerke, 0.04262286891972818, 1e-11); /* psrsq */
  assert_true(regression_wald(s.a, &r, m.part[2].first, m.part[2].count, &t)); /* regTermTest(m,~x:g) */
  near(t.f, 0.3477971629212807, 1e-9), near(t.p, 0.7089625742797836, 1e-8);
  arena_free(s.a);
}
/* svyglm(k~x+g+r+g:r,subset(des,x<80),family=quasipoisson): a domain, not a smaller sample */
static void poisson_in_a_domain(void **state) {
  (void)state;
  struct arithmetic s;
  struct survey_regression r;
  struct model m;
  int32_t where[ARITHMETIC_ROWS];
  arithmetic_survey(&s);
  for (int i = 0; i < ARITHMETIC_ROWS; i++) where[i] = s.x[i] < 80 ? 0 : -1;
  same(&s, "k ~ x + g + r + g:r", FAMILY_POISSON, where, (const char *const[]){"(Intercept)", "x", "gb", "gc", "rs", "gb:rs", "gc:rs"}, 7,
      (const double[]){0.6264095736385776, 0.008004253885586931, -0.01017511248372285, 0.03043101909577168, -0.183574779811621, 0.1099544422403514,
          -0.05198507893830576},
      (const double[]){0.1136689426215207, 0.001708262767789433, 0.126677734296736, 0.1160282370748642, 0.1382259003357094, 0.1871378719156316,
          0.1747192378385921},
      &r, &m);
  assert_int_equal(r.df_residual, 30);
  near(r.deviance, 179.5925002631959, 1e-12), near(r.dispersion, 0.8382242498416158, 1e-10);
  arena_free(s.a);
}
/* cal<-calibrate(des,~g+x,c(`(Intercept)`=3500,gb=1100,gc=1200,x=170000)); svyglm(y~x+g-1,cal) */
static void calibrated_weights_enter_the_variance(void **state) {
  (void)state;
  struct arithmetic s;
  struct survey_regression r;
  struct model m;
  struct err e;
  int32_t one[ARITHMETIC_ROWS] = {0}, contrast[ARITHMETIC_ROWS];
  double before[ARITHMETIC_ROWS], total[4] = {3500, 1100, 1200, 170000}, gap[4];
  arithmetic_survey(&s);
  for (int i = 0; i < ARITHMETIC_ROWS; i++) contrast[i] = s.g[i] - 1, before[i] = s.w[i];
  const struct auxiliary x = {.n = ARITHMETIC_ROWS, .n_factors = 2, .n_numbers = 1, .code = {one, contrast}, .levels = {1, 2}, .number = {s.x}};
  struct adjustment k = {.kind = ADJUSTED_CALIBRATED, .name = "calibration", .before = before, .after = s.w};
  assert_int_equal(regression_new(s.a, &x, before, &k.regression, &e), E_OK);
  assert_int_equal(auxiliary_totals(s.a, &x, before, gap, &e), E_OK);
  for (int j = 0; j < 4; j++) gap[j] = total[j] - gap[j];
  auxiliary_solve(&k.regression.f, gap, gap);
  for (int i = 0; i < ARITHMETIC_ROWS; i++) s.w[i] = before[i] * (1 + auxiliary_dot(&x, i, gap));
  s.survey.adjustments[s.survey.n_adjustments++] = &k;
  same(&s, "y ~ x + g - 1", FAMILY_LINEAR, NULL, (const char *const[]){"x", "ga", "gb", "gc"}, 4,
      (const double[]){0.3278176927342525, 68.78124062496904, 73.51926596145992, 78.18991575554469},
      (const double[]){0.02350103930465428, 1.795374380275907, 1.516624849274757, 1.656684853914014}, &r, &m);
  arena_free(s.a);
}

/* Records that miss an item count as outside the domain; columns that depend on others are said to be redundant. */
static void missing_and_redundant(void **state) {
  (void)state;
  struct arithmetic s;
  struct survey_regression r, full;
  struct model m;
  struct err e;
  uint8_t status[ARITHMETIC_ROWS];
  int32_t where[ARITHMETIC_ROWS];
  arithmetic_survey(&s);
  for (int i = 0; i < ARITHMETIC_ROWS; i++) status[i] = i % 9 ? VAL_REPORTED : VAL_BLANK, where[i] = i % 9 ? 0 : -1;
  assert_int_equal(run(&s, "y ~ x + g", FAMILY_LINEAR, where, &m, &full, &e), E_OK);
  s.column[0].status = status;
  assert_int_equal(run(&s, "y ~ x + g", FAMILY_LINEAR, NULL, &m, &r, &e), E_OK);
  assert_int_equal(m.n_missing, 27);
  for (int j = 0; j < 16; j++) near(r.cov[j], full.cov[j], 1e-14);
  s.column[0].status = s.present, s.column[2].number = s.x; /* z is x again */
  assert_int_equal(run(&s, "y ~ x + z", FAMILY_LINEAR, NULL, &m, &r, &e), E_OK);
  assert_int_equal(r.rank, 2);
  assert_int_equal(r.redundant[0] + r.redundant[1] + r.redundant[2], 1);
  arena_free(s.a);
}
static void separation_is_said(void **state) {
  (void)state;
  struct arithmetic s;
  struct survey_regression r;
  struct model m;
  struct err e;
  arithmetic_survey(&s);
  for (int i = 0; i < ARITHMETIC_ROWS; i++) s.z[i] = s.g[i] == 2 ? 1 : s.z[i]; /* every c answers 1 */
  assert_int_equal(run(&s, "z ~ g", FAMILY_LOGISTIC, NULL, &m, &r, &e), E_SEPARATED);
  assert_string_equal(e.subject, "gc");
  for (int i = 0; i < ARITHMETIC_ROWS; i++) s.z[i] = s.x[i] > 40; /* a threshold */
  assert_int_equal(run(&s, "z ~ x", FAMILY_LOGISTIC, NULL, &m, &r, &e), E_SEPARATED);
  for (int i = 0; i < ARITHMETIC_ROWS; i++) s.k[i] = s.g[i] == 1 ? 0 : s.k[i]; /* a level that has none */
  assert_int_equal(run(&s, "k ~ g", FAMILY_POISSON, NULL, &m, &r, &e), E_SEPARATED);
  arena_free(s.a);
}
static void a_code_may_be_the_response(void **state) {
  (void)state;
  struct arithmetic s;
  struct survey_regression r, other;
  struct model m;
  struct err e;
  arithmetic_survey(&s);
  assert_int_equal(run(&s, "g = b ~ x", FAMILY_LOGISTIC, NULL, &m, &r, &e), E_OK);
  for (int i = 0; i < ARITHMETIC_ROWS; i++) s.z[i] = s.g[i] == 1;
  assert_int_equal(run(&s, "z ~ x", FAMILY_LOGISTIC, NULL, &m, &other, &e), E_OK);
  assert_memory_equal(r.b, other.b, 2 * sizeof *r.b);
  arena_free(s.a);
}
static void texts_that_mean_nothing_are_refused(void **state) {
  static const struct {
    const char *text;
    enum err_code code;
  } CASES[] = {{"", E_MODEL_TEXT}, {"y", E_MODEL_TEXT}, {"y ~", E_MODEL_TEXT}, {"y ~ x +", E_MODEL_TEXT}, {"y ~ x x", E_MODEL_TEXT},
      {"y ~ sin(x)", E_MODEL_TEXT}, {"y ~ x + x", E_MODEL_TEXT}, {"y ~ x:g", E_MODEL_TEXT}, {"y ~ x:x", E_MODEL_TEXT},
      {"factor(y) ~ x", E_MODEL_TEXT}, {"y ~ `x", E_MODEL_TEXT}, {"y ~ 0", E_MODEL_TEXT}, {"y ~ factor(x", E_MODEL_TEXT},
      {"y ~ x - 2", E_MODEL_TEXT}, {"y ~ price", E_MODEL_ITEM}, {"price ~ x", E_MODEL_ITEM}, {"g ~ x", E_MODEL_ITEM}, {"g = d ~ x", E_MODEL_ITEM},
      {"y ~ log(x)", E_STATISTIC_DOMAIN}, {"y ~ factor(x)", E_FIGURES_MANY}, {"y ~ log(g)", E_DATA_TEXT}};
  (void)state;
  struct arithmetic s;
  struct survey_regression r;
  struct model m;
  arithmetic_survey(&s);
  int32_t *codes = ARENA_ARRAY(s.a, int32_t, ARITHMETIC_ROWS);
  for (int i = 0; i < ARITHMETIC_ROWS; i++) codes[i] = (int32_t)s.x[i];
  s.column[0].code = codes, s.column[0].n_levels = 101;
  for (size_t k = 0; k < sizeof CASES / sizeof *CASES; k++) {
    struct err e;
    const enum err_code code = run(&s, CASES[k].text, FAMILY_LINEAR, NULL, &m, &r, &e);
    if (code != CASES[k].code) fail_msg("'%s' gave %s", CASES[k].text, err_name(code));
  }
  struct err e;
  assert_int_equal(run(&s, "y ~ x", FAMILY_LOGISTIC, NULL, &m, &r, &e), E_REGRESSION);
  arena_free(s.a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(linear), cmocka_unit_test(logistic_with_interaction), cmocka_unit_test(poisson_in_a_domain),
      cmocka_unit_test(calibrated_weights_enter_the_variance), cmocka_unit_test(missing_and_redundant), cmocka_unit_test(separation_is_said),
      cmocka_unit_test(a_code_may_be_the_response), cmocka_unit_test(texts_that_mean_nothing_are_refused)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
