#include "estimators/selection/draw.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/sum.h"
#include "estimators/selection/cube.h"
#include "estimators/selection/draw_impl.h"
#include "estimators/selection/unit_random.h"

static const struct {
  const char *name;
  bool needs_size, fixed, ordered;
  enum draw_exactness exactness;
} methods[DRAW_METHODS] = {
    [DRAW_ALL] = {"all", false, true, false, DRAW_EXACT},
    [DRAW_SRS] = {"srs", false, true, false, DRAW_EXACT},
    [DRAW_BERNOULLI] = {"bernoulli", false, false, false, DRAW_EXACT},
    [DRAW_POISSON] = {"poisson", true, false, false, DRAW_EXACT},
    [DRAW_SYSTEMATIC] = {"systematic", false, true, true, DRAW_EXACT},
    [DRAW_PPS_SYSTEMATIC] = {"pps-systematic", true, true, true, DRAW_EXACT},
    [DRAW_SUNTER] = {"sunter", true, true, false, DRAW_EXACT_OTHER},
    [DRAW_SAMPFORD] = {"sampford", true, true, false, DRAW_EXACT},
    [DRAW_MAXIMUM_ENTROPY] = {"maximum-entropy", true, true, false, DRAW_EXACT},
    [DRAW_BREWER] = {"brewer", true, true, false, DRAW_EXACT},
    [DRAW_PIVOTAL] = {"pivotal", true, true, false, DRAW_EXACT},
    [DRAW_PARETO] = {"pareto", true, true, false, DRAW_NEARLY},
    [DRAW_SEQUENTIAL] = {"sequential-poisson", true, true, false, DRAW_NEARLY},
    [DRAW_CUBE] = {"cube", false, true, false, DRAW_EXACT},
};

const char *draw_name(enum draw_method m) { return methods[m].name; }
bool draw_method_parse(struct str name, enum draw_method *out) {
  for (int m = 0; m < DRAW_METHODS; m++)
    if (str_eq(name, str_of(methods[m].name))) {
      *out = (enum draw_method)m;
      return true;
    }
  return false;
}
bool draw_needs_size(enum draw_method m) { return methods[m].needs_size; }
bool draw_fixed_size(enum draw_method m) { return methods[m].fixed; }
bool draw_in_order(enum draw_method m) { return methods[m].ordered; }
enum draw_exactness draw_exactness(enum draw_method m) { return methods[m].exactness; }

static int by_rank(const void *pa, const void *pb) {
  const struct draw_rank *a = pa, *b = pb;
  if (a->value != b->value) return a->value < b->value ? -1 : 1;
  if (a->key != b->key) return a->key < b->key ? -1 : 1;
  return (a->k > b->k) - (a->k < b->k);
}
void draw_rank_sort(struct draw_rank *r, int64_t n) { qsort(r, (size_t)n, sizeof *r, by_rank); }

enum err_code draw_ranks(struct arena *a, const struct draw_group *g, int64_t *rank, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  struct draw_rank *r = ARENA_ARRAY(a, struct draw_rank, g->n + 1);
  if (!r) return ERR(e, E_NO_MEMORY, .subject = "draw");
  for (int64_t k = 0; k < g->n; k++) r[k] = (struct draw_rank){g->u[k], g->key[k], k};
  draw_rank_sort(r, g->n);
  for (int64_t k = 0; k < g->n; k++) rank[r[k].k] = k;
  arena_reset(a, mark);
  return E_OK;
}

static double ranking(enum draw_method m, double u, double pi) {
  if (m == DRAW_PARETO) return u / (1 - u) * (1 - pi) / pi;
  return m == DRAW_SEQUENTIAL ? u / pi : u;
}

/* The smallest ranking variables: SRS, Pareto, sequential Poisson. */
static enum err_code smallest(struct arena *a, enum draw_method m, const struct draw_open *o, uint8_t *taken, struct err *e) {
  struct draw_rank *r = ARENA_ARRAY(a, struct draw_rank, o->n);
  if (!r) return ERR(e, E_NO_MEMORY, .subject = "draw");
  for (int64_t k = 0; k < o->n; k++) r[k] = (struct draw_rank){ranking(m, o->u[k], o->pi[k]), o->key[k], k};
  draw_rank_sort(r, o->n);
  for (int64_t k = 0; k < o->size; k++) taken[o->i[r[k].k]] = 1;
  return E_OK;
}

/* Equal steps along the order, in whole numbers: unit k is taken when floor((k size + start) / n) goes up. */
static void equal_steps(const struct draw_open *o, uint8_t *taken) {
  sum_int at = (sum_int)random_below_at(o->stream, 0, (uint64_t)o->n);
  for (int64_t k = 0; k < o->n; k++) {
    at += o->size;
    if (at < o->n) continue;
    at -= o->n;
    taken[o->i[k]] = 1;
  }
}

/* The same by size: the running sum of pi passes start, start + 1, ...; the last sum is `size` by definition. */
static void size_steps(const struct draw_open *o, uint8_t *taken) {
  const double start = random_uniform_at(o->stream, 0);
  struct sum at = {0, 0};
  int64_t next = 0;
  for (int64_t k = 0; k < o->n; k++) {
    sum_add(&at, o->pi[k]);
    double reached = k + 1 == o->n ? (double)o->size : sum_result(&at);
    if (next < o->size && reached > start + (double)next) taken[o->i[k]] = 1, next++;
  }
}

static enum err_code cube(struct arena *a, const struct draw_group *g, const struct draw_open *o, uint8_t *taken, struct err *e) {
  const double **x = ARENA_ARRAY(a, const double *, g->p + 1);
  double *packed = ARENA_ARRAY(a, double, o->n * (g->p + 1));
  uint8_t *in = ARENA_ARRAY(a, uint8_t, o->n);
  if (!x || !packed || !in) return ERR(e, E_NO_MEMORY, .subject = "cube");
  x[0] = o->pi;
  for (int j = 0; j < g->p; j++) {
    double *column = packed + (ptrdiff_t)j * o->n;
    for (int64_t k = 0; k < o->n; k++) column[k] = g->x[j][o->i[k]];
    x[j + 1] = column;
  }
  const struct cube_spec s = {.n = o->n, .pi = o->pi, .u = o->u, .key = o->key, .p = g->p + 1, .x = x, .keep_size = true, .stream = o->stream};
  TRY(cube_sample(a, &s, in, e));
  for (int64_t k = 0; k < o->n; k++)
    if (in[k]) taken[o->i[k]] = 1;
  return E_OK;
}

static enum err_code open_units(struct arena *a, const struct draw_group *g, struct draw_open *o, uint8_t *taken, struct err *e) {
  int64_t *i = ARENA_ARRAY(a, int64_t, g->n), n = 0, certain = 0;
  double *u = ARENA_ARRAY(a, double, g->n), *pi = ARENA_ARRAY(a, double, g->n);
  uint64_t *key = ARENA_ARRAY(a, uint64_t, g->n);
  if (!i || !u || !pi || !key) return ERR(e, E_NO_MEMORY, .subject = "draw");
  for (int64_t k = 0; k < g->n; k++) {
    taken[k] = g->pi[k] >= 1;
    certain += taken[k];
    if (taken[k] || !(g->pi[k] > 0)) continue;
    i[n] = k, u[n] = g->u[k], key[n] = g->key[k], pi[n] = g->pi[k], n++;
  }
  *o = (struct draw_open){.n = n, .size = g->size - certain, .i = i, .key = key, .u = u, .pi = pi, .stream = g->stream};
  return E_OK;
}

static enum err_code by_method(struct arena *a, enum draw_method m, const struct draw_group *g, const struct draw_open *o, uint8_t *taken,
    struct err *e) {
  switch (m) {
    case DRAW_SRS:
    case DRAW_PARETO:
    case DRAW_SEQUENTIAL: return smallest(a, m, o, taken, e);
    case DRAW_BERNOULLI:
    case DRAW_POISSON:
      for (int64_t k = 0; k < o->n; k++) taken[o->i[k]] = o->u[k] < o->pi[k];
      return E_OK;
    case DRAW_SYSTEMATIC: equal_steps(o, taken); return E_OK;
    case DRAW_PPS_SYSTEMATIC: size_steps(o, taken); return E_OK;
    case DRAW_SUNTER: return draw_sunter(a, o, taken, e);
    case DRAW_SAMPFORD: return draw_sampford(a, o, taken, e);
    case DRAW_MAXIMUM_ENTROPY: return draw_maximum_entropy(a, o, taken, e);
    case DRAW_BREWER: return draw_brewer(a, o, taken, e);
    case DRAW_PIVOTAL: return draw_pivotal(a, o, taken, e);
    case DRAW_CUBE: return cube(a, g, o, taken, e);
    case DRAW_ALL:
    case DRAW_METHODS: break;
  }
  return ERR(e, E_BUG, .subject = "draw_take");
}

enum err_code draw_take(struct arena *a, enum draw_method m, const struct draw_group *g, uint8_t *taken, struct err *e) {
  if (m == DRAW_ALL) {
    memset(taken, 1, (size_t)g->n);
    return E_OK;
  }
  struct arena_mark mark = arena_mark(a);
  struct draw_open o;
  enum err_code code = open_units(a, g, &o, taken, e);
  const bool some = !code && o.n > 0 && (o.size > 0 || !methods[m].fixed);
  if (some && methods[m].fixed && o.size >= o.n)
    for (int64_t k = 0; k < o.n; k++) taken[o.i[k]] = 1;
  else if (some) code = by_method(a, m, g, &o, taken, e);
  arena_reset(a, mark);
  return code;
}

enum err_code draw_probabilities(struct arena *a, enum draw_method m, int64_t n, const double *pi, double *actual, struct err *e) {
  memmove(actual, pi, (size_t)n * sizeof *pi);
  if (m != DRAW_SUNTER) return E_OK;
  struct arena_mark mark = arena_mark(a);
  int64_t *place = ARENA_ARRAY(a, int64_t, n), open = 0;
  double *rest = ARENA_ARRAY(a, double, n);
  if (!place || !rest) return ERR(e, E_NO_MEMORY, .subject = "draw");
  struct sum total = {0, 0};
  for (int64_t k = 0; k < n; k++)
    if (pi[k] > 0 && pi[k] < 1) place[open] = k, rest[open++] = pi[k], sum_add(&total, pi[k]);
  struct sunter_list list;
  enum err_code code = open ? sunter_list(a, open, rest, llround(sum_result(&total)), &list, e) : E_OK;
  if (!code && open)
    for (int64_t k = list.tail; k < open; k++) actual[place[list.order[k]]] = list.remaining[list.tail] / (double)(open - list.tail);
  arena_reset(a, mark);
  return code;
}
