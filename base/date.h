/* date.h -- civil dates as days since 1970-01-01, eras, periods, ages.
 * Calendar proleptic Gregorian; wareki only from 1873-01-01 (before that dates were lunar). Era starts: forms/codelists/eras.csv.
 * Age      completed years by calendar birthday; 29 February counts from 1 March (DESIGN 10). */
#ifndef SHIRABE_BASE_DATE_H
#define SHIRABE_BASE_DATE_H
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

bool date_valid(int64_t year, int64_t month, int64_t day);
int64_t date_from_civil(int64_t year, int64_t month, int64_t day); /* must be valid */
void date_to_civil(int64_t days, int64_t *year, int64_t *month, int64_t *day);
bool date_parse_iso(struct str s, int64_t *days); /* YYYY-MM-DD, exactly */
void date_format_iso(int64_t days, char out[11]);
int64_t date_age(int64_t birth, int64_t at);    /* completed years; negative when at < birth */
int64_t date_months(int64_t from, int64_t to);  /* completed months */
int64_t date_days_in_month(int64_t year, int64_t month);
/* The era of a day: 1 Meiji, 2 Taisho, 3 Showa, 4 Heisei, 5 Reiwa (codes of forms/codelists/eras.csv) and, unless NULL, the year counted in it. Days before
 * 1868-01-25 have none: 0. */
int date_era(int64_t days, int64_t *year_of_era);

enum period_kind { PERIOD_MONTH, PERIOD_QUARTER, PERIOD_YEAR, PERIOD_FISCAL_YEAR };
struct period {
  enum period_kind kind;
  int64_t year, part; /* part: month 1-12, quarter 1-4, else 0 */
};
bool period_parse(struct str s, struct period *out); /* 2025-12, 2025-Q4, 2025, FY2025 */
void period_format(const struct period *p, char out[16]);
struct period period_previous(const struct period *p);
int64_t period_first_day(const struct period *p);
int64_t period_last_day(const struct period *p);
#endif
