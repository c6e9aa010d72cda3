/* store_shard_read.c -- listing and reading shards. Nothing is handed out before the dataset's root, the shard's header and every segment have been
 * checked. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "forms/form.h"
#include "secure-store/column_codec.h"
#include "secure-store/rights/grant_impl.h"
#include "secure-store/store_shard_impl.h"

struct reading {
  struct store *s;
  struct shard_header head;
  struct arena *scratch;
  int64_t shard_id;
  int64_t group, first, rows; /* one row group only: its number (-1 = all of the shard), first row and rows */
  uint8_t (*dek)[32];
  bool have_dek[4];
  struct strbuf sealed, raw;
};

static enum err_code reading_begin(struct reading *r, struct store *s, int64_t shard_id, struct err *e) {
  bool locked;
  *r = (struct reading){.s = s, .shard_id = shard_id, .group = -1, .scratch = arena_new(0), .dek = secret_new(4 * 32, &locked)};
  strbuf_init(&r->sealed, 0);
  strbuf_init(&r->raw, 0);
  return r->scratch && r->dek ? E_OK : ERR(e, E_NO_MEMORY, .subject = "shard");
}

static void reading_end(struct reading *r) {
  strbuf_release(&r->sealed);
  strbuf_wipe_release(&r->raw);
  if (r->dek) secret_free(r->dek);
  arena_free(r->scratch);
}

static enum err_code open_segment(struct reading *r, const struct store_segment *g, struct err *e) {
  uint8_t part = g->place.part;
  if (part > 3) return store_tampered(r->s, g, "part", e);
  if (!r->have_dek[part]) TRY(store_dek(r->s, g->names[0], part, false, r->dek[part], e));
  r->have_dek[part] = true;
  if (r->raw.p) wipe(r->raw.p, r->raw.n);
  strbuf_reset(&r->raw);
  return store_segment_open(r->s, r->dek[part], g, &r->sealed, &r->raw, e);
}

/* --- header --- */

static enum err_code header_matches(struct reading *r, const struct store_segment *g, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(r->s->db, "SELECT batch, sender, batch_sequence, n_rows, form_hash FROM shard WHERE id = ?1", &q, e));
  db_bind_int(q, 1, r->shard_id);
  TRY(db_step(q, &row, e));
  const struct shard_header *h = &r->head;
  bool same = row && str_eq(db_text(q, 0), str_of(h->batch)) && str_eq(db_text(q, 1), str_of(h->sender)) && db_int(q, 2) == h->batch_sequence &&
              db_int(q, 3) == h->n_rows && str_eq(db_text(q, 4), str_of(h->form_hash)) && strcmp(g->names[0], h->dataset) == 0;
  db_reset(q);
  return same ? E_OK : store_tampered(r->s, g, "shard row differs from its sealed header", e);
}

/* A shard of which the database shows a row but no header was tampered with; else there is none. */
static enum err_code no_header(struct reading *r, struct err *e) {
  struct db_statement *q;
  bool row;
  char id[32];
  struct store_segment none = {.id = 0};
  TRY(db_prepare(r->s->db, "SELECT h.batch, d.name FROM shard h JOIN dataset d ON d.id = h.dataset_id WHERE h.id = ?1", &q, e));
  db_bind_int(q, 1, r->shard_id);
  TRY(db_step(q, &row, e));
  if (row) {
    snprintf(none.batch, sizeof none.batch, "%.*s", (int)db_text(q, 0).n, db_text(q, 0).p);
    snprintf(none.names[0], sizeof none.names[0], "%.*s", (int)db_text(q, 1).n, db_text(q, 1).p);
  }
  db_reset(q);
  if (row) return store_tampered(r->s, &none, "shard header missing", e);
  snprintf(id, sizeof id, "%lld", (long long)r->shard_id);
  return ERR(e, E_STORE_NO_SHARD, .subject = id);
}

static enum err_code find_header(struct reading *r, struct store_segment *g, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(r->s->db, "SELECT " STORE_SEGMENT_COLUMNS STORE_SEGMENT_FROM "WHERE g.shard_id = ?1 AND g.column_no = -1", &q, e));
  db_bind_int(q, 1, r->shard_id);
  TRY(db_step(q, &row, e));
  if (row) store_segment_row(q, g);
  db_reset(q);
  return row ? E_OK : no_header(r, e);
}

static enum err_code read_header(struct reading *r, struct err *e) {
  struct store_segment g = {.id = 0};
  struct err detail;
  bool all;
  TRY(find_header(r, &g, e));
  TRY(store_state_check(r->s, g.dataset_id, e));
  TRY(open_segment(r, &g, e));
  if (shard_header_parse(r->raw.p, r->raw.n, r->scratch, &r->head, &detail)) return store_tampered(r->s, &g, "shard header", e);
  TRY(store_shard_counted(r->s, r->shard_id, &r->head, &all, e));
  if (!all) return store_tampered(r->s, &g, "segments are missing or too many", e);
  return header_matches(r, &g, e);
}

/* --- columns --- */

static const struct shard_column *find_column(const struct shard_header *h, const char *name, int *k) {
  for (*k = 0; *k < h->n_columns; ++*k)
    if (strcmp(h->columns[*k].name, name) == 0) return &h->columns[*k];
  return NULL;
}

static enum err_code describe(const struct reading *r, const char *const *names, int n, struct arena *a, struct column **out, int *numbers,
                              struct err *e) {
  *out = ARENA_ARRAY(a, struct column, n + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "columns");
  for (int i = 0; i < n; i++) {
    const struct shard_column *d = names ? find_column(&r->head, names[i], &numbers[i]) : &r->head.columns[numbers[i] = i];
    if (!d) return ERR(e, E_STORE_NO_COLUMN, .subject = names[i]); // NOLINT(clang-analyzer-core.NullDereference): found by place, d is there
    struct column *c = &(*out)[i];
    *c = (struct column){.type = d->type, .decimals = d->decimals, .is_date = d->is_date};
    c->name = arena_strdup(a, d->name, strlen(d->name));
    c->unit = arena_strdup(a, d->unit, strlen(d->unit));
    bool texts = d->type == COL_CODE || d->type == COL_TEXT;
    if (texts) c->dict = dict_new(a);
    if (!c->name || !c->unit || (texts && !c->dict)) return ERR(e, E_NO_MEMORY, .subject = d->name);
  }
  return E_OK;
}

struct group_list {
  struct store_segment *g;
  int64_t n;
};

/* All segments of one column (of the one row group that is read), in order; copied first because reading a segment runs other statements. */
static enum err_code list_groups(struct reading *r, int column_no, struct group_list *out, struct err *e) {
  struct db_statement *q;
  bool row;
  enum err_code code;
  *out = (struct group_list){.g = ARENA_ARRAY(r->scratch, struct store_segment, r->head.n_groups + 1)};
  if (!out->g) return ERR(e, E_NO_MEMORY, .subject = "segments");
  TRY(db_prepare(r->s->db,
      "SELECT " STORE_SEGMENT_COLUMNS STORE_SEGMENT_FROM "WHERE g.shard_id = ?1 AND g.column_no = ?2 AND (?3 < 0 OR g.seg_no = ?3) ORDER BY g.seg_no",
      &q, e));
  db_bind_int(q, 1, r->shard_id);
  db_bind_int(q, 2, column_no);
  db_bind_int(q, 3, r->group);
  /* One more than expected fits, so that a row too many is seen. */
  while (!(code = db_step(q, &row, e)) && row) {
    store_segment_row(q, &out->g[out->n++]);
    if (out->n > r->head.n_groups) break;
  }
  db_reset(q);
  return code;
}

static bool in_place(const struct reading *r, const struct store_segment *g, int64_t i, int64_t next, const char *column) {
  return i < r->head.n_groups && g->place.seg_no == (uint64_t)i && g->place.row_first == (uint64_t)next && strcmp(g->names[2], column) == 0 &&
         (int64_t)g->place.rows <= r->head.n_rows - next && g->place.codec == SEGMENT_COLUMN;
}

static enum err_code groups_missing(struct reading *r, const char *column, struct err *e) {
  struct store_segment none = {.id = 0};
  snprintf(none.batch, sizeof none.batch, "%s", r->head.batch);
  snprintf(none.names[0], sizeof none.names[0], "%s", r->head.dataset);
  snprintf(none.names[2], sizeof none.names[2], "%s", column);
  return store_tampered(r->s, &none, "row groups are missing or too many", e);
}

/* No row group and no key: the part was destroyed (secure-store/disposal). With a key they were taken away. */
static bool was_destroyed(struct reading *r, uint8_t part, const struct group_list *list) {
  struct err why;
  if (list->n > 0 || r->head.n_groups == 0 || part > 3 || r->have_dek[part]) return false; /* a shard without rows has no segments */
  return store_dek(r->s, r->head.dataset, part, false, r->dek[part], &why) == E_STORE_KEY_MISSING;
}

static enum err_code read_column(struct reading *r, struct column *c, int column_no, struct err *e) {
  struct arena_mark mark = arena_mark(r->scratch);
  struct group_list list;
  enum err_code code = list_groups(r, column_no, &list, e);
  bool one = r->group >= 0;
  int64_t next = r->first;
  if (!code && was_destroyed(r, r->head.columns[column_no].part, &list)) code = ERR(e, E_STORE_KEY_MISSING, .subject = c->name);
  for (int64_t i = 0; !code && i < list.n; i++) {
    const struct store_segment *g = &list.g[i];
    struct err detail;
    if (!in_place(r, g, one ? r->group : i, next, c->name) || next + g->place.rows > r->first + r->rows)
      code = store_tampered(r->s, g, "row groups", e);
    if (!code) code = open_segment(r, g, e);
    if (!code && column_decode(r->raw.p, r->raw.n, c, next - r->first, g->place.rows, &detail)) code = store_tampered(r->s, g, "column encoding", e);
    next += g->place.rows;
  }
  if (!code && (list.n != (one ? 1 : r->head.n_groups) || next != r->first + r->rows)) code = groups_missing(r, c->name, e);
  arena_reset(r->scratch, mark);
  return code;
}

static enum err_code read_columns(struct reading *r, const char *const *names, int n, struct arena *a, struct table *out, struct err *e) {
  struct column *columns;
  int *numbers = ARENA_ARRAY(r->scratch, int, n + 1);
  if (!numbers) return ERR(e, E_NO_MEMORY, .subject = "columns");
  TRY(describe(r, names, n, a, &columns, numbers, e));
  TRY(table_init(out, a, columns, n, r->rows, e));
  out->n_rows = r->rows;
  for (int i = 0; i < n; i++) {
    TRY(read_column(r, &out->columns[i], numbers[i], e));
    job_progress(r->s->job, "store", i + 1, n);
  }
  return E_OK;
}

static enum err_code drop_hidden(struct reading *r, struct table *out, struct err *e) {
  struct strbuf bits;
  int64_t n;
  strbuf_init(&bits, 0);
  enum err_code code = store_hidden_read(r->s, r->shard_id, r->head.n_rows, &bits, &n, e);
  /* Bits of a row group that does not begin at a byte are moved to the front. */
  for (int64_t i = 0; !code && n && r->first && i < r->rows; i++) {
    const unsigned bit = (unsigned)(uint8_t)bits.p[(r->first + i) / 8] >> (r->first + i) % 8 & 1u;
    bits.p[i / 8] = (char)((unsigned)((uint8_t)bits.p[i / 8] & ~(1u << i % 8)) | bit << i % 8);
  }
  if (!code && n) table_drop_rows(out, (const uint8_t *)bits.p);
  strbuf_release(&bits);
  return code;
}

static enum err_code read_current(
    struct reading *r, const char *const *names, int n, bool current, struct arena *a, struct table *out, struct err *e) {
  TRY(read_columns(r, names, n, a, out, e));
  return current ? drop_hidden(r, out, e) : E_OK;
}

static void wipe_rows(struct table *t) {
  for (int k = 0; k < t->n_columns; k++) {
    const struct column *c = &t->columns[k];
    if (c->i64) wipe(c->i64, (size_t)t->capacity * sizeof *c->i64);
    if (c->code) wipe(c->code, (size_t)t->capacity * sizeof *c->code);
    if (c->real) wipe(c->real, (size_t)t->capacity * sizeof *c->real);
  }
}

static enum err_code read_under_grant(
    struct reading *r, const char *const *columns, int n, bool current, struct arena *a, struct table *out, struct err *e) {
  struct grant_plan plan;
  struct shard_header head = r->head;
  head.n_rows = r->rows; /* what is charged */
  TRY(grant_plan_rows(r->s, &head, columns, n, r->scratch, &plan, e));
  enum err_code code = read_current(r, plan.names, plan.n, current, a, out, e);
  if (!code) code = grant_apply_rows(r->s, &head, &plan, r->scratch, out, e);
  if (code) wipe_rows(out);
  return code;
}

/* Where the row group stands: its first column says so, and read_column holds the others against it. */
static enum err_code find_range(struct reading *r, int64_t group, struct err *e) {
  struct arena_mark mark = arena_mark(r->scratch);
  struct group_list list;
  r->first = 0, r->rows = r->head.n_rows;
  if (group < 0) return E_OK;
  r->group = group;
  enum err_code code = list_groups(r, 0, &list, e);
  if (!code && (list.n != 1 || !in_place(r, &list.g[0], group, (int64_t)list.g[0].place.row_first, r->head.columns[0].name)))
    code = groups_missing(r, "row group", e);
  if (!code) r->first = (int64_t)list.g[0].place.row_first, r->rows = list.g[0].place.rows;
  arena_reset(r->scratch, mark);
  return code;
}

static enum err_code read_rows(struct store *s, int64_t shard_id, int64_t group, int64_t access, const char *const *columns, int n_columns,
    bool current, struct arena *a, struct table *out, struct err *e) {
  struct reading r;
  char id[32];
  memset(out, 0, sizeof *out);
  snprintf(id, sizeof id, "shard:%lld", (long long)shard_id);
  if (s->locked) return ERR(e, E_STORE_LOCKED, .subject = id);
  if (!store_log_is_open(s, access)) return ERR(e, E_STORE_NO_ACCESS, .subject = id);
  enum err_code code = reading_begin(&r, s, shard_id, e);
  if (!code) code = read_header(&r, e);
  if (!code) code = find_range(&r, group, e);
  /* In a store with officers nothing is opened but under a grant, and only what it covers. */
  if (!code && s->records.n_officers > 0) code = read_under_grant(&r, columns, n_columns, current, a, out, e);
  else if (!code) code = read_current(&r, columns, columns ? n_columns : r.head.n_columns, current, a, out, e);
  if (code) memset(out, 0, sizeof *out); /* never a short result */
  reading_end(&r);
  return code;
}

enum err_code store_shard_read(struct store *s, int64_t shard_id, int64_t access, const char *const *columns, int n_columns, struct arena *a,
                               struct table *out, struct err *e) {
  return read_rows(s, shard_id, -1, access, columns, n_columns, true, a, out, e);
}

enum err_code store_shard_read_all(struct store *s, int64_t shard_id, int64_t access, const char *const *columns, int n_columns, struct arena *a,
                                   struct table *out, struct err *e) {
  return read_rows(s, shard_id, -1, access, columns, n_columns, false, a, out, e);
}

enum err_code store_shard_header(struct store *s, int64_t shard_id, struct arena *a, struct shard_header *out, struct err *e) {
  struct reading r;
  if (s->locked) return ERR(e, E_STORE_LOCKED, .subject = "shard");
  enum err_code code = reading_begin(&r, s, shard_id, e);
  if (!code) code = read_header(&r, e);
  if (!code) {
    *out = r.head;
    out->columns = ARENA_ARRAY(a, struct shard_column, r.head.n_columns + 1);
    if (!out->columns) code = ERR(e, E_NO_MEMORY, .subject = "columns");
    else memcpy(out->columns, r.head.columns, (size_t)r.head.n_columns * sizeof *r.head.columns);
  }
  reading_end(&r);
  return code;
}

enum err_code store_shard_read_group(struct store *s, int64_t shard_id, int64_t group, int64_t access, const char *const *columns, int n_columns,
                                     struct arena *a, struct table *out, struct err *e) {
  return read_rows(s, shard_id, group < 0 ? 0 : group, access, columns, n_columns, true, a, out, e);
}

static enum err_code group_rows(struct reading *r, struct arena *a, int64_t **rows, int64_t *n, struct err *e) {
  struct group_list list;
  struct strbuf bits;
  int64_t hidden, next = 0;
  TRY(list_groups(r, 0, &list, e));
  *rows = ARENA_ARRAY(a, int64_t, list.n + 1);
  if (!*rows) return ERR(e, E_NO_MEMORY, .subject = "row groups");
  strbuf_init(&bits, 0);
  enum err_code code = store_hidden_read(r->s, r->shard_id, r->head.n_rows, &bits, &hidden, e);
  for (int64_t i = 0; !code && i < list.n; i++) {
    if (!in_place(r, &list.g[i], i, next, r->head.columns[0].name)) code = groups_missing(r, r->head.columns[0].name, e);
    int64_t end = next + list.g[i].place.rows;
    (*rows)[i] = list.g[i].place.rows;
    for (; !code && next < end; next++) (*rows)[i] -= hidden ? (uint8_t)bits.p[next / 8] >> next % 8 & 1 : 0;
  }
  strbuf_release(&bits);
  *n = list.n;
  return code ? code : list.n == r->head.n_groups && next == r->head.n_rows ? E_OK : groups_missing(r, r->head.columns[0].name, e);
}
enum err_code store_shard_groups(struct store *s, int64_t shard_id, struct arena *a, int64_t **rows, int64_t *n, struct err *e) {
  struct reading r;
  *n = 0;
  if (s->locked) return ERR(e, E_STORE_LOCKED, .subject = "shard");
  enum err_code code = reading_begin(&r, s, shard_id, e);
  if (!code) code = read_header(&r, e);
  if (!code && r.head.n_columns > 0) code = group_rows(&r, a, rows, n, e);
  reading_end(&r);
  return code;
}

/* Row and header agree, and every column has its row groups in place; the segments themselves are opened by the caller. */
static enum err_code check_places(struct reading *r, struct err *e) {
  enum err_code code = read_header(r, e);
  for (int k = 0; !code && k < r->head.n_columns; k++) {
    struct arena_mark mark = arena_mark(r->scratch);
    struct group_list list;
    int64_t next = 0;
    bool ok = true;
    code = list_groups(r, k, &list, e);
    if (!code && was_destroyed(r, r->head.columns[k].part, &list)) continue;
    for (int64_t i = 0; !code && ok && i < list.n; next += list.g[i++].place.rows) ok = in_place(r, &list.g[i], i, next, r->head.columns[k].name);
    if (!code && (!ok || list.n != r->head.n_groups || next != r->head.n_rows)) code = groups_missing(r, r->head.columns[k].name, e);
    arena_reset(r->scratch, mark);
  }
  return code;
}

enum err_code store_shard_check(struct store *s, int64_t shard_id, struct err *e) {
  struct reading r;
  enum err_code code = reading_begin(&r, s, shard_id, e);
  if (!code) code = check_places(&r, e);
  if (code == E_STORE_NO_SHARD) code = ERR(e, E_STORE_TAMPERED, .subject = "shard", .found = "its sealed header is missing");
  reading_end(&r);
  return code;
}

/* --- listing --- */

static enum err_code count_shards(struct store *s, int64_t dataset_id, int64_t *n, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(s->db, "SELECT count(*) FROM shard WHERE dataset_id = ?1", &q, e));
  db_bind_int(q, 1, dataset_id);
  TRY(db_step(q, &row, e));
  *n = row ? db_int(q, 0) : 0;
  db_reset(q);
  return E_OK;
}

static void take(struct str from, char *out, size_t size) { snprintf(out, size, "%.*s", (int)from.n, from.p); }

/* Of a period that is read as it was at a cut-off, the shards of then: *n becomes less. */
static enum err_code list_rows(struct store *s, int64_t dataset_id, int64_t last_segment, struct shard *out, int64_t *n, struct err *e) {
  struct db_statement *q;
  bool row;
  int64_t i = 0;
  enum err_code code;
  TRY(db_prepare(s->db,
                 "SELECT id, batch, sender, n_rows, form_hash, batch_sequence FROM shard h WHERE dataset_id = ?1 AND (?2 < 0 OR EXISTS (SELECT 1 "
                 "FROM segment g WHERE g.shard_id = h.id AND g.column_no = -1 AND g.id <= ?2)) ORDER BY sender, batch_sequence, id",
                 &q, e));
  db_bind_int(q, 1, dataset_id);
  db_bind_int(q, 2, last_segment);
  while (!(code = db_step(q, &row, e)) && row && i < *n) {
    out[i] = (struct shard){.id = db_int(q, 0), .n_rows = db_int(q, 3), .n_stored = db_int(q, 3), .number = db_int(q, 5), .sequence = i};
    take(db_text(q, 1), out[i].batch, sizeof out[i].batch);
    take(db_text(q, 2), out[i].sender, sizeof out[i].sender);
    take(db_text(q, 4), out[i].form_hash, sizeof out[i].form_hash);
    i++;
  }
  db_reset(q);
  *n = i;
  return code;
}
/* -1 = as it is. */
static int64_t seen_until(const struct store *s, const struct dataset_key *key) {
  const struct store_cutoff *c = store_cutoff_of(s);
  const bool then = c && !strcmp(key->stage, "received") && !strcmp(key->survey, c->survey) && !strcmp(key->period, c->period);
  return then ? s->as_of.last_segment : -1;
}

static enum err_code fill_hash(struct store *s, struct shard *shard, struct err *e) {
  struct reading r;
  enum err_code code = reading_begin(&r, s, shard->id, e);
  if (!code) code = read_header(&r, e);
  if (!code) hex_encode(r.head.content_hash, 32, shard->content_hash);
  reading_end(&r);
  return code;
}

/* What lineage names is what can be read: with hidden rows the hash covers their marks too. */
static enum err_code fill_hidden(struct store *s, struct shard *shard, struct err *e) {
  struct strbuf bits;
  struct sha256 h;
  uint8_t hash[32];
  int64_t n = 0;
  strbuf_init(&bits, 0);
  enum err_code code = store_hidden_read(s, shard->id, shard->n_stored, &bits, &n, e);
  shard->n_rows -= n;
  if (!code && n && !s->locked) {
    sha256_begin(&h);
    sha256_add(&h, shard->content_hash, strlen(shard->content_hash));
    sha256_add(&h, bits.p, bits.n);
    sha256_end(&h, hash);
    hex_encode(hash, sizeof hash, shard->content_hash);
  }
  strbuf_release(&bits);
  return code;
}

static enum err_code list_current(struct store *s, struct shard *list, int64_t *n, struct err *e) {
  int64_t to = 0;
  for (int64_t i = 0; i < *n; i++) {
    TRY(fill_hidden(s, &list[i], e));
    if (list[i].n_stored && !list[i].n_rows) continue;
    list[to] = list[i];
    list[to].sequence = to;
    to++;
  }
  *n = to;
  return E_OK;
}

enum err_code store_shards(struct store *s, const struct dataset_key *key, struct arena *a, struct shard **out, int64_t *n, struct err *e) {
  TRY(store_shards_all(s, key, a, out, n, e));
  return list_current(s, *out, n, e);
}

enum err_code store_shards_all(struct store *s, const struct dataset_key *key, struct arena *a, struct shard **out, int64_t *n, struct err *e) {
  char name[STORE_DATASET_BYTES];
  int64_t id;
  *out = NULL;
  *n = 0;
  TRY(store_dataset_name(key, name, e));
  TRY(store_dataset_id(s, name, NULL, false, &id, e));
  if (id < 0) return E_OK;
  TRY(store_state_check(s, id, e)); /* also when no shard is left to read */
  TRY(count_shards(s, id, n, e));
  *out = ARENA_ARRAY(a, struct shard, *n + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = name);
  TRY(list_rows(s, id, seen_until(s, key), *out, n, e));
  for (int64_t i = 0; !s->locked && i < *n; i++) TRY(fill_hash(s, &(*out)[i], e));
  return E_OK;
}

int store_shard_columns(struct store *s, int64_t shard_id, struct store_column *out, int max, struct err *e) {
  struct reading r;
  int n = -1;
  enum err_code code = s->locked ? ERR(e, E_STORE_LOCKED, .subject = "shard") : reading_begin(&r, s, shard_id, e);
  if (s->locked) return -1;
  if (!code) code = read_header(&r, e);
  if (!code) n = r.head.n_columns;
  for (int k = 0; k < n && k < max; k++) {
    const struct shard_column *c = &r.head.columns[k];
    out[k] = (struct store_column){.type = c->type, .decimals = c->decimals, .is_date = c->is_date, .part = c->part};
    snprintf(out[k].name, sizeof out[k].name, "%s", c->name);
    snprintf(out[k].unit, sizeof out[k].unit, "%s", c->unit);
  }
  reading_end(&r);
  return n;
}
