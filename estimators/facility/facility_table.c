#include "estimators/facility/facility_table.h"

#include <math.h>

enum err_code facility_table_new(struct arena *a, const struct facility_table_spec *s, int64_t most, struct result_table **out, struct err *e) {
  TRY(result_table_new(a, s->id, most, s->n_dimensions, s->n_measures, out, e));
  struct result_table *t = *out;
  t->title_ja = s->title_ja, t->title_en = s->title_en;
  t->n_rows = 0;
  for (int i = 0; i < s->n_dimensions; i++) t->dimensions[i].name = s->dimensions[i];
  for (int m = 0; m < s->n_measures; m++) {
    t->measures[m].name = s->measures[m].name;
    t->measures[m].unit = s->measures[m].unit;
    t->measures[m].decimals = s->measures[m].decimals;
    t->measures[m].additive = s->measures[m].additive;
  }
  return E_OK;
}
int64_t facility_row(struct result_table *t, const struct str *codes, int64_t n) {
  const int64_t row = t->n_rows++;
  for (int i = 0; i < t->n_dimensions; i++) t->dimensions[i].code[row] = codes[i];
  t->n[row] = n;
  return row;
}
void facility_put(struct result_table *t, int64_t row, int measure, double value) { t->measures[measure].value[row] = value; }
void facility_put_none(struct result_table *t, int64_t row, int measure, const char *reason) {
  t->measures[measure].value[row] = 0;
  t->measures[measure].status[row] = RESULT_UNDEFINED;
  t->measures[measure].reason[row] = reason;
}
void facility_put_rate(struct result_table *t, int64_t row, int measure, const struct facility_rate *r, const char *reason) {
  if (!r->defined) facility_put_none(t, row, measure, reason);
  else facility_put(t, row, measure, r->value);
}
void facility_put_error(struct result_table *t, int64_t row, int measure, const struct service_estimate *s, uint8_t kind) {
  struct result_measure *m = &t->measures[measure];
  if (!s->defined) {
    const char *why = s->n ? "denominator 0" : "no respondent with the items";
    facility_put_none(t, row, measure, s->cell_without_item ? "a cell where nobody has the item" : why);
    return;
  }
  m->value[row] = s->value;
  if (!s->has_se) return;
  m->has_se[row] = kind;
  m->se[row] = s->se;
  m->cv[row] = s->value != 0 ? s->se / fabs(s->value) : 0;
}
