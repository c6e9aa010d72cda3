/* The search for the parameters and what follows from them. */
#include <math.h>
#include <string.h>

#include "base/ext_gsl_solve.h"
#include "estimators/seasonal/arima_impl.h"

enum { SIMPLEX_STEPS = 600, COARSE_STEPS = 15, ROUNDS = 9, NEWTON_ROUNDS = 12, NEWTON_HALVES = 8 };
static const double start_value = 0.1, simplex_size = 1e-7, first_size = 1e-4, coarse_size = 0.05, least_gain = 1e-6, hessian_step = 1e-4,
                    newton_step = 3e-4, least_step = 1e-6, longest_step = 0.5, near_boundary = 2, at_boundary = 10;

struct search {
  struct arima_work *work;
  int evaluations;
};
static double objective(const double *v, void *context) {
  struct search *s = context;
  double parameter[ARIMA_MOST_PARAMETERS];
  parameters_of(s->work->order, v, parameter);
  s->evaluations++;
  double l = arima_search_likelihood(s->work, parameter);
  return isfinite(l) ? -l : 1e300;
}
/* Values that stand still at the boundary, where the likelihood rises for ever; the others are searched. */
struct moving {
  int n, index[ARIMA_MOST_PARAMETERS];
};
/* Slope and curvature by differences on both sides; false where the place is no bowl. */
static bool bowl(struct search *s, const struct moving *m, const double *v, double at, double *slope, double *curve) {
  double up[ARIMA_MOST_PARAMETERS], down[ARIMA_MOST_PARAMETERS], x[ARIMA_MOST_PARAMETERS];
  const double h = newton_step;
  memcpy(x, v, sizeof x);
  for (int i = 0; i < m->n; i++) {
    const int a = m->index[i];
    x[a] = v[a] + h, up[i] = objective(x, s);
    x[a] = v[a] - h, down[i] = objective(x, s);
    x[a] = v[a];
    slope[i] = (up[i] - down[i]) / (2 * h);
    curve[i * m->n + i] = (up[i] - 2 * at + down[i]) / (h * h);
    for (int j = 0; j < i; j++) {
      const int b = m->index[j];
      x[a] = v[a] + h, x[b] = v[b] + h;
      const double both = objective(x, s);
      x[a] = v[a] - h, x[b] = v[b] - h;
      const double none = objective(x, s);
      x[a] = v[a], x[b] = v[b];
      curve[i * m->n + j] = curve[j * m->n + i] = (both - up[i] - up[j] + 2 * at - down[i] - down[j] + none) / (2 * h * h);
    }
  }
  return invert_positive(curve, (size_t)m->n);
}
/* Newton's steps, halved while they do not lead down; ends where a step is too small to matter. false: left to the simplex. */
static bool newton(struct search *s, const struct moving *m, double *v) {
  double at = objective(v, s);
  for (int round = 0; round < NEWTON_ROUNDS; round++) {
    double slope[ARIMA_MOST_PARAMETERS], curve[ARIMA_MOST_PARAMETERS * ARIMA_MOST_PARAMETERS], step[ARIMA_MOST_PARAMETERS], largest = 0,
        next = HUGE_VAL;
    if (m->n == 0) return true;
    if (!bowl(s, m, v, at, slope, curve)) return false;
    for (int i = 0; i < m->n; i++) {
      step[i] = 0;
      for (int j = 0; j < m->n; j++) step[i] -= curve[i * m->n + j] * slope[j];
      largest = fmax(largest, fabs(step[i]));
    }
    if (!(largest < HUGE_VAL)) return false;
    double share = largest > longest_step ? longest_step / largest : 1, x[ARIMA_MOST_PARAMETERS];
    memcpy(x, v, sizeof x);
    for (int half = 0; half < NEWTON_HALVES; half++, share /= 2) {
      for (int i = 0; i < m->n; i++) x[m->index[i]] = v[m->index[i]] + share * step[i];
      next = objective(x, s);
      if (next <= at) break;
    }
    const bool settled = largest < least_step;
    if (next > at) return settled; /* nothing below: rounding alone is left */
    memcpy(v, x, sizeof x);
    at = next;
    if (settled) return true;
  }
  return false;
}
/* A value near the boundary is put on it if that is no worse, and left there. */
static struct moving pin(struct search *s, int k, double *v) {
  struct moving m = {.n = 0};
  for (int i = 0; i < k; i++) {
    const double was = v[i];
    if (fabs(was) > near_boundary) {
      const double before = objective(v, s);
      v[i] = was > 0 ? at_boundary : -at_boundary;
      if (objective(v, s) <= before) continue;
      v[i] = was;
    }
    m.index[m.n++] = i;
  }
  return m;
}
/* On the floor with some values at the boundary: no value inside may be better. */
static bool holds_at_boundary(struct search *s, const struct moving *m, int k, const double *v) {
  const double at = objective(v, s);
  for (int i = 0, moving = 0; i < k; i++) {
    double x[ARIMA_MOST_PARAMETERS];
    if (moving < m->n && m->index[moving] == i) {
      moving++;
      continue;
    }
    memcpy(x, v, sizeof x);
    for (double inside = near_boundary; inside > near_boundary / 4; inside /= 1.5) {
      x[i] = v[i] > 0 ? inside : -inside;
      if (objective(x, s) < at) return false;
    }
  }
  return true;
}
/* The value nearest to the boundary goes onto it. */
static bool pin_one(struct moving *m, double *v) {
  int largest = 0;
  for (int i = 1; i < m->n; i++)
    if (fabs(v[m->index[i]]) > fabs(v[m->index[largest]])) largest = i;
  if (m->n == 0 || fabs(v[m->index[largest]]) < near_boundary / 2) return false;
  v[m->index[largest]] = v[m->index[largest]] > 0 ? at_boundary : -at_boundary;
  memmove(m->index + largest, m->index + largest + 1, (size_t)(m->n - largest - 1) * sizeof *m->index);
  m->n--;
  return true;
}
static bool quick_search(struct search *s, int k, double *v) {
  double x[ARIMA_MOST_PARAMETERS];
  memcpy(x, v, sizeof x);
  struct moving m = pin(s, k, x);
  do {
    if (newton(s, &m, x) && holds_at_boundary(s, &m, k, x)) return memcpy(v, x, sizeof x), true;
  } while (pin_one(&m, x));
  return false;
}
/* A coarse simplex finds the valley, Newton's steps its floor. Where they fail, the simplex is started again, finer, from its own end until that
 * gains next to nothing: it can collapse on a slope. Where the likelihood grows towards the boundary for ever, a round ends after its last step. */
static bool search_parameters(struct search *s, int k, double *free_value) {
  double before = HUGE_VAL, now = 0;
  for (int i = 0; i < k; i++) free_value[i] = atanh(start_value);
  for (int round = 0; round < ROUNDS && k; round++) {
    const double width = round ? 0.02 : 0.3, size = round == 0 ? coarse_size : round == 1 ? first_size : simplex_size;
    now = minimise_simplex(objective, s, (size_t)k, free_value, width, size, round ? SIMPLEX_STEPS : COARSE_STEPS * k);
    if (round == 0 && quick_search(s, k, free_value)) return true;
    if (fabs(before - now) < least_gain) return true;
    before = now;
  }
  return k == 0;
}

/* Standard errors from the curvature of the log likelihood in the parameters themselves; NaN where it is not a maximum (boundary). */
static double curvature(struct arima_work *w, const double *at, int i, int j, double h) {
  double sum = 0;
  for (int a = -1; a <= 1; a += 2)
    for (int b = -1; b <= 1; b += 2) {
      double v[ARIMA_MOST_PARAMETERS];
      memcpy(v, at, sizeof v);
      v[i] += a * h;
      v[j] += b * h;
      sum += a * b * arima_search_likelihood(w, v);
    }
  return -sum / (4 * h * h);
}
static void parameter_errors(struct arima_work *w, struct arima_fit *out) {
  int k = out->n_parameters;
  double matrix[ARIMA_MOST_PARAMETERS * ARIMA_MOST_PARAMETERS] = {0};
  for (int i = 0; i < k; i++) out->parameter_se[i] = NAN;
  for (int i = 0; i < k; i++)
    for (int j = 0; j <= i; j++) matrix[i * k + j] = matrix[j * k + i] = curvature(w, out->parameter, i, j, hessian_step);
  for (int i = 0; i < k * k; i++)
    if (!isfinite(matrix[i])) return;
  if (!invert_positive(matrix, (size_t)k)) return;
  for (int i = 0; i < k; i++) out->parameter_se[i] = sqrt(matrix[i * k + i]);
}
/* Coefficients' errors: sigma^2 (X'X)^-1 of the whitened regressors. */
static void regression_errors(const struct arima_work *w, struct arima_fit *out) {
  int k = w->ls.k;
  for (int c = 0; c < k; c++) {
    double sum = 0;
    /* row c of R^-1: solve r' z = e_c from below */
    double z[ARIMA_MOST_REGRESSORS];
    for (int j = c; j < k; j++) {
      double x = j == c;
      for (int i = c; i < j; i++) x -= z[i] * w->ls.r[i * k + j];
      z[j] = x / w->ls.r[j * k + j];
      sum += z[j] * z[j];
    }
    out->beta_se[c] = sqrt(sum * out->sigma2);
  }
}
static void criteria(struct arima_fit *out) {
  double p = out->n_parameters + out->n_x + 1, n = out->n_effective;
  out->aic = -2 * out->log_likelihood + 2 * p;
  out->aicc = n > p + 1 ? -2 * out->log_likelihood + 2 * p / (1 - (p + 1) / n) : NAN;
  out->bic = -2 * out->log_likelihood + p * log(n);
}
static enum err_code finish(struct arena *a, struct arima_work *w, struct arima_fit *out, struct err *e) {
  int k = w->ls.k, ahead = w->in->ahead;
  out->beta = ARENA_ARRAY(a, double, k + 1);
  out->beta_se = ARENA_ARRAY(a, double, k + 1);
  out->forecast = ARENA_ARRAY(a, double, ahead + 1);
  out->forecast_se = ARENA_ARRAY(a, double, ahead + 1);
  if (!out->beta || !out->beta_se || !out->forecast || !out->forecast_se) return ERR(e, E_NO_MEMORY, .subject = "ARIMA");
  parameter_errors(w, out);
  out->log_likelihood = arima_likelihood(w, out->parameter); /* last: the factor and the residuals are those of the estimate */
  if (!isfinite(out->log_likelihood)) return ERR(e, k ? E_ARIMA_SINGULAR : E_ARIMA_SEARCH, .line = 0);
  out->log_determinant = w->white.log_determinant;
  out->sigma2 = w->ls.rest / w->n_effective;
  out->residual = w->u;
  for (int j = 0; j < k; j++) out->beta[j] = w->ls.beta[j];
  regression_errors(w, out);
  criteria(out);
  arima_forecast(a, w, out);
  return E_OK;
}
static enum err_code prepare(struct arena *a, const struct arima_order *o, const struct arima_input *in, struct arima_work *w, struct arima_fit *out,
    struct err *e) {
  TRY(arima_work_new(a, o, in, w, e));
  memset(out, 0, sizeof *out);
  out->order = *o;
  out->n_parameters = parameter_count(o);
  out->n_x = in->n_x;
  out->n_effective = w->n_effective;
  return E_OK;
}
enum err_code arima_estimate(struct arena *a, const struct arima_order *o, const struct arima_input *in, struct arima_fit *out, struct err *e) {
  struct arima_work w;
  double free_value[ARIMA_MOST_PARAMETERS] = {0};
  TRY(prepare(a, o, in, &w, out, e));
  struct search s = {&w, 0};
  bool settled = search_parameters(&s, out->n_parameters, free_value);
  parameters_of(o, free_value, out->parameter);
  out->evaluations = s.evaluations;
  return settled ? finish(a, &w, out, e) : ERR(e, E_ARIMA_SEARCH, .line = 0);
}
enum err_code arima_apply(struct arena *a, const struct arima_order *o, const double *parameter, const struct arima_input *in, struct arima_fit *out,
    struct err *e) {
  struct arima_work w;
  TRY(prepare(a, o, in, &w, out, e));
  memcpy(out->parameter, parameter, (size_t)out->n_parameters * sizeof *parameter);
  return finish(a, &w, out, e);
}
