/* trace_file.c -- reading a table that was found; see trace.h. Rows are kept as hashes of their cells, never as text. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "secure-store/extract/trace_impl.h"

enum { CANDIDATES_MAX = 16 << 20, ROWS_KEPT = 16 << 20, HEAD_BYTES = 65536 };

static uint64_t hash_of(const struct row_id *id) {
  uint64_t h;
  memcpy(&h, id->b, sizeof h);
  return h * UINT64_C(0x9E3779B97F4A7C15);
}
static struct trace_candidate *slot(const struct trace_file *t, const struct row_id *id, char kind) {
  size_t mask = t->capacity - 1, i = (size_t)(hash_of(id) >> 20) & mask;
  while (t->candidates[i].kind && (t->candidates[i].kind != kind || row_id_cmp(&t->candidates[i].id, id) != 0)) i = (i + 1) & mask;
  return &t->candidates[i];
}
struct trace_candidate *trace_find(const struct trace_file *t, const struct row_id *id, char kind) {
  struct trace_candidate *c = t->n_candidates ? slot(t, id, kind) : NULL;
  return c && c->kind ? c : NULL;
}
static enum err_code grow(struct trace_file *t, struct err *e) {
  struct trace_candidate *old = t->candidates;
  size_t n = t->capacity;
  if (n > CANDIDATES_MAX) return ERR(e, E_CAP_EXCEEDED, .subject = "ids in the file", .expected = "at most 16,777,216");
  t->capacity = n ? n * 2 : 1024;
  t->candidates = calloc(t->capacity, sizeof *t->candidates);
  if (!t->candidates) {
    t->candidates = old, t->capacity = n;
    return ERR(e, E_NO_MEMORY, .subject = "trace");
  }
  for (size_t i = 0; i < n; i++)
    if (old[i].kind) *slot(t, &old[i].id, old[i].kind) = old[i];
  free(old);
  return E_OK;
}
static enum err_code consider(struct trace_file *t, struct str text, struct err *e) {
  struct row_id id;
  text = str_trim(text);
  char kind = row_id_parse(text, 'r', &id) ? 'r' : row_id_parse(text, 'm', &id) ? 'm' : 0;
  if (!kind) return E_OK;
  if ((size_t)t->n_candidates * 2 >= t->capacity) TRY(grow(t, e));
  struct trace_candidate *c = slot(t, &id, kind);
  if (c->kind) return E_OK;
  *c = (struct trace_candidate){id, kind};
  t->n_candidates++;
  return E_OK;
}

/* --- rows --- */
static enum err_code keep_header(struct trace_file *t, const struct csv_row *row, struct err *e) {
  t->n_header = (int)row->n_cells;
  t->header = ARENA_ARRAY(t->arena, struct str, row->n_cells + 1);
  if (!t->header) return ERR(e, E_NO_MEMORY, .subject = "trace");
  for (int64_t i = 0; i < row->n_cells; i++) {
    struct str name = str_trim(row->cells[i].text);
    t->header[i] = str_view(arena_strdup(t->arena, name.p, name.n), name.n);
    if (!t->header[i].p) return ERR(e, E_NO_MEMORY, .subject = "trace");
  }
  return E_OK;
}
/* One hash per cell is kept, so that any choice of columns can be compared later. */
static void keep_row(struct trace_file *t, const struct csv_row *row) {
  uint32_t hash = 0;
  if (t->n_rows >= ROWS_KEPT || (uint64_t)t->n_rows * (uint64_t)t->n_header * sizeof hash > UINT32_MAX) {
    t->rows_left_out = true;
    return;
  }
  for (int i = 0; i < t->n_header; i++) {
    hash = i < row->n_cells ? trace_cell_hash(row->cells[i].text) : 0;
    strbuf_add(&t->hashes, (const char *)&hash, sizeof hash);
  }
}
static enum err_code row_in(void *context, const struct csv_row *row, struct err *e) {
  struct trace_file *t = context;
  for (int64_t i = 0; i < row->n_cells; i++) TRY(consider(t, row->cells[i].text, e));
  t->n_cells += row->n_cells;
  if (!t->header) return keep_header(t, row, e);
  keep_row(t, row);
  t->n_rows++;
  return t->hashes.failed ? ERR(e, E_NO_MEMORY, .subject = "trace") : E_OK;
}
/* FNV-1a, 32 bits: two rows are taken for one only when all their shared cells agree in it; the final comparison is of the joined 64 bits. */
uint32_t trace_cell_hash(struct str text) {
  uint32_t h = UINT32_C(2166136261);
  for (size_t i = 0; i < text.n; i++) h = (h ^ (uint8_t)text.p[i]) * UINT32_C(16777619);
  return h;
}

/* --- the file --- */
enum err_code trace_file_new(const char *name, struct trace_file **out, struct err *e) {
  struct trace_file *t = calloc(1, sizeof *t);
  *out = t;
  if (!t) return ERR(e, E_NO_MEMORY, .subject = name);
  t->arena = arena_new(0);
  t->name = name;
  strbuf_init(&t->head, 0);
  strbuf_init(&t->hashes, (size_t)4 << 30);
  return t->arena ? E_OK : ERR(e, E_NO_MEMORY, .subject = name);
}
static char delimiter_of(struct str head) {
  static const char choice[] = ",\t;";
  size_t best = 0, line = 0;
  char delimiter = ',';
  while (line < head.n && head.p[line] != '\n') line++;
  for (const char *c = choice; *c; c++) {
    size_t n = 0;
    for (size_t i = 0; i < line; i++) n += head.p[i] == *c;
    if (n > best) best = n, delimiter = *c;
  }
  return delimiter;
}
static enum err_code begin(struct trace_file *t, struct err *e) {
  struct str head = str_view(t->head.p, t->head.n);
  if (head.n >= 3 && memcmp(head.p, "\xef\xbb\xbf", 3) == 0) head.p += 3, head.n -= 3;
  TRY(csv_reader_new(t->name, NULL, delimiter_of(head), row_in, t, &t->csv, e));
  return csv_reader_feed(t->csv, head.p, head.n, e);
}
enum err_code trace_file_feed(struct trace_file *t, const char *p, size_t n, struct err *e) {
  if (t->csv) return csv_reader_feed(t->csv, p, n, e);
  strbuf_add(&t->head, p, n);
  if (t->head.failed) return ERR(e, E_NO_MEMORY, .subject = t->name);
  return t->head.n >= HEAD_BYTES ? begin(t, e) : E_OK;
}
enum err_code trace_file_end(struct trace_file *t, struct err *e) {
  if (!t->csv) TRY(begin(t, e));
  TRY(csv_reader_end(t->csv, e));
  return t->header ? E_OK : ERR(e, E_EXTRACT_TRACE_FILE, .file = t->name, .subject = t->name, .found = "no row");
}
void trace_file_free(struct trace_file *t) {
  if (!t) return;
  csv_reader_free(t->csv);
  strbuf_release(&t->head);
  strbuf_release(&t->hashes);
  free(t->candidates);
  arena_free(t->arena);
  free(t);
}
int64_t trace_file_rows(const struct trace_file *t) { return t->n_rows; }
int64_t trace_file_cells(const struct trace_file *t) { return t->n_cells; }
int64_t trace_file_candidates(const struct trace_file *t) { return t->n_candidates; }
