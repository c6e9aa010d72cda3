/* cmd_process_core.h -- checks and the job of one form over one period, from the store and back into it: stages edited, imputed, edit_failures,
 *    changes, flags, record_status, effects, proposals, edit_statistics (where a step counted), estimates and imputed_sets (where a step
 *    estimated), process_status.
 * The arena, clock, language and problem sink are those of the store's job. One transaction replaces the stages; where the job keeps its
 *          steps (process.json), an interrupted run goes on after its last finished step. Errors: forms, store, plan,
 * E_PROCESS_NO_DATA when nothing was received. */
#ifndef SHIRABE_PROCESSING_JOB_CMD_PROCESS_CORE_H
#define SHIRABE_PROCESSING_JOB_CMD_PROCESS_CORE_H
#include "processing/command/cmd_process_checkpoint.h"
#include "processing/command/cmd_process_print.h"

struct process_request {
  const char *form, *period;       /* "mls/establishment", "2025-12" */
  const char *frame, *frame_period; /* form of the register, NULL = as the form says; its period, NULL = the same */
  bool dry_run;
  void (*watch)(void *context, int step, int of, const struct step_report *report); /* after each step; NULL = not */
  void *watch_context;
  /* Instead of the job, over the records as they were read; dry_run must be set. NULL = the job. */
  enum err_code (*instead)(void *context, struct process_run *run, struct err *e);
  void *instead_context;
};
enum err_code process_month(const struct process_request *q, struct store *s, struct process_report *out, struct err *e) NODISCARD;
#endif
