/* Blocks of mixed records with a shared pool: each record's answer is that of localise_mixed() alone, whatever the threads, the order and the other
 * records. Rules alone in 60 (--full: 1,500) random sets of 2,500 records each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "base/table.h"
#include "processing/localise/localise_mixed_run.h"
#include "tests/property/mixed_world.h"

enum { N = 2500 };
static int n_sets = 60;

struct columns {
  double x[P][N], prediction[P][N];
  uint8_t status[P][N];
  int code[Q][N];
  char id[N][8];
  struct str unit[N];
  const double *xs[P], *predictions[P];
  const uint8_t *statuses[P];
  const int *codes[Q];
  struct mixed_columns view;
};
static void put(struct columns *c, int at, const struct world *w, int number) {
  for (int j = 0; j < P; j++) {
    c->x[j][at] = w->missing[j] ? 0 : w->x[j];
    c->status[j][at] = w->missing[j] ? VAL_BLANK : VAL_REPORTED;
    c->prediction[j][at] = (number * 7 + j) % 6;
  }
  for (int k = 0; k < Q; k++) c->code[k][at] = w->code[k];
  for (int d = 0, v = number; d < 5; d++, v /= 10) c->id[at][4 - d] = (char)('0' + v % 10);
  c->unit[at] = str_view(c->id[at], 5);
}
static void view(struct columns *c, int64_t n, bool predicted) {
  for (int j = 0; j < P; j++) {
    c->xs[j] = c->x[j];
    c->statuses[j] = c->status[j];
    c->predictions[j] = c->prediction[j];
  }
  for (int k = 0; k < Q; k++) c->codes[k] = c->code[k];
  c->view = (struct mixed_columns){
      .n = n, .unit = c->unit, .x = c->xs, .status = c->statuses, .code = c->codes, .prediction = predicted ? c->predictions : NULL};
}
static const struct mixed_case *find(const struct mixed_result *r, int64_t row) {
  for (int64_t k = 0; k < r->n_cases; k++)
    if (r->cases[k].row == row) return &r->cases[k];
  return NULL;
}
static void assert_same(const struct mixed_case *a, const struct mixed_case *b) {
  assert_true(!a == !b);
  if (!a) return;
  assert_true(a->status == b->status && a->cost == b->cost && a->n_set == b->n_set && a->n_paid == b->n_paid && a->n_operations == b->n_operations);
  if (a->n_set) assert_memory_equal(a->set, b->set, (size_t)a->n_set * sizeof *a->set);
  if (a->n_paid) assert_memory_equal(a->paid, b->paid, (size_t)a->n_paid * sizeof *a->paid);
}
static void each_record_as_if_alone(void **state) {
  (void)state;
  int64_t failing = 0, kept = 0;
  static struct columns c, turned;
  for (int k = 0; k < n_sets; k++) {
    struct arena *a = arena_new(0);
    struct world w = {0};
    struct rng r;
    struct mixed_result one, many, back, few;
    struct err e = {0};
    rng_init(&r, 20261201, "mixed blocks", &k, sizeof k);
    assert_non_null(a);
    random_rules(&w, &r, false);
    const struct mixed_spec spec = {.rules = &w.rules, .weight = w.weight, .whole = k % 2 == 0, .seed = 7, .max_cost = k % 5 ? INFINITY : 2};
    for (int i = 0; i < N; i++) {
      random_record(&w, &r);
      put(&c, i, &w, i);
      put(&turned, N - 1 - i, &w, i);
    }
    view(&c, N, k % 3 == 0);
    view(&turned, N, k % 3 == 0);
    assert_int_equal(localise_mixed_run(&(struct job){.n_threads = 1}, a, &spec, &c.view, &one, &e), E_OK);
    assert_int_equal(localise_mixed_run(&(struct job){.n_threads = 3}, a, &spec, &c.view, &many, &e), E_OK);
    assert_int_equal(localise_mixed_run(&(struct job){.n_threads = 1}, a, &spec, &turned.view, &back, &e), E_OK);
    view(&c, N / 7, k % 3 == 0);
    assert_int_equal(localise_mixed_run(&(struct job){.n_threads = 1}, a, &spec, &c.view, &few, &e), E_OK);
    assert_memory_equal(one.status, many.status, N);
    assert_true(one.n_cases == many.n_cases && one.n_cases == back.n_cases);
    for (int64_t t = 0; t < one.n_cases; t++) {
      const struct mixed_case *found = &one.cases[t];
      assert_same(found, &many.cases[t]);
      assert_same(found, &back.cases[back.n_cases - 1 - t]);
      if (found->row < N / 7) assert_same(found, find(&few, found->row));
      if (t % 20) continue;
      const int i = (int)found->row;
      double x[P], prediction[P];
      bool missing[P];
      int code[Q];
      struct mixed_answer m;
      for (int j = 0; j < P; j++) {
        x[j] = c.x[j][i];
        missing[j] = c.status[j][i] >= VAL_BLANK;
        prediction[j] = c.prediction[j][i];
      }
      for (int j = 0; j < Q; j++) code[j] = c.code[j][i];
      const struct mixed_record record = {.unit = c.unit[i], .x = x, .missing = missing, .code = code, .prediction = k % 3 ? NULL : prediction};
      assert_int_equal(localise_mixed(a, &spec, &record, &m, &e), E_OK);
      assert_true(m.status == found->status);
      if (m.status != LOCALISE_SOLVED) continue;
      assert_true(m.cost == found->cost && m.n_set == found->n_set && m.n_paid == found->n_paid);
      if (m.n_set) assert_memory_equal(m.set, found->set, (size_t)m.n_set * sizeof *m.set);
    }
    failing += one.n_cases;
    kept += one.metrics.conflicts;
    arena_free(a);
  }
  print_message("%d sets of rules, %lld records do not pass, %lld refutations kept\n", n_sets, (long long)failing, (long long)kept);
  assert_true(failing > n_sets * 100 && kept > 0);
}
int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "--full") == 0) n_sets = 1500;
  const struct CMUnitTest tests[] = {cmocka_unit_test(each_record_as_if_alone)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
