/* The years 2004-2018 on a made frame: every departure from the plan is caught before release, and its stratum and its yen are named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "tests/unit/mls_frame.h"

static struct frame_month month;
static struct arena *arena;
static struct mls_guard_result result;

static void run(const struct frame_draw *d) {
  struct err e;
  arena = arena_new(0);
  frame_make(&month, 0);
  assert_true(frame_sample(&month, arena, d, &e));
  assert_int_equal(mls_guard(arena, &month.in, &result, &e), E_OK);
}
static const struct mls_finding *found(enum mls_control c, int stratum) {
  for (int32_t i = 0; i < result.n_findings; i++)
    if (result.findings[i].control == c && result.findings[i].stratum == stratum) return &result.findings[i];
  return NULL;
}
static void print_all(const char *what) {
  char line[600];
  print_message("   %s: %d findings, %d stop; pay %.0f, as planned %.0f, truth %.0f\n", what, result.n_findings, result.n_stops, result.pay,
      result.pay_as_planned, frame_truth(&month));
  for (int32_t i = 0; i < result.n_findings; i++)
    print_message("     %s\n", mls_finding_line(&month.in, &result.findings[i], line, sizeof line));
}
static void stops_and_names(const char *stratum) {
  struct err e;
  assert_int_equal(mls_guard_enforce(&month.in, &result, &e), E_MLS_PLAN_DEVIATES);
  assert_non_null(strstr(e.subject, stratum));
  assert_non_null(strstr(e.subject, "yen"));
}
/* The same average without the library: cells by hand, each E over its weighted workers. */
static double by_hand(const struct frame_draw *d, const double *weight) {
  double pay = 0, heads = 0;
  for (int c = 0; c < F_CELLS; c++) {
    double e0 = 0, e1 = 0, sum = 0;
    int64_t seen[F_STRATA] = {0};
    for (int i = 0; i < month.n_units; i++) {
      const struct frame_unit *u = &month.unit[i];
      if (u->stratum / F_GROUPS != c || seen[u->stratum]++ % d->every[u->stratum]) continue;
      e0 += weight[u->stratum] * (double)u->e0, e1 += weight[u->stratum] * (double)u->e1, sum += weight[u->stratum] * (double)u->pay * 1000;
    }
    pay += month.cells[c].workers_before / e0 * sum;
    heads += month.cells[c].workers_before / e0 * (e0 + e1) / 2;
  }
  return pay / heads;
}
static void right_weights(const struct frame_draw *d, double *w) {
  for (int h = 0; h < F_STRATA; h++) w[h] = (double)month.strata[h].frame_units / (double)month.strata[h].drawn_units;
  (void)d;
}

static void a_draw_as_planned_passes(void **state) {
  struct frame_draw d = frame_as_planned();
  struct err e;
  (void)state;
  run(&d);
  print_all("as planned");
  assert_int_equal(result.n_findings, 0);
  assert_int_equal(result.designated, 484);
  assert_int_equal(result.achieved, 484);
  assert_int_equal(mls_guard_enforce(&month.in, &result, &e), E_OK);
  assert_true(fabs(result.pay - by_hand(&d, d.used)) < 1e-6);
  assert_true(result.pay == result.pay_as_planned);
  assert_true(fabs(result.pay / frame_truth(&month) - 1) < 0.01);
  arena_free(arena);
}
/* 2004: Tokyo's large establishments drawn at one third while the program keeps the weight of 1. */
static struct frame_draw tokyo_third(double used) {
  struct frame_draw d = frame_as_planned();
  for (int i = 0; i < F_INDUSTRIES; i++) {
    int h = f_stratum(i, 0, 0);
    d.every[h] = 3, d.table_num[h] = (int64_t)used, d.used[h] = used;
  }
  return d;
}
static void tokyo_at_one_third_with_weight_1(void **state) {
  struct frame_draw d = tokyo_third(1);
  double w[F_STRATA], one[F_STRATA];
  (void)state;
  run(&d);
  print_all("2004, Tokyo 500+ at one third, weight 1");
  right_weights(&d, w);
  for (int i = 0; i < F_INDUSTRIES; i++) {
    int h = f_stratum(i, 0, 0);
    const struct mls_finding *rule = found(MLS_C3, h), *weight = found(MLS_C1, h);
    assert_true(rule && rule->stops && weight && weight->stops && weight->priced);
    assert_non_null(found(MLS_C4, h));
    assert_true(found(MLS_C2, h) && found(MLS_C2, h)->stops);
    memcpy(one, d.used, sizeof one);
    one[h] = w[h];
    assert_true(fabs(weight->bias - (by_hand(&d, d.used) - by_hand(&d, one))) < 1e-6);
    assert_true(weight->bias < -500 && weight->bias_cells < -5000);
  }
  assert_true(found(MLS_C6, -1) != NULL); /* 40 establishments short of what is published */
  assert_true(fabs(result.pay - by_hand(&d, d.used)) < 1e-6 && fabs(result.pay_as_planned - by_hand(&d, w)) < 1e-6);
  assert_true(result.pay < result.pay_as_planned - 1000);
  stops_and_names("/1/13");
  arena_free(arena);
}
/* January 2018: the weight of 3 comes back without a word; growth jumps. */
static void a_silent_restoration(void **state) {
  struct frame_draw d = tokyo_third(3);
  struct err e;
  (void)state;
  for (int i = 0; i < F_INDUSTRIES; i++) d.before[f_stratum(i, 0, 0)] = 1;
  run(&d);
  print_all("2018, weight 3 in silence");
  const struct mls_finding *step = found(MLS_C5, f_stratum(0, 0, 0));
  assert_true(step && step->stops && step->bias > 500);
  assert_null(found(MLS_C1, f_stratum(0, 0, 0))); /* the weight is right now; what is wrong is the silence, and the sampling */
  assert_true(found(MLS_C3, f_stratum(0, 0, 0))->stops);
  assert_true(found(MLS_C3, f_stratum(0, 0, 0))->error > 0);
  stops_and_names("/1/13");
  month.in.note_published = true;
  assert_int_equal(mls_guard(arena, &month.in, &result, &e), E_OK);
  assert_false(found(MLS_C5, f_stratum(0, 0, 0))->stops);
  assert_true(result.n_stops > 0); /* still sampled where the plan takes all */
  arena_free(arena);
}
/* 2009-2017: Tokyo's own rate of 30-499, expanded with the other prefectures' factor. */
static void tokyo_30_499_with_the_factor_of_others(void **state) {
  struct frame_draw d = frame_as_planned();
  (void)state;
  for (int i = 0; i < F_INDUSTRIES; i++)
    for (int s = 1; s < F_SIZES; s++) d.used[f_stratum(i, s, 0)] = f_every[s][2];
  run(&d);
  print_all("2009, Tokyo 30-499 with another factor");
  for (int i = 0; i < F_INDUSTRIES; i++)
    for (int s = 1; s < F_SIZES; s++) {
      const struct mls_finding *f = found(MLS_C1, f_stratum(i, s, 0));
      assert_true(f && f->stops && f->priced && f->bias > 50);
    }
  assert_null(found(MLS_C3, f_stratum(0, 1, 0))); /* the draw itself kept to the plan */
  stops_and_names("/13");
  arena_free(arena);
}
/* 2018-06: a "2" in a table for Osaka. With weight 2 nothing is biased, and an error is there that a take-all stratum has not. */
static void a_2_for_osaka(void **state) {
  struct frame_draw d = frame_as_planned();
  struct err e;
  (void)state;
  for (int i = 0; i < F_INDUSTRIES; i++) d.every[f_stratum(i, 0, 1)] = 2, d.table_num[f_stratum(i, 0, 1)] = 2, d.used[f_stratum(i, 0, 1)] = 2;
  run(&d);
  print_all("2018, a 2 for Osaka");
  const struct mls_finding *f = found(MLS_C3, f_stratum(0, 0, 1));
  assert_true(f && f->stops && fabs(f->bias) < 1e-9 && f->error > 0);
  assert_null(found(MLS_C1, f_stratum(0, 0, 1)));
  stops_and_names("/1/27");
  month.in.sample = NULL; /* before any report: the draw alone stops */
  assert_int_equal(mls_guard(arena, &month.in, &result, &e), E_OK);
  assert_true(found(MLS_C3, f_stratum(0, 0, 1))->stops);
  assert_int_equal(mls_guard_enforce(&month.in, &result, &e), E_MLS_PLAN_DEVIATES);
  assert_non_null(strstr(e.subject, "/1/27"));
  arena_free(arena);
}
static void an_exception_needs_two_persons_and_is_printed(void **state) {
  struct frame_draw d = frame_as_planned();
  struct mls_guard_exception x = {STR("E29/1/27"), MLS_C3, "flood in June: half are asked", 1};
  char line[600];
  struct err e;
  (void)state;
  d.every[f_stratum(0, 0, 1)] = 2, d.table_num[f_stratum(0, 0, 1)] = 2, d.used[f_stratum(0, 0, 1)] = 2;
  run(&d);
  month.plan.sample = -1;
  month.in.exceptions = &x;
  month.in.n_exceptions = 1;
  assert_int_equal(mls_guard(arena, &month.in, &result, &e), E_OK);
  assert_int_equal(result.n_stops, 1);
  x.signers = 2;
  assert_int_equal(mls_guard(arena, &month.in, &result, &e), E_OK);
  assert_int_equal(result.n_stops, 0);
  assert_int_equal(mls_guard_enforce(&month.in, &result, &e), E_OK);
  assert_non_null(strstr(mls_finding_line(&month.in, found(MLS_C3, f_stratum(0, 0, 1)), line, sizeof line), "approved: flood in June"));
  x.control = MLS_C1; /* of another control: no */
  assert_int_equal(mls_guard(arena, &month.in, &result, &e), E_OK);
  assert_int_equal(result.n_stops, 1);
  arena_free(arena);
}
static void no_weight_no_rule_no_sample(void **state) {
  struct frame_draw d = frame_as_planned();
  struct err e;
  (void)state;
  d.table_num[f_stratum(1, 1, 0)] = 0; /* no weight in the table while the program falls back to 1 */
  d.used[f_stratum(1, 1, 0)] = 1;
  run(&d);
  print_all("no weight");
  assert_non_null(strstr(found(MLS_C1, f_stratum(1, 1, 0))->text, "no weight"));
  stops_and_names("I56/5/13");
  month.strata[f_stratum(1, 2, 2)].size = STR("8"); /* outside the plan */
  assert_int_equal(mls_guard(arena, &month.in, &result, &e), E_OK);
  assert_non_null(strstr(found(MLS_C3, f_stratum(1, 2, 2))->text, "no rule"));
  arena_free(arena);
}
static void program_and_weight_table_are_the_approved_ones(void **state) {
  struct frame_draw d = frame_as_planned();
  char digest[DIGEST_TEXT], other[DIGEST_TEXT];
  struct err e;
  (void)state;
  run(&d);
  mls_guard_weights_digest(month.strata, F_STRATA, digest);
  month.plan.weights = str_of(digest);
  month.plan.program = STR("abc");
  month.in.weights = str_of(digest);
  assert_int_equal(mls_guard(arena, &month.in, &result, &e), E_OK);
  assert_int_equal(result.n_stops, 1); /* the program is not known */
  month.in.program = STR("abc");
  assert_int_equal(mls_guard(arena, &month.in, &result, &e), E_OK);
  assert_int_equal(result.n_stops, 0);
  month.strata[4].weight_num *= 2, month.strata[4].weight_den *= 2; /* the same ratio is another table */
  mls_guard_weights_digest(month.strata, F_STRATA, other);
  assert_string_not_equal(digest, other);
  month.in.weights = str_of(other);
  assert_int_equal(mls_guard(arena, &month.in, &result, &e), E_OK);
  assert_int_equal(found(MLS_C8, -1)->stops, true);
  arena_free(arena);
}
static void plans_that_are_none(void **state) {
  static const char *const bad[] = {"{}", "{\"rules\":[]}", "{\"rules\":[{\"rule\":\"all\"}]}",
      "{\"rules\":[{\"rule\":\"take-all\",\"weight_num\":2}]}",
      "{\"rules\":[{\"rule\":\"sample\",\"weight_num\":1,\"weight_den\":2}]}", "{\"rules\":[{\"rule\":\"sample\",\"weight_num\":-4}]}", "[1"};
  struct mls_plan p;
  struct err e;
  (void)state;
  arena = arena_new(0);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_int_not_equal(mls_plan_read(arena, "plan", bad[i], strlen(bad[i]), &p, &e), E_OK);
  assert_int_equal(mls_plan_read(arena, "plan", f_plan, sizeof f_plan - 1, &p, &e), E_OK);
  assert_int_equal(mls_plan_rule_of(&p, STR("E29"), STR("5"), STR("13"))->num, 4);
  assert_int_equal(mls_plan_rule_of(&p, STR("E29"), STR("5"), STR("14"))->num, 8);
  assert_true(mls_plan_rule_of(&p, STR("X"), STR("1"), STR("13"))->take_all);
  assert_null(mls_plan_rule_of(&p, STR("X"), STR("9"), STR("13")));
  arena_free(arena);
}
int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_draw_as_planned_passes),
      cmocka_unit_test(tokyo_at_one_third_with_weight_1),
      cmocka_unit_test(a_silent_restoration),
      cmocka_unit_test(tokyo_30_499_with_the_factor_of_others),
      cmocka_unit_test(a_2_for_osaka),
      cmocka_unit_test(an_exception_needs_two_persons_and_is_printed),
      cmocka_unit_test(no_weight_no_rule_no_sample),
      cmocka_unit_test(program_and_weight_table_are_the_approved_ones),
      cmocka_unit_test(plans_that_are_none),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
