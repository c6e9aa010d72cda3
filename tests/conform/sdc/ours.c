/* ours.c -- our patterns of each table: safe by our audit and by programmes that share no code with it, their cost against the best safe pattern that
 * the pack knows, the optimum where it is proved, elimination cell by cell where the pack has a purely linear pattern. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/ext_glpk_sparse.h"
#include "estimators/sdc/suppress/eliminate.h"
#include "estimators/sdc/suppress/optimal.h"
#include "tests/conform/sdc/sdc_case.h"

/* Our cost may exceed the best safe pattern's by this factor; the second where that is a proved optimum, which the optimal method must reach
 * exactly. */
static const double factor = 1.10, proved_factor = 1.15;
enum { INDEPENDENT_MAX = 2000, OPTIMAL_MAX = 420, OPTIMAL_SECONDS = 30 };

bool covers_independently(const struct cell_table *t, const uint8_t *hidden, int32_t *bad) {
  struct lp_sparse *lp = lp_sparse_new(t->n_relations, t->n_cells);
  int *column = malloc(sizeof *column * (size_t)(t->n_cells + 1));
  double *value = malloc(sizeof *value * (size_t)(t->n_cells + 1));
  bool ok = lp && column && value;
  for (int32_t r = 0; ok && r < t->n_relations; r++) {
    int n = 0;
    for (int32_t i = t->first[r]; i < t->first[r + 1]; i++) column[n] = t->member[i], value[n++] = i == t->first[r] ? 1 : -1;
    lp_sparse_set_row(lp, r, n, column, value);
  }
  for (int32_t c = 0; ok && c < t->n_cells; c++) { /* values themselves, not deviations */
    const double x = cell_value(t, c);
    if (hidden[c]) lp_sparse_bounds(lp, c, t->nonnegative ? 0 : -INFINITY, INFINITY);
    else lp_sparse_bounds(lp, c, x, x);
  }
  for (int32_t c = 0; ok && c < t->n_cells; c++) {
    const double x = cell_value(t, c), lpl = (double)t->lpl[c] / t->unit, upl = (double)t->upl[c] / t->unit;
    double end[2] = {-INFINITY, INFINITY};
    if (t->status[c] != 'u' || x == 0) continue;
    for (int up = 0; ok && up < 2; up++) {
      lp_sparse_cost(lp, c, up ? -1 : 1);
      const enum lp_status s = lp_sparse_solve(lp);
      lp_sparse_cost(lp, c, 0);
      if (s == LP_OPTIMAL) end[up] = lp_sparse_value(lp, c);
      else ok = s == LP_UNBOUNDED;
    }
    const double low = t->nonnegative && lpl > x ? 0 : x - lpl, slack = 1e-5 * (1 + fabs(x));
    ok = ok && end[0] <= low + slack && end[1] >= x + upl - slack && end[1] - end[0] > 1e-6;
    if (!ok) *bad = c;
  }
  lp_sparse_free(lp);
  free(column), free(value);
  return ok;
}

struct best { /* of the pack's safe patterns */
  double count, value;
  bool proved_count, proved_value;
};
static struct best best_of(const struct sdc_case *c) {
  struct best b = {INFINITY, INFINITY, false, false};
  const char *name;
  const struct json_value *p, *all = json_member(c->expected, "patterns");
  for (size_t i = 0; json_member_at(all, i, &name, &p); i++) {
    const struct json_value *x = json_member(p, "audit") ? json_member(p, "audit") : json_member(p, "audit_p10");
    double value = INFINITY;
    bool proved = false;
    if (json_member_int(x, "protection_violations", 1) || json_member_int(x, "linearly_disclosed_primary", 0)) {
      if (!json_boolean(json_member(p, "proven_optimal"), &proved) || !proved) continue;
    }
    (void)json_boolean(json_member(p, "proven_optimal"), &proved);
    (void)json_number(json_member(p, "secondary_value"), &value);
    const double count = (double)json_member_int(p, "secondary_count", INT64_MAX);
    const bool by_value = !strcmp(json_member_string(p, "cost", ""), "cell value");
    if (count < b.count) b.count = count;
    if (value < b.value) b.value = value;
    b.proved_value = b.proved_value || (proved && by_value);
    b.proved_count = b.proved_count || (proved && !by_value);
  }
  return b;
}
static bool flow(const struct sdc_case *c, enum flow_cost cost, const char *check, struct suppress_result *r) {
  struct err e = {.code = E_OK};
  int32_t bad = -1;
  const struct suppress_options o = {.cost = cost, .clean_up = true};
  if (suppress_by_flow(c->a, c->t, &o, r, &e)) {
    case_verdict(c, check, false, "%s %s", err_name(e.code), e.subject);
    return false;
  }
  const bool twice = c->t->n_cells > INDEPENDENT_MAX || covers_independently(c->t, r->hidden, &bad);
  case_verdict(c, check, r->audit.clean && twice && r->n_trapped == 0, "violations %d, trapped %d, cell %d fails the independent programme",
      (int)r->audit.n_violations, (int)r->n_trapped, (int)bad);
  return true;
}
static void costs(const struct sdc_case *c, const struct best *b, struct suppress_result *by_count, struct suppress_result *by_value) {
  double value, other;
  const int32_t n = suppress_secondaries(c->t, by_count->hidden, &other);
  (void)suppress_secondaries(c->t, by_value->hidden, &value);
  if (isfinite(b->count) && b->count < 1e9)
    case_verdict(c, "number of secondaries", n <= floor(b->count * (b->proved_count ? proved_factor : factor)), "%d, best safe pattern %.0f",
        (int)n, b->count);
  if (isfinite(b->value))
    case_verdict(c, "value of secondaries", value <= b->value * (b->proved_value ? proved_factor : factor), "%.0f, best safe pattern %.0f", value,
        b->value);
}
static void optimum(const struct sdc_case *c, enum flow_cost cost, double theirs, const char *check) {
  struct suppress_result r;
  struct optimal_report o;
  struct err e = {.code = E_OK};
  if (suppress_optimal(c->a, c->t, &(struct suppress_options){.cost = cost}, OPTIMAL_SECONDS, &r, &o, &e)) {
    case_verdict(c, check, false, "%s", err_name(e.code));
    return;
  }
  case_verdict(
      c, check, o.proved && r.audit.clean && fabs(o.cost - theirs) <= 1e-6 * theirs, "%.3f (proved %d), theirs %.3f", o.cost, o.proved, theirs);
}
static void linear(const struct sdc_case *c) {
  const char *name;
  const struct json_value *p, *all = json_member(c->expected, "patterns");
  for (size_t i = 0; json_member_at(all, i, &name, &p); i++) {
    struct eliminate_result r;
    int64_t id, missing = 0;
    if (strcmp(name, "gauss_linear_only") != 0 && strcmp(name, "GaussSuppression_singleton_none") != 0) continue;
    uint8_t *hidden = ARENA_ARRAY(c->a, uint8_t, c->t->n_cells + 1);
    if (!hidden || suppress_by_elimination(c->t, NULL, NULL, hidden, &r, NULL)) continue;
    const struct json_value *ids = json_member(p, "secondary_ids");
    for (size_t k = 0; k < json_length(ids); k++) missing += !json_integer(json_element(ids, k), &id) || !hidden[id];
    case_verdict(c, "elimination", missing == 0 && r.n_secondary == (int32_t)json_length(ids), "%d cells, theirs %zu, %lld of them not ours",
        (int)r.n_secondary, json_length(ids), (long long)missing);
  }
}
/* Contributors by cell: whoever stands alone in cells is an attacker. */
static void owners_case(const struct sdc_case *c) {
  const struct json_value *who = json_member(c->expected, "contributors"), *list;
  int32_t first[1000] = {0}, cell[1000], n = 0;
  const char *key;
  for (size_t i = 0; n < 999 && json_member_at(who, i, &key, &list); i++)
    if (json_length(list) == 1) cell[n++] = (int32_t)strtol(key, NULL, 10);
  for (int32_t k = 0; k <= n; k++) first[k] = k;
  if (!who || n == 0) return;
  const struct owners w = {.n = n, .first = first, .cell = cell};
  struct suppress_result r;
  const bool done = !suppress_by_flow(c->a, c->t, &(struct suppress_options){.owners = &w, .owner_programmes = n, .clean_up = true}, &r, NULL);
  case_verdict(c, "owners", done && r.audit.clean, "a contributor still learns %d cells", done ? (int)r.audit.n_owner : -1);
  uint8_t *given = ARENA_ARRAY(c->a, uint8_t, c->t->n_cells + 1);
  const struct json_value *p = NULL;
  struct audit_report audit;
  int64_t id;
  (void)json_member_at(json_member(c->expected, "patterns"), 0, &key, &p);
  for (size_t i = 0; given && i < json_length(json_member(p, "secondary_ids")); i++)
    if (json_integer(json_element(json_member(p, "secondary_ids"), i), &id)) given[id] = 1;
  if (given && !audit_run(c->a, c->t, given, &(struct audit_options){.owners = &w, .owner_programmes = n}, &audit, NULL))
    case_verdict(c, "owners break the given pattern", !audit.clean && audit.n_owner > 0, "it passes");
}
void judge_ours(const struct sdc_case *c) {
  struct suppress_result by_count, by_value;
  const struct best b = best_of(c);
  linear(c);
  owners_case(c);
  const bool counted = flow(c, FLOW_COST_UNIT, "our pattern by number", &by_count);
  if (flow(c, FLOW_COST_VALUE, "our pattern by value", &by_value) && counted) costs(c, &b, &by_count, &by_value);
  if (b.proved_value && c->t->n_cells <= OPTIMAL_MAX) optimum(c, FLOW_COST_VALUE, b.value, "optimum by value");
  if (b.proved_count && c->t->n_cells <= OPTIMAL_MAX) optimum(c, FLOW_COST_UNIT, b.count, "optimum by number");
}
