/* version_store.h -- the versions of one office's records of one form and period, as this store holds them (record_version.h says how they replace
 * each other).
 * Kept     the records in dataset stage `received`, what the corrections replace in stage `corrections` (row, action, base, reason, keys),
 *          decisions in stage `decisions`: all sealed. Rows that are not current are marked in the shard (store_shard_hide), so every reader of
 *          the dataset sees current records.
 * Ledger   `version_count` (counts), `version_conflict` (keyed tokens, numbers, states, times). Both are worked out again from the sealed versions
 *          each time.
 * Cost     nothing for batches of additions; a correction reads the office's records of that form and period once. */
#ifndef SHIRABE_COLLECTOR_VERSION_STORE_H
#define SHIRABE_COLLECTOR_VERSION_STORE_H
#include "collector/batch_forms.h"
#include "collector/record_version.h"
#include "secure-store/store.h"

enum err_code version_prepare(struct store *s, struct err *e) NODISCARD; /* tables */

/* Inside a transaction. batch "" = made here; number: the batch's sequence or the file's number. */
enum err_code version_write_changes(struct store *s, struct arena *a, const struct version_owner *o, const char *form_hash, const char *batch,
                                    int64_t number, const struct record_changes *changes, struct err *e) NODISCARD;
/* The corrections of one file or batch, none when it has none. */
enum err_code version_read_changes(struct store *s, struct arena *a, const struct version_owner *o, const char *batch, int64_t number, int64_t access,
                                   struct record_changes *out, struct err *e) NODISCARD;
/* Does the office have corrections in this form and period? */
enum err_code version_has_changes(struct store *s, const struct version_owner *o, bool *found, struct err *e) NODISCARD;

/* All versions, worked out. `hint` is a form version read already, or NULL. */
enum err_code version_load(struct store *s, struct arena *a, struct batch_forms *forms, const struct form *hint, const struct version_owner *o,
                           int64_t access, struct version_chain *out, struct err *e) NODISCARD;
struct version_counts {
  int64_t current, replaced, withdrawn, conflicts, set_aside;
};
/* Marks what is not current, files the conflicts, counts. Inside a transaction. */
enum err_code version_settle(struct store *s, struct arena *a, struct batch_forms *forms, const struct form *hint, const struct version_owner *o,
                             int64_t access, struct version_counts *out, struct err *e) NODISCARD;

/* --- conflicts --- */
struct version_conflict {
  const char *id, *office, *survey, *form, *period, *batch, *action, *state; /* id: 16 hex digits of a keyed token; state: open, kept, taken */
  int64_t number, row, noticed; /* row from 1, 0 = a withdrawal */
};
enum err_code version_conflicts(struct store *s, struct arena *a, bool open_only, struct version_conflict **out, int64_t *n, struct err *e) NODISCARD;
/* Its two versions: indices into the chain; ours -1 when no version with these keys is current. */
enum err_code version_find_conflict(struct store *s, struct arena *a, struct batch_forms *forms, const char *id, int64_t access,
                                    struct version_conflict *conflict, struct version_chain *chain, int64_t *theirs, struct err *e) NODISCARD;
/* A person's choice as a new, sealed entry; the versions are settled again. Own transaction, logged. */
enum err_code version_decide(struct store *s, const char *forms_folder, const char *id, bool take, const char *reason, struct err *e) NODISCARD;
#endif
