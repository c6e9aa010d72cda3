#include "processing/impute/regression_robust.h"

#include <math.h>

#define LOGIT_RIDGE 1e-3
#define LOGIT_LIMIT 30.0 /* beyond it p(1-p) is below the rounding of 1 */
enum { LOGIT_ROUNDS = 50 };

double regression_value(const struct qr_fit *f, const double *x) {
  double v = 0;
  for (int j = 0; j < f->p; j++) v += f->beta[j] * x[j];
  return v;
}
static double moved(const struct qr_fit *a, const struct qr_fit *b) {
  double most = 0;
  for (int j = 0; j < a->p; j++) most = fmax(most, fabs(a->beta[j] - b->beta[j]) / (1e-12 + fabs(b->beta[j])));
  return most;
}
static void fit_weighted(struct qr_sum *q, const double *x, const double *y, const double *w, int64_t n, int p, struct qr_fit *out) {
  qr_init(q, p);
  for (int64_t i = 0; i < n; i++)
    if (!w || w[i] > 0) qr_add(q, x + i * p, y[i], w ? w[i] : 1);
  qr_solve(q, out);
}
enum err_code regression_robust(struct arena *a, const double *x, const double *y, int64_t n, int p, const struct robust_rule *rule,
    struct robust_fit *out, struct err *e) {
  const struct arena_mark mark = arena_mark(a);
  struct qr_sum *q = ARENA_NEW(a, struct qr_sum);
  double *w = ARENA_ARRAY(a, double, n), *u = ARENA_ARRAY(a, double, n);
  if (n < 1 || p < 1 || p >= QR_COLUMNS) return ERR(e, E_MODEL_DATA, .subject = "regression", .found = "no record, or not 1 to 32 regressors");
  if (!q || !w || !u) return ERR(e, E_NO_MEMORY, .subject = "regression");
  *out = (struct robust_fit){.converged = !rule};
  fit_weighted(q, x, y, NULL, n, p, &out->fit);
  while (rule && out->iterations++ < rule->max_iterations && !out->converged) {
    for (int64_t i = 0; i < n; i++) w[i] = y[i] - regression_value(&out->fit, x + i * p), u[i] = fabs(w[i]);
    out->scale = robust_median(u, n) / 0.6745;
    if (out->scale == 0) {
      out->converged = true;
      break;
    }
    for (int64_t i = 0; i < n; i++) w[i] = robust_weight_of(rule->weight, w[i] / out->scale, rule->c);
    const struct qr_fit before = out->fit;
    fit_weighted(q, x, y, w, n, p, &out->fit);
    out->converged = moved(&before, &out->fit) <= rule->tolerance;
  }
  arena_reset(a, mark);
  return E_OK;
}
static void add_ridge(struct qr_sum *q, int p) {
  double row[QR_COLUMNS] = {0};
  for (int j = 0; j < p; j++) {
    row[j] = 1;
    qr_add(q, row, 0, LOGIT_RIDGE);
    row[j] = 0;
  }
}
enum err_code regression_logit(struct arena *a, const double *x, const double *y, int64_t n, int p, struct robust_fit *out, struct err *e) {
  const struct arena_mark mark = arena_mark(a);
  struct qr_sum *q = ARENA_NEW(a, struct qr_sum);
  if (n < 1 || p < 1 || p >= QR_COLUMNS) return ERR(e, E_MODEL_DATA, .subject = "regression", .found = "no record, or not 1 to 32 regressors");
  if (!q) return ERR(e, E_NO_MEMORY, .subject = "regression");
  *out = (struct robust_fit){.fit = {.p = p}};
  while (out->iterations++ < LOGIT_ROUNDS && !out->converged) {
    const struct qr_fit before = out->fit;
    qr_init(q, p);
    for (int64_t i = 0; i < n; i++) {
      const double eta = fmax(-LOGIT_LIMIT, fmin(LOGIT_LIMIT, regression_value(&before, x + i * p))), chance = 1 / (1 + exp(-eta)),
          w = chance * (1 - chance);
      if (w > 0) qr_add(q, x + i * p, eta + (y[i] - chance) / w, w);
    }
    add_ridge(q, p);
    qr_solve(q, &out->fit);
    out->converged = moved(&before, &out->fit) <= 1e-8;
  }
  arena_reset(a, mark);
  return E_OK;
}
