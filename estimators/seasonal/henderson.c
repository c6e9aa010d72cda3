#include "estimators/seasonal/henderson.h"

#include <math.h>

void henderson_weights(int n, double *w) {
  int half = n / 2;
  double y = (n + 3) / 2.0, y2 = y * y;
  double scale = 315 / (8 * y * (y2 - 1) * (4 * y2 - 1) * (4 * y2 - 9) * (4 * y2 - 25));
  for (int j = 0; j <= half; j++) {
    double i2 = (double)j * j;
    w[half + j] = w[half - j] = ((y - 1) * (y - 1) - i2) * (y2 - i2) * ((y + 1) * (y + 1) - i2) * (3 * y2 - 16 - 11 * i2) * scale;
  }
}

void henderson_end(int n, const double *w, int m, double ratio, double *v) {
  double d = 4 / (M_PI * ratio * ratio), middle = (m + 1) / 2.0, level = 0, slope = 0;
  for (int j = m + 1; j <= n; j++) {
    level += w[j - 1];
    slope += (j - middle) * w[j - 1];
  }
  double factor = slope * d / (1 + m * (m - 1.0) * (m + 1.0) / 12 * d);
  for (int i = 1; i <= m; i++) v[i - 1] = w[i - 1] + level / m + factor * (i - middle);
}

static double along(const double *w, int n, const double *from, int step) {
  double sum = 0;
  for (int j = 0; j < n; j++) sum += w[j] * from[j * step];
  return sum;
}
void henderson_smooth(int n, double ratio, const double *value, int first, int last, double *out) {
  double w[HENDERSON_MOST] = {0}, v[HENDERSON_MOST] = {0};
  int half = n / 2;
  henderson_weights(n, w);
  for (int i = first + half; i <= last - half; i++) out[i] = along(w, n, value + i - half, 1);
  for (int k = 0; k < half; k++) { /* k values stand between the point and its end */
    int m = half + 1 + k;
    if (m > last - first + 1) m = last - first + 1;
    henderson_end(n, w, m, ratio, v);
    if (first + k <= last) out[first + k] = along(v, m, value + first + m - 1, -1);
    if (last - k >= first) out[last - k] = along(v, m, value + last - m + 1, 1);
  }
}
