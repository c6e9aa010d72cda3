/* Any bytes as a zstd frame: refused, or at most the capped bytes; the exact reader agrees with the capped one. */
#include <stdlib.h>
#include <string.h>

#include "base/ext_zstd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  enum { CAP = 1 << 20 };
  struct strbuf out;
  struct err e = {0};
  strbuf_init(&out, CAP);
  enum err_code code = zstd_decompress_capped(data, n, CAP, 1000, &out, &e);
  if (code ? out.n != 0 : out.n > CAP) abort();
  if (!code) {
    char *exact = malloc(out.n + 1);
    if (exact && zstd_decompress(data, n, exact, out.n, &e) == E_OK && memcmp(exact, out.p ? out.p : "", out.n) != 0) abort();
    free(exact);
  }
  strbuf_release(&out);
  return 0;
}
