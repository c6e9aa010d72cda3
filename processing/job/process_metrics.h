/* process_metrics.h -- the figures a run is judged by: per step, item, check, class and sending office, unweighted and weighted by the design
 * weight.
 * Table    step, item, check, class, office (blank = all together), metric, detail, part, whole, weighted_part, weighted_whole, reason. A rate is
 *          part / whole; decimal texts, exact. Weighted ones are blank where the job has weight "none". A figure that cannot be had has no part and
 *          says why in `reason`.
 * Metrics  unit_response (records with an answer / records), record_failed, record_undecided (hard checks, as received / records),
 *          record_failed_after, record_changed; check_failure (failed / passed + failed), check_unknown (missed / passed + missed + failed),
 *          check_cost (detail = severity; values changed in the failing records among the items the check reads / failures; its cost is their
 *          product); per item: item_response, imputation, net_imputation, modification, cancellation, left_missing (/ eligible), imputation_value
 *          (contribution to the total), imputation_method and imputation_method_value (detail = method), mean_change, total_change: item_metrics.h;
 *          eligible = not declared not applicable and not missing outside the item's universe; item blank = counts over all items but free texts
 *          and names; per step and item: changed (changes of values / eligible); per step: step_<count> (what the method
 *          itself counted / records selected), cardinality (detail = k; records with k values flagged / records flagged), hit_rate (flagged values
 *          that differ in the end / flagged values that were there), donors (donors / uses), donor_max_use, reviewed (called / scored).
 * Offices  senders of the shards; classes: effects.by of process.json. The offices add up to the whole where every record has a sender.
 * Order    of the rows: fixed; nothing depends on threads, shards' cut or order of records.
 * Cost     one pass over the records per item, one over the change log. Memory 24 bytes per record, 500 bytes per item and group.
 * Source   methods of item_metrics.h and check_stats.h; process metrics: UNECE (2019), Generic Statistical Data Editing Models. */
#ifndef SHIRABE_PROCESSING_JOB_PROCESS_METRICS_H
#define SHIRABE_PROCESSING_JOB_PROCESS_METRICS_H
#include "processing/edit/check_stats.h"
#include "processing/edit/edit_run.h"
#include "processing/step/check_tables.h"

enum metric_column {
  METRIC_STEP,
  METRIC_ITEM,
  METRIC_CHECK,
  METRIC_CLASS,
  METRIC_OFFICE,
  METRIC_NAME,
  METRIC_DETAIL,
  METRIC_PART,
  METRIC_WHOLE,
  METRIC_WEIGHTED_PART,
  METRIC_WEIGHTED_WHOLE,
  METRIC_REASON,
  METRIC_COLUMNS
};
extern const char *const metric_column_names[METRIC_COLUMNS];

enum metric_grouping { METRIC_ALL, METRIC_CLASSES, METRIC_OFFICES, METRIC_GROUPINGS };
struct process_metrics { /* what the records said before any step changed them */
  struct job_offices offices;
  struct step_scope classes; /* groups and names; 0 groups = the job names no classes */
  struct check_stats checks[METRIC_GROUPINGS];
  bool weighted; /* checks are weighted too; false where a weight was not yet there at the beginning */
};
enum err_code process_metrics_begin(struct job_state *j, struct process_metrics **out, struct err *e) NODISCARD;
struct metrics_input {
  struct job_state *state; /* after all steps */
  const struct process_metrics *kept;
  const struct edit_result *before, *after;
  const struct step_report *steps;
  int n_steps;
};
enum err_code process_metrics_table(const struct metrics_input *in, struct table *out, struct err *e) NODISCARD;
#endif
