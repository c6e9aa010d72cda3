/* The unit ledger: hand-counted, and every kind of imbalance is found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "processing/unit/unit_ledger.h"

static uint8_t states[] = {0, EDIT_FAILED_HARD | EDIT_FAILED_SOFT, EDIT_FAILED_SOFT, EDIT_UNKNOWN_HARD | EDIT_FAILED_SOFT, EDIT_FAILED_INFO, 0};

struct whole {
  struct edit_count before_counts[2], after_counts[2];
  struct edit_result before, after;
  struct impute_count counts[2];
  struct impute_report report;
  struct unit_ledger ledger;
};

/* 6 units: 2 clean, 1 hard, 1 soft, 1 undecided, 1 info. pay was missing 4 times: step 1 imputed 3, step 2 the last one but could not: 1 left. */
static struct whole sample(void) {
  struct whole w = {
      .before_counts = {{.passed = 4, .failed = 1, .unknown = 1}, {.passed = 2, .failed = 3, .outside = 1}},
      .counts = {{.item = "pay", .step = 1, .missing = 4, .by_outcome = {[IMPUTED] = 3, [IMPUTE_NO_DONORS] = 1}, .by_level = {2, 1}},
          {.item = "pay", .step = 2, .missing = 1, .by_outcome = {[IMPUTE_NO_DONORS] = 1}}},
  };
  return w;
}
static void join(struct whole *w) {
  w->after_counts[0] = w->before_counts[0];
  w->after_counts[1] = w->before_counts[1];
  w->before = (struct edit_result){.n_checks = 2, .counts = w->before_counts, .n_records = 6, .n_failures = 4, .state = states};
  w->after = w->before;
  w->after.counts = w->after_counts;
  w->report = (struct impute_report){2, w->counts};
  w->ledger = (struct unit_ledger){.edited = unit_states_of(&w->before), .imputed = unit_states_of(&w->after), .previous = {6, 4, 2, 0}};
  w->ledger.values_logged = 3;
  unit_ledger_values(&w->ledger, &w->report);
}

static void units_and_values_are_counted_once(void **state) {
  struct whole w = sample();
  struct err e;
  (void)state;
  join(&w);
  const struct unit_states *s = &w.ledger.edited;
  assert_int_equal(s->in, 6);
  assert_int_equal(s->clean, 2);
  assert_int_equal(s->failed_hard, 1);
  assert_int_equal(s->failed_soft, 1);
  assert_int_equal(s->failed_info, 1);
  assert_int_equal(s->undecided, 1);
  assert_int_equal(w.ledger.values_missing, 4);
  assert_int_equal(w.ledger.values_imputed, 3);
  assert_int_equal(w.ledger.values_left, 1);
  assert_int_equal(unit_ledger_check(&w.ledger, NULL, &w.before, &w.after, &w.report, &e), E_OK);
}

/* pay: 4 missing, 2 imputed, 2 left; a donor fills 1 of them; the next line finds 1 and imputes it; 3 are cleared; the last finds 3, imputes 1. */
static void steps_between_two_lines_fill_and_empty(void **state) {
  struct whole w = sample();
  struct err e;
  struct impute_count three[] = {
      {.item = "pay", .step = 1, .missing = 4, .by_outcome = {[IMPUTED] = 2, [IMPUTE_NO_DONORS] = 2}, .by_level = {2}},
      {.item = "pay", .step = 2, .missing = 1, .by_outcome = {[IMPUTED] = 1}, .by_level = {1}},
      {.item = "pay", .step = 3, .missing = 3, .by_outcome = {[IMPUTED] = 1, [IMPUTE_NO_CLASS] = 2}, .by_level = {0, 1}}};
  (void)state;
  join(&w);
  w.ledger.values_missing = w.ledger.values_imputed = w.ledger.values_left = 0;
  w.report = (struct impute_report){3, three};
  unit_ledger_values(&w.ledger, &w.report);
  assert_int_equal(w.ledger.values_missing, 4);
  assert_int_equal(w.ledger.values_imputed, 4);
  assert_int_equal(w.ledger.values_filled, 1);
  assert_int_equal(w.ledger.values_emptied, 3);
  assert_int_equal(w.ledger.values_left, 2);
  w.ledger.values_logged = 4;
  assert_int_equal(unit_ledger_check(&w.ledger, NULL, &w.before, &w.after, &w.report, &e), E_OK);
}

static void every_imbalance_is_found(void **state) {
  (void)state;
  for (int way = 0; way < 12; way++) {
    struct whole w = sample();
    struct err e;
    join(&w);
    int64_t *const broken[] = {&w.ledger.edited.clean, &w.ledger.imputed.failed_soft, &w.before_counts[1].outside, &w.after.n_failures,
        &w.ledger.previous.absent, &w.counts[0].by_outcome[IMPUTE_NO_CLASS], &w.counts[0].by_level[1], &w.ledger.values_left, &w.ledger.imputed.in,
        &w.ledger.values_logged, &w.ledger.values_filled, &w.ledger.values_emptied};
    ++*broken[way];
    assert_int_equal(unit_ledger_check(&w.ledger, NULL, &w.before, &w.after, &w.report, &e), E_LEDGER_UNBALANCED);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(units_and_values_are_counted_once),
      cmocka_unit_test(steps_between_two_lines_fill_and_empty), cmocka_unit_test(every_imbalance_is_found)};
  return cmocka_run_group_tests_name("unit_ledger", tests, NULL, NULL);
}
