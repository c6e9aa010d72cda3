/* What rule_analyse says about sets that floating simplex gets wrong (constants of 1e-9 to 1e12 in one set, rules that are nearly parallel), against
 * all corners of the region: in two variables every corner is where two rules meet, found here by Cramer's rule in rational numbers. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/exact.h"
#include "base/rng.h"
#include "processing/edit/rule_analysis.h"

enum { SYSTEMS = 1500, MOST_ROWS = 24 };
static struct exact_pool n;
struct plane { /* a x + b y <= c */
  struct exact a, b, c;
  bool equation, on;
};
struct corner {
  struct exact x, y;
};
static struct exact product(const struct exact *a, const struct exact *b) {
  struct exact out = exact_of(0);
  exact_multiply(&n, &out, a, b);
  return out;
}
static struct exact cross(const struct exact *a, const struct exact *b, const struct exact *c, const struct exact *d) { /* a b - c d */
  struct exact out = product(a, b);
  exact_submul(&n, &out, c, d);
  return out;
}
/* a x + b y - c at a corner: its sign. */
static int side(const struct plane *p, const struct corner *v) {
  struct exact out = product(&p->a, &v->x), minus = p->b, one = exact_of(1);
  struct exact turned = exact_of(0);
  exact_copy(&n, &turned, &minus);
  exact_negate(&n, &turned);
  exact_submul(&n, &out, &turned, &v->y);
  exact_submul(&n, &out, &p->c, &one);
  const int sign = exact_sign(&n, &out);
  exact_clear(&n, &out);
  exact_clear(&n, &turned);
  return sign;
}
static bool inside(const struct plane *p, int m, const struct corner *v, int but) {
  for (int i = 0; i < m; i++) {
    if (!p[i].on || i == but) continue;
    const int s = side(&p[i], v);
    if (s > 0 || (s < 0 && p[i].equation)) return false;
  }
  return true;
}
/* Corners of the rules that are on, but `but`, within a far square: the last four planes. */
static int corners(const struct plane *p, int m, int but, struct corner *out) {
  int found = 0;
  for (int i = 0; i < m; i++)
    for (int k = 0; k < i; k++) {
      if (!p[i].on || !p[k].on || i == but || k == but) continue;
      struct exact d = cross(&p[i].a, &p[k].b, &p[k].a, &p[i].b);
      if (!exact_is_zero(&d)) {
        struct exact x = cross(&p[i].c, &p[k].b, &p[k].c, &p[i].b), y = cross(&p[i].a, &p[k].c, &p[k].a, &p[i].c);
        struct corner v = {exact_of(0), exact_of(0)};
        exact_divide(&n, &v.x, &x, &d);
        exact_divide(&n, &v.y, &y, &d);
        if (inside(p, m, &v, but)) out[found++] = v;
      }
    }
  return found;
}
static void from_rows(const struct linear_system *s, struct plane *p) {
  for (int i = 0; i < s->m; i++) {
    p[i] = (struct plane){.a = exact_of(0), .b = exact_of(0), .c = exact_of(0), .on = true, .equation = s->edits[i].op == LINEAR_EQ};
    for (int k = 0; k < s->edits[i].n; k++) exact_from_double(&n, s->edits[i].var[k] ? &p[i].b : &p[i].a, s->edits[i].coef[k]);
    exact_from_double(&n, &p[i].c, s->edits[i].rhs);
  }
  for (int i = 0; i < 4; i++) {
    struct plane *far = &p[s->m + i];
    *far = (struct plane){.a = exact_of(i == 0 ? 1 : i == 1 ? -1 : 0), .b = exact_of(i == 2 ? 1 : i == 3 ? -1 : 0), .c = exact_of(0), .on = true};
    exact_from_double(&n, &far->c, 1e60);
  }
}
static int below(struct rng *r, int k) { return (int)rng_below(r, (uint64_t)k); }
static void number(struct rng *r, char out[40]) {
  static const char *const near[] = {"1", "1.000000001", "0.999999999", "1.00000001", "2", "3"};
  if (below(r, 3) == 0) snprintf(out, 40, "%s", near[below(r, 6)]);
  else snprintf(out, 40, "%de%d", 1 + below(r, 9), below(r, 22) - 9);
}
static void random_rules(struct rng *r, char *text, size_t room) {
  const int m = 2 + below(r, 9), kind = below(r, 3); /* 2: all near parallel */
  size_t at = 0;
  text[0] = '\0';
  for (int i = 0; i < m; i++) {
    char a[40], b[40], c[40];
    number(r, a);
    number(r, b);
    number(r, c);
    if (kind == 2) {
      snprintf(a, sizeof a, "1");
      snprintf(b, sizeof b, "%.*f", 9 + below(r, 4), 1 + (below(r, 9) - 4) * 1e-9);
      snprintf(c, sizeof c, "%d", 1 + below(r, 2));
    }
    const char *op = below(r, 7) == 0 ? "=" : below(r, 3) ? "<=" : ">=";
    if (below(r, 6) == 0) b[0] = '\0';
    double u = strtod(a, NULL), v = b[0] ? strtod(b, NULL) : 0, w = below(r, 5) ? strtod(c, NULL) : 0;
    at += (size_t)snprintf(text + at, room - at, "%.17g*A %s %.17g*B %s %.17g;", u, below(r, 2) ? "+" : "-", v == 0 ? 1 : v, op, w);
  }
}
static void check_conflict(const struct rule_analysis *r, struct plane *p, struct corner *v) {
  for (int i = 0; i < r->rows.m; i++) p[i].on = false;
  for (int i = 0; i < r->n_conflict; i++) p[r->conflict[i]].on = true;
  assert_int_equal(corners(p, r->rows.m + 4, -1, v), 0);
  for (int i = 0; i < r->n_conflict; i++) assert_true(corners(p, r->rows.m + 4, r->conflict[i], v) > 0);
}
static void check_bound(const struct corner *v, int k, int j, double ours, int direction) {
  double best = 0;
  for (int i = 0; i < k; i++) {
    const double x = exact_double(&n, j ? &v[i].y : &v[i].x);
    if (i == 0 || direction * x > direction * best) best = x;
  }
  if (fabs(best) > 1e40) assert_true(isinf(ours)); /* where the far square cuts */
  else assert_true(ours == best);
}
/* Of a bounded region: the extremal points are the corners, each once. */
static void check_points(struct arena *a, const struct rule_analysis *r, const struct corner *v, int k) {
  struct rule_points points;
  struct err e;
  int distinct = 0, found = 0;
  for (int j = 0; j < 2; j++)
    if (!isfinite(r->lower[j]) || !isfinite(r->upper[j])) return;
  assert_int_equal(rule_extremal(a, &r->minimal, 2, &points, &e), E_OK);
  for (int i = 0; i < k; i++) {
    bool before = false, among = false;
    for (int q = 0; q < i; q++) before = before || (exact_compare(&n, &v[i].x, &v[q].x) == 0 && exact_compare(&n, &v[i].y, &v[q].y) == 0);
    for (int q = 0; q < points.n; q++)
      among = among || (points.x[2 * q] == exact_double(&n, &v[i].x) && points.x[2 * q + 1] == exact_double(&n, &v[i].y));
    distinct += !before;
    found += among && !before;
  }
  assert_int_equal(distinct, points.n);
  assert_int_equal(found, points.n);
}
static void check_region(struct arena *a, const struct rule_analysis *r, struct plane *p, struct corner *v) {
  const int m = r->rows.m + 4, k = corners(p, m, -1, v);
  assert_true(k > 0);
  for (int j = 0; j < 2; j++) {
    check_bound(v, k, j, r->lower[j], -1);
    check_bound(v, k, j, r->upper[j], 1);
  }
  check_points(a, r, v, k);
  for (int i = 0; i < r->rows.m; i++) {
    bool always = true;
    for (int q = 0; q < k; q++) always = always && side(&p[i], &v[q]) == 0;
    if (p[i].equation) continue;
    assert_int_equal(always, r->state[i] == RULE_HIDDEN_EQUALITY || r->state[i] == RULE_HIDDEN_REDUNDANT);
  }
  for (int i = 0; i < r->rows.m; i++) p[i].on = r->kept[i], p[i].equation = p[i].equation || r->state[i] == RULE_HIDDEN_EQUALITY;
  const int after = corners(p, m, -1, v);
  for (int i = 0; i < r->rows.m; i++) /* what was left out, what remains says */
    for (int q = 0; q < after && !r->kept[i]; q++) assert_true(side(&p[i], &v[q]) <= 0 && (!p[i].equation || side(&p[i], &v[q]) == 0));
  for (int i = 0; i < r->rows.m; i++) { /* what is kept, the others do not say */
    if (!r->kept[i]) continue;
    const int without = corners(p, m, i, v);
    bool said = true;
    for (int q = 0; q < without; q++) said = said && side(&p[i], &v[q]) <= 0 && (!p[i].equation || side(&p[i], &v[q]) == 0);
    assert_false(said);
  }
}
static void statements_agree_with_the_corners(void **state) {
  struct rng r;
  struct plane p[MOST_ROWS];
  static struct corner v[MOST_ROWS * MOST_ROWS];
  int conflicts = 0, hidden = 0, dropped = 0;
  (void)state;
  rng_init(&r, 1, "exact", "", 0);
  for (int round = 0; round < SYSTEMS; round++) {
    char text[2048];
    struct arena *a = arena_new(0);
    struct linear_system s;
    struct rule_analysis got;
    struct err e;
    exact_pool_init(&n);
    random_rules(&r, text, sizeof text);
    assert_int_equal(linear_parse(a, str_of(text), below(&r, 3) == 0, &s, &e), E_OK);
    assert_int_equal(rule_analyse(a, &s, &got, &e), E_OK);
    assert_true(got.consistent || got.n_conflict > 0);
    from_rows(&got.rows, p);
    if (got.consistent) check_region(a, &got, p, v);
    else check_conflict(&got, p, v);
    conflicts += !got.consistent;
    for (int i = 0; got.consistent && i < got.rows.m; i++) hidden += got.state[i] == RULE_HIDDEN_EQUALITY, dropped += !got.kept[i];
    exact_pool_release(&n);
    arena_free(a);
  }
  printf("rule analysis: %d systems, %d conflicts, %d hidden equations, %d rows dropped\n", SYSTEMS, conflicts, hidden, dropped);
  assert_true(conflicts > 100 && hidden > 10 && dropped > 500);
}
/* A chain of 40 items with ratios between 1e-9 and 1e12 (80 rules) and 120 positive combinations of neighbours, which say nothing new. */
static void two_hundred_rules_of_mixed_size(void **state) {
  struct arena *a = arena_new(0);
  struct rule_analysis r;
  struct linear_system s;
  struct strbuf b;
  struct err e;
  (void)state;
  strbuf_init(&b, 0);
  for (int k = 0; k < 40; k++) strbuf_addf(&b, "1e%d*x%d <= x%d; x%d <= 3e%d*x%d;", k % 22 - 9, k, k + 1, k + 1, k % 22 - 9, k);
  for (int k = 0; k < 120; k++) {
    const int i = k % 39, f = k / 39 + 1, g = i % 22 - 9, h = (i + 1) % 22 - 9;
    strbuf_addf(&b, "%d*x%d + x%d <= %de%d*x%d + 3e%d*x%d;", f, i + 1, i + 2, 3 * f, g, i, h, i + 1);
  }
  assert_int_equal(linear_parse(a, str_view(strbuf_cstr(&b), b.n), false, &s, &e), E_OK);
  assert_int_equal(rule_analyse(a, &s, &r, &e), E_OK);
  assert_true(r.consistent);
  for (int i = 0; i < 80; i++) assert_int_equal(r.state[i], RULE_RESTRICTS);
  for (int i = 80; i < 200; i++) assert_false(r.kept[i]);
  assert_int_equal(r.minimal.m, 80); /* 1e-9 x0 <= x1 <= 3e-9 x0 says x0 >= 0, the others follow */
  strbuf_release(&b);
  arena_free(a);
}
/* Dense rules whose numbers grow long; with next to no work allowed nothing is claimed. */
static void what_is_not_settled_is_not_claimed(void **state) {
  struct arena *a = arena_new(0);
  struct rule_analysis r;
  struct linear_system s;
  struct strbuf b;
  struct rng draw;
  struct err e;
  int open = 0;
  (void)state;
  strbuf_init(&b, 0);
  rng_init(&draw, 3, "dense", "", 0);
  for (int i = 0; i < 60; i++) {
    for (int j = 0; j < 12; j++) strbuf_addf(&b, "%s%de%d*x%d", j ? " + " : "", 1 + below(&draw, 9), below(&draw, 22) - 9, j);
    strbuf_addf(&b, " <= %de%d;", 1 + below(&draw, 9), below(&draw, 22) - 9);
  }
  assert_int_equal(linear_parse(a, str_view(strbuf_cstr(&b), b.n), false, &s, &e), E_OK);
  assert_int_equal(rule_analyse(a, &s, &r, &e), E_OK);
  for (int i = 0; i < r.rows.m; i++) assert_int_not_equal(r.state[i], RULE_NOT_PROVED);
  assert_int_equal(rule_analyse_within(a, &s, 10, &r, &e), E_OK);
  assert_true(!r.consistent && r.n_conflict == 0);
  assert_int_equal(rule_analyse_within(a, &s, 1500, &r, &e), E_OK);
  assert_true(r.consistent);
  for (int i = 0; i < r.rows.m; i++) open += r.state[i] == RULE_NOT_PROVED && r.kept[i];
  assert_true(open > 0 && r.open_upper[11]);
  strbuf_release(&b);
  arena_free(a);
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(statements_agree_with_the_corners), cmocka_unit_test(two_hundred_rules_of_mixed_size),
                                     cmocka_unit_test(what_is_not_settled_is_not_claimed)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
