#include "estimators/variance/response.h"

#include "base/sum.h"

static enum err_code class_values(
    struct arena *a, const struct response_model *m, int64_t n, const double *d, double *z, double *out, struct err *e) {
  struct sum *value = ARENA_ARRAY(a, struct sum, m->n_cells + 1), *weight = ARENA_ARRAY(a, struct sum, m->n_cells + 1);
  double *mean = ARENA_ARRAY(a, double, m->n_cells + 1);
  if (!value || !weight || !mean) return ERR(e, E_NO_MEMORY, .subject = "variance of the response");
  for (int64_t i = 0; i < n; i++)
    if (m->respondent[i] && m->cell[i] >= 0 && d[i] > 0) sum_add(&value[m->cell[i]], d[i] * z[i]), sum_add(&weight[m->cell[i]], d[i]);
  for (int32_t c = 0; c < m->n_cells; c++)
    if (sum_result(&weight[c]) > 0) mean[c] = sum_result(&value[c]) / sum_result(&weight[c]);
  for (int64_t i = 0; i < n; i++) {
    const bool in = m->cell[i] >= 0 && d[i] > 0;
    out[i] = in && m->respondent[i] ? d[i] * (z[i] - mean[m->cell[i]]) / m->p[i] : 0;
    z[i] = in ? d[i] * mean[m->cell[i]] + out[i] : 0;
  }
  return E_OK;
}

static enum err_code model_values(
    struct arena *a, const struct response_model *m, int64_t n, const double *d, double *z, double *out, struct err *e) {
  double *v = ARENA_ARRAY(a, double, n + 1), *g = ARENA_ARRAY(a, double, m->information.p + 1);
  if (!v || !g) return ERR(e, E_NO_MEMORY, .subject = "variance of the response");
  for (int64_t i = 0; i < n; i++) v[i] = m->respondent[i] && d[i] > 0 ? d[i] * (1 - m->p[i]) / m->p[i] * z[i] : 0;
  TRY(auxiliary_totals(a, m->x, v, g, e));
  auxiliary_solve(&m->information, g, g);
  for (int64_t i = 0; i < n; i++) {
    const double fitted = d[i] > 0 ? auxiliary_dot(m->x, i, g) : 0;
    out[i] = m->respondent[i] && d[i] > 0 ? d[i] * (z[i] / m->p[i] - fitted) : 0;
    z[i] = d[i] > 0 ? d[i] * m->p[i] * fitted + out[i] : 0;
  }
  return E_OK;
}

enum err_code response_values(
    struct arena *a, const struct response_model *m, int64_t n, const double *before, double *z, double *e_out, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  TRY(m->cell ? class_values(a, m, n, before, z, e_out, e) : model_values(a, m, n, before, z, e_out, e));
  arena_reset(a, mark);
  return E_OK;
}

double response_covariance(const struct response_model *m, int64_t n, const double *fraction, const double *x, const double *y) {
  struct sum s = {0, 0};
  for (int64_t i = 0; i < n; i++)
    if (m->respondent[i] && x[i] != 0 && y[i] != 0) sum_add(&s, fraction[i] * (1 - m->p[i]) * x[i] * y[i]);
  return sum_result(&s);
}
