/* officer.h -- people with keys: cards, key files, and the register of officers in a store.
 * Card     public canonical JSON, format "shirabe-officer-1": age, id, minisign, name, namesake_of, organisation, pledge_sha256, section, staff_no,
 *          trained.
 * Identity id is ASCII [a-z0-9-]{2,40}; texts are UTF-8 in NFC from the scripts of Japanese office use (kanji, kana, Latin, digits): look-alikes of
 *          other scripts, full-width digits and controls are refused, so that nobody gets a second identity by another spelling. (organisation,
 *          staff_no), either public key, and the folded name within an organisation are unique; a true namesake is named as such (namesake_of).
 * Key file an age file encrypted to a passphrase: "# minisign-secret: BASE64" and AGE-SECRET-KEY-1...; Debian's age opens shares with it.
 * Register one record per card (record.h, object "officer:ID"), the last one counts; "retired:ID" ends it. An edited or removed row is
 *          E_STORE_TAMPERED. A person who lost the keys is retired and registered anew under another id with namesake_of = the old id; both count as
 *          one person.
 * Errors   E_OFFICER_CARD, E_OFFICER_NAME, E_OFFICER_TWICE, E_OFFICER_UNKNOWN, E_OFFICER_RETIRED, E_STORE_PASSPHRASE (wrong passphrase and altered
 *          key file alike).
 * Memory   secrets in guarded, locked pages (secret_new); officer_secret_free wipes. */
#ifndef SHIRABE_SECURE_STORE_RIGHTS_OFFICER_H
#define SHIRABE_SECURE_STORE_RIGHTS_OFFICER_H
#include "secure-store/minisign.h"
#include "secure-store/store.h"

enum { OFFICER_ID_BYTES = 41, OFFICER_TEXT_BYTES = 128 };
struct officer {
  char id[OFFICER_ID_BYTES];
  char name[OFFICER_TEXT_BYTES], organisation[OFFICER_TEXT_BYTES], section[OFFICER_TEXT_BYTES], staff_no[32];
  char namesake_of[OFFICER_ID_BYTES]; /* "" */
  char age_recipient[80], minisign_public[64];
  char pledge_sha256[65]; /* of the signed pledge of secrecy, "" = none yet */
  char trained[11];       /* date of the last instruction, 2026-04-01, "" = none */
  bool retired;           /* not on the card: from the register */
  uint64_t seq;           /* leaf of the card: from the register */
};
enum err_code officer_check(const struct officer *o, struct err *e) NODISCARD;
enum err_code officer_card_text(const struct officer *o, struct strbuf *out, struct err *e) NODISCARD;
enum err_code officer_card_parse(const char *place, struct str json, struct officer *out, struct err *e) NODISCARD;
enum err_code officer_card_read(const char *path, struct officer *out, struct err *e) NODISCARD;
void officer_fingerprint(const struct officer *o, char out[OFFICE_FINGERPRINT_BYTES]);

/* --- key files --- */
struct officer_secret {
  uint8_t age[32];
  struct minisign_key sign;
  bool locked; /* whether locking in memory held: stores of the standard profile refuse the key otherwise */
};
/* Makes both keys, writes the key file (must not exist) and fills the public keys of o. light: a small work factor, demo and tests. */
enum err_code officer_key_create(const char *path, const char *passphrase, bool light, struct officer *o, struct err *e) NODISCARD;
enum err_code officer_key_open(const char *path, const char *passphrase, struct officer_secret **out, struct err *e) NODISCARD;
void officer_secret_free(struct officer_secret *s); /* NULL allowed */

/* --- the register (table `officer`); changes inside a transaction --- */
/* again with the same keys: pledge and training renewed */
enum err_code officer_add(struct store *s, const struct officer *o, struct err *e) NODISCARD;
enum err_code officer_retire(struct store *s, const char *id, struct err *e) NODISCARD;          /* stays for old signatures; may do nothing more */
enum err_code officer_find(struct store *s, const char *id, struct officer *out, struct err *e) NODISCARD;
enum err_code officer_of_key(struct store *s, const uint8_t key_id[8], struct officer *out, struct err *e) NODISCARD;
bool store_has_officers(const struct store *s); /* a card was ever registered: from then on rows need grants */
/* Whether two entries are one person: same organisation and staff number. */
bool officer_same_person(const struct officer *a, const struct officer *b);
enum err_code officer_key_id(const struct officer *o, uint8_t out[8], struct err *e) NODISCARD; /* of the minisign key: the actor of leaves */
enum err_code officer_list(struct store *s, struct arena *a, struct officer **out, int64_t *n, struct err *e) NODISCARD; /* by id */
#endif
