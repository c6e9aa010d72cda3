/* amendment.h -- what a higher office says about a record it does not own: a signed proposal to change or withdraw it, with a reason. The record
 * itself is never edited above; the amendment stands beside it, goes down with receipts to the owner and up in the next batch, and counts (-1 for
 * a withdrawal) until the owner has answered: adopted as a correction of its own, or objected to with a reason.
 * Form     `shirabe-amendment-1`, canonical JSON: action (R, W), base (token of the version meant), by, changes [{item, value}], form, key, made,
 *          office, period, reason, salt, survey; a minisign signature of `by` beside it. Id = SHA-256 of the JSON, which the salt keeps from
 *          confirming a guess.
 * Trust    taken from a batch: `by` is the batch's sender and its key verifies. Taken from a receipt: the receipt of the parent names the key,
 *          but no key for itself or an enrolled office than the known one, and for others the first. `by` is above the record's office.
 * Errors   E_AMEND_*. Limits: 64 KiB, 64 changes, 256 in one receipt or batch. */
#ifndef SHIRABE_COLLECTOR_AMENDMENT_H
#define SHIRABE_COLLECTOR_AMENDMENT_H
#include "base/arena.h"
#include "collector/record_version.h"
#include "secure-store/store.h"

enum { AMENDMENT_MAX_BYTES = 65536, AMENDMENT_MAX_CHANGES = 64, AMENDMENT_MAX = 256 };
struct amendment_change {
  const char *item, *value; /* value as a file's cell would hold it */
};
struct amendment {
  const char *survey, *form, *period, *office, *by, *reason, *made, *salt, *withdraw; /* withdraw: code of withdraw_reasons, "" for a change */
  struct str key;
  uint8_t base[VERSION_TOKEN];
  int n_changes;
  struct amendment_change *changes;
};
enum err_code amendment_write(const struct amendment *m, struct strbuf *out, struct err *e) NODISCARD;
enum err_code amendment_read(struct arena *a, const char *file, struct str json, struct amendment **out, struct err *e) NODISCARD;

/* --- in the store --- */
struct amendment_entry {
  const char *id, *survey, *form, *period, *office, *by, *signing_key, *action, *state; /* state: open, adopted, objected */
  char json_blob[65], signature_blob[65];
};
enum err_code amendment_prepare(struct store *s, struct err *e) NODISCARD;
enum err_code amendment_list(struct store *s, struct arena *a, const char *where, const char *value, struct amendment_entry **out, int64_t *n,
                             struct err *e) NODISCARD;
/* Checks id, signature and sender and keeps it; known already: nothing changes. Inside a transaction. */
enum err_code amendment_keep(struct store *s, struct arena *a, const char *file, struct str json, struct str signature, const char *signing_key,
                             const char *by, struct err *e) NODISCARD;
/* Level of an office by its id (enum office_type), -1 for what is none. */
int office_level(const char *office);
/* E_AMEND_REACH: `by` is not above the record's office. */
enum err_code amendment_check_reach(struct store *s, const struct amendment *m, const char *file, struct err *e) NODISCARD;
/* For what came in a receipt. E_BATCH_KEY: the key is another office's, or another one than this office is known by. */
enum err_code amendment_check_key(struct store *s, struct arena *a, const struct amendment *m, const char *key, const char *file,
                                  struct err *e) NODISCARD;
/* The owner's answer, as it came in a batch of its own. */
enum err_code amendment_keep_answer(struct store *s, const char *id, const char *office, struct str json, struct err *e) NODISCARD;

/* What goes with the next receipt to a child (those about records that came through it), and with the next batch upward (made here, answered
 * here). */
struct amendment_file {
  const char *name; /* amendments/<id>.json, .json.minisig or .answer.json */
  const char *id, *signing_key;
  struct str bytes;
};
enum err_code amendments_for_child(struct store *s, struct arena *a, const char *child, int64_t access, struct amendment_file **out, int64_t *n,
                                   struct err *e) NODISCARD;
enum err_code amendments_for_batch(struct store *s, struct arena *a, const char *survey, const char *period, int64_t access,
                                   struct amendment_file **out, int64_t *n, struct err *e) NODISCARD;
enum err_code amendments_mark_sent(struct store *s, const struct amendment_file *files, int64_t n, const char *batch, struct err *e) NODISCARD;

/* Records by which the amendments that wait for an answer change a count: L+1 = accepted at L + this. "" = any. */
enum err_code amendment_delta(struct store *s, const char *survey, const char *period, const char *form, const char *office, int64_t *delta,
                              struct err *e) NODISCARD;

/* --- commands --- */
struct amendment_request {
  const char *office, *survey, *form, *period, *reason, *withdraw; /* withdraw NULL = changes */
  const char *const *keys, *const *changes;                        /* "item=value" */
  int n_keys, n_changes;
};
/* At the higher office: made, signed, kept; the receipt of the last batch that brought the office's records is issued anew with it (receipt_path,
 * "" = none came). */
enum err_code amendment_make(struct store *s, const char *forms, const struct amendment_request *q, const char *receipt_folder, char id[65],
                             char receipt_path[4096], struct err *e) NODISCARD;
/* At the owner. */
enum err_code amendment_open(struct store *s, struct arena *a, const char *prefix, int64_t access, struct amendment_entry *entry,
                             struct amendment **out, struct err *e) NODISCARD;
enum err_code amendment_answer(struct store *s, const char *forms, const char *prefix, bool adopt, const char *reason, struct err *e) NODISCARD;
#endif
