#include "estimators/variance/gvf.h"

#include <math.h>

#include "base/sum.h"

enum { LEAST_CELLS = 3 };

/* The model as a straight line: y = a + b x. */
static void line_of(enum gvf_model m, double total, double se, double *x, double *y) {
  const double relvar = (se / total) * (se / total);
  if (m == GVF_INVERSE) *x = 1 / total, *y = relvar;
  else if (m == GVF_LOGLOG) *x = log(total), *y = log(relvar);
  else *x = total, *y = se * se / total; /* a + b X */
}

struct points {
  int64_t n;
  double *x, *y, *w;
};
static bool least_squares(const struct points *p, double *a, double *b) {
  struct sum w = {0, 0}, x = {0, 0}, y = {0, 0}, xx = {0, 0}, xy = {0, 0};
  for (int64_t i = 0; i < p->n; i++) sum_add(&w, p->w[i]), sum_add(&x, p->w[i] * p->x[i]), sum_add(&y, p->w[i] * p->y[i]);
  const double mx = sum_result(&x) / sum_result(&w), my = sum_result(&y) / sum_result(&w);
  for (int64_t i = 0; i < p->n; i++) sum_add(&xx, p->w[i] * (p->x[i] - mx) * (p->x[i] - mx)), sum_add(&xy, p->w[i] * (p->x[i] - mx) * (p->y[i] - my));
  if (!(sum_result(&xx) > 0)) return false;
  *b = sum_result(&xy) / sum_result(&xx);
  *a = my - *b * mx;
  return true;
}
static void quality(const struct points *p, struct gvf *g) {
  struct sum y = {0, 0}, rest = {0, 0}, all = {0, 0};
  for (int64_t i = 0; i < p->n; i++) sum_add(&y, p->y[i]);
  const double mean = sum_result(&y) / (double)p->n;
  for (int64_t i = 0; i < p->n; i++) {
    const double r = p->y[i] - g->a - g->b * p->x[i];
    sum_add(&rest, r * r), sum_add(&all, (p->y[i] - mean) * (p->y[i] - mean));
  }
  g->r_squared = sum_result(&all) > 0 ? 1 - sum_result(&rest) / sum_result(&all) : 0;
  g->residual_sd = p->n > 2 ? sqrt(sum_result(&rest) / (double)(p->n - 2)) : 0;
}
static bool fit(const struct gvf_spec *s, struct points *p, struct gvf *g) {
  for (int64_t i = 0; i < p->n; i++) p->w[i] = s->model == GVF_QUADRATIC ? p->x[i] * p->x[i] : 1; /* least squares of se^2, not of se^2 / X */
  if (!least_squares(p, &g->a, &g->b)) return false;
  for (int round = 0; round < s->rounds; round++) {
    const double a = g->a, b = g->b;
    for (int64_t i = 0; i < p->n; i++) {
      const double v = a + b * p->x[i];
      p->w[i] = s->model == GVF_LOGLOG ? 1 : v > 0 ? 1 / (v * v) : 0;
    }
    if (!least_squares(p, &g->a, &g->b)) return false;
    if (fabs(g->a - a) <= 1e-8 * fabs(a) && fabs(g->b - b) <= 1e-8 * fabs(b)) break;
  }
  quality(p, g);
  return true;
}

enum err_code gvf_fit(struct arena *a, const struct gvf_spec *s, int64_t n, const double *total, const double *se, struct gvf *out, struct err *e) {
  struct points p = {0, ARENA_ARRAY(a, double, n + 1), ARENA_ARRAY(a, double, n + 1), ARENA_ARRAY(a, double, n + 1)};
  if (!p.x || !p.y || !p.w) return ERR(e, E_NO_MEMORY, .subject = "variance function");
  *out = (struct gvf){.model = s->model};
  for (int64_t i = 0; i < n; i++) {
    if (!(total[i] > 0) || !(se[i] > 0)) out->n_left_out++;
    else line_of(s->model, total[i], se[i], &p.x[p.n], &p.y[p.n]), p.n++;
  }
  if (p.n < LEAST_CELLS || !fit(s, &p, out)) return ERR(e, E_GVF, .subject = "fewer than three cells of different size");
  int64_t kept = 0;
  for (int64_t i = 0; s->drop > 0 && i < p.n; i++) {
    const bool far = fabs(p.y[i] - out->a - out->b * p.x[i]) > s->drop * out->residual_sd;
    out->n_dropped += far;
    if (!far) p.x[kept] = p.x[i], p.y[kept] = p.y[i], kept++;
  }
  if (out->n_dropped && kept >= LEAST_CELLS) {
    p.n = kept;
    if (!fit(s, &p, out)) return ERR(e, E_GVF, .subject = "fewer than three cells of different size");
  }
  out->n_used = p.n;
  return E_OK;
}

double gvf_cv(const struct gvf *g, double total) {
  double relvar = NAN;
  if (!(total > 0)) return NAN;
  if (g->model == GVF_INVERSE) relvar = g->a + g->b / total;
  else if (g->model == GVF_LOGLOG) relvar = exp(g->a + g->b * log(total));
  else relvar = (g->a + g->b * total) / total;
  return relvar > 0 ? sqrt(relvar) : NAN;
}
