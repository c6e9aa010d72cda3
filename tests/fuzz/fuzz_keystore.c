/* Any bytes as a keystore whose checksum holds: refused, or written back byte for byte. */
#include <stdlib.h>
#include <string.h>

#include "base/ext_sodium.h"
#include "secure-store/keystore_impl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  struct keystore_image image;
  const uint8_t *mac;
  struct str covered;
  uint8_t *p = malloc(n + 64);
  if (!crypto_start() || !p) abort();
  memcpy(p, data, n);
  memset(p + n, 0, 64);
  sha256_of(p, n + 32, p + n + 32); /* a fuzzer cannot guess it */
  if (keystore_image_parse("fuzz", p, n + 64, &image, &mac, &covered, NULL) == E_OK) {
    struct strbuf again;
    strbuf_init(&again, 0);
    if (keystore_image_write(&image, &again, NULL) || again.n != n || memcmp(again.p, data, n) != 0) abort();
    strbuf_release(&again);
    keystore_image_release(&image);
  }
  free(p);
  return 0;
}
