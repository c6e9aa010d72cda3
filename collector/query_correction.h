/* query_correction.h -- what answers ask of the owner's records: the hand-over to corrections of records (query_apply.h). A request waits in the
 *          owner's store until the record's next version is made from it; it is made once. Values and key are opened through the caller's access log entry. */
#ifndef SHIRABE_COLLECTOR_QUERY_CORRECTION_H
#define SHIRABE_COLLECTOR_QUERY_CORRECTION_H
#include "collector/query.h"

struct query_correction {
  int64_t number; /* of the query */
  bool withdraw; /* the record is to be withdrawn; else values are the right ones */
  const struct query_part *question; /* survey, form, version, period, key; values = what was asked about */
  const struct query_part *answer; /* values, reason, by, time */
};
/* Requests not yet done, in order of the query's number; survey, form, period NULL = all. */
enum err_code query_corrections(struct store *s, const char *survey, const char *form, const char *period, int64_t access, struct arena *a,
    struct query_correction **out, int64_t *n, struct err *e) NODISCARD;
/* Inside the transaction that makes the record's next version. E_QUERY_UNKNOWN when there is no such open request. */
enum err_code query_correction_done(struct store *s, int64_t number, struct err *e) NODISCARD;
#endif
