/* What the three methods share: a record, its edits, and the change list. */
#include "processing/correct/obvious.h"

#include <math.h>

enum err_code obvious_init(struct obvious_record *r, const struct linear_system *s, const struct num_table *t, const uint8_t *const *fixed,
    const int *column, struct arena *a, struct err *e) {
  *r = (struct obvious_record){.s = s, .t = t, .fixed = fixed, .column = column, .x = ARENA_ARRAY(a, double, s->p), .work = ARENA_ARRAY(a, double,
      s->p)};
  r->missing = ARENA_ARRAY(a, bool, s->p), r->known = ARENA_ARRAY(a, bool, s->m), r->held = ARENA_ARRAY(a, bool, s->m);
  r->scratch = ARENA_ARRAY(a, int, s->p + s->m);
  r->dense = ARENA_ARRAY(a, double, (size_t)s->m * ((size_t)s->p + 1));
  if (!r->x || !r->work || !r->missing || !r->known || !r->held || !r->scratch || !r->dense) return ERR(e, E_NO_MEMORY, .subject = "correction");
  return E_OK;
}
bool obvious_read(struct obvious_record *r, int64_t row) {
  bool violated = false;
  r->row = row;
  (void)correct_gather(r->t, r->column, r->s->p, row, r->x, r->missing);
  for (int i = 0; i < r->s->m; i++) {
    const struct linear_edit *edit = &r->s->edits[i];
    r->known[i] = true;
    for (int k = 0; k < edit->n; k++) r->known[i] &= !r->missing[edit->var[k]];
    r->held[i] = r->known[i] && linear_holds(edit, r->x);
    violated |= edit->op == LINEAR_EQ && r->known[i] && !r->held[i];
  }
  return violated;
}
bool obvious_is_fixed(const struct obvious_record *r, int var) { return r->missing[var] || (r->fixed && r->fixed[var] && r->fixed[var][r->row]); }

static bool in_bounds(const struct linear_system *s, int j, double v) {
  const double slack = 1e-6 + 1e-9 * fabs(v);
  return v >= s->lower[j] - slack && v <= s->upper[j] + slack;
}
bool obvious_holds(const struct obvious_record *r, const double *y, bool newly) {
  for (int i = 0; i < r->s->m; i++)
    if (r->known[i] && (r->held[i] || !newly) && !linear_holds(&r->s->edits[i], y)) return false;
  for (int j = 0; j < r->s->p; j++)
    if (!r->missing[j] && !in_bounds(r->s, j, y[j]) && (!newly || in_bounds(r->s, j, r->x[j]))) return false;
  return true;
}
bool obvious_is_whole(const struct obvious_record *r, int var, double y) {
  const int decimals = r->s->decimals[var];
  if (decimals < 0 && r->x[var] != round(r->x[var])) return true;
  const double v = y * pow(10, decimals < 0 ? 0 : decimals);
  return fabs(v - round(v)) <= 1e-6;
}
enum err_code obvious_store(const struct obvious_record *r, const double *y, enum correct_rule rule, struct corrections *out, struct err *e) {
  for (int j = 0; j < r->s->p; j++)
    if (y[j] != r->x[j]) TRY(corrections_add(out, &(struct correction){.row = r->row, .var = j, .edit = -1, .before = r->x[j], .value = y[j],
        .rule = (uint8_t)rule}, e));
  return E_OK;
}
