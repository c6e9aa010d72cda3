/* Rows come and go at random: after each change the dictionary's answer is that of GLPK, which starts from nothing each time. Whole coefficients of
 * one digit, so that GLPK's own rounding decides nothing. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>
#include <stdio.h>

#include "base/ext_glpk.h"
#include "base/rng.h"
#include "processing/edit/exact_lp.h"

enum { RUNS = 300, STEPS = 60, ITEMS = 9, ROWS = 24 };
struct row {
  struct linear_edit edit;
  int var[ITEMS], id;
  double coef[ITEMS];
};
struct world {
  struct rng r;
  struct exact_lp lp;
  struct row row[ROWS];
  int n;
};
static int below(struct world *w, int k) { return (int)rng_below(&w->r, (uint64_t)k); }

static struct lp_result glpk(const struct world *w, const double *objective) {
  static double a[ROWS * ITEMS], low[ROWS], high[ROWS], lower[ITEMS], upper[ITEMS];
  struct lp_result out = {0};
  memset(a, 0, sizeof a);
  for (int i = 0; i < w->n; i++) {
    for (int k = 0; k < w->row[i].edit.n; k++) a[i * ITEMS + w->row[i].var[k]] = w->row[i].coef[k];
    high[i] = w->row[i].edit.rhs;
    low[i] = w->row[i].edit.op == LINEAR_EQ ? high[i] : -INFINITY;
  }
  for (int j = 0; j < ITEMS; j++) lower[j] = -INFINITY, upper[j] = INFINITY;
  lp_glpk(&(struct lp){.m = w->n, .n = ITEMS, .a = a, .row_lower = low, .row_upper = high, .lower = lower, .upper = upper, .c = objective}, &out);
  return out;
}
static void draw(struct world *w, struct row *to) {
  *to = (struct row){.edit = {.op = below(w, 4) ? LINEAR_LE : LINEAR_EQ, .id = ""}};
  const int most = below(w, 3) ? 1 : 4;
  for (int j = 0; j < ITEMS; j++) {
    if (below(w, ITEMS) >= most) continue;
    to->var[to->edit.n] = j;
    to->coef[to->edit.n++] = (below(w, 2) ? 1 : -1) * (1 + below(w, 3));
  }
  to->edit.rhs = below(w, 12) - 3;
}
static void add(struct world *w, int *refused) {
  struct row *to = &w->row[w->n];
  struct err e;
  draw(w, to);
  to->edit.var = to->var;
  to->edit.coef = to->coef;
  w->n++;
  const bool possible = glpk(w, NULL).status != LP_INFEASIBLE;
  assert_int_equal(exact_lp_add(&w->lp, &to->edit, &to->id, &e), E_OK);
  const enum exact_end end = exact_lp_require(&w->lp, to->id, to->edit.op == LINEAR_EQ ? EXACT_ZERO : EXACT_NOT_NEGATIVE);
  assert_int_equal(end, possible ? EXACT_REACHES : EXACT_ENDS);
  if (possible) return;
  ++*refused;
  exact_lp_drop(&w->lp, to->id);
  w->n--;
}
static void drop(struct world *w) {
  if (w->n == 0) return;
  const int i = below(w, w->n);
  exact_lp_drop(&w->lp, w->row[i].id);
  w->row[i] = w->row[--w->n];
  w->row[i].edit.var = w->row[i].var;
  w->row[i].edit.coef = w->row[i].coef;
}
static void ask(struct world *w, int *ends) {
  const int j = below(w, ITEMS), direction = below(w, 2) ? 1 : -1;
  double objective[ITEMS] = {0};
  objective[j] = -direction;
  const struct lp_result want = glpk(w, objective);
  const enum exact_end end = exact_lp_push(&w->lp, j, direction, EXACT_AS_FAR);
  assert_int_equal(end == EXACT_ENDS, want.status == LP_OPTIMAL);
  if (end != EXACT_ENDS) return;
  ++*ends;
  assert_true(fabs(exact_double(&w->lp.numbers, exact_lp_value(&w->lp, j)) + direction * want.objective) < 1e-6);
}
/* Can the row be strictly inside? */
static void inside(struct world *w, int *tight) {
  double objective[ITEMS] = {0};
  if (w->n == 0) return;
  const struct row *r = &w->row[below(w, w->n)];
  if (r->edit.op == LINEAR_EQ) return;
  for (int k = 0; k < r->edit.n; k++) objective[r->var[k]] = r->coef[k];
  const struct lp_result want = glpk(w, objective);
  const bool may = want.status != LP_OPTIMAL || want.objective < r->edit.rhs - 1e-6;
  *tight += !may;
  assert_int_equal(exact_lp_push(&w->lp, r->id, 1, EXACT_PAST_ZERO), may ? EXACT_PASSES : EXACT_ENDS);
}
static void rows_come_and_go(void **state) {
  struct world w;
  int refused = 0, ends = 0, tight = 0;
  (void)state;
  rng_init(&w.r, 5, "dictionary", "", 0);
  for (int run = 0; run < RUNS; run++) {
    struct err e;
    w.n = 0;
    assert_int_equal(exact_lp_init(&w.lp, ITEMS, ROWS, &e), E_OK);
    for (int k = 0; k < STEPS; k++) {
      const int what = below(&w, 8);
      if (what < 4 && w.n + 1 < ROWS) add(&w, &refused);
      else if (what == 4) drop(&w);
      else if (what < 7) ask(&w, &ends);
      else inside(&w, &tight);
    }
    exact_lp_release(&w.lp);
  }
  printf("dictionary: %d rows refused, %d ends, %d rows met as equations\n", refused, ends, tight);
  assert_true(refused > 500 && ends > 500 && tight > 20);
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(rows_come_and_go)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
