/* date.c -- see date.h. The day count works in 400-year cycles of 146,097 days that begin on 1 March, so that the leap day ends a year. */
#include "base/date.h"

#include <stdio.h>
#include <string.h>

enum { CYCLE_YEARS = 400, CYCLE_DAYS = 146097, EPOCH_SHIFT = 719468 /* days from 0000-03-01 to 1970-01-01 */ };

static bool leap(int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int64_t date_days_in_month(int64_t year, int64_t month) {
  static const uint8_t days[13] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12) return 0;
  return days[month] + (month == 2 && leap(year));
}

bool date_valid(int64_t year, int64_t month, int64_t day) {
  return year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= date_days_in_month(year, month);
}

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

int64_t date_from_civil(int64_t year, int64_t month, int64_t day) {
  int64_t y = month <= 2 ? year - 1 : year;
  int64_t cycle = floor_div(y, CYCLE_YEARS), year_of_cycle = y - cycle * CYCLE_YEARS;
  int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  int64_t day_of_cycle = year_of_cycle * 365 + year_of_cycle / 4 - year_of_cycle / 100 + day_of_year;
  return cycle * CYCLE_DAYS + day_of_cycle - EPOCH_SHIFT;
}

void date_to_civil(int64_t days, int64_t *year, int64_t *month, int64_t *day) {
  int64_t shifted = days + EPOCH_SHIFT;
  int64_t cycle = floor_div(shifted, CYCLE_DAYS), day_of_cycle = shifted - cycle * CYCLE_DAYS;
  int64_t year_of_cycle = (day_of_cycle - day_of_cycle / 1460 + day_of_cycle / 36524 - day_of_cycle / 146096) / 365;
  int64_t day_of_year = day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
  int64_t march_month = (5 * day_of_year + 2) / 153;
  *day = day_of_year - (153 * march_month + 2) / 5 + 1;
  *month = march_month < 10 ? march_month + 3 : march_month - 9;
  *year = year_of_cycle + cycle * CYCLE_YEARS + (*month <= 2);
}

int date_era(int64_t days, int64_t *year_of_era) {
  static const struct {
    int64_t first_day, before; /* the year counted in the era = year - before */
  } eras[] = {{-37231, 1867}, {-20974, 1911}, {-15713, 1925}, {6947, 1988}, {18017, 2018}};
  int era = 0;
  int64_t year, month, day;
  while (era < 5 && days >= eras[era].first_day) era++;
  if (era == 0 || !year_of_era) return era;
  date_to_civil(days, &year, &month, &day);
  *year_of_era = year - eras[era - 1].before;
  return era;
}

static bool digits(struct str s, size_t at, size_t n, int64_t *out) {
  int64_t v = 0;
  if (at + n > s.n) return false;
  for (size_t i = at; i < at + n; i++) {
    if (s.p[i] < '0' || s.p[i] > '9') return false;
    v = v * 10 + (s.p[i] - '0');
  }
  *out = v;
  return true;
}

bool date_parse_iso(struct str s, int64_t *days) {
  int64_t year, month, day;
  if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-') return false;
  if (!digits(s, 0, 4, &year) || !digits(s, 5, 2, &month) || !digits(s, 8, 2, &day) || !date_valid(year, month, day)) return false;
  *days = date_from_civil(year, month, day);
  return true;
}

void date_format_iso(int64_t days, char out[11]) {
  int64_t year = 0, month = 0, day = 0;
  bool in_range = days >= -719162 && days <= 2932896; /* 0001-01-01 .. 9999-12-31 */
  if (in_range) date_to_civil(days, &year, &month, &day);
  if (in_range) snprintf(out, 11, "%04u-%02u-%02u", (unsigned)year % 10000, (unsigned)month % 100, (unsigned)day % 100);
  else memcpy(out, "xxxx-xx-xx", 11);
}

int64_t date_age(int64_t birth, int64_t at) {
  int64_t by, bm, bd, y, m, d;
  date_to_civil(birth, &by, &bm, &bd);
  date_to_civil(at, &y, &m, &d);
  return y - by - (m < bm || (m == bm && d < bd));
}

int64_t date_months(int64_t from, int64_t to) {
  int64_t fy, fm, fd, y, m, d;
  date_to_civil(from, &fy, &fm, &fd);
  date_to_civil(to, &y, &m, &d);
  return (y - fy) * 12 + m - fm - (d < fd);
}

bool period_parse(struct str s, struct period *out) {
  struct period p = {PERIOD_YEAR, 0, 0};
  bool ok;
  if (s.n == 6 && s.p[0] == 'F' && s.p[1] == 'Y') {
    p.kind = PERIOD_FISCAL_YEAR;
    ok = digits(s, 2, 4, &p.year);
  } else if (s.n == 7 && s.p[4] == '-' && s.p[5] == 'Q') {
    p.kind = PERIOD_QUARTER;
    ok = digits(s, 0, 4, &p.year) && digits(s, 6, 1, &p.part) && p.part >= 1 && p.part <= 4;
  } else if (s.n == 7 && s.p[4] == '-') {
    p.kind = PERIOD_MONTH;
    ok = digits(s, 0, 4, &p.year) && digits(s, 5, 2, &p.part) && p.part >= 1 && p.part <= 12;
  } else {
    ok = s.n == 4 && digits(s, 0, 4, &p.year);
  }
  if (!ok || p.year < 1) return false;
  *out = p;
  return true;
}

void period_format(const struct period *p, char out[16]) {
  unsigned year = (unsigned)(p->year % 10000), part = (unsigned)(p->part % 100);
  switch (p->kind) {
  case PERIOD_MONTH: snprintf(out, 16, "%04u-%02u", year, part); break;
  case PERIOD_QUARTER: snprintf(out, 16, "%04u-Q%u", year, part); break;
  case PERIOD_YEAR: snprintf(out, 16, "%04u", year); break;
  case PERIOD_FISCAL_YEAR: snprintf(out, 16, "FY%04u", year); break;
  }
}

struct period period_previous(const struct period *p) {
  int64_t parts = p->kind == PERIOD_MONTH ? 12 : p->kind == PERIOD_QUARTER ? 4 : 0;
  if (parts && p->part > 1) return (struct period){p->kind, p->year, p->part - 1};
  return (struct period){p->kind, p->year - 1, parts};
}

static int64_t first_month(const struct period *p) {
  return p->kind == PERIOD_MONTH ? p->part : p->kind == PERIOD_QUARTER ? p->part * 3 - 2 : p->kind == PERIOD_YEAR ? 1 : 4;
}

int64_t period_first_day(const struct period *p) { return date_from_civil(p->year, first_month(p), 1); }

int64_t period_last_day(const struct period *p) {
  int64_t months = p->kind == PERIOD_MONTH ? 1 : p->kind == PERIOD_QUARTER ? 3 : 12;
  int64_t last = first_month(p) + months - 1;
  int64_t year = p->year + (last > 12), month = last > 12 ? last - 12 : last;
  return date_from_civil(year, month, date_days_in_month(year, month));
}
