/* cmd_process_result.h -- what a run leaves beside the records: effects on totals and distributions, status of records, flags, proposals. For
 * cmd_process_*.c only. */
#ifndef SHIRABE_PROCESSING_JOB_CMD_PROCESS_RESULT_H
#define SHIRABE_PROCESSING_JOB_CMD_PROCESS_RESULT_H
#include "processing/edit/edit_run.h"
#include "processing/command/cmd_process_checkpoint.h"

struct effect_keep; /* the values before the first step */
enum err_code process_keep_effects(struct job_state *j, struct effect_keep **out, struct err *e) NODISCARD;
enum err_code process_effects(struct job_state *j, const struct effect_keep *before, struct table *out, struct err *e) NODISCARD;
/* Stages changes, flags, proposals, record_status (record_no, status, rules: records that fail a hard check after all steps are failed_post, those
 * with an unknown one undecided), effects, edit_statistics (where a step counted), process_status. */
enum err_code process_put_results(struct process_run *r, const struct edit_result *after, const struct table *effects, struct err *e) NODISCARD;
void process_say_failed(const struct job *job, const struct form *form, const struct edit_result *after); /* E_JOB_FAILED_POST, rules by name */
int64_t process_cpu_us(void);
#endif
