/* Certificates of mixed records: every one is accepted by the checker, and refused when an item, a branch, a multiplier or a rule is taken out.
 * Operations against trying every one. Default 2,000 records; --full 50,000. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "processing/localise/mixed_proof.h"
#include "tests/property/mixed_world.h"

static int n_records = 2000;

static struct mixed_record record_of(const struct world *w) {
  return (struct mixed_record){.unit = STR("unit"), .x = w->x, .missing = w->missing, .code = w->code};
}
static void random_operations(struct rng *r, int p, struct operation *o, int n) {
  for (int k = 0; k < n; k++) {
    o[k] = (struct operation){
        .kind = (enum operation_kind)below(r, 4), .a = below(r, p), .b = below(r, p), .factor = 3, .weight = 0.3 + below(r, 8) / 7.0};
    if (o[k].a == o[k].b) o[k].kind = below(r, 2) ? OPERATION_DIVIDE : OPERATION_SIGN;
  }
}
/* --- certificates --- */
struct tally {
  int made, items, branches, signs, rules, nodes, whole, sums, valid;
};
static bool accepted(const struct mixed_spec *spec, const struct mixed_record *r, const struct mixed_proof *f) {
  struct arena *a = arena_new(0);
  struct err e = {0};
  assert_non_null(a);
  const enum err_code code = mixed_proof_check(a, spec, r, f, &e);
  arena_free(a);
  assert_true(code == E_OK || code == E_LOCALISE_PROOF);
  return code == E_OK;
}
static void tamper_items(const struct mixed_spec *spec, const struct mixed_record *r, struct mixed_proof *f, struct mixed_argument *g,
                         struct tally *t) {
  const struct mixed_argument whole = *g;
  for (int k = 0; k < whole.n_items && whole.n_nodes; k++) {
    int item[P + Q];
    for (int i = 0, n = 0; i < whole.n_items; i++)
      if (i != k) item[n++] = whole.item[i];
    g->item = item;
    g->n_items = whole.n_items - 1;
    assert_false(accepted(spec, r, f));
    t->items++;
    *g = whole;
  }
  for (int k = 0; k < whole.n_rules; k++) {
    int rule[RULES];
    for (int i = 0, n = 0; i < whole.n_rules; i++)
      if (i != k) rule[n++] = whole.rule[i];
    g->rule = rule;
    g->n_rules = whole.n_rules - 1;
    assert_false(accepted(spec, r, f));
    t->rules++;
    *g = whole;
  }
}
static void tamper_nodes(const struct mixed_spec *spec, const struct mixed_record *r, struct mixed_proof *f, struct mixed_argument *g,
                         struct tally *t) {
  struct proof_node node[PROOF_MAX_NODES];
  const struct mixed_argument whole = *g;
  memcpy(node, g->node, (size_t)g->n_nodes * sizeof *node);
  g->node = node;
  for (int k = 0; k < g->n_nodes; k++) {
    const struct proof_node old = node[k];
    t->nodes++;
    t->whole += old.kind == PROOF_WHOLE;
    int child[RULE_MAX_ATOMS];
    for (int c = 0; old.kind != PROOF_FARKAS && c < old.n; c++) { /* a branch dropped */
      if (old.child[c] < 0) continue;
      memcpy(child, old.child, (size_t)old.n * sizeof *child);
      child[c] = -1;
      node[k].child = child;
      assert_false(accepted(spec, r, f));
      t->branches++;
      node[k] = old;
    }
    struct proof_term term[RULES + 3];
    for (int c = 0; old.kind == PROOF_FARKAS && c < old.n; c++) { /* a multiplier with the other sign, or none */
      memcpy(term, old.term, (size_t)old.n * sizeof *term);
      node[k].term = term;
      term[c].y = -term[c].y;
      const bool equal = term[c].rule < 0 || spec->rules->rules[term[c].rule].atoms[term[c].atom].linear.op == LINEAR_EQ;
      const bool turned = accepted(spec, r, f);
      assert_true(equal || !turned);
      memcpy(term + c, old.term + c + 1, (size_t)(old.n - c - 1) * sizeof *term);
      node[k].n = old.n - 1;
      const bool without = accepted(spec, r, f);
      assert_true(old.n > 1 || !without);
      t->signs += !turned + !without;
      t->valid += turned + without; /* other multiples that prove the same: a bound in place of a rule */
      node[k] = old;
    }
    t->sums += old.kind == PROOF_FARKAS && old.n > 1;
  }
  *g = whole;
}
static void certificates_hold_and_tampered_ones_do_not(void **state) {
  (void)state;
  struct tally t = {0};
  for (int k = 0; k < n_records; k++) {
    struct arena *a = arena_new(0);
    struct world w = {0};
    struct rng r;
    struct operation o[3];
    struct mixed_proof f;
    struct err e = {0};
    rng_init(&r, 20261129, "mixed certificates", &k, sizeof k);
    assert_non_null(a);
    random_rules(&w, &r, false);
    random_record(&w, &r);
    random_operations(&r, w.rules.numeric.p, o, 3);
    for (int i = 0; k % 8 == 0 && i < 3; i++) o[i].weight /= 10; /* so that many are used, two at a time too */
    for (int j = 0; k % 3 == 0 && j < P; j++) w.decimals[j] = -1;
    const struct mixed_spec spec = {.rules = &w.rules,
                                    .weight = w.weight,
                                    .whole = true,
                                    .seed = 7,
                                    .max_cost = INFINITY,
                                    .operations = o,
                                    .n_operations = k % 4 ? 0 : 3,
                                    .max_operations = 2};
    const struct mixed_record record = record_of(&w);
    assert_int_equal(mixed_prove(a, &spec, &record, &f, &e), E_OK);
    if (f.answer.status != LOCALISE_PASSED) {
      struct mixed_argument *g = ARENA_ARRAY(a, struct mixed_argument, f.n_arguments + 1);
      assert_true(g && accepted(&spec, &record, &f));
      if (f.n_arguments) memcpy(g, f.argument, (size_t)f.n_arguments * sizeof *g);
      f.argument = g;
      t.made++;
      for (int i = 0; i < f.n_arguments; i++) {
        tamper_items(&spec, &record, &f, &g[i], &t);
        if (g[i].n_nodes) tamper_nodes(&spec, &record, &f, &g[i], &t);
      }
      if (f.n_arguments) {
        f.n_arguments--;
        assert_false(accepted(&spec, &record, &f));
      }
    }
    arena_free(a);
  }
  print_message(
      "%d records, %d certificates, %d nodes (%d sums of several rules, %d whole steps); refused: %d without an item, %d a rule, %d a branch, "
      "%d a multiplier turned or left out (%d prove the same)\n",
      n_records, t.made, t.nodes, t.sums, t.whole, t.items, t.rules, t.branches, t.signs, t.valid);
  assert_true(t.made > n_records / 2 && t.items > 0 && t.rules > 0 && t.branches > 0 && t.signs > 0 && t.whole > 0 && t.sums > 0 &&
              t.valid < t.signs / 20);
}
/* --- operations against trying every record --- */
static double change_cost(const struct world *w, const double *old, const double *x, const int *code, const bool *free) {
  static const bool none[P] = {false};
  double cost = 0;
  for (int j = 0; j < w->rules.numeric.p; j++) cost += !free[j] && (w->missing[j] || x[j] != old[j]) ? w->weight[j] : 0;
  for (int k = 0; k < w->rules.n_categories; k++) cost += code[k] != w->code[k] ? w->weight[w->rules.numeric.p + k] : 0;
  for (int i = 0; i < w->rules.n_rules; i++)
    if (rule_holds(&w->rules, &w->rule[i], x, none, code) != 1) cost += w->rule[i].soft ? w->rule[i].weight : INFINITY;
  return cost;
}
struct moved {
  const struct world *w;
  double old[P], sum[2];
  bool free[P];
  int a[2], b[2], n;
};
static double least_change(const struct moved *m, double *x, int *code, int at) {
  const struct world *w = m->w;
  const int p = w->rules.numeric.p, q = w->rules.n_categories;
  double best = INFINITY;
  if (at == p + q) {
    for (int t = 0; t < m->n; t++)
      if (x[m->a[t]] + x[m->b[t]] != m->sum[t]) return INFINITY;
    return change_cost(w, m->old, x, code, m->free);
  }
  for (int v = 0; v < (at < p ? TOP + 1 : w->category[at - p].n_codes); v++) {
    if (at < p)
      x[at] = v;
    else
      code[at - p] = v;
    best = fmin(best, least_change(m, x, code, at + 1));
  }
  return best;
}
static double with_operations(const struct world *w, const struct operation *o, int k, int l) {
  struct moved m = {.w = w};
  double x[P], price = 0;
  int code[Q];
  memcpy(m.old, w->x, sizeof m.old);
  for (int t = 0; t < 2; t++) {
    if ((t ? l : k) < 0) continue;
    const struct operation *one = &o[t ? l : k];
    const bool two = one->kind == OPERATION_SWAP || one->kind == OPERATION_MOVE;
    if (w->missing[one->a] || (two && w->missing[one->b])) return INFINITY;
    const double a = m.old[one->a];
    price += one->weight;
    if (one->kind == OPERATION_SWAP) {
      m.old[one->a] = m.old[one->b];
      m.old[one->b] = a;
    } else if (one->kind == OPERATION_SIGN)
      m.old[one->a] = -a;
    else if (one->kind == OPERATION_DIVIDE)
      m.old[one->a] = round(a / one->factor);
    else {
      m.sum[m.n] = a + m.old[one->b];
      m.a[m.n] = one->a;
      m.b[m.n++] = one->b;
      m.free[one->a] = m.free[one->b] = true;
    }
  }
  return price + least_change(&m, x, code, 0);
}
static void operations_as_by_trying_every_one(void **state) {
  (void)state;
  int solved = 0, used = 0, twice = 0;
  for (int k = 0; k < n_records; k++) {
    struct arena *a = arena_new(0);
    struct world w = {0};
    struct rng r;
    struct operation o[3];
    struct mixed_answer m;
    struct err e = {0};
    rng_init(&r, 20261130, "mixed operations", &k, sizeof k);
    assert_non_null(a);
    random_rules(&w, &r, false);
    random_record(&w, &r);
    random_operations(&r, w.rules.numeric.p, o, 3);
    const struct mixed_spec spec = {.rules = &w.rules,
                                    .weight = w.weight,
                                    .whole = true,
                                    .seed = 7,
                                    .max_cost = INFINITY,
                                    .operations = o,
                                    .n_operations = 3,
                                    .max_operations = 2};
    const struct mixed_record record = record_of(&w);
    assert_int_equal(localise_mixed(a, &spec, &record, &m, &e), E_OK);
    double best = with_operations(&w, o, -1, -1);
    for (int i = 0; best > 0 && i < 3; i++) {
      best = fmin(best, with_operations(&w, o, i, -1));
      for (int j = i + 1; j < 3; j++) best = fmin(best, with_operations(&w, o, i, j));
    }
    assert_int_equal(m.status, isinf(best) ? LOCALISE_NO_SOLUTION : best == 0 ? LOCALISE_PASSED : LOCALISE_SOLVED);
    if (m.status == LOCALISE_SOLVED) assert_true(fabs(m.cost - best) < 1e-5);
    solved += m.status == LOCALISE_SOLVED;
    used += m.n_operations > 0;
    twice += m.n_operations > 1;
    arena_free(a);
  }
  print_message("%d records, %d solved, %d with an operation, %d with two\n", n_records, solved, used, twice);
  assert_true(solved > n_records / 4 && used > 0 && twice > 0);
}
int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "--full") == 0) n_records = 50000;
  const struct CMUnitTest tests[] = {cmocka_unit_test(certificates_hold_and_tampered_ones_do_not),
                                     cmocka_unit_test(operations_as_by_trying_every_one)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
