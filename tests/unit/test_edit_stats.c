/* Linear edits over records, and the tables of what they find: by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "processing/edit/edit_stats.h"

static struct arena *arena;
static int begin(void **state) {
  (void)state;
  arena = arena_new(0);
  return arena ? 0 : 1;
}
static int end(void **state) {
  (void)state;
  arena_free(arena);
  return 0;
}
#define NONE (-9999)
static struct num_table table_of(const struct linear_system *s, const double *values, int n, int decimals) {
  struct num_table t;
  struct err e;
  assert_int_equal(num_table_init(&t, arena, s->names, s->p, n, &e), E_OK);
  for (int j = 0; j < s->p; j++) t.columns[j].decimals = decimals;
  for (int i = 0; i < n; i++)
    for (int j = 0; j < s->p; j++)
      if (values[i * s->p + j] != NONE) t.columns[j].x[i] = values[i * s->p + j], t.columns[j].status[i] = VAL_REPORTED;
  return t;
}
static struct linear_system edits(const char *text) {
  struct linear_system s;
  struct err e;
  assert_int_equal(linear_parse(arena, str_of(text), true, &s, &e), E_OK);
  return s;
}
static int status_of(const char *text, const double *values, int decimals) {
  struct linear_system s = edits(text);
  struct num_table t = table_of(&s, values, 1, decimals);
  struct linear_plan *plan = NULL;
  struct err e;
  uint8_t status[LINEAR_BLOCK];
  assert_int_equal(linear_plan_new(arena, &s, &t, &plan, &e), E_OK);
  linear_eval(plan, linear_scratch_new(arena, plan), 0, 1, status, NULL);
  return status[0];
}

/* 0.1 + 0.2 is not 0.3 in doubles; in tenths it is. A wrong third decimal is within the tolerance only where decimals are not declared. */
static void declared_decimals_are_exact(void **state) {
  (void)state;
  assert_int_equal(status_of("A + B = C", (const double[]){0.1, 0.2, 0.3}, 1), EDIT_PASS);
  assert_int_equal(status_of("A + B = C", (const double[]){0.1, 0.2, 0.3}, -1), EDIT_PASS);
  assert_int_equal(status_of("A = B", (const double[]){1, 1.0000001}, -1), EDIT_PASS);
  assert_int_equal(status_of("A = B", (const double[]){1, 1.0000001}, 7), EDIT_FAIL);
  assert_int_equal(status_of("A <= 0.3*B", (const double[]){0.9, 3}, 1), EDIT_PASS);
  assert_int_equal(status_of("A <= 0.3*B", (const double[]){1, 3}, 1), EDIT_FAIL);
}
/* 4e15 + 4e15 is below 2^53, 4e15 x 1000 is not: 128 bits; one unit still counts, where the tolerance would forgive thousands. */
static void large_numbers_keep_their_last_unit(void **state) {
  (void)state;
  assert_int_equal(status_of("1000*A = 1000*B", (const double[]){4e15, 4e15}, 0), EDIT_PASS);
  assert_int_equal(status_of("1000*A = 1000*B", (const double[]){4e15, 4e15 + 1}, 0), EDIT_FAIL);
  assert_int_equal(status_of("1000*A <= 1000*B", (const double[]){4e15 + 1, 4e15}, 0), EDIT_FAIL);
  assert_int_equal(status_of("1000*A = 1000*B", (const double[]){4e15, 4e15 + 1}, -1), EDIT_PASS);
}
/* Residuals from far below to far above the tolerance, of terms up to 1e9: the block loops and linear_holds() say the same of every row. */
static void blocks_and_single_records_have_one_tolerance(void **state) {
  enum { N = 2500 };
  struct linear_system s = edits("A + 0.1*B = C; A <= 0.3*C;");
  double *values = ARENA_ARRAY(arena, double, N * 3);
  struct linear_plan *plan = NULL;
  struct err e;
  uint8_t status[2 * LINEAR_BLOCK];
  int failed = 0;
  (void)state;
  for (int i = 0; i < N; i++) {
    const double size = (double)(1 + i % 9) * (i % 2 ? 1e8 : 10), off = (double)(i % 41 - 20) * (i % 3 ? 1e-7 : 2e-2);
    values[i * 3] = size;
    values[i * 3 + 1] = 23.7 * size;
    values[i * 3 + 2] = size + 0.1 * 23.7 * size + off;
  }
  struct num_table t = table_of(&s, values, N, -1);
  assert_int_equal(linear_plan_new(arena, &s, &t, &plan, &e), E_OK);
  struct linear_scratch *scratch = linear_scratch_new(arena, plan);
  for (int row = 0; row < N; row += LINEAR_BLOCK) {
    const int n = N - row < LINEAR_BLOCK ? N - row : LINEAR_BLOCK;
    linear_eval(plan, scratch, row, n, status, NULL);
    for (int k = 0; k < n; k++)
      for (int i = 0; i < 2; i++) {
        assert_int_equal(status[i * LINEAR_BLOCK + k] == EDIT_PASS, linear_holds(&s.edits[i], values + (row + k) * 3));
        failed += status[i * LINEAR_BLOCK + k] == EDIT_FAIL;
      }
  }
  assert_true(failed > N / 10 && failed < N * 9 / 10);
}
static void missing_is_neither_passed_nor_failed(void **state) {
  (void)state;
  assert_int_equal(status_of("A <= B", (const double[]){NONE, 5}, 0), EDIT_MISS);
  assert_int_equal(status_of("A <= B", (const double[]){7, NONE}, -1), EDIT_MISS);
  assert_int_equal(status_of("A <= B", (const double[]){7, 5}, 0), EDIT_FAIL);
}
static void decimals_of_coefficients(void **state) {
  int64_t whole;
  int digits;
  (void)state;
  assert_true(decimal_of(2.75, &whole, &digits) && whole == 275 && digits == 2);
  assert_true(decimal_of(-300, &whole, &digits) && whole == -300 && digits == 0);
  assert_false(decimal_of(1.0 / 3, &whole, &digits));
  assert_false(decimal_of(1e15, &whole, &digits));
}

/* Edits 0: A <= B, 1: B <= 10, 2: C >= 0. Records, weights 2 1 4 1, groups 0 0 1 1:
 *   1 2 3: all pass.   5 - 3: edit 0 and 1 miss.   9 11 -1: edits 1 and 2 fail.   12 3 -: edit 0 fails, 2 misses. */
static const double four[] = {1, 2, 3, 5, NONE, 3, 9, 11, -1, 12, 3, NONE};
static void same(const struct edit_tally *t, int64_t passed, int64_t missed, int64_t failed) {
  assert_int_equal(t[EDIT_PASS].n, passed);
  assert_int_equal(t[EDIT_MISS].n, missed);
  assert_int_equal(t[EDIT_FAIL].n, failed);
}
static void tables_by_hand(void **state) {
  struct linear_system s = edits("A <= B; B <= 10; C >= 0;");
  struct num_table t = table_of(&s, four, 4, 0);
  struct edit_stats r;
  struct err e;
  int order[3];
  (void)state;
  assert_int_equal(edit_stats_run(arena, &s, &t, NULL, &r, &e), E_OK);
  same(r.global, 1, 1, 2);
  same(&r.edit[0], 2, 1, 1);
  same(&r.edit[3], 2, 1, 1);
  same(&r.edit[6], 2, 1, 1);
  same(&r.k[0], 0, 2, 2);  /* none passed: no record; none missed: 1, 3; none failed: 1, 2 */
  same(&r.k[3], 3, 1, 1);  /* one passed: 2, 3, 4; one missed: 4; one failed: 4 */
  same(&r.k[6], 0, 1, 1);  /* two missed: 2; two failed: 3 */
  same(&r.k[9], 1, 0, 0);
  same(&r.role[0], 1, 1, 1); /* A: in a missed edit of record 2, in a failed one of record 4 */
  same(&r.role[3], 1, 1, 2); /* B: record 2; records 3 and 4 */
  same(&r.role[6], 1, 0, 1); /* C: record 3 */
  assert_int_equal(edit_stats_applied(&r, 0, 1, EDIT_FAIL).n, 2);
  assert_true(edit_stats_failure_rate(&r, 0, 0) == 1.0 / 3);
  edit_stats_dearest(&r, 0, order);
  assert_true(order[0] == 0 && order[1] == 1 && order[2] == 2); /* costs 2, 1, 1 */
}
static void weights_and_groups(void **state) {
  static const double weight[] = {2, 1, 4, 0.5};
  static const int32_t group[] = {0, 0, 1, 1};
  struct linear_system s = edits("A <= B; B <= 10; C >= 0;");
  struct num_table t = table_of(&s, four, 4, 0);
  const struct edit_groups by = {weight, group, 2};
  struct edit_stats r;
  struct err e;
  (void)state;
  assert_int_equal(edit_stats_run(arena, &s, &t, &by, &r, &e), E_OK);
  same(&r.global[0], 1, 1, 0);
  same(&r.global[3], 0, 0, 2);
  assert_true(edit_weight(&r.global[3 + EDIT_FAIL]) == 4.5);
  assert_true(edit_weight(&r.edit[(3 + 0) * 3 + EDIT_FAIL]) == 0.5); /* group 1, edit 0: record 4 */
  assert_true(edit_weight(&r.edit[(3 + 1) * 3 + EDIT_FAIL]) == 4);
  assert_true(edit_stats_failure_rate(&r, 1, 1) == 4 / 4.5);
  static const double bad[] = {2, -1, 4, 1};
  const struct edit_groups wrong = {bad, group, 2};
  assert_int_equal(edit_stats_run(arena, &s, &t, &wrong, &r, &e), E_RULES_WEIGHT);
  assert_int_equal(e.line, 2);
}
static void same_tallies(const struct edit_tally *p, const struct edit_tally *q, int n) {
  for (int i = 0; i < n; i++) assert_true(p[i].n == q[i].n && p[i].weight == q[i].weight);
}
/* 3,000 rows over several blocks, in two orders: the same tables. */
static void order_of_rows_changes_nothing(void **state) {
  enum { N = 3000 };
  struct linear_system s = edits("A + B = C; A <= 2*B; C <= 50;");
  double *values = ARENA_ARRAY(arena, double, N * 3), *back = ARENA_ARRAY(arena, double, N * 3), *weight = ARENA_ARRAY(arena, double, N),
         *weight_back = ARENA_ARRAY(arena, double, N);
  struct edit_stats r, q;
  struct err e;
  (void)state;
  for (int i = 0; i < N; i++) {
    const double row[] = {i % 13, i % 7, i % 11 ? i % 13 + i % 7 : NONE};
    memcpy(values + i * 3, row, sizeof row);
    memcpy(back + (N - 1 - i) * 3, row, sizeof row);
    weight[i] = weight_back[N - 1 - i] = 1 + i * 0.37;
  }
  struct num_table t = table_of(&s, values, N, 0), u = table_of(&s, back, N, 0);
  const struct edit_groups by = {weight, NULL, 1}, by_back = {weight_back, NULL, 1};
  assert_int_equal(edit_stats_run(arena, &s, &t, &by, &r, &e), E_OK);
  assert_int_equal(edit_stats_run(arena, &s, &u, &by_back, &q, &e), E_OK);
  same_tallies(r.global, q.global, 3);
  same_tallies(r.edit, q.edit, 9);
  same_tallies(r.role, q.role, 9);
  same_tallies(r.k, q.k, 12);
  assert_int_equal(r.edit[EDIT_MISS].n, (N + 10) / 11);
}
int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(declared_decimals_are_exact, begin, end),
      cmocka_unit_test_setup_teardown(large_numbers_keep_their_last_unit, begin, end),
      cmocka_unit_test_setup_teardown(blocks_and_single_records_have_one_tolerance, begin, end),
      cmocka_unit_test_setup_teardown(missing_is_neither_passed_nor_failed, begin, end),
      cmocka_unit_test_setup_teardown(decimals_of_coefficients, begin, end),
      cmocka_unit_test_setup_teardown(tables_by_hand, begin, end),
      cmocka_unit_test_setup_teardown(weights_and_groups, begin, end),
      cmocka_unit_test_setup_teardown(order_of_rows_changes_nothing, begin, end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
