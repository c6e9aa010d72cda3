/* Orders, polynomials and the map from free values to parameters. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "estimators/seasonal/arima_impl.h"

enum err_code arima_order_parse(const char *text, int period, struct arima_order *out, struct err *e) {
  int used = 0;
  struct arima_order o = {.period = period};
  int got = sscanf(text, " (%d%*[ ,]%d%*[ ,]%d) (%d%*[ ,]%d%*[ ,]%d)%n", &o.p, &o.d, &o.q, &o.sp, &o.sd, &o.sq, &used);
  bool plain = got == 3 && sscanf(text, " (%*d%*[ ,]%*d%*[ ,]%*d)%n", &used) == 0 && used > 0;
  while (text[used] && isspace((unsigned char)text[used])) used++;
  bool small = o.p >= 0 && o.d >= 0 && o.q >= 0 && o.sp >= 0 && o.sd >= 0 && o.sq >= 0 && o.d + o.sd <= 3 && o.p <= 6 && o.q <= 6 && o.sp <= 2
               && o.sq <= 2 && o.sd <= 1;
  if (!(got == 6 || plain) || text[used] || !small || parameter_count(&o) > ARIMA_MOST_PARAMETERS || o.p + period * o.sp > ARIMA_MOST_LAGS
      || o.q + period * o.sq > ARIMA_MOST_LAGS)
    return ERR(e, E_ARIMA_ORDER, .subject = text, .expected = "(p d q)(P D Q) with p, q <= 6, P, Q <= 2, D <= 1, d + D <= 3");
  *out = o;
  return E_OK;
}
int arima_order_lost(const struct arima_order *o) { return o->d + o->period * o->sd; }
int parameter_count(const struct arima_order *o) { return o->p + o->sp + o->q + o->sq; }

/* (1 - sum a_i B^i)(1 - sum b_j B^(s j)) = 1 - sum out_k B^k */
static int multiply(const double *a, int na, const double *b, int nb, int s, double *out) {
  int degree = na + s * nb;
  for (int k = 0; k <= degree; k++) out[k] = 0;
  for (int i = 1; i <= na; i++) out[i] += a[i - 1];
  for (int j = 1; j <= nb; j++) {
    out[s * j] += b[j - 1];
    for (int i = 1; i <= na; i++) out[s * j + i] -= b[j - 1] * a[i - 1];
  }
  return degree;
}
void polynomials_of(const struct arima_order *o, const double *v, struct polynomials *out) {
  memset(out, 0, sizeof *out);
  out->r = multiply(v, o->p, v + o->p, o->sp, o->period, out->ar);
  out->q = multiply(v + o->p + o->sp, o->q, v + o->p + o->sp + o->q, o->sq, o->period, out->ma);
  for (int k = 0; k <= out->q; k++) out->ma[k] = -out->ma[k];
  out->ma[0] = 1;
  out->m = out->r > out->q ? out->r : out->q;
}

/* As near to the unit circle as a likelihood can still tell apart. */
static const double farthest = 10;
/* Partial autocorrelations to coefficients (Durbin-Levinson). */
static void from_partials(const double *free_value, int k, double *out) {
  double before[ARIMA_MOST_PARAMETERS];
  for (int i = 0; i < k; i++) {
    double partial = tanh(fmax(-farthest, fmin(farthest, free_value[i])));
    memcpy(before, out, (size_t)i * sizeof *before);
    for (int j = 0; j < i; j++) out[j] = before[j] - partial * before[i - 1 - j];
    out[i] = partial;
  }
}
void parameters_of(const struct arima_order *o, const double *free_value, double *out) {
  const int size[4] = {o->p, o->sp, o->q, o->sq};
  for (int g = 0, at = 0; g < 4; at += size[g++]) from_partials(free_value + at, size[g], out + at);
}

void difference_weights(const struct arima_order *o, double *d) {
  int degree = 0, step;
  double poly[ARIMA_MOST_LAGS + 1] = {1}, next[ARIMA_MOST_LAGS + 1];
  for (int t = 0; t < o->d + o->sd; t++, degree += step) {
    step = t < o->d ? 1 : o->period;
    for (int k = 0; k <= degree + step; k++) next[k] = (k <= degree ? poly[k] : 0) - (k >= step ? poly[k - step] : 0);
    memcpy(poly, next, sizeof poly);
  }
  for (int k = 1; k <= degree; k++) d[k] = -poly[k];
  d[0] = 0;
}
void difference(const struct arima_order *o, const double *in, int n, double *out) {
  double d[ARIMA_MOST_LAGS + 1] = {0};
  int lost = arima_order_lost(o);
  difference_weights(o, d);
  for (int i = lost; i < n; i++) {
    double x = in[i];
    for (int k = 1; k <= lost; k++)
      if (d[k] != 0) x -= d[k] * in[i - k];
    out[i - lost] = x;
  }
}
