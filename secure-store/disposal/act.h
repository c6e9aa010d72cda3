/* act.h -- one change of a retention, disposal, medium or incident row: the row's text and the log leaf that vouches for it in one commit
 * (record.h); in a
 * store with officers signed by the officer who makes it, who must hold one of the roles. Every refusal leaves one leaf.
 * Without officers the holder of the passphrase acts, and the record says so by its actor (the store's own key).
 * Errors   E_DISPOSAL_OFFICER (a store with officers, and nobody signed), E_ROLE_MISSING, those of approval.h and record.h. */
#ifndef SHIRABE_SECURE_STORE_DISPOSAL_ACT_H
#define SHIRABE_SECURE_STORE_DISPOSAL_ACT_H
#include "secure-store/disposal/row_fields.h"
#include "secure-store/rights/record.h"
#include "secure-store/rights/role.h"

enum { ACT_ID_BYTES = 41, ACT_TEXT_BYTES = 512, ACT_LIST_BYTES = 2048 };
struct act_by { /* who acts: NULL, or an officer with an open key file */
  char officer[OFFICER_ID_BYTES];
  const struct officer_secret *secret;
};
struct act {
  const char *action, *object; /* as for record_put */
  const char *kind;            /* of the officer's signature: "retention", "disposal", "medium", "incident" */
  role_set any_of;
  struct str text;
  bool sealed;
  int64_t rows;
};
enum err_code act_check(struct store *s, const struct act *a, const struct act_by *by, struct err *e) NODISCARD;
    /* may this officer; writes the refusal */
enum err_code act_put(struct store *s, const struct act *a, const struct act_by *by, struct err *e) NODISCARD;   /* transaction of its own */
/* As act_put, of a row. */
enum err_code act_row(struct store *s, struct act *a, const struct row_format *f, const void *row, const struct act_by *by, struct err *e) NODISCARD;
/* A refusal: rolls back, one leaf, returns e. */
enum err_code act_refuse(struct store *s, const char *action, const char *object, struct err *e) NODISCARD;
/* The officer's word about a subject: signed here and recorded, in a transaction of its own. */
enum err_code act_sign(struct store *s, const char *action, const char *kind, const uint8_t subject[32], const struct act_by *by,
    struct err *e) NODISCARD;
/* The last row of an object. *found = false: the log knows none. record may be NULL. */
enum err_code act_read(struct store *s, const char *object, const struct row_format *f, void *row, bool *found, struct record *record,
    struct err *e) NODISCARD;
enum err_code act_read_record(struct store *s, const struct record *r, const struct row_format *f, void *row, struct err *e) NODISCARD;
/* Iterates over the last rows of the objects that start with prefix, in the order of their last change. `from` starts at 0. */
enum err_code act_next(struct store *s, const char *prefix, uint64_t *from, const struct row_format *f, void *row, bool *found, struct record *record,
    struct err *e) NODISCARD;
const char *act_id_of(const struct act_by *by); /* "" without officer */
bool act_id_ok(const char *id); /* [a-z0-9-]{2,40} */
/* YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ to seconds; a date is its end in Japan (15:00 UTC) when `end`, else its beginning. */
bool act_time(const char *text, bool end, int64_t *seconds);
#endif
