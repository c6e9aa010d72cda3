/* Deterministic imputation: each way a value can be forced, and what is left alone. Figures by hand. */
#include "tests/unit/correct_fixture.h"

#include "processing/correct/deterministic.h"

static struct small_table impute(struct small_table f, struct deterministic_count *count) {
  struct err e;
  assert_int_equal(deterministic_impute(&f.s, &f.t, f.flag, &f.got, count, &e), E_OK);
  assert_int_equal(count->determined + count->open, count->flagged);
  return f;
}
static void one_unknown_of_an_equation(void **state) {
  struct deterministic_count count;
  struct small_table f = small_system("A + B = T;", false, (const char *[]){"3 9 10", "3 . 10"}, 2, 0);
  (void)state;
  set_flag(&f, "B", 0, 1);
  f = impute(f, &count);
  assert_change(&f, 0, "B", 7, CORRECT_EQUALITY);
  assert_int_equal(f.got.n, 1); /* the missing value of row 1 carries no flag */
  assert_true(f.got.list[0].before == 9 && !f.got.list[0].was_missing && f.got.list[0].edit == 0);
  arena_free(f.arena);
}
static void parts_of_zero_are_zero(void **state) {
  struct deterministic_count count;
  struct small_table f = small_system("A + B + C = T;", false, (const char *[]){"5 . . 5"}, 1, 0);
  (void)state;
  set_flag(&f, "B", 0, 1), set_flag(&f, "C", 0, 1);
  f = impute(f, &count);
  assert_change(&f, 0, "B", 0, CORRECT_ZERO_PARTS);
  assert_change(&f, 0, "C", 0, CORRECT_ZERO_PARTS);
  assert_int_equal(count.programmes, 0);
  arena_free(f.arena);
}
static void two_inequalities_pin_a_value(void **state) {
  struct deterministic_count count;
  struct small_table f = small_system("A <= B; A >= 2*C;", false, (const char *[]){". 6 3", ". 6 2"}, 2, 0);
  (void)state;
  set_flag(&f, "A", 0, 1), set_flag(&f, "A", 1, 1);
  f = impute(f, &count);
  assert_change(&f, 0, "A", 6, CORRECT_BOUNDS);
  assert_int_equal(f.got.n, 1);
  assert_int_equal(count.open, 1);
  arena_free(f.arena);
}
/* A + B = 10, A - B = 4: 7 and 3. */
static void elimination_of_two_equations(void **state) {
  struct deterministic_count count;
  struct small_table f = small_system("A + B = T; A - B = D;", false, (const char *[]){". . 10 4"}, 1, 0);
  (void)state;
  set_flag(&f, "A", 0, 1), set_flag(&f, "B", 0, 1);
  f = impute(f, &count);
  assert_change(&f, 0, "A", 7, CORRECT_ELIMINATION);
  const struct correction *b = change_of(&f, 0, "B");
  assert_true(b && b->value == 3);
  arena_free(f.arena);
}
/* One free unknown: B = 10 - A, A <= 4, B <= 6: the interval [4, 4]. */
static void an_interval_of_one_point(void **state) {
  struct deterministic_count count;
  struct small_table f = small_system("A + B = T; 2*A <= 8*U; B - 6*U <= 0;", false, (const char *[]){". . 10 1", ". . 9 1"}, 2, 0);
  (void)state;
  for (int row = 0; row < 2; row++) set_flag(&f, "A", row, 1), set_flag(&f, "B", row, 1);
  f = impute(f, &count);
  const struct correction *a = change_of(&f, 0, "A"), *b = change_of(&f, 0, "B");
  assert_true(a && a->value == 4 && b && b->value == 6);
  assert_int_equal(f.got.n, 2);
  arena_free(f.arena);
}
/* The three sums of two are at most 1 each, the sum of all at least 1.5: only 0.5, 0.5, 0.5; no single row shows it. */
static void a_programme_where_rows_do_not_tell(void **state) {
  struct deterministic_count count;
  struct small_table f = small_system("A + B <= U; B + C <= U; A + C <= U; A + B + C >= 1.5*U;", false, (const char *[]){". . 1 .", ". . 0.9 ."}, 1,
      0);
  (void)state;
  set_flag(&f, "A", 0, 1), set_flag(&f, "B", 0, 1), set_flag(&f, "C", 0, 1);
  f = impute(f, &count);
  assert_change(&f, 0, "A", 0.5, CORRECT_LP);
  assert_change(&f, 0, "B", 0.5, CORRECT_LP);
  assert_change(&f, 0, "C", 0.5, CORRECT_LP);
  assert_true(count.programmes > 0);
  arena_free(f.arena);
}
static void contradictions_impute_nothing(void **state) {
  struct deterministic_count count;
  struct small_table f = small_system("A + B = T; A + B <= U; C = T;", false, (const char *[]){"3 . 10 5 .", "11 . 10 20 1"}, 2, 0);
  (void)state;
  set_flag(&f, "B", 0, 1), set_flag(&f, "C", 0, 1), set_flag(&f, "B", 1, 1);
  f = impute(f, &count);
  assert_int_equal(f.got.n, 0);
  assert_left(&f, 0, LEFT_INFEASIBLE);
  assert_left(&f, 1, LEFT_INFEASIBLE); /* B would be -1 */
  assert_int_equal(count.infeasible, 2);
  arena_free(f.arena);
}
static void negative_values_where_accepted(void **state) {
  struct deterministic_count count;
  struct small_table f = small_system("A + B = T;", true, (const char *[]){"11 . 10"}, 1, 0);
  (void)state;
  set_flag(&f, "B", 0, 1);
  f = impute(f, &count);
  assert_change(&f, 0, "B", -1, CORRECT_EQUALITY);
  arena_free(f.arena);
}
static void a_whole_item_takes_no_half(void **state) {
  struct deterministic_count count;
  struct small_table f = small_system("2*A = T;", false, (const char *[]){". 5", ". 6"}, 2, 0);
  (void)state;
  f.s.decimals[0] = 0;
  set_flag(&f, "A", 0, 1), set_flag(&f, "A", 1, 1);
  f = impute(f, &count);
  assert_left(&f, 0, LEFT_NOT_WHOLE);
  assert_change(&f, 1, "A", 3, CORRECT_EQUALITY);
  arena_free(f.arena);
}
static void a_failed_edit_of_fixed_values_does_not_stop_others(void **state) {
  struct deterministic_count count;
  struct small_table f = small_system("A + B = T; C + D = U;", false, (const char *[]){"3 . 10 1 1 5"}, 1, 0);
  (void)state;
  set_flag(&f, "B", 0, 1);
  f = impute(f, &count);
  assert_change(&f, 0, "B", 7, CORRECT_EQUALITY);
  arena_free(f.arena);
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(one_unknown_of_an_equation), cmocka_unit_test(parts_of_zero_are_zero),
      cmocka_unit_test(two_inequalities_pin_a_value),
                                     cmocka_unit_test(elimination_of_two_equations), cmocka_unit_test(an_interval_of_one_point),
                                         cmocka_unit_test(a_programme_where_rows_do_not_tell),
                                     cmocka_unit_test(contradictions_impute_nothing), cmocka_unit_test(negative_values_where_accepted),
                                         cmocka_unit_test(a_whole_item_takes_no_half),
                                     cmocka_unit_test(a_failed_edit_of_fixed_values_does_not_stop_others)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
