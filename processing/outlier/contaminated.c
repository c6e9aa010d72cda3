#include "processing/outlier/contaminated.h"

#include <math.h>
#include <string.h>

static const double PI = 3.14159265358979323846, TOLERANCE = 1e-8, LEAST_INFLATION = 0.5, START_W = 0.05, START_L = 3;
enum { STEPS = 1000, RECORDS_PER_ITEM = 5 };

struct work {
  const struct sample *s;
  double *omega, *residual;  /* [n], [n * q] */
  double *xx, *l_x, *l_s;    /* [k * k] twice, [q * q] */
  double log_likelihood;
};
static double covariate(const struct sample *s, int q, int64_t i, int c) { return c == 0 ? 1 : s->x[i * s->p + q + c - 1]; }

/* Weighted least squares: B, residuals and S = sum omega e e' / n. false: covariates or residuals are dependent. */
static bool regress(struct work *t, struct contaminated *m) {
  const struct sample *s = t->s;
  const int q = m->q, k = m->k;
  double column[DENSE_MAX];
  memset(t->xx, 0, (size_t)(k * k) * sizeof *t->xx);
  memset(m->b, 0, (size_t)(k * q) * sizeof *m->b);
  for (int64_t i = 0; i < s->n; i++)
    for (int c = 0; c < k; c++) {
      const double x = t->omega[i] * covariate(s, q, i, c);
      for (int d = 0; d <= c; d++) t->xx[c * k + d] += x * covariate(s, q, i, d);
      for (int j = 0; j < q; j++) m->b[c * q + j] += x * s->x[i * s->p + j];
    }
  for (int c = 0; c < k; c++)
    for (int d = 0; d < c; d++) t->xx[d * k + c] = t->xx[c * k + d];
  if (!dense_cholesky(t->l_x, t->xx, k)) return false;
  for (int j = 0; j < q; j++) {
    for (int c = 0; c < k; c++) column[c] = m->b[c * q + j];
    dense_solve(t->l_x, column, k);
    for (int c = 0; c < k; c++) m->b[c * q + j] = column[c];
  }
  memset(m->scatter, 0, (size_t)(q * q) * sizeof *m->scatter);
  for (int64_t i = 0; i < s->n; i++) {
    double *r = t->residual + i * q;
    for (int j = 0; j < q; j++) {
      r[j] = s->x[i * s->p + j];
      for (int c = 0; c < k; c++) r[j] -= covariate(s, q, i, c) * m->b[c * q + j];
    }
    for (int j = 0; j < q; j++)
      for (int h = 0; h < q; h++) m->scatter[j * q + h] += t->omega[i] * r[j] * r[h] / (double)s->n;
  }
  return dense_cholesky(t->l_s, m->scatter, q);
}
/* Posterior probabilities and the log likelihood at the present parameters. */
static void expect(struct work *t, struct contaminated *m) {
  const int q = m->q;
  const double constant = -0.5 * (q * log(2 * PI) + dense_log_determinant(t->l_s, q)), wider = 0.5 * q * log1p(m->l);
  t->log_likelihood = 0;
  for (int64_t i = 0; i < t->s->n; i++) {
    const double d2 = dense_distance(t->l_s, t->residual + i * q, q);
    const double right = log1p(-m->w) + constant - d2 / 2, wrong = log(m->w) + constant - wider - d2 / (2 * (1 + m->l));
    const double high = fmax(right, wrong), sum = exp(right - high) + exp(wrong - high);
    t->log_likelihood += high + log(sum);
    m->probability[i] = exp(wrong - high) / sum;
    t->omega[i] = 1 - m->probability[i] + m->probability[i] / (1 + m->l);
  }
}
static bool update_mixture(const struct work *t, struct contaminated *m) {
  double wrong = 0, spread = 0;
  for (int64_t i = 0; i < t->s->n; i++) {
    wrong += m->probability[i];
    spread += m->probability[i] * dense_distance(t->l_s, t->residual + i * m->q, m->q);
  }
  m->w = wrong / (double)t->s->n;
  m->l = wrong > 0 ? spread / (m->q * wrong) - 1 : 0;
  return m->w > 0 && m->w < 1 && m->l > 0 && isfinite(m->l);
}
static double bic_of(double log_likelihood, int n_parameters, int64_t n) { return n_parameters * log((double)n) - 2 * log_likelihood; }
static int n_parameters(const struct contaminated *m) { return m->k * m->q + m->q * (m->q + 1) / 2; }

static enum err_code no_model(struct err *e, const char *found) {
  return ERR(e, E_OUTLIER_MODEL, .subject = "contaminated normal", .expected = "errors that stand out from right values", .found = found);
}
static enum err_code iterate(struct work *t, struct contaminated *m, struct err *e) {
  double last = -INFINITY;
  for (int64_t i = 0; i < t->s->n; i++) t->omega[i] = 1;
  if (!regress(t, m)) return ERR(e, E_OUTLIER_SINGULAR, .subject = "contaminated normal");
  m->w = 1e-300, m->l = 0; /* the plain normal */
  expect(t, m);
  m->bic_normal = bic_of(t->log_likelihood, n_parameters(m), t->s->n);
  m->w = START_W, m->l = START_L;
  for (m->n_steps = 1; m->n_steps <= STEPS && !m->settled; m->n_steps++) {
    expect(t, m);
    m->settled = fabs(t->log_likelihood - last) < TOLERANCE * fabs(t->log_likelihood);
    last = t->log_likelihood;
    if (m->settled) break;
    if (!regress(t, m)) return ERR(e, E_OUTLIER_SINGULAR, .subject = "contaminated normal");
    if (!update_mixture(t, m)) return no_model(e, "no share of errors");
  }
  m->log_likelihood = last;
  m->bic = bic_of(last, n_parameters(m) + 2, t->s->n);
  if (m->l < LEAST_INFLATION) return no_model(e, "an inflation of the spread below 0.5");
  if (!(m->bic < m->bic_normal)) return no_model(e, "a BIC not below that of the plain normal");
  return E_OK;
}
/* E[y* | y], out of the logarithm where asked. */
static void predict(const struct work *t, struct contaminated *m, bool logarithm) {
  for (int64_t i = 0; i < t->s->n; i++)
    for (int j = 0; j < m->q; j++) {
      const double y = t->s->x[i * t->s->p + j], shrunk = y - t->residual[i * m->q + j] * m->l / (1 + m->l),
          variance = m->l / (1 + m->l) * m->scatter[j * m->q + j];
      const double right = logarithm ? exp(y) : y, wrong = logarithm ? exp(shrunk + variance / 2) : shrunk;
      m->expected[i * m->q + j] = (1 - m->probability[i]) * right + m->probability[i] * wrong;
    }
}
static enum err_code alloc(struct work *t, struct contaminated *m, struct arena *a, struct err *e) {
  const size_t n = (size_t)t->s->n, q = (size_t)m->q, k = (size_t)m->k;
  m->b = ARENA_ARRAY(a, double, k * q);
  m->scatter = ARENA_ARRAY(a, double, q * q);
  m->probability = ARENA_ARRAY(a, double, n);
  m->expected = ARENA_ARRAY(a, double, n * q);
  t->omega = ARENA_ARRAY(a, double, n);
  t->residual = ARENA_ARRAY(a, double, n * q);
  t->xx = ARENA_ARRAY(a, double, k * k);
  t->l_x = ARENA_ARRAY(a, double, k * k);
  t->l_s = ARENA_ARRAY(a, double, q * q);
  const bool ok = m->b && m->scatter && m->probability && m->expected && t->omega && t->residual && t->xx && t->l_x && t->l_s;
  return ok ? E_OK : ERR(e, E_NO_MEMORY, .subject = "contaminated normal");
}
enum err_code contaminated_fit(struct contaminated *out, struct arena *a, const struct sample *s, int q, bool logarithm, struct err *e) {
  struct work t = {.s = s};
  if (q < 1 || q > s->p || s->p - q + 1 > DENSE_MAX)
    return ERR(e, E_OUTLIER_PARAMETER, .subject = "items", .expected = "one item at least to be judged");
  *out = (struct contaminated){.q = q, .k = s->p - q + 1};
  if (s->n < RECORDS_PER_ITEM * (out->q + out->k))
    return ERR(e, E_OUTLIER_FEW, .subject = "contaminated normal", .expected = "5 complete records for each item and covariate");
  TRY(alloc(&t, out, a, e));
  TRY(iterate(&t, out, e));
  predict(&t, out, logarithm);
  return E_OK;
}
