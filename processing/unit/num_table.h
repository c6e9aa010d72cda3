/* num_table.h -- the view of records that numeric methods work on: columns of doubles with a status byte beside each value.
 * Shapes   p columns of n rows each, column-major; names are distinct. unit[i] is the unit's id as the user knows it, in the rows' order.
 * Units    a value is the stored integer / 10^decimals. decimals >= 0: declared, every value is a whole multiple of 10^-decimals; -1: not declared
 *          (external data only). Whole numbers up to 2^53 are exact.
 * Missing  status VAL_BLANK and above (value_present); the double under it is 0 and must not be read. Never NaN.
 * Draws    a method that draws uses num_unit_hash(seed, id): the same unit gets the same draw in any subset or order.
 * Memory   9 bytes per value, in the arena; from a table's columns the status bytes are borrowed. Cost: one pass. */
#ifndef SHIRABE_PROCESSING_UNIT_NUM_TABLE_H
#define SHIRABE_PROCESSING_UNIT_NUM_TABLE_H
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/table.h"

struct num_column {
  const char *name;
  int decimals;
  double *x;
  uint8_t *status;
};
struct num_table {
  int64_t n;
  int p;
  struct num_column *columns;
  const struct str *unit; /* [n] */
};
/* Zero-filled columns, every value VAL_BLANK; unit ids are to be filled by the caller. */
enum err_code num_table_init(struct num_table *t, struct arena *a, const char *const *names, int p, int64_t n, struct err *e) NODISCARD;
/* The named COL_INT or COL_REAL columns of t; keys joined by '/' make the unit id. E_NUM_COLUMN: no such column, or not a number. */
enum err_code num_table_of(struct num_table *out, struct arena *a, const struct table *t, const char *const *names, int p, const char *const *keys,
    int n_keys, struct err *e) NODISCARD;
int num_table_find(const struct num_table *t, struct str name); /* -1 when absent; exact */

static inline bool num_present(const struct num_column *c, int64_t row) { return value_present(c->status[row]); }
/* SipHash-2-4 of the id under the seed: ties and draws depend on nothing else. */
uint64_t num_unit_hash(uint64_t seed, struct str unit);
#endif
