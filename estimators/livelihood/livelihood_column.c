/* livelihood_column.c -- livelihood_records.h: a column of whole numbers from numbers or from texts of digits. */
#include <math.h>
#include <stdio.h>

#include "base/table.h"
#include "estimators/livelihood/livelihood_records.h"

static enum err_code bad(const struct survey_columns *c, const char *name, int64_t row, const char *expected, struct err *e) {
  return ERR(e, E_LIVELIHOOD_VALUE, .file = c->place, .line = row + 1, .subject = name, .expected = expected);
}
static bool digits(struct str s, int64_t *out) {
  if (s.n < 1 || s.n > 15) return false;
  *out = 0;
  for (size_t i = 0; i < s.n; i++) {
    if (s.p[i] < '0' || s.p[i] > '9') return false;
    *out = *out * 10 + (s.p[i] - '0');
  }
  return true;
}
static enum err_code from_texts(
    const struct survey_columns *c, const struct survey_column *x, int scaled, int64_t *value, uint8_t *known, struct err *e) {
  for (int64_t i = 0; i < c->n; i++) {
    if (x->code[i] < 0) continue;
    if (!digits(x->level[x->code[i]], &value[i])) return bad(c, x->name, i, "a code of digits", e);
    for (int k = 0; k < scaled; k++) value[i] *= 10;
    known[i] = 1;
  }
  return E_OK;
}
static enum err_code from_numbers(
    const struct survey_columns *c, const struct survey_column *x, int scaled, int64_t *value, uint8_t *known, struct err *e) {
  double unit = 1;
  for (int k = 0; k < scaled; k++) unit *= 10;
  for (int64_t i = 0; i < c->n; i++) {
    if (!value_present(x->status[i])) continue;
    const double v = round(x->number[i] * unit);
    if (!(fabs(v) < 9e15) || fabs(v - x->number[i] * unit) > 1e-6) return bad(c, x->name, i, "a whole number", e);
    value[i] = (int64_t)v;
    known[i] = 1;
  }
  return E_OK;
}
enum err_code livelihood_column(struct arena *a, const struct survey_columns *c, const char *name, bool required, int scaled,
    struct livelihood_whole *out, struct err *e) {
  const struct survey_column *x = survey_column(c, name);
  int64_t *value = ARENA_ARRAY(a, int64_t, c->n + 1);
  uint8_t *known = ARENA_ARRAY(a, uint8_t, c->n + 1);
  if (!value || !known) return ERR(e, E_NO_MEMORY, .subject = name);
  *out = (struct livelihood_whole){c->n, value, known};
  if (!x) return required ? ERR(e, E_LIVELIHOOD_COLUMN, .file = c->place, .subject = name) : E_OK;
  return x->number ? from_numbers(c, x, scaled, value, known, e) : from_texts(c, x, scaled, value, known, e);
}
