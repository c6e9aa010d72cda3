/* The refutation of a set of items as a tree, grown from the leaves while the trial backs out. */
#include <math.h>
#include <string.h>

#include "processing/localise/mixed_impl.h"

static uint64_t *uses_of(const struct mixed *m, int node) { return m->tree.uses + (size_t)node * (size_t)m->rule_words; }

bool tree_init(struct mixed *m, struct arena *a) {
  m->tree = (struct tree_room){.node = arena_alloc(a, PROOF_MAX_NODES * sizeof(struct proof_node), _Alignof(struct proof_node)),
                               .uses = ARENA_ARRAY(a, uint64_t, (int64_t)PROOF_MAX_NODES * m->rule_words),
                               .child = arena_alloc(a, TREE_CHILDREN * sizeof(int), _Alignof(int)),
                               .term = arena_alloc(a, TREE_TERMS * sizeof(struct proof_term), _Alignof(struct proof_term))}; /* written before read */
  return m->tree.node && m->tree.uses && m->tree.child && m->tree.term;
}
void tree_clear(struct mixed *m) {
  m->root = -1;
  m->tree.n_node = m->tree.n_child = m->tree.n_term = 0;
  m->tree.lost = false;
}
static int new_node(struct mixed *m, const struct proof_node *node, int n_children, int n_terms) {
  struct tree_room *t = &m->tree;
  if (t->n_node == PROOF_MAX_NODES || t->n_child + n_children > TREE_CHILDREN || t->n_term + n_terms > TREE_TERMS) t->lost = true;
  if (t->lost) return -1;
  t->node[t->n_node] = *node;
  memset(uses_of(m, t->n_node), 0, (size_t)m->rule_words * sizeof *t->uses);
  return t->n_node++;
}
static void take_children(struct mixed *m, int node, const int *child, int n) {
  struct tree_room *t = &m->tree;
  int *to = t->child + t->n_child;
  uint64_t *uses = uses_of(m, node);
  t->n_child += n;
  t->node[node].child = to;
  t->node[node].n = n;
  for (int k = 0; k < n; k++) {
    to[k] = child ? child[k] : -1;
    for (int w = 0; to[k] >= 0 && w < m->rule_words; w++) uses[w] |= uses_of(m, to[k])[w];
  }
}
int tree_split(struct mixed *m, int rule, const int *child, const uint64_t *dead_uses) {
  const int n = m->rules->rules[rule].n_atoms, node = new_node(m, &(struct proof_node){.kind = PROOF_SPLIT, .rule = rule}, n, 0);
  if (node < 0) return -1;
  take_children(m, node, child, n);
  for (int w = 0; dead_uses && w < m->rule_words; w++) uses_of(m, node)[w] |= dead_uses[w];
  bit_drop(uses_of(m, node), rule);
  return node;
}
int tree_whole(struct mixed *m, int variable, double value, const int *child) {
  const int node = new_node(m, &(struct proof_node){.kind = PROOF_WHOLE, .variable = variable, .value = value}, 2, 0);
  if (node < 0) return -1;
  take_children(m, node, child, 2);
  return node;
}
int tree_leaf(struct mixed *m) {
  struct tree_room *t = &m->tree;
  double most = 0;
  int n = 0;
  for (int i = 0; i < m->n_rows; i++) most = fmax(most, fabs(m->y[i]));
  const int node = new_node(m, &(struct proof_node){.kind = PROOF_FARKAS}, 0, m->n_rows);
  if (node < 0) return -1;
  struct proof_term *term = t->term + t->n_term;
  for (int i = 0; i < m->n_rows; i++) {
    const double y = m->y[i];
    if (fabs(y) <= 1e-9 * most || (y < 0 && m->lower[i] == -INFINITY)) continue;
    const int rule = m->row_rule[i] < 0 ? -1 : (int)(m->open[m->row_rule[i]].rule - m->rules->rules);
    term[n++] = (struct proof_term){.rule = rule, .atom = m->row_atom[i], .y = y / most};
    if (rule >= 0) bit_add(uses_of(m, node), rule);
  }
  t->n_term += n;
  t->node[node].term = term;
  t->node[node].n = n;
  return node;
}
bool tree_uses(const struct mixed *m, int node, int rule) { return bit_has(uses_of(m, node), rule); }

/* Multipliers are fixed up to a factor: the one that makes them whole numbers, when there is a small one. */
static void make_whole(struct proof_term *term, int n) {
  double least = INFINITY;
  for (int k = 0; k < n; k++) least = fmin(least, fabs(term[k].y));
  for (int f = 1; f <= 60; f++) {
    bool whole = true;
    for (int k = 0; whole && k < n; k++) {
      const double y = term[k].y * f / least;
      whole = fabs(y - round(y)) <= 1e-7 && fabs(y) < 1e6;
    }
    if (!whole) continue;
    for (int k = 0; k < n; k++) term[k].y = round(term[k].y * f / least);
    return;
  }
  for (int k = 0; k < n; k++) term[k].y /= least;
}
struct copier {
  const struct mixed *m;
  struct proof_node *node;
  int *child, n_node, n_child, n_term;
  struct proof_term *term;
};
static int copy_node(struct copier *c, int from) {
  const struct proof_node *old = &c->m->tree.node[from];
  const int at = c->n_node++;
  struct proof_node *node = &c->node[at];
  *node = *old;
  if (old->kind == PROOF_FARKAS) {
    struct proof_term *term = c->term + c->n_term;
    c->n_term += old->n;
    if (old->n) memcpy(term, old->term, (size_t)old->n * sizeof *term);
    make_whole(term, old->n);
    for (int k = 0; k < old->n; k++)
      if (term[k].rule < 0) term[k].atom = c->m->move[term[k].atom].at;
    node->term = term;
    return at;
  }
  int *child = c->child + c->n_child;
  c->n_child += old->n;
  node->child = child;
  for (int k = 0; k < old->n; k++) child[k] = old->child[k] < 0 ? -1 : copy_node(c, old->child[k]);
  return at;
}
bool tree_copy(const struct mixed *m, int root, struct arena *a, struct mixed_argument *out) {
  const struct tree_room *t = &m->tree;
  struct copier c = {.m = m,
                     .node = ARENA_ARRAY(a, struct proof_node, t->n_node),
                     .child = ARENA_ARRAY(a, int, t->n_child + 1),
                     .term = ARENA_ARRAY(a, struct proof_term, t->n_term + 1)};
  if (!c.node || !c.child || !c.term) return false;
  (void)copy_node(&c, root);
  out->n_nodes = c.n_node;
  out->node = c.node;
  return true;
}
