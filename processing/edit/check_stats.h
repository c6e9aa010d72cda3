/* check_stats.h -- what the checks of a form find in records, whatever kind of rule they are: linear, clauses, soft, across records, against the
 * previous period. Six tables, unweighted and weighted, for several groupings of the same records at once (all, by-groups, sending offices).
 * Status   of a record under a check: passed, missed (unknown: a value it needs is not there), failed, outside (its universe is false: not
 *          applied).
 * Tables   checks counted; per check the records of each status; per item the same summed over the checks that read it (applications); per k the
 *          records with exactly k checks passed, missed, failed; records by their worst status (outside is not a status of a record); per item its
 *          role: records that pass, records whose worst status is missed (failed) and that have the item in a check of that status; the others have
 *          no part in it.
 * Rate     failure rate = failed / (passed + failed); missed and outside ones take no part.
 * Shapes   cells [group][...][status], see below; a record of group -1 or not selected is not counted. Items: those that the check's expression
 *          reads.
 * Weights  10^-9, summed in 128 bits: no sum depends on an order. NULL = every record weighs 1.
 * Records  a check is outside in records of another record type, and left out where no shard is of its type.
 * Errors   those of the expressions, with place. Memory (4 m + 3 p + 3 (m + 1) + 3) * 32 bytes per group, m checks and p items; nothing per record.
 * Cost     one evaluation of every check, and one visit per record that does not pass: tests/bench/RESULTS.md.
 * Source   the tables follow Statistics Canada's edit summary statistics; three outcomes of a rule: Fellegi, I. P. and Holt, D. (1976), A
 *          systematic approach to automatic edit and imputation, JASA 71; rates: UNECE (2019), Generic Statistical Data Editing Models, quality
 *          indicators. */
#ifndef SHIRABE_PROCESSING_EDIT_CHECK_STATS_H
#define SHIRABE_PROCESSING_EDIT_CHECK_STATS_H
#include "base/sum.h"
#include "forms/form.h"
#include "processing/unit/unit_shard.h"

enum check_status { CHECK_PASSED, CHECK_MISSED, CHECK_FAILED, CHECK_OUTSIDE, CHECK_STATUSES };
const char *check_status_name(enum check_status s); /* "pass", "miss", "fail", "outside" */
struct check_tally {
  int64_t n;
  sum_int weight; /* in 10^-9 */
};
struct check_grouping {
  const int32_t *group; /* [n_records] 0 .. n_groups - 1, -1 = not counted; NULL = one group of all */
  int32_t n_groups;
};
struct check_spec {
  const struct form *form;
  const struct unit_shard *shards;
  int n_shards;
  const uint8_t *checks;   /* [form->n_checks] 1 = count this check; NULL = all */
  const uint8_t *selected; /* [n_records]; NULL = all */
  const int64_t *weight;   /* [n_records] times 10^9; NULL = 1 */
  const struct check_grouping *by;
  int n_by;
};
struct check_stats {
  const struct form *form;
  int m, p, n_groups;
  const int *check;      /* [m] index into form->checks */
  const int *item;       /* [p] index into form->items */
  const uint64_t *reads; /* [m][words] bit = item of the check */
  int words;
  struct check_tally *edit;   /* [group][m][CHECK_STATUSES] */
  struct check_tally *k;      /* [group][m + 1][3] */
  struct check_tally *record; /* [group][3] */
  struct check_tally *role;   /* [group][p][3] */
};
/* out: [n_by], one for each grouping. */
enum err_code check_stats_run(struct arena *a, const struct check_spec *spec, struct check_stats *out, struct err *e) NODISCARD;
struct check_tally check_stats_total(const struct check_stats *s, int group); /* records */
struct check_tally check_stats_applied(const struct check_stats *s, int group, int item, enum check_status status);
static inline bool check_reads(const struct check_stats *s, int check, int item) {
  return s->reads[(int64_t)check * s->words + item / 64] >> (item % 64) & 1;
}
#endif
