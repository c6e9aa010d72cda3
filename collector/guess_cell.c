/* guess_cell.c -- what one cell looks like by itself. The same readers judge it that will read it at intake. */
#include <string.h>

#include "collector/guess_impl.h"
#include "collector/normalise.h"

enum { DECIMALS_MOST = 9 }; /* as a form's item may have */

/* Unit words that may follow a number, with the form model's name for them. */
static const char *unit_of(struct str text) {
  static const char *const units[] = {"yen", "person", "g", "cm", "hour", "minute", "week", "percent"};
  for (size_t i = 0; i < sizeof units / sizeof *units; i++)
    for (const char *const *t = number_unit_texts(units[i], 1); t && *t; t++) {
      size_t n = strlen(*t);
      if (text.n > n && memcmp(text.p + text.n - n, *t, n) == 0) return units[i];
    }
  return NULL;
}

static int decimals_of(struct str text) {
  const char *end = text.p + text.n;
  for (const char *p = text.p; p < end; p++) {
    bool wide = end - p >= 3 && memcmp(p, "．", 3) == 0;
    if (*p != '.' && !wide) continue;
    int n = 0;
    for (p += wide ? 3 : 1; p < end && *p >= '0' && *p <= '9'; p++) n++;
    return n < DECIMALS_MOST ? n : DECIMALS_MOST;
  }
  return 0;
}

static bool read_as_number(struct str text, struct guess_cell *out) {
  static const struct number_rule plain = {0, NULL}, wide = {DECIMALS_MOST, NULL};
  int64_t value = 0;
  enum err_code code = normalise_number(text, &plain, &value, &out->rules) ? normalise_number(text, &wide, &value, &out->rules) : E_OK;
  out->too_fine = code == E_NUMBER_DECIMALS;
  if (code && !out->too_fine) {
    out->unit = unit_of(text);
    if (!out->unit) return false;
    const struct number_rule with_unit = {DECIMALS_MOST, number_unit_texts(out->unit, 1)};
    if (normalise_number(text, &with_unit, &value, &out->rules)) {
      out->unit = NULL;
      return false;
    }
  }
  struct str s = str_trim(text);
  out->decimals = decimals_of(s);
  out->negative = value < 0;
  out->leading_zero = s.n > 1 && s.p[0] == '0' && s.p[1] >= '0' && s.p[1] <= '9' && !out->decimals;
  return true;
}

static bool read_as_date(struct str text, struct guess_cell *out) {
  static const struct era_digits none = {0};
  const struct date_rule rule = {.digits = &none};
  int64_t days;
  uint32_t rules = 0;
  if (text.n < 4 || normalise_date(text, &rule, &days, &rules)) return false;
  out->rules |= rules;
  return true;
}

static bool may_be_number(struct str s) {
  uint8_t c = (uint8_t)s.p[0];
  return c >= 0x80 || (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == ' ' || c == '\'';
}

void guess_cell_read(struct str text, struct guess_cell *out) {
  *out = (struct guess_cell){.kind = CELL_TEXT};
  if (normalise_is_blank(text)) {
    out->kind = CELL_BLANK;
  } else if (normalise_is_special_sign(text)) {
    out->kind = CELL_SIGN;
  } else if (text.n <= CELL_FOLDED && may_be_number(text) && read_as_number(text, out)) {
    out->kind = CELL_NUMBER;
    if (text.n == 8) (void)read_as_date(text, out); /* 20250401: both; rules tell */
  } else if (text.n <= CELL_FOLDED && read_as_date(text, out)) {
    out->kind = CELL_DATE;
  }
}
