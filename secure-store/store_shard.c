/* store_shard.c -- writing shards: row groups of at most 65,536 rows, one sealed segment per column, and a sealed header that says what the shard is
 * and what its plaintext hashes to. The hash never stands in the database: with few rows it would let a guess be confirmed. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "forms/form.h"
#include "secure-store/column_codec.h"
#include "secure-store/store_shard_impl.h"

enum { SHARD_COLUMNS_MAX = 4096, PARTS = 4, GROUP_TEXTS = 14 << 20 };

struct shard_write {
  struct arena *arena; /* owns this struct */
  struct store *s;
  struct shard_header head;
  int64_t dataset_id, shard_id;
  uint8_t schema_hash[32];
  struct sha256 content;
  uint8_t (*dek)[32]; /* locked memory, one per part */
  bool have_dek[PARTS];
  struct strbuf raw;
};

static bool plain_part(const char *p) {
  size_t n = p ? strlen(p) : 0;
  return n > 0 && n < 64 && strspn(p, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-.") == n;
}

enum err_code store_dataset_name(const struct dataset_key *key, char out[STORE_DATASET_BYTES], struct err *e) {
  const char *const words[] = {key->survey, key->form, key->period, key->stage};
  for (int i = 0; i < 4; i++)
    if (!plain_part(words[i])) return ERR(e, E_STORE_NO_SHARD, .subject = words[i] ? words[i] : "", .expected = "letters, digits, _ - and .");
  int n = snprintf(out, STORE_DATASET_BYTES, "%s/%s/%s/%s", key->survey, key->form, key->period, key->stage);
  return n > 0 && n < STORE_DATASET_BYTES ? E_OK : ERR(e, E_CAP_EXCEEDED, .subject = "dataset");
}

static enum err_code insert_shard(struct shard_write *w, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(w->s->db, "INSERT INTO shard(dataset_id, batch, sender, batch_sequence, n_rows, form_hash) VALUES(?1, ?2, ?3, ?4, 0, ?5)", &q, e));
  db_bind_int(q, 1, w->dataset_id);
  db_bind_cstr(q, 2, w->head.batch);
  db_bind_cstr(q, 3, w->head.sender);
  db_bind_int(q, 4, w->head.batch_sequence);
  db_bind_cstr(q, 5, w->head.form_hash);
  TRY(db_execute(q, e));
  w->shard_id = db_last_id(w->s->db);
  return E_OK;
}

static bool copy(char *out, size_t size, const char *text) {
  size_t n = text ? strlen(text) : 0;
  if (n >= size) return false;
  memcpy(out, n ? text : "", n + 1);
  return true;
}

static enum err_code begin_in(struct shard_write *w, const struct dataset_key *key, struct err *e) {
  TRY(store_dataset_name(key, w->head.dataset, e));
  TRY(store_dataset_id(w->s, w->head.dataset, key, true, &w->dataset_id, e));
  TRY(store_state_touch(w->s, w->dataset_id, false, e));
  if (w->head.form_hash[0] && (strlen(w->head.form_hash) != 64 || !hex_decode(w->head.form_hash, 64, w->schema_hash)))
    return ERR(e, E_STORE_COLUMNS, .subject = "form hash");
  bool locked; /* judged by the keystore when it opened */
  w->dek = secret_new((size_t)PARTS * 32, &locked);
  if (!w->dek) return ERR(e, E_NO_MEMORY, .subject = "keys");
  return insert_shard(w, e);
}

enum err_code store_shard_begin(struct store *s, const struct dataset_key *key, const char *form_hash, const char *batch, const char *sender,
                                int64_t batch_sequence, struct shard_write **out, struct err *e) {
  *out = NULL;
  if (!s->in_transaction) return ERR(e, E_STORE_NO_TRANSACTION, .subject = "store_shard_begin");
  struct arena *a = arena_new(0);
  struct shard_write *w = a ? ARENA_NEW(a, struct shard_write) : NULL;
  if (!w) {
    arena_free(a);
    return ERR(e, E_NO_MEMORY, .subject = "shard");
  }
  w->arena = a;
  w->s = s;
  w->head.batch_sequence = batch_sequence;
  strbuf_init(&w->raw, 0);
  sha256_begin(&w->content);
  bool fits = copy(w->head.form_hash, sizeof w->head.form_hash, form_hash) && copy(w->head.batch, sizeof w->head.batch, batch) &&
              copy(w->head.sender, sizeof w->head.sender, sender);
  enum err_code code = fits ? begin_in(w, key, e) : ERR(e, E_CAP_EXCEEDED, .subject = "shard");
  if (code) store_shard_abort(w);
  else *out = w;
  return code;
}

/* --- columns --- */

static enum err_code fix_columns(struct shard_write *w, const struct table *t, const uint8_t *parts, struct err *e) {
  if (t->n_columns < 1 || t->n_columns > SHARD_COLUMNS_MAX) return ERR(e, E_STORE_COLUMNS, .subject = "number of columns");
  w->head.columns = ARENA_ARRAY(w->arena, struct shard_column, t->n_columns);
  if (!w->head.columns) return ERR(e, E_NO_MEMORY, .subject = "shard");
  for (int k = 0; k < t->n_columns; k++) {
    const struct column *c = &t->columns[k];
    struct shard_column *d = &w->head.columns[k];
    *d = (struct shard_column){.type = c->type, .decimals = c->decimals, .is_date = c->is_date, .part = parts[k]};
    bool fits = copy(d->name, sizeof d->name, c->name) && copy(d->unit, sizeof d->unit, c->unit) && d->name[0] && d->name[0] != '#' &&
        d->part < PARTS;
    for (int i = 0; fits && i < k; i++) fits = strcmp(w->head.columns[i].name, d->name) != 0;
    if (!fits) return ERR(e, E_STORE_COLUMNS, .subject = c->name);
  }
  w->head.n_columns = t->n_columns;
  return E_OK;
}

static enum err_code same_columns(const struct shard_write *w, const struct table *t, const uint8_t *parts, struct err *e) {
  if (t->n_columns != w->head.n_columns) return ERR(e, E_STORE_COLUMNS, .subject = "number of columns");
  for (int k = 0; k < t->n_columns; k++) {
    const struct column *c = &t->columns[k];
    const struct shard_column *d = &w->head.columns[k];
    if (strcmp(c->name, d->name) != 0 || c->type != d->type || c->decimals != d->decimals || c->is_date != d->is_date || parts[k] != d->part)
      return ERR(e, E_STORE_COLUMNS, .subject = c->name);
  }
  return E_OK;
}

static enum err_code part_key(struct shard_write *w, uint8_t part, struct err *e) {
  if (w->have_dek[part]) return E_OK;
  TRY(store_dek(w->s, w->head.dataset, part, true, w->dek[part], e));
  w->have_dek[part] = true;
  return E_OK;
}

/* name, type, place and length, so that no two different contents give one byte stream */
static void hash_slice(struct shard_write *w, const struct shard_column *d, int64_t n) {
  struct strbuf head;
  strbuf_init(&head, 0);
  bytes_put_u32(&head, (uint32_t)strlen(d->name));
  strbuf_adds(&head, d->name);
  bytes_put_u64(&head, (uint64_t)w->head.n_rows);
  bytes_put_u32(&head, (uint32_t)n);
  bytes_put_u32(&head, (uint32_t)w->raw.n);
  sha256_add(&w->content, head.p, head.n);
  sha256_add(&w->content, w->raw.p, w->raw.n);
  strbuf_release(&head);
}

static enum err_code write_slice(struct shard_write *w, const struct table *t, int k, int64_t row0, int64_t n, struct err *e) {
  const struct shard_column *d = &w->head.columns[k];
  char table[40];
  strbuf_reset(&w->raw);
  TRY(part_key(w, d->part, e));
  store_pure_begin(w->s);
  enum err_code code = column_encode(&t->columns[k], row0, n, &w->raw, e);
  if (!code && !w->raw.failed) hash_slice(w, d, n);
  store_pure_end(w->s);
  TRY(code);
  if (w->raw.failed) return ERR(e, E_NO_MEMORY, .subject = d->name);
  if (w->raw.n > SEGMENT_RAW_MAX) return ERR(e, E_CAP_EXCEEDED, .subject = d->name, .expected = "at most 16 MiB of text in one row group");
  snprintf(table, sizeof table, "shard:%lld", (long long)w->shard_id);
  struct segment_place place = {.dataset = w->head.dataset, .table = table, .column = d->name, .part = d->part, .codec = SEGMENT_COLUMN,
                                .seg_no = (uint64_t)w->head.n_groups, .row_first = (uint64_t)w->head.n_rows, .rows = (uint32_t)n,
                                    .raw_n = (uint32_t)w->raw.n};
  memcpy(place.schema_hash, w->schema_hash, 32);
  return store_segment_add(w->s, w->dek[d->part], &place, w->dataset_id, w->shard_id, NULL, k, w->raw.p, e);
}

static enum err_code append_group(struct shard_write *w, const struct table *t, int64_t row0, int64_t n, struct err *e) {
  for (int k = 0; k < t->n_columns; k++) TRY(write_slice(w, t, k, row0, n, e));
  w->head.n_groups++;
  w->head.n_rows += n;
  return E_OK;
}

/* Rows of the next group: no more texts in one column than a segment surely holds. Counted with repetitions, so never too little room. */
static int64_t group_rows(const struct table *t, int64_t row0, int64_t n) {
  int64_t rows = n < STORE_ROW_GROUP ? n : STORE_ROW_GROUP;
  for (int k = 0; k < t->n_columns; k++) {
    const struct column *c = &t->columns[k];
    size_t bytes = 0;
    for (int64_t i = 0; c->type == COL_TEXT && i < rows; i++) {
      if (value_present(c->status[row0 + i])) bytes += dict_text(c->dict, c->code[row0 + i]).n;
      if (bytes > GROUP_TEXTS && i > 0) rows = i;
    }
  }
  return rows;
}

enum err_code store_shard_append(struct shard_write *w, const struct table *t, const uint8_t *parts, int64_t row0, int64_t n, struct err *e) {
  if (row0 < 0 || n < 0 || row0 > t->n_rows || n > t->n_rows - row0) return ERR(e, E_STORE_COLUMNS, .subject = "row range");
  TRY(w->head.columns ? same_columns(w, t, parts, e) : fix_columns(w, t, parts, e));
  for (int64_t done = 0; done < n;) {
    int64_t group = group_rows(t, row0 + done, n - done);
    TRY(append_group(w, t, row0 + done, group, e));
    done += group;
  }
  return E_OK;
}

/* --- end --- */

static enum err_code write_header(struct shard_write *w, struct err *e) {
  char table[40];
  strbuf_reset(&w->raw);
  TRY(part_key(w, PART_PARADATA, e));
  TRY(shard_header_encode(&w->head, &w->raw, e));
  snprintf(table, sizeof table, "shard:%lld", (long long)w->shard_id);
  struct segment_place place = {.dataset = w->head.dataset, .table = table, .column = STORE_HEADER_COLUMN, .part = PART_PARADATA,
                                .codec = SEGMENT_BYTES,
                                .raw_n = (uint32_t)w->raw.n};
  memcpy(place.schema_hash, w->schema_hash, 32);
  return store_segment_add(w->s, w->dek[PART_PARADATA], &place, w->dataset_id, w->shard_id, NULL, -1, w->raw.p, e);
}

static enum err_code end_in(struct shard_write *w, struct err *e) {
  struct db_statement *q;
  sha256_end(&w->content, w->head.content_hash);
  TRY(write_header(w, e));
  TRY(db_prepare(w->s->db, "UPDATE shard SET n_rows = ?2 WHERE id = ?1", &q, e));
  db_bind_int(q, 1, w->shard_id);
  db_bind_int(q, 2, w->head.n_rows);
  TRY(db_execute(q, e));
  w->s->pack_rows += w->head.n_rows;
  w->s->state_action = "data-import";
  return E_OK;
}

static void release(struct shard_write *w) {
  strbuf_wipe_release(&w->raw);
  if (w->dek) secret_free(w->dek);
  arena_free(w->arena);
}

enum err_code store_shard_end(struct shard_write *w, int64_t *shard_id, struct err *e) {
  enum err_code code = end_in(w, e);
  *shard_id = w->shard_id;
  if (code) store_shard_abort(w);
  else release(w);
  return code;
}

/* The transaction may go on without this shard: its rows go, its sealed bytes stay in the pack unnamed. */
void store_shard_abort(struct shard_write *w) {
  static const char *const statements[] = {"DELETE FROM segment WHERE shard_id = ?1", "DELETE FROM shard WHERE id = ?1"};
  struct db_statement *q;
  struct err ignored;
  if (!w) return;
  for (int i = 0; w->s->in_transaction && w->shard_id > 0 && i < 2; i++) {
    if (db_prepare(w->s->db, statements[i], &q, &ignored)) break;
    db_bind_int(q, 1, w->shard_id);
    if (db_execute(q, &ignored)) break; /* the database is failing: the commit will say so */
  }
  release(w);
}

enum err_code store_dataset_clear(struct store *s, const struct dataset_key *key, struct err *e) {
  static const char *const statements[] = {"DELETE FROM segment WHERE dataset_id = ?1", "DELETE FROM shard WHERE dataset_id = ?1",
                                           "DELETE FROM pack WHERE id <> ?1 AND NOT EXISTS (SELECT 1 FROM segment WHERE segment.pack_id = pack.id)"};
  char name[STORE_DATASET_BYTES];
  int64_t id;
  TRY(store_dataset_name(key, name, e));
  if (strcmp(key->stage, "received") == 0) return ERR(e, E_STORE_RECEIVED_KEPT, .subject = name);
  if (!s->in_transaction) return ERR(e, E_STORE_NO_TRANSACTION, .subject = "store_dataset_clear");
  TRY(store_dataset_id(s, name, key, false, &id, e));
  if (id < 0) return E_OK;
  for (int i = 0; i < 3; i++) {
    struct db_statement *q;
    TRY(db_prepare(s->db, statements[i], &q, e));
    db_bind_int(q, 1, i < 2 ? id : s->pack_open ? s->pack_id : 0); /* the pack being written has no rows yet */
    TRY(db_execute(q, e));
  }
  s->packs_dropped = true;
  snprintf(s->state_object, sizeof s->state_object, "cleared dataset:%.70s", name);
  return store_state_touch(s, id, true, e);
}

static enum err_code replaceable(struct store *s, int64_t old_shard, int64_t new_shard, int64_t *dataset_id, struct err *e) {
  struct db_statement *q;
  bool row;
  char id[32];
  TRY(db_prepare(s->db,
                 "SELECT a.dataset_id FROM shard a, shard b WHERE a.id = ?1 AND b.id = ?2 AND b.id > a.id AND a.dataset_id = b.dataset_id AND a.batch = b.batch AND "
                 "a.sender = b.sender AND a.batch_sequence = b.batch_sequence AND a.n_rows = b.n_rows AND a.form_hash = b.form_hash",
                 &q, e));
  db_bind_int(q, 1, old_shard);
  db_bind_int(q, 2, new_shard);
  TRY(db_step(q, &row, e));
  if (row) *dataset_id = db_int(q, 0);
  db_reset(q);
  snprintf(id, sizeof id, "%lld", (long long)old_shard);
  return row ? E_OK : ERR(e, E_STORE_RECEIVED_KEPT, .subject = id);
}

enum err_code store_shard_replace(struct store *s, int64_t old_shard, int64_t new_shard, struct err *e) {
  static const char *const statements[] = {"DELETE FROM segment WHERE shard_id = ?1", "DELETE FROM shard WHERE id = ?1",
                                           "DELETE FROM pack WHERE id <> ?1 AND NOT EXISTS (SELECT 1 FROM segment WHERE segment.pack_id = pack.id)"};
  int64_t dataset_id = 0;
  if (!s->in_transaction) return ERR(e, E_STORE_NO_TRANSACTION, .subject = "store_shard_replace");
  TRY(replaceable(s, old_shard, new_shard, &dataset_id, e));
  for (int i = 0; i < 3; i++) {
    struct db_statement *q;
    TRY(db_prepare(s->db, statements[i], &q, e));
    db_bind_int(q, 1, i < 2 ? old_shard : s->pack_open ? s->pack_id : 0);
    TRY(db_execute(q, e));
  }
  s->packs_dropped = true;
  s->state_action = "data-correct";
  return store_state_touch(s, dataset_id, true, e);
}
