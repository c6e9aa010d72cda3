/* The text of factors with their windows: "1000:650..1350; 100:65..135". */
#include <string.h>

#include "processing/correct/unit_error.h"

static enum err_code refuse(struct str s, struct err *e) {
  char found[64];
  const size_t n = s.n < sizeof found - 1 ? s.n : sizeof found - 1;
  memcpy(found, s.p ? s.p : "", n);
  found[n] = 0;
  return ERR(e, E_CORRECT_PARAMETER, .subject = "factors", .expected = "factor:low..high, up to 16 of them joined by ;", .found = found);
}

/* Digits with at most one point and 9 decimals: no sign, no exponent, so that no locale and no rounding of long texts come in. */
static bool decimal(struct str s, double *out) {
  struct str fraction, whole = str_split(s, '.', &fraction);
  int64_t a, b = 0, unit = 1;
  if (!whole.n || whole.n > 12 || fraction.n > 9 || whole.p[0] == '+' || whole.p[0] == '-') return false;
  if ((whole.n < s.n && !fraction.n) || (fraction.n && (fraction.p[0] == '+' || fraction.p[0] == '-'))) return false;
  if (!str_int64(whole, &a) || (fraction.n && !str_int64(fraction, &b))) return false;
  for (size_t i = 0; i < fraction.n; i++)
    unit *= 10;
  *out = (double)a + (double)b / (double)unit;
  return true;
}

static bool window(struct str s, double *low, double *high) {
  for (size_t i = 1; i + 2 < s.n; i++)
    if (s.p[i] == '.' && s.p[i + 1] == '.')
      return decimal(str_trim(str_view(s.p, i)), low) && decimal(str_trim(str_view(s.p + i + 2, s.n - i - 2)), high);
  return false;
}

enum err_code unit_factors_parse(struct str text, struct unit_factor out[UNIT_MAX_FACTORS], int *n, struct err *e) {
  struct str rest = text;
  *n = 0;
  do {
    const struct str one = str_trim(str_split(rest, ';', &rest));
    struct str limits;
    const struct str factor = str_trim(str_split(one, ':', &limits));
    struct unit_factor f;
    if (!one.n && !rest.n && *n) break; /* a ; at the end */
    if (*n == UNIT_MAX_FACTORS || !decimal(factor, &f.factor) || !window(str_trim(limits), &f.low, &f.high)) return refuse(one, e);
    out[(*n)++] = f;
  } while (rest.n);
  return unit_error_check(&(struct unit_error_rule){.n_factors = *n, .factors = out}, e);
}
