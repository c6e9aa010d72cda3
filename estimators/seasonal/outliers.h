/* outliers.h -- finds additive outliers, level shifts and temporary changes of a regARIMA model: the largest |t| beyond the critical value is added,
 * one at a time, until none is left; then those that lost their significance are dropped, one at a time.
 * Critical by the number of observations (3.55 for 36, 4.07 for 360, between by logarithm) unless given.
 * t        least squares of the whitened column on the whitened residuals at the parameters of the round, scale = 1.49 x median |residual|.
 * Errors   those of arima.h. Memory: the arena; cost: rounds x (one estimate + 3 n whitened columns).
 * Source   Chen & Liu (1993), JASA 88; Ljung (1993), JRSS B 55; X-13ARIMA-SEATS Reference Manual 1.1, 7.11. */
#ifndef SHIRABE_ESTIMATORS_OUTLIERS_H
#define SHIRABE_ESTIMATORS_OUTLIERS_H
#include "estimators/seasonal/effects.h"

struct outlier_request {
  bool kinds[OUTLIER_KINDS];
  double critical; /* 0: by length */
  int most;        /* at most so many are added */
};
struct outlier_found {
  enum outlier_kind kind;
  int place;
  double t; /* in the final model */
};
enum { OUTLIERS_MOST = 30 };
double outlier_critical(int n); /* by number of observations */
/* spec: the model; its effects grow by those found (appended to list, which spec->effects must be). */
enum err_code outliers_find(struct arena *a, const struct effect_span *span, const struct outlier_request *q, const double *value,
    struct adjustment_spec *spec, struct effect_list *list, struct outlier_found *found, int *n_found, struct err *e) NODISCARD;
#endif
