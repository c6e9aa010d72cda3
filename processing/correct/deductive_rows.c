/* Values and bounds from single rows. */
#include <math.h>

#include "processing/correct/deductive_block.h"

double deduce_tolerance(double size) { return 1e-6 + 1e-9 * size; }
static double same(double v) { return 1e-7 * fmax(1, fabs(v)); }

/* A value is put on the bound or whole number it differs from by rounding only. */
bool deduce_set(struct deduction *d, int var, double value, enum correct_rule rule, int edit) {
  const double slack = same(value);
  if (value < d->lower[var] - slack || value > d->upper[var] + slack) {
    d->bad_edit = edit;
    return false;
  }
  if (fabs(value - round(value)) <= 1e-9 * fmax(1, fabs(value))) value = round(value);
  if (value < d->lower[var]) value = d->lower[var];
  if (value > d->upper[var]) value = d->upper[var];
  d->x[var] = d->lower[var] = d->upper[var] = value == 0 ? 0 : value;
  d->unknown[var] = false;
  d->state[var] = DEDUCED_VALUE;
  d->rule[var] = (uint8_t)rule;
  d->rule_edit[var] = edit;
  return true;
}
struct row_view {
  double rest, size;      /* right side minus the known terms */
  double least, greatest; /* of the unknown terms, by their bounds */
  int n_unknown, last;
};
static struct row_view look(const struct deduction *d, const struct linear_edit *r) {
  struct row_view v = {.rest = r->rhs, .size = fabs(r->rhs)};
  for (int k = 0; k < r->n; k++) {
    const int j = r->var[k];
    const double a = r->coef[k];
    if (d->unknown[j]) {
      v.least += a * (a > 0 ? d->lower[j] : d->upper[j]);
      v.greatest += a * (a > 0 ? d->upper[j] : d->lower[j]);
      v.n_unknown++;
      v.last = k;
    } else {
      v.rest -= a * d->x[j];
      v.size += fabs(a * d->x[j]);
    }
  }
  return v;
}
/* All unknowns of the row on the bounds that give its least (or greatest) left side. */
static bool force(struct deduction *d, const struct linear_edit *r, int edit, bool least) {
  for (int k = 0; k < r->n; k++) {
    const int j = r->var[k];
    if (!d->unknown[j]) continue;
    const double bound = (r->coef[k] > 0) == least ? d->lower[j] : d->upper[j];
    if (!deduce_set(d, j, bound, bound == 0 ? CORRECT_ZERO_PARTS : CORRECT_BOUNDS, edit)) return false;
  }
  return true;
}
static bool one_unknown(struct deduction *d, const struct linear_edit *r, int edit, const struct row_view *v, bool *changed) {
  const int j = r->var[v->last];
  const double a = r->coef[v->last], value = v->rest / a;
  if (r->op == LINEAR_EQ) {
    *changed = true;
    return deduce_set(d, j, value, CORRECT_EQUALITY, edit);
  }
  double *bound = a > 0 ? &d->upper[j] : &d->lower[j];
  if (a > 0 ? value < *bound : value > *bound) *bound = value;
  if (d->lower[j] > d->upper[j] + same(value)) {
    d->bad_edit = edit;
    return false;
  }
  if (d->upper[j] - d->lower[j] > same(value)) return true;
  *changed = true;
  const double middle = d->lower[j] > d->upper[j] ? (d->lower[j] + d->upper[j]) / 2 : d->lower[j];
  d->lower[j] = d->upper[j] = middle;
  return deduce_set(d, j, middle, CORRECT_BOUNDS, edit);
}
static bool one_row(struct deduction *d, int edit, bool *changed) {
  const struct linear_edit *r = &d->s->edits[edit];
  const struct row_view v = look(d, r);
  const double slack = deduce_tolerance(v.size);
  if (v.least > v.rest + slack || (r->op == LINEAR_EQ && v.greatest < v.rest - slack)) {
    d->bad_edit = edit;
    return false;
  }
  if (v.n_unknown == 0) return true;
  if (v.n_unknown == 1) return one_unknown(d, r, edit, &v, changed);
  const bool least = v.least >= v.rest - slack, greatest = r->op == LINEAR_EQ && v.greatest <= v.rest + slack;
  if (!least && !greatest) return true;
  *changed = true;
  return force(d, r, edit, least);
}
bool deduce_rows(struct deduction *d, bool *changed) {
  for (bool again = true; again;) {
    again = false;
    for (int i = 0; i < d->n_touched; i++)
      if (!one_row(d, d->touched[i], &again)) return false;
    *changed |= again;
  }
  return true;
}
