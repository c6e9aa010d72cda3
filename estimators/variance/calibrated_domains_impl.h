/* calibrated_domains_impl.h -- the two halves of calibrated_domains: coefficients of the regressions, and the variance of what they leave. */
#ifndef SHIRABE_ESTIMATORS_VARIANCE_CALIBRATED_DOMAINS_IMPL_H
#define SHIRABE_ESTIMATORS_VARIANCE_CALIBRATED_DOMAINS_IMPL_H
#include "estimators/variance/calibrated_domains.h"

enum { COLUMNS = 64 }; /* worked on together */
struct calibrated_step { /* one calibration, the last first */
  const struct auxiliary *x;
  const struct factorised *f;
  const double *q, *after;
  int p;
  double *normal;                              /* [p][p] lower */
  double *cross[SURVEY_MOST_ADJUSTMENTS];      /* [l] = G with an earlier entry of the list (a later calibration): [p][p_l] */
};
struct calibrated_plan {
  const struct survey *s;
  const struct taylor_domains *domains;
  int m, n_steps, depth; /* stages that add to the variance */
  int32_t n_domains;
  const double *const *u;
  struct calibrated_step step[SURVEY_MOST_ADJUSTMENTS];
};
/* Columns first..first + n - 1 of [m][n_domains] in work; n at most COLUMNS. */
struct calibrated_columns {
  int64_t first;
  int n;
  double *b[SURVEY_MOST_ADJUSTMENTS]; /* [p][COLUMNS] coefficients by step */
};
/* Columns of one row that are not 0: at most 2 AUXILIARY_FACTORS. */
struct calibrated_row {
  int n;
  int column[2 * AUXILIARY_FACTORS];
  double value[2 * AUXILIARY_FACTORS];
};
static inline void calibrated_row_of(const struct auxiliary *x, int64_t i, struct calibrated_row *out) {
  int at = 0;
  out->n = 0;
  for (int f = 0; f < x->n_factors; at += x->levels[f++])
    if (x->code[f][i] >= 0) out->column[out->n] = at + x->code[f][i], out->value[out->n++] = 1;
  for (int k = 0; k < x->n_numbers; k++, at++) out->column[out->n] = at, out->value[out->n++] = x->number[k][i];
}
enum err_code calibrated_plan_new(struct arena *a, const struct survey *s, struct calibrated_plan *out, struct err *e) NODISCARD;
enum err_code calibrated_coefficients(struct arena *a, const struct calibrated_plan *p, struct calibrated_columns *c, struct err *e) NODISCARD;
enum err_code calibrated_residual_variance(
    struct arena *a, const struct calibrated_plan *p, const struct calibrated_columns *c, double *var, struct err *e) NODISCARD;
#endif
