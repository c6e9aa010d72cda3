/* batch_apply.h -- puts a verified batch and the lower batches inside it into the store; runs inside the caller's transaction. */
#ifndef SHIRABE_COLLECTOR_BATCH_APPLY_H
#define SHIRABE_COLLECTOR_BATCH_APPLY_H
#include "collector/batch.h"

/* Checks that a signed manifest at `prefix` ("" or "lower/<id>/") agrees with the container's members; id_out is its id. */
enum err_code batch_verify_lower(struct store *s, struct arena *a, const struct batch_content *c, const struct batch_lower *lower, struct batch_manifest **out, struct err *e) NODISCARD;
/* All of it: the top batch and every lower one not known yet. *records counts what was stored. A number used twice is E_BATCH_FORK. */
enum err_code batch_apply(struct store *s, struct arena *a, const char *forms, const struct batch_content *c, const char *signing_key, int64_t now, int64_t *records, bool *late, struct err *e) NODISCARD;
#endif
