/* cmd_process_print.h -- the report of `shirabe process run`, as text or JSON (fields: "form", "period", "records", "edited", "imputed",
 *    "values", "checks", "steps", "job" with its steps, "effects", "stored"). */
#ifndef SHIRABE_PROCESSING_JOB_CMD_PROCESS_PRINT_H
#define SHIRABE_PROCESSING_JOB_CMD_PROCESS_PRINT_H
#include "processing/command/cmd_process_io.h"
#include "processing/step/step.h"
#include "processing/unit/unit_ledger.h"

struct process_report {
  const struct form *form;
  const char *period, *previous_period;
  struct edit_result edited, imputed;
  struct impute_report steps;
  struct unit_ledger ledger;
  int64_t changes, shards, flags, proposals;
  const char *run, *inputs; /* id of the run; hash of all that was read */
  uint64_t seed;
  struct step_report *step_reports; /* of the job's steps; `steps` above are the lines of impute.csv */
  int n_step_reports;
  struct table effects;     /* value_effect.h */
  struct table statistics;  /* job_state.statistics */
  struct table estimates;   /* job_state.estimates */
  bool stored;
};
void process_print(struct cli *c, const struct process_report *r);
/* cmd_process_print_job.c: one line per step, with what is particular to its method. */
void process_print_estimates(struct cli *c, const struct table *t);
struct json_out;
void process_print_steps(struct cli *c, const struct step_report *steps, int n);
void process_json_steps(struct json_out *j, const struct step_report *steps, int n);
void process_json_job(struct json_out *j, const struct process_report *r); /* "run", "inputs", "seed", "job", "effects", "edit_statistics" */
#endif
