#include <math.h>

#include "base/ext_gsl.h"
#include "estimators/seasonal/x11_impl.h"

enum { WINDOW_YEARS = 5, NEIGHBOURS = 4 };
struct deviation {
  const struct x11_run *r;
  const double *irregular;
  const double *weight; /* NULL: all count; otherwise those of weight 0 do not */
};
static double root_mean_square(const struct deviation *d, int first, int last) {
  double sum = 0, neutral = x11_neutral(d->r);
  int n = 0;
  for (int i = first; i <= last; i++) {
    if (d->weight && d->weight[i] == 0) continue;
    double x = d->irregular[i] - neutral;
    sum += x * x;
    n++;
  }
  return n ? sqrt(sum / n) : 0;
}

/* Window of five calendar years that judges the value at place p; all places count from the start of a calendar year. */
static void window_of(int p, int first, int last, int period, int *from, int *to) {
  int first_year = first / period * period, full_first = (first + period - 1) / period * period;
  int last_start = (last / period + 1) * period - WINDOW_YEARS * period;
  int full_last = (last + 1) / period * period - WINDOW_YEARS * period;
  int year = p / period * period;
  *from = first;
  *to = last;
  if (full_last < full_first) return;
  if (year < first_year + 3 * period) *to = full_first + WINDOW_YEARS * period - 1;
  else if (year >= last_start + 2 * period) *from = full_last;
  else {
    *from = year - 2 * period;
    *to = *from + WINDOW_YEARS * period - 1;
  }
}
static double sigma_at(const struct deviation *d, const struct seasonal_span *s, int i) {
  int from, to;
  window_of(i + s->at, s->first + s->at, s->last + s->at, s->period, &from, &to);
  return root_mean_square(d, from - s->at, to - s->at);
}
/* Of one calendar month over all years. */
static double sigma_of_month(const struct deviation *d, const struct seasonal_span *s, int month) {
  double sum = 0, neutral = x11_neutral(d->r);
  int n = 0;
  for (int i = s->first; i <= s->last; i++) {
    if (seasonal_month(s, i) != month || (d->weight && d->weight[i] == 0)) continue;
    sum += (d->irregular[i] - neutral) * (d->irregular[i] - neutral);
    n++;
  }
  return n ? sqrt(sum / n) : 0;
}
/* Cochran's test: the largest share of a month in the sum of variances, against the limit that 5 in 100 samples of equal months exceed. */
static bool months_differ(const struct deviation *d, const struct seasonal_span *s, struct x11_result *out) {
  const int years = (s->last - s->first + 1) / s->period;
  double sum = 0, most = 0, low = 0, high = 1e6;
  for (int m = 0; m < s->period; m++) {
    const double v = pow(sigma_of_month(d, s, m), 2);
    sum += v;
    if (v > most) most = v;
  }
  for (int k = 0; k < 200; k++) { /* the F that 0.05/months of samples exceed */
    const double middle = (low + high) / 2;
    if (dist_f_upper(middle, years, (s->period - 1.0) * years) > 0.05 / s->period) low = middle;
    else high = middle;
  }
  out->cochran = sum > 0 ? most / sum : 0;
  out->cochran_limit = 1 / (1 + (s->period - 1) / low);
  return out->cochran > out->cochran_limit;
}
static double weight_of(const struct x11_spec *spec, double deviation, double sigma) {
  if (deviation <= spec->sigma_low * sigma) return 1;
  if (deviation >= spec->sigma_high * sigma) return 0;
  return (spec->sigma_high - deviation / sigma) / (spec->sigma_high - spec->sigma_low);
}
static int end_of_year(const struct seasonal_span *s, int i) {
  int end = (seasonal_year(s, i) + 1) * s->period - s->at - 1;
  return end < s->last ? end : s->last;
}
void x11_weights(const struct x11_run *r, const struct seasonal_span *s, const double *irregular, double *weight) {
  struct deviation d = {r, irregular, NULL};
  double neutral = x11_neutral(r);
  const enum x11_calendar_sigma how = r->spec->calendar_sigma;
  const bool by_month = how == X11_SIGMA_BY_MONTH || (how == X11_SIGMA_IF_UNEQUAL && months_differ(&d, s, r->out));
  r->out->sigma_by_month = by_month;
  for (int pass = 1; pass <= 2; pass++) {
    double *now = pass == 1 ? r->scratch2 : weight;
    for (int i = s->first, end; i <= s->last; i = end + 1) {
      double sigma = by_month ? 0 : sigma_at(&d, s, i);
      end = end_of_year(s, i);
      for (int j = i; j <= end; j++) {
        if (by_month) sigma = sigma_of_month(&d, s, seasonal_month(s, j));
        double x = fabs(irregular[j] - neutral);
        now[j] = pass == 1 ? x <= r->spec->sigma_high * sigma : weight_of(r->spec, x, sigma);
      }
    }
    d.weight = now;
  }
}

/* Sum of up to `most` values of full weight of the same month, going by `step` from i; *n counts them. */
static double gather(const struct seasonal_span *s, const double *value, const double *weight, int i, int step, int skip, int most, int *n) {
  double sum = 0;
  for (int j = i + step; j >= s->first && j <= s->last && *n < most; j += step) {
    if (weight[j] < 1) continue;
    if (skip-- > 0) continue;
    sum += value[j];
    ++*n;
  }
  return sum;
}
static double month_mean(const struct seasonal_span *s, const double *value, int i) {
  double sum = 0;
  int n = 0;
  for (int j = i - (i - s->first) / s->period * s->period; j <= s->last; j += s->period, n++) sum += value[j];
  return sum / n;
}
static double replacement(const struct seasonal_span *s, const double *value, const double *weight, int i) {
  int before = 0, after = 0, more = 0;
  double sum = gather(s, value, weight, i, -s->period, 0, NEIGHBOURS / 2, &before);
  sum += gather(s, value, weight, i, s->period, 0, NEIGHBOURS / 2, &after);
  int missing = NEIGHBOURS - before - after;
  if (before < NEIGHBOURS / 2) sum += gather(s, value, weight, i, s->period, after, missing, &more);
  else if (after < NEIGHBOURS / 2) sum += gather(s, value, weight, i, -s->period, before, missing, &more);
  if (before + after + more < NEIGHBOURS) return month_mean(s, value, i);
  return (sum + weight[i] * value[i]) / (NEIGHBOURS + weight[i]);
}
void x11_replace(const struct seasonal_span *s, const double *value, const double *weight, double *out, double *where) {
  for (int i = s->first; i <= s->last; i++) {
    out[i] = weight[i] < 1 ? replacement(s, value, weight, i) : value[i];
    if (where) where[i] = weight[i] < 1 ? out[i] : NAN;
  }
}
