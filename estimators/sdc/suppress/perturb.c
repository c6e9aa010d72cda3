#include "estimators/sdc/suppress/perturb.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/ext_glpk_sparse.h"

enum { ROUNDED_MAX = 20000 };

bool perturb_additive(const struct cell_table *t, const int64_t *out) {
  for (int32_t r = 0; r < t->n_relations; r++) {
    __extension__ __int128 rest = out[t->member[t->first[r]]];
    for (int32_t i = t->first[r] + 1; i < t->first[r + 1]; i++) rest -= out[t->member[i]];
    if (rest) return false;
  }
  return true;
}
static int64_t floor_div(int64_t v, int64_t base) { return v / base - (v % base < 0); }

/* --- controlled rounding: columns up (0/1), and one more step up and down where allowed --- */

struct rounding {
  const struct cell_table *t;
  int64_t base;
  int per; /* columns of a cell */
  struct lp_sparse *lp;
  uint8_t *whole;
  int *column;
  double *value;
};
static void rounding_rows(const struct rounding *x) {
  const struct cell_table *t = x->t;
  for (int32_t r = 0; r < t->n_relations; r++) {
    int n = 0;
    double rest = 0;
    for (int32_t i = t->first[r]; i < t->first[r + 1]; i++) {
      const int32_t c = t->member[i];
      const double sign = i == t->first[r] ? -1 : 1;
      rest -= sign * (double)floor_div(t->value[c], x->base);
      for (int k = 0; k < x->per; k++) {
        x->column[n] = x->per * c + k;
        x->value[n++] = k == 2 ? -sign : sign;
      }
    }
    lp_sparse_set_row(x->lp, r, n, x->column, x->value);
    lp_sparse_row_bounds(x->lp, r, rest, rest);
  }
}
static void rounding_columns(const struct rounding *x) {
  for (int32_t c = 0; c < x->t->n_cells; c++) {
    const int64_t rest = x->t->value[c] - x->base * floor_div(x->t->value[c], x->base);
    lp_sparse_bounds(x->lp, x->per * c, 0, rest ? 1 : 0);
    lp_sparse_cost(x->lp, x->per * c, (double)(x->base - 2 * rest));
    for (int k = 1; k < x->per; k++) {
      const bool below = k == 2 && x->t->nonnegative && x->t->value[c] < x->base;
      lp_sparse_bounds(x->lp, x->per * c + k, 0, below || x->t->value[c] == 0 ? 0 : 1);
      lp_sparse_cost(x->lp, x->per * c + k, (double)(2 * x->base));
    }
  }
}
enum err_code round_controlled(const struct cell_table *t, int64_t base, int extra, double seconds, int64_t *out, bool *proved, struct err *e) {
  struct rounding x = {.t = t, .base = base, .per = extra ? 3 : 1};
  bool found = false;
  double bound;
  if (t->n_cells > ROUNDED_MAX || base < 2) return ERR(e, E_SDC_SIZE, .subject = "controlled rounding", .file = t->name);
  const size_t n = (size_t)t->n_cells * (size_t)x.per + 1;
  x.whole = malloc(n);
  x.column = malloc(sizeof *x.column * n);
  x.value = malloc(sizeof *x.value * n);
  x.lp = lp_sparse_new(t->n_relations, (int)n - 1);
  enum err_code code = x.whole && x.column && x.value && x.lp ? E_OK : ERR(e, E_NO_MEMORY, .subject = t->name);
  if (!code) {
    memset(x.whole, 1, n);
    rounding_rows(&x);
    rounding_columns(&x);
    *proved = lp_sparse_whole(x.lp, x.whole, seconds, 0.05, &found, &bound) == LP_OPTIMAL;
    if (!found) code = ERR(e, E_SDC_NO_ROUNDING, .subject = t->name);
  }
  for (int32_t c = 0; !code && c < t->n_cells; c++) {
    int64_t q = floor_div(t->value[c], base);
    for (int k = 0; k < x.per; k++) q += (k == 2 ? -1 : 1) * (int64_t)nearbyint(lp_sparse_whole_value(x.lp, x.per * c + k));
    out[c] = q * base;
  }
  if (!code && !perturb_additive(t, out)) code = ERR(e, E_SDC_SOLVER, .subject = "controlled rounding");
  lp_sparse_free(x.lp);
  free(x.whole), free(x.column), free(x.value);
  return code;
}

/* --- small counts --- */

struct small {
  struct arena *a;
  const struct cell_table *t;
  int64_t base;
  int32_t n_inner, *inner; /* cells that are no parents */
  int32_t *first, *uses;   /* [n_inner + 1] published cells that an inner cell feeds, itself included, with multiplicity 1 */
  uint8_t *changed;        /* of inner cells */
};
/* Published cells above each inner cell: breadth first over relations in which it is a child. */
static bool list_uses(struct small *x) {
  const struct cell_table *t = x->t;
  int64_t room = 0, at = 0;
  uint8_t *seen = ARENA_ARRAY(x->a, uint8_t, t->n_cells + 1), *parent = ARENA_ARRAY(x->a, uint8_t, t->n_cells + 1);
  int32_t *queue = ARENA_ARRAY(x->a, int32_t, t->n_cells + 1);
  x->inner = ARENA_ARRAY(x->a, int32_t, t->n_cells + 1);
  x->first = ARENA_ARRAY(x->a, int32_t, t->n_cells + 2);
  if (!seen || !parent || !queue || !x->inner || !x->first) return false;
  for (int32_t r = 0; r < t->n_relations; r++) parent[t->member[t->first[r]]] = 1;
  for (int32_t c = 0; c < t->n_cells; c++) {
    int32_t n = 0;
    if (parent[c] || t->same[c] != c) continue;
    queue[n++] = c;
    seen[c] = 1;
    for (int32_t i = 0; i < n; i++)
      for (int32_t k = t->cell_first[queue[i]]; k < t->cell_first[queue[i] + 1]; k++) {
        const int32_t up = t->member[t->first[t->cell_relation[k]]];
        if (!seen[up]) seen[up] = 1, queue[n++] = up;
      }
    if (at + n > room) {
      room = 2 * (at + n) + 64;
      int32_t *more = ARENA_ARRAY(x->a, int32_t, room);
      if (!more) return false;
      if (at) memcpy(more, x->uses, (size_t)at * sizeof *more);
      x->uses = more;
    }
    memcpy(x->uses + at, queue, (size_t)n * sizeof *queue);
    at += n;
    for (int32_t i = 0; i < n; i++) seen[queue[i]] = 0;
    x->inner[x->n_inner++] = c;
    x->first[x->n_inner] = (int32_t)at;
  }
  return true;
}
static void spread(const struct small *x, int32_t i, int64_t v, int64_t *to) {
  for (int32_t k = x->first[i]; k < x->first[i + 1]; k++) to[x->uses[k]] += v;
}
/* Inner cells that feed a small published value join those that change; false when there are none. */
static bool more_small(struct small *x, const int64_t *out) {
  bool any = false;
  for (int32_t i = 0; i < x->n_inner; i++) {
    if (x->changed[i] || x->t->value[x->inner[i]] == 0) continue;
    for (int32_t k = x->first[i]; k < x->first[i + 1] && !x->changed[i]; k++)
      if (out[x->uses[k]] > 0 && out[x->uses[k]] < x->base) x->changed[i] = 1, any = true;
  }
  return any;
}
static void greedy(const struct small *x, int64_t *rest, int64_t *out) {
  int64_t total = 0;
  memset(rest, 0, (size_t)x->t->n_cells * sizeof *rest);
  memset(out, 0, (size_t)x->t->n_cells * sizeof *out);
  for (int32_t i = 0; i < x->n_inner; i++) {
    const int64_t v = x->t->value[x->inner[i]];
    spread(x, i, x->changed[i] ? 0 : v, out);
    if (!x->changed[i]) continue;
    total += v;
    spread(x, i, v, rest);
  }
  const int64_t ups = (2 * total + x->base) / (2 * x->base); /* halves up */
  int64_t *count = out; /* base times the number of roundings up is added below */
  uint8_t *up = calloc((size_t)x->n_inner + 1, 1);
  for (int64_t n = 0; up && n < ups; n++) {
    int32_t best = -1;
    int64_t most = INT64_MIN;
    for (int32_t i = 0; i < x->n_inner; i++) {
      int64_t gain = 0;
      if (!x->changed[i] || up[i]) continue;
      for (int32_t k = x->first[i]; k < x->first[i + 1]; k++) gain += rest[x->uses[k]];
      if (gain > most) most = gain, best = i;
    }
    if (best < 0) break;
    up[best] = 1;
    spread(x, best, -x->base, rest);
    spread(x, best, x->base, count);
  }
  free(up);
}
enum err_code round_small(const struct cell_table *t, int64_t base, int64_t *out, struct err *e) {
  struct small x = {.a = arena_new(0), .t = t, .base = base};
  if (!t->nonnegative || base < 2) {
    arena_free(x.a);
    return ERR(e, E_SDC_SIZE, .subject = "small counts are not negative and the base is 2 or more", .file = t->name);
  }
  int64_t *rest = x.a ? ARENA_ARRAY(x.a, int64_t, t->n_cells + 1) : NULL;
  const bool ok = rest && list_uses(&x) && (x.changed = ARENA_ARRAY(x.a, uint8_t, x.n_inner + 1));
  if (ok) {
    memcpy(out, t->value, (size_t)t->n_cells * sizeof *out);
    while (more_small(&x, out)) greedy(&x, rest, out);
    for (int32_t c = 0; c < t->n_cells; c++) out[c] = out[t->same[c]];
  }
  arena_free(x.a);
  return ok ? E_OK : ERR(e, E_NO_MEMORY, .subject = t->name);
}
void redact_then_round(const struct cell_table *t, int64_t threshold, int64_t base, bool zeros, int64_t *out, uint8_t *redacted) {
  for (int32_t c = 0; c < t->n_cells; c++) {
    redacted[c] = t->value[c] >= !zeros && t->value[c] < threshold;
    out[c] = redacted[c] ? 0 : base * floor_div(t->value[c] + base / 2, base);
  }
}
