/* sum.c -- see sum.h. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", ZAMM 54 (1974). */
#include "base/sum.h"

void sum_merge(struct sum *into, const struct sum *from) {
  sum_add(into, from->value);
  into->compensation += from->compensation;
}

static int64_t block_end(int64_t start, int64_t n) { return n - start < SUM_BLOCK_ROWS ? n : start + SUM_BLOCK_ROWS; }

double sum_of(const double *x, int64_t n) {
  struct sum all = {0, 0};
  for (int64_t start = 0; start < n; start = block_end(start, n)) {
    struct sum block = {0, 0};
    int64_t end = block_end(start, n);
    for (int64_t i = start; i < end; i++) sum_add(&block, x[i]);
    sum_merge(&all, &block);
  }
  return sum_result(&all);
}

double sum_of_products(const double *x, const double *y, int64_t n) {
  struct sum all = {0, 0};
  for (int64_t start = 0; start < n; start = block_end(start, n)) {
    struct sum block = {0, 0};
    int64_t end = block_end(start, n);
    for (int64_t i = start; i < end; i++) sum_add(&block, x[i] * y[i]);
    sum_merge(&all, &block);
  }
  return sum_result(&all);
}
