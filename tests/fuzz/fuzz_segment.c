/* Any bytes as a segment never open; any bytes sealed come back. */
#include <stdlib.h>
#include <string.h>

#include "base/ext_sodium.h"
#include "secure-store/segment.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const uint8_t dek[32] = {7};
static void never_opens(const uint8_t *data, size_t n) {
  uint8_t out[64];
  struct segment_place p = {.dataset = "d", .table = "t", .column = "c", .codec = SEGMENT_BYTES, .raw_n = (uint32_t)(n % sizeof out)};
  memset(out, 0xee, sizeof out);
  if (segment_open(dek, &p, data, n, out, NULL) == E_OK) abort();
  for (size_t i = 0; i < p.raw_n; i++)
    if (out[i] != 0) abort();
}
static void comes_back(const uint8_t *data, size_t n) {
  struct segment_place p = {.dataset = "d", .table = "t", .column = "c", .codec = SEGMENT_COLUMN, .raw_n = (uint32_t)n};
  struct strbuf sealed;
  uint8_t *back = malloc(n + 1);
  strbuf_init(&sealed, 0);
  if (!back || segment_seal(dek, &p, data, n, &sealed, NULL)) abort();
  if (segment_lengths_ok(n, sealed.n, NULL) || segment_open(dek, &p, sealed.p, sealed.n, back, NULL) || memcmp(back, data, n) != 0) abort();
  free(back);
  strbuf_release(&sealed);
}
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  if (!crypto_start()) abort();
  never_opens(data, n);
  comes_back(data, n);
  return 0;
}
