/* trace_order.c -- rows of a found file met with rows of a provision by content; see trace.h. Only rows whose content stands once in the source
 * count. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "secure-store/extract/trace_impl.h"

enum { COLUMNS_MAX = 4096 };
struct meeting { /* one content of the file */
  uint64_t hash;
  int64_t first, last; /* rows of the file */
  int32_t block;
  int32_t met; /* how often in the source; only 1 is used */
  struct row_id id;
};
struct trace_order {
  const struct trace_file *t;
  int n_shared;
  int file_column[COLUMNS_MAX], source_column[COLUMNS_MAX];
  struct meeting *table;
  size_t capacity;
  int64_t n;
};
static uint64_t join(uint64_t h, uint32_t cell) { return (h ^ cell) * UINT64_C(0x100000001B3) + (h >> 29); }
static struct meeting *slot(const struct trace_order *o, uint64_t hash) {
  size_t mask = o->capacity - 1, i = (size_t)(hash * UINT64_C(0x9E3779B97F4A7C15) >> 20) & mask;
  while (o->table[i].first >= 0 && o->table[i].hash != hash) i = (i + 1) & mask;
  return &o->table[i];
}
static void share_columns(struct trace_order *o, const char *const *columns, int n) {
  for (int k = 0; k < n; k++)
    for (int i = 0; i < o->t->n_header && o->n_shared < COLUMNS_MAX; i++)
      if (str_eq(o->t->header[i], str_of(columns[k]))) {
        o->file_column[o->n_shared] = i, o->source_column[o->n_shared++] = k;
        break;
      }
}
static void take_rows(struct trace_order *o) {
  const uint32_t *hashes = (const uint32_t *)(const void *)o->t->hashes.p;
  int64_t rows = o->t->n_header ? (int64_t)(o->t->hashes.n / sizeof *hashes) / o->t->n_header : 0;
  for (int64_t row = 0; row < rows; row++) {
    uint64_t h = UINT64_C(0xCBF29CE484222325);
    for (int k = 0; k < o->n_shared; k++) h = join(h, hashes[row * o->t->n_header + o->file_column[k]]);
    struct meeting *m = slot(o, h);
    if (m->first < 0) *m = (struct meeting){.hash = h, .first = row, .last = row}, o->n++;
    else m->last = row;
  }
}
enum err_code trace_order_new(const struct trace_file *t, const char *const *columns, int n, struct trace_order **out, struct err *e) {
  struct trace_order *o = calloc(1, sizeof *o);
  *out = o;
  if (!o) return ERR(e, E_NO_MEMORY, .subject = "trace");
  o->t = t;
  share_columns(o, columns, n);
  if (!o->n_shared) return ERR(e, E_EXTRACT_TRACE_FILE, .file = t->name, .subject = t->name, .found = "no column name in common");
  for (o->capacity = 1024; o->capacity < (size_t)t->n_rows * 2;) o->capacity *= 2;
  o->table = malloc(o->capacity * sizeof *o->table);
  if (!o->table) return ERR(e, E_NO_MEMORY, .subject = "trace");
  for (size_t i = 0; i < o->capacity; i++) o->table[i] = (struct meeting){.first = -1};
  take_rows(o);
  return E_OK;
}
int trace_order_columns(const struct trace_order *o, const int **which) {
  *which = o->source_column;
  return o->n_shared;
}
void trace_order_row(struct trace_order *o, const struct str *cells, int32_t block, const struct row_id *id) {
  uint64_t h = UINT64_C(0xCBF29CE484222325);
  for (int k = 0; k < o->n_shared; k++) h = join(h, trace_cell_hash(cells[k]));
  struct meeting *m = slot(o, h);
  if (m->first < 0) return;
  if (m->met++ == 0) m->block = block, m->id = *id;
}

/* --- the test --- */
struct met_row {
  struct row_id id;
  int32_t block;
  int64_t at[2]; /* first and last in the file */
  int64_t rank;
};
static int by_id(const void *a, const void *b) {
  const struct met_row *x = a, *y = b;
  if (x->block != y->block) return x->block < y->block ? -1 : 1;
  return row_id_cmp(&x->id, &y->id);
}
static int by_first(const void *a, const void *b) { return ((const struct met_row *)a)->at[0] < ((const struct met_row *)b)->at[0] ? -1 : 1; }
static int by_last(const void *a, const void *b) { return ((const struct met_row *)a)->at[1] < ((const struct met_row *)b)->at[1] ? -1 : 1; }
static double reading(struct met_row *rows, int64_t n, int which, int32_t *block, int64_t *rank) {
  qsort(rows, (size_t)n, sizeof *rows, which ? by_last : by_first);
  for (int64_t i = 0; i < n; i++) block[i] = rows[i].block, rank[i] = rows[i].rank;
  return trace_order_bound(block, rank, n);
}
enum err_code trace_order_end(struct trace_order *o, int64_t n_tests, struct trace_verdict *v, struct err *e) {
  struct met_row *rows = calloc((size_t)o->n + 1, sizeof *rows);
  int32_t *block = calloc((size_t)o->n + 1, sizeof *block);
  int64_t *rank = calloc((size_t)o->n + 1, sizeof *rank), n = 0;
  enum err_code code = rows && block && rank ? E_OK : ERR(e, E_NO_MEMORY, .subject = "trace");
  for (size_t i = 0; !code && i < o->capacity; i++) {
    const struct meeting *m = &o->table[i];
    if (m->first >= 0 && m->met == 1) rows[n++] = (struct met_row){m->id, m->block, {m->first, m->last}, 0};
  }
  if (!code) {
    qsort(rows, (size_t)n, sizeof *rows, by_id);
    for (int64_t i = 0; i < n; i++) rows[i].rank = i;
    double best = fmin(reading(rows, n, 0, block, rank), reading(rows, n, 1, block, rank));
    v->order_rows = n;
    v->order_rate = fmin(1, pow(10, best) * 2 * (double)n_tests); /* two readings of each of the provisions */
    v->accused |= v->order_rate <= TRACE_RATE;
  }
  free(rows);
  free(block);
  free(rank);
  return code;
}
void trace_order_free(struct trace_order *o) {
  if (!o) return;
  if (o->table) wipe(o->table, o->capacity * sizeof *o->table);
  free(o->table);
  free(o);
}
