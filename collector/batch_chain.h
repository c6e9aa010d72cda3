/* batch_chain.h -- where a stream of numbers is broken: a held batch let in by a person, the hole it leaves, and batches set aside at the sender
 * after a fork.
 * Ledger   batch_released (who was let in, which numbers are missing; the reason rests sealed), batch_void (set aside, with their bytes),
 *          batch_chain (what the office above accepted last, when this machine does not have it). */
#ifndef SHIRABE_COLLECTOR_BATCH_CHAIN_H
#define SHIRABE_COLLECTOR_BATCH_CHAIN_H
#include "collector/batch.h"

enum err_code batch_chain_prepare(struct store *s, struct err *e) NODISCARD;
/* Does a number below the last fill a hole that a person left open, linked to its neighbours where they are here? */
enum err_code batch_fits_hole(struct store *s, const struct batch_manifest *m, const char *id, bool *fits, struct err *e) NODISCARD;
enum err_code batch_record_release(struct store *s, const struct batch_manifest *m, const char *id, int64_t last, const char *reason, int64_t now,
                                   struct err *e) NODISCARD;
enum err_code batch_find_held(struct store *s, const char *prefix, char id[BATCH_ID_HEX], char blob[65],
                              struct err *e) NODISCARD; /* E_HELD_UNKNOWN */
/* Manifests of batches sent (kept at sealing, inside its transaction) and received, by id or its first 8 digits or more. E_BATCH_UNKNOWN. */
enum err_code batch_keep_manifest(struct store *s, const char *id, struct str json, struct err *e) NODISCARD;
enum err_code batch_stored_manifest(struct store *s, struct arena *a, const char *prefix, int64_t access, char id[BATCH_ID_HEX],
                                    struct batch_manifest **out, struct err *e) NODISCARD;
/* A part of a file that was received whole before is nothing to wait with. The hash is that of the encrypted file. */
enum err_code batch_volume_was_done(struct store *s, const char *whole_sha256, char id[BATCH_ID_HEX], bool *done, struct err *e) NODISCARD;
enum err_code batch_volume_note_done(struct store *s, const char *whole_sha256, const char *id, struct err *e) NODISCARD;
/* That somebody typed for somebody else (代行入力) stands in the ledger; who for whom, which may name persons, in the sealed manifest only. */
enum err_code batch_note_proxy(struct store *s, const struct batch_manifest *m, const char *id, struct err *e) NODISCARD;
#endif
