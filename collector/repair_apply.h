/* repair_apply.h -- accepted proposals come into the records of an intake; the part of repair_fix.h that writes.
 * Input    the records as they were taken in. They are kept as stage "as_taken_in" the first time; the shard in "received" is written anew and
 * replaced. Errors   E_FIX_INVALID when a proposed value is none of its item or not valid on its day; the store's. Must run inside a transaction. */
#ifndef SHIRABE_COLLECTOR_REPAIR_APPLY_H
#define SHIRABE_COLLECTOR_REPAIR_APPLY_H
#include "collector/repair_fix.h"

struct repair_shards {
  int64_t current; /* in "received" */
  int64_t base;    /* in "as_taken_in", 0 = none yet */
};
enum err_code repair_write(struct store *s, const struct form *form, const struct intake_entry *entry, const struct fix_proposal *list, int64_t n,
                           struct table *records, struct arena *a, struct repair_shards *shards, struct err *e) NODISCARD;
#endif
