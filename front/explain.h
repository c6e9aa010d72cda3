/* explain.h -- a published figure asked where it comes from: every input shard opened and compared with the lineage, every batch's signature checked, the
 * table computed again from the sealed segments and compared to the last bit.
 * Cell     RELEASE/TABLE?dim=code&dim=code:measure; RELEASE may be SURVEY-PERIOD (the latest release of it).
 * Errors   E_STORE_TAMPERED (a flipped bit; names the batch), E_EXPLAIN_INPUT (an input is missing or other), E_EXPLAIN_DIFFERS, E_EXPLAIN_CELL. */
#ifndef SHIRABE_FRONT_EXPLAIN_H
#define SHIRABE_FRONT_EXPLAIN_H
#include "base/arena.h"
#include "estimators/command/cmd_estimate_core.h"
#include "front/lineage.h"

struct cell_name {
  const char *release, *table, *measure;
  int n;
  const char *dimensions[RESULT_MAX_DIMENSIONS], *codes[RESULT_MAX_DIMENSIONS];
};
enum err_code cell_parse(struct arena *a, const char *text, struct cell_name *out, struct err *e) NODISCARD;

struct explained_batch {
  const char *id, *sender, *form, *stage, *state; /* state: "signature holds", "made here" */
  int64_t sequence, rows;
};
struct explanation {
  char release[96];
  struct lineage lineage;
  const struct estimate_table *table;
  struct estimate_output output;
  int measure;
  int64_t row, n_batches, records;
  struct explained_batch *batches;
};
enum err_code explain_cell(struct store *s, struct arena *a, const struct cell_name *cell, struct explanation *out, struct err *e) NODISCARD;
#endif
