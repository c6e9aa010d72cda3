/* outcheck_text.c -- numbers hidden in texts: formulas, long texts, digits of any script, signs that are not seen, too many digits of a value. */
#include <stdio.h>
#include <string.h>

#include "estimators/sdc/outcheck.h"

static bool is_digit(uint32_t c) {
  static const uint32_t kanji[] = {0x3007, 0x4e00, 0x4e8c, 0x4e09, 0x56db, 0x4e94, 0x516d, 0x4e03, 0x516b, 0x4e5d};
  static const uint32_t zero[] = {
      '0', 0xff10, 0x660, 0x6f0, 0x966, 0x2080, 0x1d7ce}; /* ASCII, full width, Arabic, Persian, Nagari, small, mathematical */
  for (size_t i = 0; i < sizeof kanji / sizeof *kanji; i++)
    if (c == kanji[i]) return true;
  for (size_t i = 0; i < sizeof zero / sizeof *zero; i++)
    if (c >= zero[i] && c < zero[i] + (zero[i] == 0x1d7ce ? 50u : 10u)) return true;
  return (c >= 0x2460 && c <= 0x249b) || (c >= 0x2776 && c <= 0x2793) || (c >= 0x2160 && c <= 0x217f); /* in circles, Roman */
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
/* Columns that hold numbers by their name hold numbers and nothing else. */
static bool numeric_name(struct str h) {
  static const char *const names[] = {"value", "n", "df", "parameters", "se", "cv"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (str_eq(h, str_of(names[i]))) return true;
  return false;
}
static enum err_code judge_number(const struct outcheck_profile *p, const struct outcheck_table *t, struct str s, const char *column, int64_t line,
    struct outcheck_report *r, struct err *e) {
  int64_t scaled;
  int decimals, digits;
  if (s.n == 0) return E_OK;
  if (!outcheck_number(s, &scaled, &decimals, &digits)) {
    TRY(outcheck_add(r, OUTCHECK_FAIL, OUTCHECK_NOT_A_NUMBER, t->name, column, line, "", e));
    return judge_text(p, t, s, column, line, r, e);
  }
  return digits > p->value_digits ? outcheck_add(r, OUTCHECK_FAIL, OUTCHECK_VALUE_DIGITS, t->name, column, line, "", e) : E_OK;
}
enum err_code outcheck_texts(const struct outcheck_profile *p, const struct outcheck_table *t, struct outcheck_report *r, struct err *e) {
  const struct csv_table *raw = t->raw;
  for (int64_t k = 0; k < raw->n_columns; k++) {
    char name[64];
    snprintf(name, sizeof name, "column %lld", (long long)k + 1);
    const bool number = numeric_name(raw->header[k]);
    TRY(judge_text(p, t, raw->header[k], name, 1, r, e));
    for (int64_t i = 0; i < raw->n_rows; i++) {
      struct str s = csv_table_cell(raw, i, (int)k);
      TRY(number ? judge_number(p, t, s, name, raw->lines[i], r, e) : judge_text(p, t, s, name, raw->lines[i], r, e));
    }
  }
  return E_OK;
}
