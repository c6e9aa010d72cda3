/* query_apply.h -- the owner's answers "correct" and "withdraw" become the next versions of its own records, which travel in its next batch.
 * Rule     the answer's values replace those of the current version (intake_change.h); a record that holds them already, or is withdrawn already,
 *          changes nothing. Version and end of the request are one transaction each.
 * Errors   E_QUERY_UNKNOWN (the number waits for nothing), E_QUERY_OPTIONS (a withdrawal needs a reason code), E_CHANGE_NO_RECORD. What was done
 *          before an error stays done. */
#ifndef SHIRABE_COLLECTOR_QUERY_APPLY_H
#define SHIRABE_COLLECTOR_QUERY_APPLY_H
#include "base/err.h"
#include "secure-store/store.h"

struct query_apply_request {
  int64_t number;       /* of a query; 0 = all that wait */
  const char *withdraw; /* a code of withdraw_reasons for answers "withdraw"; a decided double is `duplicate` without it; NULL = none given */
  const char *forms;
};
struct query_apply_report {
  int64_t corrected, withdrawn, unchanged;
};
enum err_code query_apply(struct store *s, const struct query_apply_request *r, struct query_apply_report *out, struct err *e) NODISCARD;
#endif
