/* cmd_process_print.h -- the report of `shirabe process run`, as text or JSON (fields: "form", "period", "records", "edited", "imputed", "values", "checks",
 * "steps", "stored"). */
#ifndef SHIRABE_PROCESSING_JOB_CMD_PROCESS_PRINT_H
#define SHIRABE_PROCESSING_JOB_CMD_PROCESS_PRINT_H
#include "processing/job/cmd_process_io.h"
#include "processing/unit/unit_ledger.h"

struct process_report {
  const struct form *form;
  const char *period, *previous_period;
  struct edit_result edited, imputed;
  struct impute_report steps;
  struct unit_ledger ledger;
  int64_t changes, shards;
  bool stored;
};
void process_print(struct cli *c, const struct process_report *r);
#endif
