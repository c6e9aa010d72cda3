/* Chains along time by hand: markers, links, trimming, weighting, classes, gaps, back data, the month of last year. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "processing/impute/longitudinal.h"

static void close_to(double a, double b, double within) { assert_true(fabs(a - b) <= within); }
#define NO NAN /* in these tables only: a value that is not there */
struct line {
  const char *unit;
  int period, class_;
  double y, x, manual;
  const char *marker;
  double value;
};
static struct long_rule plain(void) { return (struct long_rule){.weight = 1, .step = 1}; }
static struct long_values values(struct arena *a, const struct line *l, int n, size_t offset) {
  double *x = ARENA_ARRAY(a, double, n);
  uint8_t *status = ARENA_ARRAY(a, uint8_t, n);
  for (int i = 0; i < n; i++) {
    double v;
    memcpy(&v, (const char *)&l[i] + offset, sizeof v);
    status[i] = isnan(v) ? VAL_BLANK : VAL_REPORTED;
    x[i] = isnan(v) ? 0 : v;
  }
  return (struct long_values){x, status};
}
static struct long_input input(struct arena *a, const struct line *l, int n) {
  struct str *unit = ARENA_ARRAY(a, struct str, n);
  int32_t *period = ARENA_ARRAY(a, int32_t, n), *class_ = ARENA_ARRAY(a, int32_t, n);
  for (int i = 0; i < n; i++) unit[i] = str_of(l[i].unit), period[i] = l[i].period, class_[i] = l[i].class_;
  return (struct long_input){.n = n, .unit = unit, .period = period, .class_ = class_, .response = values(a, l, n, offsetof(struct line, y)),
      .auxiliary = values(a, l, n, offsetof(struct line, x)),
                             .manual = values(a, l, n, offsetof(struct line, manual))};
}
static struct long_row *run(struct arena *a, const struct line *l, int n, struct long_rule rule) {
  const struct long_input in = input(a, l, n);
  struct long_row *r;
  struct err e;
  assert_int_equal(longitudinal_run(a, &in, &rule, &r, &e), E_OK);
  for (int i = 0; i < n; i++) {
    assert_string_equal(LONG_MARKER[r[i].marker], l[i].marker);
    if (*l[i].marker) close_to(r[i].value, l[i].value, 1e-9);
  }
  return r;
}
static void every_marker_by_hand(void **state) {
  /* class 1: p and q respond always: links forward 40/20 = 2 and 60/40 = 1.5, backward 0.5 and 2/3, construction 20/5 = 4, 8, 12 */
  static const struct line l[] = {
      {"p", 1, 1, 15, 3, NO, "R", 15}, {"p", 2, 1, 25, 3, NO, "R", 25}, {"p", 3, 1, 35, 3, NO, "R", 35}, {"q", 1, 1, 5, 2, NO, "R", 5}, {"q", 2, 1,
          15, 2, NO, "R", 15}, {"q", 3, 1, 25, 2, NO, "R", 25},
      {"forward", 1, 2, 7, 9, NO, "R", 7}, {"forward", 2, 2, NO, 9, NO, "FIR", 7}, {"forward", 3, 2, NO, 9, NO, "FIR", 7},
      {"back", 1, 1, NO, 9, NO, "C", 36}, {"back", 2, 1, NO, 9, NO, "FIC", 72}, {"back", 3, 1, NO, 9, NO, "FIC", 108},
      {"man", 1, 1, NO, 1, NO, "C", 4}, {"man", 2, 1, NO, 1, 100, "MC", 100}, {"man", 3, 1, NO, 1, NO, "FIMC", 150},
      {"none", 1, 1, NO, NO, NO, "", 0}, {"none", 2, 1, NO, NO, NO, "", 0},
      {"gap", 1, 1, NO, 1, NO, "C", 4}, {"gap", 3, 1, NO, 1, NO, "C", 12},
  };
  struct arena *a = arena_new(0);
  (void)state;
  const struct long_row *r = run(a, l, sizeof l / sizeof *l, plain());
  close_to(r[1].link[LINK_FORWARD].value, 2, 1e-12), close_to(r[1].link[LINK_BACKWARD].value, 40.0 / 60, 1e-12),
      close_to(r[2].link[LINK_CONSTRUCTION].value, 12, 1e-12);
  assert_int_equal(r[1].link[LINK_FORWARD].count, 2);
  assert_true(r[0].link[LINK_FORWARD].is_default && r[2].link[LINK_BACKWARD].is_default);
  assert_true(r[7].link[LINK_FORWARD].is_default); /* nobody of class 2 responded twice: 1 */
  arena_free(a);
}
static void a_response_to_come_is_carried_backward(void **state) {
  static const struct line l[] = {{"p", 1, 1, 10, 1, NO, "R", 10}, {"p", 2, 1, 20, 1, NO, "R", 20}, {"p", 3, 1, 40, 1, NO, "R", 40},
                                  {"b", 1, 1, NO, 1, NO, "BI", 2}, {"b", 2, 1, NO, 1, NO, "BI", 4}, {"b", 3, 1, 8, 1, NO, "R", 8}};
  struct arena *a = arena_new(0);
  (void)state;
  run(a, l, 6, plain());
  arena_free(a);
}
static void a_unit_that_changes_class_begins_anew(void **state) {
  static const struct line l[] = {{"p", 1, 1, 10, 1, NO, "R", 10}, {"p", 2, 1, 20, 1, NO, "R", 20}, {"p2", 2, 2, 30, 1, NO, "R", 30},
                                  {"c", 1, 1, 5, 1, NO, "R", 5}, {"c", 2, 2, NO, 2, NO, "C", 60}};
  struct arena *a = arena_new(0);
  (void)state;
  run(a, l, 5, plain());
  arena_free(a);
}
static void means_of_ratios_are_trimmed_by_rank(void **state) {
  static const char *const units[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};
  static const double ratio[] = {9, 1, 2, 3, 4, 5, 6, 7, 8, 100};
  struct line l[20];
  struct arena *a = arena_new(0);
  struct long_rule rule = plain();
  (void)state;
  for (int i = 0; i < 10; i++) {
    l[2 * i] = (struct line){units[i], 1, 1, 2, 1, NO, "R", 2};
    l[2 * i + 1] = (struct line){units[i], 2, 1, 2 * ratio[i], 1, NO, "R", 2 * ratio[i]};
  }
  rule.mean_of_ratios = true, rule.lower_trim = 20, rule.upper_trim = 20, rule.trim_above = 9;
  const struct long_row *r = run(a, l, 20, rule); /* ranks 2 to 9: 2 .. 9 */
  close_to(r[1].link[LINK_FORWARD].value, 5.5, 1e-12);
  assert_int_equal(r[1].link[LINK_FORWARD].count, 8);
  assert_true(r[1].kept[0] && !r[3].kept[0] && !r[19].kept[0]);
  rule.trim_above = 10; /* ten are not more than ten */
  r = run(a, l, 20, rule);
  close_to(r[1].link[LINK_FORWARD].value, 14.5, 1e-12);
  arena_free(a);
}
static void zeros_are_kept_as_one_or_left_out(void **state) {
  static const struct line l[] = {{"a", 1, 1, 0, 1, NO, "R", 0}, {"a", 2, 1, 5, 1, NO, "R", 5}, {"b", 1, 1, 2, 1, NO, "R", 2}, {"b", 2, 1, 6, 1, NO,
      "R", 6}};
  struct arena *a = arena_new(0);
  struct long_rule rule = plain();
  (void)state;
  rule.mean_of_ratios = true;
  close_to(run(a, l, 4, rule)[1].link[LINK_FORWARD].value, 3, 1e-12);
  rule.keep_zeros = true;
  close_to(run(a, l, 4, rule)[1].link[LINK_FORWARD].value, 2, 1e-12);
  arena_free(a);
}
static void a_month_is_carried_by_the_same_month_of_last_year(void **state) {
  static const struct line l[] = {{"p", 1, 1, 10, 1, NO, "R", 10}, {"p", 13, 1, 12, 1, NO, "R", 12}, {"p", 12, 1, 500, 1, NO, "R", 500}, {"q", 1, 1,
      100, 1, NO, "R", 100}, {"q", 13, 1, NO, 1, NO, "FIR", 120}};
  struct arena *a = arena_new(0);
  struct long_rule rule = plain();
  (void)state;
  rule.step = 12;
  run(a, l, 5, rule);
  arena_free(a);
}
static void links_are_weighted_with_earlier_ones(void **state) {
  static const struct line l[] = {{"p", 1, 1, 10, 1, NO, "R", 10}, {"p", 2, 1, 20, 1, NO, "R", 20}, {"p", 3, 1, 80, 1, NO, "R", 80}, {"q", 2, 1, 1,
      1, NO, "R", 1}, {"q", 3, 1, NO, 1, NO, "FIR", 0.25 * 4 + 0.75 * 2}};
  struct arena *a = arena_new(0);
  struct long_rule rule = plain();
  const struct long_past past = {0, 1, {3, 1, 1}};
  struct long_row *r;
  struct err e;
  (void)state;
  rule.weight = 0.25, rule.weight_lag = 1;
  run(a, l, 5, rule);
  struct long_input in = input(a, l, 5);
  in.n_past = 1, in.past = &past;
  assert_int_equal(longitudinal_run(a, &in, &rule, &r, &e), E_OK);
  close_to(r[0].link[LINK_FORWARD].value, 0.25 * 1 + 0.75 * 3, 1e-12);
  arena_free(a);
}
static void what_makes_no_chain_is_refused(void **state) {
  static const struct line l[] = {{"p", 1, 1, 10, 1, NO, "R", 10}, {"p", 1, 1, 20, 1, NO, "R", 20}};
  struct arena *a = arena_new(0);
  struct long_input in = input(a, l, 2);
  struct long_rule rule = plain();
  struct long_row *r;
  struct err e;
  (void)state;
  assert_int_equal(longitudinal_run(a, &in, &rule, &r, &e), E_CHAIN_PERIOD);
  rule.step = 0;
  assert_int_equal(longitudinal_run(a, &in, &rule, &r, &e), E_MODEL_SPEC);
  rule.step = 1, rule.weight = 0.5;
  assert_int_equal(longitudinal_run(a, &in, &rule, &r, &e), E_MODEL_SPEC);
  rule.weight = 1, rule.lower_trim = 60, rule.upper_trim = 50;
  assert_int_equal(longitudinal_run(a, &in, &rule, &r, &e), E_MODEL_SPEC);
  arena_free(a);
}
int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_marker_by_hand),
      cmocka_unit_test(a_response_to_come_is_carried_backward),
      cmocka_unit_test(a_unit_that_changes_class_begins_anew),
      cmocka_unit_test(means_of_ratios_are_trimmed_by_rank),
      cmocka_unit_test(zeros_are_kept_as_one_or_left_out),
      cmocka_unit_test(a_month_is_carried_by_the_same_month_of_last_year),
      cmocka_unit_test(links_are_weighted_with_earlier_ones),
      cmocka_unit_test(what_makes_no_chain_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
