/* cmd_estimate_sample.h -- tables and weights of forms whose design is of kind "sample". For the cmd_estimate_ files only.
 * Once     columns, design and weights are made once a form and run; its tables share them.
 * Files    that the design names (margins, joint probabilities) stand in the form's folder design/, so that the form's hash covers them.
 * Errors   those of survey_data.h; a dataset that is not there is E_TABLE_DATA. */
#ifndef SHIRABE_ESTIMATORS_CMD_ESTIMATE_SAMPLE_H
#define SHIRABE_ESTIMATORS_CMD_ESTIMATE_SAMPLE_H
#include "estimators/command/cmd_estimate_load.h"
#include "estimators/command/survey_data.h"
#include "estimators/table/table_plan.h"

struct estimate_sample {
  const struct form *form;
  struct survey_data data;
};
bool estimate_form_is_sample(const struct form *f);
enum err_code estimate_sample_of(
    struct estimate_run *r, const struct form *f, const struct shard_rows *rows, const struct estimate_sample **out, struct err *e) NODISCARD;
enum err_code estimate_sample_table(struct estimate_run *r, const struct form *f, const struct table_plan *plan, const struct shard_rows *rows,
    struct result_table **out, struct err *e) NODISCARD;
/* The first form of the survey and period whose design is a sample, with its data; *out NULL = the survey has none. */
enum err_code estimate_sample_weights(struct store *s, const char *survey, const char *period, const char *stage, struct arena *a,
    const struct estimate_sample **out, struct err *e) NODISCARD;
#endif
