/* Pivots: distances of all donors to a few of them exclude most donors of a failed unit without looking at their values. The distance (clipped
 * differences and 0/1 codes, persons by
 * the assignment of least cost) is a metric, so |D(f, pivot) - D(p, pivot)| <= D(f, p); values to be replaced in any case are no part of D(f, p) and
 * can make up their weights at most.
 * Source: Mico, Oncina and Vidal (1994), a new version of the nearest-neighbour approximating and eliminating search algorithm (AESA), Pattern
 * Recognition Letters 15. */
#include <math.h>
#include <string.h>

#include "processing/impute/nim_impl.h"

enum { LEAST_DONORS = 4 };

static double full_distance(const struct nim_spec *s, const double *f, const double *p) {
  static const uint8_t none[NIM_MAX_VARIABLES];
  double ordered[NIM_MAX_VARIABLES], sum = 0;
  int person[NIM_MAX_PERSONS];
  nim_order_persons(s, f, none, p, person, ordered);
  for (int i = 0; i < nim_variables(s->rules); i++) sum += nim_variable_distance(s, i, f[i], ordered[i]);
  return sum;
}

static bool is_metric(const struct nim_spec *s) {
  for (int i = 0; i < nim_variables(s->rules); i++)
    if (s->variables[i].table) return false;
  return s->layout.alike || s->layout.n_persons < 2;
}

enum err_code nim_pivots_new(
    struct arena *a, const struct nim_spec *s, const double *value, const int64_t *donors, int64_t n_donors, struct nim_pivots *out, struct err *e) {
  const int v = nim_variables(s->rules);
  *out = (struct nim_pivots){.n = 0};
  if (n_donors < LEAST_DONORS || !is_metric(s)) return E_OK;
  out->far = ARENA_ARRAY(a, float, n_donors *NIM_PIVOTS);
  double *nearest = ARENA_ARRAY(a, double, n_donors);
  if (!out->far || !nearest) return ERR(e, E_NO_MEMORY, .subject = "pivots");
  for (int64_t k = 0; k < n_donors; k++) nearest[k] = INFINITY;
  int64_t next = 0;
  for (; out->n < NIM_PIVOTS; out->n++) { /* each the one farthest from those before: what they exclude differs */
    const double *pivot = value + donors[next] * v;
    out->value[out->n] = pivot;
    int64_t farthest = 0;
    for (int64_t k = 0; k < n_donors; k++) {
      const double far = full_distance(s, pivot, value + donors[k] * v);
      out->far[k * NIM_PIVOTS + out->n] = (float)far;
      if (far < nearest[k]) nearest[k] = far;
      if (nearest[k] > nearest[farthest]) farthest = k;
    }
    next = farthest;
  }
  return E_OK;
}

void nim_pivots_enter(struct nim_pivots *p, const struct nim_spec *s, const double *f, const uint8_t *must) {
  p->slack = 0;
  for (int i = 0; i < p->n; i++) p->of_unit[i] = full_distance(s, f, p->value[i]);
  for (int i = 0; i < nim_variables(s->rules); i++)
    if (must[i]) p->slack += s->variables[i].weight;
}

bool nim_pivots_exclude(const struct nim_pivots *p, int64_t donor, double limit) {
  const float *far = p->far + donor * NIM_PIVOTS;
  const float most = (float)((limit + p->slack) * (1 + 1e-6)); /* the distances are rounded: their own error is allowed for below */
  for (int i = 0; i < p->n; i++) {
    const float of_unit = (float)p->of_unit[i];
    if (fabsf(far[i] - of_unit) > most + 1e-6f * (far[i] + of_unit)) return true;
  }
  return false;
}
