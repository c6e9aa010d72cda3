#include "tests/conform/mls/master.h"

#include <string.h>

bool master_is(const struct sheet *s) {
  for (int64_t c = 0; s->n_rows && c < s->n_cells[0]; c++)
    if (str_contains(sheet_cell(s, 0, c), "結果原表")) return true;
  return false;
}
static int split_of(const struct sheet *s, int64_t i) {
  struct str sex = sheet_cell(s, i, 1), form = sheet_cell(s, i, 2);
  if (str_eq(form, STR("T")) && sex.n == 1 && strchr("TMF", sex.p[0])) return sex.p[0] == 'M' ? MLS_MALE : sex.p[0] == 'F' ? MLS_FEMALE : MLS_ALL;
  if (!sex.n && str_eq(form, STR("N"))) return MLS_GENERAL;
  if (!sex.n && str_eq(form, STR("P"))) return MLS_PART;
  return -1;
}
static bool read_line(struct mls_row *row, int split, const struct sheet *s, int64_t line) {
  for (int c = 0; c < MLS_COLUMNS; c++) {
    struct str cell = sheet_cell(s, line, 3 + c);
    if (str_eq(cell, STR("*"))) row->suppressed = true, row->reason = "suppressed in the published table";
    else if (!cell.n || str_eq(cell, STR("-"))) continue;
    else if (!sheet_number(cell, mls_column_tenths(c), &row->value[split][c])) return false;
    else row->has[split][c] = true;
  }
  return true;
}
static bool yearly_title(const struct sheet *s, int64_t row) {
  for (int64_t c = 4; c < s->n_cells[row]; c++) {
    struct str cell = sheet_cell(s, row, c);
    if (str_contains(cell, "月分")) return cell.n && (cell.p[0] < '0' || cell.p[0] > '9');
  }
  return true;
}
const char *master_read(struct arena *a, const struct sheet *s, struct master *m) {
  struct str industry = STR("");
  *m = (struct master){.a = a, .rows = ARENA_ARRAY(a, struct mls_row, s->n_rows + 1)};
  for (int64_t i = 0; i < s->n_rows; i++) {
    struct str first = sheet_cell(s, i, 0);
    int split = split_of(s, i);
    if (split < 0) {
      if (!first.n || !sheet_cell(s, i, 3).n || sheet_cell(s, i, 1).n || sheet_cell(s, i, 2).n) continue;
      if (!m->n) m->yearly = yearly_title(s, i);
      industry = first;
      continue;
    }
    if (first.n) m->rows[m->n++] = (struct mls_row){.industry = industry, .size = first};
    if (!m->n || !industry.n) return "a line before any page";
    if (!read_line(&m->rows[m->n - 1], split, s, i)) return arena_printf(a, "line %lld: not a number", (long long)i + 1);
  }
  return m->n ? NULL : "no page of an industry";
}
