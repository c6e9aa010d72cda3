/* Prorating: formulas, weights, modifiers, rounding, what stays and why, hierarchies, structures that are refused. All figures by hand. */
#include "tests/unit/correct_fixture.h"

#include <math.h>

#include "processing/correct/prorate.h"

static const struct prorate_settings BASIC = {.method = PRORATE_BASIC, .modifier = PRORATE_ALWAYS, .upper = INFINITY};
static struct small_table prorate(const char *rules, struct prorate_settings set, const char *const *rows, int n, const char *imputed,
    struct prorate_count *count) {
  struct small_table f = {.arena = arena_new(0)};
  struct prorate_plan plan;
  struct err e;
  corrections_init(&f.got, f.arena);
  assert_int_equal(prorate_parse(f.arena, str_of(rules), &set, &plan, &e), E_OK);
  small_rows(&f, plan.names, plan.p, rows, n, 0);
  if (imputed) set_flag(&f, imputed, 0, 1);
  assert_int_equal(prorate_run(&plan, &f.t, f.flag, &f.got, count, &e), E_OK);
  assert_int_equal(count->balanced + count->prorated + count->left, n);
  return f;
}
/* 2 + 4 + 0 + 5 = 11 to 22: k = 1, everything doubles, the zero stays. 3 x 10 to 31: 10.3 each to one decimal; 10, then 10.3 + 0.3 = 10.6 -> 11, then
 * 10. */
static void basic_doubles_and_carries(void **state) {
  struct prorate_count count;
  struct small_table f = prorate("A + B + C + D = T;", BASIC, (const char *[]){"2 4 0 5 22", "10 10 10 0 31", "1 1 1 1 4"}, 3, NULL, &count);
  (void)state;
  assert_change(&f, 0, "A", 4, CORRECT_PRORATE);
  assert_change(&f, 0, "B", 8, CORRECT_PRORATE);
  assert_change(&f, 0, "D", 10, CORRECT_PRORATE);
  assert_change(&f, 1, "B", 11, CORRECT_PRORATE);
  assert_int_equal(f.got.n, 4);
  assert_int_equal(count.balanced, 1);
  arena_free(f.arena);
}
/* Gap 6; x / w = 5 and 10: k = 0.4; A + 0.4 * 5 = 12, B + 0.4 * 10 = 14. */
static void a_weight_divides_the_change(void **state) {
  struct prorate_count count;
  struct small_table f = prorate("2 A + B = T;", BASIC, (const char *[]){"10 10 26"}, 1, NULL, &count);
  (void)state;
  assert_change(&f, 0, "A", 12, CORRECT_PRORATE);
  assert_change(&f, 0, "B", 14, CORRECT_PRORATE);
  arena_free(f.arena);
}
/* Gap 9, sum |x| = 15, k = 0.6: 11.2, -0.8, 8, 1.6 -> 11, -0.6 -> -1, 8.4 -> 8, 2. To 40 k would be 29/15: refused. */
static void scaling_keeps_signs(void **state) {
  struct prorate_settings set = BASIC;
  struct prorate_count count;
  set.method = PRORATE_SCALING, set.accept_negative = true;
  struct small_table f = prorate("A + B + C + D = T;", set, (const char *[]){"7 -2 5 1 20", "7 -2 5 1 40"}, 2, NULL, &count);
  (void)state;
  assert_change(&f, 0, "A", 11, CORRECT_PRORATE);
  assert_change(&f, 0, "B", -1, CORRECT_PRORATE);
  assert_change(&f, 0, "C", 8, CORRECT_PRORATE);
  assert_change(&f, 0, "D", 2, CORRECT_PRORATE);
  assert_left(&f, 1, LEFT_SCALE);
  arena_free(f.arena);
}
/* A never; B only if imputed (flag on row 0); C only as reported. Row 0: B and C share 21 - 5 = 16: 8 each. Row 1: only C: 21 - 10 = 11. */
static void modifiers_say_what_may_move(void **state) {
  struct prorate_settings set = BASIC;
  struct prorate_count count;
  struct small_table f = prorate("A:N + B:I + C:O = T;", set, (const char *[]){"5 5 5 21", "5 5 5 21"}, 2, "B", &count);
  (void)state;
  assert_change(&f, 0, "B", 8, CORRECT_PRORATE);
  assert_change(&f, 0, "C", 8, CORRECT_PRORATE);
  assert_change(&f, 1, "C", 11, CORRECT_PRORATE);
  assert_int_equal(f.got.n, 3);
  arena_free(f.arena);
}
static void largest_remainder_by_fraction_then_size(void **state) {
  struct prorate_settings set = BASIC;
  struct prorate_count count;
  set.rounding = PRORATE_LARGEST_REMAINDER;
  /* 1, 1, 1 to 10: 3.33 each, one unit left, to the first. 2, 1 to 7: 4.67, 2.33: the unit goes to 4.67. */
  struct small_table f = prorate("A + B + C = T;", set, (const char *[]){"1 1 1 10", "1 2 0 7"}, 2, NULL, &count);
  (void)state;
  assert_change(&f, 0, "A", 4, CORRECT_PRORATE);
  assert_change(&f, 0, "B", 3, CORRECT_PRORATE);
  assert_change(&f, 0, "C", 3, CORRECT_PRORATE);
  assert_change(&f, 1, "A", 2, CORRECT_PRORATE);
  assert_change(&f, 1, "B", 5, CORRECT_PRORATE);
  arena_free(f.arena);
}
/* 31 + 14 = 45 to 50: 34.4, 15.6 -> 34, 16; then 10 + 20 to 34: 11.3, 22.7 -> 11, 23; 7 + 8 = 15 to 16: 7.5, 8.5 -> 8, 8. The rules are written
 * bottom first. */
static void a_hierarchy_goes_from_the_top(void **state) {
  struct prorate_count count;
  struct small_table f = prorate("A1 + A2 = S1; B1 + B2 = S2; S1 + S2 = G;", BASIC, (const char *[]){"10 20 31 7 8 14 50"}, 1, NULL, &count);
  (void)state;
  assert_change(&f, 0, "S1", 34, CORRECT_PRORATE);
  assert_change(&f, 0, "S2", 16, CORRECT_PRORATE);
  assert_change(&f, 0, "A1", 11, CORRECT_PRORATE);
  assert_change(&f, 0, "A2", 23, CORRECT_PRORATE);
  assert_change(&f, 0, "B1", 8, CORRECT_PRORATE);
  assert_null(change_of(&f, 0, "B2"));
  assert_null(change_of(&f, 0, "G"));
  arena_free(f.arena);
}
static void what_is_left_and_why(void **state) {
  struct prorate_settings set = BASIC;
  struct prorate_count count;
  set.lower = 0.8, set.upper = 1.5;
  struct small_table f = prorate("A + B = T;", set, (const char *[]){"0 0 9", "2 -1 4", "2 2 4.5", "2 2 8", ". 2 4", "3 3 7"}, 6, NULL, &count);
  (void)state;
  assert_left(&f, 0, LEFT_NOTHING);
  assert_left(&f, 1, LEFT_NEGATIVE);
  assert_left(&f, 2, LEFT_DECIMAL);
  assert_left(&f, 3, LEFT_BOUND);
  assert_left(&f, 4, LEFT_MISSING);
  assert_change(&f, 5, "A", 4, CORRECT_PRORATE);
  assert_int_equal(f.got.n, 1);
  assert_int_equal(count.left, 5);
  assert_true(f.got.markers[3].figure == 2);
  arena_free(f.arena);
}
static void missing_counts_as_zero_only_when_said(void **state) {
  struct prorate_settings set = BASIC;
  struct prorate_count count;
  set.missing_as_zero = true;
  struct small_table f = prorate("A + B = T;", set, (const char *[]){". 2 4"}, 1, NULL, &count);
  (void)state;
  assert_change(&f, 0, "B", 4, CORRECT_PRORATE);
  assert_int_equal(f.got.n, 1);
  arena_free(f.arena);
}
/* The size of the values excuses neither a gap of one unit nor a total with more decimals than there may be. */
static void large_values_are_prorated_to_the_unit(void **state) {
  struct prorate_settings set = BASIC;
  struct prorate_count count;
  struct small_table f = prorate("A + B = T;", set, (const char *[]){"2000000000 2000000000 4000000001", "2000000000 2000000000 4000000900.5",
      "2000000000 2000000000 4000000000"}, 3, NULL, &count);
  (void)state;
  assert_change(&f, 0, "A", 2000000001, CORRECT_PRORATE);
  assert_int_equal(f.got.n, 1);
  assert_left(&f, 1, LEFT_DECIMAL);
  assert_int_equal(count.balanced, 1);
  arena_free(f.arena);
}
/* 40 parts of 1 to 41: 1.025 each is 1.0 to one decimal, the unit is lost; largest remainder gives it to the first part. The parts always add up. */
static void a_unit_lost_in_the_first_rounding_comes_back(void **state) {
  double y[40], sum = 0;
  (void)state;
  for (int i = 0; i < 40; i++) y[i] = 1.025;
  assert_true(prorate_round(y, 40, 41, 0, PRORATE_CUMULATIVE));
  for (int i = 0; i < 40; i++) sum += y[i];
  assert_true(sum == 41 && y[0] == 2 && y[1] == 1);
}
static void structures_that_are_no_hierarchy(void **state) {
  static const struct {
    const char *rules;
    enum err_code code;
  } CASES[] = {{"A + B = T; C + D = U;", E_PRORATE_STRUCTURE}, {"A + B = T; C + D = T;", E_PRORATE_STRUCTURE}, {"A + A = T;", E_PRORATE_STRUCTURE},
      {"S + T = G; A + T = S;", E_PRORATE_STRUCTURE},
               {"A + B = A;", E_PRORATE_STRUCTURE}, {"A + B = T; C = D; D = C;", E_PRORATE_STRUCTURE}, {"", E_PRORATE_STRUCTURE}, {"A + B <= T;",
                   E_PRORATE_SYNTAX}, {"A - B = T;", E_PRORATE_SYNTAX},
               {"A + 3 = T;", E_PRORATE_SYNTAX}, {"A + B = T + U;", E_PRORATE_SYNTAX}, {"A:X + B = T;", E_PRORATE_SYNTAX}, {"0 A + B = T;",
                   E_PRORATE_SYNTAX}, {"A + B = 2;", E_PRORATE_SYNTAX}, {"1.2.3 A = T;", E_PRORATE_SYNTAX}};
  (void)state;
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    struct arena *a = arena_new(0);
    struct prorate_plan plan;
    struct err e;
    if (prorate_parse(a, str_of(CASES[i].rules), &BASIC, &plan, &e) != CASES[i].code) fail_msg("'%s' was not refused as %s", CASES[i].rules,
        err_name(CASES[i].code));
    arena_free(a);
  }
}
static void settings_that_are_refused(void **state) {
  struct prorate_settings set[] = {BASIC, BASIC, BASIC, BASIC};
  (void)state;
  set[0].decimals = 10, set[1].lower = 2, set[1].upper = 1, set[2].lower = -1, set[3].modifier = PRORATE_AS_PLAN;
  for (int i = 0; i < 4; i++) {
    struct arena *a = arena_new(0);
    struct prorate_plan plan;
    struct err e;
    assert_int_equal(prorate_parse(a, STR("A + B = T;"), &set[i], &plan, &e), E_CORRECT_PARAMETER);
    arena_free(a);
  }
  struct arena *a = arena_new(0);
  struct small_table f = {.arena = a};
  struct prorate_plan plan;
  struct prorate_count count;
  struct err e;
  corrections_init(&f.got, a);
  assert_int_equal(prorate_parse(a, STR("A:I + B = T;"), &BASIC, &plan, &e), E_OK);
  small_rows(&f, plan.names, plan.p, (const char *[]){"1 1 3"}, 1, 0);
  assert_int_equal(prorate_run(&plan, &f.t, NULL, &f.got, &count, &e), E_CORRECT_PARAMETER);
  arena_free(a);
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(basic_doubles_and_carries), cmocka_unit_test(a_weight_divides_the_change),
      cmocka_unit_test(scaling_keeps_signs),
                                     cmocka_unit_test(modifiers_say_what_may_move), cmocka_unit_test(largest_remainder_by_fraction_then_size),
                                         cmocka_unit_test(a_hierarchy_goes_from_the_top),
                                     cmocka_unit_test(what_is_left_and_why), cmocka_unit_test(missing_counts_as_zero_only_when_said),
                                         cmocka_unit_test(a_unit_lost_in_the_first_rounding_comes_back),
                                     cmocka_unit_test(large_values_are_prorated_to_the_unit),
                                     cmocka_unit_test(structures_that_are_no_hierarchy), cmocka_unit_test(settings_that_are_refused)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
