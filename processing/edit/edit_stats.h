/* edit_stats.h -- what linear edits find in a set of records: the six tables, unweighted and weighted, for all records and for each group (office,
 * class).
 * Tables   edits used; per edit: records that pass, miss, fail; per variable: the same summed over the edits it is in (applications), and the
 *          others; per k: records with exactly k edits passed, missed, failed; records by their worst status; per variable its role: records that
 *          pass, records whose worst status is MISS (FAIL) and that have the variable in an edit of that status, records in which it has no part.
 * Weights  a record counts as its weight: whole multiples of 2^-32, so that a sum depends on no order; without weights the weighted sums are the
 *          counts.
 * Derived  failure rate of an edit = failed / (passed + failed); cost of an edit = failures x variables in it, as a first sign of what editing it
 *          takes.
 * Shapes   cells [group][...][status]: use edit_stats_* below. Group -1 is left out of groups and is an error: E_RULES_WEIGHT for weights below
 *          zero or over 2^30.
 * Memory   (4 m + 4 p + 8) * 24 bytes per group and scratch; nothing per record. Cost: tests/bench/bench_edit_eval.c. Same bits for any row order.
 * Source   the tables follow Statistics Canada's edit summary statistics; rates: UNECE (2019), Generic Statistical Data Editing Models, quality
 *          indicators. */
#ifndef SHIRABE_PROCESSING_EDIT_EDIT_STATS_H
#define SHIRABE_PROCESSING_EDIT_EDIT_STATS_H
#include "processing/edit/linear_eval.h"

struct edit_tally {
  int64_t n;
  __extension__ __int128 weight; /* in 2^-32 */
};
struct edit_stats {
  const struct linear_system *edits; /* the m rows evaluated, borrowed */
  int m, p, n_groups;
  int *involved;              /* [p] number of edits the variable is in */
  struct edit_tally *edit;    /* [group][m][3] by enum edit_status */
  struct edit_tally *k;       /* [group][m + 1][3] */
  struct edit_tally *global;  /* [group][3] */
  struct edit_tally *role;    /* [group][p][3]; the rest of the group's records is not applicable */
};
struct edit_groups { /* NULL members: no weights, one group */
  const double *weight;  /* [n] */
  const int32_t *group;  /* [n] 0 .. n_groups - 1 */
  int n_groups;
};
/* rows: as linear_with_bounds() or the minimal set of rule_analyse gives them. */
enum err_code edit_stats_run(struct arena *a, const struct linear_system *rows, const struct num_table *t, const struct edit_groups *by,
                             struct edit_stats *out, struct err *e) NODISCARD;
static inline double edit_weight(const struct edit_tally *t) { return (double)t->weight / 4294967296.0; }
struct edit_tally edit_stats_total(const struct edit_stats *s, int group); /* records */
struct edit_tally edit_stats_applied(const struct edit_stats *s, int group, int variable, enum edit_status status);
double edit_stats_failure_rate(const struct edit_stats *s, int group, int edit); /* -1 when it was never applied */
/* Edits by failures x variables, the dearest first, ties in order of the rows; order [m]. */
void edit_stats_dearest(const struct edit_stats *s, int group, int *order);
#endif
