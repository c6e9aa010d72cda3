/* draw_sequential.c -- designs that go through a list: Sunter, Brewer draw by draw, pivotal (draw.h). */
#include <math.h>

#include "base/sum.h"
#include "estimators/selection/draw_impl.h"
#include "estimators/selection/unit_random.h"

enum err_code sunter_list(struct arena *a, int64_t n, const double *pi, int64_t size, struct sunter_list *out, struct err *e) {
  struct draw_rank *r = ARENA_ARRAY(a, struct draw_rank, n);
  int64_t *order = ARENA_ARRAY(a, int64_t, n);
  double *remaining = ARENA_ARRAY(a, double, n);
  if (!r || !order || !remaining) return ERR(e, E_NO_MEMORY, .subject = "Sunter");
  for (int64_t k = 0; k < n; k++) r[k] = (struct draw_rank){-pi[k], 0, k};
  draw_rank_sort(r, n);
  struct sum s = {0, 0};
  for (int64_t k = n - 1; k >= 0; k--) {
    order[k] = r[k].k;
    sum_add(&s, pi[order[k]]);
    remaining[k] = sum_result(&s);
  }
  *out = (struct sunter_list){.n = n, .size = size, .order = order, .pi = pi, .remaining = remaining};
  while (out->tail < n - size && (double)size * pi[order[out->tail]] < remaining[out->tail]) out->tail++;
  return E_OK;
}

/* Unit after unit by falling size with probability (still wanted) x_k / (sum from k on); from the tail on all alike. */
enum err_code draw_sunter(struct arena *a, const struct draw_open *o, uint8_t *taken, struct err *e) {
  struct sunter_list list;
  TRY(sunter_list(a, o->n, o->pi, o->size, &list, e));
  int64_t wanted = o->size;
  for (int64_t k = 0; k < o->n && wanted > 0; k++) {
    const int64_t i = list.order[k];
    const double p = k < list.tail ? (double)wanted * o->pi[i] / list.remaining[k] : (double)wanted / (double)(o->n - k);
    if (o->u[i] >= p) continue;
    taken[o->i[i]] = 1;
    wanted--;
  }
  return E_OK;
}

/* Draw j takes a remaining unit with probability in proportion to pi (r - pi) / (r - pi (size - j)), r = size - sum of pi of the ones taken. */
enum err_code draw_brewer(struct arena *a, const struct draw_open *o, uint8_t *taken, struct err *e) {
  double *share = ARENA_ARRAY(a, double, o->n);
  if (!share) return ERR(e, E_NO_MEMORY, .subject = "Brewer");
  double r = (double)o->size;
  for (int64_t j = 0; j < o->size; j++) {
    struct sum total = {0, 0};
    int64_t last = -1;
    for (int64_t k = 0; k < o->n; k++) {
      share[k] = 0;
      if (taken[o->i[k]]) continue;
      share[k] = o->pi[k] * fmax(r - o->pi[k], 0) / fmax(r - o->pi[k] * (double)(o->size - j), 1e-300);
      if (j + 1 == o->size) share[k] = o->pi[k];
      sum_add(&total, share[k]);
    }
    double point = random_uniform_at(o->stream, (uint64_t)j) * sum_result(&total);
    for (int64_t k = 0; k < o->n && point >= 0; k++)
      if (share[k] > 0) last = k, point -= share[k];
    if (last < 0) return ERR(e, E_BUG, .subject = "draw_brewer");
    taken[o->i[last]] = 1;
    r -= o->pi[last];
  }
  return E_OK;
}

/* Units meet in the order of their random numbers; of each pair one comes out 0 or 1 and the other goes on with the rest. */
enum err_code draw_pivotal(struct arena *a, const struct draw_open *o, uint8_t *taken, struct err *e) {
  struct draw_rank *r = ARENA_ARRAY(a, struct draw_rank, o->n);
  if (!r) return ERR(e, E_NO_MEMORY, .subject = "pivotal");
  for (int64_t k = 0; k < o->n; k++) r[k] = (struct draw_rank){o->u[k], o->key[k], k};
  draw_rank_sort(r, o->n);
  int64_t holder = r[0].k, n = 0;
  double p = o->pi[holder];
  for (int64_t k = 1; k < o->n; k++) {
    const int64_t other = r[k].k;
    const double q = o->pi[other], s = p + q, luck = random_uniform_at(o->stream, (uint64_t)k);
    const bool keep = s < 1 ? luck * s < p : luck * (2 - s) >= 1 - p; /* the holder goes on, or comes out as 1 */
    if (s < 1) holder = keep ? holder : other, p = s;
    else {
      taken[o->i[keep ? holder : other]] = 1, n++;
      holder = keep ? other : holder, p = s - 1;
    }
  }
  if (n < o->size) taken[o->i[holder]] = 1;
  return E_OK;
}
