#include "secure-store/state_tree.h"

#include <string.h>

static uint8_t *row(const struct state_tree *t, int level, uint64_t i) { return (uint8_t *)t->level[level].p + i * MERKLE_HASH; }

void state_tree_release(struct state_tree *t) {
  for (int k = 0; k < STATE_TREE_LEVELS; k++) strbuf_release(&t->level[k]);
  t->n = 0;
}

static bool resize(struct state_tree *t, uint64_t n) {
  state_tree_release(t);
  for (int k = 0; k < STATE_TREE_LEVELS && n >> k; k++) {
    strbuf_init(&t->level[k], 0);
    if (!strbuf_extend(&t->level[k], (size_t)(n >> k) * MERKLE_HASH)) return false;
  }
  t->n = n;
  return true;
}

/* The first and the last leaf that differ; false when none does. */
static bool changed(const struct state_tree *t, const uint8_t *leaves, uint64_t *first, uint64_t *last) {
  uint64_t a = 0, b = t->n;
  while (a < b && memcmp(row(t, 0, a), leaves + a * MERKLE_HASH, MERKLE_HASH) == 0) a++;
  while (b > a && memcmp(row(t, 0, b - 1), leaves + (b - 1) * MERKLE_HASH, MERKLE_HASH) == 0) b--;
  if (a == b) return false;
  *first = a;
  *last = b - 1;
  return true;
}

static void rehash(struct state_tree *t, uint64_t first, uint64_t last) {
  for (int k = 1; k < STATE_TREE_LEVELS && t->n >> k; k++) {
    first >>= 1;
    last >>= 1;
    for (uint64_t i = first; i <= last && i < t->n >> k; i++) merkle_node_hash(row(t, k - 1, 2 * i), row(t, k - 1, 2 * i + 1), row(t, k, i));
  }
}

/* The last full subtree of every level whose bit is set in n is a node of the frontier. */
static void frontier(const struct state_tree *t, struct merkle_frontier *f) {
  merkle_begin(f);
  f->size = t->n;
  for (int k = 0; k < STATE_TREE_LEVELS; k++)
    if (t->n >> k & 1) memcpy(f->node[k], row(t, k, (t->n >> k) - 1), MERKLE_HASH);
}

bool state_tree_root(struct state_tree *t, const uint8_t *leaves, uint64_t n, uint8_t root[MERKLE_HASH]) {
  struct merkle_frontier f;
  uint64_t first = 0, last = n ? n - 1 : 0;
  bool fresh = n != t->n;
  if (n >> (STATE_TREE_LEVELS - 1)) return false;
  if (fresh && !resize(t, n)) {
    state_tree_release(t);
    return false;
  }
  if (n && (fresh || changed(t, leaves, &first, &last))) {
    memcpy(row(t, 0, first), leaves + first * MERKLE_HASH, (size_t)(last - first + 1) * MERKLE_HASH);
    rehash(t, first, last);
  }
  frontier(t, &f);
  merkle_root(&f, root);
  return true;
}
