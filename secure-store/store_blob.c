/* store_blob.c -- files as they came: original submissions, batch members, receipts. Sealed in chunks of 1 MiB; the first begins with kind, name and
 * length, so that a file name, too, rests only encrypted. The id is a keyed hash of kind, name and content: the same file put twice is kept once,
 * and nobody without the key can test a guess against it. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "secure-store/rights/grant_impl.h"
#include "secure-store/store_impl.h"

enum { NAME_MAX_BYTES = 1024 };

struct blob_row {
  int64_t dataset_id, bytes, chunks;
  char dataset[STORE_DATASET_BYTES];
  char kind[64];
  uint8_t part;
};

static bool plain_kind(const char *kind) {
  size_t n = strlen(kind);
  return n > 0 && n < 64 && strspn(kind, "abcdefghijklmnopqrstuvwxyz0123456789-_") == n;
}

static enum err_code blob_id(struct store *s, const char *kind, const char *name, const uint8_t hash[32], char out[65], struct err *e) {
  uint8_t token[32];
  struct strbuf text;
  strbuf_init(&text, 0);
  bytes_put_u32(&text, (uint32_t)strlen(kind));
  strbuf_adds(&text, kind);
  bytes_put_u32(&text, (uint32_t)strlen(name));
  strbuf_adds(&text, name);
  strbuf_add(&text, (const char *)hash, 32);
  enum err_code code = text.failed ? ERR(e, E_NO_MEMORY, .subject = kind) : store_token(s, "blob", text.p, text.n, token, e);
  strbuf_release(&text);
  if (!code) hex_encode(token, 32, out);
  return code;
}

static enum err_code find_blob(struct store *s, const char *id, struct blob_row *out, bool *found, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(s->db, "SELECT b.dataset_id, b.bytes, b.chunks, d.name, b.kind, b.part FROM blob b JOIN dataset d ON d.id = b.dataset_id WHERE b.id "
                        "= ?1", &q, e));
  db_bind_cstr(q, 1, id);
  TRY(db_step(q, found, e));
  if (!*found) return E_OK;
  *out = (struct blob_row){.dataset_id = db_int(q, 0), .bytes = db_int(q, 1), .chunks = db_int(q, 2), .part = (uint8_t)db_int(q, 5)};
  snprintf(out->dataset, sizeof out->dataset, "%.*s", (int)db_text(q, 3).n, db_text(q, 3).p);
  snprintf(out->kind, sizeof out->kind, "%.*s", (int)db_text(q, 4).n, db_text(q, 4).p);
  db_reset(q);
  return E_OK;
}

static enum err_code insert_blob(struct store *s, const char *id, const struct blob_row *b, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(s->db, "INSERT INTO blob(id, dataset_id, kind, part, bytes, chunks) VALUES(?1, ?2, ?3, ?4, ?5, ?6)", &q, e));
  db_bind_cstr(q, 1, id);
  db_bind_int(q, 2, b->dataset_id);
  db_bind_cstr(q, 3, b->kind);
  db_bind_int(q, 4, b->part);
  db_bind_int(q, 5, b->bytes);
  db_bind_int(q, 6, b->chunks);
  return db_execute(q, e);
}

static void put_head(struct strbuf *to, const char *kind, const char *name, size_t n) {
  bytes_put_u8(to, 1);
  bytes_put_u16(to, (uint16_t)strlen(kind));
  strbuf_adds(to, kind);
  bytes_put_u16(to, (uint16_t)strlen(name));
  strbuf_adds(to, name);
  bytes_put_u64(to, (uint64_t)n);
}

struct blob_write {
  struct store *s;
  struct blob_row row;
  char id[65];
  int64_t done;
  bool found; /* it is there already */
  uint8_t dek[32];
  struct strbuf raw;
};

static enum err_code begin_in(struct blob_write *w, const char *kind, const char *name, const uint8_t hash[32], struct err *e) {
  struct store *s = w->s;
  struct blob_row *b = &w->row;
  const int64_t n = b->bytes;
  const uint8_t part = b->part;
  TRY(blob_id(s, kind, name, hash, w->id, e));
  TRY(find_blob(s, w->id, b, &w->found, e));
  if (w->found) return E_OK;
  b->bytes = n;
  b->part = part;
  snprintf(b->kind, sizeof b->kind, "%s", kind);
  snprintf(b->dataset, sizeof b->dataset, "blob/%s", kind);
  TRY(store_dataset_id(s, b->dataset, NULL, true, &b->dataset_id, e));
  TRY(store_state_touch(s, b->dataset_id, false, e));
  put_head(&w->raw, kind, name, (size_t)n);
  return store_dek(s, b->dataset, part, true, w->dek, e);
}

void store_blob_abort(struct blob_write *w) {
  if (!w) return;
  strbuf_wipe_release(&w->raw);
  secret_free(w);
}

enum err_code store_blob_begin(struct store *s, const char *kind, const char *name, const uint8_t hash[32], int64_t n, uint8_t part, struct blob_write **out,
                               struct err *e) {
  bool locked; /* judged by the keystore when it opened */
  *out = NULL;
  if (!s->in_transaction) return ERR(e, E_STORE_NO_TRANSACTION, .subject = "store_blob_begin");
  if (!plain_kind(kind) || strlen(name) > NAME_MAX_BYTES || part > 3 || n < 0) return ERR(e, E_STORE_NO_BLOB, .subject = kind,
                                                                                           .expected = "a kind of small letters");
  struct blob_write *w = secret_new(sizeof *w, &locked);
  if (!w) return ERR(e, E_NO_MEMORY, .subject = kind);
  w->s = s;
  w->row = (struct blob_row){.bytes = n, .part = part};
  strbuf_init(&w->raw, 0);
  enum err_code code = begin_in(w, kind, name, hash, e);
  if (code) store_blob_abort(w);
  else *out = w;
  return code;
}

enum err_code store_blob_add(struct blob_write *w, const void *p, size_t n, struct err *e) {
  if (w->found) return E_OK;
  if (n > STORE_BLOB_PIECE || (n < STORE_BLOB_PIECE && w->done + (int64_t)n != w->row.bytes)) return ERR(e, E_BUG, .subject = "store_blob_add");
  strbuf_add(&w->raw, p, n);
  struct segment_place place = {.dataset = w->row.dataset, .table = "blob", .column = w->id, .part = w->row.part, .codec = SEGMENT_BYTES,
                                .seg_no = (uint64_t)w->row.chunks, .row_first = (uint64_t)w->done, .raw_n = (uint32_t)w->raw.n};
  enum err_code code = w->raw.failed ? ERR(e, E_NO_MEMORY, .subject = w->row.kind)
                                     : store_segment_add(w->s, w->dek, &place, w->row.dataset_id, 0, w->id, 0, w->raw.p, e);
  strbuf_reset(&w->raw);
  w->row.chunks++;
  w->done += (int64_t)n;
  return code;
}

static enum err_code end_in(struct blob_write *w, struct err *e) {
  if (w->found) return E_OK;
  if (w->row.bytes == 0) TRY(store_blob_add(w, "", 0, e));
  return w->done == w->row.bytes ? insert_blob(w->s, w->id, &w->row, e) : ERR(e, E_BUG, .subject = "store_blob_end");
}

enum err_code store_blob_end(struct blob_write *w, char id_out[65], struct err *e) {
  enum err_code code = end_in(w, e);
  memcpy(id_out, w->id, sizeof w->id);
  store_blob_abort(w);
  return code;
}

enum err_code store_blob_put(struct store *s, const char *kind, const char *name, const void *p, size_t n, uint8_t part, char id_out[65],
                             struct err *e) {
  struct blob_write *w;
  uint8_t hash[32];
  enum err_code code = E_OK;
  sha256_of(p, n, hash);
  TRY(store_blob_begin(s, kind, name, hash, (int64_t)n, part, &w, e));
  for (size_t at = 0; !code && at < n; at += STORE_BLOB_PIECE)
    code = store_blob_add(w, (const char *)p + at, n - at < STORE_BLOB_PIECE ? n - at : STORE_BLOB_PIECE, e);
  if (!code) return store_blob_end(w, id_out, e);
  store_blob_abort(w);
  return code;
}

/* --- reading --- */

static bool check_head(struct str raw, const struct blob_row *b, struct strbuf *name, size_t *at) {
  struct bytes_reader r;
  bytes_reader_init(&r, raw.p, raw.n);
  if (bytes_u8(&r) != 1) return false;
  size_t kind_n = bytes_u16(&r);
  const uint8_t *kind = bytes_take(&r, kind_n);
  size_t name_n = bytes_u16(&r);
  const uint8_t *text = bytes_take(&r, name_n);
  uint64_t n = bytes_u64(&r);
  if (r.failed || !kind || !text || !str_eq(str_view((const char *)kind, kind_n), str_of(b->kind)) || n != (uint64_t)b->bytes) return false;
  if (name) strbuf_add(name, (const char *)text, name_n);
  *at = r.at;
  return true;
}

static enum err_code nth_chunk(struct store *s, const char *id, int64_t i, struct store_segment *g, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(s->db, "SELECT " STORE_SEGMENT_COLUMNS STORE_SEGMENT_FROM "WHERE g.blob_id = ?1 AND g.seg_no = ?2", &q, e));
  db_bind_cstr(q, 1, id);
  db_bind_int(q, 2, i);
  TRY(db_step(q, &row, e));
  memset(g, 0, sizeof *g);
  if (row) store_segment_row(q, g);
  db_reset(q);
  if (row) return E_OK;
  snprintf(g->names[0], sizeof g->names[0], "blob:%.64s", id);
  return store_tampered(s, g, "chunk missing", e);
}

static enum err_code read_chunk(struct store *s, const char *id, const struct blob_row *b, int64_t i, const uint8_t *dek, struct strbuf *sealed,
                                struct strbuf *name, struct strbuf *out, struct err *e) {
  struct store_segment g;
  struct strbuf raw;
  size_t at = 0;
  TRY(nth_chunk(s, id, i, &g, e));
  strbuf_init(&raw, 0);
  enum err_code code = store_segment_open(s, dek, &g, sealed, &raw, e);
  if (!code && i == 0 && !check_head(str_view(raw.p, raw.n), b, name, &at)) code = store_tampered(s, &g, "blob row differs from its sealed head", e);
  if (!code && out) strbuf_add(out, raw.p + at, raw.n - at);
  strbuf_wipe_release(&raw);
  if (!code && out && out->failed) code = ERR(e, E_CAP_EXCEEDED, .subject = id);
  return code;
}

static enum err_code open_blob(struct store *s, const char *id, int64_t access, bool content, struct blob_row *b, uint8_t dek[32], struct err *e) {
  bool found = false;
  if (s->locked) return ERR(e, E_STORE_LOCKED, .subject = id);
  if (!store_log_is_open(s, access)) return ERR(e, E_STORE_NO_ACCESS, .subject = id);
  TRY(find_blob(s, id, b, &found, e));
  if (!found) return ERR(e, E_STORE_NO_BLOB, .subject = id);
  TRY(store_state_check(s, b->dataset_id, e));
  if (s->records.n_officers > 0) TRY(grant_use_blob(s, id, b->dataset, b->part, content ? b->bytes : 0, e));
  return store_dek(s, b->dataset, b->part, false, dek, e);
}

enum err_code store_blob_get(struct store *s, const char *id, int64_t access, size_t max, struct strbuf *out, struct err *e) {
  struct blob_row b;
  uint8_t dek[32];
  struct strbuf sealed;
  size_t before = out->n;
  TRY(open_blob(s, id, access, true, &b, dek, e));
  strbuf_init(&sealed, 0);
  enum err_code code = max && (uint64_t)b.bytes > max ? ERR(e, E_CAP_EXCEEDED, .subject = id) : E_OK;
  for (int64_t i = 0; !code && i < b.chunks; i++) code = read_chunk(s, id, &b, i, dek, &sealed, NULL, out, e);
  if (!code && out->n - before != (size_t)b.bytes) {
    struct store_segment none = {.id = 0};
    snprintf(none.names[0], sizeof none.names[0], "blob:%.64s", id);
    code = store_tampered(s, &none, "length", e);
  }
  if (code && out->p) {
    wipe(out->p + before, out->n - before); /* all or nothing */
    out->n = before;
  }
  strbuf_release(&sealed);
  wipe(dek, sizeof dek);
  return code;
}

enum err_code store_blob_name(struct store *s, const char *id, int64_t access, struct strbuf *out, struct err *e) {
  struct blob_row b;
  uint8_t dek[32];
  struct strbuf sealed;
  TRY(open_blob(s, id, access, false, &b, dek, e));
  strbuf_init(&sealed, 0);
  enum err_code code = read_chunk(s, id, &b, 0, dek, &sealed, out, NULL, e);
  strbuf_release(&sealed);
  wipe(dek, sizeof dek);
  return code;
}
