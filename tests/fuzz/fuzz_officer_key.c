/* Any text as the content of an officer's key file: refused, or written back byte for byte. */
#include <stdlib.h>
#include <string.h>

#include "base/ext_sodium.h"
#include "secure-store/rights/officer_impl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  struct officer_secret s;
  char text[OFFICER_KEY_TEXT];
  if (!crypto_start()) abort();
  if (!officer_key_text_parse(str_view((const char *)data, n), &s)) return 0;
  if (officer_key_text(&s, text, NULL) || strlen(text) != n || memcmp(text, data, n) != 0) abort();
  return 0;
}
