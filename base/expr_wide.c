/* expr_wide.c -- checked 128-bit arithmetic, decimal scaling, and text helpers shared by both evaluators. */
#include "base/expr_impl.h"

expr_wide expr_power_of_ten(int n) {
  expr_wide p = 1;
  while (n-- > 0) p *= 10;
  return p;
}

/* |v| as unsigned: also right for the smallest value. */
static expr_uwide magnitude(expr_wide v) { return v < 0 ? (expr_uwide)0 - (expr_uwide)v : (expr_uwide)v; }

bool expr_wide_mul(expr_wide a, expr_wide b, expr_wide *out) {
  const expr_uwide limit = ~(expr_uwide)0 >> 1;
  expr_uwide x = magnitude(a), y = magnitude(b);
  if (((x | y) >> 63) != 0 && x != 0 && y > limit / x) return false;
  expr_uwide product = x * y;
  *out = (a < 0) != (b < 0) ? -(expr_wide)product : (expr_wide)product;
  return true;
}

expr_wide expr_floor_div(expr_wide a, expr_wide b) {
  expr_wide q = a / b;
  return a % b < 0 ? q - 1 : q;
}

static bool round_div(expr_wide num, expr_wide den, int64_t *out) {
  expr_uwide n = magnitude(num), d = (expr_uwide)den, q = n / d, rest = n % d; // NOLINT(clang-analyzer-core.DivideZero): den > 0
  q += rest >= d - rest;
  if (q > (expr_uwide)INT64_MAX) return false;
  *out = num < 0 ? -(int64_t)q : (int64_t)q;
  return true;
}

bool expr_wide_scale(expr_wide num, expr_wide den, int from, int to, int64_t *out) {
  bool fits = to >= from ? expr_wide_mul(num, expr_power_of_ten(to - from), &num) : expr_wide_mul(den, expr_power_of_ten(from - to), &den);
  return fits && round_div(num, den, out);
}

static bool continues(char c) { return ((unsigned char)c & 0xC0) == 0x80; }

struct str expr_prefix(struct str text, int64_t n_characters) {
  size_t i = 0;
  for (; i < text.n; i++) {
    if (continues(text.p[i])) continue;
    if (n_characters-- == 0) break;
  }
  return str_view(text.p, i);
}

struct str expr_substr(struct str text, int64_t from, int64_t n_characters) {
  size_t skipped = expr_prefix(text, from - 1).n;
  return expr_prefix(str_view(text.p + skipped, text.n - skipped), n_characters);
}

int64_t expr_length(struct str text) {
  int64_t n = 0;
  for (size_t i = 0; i < text.n; i++) n += !continues(text.p[i]);
  return n;
}
