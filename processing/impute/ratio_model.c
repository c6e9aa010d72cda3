#include "processing/impute/ratio_model.h"

#include <math.h>
#include <stdlib.h>

#include "base/sum.h"

double robust_weight_of(enum robust_weight kind, double standardised, double c) {
  const double u = fabs(standardised) / c;
  if (kind == ROBUST_HUBER) return u <= 1 ? 1 : 1 / u;
  return u < 1 ? (1 - u * u) * (1 - u * u) : 0;
}
static int ascending(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}
double robust_median(double *scratch, int64_t n) {
  if (n == 0) return 0;
  qsort(scratch, (size_t)n, sizeof *scratch, ascending);
  return n % 2 ? scratch[n / 2] : (scratch[n / 2 - 1] + scratch[n / 2]) / 2;
}
static enum err_code no_ratio(const char *why, struct err *e) { return ERR(e, E_MODEL_DATA, .subject = "ratio", .found = why); }

static enum err_code check(const double *x, const double *d, int64_t n, struct err *e) {
  if (n == 0) return no_ratio("no record", e);
  for (int64_t i = 0; i < n; i++)
    if (!(x[i] > 0) || (d && !(d[i] > 0))) return no_ratio("an auxiliary or a weight is not above 0", e);
  return E_OK;
}
/* sum w d y x^(1-2g) / sum w d x^(2-2g); w NULL: 1. */
static double solve(const double *y, const double *x, const double *d, const double *w, int64_t n, double gamma) {
  struct sum top = {0}, bottom = {0};
  for (int64_t i = 0; i < n; i++) {
    const double weight = (w ? w[i] : 1) * (d ? d[i] : 1), power = gamma == 0.5 ? 1 : pow(x[i], 1 - 2 * gamma);
    sum_add(&top, weight * y[i] * power);
    sum_add(&bottom, weight * x[i] * power);
  }
  const double below = sum_result(&bottom);
  return below > 0 ? sum_result(&top) / below : NAN;
}
enum err_code ratio_weighted(const double *y, const double *x, const double *d, int64_t n, double *out, struct err *e) {
  struct sum top = {0}, bottom = {0};
  for (int64_t i = 0; i < n; i++) sum_add(&top, (d ? d[i] : 1) * y[i]), sum_add(&bottom, (d ? d[i] : 1) * x[i]);
  if (n == 0 || !(sum_result(&bottom) > 0)) return no_ratio("the auxiliary's total is not above 0", e);
  *out = sum_result(&top) / sum_result(&bottom);
  return E_OK;
}
static enum err_code check_rule(const struct robust_rule *r, struct err *e) {
  const bool fine = r->c > 0 && r->gamma >= 0 && r->gamma <= 1 && r->max_iterations > 0 && r->tolerance > 0;
  return fine ? E_OK : ERR(e, E_MODEL_SPEC, .subject = "robust ratio", .found = "a parameter out of range");
}
enum err_code ratio_robust(struct arena *a, const double *y, const double *x, const double *d, int64_t n, const struct robust_rule *rule,
    struct ratio_fit *out, struct err *e) {
  const struct arena_mark mark = arena_mark(a);
  double *u = ARENA_ARRAY(a, double, n), *w = ARENA_ARRAY(a, double, n), *scratch = ARENA_ARRAY(a, double, n);
  TRY(check_rule(rule, e));
  TRY(check(x, d, n, e));
  if (!u || !w || !scratch) return ERR(e, E_NO_MEMORY, .subject = "robust ratio");
  *out = (struct ratio_fit){.ratio = solve(y, x, d, NULL, n, rule->gamma), .n = n};
  while (out->iterations++ < rule->max_iterations && !out->converged) {
    for (int64_t i = 0; i < n; i++) u[i] = (y[i] - out->ratio * x[i]) / pow(x[i], rule->gamma), scratch[i] = fabs(u[i]);
    out->scale = robust_median(scratch, n) / 0.6745;
    if (out->scale == 0) {
      out->converged = true; /* more than half of the records lie on the line */
      break;
    }
    out->downweighted = 0;
    for (int64_t i = 0; i < n; i++) w[i] = robust_weight_of(rule->weight, u[i] / out->scale, rule->c), out->downweighted += w[i] < 1;
    const double next = solve(y, x, d, w, n, rule->gamma);
    if (!isfinite(next)) return no_ratio("every record is left out as an outlier", e);
    out->converged = fabs(next - out->ratio) <= rule->tolerance * fabs(next);
    out->ratio = next;
  }
  arena_reset(a, mark);
  return E_OK;
}
enum err_code ratio_trimmed(struct arena *a, const double *y, const double *x, int64_t n, double share, double *out, struct err *e) {
  const struct arena_mark mark = arena_mark(a);
  double *ratio = ARENA_ARRAY(a, double, n);
  if (!(share >= 0 && share < 0.5)) return ERR(e, E_MODEL_SPEC, .subject = "trimmed mean", .found = "a share not within 0 to 0.5");
  TRY(check(x, NULL, n, e));
  if (!ratio) return ERR(e, E_NO_MEMORY, .subject = "trimmed mean");
  for (int64_t i = 0; i < n; i++) ratio[i] = y[i] / x[i];
  qsort(ratio, (size_t)n, sizeof *ratio, ascending);
  const int64_t cut = (int64_t)floor((double)n * share);
  struct sum all = {0};
  for (int64_t i = cut; i < n - cut; i++) sum_add(&all, ratio[i]);
  *out = sum_result(&all) / (double)(n - 2 * cut);
  arena_reset(a, mark);
  return E_OK;
}
