/* oversight.h -- whether a store with officers may be read and written now: its policy is signed and reviewed, its inspections are done (O1, O5).
 * Reading  E_POLICY_UNSIGNED, E_POLICY_REVIEW: no grant is entered and no row opened, but under break-glass. `store unlock` refuses, unless it is
 *          opened for administration (signing a policy, inspections, roles), where rows stay closed all the same.
 * Writing  the same, and E_INSPECT_OVERDUE: no segment is written (answers, files, results). Records about rights, leaves, erasure and the
 *          certificate of a contractor still are.
 * Without  officers (one passphrase): always E_OK, and nothing is looked at.
 * Cost     judged again when a record was added or an hour has passed; else one comparison. */
#ifndef SHIRABE_SECURE_STORE_OVERSIGHT_OVERSIGHT_H
#define SHIRABE_SECURE_STORE_OVERSIGHT_OVERSIGHT_H
#include "secure-store/store.h"

struct oversight_cache { /* part of struct store */
  bool known;
  size_t records;
  int64_t hour;
  enum err_code reading, writing;
  char subject[2][160];
};
enum err_code oversight_may_read(struct store *s, struct err *e) NODISCARD;
/* One leaf and the end of the open transaction when refused. dataset: what would be written. */
enum err_code oversight_may_write(struct store *s, const char *dataset, struct err *e) NODISCARD;
/* For `store unlock`: refused with one leaf unless `administration`; what is due soon goes to the job's problems. */
enum err_code oversight_unlock(struct store *s, bool administration, struct err *e) NODISCARD;
#endif
