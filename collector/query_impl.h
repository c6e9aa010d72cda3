/* query_impl.h -- what the query_*.c files share. */
#ifndef SHIRABE_COLLECTOR_QUERY_IMPL_H
#define SHIRABE_COLLECTOR_QUERY_IMPL_H
#include "base/ext_sodium.h"
#include "collector/batch_forms.h"
#include "collector/query.h"
#include "forms/form.h"

/* --- query_values.c: values as text, keys and tokens --- */
const char *query_value_text(struct arena *a, const struct column *c, int64_t row); /* NULL: out of memory */
struct query_tokens { /* the keystore is asked once a form */
  uint8_t record[HASH_BYTES], value[HASH_BYTES];
};
enum err_code query_tokens_of(
    struct store *s, const char *survey, const char *form, const char *period_or_empty, struct query_tokens *out, struct err *e) NODISCARD;
void query_token(const uint8_t key[HASH_BYTES], const char *rule, const struct query_pair *pairs, int64_t n, uint8_t out[HASH_BYTES]);
/* Is the text a value of a reported item that an answer may set? E_QUERY_VALUE names item and what is expected, never the text. */
enum err_code query_value_check(const struct form *f, const struct query_pair *p, struct err *e) NODISCARD;
/* "" for a form with an event date: its records are the same whatever the batch month. */
const char *query_token_period(const struct form *f, const char *period);

/* --- query_book.c: parts into the ledger; everything inside the caller's transaction --- */
struct query_stored {
  const struct query_part *part;
  struct str text, signature;
  const char *key; /* signing key */
  bool own;
};
/* Keeps a part once (*known: it was here) and brings its query's state up to date. */
enum err_code query_store_part(
    struct store *s, const struct query_stored *p, struct batch_forms *forms, bool *known, bool *held, struct err *e) NODISCARD;
/* Signs and keeps a part of this office. `forms` may be NULL for an answer. */
enum err_code query_store_own(struct store *s, const struct query_part *p, struct batch_forms *forms, struct err *e) NODISCARD;
enum err_code query_part_get(struct store *s, const char *id, int64_t access, struct strbuf *text, struct strbuf *signature, struct err *e) NODISCARD;
/* --- query_waiting.c: questions that wait at the asker for another version of their record --- */
struct query_waiting {
  const char *id;
  const struct query_part *question;
  uint8_t record[HASH_BYTES], value[HASH_BYTES];
  bool withdraw, seen, closed;
};
enum err_code query_waiting_of(struct store *s, struct arena *a, const char *survey, const char *form, const char *period, int64_t access,
    struct query_waiting **out, int64_t *n, struct err *e) NODISCARD;
/* The asker's closing, signed and sent like one by hand. */
enum err_code query_close_arrived(struct store *s, struct query_waiting *w, struct err *e) NODISCARD;
void query_salt(char out[33]);
enum err_code query_survey_days(struct batch_forms *forms, const char *survey, const char *owner, int64_t *days, struct err *e) NODISCARD;

/* --- what steps of the last `process run` put forward (query_proposals.c): dataset stage `proposals`, columns record_no, rule, items, message_ja, message_en,
 * remedy_ja, remedy_en; rows by record. --- */
struct query_proposals {
  struct table t; /* no columns = none */
  int64_t at;
};
struct query_proposal {
  const char *rule, *item, *items, *message_ja, *message_en, *remedy_ja, *remedy_en; /* copies in the arena */
};
enum err_code query_proposals_read(struct store *s, const struct dataset_key *edited, int64_t access, struct arena *a, bool wanted,
                                   struct query_proposals *out, struct err *e) NODISCARD;
/* The next one of this record; false when there is none. Records are asked for in growing order. */
bool query_proposal_next(struct query_proposals *p, struct arena *a, int64_t record, struct query_proposal *out);
#endif
