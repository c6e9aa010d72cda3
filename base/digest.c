#include "base/digest.h"

#include <string.h>

#include "base/bytes.h"
#include "base/ext_sodium.h"

enum { PIECE = 512 };
_Static_assert(sizeof(struct digest) == sizeof(struct sha256), "the state of the hash fits");

static void put_count(struct digest *d, uint64_t n) {
  uint8_t b[8];
  for (int k = 0; k < 8; k++) b[k] = (uint8_t)(n >> (8 * k));
  sha256_add((struct sha256 *)(void *)d, b, sizeof b);
}

void digest_begin(struct digest *d) { sha256_begin((struct sha256 *)(void *)d); }

void digest_text(struct digest *d, struct str s) {
  put_count(d, s.n);
  if (s.n) sha256_add((struct sha256 *)(void *)d, s.p, s.n);
}

void digest_reals(struct digest *d, const double *v, int64_t n) {
  uint8_t b[8 * PIECE];
  put_count(d, (uint64_t)n);
  for (int64_t from = 0; from < n; from += PIECE) {
    const int64_t to = from + PIECE < n ? from + PIECE : n;
    for (int64_t i = from; i < to; i++) {
      const double x = v[i] == 0 ? 0 : v[i];
      uint64_t bits;
      memcpy(&bits, &x, sizeof bits);
      for (int k = 0; k < 8; k++) b[8 * (i - from) + k] = (uint8_t)(bits >> (8 * k));
    }
    sha256_add((struct sha256 *)(void *)d, b, (size_t)(8 * (to - from)));
  }
}

void digest_end(struct digest *d, char out[DIGEST_TEXT]) {
  uint8_t hash[HASH_BYTES];
  sha256_end((struct sha256 *)(void *)d, hash);
  hex_encode(hash, sizeof hash, out);
}
