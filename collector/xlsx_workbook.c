/* xlsx_workbook.c -- from the zip to the chosen sheet, by relationships only; see xlsx.h. */
#include <stdio.h>
#include <string.h>

#include "collector/xlsx.h"

enum { MAX_RELATIONS = 4096, MAX_SHEETS = 1024, PATH_BYTES = 1024, WORD_BYTES = 255, SHOWN = 160 };
static const struct zip_caps caps = {10000, (uint64_t)3 << 30, (uint64_t)6 << 30, 400};

enum err_code workbook_bad(const struct workbook *w, const char *found, struct err *e) {
  return ERR(e, E_SHEET_FORMAT, .file = w->source->name, .subject = w->source->name, .found = found);
}

/* --- a part as XML --- */
static enum err_code feed(void *context, const char *p, size_t n, struct err *e) { return xml_reader_feed(context, p, n, e); }

enum err_code workbook_part(const struct workbook *w, const struct zip_entry *part, const struct xml_handlers *handlers, void *context, struct err *e) {
  struct xml_reader *r;
  TRY(xml_reader_new(w->source->name, part->name, handlers, context, &r, e));
  enum err_code code = zip_member_read(w->source->name, &w->zip, part, feed, r, e);
  if (!code) code = xml_reader_end(r, e);
  xml_reader_free(r);
  return code;
}

/* --- relationships --- */
struct relation {
  const char *id, *kind, *target; /* kind: the last part of its type, "worksheet"; target: from the zip's root */
};
struct relations {
  struct workbook *w;
  const char *source; /* the part they belong to, "" = the package */
  struct relation *items;
  int n, depth;
};

/* "xl/workbook.xml" + "worksheets/sheet1.xml" -> "xl/worksheets/sheet1.xml"; false when it leaves the package. */
static bool resolve(const char *source, const char *target, char out[PATH_BYTES]) {
  size_t n = 0;
  const char *slash = strrchr(source, '/');
  if (*target == '/') target++;
  else if (slash) memcpy(out, source, n = (size_t)(slash - source));
  while (*target) {
    size_t part = strcspn(target, "/");
    if (part == 2 && memcmp(target, "..", 2) == 0) {
      if (n == 0) return false;
      while (n > 0 && out[n - 1] != '/') n--;
      if (n > 0) n--;
    } else if (part > 0 && !(part == 1 && *target == '.')) {
      if (n + part + 2 > PATH_BYTES) return false;
      if (n) out[n++] = '/';
      memcpy(out + n, target, part);
      n += part;
    }
    target += part + (target[part] == '/');
  }
  out[n] = 0;
  return n > 0;
}
static const char *keep(struct workbook *w, const char *text) { return arena_strdup(w->arena, text, strlen(text)); }

static enum err_code on_relation(void *context, const char *name, const char **attributes, struct err *e) {
  struct relations *r = context;
  char target[PATH_BYTES];
  if (++r->depth != 2 || !xml_is(name, "Relationship")) return E_OK;
  const char *id = xml_attribute(attributes, "Id"), *type = xml_attribute(attributes, "Type"), *to = xml_attribute(attributes, "Target");
  const char *mode = xml_attribute(attributes, "TargetMode"), *slash = type ? strrchr(type, '/') : NULL;
  if (!id || !slash || !to || strlen(id) > WORD_BYTES || strlen(slash) > WORD_BYTES)
    return workbook_bad(r->w, "a relationship without id, type or target of common length", e);
  if (mode && strcmp(mode, "Internal")) return E_OK; /* links to the outside are never followed */
  if (r->n == MAX_RELATIONS)
    return ERR(e, E_SHEET_LIMIT, .file = r->w->source->name, .subject = r->w->source->name, .found = "more than 4,096 relationships");
  if (!resolve(r->source, to, target)) return workbook_bad(r->w, "a relationship that leaves the package", e);
  struct relation *it = &r->items[r->n++];
  *it = (struct relation){keep(r->w, id), keep(r->w, slash + 1), keep(r->w, target)};
  return it->id && it->kind && it->target ? E_OK : ERR(e, E_NO_MEMORY, .subject = r->w->source->name);
}
static enum err_code on_relation_end(void *context, const char *name, struct err *e) {
  (void)name, (void)e;
  ((struct relations *)context)->depth--;
  return E_OK;
}
/* Relationships of a part stand in folder/_rels/name.rels. */
static enum err_code read_relations(struct workbook *w, const char *source, struct relations *out, struct err *e) {
  static const struct xml_handlers handlers = {on_relation, on_relation_end, NULL};
  char path[PATH_BYTES];
  const char *slash = strrchr(source, '/');
  int folder = slash ? (int)(slash - source) + 1 : 0;
  *out = (struct relations){.w = w, .source = source, .items = ARENA_ARRAY(w->arena, struct relation, MAX_RELATIONS)};
  if (!out->items) return ERR(e, E_NO_MEMORY, .subject = w->source->name);
  snprintf(path, sizeof path, "%.*s_rels/%s.rels", folder, source, source + folder);
  const struct zip_entry *part = zip_find(&w->zip, path);
  return part ? workbook_part(w, part, &handlers, out, e) : workbook_bad(w, "no relationships", e);
}
static const struct relation *relation_of(const struct relations *r, const char *kind, const char *id) {
  for (int i = 0; i < r->n; i++)
    if ((!kind || strcmp(r->items[i].kind, kind) == 0) && (!id || strcmp(r->items[i].id, id) == 0)) return &r->items[i];
  return NULL;
}
static enum err_code part_of(const struct workbook *w, const struct relation *r, const struct zip_entry **out, struct err *e) {
  *out = r ? zip_find(&w->zip, r->target) : NULL;
  return r && (!*out || (*out)->folder) ? workbook_bad(w, "a part that is named and not there", e) : E_OK;
}

enum err_code workbook_related(struct workbook *w, const struct zip_entry *part, workbook_related_fn fn, void *context, struct err *e) {
  char path[PATH_BYTES];
  const char *slash = strrchr(part->name, '/');
  int folder = slash ? (int)(slash - part->name) + 1 : 0;
  struct relations own;
  snprintf(path, sizeof path, "%.*s_rels/%s.rels", folder, part->name, part->name + folder);
  if (!zip_find(&w->zip, path)) return E_OK;
  TRY(read_relations(w, part->name, &own, e));
  for (int i = 0; i < own.n; i++) TRY(fn(context, own.items[i].kind, zip_find(&w->zip, own.items[i].target), e));
  return E_OK;
}

/* --- workbook.xml --- */
struct listing {
  struct workbook *w;
  const struct relations *relations;
  int depth;
  bool in_sheets;
};
static bool is_true(const char *text) { return text && (strcmp(text, "1") == 0 || strcmp(text, "true") == 0); }

static enum err_code add_sheet(struct listing *l, const char **attributes, struct err *e) {
  struct workbook *w = l->w;
  const char *name = xml_attribute(attributes, "name"), *id = xml_attribute_local(attributes, "id"), *state = xml_attribute(attributes, "state");
  const struct relation *r = id ? relation_of(l->relations, NULL, id) : NULL;
  if (!name || !r || strlen(name) > WORD_BYTES) return workbook_bad(w, "a sheet without name or part", e);
  if (strcmp(r->kind, "worksheet")) return E_OK; /* a chart, a dialogue: no rows */
  if (w->n_sheets == MAX_SHEETS) return ERR(e, E_SHEET_LIMIT, .file = w->source->name, .subject = w->source->name, .found = "more than 1,024 sheets");
  struct xlsx_sheet *s = &w->sheets[w->n_sheets++];
  *s = (struct xlsx_sheet){.name = keep(w, name), .relation = r->id, .hidden = state && strcmp(state, "visible")};
  if (!s->name) return ERR(e, E_NO_MEMORY, .subject = w->source->name);
  TRY(part_of(w, r, &s->part, e));
  for (int i = 0; i < w->n_sheets - 1; i++)
    if (w->sheets[i].part == s->part || strcmp(w->sheets[i].name, s->name) == 0) return workbook_bad(w, "two sheets of one name or part", e);
  return E_OK;
}
static enum err_code on_start(void *context, const char *name, const char **attributes, struct err *e) {
  struct listing *l = context;
  l->depth++;
  if (l->depth == 1) return xml_is(name, "workbook") ? E_OK : workbook_bad(l->w, "a main part that is no workbook", e);
  if (l->depth == 2) l->in_sheets = xml_is(name, "sheets");
  if (l->depth == 2 && xml_is(name, "workbookPr")) l->w->date1904 = is_true(xml_attribute(attributes, "date1904"));
  return l->depth == 3 && l->in_sheets && xml_is(name, "sheet") ? add_sheet(l, attributes, e) : E_OK;
}
static enum err_code on_end(void *context, const char *name, struct err *e) {
  (void)name, (void)e;
  ((struct listing *)context)->depth--;
  return E_OK;
}

static enum err_code read_workbook(struct workbook *w, struct err *e) {
  static const struct xml_handlers handlers = {on_start, on_end, NULL};
  struct relations package, own;
  const struct zip_entry *main_part;
  TRY(read_relations(w, "", &package, e));
  const struct relation *document = relation_of(&package, "officeDocument", NULL);
  if (!document) return workbook_bad(w, "no main part", e);
  TRY(part_of(w, document, &main_part, e));
  TRY(read_relations(w, document->target, &own, e));
  w->sheets = ARENA_ARRAY(w->arena, struct xlsx_sheet, MAX_SHEETS);
  if (!w->sheets) return ERR(e, E_NO_MEMORY, .subject = w->source->name);
  struct listing l = {.w = w, .relations = &own};
  TRY(workbook_part(w, main_part, &handlers, &l, e));
  TRY(part_of(w, relation_of(&own, "sharedStrings", NULL), &w->strings_part, e));
  return part_of(w, relation_of(&own, "styles", NULL), &w->styles_part, e);
}

/* --- the choice --- */
static enum err_code no_such_sheet(const struct workbook *w, struct err *e) {
  struct strbuf names;
  strbuf_init(&names, 0);
  for (int i = 0; i < w->n_sheets && names.n < SHOWN; i++) strbuf_addf(&names, "%s%s", i ? ", " : "", w->sheets[i].name);
  enum err_code code = ERR(e, E_SHEET_UNKNOWN, .file = w->source->name, .subject = w->source->sheet ? w->source->sheet : "", .found = strbuf_cstr(&names));
  strbuf_release(&names);
  return code;
}
static enum err_code choose(struct workbook *w, struct err *e) {
  const char *wanted = w->source->sheet;
  for (int i = 0; w->chosen < 0 && i < w->n_sheets; i++)
    if (wanted && *wanted ? strcmp(w->sheets[i].name, wanted) == 0 : !w->sheets[i].hidden) w->chosen = i;
  if (w->n_sheets == 0) return workbook_bad(w, "no sheet", e);
  return w->chosen < 0 ? no_such_sheet(w, e) : E_OK;
}

enum err_code workbook_open(struct arena *a, struct source *s, struct workbook **out, struct err *e) {
  struct workbook *w = ARENA_NEW(a, struct workbook);
  *out = w;
  if (!w) return ERR(e, E_NO_MEMORY, .subject = s->name);
  w->arena = a;
  w->source = s;
  w->chosen = -1;
  TRY(zip_directory_read(a, s->name, s->p, s->n, &caps, &w->zip, e));
  TRY(read_workbook(w, e));
  return choose(w, e);
}
