/* csv_table.c -- a whole small CSV table with a header row, and writing one cell; the reading itself is ext_csv.c. */
#include <stdlib.h>
#include <string.h>

#include "base/ext_csv.h"

enum { TABLE_MAX_BYTES = 256 << 20, FIRST_ROWS = 256 };

struct collect {
  struct arena *a;
  const char *file_name;
  struct csv_table *table;
  int64_t capacity;
};

static enum err_code copy_cells(struct collect *c, const struct csv_row *row, struct str *to, struct err *e) {
  for (int64_t i = 0; i < row->n_cells && i < c->table->n_columns; i++) {
    struct str s = row->cells[i].text;
    char *p = arena_strdup(c->a, s.p, s.n);
    if (!p) return ERR(e, E_NO_MEMORY, .subject = c->file_name);
    to[i] = (struct str){p, s.n};
  }
  for (int64_t i = row->n_cells; i < c->table->n_columns; i++) to[i] = (struct str){"", 0};
  return E_OK;
}

static enum err_code take_header(struct collect *c, const struct csv_row *row, struct err *e) {
  c->table->n_columns = row->n_cells;
  c->table->header = ARENA_ARRAY(c->a, struct str, row->n_cells);
  if (!c->table->header) return ERR(e, E_NO_MEMORY, .subject = c->file_name);
  TRY(copy_cells(c, row, c->table->header, e));
  for (int64_t i = 0; i < row->n_cells; i++)
    for (int64_t k = 0; k < i; k++)
      if (str_eq(c->table->header[i], c->table->header[k]))
        return ERR(e, E_CSV_HEADER_TWICE, .file = c->file_name, .line = row->line, .column = i + 1, .subject = c->table->header[i].p);
  return E_OK;
}

static enum err_code reserve(struct collect *c, struct err *e) {
  struct csv_table *t = c->table;
  if (t->n_rows < c->capacity) return E_OK;
  int64_t capacity = c->capacity ? c->capacity * 2 : FIRST_ROWS;
  struct str *cells = ARENA_ARRAY(c->a, struct str, capacity * t->n_columns);
  int64_t *lines = ARENA_ARRAY(c->a, int64_t, capacity);
  if (!cells || !lines) return ERR(e, E_NO_MEMORY, .subject = c->file_name);
  if (t->n_rows) {
    memcpy(cells, t->cells, (size_t)(t->n_rows * t->n_columns) * sizeof *cells);
    memcpy(lines, t->lines, (size_t)t->n_rows * sizeof *lines);
  }
  t->cells = cells;
  t->lines = lines;
  c->capacity = capacity;
  return E_OK;
}

static enum err_code on_row(void *context, const struct csv_row *row, struct err *e) {
  struct collect *c = context;
  struct csv_table *t = c->table;
  if (!t->header) return take_header(c, row, e);
  for (int64_t i = t->n_columns; i < row->n_cells; i++)
    if (row->cells[i].text.n) return ERR(e, E_CSV_EXTRA_CELL, .file = c->file_name, .line = row->line, .column = i + 1);
  TRY(reserve(c, e));
  TRY(copy_cells(c, row, t->cells + t->n_rows * t->n_columns, e));
  t->lines[t->n_rows++] = row->line;
  return E_OK;
}

static enum err_code check_utf8(const char *file_name, const char *p, size_t n, struct err *e) {
  size_t bad;
  if (utf8_valid(p, n, &bad)) return E_OK;
  int64_t line = 1;
  for (size_t i = 0; i < bad; i++) line += p[i] == '\n';
  return ERR(e, E_CSV_NOT_UTF8, .file = file_name, .line = line, .subject = file_name);
}

enum err_code csv_table_parse(struct arena *a, const char *file_name, const char *p, size_t n, struct csv_table *out, struct err *e) {
  *out = (struct csv_table){0};
  if (n > TABLE_MAX_BYTES) return ERR(e, E_CAP_EXCEEDED, .file = file_name, .subject = file_name, .expected = "256 MiB or less");
  if (n >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0) {
    p += 3;
    n -= 3;
  }
  TRY(check_utf8(file_name, p, n, e));
  struct collect c = {.a = a, .file_name = file_name, .table = out};
  struct csv_reader *r;
  TRY(csv_reader_new(file_name, NULL, ',', on_row, &c, &r, e));
  enum err_code code = csv_reader_feed(r, p, n, e);
  if (!code) code = csv_reader_end(r, e);
  csv_reader_free(r);
  if (!code && !out->header) code = ERR(e, E_CSV_NO_HEADER, .file = file_name, .line = 1, .subject = file_name);
  return code;
}

int csv_table_column(const struct csv_table *t, const char *name) {
  for (int64_t i = 0; i < t->n_columns; i++)
    if (str_eq(t->header[i], str_of(name))) return (int)i;
  return -1;
}

static bool needs_quotes(struct str s) {
  for (size_t i = 0; i < s.n; i++)
    if (s.p[i] == ',' || s.p[i] == '"' || s.p[i] == '\n' || s.p[i] == '\r') return true;
  return false;
}

void csv_put(struct strbuf *b, struct str cell, bool first) {
  if (!first) strbuf_addc(b, ',');
  if (!needs_quotes(cell)) {
    strbuf_add(b, cell.p, cell.n);
    return;
  }
  strbuf_addc(b, '"');
  for (size_t i = 0; i < cell.n; i++) {
    if (cell.p[i] == '"') strbuf_addc(b, '"');
    strbuf_addc(b, cell.p[i]);
  }
  strbuf_addc(b, '"');
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_number(struct str s) {
  size_t at = s.n && (s.p[0] == '-' || s.p[0] == '+') ? 1 : 0, digits = 0;
  for (; at < s.n && is_digit(s.p[at]); at++) digits++;
  if (at < s.n && s.p[at] == '.')
    for (at++; at < s.n && is_digit(s.p[at]); at++) digits++;
  if (digits == 0 || at == s.n) return digits > 0;
  if (s.p[at] != 'e' && s.p[at] != 'E') return false;
  at++;
  if (at < s.n && (s.p[at] == '-' || s.p[at] == '+')) at++;
  size_t exponent = at;
  while (at < s.n && is_digit(s.p[at])) at++;
  return at == s.n && at > exponent;
}

/* Dashes alone are a table's way to say that there is no figure. */
static bool only_signs(struct str s) {
  for (size_t i = 0; i < s.n; i++)
    if (s.p[i] != '-' && s.p[i] != '+') return false;
  return true;
}

static bool begins_a_formula(char c) { return c == '=' || c == '+' || c == '-' || c == '@' || c == '\t' || c == '\r'; }

void csv_put_text(struct strbuf *b, struct str cell, bool first) {
  if (cell.n < 2 || !begins_a_formula(cell.p[0]) || is_number(cell) || only_signs(cell)) {
    csv_put(b, cell, first);
    return;
  }
  struct strbuf safe;
  strbuf_init(&safe, 0);
  strbuf_addc(&safe, '\'');
  strbuf_add(&safe, cell.p, cell.n);
  csv_put(b, str_view(safe.p, safe.n), first);
  b->failed |= safe.failed;
  strbuf_release(&safe);
}
