/* What a profile does with a table instead of suppressing: judged on sums, multiples and marks, not on stored results. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "estimators/sdc/sdc_action.h"

enum { ROWS = 5, COLUMNS = 4, ALL = ROWS * COLUMNS };
static struct arena *a;
static int setup(void **state) {
  (void)state;
  return !(a = arena_new(0));
}
static int teardown(void **state) {
  (void)state;
  arena_free(a);
  return 0;
}
/* area x age with margins; one count equal to n, with standard errors and contributions as a run leaves them. */
static struct result_table *table_of(uint32_t seed, int64_t least, int64_t *truth) {
  static const char *const areas[] = {"_T", "01", "02", "03", "04"}, *const ages[] = {"_T", "a", "b", "c"};
  struct result_table *t;
  int64_t v[ROWS][COLUMNS] = {{0}};
  assert_int_equal(result_table_new(a, "people", ALL, 2, 1, &t, NULL), E_OK);
  assert_int_equal(result_keep_judgements(t, 0, false, NULL), E_OK);
  t->dimensions[0].name = "area";
  t->dimensions[1].name = "age";
  t->measures[0].name = "count()";
  t->measures[0].additive = true;
  for (int i = 1; i < ROWS; i++)
    for (int j = 1; j < COLUMNS; j++) {
      seed = seed * 1664525u + 1013904223u;
      v[i][j] = least + (seed >> 27);
      v[0][j] += v[i][j], v[i][0] += v[i][j], v[0][0] += v[i][j];
    }
  for (int k = 0; k < ALL; k++) {
    t->dimensions[0].code[k] = str_of(areas[k / COLUMNS]);
    t->dimensions[1].code[k] = str_of(ages[k % COLUMNS]);
    truth[k] = t->n[k] = v[k / COLUMNS][k % COLUMNS];
    t->measures[0].value[k] = (double)t->n[k];
    t->measures[0].se[k] = 1.5, t->measures[0].cv[k] = 0.1, t->measures[0].df[k] = 9, t->measures[0].has_se[k] = 1;
    t->measures[0].judged[k].largest = 1, t->measures[0].judged[k].total = (double)t->n[k];
  }
  return t;
}
static bool sums_hold(const struct result_table *t) {
  const double *v = t->measures[0].value;
  for (int i = 0; i < ROWS; i++)
    if (v[COLUMNS * i] != v[COLUMNS * i + 1] + v[COLUMNS * i + 2] + v[COLUMNS * i + 3]) return false;
  for (int j = 0; j < COLUMNS; j++)
    if (v[j] != v[j + 4] + v[j + 8] + v[j + 12] + v[j + 16]) return false;
  return true;
}
static void nothing_gives_it_back(const struct result_table *t) {
  const struct result_measure *m = &t->measures[0];
  assert_null(m->judged);
  for (int k = 0; k < ALL; k++) assert_true(m->se[k] == 0 && m->cv[k] == 0 && m->df[k] == 0 && !m->has_se[k]);
  assert_true(t->n_notes >= 2);
  for (int k = 0; k < t->n_notes; k++) assert_null(strstr(t->notes[k], "range"));
}
static void apply(struct result_table *t, const struct sdc_action *x, const uint8_t *secret) {
  assert_int_equal(sdc_action_apply(t, x, secret, "people|2025-12", NULL, 0, NULL), E_OK);
}
static void rounded_figures_are_multiples_that_add_up(void **state) {
  (void)state;
  const struct sdc_action x = {.kind = SDC_ACTION_ROUND, .base = 5};
  int64_t truth[ALL];
  for (uint32_t seed = 1; seed <= 10; seed++) {
    struct result_table *t = table_of(seed, 1, truth);
    apply(t, &x, NULL);
    assert_null(t->refusal);
    assert_true(sums_hold(t));
    for (int k = 0; k < ALL; k++) {
      assert_true(fmod(t->measures[0].value[k], 5) == 0 && fabs(t->measures[0].value[k] - (double)truth[k]) < 5);
      assert_true((double)t->n[k] == t->measures[0].value[k]); /* a count beside n tells no more than either */
    }
    nothing_gives_it_back(t);
  }
}
static void small_counts_go(void **state) {
  (void)state;
  const struct sdc_action x = {.kind = SDC_ACTION_SMALL_COUNTS, .base = 3};
  int64_t truth[ALL];
  struct result_table *t = table_of(3, 0, truth);
  apply(t, &x, NULL);
  assert_null(t->refusal);
  assert_true(sums_hold(t));
  for (int k = 0; k < ALL; k++) assert_true(t->measures[0].value[k] == 0 || t->measures[0].value[k] >= 3);
  nothing_gives_it_back(t);
}
static void rows_of_few_are_hidden_before_rounding(void **state) {
  (void)state;
  const struct sdc_action x = {.kind = SDC_ACTION_REDACT_ROUND, .base = 10, .threshold = 4};
  int64_t truth[ALL];
  int hidden = 0;
  struct result_table *t = table_of(5, 0, truth);
  apply(t, &x, NULL);
  assert_null(t->refusal);
  for (int k = 0; k < ALL; k++) {
    const bool few = truth[k] < 4;
    hidden += few;
    assert_int_equal(t->measures[0].status[k], few ? RESULT_SUPPRESSED : RESULT_SHOWN);
    assert_int_equal(t->n_status[k], few ? RESULT_SUPPRESSED : RESULT_SHOWN);
    if (!few) assert_true(t->measures[0].value[k] == 10 * floor(((double)truth[k] + 5) / 10));
    else assert_int_equal(t->n[k], 0);
  }
  assert_true(hidden > 0);
  nothing_gives_it_back(t);
}
static void noise_needs_the_secret_and_stays(void **state) {
  (void)state;
  const struct sdc_action x = {.kind = SDC_ACTION_CELL_KEY, .range = 4, .variance = 3};
  const uint8_t secret[16] = {1, 2, 3}, other[16] = {4, 5, 6};
  int64_t truth[ALL];
  int changed = 0, differs = 0;
  struct result_table *t = table_of(8, 2, truth), *again = table_of(8, 2, truth), *third = table_of(8, 2, truth), *none = table_of(8, 2, truth);
  apply(t, &x, secret);
  again->id = "another table";
  apply(again, &x, secret);
  apply(third, &x, other);
  apply(none, &x, NULL);
  assert_non_null(none->refusal);
  assert_true((int64_t)none->measures[0].value[0] == truth[0]); /* a refused table is as it was */
  for (int k = 0; k < ALL; k++) {
    assert_true(t->measures[0].value[k] == again->measures[0].value[k]);
    changed += (int64_t)t->measures[0].value[k] != truth[k];
    differs += t->measures[0].value[k] != third->measures[0].value[k];
  }
  assert_true(changed > ALL / 3 && differs > ALL / 3);
  nothing_gives_it_back(t);
}
/* Two editions that differ by one unit: with the noise of codes alone the difference of every cell would be the true one. */
static void a_unit_more_is_not_told_by_the_noise(void **state) {
  (void)state;
  const struct sdc_action x = {.kind = SDC_ACTION_CELL_KEY, .range = 4, .variance = 3};
  const uint8_t secret[16] = {1, 2, 3};
  int64_t truth[ALL];
  struct result_table *t = table_of(8, 5, truth), *later = table_of(8, 5, truth);
  for (int k = 0; k < ALL; k++) later->n[k]++, later->measures[0].value[k]++;
  apply(t, &x, secret);
  apply(later, &x, secret);
  int told = 0;
  for (int k = 0; k < ALL; k++) told += later->measures[0].value[k] - t->measures[0].value[k] == 1;
  assert_true(told < ALL / 2);
}
static void what_cannot_be_treated_is_refused(void **state) {
  (void)state;
  const struct sdc_action x = {.kind = SDC_ACTION_ROUND, .base = 5};
  int64_t truth[ALL];
  struct result_table *t = table_of(1, 1, truth);
  t->measures[0].value[7] += 0.5;
  apply(t, &x, NULL);
  assert_non_null(t->refusal);
  t = table_of(1, 1, truth);
  t->measures[0].additive = false;
  apply(t, &x, NULL);
  assert_non_null(t->refusal);
  t = table_of(1, 1, truth);
  t->measures[0].value[7] -= 1; /* a sum that does not hold */
  apply(t, &x, NULL);
  assert_non_null(t->refusal);
  t = table_of(1, 1, truth);
  for (int k = 0; k < ALL; k++) t->measures[0].value[k] *= 7; /* an amount: two marked rows of it could be subtracted to within the base */
  apply(t, &x, NULL);
  assert_non_null(strstr(t->refusal, "an amount"));
}
static const struct {
  const char *text;
  enum err_code code;
  enum sdc_action_kind kind;
} profiles[] = {
    {"{}", E_OK, SDC_ACTION_SUPPRESS},
    {"{\"action\":\"suppress\"}", E_OK, SDC_ACTION_SUPPRESS},
    {"{\"action\":\"round\",\"base\":10}", E_OK, SDC_ACTION_ROUND},
    {"{\"action\":\"small-counts\",\"base\":3}", E_OK, SDC_ACTION_SMALL_COUNTS},
    {"{\"action\":\"redact-round\",\"base\":10,\"threshold\":10}", E_OK, SDC_ACTION_REDACT_ROUND},
    {"{\"action\":\"cell-key\",\"range\":5,\"variance\":3}", E_OK, SDC_ACTION_CELL_KEY},
    {"{\"action\":\"round\"}", E_SDC_ACTION, SDC_ACTION_ROUND},
    {"{\"action\":\"round\",\"base\":1}", E_SDC_ACTION, SDC_ACTION_ROUND},
    {"{\"action\":\"redact-round\",\"base\":10}", E_SDC_ACTION, SDC_ACTION_REDACT_ROUND},
    {"{\"action\":\"cell-key\",\"range\":5}", E_SDC_ACTION, SDC_ACTION_CELL_KEY},
    {"{\"action\":\"hide\"}", E_SDC_ACTION, SDC_N_ACTIONS},
    {"{\"action\":7}", E_SDC_ACTION, SDC_ACTION_SUPPRESS},
};
static void actions_are_read(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++) {
    struct json_document *d;
    struct sdc_action x;
    assert_int_equal(json_parse("profile", profiles[i].text, strlen(profiles[i].text), &d, NULL), E_OK);
    const enum err_code code = sdc_action_read(json_root(d), &x, NULL);
    if (code != profiles[i].code || (!code && x.kind != profiles[i].kind)) fail_msg("%s", profiles[i].text);
    json_release(d);
  }
}
int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(rounded_figures_are_multiples_that_add_up, setup, teardown),
      cmocka_unit_test_setup_teardown(small_counts_go, setup, teardown),
      cmocka_unit_test_setup_teardown(rows_of_few_are_hidden_before_rounding, setup, teardown),
      cmocka_unit_test_setup_teardown(noise_needs_the_secret_and_stays, setup, teardown),
      cmocka_unit_test_setup_teardown(a_unit_more_is_not_told_by_the_noise, setup, teardown),
      cmocka_unit_test_setup_teardown(what_cannot_be_treated_is_refused, setup, teardown),
      cmocka_unit_test(actions_are_read),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
