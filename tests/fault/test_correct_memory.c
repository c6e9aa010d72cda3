/* Every allocation of the steps of correction fails once: each step says E_NO_MEMORY and nothing else happens. */
#include "tests/unit/correct_fixture.h"

#include <math.h>

#include "processing/correct/deterministic.h"
#include "processing/correct/min_adjust.h"
#include "processing/correct/obvious.h"
#include "processing/correct/prorate.h"

enum { STEPS = 7, ROWS = 70 };

static enum err_code run(struct small_table *f, int step, struct err *e) {
  const struct prorate_settings set = {.modifier = PRORATE_ALWAYS, .upper = INFINITY};
  const struct sign_action action = {0, 1, 1};
  struct prorate_plan plan;
  struct deterministic_count d;
  struct obvious_count o;
  struct adjust_count a;
  struct prorate_count p;
  switch (step) {
    case 0: return deterministic_impute(&f->s, &f->t, f->flag, &f->got, &d, e);
    case 1:
      TRY(prorate_parse(f->arena, STR("A + B + C = T;"), &set, &plan, e));
      return prorate_run(&plan, &f->t, NULL, &f->got, &p, e);
    case 2: return sign_swap_correct(&f->s, &f->t, NULL, &(struct sign_plan){1, 1, &action}, &f->got, &o, e);
    case 3: return rounding_correct(&f->s, &f->t, NULL, 2, &f->got, &o, e);
    case 4: return typing_correct(&f->s, &f->t, NULL, TYPING_DIGITS, &f->got, &o, e);
    case 5: return correct_check_units(f->arena, &f->t, e);
    default: return min_adjust(&f->s, &f->t, f->flag, &(struct adjust_settings){ADJUST_QUADRATIC, ADJUST_UNIT, false}, &f->got, &a, e);
  }
}
static void every_allocation_may_fail(void **state) {
  const char *rows[ROWS];
  (void)state;
  for (int i = 0; i < ROWS; i++) rows[i] = i % 2 ? "10 20 30 61" : "1 2 3 16";
  for (int step = 0; step < STEPS; step++) {
    int failures = 0;
    for (uint64_t n = 1;; n++) {
      struct small_table f = small_system("A + B + C = T;", false, rows, ROWS, 1);
      struct err e = {0};
      for (int row = 0; row < ROWS; row++) {
        set_flag(&f, "A", row, step == 0);
        set_flag(&f, "C", row, step != 0);
        set_flag(&f, "B", row, 0), set_flag(&f, "T", row, 0);
      }
      arena_fail_at(n);
      const enum err_code code = run(&f, step, &e);
      arena_fail_at(0);
      arena_free(f.arena);
      if (code == E_OK) break;
      assert_int_equal(code, E_NO_MEMORY);
      failures++;
    }
    assert_true(failures > 0);
  }
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_may_fail)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
