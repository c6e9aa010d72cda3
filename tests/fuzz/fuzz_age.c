/* Any bytes as an age file: a clean refusal hands out nothing; the identity is the one of the seeds. */
#include <stdlib.h>

#include "base/ext_sodium.h"
#include "secure-store/age.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  static const uint8_t secret[32] = {1, 2, 3, 4, 5, 6, 7, 8};
  struct strbuf out;
  struct err e = {0};
  if (!crypto_start()) abort();
  strbuf_init(&out, 1 << 20);
  enum err_code code = age_decrypt(secret, data, n, 1 << 20, &out, &e);
  if (code && out.n) abort();
  if (code != e.code) abort();
  strbuf_release(&out);
  return 0;
}
