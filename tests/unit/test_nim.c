/* Nearest-neighbour minimum change: two donors by hand, persons in another order, the assignment, and random units against enumeration. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "processing/impute/nim.h"

static const struct str CODES[] = {{"0", 1}, {"1", 1}, {"2", 1}};
static struct linear_edit linear(const int *var, const double *coef, int n, double rhs) {
  return (struct linear_edit){.op = LINEAR_LE, .n = n, .var = var, .coef = coef, .rhs = rhs, .id = "x"};
}

static void assignments_of_least_cost(void **state) {
  (void)state;
  static const double cost[] = {4, 1, 3, 2, 0, 5, 3, 2, 2};
  int to[3];
  nim_assign(cost, 3, to);
  assert_int_equal(to[0], 1); /* 1 + 2 + 2 */
  assert_int_equal(to[1], 0);
  assert_int_equal(to[2], 2);
}
/* Age and marital status (0 single, 1 married, 2 widowed); the married are 16 or older. */
static const int AGE[] = {0};
static const double MINUS[] = {-1};
static const uint64_t NOT_MARRIED[] = {5};
static struct rule_set married_rule(struct rule *rule, struct rule_atom *atoms, struct rule_category *category) {
  static const char *names[] = {"age"};
  atoms[0] = (struct rule_atom){.category = true, .k = 0, .set = NOT_MARRIED};
  atoms[1] = (struct rule_atom){.linear = linear(AGE, MINUS, 1, -16)};
  *rule = (struct rule){.id = "married", .n_atoms = 2, .atoms = atoms};
  *category = (struct rule_category){.name = "marital", .n_codes = 3, .codes = CODES};
  return (struct rule_set){.numeric = {.p = 1, .names = names}, .n_categories = 1, .n_rules = 1, .categories = category, .rules = rule};
}
static void the_least_change_of_the_nearest_donors(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct rule rule;
  struct rule_atom atoms[2];
  struct rule_category category;
  const struct rule_set rules = married_rule(&rule, atoms, &category);
  static const struct nim_variable variables[] = {{.weight = 1, .scale = 10}, {.weight = 1}};
  static const struct str unit[] = {{"d1", 2}, {"d2", 2}, {"f", 1}, {"m", 1}};
  static const double value[] = {13, 0, 20, 1, 12, 1, 0, 1};
  static const uint8_t must[] = {0, 0, 0, 0, 0, 0, 1, 0};
  struct nim_spec s = {.rules = &rules, .variables = variables, .n_donors = 5, .alpha = 0.9, .gamma = 1.1, .t = 1, .max_nodes = 1000, .seed = 1};
  const struct nim_data d = {.n = 4, .unit = unit, .value = value, .must = must};
  struct nim_result r;
  struct err e;
  assert_int_equal(nim_impute(a, &s, &d, &r, &e), E_OK);
  assert_int_equal(r.n_units, 2);
  assert_int_equal(r.n_donors, 2);
  const struct nim_unit *f = &r.units[0];
  assert_int_equal(f->donor, 1); /* age from d2: 0.9 * 0.8; marital from d1: 0.9 * 1 + 0.1 * 0.1 */
  assert_true(fabs(f->size - 0.72) < 1e-12 && fabs(f->change - 0.8) < 1e-12);
  assert_true(f->value[0] == 20 && f->value[1] == 1);
  assert_true(f->taken[0] && !f->taken[1]);
  assert_int_equal(f->n_near, 1);
  const struct nim_unit *m = &r.units[1]; /* age missing, married: d2's age, nothing else differs */
  assert_int_equal(m->donor, 1);
  assert_true(m->value[0] == 20 && m->size == 0);
  s.gamma = 1.3;
  assert_int_equal(nim_impute(a, &s, &d, &r, &e), E_OK);
  assert_int_equal(r.units[0].n_near, 2);
  s.alpha = 0.5;
  assert_int_equal(nim_impute(a, &s, &d, &r, &e), E_NIM_PARAMETER);
  arena_free(a);
}
/* Persons are (age, sex); the head stays in place. */
static void a_donors_persons_are_put_in_order(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  static const char *names[] = {"age1", "age2", "age3"};
  static const int person[] = {0, 3, 1, 4, 2, 5};
  static const struct nim_variable variables[] = {
      {.weight = 1, .scale = 20}, {.weight = 1, .scale = 20}, {.weight = 1, .scale = 20}, {.weight = 1}, {.weight = 1}, {.weight = 1}};
  struct rule_category categories[3];
  for (int i = 0; i < 3; i++) categories[i] = (struct rule_category){.name = "sex", .n_codes = 2, .codes = CODES};
  const struct rule_set rules = {.numeric = {.p = 3, .names = names}, .n_categories = 3, .categories = categories};
  static const struct str unit[] = {{"d", 1}, {"f", 1}};
  static const double value[] = {41, 6, 37, 1, 1, 0, 40, 38, 5, 1, 0, 1};
  static const uint8_t must[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0};
  const struct nim_spec s = {.rules = &rules,
      .variables = variables,
      .layout = {3, 2, 1, person, false},
      .n_donors = 5,
      .alpha = 0.9,
      .gamma = 1,
      .max_nodes = 10,
      .seed = 1};
  const struct nim_data d = {.n = 2, .unit = unit, .value = value, .must = must};
  struct nim_result r;
  struct err e;
  assert_int_equal(nim_impute(a, &s, &d, &r, &e), E_OK);
  assert_int_equal(r.n_units, 1);
  assert_int_equal(r.units[0].person[0], 0);
  assert_int_equal(r.units[0].person[1], 2);
  assert_int_equal(r.units[0].person[2], 1);
  assert_true(r.units[0].value[4] == 0); /* the sex of the one aged 37 */
  assert_true(r.units[0].change == 0);
  arena_free(a);
}

enum { V = 5, UNITS = 60 };
struct world {
  struct rule_set rules;
  struct rule rule[5];
  struct rule_atom atoms[5][2];
  struct rule_category categories[2];
  struct nim_variable variables[V];
  struct str unit[UNITS];
  double value[UNITS * V];
  uint8_t must[UNITS * V];
};
static const int PAIR[][2] = {{0, 1}, {1, 2}, {0, 2}};
static const double DOWN[] = {1, -1};
/* x0 <= x1 or c0 in {0,1}; x1 <= x2; x0 - x2 <= 2 or c1 = 0; c0 = 0 or c1 in {1,2}; x0 < 9 */
static void make(struct world *w, uint64_t seed) {
  static const char *names[] = {"x0", "x1", "x2"};
  static const uint64_t sets[] = {3, 1, 6};
  static const double one[] = {1};
  memset(w, 0, sizeof *w);
  w->atoms[0][0] = (struct rule_atom){.linear = linear(PAIR[0], DOWN, 2, 0)};
  w->atoms[0][1] = (struct rule_atom){.category = true, .k = 0, .set = &sets[0]};
  w->atoms[1][0] = (struct rule_atom){.linear = linear(PAIR[1], DOWN, 2, 0)};
  w->atoms[2][0] = (struct rule_atom){.linear = linear(PAIR[2], DOWN, 2, 2)};
  w->atoms[2][1] = (struct rule_atom){.category = true, .k = 1, .set = &sets[1]};
  w->atoms[3][0] = (struct rule_atom){.category = true, .k = 0, .set = &sets[1]};
  w->atoms[3][1] = (struct rule_atom){.category = true, .k = 1, .set = &sets[2]};
  w->atoms[4][0] = (struct rule_atom){.strict = true, .linear = linear(PAIR[0], one, 1, 9)};
  for (int i = 0; i < 5; i++) w->rule[i] = (struct rule){.id = "r", .n_atoms = i == 1 || i == 4 ? 1 : 2, .atoms = w->atoms[i]};
  for (int k = 0; k < 2; k++) w->categories[k] = (struct rule_category){.name = "c", .n_codes = 3, .codes = CODES};
  w->rules = (struct rule_set){.numeric = {.p = 3, .names = names}, .n_categories = 2, .n_rules = 5, .categories = w->categories, .rules = w->rule};
  static const char ids[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  for (int i = 0; i < UNITS; i++) {
    struct rng g;
    rng_init(&g, seed, "nim", &i, sizeof i);
    w->unit[i] = str_view(ids + i, 1);
    for (int v = 0; v < V; v++) w->value[i * V + v] = (double)rng_below(&g, v < 3 ? 12 : 3);
    if (rng_below(&g, 4) == 0) w->must[i * V + (int)rng_below(&g, V)] = 1;
  }
  for (int v = 0; v < V; v++) w->variables[v] = (struct nim_variable){.weight = 1 + 0.25 * v, .scale = 5};
}
static bool passes(const struct world *w, const double *x) {
  for (int i = 0; i < 5; i++)
    if (!nim_rule_holds(&w->rules, &w->rule[i], x)) return false;
  return true;
}
static double apart(const struct world *w, int v, double x, double y) { return w->variables[v].weight * (v < 3 ? fmin(1, fabs(x - y) / 5) : x != y); }
/* The smallest D_fpa over all donors and all sets that pass. */
static double by_enumeration(const struct world *w, int64_t f) {
  double least = INFINITY;
  for (int p = 0; p < UNITS; p++) {
    bool donor = passes(w, w->value + p * V);
    for (int v = 0; v < V; v++) donor &= !w->must[p * V + v];
    for (int set = 0; donor && set < 1 << V; set++) {
      double x[V], change = 0, rest = 0;
      bool all = true;
      for (int v = 0; v < V; v++) {
        const bool taken = set >> v & 1, must = w->must[f * V + v];
        const double far = must ? 0 : apart(w, v, w->value[f * V + v], w->value[p * V + v]);
        all &= taken || !must;
        x[v] = w->value[(taken ? p : f) * V + v];
        if (taken) change += far;
        else rest += far;
      }
      if (all && passes(w, x) && 0.9 * change + 0.1 * rest < least) least = 0.9 * change + 0.1 * rest;
    }
  }
  return least;
}
static void the_search_finds_the_smallest_change(void **state) {
  (void)state;
  int served = 0;
  for (uint64_t seed = 1; seed <= 20; seed++) {
    struct arena *a = arena_new(0);
    struct world w;
    struct nim_result r;
    struct err e;
    make(&w, seed);
    const struct nim_spec s = {
        .rules = &w.rules, .variables = w.variables, .n_donors = UNITS, .alpha = 0.9, .gamma = 1, .t = 1, .max_nodes = 10000, .seed = seed};
    const struct nim_data d = {.n = UNITS, .unit = w.unit, .value = w.value, .must = w.must};
    assert_int_equal(nim_impute(a, &s, &d, &r, &e), E_OK);
    assert_true(r.n_donors > 0);
    for (int64_t i = 0; i < r.n_units; i++) {
      assert_int_equal(r.units[i].outcome, NIM_FOUND);
      assert_false(r.units[i].truncated);
      assert_true(passes(&w, r.units[i].value));
      assert_true(fabs(r.units[i].size - by_enumeration(&w, r.units[i].row)) < 1e-9);
      served++;
    }
    arena_free(a);
  }
  assert_true(served > 300);
}
static void order_of_rows_and_subsets_change_nothing(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct world w, v;
  struct nim_result r, q, few;
  struct err e;
  uint8_t serve[UNITS];
  make(&w, 5);
  make(&v, 5);
  for (int i = 0; i < UNITS; i++) {
    v.unit[i] = w.unit[UNITS - 1 - i];
    memcpy(v.value + i * V, w.value + (UNITS - 1 - i) * V, V * sizeof *v.value);
    memcpy(v.must + i * V, w.must + (UNITS - 1 - i) * V, V);
    serve[i] = i % 3 == 0;
  }
  const struct nim_spec s = {
      .rules = &w.rules, .variables = w.variables, .n_donors = 6, .alpha = 0.9, .gamma = 1.5, .t = 2, .max_nodes = 10000, .seed = 4};
  assert_int_equal(nim_impute(a, &s, &(struct nim_data){.n = UNITS, .unit = w.unit, .value = w.value, .must = w.must}, &r, &e), E_OK);
  assert_int_equal(nim_impute(a, &s, &(struct nim_data){.n = UNITS, .unit = v.unit, .value = v.value, .must = v.must}, &q, &e), E_OK);
  assert_int_equal(nim_impute(a, &s, &(struct nim_data){.n = UNITS, .unit = w.unit, .value = w.value, .must = w.must, .serve = serve}, &few, &e),
                   E_OK);
  assert_int_equal(r.n_units, q.n_units);
  for (int64_t i = 0; i < r.n_units; i++) {
    assert_int_equal(r.units[i].row, UNITS - 1 - q.units[i].row);
    assert_int_equal(r.units[i].donor, UNITS - 1 - q.units[i].donor);
    assert_memory_equal(r.units[i].value, q.units[i].value, V * sizeof(double));
  }
  assert_true(few.n_units > 5 && few.n_units < r.n_units);
  for (int64_t i = 0, k = 0; i < few.n_units; i++) {
    while (r.units[k].row != few.units[i].row) k++;
    assert_int_equal(r.units[k].donor, few.units[i].donor);
  }
  arena_free(a);
}
static void every_allocation_may_fail(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct world w;
  struct nim_result r;
  struct err e;
  enum err_code code = E_NO_MEMORY;
  int n = 0;
  make(&w, 5);
  const struct nim_spec s = {
      .rules = &w.rules, .variables = w.variables, .n_donors = 3, .alpha = 0.9, .gamma = 1, .t = 1, .max_nodes = 1000, .seed = 4};
  const struct nim_data d = {.n = UNITS, .unit = w.unit, .value = w.value, .must = w.must};
  while (code == E_NO_MEMORY && n < 1000) {
    arena_fail_at((uint64_t)++n);
    code = nim_impute(a, &s, &d, &r, &e);
    arena_fail_at(0);
  }
  assert_int_equal(code, E_OK);
  assert_true(n > 30);
  arena_free(a);
}
/* One step per donor is not enough: said, and what is found still passes. */
static void a_search_cut_short_says_so(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct world w;
  struct nim_result r;
  struct err e;
  int cut = 0;
  make(&w, 5);
  const struct nim_spec s = {.rules = &w.rules, .variables = w.variables, .n_donors = 6, .alpha = 0.9, .gamma = 1, .t = 1, .max_nodes = 2, .seed = 4};
  const struct nim_data d = {.n = UNITS, .unit = w.unit, .value = w.value, .must = w.must};
  assert_int_equal(nim_impute(a, &s, &d, &r, &e), E_OK);
  for (int64_t i = 0; i < r.n_units; i++) {
    cut += r.units[i].truncated;
    if (r.units[i].outcome == NIM_FOUND) assert_true(passes(&w, r.units[i].value));
    else assert_true(r.units[i].truncated);
  }
  assert_true(cut > 0);
  arena_free(a);
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(assignments_of_least_cost), cmocka_unit_test(the_least_change_of_the_nearest_donors),
                                     cmocka_unit_test(a_donors_persons_are_put_in_order), cmocka_unit_test(the_search_finds_the_smallest_change),
                                     cmocka_unit_test(order_of_rows_and_subsets_change_nothing),
                                     cmocka_unit_test(every_allocation_may_fail), cmocka_unit_test(a_search_cut_short_says_so)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
