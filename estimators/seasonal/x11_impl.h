/* x11_impl.h -- state of one run and its steps; only for estimators/seasonal/x11*.c. */
#ifndef SHIRABE_ESTIMATORS_X11_IMPL_H
#define SHIRABE_ESTIMATORS_X11_IMPL_H
#include <stdbool.h>

#include "estimators/seasonal/x11.h"

struct x11_run {
  const struct x11_spec *spec;
  struct x11_result *out;
  struct seasonal_span whole;    /* 0 .. n-1 */
  int observed_first, observed_last;
  bool divide;                   /* components multiply */
  bool first_iteration;          /* B: the trend is 13 terms unless very smooth */
  double end_ratio;              /* I/C class behind the end weights; kept from step to step */
  double *scratch, *scratch2, *factor, *irregular, *weight; /* [n] each, of one step */
};
static inline double x11_neutral(const struct x11_run *r) { return r->divide ? 1 : 0; }
static inline double x11_without(const struct x11_run *r, double a, double b) { return r->divide ? a / b : a - b; }
/* The irregular that a factor leaves of a ratio. */
static inline double x11_left_by(const struct x11_run *r, double ratio, double factor) {
  return r->spec->mode == X11_PSEUDO_ADDITIVE ? ratio - factor + 1 : x11_without(r, ratio, factor);
}

void x11_trend(struct x11_run *r, const double *value, double *out); /* chooses the length, notes it in the result */
/* weight: 1 ordinary .. 0 extreme for first .. last of the irregular. */
void x11_weights(const struct x11_run *r, const struct seasonal_span *s, const double *irregular, double *weight);
/* Ratios of less than full weight give way to their neighbours of the same month; where[i] = NaN or the new value (NULL: not wanted). */
void x11_replace(const struct seasonal_span *s, const double *value, const double *weight, double *out, double *where);
double x11_irregular_to_seasonal(const struct x11_run *r, const double *value);
enum seasonal_filter x11_choose_filter(struct x11_run *r, const double *value);
#endif
