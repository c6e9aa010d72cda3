/* Mixed error localisation against trying every complete record: numbers in whole steps from 0 to 5, categories of two or three codes, IF-THEN
 * rules, soft rules. And linear rules alone: the same answer as the numeric search gives. Default 3,000 records; --full 50,000. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "base/ext_glpk.h"
#include "processing/localise/mixed_proof.h"
#include "tests/property/mixed_world.h"

static int n_records = 3000;

static double cost_of(const struct world *w, const double *x, const int *code) {
  static const bool none[P] = {false};
  double cost = 0;
  for (int j = 0; j < w->rules.numeric.p; j++) cost += w->missing[j] || x[j] != w->x[j] ? w->weight[j] : 0;
  for (int k = 0; k < w->rules.n_categories; k++) cost += code[k] != w->code[k] ? w->weight[w->rules.numeric.p + k] : 0;
  for (int i = 0; i < w->rules.n_rules; i++)
    if (rule_holds(&w->rules, &w->rule[i], x, none, code) != 1) cost += w->rule[i].soft ? w->rule[i].weight : INFINITY;
  return cost;
}
static double least_cost(const struct world *w, double *x, int *code, int at) {
  const int p = w->rules.numeric.p, q = w->rules.n_categories;
  if (at == p + q) return cost_of(w, x, code);
  double best = INFINITY;
  for (int v = 0; v < (at < p ? TOP + 1 : w->category[at - p].n_codes); v++) {
    if (at < p)
      x[at] = v;
    else
      code[at - p] = v;
    best = fmin(best, least_cost(w, x, code, at + 1));
  }
  return best;
}
static void solve(struct arena *a, const struct world *w, bool whole, struct mixed_answer *out) {
  const struct mixed_spec spec = {.rules = &w->rules, .weight = w->weight, .whole = whole, .seed = 7, .max_cost = INFINITY};
  const struct mixed_record record = {.unit = STR("unit"), .x = w->x, .missing = w->missing, .code = w->code};
  struct err e = {0};
  assert_int_equal(localise_mixed(a, &spec, &record, out, &e), E_OK);
}
/* Every answer has a proof that holds, and none of its arguments can be left out. */
static void prove(struct arena *a, const struct world *w, const struct mixed_answer *m) {
  const struct mixed_spec spec = {.rules = &w->rules, .weight = w->weight, .whole = true, .seed = 7, .max_cost = INFINITY};
  const struct mixed_record record = {.unit = STR("unit"), .x = w->x, .missing = w->missing, .code = w->code};
  struct mixed_proof f;
  struct err e = {0};
  assert_int_equal(mixed_prove(a, &spec, &record, &f, &e), E_OK);
  assert_true(f.answer.status == m->status && f.answer.n_set == m->n_set);
  assert_memory_equal(f.answer.set, m->set, (size_t)m->n_set * sizeof *m->set);
  if (m->status == LOCALISE_PASSED) return;
  assert_int_equal(mixed_proof_check(a, &spec, &record, &f, &e), E_OK);
  if (f.n_arguments-- == 0) return;
  assert_int_equal(mixed_proof_check(a, &spec, &record, &f, &e), E_LOCALISE_PROOF);
}
static void least_cost_as_by_trying_every_record(void **state) {
  (void)state;
  int solved = 0, hopeless = 0, paid = 0;
  for (int k = 0; k < n_records; k++) {
    struct arena *a = arena_new(0);
    struct world w = {0};
    struct rng r;
    struct mixed_answer m;
    double x[P];
    int code[Q];
    rng_init(&r, 20261128, "mixed systems", &k, sizeof k);
    assert_non_null(a);
    random_rules(&w, &r, false);
    random_record(&w, &r);
    solve(a, &w, true, &m);
    const double best = least_cost(&w, x, code, 0);
    if (k % 4 == 0) prove(a, &w, &m);
    if (isinf(best)) {
      assert_int_equal(m.status, LOCALISE_NO_SOLUTION);
      hopeless++;
    } else {
      assert_int_equal(m.status, best == 0 ? LOCALISE_PASSED : LOCALISE_SOLVED);
      assert_true(fabs(m.cost - best) < 1e-6);
      if (best > 0) assert_true(cost_of(&w, m.x, m.code) <= best + 1e-6);
      solved += best > 0;
      paid += m.n_paid > 0;
    }
    arena_free(a);
  }
  print_message("%d records, %d solved, %d without solution, %d with a soft rule paid\n", n_records, solved, hopeless, paid);
  assert_true(solved > n_records / 4 && hopeless > 0 && paid > 0);
}
/* Continuous numbers: is there a choice of one atom per rule, for the codes given, that GLPK finds feasible with the numbers of `set` free? */
struct choice {
  const struct world *w;
  const int *code;
  int set, n;
  double a[RULES * P], low[RULES], high[RULES];
};
static bool glpk_feasible(struct choice *c) {
  double l[P], u[P];
  const int p = c->w->rules.numeric.p;
  for (int j = 0; j < p; j++) {
    const bool free = c->set >> j & 1;
    l[j] = free ? 0 : c->w->x[j];
    u[j] = free ? TOP : c->w->x[j];
    if (!free && (l[j] < 0 || u[j] > TOP)) return false;
  }
  const struct lp lp = {.m = c->n, .n = p, .a = c->a, .row_lower = c->low, .row_upper = c->high, .lower = l, .upper = u};
  struct lp_result r = {0};
  lp_glpk(&lp, &r);
  return r.status == LP_OPTIMAL;
}
static bool choose(struct choice *c, int rule) {
  if (rule == c->w->rules.n_rules) return glpk_feasible(c);
  const struct rule *r = &c->w->rule[rule];
  for (int t = 0; t < r->n_atoms; t++) {
    const struct rule_atom *atom = &r->atoms[t];
    if (atom->category) {
      if (*atom->set >> c->code[atom->k] & 1 && choose(c, rule + 1)) return true;
      continue;
    }
    for (int j = 0; j < P; j++) c->a[c->n * c->w->rules.numeric.p + (j < c->w->rules.numeric.p ? j : 0)] = 0;
    for (int k = 0; k < atom->linear.n; k++) c->a[c->n * c->w->rules.numeric.p + atom->linear.var[k]] = atom->linear.coef[k];
    c->high[c->n] = atom->linear.rhs - (atom->strict ? 1e-4 : 0);
    c->low[c->n] = atom->linear.op == LINEAR_EQ ? atom->linear.rhs : -INFINITY;
    c->n++;
    const bool found = choose(c, rule + 1);
    c->n--;
    if (found) return true;
  }
  return false;
}
static bool some_codes(struct choice *c, int *code, int k) {
  if (k == c->w->rules.n_categories) return choose(c, 0);
  if (!(c->set >> (c->w->rules.numeric.p + k) & 1)) {
    code[k] = c->w->code[k];
    return code[k] >= 0 && some_codes(c, code, k + 1);
  }
  for (code[k] = 0; code[k] < c->w->category[k].n_codes; code[k]++)
    if (some_codes(c, code, k + 1)) return true;
  return false;
}
static void continuous_numbers_as_by_all_choices(void **state) {
  (void)state;
  int solved = 0, clauses = 0;
  for (int n = 0; n < n_records / 5; n++) {
    struct arena *a = arena_new(0);
    struct world w = {0};
    struct rng r;
    struct mixed_answer m;
    double best = INFINITY;
    rng_init(&r, 6, "mixed continuous", &n, sizeof n);
    assert_non_null(a);
    random_rules(&w, &r, false);
    random_record(&w, &r);
    const int p = w.rules.numeric.p, items = p + w.rules.n_categories;
    for (int j = 0; j < P; j++) w.decimals[j] = -1;
    for (int i = 0; i < w.rules.n_rules; i++) {
      w.rule[i].soft = false;
      clauses += w.rule[i].n_atoms > 1;
    }
    solve(a, &w, false, &m);
    for (int set = 0; set < 1 << items; set++) {
      int code[Q];
      double cost = 0;
      bool all = true;
      struct choice c = {.w = &w, .code = code, .set = set};
      for (int j = 0; j < items; j++) {
        cost += set >> j & 1 ? w.weight[j] : 0;
        all = all && (set >> j & 1 || (j < p ? !w.missing[j] : w.code[j - p] >= 0));
      }
      if (all && cost < best - 1e-9 && some_codes(&c, code, 0)) best = cost;
    }
    assert_int_equal(m.status, isinf(best) ? LOCALISE_NO_SOLUTION : best == 0 ? LOCALISE_PASSED : LOCALISE_SOLVED);
    if (m.status == LOCALISE_SOLVED) assert_true(fabs(m.cost - best) < 1e-6);
    solved += m.status == LOCALISE_SOLVED;
    arena_free(a);
  }
  assert_true(solved > n_records / 20 && clauses > n_records / 10);
}
/* Rules written in another order: the same set, the same soft rules. */
static void order_of_rules_is_immaterial(void **state) {
  (void)state;
  int several = 0;
  for (int k = 0; k < n_records / 3; k++) {
    struct arena *a = arena_new(0);
    struct world w = {0};
    struct rng r;
    struct mixed_answer m, turned;
    struct rule rules[RULES];
    rng_init(&r, 5, "mixed orders", &k, sizeof k);
    assert_non_null(a);
    random_rules(&w, &r, false);
    random_record(&w, &r);
    solve(a, &w, true, &m);
    for (int i = 0; i < w.rules.n_rules; i++) rules[i] = w.rule[w.rules.n_rules - 1 - i];
    w.rules.rules = rules;
    solve(a, &w, true, &turned);
    assert_true(m.status == turned.status && m.cost == turned.cost && m.n_set == turned.n_set && m.n_paid == turned.n_paid);
    assert_memory_equal(m.set, turned.set, (size_t)m.n_set * sizeof *m.set);
    for (int t = 0; t < m.n_paid; t++) {
      bool found = false;
      for (int u = 0; u < m.n_paid; u++) found = found || strcmp(w.rule[m.paid[t]].id, rules[turned.paid[u]].id) == 0;
      assert_true(found);
    }
    several += m.n_set > 0;
    arena_free(a);
  }
  assert_true(several > 0);
}
static void linear_rules_as_by_the_numeric_search(void **state) {
  (void)state;
  int solved = 0;
  for (int k = 0; k < n_records; k++) {
    struct arena *a = arena_new(0);
    struct world w = {0};
    struct rng g;
    struct mixed_answer m;
    struct localise_result r;
    struct num_table data;
    struct err e = {0};
    struct linear_edit edits[RULES];
    rng_init(&g, 4, "linear systems", &k, sizeof k);
    assert_non_null(a);
    random_rules(&w, &g, true);
    random_record(&w, &g);
    struct linear_system s = w.rules.numeric;
    s.m = w.rules.n_rules;
    s.edits = edits;
    for (int i = 0; i < s.m; i++) edits[i] = w.rule[i].atoms[0].linear;
    assert_int_equal(num_table_init(&data, a, s.names, s.p, 1, &e), E_OK);
    const struct str unit = STR("unit");
    data.unit = &unit;
    for (int j = 0; j < s.p; j++) {
      data.columns[j].x[0] = w.x[j];
      data.columns[j].status[0] = w.missing[j] ? VAL_BLANK : VAL_REPORTED;
    }
    const struct job job = {.n_threads = 1};
    const struct localise_spec spec = {.system = &s, .weight = w.weight, .max_cost = INFINITY, .seed = 7};
    assert_int_equal(localise_run(&job, a, &spec, &data, &r, &e), E_OK);
    solve(a, &w, false, &m);
    const struct localise_case *c = localise_find(&r, 0);
    assert_int_equal(m.status, c ? c->status : LOCALISE_PASSED);
    if (c && c->status == LOCALISE_SOLVED) {
      assert_true(m.cost == c->cost && m.n_set == c->n_set);
      assert_memory_equal(m.set, c->set, (size_t)m.n_set * sizeof *m.set);
      solved++;
    }
    arena_free(a);
  }
  assert_true(solved > n_records / 4);
}
int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "--full") == 0) n_records = 50000;
  const struct CMUnitTest tests[] = {cmocka_unit_test(least_cost_as_by_trying_every_record), cmocka_unit_test(continuous_numbers_as_by_all_choices),
                                     cmocka_unit_test(order_of_rules_is_immaterial), cmocka_unit_test(linear_rules_as_by_the_numeric_search)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
