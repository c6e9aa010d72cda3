/* Moving seasonality ratio (MSR): how much the irregular moves against the seasonal factor, month by month, and the filter it asks for. */
#include <math.h>

#include "estimators/seasonal/x11_impl.h"

enum { EXTRA = 3, MOST_YEARS = 400, TERMS = 7, LEAST_YEARS = 5 };
struct correction {
  double irregular, seasonal;
};
static struct correction correction_for(int changes) {
  static const struct correction few[6] = {{1, 1}, {1, 1}, {1, 1}, {1.02584, 3}, {1.01779, 1.55291}, {1.01383, 1.30095}};
  if (changes < 6) return few[changes < 0 ? 0 : changes];
  double n = changes;
  return (struct correction){12.247449 * n / (73.239334 + 12.247449 * (n - 6)), 1.732051 * n / (8.485281 + 1.732051 * (n - 6))};
}
static double three(const double *v, int n) { return n < 3 ? v[0] : (v[0] + v[1] + v[2]) / 3; }
static double change(const struct x11_run *r, double now, double before) {
  return r->divide ? fabs(now / before - 1) : fabs(now - before);
}
/* Adds the mean changes of one month's k values. */
static void add_month(const struct x11_run *r, const double *value, int k, double *irregular, double *seasonal) {
  double padded[MOST_YEARS + 2 * EXTRA], last_s = 0, last_i = 0, sum_i = 0, sum_s = 0;
  double front = three(value, k), back = k < 3 ? value[k - 1] : three(value + k - 3, 3);
  for (int j = 0; j < EXTRA; j++) {
    padded[j] = front;
    padded[EXTRA + k + j] = back;
  }
  for (int j = 0; j < k; j++) padded[EXTRA + j] = value[j];
  for (int j = 0; j < k; j++) {
    double s = 0;
    for (int t = 0; t < TERMS; t++) s += padded[j + t];
    s /= TERMS;
    double i = x11_left_by(r, value[j], s);
    if (j) {
      sum_i += change(r, i, last_i);
      sum_s += change(r, s, last_s);
    }
    last_s = s;
    last_i = i;
  }
  struct correction c = correction_for(k - 1);
  *irregular += sum_i * c.irregular;
  *seasonal += sum_s * c.seasonal;
}
static double global_ratio(const struct x11_run *r, const double *value, int first, int last) {
  double irregular = 0, seasonal = 0, month[MOST_YEARS];
  for (int m = 0; m < r->whole.period; m++) {
    int k = 0;
    for (int i = first + m; i <= last && k < MOST_YEARS; i += r->whole.period) month[k++] = value[i];
    if (k > 1) add_month(r, month, k, &irregular, &seasonal);
  }
  return seasonal > 0 ? irregular / seasonal : HUGE_VAL;
}
double x11_irregular_to_seasonal(const struct x11_run *r, const double *value) {
  return global_ratio(r, value, r->observed_first, r->observed_last);
}
enum seasonal_filter x11_choose_filter(struct x11_run *r, const double *value) {
  int period = r->whole.period, first = r->observed_first;
  int last = (r->observed_last + r->whole.at + 1) / period * period - r->whole.at - 1;
  struct x11_result *out = r->out;
  out->chosen_by_msr = true;
  for (out->n_passes = 0; last - first + 1 >= LEAST_YEARS * period && out->n_passes < X11_MOST_PASSES; last -= period) {
    double ratio = global_ratio(r, value, first, last);
    out->msr[out->n_passes++] = ratio;
    if (ratio <= X11_MSR_3X3_TO) return SEASONAL_3X3;
    if (ratio >= X11_MSR_3X5_FROM && ratio <= X11_MSR_3X5_TO) return SEASONAL_3X5;
    if (ratio >= X11_MSR_3X9_FROM) return SEASONAL_3X9;
  }
  return SEASONAL_3X5;
}
