#include "processing/outlier/order_stat.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { SAMPLE_ABOVE = 600, BAD_LUCK = 64 };

static inline void swap(double *a, double *b) {
  double t = *a;
  *a = *b;
  *b = t;
}
static void sift(double *x, int64_t n, int64_t at) {
  for (int64_t child; (child = 2 * at + 1) < n; at = child) {
    if (child + 1 < n && x[child + 1] > x[child]) child++;
    if (x[at] >= x[child]) return;
    swap(&x[at], &x[child]);
  }
}
static void heap_sort(double *x, int64_t n) {
  for (int64_t i = n / 2; i-- > 0;) sift(x, n, i);
  for (int64_t i = n - 1; i > 0; i--) {
    swap(&x[0], &x[i]);
    sift(x, i, 0);
  }
}
/* Hoare's partition about x[k]; returns where the pivot ended. */
static int64_t partition(double *x, int64_t left, int64_t right, int64_t k) {
  const double t = x[k];
  int64_t i = left, j = right;
  swap(&x[left], &x[k]);
  if (x[right] > t) swap(&x[right], &x[left]);
  while (i < j) {
    swap(&x[i], &x[j]);
    i++, j--;
    while (x[i] < t) i++;
    while (x[j] > t) j--;
  }
  if (x[left] == t) swap(&x[left], &x[j]);
  else swap(&x[++j], &x[right]);
  return j;
}
static void select_within(double *x, int64_t left, int64_t right, int64_t k, int luck) {
  while (right > left) {
    if (luck-- <= 0) {
      heap_sort(x + left, right - left + 1);
      return;
    }
    if (right - left > SAMPLE_ABOVE) {
      const double n = (double)(right - left + 1), i = (double)(k - left + 1), z = log(n), s = 0.5 * exp(2 * z / 3);
      const double sd = 0.5 * sqrt(z * s * (n - s) / n) * (i < n / 2 ? -1 : 1);
      const double from = floor((double)k - i * s / n + sd), to = floor((double)k + (n - i) * s / n + sd);
      select_within(x, from > (double)left ? (int64_t)from : left, to < (double)right ? (int64_t)to : right, k, luck);
    }
    const int64_t at = partition(x, left, right, k);
    if (at <= k) left = at + 1;
    if (k <= at) right = at - 1;
  }
}
double order_select(double *x, int64_t n, int64_t k) {
  select_within(x, 0, n - 1, k, BAD_LUCK);
  return x[k];
}
static double smallest(const double *x, int64_t n) {
  double v = x[0];
  for (int64_t i = 1; i < n; i++) v = x[i] < v ? x[i] : v;
  return v;
}
/* Percentile of the whole of n when the ranks from .. to-1, and the percentile's among them, stand in x[from .. to). */
static double percentile_between(double *x, int64_t n, int64_t from, int64_t to, double p) {
  const double position = p * (double)(n + 1);
  int64_t below = (int64_t)floor(position);
  if (below < 1 || below >= n) {
    const int64_t end = below < 1 ? 0 : n - 1;
    select_within(x, from, to - 1, end, BAD_LUCK);
    return x[end];
  }
  select_within(x, from, to - 1, below - 1, BAD_LUCK);
  const double next = smallest(x + below, (below < to ? to : n) - below), at = x[below - 1];
  return at + (position - (double)below) * (next - at);
}
double order_percentile(double *x, int64_t n, double p) { return percentile_between(x, n, 0, n, p); }
struct quartiles order_quartiles(double *x, int64_t n) {
  const int64_t middle = (n + 1) / 2 - 1; /* the rank at or below the median: the quartiles' lie on its two sides */
  struct quartiles q;
  q.median = percentile_between(x, n, 0, n, 0.5);
  q.q1 = percentile_between(x, n, 0, middle + 1, 0.25);
  q.q3 = percentile_between(x, n, middle, n, 0.75);
  return q;
}
double order_absolute_deviation(const double *x, int64_t n, double centre, double *scratch) {
  for (int64_t i = 0; i < n; i++) scratch[i] = fabs(x[i] - centre);
  return order_percentile(scratch, n, 0.5);
}
static void insertion_sort(double *x, int64_t n) {
  for (int64_t i = 1; i < n; i++) {
    const double v = x[i];
    int64_t j = i;
    for (; j > 0 && x[j - 1] > v; j--) x[j] = x[j - 1];
    x[j] = v;
  }
}
static void quick_sort(double *x, int64_t n, int luck) {
  while (n > 24) {
    if (luck-- <= 0) {
      heap_sort(x, n);
      return;
    }
    const int64_t at = partition(x, 0, n - 1, n / 2);
    if (at < n - at) quick_sort(x, at, luck), x += at + 1, n -= at + 1;
    else quick_sort(x + at + 1, n - at - 1, luck), n = at;
  }
  insertion_sort(x, n);
}
void order_sort(double *x, int64_t n) { quick_sort(x, n, 2 * BAD_LUCK); }
