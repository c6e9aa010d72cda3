/* normalise_width.c -- the allowlist of width folding; see normalise.h. */
#include <string.h>

#include "collector/normalise.h"

/* The half-width character for an allowed full-width one, 0 when it stays. */
static char folded_of(uint32_t c) {
  if ((c >= 0xff10 && c <= 0xff19) || (c >= 0xff21 && c <= 0xff3a) || (c >= 0xff41 && c <= 0xff5a)) return (char)(c - 0xfee0);
  switch (c) {
  case 0xff07: case 0xff0b: case 0xff0c: case 0xff0d: case 0xff0e: case 0xff0f: case 0xff1a: return (char)(c - 0xfee0);
  case 0x3000: return ' ';
  default: return 0;
  }
}

static bool is_sign(uint32_t c) { return c == 0x2212 || c == 0x25b2 || c == 0x25b3; }

static void trim(struct folded *f, uint32_t *rules) {
  size_t from = 0, to = f->n;
  while (to > 0 && (f->p[to - 1] == ' ' || f->p[to - 1] == '\t')) to--;
  while (from < to && (f->p[from] == ' ' || f->p[from] == '\t')) from++;
  if (to - from != f->n) *rules |= RULE_BIT(REPAIR_SPACES);
  if (from < to && f->p[from] == '\'') {
    *rules |= RULE_BIT(REPAIR_APOSTROPHE);
    from++;
  }
  memmove(f->p, f->p + from, to - from);
  f->n = to - from;
}

bool normalise_fold(struct str raw, bool signs, struct folded *out, uint32_t *rules) {
  if (raw.n > CELL_FOLDED) return false;
  out->n = 0;
  for (size_t at = 0; at < raw.n;) {
    if ((uint8_t)raw.p[at] < 0x80) {
      out->p[out->n++] = raw.p[at++];
      continue;
    }
    uint32_t c;
    size_t length = utf8_decode(raw.p + at, raw.n - at, &c);
    if (!length) return false;
    char half = folded_of(c);
    if (half) {
      *rules |= half == ' ' ? 0 : RULE_BIT(REPAIR_WIDTH);
      out->p[out->n++] = half;
    } else if (signs && is_sign(c)) {
      *rules |= RULE_BIT(REPAIR_NEGATIVE_SIGN);
      out->p[out->n++] = '-';
    } else {
      memcpy(out->p + out->n, raw.p + at, length);
      out->n += length;
    }
    at += length;
  }
  trim(out, rules);
  return true;
}

bool normalise_is_blank(struct str raw) { return raw.n == 0 || str_trim(raw).n == 0; }

/* Signs of printed tables, each with the spellings that look alike; the first is the plainest. */
static const char *const SIGNS[][12] = {
    {"-", "－", "−", "―", "—", "–", "‐", "ー", "─"},
    {"--"}, {"---"},
    {"…", "...", "‥", "・・・", "..", "⋯"},
    {"・", "･", "·"},
    {"x", "X", "ｘ", "Ｘ", "χ", "Χ", "×", "✕"},
    {"*", "＊"}, {"**", "＊＊"}, {"***", "＊＊＊"}, {"…*"},
    {"△", "▲"},
    {"?", "？"}, {"N/A", "n/a"},
};
/* What a spreadsheet writes where a formula failed. */
static const char *const SHEET_ERRORS[] = {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"};

/* Digits and most letters, the common case: no sign begins with one. */
static bool begins_no_sign(struct str s) {
  uint8_t c = s.n ? (uint8_t)s.p[0] : '0';
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z' && c != 'X' && c != 'N') || (c >= 'a' && c <= 'z' && c != 'x' && c != 'n');
}

struct str normalise_sign(struct str raw) {
  struct str s = str_trim(raw);
  if (begins_no_sign(s)) return STR("");
  while (str_starts(s, STR("　"))) s = str_view(s.p + 3, s.n - 3);
  while (s.n >= 3 && memcmp(s.p + s.n - 3, "　", 3) == 0) s.n -= 3;
  for (size_t i = 0; s.n <= 9 && i < sizeof SIGNS / sizeof *SIGNS; i++)
    for (size_t k = 0; k < sizeof *SIGNS / sizeof **SIGNS && SIGNS[i][k]; k++)
      if (str_eq(s, str_of(SIGNS[i][k]))) return str_of(SIGNS[i][0]);
  return STR("");
}

bool normalise_is_special_sign(struct str raw) {
  struct str s = str_trim(raw);
  for (size_t i = 0; i < sizeof SHEET_ERRORS / sizeof *SHEET_ERRORS; i++)
    if (str_eq(s, str_of(SHEET_ERRORS[i]))) return true;
  return normalise_sign(raw).n > 0;
}
