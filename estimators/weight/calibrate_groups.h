/* calibrate_groups.h -- calibration of units that are not single records: households whose members share one weight, parts that are calibrated by
 *    themselves.
 * Rows     a unit is a household or a record. Rows stand part by part; record i belongs to row unit[i].
 * Household x of the row = sum over its members / size (x-bar). MEAN: sigma2 of the row = 1, the integrated weighting of Lemaître & Dufour; every
 *          member counts with the household's mean of x. SUM: sigma2 = 1 / size, so that u = (sum of x)' lambda: the household is the unit of the
 *          regression. Both give members one weight; totals over records are met by either.
 * Weights  members with weight must have one weight to begin with (else E_HOUSEHOLD_WEIGHTS), or `mean_weights` begins with their mean. Records of
 *          weight 0 are no members.
 * Parts    totals: [n_parts][p]; each part is solved alone; the same columns in every part.
 * Variance regression of records on the row's x-bar with weights d / sigma2 of the row: its residuals summed over a household are those of the
 *          regression by households.
 * Memory   as calibrate.h by row, and the distinct columns of each household. Cost: O(records k) once, then calibrate.h by row.
 * Source   Lemaître & Dufour (1987), Survey Methodology 13:199-207; Alexander (1987), Survey Methodology 13:183-198; parts: Deville & Särndal
 *          (1992), calibration on margins crossed with the part. */
#ifndef SHIRABE_ESTIMATORS_WEIGHT_CALIBRATE_GROUPS_H
#define SHIRABE_ESTIMATORS_WEIGHT_CALIBRATE_GROUPS_H
#include "estimators/weight/calibrate.h"

struct group_spec {
  const struct auxiliary *x; /* by record */
  const double *d;           /* [n] which records take part: above 0 */
  const int32_t *part;       /* [n] 0..n_parts-1; NULL = one part */
  int32_t n_parts;
  const int32_t *household;  /* [n] 0..n_households-1; NULL = every record by itself */
  int32_t n_households;
  bool sum_form, mean_weights;
};
struct groups {
  int64_t n, n_rows;
  int p;
  int32_t n_parts;
  struct auxiliary x;    /* by row */
  const int64_t *first;  /* [n_parts + 1] */
  const int64_t *unit;   /* [n]; NULL = record i is row i */
  const double *size;    /* [n_rows] members; NULL = 1 */
  bool sum_form, mean_weights;
};
enum err_code groups_new(struct arena *a, const struct group_spec *s, struct groups *out, struct err *e) NODISCARD;

struct group_calibration_spec {
  const struct groups *groups;
  enum calibration_method method;
  const double *d, *sigma2; /* [n] by record; sigma2 NULL = 1, the mean over members */
  const double *total;      /* [n_parts][p] */
  bool bounded, hint;
  double low, high;
  bool of_weight;           /* low and high bound the weight, not the factor; TRUNCATED */
  double tolerance;
  const double *start;      /* [n_parts][p] */
};
struct group_calibration {
  bool converged, has_hint;
  int steps, n_redundant, n_unmet; /* steps: the most of any part */
  double worst, smallest_g, largest_g, hint_low, hint_high; /* the hint that does for all parts */
  int64_t n_negative, n_at_bound;  /* rows */
  double *w, *g;                   /* [n] by record; g = w / the weight before, 0 where that is 0 */
  double *lambda, *reached;        /* [n_parts][p] */
  uint8_t *redundant, *unmet;      /* [n_parts][p] */
};
enum err_code calibrate_groups(struct arena *a, const struct group_calibration_spec *s, struct group_calibration *out, struct err *e) NODISCARD;
/* The regression of the variance; d, sigma2 as in the calibration. Keeps q in the arena. */
enum err_code groups_regression(
    struct arena *a, const struct groups *g, const double *d, const double *sigma2, struct regression *out, struct err *e) NODISCARD;
#endif
