#include "secure-store/bundle/bundle_time.h"

#include <stdio.h>

static void month_words(const struct period *p, struct bundle_time *out) {
  static const char *const months[] = {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
      "December"};
  const int year = (int)p->year, part = (int)p->part;
  snprintf(out->estat, sizeof out->estat, "%04d00%02d%02d", year % 10000, part % 100, part % 100);
  snprintf(out->sdmx, sizeof out->sdmx, "%04d-%02d", year % 10000, part % 100);
  snprintf(out->ja, sizeof out->ja, "%d年%d月", year, part);
  snprintf(out->en, sizeof out->en, "%s %d", months[(part + 11) % 12], year);
  out->freq = "M";
}
static void quarter_words(const struct period *p, struct bundle_time *out) {
  const int year = (int)p->year, part = (int)p->part;
  snprintf(out->estat, sizeof out->estat, "%04d00%02d%02d", year % 10000, (3 * part - 2) % 100, 3 * part % 100);
  snprintf(out->sdmx, sizeof out->sdmx, "%04d-Q%d", year % 10000, part % 10);
  snprintf(out->ja, sizeof out->ja, "%d年%d〜%d月期", year, 3 * part - 2, 3 * part);
  snprintf(out->en, sizeof out->en, "quarter %d of %d", part, year);
  out->freq = "Q";
}
static void year_words(const struct period *p, struct bundle_time *out) {
  const bool fiscal = p->kind == PERIOD_FISCAL_YEAR;
  const int year = (int)p->year;
  snprintf(out->estat, sizeof out->estat, "%04d%d00000", year % 10000, fiscal);
  snprintf(out->sdmx, sizeof out->sdmx, fiscal ? "%04d-A1" : "%04d", year % 10000);
  snprintf(out->ja, sizeof out->ja, fiscal ? "%d年度" : "%d年", year);
  snprintf(out->en, sizeof out->en, fiscal ? "fiscal year %d" : "%d", year);
  out->freq = "A";
  out->start_day = fiscal ? "--04-01" : "";
}

bool bundle_time_of(struct str period, struct bundle_time *out) {
  struct period p;
  *out = (struct bundle_time){.freq = "_Z", .start_day = ""};
  if (period_parse(period, &p)) {
    if (p.kind == PERIOD_MONTH) month_words(&p, out);
    else if (p.kind == PERIOD_QUARTER) quarter_words(&p, out);
    else year_words(&p, out);
    return true;
  }
  const int n = period.n < 15 ? (int)period.n : 15;
  snprintf(out->estat, sizeof out->estat, "%.*s", n, period.p);
  snprintf(out->sdmx, sizeof out->sdmx, "%.*s", n, period.p);
  snprintf(out->ja, sizeof out->ja, "%.*s", n, period.p);
  snprintf(out->en, sizeof out->en, "%.*s", n, period.p);
  return false;
}
