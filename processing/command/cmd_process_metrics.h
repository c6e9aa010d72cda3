/* cmd_process_metrics.h -- the process metrics of a run (process_metrics.h) into the stage process_metrics. For cmd_process_*.c only. */
#ifndef SHIRABE_PROCESSING_JOB_CMD_PROCESS_METRICS_H
#define SHIRABE_PROCESSING_JOB_CMD_PROCESS_METRICS_H
#include "processing/command/cmd_process_checkpoint.h"
#include "processing/job/process_metrics.h"

/* Inside the transaction of the results. before, after: the checks over the records as received and at the end. */
enum err_code process_put_metrics(struct process_run *r, const struct process_metrics *kept, const struct edit_result *before,
    const struct edit_result *after, struct err *e) NODISCARD;
#endif
