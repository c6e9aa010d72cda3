/* batch_apply.h -- puts a verified batch and the lower batches inside it into the store; runs inside the caller's transaction.
 * Trust    a lower batch is checked with the enrolled key of its sender, else with the key that the signed forwarding manifests name, all of them the same one;
 *          a sender once seen with a key stays with it until its card is enrolled. Its survey and period are the carrier's, it is addressed to the office
 *          whose manifest lists it (and to its parent on the roster, when it stands there), and that office is of a higher level. */
#ifndef SHIRABE_COLLECTOR_BATCH_APPLY_H
#define SHIRABE_COLLECTOR_BATCH_APPLY_H
#include "collector/batch.h"
#include "collector/batch_forms.h"

/* Hashes, signatures and route of every embedded batch; manifests[i] belongs to c->manifest->lower[i]. */
enum err_code batch_verify_lower(struct store *s, struct arena *a, const struct batch_content *c, struct batch_manifest ***manifests,
    struct err *e) NODISCARD;

struct batch_fork { /* what the alarm needs when E_BATCH_FORK comes back: the transaction is gone by then */
  char survey[33], sender[48], known[65], other[65];
  int64_t sequence;
};
struct batch_applied {
  int64_t records, conflicts; /* conflicts: corrections of these offices that wait for a decision */
  bool late;
  struct batch_fork fork;
};
/* All of it: the top batch and every lower one not known yet. A number used twice is E_BATCH_FORK. */
enum err_code batch_apply(struct store *s, struct arena *a, struct batch_forms *forms, const struct batch_content *c, const char *signing_key,
    int64_t now, int64_t access, struct batch_applied *out,
                          struct err *e) NODISCARD;
#endif
