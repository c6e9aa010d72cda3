/* hadamard.h -- matrices of +1 and -1 with orthogonal rows and columns: what balances half-samples and other replicates.
 * Orders   1, 2, and 2^k times the core orders q + 1 (q a prime power, 3 mod 4) and 2 (q + 1) (q a prime power, 1 mod 4), up to HADAMARD_MOST. Some
 *          multiples of 4 (92, 116, 156 ...) have no such matrix: hadamard_order gives the next order that has one.
 * Shape    sign(r, c), r and c in 0..order-1; column 0 and row 0 are all +1 (normalised), so that every other column has as many +1 as -1.
 * Errors   E_REPLICATE_SPEC: an order beyond HADAMARD_MOST; E_NO_MEMORY.
 * Memory   core^2 bytes at most, from the arena; doublings cost nothing. Cost O(core^2) to make, O(1) a sign.
 * Source   Sylvester (1867), Philosophical Magazine 34: doubling; Paley (1933), Journal of Mathematics and Physics 12: quadratic residues of finite
 *          fields; Wolter (2007), Introduction to Variance Estimation, ch. 3 and appendix A. */
#ifndef SHIRABE_ESTIMATORS_VARIANCE_HADAMARD_H
#define SHIRABE_ESTIMATORS_VARIANCE_HADAMARD_H
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

enum { HADAMARD_MOST = 4096 };
struct hadamard {
  int order, core;     /* order = core * a power of two */
  const int8_t *sign;  /* [core][core] */
};
/* The smallest order of a matrix that can be made, at least `least`; 0 = beyond HADAMARD_MOST. */
int hadamard_order(int least);
/* order as hadamard_order gave it. */
enum err_code hadamard_new(struct arena *a, int order, struct hadamard *out, struct err *e) NODISCARD;
/* Entry of row r and column c: sign of the core times (-1)^(bits in common) of the doublings. */
static inline int hadamard_sign(const struct hadamard *h, int r, int c) {
  const unsigned common = (unsigned)(r / h->core) & (unsigned)(c / h->core);
  const int s = h->sign[(int64_t)(r % h->core) * h->core + c % h->core];
  return __builtin_parity(common) ? -s : s;
}
#endif
