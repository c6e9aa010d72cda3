/* order_stat.h -- order statistics by selection instead of sorting.
 * Shapes   x: [n] finite doubles, reordered in place. Ranks count from 0.
 * Rule     percentile p of n values: position T = p (n + 1), linear between the values at floor(T) and the next, clamped to the ends (the
 *          "exclusive" rule, Hyndman & Fan 1996, definition 6; the one Banff 3 uses).
 * Source   Floyd and Rivest (1975), CACM 18, algorithm 489 (SELECT). The pivots decide the speed only: order statistics are the same bits for any
 *          order of x.
 * Cost     O(n); when the partition goes badly 64 times the rest is heap sorted, so never worse than O(n log n). */
#ifndef SHIRABE_PROCESSING_OUTLIER_ORDER_STAT_H
#define SHIRABE_PROCESSING_OUTLIER_ORDER_STAT_H
#include <stdint.h>

struct quartiles {
  double q1, median, q3;
};
/* x[k] is then the value of rank k, none before it larger, none behind it smaller. 0 <= k < n. */
double order_select(double *x, int64_t n, int64_t k);
double order_percentile(double *x, int64_t n, double p); /* n > 0, 0 <= p <= 1 */
struct quartiles order_quartiles(double *x, int64_t n);  /* n > 0 */
/* Median of |x - centre|; scratch: [n]. */
double order_absolute_deviation(const double *x, int64_t n, double centre, double *scratch);
void order_sort(double *x, int64_t n);
#endif
