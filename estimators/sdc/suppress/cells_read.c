/* cells_read.c -- cells.csv and rels.csv as texts; the number of decimals is the smallest that holds every figure. */
#include <stdlib.h>
#include <string.h>

#include "base/ext_csv.h"
#include "estimators/sdc/suppress/cells.h"

bool cell_decimal(struct str s, int decimals, int64_t *out) {
  size_t i = 0;
  int64_t v = 0;
  int after = -1;
  const bool negative = s.n && s.p[0] == '-';
  if (negative) i++;
  if (i == s.n) return false;
  for (; i < s.n; i++) {
    if (s.p[i] == '.' && after < 0) {
      after = 0;
      continue;
    }
    if (s.p[i] < '0' || s.p[i] > '9') return false;
    if (after >= 0 && after >= decimals) {
      if (s.p[i] != '0') return false;
      continue;
    }
    if (v > (INT64_MAX - 9) / 10) return false;
    v = 10 * v + (s.p[i] - '0');
    if (after >= 0) after++;
  }
  for (int k = after < 0 ? 0 : after; k < decimals; k++) {
    if (v > INT64_MAX / 10) return false;
    v *= 10;
  }
  *out = negative ? -v : v;
  return true;
}
static int decimals_of(struct str s) {
  const char *dot = memchr(s.p, '.', s.n);
  if (!dot) return 0;
  size_t n = s.n;
  while (n && s.p[n - 1] == '0') n--;
  const int after = (int)(s.p + n - dot) - 1;
  return after > 0 ? after : 0;
}

struct columns {
  int id, key, value, status, lpl, upl;
};
static int most_decimals(const struct csv_table *f, const struct columns *at) {
  int most = 0;
  for (int64_t i = 0; i < f->n_rows; i++) {
    const int three[] = {at->value, at->lpl, at->upl};
    for (int k = 0; k < 3; k++) {
      const int d = decimals_of(csv_table_cell(f, i, three[k]));
      if (d > most) most = d;
    }
  }
  return most < CELL_DECIMALS_MAX ? most : CELL_DECIMALS_MAX;
}
static enum err_code level(const char *file, const struct csv_table *f, int64_t row, int column, int decimals, int64_t *out, struct err *e) {
  const struct str s = csv_table_cell(f, row, column);
  *out = 0;
  if (s.n && !cell_decimal(s, decimals, out)) return ERR(e, E_SDC_CELLS, .subject = "a protection level", .file = file, .line = f->lines[row]);
  return E_OK;
}
/* Digits and all, and still not taken: beyond what the table holds. */
static const char *why_no_value(struct str s) {
  bool digits = s.n > 0;
  for (size_t i = s.n && (s.p[0] == '-' || s.p[0] == '+'); i < s.n; i++) digits = digits && ((s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '.');
  return digits ? "a value that is too large, or has more than 9 decimals" : "a value that is no decimal number";
}
static enum err_code read_cell(
    struct cell_builder *b, const char *file, const struct csv_table *f, const struct columns *at, int64_t row, struct err *e) {
  int64_t id, value, lpl, upl;
  const int decimals = b->t->decimals;
  const struct str status = at->status < 0 ? STR("s") : csv_table_cell(f, row, at->status), key = csv_table_cell(f, row, at->key);
  if (!str_int64(csv_table_cell(f, row, at->id), &id) || id != row)
    return ERR(e, E_SDC_CELLS, .subject = "ids must count from 0 without gaps", .file = file, .line = f->lines[row]);
  if (!cell_decimal(csv_table_cell(f, row, at->value), decimals, &value))
    return ERR(e, E_SDC_CELLS, .subject = why_no_value(csv_table_cell(f, row, at->value)), .file = file, .line = f->lines[row]);
  if (status.n != 1 || !strchr("usz", status.p[0])) return ERR(e, E_SDC_CELLS, .subject = "status", .file = file, .line = f->lines[row]);
  TRY(level(file, f, row, at->lpl, decimals, &lpl, e));
  TRY(level(file, f, row, at->upl, decimals, &upl, e));
  return cell_builder_cell(b, key, value, status.p[0], lpl, upl, e);
}
static enum err_code read_cells(struct cell_builder *b, struct arena *a, const char *file, struct str text, struct err *e) {
  struct csv_table f;
  TRY(csv_table_parse(a, file, text.p, text.n, &f, e));
  const struct columns at = {csv_table_column(&f, "id"), csv_table_column(&f, "key"), csv_table_column(&f, "value"),
      csv_table_column(&f, "status"), csv_table_column(&f, "lpl"), csv_table_column(&f, "upl")};
  if (at.id < 0 || at.value < 0) return ERR(e, E_SDC_CELLS, .subject = "columns id and value", .file = file, .line = 1);
  TRY(cell_builder_begin(b, a, file, most_decimals(&f, &at), e));
  for (int64_t i = 0; i < f.n_rows; i++) TRY(read_cell(b, file, &f, &at, i, e));
  return E_OK;
}

struct relations {
  struct cell_builder *b;
  const char *file;
  int32_t *member;
  int64_t room;
};
static enum err_code read_relation(void *context, const struct csv_row *row, struct err *e) {
  struct relations *r = context;
  if (row->n_cells == 1 && row->cells[0].text.n == 0) return E_OK;
  if (row->n_cells > r->room) {
    r->room = 2 * row->n_cells;
    r->member = ARENA_ARRAY(r->b->t->a, int32_t, r->room);
    if (!r->member) return ERR(e, E_NO_MEMORY, .subject = r->file);
  }
  for (int64_t i = 0; i < row->n_cells; i++) {
    int64_t v;
    if (!str_int64(row->cells[i].text, &v) || v < 0 || v >= r->b->t->n_cells)
      return ERR(e, E_SDC_RELATION, .subject = "no number of a cell", .file = r->file, .line = row->line, .column = i + 1);
    r->member[i] = (int32_t)v;
  }
  return cell_builder_relation(r->b, (int)row->n_cells, r->member, e);
}
enum err_code cells_parse(struct arena *a, const char *cells_name, struct str cells, const char *relations_name, struct str relations,
    struct cell_table **out, struct err *e) {
  struct cell_builder b;
  struct csv_reader *reader;
  const struct csv_limits limits = {.cells_per_row = 1000000, .bytes_per_row = 16 << 20};
  TRY(read_cells(&b, a, cells_name, cells, e));
  struct relations r = {.b = &b, .file = relations_name};
  TRY(csv_reader_new(relations_name, &limits, ',', read_relation, &r, &reader, e));
  enum err_code code = csv_reader_feed(reader, relations.p, relations.n, e);
  if (!code) code = csv_reader_end(reader, e);
  csv_reader_free(reader);
  return code ? code : cell_builder_close(&b, out, e);
}
