#include "processing/edit/linear_edit.h"

#include <inttypes.h>
#include <math.h>

int linear_find(const struct linear_system *s, struct str name) {
  for (int j = 0; j < s->p; j++)
    if (str_eq(str_of(s->names[j]), name)) return j;
  return -1;
}
double linear_residual(const struct linear_edit *r, const double *x, double *tolerance) {
  double sum = 0, size = 0;
  for (int k = 0; k < r->n; k++) {
    const double term = r->coef[k] * x[r->var[k]];
    sum += term;
    size += fabs(term);
  }
  *tolerance = 1e-6 + 1e-9 * size;
  return sum - r->rhs;
}
bool linear_holds(const struct linear_edit *r, const double *x) {
  double tolerance, residual = linear_residual(r, x, &tolerance);
  return residual <= tolerance && (r->op == LINEAR_LE || residual >= -tolerance);
}
enum err_code linear_print(const struct linear_system *s, const struct linear_edit *r, struct strbuf *to, struct err *e) {
  for (int k = 0; k < r->n; k++) {
    const double c = r->coef[k];
    strbuf_adds(to, c < 0 ? (k ? " - " : "-") : k ? " + " : "");
    if (fabs(c) != 1) strbuf_addf(to, "%.15g*", fabs(c));
    strbuf_adds(to, s->names[r->var[k]]);
  }
  if (r->n == 0) strbuf_addc(to, '0');
  strbuf_addf(to, " %s %.15g", r->op == LINEAR_EQ ? "=" : "<=", r->rhs);
  return to->failed ? ERR(e, E_NO_MEMORY, .subject = "edit") : E_OK;
}
