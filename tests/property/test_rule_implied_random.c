/* Implied edits against an independent generator: Fourier-Motzkin elimination in whole numbers, where after each variable every row that a linear
 * programme finds said by the others is left out. For each set of variables eliminated the two descriptions of what remains must be the same region:
 * each row of the one is said by the other, so that no implied edit is wrong and none that matters is missing. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>
#include <stdio.h>

#include "base/ext_glpk.h"
#include "base/rng.h"
#include "processing/edit/rule_analysis.h"

enum { SYSTEMS = 2000, P = 4, MOST = 160 };
struct row {
  int64_t a[P], b; /* sum a x <= b */
};
struct rows {
  struct row row[MOST];
  int n;
};
static int64_t divisor(int64_t a, int64_t b) { return b == 0 ? (a < 0 ? -a : a) : divisor(b, a % b); }
static void reduce(struct row *r) {
  int64_t g = r->b;
  for (int j = 0; j < P; j++) g = divisor(g, r->a[j]);
  for (int j = 0; j < P && g > 1; j++) r->a[j] /= g;
  if (g > 1) r->b /= g;
}
/* The most of the row's left side where all rows of s but `but` hold, the row itself relaxed by one. */
static double most(const struct rows *s, int but, const struct row *r) {
  double a[(MOST + 1) * P], low[MOST + 1], high[MOST + 1], lower[P], upper[P], objective[P];
  struct lp_result out = {0};
  int m = 0;
  for (int i = 0; i < s->n; i++) {
    if (i == but) continue;
    for (int j = 0; j < P; j++) a[m * P + j] = (double)s->row[i].a[j];
    low[m] = -INFINITY, high[m++] = (double)s->row[i].b;
  }
  for (int j = 0; j < P; j++) a[m * P + j] = (double)r->a[j], objective[j] = -(double)r->a[j], lower[j] = -INFINITY, upper[j] = INFINITY;
  low[m] = -INFINITY, high[m++] = (double)r->b + 1;
  lp_glpk(&(struct lp){.m = m, .n = P, .a = a, .row_lower = low, .row_upper = high, .lower = lower, .upper = upper, .c = objective}, &out);
  assert_int_equal(out.status, LP_OPTIMAL);
  return -out.objective;
}
static bool says(const struct rows *s, int but, const struct row *r) { return most(s, but, r) <= (double)r->b + 1e-6; }
static bool empty(const struct row *r) {
  for (int j = 0; j < P; j++)
    if (r->a[j]) return false;
  return true;
}
static void add(struct rows *to, const struct row *r) {
  if (empty(r)) return;
  assert_true(to->n < MOST);
  to->row[to->n++] = *r;
}
static void thin(struct rows *s) {
  for (int i = s->n - 1; i >= 0; i--)
    if (says(s, i, &s->row[i])) s->row[i] = s->row[--s->n];
}
static void eliminate(struct rows *s, int j) {
  struct rows out = {.n = 0};
  for (int i = 0; i < s->n; i++)
    if (s->row[i].a[j] == 0) add(&out, &s->row[i]);
  for (int i = 0; i < s->n; i++)
    for (int k = 0; k < s->n; k++) {
      const struct row *u = &s->row[i], *v = &s->row[k];
      struct row w;
      if (u->a[j] <= 0 || v->a[j] >= 0) continue;
      for (int q = 0; q < P; q++) w.a[q] = u->a[q] * -v->a[j] + v->a[q] * u->a[j];
      w.b = u->b * -v->a[j] + v->b * u->a[j];
      reduce(&w);
      add(&out, &w);
    }
  *s = out;
  thin(s);
}
/* Rows without the variables in `gone`, as whole numbers: coefficients of the library are quotients of small ones. */
static bool whole(const struct linear_edit *e, struct row *out) {
  for (int64_t f = 1; f <= 5000; f++) {
    bool all = fabs(e->rhs * (double)f - round(e->rhs * (double)f)) < 1e-9 * (double)f;
    for (int k = 0; all && k < e->n; k++) all = fabs(e->coef[k] * (double)f - round(e->coef[k] * (double)f)) < 1e-9 * (double)f;
    if (!all) continue;
    *out = (struct row){.b = (int64_t)round(e->rhs * (double)f)};
    for (int k = 0; k < e->n; k++) out->a[e->var[k]] = (int64_t)round(e->coef[k] * (double)f);
    return true;
  }
  return false;
}
static void take(const struct linear_system *s, int gone, struct rows *to) {
  for (int i = 0; i < s->m; i++) {
    struct row r = {.b = 0};
    bool has = false;
    for (int k = 0; k < s->edits[i].n; k++) has = has || (gone >> s->edits[i].var[k] & 1);
    if (has) continue;
    assert_true(whole(&s->edits[i], &r));
    add(to, &r);
    for (int j = 0; j < P; j++) r.a[j] = -r.a[j];
    r.b = -r.b;
    if (s->edits[i].op == LINEAR_EQ) add(to, &r);
  }
}
static int below(struct rng *r, int k) { return (int)rng_below(r, (uint64_t)k); }
static void random_text(struct rng *r, char *text, size_t room) {
  const int m = 2 + below(r, 4);
  size_t at = (size_t)snprintf(text, room, "A >= -9; B >= -9; C >= -9; D >= -9;");
  for (int i = 0; i < m; i++) {
    for (int j = 0; j < P; j++)
      if (below(r, 3)) at += (size_t)snprintf(text + at, room - at, " %s %d*%c", below(r, 2) ? "+" : "-", 1 + below(r, 3), "ABCD"[j]);
    at += (size_t)snprintf(text + at, room - at, " + A %s %d;", below(r, 5) ? "<=" : "=", below(r, 10) - 2);
  }
}
static void regions_without_some_variables(void **state) {
  struct rng r;
  static struct rows ours, all, other;
  int compared = 0, rows = 0, implied_rows = 0, partial = 0;
  (void)state;
  rng_init(&r, 7, "implied", "", 0);
  for (int round = 0; round < SYSTEMS; round++) {
    char text[1024];
    struct arena *a = arena_new(0);
    struct rule_analysis got;
    struct linear_system s, implied;
    struct err e;
    bool complete;
    random_text(&r, text, sizeof text);
    if (linear_parse(a, str_of(text), true, &s, &e) == E_OK && rule_analyse(a, &s, &got, &e) == E_OK && got.consistent) {
      assert_int_equal(rule_implied(a, &got.minimal, 4000, &implied, &complete, &e), E_OK);
      partial += !complete;
      implied_rows += implied.m;
      all.n = 0;
      take(&got.minimal, 0, &all);
      for (int gone = 1; complete && gone < (1 << P) - 1; gone++) {
        ours.n = 0;
        take(&got.minimal, gone, &ours);
        take(&implied, gone, &ours);
        other = all;
        for (int j = 0; j < P; j++)
          if (gone >> j & 1) eliminate(&other, j);
        for (int i = 0; i < other.n; i++) assert_true(says(&ours, -1, &other.row[i]));
        for (int i = 0; i < ours.n; i++) assert_true(says(&other, -1, &ours.row[i]));
        compared++;
        rows += other.n;
      }
    }
    arena_free(a);
  }
  printf("implied edits: %d regions of %d systems, %d rows by elimination, %d implied edits, %d lists not complete\n", compared, SYSTEMS, rows,
         implied_rows, partial);
  assert_true(compared > 5 * SYSTEMS && partial == 0);
}
/* What stops at a number says so, and is a beginning of the whole list. */
static void a_short_list_is_a_beginning(void **state) {
  struct arena *a = arena_new(0);
  struct rule_analysis got;
  struct linear_system s, some, all;
  struct err e;
  bool complete;
  (void)state;
  assert_int_equal(linear_parse(a, STR("A <= B; B <= C; C <= D; D <= 9;"), false, &s, &e), E_OK);
  assert_int_equal(rule_analyse(a, &s, &got, &e), E_OK);
  assert_int_equal(rule_implied(a, &got.minimal, 4000, &all, &complete, &e), E_OK);
  assert_true(complete && all.m > 3);
  assert_int_equal(rule_implied(a, &got.minimal, all.m, &some, &complete, &e), E_OK);
  assert_true(complete && some.m == all.m);
  assert_int_equal(rule_implied(a, &got.minimal, 3, &some, &complete, &e), E_OK);
  assert_true(!complete && some.m == 3);
  for (int i = 0; i < 3; i++) assert_true(some.edits[i].n == all.edits[i].n && some.edits[i].rhs == all.edits[i].rhs);
  arena_free(a);
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(regions_without_some_variables), cmocka_unit_test(a_short_list_is_a_beginning)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
