#include "estimators/weight/nonresponse.h"

#include <math.h>
#include <stdio.h>

#include "base/sum.h"

enum { ROUNDS = 50 };

enum err_code nonresponse_classes(struct arena *a, int64_t n, const double *d, const uint8_t *respondent, const int32_t *cell, int32_t n_cells,
    double *factor, double *w, struct err *e) {
  struct sum *all = ARENA_ARRAY(a, struct sum, n_cells + 1), *answered = ARENA_ARRAY(a, struct sum, n_cells + 1);
  char place[48];
  if (!all || !answered) return ERR(e, E_NO_MEMORY, .subject = "weighting classes");
  for (int64_t i = 0; i < n; i++) {
    snprintf(place, sizeof place, "row %lld", (long long)i + 1);
    if (cell[i] < 0 || cell[i] >= n_cells) return ERR(e, E_NO_STRATUM, .subject = place);
    sum_add(&all[cell[i]], d[i]);
    if (respondent[i]) sum_add(&answered[cell[i]], d[i]);
  }
  for (int32_t k = 0; k < n_cells; k++) {
    snprintf(place, sizeof place, "%d", k);
    if (sum_result(&all[k]) > 0 && !(sum_result(&answered[k]) > 0)) return ERR(e, E_NO_RESPONDENTS, .subject = place);
    factor[k] = sum_result(&all[k]) > 0 ? sum_result(&all[k]) / sum_result(&answered[k]) : 1;
  }
  for (int64_t i = 0; i < n; i++) w[i] = respondent[i] ? d[i] * factor[cell[i]] : 0;
  return E_OK;
}

/* One step of Newton: weights d p (1 - p), score d (r - p). */
static enum err_code newton(struct arena *a, const struct auxiliary *x, const double *d, const uint8_t *respondent, struct propensity *out,
    double *largest, struct err *e) {
  const int columns = auxiliary_columns(x);
  struct arena_mark mark = arena_mark(a);
  double *q = ARENA_ARRAY(a, double, x->n + 1), *score = ARENA_ARRAY(a, double, x->n + 1), *step = ARENA_ARRAY(a, double, columns + 1),
         *m = ARENA_ARRAY(a, double, (int64_t)columns *columns + 1);
  struct factorised f;
  if (!q || !score || !step || !m) return ERR(e, E_NO_MEMORY, .subject = "propensities");
  for (int64_t i = 0; i < x->n; i++) {
    q[i] = d[i] * out->p[i] * (1 - out->p[i]);
    score[i] = d[i] * ((respondent[i] != 0) - out->p[i]);
  }
  auxiliary_normal(x, q, m);
  TRY(auxiliary_totals(a, x, score, step, e));
  TRY(auxiliary_factorise(a, columns, m, &f, e));
  auxiliary_solve(&f, step, step);
  *largest = 0;
  for (int k = 0; k < columns; k++) out->coefficient[k] += step[k], *largest = fmax(*largest, fabs(step[k]) / (1 + fabs(out->coefficient[k])));
  for (int64_t i = 0; i < x->n; i++) out->p[i] = 1 / (1 + exp(-auxiliary_dot(x, i, out->coefficient)));
  arena_reset(a, mark);
  return E_OK;
}

enum err_code nonresponse_logistic(
    struct arena *a, const struct auxiliary *x, const double *d, const uint8_t *respondent, struct propensity *out, double *w, struct err *e) {
  double largest = INFINITY;
  char place[48];
  *out = (struct propensity){.coefficient = ARENA_ARRAY(a, double, auxiliary_columns(x) + 1), .p = ARENA_ARRAY(a, double, x->n + 1)};
  if (!out->coefficient || !out->p) return ERR(e, E_NO_MEMORY, .subject = "propensities");
  for (int64_t i = 0; i < x->n; i++) out->p[i] = 0.5;
  for (; out->rounds < ROUNDS && largest > 1e-12; out->rounds++) TRY(newton(a, x, d, respondent, out, &largest, e));
  out->converged = largest <= 1e-12;
  for (int64_t i = 0; i < x->n; i++) {
    snprintf(place, sizeof place, "row %lld", (long long)i + 1);
    if (respondent[i] && !(out->p[i] > 1e-6)) return ERR(e, E_NO_RESPONDENTS, .subject = place);
    w[i] = respondent[i] ? d[i] / out->p[i] : 0;
  }
  return E_OK;
}
