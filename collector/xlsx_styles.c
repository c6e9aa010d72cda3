/* xlsx_styles.c -- which styles show a number as a date; see xlsx.h. */
#include <string.h>
#include <strings.h>

#include "collector/xlsx.h"

enum { MAX_FORMATS = 8192, MAX_STYLES = 65536 };

/* --- a format code: what its first section shows --- */
struct shown {
  bool year, month, day, hour, second, digit;
};
static size_t skip_quoted(struct str s, size_t at, char end) {
  for (at++; at < s.n && s.p[at] != end; at++) {}
  return at;
}
/* [h], [mm], [ss]: time beyond a day; other brackets are colours, conditions and locales. */
static size_t take_bracket(struct str s, size_t at, struct shown *out) {
  size_t end = skip_quoted(s, at, ']'), n = end - at - 1;
  bool same = n > 0;
  for (size_t i = at + 1; i < end; i++) same = same && s.p[i] == s.p[at + 1];
  if (same && strchr("hHmMsS", s.p[at + 1])) out->hour = true;
  return end;
}
static bool word_at(struct str s, size_t at, const char *word) {
  size_t n = strlen(word);
  return s.n - at >= n && strncasecmp(s.p + at, word, n) == 0;
}
static size_t take_letter(struct str s, size_t at, struct shown *out) {
  switch (s.p[at] | 0x20) {
  case 'y': case 'b': out->year = true; break;
  case 'g':
    if (word_at(s, at, "General")) return at + 6;
    if (word_at(s, at, "G/")) return at + 1;
    out->year = true;
    break;
  case 'e':
    if (at + 1 < s.n && (s.p[at + 1] == '+' || s.p[at + 1] == '-')) out->digit = true;
    else out->year = true;
    break;
  case 'm': out->month = true; break;
  case 'd': out->day = true; break;
  case 'h': out->hour = true; break;
  case 's': out->second = true; break;
  case 'a':
    if (word_at(s, at, "AM/PM")) return at + 4;
    if (word_at(s, at, "A/P")) return at + 2;
    if (word_at(s, at, "aaa")) out->day = true;
    break;
  default: break;
  }
  return at;
}
static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static struct shown shown_by(struct str s) {
  struct shown out = {false};
  for (size_t at = 0; at < s.n && s.p[at] != ';'; at++) {
    char c = s.p[at];
    if (c == '"') at = skip_quoted(s, at, '"');
    else if (c == '\\' || c == '_' || c == '*') at++;
    else if (c == '[') at = take_bracket(s, at, &out);
    else if (c == '#' || c == '?' || (c == '0' && !out.second)) out.digit = true;
    else if (is_letter(c)) at = take_letter(s, at, &out);
  }
  return out;
}
enum xlsx_format xlsx_format_of_code(struct str code) {
  struct shown s = shown_by(code);
  if (s.digit) return XLSX_NUMBER;
  bool time = s.hour || s.second, date = s.year || s.day || (s.month && !time); /* m beside hours is minutes */
  if (date) return time ? XLSX_DATETIME : s.year && s.month && !s.day ? XLSX_MONTH : XLSX_DATE;
  return time ? XLSX_TIME : XLSX_NUMBER;
}

enum xlsx_format xlsx_format_of_id(int64_t id) {
  static const struct {
    uint8_t from, to, format;
  } ranges[] = {{14, 16, XLSX_DATE}, {17, 17, XLSX_MONTH}, {18, 21, XLSX_TIME}, {22, 22, XLSX_DATETIME}, {27, 31, XLSX_DATE}, {32, 33, XLSX_TIME},
                {34, 34, XLSX_MONTH}, {35, 36, XLSX_DATE}, {45, 47, XLSX_TIME}, {50, 51, XLSX_DATE}, {52, 52, XLSX_MONTH}, {53, 54, XLSX_DATE},
                {55, 55, XLSX_MONTH}, {56, 58, XLSX_DATE}};
  for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
    if (id >= ranges[i].from && id <= ranges[i].to) return (enum xlsx_format)ranges[i].format;
  return XLSX_NUMBER;
}

/* --- the part --- */
struct custom {
  int64_t id;
  enum xlsx_format format;
};
struct reading {
  struct workbook *w;
  struct custom *custom;
  int n_custom, depth;
  bool in_formats, in_styles;
};
static enum err_code too_many(const struct reading *r, struct err *e) {
  return ERR(e, E_SHEET_LIMIT, .file = r->w->source->name, .subject = r->w->source->name, .found = "more than 65,536 styles or 8,192 number formats");
}
static bool id_of(const char **attributes, int64_t *id) {
  const char *text = xml_attribute(attributes, "numFmtId");
  return text && str_int64(str_of(text), id);
}
static enum err_code add_custom(struct reading *r, const char **attributes, struct err *e) {
  const char *code = xml_attribute(attributes, "formatCode");
  int64_t id;
  if (!code || !id_of(attributes, &id)) return workbook_bad(r->w, "a number format without number or code", e);
  if (r->n_custom == MAX_FORMATS) return too_many(r, e);
  r->custom[r->n_custom++] = (struct custom){id, xlsx_format_of_code(str_of(code))};
  return E_OK;
}
static enum err_code add_style(struct reading *r, const char **attributes, struct err *e) {
  struct xlsx_styles *s = &r->w->styles;
  int64_t id = 0;
  if (s->n == MAX_STYLES) return too_many(r, e);
  id_of(attributes, &id);
  enum xlsx_format format = xlsx_format_of_id(id);
  for (int i = 0; i < r->n_custom; i++)
    if (r->custom[i].id == id) format = r->custom[i].format;
  s->formats[s->n++] = (uint8_t)format;
  return E_OK;
}
static enum err_code on_start(void *context, const char *name, const char **attributes, struct err *e) {
  struct reading *r = context;
  r->depth++;
  if (r->depth == 1) return xml_is(name, "styleSheet") ? E_OK : workbook_bad(r->w, "a part of styles that holds none", e);
  if (r->depth == 2) {
    r->in_formats = xml_is(name, "numFmts");
    r->in_styles = xml_is(name, "cellXfs");
  }
  if (r->depth == 3 && r->in_formats && xml_is(name, "numFmt")) return add_custom(r, attributes, e);
  if (r->depth == 3 && r->in_styles && xml_is(name, "xf")) return add_style(r, attributes, e);
  return E_OK;
}
static enum err_code on_end(void *context, const char *name, struct err *e) {
  struct reading *r = context;
  (void)name, (void)e;
  r->depth--;
  return E_OK;
}

enum err_code xlsx_styles_read(struct workbook *w, struct arena *a, struct err *e) {
  static const struct xml_handlers handlers = {on_start, on_end, NULL};
  struct reading r = {.w = w};
  w->styles = (struct xlsx_styles){0};
  if (!w->styles_part) return E_OK;
  w->styles.formats = ARENA_ARRAY(a, uint8_t, MAX_STYLES);
  r.custom = ARENA_ARRAY(a, struct custom, MAX_FORMATS);
  if (!w->styles.formats || !r.custom) return ERR(e, E_NO_MEMORY, .subject = w->source->name);
  return workbook_part(w, w->styles_part, &handlers, &r, e);
}
