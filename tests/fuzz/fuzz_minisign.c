/* Any bytes as a signature file, and as a public key: refused, or the seeds' own signature. */
#include <stdlib.h>
#include <string.h>

#include "base/ext_sodium.h"
#include "secure-store/minisign.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  static const char public_text[] = "RWQBAgMEBQYHCOpKbGPiFz+iOyU6QAqZ2yKQQjcSoMzwpvVTUiOEuGEm"; /* id 01..08; no signature in the corpus is by it */
  char comment[MINISIGN_COMMENT_BYTES] = "untouched", *text = malloc(n + 1);
  if (!crypto_start() || !text) abort();
  if (minisign_verify(public_text, "x", 1, (const char *)data, n, comment, NULL) == E_OK) abort(); /* nobody holds that key */
  if (strcmp(comment, "untouched") != 0) abort();
  memcpy(text, data, n);
  text[n] = 0;
  (void)!minisign_verify(text, "x", 1, (const char *)data, n, NULL, NULL);
  free(text);
  return 0;
}
