#include "processing/impute/em_conditional.h"

#include <math.h>

enum { WIDTH = EM_ITEMS + 1 };

static void swap_rows(double *a, int n, int r, int s) {
  for (int k = 0; k <= n; k++) {
    const double t = a[r * WIDTH + k];
    a[r * WIDTH + k] = a[s * WIDTH + k], a[s * WIDTH + k] = t;
  }
}
/* Solves the n rows [A | b] in place; the solution stands in column n. */
static bool solve(double *a, int n) {
  for (int k = 0; k < n; k++) {
    int best = k;
    for (int r = k + 1; r < n; r++)
      if (fabs(a[r * WIDTH + k]) > fabs(a[best * WIDTH + k])) best = r;
    if (fabs(a[best * WIDTH + k]) == 0) return false;
    swap_rows(a, n, k, best);
    for (int r = 0; r < n; r++) {
      if (r == k) continue;
      const double times = a[r * WIDTH + k] / a[k * WIDTH + k];
      for (int c = k; c <= n; c++) a[r * WIDTH + c] -= times * a[k * WIDTH + c];
    }
  }
  for (int k = 0; k < n; k++) a[k * WIDTH + n] /= a[k * WIDTH + k];
  return true;
}
enum err_code em_conditional_variance(const struct em_fit *fit, uint32_t observed, int item, double *out, struct err *e) {
  double a[EM_ITEMS * WIDTH];
  int list[EM_ITEMS], n = 0;
  for (int k = 0; k < fit->p; k++)
    if (k != item && observed >> k & 1) list[n++] = k;
  for (int r = 0; r < n; r++) {
    for (int c = 0; c < n; c++) a[r * WIDTH + c] = fit->cov[list[r] * fit->p + list[c]];
    a[r * WIDTH + n] = fit->cov[list[r] * fit->p + item];
  }
  if (!solve(a, n)) return ERR(e, E_MODEL_DATA, .subject = "EM", .found = "an item is a linear function of others");
  *out = fit->cov[item * fit->p + item];
  for (int r = 0; r < n; r++) *out -= a[r * WIDTH + n] * fit->cov[list[r] * fit->p + item];
  *out = *out > 0 ? *out : 0;
  return E_OK;
}
