/* Error localisation against trying all sets with GLPK, on random small systems: cost least, every listed set feasible and no other of that
 * cost, witness kept by every edit; the same answers whatever the order of records, edits and variables, the threads, and which other records
 * are there. Default 5,000 systems; --full 100,000. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/rng.h"
#include "processing/localise/localise_proof.h"
#include "tests/property/localise_oracle.h"

enum { MAX_P = 7, MAX_M = 7, RECORDS = 3, OPTIMA = 200 };
static int n_systems = 5000;

struct world {
  struct arena *arena;
  struct linear_system system;
  struct num_table data;
  double weight[MAX_P];
  uint8_t *flags[MAX_P];
};
static const char *const NAMES[MAX_P] = {"A", "B", "C", "D", "E", "F", "G"};
static const char *const UNITS[] = {"u0", "u1", "u2", "u3", "u4", "u5", "u6", "u7"};

static int below(struct rng *r, int n) { return (int)rng_below(r, (uint64_t)n); }

static void random_edit(struct arena *a, struct rng *r, int p, struct linear_edit *out) {
  int *var = ARENA_ARRAY(a, int, p), n = 0;
  double *coef = ARENA_ARRAY(a, double, p);
  assert_true(var && coef);
  for (int j = 0; j < p; j++)
    if (below(r, p) < 2) {
      static const double COEFS[] = {1, -1, 1, -1, 1, -1, 2, -2, 3, 0.5, -0.6, 1.25};
      var[n] = j;
      coef[n++] = COEFS[below(r, 12)];
    }
  if (n == 0) {
    var[n] = below(r, p);
    coef[n++] = 1;
  }
  *out = (struct linear_edit){
      .op = below(r, 3) == 0 ? LINEAR_EQ : LINEAR_LE, .n = n, .var = var, .coef = coef, .rhs = below(r, 3) ? 0 : below(r, 41) - 10, .id = "e"};
}
static void random_system(struct world *w, struct rng *r) {
  struct arena *a = w->arena;
  struct linear_system *s = &w->system;
  *s = (struct linear_system){
      .p = 2 + below(r, MAX_P - 1), .m = 1 + below(r, MAX_M), .names = ARENA_ARRAY(a, const char *, MAX_P), .lower = ARENA_ARRAY(a, double, MAX_P)};
  s->upper = ARENA_ARRAY(a, double, MAX_P);
  s->decimals = ARENA_ARRAY(a, int, MAX_P);
  s->edits = ARENA_ARRAY(a, struct linear_edit, MAX_M);
  assert_true(s->names && s->lower && s->upper && s->decimals && s->edits);
  const int style = below(r, 3);
  for (int j = 0; j < s->p; j++) {
    static const double WEIGHTS[] = {1, 1, 1, 2, 1.5, 0.7, 5};
    s->names[j] = NAMES[j];
    s->decimals[j] = -1;
    s->lower[j] = style == 0 ? 0 : style == 1 || below(r, 2) ? -INFINITY : -20;
    s->upper[j] = below(r, 4) ? INFINITY : 30;
    w->weight[j] = style == 2 ? 1 : WEIGHTS[below(r, 7)];
  }
  for (int i = 0; i < s->m; i++) random_edit(a, r, s->p, &s->edits[i]);
}
static void random_records(struct world *w, struct rng *r, int n) {
  struct err e;
  struct str *unit = ARENA_ARRAY(w->arena, struct str, n);
  assert_int_equal(num_table_init(&w->data, w->arena, w->system.names, w->system.p, n, &e), E_OK);
  assert_non_null(unit);
  w->data.unit = unit;
  for (int i = 0; i < n; i++) unit[i] = str_of(UNITS[i % 8]);
  for (int j = 0; j < w->system.p; j++) {
    assert_non_null(w->flags[j] = ARENA_ARRAY(w->arena, uint8_t, n));
    for (int i = 0; i < n; i++) {
      struct num_column *c = &w->data.columns[j];
      c->status[i] = below(r, 12) ? VAL_REPORTED : VAL_BLANK;
      c->x[i] = num_present(c, i) ? below(r, 60) - 15 + (below(r, 5) ? 0 : 0.5) : 0;
      w->flags[j][i] = (uint8_t)(below(r, 25) ? LOCALISE_FREE : below(r, 2) ? LOCALISE_FORCED : LOCALISE_FROZEN);
    }
  }
}
static void run(struct world *w, int threads, int optima, struct localise_result *out) {
  const struct job job = {.n_threads = threads};
  struct err e = {0};
  const struct localise_spec spec = {
      .system = &w->system, .weight = w->weight, .flags = (const uint8_t *const *)w->flags, .max_cost = INFINITY, .seed = 7, .max_optima = optima};
  assert_int_equal(localise_run(&job, w->arena, &spec, &w->data, out, &e), E_OK);
}
static double cost_of(const struct world *w, uint32_t set) {
  double sum = 0;
  for (int j = 0; j < w->system.p; j++) sum += set >> j & 1 ? w->weight[j] : 0;
  return sum;
}
/* Every set, by GLPK. Returns the least cost (INFINITY: none) and which sets have it. */
static double enumerate(const struct world *w, int64_t row, uint32_t *optimal, int *n_optimal) {
  const struct linear_system *s = &w->system;
  double x[MAX_P], best = INFINITY;
  uint32_t forced = 0, frozen = 0;
  bool missing = false;
  for (int j = 0; j < s->p; j++) {
    const bool present = num_present(&w->data.columns[j], row);
    x[j] = w->data.columns[j].x[row];
    missing = missing || !present;
    if (!present || w->flags[j][row] == LOCALISE_FORCED)
      forced |= (uint32_t)1 << j;
    else if (w->flags[j][row] == LOCALISE_FROZEN)
      frozen |= (uint32_t)1 << j;
  }
  *n_optimal = 0;
  for (uint32_t set = 0; set < (uint32_t)1 << s->p; set++) {
    const double cost = cost_of(w, set);
    if ((set & forced) != forced || (set & frozen) || cost > best + 1e-9 || !oracle_feasible(s, x, set)) continue;
    if (cost < best - 1e-9) *n_optimal = 0;
    best = cost < best ? cost : best;
    optimal[(*n_optimal)++] = set;
  }
  return best;
}
static uint32_t bits(const int *set, int n) {
  uint32_t b = 0;
  for (int k = 0; k < n; k++) b |= (uint32_t)1 << set[k];
  return b;
}
static void witness_holds(const struct world *w, const struct localise_case *c) {
  double x[MAX_P];
  for (int j = 0; j < w->system.p; j++) x[j] = w->data.columns[j].x[c->row];
  for (int k = 0; k < c->n_set; k++) {
    x[c->set[k]] = c->witness[k];
    assert_true(c->witness[k] >= w->system.lower[c->set[k]] && c->witness[k] <= w->system.upper[c->set[k]]);
  }
  for (int i = 0; i < w->system.m; i++) assert_true(linear_holds(&w->system.edits[i], x));
}
static void compare_record(const struct world *w, const struct localise_result *r, int64_t row) {
  uint32_t optimal[1 << MAX_P];
  int n;
  const double best = enumerate(w, row, optimal, &n);
  const struct localise_case *c = localise_find(r, row);
  if (best == 0) assert_null(c);
  if (best == 0) return;
  assert_non_null(c);
  if (isinf(best)) assert_int_equal(c->status, LOCALISE_NO_SOLUTION);
  if (isinf(best)) return;
  assert_int_equal(c->status, LOCALISE_SOLVED);
  assert_true(fabs(c->cost - best) < 1e-6);
  assert_int_equal(c->n_optima, n);
  const int *at = c->optima;
  for (int k = 0; k < c->n_listed; k++, at += 1 + at[0]) {
    bool found = false;
    for (int t = 0; t < n; t++) found = found || optimal[t] == bits(at + 1, at[0]);
    assert_true(found);
  }
  witness_holds(w, c);
}
/* The proof of every record holds, and its answer (made with an empty pool) is that of the run; a proof with an argument less or a dearer set does
   not hold. */
static void prove_record(struct world *w, const struct localise_result *r, int64_t row, int *proofs) {
  const struct localise_spec spec = {
      .system = &w->system, .weight = w->weight, .flags = (const uint8_t *const *)w->flags, .max_cost = INFINITY, .seed = 7};
  const struct localise_case *c = localise_find(r, row);
  struct localise_proof f;
  struct err e = {0};
  if (!c) return;
  assert_int_equal(localise_prove(w->arena, &spec, &w->data, row, &f, &e), E_OK);
  assert_int_equal(f.answer.status, c->status);
  assert_int_equal(bits(f.answer.set, f.answer.n_set), bits(c->set, c->n_set));
  for (int k = 0; k < c->n_set; k++) assert_true(f.answer.witness[k] == c->witness[k]);
  assert_int_equal(localise_proof_check(w->arena, &w->system, &f, &e), E_OK);
  ++*proofs;
  if (f.n_arguments == 0) return;
  struct localise_proof less = f;
  less.n_arguments--;
  assert_int_equal(localise_proof_check(w->arena, &w->system, &less, &e), E_LOCALISE_PROOF);
  struct localise_argument *wrong = ARENA_ARRAY(w->arena, struct localise_argument, f.n_arguments);
  double *y = ARENA_ARRAY(w->arena, double, f.argument[0].n_y);
  assert_true(wrong && y);
  memcpy(wrong, f.argument, (size_t)f.n_arguments * sizeof *wrong);
  for (int k = 0; k < wrong[0].n_y; k++) y[k] = -wrong[0].y[k];
  wrong[0].y = y;
  less = f;
  less.argument = wrong;
  assert_int_equal(localise_proof_check(w->arena, &w->system, &less, &e), E_LOCALISE_PROOF);
}
static void least_cost_and_all_sets_as_by_enumeration(void **state) {
  (void)state;
  int failing = 0, hopeless = 0, proofs = 0;
  for (int k = 0; k < n_systems; k++) {
    struct world w = {.arena = arena_new(0)};
    struct localise_result r;
    struct rng g;
    rng_init(&g, 20261128, "localise systems", &k, sizeof k);
    assert_non_null(w.arena);
    random_system(&w, &g);
    random_records(&w, &g, RECORDS);
    run(&w, 1, OPTIMA, &r);
    for (int64_t i = 0; i < RECORDS; i++) {
      compare_record(&w, &r, i);
      prove_record(&w, &r, i, &proofs);
    }
    failing += (int)r.n_cases;
    hopeless += (int)r.metrics.by_status[LOCALISE_NO_SOLUTION];
    arena_free(w.arena);
  }
  print_message("%d systems, %d records not passing, %d without solution, %d proofs checked\n", n_systems, failing, hopeless, proofs);
  assert_int_equal(proofs, failing);
  assert_true(failing > n_systems && hopeless > 0 && hopeless < failing);
}
/* The case of record i of one world is that of record at[i] of the other, whose variable j is to[j] there. */
static void same_case(const struct localise_case *a, const struct localise_case *b, const int *to) {
  assert_int_equal(a == NULL, b == NULL);
  if (!a) return;
  assert_int_equal(a->status, b->status);
  assert_int_equal(a->n_set, b->n_set);
  assert_true(a->cost == b->cost);
  uint32_t moved = 0;
  for (int k = 0; k < a->n_set; k++) moved |= (uint32_t)1 << to[a->set[k]];
  assert_int_equal(moved, bits(b->set, b->n_set));
  for (int k = 0; to[0] == 0 && to[1] == 1 && k < a->n_set; k++) assert_true(a->witness[k] == b->witness[k]);
}
/* Records turned round, then a subset of them. */
static void turned_and_subset(struct world *w, const struct localise_result *r, const int *same) {
  struct world other = *w;
  struct localise_result q;
  struct err e;
  const int64_t n = w->data.n;
  for (int step = 1; step <= 3; step += 2) {
    const int64_t m = n / step;
    assert_int_equal(num_table_init(&other.data, w->arena, w->system.names, w->system.p, m, &e), E_OK);
    struct str *unit = ARENA_ARRAY(w->arena, struct str, m);
    assert_non_null(unit);
    for (int j = 0; j < w->system.p; j++) assert_non_null(other.flags[j] = ARENA_ARRAY(w->arena, uint8_t, m));
    for (int64_t i = 0; i < m; i++) {
      const int64_t from = n - 1 - i * step;
      unit[i] = w->data.unit[from];
      for (int j = 0; j < w->system.p; j++) {
        other.data.columns[j].x[i] = w->data.columns[j].x[from];
        other.data.columns[j].status[i] = w->data.columns[j].status[from];
        other.flags[j][i] = w->flags[j][from];
      }
    }
    other.data.unit = unit;
    run(&other, 1, 0, &q);
    for (int64_t i = 0; i < m; i++) same_case(localise_find(r, n - 1 - i * step), localise_find(&q, i), same);
  }
}
/* Edits in another order, and variables in another order. */
static void edits_and_variables_turned(struct world *w, const struct localise_result *r) {
  struct world other = *w;
  struct localise_result q;
  const int p = w->system.p, m = w->system.m;
  int to[MAX_P];
  other.system.edits = ARENA_ARRAY(w->arena, struct linear_edit, m);
  assert_non_null(other.system.edits);
  for (int i = 0; i < m; i++) other.system.edits[i] = w->system.edits[m - 1 - i];
  run(&other, 1, 0, &q);
  for (int64_t i = 0; i < w->data.n; i++) {
    const struct localise_case *a = localise_find(r, i), *b = localise_find(&q, i);
    assert_int_equal(a == NULL, b == NULL);
    if (a) assert_true(a->cost == b->cost && bits(a->set, a->n_set) == bits(b->set, b->n_set));
  }
  other = *w;
  other.system.names = ARENA_ARRAY(w->arena, const char *, p);
  other.system.lower = ARENA_ARRAY(w->arena, double, p);
  other.system.upper = ARENA_ARRAY(w->arena, double, p);
  other.system.edits = ARENA_ARRAY(w->arena, struct linear_edit, m);
  assert_true(other.system.names && other.system.lower && other.system.upper && other.system.edits);
  for (int j = 0; j < p; j++) {
    to[j] = p - 1 - j;
    other.system.names[to[j]] = w->system.names[j];
    other.system.lower[to[j]] = w->system.lower[j];
    other.system.upper[to[j]] = w->system.upper[j];
    other.weight[to[j]] = w->weight[j];
    other.flags[to[j]] = w->flags[j];
  }
  for (int i = 0; i < m; i++) {
    const struct linear_edit *from = &w->system.edits[i];
    int *var = ARENA_ARRAY(w->arena, int, from->n);
    double *coef = ARENA_ARRAY(w->arena, double, from->n);
    assert_true(var && coef);
    for (int k = 0; k < from->n; k++) {
      var[k] = to[from->var[from->n - 1 - k]];
      coef[k] = from->coef[from->n - 1 - k];
    }
    other.system.edits[i] = *from;
    other.system.edits[i].var = var;
    other.system.edits[i].coef = coef;
  }
  run(&other, 1, 0, &q);
  for (int64_t i = 0; i < w->data.n; i++) same_case(localise_find(r, i), localise_find(&q, i), to);
}
static void order_threads_and_subsets_change_nothing(void **state) {
  (void)state;
  static const int SAME[MAX_P] = {0, 1, 2, 3, 4, 5, 6};
  for (int k = 0; k < 12; k++) {
    struct world w = {.arena = arena_new(0)};
    struct localise_result r, q;
    struct rng g;
    rng_init(&g, 99, "localise orders", &k, sizeof k);
    assert_non_null(w.arena);
    random_system(&w, &g);
    random_records(&w, &g, 3000);
    run(&w, 1, 0, &r);
    for (int threads = 2; threads <= 8; threads *= 4) {
      run(&w, threads, 0, &q);
      assert_int_equal(q.n_cases, r.n_cases);
      assert_memory_equal(q.metrics.by_size, r.metrics.by_size, sizeof q.metrics.by_size);
      for (int64_t i = 0; i < w.data.n; i++) same_case(localise_find(&r, i), localise_find(&q, i), SAME);
    }
    turned_and_subset(&w, &r, SAME);
    edits_and_variables_turned(&w, &r);
    arena_free(w.arena);
  }
}
int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "--full") == 0) n_systems = 100000;
  const struct CMUnitTest tests[] = {cmocka_unit_test(least_cost_and_all_sets_as_by_enumeration),
                                     cmocka_unit_test(order_threads_and_subsets_change_nothing)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
