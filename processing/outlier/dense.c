#include "processing/outlier/dense.h"

#include <math.h>
#include <string.h>

static const double PIVOT = 1e-12;
enum { SWEEPS = 60 };

bool dense_cholesky(double *l, const double *s, int p) {
  memset(l, 0, (size_t)(p * p) * sizeof *l);
  for (int i = 0; i < p; i++)
    for (int j = 0; j <= i; j++) {
      double v = s[i * p + j];
      for (int k = 0; k < j; k++) v -= l[i * p + k] * l[j * p + k];
      if (i != j) l[i * p + j] = v / l[j * p + j];
      else if (v > PIVOT * s[i * p + i] && isfinite(v)) l[i * p + i] = sqrt(v);
      else return false;
    }
  return true;
}
double dense_log_determinant(const double *l, int p) {
  double v = 0;
  for (int i = 0; i < p; i++) v += 2 * log(l[i * p + i]);
  return v;
}
double dense_distance(const double *l, const double *d, int p) {
  double z[DENSE_MAX], sum = 0;
  for (int i = 0; i < p; i++) {
    double v = d[i];
    for (int k = 0; k < i; k++) v -= l[i * p + k] * z[k];
    z[i] = v / l[i * p + i];
    sum += z[i] * z[i];
  }
  return sum;
}
void dense_solve(const double *l, double *b, int p) {
  for (int i = 0; i < p; i++) {
    for (int k = 0; k < i; k++) b[i] -= l[i * p + k] * b[k];
    b[i] /= l[i * p + i];
  }
  for (int i = p; i-- > 0;) {
    for (int k = i + 1; k < p; k++) b[i] -= l[k * p + i] * b[k];
    b[i] /= l[i * p + i];
  }
}
static double off_diagonal(const double *s, int p) {
  double sum = 0;
  for (int i = 0; i < p; i++)
    for (int j = 0; j < i; j++) sum += s[i * p + j] * s[i * p + j];
  return sum;
}
static void rotate(double *s, double *vectors, int p, int i, int j) {
  const double apart = s[i * p + j];
  if (apart == 0) return;
  const double theta = (s[j * p + j] - s[i * p + i]) / (2 * apart);
  const double t = (theta >= 0 ? 1 : -1) / (fabs(theta) + sqrt(theta * theta + 1)), c = 1 / sqrt(t * t + 1), q = t * c;
  for (int k = 0; k < p; k++) {
    const double a = s[k * p + i], b = s[k * p + j];
    s[k * p + i] = c * a - q * b;
    s[k * p + j] = q * a + c * b;
  }
  for (int k = 0; k < p; k++) {
    const double a = s[i * p + k], b = s[j * p + k], u = vectors[i * p + k], v = vectors[j * p + k];
    s[i * p + k] = c * a - q * b;
    s[j * p + k] = q * a + c * b;
    vectors[i * p + k] = c * u - q * v;
    vectors[j * p + k] = q * u + c * v;
  }
}
void dense_jacobi(double *s, double *vectors, double *values, int p) {
  double size = 0;
  memset(vectors, 0, (size_t)(p * p) * sizeof *vectors);
  for (int i = 0; i < p; i++) vectors[i * p + i] = 1;
  for (int i = 0; i < p * p; i++) size += s[i] * s[i];
  for (int sweep = 0; sweep < SWEEPS && off_diagonal(s, p) > 1e-30 * size; sweep++)
    for (int i = 0; i < p; i++)
      for (int j = i + 1; j < p; j++) rotate(s, vectors, p, i, j);
  for (int i = 0; i < p; i++) values[i] = s[i * p + i];
}
