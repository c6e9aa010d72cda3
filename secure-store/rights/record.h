/* record.h -- texts that decide about rights (cards, approvals, certificates, grants, decisions), each bound to one leaf of the access log.
 * Write    record_put, inside a transaction: the row (table rights_record: seq, object, sealed, text) and a leaf of result "done" whose object is
 *          "record OBJECT" and whose output hash is SHA-256 of the text, in one commit.
 * Read     what exists is told by the log, never by the table: the leaves of records are kept in memory from the opening of the store on. A row that
 *          is missing, edited or moved to another leaf is E_STORE_TAMPERED where it is used and when the store opens; a row without a leaf counts for
 *          nothing and is reported by records_check. So the deletion of a revocation or of a refusal is found like any other.
 * Order    the last record of an object counts; earlier ones stay for whoever audits.
 * Memory   about 100 bytes per record. Cost: a look-up passes over the records of the store (some 10^4), 8 bytes each.
 * Source   secure.md 4.1 C3, 4.5, 4.7. */
#ifndef SHIRABE_SECURE_STORE_RIGHTS_RECORD_H
#define SHIRABE_SECURE_STORE_RIGHTS_RECORD_H
#include "secure-store/access_log.h"
#include "secure-store/store.h"

enum { RECORD_OBJECT_BYTES = 240, RECORD_TEXT_MAX = 1 << 20 };
struct record {
  uint64_t seq; /* of its leaf */
  int64_t wall; /* guarded time of its leaf */
  const char *object; /* valid until the next record is put or the store is closed */
  uint16_t action;
  uint8_t role, sha256[32], actor[8];
  bool checked; /* see record_checked */
};
struct record_entry {
  const char *action, *object; /* object: printable ASCII without spaces: "officer:sato", "grant:g-2026-1" */
  enum log_role role;          /* in which role the actor acts */
  const uint8_t *actor;        /* key id of the officer, NULL = the store itself */
  struct str text;
  bool sealed;                 /* the text rests encrypted and needs the keys to be read: grants name row filters */
  const char *grant, *basis, *detail; /* NULL allowed */
  int64_t rows;                /* how many rows of data it is about, 0 = none */
};
enum err_code record_put(struct store *s, const struct record_entry *r, struct err *e) NODISCARD;
/* The last record of exactly this object; false when the log knows none. */
bool record_last(const struct store *s, const char *object, struct record *out);
/* The first record from sequence number `from` on whose object starts with prefix. Iterate with from = out->seq + 1. */
bool record_next(const struct store *s, const char *prefix, uint64_t from, struct record *out);
/* The same for objects that are `stem` and one more word: "approval:grant:HEX:" finds "approval:grant:HEX:sato". */
bool record_next_of(const struct store *s, const char *stem, uint64_t from, struct record *out);
/* Appends the text after comparing it with its leaf: E_STORE_TAMPERED (and a tamper leaf, when one can be written), E_STORE_LOCKED for sealed texts.
 *  */
enum err_code record_text(struct store *s, const struct record *r, struct strbuf *out, struct err *e) NODISCARD;
/* The signature in the text was verified; as every use compares the text with its hash, that holds as long as this store is open. */
void record_checked(struct store *s, const struct record *r);
/* Every record against its row and every row against its leaf; without keys the sealed ones only by number. The first problem is returned. */
enum err_code records_check(struct store *s, struct err *e) NODISCARD;
#endif
