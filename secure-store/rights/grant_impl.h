/* grant_impl.h -- what the grant_*.c files and the readers of the store share; not for users. */
#ifndef SHIRABE_SECURE_STORE_RIGHTS_GRANT_IMPL_H
#define SHIRABE_SECURE_STORE_RIGHTS_GRANT_IMPL_H
#include "base/expr.h"
#include "secure-store/rights/grant.h"
#include "secure-store/rights/grant_limits.h"
#include "secure-store/rights/record_impl.h"
#include "secure-store/store_shard_impl.h"

struct grant_query { /* rows found in one dataset since the last outcome */
  char dataset[STORE_DATASET_BYTES];
  int64_t rows;
  bool written;
};
struct grant_amount {
  int64_t rows, cells;
};
struct grant_session {
  struct arena *arena; /* owns this struct and the texts of g */
  struct grant g;
  bool provides; /* entered by a provider: the machine of the grant is another one */
  uint8_t subject[32];
  struct grant_amount prepaid, used;
  struct strbuf queries; /* struct grant_query */
};

enum err_code grant_parse_canonical(
    struct store *s, struct arena *a, struct str json, struct grant *out, uint8_t subject[32], struct err *e) NODISCARD;
bool grant_dataset_ok(const char *patterns);
enum err_code grant_check_live(struct store *s, const struct grant *g, const uint8_t subject[32], struct err *e) NODISCARD; /* now, here */
enum err_code grant_check_active(
    struct store *s, const struct grant *g, const uint8_t subject[32], struct err *e) NODISCARD; /* now, on any machine */
enum err_code grant_check_session(struct store *s, struct err *e) NODISCARD; /* whichever of the two the entered grant needs */
enum err_code grant_check_shape_of(const struct grant *g, const struct shard_header *h, struct err *e) NODISCARD;

/* --- one change: in the caller's transaction, or in one of its own --- */
struct grant_change {
  struct store *s;
  bool own;
};
enum err_code grant_change_begin(struct grant_change *c, struct store *s, struct err *e) NODISCARD;
/* Commits; a refusal leaves its leaf. Returns code, or what the commit says. */
enum err_code grant_change_end(struct grant_change *c, enum err_code code, const char *action, const char *id, struct err *e) NODISCARD;
enum err_code grant_refuse(struct store *s, const char *action, const char *id, struct err *e) NODISCARD; /* object "grant:ID" */

/* --- charging (grant_limits.c) --- */
enum err_code grant_charge(struct store *s, struct grant_amount need, const char *dataset, struct err *e) NODISCARD;
enum err_code grant_charge_session(struct store *s, struct err *e) NODISCARD;
enum err_code grant_query_allowed(struct store *s, struct err *e) NODISCARD;
void grant_give_back(struct store *s);
void grant_found(struct store *s, const char *dataset, int64_t rows); /* for the differencing alarm */

/* --- rows (grant_rows.c): between the shard's header and its columns --- */
struct grant_plan {
  const char *const *names; /* what to read: the wanted columns, then those of the filter */
  int n, n_wanted;
  const struct expr *filter;
  int *slot; /* place in names of each slot of the filter */
};
enum err_code grant_plan_rows(struct store *s, const struct shard_header *h, const char *const *names, int n, struct arena *a, struct grant_plan *out,
    struct err *e) NODISCARD;
/* Drops what the filter leaves out, counts, and cuts the table to the wanted columns. After an error nothing of `t` may be used. */
enum err_code grant_apply_rows(
    struct store *s, const struct shard_header *h, const struct grant_plan *p, struct arena *a, struct table *t, struct err *e) NODISCARD;
enum err_code grant_covers(struct store *s, const char *dataset, const char *const *names, int n, struct err *e) NODISCARD; /* names NULL = all */
enum err_code grant_refuse_read(struct store *s, const char *dataset, struct err *e) NODISCARD;
enum err_code grant_use_blob(struct store *s, const char *id, const char *dataset, uint8_t part, int64_t bytes, struct err *e) NODISCARD;

int64_t sign_in_wait(int n_failures); /* seconds until the next try */

/* --- what the store's own files call --- */
enum err_code grant_before_transaction(struct store *s, struct err *e) NODISCARD; /* store_begin */
enum err_code grant_on_intent(struct store *s, struct err *e) NODISCARD;          /* store_log_intent: refused before anything is written */
void grant_on_leaf(const struct store *s, struct log_leaf *leaf);                 /* intents and outcomes */
enum err_code grant_on_outcome(struct store *s, struct err *e) NODISCARD;         /* in the transaction of an outcome */
void grant_on_settle(struct store *s, bool committed);
#endif
