/* replicate_adjust.h -- what the engine of replicates is usually given: adjustments redone in a replicate, and the values of the common
 *    statistics.
 * Adjust   readjust_calibration solves the calibration again from the design weights of the replicate, starting at the multipliers (lambda) of
 *          the full sample: one to three Newton steps; margins missed by more than `tolerance` (0 = 1e-8 relative) make the replicate unmet.
 *          readjust_classes redoes weighting classes of nonresponse. readjust_chain runs several in their order.
 * Values   replicate_statistics: statistic.h by domain; replicate_quantiles: p[m] of x by domain; replicate_inequality: m measures of one domain
 *          each.
 * Shapes   contexts are read only and may be shared by threads. Records of weight 0 or below take no part in quantiles and measures.
 * Errors   those of calibrate.h, nonresponse.h, statistic.h, quantile.h, inequality.h; E_NO_RESPONDENTS, E_CALIBRATION_SPEC leave a replicate
 *          out.
 * Memory   from the arena of the caller. Cost: calibration O(n k^2) a step; quantiles one sort.
 * Source   Rust & Rao (1996); Valliant (1993), JASA 88: calibration must be repeated in the replicates; Rao & Shao (1999), Biometrika 86:
 *          medians. */
#ifndef SHIRABE_ESTIMATORS_VARIANCE_REPLICATE_ADJUST_H
#define SHIRABE_ESTIMATORS_VARIANCE_REPLICATE_ADJUST_H
#include "estimators/estimate/inequality.h"
#include "estimators/estimate/quantile.h"
#include "estimators/variance/replicate_engine.h"
#include "estimators/weight/calibrate.h"

struct readjust_calibration {
  struct calibration_spec spec; /* d is put in by the replicate */
  struct calibration main;      /* of the full sample */
  double tolerance;
};
/* Calibrates the full sample: main.converged is the caller's to look at. */
enum err_code readjust_calibration_new(
    struct arena *a, const struct calibration_spec *spec, struct readjust_calibration *out, struct err *e) NODISCARD;
enum err_code readjust_calibration(
    void *context, struct arena *a, int replicate, const double *w, double *out, bool *unmet, struct err *e) NODISCARD;

struct readjust_classes {
  int64_t n;
  const uint8_t *respondent;
  const int32_t *cell;
  int32_t n_cells;
};
enum err_code readjust_classes(void *context, struct arena *a, int replicate, const double *w, double *out, bool *unmet, struct err *e) NODISCARD;

enum { READJUST_MOST = 16 };
struct readjust_chain {
  int64_t n;
  int n_steps;
  enum err_code (*step[READJUST_MOST])(void *context, struct arena *a, int replicate, const double *w, double *out, bool *unmet, struct err *e);
  void *context[READJUST_MOST];
};
enum err_code readjust_chain(void *context, struct arena *a, int replicate, const double *w, double *out, bool *unmet, struct err *e) NODISCARD;

struct values_of_statistics {
  int64_t n;
  const struct taylor_domains *domains;
  int m;
  const struct statistic *s;
};
enum err_code replicate_statistics(
    void *context, struct arena *a, int replicate, const double *w, double *theta, uint8_t *defined, struct err *e) NODISCARD;
struct values_of_quantiles {
  int64_t n;
  const struct taylor_domains *domains;
  const double *x;
  int m;
  const double *p;
  enum quantile_rule rule;
};
enum err_code replicate_quantiles(
    void *context, struct arena *a, int replicate, const double *w, double *theta, uint8_t *defined, struct err *e) NODISCARD;
struct values_of_inequality {
  int64_t n;
  const double *y;
  const uint8_t *present; /* [n]; NULL = all */
  const int32_t *of_row;  /* [n] 0 in the domain, -1 not; NULL = all */
  int m;
  const struct inequality_spec *s;
};
enum err_code replicate_inequality(
    void *context, struct arena *a, int replicate, const double *w, double *theta, uint8_t *defined, struct err *e) NODISCARD;
#endif
