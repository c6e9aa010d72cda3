/* grant.h -- the only way to decrypted rows in a store with officers: a signed permission for one person, dataset, columns, rows, purpose, period, machine.
 * Object   canonical JSON "shirabe-grant-1" (columns[], dataset, filter, from, id, install, legal_basis, limits{}, machine, output_rule, person, place,
 *          purpose, requester, until); in force when two officers with role manager or chief, other than requester and person, approved its exact hash
 *          (kind "grant") and the pledge of the person is recorded. Any edit is another object.
 * Limits   rows, cells, columns, exports, tables, queries per day and in all; counters change in the transaction of the leaf, so a kill resets nothing.
 * Use      grant_enter before store_log_intent: leaves then carry grant and basis, store_shard_read refuses columns, datasets and rows outside. A store of an
 *          office without officers (1-of-1 profile) has the standing grant of its own statistics.
 * Errors   E_GRANT_FORMAT, E_GRANT_APPROVALS, E_GRANT_EXPIRED, E_GRANT_NOT_YET, E_GRANT_REVOKED, E_GRANT_SCOPE, E_GRANT_LIMIT, E_GRANT_MACHINE; each refusal one leaf.
 * Source   secure.md 4.7-4.9, T1, O8. */
#ifndef SHIRABE_SECURE_STORE_RIGHTS_GRANT_H
#define SHIRABE_SECURE_STORE_RIGHTS_GRANT_H
#include "base/table.h"
#include "secure-store/rights/role.h"

enum { GRANT_ID_BYTES = 41, GRANT_COLUMNS_MAX = 4096, GRANT_FILTER_BYTES = 1024 };
enum grant_basis { /* texts "32-i", "32-ii", "33-1-i-stat", "33-1-i-research", "33-1-i-list", "33-1-ii", "33-2", "34", "36" */
  BASIS_32_I, BASIS_32_II, BASIS_33_1_I_STAT, BASIS_33_1_I_RESEARCH, BASIS_33_1_I_LIST, BASIS_33_1_II, BASIS_33_2, BASIS_34, BASIS_36, BASIS_COUNT };
struct grant_limits {
  int64_t rows_per_day, rows_in_all, exports, tables_per_day, sessions_per_day; /* 0 = none allowed, -1 = no limit */
};
struct grant {
  char id[GRANT_ID_BYTES];
  char dataset[200]; /* survey/form/period/stage */
  int n_columns;
  const char *const *column; /* sorted; arena */
  char filter[GRANT_FILTER_BYTES]; /* expression over the dataset's items, "" = all rows */
  enum grant_basis basis;
  char purpose[256], person[OFFICER_ID_BYTES], requester[OFFICER_ID_BYTES], machine[64], place[128], output_rule[64];
  int64_t from, until;
  struct grant_limits limits;
};
const char *grant_basis_text(enum grant_basis b);
bool grant_basis_parse(struct str s, enum grant_basis *out);
enum err_code grant_text(struct store *s, const struct grant *g, struct strbuf *out, uint8_t subject[32], struct err *e) NODISCARD;
enum err_code grant_parse(struct arena *a, const char *place, struct str json, struct grant *out, struct err *e) NODISCARD;
/* Shape of the extract by purpose: 33-1-i-stat and -research no column of part ID; 33-1-i-list only frame columns (part ID) and no answers. */
enum err_code grant_shape_check(struct store *s, const struct grant *g, struct err *e) NODISCARD;
enum err_code grant_request(struct store *s, struct str json, struct err *e) NODISCARD; /* stores the object; leaf grant-request */
enum err_code grant_find(struct store *s, struct arena *a, const char *id, struct grant *out, uint8_t subject[32], struct err *e) NODISCARD;
enum err_code grant_activate(struct store *s, const char *id, struct err *e) NODISCARD; /* checks everything, leaf grant-activate */
enum err_code grant_revoke(struct store *s, const char *id, const char *reason, struct err *e) NODISCARD;
/* From here on this store handle reads under the grant (person must be who unlocked or the session's officer). grant_leave ends it. */
enum err_code grant_enter(struct store *s, struct arena *a, const char *id, const char *person, struct err *e) NODISCARD;
void grant_leave(struct store *s);
/* Called by the readers of the store before a key is used; n rows of these columns. E_GRANT_* when the grant does not cover them. */
enum err_code grant_use(struct store *s, const struct dataset_key *key, const char *const *columns, int n_columns, int64_t rows, struct err *e) NODISCARD;
#endif
