#include "estimators/sdc/micro/utility.h"

#include <math.h>

#include "base/sum.h"
#include "estimators/sdc/micro/recode.h"

static bool both(const struct column *x, const struct column *y, int64_t i) { return value_present(x->status[i]) && value_present(y->status[i]); }
/* Weighted means over the records that have both columns; the number of records. */
static int64_t means(const struct column *x, const struct column *y, const double *weight, int64_t n, double *mx, double *my, double *all) {
  struct sum w = {0, 0}, sx = {0, 0}, sy = {0, 0};
  int64_t count = 0;
  for (int64_t i = 0; i < n; i++) {
    if (!both(x, y, i)) continue;
    sum_add(&w, weight[i]), sum_add(&sx, weight[i] * micro_value(x, i)), sum_add(&sy, weight[i] * micro_value(y, i));
    count++;
  }
  *all = sum_result(&w);
  *mx = count ? sum_result(&sx) / *all : 0, *my = count ? sum_result(&sy) / *all : 0;
  return count;
}
static double moment(const struct column *x, const struct column *y, const double *weight, int64_t n, double mx, double my) {
  struct sum s = {0, 0};
  for (int64_t i = 0; i < n; i++)
    if (both(x, y, i)) sum_add(&s, weight[i] * (micro_value(x, i) - mx) * (micro_value(y, i) - my));
  return sum_result(&s);
}
/* A constant column leaves the rounding of its mean. */
static bool constant(double squares, double all, double mean) { return !(sqrt(squares / all) > 1e-12 * (1 + fabs(mean))); }
static bool correlation(const struct column *x, const struct column *y, const double *weight, int64_t n, double *out) {
  double mx, my, all;
  if (means(x, y, weight, n, &mx, &my, &all) < 2) return false;
  struct sum xx = {0, 0}, yy = {0, 0};
  for (int64_t i = 0; i < n; i++) {
    if (!both(x, y, i)) continue;
    const double dx = micro_value(x, i) - mx, dy = micro_value(y, i) - my;
    sum_add(&xx, weight[i] * dx * dx), sum_add(&yy, weight[i] * dy * dy);
  }
  const double scale = sqrt(sum_result(&xx)) * sqrt(sum_result(&yy));
  if (constant(sum_result(&xx), all, mx) || constant(sum_result(&yy), all, my)) return false;
  *out = moment(x, y, weight, n, mx, my) / scale;
  return true;
}
void micro_utility_side(const struct column *const *c, int d, const double *weight, int64_t n, bool after, struct micro_utility *out) {
  out->d = d;
  for (int j = 0; j < d; j++) {
    double mean, same, all;
    out->name[j] = c[j]->name;
    out->n[after][j] = means(c[j], c[j], weight, n, &mean, &same, &all);
    out->has_mean[after][j] = out->n[after][j] > 1;
    out->mean[after][j] = mean;
    out->sd[after][j] = out->n[after][j] ? sqrt(moment(c[j], c[j], weight, n, mean, mean) / all) : 0;
    for (int i = 0; i < j; i++) out->has_correlation[after][i][j] = correlation(c[i], c[j], weight, n, &out->correlation[after][i][j]);
  }
}
