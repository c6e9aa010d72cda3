/* group_sum.h -- one-pass grouped weighted sums over columns with status: the hot path of every table.
 * Shapes   group: [n] 0..n_groups-1, anything else = in no group; weight: [n] or NULL (1); value: [n] or NULL (count); status: [n] or NULL
 *          (present).
 * Units    sum of weight * value per group and column; values beyond 2^53 lose their last bits (group_sum_exact does not).
 * Missing  rows with a missing status add neither to the sum nor to n.
 * Order    Neumaier's compensated sum in row order: feed the shards in shard order and every split of the rows gives the same bits.
 * Source   Neumaier (1974), ZAMM 54; Knuth, TAOCP 2, 4.2.2 theorem B for the branch-free form with the same bits. Memory: 16 + 8 bytes per group
 *          and column. Cost: one pass per column. */
#ifndef SHIRABE_ESTIMATORS_GROUP_SUM_H
#define SHIRABE_ESTIMATORS_GROUP_SUM_H
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/sum.h"

struct group_sum {
  int32_t n_groups;
  int n_columns;
  struct sum *sums; /* [n_columns][n_groups + 1]; the last takes the rows of no group */
  int64_t *n;       /* likewise */
};
enum err_code group_sum_init(struct group_sum *g, struct arena *a, int32_t n_groups, int n_columns, struct err *e) NODISCARD;
void group_sum_add(
    struct group_sum *g, int column, const int32_t *group, const double *weight, const int64_t *value, const uint8_t *status, int64_t n);
static inline double group_sum_value(const struct group_sum *g, int column, int32_t group) {
  return sum_result(&g->sums[(int64_t)column * (g->n_groups + 1) + group]);
}
static inline int64_t group_sum_n(const struct group_sum *g, int column, int32_t group) { return g->n[(int64_t)column * (g->n_groups + 1) + group]; }

/* Unweighted integer sums, exact in 128 bits whatever the order: out [n_groups] added to. */
__extension__ typedef __int128 group_int;
void group_sum_exact(const int32_t *group, const int64_t *value, const uint8_t *status, int64_t n, int32_t n_groups, group_int *out);
#endif
