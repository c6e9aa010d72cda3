/* table_cells.h -- the cells of an n-way table with all its margins, as numbers: which record belongs to which row of the result under every margin.
 * Keys     mixed-radix numbers of the code ids of the dimensions, id 0 being the total; a margin of `mask` has id 0 in the dimensions of the mask.
 * Shapes   id: [n_dimensions][n], 1..radix-1 by record; keep: [n]; key: [n], -1 = in no cell. Rows of the result: keys that occur under any margin,
 *          ascending; the grand total is always there.
 * Partition of one mask: the rows that belong to it, numbered from 0; of: [n] that number or -1.
 * Errors   E_TABLE_TOO_WIDE above 4,194,304 combinations. Memory 4 bytes a record, 9 per combination. Cost O(n + combinations 2^dimensions).
 * Source   none, plain counting. */
#ifndef SHIRABE_ESTIMATORS_TABLE_CELLS_H
#define SHIRABE_ESTIMATORS_TABLE_CELLS_H
#include "base/arena.h"
#include "base/err.h"

enum { CELLS_MOST_DIMENSIONS = 6, CELLS_MOST_KEYS = 1 << 22 };
struct table_cells {
  int n_dimensions;
  int64_t n, n_keys, radix[CELLS_MOST_DIMENSIONS];
  int32_t *key;     /* [n] base cell of a record */
  int32_t *row_of;  /* [n_keys] row of the result, -1 = none */
  int32_t *row_key; /* [n_rows] */
  int32_t n_rows;
};
struct cell_partition {
  int32_t n_domains;
  int32_t *row; /* [n_domains] row of the result */
  int32_t *of;  /* [n] */
};
struct cells_spec {
  const char *name; /* of the table, for errors */
  int64_t n;
  int n_dimensions;
  const int32_t *id[CELLS_MOST_DIMENSIONS];
  int64_t radix[CELLS_MOST_DIMENSIONS];
  const uint8_t *keep; /* NULL = all */
};
enum err_code cells_build(struct arena *a, const struct cells_spec *s, struct table_cells *out, struct err *e) NODISCARD;
static inline unsigned cells_masks(const struct table_cells *c) { return 1u << c->n_dimensions; }
/* The key with the dimensions of the mask replaced by the total. */
int32_t cells_margin(const struct table_cells *c, int32_t key, unsigned mask);
/* Code id of a row in a dimension. */
int32_t cells_code(const struct table_cells *c, int32_t row, int dimension);
enum err_code cells_partition(struct arena *a, const struct table_cells *c, unsigned mask, struct cell_partition *out, struct err *e) NODISCARD;
#endif
