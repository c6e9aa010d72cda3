/* state_tree.h -- the RFC 6962 tree over a list of leaf hashes that is asked for again and again with few leaves changed: full subtrees are kept and only those above a
 * changed leaf are hashed again. The root is that of merkle_root_of; a ministry's commit hashes some ten nodes for its datasets and none for its 1,900 peers.
 * Shapes   level[0] = the leaves as 32-byte rows, level[k] = the full subtrees of 2^k leaves.    Memory   64 bytes a leaf.
 * Errors   false: no memory.    Cost   comparing the leaves, and 2 hashes a changed leaf and level; everything when the number of leaves changes. */
#ifndef SHIRABE_SECURE_STORE_STATE_TREE_H
#define SHIRABE_SECURE_STORE_STATE_TREE_H
#include "base/str.h"
#include "secure-store/merkle.h"

enum { STATE_TREE_LEVELS = 40 };
struct state_tree {
  struct strbuf level[STATE_TREE_LEVELS]; /* zeroed = empty */
  uint64_t n;
};
/* leaves: n rows of MERKLE_HASH bytes, n below 2^39. */
bool state_tree_root(struct state_tree *t, const uint8_t *leaves, uint64_t n, uint8_t root[MERKLE_HASH]) NODISCARD;
void state_tree_release(struct state_tree *t);
#endif
