#include "estimators/variance/deviation.h"

#include <math.h>

#include "base/sum.h"

enum err_code deviations_new(struct arena *a, const struct survey *s, struct deviations *out, struct err *e) {
  *out = (struct deviations){.n_stages = s->pps ? 1 : s->design->n_stages};
  for (int k = 0; k < out->n_stages; k++) {
    out->n_units[k] = s->pps ? s->n : s->design->stage[k].n_units;
    if (!(out->unit[k] = ARENA_ARRAY(a, double, out->n_units[k] + 1))) return ERR(e, E_NO_MEMORY, .subject = "deviations");
  }
  return E_OK;
}

static enum err_code of_pps(const struct pps_design *p, const double *z, struct deviations *out, struct err *e) {
  struct sum up = {0, 0}, down = {0, 0};
  if (p->form != PPS_BREWER && p->form != PPS_HAJEK)
    return ERR(e, E_DESIGN_STAGE, .subject = "unequal probabilities", .expected = "the form brewer or hajek, which is a sum of squares");
  TRY(pps_check(p, e));
  for (int64_t i = 0; i < p->n; i++) {
    const double c = p->form == PPS_HAJEK ? 1 - p->pik[i] : 1;
    sum_add(&up, c * z[i]), sum_add(&down, c);
  }
  const double centre = sum_result(&down) > 0 ? sum_result(&up) / sum_result(&down) : 0, n = (double)p->n;
  for (int64_t i = 0; i < p->n; i++) out->unit[0][i] = sqrt(n / (n - 1) * (1 - p->pik[i])) * (z[i] - centre);
  return E_OK;
}

/* Totals of every stage's units, the last first. */
static void totals(const struct sample_design *d, const double *z, struct deviations *out) {
  const int last = d->n_stages - 1;
  for (int64_t u = 0; u < d->stage[last].n_units; u++) {
    const int64_t from = d->first_row ? d->first_row[u] : u, to = d->first_row ? d->first_row[u + 1] : u + 1;
    double t = 0;
    for (int64_t p = from; p < to; p++) t += z[design_row(d, p)];
    out->unit[last][u] = t;
  }
  for (int k = last - 1; k >= 0; k--)
    for (int64_t u = 0; u < d->stage[k].n_units; u++) {
      const struct design_stage *below = &d->stage[k + 1];
      double t = 0;
      for (int64_t v = below->first_unit[d->stage[k].first_parent[u]]; v < below->first_unit[d->stage[k].first_parent[u + 1]]; v++)
        t += out->unit[k + 1][v];
      out->unit[k][u] = t;
    }
}
static void centre_stage(const struct sample_design *d, int k, double whole, double *t) {
  const struct design_stage *s = &d->stage[k];
  for (int64_t p = 0; p < s->n_parents; p++) {
    const int64_t from = s->first_unit[p], to = s->first_unit[p + 1];
    double mean = 0;
    for (int64_t u = from; u < to; u++) mean += t[u];
    mean /= (double)(to - from);
    if (s->lonely[p]) mean = d->lonely == LONELY_MEAN ? whole / (double)s->n_units : 0;
    for (int64_t u = from; u < to; u++) t[u] = sqrt(s->coefficient[p]) * (t[u] - mean);
  }
}

enum err_code deviations_of(const struct survey *s, const double *z, struct deviations *out, struct err *e) {
  if (s->pps) return of_pps(s->pps, z, out, e);
  TRY(sample_design_lonely(s->design, NULL, NULL, e));
  if (s->design->lonely_in_domain) return ERR(e, E_DESIGN_STAGE, .subject = "units alone in a domain", .expected = "others counted as zeros");
  struct sum all = {0, 0};
  totals(s->design, z, out);
  for (int64_t u = 0; u < out->n_units[0]; u++) sum_add(&all, out->unit[0][u]);
  for (int k = 0; k < out->n_stages; k++) centre_stage(s->design, k, sum_result(&all), out->unit[k]);
  return E_OK;
}

double deviations_square(const struct deviations *d) {
  struct sum s = {0, 0};
  for (int k = 0; k < d->n_stages; k++)
    for (int64_t u = 0; u < d->n_units[k]; u++) sum_add(&s, d->unit[k][u] * d->unit[k][u]);
  return sum_result(&s);
}
