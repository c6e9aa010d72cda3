/* The checker of mixed certificates, apart from the search and the trial of a set: it knows the rules, the record and the certificate, nothing
 * else. Sums are exact; what is left of a coefficient as written (0.6 is not a double) is no more than 1e-12 of its terms. */
#include <math.h>
#include <string.h>

#include "processing/localise/mixed_exact.h"
#include "processing/localise/mixed_proof.h"

static const int64_t MAX_STEPS = 10000000, STRICT_TOLERANCES = 100;

struct checker {
  const struct mixed_spec *spec;
  const struct rule_set *rules;
  int p, q;
  double *x;                    /* [p] the record after the operations */
  bool *absent, *free, *chosen; /* [p + q]: without a value; not an item of the argument at hand; scratch, with a place per rule after them */
  double *lower, *upper;        /* [p] */
  bool **left;                  /* [q][codes] codes left of a category */
  const struct proof_term *sum; /* the moves of the answer */
  double move_sum[2];
  int steps;
  const struct mixed_argument *argument;
  struct exact *g; /* [p] */
  double *size;    /* [p] */
};
static enum err_code refuse(struct err *e, const char *what) { return ERR(e, E_LOCALISE_PROOF, .found = what); }

static double step_of(const struct checker *c, int j) {
  double unit = 1;
  for (int k = 0; k < c->rules->numeric.decimals[j]; k++) unit *= 10;
  return 1 / unit;
}
static bool within(const uint64_t *set, int code) { return set[code / 64] >> (code % 64) & 1; }

/* --- alternatives that the reported values or the codes left exclude --- */
static bool linear_is_false(const struct checker *c, const struct rule_atom *t) {
  long double sum = -(long double)t->linear.rhs, size = 0;
  for (int k = 0; k < t->linear.n; k++) {
    if (c->free[t->linear.var[k]]) return false;
    const long double term = (long double)t->linear.coef[k] * c->x[t->linear.var[k]];
    sum += term;
    size += fabsl(term);
  }
  const long double slack = 1e-6L + 1e-9L * size, rounding = 1e-15L * (size + fabsl(t->linear.rhs));
  if (t->strict) return sum >= -slack - rounding;
  return sum > slack - rounding || (t->linear.op == LINEAR_EQ && sum < -slack + rounding);
}
static bool is_excluded(const struct checker *c, const struct rule_atom *t, const int *code) {
  if (!t->category) return linear_is_false(c, t);
  if (!c->free[c->p + t->k]) return !within(t->set, code[t->k]);
  for (int k = 0; k < c->rules->categories[t->k].n_codes; k++)
    if (c->left[t->k][k] && within(t->set, k)) return false;
  return true;
}
/* --- sums --- */
static long double slack_of(const struct checker *c, const struct linear_edit *row) {
  long double fixed = 0, size = 0;
  for (int k = 0; k < row->n; k++) {
    if (c->free[row->var[k]]) continue;
    const long double term = (long double)row->coef[k] * c->x[row->var[k]];
    fixed += term;
    size += fabsl(term);
  }
  return 1e-6L + 1e-9L * (size + fabsl(row->rhs - fixed));
}
static bool is_rule_of(const struct mixed_argument *g, int rule) {
  for (int k = 0; k < g->n_rules; k++)
    if (g->rule[k] == rule) return true;
  return false;
}
/* Adds one multiple; taken[rule] is the atom in force on this branch, -1 = none. */
static bool add_term(struct checker *c, const struct mixed_proof *f, const struct proof_term *t, const int *taken, struct exact *rhs,
                     long double *excuse) {
  const struct operation *o = t->rule < 0 && t->atom >= 0 && t->atom < c->steps ? &c->spec->operations[f->answer.operations[t->atom]] : NULL;
  const double ones[2] = {1, 1};
  const int ends[2] = {o ? o->a : 0, o ? o->b : 0};
  struct linear_edit kept = {.op = LINEAR_EQ, .n = 2, .var = ends, .coef = ones};
  const struct linear_edit *row = &kept;
  bool strict = false;
  if (t->y == 0 || !isfinite(t->y)) return false;
  if (t->rule >= 0) {
    if (t->rule >= c->rules->n_rules || taken[t->rule] != t->atom || t->atom < 0) return false;
    const struct rule_atom *atom = &c->rules->rules[t->rule].atoms[t->atom];
    if (atom->category) return false;
    row = &atom->linear;
    strict = atom->strict;
  } else {
    if (!o || o->kind != OPERATION_MOVE) return false;
    kept.rhs = c->move_sum[t->atom];
  }
  if (t->y < 0 && row->op != LINEAR_EQ) return false;
  for (int k = 0; k < row->n; k++) {
    exact_add_product(&c->g[row->var[k]], t->y, row->coef[k]);
    c->size[row->var[k]] += fabs(t->y * row->coef[k]);
  }
  exact_add_product(rhs, t->y, row->rhs);
  *excuse += fabsl((long double)t->y) * slack_of(c, row) * (strict ? 1 - STRICT_TOLERANCES : 1);
  return true;
}
static enum err_code check_leaf(struct checker *c, const struct mixed_proof *f, const struct proof_node *node, const int *taken, struct err *e) {
  struct exact rhs = {0}, value = {0};
  long double excuse = 0;
  for (int j = 0; j < c->p; j++) {
    c->g[j] = (struct exact){0};
    c->size[j] = 0;
  }
  for (int k = 0; k < node->n; k++)
    if (!add_term(c, f, &node->term[k], taken, &rhs, &excuse)) return refuse(e, "a multiplier of the wrong sign or of an alternative not taken");
  for (int j = 0; j < c->p; j++) {
    const double g = exact_value(&c->g[j]);
    if (fabs(g) <= 1e-12 * c->size[j]) continue;
    const double at = !c->free[j] ? c->x[j] : g > 0 ? c->lower[j] : c->upper[j];
    if (!isfinite(at)) return refuse(e, "a variable that does not cancel");
    exact_add_multiple(&value, &c->g[j], at);
  }
  exact_add_multiple(&value, &rhs, -1);
  if (value.full) return refuse(e, "a sum that is too long");
  return exact_value(&value) > excuse ? E_OK : refuse(e, "a sum that is not broken");
}
/* --- the tree --- */
static enum err_code check_node(struct checker *c, const struct mixed_proof *f, int at, const int *code, int *taken, struct err *e);

static enum err_code check_child(struct checker *c, const struct mixed_proof *f, int at, int child, const int *code, int *taken, struct err *e) {
  if (child <= at || child >= c->argument->n_nodes) return refuse(e, "a branch that leads nowhere");
  return check_node(c, f, child, code, taken, e);
}
static enum err_code check_whole(struct checker *c, const struct mixed_proof *f, int at, const int *code, int *taken, struct err *e) {
  const struct proof_node *node = &c->argument->node[at];
  const int j = node->variable;
  if (node->n != 2 || j < 0 || j >= c->p || !c->free[j] || !c->spec->whole || !c->rules->numeric.decimals || c->rules->numeric.decimals[j] < 0)
    return refuse(e, "whole steps where there are none");
  const double l = c->lower[j], u = c->upper[j], unit = round(1 / step_of(c, j)), steps = round(node->value * unit);
  if (fabs(node->value * unit - steps) > 1e-6) return refuse(e, "whole steps where there are none");
  for (int k = 0; k < 2; k++) {
    if (k == 0)
      c->upper[j] = fmin(u, steps / unit);
    else
      c->lower[j] = fmax(l, (steps + 1) / unit);
    const enum err_code code_of = node->child[k] >= 0         ? check_child(c, f, at, node->child[k], code, taken, e)
                                  : c->lower[j] > c->upper[j] + 0.25 / unit ? E_OK
                                                              : refuse(e, "a branch that is left out");
    c->lower[j] = l;
    c->upper[j] = u;
    if (code_of) return code_of;
  }
  return E_OK;
}
static enum err_code check_alternative(struct checker *c, const struct mixed_proof *f, int at, int k, const int *code, int *taken, struct err *e) {
  const struct proof_node *node = &c->argument->node[at];
  const struct rule_atom *t = &c->rules->rules[node->rule].atoms[k];
  if (node->child[k] < 0) return is_excluded(c, t, code) ? E_OK : refuse(e, "a branch that is left out");
  taken[node->rule] = k;
  if (!t->category || !c->free[c->p + t->k]) return check_child(c, f, at, node->child[k], code, taken, e);
  bool old[RULE_MAX_CODES];
  const size_t n = (size_t)c->rules->categories[t->k].n_codes;
  memcpy(old, c->left[t->k], n);
  for (size_t i = 0; i < n; i++) c->left[t->k][i] = old[i] && within(t->set, (int)i);
  const enum err_code code_of = check_child(c, f, at, node->child[k], code, taken, e);
  memcpy(c->left[t->k], old, n);
  return code_of;
}
static enum err_code check_node(struct checker *c, const struct mixed_proof *f, int at, const int *code, int *taken, struct err *e) {
  const struct proof_node *node = &c->argument->node[at];
  if (node->kind == PROOF_FARKAS) return check_leaf(c, f, node, taken, e);
  if (node->kind == PROOF_WHOLE) return check_whole(c, f, at, code, taken, e);
  if (node->rule < 0 || node->rule >= c->rules->n_rules || !is_rule_of(c->argument, node->rule)) return refuse(e, "a rule that is not named");
  if (node->n != c->rules->rules[node->rule].n_atoms) return refuse(e, "a branch that is left out");
  const int before = taken[node->rule];
  enum err_code result = E_OK;
  if (before >= 0) return refuse(e, "a rule taken twice");
  for (int k = 0; k < node->n && !result; k++) result = check_alternative(c, f, at, k, code, taken, e);
  taken[node->rule] = before;
  return result;
}
static enum err_code check_argument(struct checker *c, const struct mixed_proof *f, const struct mixed_argument *g, const int *code, int *taken,
                                    struct err *e) {
  c->argument = g;
  for (int j = 0; j < c->p + c->q; j++) c->free[j] = true;
  for (int k = 0; k < g->n_items; k++) {
    if (g->item[k] < 0 || g->item[k] >= c->p + c->q || c->absent[g->item[k]]) return refuse(e, "an argument that a missing value would satisfy");
    c->free[g->item[k]] = false;
  }
  for (int k = 0; k < g->n_rules; k++) {
    bool named = !c->rules->rules[g->rule[k]].soft;
    for (int t = 0; t < g->n_soft; t++) named = named || g->soft[t] == g->rule[k];
    if (!named) return refuse(e, "a soft rule that could be left unmet");
  }
  if (g->n_nodes == 0) {
    const int j = g->n_items == 1 && g->n_soft == 0 ? g->item[0] : -1;
    if (j < 0 || j >= c->p) return refuse(e, "an argument without a reason");
    const double slack = 1e-6 + 1e-9 * fabs(c->x[j]);
    return c->x[j] < c->lower[j] - slack || c->x[j] > c->upper[j] + slack ? E_OK : refuse(e, "a value within its bounds");
  }
  return check_node(c, f, 0, code, taken, e);
}
/* --- nothing cheaper meets all arguments: plain recursion on the first not met --- */
static double millionths(double w) { return isfinite(w) ? round(w * 1e6) / 1e6 : w; } /* as the interface keeps weights */
static double price(const struct checker *c, const struct mixed_record *r, int j) {
  if (j >= c->p + c->q) return millionths(c->rules->rules[j - c->p - c->q].weight);
  return r->flags && r->flags[j] == LOCALISE_FROZEN ? INFINITY : millionths(c->spec->weight[j]);
}
static bool cheaper_exists(const struct checker *c, const struct mixed_proof *f, const struct mixed_record *r, double cost, double most,
                           int64_t *steps) {
  if (++*steps > MAX_STEPS) return true;
  if (cost >= most) return false;
  for (int k = 0; k < f->n_arguments; k++) {
    const struct mixed_argument *g = &f->argument[k];
    bool met = false;
    const int n = g->n_items + g->n_soft;
    for (int t = 0; t < n; t++) met = met || c->chosen[t < g->n_items ? g->item[t] : c->p + c->q + g->soft[t - g->n_items]];
    if (met) continue;
    for (int t = 0; t < n; t++) {
      const int j = t < g->n_items ? g->item[t] : c->p + c->q + g->soft[t - g->n_items];
      const double w = price(c, r, j);
      if (!isfinite(w)) continue;
      c->chosen[j] = true;
      const bool found = cheaper_exists(c, f, r, cost + w, most, steps);
      c->chosen[j] = false;
      if (found) return true;
    }
    return false;
  }
  return true;
}
/* --- the witness --- */
static bool atom_is_true(const struct rule_atom *t, const double *x, const int *code) {
  if (t->category) return within(t->set, code[t->k]);
  long double sum = -(long double)t->linear.rhs, size = 0;
  for (int k = 0; k < t->linear.n; k++) {
    sum += (long double)t->linear.coef[k] * x[t->linear.var[k]];
    size += fabsl((long double)t->linear.coef[k] * x[t->linear.var[k]]);
  }
  const long double slack = (1e-6L + 1e-9L * size) * (t->strict ? 0.9999L : 1.0001L);
  return t->strict ? sum < -slack : sum <= slack && (t->linear.op == LINEAR_LE || sum >= -slack);
}
static enum err_code check_witness(struct checker *c, const struct mixed_record *r, const struct mixed_answer *answer, double forced, struct err *e) {
  double cost = forced;
  memset(c->free, 0, (size_t)(c->p + c->q) * sizeof *c->free);
  for (int k = 0; k < answer->n_set; k++) {
    const int j = answer->set[k];
    c->free[j] = true;
    cost += c->absent[j] ? 0 : price(c, r, j);
  }
  for (int k = 0; k < answer->n_paid; k++) cost += millionths(c->rules->rules[answer->paid[k]].weight);
  for (int k = 0; k < answer->n_operations; k++) cost += millionths(c->spec->operations[answer->operations[k]].weight);
  if (!(fabs(cost - answer->cost) <= 5e-7)) return refuse(e, "a cost that is not the sum of the weights");
  for (int j = 0; j < c->p + c->q; j++) {
    bool moved = false;
    for (int t = 0; t < answer->n_operations; t++) {
      const struct operation *o = &c->spec->operations[answer->operations[t]];
      moved = moved || (o->kind == OPERATION_MOVE && (o->a == j || o->b == j));
    }
    if (c->free[j] || moved) continue;
    if (j < c->p ? answer->x[j] != c->x[j] : answer->code[j - c->p] != r->code[j - c->p]) return refuse(e, "a value changed that is not in the set");
  }
  for (int j = 0; j < c->p; j++) {
    const double slack = 1e-6 + 1e-9 * fabs(answer->x[j]);
    if (answer->x[j] < c->lower[j] - slack || answer->x[j] > c->upper[j] + slack) return refuse(e, "a witness out of its bounds");
  }
  for (int i = 0; i < c->rules->n_rules; i++) {
    bool holds = false;
    for (int k = 0; k < answer->n_paid; k++) holds = holds || (answer->paid[k] == i && c->rules->rules[i].soft);
    for (int k = 0; !holds && k < c->rules->rules[i].n_atoms; k++) holds = atom_is_true(&c->rules->rules[i].atoms[k], answer->x, answer->code);
    if (!holds) return refuse(e, "a witness that breaks a rule");
  }
  return E_OK;
}
/* --- the record after the operations --- */
static bool operate(struct checker *c, const struct mixed_answer *answer) {
  c->steps = answer->n_operations;
  for (int t = 0; t < answer->n_operations; t++) {
    const struct operation *o = &c->spec->operations[answer->operations[t]];
    const bool two = o->kind == OPERATION_SWAP || o->kind == OPERATION_MOVE;
    if (c->absent[o->a] || (two && (c->absent[o->b] || o->a == o->b))) return false;
    const double a = c->x[o->a];
    if (o->kind == OPERATION_SWAP) {
      c->x[o->a] = c->x[o->b];
      c->x[o->b] = a;
    } else if (o->kind == OPERATION_SIGN)
      c->x[o->a] = -a;
    else if (o->kind == OPERATION_MOVE)
      c->move_sum[t] = a + c->x[o->b];
    else {
      const bool declared = c->rules->numeric.decimals && c->rules->numeric.decimals[o->a] >= 0;
      const double unit = declared ? round(1 / step_of(c, o->a)) : 1;
      c->x[o->a] = declared ? round(a / o->factor * unit) / unit : a / o->factor;
    }
  }
  return true;
}
static bool room(struct checker *c, struct arena *a, const struct mixed_spec *spec) {
  const struct rule_set *s = spec->rules;
  const int all = s->numeric.p + s->n_categories;
  *c = (struct checker){.spec = spec, .rules = s, .p = s->numeric.p, .q = s->n_categories};
  c->x = ARENA_ARRAY(a, double, c->p + 1);
  c->absent = ARENA_ARRAY(a, bool, all + 1);
  c->free = ARENA_ARRAY(a, bool, all + 1);
  c->chosen = ARENA_ARRAY(a, bool, all + s->n_rules + 1);
  c->lower = ARENA_ARRAY(a, double, c->p + 1);
  c->upper = ARENA_ARRAY(a, double, c->p + 1);
  c->left = ARENA_ARRAY(a, bool *, c->q + 1);
  c->g = ARENA_ARRAY(a, struct exact, c->p + 1);
  c->size = ARENA_ARRAY(a, double, c->p + 1);
  if (!c->x || !c->absent || !c->free || !c->chosen || !c->lower || !c->upper || !c->left || !c->g || !c->size) return false;
  for (int k = 0; k < c->q; k++) {
    c->left[k] = ARENA_ARRAY(a, bool, s->categories[k].n_codes + 1);
    if (!c->left[k]) return false;
    for (int t = 0; t < s->categories[k].n_codes; t++) c->left[k][t] = true;
  }
  for (int j = 0; j < c->p; j++) {
    c->lower[j] = s->numeric.lower[j];
    c->upper[j] = s->numeric.upper[j];
  }
  return true;
}
enum err_code mixed_proof_check(struct arena *a, const struct mixed_spec *spec, const struct mixed_record *r, const struct mixed_proof *f,
                                struct err *e) {
  struct checker c;
  const bool solved = f->answer.status == LOCALISE_SOLVED;
  int64_t steps = 0;
  double forced = 0, operations = 0;
  int *taken = ARENA_ARRAY(a, int, spec->rules->n_rules + 1);
  if (!taken || !room(&c, a, spec)) return ERR(e, E_NO_MEMORY, .subject = "localisation proof");
  for (int i = 0; i < spec->rules->n_rules; i++) taken[i] = -1;
  if (!solved && f->answer.status != LOCALISE_NO_SOLUTION) return refuse(e, "an answer without a proof");
  for (int j = 0; j < c.p; j++) {
    c.absent[j] = r->missing[j];
    c.x[j] = r->missing[j] ? 0 : r->x[j];
  }
  for (int k = 0; k < c.q; k++) c.absent[c.p + k] = r->code[k] < 0;
  if (!operate(&c, &f->answer)) return refuse(e, "an operation that does not apply");
  for (int j = 0; j < c.p + c.q; j++) {
    c.absent[j] = c.absent[j] || (r->flags && r->flags[j] == LOCALISE_FORCED);
    forced += c.absent[j] && isfinite(spec->weight[j]) ? millionths(spec->weight[j]) : 0;
  }
  for (int t = 0; t < f->answer.n_operations; t++) {
    const struct operation *o = &spec->operations[f->answer.operations[t]];
    operations += millionths(o->weight);
    if (o->kind != OPERATION_MOVE) continue;
    for (int side = 0; side < 2; side++) c.absent[side ? o->b : o->a] = true; /* both ends of a move are free */
  }
  for (int k = 0; k < f->n_arguments; k++) TRY(check_argument(&c, f, &f->argument[k], r->code, taken, e));
  if (cheaper_exists(&c, f, r, forced, solved ? f->answer.cost - operations - 5e-7 : INFINITY, &steps))
    return refuse(e, steps > MAX_STEPS ? "too many sets to try" : "something cheaper meets all arguments");
  return solved ? check_witness(&c, r, &f->answer, forced, e) : E_OK;
}
