/* outcheck_levels.c -- whether the levels that the author tells are levels of the tables; see outcheck.h. */
#include <stdio.h>

#include "estimators/sdc/outcheck.h"

static bool has_column(const struct outcheck_table *const *table, int n, struct str column) {
  for (int i = 0; i < n; i++)
    for (int d = 0; d < table[i]->n_dims; d++)
      if (str_eq(table[i]->dim[d], column)) return true;
  return false;
}
static enum err_code check_columns(const struct outcheck_hierarchy *h, const struct outcheck_table *const *table, int n, struct err *e) {
  char text[80];
  for (int64_t k = 0; k < h->n; k++) {
    if (k && str_eq(h->link[k].column, h->link[k - 1].column)) continue; /* by column */
    if (has_column(table, n, h->link[k].column)) continue;
    snprintf(text, sizeof text, "%.*s", (int)(h->link[k].column.n < 64 ? h->link[k].column.n : 64), h->link[k].column.p);
    (void)utf8_mend(text);
    return ERR(e, E_OUTPUT_HIERARCHY, .subject = "--hierarchy", .found = text);
  }
  return E_OK;
}
/* A code that occurs, and all above it. */
static void mark(const struct outcheck_hierarchy *h, struct str column, struct str code, bool *known) {
  for (int64_t at = outcheck_link_at(h, column, code); at >= 0 && !known[at]; at = outcheck_link_at(h, column, h->link[at].parent)) known[at] = true;
}
enum err_code outcheck_levels(const struct outcheck_hierarchy *h, const struct outcheck_table *const *table, int n, struct outcheck_report *r,
    struct err *e) {
  char text[120];
  bool *known = ARENA_ARRAY(r->a, bool, h->n + 1);
  int64_t unknown = 0, first = 0;
  if (!known) return ERR(e, E_NO_MEMORY, .subject = "--hierarchy");
  TRY(check_columns(h, table, n, e));
  for (int i = 0; i < n; i++)
    for (int64_t c = 0; c < table[i]->n_cells; c++)
      for (int d = 0; d < table[i]->n_dims; d++) mark(h, table[i]->dim[d], table[i]->cell[c].code[d], known);
  for (int64_t k = h->n; k-- > 0;)
    if (!known[k]) unknown++, first = k;
  if (!unknown) return E_OK;
  const struct outcheck_link *l = &h->link[first];
  snprintf(text, sizeof text, "%.*s=%.*s; %lld", (int)(l->column.n < 40 ? l->column.n : 40), l->column.p, (int)(l->code.n < 40 ? l->code.n : 40),
      l->code.p, (long long)unknown);
  (void)utf8_mend(text);
  return outcheck_add(r, OUTCHECK_REVIEW, OUTCHECK_LEVEL_UNKNOWN, "--hierarchy", "", 0, text, e);
}
