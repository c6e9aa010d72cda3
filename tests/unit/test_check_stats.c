/* Statistics of all checks, and what was done to items: by hand; the same for any cut into shards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "processing/edit/check_stats.h"
#include "processing/edit/edit_run.h"
#include "processing/unit/item_metrics.h"
#include "tests/unit/process_fixture.h"

static const char *const rows[] = {"u1,A,1,10,100,5,15", "u2,A,1,0,50,,?", "u3,B,2,20,900,9,10", "u4,B,2,,30,1,20", "u5,B,1,7,70,3,na"};
static const int64_t weight[] = {1500000000, 2000000000, 3000000000, 4000000000, 5000000000};
static const int32_t group[] = {0, 0, 1, 1, -1};

static struct small *form_with_checks(void) {
  struct small *s = small_new();
  small_check(s, "C1", SEVERITY_HARD, "workers > 0", "pay <= 400"); /* pass, outside, fail, miss, pass */
  small_check(s, "C2", SEVERITY_SOFT, "", "hours >= 1.2");          /* pass, miss, fail (1.0), pass, miss */
  return s;
}

static void counted(struct small *s, int n_shards, struct check_stats out[2]) {
  const struct small_data d = {.current = rows, .n_current = 5};
  const struct check_grouping by[] = {{NULL, 1}, {group, 2}};
  struct err e;
  const struct check_spec spec = {&s->form, small_shards(s, &d, n_shards), n_shards, NULL, NULL, weight, by, 2};
  assert_int_equal(check_stats_run(s->arena, &spec, out, &e), E_OK);
}

static void is(const struct check_tally *t, int64_t n, double w) {
  assert_int_equal(t->n, n);
  assert_true((double)t->weight == w * 1e9);
}

static void tables_by_hand(void **state) {
  struct small *s = form_with_checks();
  struct check_stats t[2];
  (void)state;
  counted(s, 1, t);
  assert_int_equal(t[0].m, 2);
  assert_int_equal(t[0].p, 2); /* pay, hours */
  is(&t[0].edit[CHECK_PASSED], 2, 6.5);
  is(&t[0].edit[CHECK_MISSED], 1, 4);
  is(&t[0].edit[CHECK_FAILED], 1, 3);
  is(&t[0].edit[CHECK_OUTSIDE], 1, 2);
  is(&t[0].edit[CHECK_STATUSES + CHECK_PASSED], 2, 5.5);
  is(&t[0].edit[CHECK_STATUSES + CHECK_MISSED], 2, 7);
  is(&t[0].edit[CHECK_STATUSES + CHECK_FAILED], 1, 3);
  is(&t[0].record[CHECK_PASSED], 1, 1.5);
  is(&t[0].record[CHECK_MISSED], 3, 11);
  is(&t[0].record[CHECK_FAILED], 1, 3);
  is(&t[0].k[2 * 3 + CHECK_PASSED], 1, 1.5);  /* u1 passes both */
  is(&t[0].k[0 * 3 + CHECK_PASSED], 2, 5);    /* u2, u3 pass none */
  is(&t[0].k[2 * 3 + CHECK_FAILED], 1, 3);    /* u3 fails both */
  is(&t[0].role[0 * 3 + CHECK_MISSED], 1, 4); /* pay: u4 alone misses C1 */
  is(&t[0].role[1 * 3 + CHECK_MISSED], 2, 7); /* hours: u2 and u5 miss C2 */
  is(&t[0].role[1 * 3 + CHECK_FAILED], 1, 3);
  const struct check_tally applied = check_stats_applied(&t[0], 0, 0, CHECK_PASSED), all = check_stats_total(&t[0], 0);
  is(&applied, 2, 6.5);
  is(&all, 5, 15.5);
  is(&t[1].record[CHECK_MISSED], 1, 2);     /* group 0: u2 */
  is(&t[1].record[3 + CHECK_FAILED], 1, 3); /* group 1: u3; u5 is in none */
  is(&t[1].record[3 + CHECK_MISSED], 1, 4);
  small_free(s);
}

static void same(const struct check_tally *a, const struct check_tally *b, int n) {
  for (int i = 0; i < n; i++) assert_true(a[i].n == b[i].n && a[i].weight == b[i].weight);
}

/* The counts of a check are those of edit_run, which is another program over the same rule. */
static void agrees_with_edit_run_and_any_cut(void **state) {
  (void)state;
  for (int n_shards = 1; n_shards <= 5; n_shards++) {
    struct small *s = form_with_checks(), *other = form_with_checks();
    const struct small_data d = {.current = rows, .n_current = 5};
    struct check_stats t[2], one[2];
    struct edit_result r;
    struct err e;
    counted(s, n_shards, t);
    counted(other, 1, one);
    assert_int_equal(edit_run(&s->job, s->arena, &s->form, small_shards(s, &d, n_shards), n_shards, &r, &e), E_OK);
    for (int i = 0; i < 2; i++) {
      assert_int_equal(t[0].edit[i * CHECK_STATUSES + CHECK_FAILED].n, r.counts[i].failed);
      assert_int_equal(t[0].edit[i * CHECK_STATUSES + CHECK_PASSED].n, r.counts[i].passed);
      assert_int_equal(t[0].edit[i * CHECK_STATUSES + CHECK_MISSED].n, r.counts[i].unknown);
      assert_int_equal(t[0].edit[i * CHECK_STATUSES + CHECK_OUTSIDE].n, r.counts[i].outside);
    }
    same(t[0].edit, one[0].edit, 2 * CHECK_STATUSES);
    same(t[1].role, one[1].role, 2 * 2 * 3);
    same(t[1].k, one[1].k, 2 * 3 * 3);
    small_free(s);
    small_free(other);
  }
}

/* Selected records and chosen checks only; a grouping without groups counts nobody. */
static void only_what_was_asked_for(void **state) {
  struct small *s = form_with_checks();
  const struct small_data d = {.current = rows, .n_current = 5};
  static const uint8_t checks[] = {0, 1}, selected[] = {1, 0, 1, 0, 0};
  const struct check_grouping by[] = {{NULL, 1}, {group, 0}};
  struct check_stats t[2];
  struct err e;
  (void)state;
  const struct check_spec spec = {&s->form, small_shards(s, &d, 2), 2, checks, selected, NULL, by, 2};
  assert_int_equal(check_stats_run(s->arena, &spec, t, &e), E_OK);
  assert_int_equal(t[0].m, 1);
  is(&t[0].record[CHECK_PASSED], 1, 1);
  is(&t[0].record[CHECK_FAILED], 1, 1);
  assert_int_equal(t[1].n_groups, 0);
  small_free(s);
}

/* 10 kept, 20 -> 26 changed, missing -> 5 imputed, 7 taken away, not applicable; weights 1 to 5. */
static void an_item_by_hand(void **state) {
  struct method_metrics by[1] = {{{0, 0}, {0, 0}}};
  struct item_metrics t = {.by = by}, sum = {.by = NULL};
  const struct item_cell cells[] = {{VAL_REPORTED, VAL_REPORTED, true, false, 10, 10, -1}, {VAL_REPORTED, VAL_CORRECTED, true, true, 20, 26, 0},
      {VAL_BLANK, VAL_IMPUTED, true, false, 0, 5, 0}, {VAL_REPORTED, VAL_BLANK, true, false, 7, 0, 0},
      {VAL_NOT_APPLICABLE, VAL_NOT_APPLICABLE, true, false, 0, 0, -1}};
  (void)state;
  for (int i = 0; i < 5; i++) assert_true(item_metrics_add(&t, &cells[i], (i + 1) * 1000000000LL));
  assert_true(t.eligible.n == 4 && t.eligible.weighted == (sum_int)10 * 1000000000);
  assert_true(t.answered.n == 3 && t.imputed.n == 1 && t.net_imputed.n == 1 && t.modified.n == 1 && t.cancelled.n == 1 && t.left_missing.n == 1);
  assert_true(t.change.n == 6 && t.change.weighted == (sum_int)12 * 1000000000);
  assert_true(t.raw_total.n == 37 && t.total.n == 41 && t.imputed_total.n == 5 && t.imputed_total.weighted == (sum_int)15 * 1000000000);
  assert_true(by[0].cells.n == 2 && by[0].value.n == 31 && by[0].value.weighted == (sum_int)67 * 1000000000);
  item_metrics_merge_counts(&sum, &t);
  item_metrics_merge_counts(&sum, &t);
  const struct item_cell filled = {VAL_REFUSED, VAL_CORRECTED, true, false, 0, 4, -1};
  assert_true(item_metrics_add(&t, &filled, 1000000000));
  assert_true(t.imputed.n == 2 && t.net_imputed.n == 2 && t.imputed_total.n == 9);
  assert_true(sum.eligible.n == 8 && sum.cancelled.weighted == (sum_int)8 * 1000000000 && sum.total.n == 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(tables_by_hand), cmocka_unit_test(agrees_with_edit_run_and_any_cut),
      cmocka_unit_test(only_what_was_asked_for), cmocka_unit_test(an_item_by_hand)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
