/* cmd_estimate_records.h -- forms of several record types: a table is made from the records of one type, the one that holds every item it
 *    names; from the top type when it names keys of the top alone. For the cmd_estimate_ files only.
 * Errors   E_RELATIONS_RECORD: items of two types in one table. Memory: the run's arena. Cost: items of the table. */
#ifndef SHIRABE_ESTIMATORS_CMD_ESTIMATE_RECORDS_H
#define SHIRABE_ESTIMATORS_CMD_ESTIMATE_RECORDS_H
#include "estimators/command/cmd_estimate_load.h"
#include "estimators/table/table_plan.h"

enum err_code estimate_plan_record(struct estimate_run *r, const struct form *f, const struct table_plan *plan, int *out, struct err *e) NODISCARD;
#endif
