/* normalise_number.c -- numbers as people write them -> exact scaled integers; see normalise.h. */
#include <string.h>

#include "collector/normalise.h"

enum { MAX_DIGITS = 18 };

/* Unit words of the form -> what may stand after a number, per multiplier. One suffix, and only the item's own. */
const char *const *number_unit_texts(const char *unit, int64_t multiplier) {
  static const char *const yen[] = {"円", "yen", NULL}, *const yen_1000[] = {"千円", NULL}, *const yen_million[] = {"百万円", NULL};
  static const struct {
    const char *unit;
    const char *texts[4];
  } plain[] = {
    {"person", {"人", "名", NULL}}, {"g", {"g", "グラム", NULL}}, {"cm", {"cm", "センチ", NULL}}, {"hour", {"時間", "時", NULL}},
    {"day", {"日", "日間", NULL}}, {"week", {"週", "週間", NULL}}, {"year", {"年", "歳", NULL}}, {"minute", {"分", NULL}},
    {"month", {"か月", "ヶ月", "月", NULL}}, {"person_day", {"人日", "日", NULL}}, {"person_hour", {"人時", "時間", NULL}},
    {"percent", {"%", "％", NULL}},
  };
  if (strcmp(unit, "yen") == 0) return multiplier == 1000 ? yen_1000 : multiplier == 1000000 ? yen_million : multiplier == 1 ? yen : NULL;
  for (size_t i = 0; multiplier == 1 && i < sizeof plain / sizeof *plain; i++)
    if (strcmp(plain[i].unit, unit) == 0) return plain[i].texts;
  return NULL;
}

struct number_parts {
  bool negative, separators;
  int n_digits;         /* of the integer part, without separators */
  int n_fraction;
  const char *integer, *fraction, *rest;
  const char *end;
};

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* 1,234,567: one to three digits, then groups of three. */
static bool separators_fit(const char *p, const char *end) {
  const char *comma = memchr(p, ',', (size_t)(end - p));
  if (!comma || comma - p < 1 || comma - p > 3) return false;
  for (const char *at = comma; at < end; at += 4) {
    if (*at != ',' || end - at < 4 || !is_digit(at[1]) || !is_digit(at[2]) || !is_digit(at[3])) return false;
  }
  return true;
}

static enum err_code split(const struct folded *f, struct number_parts *out) {
  const char *p = f->p, *end = f->p + f->n;
  *out = (struct number_parts){.end = end};
  if (p < end && (*p == '-' || *p == '+')) {
    out->negative = *p++ == '-';
    while (p < end && *p == ' ') p++;
  }
  out->integer = p;
  while (p < end && (is_digit(*p) || *p == ',')) {
    if (*p == ',') out->separators = true;
    else out->n_digits++;
    p++;
  }
  if (out->separators && !separators_fit(out->integer, p)) return E_NUMBER_SEPARATORS;
  if (p < end && *p == '.') {
    out->fraction = ++p;
    while (p < end && is_digit(*p)) p++, out->n_fraction++;
  }
  out->rest = p;
  return out->n_digits + out->n_fraction == 0 ? E_NUMBER_FORM : E_OK;
}

static bool holds_digit_symbol(struct str s) {
  for (size_t at = 0; at < s.n;) {
    uint32_t c;
    size_t length = utf8_decode(s.p + at, s.n - at, &c);
    if (!length) return false;
    if ((c >= 0x2460 && c <= 0x249b) || (c >= 0x24ea && c <= 0x24ff) || (c >= 0x2150 && c <= 0x2189) || (c >= 0x2070 && c <= 0x2099) || c == 0xb2 ||
        c == 0xb3 || c == 0xb9 || (c >= 0x2776 && c <= 0x2793))
      return true;
    at += length;
  }
  return false;
}

static enum err_code take_unit(const struct number_parts *n, const struct number_rule *rule, uint32_t *rules) {
  struct str rest = str_trim(str_view(n->rest, (size_t)(n->end - n->rest)));
  if (rest.n == 0) return E_OK;
  if (holds_digit_symbol(rest)) return E_NUMBER_SYMBOL;
  if ((rest.p[0] == 'e' || rest.p[0] == 'E') && rest.n > 1 && (is_digit(rest.p[1]) || rest.p[1] == '+' || rest.p[1] == '-')) return E_NUMBER_EXPONENT;
  for (const char *const *u = rule->units; u && *u; u++) {
    if (!str_eq(rest, str_of(*u))) continue;
    *rules |= RULE_BIT(REPAIR_UNIT);
    return E_OK;
  }
  return rest.p[0] == '.' || rest.p[0] == ',' || rest.p[0] == '-' ? E_NUMBER_FORM : E_NUMBER_UNIT;
}

static bool push_digit(int64_t *v, char c) { return !__builtin_mul_overflow(*v, 10, v) && !__builtin_add_overflow(*v, c - '0', v); }

static enum err_code assemble(const struct number_parts *n, int decimals, int64_t *value) {
  int64_t v = 0;
  for (const char *p = n->integer; p < n->rest && *p != '.'; p++)
    if (*p != ',' && !push_digit(&v, *p)) return E_NUMBER_TOO_LARGE;
  for (int i = 0; i < decimals; i++)
    if (!push_digit(&v, i < n->n_fraction ? n->fraction[i] : '0')) return E_NUMBER_TOO_LARGE;
  for (int i = decimals; i < n->n_fraction; i++)
    if (n->fraction[i] != '0') return E_NUMBER_DECIMALS;
  *value = n->negative ? -v : v;
  return E_OK;
}

/* Plain ASCII digits, the common case: no folding. */
static bool plain_digits(struct str raw, int64_t *value) {
  if (raw.n == 0 || raw.n > MAX_DIGITS) return false;
  int64_t v = 0;
  for (size_t i = 0; i < raw.n; i++) {
    if (!is_digit(raw.p[i])) return false;
    v = v * 10 + (raw.p[i] - '0');
  }
  *value = v;
  return true;
}

static enum err_code name_failure(struct str raw, enum err_code code) {
  if (normalise_is_special_sign(raw)) return E_CELL_SIGN;
  return holds_digit_symbol(raw) ? E_NUMBER_SYMBOL : code;
}

enum err_code normalise_number(struct str raw, const struct number_rule *rule, int64_t *value, uint32_t *rules) {
  if (rule->decimals == 0 && plain_digits(raw, value)) return E_OK;
  struct folded f;
  struct number_parts parts;
  uint32_t used = 0;
  if (!normalise_fold(raw, true, &f, &used)) return raw.n > CELL_FOLDED ? E_NUMBER_TOO_LARGE : E_NUMBER_FORM;
  enum err_code code = split(&f, &parts);
  if (!code) code = take_unit(&parts, rule, &used);
  if (!code) code = assemble(&parts, rule->decimals, value);
  if (code) return name_failure(raw, code);
  if (parts.separators) used |= RULE_BIT(REPAIR_SEPARATORS);
  *rules |= used;
  return E_OK;
}
