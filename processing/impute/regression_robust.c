#include "processing/impute/regression_robust.h"

#include <math.h>

#define LOGIT_RIDGE 1e-3
#define LOGIT_LIMIT 30.0 /* beyond it p(1-p) is below the rounding of 1 */
enum { LOGIT_ROUNDS = 50, LOGIT_HALVES = 40 };

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
/* Regressors about their means in units of their spread, so that one ridge fits all; a constant one stays as it is and is free of the ridge. */
struct scaled {
  double mean[QR_COLUMNS], spread[QR_COLUMNS];
  int constant; /* column, -1 = none: then nothing is centred */
};
static void scale_of(const double *x, int64_t n, int p, struct scaled *s) {
  s->constant = -1;
  for (int j = 0; j < p; j++) {
    double mean = 0, squares = 0;
    for (int64_t i = 0; i < n; i++) mean += x[i * p + j] / (double)n;
    for (int64_t i = 0; i < n; i++) squares += (x[i * p + j] - mean) * (x[i * p + j] - mean);
    s->mean[j] = mean, s->spread[j] = sqrt(squares / (double)n);
    if (s->constant < 0 && s->spread[j] <= 1e-12 * fabs(mean) && mean > 0) s->constant = j;
    if (!(s->spread[j] > 1e-12 * fabs(mean))) s->spread[j] = 1, s->mean[j] = 0;
  }
  for (int j = 0; j < p && s->constant < 0; j++) s->mean[j] = 0;
}
static void put_on_scale(const struct scaled *s, const double *from, int64_t n, int p, double *to) {
  for (int64_t i = 0; i < n; i++)
    for (int j = 0; j < p; j++) to[i * p + j] = (from[i * p + j] - s->mean[j]) / s->spread[j];
}
static void take_off_scale(const struct scaled *s, const double *x, struct qr_fit *f) {
  double shift = 0;
  for (int j = 0; j < f->p; j++) f->beta[j] /= s->spread[j], shift += f->beta[j] * s->mean[j];
  if (s->constant >= 0) f->beta[s->constant] -= shift / x[s->constant];
}
static void add_ridge(struct qr_sum *q, int p, int constant) {
  double row[QR_COLUMNS] = {0};
  for (int j = 0; j < p; j++) {
    row[j] = 1;
    if (j != constant) qr_add(q, row, 0, LOGIT_RIDGE);
    row[j] = 0;
  }
}
static double limited(double eta) { return fmax(-LOGIT_LIMIT, fmin(LOGIT_LIMIT, eta)); }
/* What the fit makes small: minus the log likelihood, and half the ridge on the coefficients. */
static double logit_loss(const double *x, const double *y, int64_t n, int constant, const struct qr_fit *f) {
  double loss = 0;
  for (int64_t i = 0; i < n; i++) {
    const double eta = regression_value(f, x + i * f->p), away = y[i] > 0 ? -eta : eta;
    loss += away > LOGIT_LIMIT ? away : log1p(exp(away));
  }
  for (int j = 0; j < f->p; j++)
    if (j != constant) loss += LOGIT_RIDGE / 2 * f->beta[j] * f->beta[j];
  return loss;
}
/* A step that goes too far is halved until the loss does not grow: with separated classes whole steps swing about for ever. */
static void shorten(const double *x, const double *y, int64_t n, int constant, const struct qr_fit *before, struct qr_fit *after) {
  const double loss = logit_loss(x, y, n, constant, before);
  for (int halved = 0; halved < LOGIT_HALVES && !(logit_loss(x, y, n, constant, after) <= loss); halved++)
    for (int j = 0; j < after->p; j++) after->beta[j] = (after->beta[j] + before->beta[j]) / 2;
}
static void logit_round(struct qr_sum *q, const double *x, const double *y, int64_t n, int constant, struct qr_fit *fit) {
  const struct qr_fit before = *fit;
  const int p = before.p;
  qr_init(q, p);
  for (int64_t i = 0; i < n; i++) {
    const double eta = limited(regression_value(&before, x + i * p)), chance = 1 / (1 + exp(-eta)), w = chance * (1 - chance);
    if (w > 0) qr_add(q, x + i * p, eta + (y[i] - chance) / w, w);
  }
  add_ridge(q, p, constant);
  qr_solve(q, fit);
  shorten(x, y, n, constant, &before, fit);
}
enum err_code regression_logit(struct arena *a, const double *x, const double *y, int64_t n, int p, struct robust_fit *out, struct err *e) {
  const struct arena_mark mark = arena_mark(a);
  struct qr_sum *q = ARENA_NEW(a, struct qr_sum);
  struct scaled scale = {.constant = -1};
  if (n < 1 || p < 1 || p >= QR_COLUMNS) return ERR(e, E_MODEL_DATA, .subject = "regression", .found = "no record, or not 1 to 32 regressors");
  double *z = ARENA_ARRAY(a, double, n * p);
  if (!q || !z) return ERR(e, E_NO_MEMORY, .subject = "regression");
  *out = (struct robust_fit){.fit = {.p = p}};
  scale_of(x, n, p, &scale);
  put_on_scale(&scale, x, n, p, z);
  while (out->iterations++ < LOGIT_ROUNDS && !out->converged) {
    const struct qr_fit before = out->fit;
    logit_round(q, z, y, n, scale.constant, &out->fit);
    out->converged = moved(&before, &out->fit) <= 1e-8;
  }
  take_off_scale(&scale, x, &out->fit);
  arena_reset(a, mark);
  return E_OK;
}
