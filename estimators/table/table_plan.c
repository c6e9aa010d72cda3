#include "estimators/table/table_plan.h"

#include <string.h>

static enum err_code add_dimensions(struct arena *a, const char *list, struct table_plan *p, struct err *e) {
  struct str rest = str_of(list);
  while (rest.n) {
    struct str name = str_trim(str_split(rest, ';', &rest));
    if (!measure_item_name(name)) return ERR(e, E_TABLE_ITEM, .subject = list);
    if (p->n_dimensions == PLAN_MAX_DIMENSIONS) return ERR(e, E_TABLE_TOO_WIDE, .subject = p->spec->id, .expected = "at most 6 dimensions");
    p->dimensions[p->n_dimensions] = arena_strdup(a, name.p, name.n);
    if (!p->dimensions[p->n_dimensions++]) return ERR(e, E_NO_MEMORY, .subject = p->spec->id);
  }
  return E_OK;
}

static enum err_code parse_rounding(const struct table_spec *spec, int *decimals, struct err *e) {
  struct str s = str_trim(str_of(spec->rounding));
  if (!s.n) *decimals = PLAN_AS_COMPUTED;
  else if (str_eq(s, STR("as published"))) *decimals = PLAN_AS_PUBLISHED;
  else if (s.n == 1 && s.p[0] >= '0' && s.p[0] <= '9') *decimals = s.p[0] - '0';
  else return ERR(e, E_TABLE_ROUNDING, .subject = spec->rounding, .line = spec->line);
  return E_OK;
}

enum err_code table_plan_parse(struct arena *a, const struct table_spec *spec, struct table_plan *out, struct err *e) {
  *out = (struct table_plan){.spec = spec};
  if (!*spec->measure) return ERR(e, E_TABLE_MEASURE, .subject = spec->id, .expected = "a measure");
  TRY(measures_parse(a, str_of(spec->measure), out->measures, &out->n_measures, e));
  TRY(add_dimensions(a, spec->rows, out, e));
  out->n_row_dimensions = out->n_dimensions;
  TRY(add_dimensions(a, spec->columns, out, e));
  return parse_rounding(spec, &out->decimals, e);
}
