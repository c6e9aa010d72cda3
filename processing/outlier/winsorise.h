/* winsorise.h -- one-sided winsorisation with a given cut-off parameter: the outlier weight by which a large value counts for less in an estimate.
 * Formula  stratum mean (expansion) mu_i = sum d y / sum d, or ratio mu_i = x_i sum d y / sum d x; a = design weight, or design x calibration weight
 *          in ratio estimation; cut-off k_i = mu_i + L / (a - 1). Above it y* = y / a + k (a - 1) / a; outlier weight o = y* / y; else 1.
 * Markers  W winsorised or looked at; NW_FE not: design weight 1, fully enumerated; NW_AG not: a <= 1, the value stands for itself or less.
 * Shapes   [n] rows; group: stratum codes 0 .. n_groups-1. L: cut-off parameter of each row, from a study of past data. Missing values are not
 *          accepted.
 * Errors   E_OUTLIER_WEIGHT: a design weight below 1 or not finite, a calibration weight not above 0; E_OUTLIER_PARAMETER: L negative.
 * Source   Kokic and Bell (1994), Journal of Official Statistics 10, 419-435 (type II estimator); the specification of the Office for National
 *          Statistics.
 * Cost     O(n). The sums of a stratum are made in the order of the values: the same bits for any order of rows. */
#ifndef SHIRABE_PROCESSING_OUTLIER_WINSORISE_H
#define SHIRABE_PROCESSING_OUTLIER_WINSORISE_H
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

enum winsorise_marker { WINSORISE_W, WINSORISE_NW_FE, WINSORISE_NW_AG };
struct winsorise_data {
  int64_t n;
  const double *y, *design, *cut_off; /* cut_off: L */
  const double *aux, *calibration;    /* both for ratio estimation, or both NULL */
  const int32_t *group;
  int n_groups;
};
struct winsorise_row {
  double outlier_weight, value; /* value: y* */
  enum winsorise_marker marker;
};
const char *winsorise_marker_name(enum winsorise_marker m);
enum err_code winsorise(struct winsorise_row *out, struct arena *a, const struct winsorise_data *d, struct err *e) NODISCARD;
#endif
