/* write_stat.c -- Stata and SPSS files of an extract; see write_table.h. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "secure-store/extract/write_table.h"

enum { NOTES = 4, NOTE_BYTES = 81 };
#define EXACT_MAX INT64_C(9007199254740992) /* 2^53: integers beyond it are rounded in a double */

const char *extract_missing_label(uint8_t status, bool japanese) {
  static const char *const ja[VAL_STATUS_COUNT] = {[VAL_BLANK] = "無記入", [VAL_NOT_APPLICABLE] = "非該当", [VAL_UNKNOWN] = "不詳", [VAL_REFUSED] = "回答拒否",
      [VAL_INVALID] = "不正な記入", [VAL_SUPPRESSED] = "秘匿", [VAL_BELOW_UNIT] = "単位未満", [VAL_SMALL_BASE] = "標本過少", [VAL_IMPOSSIBLE] = "あり得ない値",
      [VAL_NOT_AVAILABLE] = "数値なし", [VAL_PART_UNKNOWN] = "一部不詳"};
  static const char *const en[VAL_STATUS_COUNT] = {[VAL_BLANK] = "blank",
      [VAL_NOT_APPLICABLE] = "not applicable",
      [VAL_UNKNOWN] = "unknown",
      [VAL_REFUSED] = "refused",
      [VAL_INVALID] = "no valid entry",
      [VAL_SUPPRESSED] = "suppressed",
      [VAL_BELOW_UNIT] = "below the unit",
      [VAL_SMALL_BASE] = "small base",
      [VAL_IMPOSSIBLE] = "impossible",
      [VAL_NOT_AVAILABLE] = "not available",
      [VAL_PART_UNKNOWN] = "partly unknown"};
  const char *text = status < VAL_STATUS_COUNT ? (japanese ? ja : en)[status] : NULL;
  return text ? text : "";
}

static bool code_number(struct str t, int32_t *v) {
  int64_t n;
  if (t.n < 1 || t.n > 9 || !str_int64(t, &n) || n < 0 || t.p[0] == '+') return false;
  *v = (int32_t)n;
  return true;
}
/* "1" and "01" would become one number: either all codes have one length, or none begins with 0. */
bool frame_numeric_codes(const struct frame_column *c) {
  const struct codelist *l = c->list;
  bool one_length = true, no_zero = true;
  size_t length = 0;
  int32_t v;
  if (c->type != COL_CODE || !l || l->structure[0] || !c->digits) return false;
  for (int64_t i = 0; i < l->n_codes; i++) {
    struct str code = l->codes[i].code;
    if (!value_present((uint8_t)l->codes[i].status)) continue;
    if (!code_number(code, &v)) return false;
    one_length &= !length || code.n == length;
    no_zero &= code.n == 1 || code.p[0] != '0';
    length = code.n;
  }
  return length > 0 && (one_length ? c->width <= length : no_zero);
}
enum err_code frame_stat_names(const struct frame *f, const struct extract_head *h, char (*names)[STAT_NAME_BYTES], struct err *e) {
  stat_name(h->mark, names[0]);
  for (int k = 0; k < f->n_columns; k++) {
    char *name = names[k + 1];
    stat_name(f->columns[k].name, name);
    for (int j = 0; j <= k; j++) {
      if (strcmp(names[j], name) != 0) continue;
      size_t n = strlen(name);
      if (n > STAT_NAME_BYTES - 7) n = STAT_NAME_BYTES - 7;
      snprintf(name + n, STAT_NAME_BYTES - n, "_%d", k + 1);
      j = -1; /* look again from the first; the number is of this column only */
      if (n == 0) return ERR(e, E_BUG, .subject = "names");
    }
  }
  return E_OK;
}

/* --- description --- */
struct stating {
  const struct frame *f;
  const struct extract_head *h;
  enum stat_format format;
  struct arena *a;
  struct stat_variable *variables; /* [n_columns + 1] */
  bool *numeric;
  double scale[19];
  char note[NOTES][NOTE_BYTES];
};
static enum err_code range_error(const struct stating *s, const struct frame_column *c, const char *found, struct err *e) {
  return ERR(e, E_EXTRACT_RANGE, .subject = c->name, .expected = s->format == STAT_DTA ? "dta" : "sav", .found = found);
}
static enum stat_type whole_type(int64_t low, int64_t high) { /* the highest values of each type are Stata's missing values */
  if (low >= -127 && high <= 100) return STAT_INT8;
  if (low >= -32767 && high <= 32740) return STAT_INT16;
  return low >= -INT32_MAX && high <= 2147483620 ? STAT_INT32 : STAT_DOUBLE;
}
static enum err_code describe_number(const struct stating *s, const struct frame_column *c, struct stat_variable *v, struct err *e) {
  v->decimals = c->decimals;
  v->type = c->is_date ? STAT_DATE : c->decimals > 0 || c->type == COL_REAL ? STAT_DOUBLE : whole_type(c->lowest, c->highest);
  if (c->type == COL_REAL) v->decimals = -1;
  if (c->any && c->type == COL_INT && (c->highest > EXACT_MAX || c->lowest < -EXACT_MAX)) return range_error(s, c, "a number of more than 2^53", e);
  if (c->any && c->is_date && (c->highest > INT32_MAX / 2 || c->lowest < INT32_MIN / 2)) return range_error(s, c, "a date out of range", e);
  if (s->format == STAT_SAV && c->any && c->type == COL_INT && !c->is_date && c->decimals == 0 && stat_missing_taken(c->lowest, c->highest))
    return range_error(s, c, "a number that SPSS would take for missing", e);
  return E_OK;
}
static enum err_code describe_codes(struct stating *s, const struct frame_column *c, struct stat_variable *v, struct err *e) {
  struct stat_label *labels = arena_array(s->a, (size_t)c->list->n_codes + 1, sizeof *labels);
  int32_t highest = 0;
  if (!labels) return ERR(e, E_NO_MEMORY, .subject = c->name);
  for (int64_t i = 0; i < c->list->n_codes; i++) {
    const struct code *k = &c->list->codes[i];
    int32_t n;
    if (!value_present((uint8_t)k->status) || !code_number(k->code, &n)) continue;
    if (v->n_labels && labels[v->n_labels - 1].value == n) v->n_labels--; /* the later of two periods */
    struct str label = k->label_ja.n ? k->label_ja : k->label_en;
    labels[v->n_labels] = (struct stat_label){n, arena_strdup(s->a, label.p, label.n)};
    if (!labels[v->n_labels++].label) return ERR(e, E_NO_MEMORY, .subject = c->name);
    if (n > highest) highest = n;
  }
  v->labels = labels;
  v->type = highest <= 100 && c->width <= 2 ? STAT_INT8 : STAT_INT32;
  return E_OK;
}
static enum err_code describe(struct stating *s, int k, const char *name, struct err *e) {
  const struct frame_column *c = &s->f->columns[k];
  struct stat_variable *v = &s->variables[k + 1];
  *v = (struct stat_variable){
      .name = name, .label = c->label_ja[0] ? c->label_ja : c->label_en, .missing = c->missing, .width = c->width > 2 ? c->width : 2};
  s->numeric[k] = frame_numeric_codes(c);
  if (s->numeric[k]) return describe_codes(s, c, v, e);
  if (c->type == COL_INT || c->type == COL_REAL) return describe_number(s, c, v, e);
  v->type = STAT_TEXT;
  size_t most = s->format == STAT_DTA ? STAT_DTA_TEXT_MAX : STAT_SAV_TEXT_MAX;
  return c->width > most ? range_error(s, c, "a text that is too long", e) : E_OK;
}
static void notes(struct stating *s) {
  const struct extract_head *h = s->h;
  snprintf(s->note[0], NOTE_BYTES, "extract %s", h->provision);
  snprintf(s->note[1], NOTE_BYTES, "for %s only", h->person);
  snprintf(s->note[2], NOTE_BYTES, "mark %s", h->mark);
  snprintf(s->note[3], NOTE_BYTES, "%s", h->demo ? "demonstration, not releasable" : "see terms-ja.txt");
}
static enum err_code prepare(struct stating *s, struct stat_file *file, struct err *e) {
  const struct frame *f = s->f;
  char(*names)[STAT_NAME_BYTES] = arena_array(s->a, (size_t)f->n_columns + 1, STAT_NAME_BYTES);
  const char **lines = arena_array(s->a, NOTES, sizeof *lines);
  s->variables = arena_array(s->a, (size_t)f->n_columns + 1, sizeof *s->variables);
  s->numeric = arena_array(s->a, (size_t)f->n_columns + 1, sizeof *s->numeric);
  const char *label = arena_printf(s->a, "%s | %s | %s", s->h->provision, s->h->person, s->h->dataset);
  if (!names || !lines || !s->variables || !s->numeric || !label) return ERR(e, E_NO_MEMORY, .subject = "extract");
  TRY(frame_stat_names(f, s->h, names, e));
  s->variables[0] =
      (struct stat_variable){.name = names[0], .label = "提供行番号 (record id of this recipient)", .type = STAT_TEXT, .width = ROW_ID_TEXT - 1};
  for (int k = 0; k < f->n_columns; k++) TRY(describe(s, k, names[k + 1], e));
  notes(s);
  for (int i = 0; i < NOTES; i++) lines[i] = s->note[i];
  for (int i = 0; i < 19; i++) s->scale[i] = i ? s->scale[i - 1] * 10 : 1;
  *file = (struct stat_file){.format = s->format,
      .variables = s->variables,
      .n_variables = f->n_columns + 1,
      .n_rows = f->n_rows,
      .made = s->h->made,
      .label = label,
      .notes = lines,
      .n_notes = NOTES};
  for (uint8_t i = VAL_BLANK; i < (uint8_t)VAL_STATUS_COUNT; i++) file->missing_label[i] = extract_missing_label(i, true);
  return E_OK;
}

/* --- rows --- */
static enum err_code put_cell(struct stating *s, struct stat_writer *w, int k, const struct frame_cells *v, int64_t row, struct err *e) {
  const struct frame_column *c = &s->f->columns[k];
  int32_t number = 0;
  if (!value_present(v->status[row])) return stat_put_missing(w, k + 1, v->status[row], e);
  if (c->type == COL_REAL) return isfinite(v->real[row]) ? stat_put_number(w, k + 1, v->real[row], e) : range_error(s, c, "no finite number", e);
  if (c->type == COL_INT && c->decimals > 18) return range_error(s, c, "more than 18 decimals", e);
  if (c->type == COL_INT) return stat_put_number(w, k + 1, c->decimals > 0 ? (double)v->i64[row] / s->scale[c->decimals] : (double)v->i64[row], e);
  struct str t = frame_text(v, row);
  if (!s->numeric[k]) return stat_put_text(w, k + 1, t, e);
  return code_number(t, &number) ? stat_put_number(w, k + 1, number, e) : range_error(s, c, "a code that is no number", e);
}
static enum err_code slice_out(struct stating *s, struct stat_writer *w, const struct frame_reader *r, struct err *e) {
  char id[ROW_ID_TEXT];
  for (int64_t row = 0; row < r->rows; row++) {
    TRY(stat_row_begin(w, e));
    row_id_text(&r->ids[row], id);
    TRY(stat_put_text(w, 0, str_view(id, ROW_ID_TEXT - 1), e));
    for (int k = 0; k < s->f->n_columns; k++) TRY(put_cell(s, w, k, &r->cells[k], row, e));
    TRY(stat_row_end(w, e));
  }
  return E_OK;
}
enum err_code extract_write_stat(
    const struct frame *f, const struct extract_head *h, enum stat_format format, extract_sink_fn sink, void *context, struct err *e) {
  struct stating s = {.f = f, .h = h, .format = format, .a = arena_new(0)};
  struct frame_reader r = {.f = f};
  struct stat_writer *w = NULL;
  struct stat_file file;
  enum err_code code = s.a ? prepare(&s, &file, e) : ERR(e, E_NO_MEMORY, .subject = "extract");
  if (!code) code = frame_reader_init(&r, f, e);
  if (!code) code = stat_writer_new(&file, sink, context, &w, e);
  for (int64_t i = 0; !code && i < f->n_slices; i++) {
    code = frame_slice_load(&r, i, e);
    if (!code) code = slice_out(&s, w, &r, e);
  }
  if (!code) code = stat_writer_end(w, e);
  stat_writer_free(w);
  frame_reader_release(&r);
  arena_free(s.a);
  return code;
}
