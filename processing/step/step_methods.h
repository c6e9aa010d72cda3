/* step_methods.h -- the methods of steps by name; each is described in its file step_<name>.c and in forms/form_folder.md. */
#ifndef SHIRABE_PROCESSING_JOB_STEP_METHODS_H
#define SHIRABE_PROCESSING_JOB_STEP_METHODS_H
#include "processing/step/step.h"

extern const struct step_method step_edit, step_flag, step_clear, step_assign, step_impute, step_derive, step_propose;
extern const struct step_method step_localise, step_deterministic, step_donor, step_prorate, step_outlier, step_adjust, step_obvious;
extern const struct step_method step_estimator, step_hotdeck, step_gower, step_longitudinal, step_selective, step_edit_stats, step_nim;
extern const struct step_method step_em, step_pmm, step_chained, step_multiple, step_variance;
extern const struct step_method step_unit_error, step_totals;
#endif
