/* readable_level1.c -- rules of level 1: can a machine read it at all? See readable_rules.def. */
#include <string.h>

#include "collector/readable/readable_impl.h"

/* --- L1-02: another header after a gap or inside; the same headings side by side --- */
static bool header_again(const struct shaped *s, int64_t row) {
  int64_t same = 0, filled = 0;
  if (s->header_missing) return false;
  for (int64_t k = s->shape.first_column; k < s->shape.end_column; k++) {
    struct str a = readable_at(s->sheet, s->shape.header_end - 1, k)->text, b = readable_at(s->sheet, row, k)->text;
    filled += b.n > 0;
    same += b.n > 0 && str_eq(a, b);
  }
  return filled >= 2 && same * 2 > filled && number_form_of(readable_at(s->sheet, row, s->shape.end_column - 1)->text) == NUMBER_NONE;
}
static bool has_figures(const struct readable_sheet *s, int64_t row) {
  for (int64_t k = 0; k < s->n_columns; k++) {
    enum number_form form = number_form_of(readable_at(s, row, k)->text);
    if (form == NUMBER_PLAIN || form == NUMBER_DRESSED) return true;
  }
  return false;
}
static bool numeric_table(const struct shaped *s) {
  for (int64_t k = s->shape.first_column; k < s->shape.end_column; k++)
    if (s->columns[k].kind == COLUMN_NUMBER) return true;
  return false;
}
/* After a gap: a row of two or more words, and figures in the row after it. */
static bool new_header(const struct shaped *s, int64_t row) {
  const struct readable_sheet *t = s->sheet;
  return numeric_table(s) && row_filled(t, row, 0, t->n_columns) >= 2 && !has_figures(t, row) && row + 1 < s->shape.end && has_figures(t, row + 1);
}
static void side_by_side(struct judging *j, const struct shaped *s, int64_t gap) {
  int64_t same = 0;
  for (int64_t k = gap + 1; k < s->shape.end_column; k++)
    for (int64_t i = s->shape.first_column; i < gap; i++)
      if (s->columns[k].label.n && str_eq(s->columns[k].label, s->columns[i].label)) {
        same++;
        break;
      }
  if (same >= 2) breach(j, s, s->shape.first_row, gap + 1);
}
static bool column_blank(const struct shaped *s, int64_t k) {
  for (int64_t r = s->shape.first_row; r < s->shape.end; r++)
    if (str_trim(readable_at(s->sheet, r, k)->text).n) return false;
  return true;
}
void level1_one_table(struct judging *j, const struct shaped *s) {
  const struct readable_shape *h = &s->shape;
  for (int64_t r = h->header_end; r < h->end; r++) {
    bool gap = r > h->header_end && row_blank(s->sheet, r - 1, h->first_column, h->end_column) &&
        !row_blank(s->sheet, r, h->first_column, h->end_column);
    bool titled = gap && row_filled(s->sheet, r, 0, s->sheet->n_columns) == 1 && r + 1 < h->end && new_header(s, r + 1);
    if (header_again(s, r) || titled || (gap && new_header(s, r))) breach(j, s, r, h->first_column);
  }
  for (int64_t k = h->first_column + 1; k + 1 < h->end_column; k++)
    if (column_blank(s, k)) side_by_side(j, s, k);
}
void level1_no_gaps(struct judging *j, const struct shaped *s) {
  const struct readable_shape *h = &s->shape;
  for (int64_t r = h->first_row; r < h->end; r++)
    if (row_blank(s->sheet, r, h->first_column, h->end_column)) breach(j, s, r, -1);
  for (int64_t k = h->first_column; k < h->end_column; k++)
    if (column_blank(s, k)) breach(j, s, -1, k);
}
void level1_no_notes(struct judging *j, const struct shaped *s) {
  const struct readable_sheet *t = s->sheet;
  for (int64_t r = 0; r < t->n_rows; r++) {
    if (r >= s->shape.first_row && r < s->shape.end) continue;
    for (int64_t k = 0; k < t->n_columns; k++)
      if (str_trim(readable_at(t, r, k)->text).n) {
        breach(j, s, r, k);
        break;
      }
  }
}
void level1_names(struct judging *j, const struct shaped *s) {
  const struct readable_shape *h = &s->shape;
  if (s->header_missing) {
    breach(j, s, h->first_row, -1);
    return;
  }
  for (int64_t k = h->first_column; k < h->end_column; k++)
    if (!column_blank(s, k) && (!str_trim(s->columns[k].name).n || text_default_name(s->columns[k].label))) breach(j, s, h->header_end - 1, k);
}
void level1_layout(struct judging *j, const struct shaped *s) {
  const struct readable_sheet *t = s->sheet;
  for (int64_t r = 0; r < t->n_rows; r++)
    for (int64_t k = 0; k < t->n_columns; k++)
      if (readable_at(t, r, k)->kind == CELL_TEXT && text_padded(readable_at(t, r, k)->text)) breach(j, s, r, k);
}
static bool has_list(struct str s) {
  return text_has(s, "、") || text_has(s, "，") || text_has(s, ";") || text_has(s, "；") || text_has(s, "／") || text_has(s, " / ");
}
void level1_one_datum(struct judging *j, const struct shaped *s) {
  for (int64_t r = s->shape.header_end; r < s->shape.end; r++)
    for (int64_t k = s->shape.first_column; k < s->shape.end_column; k++) {
      struct str text = readable_at(s->sheet, r, k)->text;
      if (!text.n) continue;
      if (s->columns[k].kind == COLUMN_NUMBER && number_form_of(text) == NUMBER_SEVERAL) breach(j, s, r, k);
      else if (text_has_line_break(str_trim(text))) breach(j, s, r, k);
      else if (has_list(text)) look(j, s, r, k);
    }
}
void level1_platform(struct judging *j, const struct shaped *s) {
  const struct readable_sheet *t = s->sheet;
  for (int64_t r = 0; r < t->n_rows; r++)
    for (int64_t k = 0; k < t->n_columns; k++) {
      enum platform_form form = platform_form_of(j->platform, readable_at(t, r, k)->text);
      if (form == PLATFORM_SIGN) breach(j, s, r, k);
      if (form == PLATFORM_KANJI) look(j, s, r, k);
    }
}
static int64_t status_column(const struct shaped *s) {
  for (int64_t k = s->shape.first_column; k < s->shape.end_column; k++)
    if (str_eq(s->columns[k].label, STR("status")) || text_has(s->columns[k].label, "秘匿区分") || text_has(s->columns[k].label, "欠測区分")) return k;
  return -1;
}
/* A blank beside a status that gives its reason is explained; "shown" is none. In a column with zeros a blank is something else, a person says
 *          what. */
void level1_blank_zero(struct judging *j, const struct shaped *s) {
  int64_t status = status_column(s);
  for (int64_t k = s->shape.first_column; k < s->shape.end_column; k++) {
    const struct readable_column *c = &s->columns[k];
    bool beside = str_eq(c->kind_given, STR("number")); /* of a table of columns: a standard error, a count beside the value: may be left out */
    if (c->kind != COLUMN_NUMBER || !c->blank || beside) continue;
    for (int64_t r = s->shape.header_end; r < s->shape.end; r++) {
      if (str_trim(readable_at(s->sheet, r, k)->text).n || row_blank(s->sheet, r, s->shape.first_column, s->shape.end_column)) continue;
      struct str why = status < 0 ? STR("") : str_trim(readable_at(s->sheet, r, status)->text);
      if (why.n && !str_eq(why, STR("shown"))) continue;
      if (c->zeros || (j->spec->form == FORM_WIDE && j->spec->codes)) look(j, s, r, k);
      else breach(j, s, r, k);
    }
  }
}

/* --- workbooks --- */
void level1_objects(struct judging *j, const struct shaped *s) {
  for (int64_t i = 0; i < s->sheet->n_objects; i++) breach(j, s, s->sheet->objects[i].top - 1, s->sheet->objects[i].left - 1);
}
enum { LOOKS = CELL_COLOURED | CELL_FILLED };
static bool column_looks_alike(const struct shaped *s, int64_t k) { /* a whole column of one look says nothing about a row */
  int first = -1;
  for (int64_t r = s->shape.header_end; r < s->shape.end; r++) {
    const struct readable_cell *c = readable_at(s->sheet, r, k);
    if (!c->text.n) continue;
    if (first < 0) first = c->flags & LOOKS;
    else if ((c->flags & LOOKS) != first) return false;
  }
  return true;
}
void level1_format(struct judging *j, const struct shaped *s) {
  const struct readable_sheet *t = s->sheet;
  for (int64_t r = 0; r < t->n_rows; r++)
    for (int64_t k = 0; k < t->n_columns; k++)
      if (readable_at(t, r, k)->flags & CELL_STRUCK) breach(j, s, r, k);
  for (int64_t r = s->shape.header_end; r < s->shape.end; r++) {
    int64_t marked = 0, filled = 0;
    for (int64_t k = s->shape.first_column; k < s->shape.end_column; k++) {
      const struct readable_cell *c = readable_at(t, r, k);
      filled += c->text.n > 0;
      marked += c->text.n > 0 && (c->flags & LOOKS);
    }
    for (int64_t k = s->shape.first_column; marked && k < s->shape.end_column; k++) {
      const struct readable_cell *c = readable_at(t, r, k);
      if (!c->text.n || !(c->flags & LOOKS) || column_looks_alike(s, k)) continue;
      if (marked < filled) breach(j, s, r, k);
      else look(j, s, r, k); /* the whole row: stripes, a total, or a meaning */
    }
  }
}
void level1_merged(struct judging *j, const struct shaped *s) {
  for (int64_t i = 0; i < s->sheet->n_merged; i++) breach(j, s, s->sheet->merged[i].top - 1, s->sheet->merged[i].left - 1);
}
void level1_hidden(struct judging *j, const struct shaped *s) {
  for (int64_t i = 0; i < s->sheet->n_hidden_rows; i++)
    if (s->sheet->hidden_rows[i] <= s->sheet->n_rows) breach(j, s, s->sheet->hidden_rows[i] - 1, -1);
  for (int64_t i = 0; i < s->sheet->n_hidden_columns; i++)
    if (s->sheet->hidden_columns[i] <= s->sheet->n_columns) breach(j, s, -1, s->sheet->hidden_columns[i] - 1);
}

/* --- CSV --- */
void level1_one_line(struct judging *j, const struct shaped *s) {
  const struct readable_sheet *t = s->sheet;
  for (int64_t r = 0; r < t->n_rows; r++)
    for (int64_t k = 0; k < t->n_columns; k++)
      if (text_has_line_break(readable_at(t, r, k)->text)) breach(j, s, r, k);
}
void level1_comma(struct judging *j, const struct shaped *s) {
  const struct readable_sheet *t = s->sheet;
  int64_t header = s->header_missing ? s->shape.first_row : s->shape.header_end - 1;
  for (int64_t r = s->shape.first_row; r < s->shape.end; r++)
    if (t->widths[r] > t->widths[header] && row_filled(t, r, t->widths[header], t->n_columns) > 0) breach(j, s, r, t->widths[header]);
}
