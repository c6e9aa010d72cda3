/* cmd_process_checkpoint.h -- what the finished steps of a run made, kept sealed in the store so that an interrupted run goes on where it
 *    stopped; and the status of the steps. For cmd_process_*.c only.
 * Stages   step_values (the records), step_changes, step_flags, step_proposals, step_counts, step_states, step_statistics, step_estimates,
 *          step_sets, step_status: replaced together after each step in one transaction, cleared by the transaction that stores the result. They
 *          count only for the run of the same id: same form, inputs, seed and program version.
 * Stage    process_status: one row per step of the last run. cpu_us and resumed differ from run to run; everything else does not. */
#ifndef SHIRABE_PROCESSING_JOB_CMD_PROCESS_CHECKPOINT_H
#define SHIRABE_PROCESSING_JOB_CMD_PROCESS_CHECKPOINT_H
#include "processing/command/cmd_process_io.h"
#include "processing/job/job_run.h"

struct process_run {
  struct store *s;
  int64_t access;
  struct arena *a;
  const struct form *form;
  const char *period;
  struct process_data *received; /* its tables are the job's current records */
  struct job_state *state;
  struct step_report *steps;     /* [plan->n_steps] */
  int n_steps;                   /* finished */
  const char *inputs_hash;
};
struct dataset_key process_key(const struct process_run *r, const char *stage);
/* Into an open transaction: one shard of this office. */
enum err_code process_put(struct process_run *r, const char *stage, const struct table *t, struct err *e) NODISCARD;
enum err_code process_put_statistics(struct process_run *r, const char *stage, struct err *e) NODISCARD;
enum err_code process_put_estimates(struct process_run *r, const char *estimates, const char *sets, struct err *e) NODISCARD;
enum err_code process_put_status(struct process_run *r, const char *stage, struct err *e) NODISCARD;
/* The rows of a status stage; *n = 0 when there is none. `run` and `inputs` of the first row when wanted. */
struct process_status_head {
  const char *run, *inputs, *program, *form_hash;
  int64_t seed;
};
enum err_code process_read_status(struct store *s, const struct dataset_key *key, int64_t access, struct arena *a, struct step_report **out, int *n,
    struct process_status_head *head, struct err *e) NODISCARD;
enum err_code checkpoint_write(struct process_run *r, struct err *e) NODISCARD; /* a transaction of its own */
/* Takes over what a run of this id has finished: n_steps, records, log, flags, proposals, states, counts. */
enum err_code checkpoint_read(struct process_run *r, struct err *e) NODISCARD;
enum err_code checkpoint_clear(struct process_run *r, struct err *e) NODISCARD; /* inside a transaction */
#endif
