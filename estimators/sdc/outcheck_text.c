/* outcheck_text.c -- numbers hidden in texts: formulas, long texts, digits of any script, signs that are not seen, too many digits of a value. */
#include <stdio.h>
#include <string.h>

#include "estimators/sdc/outcheck.h"

static const struct {
  uint32_t first, last;
} digits[] = {
#define OUTCHECK_DIGITS(first, last) {first, last},
#include "estimators/sdc/outcheck_digits.def"
#undef OUTCHECK_DIGITS
};
static bool is_digit(uint32_t c) {
  size_t low = 0, high = sizeof digits / sizeof *digits;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (digits[middle].last < c) low = middle + 1;
    else high = middle;
  }
  return low < sizeof digits / sizeof *digits && digits[low].first <= c;
}
static bool is_unseen(uint32_t c) {
  return c < 32 || (c >= 0x7f && c < 0xa0) || c == 0xad || (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
      (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfe00 && c <= 0xfe0f) || (c >= 0xe0000 && c <= 0xe0fff) || (c >= 0xe000 && c <= 0xf8ff);
}
struct seen {
  int64_t digits, unseen;
};
static struct seen look(struct str s) {
  struct seen out = {0, 0};
  for (size_t i = 0, n; i < s.n; i += n) {
    uint32_t c = 0;
    n = utf8_decode(s.p + i, s.n - i, &c);
    if (n == 0) return out.unseen++, out;
    out.digits += is_digit(c);
    out.unseen += is_unseen(c);
  }
  return out;
}
static enum err_code judge_text(const struct outcheck_profile *p, const struct outcheck_table *t, struct str s, const char *column, int64_t line,
    struct outcheck_report *r, struct err *e) {
  const struct seen found = look(s);
  if (s.n && strchr("=+-@\t\r", s.p[0]) && !(s.n == 1 && s.p[0] == '-'))
    TRY(outcheck_add(r, OUTCHECK_FAIL, OUTCHECK_FORMULA, t->name, column, line, "", e));
  if (found.unseen) TRY(outcheck_add(r, OUTCHECK_FAIL, OUTCHECK_TEXT_CONTROL, t->name, column, line, "", e));
  if (found.digits > p->text_digits) TRY(outcheck_add(r, OUTCHECK_FAIL, OUTCHECK_TEXT_DIGITS, t->name, column, line, "", e));
  if ((int64_t)s.n > p->text_bytes) TRY(outcheck_add(r, OUTCHECK_FAIL, OUTCHECK_TEXT_LONG, t->name, column, line, "", e));
  return E_OK;
}
/* One way to write a number: no leading zeros and no minus before zero, which could say something else. */
static bool plain(struct str s) {
  const size_t at = s.n && s.p[0] == '-';
  if (s.n - at > 1 && s.p[at] == '0' && s.p[at + 1] != '.') return false;
  for (size_t i = at; at && i < s.n; i++)
    if (s.p[i] >= '1' && s.p[i] <= '9') return true;
  return at == 0;
}
static enum err_code judge_status(const struct outcheck_table *t, struct str s, const char *column, int64_t line, struct outcheck_report *r,
    struct err *e) {
  if (s.n == 0 || str_eq(s, STR("suppressed"))) return E_OK;
  return outcheck_add(r, OUTCHECK_FAIL, OUTCHECK_STATUS, t->name, column, line, "", e);
}
/* Columns that hold numbers by their name hold numbers and nothing else. */
bool outcheck_numeric_column(struct str h) {
  static const char *const names[] = {"value", "n", "df", "parameters", "cell_min", "design_cells", "se", "cv"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (str_eq(h, str_of(names[i]))) return true;
  return false;
}
static enum err_code judge_number(const struct outcheck_profile *p, const struct outcheck_table *t, struct str s, const char *column, int64_t line,
    struct outcheck_report *r, struct err *e) {
  int64_t scaled;
  int decimals, n_digits;
  if (s.n == 0) return E_OK;
  if (!outcheck_number(s, &scaled, &decimals, &n_digits) || !plain(s)) {
    TRY(outcheck_add(r, OUTCHECK_FAIL, OUTCHECK_NOT_A_NUMBER, t->name, column, line, "", e));
    return judge_text(p, t, s, column, line, r, e);
  }
  return n_digits > p->value_digits ? outcheck_add(r, OUTCHECK_FAIL, OUTCHECK_VALUE_DIGITS, t->name, column, line, "", e) : E_OK;
}
enum err_code outcheck_texts(const struct outcheck_profile *p, const struct outcheck_table *t, struct outcheck_report *r, struct err *e) {
  const struct csv_table *raw = t->raw;
  for (int64_t k = 0; k < raw->n_columns; k++) {
    char name[64];
    snprintf(name, sizeof name, "column %lld", (long long)k + 1);
    const bool number = outcheck_numeric_column(raw->header[k]), status = str_eq(raw->header[k], STR("status"));
    TRY(judge_text(p, t, raw->header[k], name, 1, r, e));
    for (int64_t i = 0; i < raw->n_rows; i++) {
      struct str s = csv_table_cell(raw, i, (int)k);
      if (status) TRY(judge_status(t, s, name, raw->lines[i], r, e));
      TRY(number ? judge_number(p, t, s, name, raw->lines[i], r, e) : judge_text(p, t, s, name, raw->lines[i], r, e));
    }
  }
  return E_OK;
}
