/* Tests of seasonality on the unmodified SI ratios (D8). */
#include <math.h>
#include <stdlib.h>

#include "base/ext_gsl.h"
#include "estimators/seasonal/x11_quality_impl.h"

static double square(double x) { return x * x; }
/* One-way analysis of variance: between months against within. */
struct x11_test x11_stable_test(const struct quality_view *v, const double *si) {
  double month_sum[12] = {0}, total = 0, between = 0, within = 0;
  int count[12] = {0}, n = v->last - v->first + 1, period = v->period;
  for (int i = v->first; i <= v->last; i++) {
    month_sum[(i + v->at) % period] += si[i];
    count[(i + v->at) % period]++;
    total += si[i];
  }
  for (int m = 0; m < period; m++) between += count[m] * square(month_sum[m] / count[m] - total / n);
  for (int i = v->first; i <= v->last; i++) {
    int m = (i + v->at) % period;
    within += square(si[i] - month_sum[m] / count[m]);
  }
  struct x11_test t = {.df1 = period - 1, .df2 = n - period};
  t.statistic = between / t.df1 / (within / t.df2);
  t.probability = dist_f_upper(t.statistic, t.df1, t.df2);
  return t;
}
/* Two-way analysis (months, years) of |SI - 1| over full calendar years: do the years differ? */
struct x11_test x11_moving_test(const struct quality_view *v, const double *si) {
  int period = v->period, first = (v->first + v->at + period - 1) / period * period - v->at;
  int years = (v->last - first + 1) / period;
  struct x11_test t = {NAN, NAN, 0, 0};
  if (years < 2) return t;
  double total = 0, rows = 0, residual = 0, month[12] = {0};
  for (int i = first; i < first + years * period; i++) {
    total += fabs(si[i] - v->neutral);
    month[(i - first) % period] += fabs(si[i] - v->neutral) / years;
  }
  double mean = total / (years * period);
  for (int y = 0; y < years; y++) {
    double year = 0;
    for (int m = 0; m < period; m++) year += fabs(si[first + y * period + m] - v->neutral) / period;
    rows += period * square(year - mean);
    for (int m = 0; m < period; m++) residual += square(fabs(si[first + y * period + m] - v->neutral) - year - month[m] + mean);
  }
  t.df1 = years - 1;
  t.df2 = (years - 1) * (period - 1);
  t.statistic = rows / t.df1 / (residual / t.df2);
  t.probability = dist_f_upper(t.statistic, t.df1, t.df2);
  return t;
}

struct ranked {
  double value;
  int month;
};
static int by_value(const void *a, const void *b) {
  const struct ranked *x = a, *y = b;
  return x->value < y->value ? -1 : x->value > y->value ? 1 : x->month - y->month;
}
/* Kruskal-Wallis over months; ties share their mean rank. */
struct x11_test x11_rank_test(struct arena *a, const struct quality_view *v, const double *si) {
  int n = v->last - v->first + 1, count[12] = {0};
  double ranks[12] = {0}, sum = 0;
  struct x11_test t = {NAN, NAN, v->period - 1, 0};
  struct ranked *r = ARENA_ARRAY(a, struct ranked, n);
  if (!r) return t;
  for (int i = 0; i < n; i++) r[i] = (struct ranked){si[v->first + i], (v->first + i + v->at) % v->period};
  qsort(r, (size_t)n, sizeof *r, by_value);
  for (int i = 0, j; i < n; i = j) {
    for (j = i; j < n && r[j].value <= r[i].value; j++) {}
    for (int k = i; k < j; k++) {
      ranks[r[k].month] += (i + 1 + j) / 2.0;
      count[r[k].month]++;
    }
  }
  for (int m = 0; m < v->period; m++) sum += square(ranks[m]) / count[m];
  t.statistic = 12.0 / (n * (n + 1.0)) * sum - 3 * (n + 1.0);
  t.probability = dist_chi2_upper(t.statistic, t.df1);
  return t;
}

enum x11_seasonality x11_identifiable(const struct x11_quality *q) {
  double stable = 7 / q->stable.statistic, moving = 3 * q->moving.statistic / q->stable.statistic;
  if (!(q->stable.probability < 0.001)) return X11_SEASONALITY_NO;
  if (q->moving.probability < 0.05 && sqrt((stable + moving) / 2) >= 1) return X11_SEASONALITY_NO;
  if (stable >= 1 || moving >= 1 || !(q->ranks.probability < 0.001)) return X11_SEASONALITY_PERHAPS;
  return X11_SEASONALITY_YES;
}
