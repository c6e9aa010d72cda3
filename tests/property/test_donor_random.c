/* Nearest donors on random records: the index finds what a search by definition finds; order of rows, subsets of recipients and threads change
 * nothing. */
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "processing/impute/donor.h"

enum { ITEMS = 5, GROUPS = 3 };
static const char *const NAMES[ITEMS] = {"A", "B", "C", "T", "S"};
static const int MATCH[] = {4};
struct world {
  struct arena *a;
  struct num_table t;
  uint8_t *flags, *ranked;
  int32_t *group;
  struct linear_system edits, post;
  struct donor_spec s;
};
/* Record i of the world stands in row place(i) = (i * step + shift) mod n. */
static void make(struct world *w, uint64_t seed, int64_t n, int64_t step, int64_t shift) {
  struct err e;
  w->a = arena_new(0);
  assert_int_equal(num_table_init(&w->t, w->a, NAMES, ITEMS, n, &e), E_OK);
  struct str *unit = ARENA_ARRAY(w->a, struct str, n);
  w->flags = ARENA_ARRAY(w->a, uint8_t, ITEMS * n);
  w->ranked = ARENA_ARRAY(w->a, uint8_t, n);
  w->group = ARENA_ARRAY(w->a, int32_t, n);
  for (int64_t i = 0; i < n; i++) {
    const int64_t row = (i * step + shift) % n;
    struct rng r;
    rng_init(&r, seed, "donors", &i, sizeof i);
    const char *id = arena_printf(w->a, "u%lld", (long long)i);
    unit[row] = str_of(id);
    const uint64_t size = 1 + rng_below(&r, 60), kind = rng_below(&r, 10);
    for (int j = 0; j < ITEMS; j++) {
      w->t.columns[j].x[row] = (double)(size * (1 + rng_below(&r, 4)) + rng_below(&r, 8));
      w->t.columns[j].status[row] = VAL_REPORTED;
    }
    const uint64_t item = rng_below(&r, 6); /* A most often, so that its matching set has a tree of its own */
    if (kind < 3) w->flags[(item < 4 ? item : 0) * (uint64_t)n + (uint64_t)row] = DONOR_FLAGGED;
    if (kind == 3) w->flags[rng_below(&r, 2) * (uint64_t)n + (uint64_t)row] = w->flags[2 * n + row] = DONOR_FLAGGED;
    if (kind == 4 && rng_below(&r, 3) == 0) w->flags[rng_below(&r, 4) * (uint64_t)n + (uint64_t)row] = DONOR_TO_EXCLUDE;
    w->group[row] = rng_below(&r, 10) < 8 ? 0 : 1 + (int32_t)rng_below(&r, GROUPS - 1);
    w->ranked[row] = (uint8_t)rng_below(&r, 2);
  }
  w->t.unit = unit;
  assert_int_equal(linear_parse(w->a, STR("A + B + C = T; A <= 5*B; C <= 90;"), false, &w->edits, &e), E_OK);
  assert_int_equal(linear_parse(w->a, STR("A + B + C <= 2*T; A + B + C >= 1.2*T;"), false, &w->post, &e), E_OK);
  w->s = (struct donor_spec){.edits = &w->edits,
                             .post_edits = &w->post,
                             .must_match = MATCH,
                             .n_must_match = 1,
                             .n_nearest = 4,
                             .min_donors = 1,
                             .percent_donors = 1,
                             .random = true,
                             .seed = seed};
}
static struct donor_result run(struct world *w, const uint8_t *ranked) {
  struct donor_result r;
  struct err e;
  const struct donor_data d = {.t = &w->t, .flags = w->flags, .group = w->group, .n_groups = GROUPS, .ranked = ranked};
  assert_int_equal(donor_impute(w->a, &w->s, &d, &r, &e), E_OK);
  return r;
}
/* (rank + (ties - 1) / 2) / (n + 1), counted from scratch: [ITEMS][n]. */
static double *ranks(const struct world *w, const struct donor_result *r) {
  const int64_t n = w->t.n;
  double *out = ARENA_ARRAY(w->a, double, ITEMS * n);
  for (int j = 0; j < ITEMS; j++)
    for (int64_t i = 0; i < n; i++) {
      int below = 0, ties = 0, usable = 0;
      for (int64_t o = 0; o < n; o++) {
        if (w->group[o] != w->group[i] || (r->role[o] != ROLE_DONOR && r->role[o] != ROLE_RECIPIENT) || (w->flags[j * n + o] & DONOR_FLAGGED))
          continue;
        usable++;
        below += w->t.columns[j].x[o] < w->t.columns[j].x[i];
        ties += w->t.columns[j].x[o] == w->t.columns[j].x[i];
      }
      out[j * n + i] = (below + 1 + (ties - 1) / 2.0) / (usable + 1);
    }
  return out;
}
static int64_t distance(const struct world *w, const double *rank, const struct donor_recipient *to, int64_t donor) {
  double far = 0;
  for (int j = 0; j < ITEMS; j++)
    if (to->matching[0] >> j & 1) far = fmax(far, fabs(rank[j * w->t.n + to->row] - rank[j * w->t.n + donor]));
  return (int64_t)floor(far * 1e7 + 0.5);
}
static bool gives(const struct world *w, int64_t to, int64_t donor) {
  for (int j = 0; j < 4; j++)
    if ((w->flags[j * w->t.n + to] & DONOR_FLAGGED) && (w->flags[j * w->t.n + donor] & DONOR_TO_EXCLUDE)) return false;
  return true;
}
static bool passes(const struct world *w, int64_t to, int64_t donor) {
  double x[ITEMS];
  for (int v = 0; v < w->post.p; v++) {
    const int j = num_table_find(&w->t, str_of(w->post.names[v]));
    x[v] = w->t.columns[j].x[w->flags[j * w->t.n + to] & DONOR_FLAGGED ? donor : to];
  }
  for (int i = 0; i < w->post.m; i++)
    if (!linear_holds(&w->post.edits[i], x)) return false;
  return true;
}
/* The distance of the k-th nearest and the nearest that passes. */
static void by_definition(const struct world *w, const struct donor_result *r, const double *rank, const struct donor_recipient *to, int64_t *kth,
                          int64_t *best) {
  int64_t nearest[4] = {INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX};
  *best = INT64_MAX;
  for (int64_t d = 0; d < w->t.n; d++) {
    if (r->role[d] != ROLE_DONOR || w->group[d] != w->group[to->row] || !gives(w, to->row, d)) continue;
    int64_t far = distance(w, rank, to, d);
    if (far < *best && passes(w, to->row, d)) *best = far;
    for (int k = 0; k < 4; k++)
      if (far < nearest[k]) {
        const int64_t t = nearest[k];
        nearest[k] = far;
        far = t;
      }
  }
  *kth = nearest[3];
}
static void the_index_finds_what_the_definition_says(void **state) {
  (void)state;
  for (uint64_t seed = 1; seed <= 2; seed++) {
    struct world w;
    int64_t found = 0, none = 0;
    make(&w, seed, 4000, 1, 0);
    struct donor_result r = run(&w, NULL);
    const double *rank = ranks(&w, &r);
    for (int64_t i = 0; i < r.n_recipients; i++) {
      const struct donor_recipient *to = &r.recipients[i];
      int64_t kth, best;
      if (to->drawn || (to->outcome != DONOR_FOUND && to->outcome != DONOR_POST_EDITS)) continue;
      by_definition(&w, &r, rank, to, &kth, &best);
      if (best <= kth) {
        found++;
        assert_int_equal(to->outcome, DONOR_FOUND);
        assert_int_equal(to->distance, best);
        assert_int_equal(distance(&w, rank, to, to->donor), best);
        assert_true(passes(&w, to->row, to->donor));
      } else {
        none++;
        assert_int_equal(to->outcome, DONOR_POST_EDITS);
      }
    }
    if (!(found > 500 && none > 500)) print_error("%d found, %d not\n", (int)found, (int)none);
    assert_true(found > 500 && none > 500);
    arena_free(w.a);
  }
}
/* What a unit got, by unit ids, whatever rows they stand in. */
static void same(const struct world *w, const struct donor_result *r, const struct world *v, const struct donor_result *q) {
  int64_t k = 0;
  for (int64_t i = 0; i < q->n_recipients; i++, k++) {
    const struct donor_recipient *b = &q->recipients[i];
    while (k < r->n_recipients && !str_eq(w->t.unit[r->recipients[k].row], v->t.unit[b->row])) k++;
    assert_true(k < r->n_recipients);
    const struct donor_recipient *a = &r->recipients[k];
    assert_int_equal(a->outcome, b->outcome);
    assert_int_equal(a->attempts, b->attempts);
    assert_int_equal(a->distance, b->distance);
    assert_int_equal(a->donor < 0, b->donor < 0);
    if (a->donor >= 0) assert_true(str_eq(w->t.unit[a->donor], v->t.unit[b->donor]));
  }
}
static void the_order_of_rows_changes_nothing(void **state) {
  (void)state;
  for (int limit = 0; limit <= 2; limit += 2) {
    struct world w, v;
    make(&w, 7, 3001, 1, 0);
    make(&v, 7, 3001, 1234, 77);
    w.s.n_limit = v.s.n_limit = limit;
    struct donor_result r = run(&w, NULL), q = run(&v, NULL);
    assert_int_equal(r.n_recipients, q.n_recipients);
    assert_true(r.n_recipients > 900);
    same(&w, &r, &v, &q);
    arena_free(w.a);
    arena_free(v.a);
  }
}
static void a_subset_of_recipients_gets_the_same_donors(void **state) {
  (void)state;
  struct world w;
  make(&w, 9, 3000, 1, 0);
  struct donor_result r = run(&w, NULL), q = run(&w, w.ranked);
  assert_true(q.n_recipients > 300 && q.n_recipients < r.n_recipients);
  same(&w, &r, &w, &q);
  arena_free(w.a);
}
static void *one_thread(void *context) {
  struct world *w = context;
  struct donor_result *r = ARENA_NEW(w->a, struct donor_result);
  *r = run(w, NULL);
  return r;
}
static void threads_side_by_side_change_nothing(void **state) {
  (void)state;
  struct world alone, w[8];
  make(&alone, 11, 1500, 1, 0);
  struct donor_result r = run(&alone, NULL);
  for (int n = 2; n <= 8; n += 6) {
    pthread_t thread[8];
    for (int i = 0; i < n; i++) {
      make(&w[i], 11, 1500, 1, i);
      assert_int_equal(pthread_create(&thread[i], NULL, one_thread, &w[i]), 0);
    }
    for (int i = 0; i < n; i++) {
      void *result;
      assert_int_equal(pthread_join(thread[i], &result), 0);
      same(&alone, &r, &w[i], result);
      arena_free(w[i].a);
    }
  }
  arena_free(alone.a);
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_index_finds_what_the_definition_says), cmocka_unit_test(the_order_of_rows_changes_nothing),
                                     cmocka_unit_test(a_subset_of_recipients_gets_the_same_donors),
                                     cmocka_unit_test(threads_side_by_side_change_nothing)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
