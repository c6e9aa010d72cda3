/* Any bytes as frames of zstd in pieces: refused, or the same output whatever the pieces; never more than the limit. */
#include <stdlib.h>
#include <string.h>

#include "base/ext_sodium.h"
#include "base/ext_zstd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
enum { LIMIT = 1 << 20 };
static enum err_code take(void *context, const void *p, size_t n, struct err *e) {
  struct sha256 *h = context;
  (void)e;
  sha256_add(h, p, n);
  return E_OK;
}
static enum err_code run(const uint8_t *data, size_t n, size_t piece, uint8_t out[32]) {
  struct zstd_reader *r = NULL;
  struct sha256 h;
  sha256_begin(&h);
  enum err_code code = zstd_reader_new(LIMIT, take, &h, &r, NULL);
  for (size_t at = 0; !code && at < n; at += piece) code = zstd_reader_feed(r, data + at, n - at < piece ? n - at : piece, NULL);
  if (!code) code = zstd_reader_end(r, NULL);
  zstd_reader_free(r);
  sha256_end(&h, out);
  return code;
}
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  uint8_t a[32], b[32];
  if (!crypto_start()) abort();
  enum err_code x = run(data, n, n ? n : 1, a), y = run(data, n, 7, b);
  if ((x == E_OK) != (y == E_OK) || (!x && memcmp(a, b, 32) != 0)) abort();
  return 0;
}
