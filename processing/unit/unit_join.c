#include "processing/unit/unit_join.h"

#include <stdio.h>
#include <string.h>

struct place {
  uint64_t hash;
  int64_t row;
  int32_t table; /* -1 = free */
};
struct unit_index {
  struct unit_source source;
  struct place *places;
  uint64_t mask;
};

/* --- keys --- */
struct key_reader {
  const struct table *table;
  int columns[16];
  int n;
};

static enum err_code bad_key(const struct unit_source *s, int table, int64_t row, enum err_code code, struct err *e) {
  char subject[64];
  (void)snprintf(subject, sizeof subject, "part %d, row %lld", table + 1, (long long)row + 1);
  return ERR(e, code, .subject = subject, .expected = s->what);
}

static enum err_code key_columns(const struct table *t, const char *const *keys, int n_keys, struct key_reader *out, struct err *e) {
  *out = (struct key_reader){.table = t, .n = n_keys};
  if (n_keys < 1 || n_keys > 16) return ERR(e, E_BUG, .subject = "unit_join keys");
  for (int i = 0; i < n_keys; i++) {
    out->columns[i] = table_find(t, keys[i]);
    if (out->columns[i] < 0) return ERR(e, E_EDIT_NO_COLUMN, .subject = keys[i]);
  }
  return E_OK;
}

static bool same_key(const struct key_reader *a, int64_t row, const struct key_reader *b, int64_t other) {
  char p[64], q[64];
  for (int i = 0; i < a->n; i++)
    if (!str_eq(
            column_text(&a->table->columns[a->columns[i]], row, p, sizeof p), column_text(&b->table->columns[b->columns[i]], other, q, sizeof q)))
      return false;
  return true;
}

/* FNV-1a with a final mix; keys are separated by a byte that no text holds. */
static bool hash_key(const struct key_reader *k, int64_t row, uint64_t *out) {
  uint64_t h = 14695981039346656037u;
  for (int i = 0; i < k->n; i++) {
    char buffer[64];
    const struct column *c = &k->table->columns[k->columns[i]];
    if (!value_present(c->status[row])) return false;
    struct str text = column_text(c, row, buffer, sizeof buffer);
    for (size_t b = 0; b <= text.n; b++) h = (h ^ (b < text.n ? (uint8_t)text.p[b] : 0xFFu)) * 1099511628211u;
  }
  h ^= h >> 32;
  *out = h * 0x9E3779B97F4A7C15u;
  return true;
}

/* --- index --- */
static const struct place *find(const struct unit_index *x, const struct key_reader *k, int64_t row, uint64_t hash, uint64_t *free_at) {
  for (uint64_t at = (hash >> 20) & x->mask;; at = (at + 1) & x->mask) {
    const struct place *p = &x->places[at];
    *free_at = at;
    if (p->table < 0) return NULL;
    struct key_reader other;
    if (p->hash != hash || key_columns(x->source.tables[p->table], x->source.keys, x->source.n_keys, &other, NULL)) continue;
    if (same_key(k, row, &other, p->row)) return p;
  }
}

static enum err_code add_table(struct unit_index *x, int table, struct err *e) {
  const struct table *t = x->source.tables[table];
  struct key_reader k;
  TRY(key_columns(t, x->source.keys, x->source.n_keys, &k, e));
  for (int64_t row = 0; row < t->n_rows; row++) {
    uint64_t hash, at;
    if (!hash_key(&k, row, &hash)) return bad_key(&x->source, table, row, E_UNIT_KEY, e);
    if (find(x, &k, row, hash, &at)) return bad_key(&x->source, table, row, E_UNIT_DUPLICATE, e);
    x->places[at] = (struct place){hash, row, table};
  }
  return E_OK;
}

enum err_code unit_index_new(struct arena *a, const struct unit_source *source, struct unit_index **out, struct err *e) {
  struct unit_index *x = ARENA_NEW(a, struct unit_index);
  uint64_t size = 64;
  int64_t rows = 0;
  for (int i = 0; i < source->n_tables; i++) rows += source->tables[i]->n_rows;
  while (size < (uint64_t)rows * 2) size *= 2;
  if (x) x->places = ARENA_ARRAY(a, struct place, size);
  if (!x || !x->places) return ERR(e, E_NO_MEMORY, .subject = source->what);
  x->source = *source;
  x->mask = size - 1;
  for (uint64_t i = 0; i < size; i++) x->places[i].table = -1;
  for (int i = 0; i < source->n_tables; i++) TRY(add_table(x, i, e));
  *out = x;
  return E_OK;
}

/* --- alignment --- */
static const struct column *first_column(const struct unit_index *x, const char *name) {
  for (int i = 0; i < x->source.n_tables; i++) {
    int k = table_find(x->source.tables[i], name);
    if (k >= 0) return &x->source.tables[i]->columns[k];
  }
  return NULL;
}

static enum err_code describe(struct arena *a, const struct unit_index *x, const char *const *columns, int n_columns, int64_t rows,
    struct table *out, struct unit_match *match, struct err *e) {
  struct column *described = ARENA_ARRAY(a, struct column, n_columns + 1);
  int n = 0;
  if (!described) return ERR(e, E_NO_MEMORY, .subject = x->source.what);
  for (int i = 0; i < n_columns; i++) {
    const struct column *c = first_column(x, columns[i]);
    if (c) described[n++] = (struct column){.name = c->name, .type = c->type, .decimals = c->decimals, .unit = c->unit, .is_date = c->is_date};
    else match->columns_left_out++;
  }
  TRY(table_init(out, a, described, n, rows, e));
  out->n_rows = rows;
  return E_OK;
}

static bool copy_cell(const struct column *from, int64_t row, struct column *to, int64_t at) {
  to->status[at] = from->status[row];
  if (!value_present(from->status[row])) return true;
  if (to->type == COL_INT) to->i64[at] = from->i64[row];
  else if (to->type == COL_REAL) to->real[at] = from->real[row];
  else to->code[at] = dict_add(to->dict, dict_text(from->dict, from->code[row]));
  return to->dict == NULL || to->code[at] >= 0;
}

static enum err_code copy_row(const struct table *from, int64_t row, struct table *out, int64_t at, struct err *e) {
  for (int k = 0; k < out->n_columns; k++) {
    struct column *to = &out->columns[k];
    int source = table_find(from, to->name);
    if (source < 0) continue;
    if (from->columns[source].type != to->type || from->columns[source].decimals != to->decimals) return ERR(e, E_EXPR_BIND, .subject = to->name);
    if (!copy_cell(&from->columns[source], row, to, at)) return ERR(e, E_NO_MEMORY, .subject = to->name);
  }
  return E_OK;
}

enum err_code unit_align(struct arena *a, const struct unit_index *index, const struct table *current, const char *const *columns, int n_columns,
    struct table *out, struct unit_match *match, struct err *e) {
  struct key_reader k;
  TRY(key_columns(current, index->source.keys, index->source.n_keys, &k, e));
  TRY(describe(a, index, columns, n_columns, current->n_rows, out, match, e));
  for (int c = 0; c < out->n_columns; c++) memset(out->columns[c].status, VAL_BLANK, (size_t)current->n_rows);
  for (int64_t row = 0; row < current->n_rows; row++) {
    uint64_t hash, at;
    const struct place *p = hash_key(&k, row, &hash) ? find(index, &k, row, hash, &at) : NULL;
    match->rows++;
    if (!p) {
      match->absent++;
      continue;
    }
    match->matched++;
    TRY(copy_row(index->source.tables[p->table], p->row, out, row, e));
  }
  return E_OK;
}

enum err_code unit_places(const struct unit_index *index, const struct table *current, int32_t *table, int64_t *row, struct err *e) {
  struct key_reader k;
  TRY(key_columns(current, index->source.keys, index->source.n_keys, &k, e));
  for (int64_t i = 0; i < current->n_rows; i++) {
    uint64_t hash, at;
    const struct place *p = hash_key(&k, i, &hash) ? find(index, &k, i, hash, &at) : NULL;
    table[i] = p ? p->table : -1;
    row[i] = p ? p->row : 0;
  }
  return E_OK;
}
