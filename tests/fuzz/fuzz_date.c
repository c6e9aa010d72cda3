/* Any text as a date: what is accepted lies on a real day from 1873 on, and its ISO form reads back to the same day. */
#include <stdlib.h>

#include "base/date.h"
#include "collector/normalise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  static const struct era_digits digits = {.era = {0, 1, 2, 3, 4, 5, 6, 0, 0, 0}, .declared = true};
  if (n == 0) return 0;
  const struct date_rule rule = {.month = data[0] & 1, .digits = data[0] & 2 ? &digits : NULL};
  int64_t days, again, y, m, d;
  uint32_t rules = 0, none = 0;
  char iso[11];
  if (normalise_date(str_view((const char *)data + 1, n - 1), &rule, &days, &rules)) return 0;
  date_to_civil(days, &y, &m, &d);
  if (y < 1873 || y > 9999 || !date_valid(y, m, d) || (rule.month && d != 1)) abort();
  date_format_iso(days, iso);
  if (normalise_date(str_view(iso, 10), &rule, &again, &none) || again != days || none) abort();
  return 0;
}
