/* grant_limits.h -- counting what is read, made and taken out, per grant and per person and day.
 * Where    the log itself is the counter: every charge is a leaf with the grant, "charge WHAT:N person:ID ..." as object; a return takes back what
 *          was reserved and not used. So no row can be edited to reset a counter, a kill loses none, and a second session sees the first one's.
 * Before   a charge is durable before the rows are handed out. Reading shard by shard reserves ahead (as many as were used so far in the session), so
 *          a dataset of 2,000 shards costs a dozen leaves; a kill keeps what was reserved, and only that. Inside a transaction nothing can be made
 *          durable alone: store_begin reserves first what the grant's datasets hold.
 * Person   limits over all grants of one person: record "policy:person-limits", approved by two with role chief or manager; the defaults of the
 *          program until then.
 * Alarm    a reading that finds 1 to 9 rows more or fewer than another one of the same person in the same dataset, where either has a filter: a
 *          warning and a task for the auditor (differencing, secure.md 4.8). The filter stands in the log as a keyed token.
 * Errors   E_GRANT_LIMIT (which one, and how much is used), E_GRANT_TRANSACTION. */
#ifndef SHIRABE_SECURE_STORE_RIGHTS_GRANT_LIMITS_H
#define SHIRABE_SECURE_STORE_RIGHTS_GRANT_LIMITS_H
#include "secure-store/rights/grant.h"

enum grant_count { COUNT_CELLS, COUNT_EXPORTS, COUNT_QUERIES, COUNT_ROWS, COUNT_SESSIONS, COUNT_TABLES, COUNT_KINDS };
const char *grant_count_name(enum grant_count c); /* "rows" ... */
struct grant_usage {
  int64_t today[COUNT_KINDS], in_all[COUNT_KINDS];
};
void grant_usage_of(const struct store *s, const char *grant_id, int64_t now, struct grant_usage *out);
void person_usage_of(const struct store *s, const char *person, int64_t now, struct grant_usage *out); /* over all grants */
/* Under the entered grant: n tables, exports ... now, one leaf. E_GRANT_LIMIT. */
enum err_code grant_take(struct store *s, enum grant_count what, int64_t n, struct err *e) NODISCARD;
/* Makes n rows durable as read before a transaction begins. */
enum err_code grant_reserve(struct store *s, int64_t rows, struct err *e) NODISCARD;
/* A selection made by a command after reading: n units of the dataset under a filter text. Warns and leaves a task; never refuses. */
enum err_code grant_query_note(struct store *s, const char *dataset, struct str filter, int64_t n, struct err *e) NODISCARD;

/* --- limits of persons --- */
struct person_limits {
  int64_t cells_per_day, exports_per_day, queries_per_day, rows_per_day, sessions_per_day, tables_per_day; /* -1 = no limit */
};
enum err_code person_limits_text(struct store *s, const struct person_limits *l, struct strbuf *out, uint8_t subject[32], struct err *e) NODISCARD;
/* The six members of a proposal, in any order and without install. */
enum err_code person_limits_read(const char *place, struct str json, struct person_limits *out, struct err *e) NODISCARD;
enum err_code person_limits_parse(
    struct store *s, const char *place, struct str json, struct person_limits *out, uint8_t subject[32], struct err *e) NODISCARD;
enum err_code person_limits_put(
    struct store *s, struct str json, struct err *e) NODISCARD; /* proposal, in a transaction; approvals of kind "policy" */
enum err_code person_limits_now(struct store *s, struct person_limits *out, struct err *e) NODISCARD;
#endif
