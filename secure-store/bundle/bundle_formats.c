#include "secure-store/bundle/bundle_formats.h"

#include <string.h>

#include "secure-store/bundle/quality_report.h"
#include "secure-store/bundle/sdmx.h"
#include "secure-store/bundle/sheet_grid.h"

static const char *const ends[BUNDLE_FORMS] = {".xlsx", ".sdmx.csv", ".dsd.xml", ".ja.svg", ".en.svg"};

const char *bundle_form_of(struct arena *a, const char *name) {
  const size_t n = strlen(name);
  if (strncmp(name, "tables/", 7)) return NULL;
  for (int i = 0; i < BUNDLE_FORMS; i++) {
    const size_t end = strlen(ends[i]);
    if (n > 7 + end && !strcmp(name + n - end, ends[i])) return arena_strdup(a, name + 7, n - 7 - end);
  }
  return NULL;
}
bool bundle_is_extra(const char *name) {
  static const char *const extra[] = {"tables.csv", "notes.csv", "quality.json", "quality.md"};
  for (size_t i = 0; i < sizeof extra / sizeof *extra; i++)
    if (!strcmp(name, extra[i])) return true;
  return false;
}

/* --- making --- */
static enum err_code form_bytes(struct arena *a, const struct bundle_source *s, int form, bundle_draw_fn draw, struct str *out, struct err *e) {
  struct sheet_grid grid[GRID_SHEETS];
  *out = STR("");
  if (form == 0 && s->table.n_rows >= GRID_MOST_ROWS) return E_OK; /* more than a sheet can hold: the table has no workbook */
  switch (form) {
  case 0: TRY(sheet_layout(a, s, grid, e)); return sheet_write(a, grid, out, e);
  case 1: return sdmx_csv(a, s, out, e);
  case 2: return sdmx_dsd(a, s, out, e);
  default: return draw ? draw(a, s, form == 3 ? LANG_JA : LANG_EN, out, e) : E_OK;
  }
}
enum err_code bundle_forms_of(
    struct arena *a, const struct bundle_source *s, bundle_draw_fn draw, struct release_part *out, int64_t *n, struct err *e) {
  for (int i = 0; i < BUNDLE_FORMS; i++) {
    struct str bytes;
    TRY(form_bytes(a, s, i, draw, &bytes, e));
    if (!bytes.n) continue;
    out[*n].name = arena_printf(a, "tables/%s%s", s->id, ends[i]);
    if (!out[*n].name) return ERR(e, E_NO_MEMORY, .subject = s->id);
    out[(*n)++].bytes = bytes;
  }
  return E_OK;
}

/* --- looking --- */
static const struct release_part *find(const struct release_part *parts, int64_t n, const char *name) {
  for (int64_t i = 0; name && i < n; i++)
    if (!strcmp(parts[i].name, name)) return &parts[i];
  return NULL;
}
static int form_number(const char *name) {
  const size_t n = strlen(name);
  for (int i = 0; i < BUNDLE_FORMS; i++)
    if (n > strlen(ends[i]) && !strcmp(name + n - strlen(ends[i]), ends[i])) return i;
  return -1;
}

struct look {
  const struct release_part *parts;
  int64_t n;
  const struct bundle_words *words;
  bundle_draw_fn draw;
  bool again; /* make it again; else read it back */
};
static enum err_code look_again(
    struct arena *a, const struct look *l, const struct bundle_source *s, const struct release_part *part, struct err *e) {
  struct str here;
  TRY(form_bytes(a, s, form_number(part->name), l->draw, &here, e));
  return str_eq(here, part->bytes)
             ? E_OK
             : ERR(e, E_PART_DIFFERS, .file = part->name, .subject = part->name, .found = "other bytes than the long form gives");
}
static enum err_code look_inside(
    struct arena *a, const struct look *l, const struct bundle_source *s, const struct release_part *part, struct err *e) {
  const struct release_part *dsd = find(l->parts, l->n, arena_printf(a, "tables/%s.dsd.xml", s->id));
  const struct release_part *csv = find(l->parts, l->n, arena_printf(a, "tables/%s.sdmx.csv", s->id));
  switch (form_number(part->name)) {
  case 0: return sheet_check(a, s, part, e);
  case 1:
    return dsd ? sdmx_check(a, s, part, dsd, e)
               : ERR(e, E_PART_SDMX, .file = part->name, .subject = part->name, .found = "no structure beside it");
  case 2: return csv ? E_OK : ERR(e, E_PART_SDMX, .file = part->name, .subject = part->name, .found = "no figures beside it");
  default: return svg_check(a, s, part, e);
  }
}
static enum err_code look_at(const struct look *l, const struct release_part *part, struct err *e) {
  struct arena *a = arena_new(0);
  struct bundle_source s;
  if (!a) return ERR(e, E_NO_MEMORY, .subject = part->name);
  const char *id = bundle_form_of(a, part->name);
  const struct release_part *of = id ? find(l->parts, l->n, arena_printf(a, "tables/%s.csv", id)) : NULL;
  enum err_code code = E_OK;
  if (id && !of) code = ERR(e, E_RELEASE_REPORT, .subject = part->name, .expected = "its long form");
  if (!code && of) code = bundle_source_read(a, l->words, id, of->bytes, &s, e);
  if (!code && of) code = l->again ? look_again(a, l, &s, part, e) : look_inside(a, l, &s, part, e);
  arena_free(a);
  return code;
}

/* A bundle of an earlier program has none of these files: nothing to look at. */
static bool has_forms(struct arena *a, const struct release_part *parts, int64_t n) {
  for (int64_t i = 0; i < n; i++)
    if (bundle_form_of(a, parts[i].name) || bundle_is_extra(parts[i].name)) return true;
  return false;
}
static enum err_code look_at_all(const struct release_part *parts, int64_t n, bundle_draw_fn draw, bool again, struct err *e) {
  struct arena *a = arena_new(0);
  struct bundle_words words;
  if (!a) return ERR(e, E_NO_MEMORY, .subject = "release");
  const struct look l = {parts, n, &words, draw, again};
  enum err_code code = E_OK;
  if (has_forms(a, parts, n)) {
    code = bundle_words_read(a, parts, n, &words, e);
    for (int64_t i = 0; !code && i < n; i++) code = look_at(&l, &parts[i], e);
    if (!code) code = quality_check(a, parts, n, &words, e);
  }
  arena_free(a);
  return code;
}
enum err_code bundle_same(const struct release_part *parts, int64_t n, bundle_draw_fn draw, struct err *e) {
  return look_at_all(parts, n, draw, true, e);
}
enum err_code bundle_read_check(const struct release_part *parts, int64_t n, struct err *e) { return look_at_all(parts, n, NULL, false, e); }
