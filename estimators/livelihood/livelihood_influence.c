/* livelihood_influence.c -- livelihood_measures.h: influences of households on the figures, from those of inequality.h. A household is its persons
 *    of the group and its other persons: two records with one income, so that line and rate may have different persons. */
#include <math.h>
#include <string.h>

#include "base/sum.h"
#include "estimators/estimate/inequality.h"
#include "estimators/livelihood/livelihood_measures.h"

struct halves {
  int64_t n;            /* 2 x rows */
  double *y, *w, *u;    /* [2 rows]: persons of the group, then the others */
  int32_t *of;          /* 0 in the group, -1 not */
};
static double members(const struct livelihood_persons *d, int group, int64_t i) {
  return d->known[i] && d->persons[GROUP_ALL][i] > 0 ? d->persons[group][i] : 0;
}
static enum err_code make_halves(
    struct arena *a, const struct livelihood_persons *d, const double *w, int group, bool positive, struct halves *h, struct err *e) {
  *h = (struct halves){2 * d->n, ARENA_ARRAY(a, double, 2 * d->n + 1), ARENA_ARRAY(a, double, 2 * d->n + 1), ARENA_ARRAY(a, double, 2 * d->n + 1),
      ARENA_ARRAY(a, int32_t, 2 * d->n + 1)};
  if (!h->y || !h->w || !h->u || !h->of) return ERR(e, E_NO_MEMORY, .subject = "influences");
  for (int64_t i = 0; i < d->n; i++) {
    const double all = members(d, GROUP_ALL, i), in = members(d, group, i);
    h->y[i] = h->y[d->n + i] = all > 0 ? (positive && d->income[i] < 0 ? 0 : d->income[i]) : 0;
    h->w[i] = w[i] * in, h->w[d->n + i] = w[i] * (all - in);
    h->of[i] = 0, h->of[d->n + i] = -1;
  }
  return E_OK;
}
static void gather(const struct livelihood_persons *d, const struct halves *h, int group, double *u, bool *finite) {
  for (int64_t i = 0; i < d->n; i++) {
    const double all = members(d, GROUP_ALL, i), in = members(d, group, i);
    u[i] = (in > 0 ? in * h->u[i] : 0) + (all - in > 0 ? (all - in) * h->u[d->n + i] : 0);
    *finite = *finite && isfinite(u[i]);
  }
}
static enum err_code by_inequality(struct arena *a, const struct livelihood_persons *d, const double *w, int group,
    const struct inequality_spec *spec, double *u, bool *finite, struct err *e) {
  struct halves h;
  double value;
  TRY(make_halves(a, d, w, group, spec->kind == INEQUALITY_GINI_EUROSTAT, &h, e));
  const struct inequality_data data = {.n = h.n, .y = h.y, .w = h.w, .of_row = h.of};
  TRY(inequality(a, spec, &data, &value, h.u, e));
  gather(d, &h, group, u, finite);
  return E_OK;
}
static enum err_code of_mean(const struct livelihood_persons *d, const double *w, double mean, double *u) {
  struct sum total = {0, 0};
  for (int64_t i = 0; i < d->n; i++) sum_add(&total, w[i] * members(d, GROUP_ALL, i));
  const double size = sum_result(&total);
  for (int64_t i = 0; i < d->n; i++) u[i] = members(d, GROUP_ALL, i) > 0 ? members(d, GROUP_ALL, i) * (d->income[i] - mean) / size : 0;
  return E_OK;
}
static enum err_code of_quantile(struct arena *a, const struct livelihood_persons *d, const double *w, double p, double *u, bool *finite,
    struct err *e) {
  const struct inequality_spec spec = {.kind = INEQUALITY_ARPT, .quantile = p, .percent = 1};
  return by_inequality(a, d, w, GROUP_ALL, &spec, u, finite, e);
}
static enum err_code of_p90_p10(struct arena *a, const struct livelihood_persons *d, const double *w, const double *value, double *u, bool *finite,
    struct err *e) {
  const double low = value[FIGURE_DECILE], high = value[FIGURE_DECILE + 8];
  double *of_low = ARENA_ARRAY(a, double, d->n + 1);
  if (!of_low) return ERR(e, E_NO_MEMORY, .subject = "influences");
  TRY(of_quantile(a, d, w, 0.1, of_low, finite, e));
  TRY(of_quantile(a, d, w, 0.9, u, finite, e));
  for (int64_t i = 0; i < d->n; i++) u[i] = u[i] / low - high * of_low[i] / (low * low);
  return E_OK;
}
static enum err_code influence(struct arena *a, const struct livelihood_persons *d, const double *w, const double *value, int figure, double *u,
    bool *finite, struct err *e) {
  if (figure == FIGURE_MEAN) return of_mean(d, w, value[FIGURE_MEAN], u);
  if (figure == FIGURE_P90_P10) return of_p90_p10(a, d, w, value, u, finite, e);
  if (figure == FIGURE_MEDIAN) return of_quantile(a, d, w, 0.5, u, finite, e);
  if (figure >= FIGURE_DECILE && figure < FIGURE_RATE) return of_quantile(a, d, w, (figure - FIGURE_DECILE + 1) / 10.0, u, finite, e);
  struct inequality_spec spec = {.kind = INEQUALITY_GINI_EUROSTAT};
  if (figure == FIGURE_LINE) spec = (struct inequality_spec){.kind = INEQUALITY_ARPT, .quantile = 0.5, .percent = 0.5};
  if (figure >= FIGURE_RATE) spec = (struct inequality_spec){.kind = INEQUALITY_ARPR_BELOW, .quantile = 0.5, .percent = 0.5};
  return by_inequality(a, d, w, figure >= FIGURE_RATE ? figure - FIGURE_RATE : GROUP_ALL, &spec, u, finite, e);
}
enum err_code livelihood_influence(struct arena *a, const struct livelihood_sorted *s, const double *w, const double *value, int figure, double *u,
    bool *finite, struct err *e) {
  const struct arena_mark mark = arena_mark(a);
  *finite = true;
  const enum err_code code = influence(a, s->data, w, value, figure, u, finite, e);
  arena_reset(a, mark);
  return code;
}
