/* keystore.h -- every key of one store in one small file, rewritten whole (page: keystore.md).
 * Keys     ROOT of epoch e is never stored in clear. An office of one (version 1) wraps it under Argon2id(passphrase); a store with officers
 *          (version 2) shares it m of n among them. HKDF from ROOT gives KEK_data, KEK_log, KEK_job, KEK_backup and the file's MAC key.
 *          KEK_data wraps random DEKs, one per (dataset, part, retention class), so that each can be destroyed alone.
 *          Wrapped too: the officer's age (X25519) and minisign (Ed25519) keys, the log's signing key, the key of the log details.
 * Profiles "standard": Argon2id 256 MiB, 3 passes; refuses to run when secrets cannot be locked in memory (E_STORE_MLOCK).
 *          "light": 8 MiB, 1 pass, labelled: demo and tests only; keystore_memory_locked() tells whether locking held.
 * Errors   E_STORE_PASSPHRASE for a wrong passphrase and for altered key material alike; E_STORE_KEYSTORE_DAMAGED when the file is cut, flipped
 *          or its entries do not agree with its MAC; E_STORE_KEY_MISSING when a DEK does not exist (never made, or destroyed).
 * Memory   secrets in guarded, locked pages, wiped by keystore_close; the caller wipes what keystore_dek copied out.
 * Source   key separation and per-dataset keys: NIST SP 800-57 part 1, SP 800-88 rev. 2 (cryptographic erase); Argon2id: RFC 9106; HKDF: RFC
 *          5869. */
#ifndef SHIRABE_SECURE_STORE_KEYSTORE_H
#define SHIRABE_SECURE_STORE_KEYSTORE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "secure-store/minisign.h"
#include "secure-store/signed_note.h"

struct keystore;
struct share_set;
struct share_plan;
struct share_giver;
enum { KEYSTORE_PRESENT_MAX = 16, KEYSTORE_INSTALL_BYTES = 16, KEYSTORE_DATASET_MAX = 200, KEYSTORE_RETENTION_MAX = 40,
    KEYSTORE_ENTRIES_MAX = 65536 };
enum keystore_kek { KEK_DATA, KEK_LOG, KEK_JOB, KEK_BACKUP, KEK_COUNT };
/* Two secrets are shared: ROOT, which opens the store, and the authority, which signs a new epoch: officers, thresholds, destroyed keys. */
enum keystore_set { KEYSTORE_UNLOCK, KEYSTORE_AUTHORITY, KEYSTORE_SETS };

/* What anyone may read without a passphrase; trusted only after keystore_open has checked the MAC. */
struct keystore_public {
  int version;             /* 1 = one passphrase, 2 = officers */
  char profile[16];        /* "standard" or "light" */
  uint32_t passes, memory_kib; /* version 1 */
  uint8_t install_id[KEYSTORE_INSTALL_BYTES];
  uint64_t epoch, sequence; /* sequence grows by one with every keystore_save: tells an old copy from a new one */
  char age_recipient[80];   /* age1... */
  char minisign_public[MINISIGN_PUBLIC_TEXT];
  char log_vkey[NOTE_VKEY_BYTES]; /* origin+id+base64, C2SP signed-note verifier key */
  uint64_t log_size;     /* newest checkpoint of the log that this file has seen: so many leaves, and their root; 0 = none yet */
  uint8_t log_root[32];
  /* Version 2. An epoch is put in force by a signature of the authority before it: head = SHA-256 of everything that is fixed within an epoch. */
  uint8_t head[32], authority_key[32];
  uint8_t previous_head[32], previous_key[32]; /* zeros and its own key when nothing came before */
  bool certified;                              /* the signature is by previous_key over this head; who previous_key is, the log says */
};
enum err_code keystore_peek(const char *path, struct keystore_public *out, struct err *e) NODISCARD;

/* Makes all keys and writes the file (must not exist: E_FILE_EXISTS). `log_name` is the first part of the log's origin, "shirabe.invalid/log"
 * for instance;
 * the origin becomes <log_name>/<install id in hex>. */
enum err_code keystore_create(const char *path, const char *profile, const char *passphrase, const char *log_name, struct err *e) NODISCARD;
enum err_code keystore_open(const char *path, const char *passphrase, struct keystore **out, struct err *e) NODISCARD;
void keystore_close(struct keystore *ks); /* wipes; NULL allowed; what was not saved is lost */
/* Writes the file anew when something changed (no-op otherwise). Save before anything sealed under a new DEK is committed. */
enum err_code keystore_save(struct keystore *ks, struct err *e) NODISCARD;

/* A checkpoint that is durable in the log: the file is written anew with its size and root, under the same sequence. A smaller one changes
 * nothing, and so does one while keys wait to be saved: the next one will do. Within a session the holder of the keys writes it, if he signed it. */
enum err_code keystore_note_checkpoint(struct keystore *ks, uint64_t size, const uint8_t root[32], struct err *e) NODISCARD;

/* The file as it is now, under the ROOT that is in memory; forgets what was not saved. E_STORE_KEYSTORE_DAMAGED when another ROOT wrote it. */
enum err_code keystore_reload(struct keystore *ks, struct err *e) NODISCARD;

const struct keystore_public *keystore_public(const struct keystore *ks);
bool keystore_memory_locked(const struct keystore *ks); /* false only in the light profile: warn the user */
const uint8_t *keystore_kek(const struct keystore *ks, enum keystore_kek which); /* 32 bytes in locked memory */
const uint8_t *keystore_log_detail_key(const struct keystore *ks);               /* 32 bytes; survives rotation */
const uint8_t *keystore_age_secret(const struct keystore *ks);                   /* 32 bytes; NULL within a session */
/* An age file for this store, whether the secret is here or with the session. */
enum err_code keystore_age_decrypt(const struct keystore *ks, const void *p, size_t n, size_t max_out, struct strbuf *out, struct err *e) NODISCARD;
bool keystore_is_remote(const struct keystore *ks); /* within a session: ROOT and the secrets of the officer are in another process */
const struct minisign_key *keystore_minisign(const struct keystore *ks);
const struct note_key *keystore_log_key(const struct keystore *ks);

/* DEK of (dataset, part, retention class): dataset like "vital/birth/2025-12", part an item_part number, retention a class name such as
 * "permanent".
 * create = make it when absent (in memory until keystore_save). 32 bytes to key_out; wipe() it after use.
 * Tokens: keystore_dek(ks, "token/<purpose>", 1 (LINK), "permanent", true, ...). */
enum err_code keystore_dek(struct keystore *ks, const char *dataset, uint8_t part, const char *retention, bool create, uint8_t key_out[32],
    struct err *e) NODISCARD;
/* Drops the wrapped key; E_STORE_KEY_MISSING when there is none. Final only after keystore_rotate, which leaves no key that opens old copies of
 * it here. With officers it takes keystore_authorise before (E_KEYS_AUTHORITY) and is saved by keystore_reshare only. */
enum err_code keystore_dek_destroy(struct keystore *ks, const char *dataset, uint8_t part, const char *retention, struct err *e) NODISCARD;
struct keystore_entry {
  const char *dataset, *retention;
  uint8_t part;
  uint64_t epoch;         /* of the KEK that wraps it */
  uint8_t commitment[32]; /* SHA-256 over the wrapped entry: what a disposal certificate names */
};
/* A key under suspicion steps back: it stays as (dataset, part, retention + KEYSTORE_OLD) and a new random one takes its name. In memory until
 * keystore_save. Nothing happens when one has stepped back already. The old one goes like any other: keystore_dek_destroy. */
#define KEYSTORE_OLD ".old"
enum err_code keystore_dek_retire(struct keystore *ks, const char *dataset, uint8_t part, const char *retention, struct err *e) NODISCARD;
size_t keystore_n_entries(const struct keystore *ks);
struct keystore_entry keystore_entry_at(const struct keystore *ks, size_t i);

/* New epoch: new ROOT, every key re-wrapped, passphrase as given (may be the old one). Saves; on error the old file stays valid. Version 1 only. */
enum err_code keystore_rotate(struct keystore *ks, const char *passphrase, struct err *e) NODISCARD;

/* --- officers (version 2; keystore_epoch.c). share_set.h has plans, givers and shares. --- */
struct keystore_plan {
  struct share_plan *set[KEYSTORE_SETS];
};
/* Each set by itself, and: the authority takes at least as many as unlocking, an auditor holds no share of ROOT. E_KEYS_PLAN. */
enum err_code keystore_plan_check(const struct keystore_plan *plan, struct err *e) NODISCARD;
/* Makes all keys, shares ROOT and the authority, writes the file (must not exist) and leaves it open: the founders need not unlock it first. */
enum err_code keystore_found(const char *path, const char *profile, const struct keystore_plan *plan, const char *log_name, struct keystore **out,
    struct err *e) NODISCARD;
/* Shares that did not count although the operation went on, or why it did not; and the numbers of those that did. */
struct keystore_faults {
  int n, n_used;
  struct err fault[16];
  uint8_t used[16];
};
/* E_SHARE_*: the first fault when too few shares are right. E_KEYS_PASSPHRASE for version 1; keystore_open gives E_KEYS_OFFICERS for version 2. */
enum err_code keystore_open_shares(const char *path, const struct share_giver *givers, int n, struct keystore_faults *faults, struct keystore **out,
    struct err *e) NODISCARD;
/* Brings the authority's secret back for one keystore_destroy/keystore_reshare. E_KEYS_AUDITOR when an auditor has to be among the givers. */
enum err_code keystore_authorise(struct keystore *ks, const struct share_giver *givers, int n, struct keystore_faults *faults,
    struct err *e) NODISCARD;
bool keystore_authorised(const struct keystore *ks);
void keystore_deauthorise(struct keystore *ks);
/* New epoch with these officers (NULL = the same): new ROOT and authority, every key re-wrapped, old shares worthless, signed by the authority
 * before. Version 2 has to be authorised (E_KEYS_AUTHORITY); version 1 becomes version 2. Saves; on error the old file stays valid. */
enum err_code keystore_reshare(struct keystore *ks, const struct keystore_plan *plan, struct err *e) NODISCARD;
/* Numbers of the shares that opened it (also when the keys are with a session), returns how many. */
int keystore_present(const struct keystore *ks, uint8_t out[KEYSTORE_PRESENT_MAX]);
const struct share_set *keystore_set(const struct keystore *ks, enum keystore_set which); /* NULL in version 1 */
/* Public: who holds shares, with the share files, without opening anything. E_KEYS_PASSPHRASE for version 1. */
enum err_code keystore_peek_sets(const char *path, struct share_set *out /* [KEYSTORE_SETS] */, struct err *e) NODISCARD;
#endif
