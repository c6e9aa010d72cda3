#include "estimators/estimate/inequality.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/sum.h"
#include "estimators/estimate/quantile.h"

struct view { /* a part of the sample in work */
  const struct inequality_data *d;
  bool domain; /* of_row counts */
};
static bool inside(const struct view *v, int64_t i) {
  return v->d->w[i] > 0 && (!v->d->present || v->d->present[i]) && (!v->domain || !v->d->of_row || v->d->of_row[i] >= 0);
}
static double size_of(const struct view *v) {
  struct sum s = {0, 0};
  for (int64_t i = 0; i < v->d->n; i++)
    if (inside(v, i)) sum_add(&s, v->d->w[i]);
  return sum_result(&s);
}
static double total_of(const struct view *v) {
  struct sum s = {0, 0};
  for (int64_t i = 0; i < v->d->n; i++)
    if (inside(v, i)) sum_add(&s, v->d->w[i] * v->d->y[i]);
  return sum_result(&s);
}
static double bandwidth(const struct view *v, double size) {
  struct sum square = {0, 0};
  const double total = total_of(v);
  for (int64_t i = 0; i < v->d->n; i++)
    if (inside(v, i)) sum_add(&square, v->d->w[i] * v->d->y[i] * v->d->y[i]);
  return sqrt((sum_result(&square) - total * total / size) / size) / pow(size, 0.2);
}
/* sum w m phi((q - y)/h)/h, m = y or 1. */
static double kernel(const struct view *v, double q, double h, bool by_value) {
  struct sum s = {0, 0};
  for (int64_t i = 0; i < v->d->n; i++) {
    const double z = (q - v->d->y[i]) / h;
    if (inside(v, i)) sum_add(&s, v->d->w[i] * (by_value ? v->d->y[i] : 1) * exp(-z * z / 2));
  }
  return sum_result(&s) / (h * sqrt(2 * acos(-1)));
}
static double density(const struct view *v, double q) {
  const double size = size_of(v);
  return kernel(v, q, bandwidth(v, size), false) / size;
}

static enum err_code order(struct arena *a, const struct view *v, struct quantile_order *out, struct err *e) {
  int32_t *of = ARENA_ARRAY(a, int32_t, v->d->n + 1);
  if (!of) return ERR(e, E_NO_MEMORY, .subject = "inequality");
  for (int64_t i = 0; i < v->d->n; i++) of[i] = inside(v, i) ? 0 : -1;
  TRY(quantile_sort(a, v->d->n, v->d->y, v->d->w, of, 0, out, e));
  return out->n ? E_OK : ERR(e, E_EMPTY_DOMAIN, .subject = "inequality");
}
/* Smallest y whose share of weight reaches p. */
static double reaches(const struct quantile_order *o, double p) { return quantile_at(o, p, QUANTILE_MATH); }

/* Influence of the p-quantile q on records of v. */
static void quantile_influence(const struct view *v, double q, double p, double *u) {
  const double size = size_of(v), f = density(v, q);
  for (int64_t i = 0; i < v->d->n; i++) u[i] = inside(v, i) ? -((v->d->y[i] <= q) - p) / (size * f) : 0;
}

/* --- thresholds and shares --- */
struct poverty {
  double threshold, rate, median, *of_threshold, *of_rate;
};
static enum err_code threshold(struct arena *a, const struct inequality_spec *s, const struct inequality_data *d, struct poverty *p, struct err *e) {
  const struct view whole = {d, false};
  struct quantile_order o;
  TRY(order(a, &whole, &o, e));
  const double q = reaches(&o, s->quantile);
  p->threshold = s->percent * q;
  p->of_threshold = ARENA_ARRAY(a, double, d->n + 1);
  if (!p->of_threshold) return ERR(e, E_NO_MEMORY, .subject = "inequality");
  quantile_influence(&whole, q, s->quantile, p->of_threshold);
  for (int64_t i = 0; i < d->n; i++) p->of_threshold[i] *= s->percent;
  return E_OK;
}
static enum err_code rate(struct arena *a, const struct inequality_data *d, bool below, struct poverty *p, struct err *e) {
  const double line = below ? nextafter(p->threshold, -INFINITY) : p->threshold; /* y below the line = y at or below the number before it */
  const struct view own = {d, true};
  const double size = size_of(&own), f = density(&own, p->threshold);
  struct sum poor = {0, 0};
  p->of_rate = ARENA_ARRAY(a, double, d->n + 1);
  if (!p->of_rate) return ERR(e, E_NO_MEMORY, .subject = "inequality");
  for (int64_t i = 0; i < d->n; i++)
    if (inside(&own, i) && d->y[i] <= line) sum_add(&poor, d->w[i]);
  p->rate = sum_result(&poor) / size;
  for (int64_t i = 0; i < d->n; i++) p->of_rate[i] = (inside(&own, i) ? ((d->y[i] <= line) - p->rate) / size : 0) + f * p->of_threshold[i];
  return E_OK;
}
static enum err_code poor_median(struct arena *a, const struct inequality_data *d, struct poverty *p, double *u, struct err *e) {
  const struct view own = {d, true};
  struct quantile_order o;
  TRY(order(a, &own, &o, e));
  p->median = reaches(&o, p->rate / 2);
  const double f = density(&own, p->median), size = size_of(&own);
  for (int64_t i = 0; i < d->n; i++) u[i] = (0.5 * p->of_rate[i] - (inside(&own, i) ? ((d->y[i] <= p->median) - 0.5 * p->rate) / size : 0)) / f;
  return E_OK;
}

/* --- Gini --- */
static enum err_code gini(
    struct arena *a, const struct inequality_spec *s, const struct inequality_data *d, double *value, double *u, struct err *e) {
  const struct view own = {d, true};
  struct quantile_order o;
  TRY(order(a, &own, &o, e));
  const double n = size_of(&own), y = total_of(&own);
  struct sum t1 = {0, 0}, squares = {0, 0}, part = {0, 0};
  double *below = ARENA_ARRAY(a, double, o.n + 1); /* cumulated w y */
  if (!below) return ERR(e, E_NO_MEMORY, .subject = "Gini");
  for (int64_t k = 0; k < o.n; k++) {
    sum_add(&t1, o.cumulated[k] * o.w[k] * o.x[k]);
    sum_add(&squares, o.w[k] * o.w[k] * o.x[k]);
    sum_add(&part, o.w[k] * o.x[k]);
    below[k] = sum_result(&part);
  }
  const double t = sum_result(&t1);
  *value = s->kind == INEQUALITY_GINI ? (2 * t - y) / (n * y) - 1 : (2 * t - sum_result(&squares)) / (n * y) - 1;
  /* Records of equal y share one place in the order: the sums up to and with all of them. */
  for (int64_t i = 0; i < d->n; i++) {
    int64_t low = 0, high = o.n;
    u[i] = 0;
    if (!inside(&own, i)) continue;
    while (low < high) {
      const int64_t mid = (low + high) / 2;
      if (o.x[mid] <= d->y[i]) low = mid + 1;
      else high = mid;
    }
    u[i] = (2 * (y - below[low - 1] + d->w[i] * d->y[i] + o.cumulated[low - 1] * d->y[i]) - d->y[i]) / (y * n) - (2 * t - y) * d->y[i] / (y * y * n)
        - (2 * t - y) / (y * n * n);
  }
  return E_OK;
}

static enum err_code share_ratio(
    struct arena *a, const struct inequality_spec *s, const struct inequality_data *d, double *value, double *u, struct err *e) {
  const struct view own = {d, true};
  struct quantile_order o;
  TRY(order(a, &own, &o, e));
  const double low = reaches(&o, s->alpha), high = reaches(&o, 1 - s->alpha), size = size_of(&own), h = bandwidth(&own, size);
  struct sum poorest = {0, 0}, richest = {0, 0};
  for (int64_t i = 0; i < d->n; i++) {
    if (!inside(&own, i)) continue;
    if (d->y[i] <= low) sum_add(&poorest, d->w[i] * d->y[i]);
    if (d->y[i] > high) sum_add(&richest, d->w[i] * d->y[i]);
  }
  double *of_low = ARENA_ARRAY(a, double, d->n + 1), *of_high = ARENA_ARRAY(a, double, d->n + 1);
  if (!of_low || !of_high) return ERR(e, E_NO_MEMORY, .subject = "quintile ratio");
  quantile_influence(&own, low, s->alpha, of_low);
  quantile_influence(&own, high, 1 - s->alpha, of_high);
  const double s20 = sum_result(&poorest), s80 = sum_result(&richest), at_low = kernel(&own, low, h, true), at_high = kernel(&own, high, h, true);
  if (s20 == 0) return ERR(e, E_EMPTY_DOMAIN, .subject = "income of the poorest");
  *value = s80 / s20;
  for (int64_t i = 0; i < d->n; i++) {
    u[i] = 0;
    if (!inside(&own, i)) continue;
    const double bottom = (d->y[i] <= low) * d->y[i] + at_low * of_low[i], top = (d->y[i] > high) * d->y[i] - at_high * of_high[i];
    u[i] = top / s20 - s80 / (s20 * s20) * bottom;
  }
  return E_OK;
}

/* Mean of a power of the gap; a line that rests on the sample adds its own influence times the derivative. */
static enum err_code gaps(const struct inequality_spec *s, const struct inequality_data *d, const struct poverty *p, double *value, double *u) {
  const struct view own = {d, true};
  const double size = size_of(&own), t = s->fixed_line ? s->line : p->threshold, g = s->alpha;
  struct sum total = {0, 0}, slope = {0, 0};
  for (int64_t i = 0; i < d->n; i++) {
    if (!inside(&own, i) || d->y[i] > t) continue;
    sum_add(&total, d->w[i] * (g == 0 ? 1 : pow((t - d->y[i]) / t, g)));
    if (g > 0) sum_add(&slope, d->w[i] * g * pow((t - d->y[i]) / t, g - 1) * d->y[i] / (t * t));
  }
  *value = sum_result(&total) / size;
  const double by_line = s->fixed_line ? 0 : g > 0 ? sum_result(&slope) / size : density(&own, t);
  for (int64_t i = 0; i < d->n; i++) {
    const double h = d->y[i] > t ? 0 : g == 0 ? 1 : pow((t - d->y[i]) / t, g);
    u[i] = (inside(&own, i) ? (h - *value) / size : 0) + (s->fixed_line ? 0 : by_line * p->of_threshold[i]);
  }
  return E_OK;
}

/* --- entropy and Atkinson: smooth functions of means --- */
static double f_of(const struct inequality_spec *s, double y) {
  const double a = s->alpha;
  if (s->kind == INEQUALITY_ATKINSON) return a == 1 ? log(y) : pow(y, 1 - a);
  return a == 0 ? log(y) : a == 1 ? y * log(y) : pow(y, a);
}
static enum err_code entropy(const struct inequality_spec *s, const struct inequality_data *d, double *value, double *u, struct err *e) {
  const struct view own = {d, true};
  const double n = size_of(&own), mean = total_of(&own) / n, a = s->alpha;
  struct sum total = {0, 0};
  char place[48];
  for (int64_t i = 0; i < d->n; i++) {
    if (!inside(&own, i)) continue;
    snprintf(place, sizeof place, "row %lld", (long long)i + 1);
    if (!(d->y[i] > 0)) return ERR(e, E_STATISTIC_DOMAIN, .subject = place, .expected = "an income above 0");
    sum_add(&total, d->w[i] * f_of(s, d->y[i]));
  }
  const double f = sum_result(&total) / n;
  double by_mean, by_f;
  if (s->kind == INEQUALITY_ATKINSON) {
    const double level = a == 1 ? exp(f) : pow(f, 1 / (1 - a));
    *value = 1 - level / mean, by_mean = level / (mean * mean), by_f = a == 1 ? -level / mean : -level / (mean * f * (1 - a));
  } else if (a == 0) *value = log(mean) - f, by_mean = 1 / mean, by_f = -1;
  else if (a == 1) *value = f / mean - log(mean), by_mean = -f / (mean * mean) - 1 / mean, by_f = 1 / mean;
  else *value = (f / pow(mean, a) - 1) / (a * (a - 1)), by_mean = -f / (pow(mean, a + 1) * (a - 1)), by_f = 1 / (pow(mean, a) * a * (a - 1));
  for (int64_t i = 0; i < d->n; i++) u[i] = inside(&own, i) ? (by_mean * (d->y[i] - mean) + by_f * (f_of(s, d->y[i]) - f)) / n : 0;
  return E_OK;
}

static enum err_code measure(
    struct arena *a, const struct inequality_spec *s, const struct inequality_data *d, double *value, double *u, struct err *e) {
  struct poverty p = {0};
  if (s->kind == INEQUALITY_GINI || s->kind == INEQUALITY_GINI_EUROSTAT) return gini(a, s, d, value, u, e);
  if (s->kind == INEQUALITY_QSR) return share_ratio(a, s, d, value, u, e);
  if (s->kind == INEQUALITY_GEI || s->kind == INEQUALITY_ATKINSON) return entropy(s, d, value, u, e);
  if (s->kind != INEQUALITY_FGT || !s->fixed_line) TRY(threshold(a, s, d, &p, e));
  if (s->kind == INEQUALITY_FGT) return gaps(s, d, &p, value, u);
  if (s->kind == INEQUALITY_ARPT) {
    *value = p.threshold;
    memcpy(u, p.of_threshold, sizeof *u * (size_t)d->n);
    return E_OK;
  }
  TRY(rate(a, d, s->kind == INEQUALITY_ARPR_BELOW, &p, e));
  if (s->kind == INEQUALITY_ARPR || s->kind == INEQUALITY_ARPR_BELOW) {
    *value = p.rate;
    memcpy(u, p.of_rate, sizeof *u * (size_t)d->n);
    return E_OK;
  }
  TRY(poor_median(a, d, &p, u, e));
  *value = s->kind == INEQUALITY_RMPG ? (p.threshold - p.median) / p.threshold : p.median;
  for (int64_t i = 0; s->kind == INEQUALITY_RMPG && i < d->n; i++)
    u[i] = p.median / (p.threshold * p.threshold) * p.of_threshold[i] - u[i] / p.threshold;
  return E_OK;
}
enum err_code inequality(struct arena *a, const struct inequality_spec *s, const struct inequality_data *d, double *value, double *u, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  enum err_code code = measure(a, s, d, value, u, e);
  arena_reset(a, mark);
  return code;
}
