/* Estimators: every built-in formula by hand, the language of formulas, what is refused, criteria, exclusions, cascades, random errors. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "processing/impute/estimator.h"

static void close_to(double a, double b, double within) { assert_true(fabs(a - b) <= within); }

enum { ROWS = 6, ITEMS = 6 };
static const char *const NAMES[ITEMS] = {"y", "a", "b", "c", "d", "w"};
/* The last unit lacks y. */
static const double NOW[ROWS][ITEMS] = {{10, 2, 4, 1, 7, 1}, {20, 4, 5, 3, 8, 2}, {30, 6, 9, 2, 9, 1}, {44, 8, 8, 5, 6, 3}, {50, 10, 12, 4, 5, 1},
    {0, 7, 11, 6, 4, 2}};
static const double BEFORE[ROWS][ITEMS] = {{8, 1, 2, 1, 1, 1}, {18, 2, 3, 1, 1, 1}, {33, 3, 5, 1, 1, 1}, {40, 4, 6, 1, 1, 1}, {51, 5, 7, 1, 1, 1},
    {60, 5, 8, 2, 1, 1}};

struct fixture {
  struct arena *a;
  struct num_table now, before;
  uint8_t *flags[ITEMS];
  struct est_input in;
};
static void fill(struct num_table *t, struct arena *a, const double from[ROWS][ITEMS]) {
  struct err e;
  assert_int_equal(num_table_init(t, a, NAMES, ITEMS, ROWS, &e), E_OK);
  struct str *unit = ARENA_ARRAY(a, struct str, ROWS);
  for (int i = 0; i < ROWS; i++) {
    unit[i] = str_of(arena_printf(a, "u%d", i));
    for (int j = 0; j < ITEMS; j++) t->columns[j].x[i] = from[i][j], t->columns[j].status[i] = VAL_REPORTED;
  }
  t->unit = unit;
}
static struct fixture setup(void) {
  struct fixture f = {.a = arena_new(0)};
  fill(&f.now, f.a, NOW);
  fill(&f.before, f.a, BEFORE);
  for (int j = 0; j < ITEMS; j++) f.flags[j] = ARENA_ARRAY(f.a, uint8_t, ROWS);
  f.now.columns[0].status[5] = VAL_BLANK;
  f.flags[0][5] = EST_TO_IMPUTE;
  f.in = (struct est_input){.seed = 7};
  return f;
}
static enum err_code run(struct fixture *f, const struct est_spec *s, int n, struct est_result *r, struct err *e) {
  f->in.current = &f->now, f->in.previous = &f->before, f->in.current_flags = f->flags;
  return est_run(f->a, &f->in, s, n, r, e);
}
static struct est_spec spec(const char *algorithm, int n_aux) {
  struct est_spec s = {.name = algorithm, .algorithm = est_algorithm_find(algorithm), .field = "y", .n_auxiliary = n_aux};
  for (int k = 0; k < n_aux; k++) s.auxiliary[k] = NAMES[k + 1];
  return s;
}
static void each_built_in_formula_by_hand(void **state) {
  static const struct {
    const char *name, *status;
    int n_aux;
    bool fits;
    double value;
  } CASES[] = {
      {"AUXTREND", "AT", 1, false, 60.0 * 7 / 5},
      {"AUXTREND2", "AT2", 2, false, 60 * (7.0 / 5 + 11.0 / 8) / 2},
      {"CURAUX", "CA", 1, false, 7},
      {"CURAUXMEAN", "CAM", 1, true, 37.0 / 6},
      {"CURMEAN", "CM", 0, true, 154.0 / 5},
      {"CURRATIO", "CR", 1, true, 154.0 / 30 * 7},
      {"CURRATIO2", "CR2", 2, true, (154.0 / 30 * 7 + 154.0 / 38 * 11) / 2},
      {"CURSUM2", "SM2", 2, false, 18},
      {"CURSUM3", "SM3", 3, false, 24},
      {"CURSUM4", "SM4", 4, false, 28},
      {"DIFTREND", "DT", 0, true, 60 * 154.0 / 150},
      {"PREAUX", "PA", 1, false, 5},
      {"PREAUXMEAN", "PAM", 1, true, 20.0 / 6},
      {"PREMEAN", "PM", 0, true, 210.0 / 6},
      {"PREVALUE", "PV", 0, false, 60},
      /* y on a: slope 208/40, mean 30.8 at 6 */
      {"CURREG", "LR1", 1, true, 30.8 + 5.2 * (7 - 6)},
  };
  (void)state;
  for (size_t k = 0; k < sizeof CASES / sizeof *CASES; k++) {
    struct fixture f = setup();
    struct est_result r;
    struct err e;
    struct est_spec s = spec(CASES[k].name, CASES[k].n_aux);
    if (CASES[k].fits) s.minimum_count = 2, s.minimum_percent = 10;
    assert_string_equal(s.algorithm->status, CASES[k].status);
    assert_int_equal(run(&f, &s, 1, &r, &e), E_OK);
    assert_int_equal(r.n_changes, 1);
    close_to(f.now.columns[0].x[5], CASES[k].value, 1e-10);
    assert_int_equal(f.now.columns[0].status[5], VAL_IMPUTED);
    assert_int_equal(f.flags[0][5], EST_IMPUTED);
    arena_free(f.a);
  }
}
/* A response that is exactly the model: the fit must give it back whatever else is in the records. */
static void each_regression_finds_an_exact_relation(void **state) {
  static const struct {
    const char *name;
    int n_aux;
    double beta[4];
  } CASES[] = {{"CURREG2", 2, {3, 2, -1}}, {"CURREG3", 3, {1, 2, 0.5, -0.25}}, {"CURREG_E2", 1, {5, -3, 2}}, {"HISTREG", 0, {4, 1.5}}};
  (void)state;
  for (size_t k = 0; k < sizeof CASES / sizeof *CASES; k++) {
    struct fixture f = setup();
    struct est_result r;
    struct err e;
    struct est_spec s = spec(CASES[k].name, CASES[k].n_aux);
    s.minimum_count = 2, s.minimum_percent = 10;
    f.in.accept_negative = true;
    double expected = 0;
    for (int i = 0; i < ROWS; i++) {
      const double *b = CASES[k].beta, x = NOW[i][1];
      double y = b[0] + (k == 3 ? b[1] * BEFORE[i][0] : b[1] * x) + (k == 2 ? b[2] * x * x : 0);
      for (int j = 1; j < CASES[k].n_aux; j++) y += b[j + 1] * NOW[i][j + 1];
      if (i < 5) f.now.columns[0].x[i] = y;
      else expected = y;
    }
    assert_int_equal(run(&f, &s, 1, &r, &e), E_OK);
    close_to(f.now.columns[0].x[5], expected, 1e-8);
    for (int j = 0; j < 2; j++) close_to(r.group[0].average[j], CASES[k].beta[j], 1e-8);
    assert_true(r.group[0].condition >= 1);
    arena_free(f.a);
  }
}
static enum err_code parse(const char *text, bool regression, struct est_formula *f) {
  struct err e;
  return est_formula_parse(STR("t"), str_of(text), regression, f, &e);
}
static void formulas_are_read_as_written(void **state) {
  static const struct {
    const char *text;
    double value;
  } CASES[] = {{"1 + 2 * 3", 7}, {"(1+2)*3", 9}, {"8/2/2", 2}, {"2-1-1", 0}, {"2^3", 8}, {"(1+1)^-1", 0.5}, {"-2 + 5", 3},
      {"aux1(c,v)^2 + AUX2( H )", 9 + 5}, {"aux1 * -aux2(h)", -15}, {"(aux1^2 + 7)^0.5 * 1.5 - aux2(h)", 1}};
  (void)state;
  for (size_t k = 0; k < sizeof CASES / sizeof *CASES; k++) {
    struct est_formula f;
    double term[EST_TERMS], v;
    assert_int_equal(parse(CASES[k].text, false, &f), E_OK);
    for (int t = 0; t < f.n_terms; t++) term[t] = f.term[t].previous ? 5 : 3;
    assert_int_equal(est_formula_value(&f, term, &v), EST_VALUE);
    close_to(v, CASES[k].value, 1e-12);
  }
}
static void formulas_that_mean_nothing_are_refused(void **state) {
  static const char *const EF[] = {"", "fieldid", "fieldid(c,v)", "aux2", "aux1^aux2", "aux1^0", "aux1(c", "aux1(x)", "aux1(h,h)", "1 2", "aux1 +",
      "aux0", "aux17", "price", "aux1^(2+1)", "((((((((((((((((((((((((((((((((((1))))))))))))))))))))))))))))))))))"};
  static const char *const LR[] = {"", "aux1,,aux2", "intercept, intercept", "aux1, aux1", "aux1(a)", "fieldid", "aux1 + aux2", "aux1, aux3"};
  struct est_formula f;
  (void)state;
  for (size_t k = 0; k < sizeof EF / sizeof *EF; k++) assert_int_equal(parse(EF[k], false, &f), E_EST_FORMULA);
  for (size_t k = 0; k < sizeof LR / sizeof *LR; k++) assert_int_equal(parse(LR[k], true, &f), E_EST_FORMULA);
}
static void division_by_zero_and_broken_powers_give_no_value(void **state) {
  struct est_formula f;
  double term[1] = {0}, v;
  (void)state;
  assert_int_equal(parse("1/aux1", false, &f), E_OK);
  assert_int_equal(est_formula_value(&f, term, &v), EST_ZERO_DIVISOR);
  assert_int_equal(parse("aux1^-1", false, &f), E_OK);
  assert_int_equal(est_formula_value(&f, term, &v), EST_ZERO_DIVISOR);
  term[0] = -4;
  assert_int_equal(parse("aux1^0.5", false, &f), E_OK);
  assert_int_equal(est_formula_value(&f, term, &v), EST_NOT_REAL);
}
static void refused(struct est_spec s) {
  struct fixture f = setup();
  struct est_result r;
  struct err e;
  const enum err_code code = run(&f, &s, 1, &r, &e);
  assert_true(code == E_EST_SPEC || code == E_EST_UNKNOWN);
  assert_int_equal(f.now.columns[0].status[5], VAL_BLANK);
  arena_free(f.a);
}
static void specifications_that_contradict_themselves_are_refused(void **state) {
  (void)state;
  struct est_spec s = spec("CURSUM2", 2);
  s.minimum_count = 1, refused(s);
  s = spec("CURSUM2", 2), s.minimum_percent = 10, refused(s);
  s = spec("CURSUM2", 2), s.exclude_imputed = EST_YES, refused(s);
  s = spec("CURSUM2", 2), s.exclude_outliers = EST_NO, refused(s);
  s = spec("CURSUM2", 2), s.weight = "w", refused(s);
  s = spec("CURSUM2", 1), refused(s);
  s = spec("CURSUM2", 2), s.auxiliary[1] = "a", refused(s);
  s = spec("CURSUM2", 2), s.auxiliary[1] = "y", refused(s);
  s = spec("CURSUM2", 2), s.auxiliary[1] = "none", refused(s);
  s = spec("CURMEAN", 0), refused(s); /* no criteria: nothing is assumed */
  s = spec("CURMEAN", 0), s.minimum_count = 1, s.minimum_percent = 101, refused(s);
  s = spec("CURMEAN", 0), s.minimum_count = 1, s.minimum_percent = 10, s.variance = "a", refused(s);
}
static void criteria_exclusions_and_weights_decide_who_counts(void **state) {
  (void)state;
  struct fixture f = setup();
  struct est_result r;
  struct err e;
  struct est_spec s = spec("CURMEAN", 0);
  s.minimum_count = 6, s.minimum_percent = 1;
  assert_int_equal(run(&f, &s, 1, &r, &e), E_OK);
  assert_false(r.group[0].met);
  assert_int_equal(r.n_changes, 0);
  s.minimum_count = 1, s.minimum_percent = 84;
  assert_int_equal(run(&f, &s, 1, &r, &e), E_OK);
  assert_false(r.group[0].met);
  s.minimum_percent = 50;
  f.flags[0][0] = EST_EXCLUDE, f.flags[0][1] = EST_IMPUTED;
  s.exclude_outliers = s.exclude_imputed = EST_YES;
  s.weight = "w"; /* 1, 3, 1 for 30, 44, 50 */
  assert_int_equal(run(&f, &s, 1, &r, &e), E_OK);
  assert_int_equal(r.group[0].acceptable, 3);
  close_to(f.now.columns[0].x[5], (30 + 3 * 44 + 50) / 5.0, 1e-12);
  arena_free(f.a);
}
static void later_specifications_fill_what_is_left_and_use_what_was_imputed(void **state) {
  (void)state;
  struct fixture f = setup();
  struct est_result r;
  struct err e;
  f.before.columns[0].status[5] = VAL_BLANK;
  f.now.columns[1].status[5] = VAL_BLANK, f.flags[1][5] = EST_TO_IMPUTE;
  struct est_spec s[3] = {spec("PREVALUE", 0), spec("CURMEAN", 0), spec("CURSUM2", 2)};
  s[1].field = "a", s[1].minimum_count = 1, s[1].minimum_percent = 1;
  assert_int_equal(run(&f, s, 3, &r, &e), E_OK);
  assert_int_equal(r.group[0].no_value, 1);
  assert_int_equal(r.n_changes, 2);
  close_to(f.now.columns[0].x[5], 6 + 11, 1e-12);
  assert_int_equal(r.change[1].spec, 2);
  arena_free(f.a);
}
static void negative_results_are_left_out_unless_accepted(void **state) {
  (void)state;
  static const struct est_algorithm NEGATIVE = {"NEG", "NG", false, "aux1 - 100"};
  for (int accept = 0; accept < 2; accept++) {
    struct fixture f = setup();
    struct est_result r;
    struct err e;
    struct est_spec s = spec("CURAUX", 1);
    s.algorithm = &NEGATIVE;
    f.in.accept_negative = accept;
    assert_int_equal(run(&f, &s, 1, &r, &e), E_OK);
    assert_int_equal(r.group[0].negative, !accept);
    assert_int_equal(r.n_changes, accept);
    arena_free(f.a);
  }
}
static void a_random_error_is_the_residual_of_an_acceptable_record(void **state) {
  (void)state;
  struct fixture f = setup();
  struct est_result r;
  struct err e;
  struct est_spec s = spec("PREVALUE", 0);
  s.random_error = true, s.exclude_outliers = EST_YES;
  for (int i = 0; i < 4; i++) f.flags[0][i] = EST_EXCLUDE;
  assert_int_equal(run(&f, &s, 1, &r, &e), E_OK);
  assert_int_equal(r.change[0].donor, 4);
  close_to(r.change[0].random_error, 50 - 51, 1e-12);
  close_to(f.now.columns[0].x[5], 59, 1e-12);
  arena_free(f.a);
}
static void a_record_that_lacks_a_value_without_flag_may_be_left_out_everywhere(void **state) {
  (void)state;
  for (int complete = 0; complete < 2; complete++) {
    struct fixture f = setup();
    struct est_result r;
    struct err e;
    struct est_spec s = spec("CURAUXMEAN", 1);
    s.minimum_count = 1, s.minimum_percent = 1;
    f.now.columns[0].status[2] = VAL_BLANK;
    f.in.complete_records = complete;
    assert_int_equal(run(&f, &s, 1, &r, &e), E_OK);
    assert_int_equal(r.group[0].acceptable, complete ? 5 : 6);
    arena_free(f.a);
  }
}
int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_built_in_formula_by_hand),
      cmocka_unit_test(each_regression_finds_an_exact_relation),
      cmocka_unit_test(formulas_are_read_as_written),
      cmocka_unit_test(formulas_that_mean_nothing_are_refused),
      cmocka_unit_test(division_by_zero_and_broken_powers_give_no_value),
      cmocka_unit_test(specifications_that_contradict_themselves_are_refused),
      cmocka_unit_test(criteria_exclusions_and_weights_decide_who_counts),
      cmocka_unit_test(later_specifications_fill_what_is_left_and_use_what_was_imputed),
      cmocka_unit_test(negative_results_are_left_out_unless_accepted),
      cmocka_unit_test(a_random_error_is_the_residual_of_an_acceptable_record),
      cmocka_unit_test(a_record_that_lacks_a_value_without_flag_may_be_left_out_everywhere),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
