/* perturb_attack.c -- the attacker of a rounded table: intervals instead of values, and the sums that hold between the true ones. */
#include <math.h>
#include <stdlib.h>

#include "base/ext_glpk_sparse.h"
#include "estimators/sdc/suppress/perturb.h"

void rounding_intervals(const struct cell_table *t, const int64_t *out, const uint8_t *redacted, int64_t threshold, int64_t base, bool nearest,
    bool zeros, int64_t *low, int64_t *high) {
  for (int32_t c = 0; c < t->n_cells; c++) {
    if (redacted && redacted[c]) {
      low[c] = !zeros, high[c] = threshold - 1;
      continue;
    }
    low[c] = nearest ? out[c] - base / 2 : out[c] - base + 1; /* halves go up: base / 2 below, base - 1 - base / 2 above */
    high[c] = nearest ? out[c] + base - 1 - base / 2 : out[c] + base - 1;
    if (t->nonnegative && low[c] < 0) low[c] = 0;
    if (redacted && low[c] < threshold && low[c] > 0) low[c] = threshold; /* what is not marked is 0 or at least the threshold */
    if (redacted && low[c] == 0 && (out[c] > 0 || zeros)) low[c] = threshold;
  }
}
static struct lp_sparse *programme(const struct cell_table *t, const int64_t *low, const int64_t *high) {
  struct lp_sparse *lp = lp_sparse_new(t->n_relations, t->n_cells);
  int *column = malloc(sizeof *column * (size_t)(t->n_cells + 1));
  double *value = malloc(sizeof *value * (size_t)(t->n_cells + 1));
  for (int32_t r = 0; lp && column && value && r < t->n_relations; r++) {
    int n = 0;
    for (int32_t i = t->first[r]; i < t->first[r + 1]; i++) column[n] = t->member[i], value[n++] = i == t->first[r] ? -1 : 1;
    lp_sparse_set_row(lp, r, n, column, value);
  }
  for (int32_t c = 0; lp && c < t->n_cells; c++) lp_sparse_bounds(lp, c, (double)low[c], (double)high[c]);
  const bool ok = column && value;
  free(column), free(value);
  if (ok) return lp;
  lp_sparse_free(lp);
  return NULL;
}
static enum err_code end_of(const struct cell_table *t, struct lp_sparse *lp, int32_t c, bool up, double *out, struct err *e) {
  char text[160];
  lp_sparse_cost(lp, c, up ? -1 : 1);
  const enum lp_status s = lp_sparse_solve(lp);
  lp_sparse_cost(lp, c, 0);
  *out = s == LP_OPTIMAL ? lp_sparse_value(lp, c) : 0;
  return s == LP_OPTIMAL ? E_OK : ERR(e, E_SDC_SOLVER, .subject = cell_name(t, c, text, sizeof text));
}
enum err_code perturb_attack(const struct cell_table *t, const int64_t *low, const int64_t *high, int64_t threshold, int32_t most,
    struct interval_attack *out, struct err *e) {
  *out = (struct interval_attack){.first = -1};
  struct lp_sparse *lp = programme(t, low, high);
  enum err_code code = lp ? E_OK : ERR(e, E_NO_MEMORY, .subject = t->name);
  for (int32_t c = 0; !code && c < t->n_cells; c++) {
    double from = 0, to = 0;
    if (t->same[c] != c || t->value[c] <= 0 || t->value[c] >= threshold) continue;
    out->n_small++;
    if (out->n_judged >= most) continue;
    out->n_judged++;
    code = end_of(t, lp, c, false, &from, e);
    if (!code) code = end_of(t, lp, c, true, &to, e);
    if (code || ceil(from - 1e-6) < floor(to + 1e-6)) continue;
    if (out->n_exact++ == 0) out->first = c;
  }
  lp_sparse_free(lp);
  return code;
}
