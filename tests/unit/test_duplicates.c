/* test_duplicates.c -- planted doubles are found, twins are not, what is too large is named, points are those of the stated chances. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/duplicates_fixture.h"

struct heard {
  int warnings;
  struct err last;
};
static void hear(void *context, const struct err *e) {
  struct heard *h = context;
  h->warnings++;
  h->last = *e;
}

static struct err error;
static struct duplicates_found find(struct arena *a, struct births *b, int threshold, struct heard *h) {
  struct duplicates_found found;
  const struct job job = {.arena = a, .n_threads = 1, .problem = hear, .problem_context = h};
  assert_int_equal(duplicates_find(&job, a, duplicate_rule_of("vital", "birth"), b->tables, b->current, 2, threshold, &found, &error), E_OK);
  return found;
}

static void points_are_those_of_the_stated_chances(void **state) {
  (void)state;
  int n = 0;
  for (int i = 0; duplicate_rule_at(i); i++)
    for (int k = 0; k < duplicate_rule_at(i)->n_items; k++, n++) {
      const struct duplicate_item *it = &duplicate_rule_at(i)->items[k];
      double m = it->m / 1e4, u = it->u / 1e4;
      assert_int_equal(it->agree, lround(10 * log2(m / u)));
      assert_int_equal(it->disagree, lround(10 * log2((1 - m) / (1 - u))));
    }
  assert_int_equal(n, 17);
  assert_null(duplicate_rule_of("vital", "population"));
}

static void planted_doubles_are_found_and_twins_are_not(void **state) {
  static const struct { int spoil, at_least; } cases[] = {{0, 200}, {5, 185}, {15, 160}};
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct arena *a = arena_new(0);
    struct births b;
    struct heard h = {0};
    int64_t hits, alarms;
    assert_int_equal(births_make(&b, a, 7, 30000, 200, cases[i].spoil), 0);
    struct duplicates_found found = find(a, &b, DUPLICATE_SCORE, &h);
    births_judge(&b, &found, &hits, &alarms);
    assert_true(hits >= cases[i].at_least);
    assert_true(alarms <= 3);
    assert_true(found.n_exempt >= b.n_twins * 9 / 10);
    assert_int_equal(h.warnings, 0);
    for (int64_t p = 1; p < found.n_pairs; p++)
      assert_true(found.pairs[p - 1].table[0] < found.pairs[p].table[0] || found.pairs[p - 1].row[0] <= found.pairs[p].row[0]);
    arena_free(a);
  }
}

static void twins_are_no_pair_but_a_twin_sent_twice_is(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct births b;
  struct heard h = {0};
  assert_int_equal(births_make(&b, a, 3, 100, 0, 0), 0); /* rows 98 and 99 are twins */
  struct duplicates_found found = find(a, &b, DUPLICATE_SCORE, &h);
  assert_int_equal(found.n_pairs, 0);
  assert_int_equal(found.n_exempt, 1);
  births_copy(&b.tables[1], 0, &b.tables[0], 99);
  b.tables[1].n_rows = 1;
  found = find(a, &b, DUPLICATE_SCORE, &h);
  assert_int_equal(found.n_pairs, 1); /* the second twin and its copy, not the first */
  assert_int_equal(found.pairs[0].row[0], 99);
  assert_int_equal(found.n_exempt, 2);
  arena_free(a);
}

static void a_missing_item_neither_speaks_for_nor_against(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct births b;
  struct heard h = {0};
  assert_int_equal(births_make(&b, a, 3, 10, 0, 0), 0);
  births_copy(&b.tables[1], 0, &b.tables[0], 4);
  b.tables[1].n_rows = 1;
  int whole = find(a, &b, DUPLICATE_SCORE, &h).pairs[0].score;
  b.tables[1].columns[F_WEIGHT].status[0] = VAL_UNKNOWN;
  struct duplicates_found found = find(a, &b, DUPLICATE_SCORE, &h);
  const struct duplicate_item *weight = &duplicate_rule_of("vital", "birth")->items[F_WEIGHT];
  assert_int_equal(found.n_pairs, 1);
  assert_int_equal(found.pairs[0].score, whole - weight->agree);
  assert_int_equal(found.pairs[0].agree >> F_WEIGHT & 1, 0);
  assert_int_equal(found.pairs[0].differ, 0);
  b.tables[1].columns[F_WEIGHT].status[0] = VAL_REPORTED;
  b.tables[1].columns[F_WEIGHT].i64[0]++;
  found = find(a, &b, DUPLICATE_SCORE, &h);
  assert_int_equal(found.pairs[0].score, whole - weight->agree + weight->disagree);
  assert_int_equal(found.pairs[0].differ, 1u << F_WEIGHT);
  arena_free(a);
}

static void only_pairs_with_a_record_of_the_period(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct births b;
  struct heard h = {0};
  assert_int_equal(births_make(&b, a, 3, 400, 20, 0), 0);
  b.current[0] = false;
  assert_true(find(a, &b, DUPLICATE_SCORE, &h).n_pairs >= 20);
  b.current[1] = false;
  assert_int_equal(find(a, &b, DUPLICATE_SCORE, &h).n_pairs, 0);
  arena_free(a);
}

/* One value for everybody: no quadratic work, and the officer is told. */
static void a_block_too_large_is_named_and_not_compared(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct births b;
  struct heard h = {0};
  assert_int_equal(births_make(&b, a, 3, DUPLICATE_BLOCK + 1, 0, 0), 0);
  for (int64_t i = 0; i <= DUPLICATE_BLOCK; i++)
    for (int k = 0; k < F_PLURALITY; k++) births_cell(&b.tables[0], k, i, 1);
  struct duplicates_found found = find(a, &b, DUPLICATE_SCORE, &h);
  assert_int_equal(found.n_compared, 0);
  assert_int_equal(found.n_skipped, 4 * (DUPLICATE_BLOCK + 1));
  assert_int_equal(h.warnings, 4);
  assert_int_equal(h.last.code, E_DUPLICATE_BLOCK);
  b.tables[0].n_rows = DUPLICATE_BLOCK; /* one less is compared */
  found = find(a, &b, 1000000, &h);
  assert_int_equal(found.n_compared, (int64_t)4 * DUPLICATE_BLOCK * (DUPLICATE_BLOCK - 1) / 2);
  assert_int_equal(h.warnings, 4);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(points_are_those_of_the_stated_chances),
      cmocka_unit_test(planted_doubles_are_found_and_twins_are_not), cmocka_unit_test(twins_are_no_pair_but_a_twin_sent_twice_is),
      cmocka_unit_test(a_missing_item_neither_speaks_for_nor_against), cmocka_unit_test(only_pairs_with_a_record_of_the_period),
      cmocka_unit_test(a_block_too_large_is_named_and_not_compared)};
  return cmocka_run_group_tests_name("duplicates", tests, NULL, NULL);
}
