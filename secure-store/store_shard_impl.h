/* store_shard_impl.h -- the sealed header of a shard, shared by writer and reader.
 * Bytes    u8 version 1 | dataset | batch | sender | form hash (each u16 length, text) | u64 batch sequence | u64 rows | u64 groups | content hash
 *          32 | u32 columns, each: u8 type | u8 decimals | u8 date | u8 part | name | unit. Little-endian, nothing after it. */
#ifndef SHIRABE_SECURE_STORE_STORE_SHARD_IMPL_H
#define SHIRABE_SECURE_STORE_STORE_SHARD_IMPL_H
#include "secure-store/store_impl.h"

struct shard_column {
  char name[128], unit[32];
  enum column_type type;
  int decimals;
  bool is_date;
  uint8_t part;
};
struct shard_header {
  char dataset[STORE_DATASET_BYTES], batch[65], sender[48], form_hash[65];
  int64_t batch_sequence, n_rows, n_groups;
  uint8_t content_hash[32];
  int n_columns;
  struct shard_column *columns;
};
enum err_code shard_header_encode(const struct shard_header *h, struct strbuf *out, struct err *e) NODISCARD;
enum err_code shard_header_parse(const void *p, size_t n, struct arena *a, struct shard_header *out, struct err *e) NODISCARD;
enum err_code store_dataset_name(const struct dataset_key *key, char out[STORE_DATASET_BYTES], struct err *e) NODISCARD;
/* The bits of the rows that are not current, nothing (n = 0) when all are; a locked store gives their number only. */
enum err_code store_hidden_read(struct store *s, int64_t shard_id, int64_t n_rows, struct strbuf *bits, int64_t *n_hidden, struct err *e) NODISCARD;
/* *all: the shard has exactly the column segments its sealed header speaks of (store_shard_account.c). */
enum err_code store_shard_counted(struct store *s, int64_t shard_id, const struct shard_header *h, bool *all, struct err *e) NODISCARD;
enum err_code store_shard_header(struct store *s, int64_t shard_id, struct arena *a, struct shard_header *out, struct err *e) NODISCARD;
enum err_code store_shard_check(struct store *s, int64_t shard_id, struct err *e) NODISCARD; /* E_STORE_TAMPERED */
#endif
