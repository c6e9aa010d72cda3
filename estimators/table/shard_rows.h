/* shard_rows.h -- columns of a list of shards as one array over all rows, in shard order.
 * Shapes   out: [rows]; texts are views into the dictionaries. Missing: status is copied; texts of missing values are "", numbers 0.
 * Errors   E_TABLE_ITEM when a shard does not have the column or it is of another type. Memory: arena. Cost: O(rows). Source: none, plain copying. */
#ifndef SHIRABE_ESTIMATORS_SHARD_ROWS_H
#define SHIRABE_ESTIMATORS_SHARD_ROWS_H
#include "base/table.h"

struct shard_rows {
  const char *name; /* "mls/register": for errors and places */
  const struct table *const *shards;
  int64_t n_shards;
};
int64_t shard_rows_count(const struct shard_rows *r);
enum err_code shard_rows_text(struct arena *a, const struct shard_rows *r, const char *column, struct str **out, struct err *e) NODISCARD;
enum err_code shard_rows_int(
    struct arena *a, const struct shard_rows *r, const char *column, int64_t **out, uint8_t **status, int *decimals, struct err *e) NODISCARD;
bool shard_rows_has(const struct shard_rows *r, const char *column);
#endif
