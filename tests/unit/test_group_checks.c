/* Rules across records: uniqueness, sums and shares of a group, unknown figures, and that nothing depends on threads, shards or the order of rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "processing/edit/edit_run.h"
#include "processing/edit/group_measure.h"
#include "tests/unit/process_fixture.h"

static struct group_measure measure_number(struct small *s, const char *name, enum group_function f, const char *argument) {
  return (struct group_measure){name, f, small_compile(s, argument), NULL, EXPR_NUMBER, 0, ""};
}

/* The expression reads the measures as if they were items: compiled in a scope that knows them. */
struct scope {
  struct expr_scope form;
  const struct group_rule *rule;
};
static bool variable(void *context, struct str record, struct str name, struct expr_variable *out) {
  struct scope *s = context;
  for (int i = 0; i < s->rule->n_measures; i++)
    if (!record.p && str_eq(name, str_of(s->rule->measures[i].name))) {
      *out = (struct expr_variable){EXPR_NUMBER, 0, "", NULL};
      return true;
    }
  return s->form.variable(s->form.context, record, name, out);
}
static bool list(void *context, struct str name, const struct str **codes, int64_t *n) {
  struct scope *s = context;
  return s->form.list(s->form.context, name, codes, n);
}

static void group_check(
    struct small *s, const char *id, const char *universe, const char *by, struct group_measure *measures, int n, const char *expression) {
  struct group_rule *g = ARENA_NEW(s->arena, struct group_rule);
  struct expr *x = NULL;
  struct err e;
  small_check(s, id, SEVERITY_HARD, universe, "true");
  *g = (struct group_rule){by ? 1 : 0, n, ARENA_ARRAY(s->arena, const struct item *, 1), measures};
  if (by) g->by[0] = form_item(&s->form, by);
  struct scope context = {form_scope(&s->form), g};
  struct expr_scope scope = {&context, variable, list};
  if (expr_compile(s->arena, str_of(expression), &scope, "small", 1, 1, &x, &e)) abort();
  s->form.checks[s->form.n_checks - 1].expression = x;
  s->form.checks[s->form.n_checks - 1].group = g;
}

static void verdicts(struct small *s, const struct small_data *d, int shards, struct edit_result *r) {
  struct err e;
  assert_int_equal(edit_run(&s->job, s->arena, &s->form, small_shards(s, d, shards), shards, r, &e), E_OK);
}

/* industry A: u1 u2 u5 pay 10+20+30 = 60, B: u3 unknown pay, C: u4 alone. */
static const char *const rows[] = {"u1,A,1,1,10", "u2,A,2,0,20", "u3,B,1,5,", "u4,C,1,5,7", "u5,A,1,3,30", "u3,B,1,2,4"};

static void by_hand(void **state) {
  (void)state;
  struct small *s = small_new();
  struct small_data d = {rows, NULL, NULL, 6, 0, 0};
  struct edit_result r;
  struct group_measure n = measure_number(s, "n", GROUP_COUNT, NULL);
  struct group_measure some = measure_number(s, "some", GROUP_COUNT, "workers > 0"), total = measure_number(s, "paid", GROUP_SUM, "pay");
  struct group_measure most = measure_number(s, "most", GROUP_MAX, "pay"),
                       sizes = {"sizes", GROUP_DISTINCT, NULL, form_item(&s->form, "size"), EXPR_NUMBER, 0, ""};
  struct group_measure shares[] = {total, most};
  group_check(s, "unique", "", "unit_id", &n, 1, "n = 1");
  group_check(s, "share", "", "industry", shares, 2, "most < paid");
  group_check(s, "working", "", "industry", &some, 1, "some = 2");
  group_check(s, "sizes", "", "industry", &sizes, 1, "sizes = 2");
  group_check(s, "all", "pay > 4", NULL, &total, 1, "paid = 67");
  verdicts(s, &d, 2, &r);
  /* failed, passed, unknown, outside */
  static const int64_t want[][4] = {{2, 4, 0, 0}, {1, 3, 2, 0}, {1, 5, 0, 0}, {3, 3, 0, 0}, {0, 4, 1, 1}};
  for (int c = 0; c < 5; c++) {
    assert_int_equal(r.counts[c].failed, want[c][0]);
    assert_int_equal(r.counts[c].passed, want[c][1]);
    assert_int_equal(r.counts[c].unknown, want[c][2]);
    assert_int_equal(r.counts[c].outside, want[c][3]);
  }
  static const int64_t failures[][2] = {{2, 0}, {2, 3}, {3, 1}, {3, 2}, {3, 3}, {5, 0}, {5, 3}};
  assert_int_equal(r.n_failures, 7);
  for (int i = 0; i < 7; i++) {
    assert_int_equal(r.record[i], failures[i][0]);
    assert_int_equal(r.check[i], failures[i][1]);
  }
  small_free(s);
}

/* 20,000 rows in two orders, one to nine shards, one to eight threads: the same verdict for every unit. */
static void nothing_depends_on_order_shards_or_threads(void **state) {
  enum { N = 20000 };
  (void)state;
  struct small *s = small_new();
  struct group_measure n = measure_number(s, "n", GROUP_COUNT, NULL), total = measure_number(s, "paid", GROUP_SUM, "pay");
  struct group_measure both[] = {n, total};
  const char **forward = ARENA_ARRAY(s->arena, const char *, N), **backward = ARENA_ARRAY(s->arena, const char *, N);
  for (int i = 0; i < N; i++)
    forward[i] = backward[N - 1 - i] = arena_printf(s->arena, "u%d,%c,1,%d,%d", i / 2 * (i % 7 > 0), 'A' + i % 23, i % 3, i % 101);
  struct small_data in = {forward, NULL, NULL, N, 0, 0}, back = {backward, NULL, NULL, N, 0, 0};
  struct edit_result first, r;
  group_check(s, "unique", "", "unit_id", &n, 1, "n = 1");
  group_check(s, "mean", "workers > 0", "industry", both, 2, "pay <= 2 * paid / n");
  verdicts(s, &in, 1, &first);
  assert_true(first.n_failures > 100);
  for (int threads = 1; threads <= 8; threads *= 2) {
    s->job.n_threads = threads;
    verdicts(s, &in, 9, &r);
    assert_int_equal(r.n_failures, first.n_failures);
    assert_memory_equal(r.state, first.state, N);
    verdicts(s, &back, threads, &r);
    for (int i = 0; i < N; i++) assert_int_equal(r.state[N - 1 - i], first.state[i]);
  }
  small_free(s);
}

static void a_sum_beyond_64_bits_stops(void **state) {
  (void)state;
  struct small *s = small_new();
  struct small_data d = {ROWS("u1,A,1,1,9000000000000000000", "u2,A,1,1,9000000000000000000"), NULL, NULL, 2, 0, 0};
  struct group_measure total = measure_number(s, "paid", GROUP_SUM, "pay");
  struct edit_result r;
  struct err e = {0};
  group_check(s, "big", "", "industry", &total, 1, "paid > 0");
  assert_int_equal(edit_run(&s->job, s->arena, &s->form, small_shards(s, &d, 1), 1, &r, &e), E_GROUP_OVERFLOW);
  assert_string_equal(e.subject, "big");
  small_free(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(by_hand), cmocka_unit_test(nothing_depends_on_order_shards_or_threads), cmocka_unit_test(a_sum_beyond_64_bits_stops)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
