/* ledger_chain.h -- the count at every level: what stands here of an office and all below it = accepted at the level below + amendments + its own.
 * Sources  two that were written apart: the lines of the batches' manifests less what the versions replaced (books), and the rows of the shards
 *          of the datasets less those marked as not current. Open withdrawal amendments of the offices above count -1 here, so here = own + below +
 *          amended.
 * Shapes   one line per office that is on the roster or has sent, parents after children; `level` from the office's id.
 * Errors   each line whose two counts differ goes to the problem sink as E_LEDGER_CHAIN. */
#ifndef SHIRABE_COLLECTOR_LEDGER_CHAIN_H
#define SHIRABE_COLLECTOR_LEDGER_CHAIN_H
#include "collector/ledger.h"

struct ledger_link {
  const char *office, *parent;
  int level;                       /* enum office_type */
  int64_t declared, own;           /* on the office's own slips; accepted of them and current */
  int64_t below, amended, here;    /* sum of the children's `here` by the books; amendments; rows that count of the office and below */
};
/* period "" = all. */
enum err_code ledger_chain(struct store *s, const char *survey, const char *period, struct arena *a, struct ledger_link **out, int64_t *n,
    int64_t *differences, struct err *e) NODISCARD;
/* Records that amendments of the offices above, not yet answered, take from what `office` sent (0 or negative). */
enum err_code ledger_amended(struct store *s, const char *survey, const char *period, const char *office, int64_t *records, struct err *e) NODISCARD;
#endif
