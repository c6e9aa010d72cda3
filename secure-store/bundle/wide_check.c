#include "secure-store/bundle/wide_check.h"

#include <stdlib.h>
#include <string.h>

struct figure {
  struct str key; /* codes at the side and the column's name */
  struct str value;
  bool shown;
};
struct wide {
  struct arena *a;
  const char *name;
  const struct csv_table *l, *w;
  int first, last; /* dimensions of the long form: [first, last) */
  int value, status, measure;
  struct figure *figures; /* sorted by key */
  int64_t n;
};
static enum err_code refused(const struct wide *x, int64_t row, int64_t column, const char *found, struct err *e) {
  return ERR(e, E_RELEASE_REFUSED, .file = x->name, .line = row < 0 ? 1 : x->w->lines[row], .column = column + 1, .subject = x->name, .found = found);
}
static int by_key(const void *x, const void *y) { return str_cmp(((const struct figure *)x)->key, ((const struct figure *)y)->key); }

/* --- keys --- */
static void put_code(struct strbuf *b, struct str s) {
  strbuf_add(b, s.p, s.n);
  strbuf_addc(b, '\n');
}
static void put_plain(struct strbuf *b, struct str s) {
  for (size_t i = 0; i < s.n; i++) {
    const char c = s.p[i];
    strbuf_addc(b, (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ? c : '_');
  }
}
static int side_column(const struct wide *x, struct str dimension) {
  for (int64_t k = 0; k < x->w->n_columns; k++)
    if (str_eq(x->w->header[k], dimension)) return (int)k;
  return -1;
}
static bool is_side(const struct wide *x, int64_t column) {
  if (str_eq(x->w->header[column], STR("period"))) return true;
  for (int d = x->first; d < x->last; d++)
    if (str_eq(x->w->header[column], x->l->header[d])) return true;
  return false;
}
static enum err_code keep(struct wide *x, struct strbuf *b, struct str *key, struct err *e) {
  const char *copy = b->failed ? NULL : arena_strdup(x->a, b->p ? b->p : "", b->n);
  *key = str_view(copy, copy ? b->n : 0);
  strbuf_reset(b);
  return copy ? E_OK : ERR(e, E_NO_MEMORY, .subject = x->name);
}
static enum err_code long_key(struct wide *x, int64_t r, struct strbuf *b, struct str *key, struct err *e) {
  put_code(b, csv_table_cell(x->l, r, csv_table_column(x->l, "period")));
  for (int d = x->first; d < x->last; d++)
    if (side_column(x, x->l->header[d]) >= 0) put_code(b, csv_table_cell(x->l, r, d));
  put_plain(b, csv_table_cell(x->l, r, x->measure));
  for (int d = x->first; d < x->last; d++)
    if (side_column(x, x->l->header[d]) < 0) {
      strbuf_addc(b, '_'), put_plain(b, x->l->header[d]);
      strbuf_addc(b, '_'), put_plain(b, csv_table_cell(x->l, r, d));
    }
  return keep(x, b, key, e);
}
static enum err_code wide_key(struct wide *x, int64_t r, int64_t column, struct strbuf *b, struct str *key, struct err *e) {
  put_code(b, csv_table_cell(x->w, r, csv_table_column(x->w, "period")));
  for (int d = x->first; d < x->last; d++) {
    const int k = side_column(x, x->l->header[d]);
    if (k >= 0) put_code(b, csv_table_cell(x->w, r, k));
  }
  put_plain(b, x->w->header[column]);
  return keep(x, b, key, e);
}

/* --- figures --- */
static enum err_code collect(struct wide *x, struct strbuf *b, struct err *e) {
  struct str first = STR("");
  x->figures = ARENA_ARRAY(x->a, struct figure, x->l->n_rows + 1);
  if (!x->figures) return ERR(e, E_NO_MEMORY, .subject = x->name);
  for (int64_t r = 0; r < x->l->n_rows; r++) {
    const struct str measure = csv_table_cell(x->l, r, x->measure);
    if (r == 0) first = measure;
    if (!str_eq(measure, first)) continue;
    struct figure *f = &x->figures[x->n++];
    f->value = csv_table_cell(x->l, r, x->value);
    f->shown = str_eq(csv_table_cell(x->l, r, x->status), STR("shown"));
    TRY(long_key(x, r, b, &f->key, e));
  }
  qsort(x->figures, (size_t)x->n, sizeof *x->figures, by_key);
  return E_OK;
}
static enum err_code check_cell(struct wide *x, int64_t r, int64_t column, struct strbuf *b, struct err *e) {
  const struct str cell = csv_table_cell(x->w, r, (int)column);
  struct figure key = {.shown = false};
  if (!cell.n) return E_OK; /* nothing shown: no leak */
  struct arena_mark mark = arena_mark(x->a);
  TRY(wide_key(x, r, column, b, &key.key, e));
  const struct figure *f = x->n ? bsearch(&key, x->figures, (size_t)x->n, sizeof *x->figures, by_key) : NULL;
  arena_reset(x->a, mark);
  return f && f->shown && str_eq(f->value, cell) ? E_OK : refused(x, r, column, "a number that the long form does not show", e);
}

enum err_code wide_check(struct arena *a, const struct release_part *part, const struct csv_table *long_form, struct err *e) {
  struct csv_table w;
  struct strbuf b;
  struct wide x = {.a = a, .name = part->name, .l = long_form, .w = &w};
  TRY(csv_table_parse(a, part->name, part->bytes.p, part->bytes.n, &w, e));
  x.value = csv_table_column(long_form, "value"), x.status = csv_table_column(long_form, "status"),
  x.measure = csv_table_column(long_form, "measure");
  x.first = csv_table_column(long_form, "period") + 1, x.last = x.measure;
  if (x.value < 0 || x.status < 0 || x.measure < 0 || x.first < 1 || csv_table_column(&w, "period") < 0)
    return refused(&x, -1, 0, "columns that do not fit the long form", e);
  strbuf_init(&b, 65536);
  enum err_code code = collect(&x, &b, e);
  for (int64_t k = 0; k < w.n_columns && !code; k++)
    for (int64_t r = 0; !code && !is_side(&x, k) && r < w.n_rows; r++) code = check_cell(&x, r, k, &b, e);
  strbuf_release(&b);
  return code;
}
