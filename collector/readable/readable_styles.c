/* readable_styles.c -- which styles of a workbook strike out, colour or fill; see readable_impl.h.
 * Source   ISO/IEC 29500-1, 18.8.22 font, 18.8.20 fill, 18.8.45 xf. Black and automatic fonts, white and no fills count as plain. */
#include <string.h>

#include "collector/readable/readable_impl.h"

enum { MAX_STYLES = 65536 };
enum part { PART_OTHER, PART_FONTS, PART_FILLS, PART_STYLES };
struct reading {
  struct workbook *w;
  int depth;
  enum part part;
  uint8_t *fonts, *fills;
  int64_t n_fonts, n_fills;
  bool solid;
  struct readable_styles *out;
};
static bool is_off(const char *text) { return text && (strcmp(text, "0") == 0 || strcmp(text, "false") == 0); }
static bool plain_colour(const char **attributes, const char *rgb, const char *theme) {
  const char *given = xml_attribute(attributes, "rgb"), *of_theme = xml_attribute(attributes, "theme"),
      *indexed = xml_attribute(attributes, "indexed");
  if (given) return strlen(given) == 8 && strcmp(given + 2, rgb) == 0;
  if (of_theme) return strcmp(of_theme, theme) == 0;
  return !indexed || strcmp(indexed, "64") == 0 || strcmp(indexed, "8") == 0 || strcmp(indexed, "9") == 0 || strcmp(indexed, "65") == 0;
}
static enum err_code too_many(const struct reading *r, struct err *e) {
  return ERR(e, E_SHEET_LIMIT, .file = r->w->source->name, .subject = r->w->source->name, .found = "more than 65,536 fonts, fills or styles");
}
static uint8_t style_part(const char **attributes, const char *name, const uint8_t *list, int64_t n) {
  const char *text = xml_attribute(attributes, name);
  int64_t i;
  return text && str_int64(str_of(text), &i) && i >= 0 && i < n ? list[i] : 0;
}
static enum err_code on_item(struct reading *r, const char *name, const char **attributes, struct err *e) {
  if (r->part == PART_FONTS && xml_is(name, "font")) {
    if (r->n_fonts == MAX_STYLES) return too_many(r, e);
    r->fonts[r->n_fonts++] = 0;
  } else if (r->part == PART_FILLS && xml_is(name, "fill")) {
    if (r->n_fills == MAX_STYLES) return too_many(r, e);
    r->fills[r->n_fills++] = 0;
  } else if (r->part == PART_STYLES && xml_is(name, "xf")) {
    if (r->out->n == MAX_STYLES) return too_many(r, e);
    r->out->flags[r->out->n++] = style_part(attributes, "fontId", r->fonts, r->n_fonts) | style_part(attributes, "fillId", r->fills, r->n_fills);
  }
  return E_OK;
}
static void on_detail(struct reading *r, const char *name, const char **attributes) {
  if (r->part == PART_FONTS && r->n_fonts && r->depth == 4) {
    if (xml_is(name, "strike") && !is_off(xml_attribute(attributes, "val"))) r->fonts[r->n_fonts - 1] |= CELL_STRUCK;
    if (xml_is(name, "color") && !plain_colour(attributes, "000000", "1")) r->fonts[r->n_fonts - 1] |= CELL_COLOURED;
  }
  if (r->part != PART_FILLS || !r->n_fills) return;
  if (r->depth == 4 && xml_is(name, "patternFill")) {
    const char *type = xml_attribute(attributes, "patternType");
    r->solid = type && strcmp(type, "solid") == 0;
    if (type && strcmp(type, "none") && !r->solid && strcmp(type, "gray125")) r->fills[r->n_fills - 1] = CELL_FILLED;
  }
  if (r->depth == 5 && r->solid && xml_is(name, "fgColor") && !plain_colour(attributes, "FFFFFF", "0")) r->fills[r->n_fills - 1] = CELL_FILLED;
}
static enum err_code on_start(void *context, const char *name, const char **attributes, struct err *e) {
  struct reading *r = context;
  r->depth++;
  if (r->depth == 2) r->part = xml_is(name, "fonts") ? PART_FONTS : xml_is(name, "fills") ? PART_FILLS : xml_is(name, "cellXfs") ? PART_STYLES
      : PART_OTHER;
  if (r->depth == 3) return on_item(r, name, attributes, e);
  if (r->depth > 3) on_detail(r, name, attributes);
  return E_OK;
}
static enum err_code on_end(void *context, const char *name, struct err *e) {
  (void)name, (void)e;
  ((struct reading *)context)->depth--;
  return E_OK;
}
enum err_code readable_styles_read(struct workbook *w, struct arena *a, struct readable_styles *out, struct err *e) {
  static const struct xml_handlers handlers = {on_start, on_end, NULL};
  struct reading r = {.w = w, .out = out};
  *out = (struct readable_styles){NULL, 0};
  if (!w->styles_part) return E_OK;
  r.fonts = ARENA_ARRAY(a, uint8_t, MAX_STYLES);
  r.fills = ARENA_ARRAY(a, uint8_t, MAX_STYLES);
  out->flags = ARENA_ARRAY(a, uint8_t, MAX_STYLES);
  if (!r.fonts || !r.fills || !out->flags) return ERR(e, E_NO_MEMORY, .subject = w->source->name);
  return workbook_part(w, w->styles_part, &handlers, &r, e);
}
