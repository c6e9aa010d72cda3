/* store_cutoff.h -- a cut-off (速報 概数 確定): what was received of a period until then, read later as it was then, whatever came since.
 * Kept     per survey, period and name: the number of the last segment, and SHA-256 over every received dataset of the period, shard by shard:
 *          dataset, batch, sender, sequence, content hash (which covers the marks of rows that were not current). Answers are kept once only.
 * Read     after store_cutoff_open, until the store is closed, the received datasets of the period show the shards and marks up to that segment; all
 *          others are as they are. The hash is made anew and compared first: what was destroyed or tampered with since refuses the cut-off.
 *          So does a shard of this office's own intake that `shirabe intake fix` replaced: a cut-off is taken after such decisions.
 * Writing  rows of a period that is read as it was cannot be marked (store_shard_hide).
 * Log      the digest stands in the leaf of the cut-off (columns_hash).
 * Errors   E_STORE_CUTOFF_NONE: not taken, or taken before this was kept; E_STORE_CUTOFF_CHANGED; E_STORE_LOCKED. Cost: one header a shard. */
#ifndef SHIRABE_SECURE_STORE_STORE_CUTOFF_H
#define SHIRABE_SECURE_STORE_STORE_CUTOFF_H
#include "secure-store/store.h"

struct store_cutoff {
  char survey[64], period[32], name[32], digest[65];
  int64_t n_rows; /* current rows of all forms then */
};
/* Inside a transaction, in which nothing of the period was written yet. */
enum err_code store_cutoff_take(struct store *s, const char *survey, const char *period, const char *name, struct store_cutoff *out,
    struct err *e) NODISCARD;
/* What is kept of it, without reading the period as it was; needs no keys. */
enum err_code store_cutoff_find(struct store *s, const char *survey, const char *period, const char *name, struct store_cutoff *out,
    struct err *e) NODISCARD;
enum err_code store_cutoff_open(struct store *s, const char *survey, const char *period, const char *name, struct store_cutoff *out,
    struct err *e) NODISCARD;
/* What the store is read as; NULL = as it is. */
const struct store_cutoff *store_cutoff_of(const struct store *s);
#endif
