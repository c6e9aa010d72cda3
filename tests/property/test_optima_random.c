/* All cheapest sets against trying every complete record (mixed), and against the numeric search that lists them one by one (linear rules).
 * Default 1,500 records; --full 50,000. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "processing/localise/localise_optima.h"
#include "tests/property/mixed_world.h"

static int n_records = 1500;

struct brute {
  const struct world *w;
  double best, x[P];
  int code[Q];
  bool seen[1 << (P + Q + RULES)]; /* sets of least cost: numbers, categories, soft rules */
};
static double set_of(const struct brute *b, int *set) {
  static const bool none[P] = {false};
  const struct world *w = b->w;
  const int p = w->rules.numeric.p, q = w->rules.n_categories;
  double cost = 0;
  *set = 0;
  for (int j = 0; j < p + q; j++) {
    if (j < p ? !w->missing[j] && b->x[j] == w->x[j] : b->code[j - p] == w->code[j - p]) continue;
    *set |= 1 << j;
    cost += w->weight[j];
  }
  for (int i = 0; i < w->rules.n_rules; i++) {
    if (rule_holds(&w->rules, &w->rule[i], b->x, none, b->code) == 1) continue;
    *set |= 1 << (p + q + i);
    cost += w->rule[i].soft ? w->rule[i].weight : INFINITY;
  }
  return cost;
}
static void every_record(struct brute *b, int at) {
  const int p = b->w->rules.numeric.p, q = b->w->rules.n_categories;
  if (at == p + q) {
    int set;
    const double cost = set_of(b, &set);
    if (cost > b->best + 1e-9) return;
    if (cost < b->best - 1e-9) memset(b->seen, 0, sizeof b->seen);
    b->best = fmin(b->best, cost);
    b->seen[set] = true;
    return;
  }
  for (int v = 0; v < (at < p ? TOP + 1 : b->w->category[at - p].n_codes); v++) {
    if (at < p)
      b->x[at] = v;
    else
      b->code[at - p] = v;
    every_record(b, at + 1);
  }
}
/* Multiplies the parts out; every set must have been seen, none twice. */
static int multiply(const struct localise_optima *o, int part, int set, bool *seen) {
  if (part == o->n_parts) {
    const int found = seen[set];
    seen[set] = false;
    return found;
  }
  int n = 0;
  const int *at = o->part[part].set;
  for (int k = 0; k < o->part[part].n_sets; k++) {
    int more = 0;
    for (int size = *at++; size > 0; size--) more |= 1 << *at++;
    n += multiply(o, part + 1, set | more, seen);
  }
  return n;
}
static void as_by_trying_every_record(void **state) {
  (void)state;
  static struct brute b;
  int several = 0, parts = 0, many = 0;
  for (int k = 0; k < n_records; k++) {
    struct arena *a = arena_new(0);
    struct world w = {0};
    struct rng r;
    struct localise_optima o;
    struct err e = {0};
    int all = 0, forced = 0;
    rng_init(&r, 20261202, "optimal sets", &k, sizeof k);
    assert_non_null(a);
    random_rules(&w, &r, false);
    random_record(&w, &r);
    for (int j = 0; j < P + Q; j++) w.weight[j] = k % 2 ? 1 : w.weight[j];
    const struct mixed_spec spec = {.rules = &w.rules, .weight = w.weight, .whole = true, .seed = 7, .max_cost = INFINITY};
    const struct mixed_record record = {.unit = STR("unit"), .x = w.x, .missing = w.missing, .code = w.code};
    b.w = &w;
    b.best = INFINITY;
    memset(b.seen, 0, sizeof b.seen);
    every_record(&b, 0);
    const enum err_code code = localise_mixed_optima(a, &spec, &record, &o, &e);
    if (!(b.best > 0) || isinf(b.best)) {
      assert_int_equal(code, E_LOCALISE_NO_PROOF);
    } else {
      assert_int_equal(code, E_OK);
      assert_true(o.complete && fabs(o.cost - b.best) < 1e-5);
      for (int s = 0; s < 1 << (P + Q + RULES); s++) all += b.seen[s];
      for (int t = 0; t < o.n_forced; t++) forced |= 1 << o.forced[t];
      assert_true(o.count == all);
      assert_int_equal(multiply(&o, 0, forced, b.seen), all);
      several += all > 1;
      parts += o.n_parts > 1;
      many += all > o.n_parts && o.n_parts > 1;
    }
    arena_free(a);
  }
  print_message("%d records, %d with several cheapest sets, %d in several parts, %d of these with a choice\n", n_records, several, parts, many);
  assert_true(several > n_records / 20 && parts > 0 && many > 0);
}
static void as_listed_one_by_one(void **state) {
  (void)state;
  int several = 0;
  for (int k = 0; k < n_records; k++) {
    struct arena *a = arena_new(0);
    struct world w = {0};
    struct rng g;
    struct localise_result r;
    struct localise_optima o;
    struct num_table data;
    struct err e = {0};
    struct linear_edit edits[RULES];
    rng_init(&g, 20261203, "optimal sets, linear", &k, sizeof k);
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
      w.weight[j] = k % 2 ? 1 : w.weight[j];
    }
    const struct localise_spec spec = {.system = &s, .weight = w.weight, .max_cost = INFINITY, .seed = 7, .max_optima = 100};
    assert_int_equal(localise_run(&(struct job){.n_threads = 1}, a, &spec, &data, &r, &e), E_OK);
    const struct localise_case *c = localise_find(&r, 0);
    const enum err_code code = localise_optima(a, &spec, &data, 0, &o, &e);
    assert_int_equal(code, c && c->status == LOCALISE_SOLVED ? E_OK : E_LOCALISE_NO_PROOF);
    if (!code) assert_true(o.complete && o.count == c->n_optima && o.cost == c->cost);
    several += !code && o.count > 1;
    arena_free(a);
  }
  assert_true(several > 0);
}
int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "--full") == 0) n_records = 50000;
  const struct CMUnitTest tests[] = {cmocka_unit_test(as_by_trying_every_record), cmocka_unit_test(as_listed_one_by_one)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
