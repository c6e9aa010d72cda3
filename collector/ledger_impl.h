/* ledger_impl.h -- what the files of the ledger share: ledger_roster (who must report), ledger (cells), ledger_gaps, ledger_balance; not for
 * users. */
#ifndef SHIRABE_COLLECTOR_LEDGER_IMPL_H
#define SHIRABE_COLLECTOR_LEDGER_IMPL_H
#include "collector/ledger.h"

const char *ledger_copy(struct arena *a, struct str s); /* "" when out of memory */
enum err_code ledger_has_intake(struct store *s, bool *there, struct err *e) NODISCARD; /* a file was once taken in here */
/* What a file left behind, as batch_shard names it: its shard, or its number when no row was accepted. */
#define LEDGER_SENT_SHARD "CASE WHEN i.shard > 0 THEN i.shard ELSE -i.id END"
#endif
