/* merkle.h -- the Merkle tree of RFC 6962 (section 2.1) and its proofs, and nothing else.
 * Hashes   leaf SHA-256(0x00 | leaf), node SHA-256(0x01 | left | right), empty tree SHA-256("").
 * Shapes   leaf hashes as a dense array of 32-byte rows; proofs hold at most 63 hashes.
 * Errors   verifiers return false and nothing else; a consistency proof from size 0 is refused (it proves nothing).
 * Cost     append O(1) amortised, root O(log n) from the frontier; proofs O(n) hashing of the leaves they cover. */
#ifndef SHIRABE_SECURE_STORE_MERKLE_H
#define SHIRABE_SECURE_STORE_MERKLE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { MERKLE_HASH = 32, MERKLE_PROOF_MAX = 63 };
struct merkle_frontier {
  uint64_t size;
  uint8_t node[64][MERKLE_HASH]; /* node[k] = root of the full subtree of 2^k leaves, valid where bit k of size is set */
};
struct merkle_proof {
  int n;
  uint8_t hash[MERKLE_PROOF_MAX][MERKLE_HASH];
};
void merkle_leaf_hash(const void *leaf, size_t n, uint8_t out[MERKLE_HASH]);
void merkle_node_hash(const uint8_t left[MERKLE_HASH], const uint8_t right[MERKLE_HASH], uint8_t out[MERKLE_HASH]);
void merkle_begin(struct merkle_frontier *f);
void merkle_add(struct merkle_frontier *f, const uint8_t leaf_hash[MERKLE_HASH]);
void merkle_root(const struct merkle_frontier *f, uint8_t out[MERKLE_HASH]);
void merkle_root_of(const uint8_t (*leaf_hash)[MERKLE_HASH], uint64_t n, uint8_t out[MERKLE_HASH]);
bool merkle_inclusion(const uint8_t (*leaf_hash)[MERKLE_HASH], uint64_t n, uint64_t index,
    struct merkle_proof *out) NODISCARD; /* false: index >= n */
bool merkle_consistency(const uint8_t (*leaf_hash)[MERKLE_HASH], uint64_t n, uint64_t old_n,
    struct merkle_proof *out) NODISCARD; /* false unless 1 <= old_n <= n */
bool merkle_verify_inclusion(const uint8_t leaf_hash[MERKLE_HASH], uint64_t index, uint64_t size, const struct merkle_proof *proof,
    const uint8_t root[MERKLE_HASH]) NODISCARD;
bool merkle_verify_consistency(uint64_t size1, uint64_t size2, const uint8_t root1[MERKLE_HASH], const uint8_t root2[MERKLE_HASH],
    const struct merkle_proof *proof) NODISCARD;
#endif
