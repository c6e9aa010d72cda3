#include <math.h>

#include "estimators/seasonal/henderson.h"
#include "estimators/seasonal/x11_impl.h"

/* Classes of I/C behind the end weights; quarterly ends are those of five terms with a trend that is nearly all signal. */
static const double usual_ratio = 3.5, smooth_ratio = 1.0, rough_ratio = 4.5, quarterly_ratio = 0.001;

static double change(const struct x11_run *r, double now, double before) {
  return r->divide ? fabs(now / before - 1) : fabs(now - before);
}
static double irregular_to_trend(const struct x11_run *r, const double *value, const double *trend, int half) {
  double irregular = 0, cycle = 0;
  int from = r->observed_first + half, to = r->observed_last - half; /* as if there were no forecasts */
  for (int i = from + 1; i <= to; i++) {
    irregular += change(r, x11_without(r, value[i], trend[i]), x11_without(r, value[i - 1], trend[i - 1]));
    cycle += change(r, trend[i], trend[i - 1]);
  }
  return cycle > 0 ? irregular / cycle : HUGE_VAL;
}
static int length_for(const struct x11_run *r, double ratio) {
  bool monthly = r->whole.period == 12;
  if (r->spec->trend_terms) return r->spec->trend_terms;
  if (ratio < 1) return monthly ? 9 : 5;
  if (r->first_iteration || ratio < 3.5) return monthly ? 13 : 5;
  return monthly ? 23 : 7;
}
static void remember_ratio(struct x11_run *r, int terms) {
  bool fixed = r->spec->trend_terms != 0;
  if (r->whole.period == 4) r->end_ratio = fixed && terms > 5 ? rough_ratio : quarterly_ratio;
  else if (terms <= 9) r->end_ratio = smooth_ratio;
  else if (terms > 13) r->end_ratio = rough_ratio;
}
/* Seven terms in quarters: the outermost points are those of five terms. */
static void quarterly_ends(const struct x11_run *r, const double *value, double *out) {
  int half = 3, f = r->whole.first, l = r->whole.last;
  double *five = r->scratch2;
  henderson_smooth(5, quarterly_ratio, value, f, l, five);
  for (int k = 0; k < half; k++) {
    out[f + k] = five[f + k];
    out[l - k] = five[l - k];
  }
}
void x11_trend(struct x11_run *r, const double *value, double *out) {
  int start = r->whole.period == 12 ? 13 : 5;
  henderson_smooth(start, usual_ratio, value, r->whole.first, r->whole.last, out);
  double ratio = irregular_to_trend(r, value, out, start / 2);
  int terms = length_for(r, ratio * 12 / r->whole.period);
  remember_ratio(r, terms);
  henderson_smooth(terms, r->end_ratio, value, r->whole.first, r->whole.last, out);
  if (r->whole.period == 4 && terms == 7 && !r->spec->trend_terms) quarterly_ends(r, value, out);
  r->out->trend_terms = terms;
  r->out->trend_ratio = ratio;
}
