/* query_correction.h -- what answers ask of the owner's records: the hand-over to corrections of records. The record's next version
 *          is made in the transaction that keeps the answer, once. Values and key are opened through the caller's access log entry. */
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
/* The code a withdrawal travels with: `duplicate` for a pair decided to be a double, else the first word of the reason when it is one of
 * withdraw_reasons, else `mistake`. The reason itself stays in the sealed answer. */
const char *query_withdraw_code(const char *rule, const char *reason);
/* Inside the transaction that keeps the answer: corrects or withdraws the record and marks the request as done. A record that holds these values
 * already is no error. E_CHANGE_NO_RECORD when the record is not current here. */
enum err_code query_correct_record(struct store *s, const struct query_correction *c, const char *query, const char *forms, int64_t access,
    struct err *e) NODISCARD;
#endif
