/* Any text as a period, and as a date with unknown parts: what is accepted is written canonically and reads back to the same; unknown parts give no
 * day. */
#include <stdlib.h>
#include <string.h>

#include "collector/normalise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void as_period(struct str text) {
  struct period p, again;
  uint32_t rules = 0, none = 0;
  char canonical[16];
  if (normalise_period(text, &p, &rules)) return;
  if (p.year < 1 || p.year > 9999) abort();
  period_format(&p, canonical);
  if (normalise_period(str_of(canonical), &again, &none) || none || again.kind != p.kind || again.year != p.year || again.part != p.part) abort();
  if (period_first_day(&p) > period_last_day(&p)) abort();
}

static void as_date(struct str text, uint8_t kind) {
  const struct date_rule rule = {.part_99 = kind & 1, .part_word = (kind & 2) != 0, .year = (kind & 4) != 0, .month = (kind & 8) != 0 && !(kind & 4)};
  int64_t days = INT64_MIN;
  enum date_known known;
  uint32_t rules = 0;
  if (normalise_date_parts(text, &rule, &days, &known, &rules)) return;
  if ((known == DATE_KNOWN) != (days != INT64_MIN)) abort();
  if (known != DATE_KNOWN && !(kind & 3)) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  if (n == 0) return 0;
  const struct str text = str_view((const char *)data + 1, n - 1);
  as_period(text);
  as_date(text, data[0]);
  (void)normalise_sign(text);
  (void)code_is_date_damage(text, data[0] & 1);
  return 0;
}
