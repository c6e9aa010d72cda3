#include "estimators/weight/calibrate.h"

#include <math.h>
#include <string.h>

#include "base/sum.h"

enum { STEPS = 100, HALVINGS = 30, HINT_ROUNDS = 24 };
static const double MOST_EXPONENT = 700;

struct fit {
  const struct calibration_spec *s;
  int p;
  double *lambda, *trial, *step, *reached, *g, *slope, *normal;
  double worst;
};

/* F and its derivative at u. */
static double distance(const struct calibration_spec *s, int64_t i, double u, double *slope) {
  const double low = s->low_each ? s->low_each[i] : s->low, high = s->high_each ? s->high_each[i] : s->high;
  double f, a;
  switch (s->method) {
    case CALIBRATE_LINEAR: *slope = 1; return 1 + u;
    case CALIBRATE_TRUNCATED:
      f = 1 + u;
      *slope = f > low && f < high ? 1 : 0;
      return f < low ? low : f > high ? high : f;
    case CALIBRATE_RAKING:
      f = exp(u > MOST_EXPONENT ? MOST_EXPONENT : u < -MOST_EXPONENT ? -MOST_EXPONENT : u);
      *slope = f;
      if (!s->bounded || (f >= low && f <= high)) return f;
      *slope = 0;
      return f < low ? low : high;
    case CALIBRATE_LOGIT:
      a = (high - low) / ((1 - low) * (high - 1));
      u *= a;
      f = exp(u > MOST_EXPONENT ? MOST_EXPONENT : u < -MOST_EXPONENT ? -MOST_EXPONENT : u);
      f = (low * (high - 1) + high * (1 - low) * f) / ((high - 1) + (1 - low) * f);
      *slope = a * (f - low) * (high - f) / (high - low);
      return f;
  }
  *slope = 0;
  return 1;
}

static double miss(double total, double reached) { return fabs(total - reached) / (1 + fabs(total)); }

/* g, slopes and reached totals at lambda; returns the worst miss, infinite when a figure is not finite. */
static enum err_code look(struct arena *a, struct fit *f, const double *lambda, double *worst, struct err *e) {
  const struct calibration_spec *s = f->s;
  struct arena_mark mark = arena_mark(a);
  double *w = ARENA_ARRAY(a, double, s->x->n + 1);
  if (!w) return ERR(e, E_NO_MEMORY, .subject = "calibration");
  for (int64_t i = 0; i < s->x->n; i++) {
    const double sigma2 = s->sigma2 ? s->sigma2[i] : 1;
    f->g[i] = distance(s, i, auxiliary_dot(s->x, i, lambda) / sigma2, &f->slope[i]);
    f->slope[i] *= s->d[i] / sigma2;
    w[i] = s->d[i] * f->g[i];
  }
  TRY(auxiliary_totals(a, s->x, w, f->reached, e));
  *worst = 0;
  for (int k = 0; k < f->p; k++) {
    const double m = miss(s->total[k], f->reached[k]);
    *worst = isfinite(m) ? fmax(*worst, m) : INFINITY;
  }
  arena_reset(a, mark);
  return E_OK;
}

/* One Newton step with halvings; *moved false = no nearer point along it. */
static enum err_code newton(struct arena *a, struct fit *f, struct calibration *out, bool *moved, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  struct factorised l;
  double length = 1, worst = INFINITY;
  auxiliary_normal(f->s->x, f->slope, f->normal);
  TRY(auxiliary_factorise(a, f->p, f->normal, &l, e));
  out->n_redundant = l.n_redundant;
  memcpy(out->redundant, l.redundant, (size_t)f->p);
  for (int k = 0; k < f->p; k++) f->step[k] = f->s->total[k] - f->reached[k];
  auxiliary_solve(&l, f->step, f->step);
  *moved = false;
  for (int half = 0; half < HALVINGS && !*moved; half++, length /= 2) {
    for (int k = 0; k < f->p; k++) f->trial[k] = f->lambda[k] + length * f->step[k];
    TRY(look(a, f, f->trial, &worst, e));
    *moved = worst < f->worst;
  }
  if (*moved) {
    memcpy(f->lambda, f->trial, sizeof *f->trial * (size_t)f->p);
    f->worst = worst;
  } else {
    TRY(look(a, f, f->lambda, &f->worst, e));
  }
  arena_reset(a, mark);
  return E_OK;
}

static enum err_code check(const struct calibration_spec *s, int p, struct err *e) {
  const bool bounded = s->bounded || s->method == CALIBRATE_TRUNCATED || s->method == CALIBRATE_LOGIT;
  if (p < 1 || p > AUXILIARY_MOST || s->x->n < 1) return ERR(e, E_CALIBRATION_SPEC, .subject = "number of margins or records");
  if (bounded && !s->low_each && !(s->low < 1 && s->high > 1 && (s->method != CALIBRATE_LOGIT || s->low >= 0)))
    return ERR(e, E_CALIBRATION_SPEC, .subject = "bounds", .expected = "low < 1 < high");
  for (int64_t i = 0; i < s->x->n; i++) {
    if (!(s->d[i] >= 0)) return ERR(e, E_CALIBRATION_SPEC, .subject = "a weight below 0");
    if (s->sigma2 && !(s->sigma2[i] > 0)) return ERR(e, E_CALIBRATION_SPEC, .subject = "sigma2 not above 0");
  }
  for (int k = 0; k < p; k++)
    if (!isfinite(s->total[k])) return ERR(e, E_CALIBRATION_SPEC, .subject = "a total that is no number");
  return E_OK;
}

static enum err_code solve(struct arena *a, const struct calibration_spec *s, struct fit *f, struct calibration *out, struct err *e) {
  const double tolerance = s->tolerance > 0 ? s->tolerance : 1e-10;
  const int most = s->max_steps > 0 ? s->max_steps : STEPS;
  bool moved = true;
  if (s->start) memcpy(f->lambda, s->start, sizeof *f->lambda * (size_t)f->p);
  TRY(look(a, f, f->lambda, &f->worst, e));
  for (out->steps = 0; out->steps < most && f->worst > tolerance && moved; out->steps++) TRY(newton(a, f, out, &moved, e));
  out->worst = f->worst;
  out->converged = f->worst <= tolerance;
  return E_OK;
}

static enum err_code new_fit(struct arena *a, const struct calibration_spec *s, int p, struct fit *f, struct calibration *out, struct err *e) {
  *f = (struct fit){.s = s,
      .p = p,
      .lambda = ARENA_ARRAY(a, double, p),
      .trial = ARENA_ARRAY(a, double, p),
      .step = ARENA_ARRAY(a, double, p),
      .reached = ARENA_ARRAY(a, double, p),
      .g = ARENA_ARRAY(a, double, s->x->n),
      .slope = ARENA_ARRAY(a, double, s->x->n),
      .normal = ARENA_ARRAY(a, double, (int64_t)p *p)};
  *out = (struct calibration){.w = ARENA_ARRAY(a, double, s->x->n),
      .redundant = ARENA_ARRAY(a, uint8_t, p),
      .unmet = ARENA_ARRAY(a, uint8_t, p),
      .g = f->g,
      .lambda = f->lambda,
      .reached = f->reached};
  if (!f->lambda || !f->trial || !f->step || !f->reached || !f->g || !f->slope || !f->normal || !out->w || !out->redundant || !out->unmet)
    return ERR(e, E_NO_MEMORY, .subject = "calibration");
  return E_OK;
}

static void report(const struct calibration_spec *s, const struct fit *f, struct calibration *out) {
  const bool bounded = s->bounded || s->method == CALIBRATE_TRUNCATED || s->method == CALIBRATE_LOGIT;
  const double tolerance = s->tolerance > 0 ? s->tolerance : 1e-10;
  out->smallest_g = INFINITY, out->largest_g = -INFINITY;
  for (int64_t i = 0; i < s->x->n; i++) {
    out->w[i] = s->d[i] * f->g[i];
    if (s->d[i] == 0) continue;
    out->smallest_g = fmin(out->smallest_g, f->g[i]), out->largest_g = fmax(out->largest_g, f->g[i]);
    out->n_negative += out->w[i] < 0;
    out->n_at_bound += bounded && (f->g[i] <= (s->low_each ? s->low_each[i] : s->low) || f->g[i] >= (s->high_each ? s->high_each[i] : s->high));
  }
  for (int k = 0; k < f->p; k++) {
    out->unmet[k] = !(miss(s->total[k], f->reached[k]) <= tolerance);
    out->n_unmet += out->unmet[k];
  }
}

/* The narrowest 1 -+ t that reaches the totals, by bisection. */
static enum err_code find_hint(struct arena *a, const struct calibration_spec *s, int p, struct calibration *out, struct err *e) {
  double low = 0, high = 1;
  struct arena_mark mark = arena_mark(a);
  for (int round = 0; round < HINT_ROUNDS; round++) {
    struct calibration_spec wider = *s;
    struct calibration trial;
    struct fit f;
    const double t = out->has_hint ? (low + high) / 2 : high;
    wider.low = s->method == CALIBRATE_LOGIT || s->low >= 0 ? fmax(0, 1 - t) : 1 - t, wider.high = 1 + t, wider.start = NULL, wider.bounded = true;
    TRY(new_fit(a, &wider, p, &f, &trial, e));
    TRY(solve(a, &wider, &f, &trial, e));
    arena_reset(a, mark);
    if (trial.converged) out->has_hint = true, high = t, out->hint_low = wider.low, out->hint_high = wider.high;
    else if (out->has_hint) low = t;
    else low = high, high *= 2;
    if (out->has_hint && high - low < 1e-3) break;
  }
  return E_OK;
}

enum err_code calibrate(struct arena *a, const struct calibration_spec *s, struct calibration *out, struct err *e) {
  const int p = auxiliary_columns(s->x);
  struct fit f;
  TRY(check(s, p, e));
  TRY(new_fit(a, s, p, &f, out, e));
  TRY(solve(a, s, &f, out, e));
  report(s, &f, out);
  if (!out->converged && s->hint && (s->bounded || s->method == CALIBRATE_TRUNCATED || s->method == CALIBRATE_LOGIT)) TRY(find_hint(a, s, p, out, e));
  return E_OK;
}
