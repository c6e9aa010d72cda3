/* A solver-based attacker against 240 generated families of tables: hierarchies, linked tables with a second grouping, editions whose difference is
 * small, years with their quarters. It never learns a primary cell of our patterns, neither exactly nor within its protection level; patterns that
 *          hide the primary cells alone
 * are broken by the same attacker, so that the attacker is real. Its programmes share no code with the audit but the solver. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ext_glpk_sparse.h"
#include "estimators/sdc/suppress/certificate.h"
#include "estimators/sdc/suppress/flow.h"
#include "tests/property/suppress_family.h"

/* --- the attacker: how many primary cells it learns, exactly or inside the level --- */

struct spoils {
  int exact, narrow;
};
static struct lp_sparse *programme(const struct cell_table *t, const uint8_t *hidden) {
  struct lp_sparse *lp = lp_sparse_new(t->n_relations, t->n_cells);
  for (int32_t r = 0; lp && r < t->n_relations; r++) {
    int column[CODES + 1];
    double value[CODES + 1];
    int n = 0;
    for (int32_t i = t->first[r]; i < t->first[r + 1]; i++) column[n] = t->member[i], value[n++] = i == t->first[r] ? 1 : -1;
    lp_sparse_set_row(lp, r, n, column, value);
  }
  for (int32_t c = 0; lp && c < t->n_cells; c++)
    lp_sparse_bounds(lp, c, hidden[c] ? 0 : (double)t->value[c], hidden[c] ? INFINITY : (double)t->value[c]);
  return lp;
}
static struct spoils attack(const struct cell_table *t, const uint8_t *hidden) {
  struct spoils s = {0, 0};
  struct lp_sparse *lp = programme(t, hidden);
  assert_non_null(lp);
  for (int32_t c = 0; c < t->n_cells; c++) {
    double end[2] = {0, INFINITY};
    if (t->status[c] != 'u') continue;
    for (int up = 0; up < 2; up++) {
      lp_sparse_cost(lp, c, up ? -1 : 1);
      const enum lp_status status = lp_sparse_solve(lp);
      assert_true(status == LP_OPTIMAL || (up && status == LP_UNBOUNDED));
      if (status == LP_OPTIMAL) end[up] = lp_sparse_value(lp, c);
      lp_sparse_cost(lp, c, 0);
    }
    const double v = (double)t->value[c], level = (double)t->upl[c], slack = 1e-5 * (1 + v);
    s.exact += end[1] - end[0] < 1e-4;
    s.narrow += end[0] > v - level + slack || end[1] < v + level - slack;
  }
  lp_sparse_free(lp);
  return s;
}
/* The certificate of a pattern says what the attacker found, and our patterns are proved safe, without a solver. */
static struct certificate_verdict certified(struct arena *a, const struct cell_table *t, const uint8_t *hidden, const struct audit_report *r) {
  struct certificate made, read;
  struct certificate_verdict v;
  struct strbuf b;
  strbuf_init(&b, 0);
  assert_int_equal(certificate_make(a, t, hidden, r, &made, NULL), E_OK);
  certificate_write(&made, &b);
  assert_int_equal(certificate_read(a, "certificate", str_view(b.p, b.n), &read, NULL), E_OK);
  assert_int_equal(certificate_verify(t, &read, &v, NULL), E_OK);
  assert_int_equal(v.n_unproved, 0);
  strbuf_release(&b);
  return v;
}
static void the_attacker_learns_nothing(void **state) {
  (void)state;
  int naive_exact = 0, naive_broken = 0, primaries = 0, with_primaries = 0, trapped = 0;
  struct family *f = malloc(sizeof *f);
  assert_non_null(f);
  for (int k = 0; k < FAMILIES; k++) {
    struct arena *a = arena_new(0);
    struct cell_table *t;
    struct suppress_result r;
    assert_int_equal(make_family(a, f, k, &t, NULL), E_OK);
    uint8_t *naive = ARENA_ARRAY(a, uint8_t, t->n_cells);
    int n = 0;
    for (int32_t c = 0; c < t->n_cells; c++) naive[c] = t->status[c] == 'u', n += naive[c];
    const struct suppress_options o = {.cost = (enum flow_cost)(k % 4), .clean_up = k % 2};
    assert_int_equal(suppress_by_flow(a, t, &o, &r, NULL), E_OK);
    trapped += r.n_trapped;
    if (r.audit.clean) {
      const struct spoils ours = attack(t, r.hidden);
      assert_true(certified(a, t, r.hidden, &r.audit).clean);
      if (ours.exact || ours.narrow) fail_msg("family %d: %d exact, %d too narrow", k, ours.exact, ours.narrow);
    } else if (r.n_trapped == 0) fail_msg("family %d: no pattern, and no cell is named", k);
    const struct spoils plain = attack(t, naive);
    struct audit_report bare;
    assert_int_equal(audit_run(a, t, naive, &(struct audit_options){.exact = false}, &bare, NULL), E_OK);
    const struct certificate_verdict found = certified(a, t, naive, &bare);
    assert_int_equal(found.n_exact, plain.exact);
    assert_int_equal(found.n_narrow, plain.narrow);
    naive_exact += plain.exact;
    naive_broken += plain.exact > 0;
    primaries += n;
    with_primaries += n > 0;
    arena_free(a);
  }
  free(f);
  printf("families %d, primary cells %d, trapped %d; primaries alone: %d families broken, %d cells exact\n", FAMILIES, primaries, trapped,
      naive_broken, naive_exact);
  assert_true(with_primaries >= 200);
  assert_true(naive_broken > with_primaries / 2);
  assert_int_equal(trapped, 0);
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_attacker_learns_nothing)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
