/* unit_join.h -- the same unit in another dataset: rows of the previous period or of the register aligned with the current rows by key.
 * Keys     compared as text (code text, decimal number, ISO date), in the order given; a missing key is E_UNIT_KEY, two rows of one unit
 *          E_UNIT_DUPLICATE: both name table and row, never the key's value.
 * Missing  a unit that the other dataset lacks gets VAL_BLANK in every column; a wanted column that it lacks is left out and counted.
 * Order    results follow the current rows; the order of the other dataset's rows and shards does not matter.
 * Memory   24 bytes per indexed row, the aligned columns. Cost: one hash and one comparison per row. */
#ifndef SHIRABE_PROCESSING_UNIT_UNIT_JOIN_H
#define SHIRABE_PROCESSING_UNIT_UNIT_JOIN_H
#include "base/arena.h"
#include "base/table.h"

struct unit_source {
  const char *what; /* "previous period", for messages */
  const struct table *const *tables;
  int n_tables;
  const char *const *keys;
  int n_keys;
};
struct unit_index;
enum err_code unit_index_new(struct arena *a, const struct unit_source *source, struct unit_index **out, struct err *e) NODISCARD;

struct unit_match {
  int64_t rows, matched, absent; /* rows = matched + absent */
  int columns_left_out;
};
/* Where the unit of each of current's rows lies in the indexed dataset: table -1 = nowhere (also where a key is missing). */
enum err_code unit_places(const struct unit_index *index, const struct table *current, int32_t *table, int64_t *row, struct err *e) NODISCARD;
/* `columns` of the indexed dataset in the order of current's rows; adds to *match. */
enum err_code unit_align(struct arena *a, const struct unit_index *index, const struct table *current, const char *const *columns, int n_columns,
    struct table *out, struct unit_match *match, struct err *e) NODISCARD;
#endif
