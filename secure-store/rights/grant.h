/* grant.h -- the only way to decrypted rows in a store with officers: a signed permission for one person, dataset, columns, rows, purpose, period
 * and machine.
 * Object   canonical JSON "shirabe-grant-1" (page rights.md); its text rests sealed, because a row filter can name a unit, and holds a random salt,
 *          so that its hash in the log confirms no guess. In force when the requester signed the request (kind "request"), two other people with role
 *          manager or chief, neither requester nor user, approved its exact hash (kind "grant"), it was activated, and the user's pledge and the
 *          instruction of the last 365 days are on the card. Any edit is another object and needs all of it again. Everything is checked again at
 *          every use.
 * Emergency break_glass holds the reason, else "": two key officers (kind "break-glass"), at most one hour, no exports; activation leaves a task for
 *          the auditor.
 * Standing a sanction against the person (use/sanction.h) refuses request, activation and every use; an overdue report of erasure (use/application.h)
 *          refuses request and activation.
 * Shape    33-1-i-stat, 33-1-i-research, 33-1-ii, 33-2, 34, 36: no column of part ID; 33-1-i-list: columns of part ID only.
 * Limits   grant_limits.h.
 * Use      officer_sign_in, then grant_enter before store_log_intent: leaves then carry grant and legal basis, store_shard_read gives only what the
 * grant covers. A store without officers (1-of-1 profile) needs none: its own statistics are its standing grant. Calls    grant_request ..
 * grant_revoke make their own transaction unless one is open; a refusal rolls an open one back and leaves exactly one leaf. Errors   E_GRANT_FORMAT,
 * _UNKNOWN, _EXISTS, _APPROVALS, _SELF, _EXPIRED, _NOT_YET, _REVOKED, _SCOPE, _SHAPE, _LIMIT, _MACHINE, _NEEDED, _PLEDGE, _PERSON, E_BREAK_GLASS,
 * E_ROLE_*, E_CLOCK_*. Source   secure.md 4.7-4.9, 4.16, T1, O6, O8, P1. */
#ifndef SHIRABE_SECURE_STORE_RIGHTS_GRANT_H
#define SHIRABE_SECURE_STORE_RIGHTS_GRANT_H
#include "base/table.h"
#include "secure-store/rights/role.h"
#include "secure-store/rights/sign_in.h"

enum { GRANT_ID_BYTES = 41, GRANT_COLUMNS_MAX = 4096, GRANT_FILTER_BYTES = 1024, GRANT_TRAINED_DAYS = 365, GRANT_BREAK_GLASS_SECONDS = 3600 };
enum grant_basis { /* "32-i", "32-ii", "33-1-i-stat", "33-1-i-research", "33-1-i-list", "33-1-ii", "33-2", "34", "36" */
  BASIS_32_I, BASIS_32_II, BASIS_33_1_I_STAT, BASIS_33_1_I_RESEARCH, BASIS_33_1_I_LIST, BASIS_33_1_II, BASIS_33_2, BASIS_34, BASIS_36, BASIS_COUNT };
struct grant_limits { /* 0 = none allowed, -1 = no limit; a day is a day of UTC */
  int64_t cells_per_day, exports, queries_per_day, rows_in_all, rows_per_day, sessions_per_day, tables_per_day;
};
struct grant {
  char id[GRANT_ID_BYTES];
  char dataset[400]; /* patterns survey/form/period/stage or blob/KIND, separated by a space; * stands for any one part */
  int n_columns;
  const char *const *column; /* sorted; arena. "*" alone = every column: BASIS_32_I and BASIS_32_II only */
  char filter[GRANT_FILTER_BYTES]; /* expression over the dataset's columns, "" = all rows; rows where it is unknown are left out */
  enum grant_basis basis;
  char purpose[256], person[OFFICER_ID_BYTES], requester[OFFICER_ID_BYTES], machine[65], place[128], output_rule[64], break_glass[256], salt[33];
  int64_t from, until;
  struct grant_limits limits;
};
const char *grant_basis_text(enum grant_basis b);
bool grant_basis_parse(struct str s, enum grant_basis *out);
/* SHA-256 over /etc/machine-id as 64 hexadecimal digits (SHIRABE_MACHINE_ID instead, in a store of the light profile): E_GRANT_NO_MACHINE
 * when there is none. */
enum err_code grant_machine(const struct store *s, char out[65], struct err *e) NODISCARD;

/* --- object --- */
/* Canonical text and its hash. */
enum err_code grant_text(struct store *s, const struct grant *g, struct strbuf *out, uint8_t subject[32], struct err *e) NODISCARD;
/* Strict about members and types. A request may leave out install and salt, and write "this" as machine; grant_request fills them in. */
enum err_code grant_parse(struct arena *a, const char *place, struct str json, struct grant *out, struct err *e) NODISCARD;
/* Columns exist and fit the purpose, in every dataset that the patterns name and that is there. */
enum err_code grant_shape_check(struct store *s, const struct grant *g, struct err *e) NODISCARD;
bool grant_covers_dataset(const struct grant *g, const char *dataset);
bool grant_basis_allows(enum grant_basis b, uint8_t part);

/* --- its life --- */
enum grant_state { GRANT_REQUESTED, GRANT_APPROVED, GRANT_ACTIVE, GRANT_EXPIRED, GRANT_REVOKED, GRANT_STATE_COUNT };
const char *grant_state_name(enum grant_state state); /* "requested" ... */
/* Stores the object; leaf grant-request, or grant-edit when the id exists in other words. A revoked id is spent. */
enum err_code grant_request(struct store *s, struct str json, struct err *e) NODISCARD;
/* The signed word of an officer (approval.h): the requester's of kind "request", or a decision of kind "grant" or "break-glass"; leaf grant-vote. */
enum err_code grant_vote(struct store *s, const char *id, struct str approval, struct err *e) NODISCARD;
enum err_code grant_find(struct store *s, struct arena *a, const char *id, struct grant *out, uint8_t subject[32], struct err *e) NODISCARD;
const char *grant_vote_kind(const struct grant *g); /* "grant" or "break-glass" */
/* Those whose approval counts now, at most APPROVAL_MAX; *signed_by_requester. */
enum err_code grant_approvals(struct store *s, const struct grant *g, const uint8_t subject[32], struct approval out[APPROVAL_MAX], int *n,
    bool *signed_by_requester, struct err *e) NODISCARD;
enum err_code grant_state_of(struct store *s, const struct grant *g, const uint8_t subject[32], enum grant_state *out, struct err *e) NODISCARD;
enum err_code grant_activate(struct store *s, const char *id, struct err *e) NODISCARD; /* checks everything, leaf grant-activate */
enum err_code grant_revoke(struct store *s, const char *id, const char *reason, struct err *e) NODISCARD;
/* in the order of the first request */
enum err_code grant_list(struct store *s, struct arena *a, const char ***ids, int64_t *n, struct err *e) NODISCARD;

/* --- use --- */
/* From here on this store handle reads under the grant; person must be the officer who signed in. One session is counted. grant_leave ends it and
 * gives back rows that were reserved and not read; store_close does the same. a is not kept. */
enum err_code grant_enter(struct store *s, struct arena *a, const char *id, const char *person, struct err *e) NODISCARD;
/* The same for an officer with role provider who builds the package of the grant (extract/provide.h): neither its person nor one who approved it, and
 * on the store's own machine, since the grant's machine is where the package will be used. */
enum err_code grant_enter_to_provide(struct store *s, struct arena *a, const char *id, const char *provider, struct err *e) NODISCARD;
void grant_leave(struct store *s);
const struct grant *grant_entered(const struct store *s); /* NULL = none */
/* Called by the readers of the store before rows of these columns are opened; n rows are counted. NULL columns = every column. */
enum err_code grant_use(
    struct store *s, const struct dataset_key *key, const char *const *columns, int n_columns, int64_t rows, struct err *e) NODISCARD;
#endif
