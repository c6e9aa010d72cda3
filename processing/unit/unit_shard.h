/* unit_shard.h -- one shard of a dataset as the methods see it: the current records and, row-aligned with them, the same units elsewhere.
 * Shapes   current: n rows; previous and frame: n rows too (unit_join.h makes them), all columns VAL_BLANK where the unit is absent there.
 *          Records are numbered over all shards in shard order: record = first_record + row.
 * Missing  previous or frame NULL: no such dataset; every prev() or frame() is blank. */
#ifndef SHIRABE_PROCESSING_UNIT_UNIT_SHARD_H
#define SHIRABE_PROCESSING_UNIT_UNIT_SHARD_H
#include "base/expr.h"
#include "base/table.h"

struct unit_child { /* rows of a child record type; children of row i are first[i] .. first[i+1]-1 */
  const char *record;
  const struct table *table;
  const int64_t *first;
};
struct unit_shard {
  const char *record; /* record type of current; NULL = the form's only one */
  struct table *current;
  const struct table *previous, *frame;
  const struct unit_child *children;
  int n_children;
  int64_t first_record;
  const char *sender; /* office that sent the records; NULL = not known */
  const struct table *parent;   /* n rows: items of the parent (and of its parents) of each row; NULL = none */
  const struct table *measures; /* n rows; what group_measure.h worked out for a check across records; NULL = none */
};
#endif
