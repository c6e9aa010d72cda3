/* A refutation freed of its record: which fixed values it rests on and which sums they must break. With a pool of these a further record is
 * told what it must change without any trial; like the pool of cuts it saves work and changes no answer. */
#include <math.h>
#include <string.h>

#include "processing/localise/mixed_impl.h"

bool conflict_init(struct mixed *m, struct arena *a) {
  const int p = m->p + 1;
  struct conflict_room *r = &m->conflict;
  *r = (struct conflict_room){.domain = ARENA_ARRAY(a, uint64_t, (int64_t)m->q * m->code_words + 1), .support = ARENA_ARRAY(a, uint64_t, m->words)};
  r->made.support = ARENA_ARRAY(a, uint64_t, m->words);
  r->made.dead = arena_alloc(a, TREE_CHILDREN * sizeof *r->made.dead, _Alignof(const struct rule_atom *)); /* written before read */
  r->made.leaf = arena_alloc(a, PROOF_MAX_NODES * sizeof *r->made.leaf, _Alignof(struct conflict_leaf));
  r->var = arena_alloc(a, CONFLICT_NUMBERS * sizeof *r->var, _Alignof(int));
  r->number = arena_alloc(a, CONFLICT_NUMBERS * sizeof *r->number, _Alignof(double));
  r->touched = ARENA_ARRAY(a, uint64_t, (p + 63) / 64);
  double *numbers = ARENA_ARRAY(a, double, 4 * p);
  if (!r->domain || !r->support || !r->made.support || !r->made.dead || !r->made.leaf || !r->var || !r->number || !r->touched || !numbers)
    return false;
  r->g = numbers;
  r->size = numbers + p;
  r->lower = numbers + 2 * p;
  r->upper = numbers + 3 * p;
  return true;
}
static const struct rule_atom *atom_of(const struct mixed *m, const struct proof_term *t) { return &m->rules->rules[t->rule].atoms[t->atom]; }

/* --- which items a tree rests on when all but those of the set are fixed --- */
static void add_sum(struct mixed *m, const struct linear_edit *e, double y) {
  struct conflict_room *r = &m->conflict;
  for (int k = 0; k < e->n; k++) {
    const int j = e->var[k];
    if (!bit_has(r->touched, j)) {
      bit_add(r->touched, j);
      r->g[j] = r->size[j] = 0;
    }
    r->g[j] += y * e->coef[k];
    r->size[j] += fabs(y * e->coef[k]);
  }
}
/* g and size of a leaf. *rhs: sum of the right sides. */
static void sum_leaf(struct mixed *m, const struct proof_node *node, double *rhs) {
  memset(m->conflict.touched, 0, (size_t)(m->p + 64) / 64 * sizeof *m->conflict.touched);
  *rhs = 0;
  for (int k = 0; k < node->n; k++) {
    struct linear_edit e;
    const double ones[2] = {1, 1};
    int ends[2];
    if (node->term[k].rule >= 0)
      e = atom_of(m, &node->term[k])->linear;
    else {
      const struct mixed_sum *t = &m->move[node->term[k].atom];
      m->conflict.of_this_record = true;
      ends[0] = t->a;
      ends[1] = t->b;
      e = (struct linear_edit){.n = 2, .var = ends, .coef = ones, .rhs = t->sum};
    }
    add_sum(m, &e, node->term[k].y);
    *rhs += node->term[k].y * e.rhs;
  }
}
static bool counts(const struct conflict_room *r, int j) { return bit_has(r->touched, j) && fabs(r->g[j]) > 1e-9 * r->size[j]; }

static void add_support(struct mixed *m, int at, uint64_t *to) {
  const struct proof_node *node = &m->tree.node[at];
  double rhs;
  if (node->kind == PROOF_FARKAS) {
    sum_leaf(m, node, &rhs);
    for (int j = 0; j < m->p; j++)
      if (counts(&m->conflict, j) && !bit_has(m->set, j)) bit_add(to, j);
    return;
  }
  if (node->kind == PROOF_SPLIT && m->soft_item[node->rule] >= 0) bit_add(to, m->soft_item[node->rule]);
  for (int k = 0; k < node->n; k++) {
    if (node->child[k] >= 0) add_support(m, node->child[k], to);
    if (node->child[k] >= 0 || node->kind == PROOF_WHOLE) continue;
    const struct rule_atom *t = &m->rules->rules[node->rule].atoms[k];
    if (t->category && !bit_has(m->set, m->p + t->k)) bit_add(to, m->p + t->k);
    for (int i = 0; !t->category && i < t->linear.n; i++) bit_add(to, t->linear.var[i]);
  }
}
/* --- the flat form for the items of `keep` --- */
static bool is_empty(const struct mixed *m, const struct rule_atom *t) {
  return !bits_meet(m->conflict.domain + (size_t)t->k * (size_t)m->code_words, t->set, (m->rules->categories[t->k].n_codes + 63) / 64);
}
static bool flatten_leaf(struct mixed *m, const struct proof_node *node, const uint64_t *keep) {
  struct conflict_room *r = &m->conflict;
  struct conflict_leaf *leaf = &r->made.leaf[r->made.n_leaves];
  double rhs;
  if (r->n_numbers + m->p > CONFLICT_NUMBERS) return false;
  sum_leaf(m, node, &rhs);
  *leaf = (struct conflict_leaf){.n_terms = node->n, .term = node->term, .var = r->var + r->n_numbers, .g = r->number + r->n_numbers};
  for (int k = 0; k < node->n; k++) leaf->strict = leaf->strict || (node->term[k].rule >= 0 && atom_of(m, &node->term[k])->strict);
  for (int j = 0; j < m->p; j++) {
    if (!counts(r, j)) continue;
    if (bit_has(keep, j)) {
      r->var[r->n_numbers] = j;
      r->number[r->n_numbers++] = r->g[j];
      leaf->n++;
      continue;
    }
    const double bound = r->g[j] > 0 ? r->lower[j] : r->upper[j];
    if (!isfinite(bound)) return false;
    rhs -= r->g[j] * bound;
  }
  leaf->h = rhs;
  r->made.n_leaves++;
  return true;
}
static bool flatten(struct mixed *m, int at, const uint64_t *keep);

static bool flatten_whole(struct mixed *m, const struct proof_node *node, const uint64_t *keep) {
  const int j = node->variable, d = m->rules->numeric.decimals[j];
  double unit = 1, *lower = &m->conflict.lower[j], *upper = &m->conflict.upper[j];
  const double l = *lower, u = *upper;
  bool all = true;
  if (bit_has(keep, j)) return false;
  for (int k = 0; k < d; k++) unit *= 10;
  for (int k = 0; all && k < 2; k++) {
    *(k ? lower : upper) = k ? node->value + 1 / unit : node->value;
    all = node->child[k] < 0 ? *lower > *upper : flatten(m, node->child[k], keep);
    *lower = l;
    *upper = u;
  }
  return all;
}
static bool flatten_atom(struct mixed *m, const struct rule_atom *t, int child, const uint64_t *keep) {
  struct conflict_room *r = &m->conflict;
  if (child < 0) {
    if (t->category && !bit_has(keep, m->p + t->k)) return is_empty(m, t);
    for (int i = 0; !t->category && i < t->linear.n; i++)
      if (!bit_has(keep, t->linear.var[i])) return false;
    if (r->made.n_dead == TREE_CHILDREN) return false;
    r->made.dead[r->made.n_dead++] = t;
    return true;
  }
  if (!t->category) return flatten(m, child, keep);
  const int words = (m->rules->categories[t->k].n_codes + 63) / 64;
  uint64_t *d = r->domain + (size_t)t->k * (size_t)m->code_words, old[RULE_MAX_CODES / 64];
  memcpy(old, d, (size_t)words * sizeof *old);
  for (int w = 0; w < words; w++) d[w] &= t->set[w];
  const bool all = flatten(m, child, keep);
  memcpy(d, old, (size_t)words * sizeof *old);
  return all;
}
static bool flatten(struct mixed *m, int at, const uint64_t *keep) {
  const struct proof_node *node = &m->tree.node[at];
  if (node->kind == PROOF_FARKAS) return flatten_leaf(m, node, keep);
  if (node->kind == PROOF_WHOLE) return flatten_whole(m, node, keep);
  const struct rule *r = &m->rules->rules[node->rule];
  bool all = m->soft_item[node->rule] < 0 || bit_has(keep, m->soft_item[node->rule]);
  for (int k = 0; all && k < node->n; k++) all = flatten_atom(m, &r->atoms[k], node->child[k], keep);
  return all;
}
static bool make(struct mixed *m, int root, const uint64_t *keep) {
  struct conflict_room *r = &m->conflict;
  r->made.n_dead = r->made.n_leaves = r->n_numbers = 0;
  memcpy(r->made.support, keep, (size_t)m->words * sizeof *keep);
  memcpy(r->lower, m->rules->numeric.lower, (size_t)m->p * sizeof *r->lower);
  memcpy(r->upper, m->rules->numeric.upper, (size_t)m->p * sizeof *r->upper);
  memset(r->domain, 0, (size_t)(m->q * m->code_words) * sizeof *r->domain);
  for (int k = 0; k < m->q; k++)
    for (int c = 0; c < m->rules->categories[k].n_codes; c++) bit_add(r->domain + (size_t)k * (size_t)m->code_words, c);
  return flatten(m, root, keep) && conflict_applies(m, &r->made);
}
bool conflict_of(struct mixed *m, int root) {
  uint64_t *keep = m->conflict.support;
  memset(keep, 0, (size_t)m->words * sizeof *keep);
  m->conflict.of_this_record = false;
  add_support(m, root, keep);
  if (!make(m, root, keep)) return false;
  for (int j = 0; j < m->n_items; j++) { /* what the refutation does not need */
    if (!bit_has(keep, j)) continue;
    bit_drop(keep, j);
    if (!make(m, root, keep)) bit_add(keep, j);
  }
  return make(m, root, keep);
}
/* --- at a record --- */
static double excuse(const struct mixed *m, const struct conflict *c, const struct conflict_leaf *leaf) {
  double sum = 0;
  for (int k = 0; k < leaf->n_terms; k++) {
    if (leaf->term[k].rule < 0) {
      sum += fabs(leaf->term[k].y) * (1e-6 + 1e-9 * fabs(m->move[leaf->term[k].atom].sum));
      continue;
    }
    const struct rule_atom *t = atom_of(m, &leaf->term[k]);
    double fixed = 0, size = 0;
    for (int i = 0; i < t->linear.n; i++) {
      if (!bit_has(c->support, t->linear.var[i])) continue;
      const double term = t->linear.coef[i] * m->x[t->linear.var[i]];
      fixed += term;
      size += fabs(term);
    }
    const double slack = 1e-6 + 1e-9 * (size + fabs(t->linear.rhs - fixed));
    sum += fabs(leaf->term[k].y) * (t->strict ? (1 - STRICT_MARGIN) * slack : slack);
  }
  return sum;
}
bool conflict_applies(const struct mixed *m, const struct conflict *c) {
  for (int k = 0; k < c->n_dead; k++)
    if (atom_holds(m->rules, c->dead[k], m->x, m->missing, m->code) != 0) return false;
  for (int k = 0; k < c->n_leaves; k++) {
    const struct conflict_leaf *leaf = &c->leaf[k];
    double value = -leaf->h;
    for (int i = 0; i < leaf->n; i++) value += leaf->g[i] * m->x[leaf->var[i]];
    if ((value <= 0 && !leaf->strict) || value <= excuse(m, c, leaf)) return false;
  }
  return true;
}
bool conflict_keep(struct mixed *m) {
  const struct conflict *from = &m->conflict.made;
  struct conflict_pool *pool = m->pool;
  struct arena *a = pool->arena;
  if (pool->n == POOL_MAX_CONFLICTS || m->conflict.of_this_record) return true;
  struct conflict *to = &pool->conflict[pool->n];
  *to = *from;
  to->support = ARENA_ARRAY(a, uint64_t, m->words);
  to->dead = ARENA_ARRAY(a, const struct rule_atom *, from->n_dead + 1);
  to->leaf = ARENA_ARRAY(a, struct conflict_leaf, from->n_leaves + 1);
  if (!to->support || !to->dead || !to->leaf) return false;
  memcpy(to->support, from->support, (size_t)m->words * sizeof *to->support);
  if (from->n_dead) memcpy(to->dead, from->dead, (size_t)from->n_dead * sizeof *to->dead);
  for (int k = 0; k < from->n_leaves; k++) {
    const struct conflict_leaf *old = &from->leaf[k];
    int *var = ARENA_ARRAY(a, int, old->n + 1);
    double *g = ARENA_ARRAY(a, double, old->n + 1);
    struct proof_term *term = ARENA_ARRAY(a, struct proof_term, old->n_terms + 1);
    if (!var || !g || !term) return false;
    if (old->n) memcpy(var, old->var, (size_t)old->n * sizeof *var);
    if (old->n) memcpy(g, old->g, (size_t)old->n * sizeof *g);
    if (old->n_terms) memcpy(term, old->term, (size_t)old->n_terms * sizeof *term);
    to->leaf[k] = *old;
    to->leaf[k].var = var;
    to->leaf[k].g = g;
    to->leaf[k].term = term;
  }
  pool->n++;
  return true;
}
