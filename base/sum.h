/* sum.h -- sums that do not depend on thread count or order of arrival.
 * Method   int64 sums are exact in 128 bits. Doubles: Neumaier's compensated sum (1974) within a fixed block of 4096 rows, block sums merged in block
 *          order by the same rule; shards are merged in shard order. Same bits for 1, 2, 8 threads. Error below 2 ulp + n^2 eps^2 sum|x|. */
#ifndef SHIRABE_BASE_SUM_H
#define SHIRABE_BASE_SUM_H
#include <stdint.h>

enum { SUM_BLOCK_ROWS = 4096 };
struct sum {
  double value, compensation;
};
static inline void sum_add(struct sum *s, double x) {
  double t = s->value + x;
  double a = s->value < 0 ? -s->value : s->value, b = x < 0 ? -x : x;
  s->compensation += a >= b ? (s->value - t) + x : (x - t) + s->value;
  s->value = t;
}
static inline double sum_result(const struct sum *s) { return s->value + s->compensation; }
void sum_merge(struct sum *into, const struct sum *from); /* call in shard order */
double sum_of(const double *x, int64_t n);                 /* by blocks, as above */
double sum_of_products(const double *x, const double *y, int64_t n);
__extension__ typedef __int128 sum_int;
#endif
