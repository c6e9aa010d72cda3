/* draw_impl.h -- for those who write a design: the units of a group that are neither certain nor out, packed.
 * Shapes   n units; i [n] their places in the group; u, key, pi [n]; 0 < pi < 1; size of them are to be taken.
 * Rest     as draw.h: designs set taken[i[k]] = 1 and nothing else. Source: none, plain keeping. */
#ifndef SHIRABE_ESTIMATORS_SELECTION_DRAW_IMPL_H
#define SHIRABE_ESTIMATORS_SELECTION_DRAW_IMPL_H
#include "estimators/selection/draw.h"

struct draw_open {
  int64_t n, size;
  const int64_t *i;
  const uint64_t *key;
  const double *u, *pi;
  uint64_t stream;
};
/* Order of units by a value, smallest first; equal values by key, then by place. */
struct draw_rank {
  double value;
  uint64_t key;
  int64_t k;
};
void draw_rank_sort(struct draw_rank *r, int64_t n);

enum err_code draw_sampford(struct arena *a, const struct draw_open *o, uint8_t *taken, struct err *e) NODISCARD;
enum err_code draw_maximum_entropy(struct arena *a, const struct draw_open *o, uint8_t *taken, struct err *e) NODISCARD;
enum err_code draw_sunter(struct arena *a, const struct draw_open *o, uint8_t *taken, struct err *e) NODISCARD;
enum err_code draw_brewer(struct arena *a, const struct draw_open *o, uint8_t *taken, struct err *e) NODISCARD;
enum err_code draw_pivotal(struct arena *a, const struct draw_open *o, uint8_t *taken, struct err *e) NODISCARD;

/* Sunter's list: units by falling pi; from place `tail` on they are drawn with equal probability. order [n] = places, remaining [n] = sum of pi from
 * there on. */
struct sunter_list {
  int64_t n, size, tail;
  const int64_t *order;
  const double *pi, *remaining;
};
enum err_code sunter_list(struct arena *a, int64_t n, const double *pi, int64_t size, struct sunter_list *out, struct err *e) NODISCARD;
#endif
