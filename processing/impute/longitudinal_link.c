/* The links of a cell: ratio of means, mean of ratios with trimming, construction; and their weighting over time. */
#include <math.h>
#include <stdlib.h>

#include "base/sum.h"
#include "processing/impute/longitudinal_impl.h"

static bool included(const struct long_work *w, int64_t i) { return long_responded(w, i) && (!w->in->include || w->in->include[i]); }

static struct long_link link_of(double numerator, double denominator, int64_t count) {
  const bool none = count == 0 || denominator == 0;
  const double v = none ? 1 : numerator / denominator;
  return (struct long_link){v, v, count, none};
}
static struct long_link ratio_of_means(const struct long_work *w, const struct long_cell *c, const int64_t *other) {
  struct sum present = {0}, compared = {0};
  int64_t n = 0;
  for (int64_t k = c->start; k < c->end; k++) {
    const int64_t i = w->by_cell[k], j = other[i];
    if (j < 0 || !included(w, i) || !included(w, j)) continue;
    sum_add(&present, w->in->response.x[i]);
    sum_add(&compared, w->in->response.x[j]);
    n++;
  }
  return link_of(sum_result(&present), sum_result(&compared), n);
}
static int by_growth(const void *a, const void *b, void *growth) {
  const int64_t i = *(const int64_t *)a, j = *(const int64_t *)b; /* positions in by_cell: ties by unit */
  const double x = ((const double *)growth)[i], y = ((const double *)growth)[j];
  return x != y ? (x < y ? -1 : 1) : (i > j) - (i < j);
}
/* Ratios of the cell's units, in the scratch arrays; returns how many. */
static int64_t ratios(const struct long_work *w, const struct long_cell *c, const int64_t *other, int side) {
  int64_t n = 0;
  for (int64_t k = c->start; k < c->end; k++) {
    const int64_t i = w->by_cell[k], j = other[i];
    if (j < 0 || !included(w, i) || !included(w, j)) continue;
    const double y = w->in->response.x[i], z = w->in->response.x[j];
    const bool zero = y == 0 || z == 0;
    if (zero && !w->rule->keep_zeros) continue;
    w->row[i].has_growth[side] = true;
    w->row[i].growth[side] = w->scratch[k] = zero ? 1 : y / z;
    w->scratch_row[n++] = k;
  }
  return n;
}
static struct long_link mean_of_ratios(const struct long_work *w, const struct long_cell *c, const int64_t *other, int side) {
  const int64_t n = ratios(w, c, other, side);
  int64_t low = 1, high = n, kept = 0;
  struct sum all = {0};
  if (n > w->rule->trim_above && w->rule->lower_trim + w->rule->upper_trim > 0) {
    qsort_r(w->scratch_row, (size_t)n, sizeof *w->scratch_row, by_growth, w->scratch);
    low = (int64_t)ceil((double)n * w->rule->lower_trim / 100);
    high = 1 + (int64_t)floor((double)n * (100 - w->rule->upper_trim) / 100);
  }
  for (int64_t rank = 1; rank <= n; rank++) {
    const int64_t k = w->scratch_row[rank - 1];
    if (rank < low || rank > high) continue;
    w->row[w->by_cell[k]].kept[side] = true;
    sum_add(&all, w->scratch[k]);
    kept++;
  }
  return link_of(sum_result(&all), (double)kept, kept);
}
static struct long_link construction(const struct long_work *w, const struct long_cell *c) {
  struct sum y = {0}, x = {0};
  int64_t n = 0;
  for (int64_t k = c->start; k < c->end; k++) {
    const int64_t i = w->by_cell[k];
    if (!included(w, i) || !long_has(&w->in->auxiliary, i)) continue;
    sum_add(&y, w->in->response.x[i]);
    sum_add(&x, w->in->auxiliary.x[i]);
    n++;
  }
  return link_of(sum_result(&y), sum_result(&x), n);
}
static void supplied(const struct long_work *w, struct long_cell *c) {
  for (int kind = 0; kind < LINK_KINDS; kind++) {
    const struct long_values *given = &w->in->given[kind];
    if (!given->status) continue;
    c->link[kind] = (struct long_link){1, 1, 0, true};
    for (int64_t k = c->start; k < c->end; k++)
      if (long_has(given, w->by_cell[k])) c->link[kind] = (struct long_link){given->x[w->by_cell[k]], given->x[w->by_cell[k]], 0, false};
  }
}
void long_links(struct long_work *w) {
  for (int64_t k = 0; k < w->n_cells; k++) {
    struct long_cell *c = &w->cell[k];
    c->link[LINK_FORWARD] = w->rule->mean_of_ratios ? mean_of_ratios(w, c, w->before, 0) : ratio_of_means(w, c, w->before);
    c->link[LINK_BACKWARD] = w->rule->mean_of_ratios ? mean_of_ratios(w, c, w->after, 1) : ratio_of_means(w, c, w->after);
    c->link[LINK_CONSTRUCTION] = construction(w, c);
    supplied(w, c);
  }
}
static const struct long_cell *find(const struct long_work *w, int32_t period, int32_t class_) {
  int64_t low = 0, high = w->n_cells;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    const struct long_cell *c = &w->cell[middle];
    if (c->period < period || (c->period == period && c->class_ < class_)) low = middle + 1;
    else high = middle;
  }
  return low < w->n_cells && w->cell[low].period == period && w->cell[low].class_ == class_ ? &w->cell[low] : NULL;
}
static bool earlier_link(const struct long_work *w, int32_t period, int32_t class_, int kind, double *out) {
  for (int64_t k = 0; k < w->in->n_past; k++) {
    const struct long_past *p = &w->in->past[k];
    if (p->period == period && p->class_ == class_) return *out = p->link[kind], true;
  }
  const struct long_cell *c = find(w, period, class_);
  if (c) *out = c->link[kind].unweighted;
  return c != NULL;
}
void long_weight_links(struct long_work *w) {
  if (w->rule->weight == 1) return;
  for (int64_t k = 0; k < w->n_cells; k++) {
    struct long_cell *c = &w->cell[k];
    for (int kind = 0; kind < LINK_KINDS; kind++) {
      double earlier;
      if (w->in->given[kind].status || !earlier_link(w, c->period - w->rule->weight_lag, c->class_, kind, &earlier)) continue;
      c->link[kind].value = w->rule->weight * c->link[kind].unweighted + (1 - w->rule->weight) * earlier;
    }
  }
}
