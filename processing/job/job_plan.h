/* job_plan.h -- process.json of a form read and checked: the ordered steps of a job. Without the file the job is the usual one: impute
 *    (impute.csv), derive.
 * Page     forms/form_folder.md, "process.json".
 * Errors   E_JOB_KEY, E_JOB_VALUE, E_JOB_METHOD, E_JOB_CYCLE, E_JOB_CHECK, E_EXPR_*: at process.json:LINE, all of them to the job's sink, the
 *          first returned.
 * Limits   256 steps after blocks are put in, blocks 16 deep. */
#ifndef SHIRABE_PROCESSING_JOB_JOB_PLAN_H
#define SHIRABE_PROCESSING_JOB_JOB_PLAN_H
#include "processing/step/step.h"

enum { JOB_MAX_STEPS = 256, JOB_MAX_DEPTH = 16 };
/* frame: the register's form, NULL = none. */
enum err_code job_plan_read(
    struct arena *a, const struct job *job, const struct form *form, const struct form *frame, struct job_plan **out, struct err *e) NODISCARD;
/* Does the text of the form's job or imputation plan speak of the register? */
bool job_names_frame(const struct form *form);
enum err_code job_plan_wanted(const struct job_plan *p, struct name_set *s, enum expr_slot_kind kind, struct err *e) NODISCARD;
#endif
