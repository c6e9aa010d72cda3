/* tree.c -- the Merkle tree straight from its definitions (RFC 6962 section 2.1: MTH, PATH, PROOF), read backwards: a proof is taken apart from
 * its last hash, directly below the root. The store uses the loops of RFC 9162 instead, so that one cannot repeat a slip of the other. */
#include <sodium.h>
#include <string.h>

#include "secure-store/verify/verify.h"

static void hash_of(uint8_t prefix, const void *a, size_t a_n, const void *b, size_t b_n, uint8_t out[HASH]) {
  crypto_hash_sha256_state h;
  crypto_hash_sha256_init(&h);
  crypto_hash_sha256_update(&h, &prefix, 1);
  if (a_n) crypto_hash_sha256_update(&h, a, a_n);
  if (b_n) crypto_hash_sha256_update(&h, b, b_n);
  crypto_hash_sha256_final(&h, out);
}
void leaf_hash(const void *p, size_t n, uint8_t out[HASH]) { hash_of(0, p, n, NULL, 0, out); }
void node_hash(const uint8_t left[HASH], const uint8_t right[HASH], uint8_t out[HASH]) { hash_of(1, left, HASH, right, HASH, out); }
void frontier_add(struct frontier *f, const uint8_t leaf[HASH]) {
  uint8_t h[HASH];
  int level = 0;
  memcpy(h, leaf, HASH);
  while (f->size >> level & 1) node_hash(f->node[level++], h, h);
  memcpy(f->node[level], h, HASH);
  f->size++;
}
void frontier_root(const struct frontier *f, uint8_t out[HASH]) {
  bool any = false;
  if (f->size == 0) crypto_hash_sha256(out, NULL, 0);
  for (int level = 0; level < 64; level++) {
    if (!(f->size >> level & 1)) continue;
    if (any) node_hash(f->node[level], out, out);
    else memcpy(out, f->node[level], HASH);
    any = true;
  }
}
uint64_t split_point(uint64_t n) {
  uint64_t k = 1;
  while (k < n - k) k *= 2; /* k < n, 2k >= n; no overflow */
  return k;
}
/* Root of a tree of `size` leaves whose leaf `index` is known, from the first n hashes; false when the lengths do not fit. */
static bool climb(const uint8_t leaf[HASH], uint64_t index, uint64_t size, const struct proof *p, int n, uint8_t out[HASH]) {
  if (size == 1) {
    memcpy(out, leaf, HASH);
    return n == 0;
  }
  if (n == 0) return false;
  uint64_t k = split_point(size);
  uint8_t below[HASH];
  if (!climb(leaf, index < k ? index : index - k, index < k ? k : size - k, p, n - 1, below)) return false;
  if (index < k) node_hash(below, p->hash[n - 1], out);
  else node_hash(p->hash[n - 1], below, out);
  return true;
}
bool inclusion_holds(const uint8_t leaf[HASH], uint64_t index, uint64_t size, const struct proof *p, const uint8_t root[HASH]) {
  uint8_t r[HASH];
  return index < size && p->n >= 0 && p->n <= PROOF_MAX && climb(leaf, index, size, p, p->n, r) && memcmp(r, root, HASH) == 0;
}
/* SUBPROOF(m, D[n], b) of RFC 6962 2.1.2, backwards: both roots of this part. `known`: the old root, when this part is the whole old tree (b). */
static bool grow(uint64_t m, uint64_t size, const uint8_t *known, const struct proof *p, int n, uint8_t old_root[HASH], uint8_t new_root[HASH]) {
  uint8_t lower_old[HASH], lower_new[HASH];
  if (m == size) {
    if (n != (known ? 0 : 1)) return false;
    memcpy(old_root, known ? known : p->hash[0], HASH);
    memcpy(new_root, old_root, HASH);
    return true;
  }
  if (n == 0) return false;
  uint64_t k = split_point(size);
  if (m <= k) {
    if (!grow(m, k, known, p, n - 1, lower_old, lower_new)) return false;
    memcpy(old_root, lower_old, HASH);
    node_hash(lower_new, p->hash[n - 1], new_root);
    return true;
  }
  if (!grow(m - k, size - k, NULL, p, n - 1, lower_old, lower_new)) return false;
  node_hash(p->hash[n - 1], lower_old, old_root);
  node_hash(p->hash[n - 1], lower_new, new_root);
  return true;
}
bool consistency_holds(uint64_t size1, uint64_t size2, const struct proof *p, const uint8_t root1[HASH], const uint8_t root2[HASH]) {
  uint8_t r1[HASH], r2[HASH];
  if (size1 == 0 || size1 > size2 || p->n < 0 || p->n > PROOF_MAX) return false; /* from size 0 nothing can be proved */
  return grow(size1, size2, root1, p, p->n, r1, r2) && memcmp(r1, root1, HASH) == 0 && memcmp(r2, root2, HASH) == 0;
}
