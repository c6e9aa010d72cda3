/* row_id.h -- what ties every row of an extract to its recipient, without changing a value: ids, a mark and an order that depend on the provision's
 * key.
 * Key      32 bytes of one provision (store_token over grant and provision), never given out.
 * Id       "r" and 20 characters of base 32 (0-9 a-z without i l o u) = the first 100 bits of HMAC-SHA-256(key, "row" | serial as 8 bytes,
 *          big-endian); the serial is the row's place in the source: units (row groups of shards) in store order, rows in order. Nobody without the
 *          key can make one, and two recipients' ids of one record have nothing in common.
 * Mark     "m" and 20 characters of HMAC(key, "mark"): name of the id column, and in codebook and file labels.
 * Order    units by HMAC(key, "unit" | number); consecutive units make a block of at most 65,536 rows (a larger unit is a block of its own); within
 *          a block rows by id.
 * Source   secure.md 4.13. Chance that one given text is an id of a provision of n rows: n * 2^-100. */
#ifndef SHIRABE_SECURE_STORE_EXTRACT_ROW_ID_H
#define SHIRABE_SECURE_STORE_EXTRACT_ROW_ID_H
#include <stdbool.h>
#include <stdint.h>

#include "base/ext_sodium.h"
#include "base/str.h"

enum { ROW_ID_BYTES = 13, ROW_ID_TEXT = 22, ROW_ID_BITS = 100, EXTRACT_BLOCK_ROWS = 65536 };
struct row_id {
  uint8_t b[ROW_ID_BYTES]; /* the last 4 bits are 0 */
};
struct row_key {
  struct hmac_key hmac; /* wipe after use */
};
void row_key_init(struct row_key *k, const uint8_t key[32]);
void row_id_of(const struct row_key *k, uint64_t serial, struct row_id *out);
void row_id_text(const struct row_id *id, char out[ROW_ID_TEXT]);
bool row_id_parse(struct str text, char first, struct row_id *out); /* first: 'r' or 'm'; upper case is accepted, as spreadsheets change it */
int row_id_cmp(const void *a, const void *b); /* of struct row_id */
void row_mark(const struct row_key *k, struct row_id *out);
void row_mark_text(const struct row_key *k, char out[ROW_ID_TEXT]);
/* order[i] = the unit that comes at place i; a permutation of 0 .. n-1. false: no memory. */
bool row_unit_order(const struct row_key *k, int64_t n, int64_t *order) NODISCARD;
/* Units order[first] .. order[result - 1] are one block; rows[u] = rows of unit u. */
int64_t row_block_end(const int64_t *order, const int64_t *rows, int64_t first, int64_t n);
#endif
