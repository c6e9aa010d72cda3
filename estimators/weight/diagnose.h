/* diagnose.h -- what a set of weights looks like before anybody publishes with it: spread, extremes, concentration, and records on which a total
 *    hangs.
 * Shapes   w: [n] final weights; base: [n] design weights, NULL = no factors; y: [n] a total's values, NULL = none; of_row: [n] its cells, -1 = in
 *          none, NULL = one cell. Records of weight 0 take no part.
 * Figures  Kish's factor n sum w^2 / (sum w)^2 = 1 + cv^2; quantiles of the weights and of the factors g = w / base (rule: smallest value that
 *          reaches the share); share of the sum held by the largest one per cent of the weights (at least one record).
 * Influence of record k on its cell's total: |w_k y_k| / |total|. Those above `share` are counted, the largest few kept (cell, row, share).
 * Memory   24 bytes a record. Cost: two sorts. Errors: E_NO_MEMORY; E_NO_WEIGHT when no record has weight.
 * Source   Kish (1965), Survey Sampling, 11.7; Valliant, Dever & Kreuter (2018), Practical Tools for Designing and Weighting Survey Samples, ch.
 *          14. */
#ifndef SHIRABE_ESTIMATORS_WEIGHT_DIAGNOSE_H
#define SHIRABE_ESTIMATORS_WEIGHT_DIAGNOSE_H
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

enum { DIAGNOSE_QUANTILES = 9, DIAGNOSE_INFLUENTIAL = 20 };
extern const double diagnose_probability[DIAGNOSE_QUANTILES]; /* 0 .01 .05 .25 .5 .75 .95 .99 1 */
struct influential {
  int64_t row;
  int32_t cell;
  double share;
};
struct weight_diagnosis {
  int64_t n, n_zero, n_negative;
  double sum, kish, top_share; /* top_share: of the largest 1 % */
  double weight[DIAGNOSE_QUANTILES];
  bool has_factor;
  double factor[DIAGNOSE_QUANTILES];
  int64_t n_influential;       /* above the share */
  int n_kept;
  struct influential influential[DIAGNOSE_INFLUENTIAL]; /* the largest first */
};
struct diagnose_spec {
  int64_t n;
  const double *w, *base, *y;
  const int32_t *of_row;
  int32_t n_cells;
  double share; /* 0.05 */
};
enum err_code weight_diagnose(struct arena *a, const struct diagnose_spec *s, struct weight_diagnosis *out, struct err *e) NODISCARD;
#endif
