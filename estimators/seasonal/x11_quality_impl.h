/* x11_quality_impl.h -- what the statistics of quality share; only for estimators/seasonal/x11_quality.c and x11_seasonality.c. */
#ifndef SHIRABE_ESTIMATORS_X11_QUALITY_IMPL_H
#define SHIRABE_ESTIMATORS_X11_QUALITY_IMPL_H
#include "estimators/seasonal/x11_quality.h"

struct quality_view {
  int first, last; /* observed part, both included */
  int period, at;
  double neutral;
  bool divide;
};
struct x11_test x11_stable_test(const struct quality_view *v, const double *si);
struct x11_test x11_moving_test(const struct quality_view *v, const double *si);
struct x11_test x11_rank_test(struct arena *a, const struct quality_view *v, const double *si);
enum x11_seasonality x11_identifiable(const struct x11_quality *q);
#endif
