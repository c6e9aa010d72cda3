#include "base/exact.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ext_gmp.h"

__extension__ typedef __int128 wide;

void exact_pool_init(struct exact_pool *p) { *p = (struct exact_pool){0}; }
void exact_pool_release(struct exact_pool *p) {
  gmp_pool_free(p->big);
  p->big = NULL;
}
static bool with_big(struct exact_pool *p) {
  if (!p->big) p->big = gmp_pool_new();
  if (!p->big) p->no_memory = true;
  return p->big != NULL;
}
static void apply(struct exact_pool *p, enum gmp_op op, struct exact *to, const struct exact *a, const struct exact *b) {
  if (with_big(p) && !gmp_apply(p->big, op, to, a, b, &p->work)) p->too_long = true;
}
static int64_t divisor(int64_t a, int64_t b) {
  uint64_t u = a < 0 ? -(uint64_t)a : (uint64_t)a, v = b < 0 ? -(uint64_t)b : (uint64_t)b;
  while (v) {
    const uint64_t rest = u % v;
    u = v;
    v = rest;
  }
  return (int64_t)u;
}
static bool fits(wide num, wide den) { return num <= INT64_MAX && num >= -INT64_MAX && den <= INT64_MAX; }

/* a b in lowest terms; false when it does not fit. */
static bool short_product(const struct exact *a, const struct exact *b, struct exact *out) {
  if (a->den == 1 && b->den == 1) {
    out->den = 1;
    return !__builtin_mul_overflow(a->num, b->num, &out->num) && out->num != INT64_MIN;
  }
  const int64_t f = divisor(a->num, b->den), g = divisor(b->num, a->den);
  const wide num = (wide)(a->num / f) * (b->num / g), den = (wide)(a->den / g) * (b->den / f);
  *out = (struct exact){(int64_t)num, (int64_t)den};
  return fits(num, den);
}
/* a - b in lowest terms. */
static bool short_difference(const struct exact *a, const struct exact *b, struct exact *out) {
  if (a->den == 1 && b->den == 1) {
    out->den = 1;
    return !__builtin_sub_overflow(a->num, b->num, &out->num) && out->num != INT64_MIN;
  }
  const int64_t f = divisor(a->den, b->den);
  wide num = (wide)a->num * (b->den / f) - (wide)b->num * (a->den / f);
  const int64_t g = f == 1 ? 1 : divisor((int64_t)(num % f), f);
  const wide den = (wide)(a->den / f) * (b->den / g);
  num /= g;
  *out = (struct exact){(int64_t)num, (int64_t)den};
  return fits(num, den);
}
static bool is_short(const struct exact *a, const struct exact *b) { return a->den != 0 && b->den != 0; }

void exact_clear(struct exact_pool *p, struct exact *x) {
  if (x->den == 0) gmp_drop(p->big, x->num);
  *x = exact_of(0);
}
static void put(struct exact_pool *p, struct exact *to, struct exact v) {
  exact_clear(p, to);
  *to = v;
}
void exact_copy(struct exact_pool *p, struct exact *to, const struct exact *from) {
  if (from->den != 0) put(p, to, *from);
  else if (!gmp_copy(p->big, to, from->num)) p->too_long = true;
}
void exact_negate(struct exact_pool *p, struct exact *x) {
  if (x->den == 0) gmp_negate(p->big, x->num);
  else x->num = -x->num;
}
void exact_multiply(struct exact_pool *p, struct exact *to, const struct exact *a, const struct exact *b) {
  struct exact v;
  p->work++;
  if (is_short(a, b) && short_product(a, b, &v)) put(p, to, v);
  else apply(p, GMP_MULTIPLY, to, a, b);
}
void exact_divide(struct exact_pool *p, struct exact *to, const struct exact *a, const struct exact *b) {
  const struct exact turned = {b->num < 0 ? -b->den : b->den, b->num < 0 ? -b->num : b->num};
  struct exact v;
  p->work++;
  if (is_short(a, b) && short_product(a, &turned, &v)) put(p, to, v);
  else apply(p, GMP_DIVIDE, to, a, b);
}
void exact_submul(struct exact_pool *p, struct exact *to, const struct exact *a, const struct exact *b) {
  struct exact product, v;
  p->work++;
  if (is_short(a, b) && to->den != 0 && short_product(a, b, &product) && short_difference(to, &product, &v)) *to = v;
  else apply(p, GMP_SUBMUL, to, a, b);
}
int exact_sign(const struct exact_pool *p, const struct exact *x) { return x->den == 0 ? gmp_sign(p->big, x->num) : (x->num > 0) - (x->num < 0); }

int exact_compare(struct exact_pool *p, const struct exact *a, const struct exact *b) {
  if (is_short(a, b)) {
    const wide l = (wide)a->num * b->den, r = (wide)b->num * a->den;
    return (l > r) - (l < r);
  }
  const struct exact one = {1, 1};
  struct exact rest = {0, 1};
  exact_copy(p, &rest, a);
  exact_submul(p, &rest, b, &one);
  const int sign = exact_sign(p, &rest);
  exact_clear(p, &rest);
  return sign;
}
double exact_double(const struct exact_pool *p, const struct exact *x) {
  const int64_t most = INT64_C(1) << 53;
  if (x->den > 0 && x->num <= most && x->num >= -most && x->den <= most) return (double)x->num / (double)x->den;
  return p->big ? gmp_double(p->big, x) : (double)((long double)x->num / (long double)x->den);
}
double exact_rough(const struct exact_pool *p, const struct exact *x) {
  return x->den == 0 ? gmp_rough(p->big, x->num) : (double)x->num / (double)x->den;
}
void exact_from_double(struct exact_pool *p, struct exact *to, double v) {
  char text[40], digits[24];
  int n = 0;
  *to = exact_of(0);
  for (int precision = 15; precision <= 17; precision++) {
    snprintf(text, sizeof text, "%.*e", precision - 1, fabs(v));
    if (strtod(text, NULL) == fabs(v)) break;
  }
  const char *e = strchr(text, 'e');
  for (const char *c = text; c < e; c++)
    if (*c != '.') digits[n++] = *c;
  while (n > 1 && digits[n - 1] == '0') n--;
  digits[n] = '\0';
  const int64_t whole = strtoll(digits, NULL, 10) * (v < 0 ? -1 : 1);
  const int exponent = (int)strtol(e + 1, NULL, 10) - (n - 1);
  if (whole != 0 && with_big(p) && !gmp_decimal(p->big, to, whole, exponent)) p->too_long = true;
}
