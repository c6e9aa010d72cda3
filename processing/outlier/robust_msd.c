#include <math.h>
#include <string.h>

#include "base/ext_gsl.h"
#include "base/rng.h"
#include "processing/outlier/order_stat.h"
#include "processing/outlier/robust_distance.h"

static const double MAD_TO_SIGMA = 1.4826;

struct projection { /* scratch of one axis or basis, [n] each */
  double *value, *work, *weight;
  double c2;
};
enum err_code robust_init(struct robust_distance *out, struct arena *a, const struct sample *s, double probability, struct err *e) {
  if (!(probability > 0.5 && probability < 1)) return ERR(e, E_OUTLIER_PARAMETER, .subject = "probability", .expected = "above 0.5 and below 1");
  if (s->n < RECORDS_PER_ITEM * s->p) return ERR(e, E_OUTLIER_FEW, .subject = "distance", .expected = "5 complete records for each item");
  *out = (struct robust_distance){.centre = ARENA_ARRAY(a, double, s->p), .scatter = ARENA_ARRAY(a, double, s->p * s->p),
                                  .d2 = ARENA_ARRAY(a, double, s->n)};
  out->weight = ARENA_ARRAY(a, double, s->n);
  out->outlier = ARENA_ARRAY(a, uint8_t, s->n);
  return out->centre && out->scatter && out->d2 && out->weight && out->outlier ? E_OK : ERR(e, E_NO_MEMORY, .subject = "distances");
}
void robust_flag(struct robust_distance *out, int64_t n) {
  out->n_outliers = 0;
  for (int64_t i = 0; i < n; i++) {
    out->outlier[i] = out->d2[i] > out->limit;
    out->n_outliers += out->outlier[i];
  }
}
/* Multiplies the weights by those of one axis; false when half of the projections coincide. */
static bool weigh_axis(const struct projection *q, const struct sample *s, const double *axis) {
  for (int64_t i = 0; i < s->n; i++) {
    double v = 0;
    for (int j = 0; j < s->p; j++) v += axis[j] * s->x[i * s->p + j];
    q->value[i] = q->work[i] = v;
  }
  const double median = order_percentile(q->work, s->n, 0.5), sigma = MAD_TO_SIGMA * order_absolute_deviation(q->value, s->n, median, q->work);
  if (!(sigma > 1e-12 * fabs(median))) return false;
  for (int64_t i = 0; i < s->n; i++) {
    const double r = (q->value[i] - median) / sigma, r2 = r * r;
    if (r2 > q->c2) q->weight[i] *= q->c2 / r2;
  }
  return true;
}
static bool weigh_basis(const struct projection *q, const struct sample *s, const double *basis, double *least) {
  for (int64_t i = 0; i < s->n; i++) q->weight[i] = 1;
  for (int k = 0; k < s->p; k++)
    if (!weigh_axis(q, s, basis + k * s->p)) return false;
  for (int64_t i = 0; i < s->n; i++)
    if (q->weight[i] < least[i]) least[i] = q->weight[i];
  return true;
}
/* Rows of normal deviates made orthonormal: a basis whose directions are uniform. */
static void random_basis(double *basis, int p, uint64_t seed, uint64_t number) {
  struct rng r;
  uint8_t bytes[8];
  for (int i = 0; i < 8; i++) bytes[i] = (uint8_t)(number >> 8 * i);
  rng_init(&r, seed, "msd basis", bytes, sizeof bytes);
  for (int k = 0; k < p; k++) {
    double *row = basis + k * p, length = 0;
    for (int j = 0; j < p; j++) row[j] = rng_normal(&r);
    for (int h = 0; h < k; h++) {
      double dot = 0;
      for (int j = 0; j < p; j++) dot += row[j] * basis[h * p + j];
      for (int j = 0; j < p; j++) row[j] -= dot * basis[h * p + j];
    }
    for (int j = 0; j < p; j++) length += row[j] * row[j];
    for (int j = 0; j < p; j++) row[j] /= sqrt(length);
  }
}
/* Centre with weights w, scatter with their squares. */
static void weighted_moments(const struct sample *s, const double *w, double *squares, double *centre, double *scatter) {
  const int p = s->p;
  double own[DENSE_MAX], total = 0, total_squares = 0;
  memset(own, 0, sizeof own);
  for (int64_t i = 0; i < s->n; i++) {
    total += w[i], squares[i] = w[i] * w[i], total_squares += squares[i];
    for (int j = 0; j < p; j++) own[j] += w[i] * s->x[i * p + j];
  }
  for (int j = 0; j < p; j++) own[j] /= total;
  sample_moments(s, squares, total_squares, centre, scatter); /* about the centre of the squares: moved to the other one below */
  for (int j = 0; j < p; j++)
    for (int k = 0; k < p; k++) scatter[j * p + k] += (centre[j] - own[j]) * (centre[k] - own[k]);
  memcpy(centre, own, (size_t)p * sizeof *centre);
}
static bool f_quantile(double probability, double d1, double d2, double *out) {
  double b;
  if (!dist_beta_quantile(probability, d1 / 2, d2 / 2, &b) || b >= 1) return false;
  *out = d2 / d1 * b / (1 - b);
  return true;
}
static enum err_code msd(struct robust_distance *out, struct projection *q, double *basis, const struct sample *s, uint64_t seed, double probability,
                         struct err *e) {
  const int p = s->p;
  const uint64_t n_bases = (uint64_t)(exp(2.1328 + 0.8023 * p) / p);
  const double n = (double)s->n;
  double l[MSD_MAX_ITEMS * MSD_MAX_ITEMS], copy[MSD_MAX_ITEMS * MSD_MAX_ITEMS], values[MSD_MAX_ITEMS], f = 0;
  if (!dist_chi2_quantile(0.95, p, &q->c2) || !f_quantile(probability, p, n - p, &f))
    return ERR(e, E_OUTLIER_PARAMETER, .subject = "probability", .expected = "below 1");
  for (int64_t i = 0; i < s->n; i++) out->weight[i] = 1;
  for (uint64_t b = 0; b < n_bases; b++) {
    random_basis(basis, p, seed, b);
    if (!weigh_basis(q, s, basis, out->weight)) return ERR(e, E_OUTLIER_SINGULAR, .subject = "distance");
  }
  weighted_moments(s, out->weight, q->work, out->centre, out->scatter);
  memcpy(copy, out->scatter, (size_t)(p * p) * sizeof *copy);
  dense_jacobi(copy, basis, values, p);
  if (!weigh_basis(q, s, basis, out->weight)) return ERR(e, E_OUTLIER_SINGULAR, .subject = "distance");
  weighted_moments(s, out->weight, q->work, out->centre, out->scatter);
  if (!dense_cholesky(l, out->scatter, p)) return ERR(e, E_OUTLIER_SINGULAR, .subject = "distance");
  sample_distances(s, out->centre, l, out->d2);
  out->limit = f * (n * n - 1) * p / ((n - p) * n);
  robust_flag(out, s->n);
  return E_OK;
}
enum err_code robust_msd(struct robust_distance *out, struct arena *a, const struct sample *s, uint64_t seed, double probability, struct err *e) {
  if (s->p > MSD_MAX_ITEMS)
    return ERR(e, E_OUTLIER_PARAMETER, .subject = "items", .expected = "12 at most; use the minimum covariance determinant for more");
  TRY(robust_init(out, a, s, probability, e));
  const struct arena_mark mark = arena_mark(a);
  struct projection q = {.value = ARENA_ARRAY(a, double, s->n), .work = ARENA_ARRAY(a, double, s->n), .weight = ARENA_ARRAY(a, double, s->n)};
  double *basis = ARENA_ARRAY(a, double, s->p * s->p);
  const bool ok = q.value && q.work && q.weight && basis;
  const enum err_code code = ok ? msd(out, &q, basis, s, seed, probability, e) : ERR(e, E_NO_MEMORY, .subject = "distances");
  arena_reset(a, mark);
  return code;
}
