/* package.h -- extract-<provision>.tar.zst.age: files in a tar in zstd in age to one recipient, two officers' signatures beside it (page:
 * extract.md).
 * Building each file is compressed into an encrypted scratch file as it is made, so any size fits; then package_write puts manifest and files
 *          together in one pass. Frames of zstd follow one another: `age -d | zstd -d | tar -x` opens it.
 * Outside  PACKAGE.1.minisig and PACKAGE.2.minisig over the ciphertext, prehashed; trusted comment of both: "shirabe-extract-1
 *          provision=<provision> recipient=age1... tar=<bytes of the archive>".
 * Opening  both signatures, by the two public keys given, before anything is decrypted; then decrypted here and unpacked by a worker without keys
 *          (package_unpack.h) into a folder of its own, everything compared, renamed. Nothing is released before the end.
 * Errors   E_EXTRACT_*, E_AGE_*, E_ZSTD, E_DISK_FULL, E_FILE_*; wrong key and altered bytes are told apart only as far as the signatures allow.
 * Memory   some 10 MiB (zstd windows); 64 files at most. */
#ifndef SHIRABE_SECURE_STORE_EXTRACT_PACKAGE_H
#define SHIRABE_SECURE_STORE_EXTRACT_PACKAGE_H
#include "base/arena.h"
#include "base/str.h"
#include "secure-store/extract/manifest.h"
#include "secure-store/extract/spool.h"

#define PACKAGE_SUFFIX ".tar.zst.age"
enum { PACKAGE_COMMENT = 256, PACKAGE_PROVISION = 64, PACKAGE_DIGEST = 64 };
struct package_member {
  char name[PACKAGE_NAME];
  uint64_t bytes;
  uint8_t sha256[32];
  struct spool *spool; /* compressed */
};
struct package {
  const char *scratch; /* folder */
  int level, n;
  struct package_member m[PACKAGE_FILES];
};
void package_init(struct package *p, const char *scratch, int level);
void package_release(struct package *p);
/* A file in pieces; the sink's context is the member_write. Members are begun by one thread and may be filled by several, each its own. */
struct member_write;
enum err_code package_member_begin(struct package *p, const char *name, struct member_write **out, struct err *e) NODISCARD;
enum err_code package_member_add(void *member_write, const void *bytes, size_t n, struct err *e) NODISCARD;
enum err_code package_member_end(struct member_write *w, struct err *e) NODISCARD; /* frees w, also on error */
void package_member_abort(struct member_write *w);                                /* NULL allowed */
enum err_code package_put(struct package *p, const char *name, struct str bytes, struct err *e) NODISCARD;

struct package_outside {
  char provision[PACKAGE_PROVISION], recipient[80];
  uint64_t tar_bytes;
  uint8_t blake2b[PACKAGE_DIGEST], sha256[32]; /* of the ciphertext */
};
void package_files(const struct package *p, struct manifest *m); /* sorted by name */
/* The manifest comes first in the archive. Writes `path`, which must not exist, and syncs it. */
enum err_code package_write(
    struct package *p, struct str manifest_json, const char *recipient, const char *path, struct package_outside *out, struct err *e) NODISCARD;
void package_comment(const struct package_outside *o, char out[PACKAGE_COMMENT]);
bool package_comment_parse(const char *comment, struct package_outside *out);
enum err_code package_digest(const char *path, struct package_outside *o, struct err *e) NODISCARD; /* fills blake2b and sha256 */

struct package_open_request {
  const char *path;
  const uint8_t *secret;            /* age identity, 32 bytes */
  const char *public_keys[2];       /* minisign texts of the two officers */
  const char *out_folder;           /* must not exist */
  const struct job *job;            /* for warnings; NULL = none */
  bool strict;                      /* refuses where the worker cannot be kept apart, else a warning E_EXTRACT_APART */
};
/* manifest: in arena a. */
enum err_code package_open(const struct package_open_request *q, struct arena *a, struct manifest_read *manifest, struct err *e) NODISCARD;
/* Signatures only: for whoever has no key to open it. */
enum err_code package_verify(const char *path, const char *const public_keys[2], struct package_outside *out, struct err *e) NODISCARD;
#endif
