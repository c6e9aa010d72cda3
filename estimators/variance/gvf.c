#include "estimators/variance/gvf.h"

#include <math.h>
#include <stdio.h>

#include "base/sum.h"

enum { LEAST_CELLS = 3 };
static const double SAME_SIZE = 1e-24; /* squared relative spread: below it, sizes differ by rounding only */

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
  int64_t *at; /* which cell */
};
static bool least_squares(const struct points *p, double *a, double *b) {
  struct sum w = {0, 0}, x = {0, 0}, y = {0, 0}, xx = {0, 0}, xy = {0, 0};
  for (int64_t i = 0; i < p->n; i++) sum_add(&w, p->w[i]), sum_add(&x, p->w[i] * p->x[i]), sum_add(&y, p->w[i] * p->y[i]);
  const double mx = sum_result(&x) / sum_result(&w), my = sum_result(&y) / sum_result(&w);
  for (int64_t i = 0; i < p->n; i++) sum_add(&xx, p->w[i] * (p->x[i] - mx) * (p->x[i] - mx)), sum_add(&xy, p->w[i] * (p->x[i] - mx) * (p->y[i] - my));
  if (!(sum_result(&xx) > SAME_SIZE * sum_result(&w) * mx * mx)) return false;
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
/* Weights of the next round: 1 / predicted relvar^2; 0 where the variance is predicted not above 0. Returns how many are above 0. */
static int64_t reweigh(struct points *p, const struct gvf *g) {
  int64_t n = 0;
  for (int64_t i = 0; i < p->n; i++) {
    const double v = g->a + g->b * p->x[i];
    p->w[i] = v > 0 ? 1 / (v * v) : 0;
    n += v > 0;
  }
  return n;
}
static enum err_code fit(const struct gvf_spec *s, struct points *p, struct gvf *g, struct err *e) {
  for (int64_t i = 0; i < p->n; i++) p->w[i] = s->model == GVF_QUADRATIC ? p->x[i] * p->x[i] : 1; /* least squares of se^2, not of se^2 / X */
  if (!least_squares(p, &g->a, &g->b)) return ERR(e, E_GVF_ONE_SIZE, .subject = "");
  g->rounds = 0, g->n_weightless = 0, g->settled = s->rounds <= 0 || s->model == GVF_LOGLOG;
  while (!g->settled && g->rounds < s->rounds) {
    const double a = g->a, b = g->b;
    const int64_t n = reweigh(p, g);
    if (n < LEAST_CELLS || !least_squares(p, &g->a, &g->b)) return ERR(e, E_GVF_ROUNDS, .subject = "");
    g->n_weightless = p->n - n;
    g->rounds++;
    g->settled = fabs(g->a - a) <= 1e-8 * fabs(a) && fabs(g->b - b) <= 1e-8 * fabs(b);
  }
  quality(p, g);
  return E_OK;
}
static enum err_code take(
    struct arena *a, const struct gvf_spec *s, int64_t n, const double *total, const double *se, struct points *p, struct err *e) {
  *p = (struct points){.x = ARENA_ARRAY(a, double, n + 1), .y = ARENA_ARRAY(a, double, n + 1), .w = ARENA_ARRAY(a, double, n + 1)};
  p->at = ARENA_ARRAY(a, int64_t, n + 1);
  if (!p->x || !p->y || !p->w || !p->at) return ERR(e, E_NO_MEMORY, .subject = "variance function");
  for (int64_t i = 0; i < n; i++)
    if (total[i] > 0 && se[i] > 0) {
      line_of(s->model, total[i], se[i], &p->x[p->n], &p->y[p->n]);
      p->at[p->n++] = i;
    }
  return E_OK;
}
static void drop_far(const struct gvf_spec *s, struct points *p, struct gvf *g) {
  int64_t kept = 0;
  for (int64_t i = 0; i < p->n; i++) {
    if (fabs(p->y[i] - g->a - g->b * p->x[i]) > s->drop * g->residual_sd) continue;
    p->x[kept] = p->x[i], p->y[kept] = p->y[i], p->at[kept++] = p->at[i];
  }
  g->n_dropped = p->n - kept;
  p->n = kept;
}
static void mark(const struct points *p, int64_t n, const double *total, const double *se, uint8_t *cell) {
  for (int64_t i = 0; i < n; i++) cell[i] = total[i] > 0 && se[i] > 0 ? GVF_DROPPED : GVF_LEFT_OUT;
  for (int64_t i = 0; i < p->n; i++) cell[p->at[i]] = GVF_USED;
}

enum err_code gvf_fit(struct arena *a, const struct gvf_spec *s, int64_t n, const double *total, const double *se, uint8_t *cell, struct gvf *out,
    struct err *e) {
  struct points p;
  char found[64];
  TRY(take(a, s, n, total, se, &p, e));
  *out = (struct gvf){.model = s->model, .n_left_out = n - p.n};
  snprintf(found, sizeof found, "%lld / %lld", (long long)p.n, (long long)n);
  if (p.n < LEAST_CELLS) return ERR(e, E_GVF, .subject = "", .found = found);
  TRY(fit(s, &p, out, e));
  if (s->drop > 0) drop_far(s, &p, out);
  if (p.n < LEAST_CELLS) {
    snprintf(found, sizeof found, "%lld / %lld", (long long)p.n, (long long)(p.n + out->n_dropped));
    return ERR(e, E_GVF_DROPPED, .subject = "", .found = found);
  }
  if (out->n_dropped) TRY(fit(s, &p, out, e));
  out->n_used = p.n;
  if (cell) mark(&p, n, total, se, cell);
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
