/* audit_verify.c -- the certificate of an audit checked by adding: no solver, linear in the witnesses. */
#include <math.h>
#include <stdlib.h>

#include "estimators/sdc/suppress/audit.h"

/* Sums in units of the table; a rest below a millionth of the unit and of the deviations added is rounding of the solver. */
static bool adds_up(const struct cell_table *t, const struct witness *w, double *d, int32_t *bad) {
  bool ok = true;
  for (int32_t i = 0; i < w->n; i++) d[w->cell[i]] = w->deviation[i];
  for (int32_t i = 0; ok && i < w->n; i++)
    for (int32_t k = t->cell_first[w->cell[i]]; ok && k < t->cell_first[w->cell[i] + 1]; k++) {
      const int32_t r = t->cell_relation[k];
      double rest = 0, size = 0;
      for (int32_t m = t->first[r]; m < t->first[r + 1]; m++) {
        const double v = d[t->member[m]];
        rest += m == t->first[r] ? v : -v;
        size += fabs(v);
      }
      ok = fabs(rest) <= 1e-6 * (t->unit + size);
      if (!ok) *bad = w->cell[i];
    }
  for (int32_t i = 0; i < w->n; i++) d[w->cell[i]] = 0;
  return ok;
}
static bool allowed(const struct cell_table *t, const uint8_t *hidden, const struct witness *w, int32_t *bad) {
  for (int32_t i = 0; i < w->n; i++) {
    const int32_t c = w->cell[i];
    const bool free_cell = hidden[c] || t->status[c] == 'u';
    const int64_t room = w->deviation[i] < 0 ? cell_room_below(t, c) : cell_room_above(t, c);
    if (free_cell && (room == CELL_OPEN || fabs(w->deviation[i]) <= (double)room * (1 + 1e-12))) continue;
    *bad = c;
    return false;
  }
  return true;
}
static bool claims(const struct cell_table *t, const struct audit_report *r, const struct audit_cell *c, double *d) {
  const int32_t of[2] = {c->low_witness, c->high_witness};
  double low, high;
  cell_goals(t, c->cell, &low, &high);
  for (int k = 0; k < 2; k++) {
    double v = 0;
    if (of[k] >= r->n_witnesses) return false;
    for (int32_t i = 0; of[k] >= 0 && i < r->witness[of[k]].n; i++)
      if (r->witness[of[k]].cell[i] == c->cell) v = r->witness[of[k]].deviation[i];
    d[k] = v;
  }
  return (!c->low_ok || -d[0] >= low - 1e-5 * (1 + low)) && (!c->high_ok || d[1] >= high - 1e-5 * (1 + high));
}
enum err_code audit_verify(const struct cell_table *t, const uint8_t *hidden, const struct audit_report *r, struct err *e) {
  char text[160];
  int32_t bad = -1;
  double d[2], *work = calloc((size_t)t->n_cells + 1, sizeof *work);
  if (!work) return ERR(e, E_NO_MEMORY, .subject = t->name);
  for (int32_t i = 0; bad < 0 && i < r->n_witnesses; i++)
    if (allowed(t, hidden, &r->witness[i], &bad)) (void)adds_up(t, &r->witness[i], work, &bad);
  for (int32_t i = 0; bad < 0 && i < r->n_primary; i++)
    if (!claims(t, r, &r->cell[i], d)) bad = r->cell[i].cell;
  free(work);
  return bad < 0 ? E_OK : ERR(e, E_SDC_CERTIFICATE, .subject = cell_name(t, bad, text, sizeof text));
}
