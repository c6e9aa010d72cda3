/* frame.c -- see frame.h. A slice: ids, then per column the status bytes and the values (8 bytes each, or u32 lengths and the texts one behind the
 * other), 8-byte aligned; compressed and sealed. */
#include "secure-store/extract/frame.h"

#include <stdlib.h>
#include <string.h>

#include "base/ext_zstd.h"

enum { SLICE_LEVEL = 1, ALIGN = 8, SLICE_MAX = 1 << 30 };

/* --- gathering a block --- */
struct place { /* a row of the block */
  struct row_id id;
  int32_t unit; /* place in the block's list of tables */
  int64_t row;
};
static int by_id(const void *a, const void *b) { return row_id_cmp(&((const struct place *)a)->id, &((const struct place *)b)->id); }

struct filling {
  struct frame *f;
  const struct job *job;
  const struct frame_source *source;
  const struct row_key *key;
  uint64_t *serial; /* [n_units] of the first row */
  struct strbuf raw, sealed;
  int64_t capacity; /* of slices */
};

static void pad(struct strbuf *b, size_t start) {
  size_t odd = (b->n - start) % ALIGN;
  if (odd) (void)strbuf_extend(b, ALIGN - odd);
}
static void see_text(struct frame_column *c, struct str t) {
  if (t.n > c->width) c->width = t.n;
  c->any = true;
  bool digits = t.n >= 1 && t.n <= 9;
  for (size_t i = 0; digits && i < t.n; i++) digits = t.p[i] >= '0' && t.p[i] <= '9';
  c->digits &= digits;
}
static void see_number(struct frame_column *c, int64_t v) {
  if (!c->any || v < c->lowest) c->lowest = v;
  if (!c->any || v > c->highest) c->highest = v;
  c->any = true;
}
static void put_texts(struct filling *x, struct frame_column *c, int k, const struct table *tables, const struct place *p, int64_t n) {
  size_t head = x->raw.n;
  if (!strbuf_extend(&x->raw, (size_t)n * sizeof(uint32_t))) return;
  for (int64_t i = 0; i < n; i++) {
    const struct column *from = &tables[p[i].unit].columns[k];
    struct str t = value_present(from->status[p[i].row]) ? dict_text(from->dict, from->code[p[i].row]) : STR("");
    uint32_t length = (uint32_t)t.n;
    if (value_present(from->status[p[i].row])) see_text(c, t);
    strbuf_add(&x->raw, t.p, t.n);
    if (!x->raw.failed) memcpy(x->raw.p + head + (size_t)i * sizeof length, &length, sizeof length);
  }
}
static void put_numbers(struct filling *x, struct frame_column *c, int k, const struct table *tables, const struct place *p, int64_t n) {
  char *to = strbuf_extend(&x->raw, (size_t)n * sizeof(int64_t));
  for (int64_t i = 0; to && i < n; i++) {
    const struct column *from = &tables[p[i].unit].columns[k];
    bool there = value_present(from->status[p[i].row]);
    int64_t v = there && c->type == COL_INT ? from->i64[p[i].row] : 0;
    double real = there && c->type == COL_REAL ? from->real[p[i].row] : 0;
    if (c->type == COL_INT) memcpy(to + (size_t)i * sizeof v, &v, sizeof v);
    else memcpy(to + (size_t)i * sizeof real, &real, sizeof real);
    if (there && c->type == COL_INT) see_number(c, v);
    else if (there) c->any = true;
  }
}
static void put_column(struct filling *x, int k, const struct table *tables, const struct place *p, int64_t n) {
  struct frame_column *c = &x->f->columns[k];
  size_t start = x->raw.n;
  char *to = strbuf_extend(&x->raw, (size_t)n);
  for (int64_t i = 0; to && i < n; i++) {
    uint8_t status = tables[p[i].unit].columns[k].status[p[i].row];
    to[i] = (char)status;
    if (!value_present(status)) c->missing |= UINT32_C(1) << status;
  }
  pad(&x->raw, start);
  if (c->type == COL_CODE || c->type == COL_TEXT) put_texts(x, c, k, tables, p, n);
  else put_numbers(x, c, k, tables, p, n);
  pad(&x->raw, start);
}
static enum err_code slice_room(struct filling *x, struct err *e) {
  struct frame *f = x->f;
  if (f->n_slices < x->capacity) return E_OK;
  int64_t capacity = x->capacity ? x->capacity * 2 : 64;
  struct frame_slice *list = ARENA_ARRAY(f->arena, struct frame_slice, capacity);
  if (!list) return ERR(e, E_NO_MEMORY, .subject = "extract");
  if (f->n_slices) memcpy(list, f->slices, (size_t)f->n_slices * sizeof *list);
  f->slices = list, x->capacity = capacity;
  return E_OK;
}
static enum err_code put_slice(struct filling *x, const struct table *tables, const struct place *p, int64_t n, struct err *e) {
  struct frame *f = x->f;
  strbuf_reset(&x->raw);
  strbuf_reset(&x->sealed);
  for (int64_t i = 0; i < n; i++) strbuf_add(&x->raw, (const char *)p[i].id.b, ROW_ID_BYTES);
  pad(&x->raw, 0);
  for (int k = 0; k < f->n_columns; k++) put_column(x, k, tables, p, n);
  if (x->raw.failed) return ERR(e, E_CAP_EXCEEDED, .subject = "4,096 rows of an extract", .expected = "at most 1 GiB");
  TRY(slice_room(x, e));
  TRY(zstd_compress(x->raw.p, x->raw.n, SLICE_LEVEL, &x->sealed, e));
  f->slices[f->n_slices++] = (struct frame_slice){spool_bytes(f->spool), (uint32_t)x->sealed.n, (uint32_t)x->raw.n, (uint32_t)n};
  f->n_rows += n;
  return spool_add(f->spool, x->sealed.p, x->sealed.n, e);
}
static bool columns_fit(const struct frame *f, const struct table *t) {
  bool fit = t->n_columns == f->n_columns;
  for (int k = 0; fit && k < f->n_columns; k++) {
    const struct column *c = &t->columns[k];
    fit = c->type == f->columns[k].type && c->decimals == f->columns[k].decimals && c->is_date == f->columns[k].is_date &&
          strcmp(c->name, f->columns[k].name) == 0;
  }
  return fit;
}
/* order[first .. end-1] as one block. */
static enum err_code put_block(struct filling *x, const int64_t *order, int64_t first, int64_t end, struct arena *a, struct err *e) {
  struct table *tables = ARENA_ARRAY(a, struct table, end - first);
  int64_t total = 0, n = 0;
  if (!tables) return ERR(e, E_NO_MEMORY, .subject = "extract");
  for (int64_t i = first; i < end; i++) {
    TRY(x->source->read(x->source->context, order[i], a, &tables[i - first], e));
    if (!columns_fit(x->f, &tables[i - first])) return ERR(e, E_EXTRACT_FORM, .subject = "columns of the parts differ");
    x->source->rows[order[i]] = tables[i - first].n_rows;
    total += tables[i - first].n_rows;
  }
  struct place *p = arena_array(a, (size_t)total + 1, sizeof *p);
  if (!p) return ERR(e, E_NO_MEMORY, .subject = "extract");
  for (int64_t i = first; i < end; i++)
    for (int64_t row = 0; row < tables[i - first].n_rows; row++, n++) {
      row_id_of(x->key, x->serial[order[i]] + (uint64_t)row, &p[n].id);
      p[n].unit = (int32_t)(i - first), p[n].row = row;
    }
  qsort(p, (size_t)n, sizeof *p, by_id);
  for (int64_t at = 0; at < n; at += FRAME_SLICE_ROWS) TRY(put_slice(x, tables, p + at, n - at < FRAME_SLICE_ROWS ? n - at : FRAME_SLICE_ROWS, e));
  return E_OK;
}
static enum err_code fill(struct filling *x, struct err *e) {
  const struct frame_source *s = x->source;
  int64_t *order = ARENA_ARRAY(x->f->arena, int64_t, s->n_units + 1), *announced = ARENA_ARRAY(x->f->arena, int64_t, s->n_units + 1);
  x->serial = ARENA_ARRAY(x->f->arena, uint64_t, s->n_units + 1);
  if (!order || !announced || !x->serial || !row_unit_order(x->key, s->n_units, order)) return ERR(e, E_NO_MEMORY, .subject = "extract");
  for (int64_t u = 0; u < s->n_units; u++) {
    announced[u] = s->rows[u];
    x->serial[u] = u ? x->serial[u - 1] + (uint64_t)announced[u - 1] : 0;
  }
  enum err_code code = E_OK;
  for (int64_t first = 0, end; !code && first < s->n_units; first = end) {
    end = row_block_end(order, announced, first, s->n_units);
    struct arena *a = arena_new(0);
    code = a ? put_block(x, order, first, end, a, e) : ERR(e, E_NO_MEMORY, .subject = "extract");
    arena_free(a);
    job_progress(x->job, "extract", end, s->n_units);
    if (!code && job_cancelled(x->job)) code = ERR(e, E_CANCELLED, .subject = "extract");
  }
  return code;
}
enum err_code frame_fill(struct frame *f, struct arena *a, const struct job *job, struct frame_column *columns, int n_columns,
    const struct frame_source *source, const struct row_key *key, const char *folder, struct err *e) {
  struct filling x = {.f = f, .job = job, .source = source, .key = key};
  *f = (struct frame){.arena = a, .columns = columns, .n_columns = n_columns};
  for (int k = 0; k < n_columns; k++) columns[k].digits = true;
  strbuf_init(&x.raw, SLICE_MAX);
  strbuf_init(&x.sealed, 0);
  enum err_code code = spool_new(folder, &f->spool, e);
  if (!code) code = fill(&x, e);
  if (!code) code = spool_end(f->spool, e);
  if (!code && f->n_rows == 0) code = ERR(e, E_EXTRACT_EMPTY, .subject = "rows");
  if (x.raw.p) wipe(x.raw.p, x.raw.capacity);
  strbuf_release(&x.raw);
  strbuf_release(&x.sealed);
  return code;
}
void frame_release(struct frame *f) {
  spool_free(f->spool);
  f->spool = NULL;
}

/* --- reading --- */
enum err_code frame_reader_init(struct frame_reader *r, const struct frame *f, struct err *e) {
  size_t raw = 1, sealed = 1, rows = 0;
  for (int64_t i = 0; i < f->n_slices; i++) {
    if (f->slices[i].raw > raw) raw = f->slices[i].raw;
    if (f->slices[i].bytes > sealed) sealed = f->slices[i].bytes;
    if (f->slices[i].rows > rows) rows = f->slices[i].rows;
  }
  size_t texts = 0;
  for (int k = 0; k < f->n_columns; k++) texts += f->columns[k].type == COL_CODE || f->columns[k].type == COL_TEXT;
  *r = (struct frame_reader){.f = f, .raw_n = raw, .offsets_n = texts * (rows + 1) * sizeof(uint32_t) + 1};
  r->cells = calloc((size_t)f->n_columns + 1, sizeof *r->cells);
  r->cursor = calloc(1, sizeof *r->cursor);
  r->sealed = malloc(sealed);
  r->raw = aligned_alloc(64, (raw + 63) / 64 * 64);
  r->offsets = malloc(r->offsets_n);
  return r->cells && r->cursor && r->sealed && r->raw && r->offsets ? E_OK : ERR(e, E_NO_MEMORY, .subject = "extract");
}
static size_t aligned(size_t n) { return (n + ALIGN - 1) / ALIGN * ALIGN; }
enum err_code frame_slice_load(struct frame_reader *r, int64_t i, struct err *e) {
  const struct frame_slice *s = &r->f->slices[i];
  size_t n = s->rows, at = aligned(n * ROW_ID_BYTES);
  uint32_t *offsets = (uint32_t *)(void *)r->offsets;
  TRY(spool_read(r->f->spool, r->cursor, s->at, r->sealed, s->bytes, e));
  TRY(zstd_decompress(r->sealed, s->bytes, r->raw, s->raw, e));
  r->rows = (int64_t)n;
  r->ids = (const struct row_id *)(const void *)r->raw;
  for (int k = 0; k < r->f->n_columns; k++) {
    struct frame_cells *c = &r->cells[k];
    enum column_type type = r->f->columns[k].type;
    *c = (struct frame_cells){.status = r->raw + at};
    at += aligned(n);
    if (type == COL_INT) c->i64 = (const int64_t *)(const void *)(r->raw + at), at += n * 8;
    else if (type == COL_REAL) c->real = (const double *)(const void *)(r->raw + at), at += n * 8;
    else {
      const uint32_t *length = (const uint32_t *)(const void *)(r->raw + at);
      c->text = (const char *)r->raw + at + n * sizeof *length;
      c->text_at = offsets;
      uint32_t total = 0;
      for (size_t row = 0; row < n; row++) *offsets++ = total, total += length[row];
      *offsets++ = total;
      at = aligned(at + n * sizeof *length + total);
    }
  }
  return at == s->raw ? E_OK : ERR(e, E_BUG, .subject = "slice of an extract");
}
void frame_reader_release(struct frame_reader *r) {
  if (r->raw) wipe(r->raw, r->raw_n);
  if (r->cursor) spool_cursor_wipe(r->cursor);
  free(r->cells);
  free(r->cursor);
  free(r->sealed);
  free(r->raw);
  free(r->offsets);
  memset(r, 0, sizeof *r);
}
