/* outcheck_hierarchy.c -- see outcheck_hierarchy.h. */
#include "estimators/sdc/outcheck_hierarchy.h"

#include <stdlib.h>

#include "base/ext_csv.h"

static int by_code(const void *x, const void *y) {
  const struct outcheck_link *a = x, *b = y;
  int c = str_cmp(a->column, b->column);
  return c ? c : str_cmp(a->code, b->code);
}
static const struct outcheck_link *find(const struct outcheck_hierarchy *h, struct str column, struct str code) {
  const struct outcheck_link key = {.column = column, .code = code};
  return h && h->n ? bsearch(&key, h->link, (size_t)h->n, sizeof key, by_code) : NULL;
}
int64_t outcheck_link_at(const struct outcheck_hierarchy *h, struct str column, struct str code) {
  const struct outcheck_link *l = find(h, column, code);
  return l ? l - h->link : -1;
}
struct str outcheck_parent(const struct outcheck_hierarchy *h, struct str column, struct str code) {
  if (str_eq(code, STR("_T"))) return STR("");
  const struct outcheck_link *l = find(h, column, code);
  return l && l->parent.n ? l->parent : STR("_T");
}
static enum err_code wrong(const char *name, const struct outcheck_link *l, const char *found, struct err *e) {
  char text[160];
  size_t n = l->code.n < sizeof text - 1 ? l->code.n : sizeof text - 1;
  for (size_t i = 0; i < n; i++) text[i] = l->code.p[i];
  text[n] = 0;
  return ERR(e, E_OUTPUT_HIERARCHY, .file = name, .subject = name, .expected = text, .found = found);
}
/* Every way up ends at "_T" within as many steps as there are codes. */
static enum err_code check(const char *name, const struct outcheck_hierarchy *h, struct err *e) {
  for (int64_t i = 0; i < h->n; i++) {
    const struct outcheck_link *l = &h->link[i];
    if (l->code.n == 0 || l->column.n == 0 || str_eq(l->code, STR("_T"))) return wrong(name, l,
        "a row without column or code, or a parent of the total", e);
    if (i && by_code(&h->link[i - 1], l) == 0) return wrong(name, l, "a code twice", e);
    int64_t steps = 0;
    for (struct str at = l->code; !str_eq(at, STR("_T")); at = outcheck_parent(h, l->column, at)) {
      if (!find(h, l->column, at)) return wrong(name, l, "a parent that is no code", e);
      if (++steps > h->n) return wrong(name, l, "a circle", e);
    }
  }
  return E_OK;
}
enum err_code outcheck_hierarchy_csv(struct arena *a, const char *name, struct str text, struct outcheck_hierarchy *out, struct err *e) {
  struct csv_table t;
  TRY(csv_table_parse(a, name, text.p, text.n, &t, e));
  int column = csv_table_column(&t, "column"), code = csv_table_column(&t, "code"), parent = csv_table_column(&t, "parent");
  if (column < 0 || code < 0 || parent < 0) return ERR(e, E_OUTPUT_HIERARCHY, .file = name, .subject = name,
      .found = "not the columns column, code, parent");
  if (t.n_rows == 0) return ERR(e, E_OUTPUT_HIERARCHY, .file = name, .subject = name, .found = "no row");
  if (t.n_rows > OUTCHECK_HIERARCHY_MAX) return ERR(e, E_CAP_EXCEEDED, .subject = name, .expected = "at most 100,000 codes");
  struct outcheck_link *link = ARENA_ARRAY(a, struct outcheck_link, t.n_rows + 1);
  if (!link) return ERR(e, E_NO_MEMORY, .subject = name);
  for (int64_t i = 0; i < t.n_rows; i++)
    link[i] = (struct outcheck_link){csv_table_cell(&t, i, column), csv_table_cell(&t, i, code), csv_table_cell(&t, i, parent)};
  qsort(link, (size_t)t.n_rows, sizeof *link, by_code);
  *out = (struct outcheck_hierarchy){link, t.n_rows};
  return check(name, out, e);
}
