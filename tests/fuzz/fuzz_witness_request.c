/* Any bytes as a request to a witness: refused, or a size below 2^63, at most 63 hashes and a checkpoint inside the bytes; and what is read is
 * written one
 * way only. */
#include <stdlib.h>
#include <string.h>

#include "secure-store/witness/witness.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  struct request q;
  struct text t = view(data, n);
  char again[63 * 45 + 64], hash[64];
  if (!request_parse(t, &q)) return 0;
  if (q.old_size >> 63 || q.proof.n > PROOF_MAX) abort();
  if (q.checkpoint.n && (q.checkpoint.p < t.p || q.checkpoint.p + q.checkpoint.n != t.p + t.n)) abort();
  size_t at = (size_t)snprintf(again, sizeof again, "old %llu\n", (unsigned long long)q.old_size);
  for (int i = 0; i < q.proof.n; i++) {
    encode_base64(q.proof.hash[i], HASH, hash);
    at += (size_t)snprintf(again + at, sizeof again - at, "%s\n", hash);
  }
  if (at > n || memcmp(again, data, at) != 0) abort();
  if (at < n && data[at] != '\n') abort();
  return 0;
}
