#include "estimators/seasonal/outliers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/seasonal/arima_impl.h"

static const double robust_scale = 1.49;
/* Default critical values by number of observations, as X-13ARIMA-SEATS uses them. */
static const struct {
  int n;
  double critical;
} critical_table[] = {{1, 1.96}, {2, 2.24}, {3, 2.44}, {4, 2.62}, {5, 2.74}, {6, 2.84}, {8, 2.99}, {10, 3.09}, {12, 3.16}, {24, 3.42}, {36, 3.55},
    {48, 3.63}, {72, 3.73}, {96, 3.80}, {120, 3.85}, {144, 3.89}, {168, 3.92}, {192, 3.95}, {216, 3.97}, {240, 3.99}, {264, 4.01}, {288, 4.03},
    {312, 4.04}, {336, 4.05}, {360, 4.07}};
double outlier_critical(int n) {
  int k = 0, last = (int)(sizeof critical_table / sizeof *critical_table) - 1;
  if (n <= critical_table[0].n) return critical_table[0].critical;
  while (k < last - 1 && critical_table[k + 1].n < n) k++; /* beyond the table the last step goes on */
  double from = log(critical_table[k].n), to = log(critical_table[k + 1].n);
  return critical_table[k].critical + (critical_table[k + 1].critical - critical_table[k].critical) * (log(n) - from) / (to - from);
}

struct scan {
  struct arima_work work;
  double scale;
  double *column, *white, *q; /* q: orthonormal whitened regressors are in work.ls.q after the likelihood */
};
static int by_size(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}
static double scale_of(struct arena *a, const double *u, int n) {
  double *size = ARENA_ARRAY(a, double, n);
  if (!size) return NAN;
  for (int i = 0; i < n; i++) size[i] = fabs(u[i]);
  qsort(size, (size_t)n, sizeof *size, by_size);
  return robust_scale * (n % 2 ? size[n / 2] : (size[n / 2 - 1] + size[n / 2]) / 2);
}
/* t of one more column: what the other regressors leave of it, against the residuals. */
static double t_of(struct scan *s, const struct effect_span *span, enum outlier_kind kind, int place) {
  struct arima_work *w = &s->work;
  double along = 0, across = 0;
  int n = w->n_effective;
  outlier_column(span, kind, place, s->column);
  difference(w->order, s->column, span->n, s->white);
  memcpy(s->column, s->white, (size_t)n * sizeof *s->column);
  whiten(&w->white, s->column, s->white);
  for (int j = 0; j < w->ls.k; j++) {
    const double *q = w->ls.q + (size_t)j * (size_t)n;
    double c = 0;
    for (int i = 0; i < n; i++) c += q[i] * s->white[i];
    for (int i = 0; i < n; i++) s->white[i] -= c * q[i];
  }
  for (int i = 0; i < n; i++) {
    along += s->white[i] * w->u[i];
    across += s->white[i] * s->white[i];
  }
  return across > 1e-12 ? along / sqrt(across) / s->scale : 0;
}
static bool taken(const struct outlier_found *found, int n, enum outlier_kind kind, int place) {
  for (int i = 0; i < n; i++)
    if (found[i].kind == kind && found[i].place == place) return true;
  return false;
}
static struct outlier_found largest(
    struct scan *s, const struct effect_span *span, const struct outlier_request *q, const struct outlier_found *found, int n_found) {
  struct outlier_found best = {OUTLIER_AO, -1, 0};
  for (int k = 0; k < OUTLIER_KINDS; k++) {
    if (!q->kinds[k]) continue;
    for (int i = k == OUTLIER_LS ? 2 : 0; i < span->n - (k != OUTLIER_AO); i++) { /* at the last place all kinds are one */
      if (taken(found, n_found, (enum outlier_kind)k, i)) continue;
      double t = t_of(s, span, (enum outlier_kind)k, i);
      if (fabs(t) > fabs(best.t)) best = (struct outlier_found){(enum outlier_kind)k, i, t};
    }
  }
  return best;
}
static enum err_code estimate(struct arena *a, const struct adjustment_spec *spec, const struct effect_list *list, const double *y, int n,
    struct arima_fit *fit, struct arima_input *in, struct err *e) {
  const double **x = ARENA_ARRAY(a, const double *, EFFECTS_MOST);
  if (!x) return ERR(e, E_NO_MEMORY, .subject = "outliers");
  for (int j = 0; j < list->n; j++) x[j] = list->effect[j].x;
  *in = (struct arima_input){y, x, n, list->n, 0};
  return arima_estimate(a, &spec->order, in, fit, e);
}
static enum err_code scan_round(struct arena *a, const struct adjustment_spec *spec, const struct effect_span *span,
    const struct outlier_request *q, const struct effect_list *list, const double *y, const struct outlier_found *found, int n_found,
    struct outlier_found *best, struct err *e) {
  struct arima_fit fit;
  struct arima_input in;
  struct scan s;
  TRY(estimate(a, spec, list, y, span->n, &fit, &in, e));
  TRY(arima_work_new(a, &spec->order, &in, &s.work, e));
  (void)arima_likelihood(&s.work, fit.parameter);
  s.scale = scale_of(a, s.work.u, s.work.n_effective);
  s.column = ARENA_ARRAY(a, double, span->n + span->ahead);
  s.white = ARENA_ARRAY(a, double, span->n + span->ahead);
  if (!s.column || !s.white || !(s.scale > 0)) return ERR(e, E_NO_MEMORY, .subject = "outliers");
  *best = largest(&s, span, q, found, n_found);
  return E_OK;
}
static enum err_code add(struct arena *a, const struct effect_span *span, struct outlier_found *o, struct effect_list *list, struct err *e) {
  char word[20] = "";
  memcpy(word, outlier_words[o->kind], 2);
  effect_date(span, o->place, word + 2);
  return effects_add(a, span, word, list, e);
}
/* Drops the weakest outlier while it lies below the critical value; t of those that stay are noted. */
static enum err_code drop_weak(struct arena *a, const struct adjustment_spec *spec, const struct effect_span *span, double critical,
    const double *y, struct effect_list *list, struct outlier_found *found, int *n_found, struct err *e) {
  while (*n_found) {
    struct arima_fit fit;
    struct arima_input in;
    struct arena_mark mark = arena_mark(a);
    int first = list->n - *n_found, weakest = 0;
    TRY(estimate(a, spec, list, y, span->n, &fit, &in, e));
    for (int i = 0; i < *n_found; i++) {
      found[i].t = fit.beta[first + i] / fit.beta_se[first + i];
      if (fabs(found[i].t) < fabs(found[weakest].t)) weakest = i;
    }
    arena_reset(a, mark);
    if (fabs(found[weakest].t) >= critical) return E_OK;
    memmove(found + weakest, found + weakest + 1, (size_t)(*n_found - weakest - 1) * sizeof *found);
    memmove(list->effect + first + weakest, list->effect + first + weakest + 1, (size_t)(*n_found - weakest - 1) * sizeof *list->effect);
    --*n_found;
    list->n--;
  }
  return E_OK;
}
enum err_code outliers_find(struct arena *a, const struct effect_span *span, const struct outlier_request *q, const double *value,
    struct adjustment_spec *spec, struct effect_list *list, struct outlier_found *found, int *n_found, struct err *e) {
  double *y = ARENA_ARRAY(a, double, span->n), critical = q->critical > 0 ? q->critical : outlier_critical(span->n);
  if (!y) return ERR(e, E_NO_MEMORY, .subject = "outliers");
  for (int i = 0; i < span->n; i++) {
    if (spec->logs && !(value[i] > 0)) return ERR(e, E_SEASONAL_SIGN, .line = i + 1);
    y[i] = spec->logs ? log(value[i]) : value[i];
  }
  *n_found = 0;
  int most = q->most < OUTLIERS_MOST ? q->most : OUTLIERS_MOST;
  while (*n_found < most && list->n < EFFECTS_MOST) {
    struct arena_mark mark = arena_mark(a);
    struct outlier_found best;
    TRY(scan_round(a, spec, span, q, list, y, found, *n_found, &best, e));
    arena_reset(a, mark);
    if (best.place < 0 || fabs(best.t) < critical) break;
    TRY(add(a, span, &best, list, e));
    found[(*n_found)++] = best;
  }
  TRY(drop_weak(a, spec, span, critical, y, list, found, n_found, e));
  spec->effects = list->effect;
  spec->n_effects = list->n;
  return E_OK;
}
