/* Minimum adjustment by hand: the three weights, binding inequalities, what is fixed, whole answers, Leibler. */
#include "tests/unit/correct_fixture.h"

#include <math.h>

#include "processing/correct/min_adjust.h"

static struct small_table adjust(struct small_table f, struct adjust_settings set) {
  struct adjust_count count;
  struct err e;
  assert_int_equal(min_adjust(&f.s, &f.t, f.flag, &set, &f.got, &count, &e), E_OK);
  assert_int_equal(count.held + count.adjusted + count.left, f.t.n);
  return f;
}
static struct small_table sum_of_two(const char *row, struct adjust_settings set) {
  struct small_table f = small_system("A + B = T;", false, &row, 1, 1);
  set_flag(&f, "T", 0, 0);
  return adjust(f, set);
}
/* 2 + 6 to 12, gap 4. v = 1: 2 each; v = |x|: 1 and 3; v = x^2: 4/40 and 36/40 of 4; Leibler: both times 1.5. */
static void the_three_weights(void **state) {
  (void)state;
  struct small_table f = sum_of_two("2 6 12", (struct adjust_settings){ADJUST_QUADRATIC, ADJUST_UNIT, false});
  assert_change(&f, 0, "A", 4, CORRECT_ADJUST);
  assert_change(&f, 0, "B", 8, CORRECT_ADJUST);
  arena_free(f.arena);
  f = sum_of_two("2 6 12", (struct adjust_settings){ADJUST_QUADRATIC, ADJUST_ABSOLUTE, true});
  assert_change(&f, 0, "A", 3, CORRECT_ADJUST);
  assert_change(&f, 0, "B", 9, CORRECT_ADJUST);
  arena_free(f.arena);
  f = sum_of_two("2 6 12", (struct adjust_settings){ADJUST_QUADRATIC, ADJUST_SQUARE, true});
  assert_change(&f, 0, "A", 2.4, CORRECT_ADJUST);
  assert_change(&f, 0, "B", 9.6, CORRECT_ADJUST);
  arena_free(f.arena);
  f = sum_of_two("2 6 12", (struct adjust_settings){ADJUST_LEIBLER, ADJUST_UNIT, true});
  assert_change(&f, 0, "A", 3, CORRECT_ADJUST);
  assert_change(&f, 0, "B", 9, CORRECT_ADJUST);
  arena_free(f.arena);
}
/* The point of A + B = 8, A <= B nearest to (6, 2) is (4, 4); with only the sum 8 it already holds. The bound B >= 0: (1, 1) to A - B = 4 goes to (3,
 * -1) freely, to (4, 0) within it. */
static void inequalities_and_bounds_bind(void **state) {
  (void)state;
  struct small_table f = small_system("A + B = T; A <= B;", false, (const char *[]){"6 2 8", "2 6 8"}, 2, 1);
  set_flag(&f, "T", 0, 0);
  f = adjust(f, (struct adjust_settings){ADJUST_QUADRATIC, ADJUST_UNIT, false});
  assert_change(&f, 0, "A", 4, CORRECT_ADJUST);
  assert_change(&f, 0, "B", 4, CORRECT_ADJUST);
  assert_int_equal(f.got.n, 2);
  arena_free(f.arena);
  f = small_system("A - B = D;", false, (const char *[]){"1 1 4"}, 1, 1);
  set_flag(&f, "D", 0, 0);
  f = adjust(f, (struct adjust_settings){ADJUST_QUADRATIC, ADJUST_UNIT, false});
  assert_change(&f, 0, "A", 4, CORRECT_ADJUST);
  assert_change(&f, 0, "B", 0, CORRECT_ADJUST);
  arena_free(f.arena);
}
static void fixed_and_zero_values_stay(void **state) {
  (void)state;
  struct small_table f = small_system("A + B + C = T;", false, (const char *[]){"0 4 4 12", "0 4 4 12", ". 4 4 12", "0 0 0 5"}, 4, 1);
  for (int row = 0; row < 4; row++) set_flag(&f, "T", row, 0);
  set_flag(&f, "B", 1, 0);
  f = adjust(f, (struct adjust_settings){ADJUST_QUADRATIC, ADJUST_UNIT, true});
  assert_null(change_of(&f, 0, "A"));
  assert_change(&f, 0, "B", 6, CORRECT_ADJUST);
  assert_change(&f, 1, "C", 8, CORRECT_ADJUST);
  assert_int_equal(f.got.n, 3);
  assert_left(&f, 2, LEFT_MISSING);
  assert_left(&f, 3, LEFT_INFEASIBLE);
  arena_free(f.arena);
}
static void contradictions_are_told(void **state) {
  (void)state;
  struct small_table f = small_system("A + B = T; A >= 2*T;", false, (const char *[]){"6 2 8"}, 1, 1);
  set_flag(&f, "T", 0, 0);
  f = adjust(f, (struct adjust_settings){ADJUST_QUADRATIC, ADJUST_UNIT, false});
  assert_int_equal(f.got.n, 0);
  assert_left(&f, 0, LEFT_INFEASIBLE);
  assert_true(f.got.markers[0].edit >= 0 && f.got.markers[0].edit < 2); /* an edit that shows it */
  arena_free(f.arena);
}
/* 3, 3, 3 to 10: 3.33 each, rounded 9, one step to the first. 2 A = T with T = 5 fixed has no whole answer. */
static void whole_answers(void **state) {
  (void)state;
  struct small_table f = small_system("A + B + C = T;", false, (const char *[]){"3 3 3 10"}, 1, 1);
  set_flag(&f, "T", 0, 0);
  for (int j = 0; j < 4; j++) f.s.decimals[j] = 0;
  f = adjust(f, (struct adjust_settings){ADJUST_QUADRATIC, ADJUST_UNIT, false});
  assert_change(&f, 0, "A", 4, CORRECT_ADJUST);
  assert_int_equal(f.got.n, 1);
  arena_free(f.arena);
  f = small_system("2*A = T;", false, (const char *[]){"3 5"}, 1, 1);
  set_flag(&f, "T", 0, 0);
  f.s.decimals[0] = f.s.decimals[1] = 0;
  f = adjust(f, (struct adjust_settings){ADJUST_QUADRATIC, ADJUST_UNIT, false});
  assert_left(&f, 0, LEFT_NOT_WHOLE);
  arena_free(f.arena);
}
/* A whole, B not: 1 + 1 to 5.5 goes to 2.75 each; A is rounded to 3 and B is solved again: 2.5. */
static void whole_beside_decimal_items(void **state) {
  (void)state;
  struct small_table f = small_system("A + B = T;", false, (const char *[]){"1 1 5.5"}, 1, 1);
  set_flag(&f, "T", 0, 0);
  f.s.decimals[0] = 0;
  f = adjust(f, (struct adjust_settings){ADJUST_QUADRATIC, ADJUST_UNIT, false});
  assert_change(&f, 0, "A", 3, CORRECT_ADJUST);
  assert_change(&f, 0, "B", 2.5, CORRECT_ADJUST);
  arena_free(f.arena);
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_three_weights), cmocka_unit_test(inequalities_and_bounds_bind),
      cmocka_unit_test(fixed_and_zero_values_stay),
                                     cmocka_unit_test(contradictions_are_told), cmocka_unit_test(whole_answers),
                                         cmocka_unit_test(whole_beside_decimal_items)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
