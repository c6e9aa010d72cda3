/* step_estimates.h -- what steps estimate: one row of job_state.estimates per measure, for all records and per by-group, with its variance in parts;
 * and the completed sets of multiple imputation in job_state.sets, as difference rows only (set, record, item, value).
 * Columns  estimates: step, class (blank = all), class_no (by-groups from 1 in the order of their texts; blank = all), item, measure (total, mean),
 *          method, n (units of the domain), imputed, then numbers as texts of 12 digits, blank where the method has none: estimate, standard_error,
 *          low, high, within, between, degrees, missing_information (multiple.h), naive, sampling, imputation, mix, share (imputation_parts.h),
 *          bootstrap. sets: step, set (from 1), record_no, item, value (in the item's decimals).
 * Design   stratified simple random sampling: the step's records are the sample; `stratum` and `population` are expressions of the record. */
#ifndef SHIRABE_PROCESSING_JOB_STEP_ESTIMATES_H
#define SHIRABE_PROCESSING_JOB_STEP_ESTIMATES_H
#include "processing/impute/srs_design.h"
#include "processing/step/step_view.h"

struct step_estimate {
  const char *measure, *method;
  int32_t group; /* -1 = all */
  int64_t n, imputed;
  double value[ESTIMATE_COLUMNS];
  uint8_t there[ESTIMATE_COLUMNS];
};
void step_estimate_set(struct step_estimate *x, enum estimate_column column, double value);
enum err_code step_estimate_put(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, const struct item *item,
    const struct step_estimate *x, struct err *e) NODISCARD;
enum err_code step_set_put(
    struct job_state *j, const struct step_spec *s, int set, int64_t record, const struct item *item, double value, struct err *e) NODISCARD;
/* The design of the rows of a view from the options `stratum` and `population`. E_DESIGN_RECORD names the record without a stratum or population, or
 * with another population than its stratum; E_DESIGN_STRATUM a stratum too small. */
enum err_code step_design_make(struct job_state *j, const struct step_spec *s, const struct step_view *v, struct srs_design *out,
    struct err *e) NODISCARD;
/* Completed values of an item as they stand: y and status by row. */
enum err_code step_values_now(struct job_state *j, const struct step_scope *scope, const struct item *item, const double **y, const uint8_t **status,
    struct err *e) NODISCARD;
#endif
