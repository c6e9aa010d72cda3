/* estimator.h -- imputation by estimators: functions of values and averages, and linear regressions, one specification after another.
 * Shapes   current: n records by p items; previous: the same records (row i = the same unit) and their own columns, missing where the unit was not
 *          there. group[i] in 0 .. n_groups-1 (the class; NULL = one class). Flags per value: EST_TO_IMPUTE, EST_EXCLUDE (outlier), EST_IMPUTED; NULL
 *          = none.
 * Rules    a value is acceptable for averages, betas and residuals when it is present, not to be imputed, not imputed or an outlier where the
 *          specification leaves those out, and its record is not excluded in that period; a record counts when all averaged values (EF), or the item
 *          and all regressors (LR), are. Weights, where given, must be present and above 0. Criteria: at least minimum_count records and
 *          minimum_percent of the class, else the specification does nothing there. With complete_records a record that lacks any value the run
 *          reads, without a flag that says it is to be imputed, is nowhere acceptable (Banff does so). Only values flagged EST_TO_IMPUTE are imputed.
 *          Later specifications fill what earlier ones left and may use what they imputed. A negative result is not imputed unless accept_negative;
 *          nor is division by zero.
 * Formula  EF as estimator_formula.h; average = sum w x / sum w (w = 1 without weight). LR: least squares with weights w / v^e (regression_qr.h).
 *          Random error: the residual of one acceptable record of the class, times sqrt(v_i^e / v_j^e) with a variance item. Drawn by the unit's hash
 *          under the seed. Source: Statistics Canada, Banff: functional description, estimator procedure; Särndal, Swensson & Wretman (1992) for
 *          ratio and regression.
 * Order    within a class records are taken in the order of their unit's hash: averages, betas and draws have the same bits in any order of rows.
 *          Averages belong to the class and so change with the subset; which random number a unit gets does not.
 * Errors   E_EST_SPEC, E_EST_UNKNOWN, E_EST_FORMULA before anything is changed. E_NO_MEMORY.
 * Memory   16 bytes a record while ordering, then 4; 32 bytes a value to be imputed; with random error 4 a record. No report per record.
 * Cost     one pass over the averaged items a specification. */
#ifndef SHIRABE_PROCESSING_IMPUTE_ESTIMATOR_H
#define SHIRABE_PROCESSING_IMPUTE_ESTIMATOR_H
#include "processing/impute/estimator_formula.h"
#include "processing/unit/num_table.h"

enum { EST_TO_IMPUTE = 1, EST_EXCLUDE = 2, EST_IMPUTED = 4 };
enum est_choice { EST_NOT_GIVEN, EST_NO, EST_YES };
struct est_spec {
  const char *name; /* how messages call it */
  const struct est_algorithm *algorithm;
  const char *field, *auxiliary[EST_TERMS];
  int n_auxiliary;
  const char *weight, *variance; /* items of current; NULL = none */
  bool variance_previous;
  double variance_exponent;
  int64_t minimum_count;  /* below 1: not given */
  double minimum_percent; /* at or below 0: not given */
  enum est_choice exclude_imputed, exclude_outliers;
  bool random_error;
};
struct est_input {
  struct num_table *current; /* imputed values are written here, status VAL_IMPUTED */
  const struct num_table *previous;
  uint8_t *const *current_flags; /* [p], each [n] or NULL; imputed cells become EST_IMPUTED */
  const uint8_t *const *previous_flags;
  const uint8_t *exclude_current, *exclude_previous; /* [n]; 1 = no acceptable record */
  const int32_t *group;
  int32_t n_groups;
  uint64_t seed;
  bool accept_negative;
  bool complete_records; /* leave out of all averages and fits a record that lacks, unflagged, any value the specifications of this run read */
};
struct est_group { /* one specification in one class */
  bool met;        /* criteria met: the figures below are set */
  int64_t records, acceptable, to_impute, imputed, zero_divisor, negative, not_real, no_value;
  double *average; /* [n_terms] of terms with (a); betas of LR: intercept first, then the terms */
  int rank;        /* LR */
  double condition;
};
struct est_change {
  int32_t row, donor; /* donor of the random error; -1 = none */
  int16_t column, spec;
  double value, random_error;
};
struct est_result {
  struct est_formula *formula; /* [n_specs] */
  struct est_group *group;     /* [n_specs * n_groups], by specification */
  int64_t n_changes;
  struct est_change *change;   /* in the order in which they were made */
};
/* By name among the built-in ones, any case; NULL when there is none. */
const struct est_algorithm *est_algorithm_find(const char *name);
enum err_code est_run(struct arena *a, const struct est_input *in, const struct est_spec *specs, int n_specs, struct est_result *out,
    struct err *e) NODISCARD;
#endif
