#include "processing/impute/regression_qr.h"

#include <math.h>
#include <string.h>

#define QR_RANK_LIMIT 1e-12

void qr_init(struct qr_sum *s, int p) {
  s->p = p < QR_COLUMNS ? p : QR_COLUMNS - 1;
  s->filled = 0;
  s->n = 0;
  memset(s->a, 0, sizeof s->a);
}
/* Column k of [R; block]: the reflection that leaves only its diagonal element, applied to the columns after it. */
static void reflect(double *a, int width, int k, int rows) {
  double norm = a[k * width + k] * a[k * width + k], v[QR_BLOCK + 1];
  for (int i = 0; i < rows; i++) norm += a[(width + i) * width + k] * a[(width + i) * width + k];
  norm = sqrt(norm);
  if (norm == 0) return;
  const double pivot = a[k * width + k], head = pivot > 0 ? pivot + norm : pivot - norm;
  double squares = head * head;
  for (int i = 0; i < rows; i++) v[i] = a[(width + i) * width + k], squares += v[i] * v[i];
  a[k * width + k] = pivot > 0 ? -norm : norm;
  for (int j = k + 1; j < width; j++) {
    double dot = head * a[k * width + j];
    for (int i = 0; i < rows; i++) dot += v[i] * a[(width + i) * width + j];
    dot *= 2 / squares;
    a[k * width + j] -= dot * head;
    for (int i = 0; i < rows; i++) a[(width + i) * width + j] -= dot * v[i];
  }
}
static void absorb(struct qr_sum *s) {
  const int width = s->p + 1;
  for (int k = 0; k < width; k++) reflect(s->a, width, k, s->filled);
  s->filled = 0;
}
void qr_add(struct qr_sum *s, const double *x, double y, double weight) {
  const int width = s->p + 1;
  double *row = &s->a[(width + s->filled) * width];
  const double root = sqrt(weight);
  for (int j = 0; j < s->p; j++) row[j] = root * x[j];
  row[s->p] = root * y;
  s->n++;
  if (++s->filled == QR_BLOCK) absorb(s);
}
/* One-sided Jacobi: u becomes U S, v the right vectors; both p x p, row-major. */
static void jacobi(double *u, double *v, int p) {
  for (int i = 0; i < p * p; i++) v[i] = i % (p + 1) == 0;
  for (int sweep = 0; sweep < 60; sweep++) {
    double largest = 0;
    for (int i = 0; i < p - 1; i++)
      for (int j = i + 1; j < p; j++) {
        double a = 0, b = 0, c = 0;
        for (int k = 0; k < p; k++) a += u[k * p + i] * u[k * p + i], b += u[k * p + j] * u[k * p + j], c += u[k * p + i] * u[k * p + j];
        if (c == 0 || a * b == 0) continue;
        largest = fmax(largest, fabs(c) / sqrt(a * b));
        const double z = (b - a) / (2 * c), t = (z < 0 ? -1 : 1) / (fabs(z) + sqrt(1 + z * z)), cs = 1 / sqrt(1 + t * t), sn = cs * t;
        for (int k = 0; k < p; k++) {
          const double ui = u[k * p + i], uj = u[k * p + j], vi = v[k * p + i], vj = v[k * p + j];
          u[k * p + i] = cs * ui - sn * uj, u[k * p + j] = sn * ui + cs * uj;
          v[k * p + i] = cs * vi - sn * vj, v[k * p + j] = sn * vi + cs * vj;
        }
      }
    if (largest < 1e-15) return;
  }
}
static void triangle(const struct qr_sum *s, struct qr_fit *out) {
  const int width = s->p + 1;
  for (int i = s->p - 1; i >= 0; i--) {
    double v = s->a[i * width + s->p];
    for (int j = i + 1; j < s->p; j++) v -= s->a[i * width + j] * out->beta[j];
    out->beta[i] = v / s->a[i * width + i];
  }
}
static void least_length(const struct qr_sum *s, const double *u, const double *v, const double *size, const double *scale, double limit,
    struct qr_fit *out) {
  const int p = s->p, width = p + 1;
  for (int j = 0; j < p; j++) out->beta[j] = 0, out->residual_squares += s->a[j * width + p] * s->a[j * width + p]; /* less what is explained */
  for (int k = 0; k < p; k++) {
    if (size[k] <= limit) continue;
    double dot = 0;
    for (int i = 0; i < p; i++) dot += u[i * p + k] * s->a[i * width + p];
    for (int j = 0; j < p; j++) out->beta[j] += v[j * p + k] * dot / (size[k] * size[k]);
    out->residual_squares -= dot * dot / (size[k] * size[k]);
  }
  for (int j = 0; j < p; j++) out->beta[j] /= scale[j];
}
void qr_solve(struct qr_sum *s, struct qr_fit *out) {
  const int p = s->p, width = p + 1;
  double u[QR_COLUMNS * QR_COLUMNS], v[QR_COLUMNS * QR_COLUMNS], scale[QR_COLUMNS] = {0}, size[QR_COLUMNS] = {0}, largest = 0, smallest = INFINITY;
  if (s->filled) absorb(s);
  *out = (struct qr_fit){.p = p, .n = s->n};
  for (int j = 0; j < p; j++) {
    double squares = 0;
    for (int i = 0; i <= j; i++) squares += s->a[i * width + j] * s->a[i * width + j];
    scale[j] = squares > 0 ? sqrt(squares) : 1;
    for (int i = 0; i < p; i++) u[i * p + j] = i <= j ? s->a[i * width + j] / scale[j] : 0;
  }
  jacobi(u, v, p);
  for (int k = 0; k < p; k++) {
    double squares = 0;
    for (int i = 0; i < p; i++) squares += u[i * p + k] * u[i * p + k];
    size[k] = sqrt(squares);
    largest = fmax(largest, size[k]), smallest = fmin(smallest, size[k]);
  }
  for (int k = 0; k < p; k++) out->rank += size[k] > QR_RANK_LIMIT * largest;
  out->condition = largest == 0 ? 0 : smallest > 0 ? largest / smallest : INFINITY;
  out->residual_squares = s->a[p * width + p] * s->a[p * width + p];
  if (out->rank == p) triangle(s, out);
  else least_length(s, u, v, size, scale, QR_RANK_LIMIT * largest, out);
}
bool qr_normal(const struct qr_sum *s, const struct qr_fit *fit, const double *right, double *v) {
  const int p = s->p, width = p + 1;
  if (fit->rank < p) return false;
  for (int i = 0; i < p; i++) {
    double z = right[i];
    for (int k = 0; k < i; k++) z -= s->a[k * width + i] * v[k];
    v[i] = z / s->a[i * width + i];
  }
  for (int i = p - 1; i >= 0; i--) {
    for (int k = i + 1; k < p; k++) v[i] -= s->a[i * width + k] * v[k];
    v[i] /= s->a[i * width + i];
  }
  return true;
}
