/* Can the record be mended by changing a set of items? Rules that hold whatever the set does are left aside; over the atoms of the others the
 * search branches, the rule with the fewest possible atoms first, with a linear programme at every linear atom. What failed is blamed on the
 * fixed items that were used. */
#include <math.h>
#include <string.h>

#include "base/ext_glpk.h"
#include "processing/localise/mixed_impl.h"

int atom_holds(const struct rule_set *s, const struct rule_atom *t, const double *x, const bool *missing, const int *code) {
  (void)s;
  if (t->category) return code[t->k] < 0 ? -1 : bit_has(t->set, code[t->k]);
  for (int k = 0; k < t->linear.n; k++)
    if (missing[t->linear.var[k]]) return -1;
  double tolerance, residual = linear_residual(&t->linear, x, &tolerance);
  if (t->strict) return residual < -tolerance;
  return residual <= tolerance && (t->linear.op == LINEAR_LE || residual >= -tolerance);
}
int rule_holds(const struct rule_set *s, const struct rule *r, const double *x, const bool *missing, const int *code) {
  int verdict = 0;
  for (int t = 0; t < r->n_atoms; t++) {
    const int one = atom_holds(s, &r->atoms[t], x, missing, code);
    if (one == 1) return 1;
    if (one < 0) verdict = -1;
  }
  return verdict;
}
static bool touches(const struct mixed *m, const struct rule_atom *t) {
  if (t->category) return bit_has(m->set, m->p + t->k);
  for (int k = 0; k < t->linear.n; k++)
    if (bit_has(m->set, t->linear.var[k])) return true;
  return false;
}
static void add_items(const struct mixed *m, const struct rule_atom *t, uint64_t *to) {
  if (t->category) bit_add(to, m->p + t->k);
  for (int k = 0; !t->category && k < t->linear.n; k++)
    if (!bit_has(m->set, t->linear.var[k])) bit_add(to, t->linear.var[k]);
}
static void unite(uint64_t *to, const uint64_t *from, int words) {
  for (int w = 0; w < words; w++) to[w] |= from[w];
}
static void blame_rule(struct mixed *m, const struct open_rule *o) { unite(m->blame, o->reasons, m->words); }
static int rule_of(const struct mixed *m, const struct open_rule *o) { return (int)(o->rule - m->rules->rules); }
/* The rules that the set leaves open; false: one of them has no open atom, its items are to blame. */
static bool find_open(struct mixed *m) {
  m->n_open = 0;
  for (int i = 0; i < m->rules->n_rules; i++) {
    const struct rule *r = &m->rules->rules[i];
    struct open_rule *o = &m->open[m->n_open];
    bool holds = m->soft_item[i] >= 0 && bit_has(m->set, m->soft_item[i]);
    o->rule = r;
    o->open = 0;
    o->taken = -1;
    memset(o->reasons, 0, (size_t)m->words * sizeof *o->reasons);
    if (m->soft_item[i] >= 0) bit_add(o->reasons, m->soft_item[i]);
    for (int t = 0; !holds && t < r->n_atoms; t++) {
      if (touches(m, &r->atoms[t]))
        o->open |= (uint32_t)1 << t;
      else if (atom_holds(m->rules, &r->atoms[t], m->x, m->missing, m->code) == 1)
        holds = true;
      else
        add_items(m, &r->atoms[t], o->reasons);
    }
    if (holds) continue;
    if (o->open == 0) {
      blame_rule(m, o);
      m->root = tree_split(m, i, NULL, NULL);
      return false;
    }
    m->n_open++;
  }
  return true;
}
/* --- the linear programme of the atoms taken --- */
static void push_row(struct mixed *m, const struct linear_edit *e, bool strict, int rule, int atom) {
  double *to = m->a + (size_t)m->n_rows * (size_t)m->n_columns, fixed = 0, size = 0;
  uint64_t *items = m->row_items + (size_t)m->n_rows * (size_t)m->words;
  memset(items, 0, (size_t)m->words * sizeof *items);
  for (int c = 0; c < m->n_columns; c++) to[c] = 0;
  for (int k = 0; k < e->n; k++) {
    const int c = m->column[e->var[k]];
    const double term = e->coef[k] * m->x[e->var[k]];
    if (c >= 0)
      to[c] = e->coef[k];
    else {
      fixed += term;
      size += fabs(term);
      bit_add(items, e->var[k]);
    }
  }
  const double slack = 1e-6 + 1e-9 * (size + fabs(e->rhs - fixed)), margin = strict ? STRICT_MARGIN * slack : 0;
  m->tolerance[m->n_rows] = 0.99 * slack;
  m->upper[m->n_rows] = e->rhs - fixed - margin;
  m->lower[m->n_rows] = e->op == LINEAR_EQ ? e->rhs - fixed : -INFINITY;
  m->row_atom[m->n_rows] = atom;
  m->row_rule[m->n_rows++] = rule;
}
/* By how much the multipliers contradict the bounds of the columns, beyond what the tolerances of the rows could excuse. */
static double certainty(const struct mixed *m) {
  double excess = 0;
  for (int i = 0; i < m->n_rows; i++)
    if (m->y[i] != 0) excess -= m->y[i] * (m->y[i] > 0 ? m->upper[i] : m->lower[i]) + fabs(m->y[i]) * m->tolerance[i];
  for (int c = 0; c < m->n_columns; c++) {
    double g = 0, size = 0;
    for (int i = 0; i < m->n_rows; i++) {
      const double term = m->y[i] * m->a[(size_t)i * (size_t)m->n_columns + (size_t)c];
      g += term;
      size += fabs(term);
    }
    if (fabs(g) > 1e-9 * size) excess += g * (g > 0 ? m->l[c] : m->u[c]);
  }
  return excess;
}
/* What floating point leaves open is asked again with rows widened by their tolerances, and then of the exact rational simplex. */
static void settle_doubt(struct mixed *m, struct lp *lp, struct lp_result *r) {
  m->doubtful++;
  for (int i = 0; i < m->n_rows; i++) {
    m->lower[i] -= m->tolerance[i];
    m->upper[i] += m->tolerance[i];
    m->tolerance[i] *= 1e-4;
  }
  lp_feasible(lp, m->start, m->tolerance, &m->lp, r);
  if (r->status == LP_FAILED || (r->status == LP_INFEASIBLE && !(certainty(m) > 0))) {
    m->exact_programmes++;
    for (int i = 0; i < m->n_rows; i++) m->y[i] = 0;
    struct lp_result exact = {.x = m->z};
    lp_glpk_exact(lp, &exact);
    r->status = exact.status;
    m->tree.lost = m->tree.lost || exact.status == LP_INFEASIBLE;
  }
  for (int i = 0; i < m->n_rows; i++) {
    m->tolerance[i] *= 1e4;
    m->lower[i] += m->tolerance[i];
    m->upper[i] -= m->tolerance[i];
  }
}
static enum lp_status programme(struct mixed *m) {
  struct lp lp = {.m = m->n_rows, .n = m->n_columns, .a = m->a, .row_lower = m->lower, .row_upper = m->upper, .lower = m->l, .upper = m->u};
  struct lp_result r = {.x = m->z, .y = m->y};
  m->programmes++;
  m->nodes++;
  lp_feasible(&lp, m->start, m->tolerance, &m->lp, &r);
  if (r.status == LP_FAILED || (r.status == LP_INFEASIBLE && !(certainty(m) > 0))) settle_doubt(m, &lp, &r);
  if (r.status != LP_INFEASIBLE) return r.status;
  for (int i = 0; i < m->n_rows; i++) { /* without multipliers all rows are to blame */
    if (m->y[i] == 0 && !m->tree.lost) continue;
    unite(m->blame, m->row_items + (size_t)i * (size_t)m->words, m->words);
    if (m->row_rule[i] >= 0) blame_rule(m, &m->open[m->row_rule[i]]);
  }
  m->root = tree_leaf(m);
  return LP_INFEASIBLE;
}
static double step_of(const struct mixed *m, int variable) {
  double unit = 1;
  const int d = m->rules->numeric.decimals ? m->rules->numeric.decimals[variable] : -1;
  for (int k = 0; k < d; k++) unit *= 10;
  return d < 0 ? 0 : 1 / unit;
}
/* Whole steps by branch and bound over the columns; z is feasible on entry for the continuous programme. */
static enum set_verdict whole(struct mixed *m) {
  int worst = -1;
  double far = 1e-7;
  for (int c = 0; m->spec->whole && c < m->n_columns; c++) {
    const double step = step_of(m, m->variable[c]);
    if (step == 0) continue;
    const double off = fabs(m->z[c] / step - round(m->z[c] / step));
    if (off > far) {
      far = off;
      worst = c;
    }
  }
  if (worst < 0) return SET_FEASIBLE;
  if (m->nodes > m->max_nodes) return SET_DOUBTFUL;
  /* divided by the unit, as values and limits are: -6 * 0.1 would lie below the limit -0.6 */
  const double unit = round(1 / step_of(m, m->variable[worst])), steps = floor(m->z[worst] * unit);
  const double down = steps / unit, l = m->l[worst], u = m->u[worst];
  enum set_verdict verdict = SET_NOT;
  int child[2] = {-1, -1};
  for (int side = 0; side < 2 && verdict == SET_NOT; side++) {
    if (side == 0)
      m->u[worst] = down;
    else
      m->l[worst] = (steps + 1) / unit;
    const enum lp_status s = m->l[worst] > m->u[worst] ? LP_UNBOUNDED : programme(m);
    if (s == LP_OPTIMAL)
      verdict = whole(m);
    else if (s == LP_FAILED)
      verdict = SET_DOUBTFUL;
    if (m->l[worst] <= m->u[worst]) child[side] = m->root;
    m->l[worst] = l;
    m->u[worst] = u;
  }
  if (verdict == SET_NOT) m->root = tree_whole(m, m->variable[worst], down, child);
  return verdict;
}
/* --- branching --- */
static const uint64_t *domain(const struct mixed *m, int k) { return m->domain + (size_t)k * (size_t)m->code_words; }
static bool category_possible(const struct mixed *m, const struct rule_atom *t) {
  return bits_meet(domain(m, t->k), t->set, (m->rules->categories[t->k].n_codes + 63) / 64);
}
static bool category_certain(const struct mixed *m, const struct rule_atom *t) {
  const int words = (m->rules->categories[t->k].n_codes + 63) / 64;
  for (int w = 0; w < words; w++)
    if (domain(m, t->k)[w] & ~t->set[w]) return false;
  return true;
}
/* Rules taken by an atom on category k made its domain what it is. */
static void blame_domain(struct mixed *m, int k, uint64_t *uses) {
  for (int i = 0; i < m->n_open; i++) {
    const struct open_rule *o = &m->open[i];
    if (o->taken >= 0 && o->rule->atoms[o->taken].category && o->rule->atoms[o->taken].k == k) {
      blame_rule(m, o);
      bit_add(uses, rule_of(m, o));
    }
  }
}
static int possible_atoms(const struct mixed *m, const struct open_rule *o, bool *certain) {
  int n = 0;
  *certain = false;
  for (int t = 0; t < o->rule->n_atoms; t++) {
    const struct rule_atom *atom = &o->rule->atoms[t];
    if (!(o->open >> t & 1)) continue;
    if (atom->category && category_certain(m, atom)) *certain = true;
    n += !atom->category || category_possible(m, atom);
  }
  return n;
}
static int next_rule(struct mixed *m) {
  int at = -1, fewest = RULE_MAX_ATOMS + 1;
  for (int i = 0; i < m->n_open; i++) {
    bool certain;
    if (m->open[i].taken >= 0) continue;
    const int n = possible_atoms(m, &m->open[i], &certain);
    if (!certain && n < fewest) {
      fewest = n;
      at = i;
    }
  }
  return at;
}
static enum set_verdict branch(struct mixed *m);

static enum set_verdict take_category(struct mixed *m, const struct rule_atom *t) {
  uint64_t *d = m->domain + (size_t)t->k * (size_t)m->code_words, old[RULE_MAX_CODES / 64];
  const int words = (m->rules->categories[t->k].n_codes + 63) / 64;
  memcpy(old, d, (size_t)words * sizeof *old);
  for (int w = 0; w < words; w++) d[w] &= t->set[w];
  const enum set_verdict v = branch(m);
  if (v != SET_FEASIBLE) memcpy(d, old, (size_t)words * sizeof *old);
  return v;
}
static enum set_verdict take_linear(struct mixed *m, const struct rule_atom *t, int rule) {
  push_row(m, &t->linear, t->strict, rule, m->open[rule].taken);
  const enum lp_status s = programme(m);
  const enum set_verdict v = s == LP_OPTIMAL ? branch(m) : s == LP_INFEASIBLE ? SET_NOT : SET_DOUBTFUL;
  if (v != SET_FEASIBLE) m->n_rows--;
  return v;
}
/* Some atom of rule i must hold. A refutation that does not rest on the atom taken refutes the whole, and no other atom is tried. */
static enum set_verdict split(struct mixed *m, int i) {
  struct open_rule *o = &m->open[i];
  const int rule = rule_of(m, o);
  uint64_t *uses = m->dead_uses + (size_t)i * (size_t)m->rule_words;
  int child[RULE_MAX_ATOMS];
  enum set_verdict v = SET_NOT;
  memset(uses, 0, (size_t)m->rule_words * sizeof *uses);
  for (int t = 0; t < o->rule->n_atoms && v == SET_NOT; t++) {
    const struct rule_atom *atom = &o->rule->atoms[t];
    child[t] = -1;
    if (!(o->open >> t & 1)) continue;
    if (atom->category && !category_possible(m, atom)) {
      blame_domain(m, atom->k, uses);
      continue;
    }
    o->taken = t;
    v = atom->category ? take_category(m, atom) : take_linear(m, atom, i);
    if (v != SET_FEASIBLE) o->taken = -1;
    child[t] = m->root;
    if (v == SET_NOT && !m->tree.lost && !tree_uses(m, m->root, rule)) return SET_NOT;
  }
  if (v != SET_NOT) return v;
  blame_rule(m, o);
  m->root = tree_split(m, rule, child, uses);
  return SET_NOT;
}
static enum set_verdict branch(struct mixed *m) {
  if (++m->nodes > m->max_nodes) return SET_DOUBTFUL;
  const int i = next_rule(m);
  if (i < 0) {
    const enum lp_status s = programme(m); /* z of the last programme may be of a branch left since */
    return s == LP_OPTIMAL ? whole(m) : s == LP_INFEASIBLE ? SET_NOT : SET_DOUBTFUL;
  }
  return split(m, i);
}
static void load_set(struct mixed *m) {
  m->n_columns = m->n_rows = 0;
  for (int j = 0; j < m->p; j++) {
    m->column[j] = -1;
    if (!bit_has(m->set, j)) continue;
    m->column[j] = m->n_columns;
    m->variable[m->n_columns] = j;
    m->start[m->n_columns] = m->x[j];
    m->l[m->n_columns] = m->rules->numeric.lower[j];
    m->u[m->n_columns++] = m->rules->numeric.upper[j];
  }
  memset(m->domain, 0, (size_t)(m->q * m->code_words) * sizeof *m->domain);
  for (int k = 0; k < m->q; k++)
    for (int c = 0; c < m->rules->categories[k].n_codes; c++)
      if (bit_has(m->set, m->p + k) || c == m->code[k]) bit_add(m->domain + (size_t)k * (size_t)m->code_words, c);
  for (int t = 0; t < m->n_moves; t++) {
    const int low = m->move[t].a < m->move[t].b ? m->move[t].a : m->move[t].b, high = m->move[t].a + m->move[t].b - low;
    const struct linear_edit e = {.op = LINEAR_EQ, .n = 2, .var = (int[]){low, high}, .coef = (double[]){1, 1}, .rhs = m->move[t].sum};
    push_row(m, &e, false, -1, t);
  }
}
/* The witness, put on whole steps where that keeps every rule; true when all rules but the paid ones hold. */
static bool witness(const struct mixed *m, double *x, int *code) {
  memcpy(x, m->x, (size_t)m->p * sizeof *x);
  for (int k = 0; k < m->q; k++) {
    code[k] = m->code[k];
    for (int c = 0; bit_has(m->set, m->p + k) && c < m->rules->categories[k].n_codes; c++)
      if (bit_has(domain(m, k), c) && (code[k] < 0 || !bit_has(domain(m, k), code[k]))) code[k] = c;
  }
  bool none[1024] = {false};
  for (int exact = 0; exact < 2; exact++) {
    for (int c = 0; c < m->n_columns; c++) {
      const int j = m->variable[c];
      const double unit = step_of(m, j) > 0 ? round(1 / step_of(m, j)) : 1e6, v = round(m->z[c] * unit) / unit;
      x[j] = exact || v < m->l[c] || v > m->u[c] || fabs(v) > 9e9 ? m->z[c] : v;
      if (exact && m->spec->whole && step_of(m, j) > 0) x[j] = v;
    }
    bool all = true;
    for (int i = 0; all && i < m->rules->n_rules; i++)
      if (m->soft_item[i] < 0 || !bit_has(m->set, m->soft_item[i])) all = rule_holds(m->rules, &m->rules->rules[i], x, none, code) == 1;
    for (int t = 0; all && t < m->n_moves; t++) all = fabs(x[m->move[t].a] + x[m->move[t].b] - m->move[t].sum) <= 1e-6 + 1e-9 * fabs(m->move[t].sum);
    if (all) return true;
  }
  return false;
}
enum set_verdict mixed_check(struct mixed *m, const uint64_t *set, double *x_out, int *code_out) {
  m->set = set;
  memset(m->blame, 0, (size_t)m->words * sizeof *m->blame);
  tree_clear(m);
  load_set(m);
  if (!find_open(m)) return SET_NOT;
  const enum set_verdict v = branch(m);
  if (v != SET_FEASIBLE) return v;
  return witness(m, x_out, code_out) ? SET_FEASIBLE : SET_DOUBTFUL;
}
