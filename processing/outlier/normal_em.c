#include "processing/outlier/normal_em.h"

#include <math.h>
#include <string.h>

static bool observed(uint64_t missing, int j) { return !(missing >> j & 1); }

/* Sweep on k; variance: what stood there at first. */
static bool sweep(double *g, int p, int k, double variance) {
  const double pivot = g[k * p + k];
  if (!(pivot > 1e-12 * variance)) return false;
  for (int i = 0; i < p; i++)
    for (int j = 0; j < p; j++)
      if (i != k && j != k) g[i * p + j] -= g[i * p + k] * g[k * p + j] / pivot;
  for (int i = 0; i < p; i++)
    if (i != k) g[i * p + k] /= pivot, g[k * p + i] /= pivot;
  g[k * p + k] = -1 / pivot;
  return true;
}
bool normal_condition(struct normal_em *m, uint64_t missing) {
  const int p = m->p;
  memcpy(m->g, m->cov, (size_t)(p * p) * sizeof *m->g);
  for (int j = 0; j < p; j++)
    if (observed(missing, j) && !sweep(m->g, p, j, m->cov[j * p + j])) return false;
  return true;
}
void normal_complete(const struct normal_em *m, uint64_t missing, double *d) {
  for (int j = 0; j < m->p; j++) {
    if (observed(missing, j)) continue;
    double v = 0;
    for (int k = 0; k < m->p; k++)
      if (observed(missing, k)) v += m->g[k * m->p + j] * d[k];
    d[j] = v;
  }
}
double normal_distance(const struct normal_em *m, uint64_t missing, const double *d) {
  double sum = 0;
  for (int j = 0; j < m->p; j++)
    for (int k = 0; k < m->p; k++)
      if (observed(missing, j) && observed(missing, k)) sum -= d[j] * m->g[j * m->p + k] * d[k];
  return sum;
}
struct sums {
  double total, first[NORMAL_EM_ITEMS], second[NORMAL_EM_ITEMS * NORMAL_EM_ITEMS];
};
static void add_row(const struct normal_em *m, uint64_t missing, double weight, const double *d, struct sums *s) {
  s->total += weight;
  for (int j = 0; j < m->p; j++) {
    s->first[j] += weight * d[j];
    for (int k = 0; k <= j; k++)
      s->second[j * m->p + k] += weight * (d[j] * d[k] + (observed(missing, j) || observed(missing, k) ? 0 : m->g[j * m->p + k]));
  }
}
static double take_over(struct normal_em *m, struct sums *s, double ridge) {
  const int p = m->p;
  double moved = 0;
  for (int j = 0; j < p; j++) s->first[j] /= s->total;
  for (int j = 0; j < p; j++) {
    moved = fmax(moved, fabs(s->first[j]) / sqrt(m->cov[j * p + j]));
    for (int k = 0; k <= j; k++) {
      const double next = (s->second[j * p + k] / s->total - s->first[j] * s->first[k]) * (j == k ? 1 + ridge : 1);
      moved = fmax(moved, fabs(next - m->cov[j * p + k]) / sqrt(m->cov[j * p + j] * m->cov[k * p + k]));
      s->second[j * p + k] = next;
    }
  }
  for (int j = 0; j < p; j++) {
    m->mean[j] += s->first[j];
    for (int k = 0; k <= j; k++) m->cov[j * p + k] = m->cov[k * p + j] = s->second[j * p + k];
  }
  return moved;
}
bool normal_em_round(struct normal_em *m, const struct normal_rows *rows, double ridge, double *moved) {
  struct sums s = {.total = 0};
  double d[NORMAL_EM_ITEMS] = {0};
  uint64_t last = 0, missing = 0;
  m->n_patterns = 0;
  for (int64_t i = 0; i < rows->n; i++) {
    const double weight = rows->row(rows->from, i, d, &missing);
    if (weight == 0) continue;
    if ((m->n_patterns == 0 || missing != last) && !normal_condition(m, missing)) return false;
    m->n_patterns += m->n_patterns == 0 || missing != last;
    last = missing;
    for (int j = 0; j < m->p; j++)
      if (observed(missing, j)) d[j] -= m->mean[j];
    normal_complete(m, missing, d);
    add_row(m, missing, weight, d, &s);
  }
  *moved = take_over(m, &s, ridge);
  return *moved >= 0;
}
