#include "tests/conform/mls/index_file.h"

#include <stdlib.h>
#include <string.h>

static const char *const period_label[MLS_PERIODS] = {"1-3", "4-6", "7-9", "10-12", "1-6", "7-12", "1-12", "4-3"};

bool index_is(const struct sheet *s) {
  for (int64_t i = 0; i < s->n_rows && i < 12; i++)
    if (str_eq(sheet_cell(s, i, 0), STR("年")) && str_eq(sheet_cell(s, i, 1), STR("1-12"))) return true;
  return false;
}
static int year_of(struct str s) {
  int64_t v;
  return s.n == 4 && sheet_number(s, false, &v) && v >= FIRST_YEAR && v < FIRST_YEAR + YEARS ? (int)v : 0;
}
/* Where the column of a header label goes: months 0..11, periods 12.. */
static int place_of(struct str label) {
  int64_t month;
  for (int p = 0; p < MLS_PERIODS; p++)
    if (str_eq(label, str_of(period_label[p]))) return 12 + p;
  return sheet_number(label, false, &month) && month >= 1 && month <= 12 ? (int)month - 1 : -1;
}
static bool read_year(const struct sheet *s, int64_t header, int64_t row, int year, struct index_block *b) {
  for (int64_t c = 1; c < s->n_cells[row]; c++) {
    struct str cell = sheet_cell(s, row, c);
    int place = place_of(sheet_cell(s, header, c)), at = year - FIRST_YEAR;
    int64_t v;
    if (place < 0 || !cell.n || str_eq(cell, STR("-"))) continue;
    if (!sheet_number(cell, true, &v)) return false;
    if (place < 12) b->month[12 * at + place] = v;
    else b->period[at][place - 12] = v;
  }
  return true;
}
static void forget(struct index_block *b) {
  for (int i = 0; i < MONTHS; i++) b->month[i] = MLS_NO_INDEX;
  for (int y = 0; y < YEARS; y++)
    for (int p = 0; p < MLS_PERIODS; p++) b->period[y][p] = MLS_NO_INDEX;
}
static void read_title(const struct sheet *s, int64_t row, struct index_file *f) {
  for (int64_t c = 1; c < s->n_cells[row]; c++) {
    struct str cell = sheet_cell(s, row, c);
    if (!str_contains(cell, "指数")) continue;
    f->title = cell;
    f->real = str_contains(cell, "実質");
    f->employment = str_contains(cell, "雇用指数");
    f->hours = str_contains(cell, "労働時間");
  }
}
/* A block without a caption before it holds levels; 前年比 before a header announces rates. */
const char *index_read(const struct sheet *s, const char *name, struct index_file *f) {
  int64_t header = -1;
  bool rates = false;
  *f = (struct index_file){.name = name, .title = STR("")};
  forget(&f->level);
  forget(&f->growth);
  for (int64_t i = 0; i < s->n_rows; i++) {
    struct str first = sheet_cell(s, i, 0);
    int year = year_of(first);
    if (str_contains(first, "前年比")) rates = true;
    else if (str_contains(first, "毎月勤労統計")) read_title(s, i, f);
    else if (str_eq(first, STR("年"))) header = i;
    else if (!year) continue;
    else if (header < 0) return "years before a header";
    else if (!read_year(s, header, i, year, rates ? &f->growth : &f->level)) return "a figure that is no number of one decimal";
    if (year && !rates && f->level.month[12 * (year - FIRST_YEAR)] != MLS_NO_INDEX) {
      if (!f->first_year) f->first_year = year;
      f->last_year = year;
    }
  }
  return f->first_year ? NULL : "no month";
}

/* --- consumer prices: one column per item, found by the item's code ---------------------------------------------------------------------- */
bool cpi_is(const struct sheet *s) {
  for (int64_t i = 0; i < s->n_rows && i < 12; i++)
    if (str_contains(sheet_cell(s, i, 0), "Group/Item code")) return true;
  return false;
}
static int64_t column_of(const struct sheet *s, const char *code) {
  for (int64_t i = 0; i < s->n_rows && i < 12; i++)
    for (int64_t c = 1; str_contains(sheet_cell(s, i, 0), "Group/Item code") && c < s->n_cells[i]; c++)
      if (str_eq(sheet_cell(s, i, c), str_of(code))) return c;
  return -1;
}
const char *cpi_read(const struct sheet *s, const char *name, struct cpi *out) {
  int64_t all = column_of(s, "0001"), less_rent = column_of(s, "0163"), v;
  *out = (struct cpi){.name = name};
  for (int i = 0; i < MONTHS; i++) out->all_items[i] = out->less_imputed_rent[i] = MLS_NO_INDEX;
  if (all < 0 || less_rent < 0) return "no column 0001 or 0163";
  for (int64_t i = 0; i < s->n_rows; i++) {
    struct str first = sheet_cell(s, i, 0);
    if (first.n != 6 || !sheet_number(first, false, &v)) continue;
    int64_t year = v / 100, month = v % 100, at = 12 * (year - FIRST_YEAR) + month - 1;
    if (year < FIRST_YEAR || year >= FIRST_YEAR + YEARS || month < 1 || month > 12) return "a month out of range";
    if (sheet_number(sheet_cell(s, i, all), true, &v)) out->all_items[at] = v;
    if (sheet_number(sheet_cell(s, i, less_rent), true, &v)) out->less_imputed_rent[at] = v;
  }
  return NULL;
}
