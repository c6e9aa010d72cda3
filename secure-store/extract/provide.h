/* provide.h -- the door for secondary use: a grant becomes one package for its person (page: extract.md).
 * Order    rights (grant in force, shape by purpose, exports left, builder and signer), leaf package-build intent, rows, package in a folder of its
 *          own that nobody sees, record and outcome; package-sign intent, two signatures, outcome; package-handover intent, the folder appears
 *          under its name, outcome. Killed anywhere: either no folder, or the whole of it; never a package without its leaves.
 * Officers builder: role provider, neither person nor approver of the grant. signer: role manager or chief, another person, not requester or
 *          person.
 * Record   "provision:<provision>" (rights/record.h), canonical JSON "shirabe-provision-1", sealed: what trace needs to name the recipient of a
 *          leaked file.
 * Errors   E_EXTRACT_SHAPE, _SIGNER, _EXISTS, _EMPTY, _RANGE, _DATASET, _FORM, _EXPORTS, E_GRANT_*, E_ROLE_*, those of the store. A refusal leaves
 *          one leaf.
 * Memory   one row group of all granted columns and some 20 MiB. */
#ifndef SHIRABE_SECURE_STORE_EXTRACT_PROVIDE_H
#define SHIRABE_SECURE_STORE_EXTRACT_PROVIDE_H
#include "secure-store/extract/frame.h"
#include "secure-store/extract/package.h"
#include "secure-store/rights/grant.h"

enum { PROVIDE_CSV = 1, PROVIDE_DTA = 2, PROVIDE_SAV = 4, PROVIDE_UNITS_MAX = 20000 };
struct provide_request {
  const char *grant, *dataset; /* dataset: NULL = the one the grant names */
  const char *out_folder, *forms;
  const struct officer_secret *builder, *signer;
  unsigned formats;
  int level; /* of zstd */
};
struct provide_result {
  struct package_outside outside;
  char folder[4096];
  int64_t rows;
  int columns;
  bool demo;
};
enum err_code provide(struct store *s, const struct provide_request *q, struct provide_result *out, struct err *e) NODISCARD;
/* Writes a signature of the officer again, beside a package that this store has recorded and that he signed: E_EXTRACT_RECORD for other bytes. */
enum err_code provide_sign(
    struct store *s, const char *path, const struct officer_secret *officer, struct package_outside *out, struct err *e) NODISCARD;

/* --- records --- */
struct provision_unit {
  int64_t shard, group, rows; /* rows that were there, before a row filter */
};
struct provision {
  const char *provision, *grant, *person, *dataset, *recipient, *package_sha256, *signer[2]; /* arena */
  uint8_t salt[16], grant_sha256[32];
  int64_t rows, tar_bytes, made, log_index, n_units;
  const struct provision_unit *units;
  const char *const *shard_hash; /* [n_units] content hash of the unit's shard */
  const char *const *columns;
  int n_columns;
};
enum err_code provision_text(const struct provision *p, struct strbuf *out, struct err *e) NODISCARD;
enum err_code provision_parse(struct arena *a, struct str text, struct provision *out, struct err *e) NODISCARD; /* strict */
/* in order of provision */
enum err_code provision_list(struct store *s, struct arena *a, struct provision **out, int64_t *n, struct err *e) NODISCARD;
/* The key that ids, mark and order come from. Wipe it. */
enum err_code provision_key(
    struct store *s, const char *provision, const uint8_t grant_sha256[32], const uint8_t salt[16], struct row_key *out, struct err *e) NODISCARD;
#endif
