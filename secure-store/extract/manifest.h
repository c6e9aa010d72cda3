/* manifest.h -- what a package says it is: an in-toto Statement v1 in a DSSE envelope with exactly two Ed25519 signatures (manifest.json).
 * Statement canonical JSON: _type, predicate, predicateType, subject (every other file of the package with its SHA-256, sorted by name). Predicate:
 * basis, columns, dataset, demo, destroy_by, form_sha256, from, grant, grant_sha256, log_index, made, mark, organisation, person, place,
 * program_sha256, provision, purpose, recipient (age1...), rows, schema_sha256, state_root, until.
 * Envelope {"payload": base64 of the statement, "payloadType": "application/vnd.in-toto+json", "signatures": [{"keyid": 16 hex, "sig": base64}
 *          x2]}; a signature is Ed25519 over "DSSEv1 SP len(type) SP type SP len(payload) SP payload" with the officer's minisign key; keyid = its
 *          key id.
 * Reader   strict: members, types, order and lengths as written, and the statement must come out byte for byte again: E_EXTRACT_MANIFEST.
 *          Signatures by exactly the two keys given.
 * Source   in-toto Statement v1; DSSE v1 (secure-systems-lab). */
#ifndef SHIRABE_SECURE_STORE_EXTRACT_MANIFEST_H
#define SHIRABE_SECURE_STORE_EXTRACT_MANIFEST_H
#include "secure-store/extract/head.h"
#include "secure-store/extract/package_tar.h"
#include "secure-store/minisign.h"

enum { MANIFEST_MAX = 1 << 22 };
struct manifest_file {
  char name[PACKAGE_NAME];
  uint8_t sha256[32];
};
struct manifest {
  const struct extract_head *head; /* writing */
  int64_t rows;
  const char *const *columns;
  int n_columns, n_files;
  struct manifest_file files[PACKAGE_FILES];
};
enum err_code manifest_statement(const struct manifest *m, struct strbuf *out, struct err *e) NODISCARD;
enum err_code manifest_seal(struct str statement, const struct minisign_key *const keys[2], struct strbuf *out, struct err *e) NODISCARD;

/* What the reader gives: texts in arena a. */
struct manifest_read {
  struct extract_head head; /* what stands in the predicate; the rest is NULL or 0 */
  struct manifest m;
  char key_id[2][17];
  uint8_t signature[2][64];
  struct str statement;
};
enum err_code manifest_parse(struct arena *a, struct str text, struct manifest_read *out, struct err *e) NODISCARD; /* no keys: shape only */
/* Also both signatures, by exactly these two public keys (minisign texts). */
enum err_code manifest_open(struct arena *a, struct str text, const char *const public_keys[2], struct manifest_read *out, struct err *e) NODISCARD;
/* What was read, as bytes between the worker that reads a package and its parent (page sandbox.md); strict about lengths, names and UTF-8. */
void manifest_flat_write(const struct manifest_read *m, struct strbuf *out);
bool manifest_flat_parse(struct arena *a, const void *p, size_t n, struct manifest_read *out);
#endif
