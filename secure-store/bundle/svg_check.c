/* svg_check.c -- a chart holds shapes and words, nothing that runs, links or hides; a figure written in it is one that its table shows, and its
 * marks fit the figures of their rows (svg_marks.h). Axis ticks, shares of a legend and places of dots are not judged here: the door draws the
 * picture again and compares the bytes (bundle_formats.h). */
#include <stdlib.h>
#include <string.h>

#include "base/ext_expat.h"
#include "secure-store/bundle/bundle_formats.h"
#include "secure-store/bundle/svg_marks.h"

struct drawing {
  struct arena *a;
  const char *file;
  struct str *shown; /* sorted */
  int64_t n_shown;
  struct strbuf text;
  struct svg_marks *marks;
  int depth, defs; /* inside <g>, <defs> */
  const char *row; /* y of a figure at the right edge; NULL = no such text */
  bool in_figure; /* a text or title that holds a figure of the table */
};
static enum err_code bad(const struct drawing *d, const char *found, struct err *e) {
  return ERR(e, E_PART_SVG, .file = d->file, .subject = d->file, .found = found);
}

/* --- figures of the table --- */
static int by_content(const void *a, const void *b) { return str_cmp(*(const struct str *)a, *(const struct str *)b); }
static enum err_code shown_figures(struct drawing *d, const struct bundle_source *s, struct err *e) {
  d->shown = ARENA_ARRAY(d->a, struct str, s->table.n_rows + 1);
  if (!d->shown) return ERR(e, E_NO_MEMORY, .subject = d->file);
  for (int64_t i = 0; i < s->table.n_rows; i++)
    if (bundle_shown(s, i)) d->shown[d->n_shown++] = bundle_cell(s, i, LONG_VALUE);
  qsort(d->shown, (size_t)d->n_shown, sizeof *d->shown, by_content);
  return E_OK;
}

/* "1,234.5*" -> "1234.5"; "" when it is not one figure and at most a mark behind it. */
static struct str figure_in(struct str s, char out[64]) {
  size_t n = 0, i = 0;
  if (s.n >= 3 && !memcmp(s.p, "\xe2\x88\x92", 3)) out[n++] = '-', i = 3; /* the minus sign of print */
  for (; i < s.n && n < 62 && (s.p[i] == ',' || s.p[i] == '.' || s.p[i] == '-' || (s.p[i] >= '0' && s.p[i] <= '9')); i++)
    if (s.p[i] != ',') out[n++] = s.p[i];
  for (size_t k = i; k < s.n; k++)
    if (s.p[k] >= '0' && s.p[k] <= '9') return STR("");
  out[n] = 0;
  return n && out[n - 1] >= '0' && out[n - 1] <= '9' ? str_view(out, n) : STR("");
}
static enum err_code judge(struct drawing *d, struct err *e) {
  char out[64];
  struct str words = str_view(d->text.p ? d->text.p : "", d->text.n);
  while (words.n && memchr(words.p, ' ', words.n)) { /* "Tokyo 1,234": the figure is the last word */
    const char *space = memchr(words.p, ' ', words.n);
    words = str_view(space + 1, words.n - (size_t)(space + 1 - words.p));
  }
  const struct str figure = figure_in(words, out);
  if (d->row && d->text.n) TRY(svg_marks_figure(d->marks, d->file, d->row, figure, e));
  if (!figure.n || bsearch(&figure, d->shown, (size_t)d->n_shown, sizeof *d->shown, by_content)) return E_OK;
  return ERR(e, E_PART_DIFFERS, .file = d->file, .subject = d->file, .found = "a figure that the long form does not show");
}

/* --- elements --- */
static bool in_list(const char *const *list, const char *name) {
  for (; *list; list++)
    if (!strcmp(*list, name)) return true;
  return false;
}
static enum err_code attributes_ok(const struct drawing *d, const char **attributes, struct err *e) {
  static const char *const allowed[] = {"id", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "width", "height", "d", "points", "fill",
      "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "stroke-opacity", "stroke-linecap", "class", "style",
      "text-anchor", "transform", "viewBox", "role", "lang", "aria-labelledby", "patternUnits", "patternTransform", "opacity",
      "dominant-baseline", NULL};
  for (; *attributes; attributes += 2) {
    if (!in_list(allowed, xml_local(attributes[0]))) return bad(d, attributes[0], e);
    if (strstr(attributes[1], "url(") && !strstr(attributes[1], "url(#")) return bad(d, "a reference to another file", e);
  }
  return E_OK;
}
static enum err_code on_start(void *context, const char *full, const char **attributes, struct err *e) {
  static const char *const allowed[] = {
      "svg", "title", "desc", "style", "defs", "pattern", "g", "rect", "line", "path", "circle", "polygon", "polyline", "text", "tspan", NULL};
  struct drawing *d = context;
  const char *name = xml_local(full), *class = xml_attribute(attributes, "class");
  if (!in_list(allowed, name)) return bad(d, name, e);
  TRY(attributes_ok(d, attributes, e));
  d->depth += !strcmp(name, "g");
  d->defs += !strcmp(name, "defs");
  if (!d->defs && !d->depth) TRY(svg_marks_shape(d->marks, d->file, name, attributes, e));
  const char *anchor = xml_attribute(attributes, "text-anchor"); /* figures stand at the right edge; ticks of the axis are centred */
  const bool figure_text = !strcmp(name, "text") && class && (!strcmp(class, "s n") || !strcmp(class, "g n")) && anchor && !strcmp(anchor, "end");
  d->in_figure = figure_text || (!strcmp(name, "title") && d->depth > 0);
  const char *y = figure_text ? xml_attribute(attributes, "y") : NULL;
  d->row = figure_text ? arena_strdup(d->a, y ? y : "", y ? strlen(y) : 0) : NULL;
  if (figure_text && !d->row) return ERR(e, E_NO_MEMORY, .subject = d->file);
  strbuf_reset(&d->text);
  return E_OK;
}
static enum err_code on_end(void *context, const char *full, struct err *e) {
  struct drawing *d = context;
  const char *name = xml_local(full);
  enum err_code code = E_OK;
  if (d->in_figure) code = judge(d, e);
  if (!code && !strcmp(name, "style") && d->text.n && (strstr(strbuf_cstr(&d->text), "url(") || strstr(strbuf_cstr(&d->text), "@import")))
    code = bad(d, "a style that loads something", e);
  d->depth -= !strcmp(name, "g");
  d->defs -= !strcmp(name, "defs");
  d->row = NULL;
  d->in_figure = false;
  return code;
}
static enum err_code on_text(void *context, const char *p, size_t n, struct err *e) {
  struct drawing *d = context;
  (void)e;
  strbuf_add(&d->text, p, n);
  return E_OK;
}

enum err_code svg_check(struct arena *a, const struct bundle_source *s, const struct release_part *part, struct err *e) {
  static const struct xml_handlers handlers = {on_start, on_end, on_text};
  struct drawing d = {.a = a, .file = part->name};
  struct xml_reader *r;
  d.marks = svg_marks_new(a);
  if (!d.marks) return ERR(e, E_NO_MEMORY, .subject = part->name);
  TRY(shown_figures(&d, s, e));
  TRY(xml_reader_new(part->name, part->name, &handlers, &d, &r, e));
  strbuf_init(&d.text, 1 << 20);
  enum err_code code = xml_reader_feed(r, part->bytes.p, part->bytes.n, e);
  if (!code) code = xml_reader_end(r, e);
  if (!code) code = svg_marks_judge(d.marks, part->name, e);
  xml_reader_free(r);
  strbuf_release(&d.text);
  return code;
}
