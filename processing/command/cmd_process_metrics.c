/* The process metrics of a run, stored with its other results. */
#include "processing/command/cmd_process_metrics.h"

enum err_code process_put_metrics(
    struct process_run *r, const struct process_metrics *kept, const struct edit_result *before, const struct edit_result *after, struct err *e) {
  struct table t;
  const struct metrics_input in = {r->state, kept, before, after, r->steps, r->n_steps};
  TRY(process_metrics_table(&in, &t, e));
  return process_put(r, "process_metrics", &t, e);
}
