/* Any bytes as an age file to a passphrase: a clean refusal hands out nothing, and no work factor above the caller's is computed. */
#include <stdlib.h>

#include "base/ext_sodium.h"
#include "secure-store/age_scrypt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  struct strbuf out;
  struct err e = {0};
  if (!crypto_start()) abort();
  strbuf_init(&out, 1 << 20);
  enum err_code code = age_scrypt_open(STR("open sesame"), 6, data, n, 1 << 20, &out, &e);
  if (code && out.n) abort();
  if (code != e.code) abort();
  strbuf_release(&out);
  return 0;
}
