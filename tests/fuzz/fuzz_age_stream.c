/* Any bytes as an age file read in pieces: the streaming reader accepts exactly what age_decrypt accepts, and gives the same bytes. */
#include <stdlib.h>
#include <string.h>

#include "base/ext_sodium.h"
#include "secure-store/age.h"
#include "secure-store/age_stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
static enum err_code take(void *context, const void *p, size_t n, struct err *e) {
  (void)e;
  strbuf_add(context, p, n);
  return E_OK;
}
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  static const uint8_t secret[32] = {1, 2, 3, 4, 5, 6, 7, 8}; /* the identity of fuzz_age's seeds */
  struct strbuf whole, pieces;
  struct age_reader *r = NULL;
  if (!crypto_start()) abort();
  strbuf_init(&whole, 0);
  strbuf_init(&pieces, 0);
  enum err_code a = age_decrypt(secret, data, n, (size_t)1 << 26, &whole, NULL), b = age_reader_new(secret, take, &pieces, &r, NULL);
  for (size_t at = 0; !b && at < n; at += 4099) b = age_reader_feed(r, data + at, n - at < 4099 ? n - at : 4099, NULL);
  if (!b) b = age_reader_end(r, NULL);
  if ((a == E_OK) != (b == E_OK)) abort();
  if (!a && (whole.n != pieces.n || (whole.n && memcmp(whole.p, pieces.p, whole.n) != 0))) abort();
  age_reader_free(r);
  strbuf_release(&whole);
  strbuf_release(&pieces);
  return 0;
}
