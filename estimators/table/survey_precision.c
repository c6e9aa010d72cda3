#include "estimators/table/survey_precision.h"

#include <math.h>

#include "base/ext_gsl.h"
#include "base/sum.h"

static const char NO_DF[] = "no interval: no degrees of freedom (a primary unit for each stratum)";
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
  const struct measure *how = p->f->m;
  const struct interval_spec s = {.confidence = p->confidence, .df = p->df[k], .n = p->n_used[k]};
  const enum interval_scale scale = how->has_interval ? how->interval : INTERVAL_MEAN;
  double t, low = p->share[k], high = p->share[k];
  if (!t_of(p, k, &t)) {
    m->reason[r] = NO_DF;
    return;
  }
  if (p->var[k] > 0 && !interval_of_proportion(scale, &s, p->share[k], sqrt(p->var[k]), &low, &high)) {
    m->reason[r] = NO_SPREAD; /* the share at or below is 1 */
    return;
  }
  low = quantile_at(&p->o[k], low, how->rule), high = quantile_at(&p->o[k], high, how->rule);
  store_error(m, r, (high - low) / (2 * t));
  store_limits(m, r, low, high);
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

void precision_into(const struct figure_precision *p, struct result_measure *m) {
  for (int32_t k = 0; k < p->n_domains; k++) {
    const int32_t r = p->row[k];
    m->n_used[r] = p->n_used[k];
    m->df[r] = p->complete ? 0 : p->df[k];
    if (!p->v.defined[k]) {
      m->status[r] = RESULT_UNDEFINED, m->reason[r] = p->v.why[k];
      m->df[r] = 0;
      continue;
    }
    m->value[r] = p->v.value[k];
    if (p->complete) continue;
    if (p->no_error[k] || p->var[k] < 0) {
      m->reason[r] = p->no_error[k] ? "no standard error: the linearised value does not exist" : "no standard error: the variance is below 0";
      continue;
    }
    if (p->share) quantile_precision(p, k, m, r);
    else plain_precision(p, k, m, r);
    if (p->deff && p->has_deff[k]) m->deff[r] = p->deff[k], m->has_deff[r] = 1;
  }
}

enum err_code precision_deff(struct arena *a, int64_t n, const double *w, const struct taylor_domains *d, const double *u, enum table_deff kind,
    const double *var, double *deff, uint8_t *has, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  struct sum *size = ARENA_ARRAY(a, struct sum, d->n_domains + 1), *total = ARENA_ARRAY(a, struct sum, d->n_domains + 1),
             *square = ARENA_ARRAY(a, struct sum, d->n_domains + 1);
  int64_t *count = ARENA_ARRAY(a, int64_t, d->n_domains + 1);
  if (!size || !total || !square || !count) return ERR(e, E_NO_MEMORY, .subject = "design effect");
  for (int64_t i = 0; i < n; i++) {
    const int32_t k = d->of_row[i];
    if (k >= 0) sum_add(&size[k], w[i]), sum_add(&total[k], w[i] * u[i]), count[k]++;
  }
  for (int64_t i = 0; i < n; i++) {
    const int32_t k = d->of_row[i];
    if (k < 0) continue;
    const double deviation = u[i] - sum_result(&total[k]) / sum_result(&size[k]);
    sum_add(&square[k], w[i] * deviation * deviation);
  }
  for (int32_t k = 0; k < d->n_domains; k++) {
    const double N = sum_result(&size[k]), m = (double)count[k];
    double srs = m > 1 ? sum_result(&square[k]) / N * m / (m - 1) * N * N / m : 0;
    if (kind == TABLE_DEFF_WITHOUT) srs *= (N - m) / N;
    has[k] = srs > 0 && var[k] >= 0;
    deff[k] = has[k] ? var[k] / srs : 0;
  }
  arena_reset(a, mark);
  return E_OK;
}
