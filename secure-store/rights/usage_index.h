/* usage_index.h -- what the leaves of the log say about use: charges, readings, attempts to open a key file. Part of struct store; for rights/ only.
 * Leaves   "charge WHAT:N ... person:ID" and "return WHAT:N ... person:ID" (result note, with a grant) count n of each kind named; an intent under a
 *          grant counts one query of whoever entered it last; "query person:ID filtered:0|1 dataset:NAME" keeps the rows found; key-unlock-try
 *          (refused, E_STORE_PASSPHRASE) and key-unlock (note) with "officer-key:HEX" are attempts.
 * Names    are kept as 64-bit hashes: two that fall together are counted together, which can only refuse more. */
#ifndef SHIRABE_SECURE_STORE_RIGHTS_USAGE_INDEX_H
#define SHIRABE_SECURE_STORE_RIGHTS_USAGE_INDEX_H
#include "base/str.h"
#include "secure-store/access_log.h"

struct usage_charge {
  int64_t wall, amount;
  uint64_t grant, person;
  uint8_t kind; /* enum grant_count */
};
struct usage_query {
  uint64_t seq, dataset, person, grant, token;
  int64_t rows;
  bool filtered;
};
struct usage_attempt {
  int64_t wall;
  uint64_t key;
  bool good;
};
struct usage_index {
  struct strbuf charges, queries, attempts;
  uint64_t grant, person; /* who entered last */
};
struct usage_index_kept {
  size_t charges, queries, attempts;
  uint64_t grant, person;
};
enum err_code usage_index_add(struct usage_index *x, const struct log_leaf *leaf, struct err *e) NODISCARD;
void usage_index_keep(const struct usage_index *x, struct usage_index_kept *out);
void usage_index_back(struct usage_index *x, const struct usage_index_kept *to);
void usage_index_release(struct usage_index *x);
uint64_t usage_token(const uint8_t bytes[32]); /* the first 8 */
#endif
