/* keystore_impl.h -- what keystore.c (keys, life cycle) and keystore_file.c (bytes of the file) share. Layout: keystore.md. */
#ifndef SHIRABE_SECURE_STORE_KEYSTORE_IMPL_H
#define SHIRABE_SECURE_STORE_KEYSTORE_IMPL_H
#include "secure-store/age.h"
#include "secure-store/commit_aead.h"
#include "secure-store/keystore.h"

enum {
  KEYSTORE_SALT = 16,
  KEYSTORE_WRAPPED = KEY_BYTES + COMMIT_OVERHEAD,          /* one wrapped key */
  KEYSTORE_OFFICER = 32 + 64 + 64 + 32,                    /* age secret, minisign secret, log secret, detail key */
  KEYSTORE_OFFICER_WRAPPED = KEYSTORE_OFFICER + COMMIT_OVERHEAD,
  KEYSTORE_FILE_MAX = 32 * 1024 * 1024,
};

struct wrapped_dek {
  char dataset[KEYSTORE_DATASET_MAX + 1], retention[KEYSTORE_RETENTION_MAX + 1];
  uint8_t part;
  uint64_t epoch;
  uint8_t wrapped[KEYSTORE_WRAPPED];
};
/* All of the file, as values. Nothing here is secret. */
struct keystore_image {
  struct keystore_public public;
  uint8_t kdf_salt[KEYSTORE_SALT];
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
  void (*close)(void *context);
};
/* The public part is read from the file; detail = key of the log details, copied. `remote` is copied, and closed by keystore_close after E_OK. */
enum err_code keystore_open_remote(
    const char *path, const struct keystore_remote *remote, const uint8_t detail[32], bool locked, struct keystore **out, struct err *e) NODISCARD;

void keystore_image_release(struct keystore_image *image);
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
#endif
