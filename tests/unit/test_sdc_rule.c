/* The primary rules on contributions, each with the level it asks for: small cases that can be added by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "estimators/sdc/sdc_rule.h"

enum { MOST = 6 };
struct rule_case {
  const char *name;
  struct sdc_rule rule;
  int n;
  struct sdc_contribution x[MOST];
  enum sdc_reason reason;
  int64_t units;
  double level;
};
#define X(v) {.value = (v), .weight = 1, .holding = -1}
static const struct rule_case cases[] = {
    {"two of three units", {.min_n = 3}, 2, {X(5), X(7)}, SDC_FEW, 2, 0},
    {"three units are enough", {.min_n = 3}, 3, {X(5), X(7), X(1)}, SDC_SAFE, 3, 0},
    {"no unit is no secret", {.min_n = 3}, 0, {X(0)}, SDC_SAFE, 0, 0},
    {"safety range of few", {.min_n = 3, .safety_range = 10}, 2, {X(30), X(70)}, SDC_FEW, 2, 10},
    {"three units of one owner", {.min_n = 3}, 3, {{5, 1, 9, 0, 0, 0}, {7, 1, 9, 0, 0, 0}, {1, 1, 9, 0, 0, 0}}, SDC_FEW, 1, 0},
    {"dominance 2, 85", {.dominance_n = 2, .dominance_percent = 85}, 4, {X(60), X(30), X(5), X(5)}, SDC_DOMINATED, 4, 90 / 0.85 - 100},
    {"dominance at the limit", {.dominance_n = 1, .dominance_percent = 60}, 2, {X(60), X(40)}, SDC_SAFE, 2, 0},
    {"p percent", {.p = 10}, 4, {X(80), X(15), X(3), X(2)}, SDC_P_PERCENT, 4, 3},
    {"p percent safe", {.p = 10}, 4, {X(80), X(10), X(5), X(5)}, SDC_SAFE, 4, 0},
    {"p over q", {.p = 10, .q = 50}, 4, {X(80), X(10), X(5), X(5)}, SDC_P_PERCENT, 4, 6},
    {"coalition of two", {.p = 10, .coalition = 2}, 4, {X(80), X(10), X(5), X(5)}, SDC_P_PERCENT, 4, 3},
    {"the largest has waived", {.p = 10}, 3, {{80, 1, -1, true, false, 0}, X(40), X(30)}, SDC_SAFE, 3, 0},
    {"waived, the next is not safe", {.p = 10}, 3, {{80, 1, -1, true, false, 0}, X(40), X(2)}, SDC_P_PERCENT, 3, 2},
    {"request without asking", {.request = true, .request_percent = 50}, 2, {X(80), X(20)}, SDC_SAFE, 2, 0},
    {"request", {.request = true, .request_percent = 50, .safety_range = 5}, 2, {{80, 1, -1, false, true, 0}, X(20)}, SDC_REQUEST, 2, 5},
    {"negative values by size", {.dominance_n = 1, .dominance_percent = 75}, 2, {X(-80), X(20)}, SDC_DOMINATED, 2, 80 / 0.75 - 100},
    {"zeros of a group", {.zero_is_group = true}, 5, {X(0), X(0), X(0), X(0), X(0)}, SDC_ZERO_GROUP, 5, 0},
    {"zeros shown", {.min_n = 3}, 5, {X(0), X(0), X(0), X(0), X(0)}, SDC_SAFE, 5, 0},
    {"weights repeat", {.p = 10, .weights = SDC_WEIGHTS_REPEAT}, 2, {{50, 2, -1, 0, 0, 0}, {4, 1, -1, 0, 0, 0}}, SDC_P_PERCENT, 2, 1},
    {"weights, raw largest", {.p = 10, .weights = SDC_WEIGHTS_RAW}, 2, {{50, 1.1, -1, 0, 0, 0}, {4, 1, -1, 0, 0, 0}}, SDC_SAFE, 2, 0},
    {"unweighted count of a sample", {.min_n = 3, .weights = SDC_WEIGHTS_RAW}, 2, {{50, 20, -1, 0, 0, 0}, {4, 30, -1, 0, 0, 0}}, SDC_FEW, 2, 0},
};
static void each_rule(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct rule_case c = cases[i];
    struct sdc_judgement j;
    assert_int_equal(sdc_judge(&c.rule, c.x, c.n, &j, NULL), E_OK);
    if (j.reason != c.reason || j.n != c.units || fabs(j.level - c.level) > 1e-9)
      fail_msg("%s: %s, %lld units, level %g", c.name, sdc_reason_word(j.reason), (long long)j.n, j.level);
  }
}
static void rules_that_cannot_be(void **state) {
  (void)state;
  struct sdc_judgement j;
  struct sdc_contribution x[] = {{5, 1, 3, 0, 0, 0}, {0, 0, -1, 0, 0, 0}};
  assert_int_equal(sdc_judge(&(struct sdc_rule){.dominance_n = 1, .dominance_percent = 120}, x, 1, &j, NULL), E_SDC_PROFILE_RULE);
  assert_int_equal(sdc_judge(&(struct sdc_rule){.p = 60, .q = 50}, x, 1, &j, NULL), E_SDC_PROFILE_RULE);
  assert_int_equal(sdc_judge(&(struct sdc_rule){.weights = SDC_WEIGHTS_REPEAT}, x, 1, &j, NULL), E_SDC_PROFILE_RULE);
  assert_int_equal(sdc_judge(&(struct sdc_rule){.weights = SDC_WEIGHTS_RAW}, x + 1, 1, &j, NULL), E_SDC_PROFILE_RULE);
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(each_rule), cmocka_unit_test(rules_that_cannot_be)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
