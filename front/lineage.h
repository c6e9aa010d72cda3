/* lineage.h -- the run manifest: inputs by shard and batch, forms and specifications by hash, weights, counts, what was withheld or skipped. Canonical JSON
 * without any time, so that the same inputs give the same bytes and the same run id (DESIGN 10). Format: secure-store/release.md. */
#ifndef SHIRABE_FRONT_LINEAGE_H
#define SHIRABE_FRONT_LINEAGE_H
#include "base/ext_sodium.h"
#include "estimators/command/cmd_estimate_core.h"
#include "front/bundle.h"

/* The store's key for the public form of a lineage: HMAC under a key of the store's own, the same as long as the store lives. */
enum err_code lineage_key(struct store *s, struct hmac_key *out, struct err *e) NODISCARD;
/* key NULL: the full lineage (shirabe-lineage-1), for the sealed store alone. With a key the public one (shirabe-lineage-2): no numbers of rows, and
 * HMAC-SHA-256 in place of the ids of batches and the hashes of their content, which whoever knows all records but one would find by trying.
 * Behind each imputed dataset stand the shards of its received stage, so that explain reaches the signed batches. */
enum err_code lineage_write(struct store *s, struct arena *a, const struct hmac_key *key, const struct estimate_output *r,
    const struct bundle_table *tables, struct str *out, struct err *e) NODISCARD;

struct lineage_shard {
  const char *batch, *sender, *content_hash;
  int64_t rows;
};
struct lineage_dataset {
  const char *survey, *form, *period, *stage, *form_hash;
  int64_t n_shards;
  struct lineage_shard *shards;
};
struct lineage {
  const char *survey, *period, *spec_hash, *program, *weights, *cutoff; /* cutoff "": the store as it was */
  int64_t n_datasets;
  struct lineage_dataset *datasets;
  int64_t n_tables;
  const char **table_ids, **table_forms, **table_hashes;
};
/* The full one; E_RELEASE_BUNDLE for any other format, the public one too. */
enum err_code lineage_read(struct arena *a, struct str json, struct lineage *out, struct err *e) NODISCARD;
#endif
