/* Hot decks and Gower's neighbours: small decks by hand, chances by counting, order of rows. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "processing/impute/gower.h"
#include "processing/impute/hotdeck.h"

enum { N = 8 };
static const struct str UNITS[N] = {{"a", 1}, {"b", 1}, {"c", 1}, {"d", 1}, {"e", 1}, {"f", 1}, {"g", 1}, {"h", 1}};
/* a b d f give, c e g h take. */
static const uint8_t DONOR[N] = {1, 1, 0, 1, 0, 1, 0, 0}, RECIPIENT[N] = {0, 0, 1, 0, 1, 0, 1, 1};
static const int32_t FINE[N] = {1, 1, 1, 2, 2, 3, 3, -1}, COARSE[N] = {1, 1, 1, 1, 1, 1, 1, -1};
static const struct hotdeck_data DATA = {.n = N, .unit = UNITS, .recipient = RECIPIENT, .donor = DONOR};

static struct hotdeck_result run(struct arena *a, const struct hotdeck_spec *s) {
  struct hotdeck_result r;
  struct err e;
  assert_int_equal(hotdeck_run(a, s, &DATA, &r, &e), E_OK);
  return r;
}
static void classes_collapse_until_there_are_donors_enough(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct hotdeck_spec s = {.n_levels = 2, .class_of = {FINE, COARSE}, .min_donors = 2, .n_replicates = 1, .seed = 5};
  struct hotdeck_result r = run(a, &s);
  assert_int_equal(r.n_recipients, 4);
  assert_int_equal(r.level[0], 0); /* c: a and b */
  assert_int_equal(r.level[1], 1); /* e: only d in the fine class */
  assert_int_equal(r.outcome[3], HOTDECK_NO_CLASS);
  assert_int_equal(r.donor[3], -1);
  assert_in_range(r.donor[0], 0, 1);
  assert_true(DONOR[r.donor[1]]);
  s.min_donors = 5;
  r = run(a, &s);
  for (int i = 0; i < 4; i++) assert_int_equal(r.outcome[i], HOTDECK_NO_CLASS);
  arena_free(a);
}
static void the_last_donor_in_order_and_a_cold_deck_to_begin_with(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  static const double key[N] = {3, 1, 2, 5, 0, 7, 4, 6};
  static const int64_t start[N] = {-1, -1, -1, -1, 5, -1, -1, -1};
  struct hotdeck_spec s = {.n_levels = 1, .class_of = {COARSE}, .min_donors = 1, .sequential = true, .sort_key = key, .n_replicates = 1, .seed = 5};
  struct hotdeck_result r = run(a, &s); /* in order: e b c a g d f */
  assert_int_equal(r.donor[0], 1);
  assert_int_equal(r.donor[1], -1);
  assert_int_equal(r.outcome[1], HOTDECK_NO_START);
  assert_int_equal(r.donor[2], 0);
  s.start = start;
  r = run(a, &s);
  assert_int_equal(r.donor[1], 5);
  arena_free(a);
}
/* Weights 1 2 3 4 of a b d f: in 1,000 replicates of three recipients each comes about 300, 600, 900, 1200 times. */
static void donors_are_drawn_by_their_weights(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  static const double weight[N] = {1, 2, -1, 3, -1, 4, -1, -1};
  for (int abb = 0; abb < 2; abb++) {
    const struct hotdeck_spec s = {
        .n_levels = 1, .class_of = {COARSE}, .min_donors = 1, .weight = weight, .abb = abb, .n_replicates = 1000, .seed = 3};
    struct hotdeck_result r = run(a, &s);
    assert_in_range(r.use[0], 240, 360);
    assert_in_range(r.use[1], 520, 680);
    assert_in_range(r.use[3], 810, 990);
    assert_in_range(r.use[5], 1100, 1300);
    int together = 0; /* the bootstrap ties what recipients of one replicate can get: they agree more often than 0.3 of the time */
    for (int m = 0; m < 1000; m++) together += r.donor[m * 4] == r.donor[m * 4 + 1];
    if (abb) assert_in_range(together, 420, 530); /* 1/4 + 3/4 * 0.30 = 0.475 */
    else assert_in_range(together, 250, 350);
  }
  arena_free(a);
}
static void what_a_hot_deck_refuses(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  static const double weight[N] = {1, 2, -1, 0, -1, 4, -1, -1};
  struct hotdeck_result r;
  struct err e;
  struct hotdeck_spec s = {.n_levels = 1, .class_of = {COARSE}, .min_donors = 1, .weight = weight, .n_replicates = 1};
  assert_int_equal(hotdeck_run(a, &s, &DATA, &r, &e), E_HOTDECK_WEIGHT);
  assert_string_equal(e.subject, "d");
  s.weight = NULL, s.n_replicates = 0;
  assert_int_equal(hotdeck_run(a, &s, &DATA, &r, &e), E_HOTDECK_PARAMETER);
  s.n_replicates = 1, s.sequential = true;
  assert_int_equal(hotdeck_run(a, &s, &DATA, &r, &e), E_HOTDECK_PARAMETER);
  arena_free(a);
}
/* The same units in reversed rows get the same donors. */
static void the_order_of_rows_changes_no_draw(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct str unit[N];
  uint8_t donor[N], recipient[N];
  int32_t class_of[N];
  struct hotdeck_result q;
  struct err e;
  for (int i = 0; i < N; i++)
    unit[i] = UNITS[N - 1 - i], donor[i] = DONOR[N - 1 - i], recipient[i] = RECIPIENT[N - 1 - i], class_of[i] = COARSE[N - 1 - i];
  const struct hotdeck_data turned = {.n = N, .unit = unit, .recipient = recipient, .donor = donor};
  for (int abb = 0; abb < 2; abb++) {
    struct hotdeck_spec s = {.n_levels = 1, .class_of = {COARSE}, .min_donors = 1, .abb = abb, .n_replicates = 50, .seed = 8};
    struct hotdeck_result r = run(a, &s);
    s.class_of[0] = class_of;
    assert_int_equal(hotdeck_run(a, &s, &turned, &q, &e), E_OK);
    for (int k = 0; k < 4 * 50; k++) assert_int_equal(r.donor[k], q.donor[k] < 0 ? -1 : N - 1 - q.donor[k]);
  }
  arena_free(a);
}
/* Number of range 10 with weight 1 and a category with weight 3. */
static void gower_by_hand(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  static const double x[N] = {0, 10, 4, 5, 0, 2, 7, 0};
  static const int32_t code[N] = {1, 1, 1, 2, 2, 1, 2, 1};
  static const uint8_t number_status[N] = {0, 0, 0, 0, VAL_BLANK, 0, 0, VAL_BLANK}, code_status[N] = {0, 0, 0, 0, 0, 0, 0, VAL_BLANK};
  static const double target[N] = {50, 20, 0, 40, 0, 30, 0, 0};
  const struct gower_variable v[] = {{.x = x, .status = number_status, .weight = 1}, {.code = code, .status = code_status, .weight = 3}};
  struct gower_spec s = {.n_variables = 2, .k = 3, .variables = v, .aggregate = GOWER_MEDIAN, .seed = 1};
  const struct gower_data d = {.n = N, .unit = UNITS, .recipient = RECIPIENT, .donor = DONOR, .target = target};
  struct gower_result r;
  double range[2];
  struct err e;
  assert_int_equal(gower_ranges(&s, &d, range, &e), E_OK);
  assert_true(range[0] == 10);
  assert_true(fabs(gower_distance(&s, range, 2, 0) - 0.1) < 1e-15);         /* (0.4 + 0) / 4 */
  assert_true(fabs(gower_distance(&s, range, 2, 3) - 0.775) < 1e-15);       /* (0.1 + 3) / 4 */
  assert_true(gower_distance(&s, range, 4, 3) == 0);                        /* the number is missing in e */
  assert_true(gower_distance(&s, range, 7, 3) < 0);
  assert_int_equal(gower_impute(a, &s, &d, &r, &e), E_OK);
  assert_int_equal(r.donors[0], 5); /* f 0.05, a 0.1, b 0.15 */
  assert_int_equal(r.donors[1], 0);
  assert_int_equal(r.donors[2], 1);
  assert_true(r.value[0] == 30);
  assert_int_equal(r.outcome[3], GOWER_TOO_FEW);
  s.k = 2;
  assert_int_equal(gower_impute(a, &s, &d, &r, &e), E_OK);
  assert_true(r.value[0] == 30); /* 30 and 50: the lower */
  s.k = 0;
  assert_int_equal(gower_impute(a, &s, &d, &r, &e), E_GOWER_PARAMETER);
  arena_free(a);
}
static void the_mode_and_the_draw(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  static const double x[N] = {0, 10, 4, 5, 0, 2, 7, 0}, target[N] = {1, 2, 0, 2, 0, 1, 0, 0};
  static const uint8_t status[N] = {0};
  const struct gower_variable v[] = {{.x = x, .status = status, .weight = 2}};
  struct gower_spec s = {.n_variables = 1, .k = 4, .variables = v, .aggregate = GOWER_MODE, .seed = 1};
  const struct gower_data d = {.n = N, .unit = UNITS, .recipient = RECIPIENT, .donor = DONOR, .target = target};
  struct gower_result r;
  struct err e;
  assert_int_equal(gower_impute(a, &s, &d, &r, &e), E_OK);
  assert_true(r.value[0] == 2); /* c = 4: d (5) is nearest, two and two */
  assert_true(r.value[1] == 1); /* e = 0: a is nearest */
  s.aggregate = GOWER_DRAW;
  assert_int_equal(gower_impute(a, &s, &d, &r, &e), E_OK);
  for (int i = 0; i < 4; i++) assert_true(DONOR[r.donor[i]]);
  arena_free(a);
}
static void every_allocation_may_fail(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  static const double x[N] = {0, 10, 4, 5, 0, 2, 7, 0};
  static const uint8_t status[N] = {0};
  const struct gower_variable v[] = {{.x = x, .status = status, .weight = 2}};
  const struct gower_spec g = {.n_variables = 1, .k = 2, .variables = v, .aggregate = GOWER_MEDIAN};
  const struct gower_data d = {.n = N, .unit = UNITS, .recipient = RECIPIENT, .donor = DONOR, .target = x};
  const struct hotdeck_spec h = {.n_levels = 2, .class_of = {FINE, COARSE}, .min_donors = 1, .n_replicates = 2};
  struct gower_result near;
  struct hotdeck_result deck;
  struct err e;
  for (int which = 0; which < 2; which++) {
    enum err_code code = E_NO_MEMORY;
    int n = 0;
    while (code == E_NO_MEMORY && n < 1000) {
      arena_fail_at((uint64_t)++n);
      code = which ? gower_impute(a, &g, &d, &near, &e) : hotdeck_run(a, &h, &DATA, &deck, &e);
      arena_fail_at(0);
    }
    assert_int_equal(code, E_OK);
    assert_true(n > 10);
  }
  arena_free(a);
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(classes_collapse_until_there_are_donors_enough),
                                     cmocka_unit_test(the_last_donor_in_order_and_a_cold_deck_to_begin_with),
                                     cmocka_unit_test(donors_are_drawn_by_their_weights),
                                     cmocka_unit_test(what_a_hot_deck_refuses),
                                     cmocka_unit_test(the_order_of_rows_changes_no_draw),
                                     cmocka_unit_test(gower_by_hand),
                                     cmocka_unit_test(the_mode_and_the_draw),
                                     cmocka_unit_test(every_allocation_may_fail)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
