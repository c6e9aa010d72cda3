#include "estimators/table/survey_precision.h"

#include <math.h>

#include "base/ext_gsl.h"

static const char NO_DF[] = "no interval: no degrees of freedom (a primary unit for each stratum)";
static const char TOO_LARGE[] = "the figure is too large to be computed", NO_FINITE_ERROR[] = "no standard error: it is too large to be computed";
static const char BEYOND[] = "no interval: a limit lies beyond the smallest or largest value";
static const char NO_SPREAD[] = "no interval: no spread to judge it by";

static bool t_of(const struct figure_precision *p, int32_t k, double *t) {
  return p->df[k] > 0 && dist_t_quantile(0.5 + p->confidence / 2, (double)p->df[k], t);
}
static void store_error(struct result_measure *m, int32_t r, double se) {
  m->has_se[r] = 1;
  m->se[r] = se;
  m->cv[r] = m->value[r] != 0 ? se / fabs(m->value[r]) : 0;
}
static void store_limits(struct result_measure *m, int32_t r, double low, double high) {
  m->low[r] = low, m->high[r] = high, m->has_interval[r] = 1;
}

static void quantile_precision(const struct figure_precision *p, int32_t k, struct result_measure *m, int32_t r) {
  const struct quantile_result *q = p->quantile;
  if (!q->has_interval[k]) {
    m->reason[r] = q->beyond[k] ? BEYOND : p->df[k] > 0 ? NO_SPREAD : NO_DF;
    return;
  }
  store_error(m, r, q->se[k]);
  store_limits(m, r, q->low[k], q->high[k]);
}

static void plain_precision(const struct figure_precision *p, int32_t k, struct result_measure *m, int32_t r) {
  const struct measure *how = p->f->m;
  const double se = sqrt(p->var[k] > 0 ? p->var[k] : 0);
  double t, low, high;
  store_error(m, r, se);
  if (!t_of(p, k, &t)) {
    m->reason[r] = NO_DF;
    return;
  }
  if (how->kind == MEASURE_PROPORTION && how->interval != INTERVAL_MEAN) {
    const struct interval_spec s = {.confidence = p->confidence, .df = p->df[k], .n = p->n_used[k]};
    if (!interval_of_proportion(how->interval, &s, p->v.value[k], se, &low, &high)) m->reason[r] = NO_SPREAD;
    else store_limits(m, r, low, high);
    return;
  }
  store_limits(m, r, p->v.value[k] - t * se, p->v.value[k] + t * se);
}

static const char *why_no_error(const struct figure_precision *p, int32_t k) {
  if (p->no_error[k]) return "no standard error: the linearised value does not exist";
  if (p->quantile) return NULL;
  return p->var[k] < 0 ? "no standard error: the variance is below 0" : !isfinite(p->var[k]) ? NO_FINITE_ERROR : NULL;
}
void precision_into(const struct figure_precision *p, struct result_measure *m) {
  for (int32_t k = 0; k < p->n_domains; k++) {
    const int32_t r = p->row[k];
    m->n_used[r] = p->n_used[k];
    m->df[r] = p->complete ? 0 : p->df[k];
    if (!p->v.defined[k] || !isfinite(p->v.value[k])) {
      m->status[r] = RESULT_UNDEFINED, m->reason[r] = p->v.defined[k] ? TOO_LARGE : p->v.why[k];
      m->df[r] = 0;
      continue;
    }
    m->value[r] = p->v.value[k];
    if (p->complete) continue;
    if ((m->reason[r] = why_no_error(p, k))) continue;
    if (p->quantile) quantile_precision(p, k, m, r);
    else plain_precision(p, k, m, r);
    if (p->srs && p->has_srs[k]) m->deff[r] = p->var[k] / p->srs[k], m->has_deff[r] = 1;
  }
}
