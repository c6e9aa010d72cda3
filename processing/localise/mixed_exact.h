/* mixed_exact.h -- sums of products of doubles without any rounding, as expansions: a sum of doubles that do not overlap, the smallest first.
 * Errors   full: more than 64 parts (never with less than 1,000 terms of usual size); overflow and underflow are not caught: |values| < 1e150.
 * Source   Shewchuk (1997), Discrete and Computational Geometry 18:305-363, grow-expansion; two-product by fused multiply-add. */
#ifndef SHIRABE_PROCESSING_LOCALISE_MIXED_EXACT_H
#define SHIRABE_PROCESSING_LOCALISE_MIXED_EXACT_H
#include <math.h>
#include <stdbool.h>

enum { EXACT_PARTS = 64 };
struct exact {
  int n;
  bool full;
  double part[EXACT_PARTS];
};
static inline void exact_add(struct exact *s, double b) {
  int n = 0;
  for (int k = 0; k < s->n; k++) {
    const double a = s->part[k], sum = a + b, t = sum - a, low = (a - (sum - t)) + (b - t);
    if (low != 0) s->part[n++] = low;
    b = sum;
  }
  if (n == EXACT_PARTS)
    s->full = true;
  else if (b != 0)
    s->part[n++] = b;
  s->n = n;
}
static inline void exact_add_product(struct exact *s, double a, double b) {
  const double product = a * b;
  exact_add(s, fma(a, b, -product));
  exact_add(s, product);
}
static inline void exact_add_multiple(struct exact *s, const struct exact *t, double by) {
  for (int k = 0; k < t->n; k++) exact_add_product(s, t->part[k], by);
  s->full = s->full || t->full;
}
/* Rounded once or twice; its sign is exact. */
static inline double exact_value(const struct exact *s) {
  double sum = 0;
  for (int k = 0; k < s->n; k++) sum += s->part[k];
  return s->n && sum == 0 ? s->part[s->n - 1] : sum;
}
#endif
