/* process_metrics_impl.h -- what the files of process_metrics share: the writer of rows and the groups of records. */
#ifndef SHIRABE_PROCESSING_JOB_PROCESS_METRICS_IMPL_H
#define SHIRABE_PROCESSING_JOB_PROCESS_METRICS_IMPL_H
#include "processing/job/process_metrics.h"
#include "processing/unit/item_metrics.h"

struct metric_row {
  const char *step, *item, *check, *name, *detail; /* NULL = none */
  struct tally part, whole;
  int decimals; /* of the part; the whole too when values are compared with values */
  int whole_decimals;
  bool no_whole, unweighted; /* the figure is a number of its own; has no weighted form */
  const char *reason;        /* the figure cannot be had */
};
struct metric_writer {
  const struct metrics_input *in;
  struct job_state *j;
  struct table *to;
  const int64_t *weight; /* NULL = weight none */
  enum metric_grouping by;
  int group;
};
int metric_groups(const struct metric_writer *w, enum metric_grouping by);
/* Group of a record in a grouping; -1 = none. */
static inline int metric_group_of(const struct metric_writer *w, enum metric_grouping by, int64_t record) {
  const int32_t *group = by == METRIC_CLASSES ? w->in->kept->classes.group : by == METRIC_OFFICES ? w->in->kept->offices.of_record : NULL;
  return by == METRIC_ALL ? 0 : group ? group[record] : -1;
}
static inline int64_t metric_weight(const struct metric_writer *w, int64_t record) { return w->weight ? w->weight[record] : 1000000000; }
enum err_code metric_put(const struct metric_writer *w, const struct metric_row *row, struct err *e) NODISCARD;
enum err_code metrics_of_items(struct metric_writer *w, struct err *e) NODISCARD;   /* process_metrics_items.c */
enum err_code metrics_of_records(struct metric_writer *w, struct err *e) NODISCARD; /* process_metrics_records.c */
enum err_code metrics_of_checks(struct metric_writer *w, struct err *e) NODISCARD;
enum err_code metrics_of_steps(struct metric_writer *w, struct err *e) NODISCARD; /* process_metrics_steps.c */
#endif
