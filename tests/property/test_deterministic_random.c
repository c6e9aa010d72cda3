/* 50,000 random records: what deterministic imputation gives is exactly what two linear programmes per flagged value, written here over the whole
 * record, say. */
#include <math.h>

#include "base/ext_glpk.h"
#include "base/rng.h"
#include "processing/correct/deterministic.h"
#include "tests/unit/correct_fixture.h"

enum { RECORDS = 50000 };
static const char *const SYSTEMS[] = {"A + B + C = T; D + E = B; C <= 2*A; D <= T; A >= D;", "A + B = T; A - B = D; D <= 5; T >= E; E >= A;",
    "A + B <= U; B + C <= U; A + C <= U; A + B + C >= 1.5*U; U <= D;",
                                      "2*A + 3*B = T; A + B + C = U; C <= D; U = D + E;"};

/* Unknown values free, only rows with an unknown: minimum and maximum of var. */
static enum lp_status extreme(const struct linear_system *s, const double *x, const bool *unknown, int var, double sign, double *out) {
  double a[16 * 16] = {0}, low[16], high[16], lower[16], upper[16], c[16] = {0};
  int m = 0;
  for (int i = 0; i < s->m; i++) {
    bool any = false;
    for (int k = 0; k < s->edits[i].n; k++) any |= unknown[s->edits[i].var[k]];
    if (!any) continue;
    for (int k = 0; k < s->edits[i].n; k++) a[m * s->p + s->edits[i].var[k]] = s->edits[i].coef[k];
    high[m] = s->edits[i].rhs;
    low[m] = s->edits[i].op == LINEAR_EQ ? s->edits[i].rhs : -INFINITY;
    m++;
  }
  for (int j = 0; j < s->p; j++) lower[j] = unknown[j] ? s->lower[j] : x[j], upper[j] = unknown[j] ? s->upper[j] : x[j];
  c[var] = sign;
  struct lp_result r = {0};
  lp_glpk(&(struct lp){.m = m, .n = s->p, .a = a, .row_lower = low, .row_upper = high, .lower = lower, .upper = upper, .c = c}, &r);
  *out = sign * r.objective;
  return r.status;
}
static void check(const struct small_table *f, int64_t row, int *determined, int *infeasible) {
  double x[16];
  bool unknown[16], feasible = true, any = false;
  for (int j = 0; j < f->s.p; j++) {
    const bool present = num_present(&f->t.columns[j], row);
    x[j] = present ? f->t.columns[j].x[row] : 0;
    unknown[j] = !present || f->flag[j][row];
    any |= f->flag[j][row] != 0;
  }
  if (!any) return;
  for (int j = 0; j < f->s.p; j++) {
    double least, most;
    const struct correction *c = change_of(f, row, f->s.names[j]);
    if (!f->flag[j][row]) {
      assert_null(c);
      continue;
    }
    const enum lp_status down = extreme(&f->s, x, unknown, j, 1, &least), up = extreme(&f->s, x, unknown, j, -1, &most);
    feasible &= down != LP_INFEASIBLE;
    const bool pinned = down == LP_OPTIMAL && up == LP_OPTIMAL && most - least <= 1e-7 * fmax(1, fabs(least));
    if (pinned != (c != NULL)) fail_msg("row %d %s: programmes say [%g, %g], %s", (int)row, f->s.names[j], least, most,
        c ? correct_rule_name(c->rule) : "left open");
    if (c) assert_true(fabs(c->value - least) <= 1e-6 * fmax(1, fabs(least)));
    *determined += pinned;
  }
  *infeasible += !feasible;
  if (!feasible) assert_left(f, row, LEFT_INFEASIBLE);
}
static void equals_two_programmes_per_value(void **state) {
  struct rng r;
  int determined = 0, infeasible = 0, programmes = 0;
  (void)state;
  rng_init(&r, 11, "deterministic", "", 0);
  for (int k = 0; k < RECORDS / 10; k++) {
    struct small_table f = {.arena = arena_new(0)};
    struct deterministic_count count;
    struct err e;
    corrections_init(&f.got, f.arena);
    assert_int_equal(linear_parse(f.arena, str_of(SYSTEMS[k % 4]), rng_below(&r, 4) == 0, &f.s, &e), E_OK);
    small_rows(&f, f.s.names, f.s.p, (const char *const[]){". . . . . . . ."}, 1, 0);
    for (int i = 0; i < 10; i++) {
      for (int j = 0; j < f.s.p; j++) {
        f.t.columns[j].x[0] = (double)rng_below(&r, 7);
        f.t.columns[j].status[0] = rng_below(&r, 8) ? VAL_REPORTED : VAL_BLANK;
        ((uint8_t *)(uintptr_t)f.flag[j])[0] = rng_below(&r, 3) == 0;
      }
      f.got.n = f.got.n_markers = 0;
      assert_int_equal(deterministic_impute(&f.s, &f.t, f.flag, &f.got, &count, &e), E_OK);
      programmes += (int)count.programmes;
      check(&f, 0, &determined, &infeasible);
    }
    arena_free(f.arena);
  }
  printf("%d values determined, %d records without an answer, %d programmes\n", determined, infeasible, programmes);
  assert_true(determined > RECORDS / 20 && infeasible > 100);
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(equals_two_programmes_per_value)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
