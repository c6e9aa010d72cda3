/* cmd_process_core.h -- checks and imputation plan of one form over one period, from the store and back into it: stages edited, imputed, edit_failures, changes.
 * The arena, clock, language and problem sink are those of the store's job. One transaction; a second run replaces the stages. Errors: forms, store, plan,
 * E_PROCESS_NO_DATA when nothing was received. */
#ifndef SHIRABE_PROCESSING_JOB_CMD_PROCESS_CORE_H
#define SHIRABE_PROCESSING_JOB_CMD_PROCESS_CORE_H
#include "processing/job/cmd_process_print.h"

struct process_request {
  const char *form, *period;       /* "mls/establishment", "2025-12" */
  const char *frame, *frame_period; /* form of the register; its period, NULL = the same */
  bool dry_run;
};
enum err_code process_month(const struct process_request *q, struct store *s, struct process_report *out, struct err *e) NODISCARD;
#endif
