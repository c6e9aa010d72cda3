#include "estimators/selection/allocate.h"

#include <math.h>
#include <string.h>

/* A heap of strata by what the next unit is worth; equal worth: the first stratum. */
struct heap {
  int64_t n, *stratum;
  double *worth;
};
static bool before(const struct heap *h, int64_t a, int64_t b) {
  if (h->worth[a] != h->worth[b]) return h->worth[a] > h->worth[b];
  return h->stratum[a] < h->stratum[b];
}
static void swap(struct heap *h, int64_t a, int64_t b) {
  const double w = h->worth[a];
  const int64_t s = h->stratum[a];
  h->worth[a] = h->worth[b], h->stratum[a] = h->stratum[b];
  h->worth[b] = w, h->stratum[b] = s;
}
static void sink(struct heap *h, int64_t at) {
  for (;;) {
    int64_t best = at;
    for (int64_t k = 2 * at + 1; k <= 2 * at + 2 && k < h->n; k++)
      if (before(h, k, best)) best = k;
    if (best == at) return;
    swap(h, at, best);
    at = best;
  }
}

/* What unit n + 1 takes away; the first unit of a stratum takes away infinitely much, the larger strata first. */
static double worth_of(double weight, int64_t n) { return n == 0 ? (weight > 0 ? 1e300 * (weight / (weight + 1))
    : -1) : weight / ((double)n * ((double)n + 1)); }

static enum err_code impossible(const char *what, struct err *e) { return ERR(e, E_ALLOCATION, .subject = what); }

enum err_code allocate_total(struct arena *a, int64_t n_strata, const double *weight, const int64_t *least, const int64_t *most, int64_t total,
    int64_t *out,
    struct err *e) {
  struct arena_mark mark = arena_mark(a);
  struct heap h = {.stratum = ARENA_ARRAY(a, int64_t, n_strata + 1), .worth = ARENA_ARRAY(a, double, n_strata + 1)};
  if (!h.stratum || !h.worth) return ERR(e, E_NO_MEMORY, .subject = "allocation");
  int64_t left = total;
  for (int64_t s = 0; s < n_strata; s++) {
    out[s] = least[s] < most[s] ? least[s] : most[s];
    left -= out[s];
    if (out[s] < most[s]) h.stratum[h.n] = s, h.worth[h.n] = worth_of(weight[s], out[s]), h.n++;
  }
  if (left < 0) return impossible("the total is below the least of all strata together", e);
  for (int64_t k = h.n / 2; k >= 0; k--) sink(&h, k);
  for (; left > 0 && h.n > 0; left--) {
    const int64_t s = h.stratum[0];
    if (++out[s] == most[s]) swap(&h, 0, --h.n);
    else h.worth[0] = worth_of(weight[s], out[s]);
    sink(&h, 0);
  }
  arena_reset(a, mark);
  return left == 0 ? E_OK : impossible("the total is above the units of all strata together", e);
}
