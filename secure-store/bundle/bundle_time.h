/* bundle_time.h -- one period in the notations of those who read it.
 * e-Stat   the ten digits of its time axis: year, 00, first month, last month for a month or a quarter; year and 000000 for a calendar year;
 *          year and 100000 for a fiscal year. The form with months is confirmed by published files; those of years are taken from the e-Stat API
 *          and unconfirmed here.
 * SDMX     TIME_PERIOD and FREQ: 2025-12 M, 2025-Q4 Q, 2025 A; a fiscal year is the reporting year 2025-A1 with REPORTING_YEAR_START_DAY --04-01.
 * Words    "2025年12月", "December 2025"; Western years only. */
#ifndef SHIRABE_SECURE_STORE_BUNDLE_TIME_H
#define SHIRABE_SECURE_STORE_BUNDLE_TIME_H
#include "base/date.h"
#include "base/err.h"

struct bundle_time {
  char estat[16], sdmx[16], ja[32], en[32];
  const char *freq, *start_day; /* "M"; "" unless a fiscal year */
};
bool bundle_time_of(struct str period, struct bundle_time *out); /* false: no period that is known, all texts are the period itself */
#endif
