/* readable_level2.c -- rules of level 2: can a machine compute with it? See readable_rules.def. */
#include <string.h>

#include "collector/readable/readable_impl.h"

/* What a workbook shows where a formula failed: never a figure, whatever the column holds. */
static bool failed_formula(struct str t) {
  static const char *const words[] = {"#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#N/A", "#NULL!"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (str_eq(t, str_of(words[i]))) return true;
  return false;
}
void level2_numbers(struct judging *j, const struct shaped *s) {
  for (int64_t r = s->shape.header_end; j->workbook && r < s->shape.end; r++)
    for (int64_t k = s->shape.first_column; k < s->shape.end_column; k++)
      if (s->columns[k].kind != COLUMN_NUMBER && failed_formula(readable_at(s->sheet, r, k)->text)) breach(j, s, r, k);
  for (int64_t k = s->shape.first_column; k < s->shape.end_column; k++) {
    if (s->columns[k].kind != COLUMN_NUMBER) continue;
    for (int64_t r = s->shape.header_end; r < s->shape.end; r++) {
      const struct readable_cell *c = readable_at(s->sheet, r, k);
      if (!c->text.n || c->kind == CELL_NUMBER) continue;
      if (j->workbook && failed_formula(c->text)) {
        breach(j, s, r, k);
        continue;
      }
      enum number_form form = number_form_of(c->text);
      bool listed = form != NUMBER_PLAIN && j->spec->codes && spec_code_listed(j, s->columns[k].label, c->text);
      if (form == NUMBER_SYMBOL || listed) continue; /* L3-03 */
      if (form != NUMBER_PLAIN || j->workbook) breach(j, s, r, k); /* in a workbook: digits kept as text */
    }
  }
}

/* Labels left out: blank at the beginning of a row, below a row that has them, with figures or words further right. */
static bool label_column(const struct readable_column *c) {
  return c->kind == COLUMN_TEXT || c->kind == COLUMN_AREA || c->kind == COLUMN_CODE || c->kind == COLUMN_TIME;
}
void level2_ditto(struct judging *j, const struct shaped *s) {
  const struct readable_shape *h = &s->shape;
  for (int64_t r = h->header_end; r < h->end; r++) {
    if (row_blank(s->sheet, r, h->first_column, h->end_column)) continue;
    for (int64_t k = h->first_column; r > h->header_end && k < h->end_column && label_column(&s->columns[k]); k++) {
      if (str_trim(readable_at(s->sheet, r, k)->text).n) break;
      breach(j, s, r, k);
    }
    for (int64_t k = h->first_column; k < h->end_column; k++)
      if (text_ditto(readable_at(s->sheet, r, k)->text)) breach(j, s, r, k);
  }
}
void level2_header(struct judging *j, const struct shaped *s) {
  const struct readable_shape *h = &s->shape;
  if (s->header_missing) {
    breach(j, s, h->first_row, -1);
    return;
  }
  for (int64_t r = h->first_row + 1; r < h->header_end; r++) breach(j, s, r, -1);
  for (int64_t k = h->first_column + 1; k < h->end_column; k++)
    for (int64_t i = h->first_column; s->columns[k].label.n && i < k; i++)
      if (str_eq(s->columns[k].label, s->columns[i].label)) {
        breach(j, s, h->header_end - 1, k);
        break;
      }
}

/* --- L2-04 --- */
static struct str one_spelling(struct arena *a, struct str text) {
  static const char *const words[][2] = {{"男性", "男"}, {"女性", "女"}, {"有り", "有"}, {"あり", "有"}, {"無し", "無"}, {"なし", "無"}, {"〇", "○"}, {"◯", "○"},
      {"はい", "yes"}, {"いいえ", "no"}};
  struct str flat = text_flat(a, text);
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (str_eq(flat, str_of(words[i][0]))) return str_of(words[i][1]);
  return flat;
}
struct spelling {
  struct str text, flat;
};
static void compare_spellings(struct judging *j, const struct shaped *s, int64_t k) {
  struct spelling seen[DISTINCT_MAX];
  int n = 0;
  for (int64_t r = s->shape.header_end; r < s->shape.end; r++) {
    struct str text = readable_at(s->sheet, r, k)->text;
    int i = 0;
    while (i < n && !str_eq(seen[i].text, text)) i++;
    if (i == n && n < DISTINCT_MAX) seen[n++] = (struct spelling){text, one_spelling(j->arena, text)};
    for (int other = 0; text.n && i < n && other < i; other++)
      if (str_eq(seen[other].flat, seen[i].flat)) {
        breach(j, s, r, k); /* the spelling that came first is kept */
        break;
      }
  }
}
void level2_choices(struct judging *j, const struct shaped *s) {
  for (int64_t k = s->shape.first_column; k < s->shape.end_column; k++) {
    const struct readable_column *c = &s->columns[k];
    if (spec_has_codes(j, c->label)) {
      for (int64_t r = s->shape.header_end; c->kind != COLUMN_NUMBER && r < s->shape.end; r++)
        if (readable_at(s->sheet, r, k)->text.n && !spec_code_listed(j, c->label, readable_at(s->sheet, r, k)->text)) breach(j, s, r, k);
      continue;
    }
    if (c->kind != COLUMN_TEXT || c->distinct > DISTINCT_MAX || c->distinct * 2 > c->filled) continue;
    compare_spellings(j, s, k);
    j->wants_person = j->wants_person || !j->spec->codes; /* no list to hold them against */
  }
}
void level2_other(struct judging *j, const struct shaped *s) {
  static const char *const words[] = {"その他（", "その他(", "その他：", "その他:", "その他　", "その他 ", "other:", "other (", "Other:", "Other ("};
  for (int64_t r = s->shape.header_end; r < s->shape.end; r++)
    for (int64_t k = s->shape.first_column; k < s->shape.end_column; k++) {
      struct str t = readable_at(s->sheet, r, k)->text;
      for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_starts(t, str_of(words[i])) && t.n > strlen(words[i])) {
          breach(j, s, r, k);
          break;
        }
    }
}
void level2_formula(struct judging *j, const struct shaped *s) {
  for (int64_t r = 0; r < s->sheet->n_rows; r++)
    for (int64_t k = 0; k < s->sheet->n_columns; k++) {
      const struct readable_cell *c = readable_at(s->sheet, r, k);
      if ((c->flags & CELL_FORMULA) || text_is_formula(c->text)) breach(j, s, r, k);
    }
}
