#include "estimators/seasonal/x11_quality.h"

#include <math.h>

#include "estimators/seasonal/x11_quality_impl.h"

enum { SPANS = 12, RECENT_YEARS = 3, YEARS_FOR_SEASONAL = 6 };
struct spans {
  double irregular[SPANS + 1], cycle[SPANS + 1], seasonal[SPANS + 1]; /* mean absolute change over k months */
};
static const int weights[12] = {0, 10, 11, 10, 8, 11, 10, 18, 7, 7, 4, 4};

static double mean_change(const struct quality_view *v, const double *x, int k) {
  double sum = 0;
  for (int i = v->first + k; i <= v->last; i++) sum += v->divide ? fabs(x[i] / x[i - k] - 1) : fabs(x[i] - x[i - k]);
  return sum / (v->last - v->first + 1 - k);
}
static void measure(const struct quality_view *v, const struct x11_result *x, const double *irregular, struct spans *s) {
  for (int k = 1; k <= v->period; k++) {
    s->irregular[k] = mean_change(v, irregular, k);
    s->cycle[k] = mean_change(v, x->table[X11_D12], k);
    s->seasonal[k] = mean_change(v, x->table[X11_D10], k);
  }
}
/* E3: the irregular, extremes of no weight put at its middle. */
static double *modified_irregular(struct arena *a, const struct quality_view *v, const struct x11_result *x) {
  double *out = ARENA_ARRAY(a, double, v->last + 1);
  for (int i = v->first; out && i <= v->last; i++) out[i] = x->table[X11_C17][i] > 0 ? x->table[X11_D13][i] : v->neutral;
  return out;
}
static double variance(const double *x, int first, int last, double middle) {
  double sum = 0;
  for (int i = first; i <= last; i++) sum += (x[i] - middle) * (x[i] - middle);
  return sum / (last - first + 1);
}
static double mean(const double *x, int first, int last) {
  double sum = 0;
  for (int i = first; i <= last; i++) sum += x[i];
  return sum / (last - first + 1);
}
static double on_scale(const struct quality_view *v, double x) { return v->divide ? log(x) : x; }
static double prior_at(const struct quality_view *v, const double *prior, int i) { return prior ? on_scale(v, prior[i - v->first]) : 0; }
/* Share of the irregular in the variance of the series without its straight trend (logarithms when factors multiply), level shifts left aside. */
static double stationary_share(
    struct arena *a, const struct quality_view *v, const struct x11_prior *prior, const struct x11_result *x, const double *irregular) {
  int n = v->last + 1;
  double *c = ARENA_ARRAY(a, double, n), *i3 = ARENA_ARRAY(a, double, n), *o = ARENA_ARRAY(a, double, n), *p = ARENA_ARRAY(a, double, n), sxy = 0,
         sxx = 0;
  if (!c || !i3 || !o || !p) return NAN;
  for (int i = v->first; i <= v->last; i++) {
    double trend = x->table[X11_D12][i], seasonal = x->table[X11_D10][i];
    p[i] = prior_at(v, prior->level, i);
    c[i] = on_scale(v, trend); /* its line is taken away, not that of the shifts */
    i3[i] = on_scale(v, irregular[i]);
    o[i] = c[i] + p[i] + on_scale(v, seasonal) + prior_at(v, prior->calendar, i) + i3[i];
  }
  double middle = mean(c, v->first, v->last), centre = (v->first + v->last) / 2.0;
  for (int i = v->first; i <= v->last; i++) {
    sxy += (i - centre) * (c[i] - middle);
    sxx += (i - centre) * (i - centre);
  }
  for (int i = v->first; i <= v->last; i++) o[i] -= middle + sxy / sxx * (i - centre);
  double whole = variance(o, v->first, v->last, mean(o, v->first, v->last)), shifts = variance(p, v->first, v->last, mean(p, v->first, v->last));
  return variance(i3, v->first, v->last, v->divide ? 0 : v->neutral) / (whole - shifts);
}
static double run_statistic(const struct quality_view *v, const double *irregular) {
  int runs = 1, n = v->last - v->first + 1;
  for (int i = v->first + 2; i <= v->last; i++) runs += (irregular[i] > irregular[i - 1]) != (irregular[i - 1] > irregular[i - 2]);
  return fabs(runs - (2 * n - 1) / 3.0) / (2.577 * sqrt((16 * n - 29) / 90.0));
}
/* Months for cyclical dominance: first span from which the cycle stays above the irregular, with its fraction. */
static double dominance(const struct quality_view *v, const struct spans *s, int *months) {
  int k = v->period;
  while (k > 1 && s->irregular[k - 1] < s->cycle[k - 1]) k--;
  *months = k;
  double here = s->irregular[k] / s->cycle[k];
  if (here >= 1) return HUGE_VAL; /* not within a year */
  double before = k > 1 ? s->irregular[k - 1] / s->cycle[k - 1] : NAN;
  return k > 1 ? k - 1 + (before - 1) / (before - here) : k - 1 + here;
}

/* M8 .. M11 read the factors in units of their own spread over all observations. The recent years are counted back from the last observation. */
static double straight_move(const struct quality_view *v, const double *factor) {
  double sum = 0;
  for (int m = 0; m < v->period; m++) {
    int changes = (v->last - v->first - m) / v->period;
    sum += fabs(factor[v->first + m + changes * v->period] - factor[v->first + m]) / changes;
  }
  return sum / v->period;
}
static void seasonal_moves(const struct quality_view *v, const double *factor, struct x11_quality *q) {
  int j = v->period, years = (v->last - v->first + 1) / j, start = v->last + 1 - years * j;
  double scale = sqrt(variance(factor, v->first, v->last, v->neutral)), all = 0, recent = 0, straight = 0;
  for (int i = v->first + j; i <= v->last; i++) all += fabs(factor[i] - factor[i - j]);
  for (int i = start + (years - 5) * j; i < start + (years - 2) * j; i++) recent += fabs(factor[i] - factor[i - j]);
  for (int m = 0; m < j; m++) straight += fabs(factor[start + (years - 3) * j + m] - factor[start + (years - 6) * j + m]);
  q->m[8] = 10 * all / scale / (v->last - v->first + 1 - j);
  q->m[9] = 10 * straight_move(v, factor) / scale;
  q->m[10] = 10 * recent / scale / (RECENT_YEARS * j);
  q->m[11] = 10 * straight / scale / (RECENT_YEARS * j);
}
static void seasonal_statistics(const struct quality_view *v, const struct x11_result *x, struct x11_quality *q) {
  bool moving = x->seasonal != SEASONAL_STABLE;
  for (int k = 8; k <= 11; k++) q->m[k] = NAN;
  if (moving && v->last - v->first + 1 >= YEARS_FOR_SEASONAL * v->period) seasonal_moves(v, x->table[X11_D10], q);
}
/* Where M8 .. M11 do not exist others speak for them: all four for M7 with stable factors, else M8 and M9 for M7, M10 for M1, M11 for M2. */
static double spoken_for(const struct x11_quality *q, bool stable, int k) {
  static const int other[12] = {0, 1, 2, 3, 4, 5, 6, 7, 7, 7, 1, 2};
  if (!isnan(q->m[k])) return q->m[k];
  return q->m[stable ? 7 : other[k]];
}
/* M6 was made for the 3x5 filter and counts with no other, nor where 3x5 stands because the ratio never settled. */
static bool m6_counts(const struct x11_result *x) {
  double last = x->n_passes ? x->msr[x->n_passes - 1] : 0;
  bool undecided = x->chosen_by_msr && !(last >= X11_MSR_3X5_FROM && last <= X11_MSR_3X5_TO);
  return x->seasonal == SEASONAL_3X5 && !undecided;
}
static void weigh(const struct x11_result *x, struct x11_quality *q) {
  double sum = 0, all = 0;
  for (int k = 1; k <= 11; k++) {
    if (q->m[k] > 3) q->m[k] = 3;
    if (q->m[k] < 0) q->m[k] = 0;
    if (k == 6 && !m6_counts(x)) continue;
    sum += weights[k] * spoken_for(q, x->seasonal == SEASONAL_STABLE, k);
    all += weights[k];
  }
  q->q = sum / all;
  q->q_without_m2 = (sum - weights[2] * q->m[2]) / (all - weights[2]);
}
static void monitor(struct arena *a, const struct quality_view *v, const struct x11_prior *prior, const struct x11_result *x,
    const double *irregular, struct x11_quality *q) {
  struct spans s = {{0}, {0}, {0}}, raw = s;
  bool monthly = v->period == 12;
  measure(v, x, irregular, &s);
  measure(v, x, x->table[X11_D13], &raw);
  int k = monthly ? 3 : 1;
  double i2 = s.irregular[k] * s.irregular[k], days = prior->calendar ? mean_change(v, prior->calendar - v->first, k) : 0;
  double whole = i2 + s.cycle[k] * s.cycle[k] + s.seasonal[k] * s.seasonal[k] + days * days;
  double ratio = x->trend_ratio, cycle = dominance(v, &raw, &q->months_for_cycle);
  q->m[1] = 10 * i2 / whole;
  q->m[2] = 10 * stationary_share(a, v, prior, x, irregular);
  q->m[3] = monthly ? (ratio - 1) / 2 : (ratio - 1 / 3.0) / (2 / 3.0);
  q->m[4] = run_statistic(v, x->table[X11_D13]);
  q->m[5] = monthly ? (cycle - 0.5) / 5 : (cycle - 1 / 6.0) / (5 / 3.0);
  q->m[6] = fabs(x->irregular_to_seasonal - 4) / 2.5;
  q->m[7] = sqrt((7 / q->stable.statistic + 3 * q->moving.statistic / q->stable.statistic) / 2);
  seasonal_statistics(v, x, q);
  weigh(x, q);
}
enum err_code x11_quality(struct arena *a, const struct x11_spec *spec, const struct x11_series *in, const struct x11_prior *prior,
    const struct x11_result *x, struct x11_quality *q, struct err *e) {
  bool divide = spec->mode != X11_ADDITIVE, logs = spec->mode == X11_LOG_ADDITIVE;
  struct quality_view v = {in->n_before, in->n - 1 - in->n_after, in->period, in->at, divide ? 1 : 0, divide};
  double *irregular = modified_irregular(a, &v, x);
  *q = (struct x11_quality){.q = 0};
  if (!irregular) return ERR(e, E_NO_MEMORY, .subject = "X-11");
  struct quality_view ratios = v;
  if (logs) ratios.neutral = 0; /* D8 stands in logarithms */
  q->stable = x11_stable_test(&v, x->table[X11_D8]);
  q->moving = x11_moving_test(&ratios, x->table[X11_D8]);
  q->ranks = x11_rank_test(a, &v, x->table[X11_D8]);
  q->seasonality = x11_identifiable(q);
  monitor(a, &v, prior ? prior : &(struct x11_prior){NULL, NULL}, x, irregular, q);
  return E_OK;
}
