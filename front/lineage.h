/* lineage.h -- the run manifest: inputs by shard and batch, forms and specifications by hash, weights, counts, what was withheld or skipped. Canonical JSON
 * without any time, so that the same inputs give the same bytes and the same run id (DESIGN 10). Format: secure-store/release.md. */
#ifndef SHIRABE_FRONT_LINEAGE_H
#define SHIRABE_FRONT_LINEAGE_H
#include "estimators/command/cmd_estimate_core.h"
#include "front/bundle.h"

/* `received` adds the shards of the received stage behind each imputed dataset, so that explain reaches the signed batches. */
enum err_code lineage_write(struct store *s, struct arena *a, const struct estimate_output *r, const struct bundle_table *tables, struct str *out, struct err *e) NODISCARD;

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
enum err_code lineage_read(struct arena *a, struct str json, struct lineage *out, struct err *e) NODISCARD;
#endif
