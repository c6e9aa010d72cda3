/* cmd_process_replay.h -- a past period replayed for a selective step: the scores its records had as they came, and what reviewing them in that order
 * would have left of the difference to the edited result.
 * Raw      the first version of every record received for the period (later versions hide it and keep it), before any step; final: the stage
 *          `imputed` of the last run. Both exist in the store; nothing is written. A record counts for an item when both values are present.
 * Scores   those of the step over the raw values, as if it were the first step of the job. With `unpredicted: propose` the records without
 *          anything to compare with are reviewed in any case: they stand outside the curve.
 * Result   per by-group: q (stable), threshold, RPB without review and behind q, and the whole curve (replay.h).
 * Errors   E_REPLAY_STEP, E_REPLAY_NOT_RUN, those of score.h and replay.h. For cmd_process_*.c and the front only. */
#ifndef SHIRABE_PROCESSING_JOB_CMD_PROCESS_REPLAY_H
#define SHIRABE_PROCESSING_JOB_CMD_PROCESS_REPLAY_H
#include "processing/command/cmd_process_core.h"
#include "processing/outlier/replay.h"

struct replay_request {
  const char *form, *period, *frame, *frame_period, *step; /* step NULL: the only one of method selective */
  double limit; /* of the relative pseudo-bias; with standard errors, of the standard error */
};
struct replay_group {
  struct str name; /* text of the by-group */
  struct replay_domain domain;
  struct replay_curve curve;
  int64_t unpredicted;
};
struct replay_report {
  const char *survey, *form, *step, *rule, *period;
  int n_items, n_groups;
  bool of_standard_error;
  struct replay_group *groups;
  int64_t n;
  const struct str *unit; /* [n] keys joined by / */
  const double *score;    /* [n] */
};
enum err_code process_replay(const struct replay_request *q, struct store *s, struct replay_report *out, struct err *e) NODISCARD;
#endif
