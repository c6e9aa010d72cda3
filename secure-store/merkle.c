/* merkle.c -- see merkle.h. Verification follows RFC 9162 section 2.1.3.2 and 2.1.4.2, which state the algorithms for RFC 6962 trees. */
#include "secure-store/merkle.h"

#include <string.h>

#include "base/ext_sodium.h"

static void hash_with_prefix(uint8_t prefix, const void *a, size_t a_n, const void *b, size_t b_n, uint8_t out[MERKLE_HASH]) {
  struct sha256 h;
  sha256_begin(&h);
  sha256_add(&h, &prefix, 1);
  sha256_add(&h, a, a_n);
  sha256_add(&h, b, b_n);
  sha256_end(&h, out);
}
void merkle_leaf_hash(const void *leaf, size_t n, uint8_t out[MERKLE_HASH]) { hash_with_prefix(0, leaf, n, NULL, 0, out); }
void merkle_node_hash(const uint8_t left[MERKLE_HASH], const uint8_t right[MERKLE_HASH], uint8_t out[MERKLE_HASH]) {
  hash_with_prefix(1, left, MERKLE_HASH, right, MERKLE_HASH, out);
}

/* --- the growing tree --- */
void merkle_begin(struct merkle_frontier *f) { f->size = 0; }
void merkle_add(struct merkle_frontier *f, const uint8_t leaf_hash[MERKLE_HASH]) {
  uint8_t h[MERKLE_HASH];
  int level = 0;
  memcpy(h, leaf_hash, sizeof h);
  for (uint64_t size = f->size; size & 1; size >>= 1, level++) merkle_node_hash(f->node[level], h, h);
  memcpy(f->node[level], h, sizeof h);
  f->size++;
}
void merkle_root(const struct merkle_frontier *f, uint8_t out[MERKLE_HASH]) {
  bool any = false;
  if (f->size == 0) sha256_of("", 0, out);
  for (int level = 0; level < 64; level++) {
    if (!(f->size >> level & 1)) continue;
    if (any) merkle_node_hash(f->node[level], out, out);
    else memcpy(out, f->node[level], MERKLE_HASH);
    any = true;
  }
}
void merkle_root_of(const uint8_t (*leaf_hash)[MERKLE_HASH], uint64_t n, uint8_t out[MERKLE_HASH]) {
  struct merkle_frontier f;
  merkle_begin(&f);
  for (uint64_t i = 0; i < n; i++) merkle_add(&f, leaf_hash[i]);
  merkle_root(&f, out);
}

/* --- making proofs --- */
/* Largest power of two below n (n >= 2). */
static uint64_t split(uint64_t n) { return 1ull << (63 - __builtin_clzll(n - 1)); }

bool merkle_inclusion(const uint8_t (*leaf_hash)[MERKLE_HASH], uint64_t n, uint64_t index, struct merkle_proof *out) {
  uint8_t path[MERKLE_PROOF_MAX][MERKLE_HASH];
  int depth = 0;
  if (index >= n) return false;
  while (n > 1) { /* from the root down; the proof runs from the leaf up */
    uint64_t k = split(n);
    if (index < k) {
      merkle_root_of(leaf_hash + k, n - k, path[depth++]);
      n = k;
    } else {
      merkle_root_of(leaf_hash, k, path[depth++]);
      leaf_hash += k, index -= k, n -= k;
    }
  }
  out->n = depth;
  for (int i = 0; i < depth; i++) memcpy(out->hash[i], path[depth - 1 - i], MERKLE_HASH);
  return true;
}
bool merkle_consistency(const uint8_t (*leaf_hash)[MERKLE_HASH], uint64_t n, uint64_t old_n, struct merkle_proof *out) {
  uint8_t path[MERKLE_PROOF_MAX][MERKLE_HASH];
  int depth = 0;
  bool whole = true; /* is the old tree a complete subtree here, so that its root is known already? */
  if (old_n == 0 || old_n > n) return false;
  while (old_n != n) {
    uint64_t k = split(n);
    if (old_n <= k) {
      merkle_root_of(leaf_hash + k, n - k, path[depth++]);
      n = k;
    } else {
      merkle_root_of(leaf_hash, k, path[depth++]);
      leaf_hash += k, old_n -= k, n -= k;
      whole = false;
    }
  }
  if (!whole) merkle_root_of(leaf_hash, n, path[depth++]);
  out->n = depth;
  for (int i = 0; i < depth; i++) memcpy(out->hash[i], path[depth - 1 - i], MERKLE_HASH);
  return true;
}

/* --- checking proofs --- */
bool merkle_verify_inclusion(const uint8_t leaf_hash[MERKLE_HASH], uint64_t index, uint64_t size, const struct merkle_proof *proof,
    const uint8_t root[MERKLE_HASH]) {
  uint8_t r[MERKLE_HASH];
  if (index >= size || proof->n < 0 || proof->n > MERKLE_PROOF_MAX) return false;
  memcpy(r, leaf_hash, sizeof r);
  uint64_t fn = index, sn = size - 1;
  for (int i = 0; i < proof->n; i++) {
    if (sn == 0) return false;
    if (fn & 1 || fn == sn) {
      merkle_node_hash(proof->hash[i], r, r);
      while (!(fn & 1) && fn != 0) fn >>= 1, sn >>= 1;
    } else {
      merkle_node_hash(r, proof->hash[i], r);
    }
    fn >>= 1, sn >>= 1;
  }
  return sn == 0 && memcmp(r, root, MERKLE_HASH) == 0;
}

/* Walks the proof above the common subtree `start`, rebuilding both roots. */
static bool consistency_walk(uint64_t fn, uint64_t sn, const uint8_t start[MERKLE_HASH], const struct merkle_proof *proof, int at,
    const uint8_t root1[MERKLE_HASH], const uint8_t root2[MERKLE_HASH]) {
  uint8_t fr[MERKLE_HASH], sr[MERKLE_HASH];
  memcpy(fr, start, sizeof fr);
  memcpy(sr, start, sizeof sr);
  for (; at < proof->n; at++) {
    if (sn == 0) return false;
    if (fn & 1 || fn == sn) {
      merkle_node_hash(proof->hash[at], fr, fr);
      merkle_node_hash(proof->hash[at], sr, sr);
      while (!(fn & 1) && fn != 0) fn >>= 1, sn >>= 1;
    } else {
      merkle_node_hash(sr, proof->hash[at], sr);
    }
    fn >>= 1, sn >>= 1;
  }
  return sn == 0 && memcmp(fr, root1, MERKLE_HASH) == 0 && memcmp(sr, root2, MERKLE_HASH) == 0;
}
bool merkle_verify_consistency(uint64_t size1, uint64_t size2, const uint8_t root1[MERKLE_HASH], const uint8_t root2[MERKLE_HASH],
    const struct merkle_proof *proof) {
  if (size1 == 0 || size1 > size2 || proof->n < 0 || proof->n > MERKLE_PROOF_MAX) return false;
  if (size1 == size2) return proof->n == 0 && memcmp(root1, root2, MERKLE_HASH) == 0;
  bool whole = (size1 & (size1 - 1)) == 0; /* then the old root itself is the first node */
  if (!whole && proof->n == 0) return false;
  uint64_t fn = size1 - 1, sn = size2 - 1;
  while (fn & 1) fn >>= 1, sn >>= 1;
  return consistency_walk(fn, sn, whole ? root1 : proof->hash[0], proof, whole ? 0 : 1, root1, root2);
}
