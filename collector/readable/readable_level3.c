/* readable_level3.c -- rules of level 3: can a machine join it with other data? See readable_rules.def. */
#include <string.h>

#include "collector/readable/readable_impl.h"

void level3_first_row(struct judging *j, const struct shaped *s) {
  const struct readable_shape *h = &s->shape;
  if (s->header_missing || h->first_row > 0) breach(j, s, 0, -1);
  else if (h->header_end > 1) breach(j, s, 1, -1);
  else if (h->header_end >= s->sheet->n_rows) breach(j, s, h->header_end, -1); /* a header and no data */
  else if (row_blank(s->sheet, h->header_end, 0, s->sheet->n_columns)) breach(j, s, h->header_end, -1);
}

/* A sheet whose headings are those of a code table. */
static bool code_sheet(const struct shaped *s) {
  bool code = false, label = false;
  for (int64_t k = s->shape.first_column; shaped_any(s) && k < s->shape.end_column; k++) {
    struct str t = s->columns[k].label;
    code = code || text_has(t, "コード") || text_has(t, "符号") || str_eq(t, STR("code"));
    label = label || text_has(t, "名称") || text_has(t, "内容") || text_has(t, "label") || text_has(t, "意味") || str_eq(t, STR("name"));
  }
  return code && label && s->shape.end_column - s->shape.first_column <= 5;
}
void level3_codes(struct judging *j, const struct shaped *s) {
  bool coded = false;
  if (j->spec->codes && j->spec->codes->n_rows) return;
  for (int i = 0; i < j->n_sheets; i++)
    if (code_sheet(&j->sheets[i])) return;
  for (int i = 0; i < j->n_others; i++)
    if (code_sheet(&j->others[i])) return;
  for (int64_t k = s->shape.first_column; k < s->shape.end_column; k++) {
    const struct readable_column *c = &s->columns[k];
    bool few = c->kind == COLUMN_CODE && c->distinct <= DISTINCT_MAX && c->distinct * 2 <= c->filled;
    if (few) breach(j, s, s->shape.header_end - !s->header_missing, k);
    coded = coded || few;
  }
  j->wants_person = j->wants_person || !coded;
}

/* --- L3-03: defined in the code table, or in a line outside the table --- */
static bool in_lines(const struct shaped *s, struct str symbol) {
  const struct readable_sheet *t = s->sheet;
  for (int64_t r = 0; r < t->n_rows; r++) {
    if (r >= s->shape.first_row && r < s->shape.end) continue;
    for (int64_t k = 0; k < t->n_columns; k++) {
      struct str line = readable_at(t, r, k)->text;
      if (line.n > symbol.n + 3 && memmem(line.p, line.n, symbol.p, symbol.n)) return true;
    }
  }
  return false;
}
static bool any_code(const struct judging *j, struct str code) {
  int v = j->spec->codes ? csv_table_column(j->spec->codes, "code") : -1;
  for (int64_t i = 0; v >= 0 && i < j->spec->codes->n_rows; i++)
    if (str_eq(csv_table_cell(j->spec->codes, i, v), code)) return true;
  return false;
}
void level3_symbols(struct judging *j, const struct shaped *s) {
  for (int64_t k = s->shape.first_column; k < s->shape.end_column; k++) {
    const struct readable_column *c = &s->columns[k];
    bool status = str_eq(c->label, STR("status"));
    if (!status && (c->kind != COLUMN_NUMBER || !c->symbols)) continue;
    for (int64_t r = s->shape.header_end; r < s->shape.end; r++) {
      struct str t = str_trim(readable_at(s->sheet, r, k)->text);
      if (!t.n || (!status && number_form_of(t) != NUMBER_SYMBOL)) continue;
      if (!any_code(j, t) && (status || !in_lines(s, t))) breach(j, s, r, k);
    }
  }
}

/* --- L3-04 --- */
static bool unit_elsewhere(const struct shaped *s) {
  const struct readable_sheet *t = s->sheet;
  for (int64_t k = s->shape.first_column; k < s->shape.end_column; k++)
    if (str_eq(s->columns[k].label, STR("unit")) || text_has(s->columns[k].label, "単位")) return true;
  for (int64_t r = 0; r < t->n_rows; r++)
    for (int64_t k = 0; (r < s->shape.first_row || r >= s->shape.end) && k < t->n_columns; k++)
      if (text_has(readable_at(t, r, k)->text, "単位")) return true;
  return false;
}
static bool needs_no_unit(struct str name) {
  static const char *const words[] = {"緯度", "経度", "順位", "フラグ", "flag"}, *const whole[] = {"lat", "lng", "lon", "latitude", "longitude", "rank"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (text_has(name, words[i])) return true;
  for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
    if (str_eq(name, str_of(whole[i]))) return true;
  return false;
}
void level3_units(struct judging *j, const struct shaped *s) {
  if (unit_elsewhere(s)) return;
  for (int64_t k = s->shape.first_column; k < s->shape.end_column; k++) {
    const struct readable_column *c = &s->columns[k];
    bool given = str_eq(c->kind_given, STR("number")); /* a number beside the measure, whose unit the table of columns need not give */
    if (c->kind == COLUMN_NUMBER && !given && !c->unit.n && !text_has_unit(c->name) && !needs_no_unit(c->name)) breach(j, s,
        s->shape.header_end - !s->header_missing, k);
  }
}

/* --- L3-05 --- */
void level3_time(struct judging *j, const struct shaped *s) {
  bool any = false;
  for (int64_t k = s->shape.first_column; k < s->shape.end_column; k++) {
    const struct readable_column *c = &s->columns[k];
    for (int64_t r = s->shape.first_row; r < s->shape.header_end; r++) {
      enum time_form form = time_form_of(readable_at(s->sheet, r, k)->text);
      if (form == TIME_ERA_ONLY) breach(j, s, r, k);
      any = any || form == TIME_WESTERN || form == TIME_ERA_BOTH;
    }
    if (c->kind != COLUMN_TIME) continue;
    any = true;
    for (int64_t r = s->shape.header_end; r < s->shape.end; r++) {
      const struct readable_cell *cell = readable_at(s->sheet, r, k);
      if (!str_trim(cell->text).n || cell->kind == CELL_DATE) continue;
      enum time_form form = time_form_of(cell->text);
      if (form == TIME_ERA_ONLY) breach(j, s, r, k);
      else if (form == TIME_NONE) look(j, s, r, k);
    }
  }
  j->wants_person = j->wants_person || !any;
}

/* --- L3-06 --- */
void level3_area(struct judging *j, const struct shaped *s) {
  bool any = false;
  for (int64_t k = s->shape.first_column; k < s->shape.end_column; k++) {
    if (s->columns[k].kind != COLUMN_AREA) continue;
    any = true;
    for (int64_t r = s->shape.header_end; r < s->shape.end; r++) {
      struct str t = readable_at(s->sheet, r, k)->text;
      if (!str_trim(t).n || spec_code_listed(j, s->columns[k].label, t)) continue;
      enum area_form form = area_form_of(t);
      if (form == AREA_SHORT || (form == AREA_NONE && number_form_of(t) != NUMBER_NONE)) breach(j, s, r, k);
      else if (form == AREA_NONE) look(j, s, r, k); /* 総数, a block of prefectures, or a name that is none */
    }
  }
  j->wants_person = j->wants_person || !any;
}

/* --- L3-07: the same names in the same order as last year --- */
static struct str header_of(const struct readable_sheet *t, int64_t row, int64_t k) {
  return k < t->n_columns && row < t->n_rows ? str_trim(readable_at(t, row, k)->text) : STR("");
}
void level3_stable(struct judging *j, const struct shaped *s) {
  const struct readable_file *before = j->spec->previous;
  if (!before || s->index >= before->n_sheets || s->header_missing) {
    j->wants_person = true;
    return;
  }
  const struct readable_sheet *t = &before->sheets[s->index];
  int64_t widest = t->n_columns > s->sheet->n_columns ? t->n_columns : s->sheet->n_columns;
  for (int64_t r = s->shape.first_row; r < s->shape.header_end; r++)
    for (int64_t k = 0; k < widest; k++)
      if (!str_eq(header_of(s->sheet, r, k), header_of(t, r, k))) breach(j, s, r, k);
}

void level3_names(struct judging *j, const struct shaped *s) {
  bool all = j->spec->columns != NULL;
  for (int64_t k = s->shape.first_column; k < s->shape.end_column; k++) {
    const struct readable_column *c = &s->columns[k];
    if (c->in_table_of_columns && text_physical_name(c->label)) continue;
    all = false;
    if (!text_physical_name(c->label)) breach(j, s, s->shape.header_end - !s->header_missing, k);
  }
  j->wants_person = j->wants_person || !all; /* definitions and history are not seen without a table of columns */
}

/* --- L3-09: values of a dimension as headings --- */
static bool dimension_value(struct str t) {
  static const char *const words[] = {"男", "女", "男性", "女性", "male", "female", "計", "総数", "合計"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (str_eq(t, str_of(words[i]))) return true;
  enum area_form area = area_form_of(t);
  bool age = text_has(t, "歳") && (text_has(t, "～") || text_has(t, "~") || text_has(t, "〜") || text_has(t, "以上") || text_has(t, "-"));
  bool month = t.n <= 5 && t.n >= 4 && memcmp(t.p + t.n - 3, "月", 3) == 0;
  return time_form_of(t) != TIME_NONE || area == AREA_SHORT || (area == AREA_NAME && t.n <= 12) || age || month;
}
void level3_long(struct judging *j, const struct shaped *s) {
  int64_t values = 0, measures = 0, first = -1;
  for (int64_t k = s->shape.first_column; k < s->shape.end_column; k++) {
    if (s->columns[k].kind != COLUMN_NUMBER) continue;
    measures++;
    if (!dimension_value(str_trim(s->columns[k].label))) continue;
    values++;
    if (first < 0) first = k;
  }
  bool long_form = false;
  for (int64_t k = s->shape.first_column; k < s->shape.end_column; k++) long_form = long_form || str_eq(s->columns[k].label, STR("value"));
  if (values >= 2) breach(j, s, s->shape.header_end - !s->header_missing, first);
  else if (measures > 1 && !long_form) j->wants_person = true;
}
