#include "estimators/table/survey_dimension.h"

#include "base/table.h"

static enum err_code ids_of(struct arena *a, const struct survey_column *c, int64_t n, int32_t **out, struct err *e) {
  int32_t *id = ARENA_ARRAY(a, int32_t, n + 1);
  if (!id) return ERR(e, E_NO_MEMORY, .subject = c->name);
  if (!c->code) return ERR(e, E_TABLE_TOO_WIDE, .subject = c->name, .expected = "an item with at most 4096 different values");
  for (int64_t i = 0; i < n; i++) {
    const bool there = c->code[i] >= 0 && (!c->status || value_present(c->status[i]));
    id[i] = there ? c->code[i] + 1 : c->n_levels + 1 + (c->status && c->status[i] == VAL_NOT_APPLICABLE);
  }
  *out = id;
  return E_OK;
}
static struct str code_text(const struct survey_column *c, int32_t id) {
  if (id == 0) return STR("_T");
  return id <= c->n_levels ? c->level[id - 1] : id == c->n_levels + 1 ? STR("_U") : STR("_Z");
}

enum err_code survey_dimensions_read(struct arena *a, const struct survey_columns *c, const char *const *names, struct cells_spec *s,
    struct survey_dimensions *out, struct err *e) {
  *out = (struct survey_dimensions){.n = s->n_dimensions};
  if (s->n_dimensions > CELLS_MOST_DIMENSIONS) return ERR(e, E_TABLE_TOO_WIDE, .subject = s->name, .expected = "at most 6 dimensions");
  for (int d = 0; d < s->n_dimensions; d++) {
    int32_t *id = NULL;
    const struct survey_column *x = survey_column(c, names[d]);
    if (!x) return ERR(e, E_TABLE_ITEM, .file = c->place, .subject = names[d]);
    TRY(ids_of(a, x, s->n, &id, e));
    out->column[d] = x;
    s->id[d] = id, s->radix[d] = (int64_t)x->n_levels + 3;
  }
  return E_OK;
}
void survey_dimensions_name(const struct survey_dimensions *d, const char *const *names, const struct table_cells *cells, struct result_table *t) {
  for (int k = 0; k < d->n; k++) {
    t->dimensions[k].name = names[k];
    for (int32_t r = 0; r < cells->n_rows; r++) t->dimensions[k].code[r] = code_text(d->column[k], cells_code(cells, r, k));
  }
}
