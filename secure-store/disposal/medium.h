/* medium.h -- media that hold sealed data, and boxes of paper: where each is, what it holds, under which keys (secure.md 4.16, O4, P2, P4, P6).
 * States   registered -> sealed -> lent -> returned | lost -> wiped | destroyed; the table of steps is data (medium_steps). Every other step is
 *          refused.
 * Sealed   a medium with data names the SHA-256 of the sealed file and the public keys it is sealed to; a box of paper a seal number and the count
 *          of forms.
 * Lent     only with a carry permit: holder, route, until, and in a store with officers the signature of a manager or chief who is not the holder.
 *          After `until` it is overdue: medium_alarm writes one media-overdue leaf per lending.
 * Rows     object "medium:ID"; each step one leaf that holds the hash of the row (record.h), so an edited row is E_STORE_TAMPERED.
 * Errors   E_MEDIUM_STATE, E_MEDIUM_FIELD, E_MEDIUM_PERMIT, E_DISPOSAL_ID, E_DISPOSAL_EXISTS, E_DISPOSAL_UNKNOWN, those of act.h. */
#ifndef SHIRABE_SECURE_STORE_DISPOSAL_MEDIUM_H
#define SHIRABE_SECURE_STORE_DISPOSAL_MEDIUM_H
#include "secure-store/disposal/act.h"

enum medium_state { MEDIUM_NONE, MEDIUM_REGISTERED, MEDIUM_SEALED, MEDIUM_LENT, MEDIUM_RETURNED, MEDIUM_LOST, MEDIUM_WIPED, MEDIUM_DESTROYED,
    MEDIUM_STATES };
enum medium_verb { MEDIUM_REGISTER, MEDIUM_SEAL, MEDIUM_LEND, MEDIUM_RETURN, MEDIUM_LOSE, MEDIUM_WIPE, MEDIUM_DESTROY, MEDIUM_VERBS };
const char *medium_state_name(enum medium_state s);
const char *medium_verb_name(enum medium_verb v); /* "register" ... */
bool medium_verb_parse(const char *text, enum medium_verb *out);
/* Where the step leads; MEDIUM_NONE = not allowed. Paper cannot be wiped. */
enum medium_state medium_step(enum medium_state from, enum medium_verb verb, bool paper);

struct medium {
  char certificate[ACT_TEXT_BYTES]; /* of destruction: number of the certificate or of the dissolution */
  char content[16];                 /* extract, backup, transport, keys, paper, other */
  int64_t count;                    /* paper: forms in the box */
  char datasets[ACT_LIST_BYTES];    /* list */
  char holder[ACT_ID_BYTES], id[ACT_ID_BYTES];
  char incident[ACT_ID_BYTES];
  char key_holders[ACT_LIST_BYTES]; /* list: age recipients whose secret keys lie on the medium (content keys) */
  char kind[24];                    /* usb, disk, disc, tape, paper-box, other */
  char method[ACT_TEXT_BYTES];      /* how it was wiped or destroyed */
  char note[ACT_TEXT_BYTES], place[ACT_TEXT_BYTES];
  char permit_by[OFFICER_ID_BYTES];
  char proof[ACT_TEXT_BYTES];       /* what shows it: protocol of the tool, photograph, receipt */
  char recipients[ACT_LIST_BYTES];  /* list: age1... */
  char route[ACT_TEXT_BYTES], seal_no[64];
  char sha256[65];
  char state[12];
  int64_t until;                    /* of the permit; 0 = none */
};
extern const struct row_format medium_format;
bool medium_is_paper(const struct medium *m);
enum medium_state medium_state_of(const struct medium *m);
/* `change` carries the id and what this step brings; empty members leave the row as it was. */
enum err_code medium_do(struct store *s, enum medium_verb verb, const struct medium *change, const struct act_by *by, struct err *e) NODISCARD;
enum err_code medium_find(struct store *s, const char *id, struct medium *out, struct err *e) NODISCARD;
bool medium_overdue(const struct medium *m, int64_t now);
/* One leaf per lending that is overdue and has none; *n = overdue media. */
enum err_code medium_alarm(struct store *s, int64_t now, int64_t *n, struct err *e) NODISCARD;
/* Does a medium hold data of this dataset (survey/form/period, its stages, or a pattern)? */
bool medium_holds(const struct medium *m, const char *dataset);
#endif
