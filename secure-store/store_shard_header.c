/* store_shard_header.c -- see store_shard_impl.h. */
#include <string.h>

#include "base/bytes.h"
#include "secure-store/store_shard_impl.h"

enum { HEADER_VERSION = 1, COLUMNS_MAX = 4096 };

static void put_text(struct strbuf *to, const char *text) {
  bytes_put_u16(to, (uint16_t)strlen(text));
  strbuf_adds(to, text);
}

enum err_code shard_header_encode(const struct shard_header *h, struct strbuf *out, struct err *e) {
  bytes_put_u8(out, HEADER_VERSION);
  put_text(out, h->dataset);
  put_text(out, h->batch);
  put_text(out, h->sender);
  put_text(out, h->form_hash);
  bytes_put_u64(out, (uint64_t)h->batch_sequence);
  bytes_put_u64(out, (uint64_t)h->n_rows);
  bytes_put_u64(out, (uint64_t)h->n_groups);
  strbuf_add(out, (const char *)h->content_hash, 32);
  bytes_put_u32(out, (uint32_t)h->n_columns);
  for (int k = 0; k < h->n_columns; k++) {
    const struct shard_column *c = &h->columns[k];
    bytes_put_u8(out, (uint8_t)c->type);
    bytes_put_u8(out, (uint8_t)c->decimals);
    bytes_put_u8(out, c->is_date);
    bytes_put_u8(out, c->part);
    put_text(out, c->name);
    put_text(out, c->unit);
  }
  return out->failed ? ERR(e, E_NO_MEMORY, .subject = "shard header") : E_OK;
}

static bool take_text(struct bytes_reader *r, char *out, size_t size) {
  size_t n = bytes_u16(r);
  const uint8_t *p = bytes_take(r, n);
  if (!p || n >= size || memchr(p, 0, n)) return false;
  memcpy(out, p, n);
  out[n] = 0;
  return true;
}

static bool take_column(struct bytes_reader *r, struct shard_column *c) {
  uint8_t type = bytes_u8(r), decimals = bytes_u8(r), date = bytes_u8(r);
  c->part = bytes_u8(r);
  c->type = (enum column_type)type;
  c->decimals = decimals;
  c->is_date = date == 1;
  return type <= COL_REAL && decimals <= 18 && date <= 1 && c->part <= 3 && take_text(r, c->name, sizeof c->name) && take_text(r, c->unit,
      sizeof c->unit);
}

static bool take_head(struct bytes_reader *r, struct shard_header *h) {
  bool ok = bytes_u8(r) == HEADER_VERSION && take_text(r, h->dataset, sizeof h->dataset) && take_text(r, h->batch, sizeof h->batch) &&
            take_text(r, h->sender, sizeof h->sender) && take_text(r, h->form_hash, sizeof h->form_hash);
  h->batch_sequence = (int64_t)bytes_u64(r);
  h->n_rows = (int64_t)bytes_u64(r);
  h->n_groups = (int64_t)bytes_u64(r);
  const uint8_t *hash = bytes_take(r, 32);
  if (hash) memcpy(h->content_hash, hash, 32);
  uint32_t n = bytes_u32(r);
  h->n_columns = (int)n;
  return ok && hash && h->n_rows >= 0 && h->n_groups >= 0 && n <= COLUMNS_MAX;
}

enum err_code shard_header_parse(const void *p, size_t n, struct arena *a, struct shard_header *out, struct err *e) {
  struct bytes_reader r;
  memset(out, 0, sizeof *out);
  bytes_reader_init(&r, p, n);
  if (!take_head(&r, out)) return ERR(e, E_STORE_TAMPERED, .subject = "shard header");
  out->columns = ARENA_ARRAY(a, struct shard_column, out->n_columns + 1);
  if (!out->columns) return ERR(e, E_NO_MEMORY, .subject = "shard header");
  bool ok = true;
  for (int k = 0; ok && k < out->n_columns; k++) ok = take_column(&r, &out->columns[k]);
  return ok && !r.failed && bytes_left(&r) == 0 ? E_OK : ERR(e, E_STORE_TAMPERED, .subject = "shard header");
}
