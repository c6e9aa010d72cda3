/* Any text as a row of retention, holds, disposals, media or incidents: refused, or written back byte for byte. */
#include <stdlib.h>
#include <string.h>

#include "secure-store/disposal/disposal.h"
#include "secure-store/disposal/incident.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void round_trip(const struct row_format *f, void *row, size_t size, struct str text) {
  struct strbuf again;
  struct err e;
  memset(row, 0x5a, size); /* what is not filled would show */
  if (row_parse(f, text, row, &e)) return;
  strbuf_init(&again, 0);
  if (row_write(f, row, &again, &e) || !str_eq(text, str_view(again.p, again.n))) abort();
  strbuf_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  static union {
    struct retention retention;
    struct retention_hold hold;
    struct disposal disposal;
    struct disposal_cooling cooling;
    struct disposal_begun begun;
    struct disposal_done done;
    struct disposal_policy policy;
    struct medium medium;
    struct incident incident;
    struct incident_policy deadlines;
  } row;
  const struct row_format *const formats[] = {&retention_format, &retention_hold_format, &disposal_format, &disposal_cooling_format,
      &disposal_begun_format,
      &disposal_done_format, &disposal_policy_format, &medium_format, &incident_format, &incident_policy_format};
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) round_trip(formats[i], &row, sizeof row, str_view((const char *)data, n));
  return 0;
}
