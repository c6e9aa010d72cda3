/* step_methods.c -- every method a step of process.json can name; one line per method. */
#include "processing/step/step_methods.h"

const struct step_method *const step_methods[] = {
    &step_edit, &step_flag, &step_clear, &step_assign, &step_impute, &step_derive, &step_propose,
    &step_localise, &step_deterministic, &step_donor, &step_prorate, &step_outlier, &step_adjust, &step_obvious,
    &step_em, &step_pmm, &step_chained, &step_multiple, &step_variance,
    &step_estimator, &step_hotdeck, &step_gower, &step_longitudinal, &step_selective, &step_edit_stats,
    &step_unit_error, &step_totals,
    &step_nim,
};
const int n_step_methods = sizeof step_methods / sizeof *step_methods;
