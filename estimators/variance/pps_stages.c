#include "estimators/variance/pps_stages.h"

#include <string.h>

#include "base/sum.h"
#include "estimators/variance/taylor.h"

static const double SURE = 1 - 1e-12;

int64_t pps_stages_lonely(const struct pps_stages *p, int64_t *first) {
  const struct design_stage *s = &p->design->stage[0];
  int64_t n = 0;
  *first = -1;
  for (int64_t h = 0; h < s->n_parents; h++) {
    const int64_t u = s->first_unit[h];
    if (s->first_unit[h + 1] - u != 1 || p->pik[u] >= SURE) continue;
    if (n++ == 0) *first = h;
  }
  return n;
}

/* Totals of z by first-stage unit. */
static void unit_totals(const struct sample_design *d, const double *z, double *t) {
  for (int64_t u = 0; u < d->stage[0].n_units; u++) {
    struct sum s = {0, 0};
    const int64_t to = design_unit_start(d, 0, u + 1);
    for (int64_t i = design_unit_start(d, 0, u); i < to; i++) sum_add(&s, z[design_row(d, i)]);
    t[u] = sum_result(&s);
  }
}
/* The joint probabilities inside one stratum, as pps.h wants them. */
static enum err_code stratum_joint(struct arena *a, const struct pps_stages *p, int64_t first, int64_t n, const double **out, struct err *e) {
  const int64_t all = p->design->stage[0].n_units;
  *out = NULL;
  if (!p->joint) return E_OK;
  double *m = ARENA_ARRAY(a, double, n * n + 1);
  if (!m) return ERR(e, E_NO_MEMORY, .subject = "joint probabilities");
  for (int64_t k = 0; k < n; k++) memcpy(m + k * n, p->joint + (first + k) * all + first, sizeof *m * (size_t)n);
  *out = m;
  return E_OK;
}
static enum err_code stratum_covariance(
    struct arena *a, const struct pps_stages *p, int64_t h, int m, double *const *t, struct sum *cov, struct err *e) {
  const struct design_stage *s = &p->design->stage[0];
  const int64_t first = s->first_unit[h], n = s->first_unit[h + 1] - first;
  struct pps_design d = {.n = n, .form = p->form, .pik = p->pik + first, .sum_pik2_over_n = p->sum_pik2_over_n};
  if (n < 2) return E_OK;
  struct arena_mark mark = arena_mark(a);
  TRY(stratum_joint(a, p, first, n, &d.joint, e));
  TRY(pps_check(&d, e));
  for (int j = 0; j < m; j++)
    for (int k = 0; k < m; k++) sum_add(&cov[j * m + k], pps_covariance(&d, t[j] + first, t[k] + first));
  arena_reset(a, mark);
  return E_OK;
}

enum err_code pps_stages_covariance(
    const struct job *job, struct arena *a, const struct pps_stages *p, int m, const double *const *z, double *cov, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  const struct design_stage *s = &p->design->stage[0];
  double **t = ARENA_ARRAY(a, double *, m + 1);
  struct sum *sum = ARENA_ARRAY(a, struct sum, m * m + 1);
  if (!t || !sum) return ERR(e, E_NO_MEMORY, .subject = "variance");
  for (int j = 0; j < m; j++) {
    t[j] = ARENA_ARRAY(a, double, s->n_units + 1);
    if (!t[j]) return ERR(e, E_NO_MEMORY, .subject = "variance");
    unit_totals(p->design, z[j], t[j]);
  }
  for (int64_t h = 0; h < s->n_parents; h++) TRY(stratum_covariance(a, p, h, m, t, sum, e));
  memset(cov, 0, sizeof *cov * (size_t)(m * m));
  if (p->inner) TRY(taylor_covariance(job, a, p->inner, NULL, m, z, cov, e));
  for (int k = 0; k < m * m; k++) cov[k] += sum_result(&sum[k]);
  arena_reset(a, mark);
  return E_OK;
}
