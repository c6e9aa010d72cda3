/* trace.c -- ids, marks, and the bound on orders; see trace.h. */
#include "secure-store/extract/trace.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "secure-store/extract/trace_impl.h"

void trace_ids(struct trace_file *t, const struct row_key *key, int64_t n_rows, int64_t n_tests, struct trace_verdict *v) {
  struct row_id id;
  *v = (struct trace_verdict){.id_rate = 1, .order_rate = 1};
  row_mark(key, &id);
  v->mark = trace_find(t, &id, 'm') != NULL;
  if (t->n_candidates) {
    for (int64_t serial = 0; serial < n_rows; serial++) {
      row_id_of(key, (uint64_t)serial, &id);
      v->ids += trace_find(t, &id, 'r') != NULL;
    }
  }
  /* Any one hit in the whole search: union bound over candidates, rows and provisions. More hits only make it smaller. */
  double tries = (double)t->n_candidates * ((double)n_rows + 1) * (double)n_tests;
  if (v->ids || v->mark) v->id_rate = fmin(1, ldexp(tries, -ROW_ID_BITS));
  v->accused = (v->ids || v->mark) && v->id_rate <= TRACE_RATE;
}

/* --- inversions --- */
struct ranked {
  int32_t block;
  int64_t place, rank; /* in the file, in the provision */
};
static int by_block(const void *a, const void *b) {
  const struct ranked *x = a, *y = b;
  if (x->block != y->block) return x->block < y->block ? -1 : 1;
  return x->place < y->place ? -1 : x->place > y->place;
}
/* Merge sort by rank; the inversions among p[0 .. n-1] as they came. */
static uint64_t inversions(struct ranked *p, struct ranked *scratch, int64_t n) {
  if (n < 2) return 0;
  int64_t half = n / 2, i = 0, j = half, to = 0;
  uint64_t count = inversions(p, scratch, half) + inversions(p + half, scratch, n - half);
  while (i < half && j < n) {
    if (p[i].rank <= p[j].rank) scratch[to++] = p[i++];
    else count += (uint64_t)(half - i), scratch[to++] = p[j++];
  }
  while (i < half) scratch[to++] = p[i++];
  while (j < n) scratch[to++] = p[j++];
  memcpy(p, scratch, (size_t)n * sizeof *p);
  return count;
}
/* For a uniform order of n things the inversions are a sum of independent uniform numbers of 0 .. k-1, k = 1 .. n; so for any t > 0
 * P(I <= x) <= exp(t x) * product over k of (1 - exp(-t k)) / (k (1 - exp(-t))). Several blocks: the product of all. */
static double log_mgf(double t, const int64_t *sizes, int64_t n_blocks) {
  double sum = 0, one = log1p(-exp(-t));
  for (int64_t b = 0; b < n_blocks; b++)
    for (int64_t k = 2; k <= sizes[b]; k++) sum += log1p(-exp(-t * (double)k)) - log((double)k) - one;
  return sum;
}
static double bound_at(double t, double x, const int64_t *sizes, int64_t n_blocks) { return t * x + log_mgf(t, sizes, n_blocks); }
static double chernoff(double x, const int64_t *sizes, int64_t n_blocks) {
  double low = log(1e-12), high = log(50), golden = (sqrt(5) - 1) / 2;
  double a = high - golden * (high - low), b = low + golden * (high - low);
  double fa = bound_at(exp(a), x, sizes, n_blocks), fb = bound_at(exp(b), x, sizes, n_blocks);
  for (int i = 0; i < 60; i++) { /* any t gives a valid bound; the best one is looked for */
    if (fa < fb) high = b, b = a, fb = fa, a = high - golden * (high - low), fa = bound_at(exp(a), x, sizes, n_blocks);
    else low = a, a = b, fa = fb, b = low + golden * (high - low), fb = bound_at(exp(b), x, sizes, n_blocks);
  }
  return fmin(0, fmin(fa, fb));
}
double trace_order_bound(const int32_t *block, const int64_t *rank, int64_t n) {
  struct ranked *p = calloc((size_t)n + 1, sizeof *p), *scratch = calloc((size_t)n + 1, sizeof *scratch);
  int64_t *sizes = calloc((size_t)n + 1, sizeof *sizes), n_blocks = 0;
  double x = 0, result = 0;
  if (p && scratch && sizes) {
    for (int64_t i = 0; i < n; i++) p[i] = (struct ranked){block[i], i, rank[i]};
    qsort(p, (size_t)n, sizeof *p, by_block);
    for (int64_t first = 0, end; first < n; first = end) {
      for (end = first; end < n && p[end].block == p[first].block;) end++;
      x += (double)inversions(p + first, scratch, end - first);
      sizes[n_blocks++] = end - first;
    }
    result = n > 1 ? chernoff(x, sizes, n_blocks) / log(10) : 0;
  }
  free(p);
  free(scratch);
  free(sizes);
  return result;
}
