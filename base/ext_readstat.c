/* ext_readstat.c -- see ext_readstat.h. */
#include "base/ext_readstat.h"

#include <math.h>
#include <readstat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/table.h"

enum {
  DTA_VERSION = 118,
  DAYS_1960 = 3653,
  SECONDS_A_DAY = 86400,
  SAV_TEXT = 120,
  SAV_LABEL = 256,
  DTA_LABEL = 240,
  DTA_FILE_LABEL = 80,
  SAV_FILE_LABEL = 63,
  TEXT_BYTES = 32768
};
#define DAYS_1582 141428.0 /* from 1582-10-14 to 1970-01-01 */
#define SAV_MISSING_BASE INT64_C(-999000000000000)

/* --- kinds of missing --- */
static const char *const signs[VAL_STATUS_COUNT] = {[VAL_BLANK] = "",
    [VAL_NOT_APPLICABLE] = ".n",
    [VAL_UNKNOWN] = ".u",
    [VAL_REFUSED] = ".r",
    [VAL_INVALID] = ".i",
    [VAL_SUPPRESSED] = ".s",
    [VAL_BELOW_UNIT] = ".l",
    [VAL_SMALL_BASE] = ".k",
    [VAL_IMPOSSIBLE] = ".x",
    [VAL_NOT_AVAILABLE] = ".o",
    [VAL_PART_UNKNOWN] = ".p"};
const char *stat_missing_sign(uint8_t status) { return status < VAL_STATUS_COUNT && signs[status] ? signs[status] : ""; }
static char tag_of(uint8_t status) { return stat_missing_sign(status)[0] ? stat_missing_sign(status)[1] : 'b'; }
int64_t stat_missing_number(uint8_t status) { return SAV_MISSING_BASE - status; }
bool stat_missing_taken(int64_t lowest, int64_t highest) { return highest >= SAV_MISSING_BASE - VAL_STATUS_COUNT && lowest <= SAV_MISSING_BASE; }

/* --- names --- */
void stat_name(const char *name, char out[STAT_NAME_BYTES]) {
  static const char *const reserved[] = {"all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with", "_all", "_b", "byte",
      "_coef", "_cons", "double", "float", "if", "in", "int", "long", "_n", "_pi", "_pred", "_rc", "_skip", "using", "strl"};
  size_t n = 0;
  if (name[0] >= '0' && name[0] <= '9') out[n++] = 'v';
  for (; *name && n + 2 < STAT_NAME_BYTES; name++) {
    char c = *name;
    out[n++] = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ? c : '_';
  }
  out[n] = 0;
  bool word = n > 3 && n < 8 && strncmp(out, "str", 3) == 0 && strspn(out + 3, "0123456789") == n - 3;
  for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++) word |= strcasecmp(out, reserved[i]) == 0;
  if (word || n == 0 || out[0] == '_') { /* a leading underscore is SPSS's */
    memmove(out + 1, out, n + 1);
    out[0] = 'v';
  }
}

/* --- writer --- */
struct stat_writer {
  readstat_writer_t *lib;
  enum stat_format format;
  readstat_variable_t **variable;
  enum stat_type *type;
  stat_sink_fn sink;
  void *context;
  enum err_code sink_code;
  struct err *sink_error;
  char text[TEXT_BYTES];
};
static ssize_t to_sink(const void *p, size_t n, void *context) {
  struct stat_writer *w = context;
  if (!w->sink_code) w->sink_code = w->sink(w->context, p, n, w->sink_error);
  return w->sink_code ? -1 : (ssize_t)n;
}
static const char *program_of(const struct stat_writer *w) { return w->format == STAT_DTA ? "Stata" : "SPSS"; }
static enum err_code told(struct stat_writer *w, readstat_error_t r, const char *subject, struct err *e) {
  if (w->sink_code) return w->sink_code;
  return r == READSTAT_OK ? E_OK : ERR(e, E_EXTRACT_READSTAT, .subject = subject, .expected = program_of(w), .found = readstat_error_message(r));
}

/* At most n bytes of whole characters. */
static const char *cut(const char *text, size_t n, char *out) {
  size_t used = strnlen(text, n + 1);
  if (used > n)
    for (used = n; used > 0 && ((unsigned char)text[used] & 0xc0) == 0x80;) used--;
  memcpy(out, text, used);
  out[used] = 0;
  return out;
}
static readstat_type_t type_of(enum stat_format format, enum stat_type type) {
  if (type == STAT_TEXT) return READSTAT_TYPE_STRING;
  if (format == STAT_SAV) return READSTAT_TYPE_DOUBLE;
  return type == STAT_INT8     ? READSTAT_TYPE_INT8
         : type == STAT_INT16  ? READSTAT_TYPE_INT16
         : type == STAT_DOUBLE ? READSTAT_TYPE_DOUBLE
                               : READSTAT_TYPE_INT32;
}
static void missing_labels(struct stat_writer *w, const struct stat_file *f, const struct stat_variable *v, readstat_label_set_t *set) {
  for (uint8_t s = VAL_BLANK; s < (uint8_t)VAL_STATUS_COUNT; s++) {
    const char *label = f->missing_label[s] ? f->missing_label[s] : value_status_name(s);
    if (!(v->missing >> s & 1)) continue;
    if (w->format == STAT_DTA) readstat_label_tagged_value(set, tag_of(s), cut(label, DTA_LABEL, w->text));
    else readstat_label_double_value(set, (double)stat_missing_number(s), cut(label, SAV_TEXT, w->text));
  }
}
static void label_set(struct stat_writer *w, const struct stat_file *f, const struct stat_variable *v, readstat_variable_t *to) {
  /* A labelled date of SPSS would be read as a bare number by others. */
  if (v->type == STAT_TEXT || (w->format == STAT_SAV && v->type == STAT_DATE) || (!v->n_labels && !v->missing)) return;
  readstat_label_set_t *set = readstat_add_label_set(w->lib, w->format == STAT_DTA ? READSTAT_TYPE_INT32 : READSTAT_TYPE_DOUBLE, v->name);
  for (int64_t i = 0; i < v->n_labels; i++) {
    const char *label = cut(v->labels[i].label, w->format == STAT_DTA ? DTA_LABEL : SAV_TEXT, w->text);
    if (w->format == STAT_DTA) readstat_label_int32_value(set, v->labels[i].value, label);
    else readstat_label_double_value(set, v->labels[i].value, label);
  }
  missing_labels(w, f, v, set);
  readstat_variable_set_label_set(to, set);
}
static enum err_code declare(struct stat_writer *w, const struct stat_file *f, int k, struct err *e) {
  const struct stat_variable *v = &f->variables[k];
  char format[32] = "";
  readstat_variable_t *to = readstat_add_variable(w->lib, v->name, type_of(w->format, v->type), v->type == STAT_TEXT ? v->width : 0);
  if (!to) return ERR(e, E_NO_MEMORY, .subject = v->name);
  w->variable[k] = to, w->type[k] = v->type;
  readstat_variable_set_label(to, cut(v->label, w->format == STAT_DTA ? DTA_LABEL : SAV_LABEL - 1, w->text));
  if (v->type == STAT_DATE) snprintf(format, sizeof format, w->format == STAT_DTA ? "%%td" : "SDATE10");
  else if (v->type == STAT_DOUBLE && v->decimals > 0) snprintf(format, sizeof format, w->format == STAT_DTA ? "%%16.%df" : "F16.%d", v->decimals);
  else if (v->type == STAT_DOUBLE && v->decimals == 0) snprintf(format, sizeof format, w->format == STAT_DTA ? "%%16.0f" : "F16.0");
  else if (v->type != STAT_TEXT && w->format == STAT_SAV && v->type != STAT_DOUBLE) snprintf(format, sizeof format, "F11.0");
  if (format[0]) readstat_variable_set_format(to, format);
  readstat_variable_set_measure(to, v->n_labels || v->type == STAT_TEXT ? READSTAT_MEASURE_NOMINAL : READSTAT_MEASURE_SCALE);
  label_set(w, f, v, to);
  if (w->format == STAT_SAV && v->type != STAT_TEXT && v->missing)
    return told(
        w, readstat_variable_add_missing_double_range(to, (double)(SAV_MISSING_BASE - VAL_STATUS_COUNT), (double)SAV_MISSING_BASE), v->name, e);
  return E_OK;
}
static enum err_code begin(struct stat_writer *w, const struct stat_file *f, struct err *e) {
  char label[DTA_FILE_LABEL * 4 + 1];
  TRY(told(w, readstat_set_data_writer(w->lib, to_sink), "file", e));
  TRY(told(
      w, readstat_writer_set_file_label(w->lib, cut(f->label, w->format == STAT_DTA ? DTA_FILE_LABEL : SAV_FILE_LABEL, label)), "file label", e));
  TRY(told(w, readstat_writer_set_file_timestamp(w->lib, (time_t)f->made), "time", e));
  for (int i = 0; i < f->n_notes; i++) readstat_add_note(w->lib, cut(f->notes[i], 80, w->text));
  for (int k = 0; k < f->n_variables; k++) TRY(declare(w, f, k, e));
  if (w->format == STAT_DTA) TRY(told(w, readstat_writer_set_file_format_version(w->lib, DTA_VERSION), "version", e));
  return told(w,
      w->format == STAT_DTA ? readstat_begin_writing_dta(w->lib, w, (long)f->n_rows) : readstat_begin_writing_sav(w->lib, w, (long)f->n_rows), "head",
      e);
}
enum err_code stat_writer_new(const struct stat_file *f, stat_sink_fn sink, void *context, struct stat_writer **out, struct err *e) {
  struct stat_writer *w = calloc(1, sizeof *w);
  *out = w;
  if (!w) return ERR(e, E_NO_MEMORY, .subject = "statistical file");
  w->format = f->format, w->sink = sink, w->context = context, w->sink_error = e;
  w->lib = readstat_writer_init();
  w->variable = calloc((size_t)f->n_variables + 1, sizeof(readstat_variable_t *));
  w->type = calloc((size_t)f->n_variables + 1, sizeof *w->type);
  if (!w->lib || !w->variable || !w->type) return ERR(e, E_NO_MEMORY, .subject = "statistical file");
  if (f->n_rows > INT32_MAX) return ERR(e, E_EXTRACT_READSTAT, .subject = "rows", .expected = program_of(w), .found = "more than 2,147,483,647 rows");
  return begin(w, f, e);
}
enum err_code stat_row_begin(struct stat_writer *w, struct err *e) {
  w->sink_error = e;
  return told(w, readstat_begin_row(w->lib), "row", e);
}
enum err_code stat_put_number(struct stat_writer *w, int k, double v, struct err *e) {
  readstat_variable_t *to = w->variable[k];
  enum stat_type type = w->type[k];
  if (type == STAT_DATE) v = w->format == STAT_DTA ? v + DAYS_1960 : (v + DAYS_1582) * SECONDS_A_DAY;
  if (w->format == STAT_SAV || type == STAT_DOUBLE) return told(w, readstat_insert_double_value(w->lib, to, v), "value", e);
  if (type == STAT_INT8) return told(w, readstat_insert_int8_value(w->lib, to, (int8_t)v), "value", e);
  if (type == STAT_INT16) return told(w, readstat_insert_int16_value(w->lib, to, (int16_t)v), "value", e);
  return told(w, readstat_insert_int32_value(w->lib, to, (int32_t)v), "value", e);
}
enum err_code stat_put_missing(struct stat_writer *w, int k, uint8_t status, struct err *e) {
  if (w->type[k] == STAT_TEXT) return stat_put_text(w, k, str_of(stat_missing_sign(status)), e);
  if (w->format == STAT_DTA) return told(w, readstat_insert_tagged_missing_value(w->lib, w->variable[k], tag_of(status)), "value", e);
  return told(w, readstat_insert_double_value(w->lib, w->variable[k], (double)stat_missing_number(status)), "value", e);
}
enum err_code stat_put_text(struct stat_writer *w, int k, struct str text, struct err *e) {
  if (text.n >= sizeof w->text) return ERR(e, E_EXTRACT_READSTAT, .subject = "text", .expected = program_of(w), .found = "a text that is too long");
  memcpy(w->text, text.p, text.n);
  w->text[text.n] = 0;
  return told(w, readstat_insert_string_value(w->lib, w->variable[k], w->text), "text", e);
}
enum err_code stat_row_end(struct stat_writer *w, struct err *e) { return told(w, readstat_end_row(w->lib), "row", e); }
enum err_code stat_writer_end(struct stat_writer *w, struct err *e) {
  w->sink_error = e;
  return told(w, readstat_end_writing(w->lib), "end", e);
}
void stat_writer_free(struct stat_writer *w) {
  if (!w) return;
  if (w->lib) readstat_writer_free(w->lib);
  free(w->variable);
  free(w->type);
  explicit_bzero(w, sizeof *w);
  free(w);
}
