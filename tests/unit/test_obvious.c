/* Signs, swaps, rounding, slips of the keys, units and totals: published examples and cases by hand. */
#include "tests/unit/correct_fixture.h"

#include "processing/correct/obvious.h"
#include "processing/correct/totals.h"
#include "processing/correct/unit_error.h"

/* The edits of Scholtus (2008, 2009). */
#define SCHOLTUS "X1 + X2 = X3; X2 = X4; X5 + X6 + X7 = X8; X3 + X8 = X9; X9 - X10 = X11;"

static void two_slips_of_the_keys(void **state) {
  struct small_table f = small_system(SCHOLTUS, true, (const char *[]){"1452 116 1568 161 323 76 12 411 19979 1842 137"}, 1, 0);
  struct obvious_count count;
  struct err e;
  (void)state;
  assert_int_equal(typing_correct(&f.s, &f.t, NULL, TYPING_DIGITS, &f.got, &count, &e), E_OK);
  assert_change(&f, 0, "X4", 116, CORRECT_TYPING);
  assert_change(&f, 0, "X9", 1979, CORRECT_TYPING);
  assert_int_equal(f.got.n, 2);
  arena_free(f.arena);
}
/* 12 + 31 = 34: 12 -> 3? no; 31 -> 22? no; 34 -> 43 is a swap of neighbours. 10 + 10 = 21: 10 -> 11 twice and 21 -> 20: three ways, nothing in
 * common. */
static void only_what_all_choices_share(void **state) {
  struct small_table f = small_system("A + B = T;", false, (const char *[]){"12 31 34", "10 10 21", "10 10 20", "100 200 555"}, 4, 0);
  struct obvious_count count;
  struct err e;
  (void)state;
  assert_int_equal(typing_correct(&f.s, &f.t, NULL, TYPING_DIGITS, &f.got, &count, &e), E_OK);
  assert_change(&f, 0, "T", 43, CORRECT_TYPING);
  assert_int_equal(f.got.n, 1);
  assert_left(&f, 1, LEFT_AMBIGUOUS);
  assert_left(&f, 3, LEFT_NO_ANSWER);
  assert_int_equal(count.clean, 1);
  arena_free(f.arena);
}
static void distances_of_keys(void **state) {
  static const struct {
    int64_t a, b;
    int distance;
  } CASES[] = {{123, 123, 0}, {123, 132, 1}, {123, 213, 1}, {123, 321, 2}, {123, 124, 1}, {123, 12, 1}, {123, 23, 1}, {123, 1123, 1}, {123, 1203,
      1}, {123, 145, 2}, {123, -123, 2}, {1, 10, 1}, {10, 1, 1}, {0, 7, 1}, {1234, 12, 2}, {-19979, -1979, 1}};
  (void)state;
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) assert_int_equal(typing_distance(CASES[i].a, CASES[i].b), CASES[i].distance);
}
static void kinds_of_slips(void **state) {
  static const struct {
    int64_t written, meant;
    unsigned slips;
  } CASES[] = {{122, 12, SLIP_PUT_IN | SLIP_DOUBLED}, {112, 12, SLIP_PUT_IN | SLIP_DOUBLED}, {132, 12, SLIP_PUT_IN}, {12, 122, SLIP_LEFT_OUT},
               {21, 12, SLIP_EXCHANGED}, {15, 12, SLIP_CHANGED | SLIP_KEY_BESIDE}, {14, 12, SLIP_CHANGED}, {10, 12, SLIP_CHANGED | SLIP_KEY_BESIDE},
               {19, 10, SLIP_CHANGED | SLIP_KEY_BESIDE}, {-12, 12, SLIP_SIGN}, {12, -12, SLIP_SIGN}, {1200, 12, SLIP_POINT}, {12, 12000, SLIP_POINT},
               {120, 12, SLIP_PUT_IN | SLIP_POINT}, {12, 120000, 0}, {-12, 21, 0}, {0, 0, 0}, {7, 0, SLIP_CHANGED}};
  (void)state;
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) assert_int_equal(typing_slips(CASES[i].written, CASES[i].meant), CASES[i].slips);
}
/* 12 + 4 = 15, 3 + 1 + 8 = 11, 15 + 11 = 27, 27 - 41 = -13: four equations missed by one each. */
static void rounding_of_four_equations(void **state) {
  struct small_table f = small_system(SCHOLTUS, true, (const char *[]){"12 4 15 4 3 1 8 11 27 41 -13"}, 1, 0);
  struct obvious_count count;
  double y[11];
  struct err e;
  (void)state;
  assert_int_equal(rounding_correct(&f.s, &f.t, NULL, 2, &f.got, &count, &e), E_OK);
  assert_int_equal(count.corrected, 1);
  for (int j = 0; j < 11; j++) y[j] = f.t.columns[j].x[0];
  for (int64_t k = 0; k < f.got.n; k++) {
    const double by = f.got.list[k].value - f.got.list[k].before;
    assert_true(by >= -2 && by <= 2 && by == (int)by);
    y[f.got.list[k].var] = f.got.list[k].value;
  }
  for (int i = 0; i < f.s.m; i++) assert_true(linear_holds(&f.s.edits[i], y));
  assert_true(f.got.n <= 4);
  arena_free(f.arena);
}
/* 100 + 200 = 301: the largest value gives way. With T fixed it is the next largest. 100 + 200 = 310 is no rounding. B may not pass 200: then A gives
 * way. */
static void rounding_moves_the_largest_that_may_move(void **state) {
  struct small_table f = small_system("A + B = T; B <= 200;", false, (const char *[]){"100 200 301", "100 199 300", "100 200 310", "100 200 301"},
      4, 0);
  struct obvious_count count;
  struct err e;
  (void)state;
  set_flag(&f, "T", 1, 1), set_flag(&f, "T", 3, 1);
  assert_int_equal(rounding_correct(&f.s, &f.t, f.flag, 2, &f.got, &count, &e), E_OK);
  assert_change(&f, 0, "T", 300, CORRECT_ROUNDING);
  assert_change(&f, 1, "B", 200, CORRECT_ROUNDING);
  assert_change(&f, 3, "A", 101, CORRECT_ROUNDING);
  assert_int_equal(f.got.n, 3);
  assert_int_equal(count.clean, 1);
  arena_free(f.arena);
}
/* Result 300 for 3250 - 3550: the sign was left out. Row 1: revenue and cost exchanged. Row 2: both. Row 3: nothing helps. */
static void signs_and_swaps(void **state) {
  struct small_table f = small_system("R - C = P; P + Q = S; R >= 0; C >= 0;", true, (const char *[]){"3250 3550 300 50 -250",
      "3550 3250 -300 50 -250", "3550 3250 300 50 -250", "1 2 5 0 5"}, 4, 0);
  const struct sign_action actions[] = {{2, -1, 1}, {3, -1, 1}, {4, -1, 1}, {0, 1, 1}};
  const struct sign_plan plan = {4, 3, actions};
  struct obvious_count count;
  struct err e;
  (void)state;
  assert_int_equal(sign_swap_correct(&f.s, &f.t, NULL, &plan, &f.got, &count, &e), E_OK);
  assert_change(&f, 0, "P", -300, CORRECT_SIGN);
  assert_change(&f, 1, "R", 3250, CORRECT_SWAP);
  assert_change(&f, 1, "C", 3550, CORRECT_SWAP);
  assert_change(&f, 2, "P", -300, CORRECT_SIGN);
  assert_change(&f, 2, "R", 3250, CORRECT_SWAP);
  assert_left(&f, 3, LEFT_NO_ANSWER);
  assert_int_equal(f.got.n, 6);
  assert_int_equal(count.corrected, 3);
  arena_free(f.arena);
}
/* Two single flips repair the record; the lighter one wins, whatever the order. */
static void the_lighter_action_wins(void **state) {
  struct small_table f = small_system("A + B = T;", true, (const char *[]){"5 -5 10", "5 5 -10"}, 2, 0);
  const struct sign_action actions[] = {{0, -1, 3}, {1, -1, 2}, {2, -1, 1}};
  const struct sign_plan plan = {3, 2, actions};
  struct obvious_count count;
  struct err e;
  (void)state;
  assert_int_equal(sign_swap_correct(&f.s, &f.t, NULL, &plan, &f.got, &count, &e), E_OK);
  assert_change(&f, 0, "B", 5, CORRECT_SIGN);
  assert_change(&f, 1, "T", 10, CORRECT_SIGN);
  arena_free(f.arena);
}
static void units_by_a_list_of_factors(void **state) {
  const struct unit_factor factors[] = {{1000, 650, 1350}, {100, 65, 135}, {12, 11, 13}};
  const int others[] = {1};
  const struct unit_error_rule rule = {.principal = 0, .n_others = 1, .others = others, .predictive = 2, .auxiliary = 3, .n_factors = 3,
      .factors = factors};
  static const char *const names[] = {"PAY", "BONUS", "LAST", "FRAME"};
  struct small_table f = {.arena = arena_new(0)};
  char marker[7];
  struct err e;
  (void)state;
  corrections_init(&f.got, f.arena);
  small_rows(&f, names, 4, (const char *[]){"300000 5000 310 .", "30000 0 . 305", "3600 . 300 .", "300 5 310 .", "300 5 0 305", "650000 1 1000 .",
      ". 5 300 ."}, 7, 0);
  f.t.columns[0].decimals = 0;
  set_flag(&f, "BONUS", 0, 1), set_flag(&f, "PAY", 2, 1); /* confirmed by the office */
  assert_int_equal(unit_error_run(&rule, &f.t, f.flag, marker, &f.got, &e), E_OK);
  assert_memory_equal(marker, "CCNNSNS", 7); /* 650 exactly is outside the open window */
  assert_change(&f, 0, "PAY", 300, CORRECT_UNIT_ERROR);
  assert_change(&f, 1, "PAY", 300, CORRECT_UNIT_ERROR);
  assert_int_equal(f.got.n, 2);
  f.got.n = 0;
  assert_int_equal(unit_error_run(&rule, &f.t, NULL, marker, &f.got, &e), E_OK);
  assert_memory_equal(marker, "CCCNSNS", 7);
  assert_change(&f, 0, "BONUS", 5, CORRECT_UNIT_ERROR);
  assert_change(&f, 2, "PAY", 300, CORRECT_UNIT_ERROR);
  assert_int_equal(f.got.n, 4);
  const struct unit_factor overlapping[] = {{10, 6.5, 13.5}, {12, 7.8, 16.2}};
  const struct unit_error_rule bad = {.n_factors = 2, .factors = overlapping};
  assert_int_equal(unit_error_check(&bad, &e), E_CORRECT_PARAMETER);
  assert_true(unit_error_divide(1500, 1000, 0) == 2 && unit_error_divide(1500, 1000, -1) == 1.5);
  arena_free(f.arena);
}
/* |10 - 9| <= 1: the total becomes the sum, or the parts 3, 6 become 3.33, 6.67, whole: 3, 7. 20 is too far: a person decides. Parts of 0: no
 * statement. */
static void totals_or_components(void **state) {
  static const char *const names[] = {"T", "A", "B"};
  static const char *const rows[] = {"10 3 6", "20 3 6", "10 0 0", "9 3 6", ". 3 6"};
  const int parts[] = {1, 2};
  struct totals_rule rule = {.total = 0, .n = 2, .parts = parts, .predictive = -1, .auxiliary = -1, .limits = {.amend_total = true, .absolute = 1,
      .percent = -1, .decimals = 0}};
  char marker[5];
  struct err e;
  (void)state;
  for (int pass = 0; pass < 2; pass++) {
    struct small_table f = {.arena = arena_new(0)};
    corrections_init(&f.got, f.arena);
    small_rows(&f, names, 3, rows, 5, 0);
    rule.limits.amend_total = pass == 0;
    assert_int_equal(totals_run(&rule, &f.t, NULL, marker, &f.got, &e), E_OK);
    assert_memory_equal(marker, pass == 0 ? "TMSNS" : "CMSNS", 5);
    if (pass == 0) assert_change(&f, 0, "T", 9, CORRECT_TOTAL);
    else assert_change(&f, 0, "B", 7, CORRECT_COMPONENTS);
    assert_int_equal(f.got.n, 1);
    assert_left(&f, 1, LEFT_MANUAL);
    assert_left(&f, 2, LEFT_STOPPED);
    f.got.n = f.got.n_markers = 0;
    set_flag(&f, pass == 0 ? "T" : "B", 0, 1);
    assert_int_equal(totals_run(&rule, &f.t, f.flag, marker, &f.got, &e), E_OK);
    assert_memory_equal(marker, "MMSNS", 5);
    assert_int_equal(f.got.n, 0);
    arena_free(f.arena);
  }
  rule.limits.absolute = -1;
  assert_int_equal(totals_check(&rule.limits, 2, &e), E_CORRECT_PARAMETER);
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(two_slips_of_the_keys), cmocka_unit_test(only_what_all_choices_share),
      cmocka_unit_test(distances_of_keys), cmocka_unit_test(kinds_of_slips),
                                     cmocka_unit_test(rounding_of_four_equations), cmocka_unit_test(rounding_moves_the_largest_that_may_move),
                                         cmocka_unit_test(signs_and_swaps),
                                     cmocka_unit_test(the_lighter_action_wins), cmocka_unit_test(units_by_a_list_of_factors),
                                         cmocka_unit_test(totals_or_components)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
