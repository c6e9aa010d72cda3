/* disposal_execute.h -- destroying what was proposed, signed and has cooled: all or resume. Called again after a kill, a full or a broken disk it
 * goes on.
 * Steps    1 a record that it has begun, with the commitments of the wrapped keys; 2 the wrapped keys leave the keystore, new epoch (every survivor
 *          wrapped anew,
 *          old shares worthless), the old key file overwritten; 3 pack after pack: a new pack with the surviving segments (same ids, same bytes,
 *          same write
 *          sequence), rows and roots in one transaction, the old pack overwritten; 4 rows of shards, original files and record tokens; 5 VACUUM,
 *          write-ahead log
 *          truncated; 6 a record that it is done, and the statement of the certificate.
 * Keys     a store under a passphrase: the passphrase; a store with officers: as many key files as the authority asks for, an auditor among them.
 * Media    what is overwritten is asked of the file system in place; solid-state disks may keep old blocks, which is why the keys go first (NIST SP
 *          800-88).
 * Errors   those of disposal.h, E_DISPOSAL_KEYS, E_STORE_PASSPHRASE, E_KEYS_*, E_SHARE_*, and those of the disk: then say it again.
 * Memory   one segment; cost: the surviving segments of the packs concerned are copied once. */
#ifndef SHIRABE_SECURE_STORE_DISPOSAL_DISPOSAL_EXECUTE_H
#define SHIRABE_SECURE_STORE_DISPOSAL_DISPOSAL_EXECUTE_H
#include "secure-store/disposal/disposal.h"

struct disposal_keys {
  const char *passphrase;               /* a store under a passphrase; NULL with officers */
  const struct store_officer *officers; /* who give the authority's shares */
  int n;
};
enum err_code disposal_execute(struct store *s, const char *id, const struct disposal_keys *keys, const struct act_by *by, struct err *e) NODISCARD;
/* --- disposal_keys.c --- */
bool disposal_keys_gone(struct store *s, const struct disposal_view *v); /* step 2 is behind us */
enum err_code disposal_authorise(struct store *s, const struct disposal_keys *keys, const char *id, struct err *e) NODISCARD;
enum err_code disposal_destroy_keys(struct store *s, const struct disposal_view *v, const struct disposal_keys *keys, struct err *e) NODISCARD;
enum err_code disposal_list_keys(struct store *s, const struct disposal *d, char *list, size_t size, struct err *e) NODISCARD;
/* --- disposal_erase.c --- */
struct disposal_erased {
  int64_t packs, segments, originals, originals_shared;
};
enum err_code disposal_mark(struct store *s, const struct disposal *d, struct disposal_erased *out, struct err *e) NODISCARD; /* what is in scope */
enum err_code disposal_erase(struct store *s, const struct disposal *d, struct disposal_erased *out, struct err *e) NODISCARD;
enum err_code disposal_compact(struct store *s, struct err *e) NODISCARD;
/* --- overwrite.c: files on their way out: a second name in erase/ is made before the first goes, so that a kill cannot lose them before they are
 * overwritten --- */
enum err_code overwrite_keep(struct store *s, const char *path, const char *name, struct err *e) NODISCARD;
enum err_code overwrite_all(struct store *s, struct err *e) NODISCARD; /* overwrites and removes what has lost its first name, forgets the rest */
/* --- certificate.c --- */
enum err_code disposal_put_statement(struct store *s, const struct disposal_view *v, struct err *e) NODISCARD; /* inside a transaction */
enum err_code disposal_certify(struct store *s, const char *id, const struct act_by *by, struct strbuf *out, struct err *e) NODISCARD; /* the file */
enum err_code disposal_print(struct store *s, const char *id, enum err_lang lang, struct strbuf *out, struct err *e) NODISCARD; /* for paper */
#endif
