/* Any bytes as a set of shares, then as a share file that an officer gives: refused, or written back byte for byte; a share nobody made is never
 * taken. */
#include <stdlib.h>
#include <string.h>

#include "base/ext_sodium.h"
#include "secure-store/share_set.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void give_all(const struct share_set *s, const uint8_t *data, size_t n) {
  static const uint8_t secret[32] = {1, 2, 3};
  struct share_hand hand = {.n = 0};
  for (int i = 0; i < s->n; i++) {
    struct share_giver giver = {.name = "fuzz", .age_secret = secret, .number = s->holder[i].number, .file = data, .file_n = n};
    if (share_give(s, &giver, &hand, NULL) == E_OK) abort(); /* its commitment would be a collision of SHA-256 */
  }
  if (hand.n != 0) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  struct share_set s;
  struct bytes_reader r;
  struct strbuf again;
  int number;
  char name[256];
  if (!crypto_start()) abort();
  size_t k = n < sizeof name ? n : sizeof name - 1;
  if (n) memcpy(name, data, k);
  name[k] = 0;
  if (share_file_number(name, &number, NULL) == E_OK && (number < 1 || number > 255)) abort();
  bytes_reader_init(&r, data, n);
  if (!share_set_take(&r, &s)) return 0;
  strbuf_init(&again, 0);
  share_set_put(&s, &again);
  if (again.n != r.at || memcmp(again.p, data, r.at) != 0) abort();
  strbuf_release(&again);
  give_all(&s, data + r.at, n - r.at);
  return 0;
}
