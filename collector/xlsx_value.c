/* xlsx_value.c -- numbers, day numbers and cell names of a sheet; see xlsx.h. Decimal arithmetic on digits: no double is ever made. */
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "collector/xlsx.h"

enum { SIGNIFICANT = 15, MAX_DIGITS = 400, MAX_EXPONENT = 400, DAY_SECONDS = 86400, LAST_SERIAL = 2958465, MAX_ROW = 1048576, MAX_COLUMN = 16384 };

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* A number taken apart: 0.digits x 10^point. */
struct decimal {
  bool negative, exponent, fraction;
  char digits[MAX_DIGITS];
  int n, point;
};
static bool take_digits(struct str in, struct decimal *d, size_t *at) {
  bool any = false, fraction = false;
  for (; *at < in.n && (is_digit(in.p[*at]) || (in.p[*at] == '.' && !fraction)); ++*at) {
    char c = in.p[*at];
    if (c == '.') {
      fraction = d->fraction = true;
      continue;
    }
    any = true;
    if (d->n == 0 && c == '0') {
      if (fraction) d->point--;
      continue;
    }
    if (d->n == MAX_DIGITS) return false;
    d->digits[d->n++] = c;
    if (!fraction) d->point++;
  }
  return any;
}
static bool take_exponent(struct str in, struct decimal *d, size_t *at) {
  if (*at == in.n || (in.p[*at] != 'e' && in.p[*at] != 'E')) return true;
  int value = 0, sign = 1;
  ++*at;
  if (*at < in.n && (in.p[*at] == '-' || in.p[*at] == '+')) sign = in.p[(*at)++] == '-' ? -1 : 1;
  if (*at == in.n) return false;
  for (; *at < in.n && is_digit(in.p[*at]); ++*at)
    if ((value = value * 10 + in.p[*at] - '0') > MAX_EXPONENT) return false;
  d->exponent = true;
  d->point += sign * value;
  return true;
}
static bool take_apart(struct str in, struct decimal *d) {
  size_t at = 0;
  *d = (struct decimal){.n = 0};
  if (at < in.n && in.p[at] == '-') d->negative = true, at++;
  if (!take_digits(in, d, &at) || !take_exponent(in, d, &at)) return false;
  return at == in.n;
}
static void round_to(struct decimal *d, int n) {
  bool up = d->n > n && d->digits[n] >= '5';
  if (d->n > n) d->n = n;
  for (int i = d->n - 1; up && i >= 0; i--) {
    up = d->digits[i] == '9';
    d->digits[i] = up ? '0' : (char)(d->digits[i] + 1);
  }
  if (up) {
    d->digits[0] = '1';
    d->n = 1;
    d->point++;
  }
  while (d->n > 0 && d->digits[d->n - 1] == '0') d->n--;
  if (d->n == 0) d->point = 0;
}
/* Without exponent; 0 when it does not fit. */
static size_t write_out(const struct decimal *d, char out[XLSX_VALUE_BYTES]) {
  size_t at = 0;
  int whole = d->point > 0 ? d->point : 0, zeros = d->point < 0 ? -d->point : 0, total = whole + zeros + d->n;
  if (total + 4 > XLSX_VALUE_BYTES) return 0;
  if (d->negative && d->n) out[at++] = '-';
  for (int i = 0; i < whole; i++) out[at++] = i < d->n ? d->digits[i] : '0';
  if (whole == 0) out[at++] = '0';
  if (d->n > whole) {
    out[at++] = '.';
    for (int i = 0; i < zeros; i++) out[at++] = '0';
    for (int i = whole; i < d->n; i++) out[at++] = d->digits[i];
  }
  out[at] = 0;
  return at;
}

size_t xlsx_number(struct str in, char out[XLSX_VALUE_BYTES], bool *rewritten) {
  struct decimal d;
  *rewritten = false;
  if (!take_apart(in, &d)) return 0;
  *rewritten = d.exponent || d.n > SIGNIFICANT;
  if ((!*rewritten || (!d.exponent && !d.fraction)) && in.n < XLSX_VALUE_BYTES) {
    memcpy(out, in.p, in.n);
    out[in.n] = 0;
    return in.n;
  }
  *rewritten = true;
  round_to(&d, SIGNIFICANT);
  return write_out(&d, out);
}

/* Days and seconds of a day number, rounded to the second. */
static bool split_serial(struct str digits, int64_t *days, int64_t *seconds) {
  int64_t whole = 0, part = 0, unit = 1;
  size_t at = 0;
  for (; at < digits.n && is_digit(digits.p[at]); at++)
    if ((whole = whole * 10 + digits.p[at] - '0') > LAST_SERIAL) return false;
  if (at == 0) return false;
  if (at < digits.n && digits.p[at++] != '.') return false;
  for (; at < digits.n; at++) {
    if (!is_digit(digits.p[at])) return false;
    if (unit < 1000000000000) part = part * 10 + digits.p[at] - '0', unit *= 10;
  }
  *seconds = (part * DAY_SECONDS * 2 + unit) / (2 * unit);
  *days = whole + *seconds / DAY_SECONDS;
  *seconds %= DAY_SECONDS;
  return true;
}
static int put_clock(char *out, size_t size, int64_t hours, int64_t rest) {
  if (rest % 60) return snprintf(out, size, "%02lld:%02lld:%02lld", (long long)hours, (long long)(rest / 60), (long long)(rest % 60));
  return snprintf(out, size, "%02lld:%02lld", (long long)hours, (long long)(rest / 60));
}

size_t xlsx_serial(struct str digits, enum xlsx_format format, bool date1904, char out[XLSX_VALUE_BYTES]) {
  int64_t days, seconds, year, month, day;
  if (!split_serial(digits, &days, &seconds)) return 0;
  if (format == XLSX_TIME) return (size_t)put_clock(out, XLSX_VALUE_BYTES, days * 24 + seconds / 3600, seconds % 3600);
  if (!date1904 && (days == 0 || days == 60)) return 0; /* 1900-01-00 and 1900-02-29 never were */
  int64_t origin = date1904 ? date_from_civil(1904, 1, 1) : date_from_civil(1899, 12, days > 60 ? 30 : 31);
  date_to_civil(origin + days, &year, &month, &day);
  if (year > 9999) return 0;
  if (format == XLSX_MONTH && day == 1 && seconds == 0)
    return (size_t)snprintf(out, XLSX_VALUE_BYTES, "%04lld-%02lld", (long long)year, (long long)month);
  int n = snprintf(out, XLSX_VALUE_BYTES, "%04lld-%02lld-%02lld", (long long)year, (long long)month, (long long)day);
  if (seconds) {
    out[n++] = ' ';
    n += put_clock(out + n, XLSX_VALUE_BYTES - (size_t)n, seconds / 3600, seconds % 3600);
  }
  return (size_t)n;
}

bool xlsx_cell_name(struct str text, int64_t *row, int64_t *column) {
  size_t at = 0;
  *row = *column = 0;
  for (; at < text.n && text.p[at] >= 'A' && text.p[at] <= 'Z'; at++)
    if ((*column = *column * 26 + text.p[at] - 'A' + 1) > MAX_COLUMN) return false;
  size_t letters = at;
  for (; at < text.n && is_digit(text.p[at]); at++)
    if ((*row = *row * 10 + text.p[at] - '0') > MAX_ROW) return false;
  return letters > 0 && at > letters && at == text.n && *row > 0;
}
