/* sdmx_check.c -- reads a structure message and its CSV as a stranger does, then holds every figure against the long form. */
#include <stdlib.h>
#include <string.h>

#include "base/ext_expat.h"
#include "secure-store/bundle/bundle_time.h"
#include "secure-store/bundle/sdmx.h"

/* --- the structure message --- */
struct read_component {
  const char *id, *list; /* list: agency:id(version) of its codelist; NULL = none */
  enum sdmx_role role;
  bool mandatory;
};
struct read_code {
  const char *list, *code;
};
struct structure {
  struct arena *a;
  const char *file, *list; /* list: being read */
  struct read_component component[SDMX_COMPONENTS];
  int n, open; /* open: the component being read, -1 */
  struct read_code *codes;
  int64_t n_codes, capacity;
  bool in_enumeration, in_components;
  struct strbuf text;
};
static enum err_code bad(const char *file, int64_t line, int column, const char *found, struct err *e) {
  return ERR(e, E_PART_SDMX, .file = file, .line = line, .column = column, .subject = file, .found = found);
}

static enum err_code add_code(struct structure *x, const char *id, struct err *e) {
  if (x->n_codes == x->capacity) {
    const int64_t capacity = x->capacity ? 2 * x->capacity : 256;
    struct read_code *codes = ARENA_ARRAY(x->a, struct read_code, capacity);
    if (!codes) return ERR(e, E_NO_MEMORY, .subject = x->file);
    if (x->n_codes) memcpy(codes, x->codes, (size_t)x->n_codes * sizeof *codes);
    x->codes = codes;
    x->capacity = capacity;
  }
  const char *copy = arena_strdup(x->a, id, strlen(id));
  if (!copy) return ERR(e, E_NO_MEMORY, .subject = x->file);
  x->codes[x->n_codes++] = (struct read_code){x->list, copy};
  return E_OK;
}

static bool role_of(const char *element, enum sdmx_role *role) {
  static const struct { const char *element; enum sdmx_role role; } roles[] = {
      {"Dimension", SDMX_DIMENSION}, {"TimeDimension", SDMX_TIME}, {"Attribute", SDMX_ATTRIBUTE}, {"Measure", SDMX_VALUE}};
  for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
    if (!strcmp(element, roles[i].element)) {
      *role = roles[i].role;
      return true;
    }
  return false;
}
static enum err_code on_component(struct structure *x, const char *element, const char *id, const char **attributes, struct err *e) {
  enum sdmx_role role;
  if (!id || !role_of(element, &role)) return E_OK;
  if (x->n == SDMX_COMPONENTS) return bad(x->file, 0, 0, "too many components", e);
  const char *usage = xml_attribute(attributes, "usage"), *copy = arena_strdup(x->a, id, strlen(id));
  if (!copy) return ERR(e, E_NO_MEMORY, .subject = x->file);
  x->open = x->n++;
  x->component[x->open] =
      (struct read_component){copy, NULL, role, role == SDMX_DIMENSION || role == SDMX_TIME || (usage && !strcmp(usage, "mandatory"))};
  return E_OK;
}
static enum err_code on_start(void *context, const char *full, const char **attributes, struct err *e) {
  struct structure *x = context;
  const char *name = xml_local(full), *id = xml_attribute(attributes, "id");
  if (!strcmp(name, "Codelist")) {
    const char *agency = xml_attribute(attributes, "agencyID"), *version = xml_attribute(attributes, "version");
    if (!id || !agency || !version) return bad(x->file, 0, 0, "a codelist without id, agency or version", e);
    x->list = arena_printf(x->a, "%s:%s(%s)", agency, id, version);
    return x->list ? E_OK : ERR(e, E_NO_MEMORY, .subject = x->file);
  }
  if (!strcmp(name, "Code")) return id && x->list ? add_code(x, id, e) : bad(x->file, 0, 0, "a code without id or list", e);
  if (!strcmp(name, "DataStructureComponents")) x->in_components = true;
  if (!strcmp(name, "Enumeration")) x->in_enumeration = true, strbuf_reset(&x->text);
  return x->in_components ? on_component(x, name, id, attributes, e) : E_OK;
}
static enum err_code on_end(void *context, const char *full, struct err *e) {
  static const char urn[] = "urn:sdmx:org.sdmx.infomodel.codelist.Codelist=";
  struct structure *x = context;
  const char *name = xml_local(full);
  if (!strcmp(name, "Codelist")) x->list = NULL;
  if (!strcmp(name, "DataStructureComponents")) x->in_components = false;
  if (!strcmp(name, "Enumeration") && x->in_components && x->open >= 0) {
    if (x->text.n <= sizeof urn - 1 || memcmp(x->text.p, urn, sizeof urn - 1)) return bad(x->file, 0, 0, "an enumeration that names no codelist", e);
    x->component[x->open].list = arena_strdup(x->a, x->text.p + sizeof urn - 1, x->text.n - (sizeof urn - 1));
    if (!x->component[x->open].list) return ERR(e, E_NO_MEMORY, .subject = x->file);
  }
  if (!strcmp(name, "Enumeration")) x->in_enumeration = false;
  return E_OK;
}
static enum err_code on_text(void *context, const char *p, size_t n, struct err *e) {
  struct structure *x = context;
  (void)e;
  if (x->in_enumeration) strbuf_add(&x->text, p, n);
  return E_OK;
}

static int by_list_and_code(const void *x, const void *y) {
  const struct read_code *a = x, *b = y;
  const int c = strcmp(a->list, b->list);
  return c ? c : strcmp(a->code, b->code);
}
static enum err_code read_structure(struct structure *x, struct str bytes, struct err *e) {
  static const struct xml_handlers handlers = {on_start, on_end, on_text};
  struct xml_reader *r;
  strbuf_init(&x->text, 65536);
  TRY(xml_reader_new(x->file, x->file, &handlers, x, &r, e));
  enum err_code code = xml_reader_feed(r, bytes.p, bytes.n, e);
  if (!code) code = xml_reader_end(r, e);
  xml_reader_free(r);
  strbuf_release(&x->text);
  if (!code && x->n_codes) qsort(x->codes, (size_t)x->n_codes, sizeof *x->codes, by_list_and_code);
  return code;
}
static bool listed(const struct structure *x, const char *list, const char *code) {
  const struct read_code key = {list, code};
  return x->n_codes && bsearch(&key, x->codes, (size_t)x->n_codes, sizeof *x->codes, by_list_and_code);
}

/* --- the CSV against the structure --- */
static int find(const struct structure *x, struct str id) {
  for (int k = 0; k < x->n; k++)
    if (str_eq(id, str_of(x->component[k].id))) return k;
  return -1;
}
static enum err_code columns_fit(const struct structure *x, const struct csv_table *t, int *component, const char *file, struct err *e) {
  static const char *const first[] = {"STRUCTURE", "STRUCTURE_ID", "ACTION"};
  if (t->n_columns > SDMX_COMPONENTS + 3) return bad(file, 1, 1, "too many columns", e);
  for (int64_t k = 0; k < t->n_columns; k++) {
    if (k < 3 && !str_eq(t->header[k], str_of(first[k]))) return bad(file, 1, (int)k + 1, "not the columns STRUCTURE, STRUCTURE_ID, ACTION first", e);
    component[k] = k < 3 ? -1 : find(x, t->header[k]);
    if (k >= 3 && component[k] < 0) return bad(file, 1, (int)k + 1, "a column that is no component", e);
  }
  for (int i = 0; i < x->n; i++)
    if ((x->component[i].mandatory || x->component[i].role == SDMX_VALUE) && csv_table_column(t, x->component[i].id) < 0)
      return bad(file, 1, 1, x->component[i].id, e);
  return E_OK;
}
static enum err_code row_fits(struct structure *x, const struct csv_table *t, const int *component, int64_t r, const char *file, struct err *e) {
  for (int64_t k = 3; k < t->n_columns; k++) {
    const struct read_component *c = &x->component[component[k]];
    const struct str v = csv_table_cell(t, r, (int)k);
    if (!v.n && c->mandatory) return bad(file, t->lines[r], (int)k + 1, "a mandatory component without a value", e);
    if (!v.n || !c->list) continue;
    struct arena_mark mark = arena_mark(x->a);
    const char *code = arena_strdup(x->a, v.p, v.n);
    const bool known = code && listed(x, c->list, code);
    arena_reset(x->a, mark);
    if (!known) return bad(file, t->lines[r], (int)k + 1, "a code that is not in its list", e);
  }
  return E_OK;
}

/* --- the CSV against the long form --- */
static enum err_code differs(const char *file, const struct csv_table *t, int64_t r, const char *what, struct err *e) {
  return ERR(e, E_PART_DIFFERS, .file = file, .line = t->lines[r], .subject = file, .found = what);
}
static enum err_code same_row(struct arena *a, const struct bundle_source *s, const struct csv_table *t, const struct sdmx_structure *x, int64_t r,
    const char *file, struct err *e) {
  const struct str status = bundle_cell(s, r, LONG_STATUS);
  struct bundle_time time;
  (void)bundle_time_of(bundle_cell(s, r, LONG_PERIOD), &time);
  if (!str_eq(csv_table_cell(t, r, csv_table_column(t, "TIME_PERIOD")), str_of(time.sdmx))) return differs(file, t, r, "TIME_PERIOD", e);
  if (!str_eq(csv_table_cell(t, r, csv_table_column(t, "OBS_STATUS")), str_of(sdmx_obs_status(status)))) return differs(file, t, r, "OBS_STATUS", e);
  if (!str_eq(csv_table_cell(t, r, csv_table_column(t, "CONF_STATUS")), str_of(sdmx_conf_status(status))))
    return differs(file, t, r, "CONF_STATUS", e);
  for (int k = 0; k < x->n; k++) {
    const struct sdmx_component *c = &x->component[k];
    const struct str there = csv_table_cell(t, r, csv_table_column(t, c->id));
    struct str here;
    if (c->figure == LONG_VALUE) here = bundle_shown(s, r) ? bundle_cell(s, r, LONG_VALUE) : STR("");
    else if (c->figure >= 0 && !c->coded) here = bundle_cell(s, r, (enum bundle_column)c->figure);
    else if (c->role == SDMX_DIMENSION && c->column.n) {
      here = csv_table_cell(&s->table, r, c->figure >= 0 ? s->at[c->figure] : csv_table_column(&s->table, arena_strdup(a, c->column.p, c->column.n)));
      here = str_of(sdmx_code_id(a, here));
    } else continue;
    if (!str_eq(here, there)) return differs(file, t, r, c->id, e);
  }
  return E_OK;
}

/* A DECIMALS of its own could tell how large a hidden figure is; the units likewise. They must be the same for every row of a measure. */
static enum err_code same_units(const struct bundle_source *s, const struct csv_table *t, int64_t r, const char *file, struct err *e) {
  struct str base;
  int multiplier;
  int64_t m, d;
  sdmx_unit(bundle_cell(s, r, LONG_UNIT), &base, &multiplier);
  if (!str_int64(csv_table_cell(t, r, csv_table_column(t, "UNIT_MULT")), &m) || m != multiplier) return differs(file, t, r, "UNIT_MULT", e);
  if (!str_int64(csv_table_cell(t, r, csv_table_column(t, "DECIMALS")), &d)) return differs(file, t, r, "DECIMALS", e);
  for (int64_t i = r; i-- > 0;) { /* the row before of the same measure */
    if (!str_eq(bundle_cell(s, i, LONG_MEASURE), bundle_cell(s, r, LONG_MEASURE))) continue;
    return str_eq(csv_table_cell(t, i, csv_table_column(t, "DECIMALS")), csv_table_cell(t, r, csv_table_column(t, "DECIMALS"))) &&
                   str_eq(csv_table_cell(t, i, csv_table_column(t, "UNIT_MEASURE")), csv_table_cell(t, r, csv_table_column(t, "UNIT_MEASURE")))
               ? E_OK
               : differs(file, t, r, "DECIMALS", e);
  }
  return E_OK;
}

enum err_code sdmx_check(
    struct arena *a, const struct bundle_source *s, const struct release_part *csv, const struct release_part *dsd, struct err *e) {
  struct structure *x = ARENA_NEW(a, struct structure);
  struct sdmx_structure *wanted = ARENA_NEW(a, struct sdmx_structure);
  struct csv_table t;
  int component[SDMX_COMPONENTS + 3];
  if (!x || !wanted) return ERR(e, E_NO_MEMORY, .subject = s->id);
  *x = (struct structure){.a = a, .file = dsd->name, .open = -1};
  TRY(read_structure(x, dsd->bytes, e));
  TRY(csv_table_parse(a, csv->name, csv->bytes.p, csv->bytes.n, &t, e));
  TRY(columns_fit(x, &t, component, csv->name, e));
  TRY(sdmx_structure_of(a, s, wanted, e));
  for (int k = 0; k < wanted->n; k++)
    if (csv_table_column(&t, wanted->component[k].id) < 0) return bad(csv->name, 1, 1, wanted->component[k].id, e);
  if (t.n_rows != s->table.n_rows || t.n_columns != wanted->n + 3)
    return ERR(e, E_PART_DIFFERS, .file = csv->name, .subject = csv->name, .found = "another number of rows or columns");
  for (int64_t r = 0; r < t.n_rows; r++) {
    struct arena_mark mark = arena_mark(a);
    TRY(row_fits(x, &t, component, r, csv->name, e));
    TRY(same_row(a, s, &t, wanted, r, csv->name, e));
    TRY(same_units(s, &t, r, csv->name, e));
    arena_reset(a, mark);
  }
  return E_OK;
}
