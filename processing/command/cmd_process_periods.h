/* cmd_process_periods.h -- other periods for the steps that look at them, from the store; and the tables of chains back into it.
 * For cmd_process_*.c and the front only.
 * A period that is not stored is told (E_STEP_NO_PERIOD) and left out. What is read counts among the run's inputs. */
#ifndef SHIRABE_PROCESSING_JOB_CMD_PROCESS_PERIODS_H
#define SHIRABE_PROCESSING_JOB_CMD_PROCESS_PERIODS_H
#include "base/ext_sodium.h"
#include "processing/command/cmd_process_checkpoint.h"

struct periods_request {
  struct store *s;
  int64_t access;
  struct arena *a;
  const struct form *form;
  const struct job_plan *plan;
  const char *period;
  const struct unit_shard *shards;
  int n_shards;
  struct sha256 *inputs;
};
enum err_code process_periods_read(const struct periods_request *q, struct job_periods **out, struct err *e) NODISCARD; /* NULL: none is wanted */
/* "2025-12" and -1: "2025-11". False: no period of the form's kind. */
bool process_period_shift(const char *period, int32_t offset, char out[16]);
/* Both tables as stages; cleared where no step made any. prefix "" or "step_". */
enum err_code process_put_series(struct process_run *r, const char *prefix, struct err *e) NODISCARD;
enum err_code process_clear_series(struct process_run *r, const char *prefix, struct err *e) NODISCARD;
#endif
