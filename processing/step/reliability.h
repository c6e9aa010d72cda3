/* reliability.h -- what it costs to say that a value of an item is wrong, record by record, where process.json gives an expression for it.
 * Shapes   out: [n_records] of the job, of the selected records only; NULL where the item's reliability is one number (job_plan.reliability).
 * Units    as reliability: from 0.000001 to 1,000,000,000. Taken to 9 decimals.
 * Errors   E_JOB_RELIABILITY names the first selected record whose expression has no value or one out of range: nothing is assumed instead.
 * Memory   8 bytes per record and item with an expression, in the job's arena. Cost: one pass of the expression.
 * Source   reliability weights of Fellegi and Holt (1976), JASA 71; weights by record: de Waal, Pannekoek and Scholtus (2011), ch. 3. */
#ifndef SHIRABE_PROCESSING_JOB_RELIABILITY_H
#define SHIRABE_PROCESSING_JOB_RELIABILITY_H
#include "processing/step/step.h"

enum err_code job_reliability(struct job_state *j, int item, const uint8_t *selected, const double **out, struct err *e) NODISCARD;
#endif
