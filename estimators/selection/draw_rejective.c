/* draw_rejective.c -- maximum entropy and Sampford samples from Poisson samples that are tried until one is kept (draw.h). Try t of unit k uses the
 * t-th number of the unit's own key, so that a try depends on no order. */
#include <math.h>

#include "base/sum.h"
#include "estimators/selection/draw_impl.h"
#include "estimators/selection/max_entropy.h"
#include "estimators/selection/unit_random.h"

enum { TRIES = 200000 };

/* The units of try t; stops early when the size is passed. */
static int64_t poisson_try(const struct draw_open *o, const double *p, uint64_t t, int64_t *chosen) {
  int64_t n = 0;
  for (int64_t k = 0; k < o->n; k++) {
    if (random_uniform_at(o->key[k], t) >= p[k]) continue;
    if (n == o->size) return n + 1;
    chosen[n++] = k;
  }
  return n;
}

static enum err_code never_kept(const char *method, struct err *e) {
  return ERR(e, E_SAMPLE_METHOD, .subject = method, .expected = "a sample within 200 000 tries", .next = "use method pivotal or pps-systematic here");
}

enum err_code draw_maximum_entropy(struct arena *a, const struct draw_open *o, uint8_t *taken, struct err *e) {
  double *p = ARENA_ARRAY(a, double, o->n);
  int64_t *chosen = ARENA_ARRAY(a, int64_t, o->size + 1);
  if (!p || !chosen) return ERR(e, E_NO_MEMORY, .subject = "maximum entropy");
  TRY(max_entropy_working(a, o->n, o->pi, o->size, p, e));
  for (uint64_t t = 0; t < TRIES; t++) {
    if (poisson_try(o, p, t, chosen) != o->size) continue;
    for (int64_t j = 0; j < o->size; j++) taken[o->i[chosen[j]]] = 1;
    return E_OK;
  }
  return never_kept("maximum-entropy", e);
}

/* The largest that sum over a sample of (1 - pi) can be: the smallest `size` of the pi. */
static enum err_code largest_rest(struct arena *a, const struct draw_open *o, double *out, struct err *e) {
  struct draw_rank *r = ARENA_ARRAY(a, struct draw_rank, o->n);
  if (!r) return ERR(e, E_NO_MEMORY, .subject = "Sampford");
  for (int64_t k = 0; k < o->n; k++) r[k] = (struct draw_rank){o->pi[k], 0, k};
  draw_rank_sort(r, o->n);
  struct sum s = {0, 0};
  for (int64_t k = 0; k < o->size; k++) sum_add(&s, 1 - r[k].value);
  *out = sum_result(&s);
  return E_OK;
}

/* P(s) in proportion to prod pi/(1-pi) times sum (1 - pi): a Poisson sample of the right size, kept with probability sum (1 - pi) / its largest. */
enum err_code draw_sampford(struct arena *a, const struct draw_open *o, uint8_t *taken, struct err *e) {
  int64_t *chosen = ARENA_ARRAY(a, int64_t, o->size + 1);
  double largest = 0;
  if (!chosen) return ERR(e, E_NO_MEMORY, .subject = "Sampford");
  TRY(largest_rest(a, o, &largest, e));
  for (uint64_t t = 0; t < TRIES; t++) {
    if (poisson_try(o, o->pi, t, chosen) != o->size) continue;
    struct sum rest = {0, 0};
    for (int64_t j = 0; j < o->size; j++) sum_add(&rest, 1 - o->pi[chosen[j]]);
    if (random_uniform_at(o->stream, t) * largest >= sum_result(&rest)) continue;
    for (int64_t j = 0; j < o->size; j++) taken[o->i[chosen[j]]] = 1;
    return E_OK;
  }
  return never_kept("sampford", e);
}
