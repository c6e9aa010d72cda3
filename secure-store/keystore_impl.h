/* keystore_impl.h -- what the keystore_*.c files share: keystore.c (life cycle, passphrase), keystore_epoch.c (officers, epochs), keystore_wrap.c
 * (derivation and wrapping), keystore_file.c (bytes of the file). Layout: keystore.md. */
#ifndef SHIRABE_SECURE_STORE_KEYSTORE_IMPL_H
#define SHIRABE_SECURE_STORE_KEYSTORE_IMPL_H
#include "secure-store/age.h"
#include "secure-store/commit_aead.h"
#include "secure-store/keystore.h"
#include "secure-store/share_set.h"

enum {
  KEYSTORE_SALT = 16,
  KEYSTORE_WRAPPED = KEY_BYTES + COMMIT_OVERHEAD,          /* one wrapped key */
  KEYSTORE_OFFICER = 32 + 64 + 64 + 32,                    /* age secret, minisign secret, log secret, detail key */
  KEYSTORE_OFFICER_WRAPPED = KEYSTORE_OFFICER + COMMIT_OVERHEAD,
  KEYSTORE_FILE_MAX = 32 * 1024 * 1024,
  KEYSTORE_PASSPHRASE = 1, /* version of a file with an officer entry under a passphrase */
  KEYSTORE_OFFICERS = 2,   /* version of a file with shares */
};

struct wrapped_dek {
  char dataset[KEYSTORE_DATASET_MAX + 1], retention[KEYSTORE_RETENTION_MAX + 1];
  uint8_t part;
  uint64_t epoch;
  uint8_t wrapped[KEYSTORE_WRAPPED];
};
/* What the authority of the epoch before signed about this one. */
struct keystore_certificate {
  uint8_t previous_head[32], previous_key[32], destroyed[32], signature[64];
};
/* All of the file, as values. Nothing here is secret. */
struct keystore_image {
  struct keystore_public public;
  uint8_t kdf_salt[KEYSTORE_SALT]; /* version 1 */
  struct share_set set[KEYSTORE_SETS]; /* version 2, and what follows */
  struct keystore_certificate certificate;
  uint8_t age_public[32], minisign_id[8], minisign_key[32], log_key[32];
  char log_origin[NOTE_NAME_BYTES];
  uint8_t root_wrapped[KEYSTORE_WRAPPED], officer_wrapped[KEYSTORE_OFFICER_WRAPPED];
  struct wrapped_dek *entries; /* in order of (dataset, part, retention) */
  size_t n_entries, capacity;
};
/* Keys that are in another process: asked instead of unwrapped here. All zero = they are here. */
struct keystore_remote {
  void *context;
  enum err_code (*dek)(void *context, const char *dataset, uint8_t part, const char *retention, bool create, uint8_t key_out[32], struct err *e);
  enum err_code (*save)(void *context, struct err *e);
  age_unwrap_fn unwrap;
  enum err_code (*sign_log)(void *context, struct str text, uint8_t signature[64], struct err *e);
  enum err_code (*sign_file)(void *context, const uint8_t digest[64], struct str comment, uint8_t signature[64], uint8_t global[64], struct err *e);
  enum err_code (*note_checkpoint)(void *context, uint64_t size, const uint8_t root[32], struct err *e);
  void (*close)(void *context);
};
/* The public part is read from the file; detail = key of the log details, copied. `remote` is copied, and closed by keystore_close after E_OK. */
enum err_code keystore_open_remote(
    const char *path, const struct keystore_remote *remote, const uint8_t detail[32], bool locked, struct keystore **out, struct err *e) NODISCARD;

void keystore_image_release(struct keystore_image *image);
/* Version 2: SHA-256 over the part that stays the same within an epoch. */
enum err_code keystore_image_head(const struct keystore_image *image, uint8_t out[32], struct err *e) NODISCARD;
/* Appends the file without its last 64 bytes (MAC, checksum). */
enum err_code keystore_image_write(const struct keystore_image *image, struct strbuf *out, struct err *e) NODISCARD;
/* Checks the checksum and every length; *mac views the MAC, *covered the bytes it covers. */
enum err_code keystore_image_parse(const char *path, const uint8_t *p, size_t n, struct keystore_image *out, const uint8_t **mac, struct str *covered,
    struct err *e) NODISCARD;
/* Fills the texts of image->public from its keys. */
enum err_code keystore_image_texts(struct keystore_image *image, struct err *e) NODISCARD;
/* Position of an entry, or where it would stand; *found tells which. */
size_t keystore_image_find(const struct keystore_image *image, const char *dataset, uint8_t part, const char *retention, bool *found);
enum err_code keystore_image_insert(struct keystore_image *image, size_t at, const struct wrapped_dek *entry, struct err *e) NODISCARD;
void keystore_image_remove(struct keystore_image *image, size_t at);

struct keystore_secrets { /* lives in locked memory */
  uint8_t root[KEY_BYTES], kek[KEK_COUNT][KEY_BYTES], mac_key[KEY_BYTES];
  uint8_t age[32], detail[32];
  struct minisign_key minisign;
  struct note_key log;
  uint8_t authority[KEY_BYTES]; /* only while authorised */
};
struct keystore {
  char path[4096];
  struct keystore_image image;
  struct keystore_secrets *secrets;
  struct keystore_remote remote;
  bool locked, changed, authorised;
  int n_present;
  uint8_t present[KEYSTORE_PRESENT_MAX]; /* numbers of the shares that opened it */
  struct strbuf destroyed; /* one line per key destroyed since the epoch began; version 2 */
};

/* --- keystore_wrap.c --- */
struct keystore_profile {
  const char *name;
  uint32_t passes, memory_kib;
  bool must_lock;
};
const struct keystore_profile *keystore_profile_find(const char *name); /* NULL = no such profile */
void keystore_derive_all(struct keystore_secrets *s, uint64_t epoch);
enum err_code keystore_root_wrap(struct keystore_image *k, const char *passphrase, const uint8_t root[KEY_BYTES], struct err *e) NODISCARD;
enum err_code keystore_root_unwrap(const struct keystore_image *k, const char *passphrase, uint8_t root[KEY_BYTES], bool *ok,
    struct err *e) NODISCARD;
void keystore_officer_wrap(struct keystore_image *k, const struct keystore_secrets *s);
bool keystore_officer_unwrap(const struct keystore_image *k, struct keystore_secrets *s) NODISCARD;
void keystore_dek_wrap(const uint8_t kek[KEY_BYTES], const uint8_t dek[KEY_BYTES], struct wrapped_dek *d);
bool keystore_dek_unwrap(const uint8_t kek[KEY_BYTES], const struct wrapped_dek *d, uint8_t dek[KEY_BYTES]) NODISCARD;

/* --- keystore.c --- */
enum err_code keystore_new(const char *path, struct keystore **out, struct err *e) NODISCARD;
enum err_code keystore_lock_check(const struct keystore *ks, struct err *e) NODISCARD;
/* Reads and parses; free(b->bytes) in any case. */
struct keystore_bytes {
  uint8_t *bytes;
  const uint8_t *mac;
  struct str covered;
};
enum err_code keystore_load(struct keystore *ks, struct keystore_bytes *b, struct err *e) NODISCARD;
/* With ROOT in place: derives, checks the MAC, unwraps. */
enum err_code keystore_settle(struct keystore *ks, const struct keystore_bytes *b, struct err *e) NODISCARD;
enum err_code keystore_write(const struct keystore *ks, int flags, struct err *e) NODISCARD;
/* Everything random and everything public of a new store, but how ROOT is kept. */
enum err_code keystore_fresh(struct keystore *ks, const char *profile, const char *log_name, struct err *e) NODISCARD;
/* A copy with the next epoch, a new ROOT and every key wrapped anew; not yet written. Close it. */
enum err_code keystore_next_epoch(const struct keystore *old, struct keystore **out, struct err *e) NODISCARD;
/* Writes `fresh` over the file and takes its keys over; pointers to secrets handed out stay valid. */
enum err_code keystore_take_over(struct keystore *ks, struct keystore *fresh, struct err *e) NODISCARD;

/* --- keystore_epoch.c --- */
void keystore_set_present(struct keystore *ks, const uint8_t *numbers, int n);
enum err_code keystore_authority_missing(const struct keystore *ks, const char *what, struct err *e) NODISCARD; /* E_KEYS_AUTHORITY */
bool keystore_certificate_holds(const struct keystore_image *k);
#endif
