#include "processing/outlier/medcouple.h"

#include <math.h>
#include <string.h>

#include "processing/outlier/order_stat.h"

/* The sorted values as two lists of distances from the median: above[0 ..) descending, below[0 ..) ascending; `ties` equal it, in both. */
struct pairs {
  const double *sorted;
  double median;
  int64_t n, n_above, n_below, ties;
};
static double ratio_at(const struct pairs *q, int64_t row, int64_t column) {
  const double a = q->sorted[q->n - 1 - row] - q->median, b = q->median - q->sorted[q->n_below - 1 - column];
  if (b > 0) return a / b;
  if (a > 0) return INFINITY;
  const int64_t sign = q->ties - 1 - (row - (q->n_above - q->ties)) - column;
  return sign > 0 ? INFINITY : sign == 0 ? 1 : 0;
}
/* How many pairs have a ratio of t or more: along the staircase, n_above + n_below steps. */
static int64_t count_from(const struct pairs *q, double t) {
  int64_t count = 0, column = q->n_below;
  for (int64_t row = 0; row < q->n_above && column > 0; row++) {
    while (column > 0 && ratio_at(q, row, column - 1) < t) column--;
    count += column;
  }
  return count;
}
static double of_bits(uint64_t bits) {
  double v;
  memcpy(&v, &bits, sizeof v);
  return v;
}
/* The rank-th largest ratio: the largest double that at least `rank` pairs reach. Non-negative doubles are ordered as their bits are. */
static double ratio_of_rank(const struct pairs *q, int64_t rank) {
  const double top = INFINITY;
  uint64_t low = 0, high;
  memcpy(&high, &top, sizeof high);
  while (low < high) {
    const uint64_t middle = low + (high - low + 1) / 2;
    if (count_from(q, of_bits(middle)) >= rank) low = middle;
    else high = middle - 1;
  }
  return of_bits(low);
}
static double kernel(double ratio) { return isinf(ratio) ? 1 : (ratio - 1) / (ratio + 1); }

double medcouple(const double *x, int64_t n, double *scratch) {
  memcpy(scratch, x, (size_t)n * sizeof *x);
  order_sort(scratch, n);
  struct pairs q = {.sorted = scratch, .n = n, .median = n % 2 ? scratch[n / 2] : (scratch[n / 2 - 1] + scratch[n / 2]) / 2};
  for (int64_t i = 0; i < n; i++) {
    q.n_above += scratch[i] >= q.median;
    q.n_below += scratch[i] <= q.median;
    q.ties += scratch[i] == q.median;
  }
  const int64_t pairs = q.n_above * q.n_below, rank = (pairs + 1) / 2;
  const double first = kernel(ratio_of_rank(&q, rank));
  return pairs % 2 ? first : (first + kernel(ratio_of_rank(&q, rank + 1))) / 2;
}
