#include "estimators/vital/life_q.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static enum err_code at_age(enum err_code code, int64_t age, const char *expected, struct err *e) {
  char text[32];
  snprintf(text, sizeof text, "%lld", (long long)age);
  return ERR(e, code, .subject = text, .expected = expected);
}

/* --- from deaths and people --- */
enum err_code life_q_lexis(const struct life_lexis *x, double *q, struct err *e) {
  if (x->people <= 0 || x->people_after < 0) return at_age(E_VITAL_NO_POPULATION, x->age, "people on both 1 Januaries", e);
  if (x->deaths_lower < 0 || x->deaths_upper < 0 || x->deaths_upper > x->people) return at_age(E_VITAL_LEXIS, x->age, "D_upper within P", e);
  const double entered = (double)x->people_after + (double)x->deaths_lower, people = (double)x->people;
  if (!(entered > 0)) return at_age(E_VITAL_LEXIS, x->age, "people who turn this age", e);
  *q = 1 - (double)x->people_after / entered * ((people - (double)x->deaths_upper) / people);
  return E_OK;
}
double life_mid_year(double october, double october_before) { return october + 0.25 * (october_before - october); }
enum err_code life_q_central(int64_t age, double deaths, double people_mid_year, double *q, struct err *e) {
  if (!(people_mid_year > 0)) return at_age(E_VITAL_NO_POPULATION, age, "people of the middle of the year", e);
  const double m = deaths / people_mid_year;
  if (!(m >= 0 && m <= 2)) return at_age(E_LIFE_TABLE_INPUT, age, "a death rate of 0 to 2", e);
  *q = m / (1 + m / 2);
  return E_OK;
}

/* --- graduation --- */
const double life_greville[5] = {0.331140, 0.266557, 0.118470, -0.009873, -0.040724};
static double graduated(const double *y, int x) {
  double sum = life_greville[0] * y[x];
  for (int k = 1; k < 5; k++) sum += life_greville[k] * (y[x - k] + y[x + k]);
  return sum;
}
static bool positive(const double *q, int x) {
  for (int k = -4; k <= 4; k++)
    if (!(q[x + k] > 0)) return false;
  return true;
}
enum err_code life_graduate(const double *q, int n, int from, bool log_scale, double *out, struct err *e) {
  double y[256];
  if (n < 10 || n > 256 || from < 5) return at_age(E_LIFE_TABLE_INPUT, from, "at least 10 ages, graduated from 5 or later", e);
  for (int x = 0; x < n; x++) {
    if (!(q[x] >= 0 && q[x] <= 1)) return at_age(E_LIFE_TABLE_INPUT, x, "q of 0 to 1", e);
    y[x] = !log_scale ? q[x] : q[x] > 0 ? log(q[x]) : 0;
    out[x] = q[x];
  }
  for (int x = from; x + 4 < n; x++) {
    if (log_scale && !positive(q, x)) continue;
    const double v = graduated(y, x), smooth = log_scale ? exp(v) : v;
    out[x] = smooth < 0 ? 0 : smooth > 1 ? 1 : smooth;
  }
  return E_OK;
}

/* --- the curve --- */
double life_curve_q(const struct life_curve *k, double age) { return -expm1(-(k->A + k->B * pow(k->c, age))); }

struct fit {
  const double *y, *w;
  int from, n;
};
/* Least squares of A and B for one c; the sum of squares. Ages are counted from `from` so that the powers stay near 1. */
static double linear(const struct fit *f, double c, double *A, double *B) {
  double s = 0, sx = 0, sy = 0, sxx = 0, sxy = 0, rest = 0;
  for (int i = 0; i < f->n; i++) {
    const double x = pow(c, i), w = f->w ? f->w[i] : 1;
    s += w, sx += w * x, sy += w * f->y[i];
  }
  const double mx = sx / s, my = sy / s;
  for (int i = 0; i < f->n; i++) {
    const double x = pow(c, i) - mx, w = f->w ? f->w[i] : 1;
    sxx += w * x * x, sxy += w * x * (f->y[i] - my);
  }
  *B = sxx > 0 ? sxy / sxx : 0;
  *A = my - *B * mx;
  for (int i = 0; i < f->n; i++) {
    const double r = f->y[i] - *A - *B * pow(c, i);
    rest += (f->w ? f->w[i] : 1) * r * r;
  }
  return rest;
}
/* c by the sums of three blocks; 0 = the blocks do not rise. */
static double king_hardy(const struct fit *f) {
  const int n = f->n / 3;
  double s[3] = {0, 0, 0};
  for (int i = 0; i < 3 * n; i++) s[i / n] += f->y[i];
  const double first = s[1] - s[0], second = s[2] - s[1];
  return first > 0 && second > 0 ? pow(second / first, 1.0 / n) : 0;
}
enum { CURVE_STEPS = 120 };
static const double least_log = 0.0005, most_log = 0.35; /* of log c: a curve that is almost straight, and one far steeper than any table */
static double refine(const struct fit *f, double start) {
  double A, B, best = start > 1 ? log(start) : 0.05, least = linear(f, exp(best), &A, &B);
  const double step = (most_log - least_log) / CURVE_STEPS, golden = 0.6180339887498949;
  for (int i = 0; i <= CURVE_STEPS; i++) {
    const double at = least_log + step * i, r = linear(f, exp(at), &A, &B);
    if (r < least) least = r, best = at;
  }
  double low = best - step < least_log ? least_log : best - step, high = best + step > most_log ? most_log : best + step;
  for (int i = 0; i < 90; i++) {
    const double a = high - golden * (high - low), b = low + golden * (high - low);
    if (linear(f, exp(a), &A, &B) < linear(f, exp(b), &A, &B)) high = b;
    else low = a;
  }
  return exp((low + high) / 2);
}
enum err_code life_curve_fit(const double *q, int n, int from, int n_fit, const double *weights, struct life_curve *out, struct err *e) {
  double y[256], A, B;
  if (from < 0 || n_fit < 6 || n_fit > 256 || from + n_fit > n) return at_age(E_VITAL_OLD_AGE, from, "at least 6 ages", e);
  for (int i = 0; i < n_fit; i++) {
    if (!(q[from + i] >= 0 && q[from + i] < 1)) return at_age(E_VITAL_OLD_AGE, from + i, "q below 1", e);
    if (weights && !(weights[i] >= 0)) return at_age(E_VITAL_OLD_AGE, from + i, "a weight of 0 or more", e);
    y[i] = -log1p(-q[from + i]);
  }
  const struct fit f = {y, weights, from, n_fit};
  const double c = refine(&f, king_hardy(&f));
  linear(&f, c, &A, &B);
  if (!(B * (pow(c, n_fit - 1) - 1) > 1e-9) || !isfinite(A)) return at_age(E_VITAL_OLD_AGE, from, "q that rises with age", e);
  *out = (struct life_curve){.from = from, .A = A, .B = B * pow(c, -from), .c = c};
  for (int i = 0; i < n_fit; i++) {
    const double off = fabs(life_curve_q(out, from + i) - q[from + i]);
    if (off > out->worst) out->worst = off;
  }
  return E_OK;
}
