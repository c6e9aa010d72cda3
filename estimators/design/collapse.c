#include "estimators/design/collapse.h"

#include <math.h>
#include <string.h>

struct together { /* of the lowest label of those joined */
  int64_t *units;
  double *size, *population;
};
static bool taken_in_full(const struct together *t, int32_t h) { return (double)t->units[h] >= t->population[h] * (1 - 1e-7); }

static int32_t nearest(const struct collapse_strata *s, const struct together *t, const int32_t *into, int32_t h) {
  int32_t best = -1;
  for (int32_t g = 0; g < s->n; g++) {
    if (g == h || into[g] != g || s->block[g] != s->block[h] || s->never[g] || taken_in_full(t, g)) continue;
    if (best < 0 || fabs(t->size[g] - t->size[h]) < fabs(t->size[best] - t->size[h])) best = g;
  }
  return best;
}
static void join(const struct collapse_strata *s, struct together *t, int32_t *into, int32_t from, int32_t to) {
  t->units[to] += t->units[from], t->population[to] += t->population[from];
  t->size[to] = (t->size[to] + t->size[from]) / 2; /* of a similar size as both */
  for (int32_t g = 0; g < s->n; g++)
    if (into[g] == from) into[g] = to;
}

enum err_code collapse_strata(struct arena *a, const struct collapse_strata *s, int32_t *into, int64_t *n_joined, int32_t *alone, struct err *e) {
  const size_t n = (size_t)s->n;
  struct together t = {ARENA_ARRAY(a, int64_t, n + 1), ARENA_ARRAY(a, double, n + 1), ARENA_ARRAY(a, double, n + 1)};
  if (!t.units || !t.size || !t.population) return ERR(e, E_NO_MEMORY, .subject = "collapsed strata");
  memcpy(t.units, s->units, n * sizeof *t.units), memcpy(t.size, s->size, n * sizeof *t.size),
      memcpy(t.population, s->population, n * sizeof *t.population);
  *n_joined = 0, *alone = -1;
  for (int32_t h = 0; h < s->n; h++) into[h] = h;
  for (int32_t h = 0; h < s->n; h++) {
    const int32_t own = into[h];
    if (t.units[own] != 1 || s->never[own] || taken_in_full(&t, own)) continue;
    const int32_t g = nearest(s, &t, into, own);
    if (g < 0) {
      *alone = own;
      return ERR(e, E_COLLAPSE_ALONE, .subject = "stratum");
    }
    if (g < own) join(s, &t, into, own, g);
    else join(s, &t, into, g, own);
    (*n_joined)++;
  }
  return E_OK;
}
