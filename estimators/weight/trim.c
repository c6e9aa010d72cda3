#include "estimators/weight/trim.h"

#include <math.h>

#include "base/sum.h"

enum { TRIM_ROUNDS = 100 };

static enum err_code fit_margin(
    struct arena *a, const struct auxiliary *x, int f, const double *total, double *w, double *worst, int *n_empty, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  struct sum *s = ARENA_ARRAY(a, struct sum, x->levels[f] + 1);
  double *factor = ARENA_ARRAY(a, double, x->levels[f] + 1);
  if (!s || !factor) return ERR(e, E_NO_MEMORY, .subject = "raking");
  for (int64_t i = 0; i < x->n; i++)
    if (x->code[f][i] >= 0) sum_add(&s[x->code[f][i]], w[i]);
  for (int32_t k = 0; k < x->levels[f]; k++) {
    const double reached = sum_result(&s[k]);
    factor[k] = reached > 0 ? total[k] / reached : 1;
    *n_empty += !(reached > 0) && total[k] != 0;
    if (!(reached > 0)) continue;
    *worst = fmax(*worst, fabs(total[k] - reached) / (1 + fabs(total[k])));
  }
  for (int64_t i = 0; i < x->n; i++)
    if (x->code[f][i] >= 0) w[i] *= factor[x->code[f][i]];
  arena_reset(a, mark);
  return E_OK;
}

enum err_code weight_ipf(
    struct arena *a, const struct auxiliary *x, const double *total, double tolerance, int most, double *w, struct ipf_result *out, struct err *e) {
  *out = (struct ipf_result){0};
  if (x->n_numbers || x->n_factors < 1) return ERR(e, E_CALIBRATION_SPEC, .subject = "raking needs factors");
  while (out->sweeps < most && !out->converged) {
    const double *t = total;
    out->worst = 0, out->n_empty = 0;
    for (int f = 0; f < x->n_factors; t += x->levels[f++]) TRY(fit_margin(a, x, f, t, w, &out->worst, &out->n_empty, e));
    out->sweeps++;
    out->converged = out->worst <= tolerance;
  }
  return E_OK;
}

static bool outside(double w, double low, double high) { return w < low || w > high; }

enum err_code weight_trim(int64_t n, double low, double high, bool strict, double *w, struct trim_result *out, struct err *e) {
  bool again = true;
  *out = (struct trim_result){0};
  if (!(low <= high)) return ERR(e, E_CALIBRATION_SPEC, .subject = "bounds of the trimming");
  while (again && out->rounds < TRIM_ROUNDS) {
    struct sum mass = {0, 0};
    int64_t inside = 0, left = 0;
    for (int64_t i = 0; i < n; i++) {
      if (!outside(w[i], low, high)) inside++;
      else sum_add(&mass, w[i] < low ? w[i] - low : w[i] - high), out->n_cut++;
    }
    if (inside == n) break;
    if (inside == 0) return ERR(e, E_CALIBRATION_SPEC, .subject = "every weight is outside the bounds of the trimming");
    const double share = sum_result(&mass) / (double)inside;
    for (int64_t i = 0; i < n; i++) w[i] = w[i] < low ? low : w[i] > high ? high : w[i] + share;
    for (int64_t i = 0; i < n; i++) left += outside(w[i], low, high);
    out->moved += fabs(sum_result(&mass)), out->rounds++;
    again = strict && left > 0;
  }
  return again && out->rounds == TRIM_ROUNDS ? ERR(e, E_CALIBRATION_SPEC, .subject = "no weights between the bounds of the trimming keep their sum")
                                             : E_OK;
}
