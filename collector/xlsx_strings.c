/* xlsx_strings.c -- shared strings into one piece of memory whose size is known before: they are no longer than their part. See xlsx.h. */
#include <string.h>

#include "collector/xlsx.h"

enum { MAX_TEXT = 96 << 20, MAX_STRINGS = 8 << 20, SMALLEST_SI = 5 };

/* --- one text --- */
void rich_start(struct rich_text *t, const char *name) {
  if (t->phonetic || xml_is(name, "rPh")) t->phonetic++;
  else if (xml_is(name, "t")) t->in_t = true;
}
void rich_end(struct rich_text *t, const char *name) {
  if (t->phonetic) t->phonetic--;
  else if (xml_is(name, "t")) t->in_t = false;
}

static int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}
/* The character of _xHHHH_ at p; 0 when it is none that a text may hold. */
static uint32_t escaped(const char *p, size_t n) {
  uint32_t c = 0;
  if (n < 7 || p[0] != '_' || p[1] != 'x' || p[6] != '_') return 0;
  for (int i = 2; i < 6; i++) {
    int digit = hex_value(p[i]);
    if (digit < 0) return 0;
    c = c << 4 | (uint32_t)digit;
  }
  return c >= 0xd800 && c <= 0xdfff ? 0 : c;
}
size_t xlsx_unescape(char *p, size_t n) {
  size_t to = 0;
  for (size_t from = 0; from < n;) {
    uint32_t c = p[from] == '_' ? escaped(p + from, n - from) : 0;
    if (c) {
      to += utf8_encode(c, p + to); /* at most 3 bytes for 7 */
      from += 7;
    } else {
      p[to++] = p[from++];
    }
  }
  return to;
}

/* --- all of them --- */
struct reading {
  struct workbook *w;
  struct xlsx_strings *s;
  struct rich_text rich;
  int depth;
};
static enum err_code too_many(const struct reading *r, struct err *e) {
  return ERR(e, E_SHEET_LIMIT, .file = r->w->source->name, .subject = r->w->source->name, .found = "shared strings of more than 96 MiB or 8 million");
}
static enum err_code on_start(void *context, const char *name, const char **attributes, struct err *e) {
  struct reading *r = context;
  (void)attributes;
  r->depth++;
  if (r->depth == 1) return xml_is(name, "sst") ? E_OK : workbook_bad(r->w, "a part of shared strings that holds none", e);
  if (r->depth == 2) {
    if (!xml_is(name, "si")) return E_OK;
    if (r->s->n == r->s->max_n) return too_many(r, e);
    r->s->starts[r->s->n++] = (uint32_t)r->s->used;
    r->rich = (struct rich_text){0};
    return E_OK;
  }
  rich_start(&r->rich, name);
  return E_OK;
}
static enum err_code on_end(void *context, const char *name, struct err *e) {
  struct reading *r = context;
  (void)e;
  if (r->depth > 2) rich_end(&r->rich, name);
  if (r->depth == 2 && xml_is(name, "si")) {
    size_t start = r->s->starts[r->s->n - 1];
    r->s->used = start + xlsx_unescape(r->s->text + start, r->s->used - start);
  }
  r->depth--;
  return E_OK;
}
static enum err_code on_text(void *context, const char *p, size_t n, struct err *e) {
  struct reading *r = context;
  if (!rich_takes(&r->rich) || r->depth < 3) return E_OK;
  if (n > r->s->max_text - r->s->used) return too_many(r, e);
  memcpy(r->s->text + r->s->used, p, n);
  r->s->used += n;
  return E_OK;
}

enum err_code xlsx_strings_read(struct workbook *w, struct arena *a, struct err *e) {
  static const struct xml_handlers handlers = {on_start, on_end, on_text};
  struct xlsx_strings *s = &w->strings;
  struct reading r = {.w = w, .s = s};
  *s = (struct xlsx_strings){0};
  if (!w->strings_part) return E_OK;
  uint64_t size = w->strings_part->size;
  s->max_text = size < MAX_TEXT ? (size_t)size : MAX_TEXT;
  s->max_n = size / SMALLEST_SI < MAX_STRINGS ? (size_t)(size / SMALLEST_SI) : MAX_STRINGS;
  s->text = arena_alloc(a, s->max_text + 1, 1);
  s->starts = arena_alloc(a, (s->max_n + 1) * sizeof *s->starts, sizeof *s->starts);
  if (!s->text || !s->starts) return ERR(e, E_NO_MEMORY, .subject = w->source->name);
  TRY(workbook_part(w, w->strings_part, &handlers, &r, e));
  s->starts[s->n] = (uint32_t)s->used;
  return E_OK;
}

bool xlsx_string(const struct xlsx_strings *s, struct str index, struct str *out) {
  int64_t i;
  if (!str_int64(index, &i) || i < 0 || (uint64_t)i >= s->n) return false;
  *out = str_view(s->text + s->starts[i], s->starts[i + 1] - s->starts[i]);
  return true;
}
