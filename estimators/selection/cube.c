#include "estimators/selection/cube.h"

#include <math.h>
#include <string.h>

#include "base/ext_glpk.h"
#include "base/sum.h"
#include "estimators/selection/draw_impl.h"
#include "estimators/selection/unit_random.h"

static const double WALL = 1e-11, SMALL = 1e-11;

struct flight {
  const struct cube_spec *s;
  double *pi;      /* [n] now */
  double *column;  /* [n][p] x / (pi at the beginning), scaled by variable; by place in the order */
  int64_t *order;  /* [n] */
  int p;           /* variables still kept */
  double *room;    /* [p][p + 1] */
  int64_t window[CUBE_VARIABLES + 1]; /* places in the order */
  int n_window;
  int64_t next;
  uint64_t steps;
};

static bool open_at(const struct flight *f, int64_t place) {
  const double v = f->pi[f->order[place]];
  return v > 0 && v < 1;
}

/* Fills the window with units that are still open. */
static void refill(struct flight *f) {
  int n = 0;
  for (int k = 0; k < f->n_window; k++)
    if (open_at(f, f->window[k])) f->window[n++] = f->window[k];
  for (; n < f->p + 1 && f->next < f->s->n; f->next++)
    if (open_at(f, f->next)) f->window[n++] = f->next;
  f->n_window = n;
}

/* A vector v [q] with A v = 0, A the columns of the window: elimination with the largest pivot of each row; false when the columns are independent.
 * */
static bool kernel_vector(const struct flight *f, double *v) {
  const int p = f->p, q = f->n_window, wide = CUBE_VARIABLES + 1;
  int pivot_column[CUBE_VARIABLES], rank = 0;
  bool used[CUBE_VARIABLES + 1] = {false};
  for (int j = 0; j < p; j++)
    for (int k = 0; k < q; k++) f->room[j * wide + k] = f->column[f->window[k] * f->s->p + j];
  for (int j = 0; j < p; j++) {
    double *row = f->room + (ptrdiff_t)j * wide;
    int best = -1;
    for (int k = 0; k < q; k++)
      if (!used[k] && fabs(row[k]) > SMALL && (best < 0 || fabs(row[k]) > fabs(row[best]))) best = k;
    if (best < 0) continue;
    if (rank != j) memcpy(f->room + (ptrdiff_t)rank * wide, row, (size_t)q * sizeof *row), row = f->room + (ptrdiff_t)rank * wide;
    used[best] = true;
    pivot_column[rank] = best;
    const double inverse = 1 / row[best];
    for (int k = 0; k < q; k++) row[k] *= inverse;
    for (int i = 0; i < p; i++) {
      if (i == rank || (i > rank && i <= j)) continue;
      double *other = f->room + (ptrdiff_t)i * wide;
      const double by = other[best];
      if (by == 0) continue;
      for (int k = 0; k < q; k++) other[k] -= by * row[k];
      other[best] = 0;
    }
    rank++;
  }
  int left = 0;
  while (left < q && used[left]) left++;
  if (left == q) return false;
  memset(v, 0, (size_t)q * sizeof *v);
  v[left] = 1;
  for (int r = 0; r < rank; r++) v[pivot_column[r]] = -f->room[(ptrdiff_t)r * wide + left];
  return true;
}

/* The longest step along sign * v inside the cube, and who meets the wall. */
static double to_wall(const struct flight *f, const double *v, double sign, int *at) {
  double longest = INFINITY;
  for (int k = 0; k < f->n_window; k++) {
    const double d = sign * v[k], now = f->pi[f->order[f->window[k]]];
    if (fabs(d) < 1e-14) continue;
    const double step = d > 0 ? (1 - now) / d : -now / d;
    if (step < longest) longest = step, *at = k;
  }
  return longest;
}

static void move(struct flight *f, const double *v) {
  int up = 0, down = 0;
  const double longest = to_wall(f, v, 1, &up), back = to_wall(f, v, -1, &down);
  const bool forward = random_uniform_at(f->s->stream, f->steps++) * (longest + back) < back;
  const double step = forward ? longest : -back;
  const int wall = forward ? up : down;
  for (int k = 0; k < f->n_window; k++) {
    double *now = &f->pi[f->order[f->window[k]]];
    *now += step * v[k];
    if (k == wall) *now = step * v[k] > 0 ? 1 : 0;
    else if (*now < WALL) *now = 0;
    else if (*now > 1 - WALL) *now = 1;
  }
}

static void fly(struct flight *f) {
  double v[CUBE_VARIABLES + 1];
  for (refill(f); f->n_window > 0 && kernel_vector(f, v); refill(f)) move(f, v);
}

static enum err_code prepare(struct arena *a, const struct cube_spec *s, struct flight *f, struct err *e) {
  if (s->p > CUBE_VARIABLES) return ERR(e, E_SAMPLE_METHOD, .subject = "cube", .expected = "at most 63 balancing variables");
  struct draw_rank *r = ARENA_ARRAY(a, struct draw_rank, s->n);
  *f = (struct flight){.s = s, .p = s->p, .pi = ARENA_ARRAY(a, double, s->n), .column = ARENA_ARRAY(a, double, s->n * (s->p ? s->p : 1))};
  f->order = ARENA_ARRAY(a, int64_t, s->n);
  f->room = ARENA_ARRAY(a, double, CUBE_VARIABLES * (CUBE_VARIABLES + 1));
  if (!r || !f->pi || !f->column || !f->order || !f->room) return ERR(e, E_NO_MEMORY, .subject = "cube");
  memcpy(f->pi, s->pi, (size_t)s->n * sizeof *f->pi);
  for (int64_t k = 0; k < s->n; k++) r[k] = (struct draw_rank){s->u[k], s->key[k], k};
  draw_rank_sort(r, s->n);
  for (int64_t k = 0; k < s->n; k++) f->order[k] = r[k].k;
  for (int j = 0; j < s->p; j++) {
    double largest = 0;
    for (int64_t k = 0; k < s->n; k++) largest = fmax(largest, fabs(s->x[j][k] / s->pi[k]));
    for (int64_t k = 0; k < s->n; k++)
      f->column[k * s->p + j] = largest > 0 ? s->x[j][f->order[k]] / s->pi[f->order[k]] / largest : 0;
  }
  return E_OK;
}

enum err_code cube_flight(struct arena *a, const struct cube_spec *s, double *pi, struct err *e) {
  struct flight f;
  TRY(prepare(a, s, &f, e));
  fly(&f);
  memcpy(pi, f.pi, (size_t)s->n * sizeof *pi);
  return E_OK;
}

/* What a sample of the left units costs: squared imbalances, each relative to the total of its variable. */
static double landing_cost(const struct flight *f, const double *total, const int64_t *left, int q, unsigned sample) {
  double cost = 0;
  for (int j = 0; j < f->s->p; j++) {
    double off = 0;
    for (int k = 0; k < q; k++) off += f->column[left[k] * f->s->p + j] * ((sample >> k & 1) - f->pi[f->order[left[k]]]);
    const double relative = off / (total[j] > 0 ? total[j] : 1);
    cost += relative * relative;
  }
  return cost;
}

/* The linear programme over all samples of the left units; its solution is a distribution, from which one is drawn. */
static enum err_code land(struct arena *a, struct flight *f, const int64_t *left, int q, struct err *e) {
  const int n = 1 << q, m = q + 1;
  double *matrix = ARENA_ARRAY(a, double, m * n), *rhs = ARENA_ARRAY(a, double, m), *low = ARENA_ARRAY(a, double, n), *high = ARENA_ARRAY(a, double,
      n);
  double *cost = ARENA_ARRAY(a, double, n), *x = ARENA_ARRAY(a, double, n), *total = ARENA_ARRAY(a, double, f->s->p + 1);
  if (!matrix || !rhs || !low || !high || !cost || !x || !total) return ERR(e, E_NO_MEMORY, .subject = "cube landing");
  for (int j = 0; j < f->s->p; j++)
    for (int64_t k = 0; k < f->s->n; k++) total[j] += fabs(f->column[k * f->s->p + j] * f->s->pi[f->order[k]]);
  double wanted = 0;
  for (int k = 0; k < q; k++) wanted += f->pi[f->order[left[k]]];
  for (int s = 0; s < n; s++) {
    matrix[s] = 1;
    for (int k = 0; k < q; k++) matrix[(k + 1) * n + s] = s >> k & 1;
    high[s] = !f->s->keep_size || fabs((double)__builtin_popcount((unsigned)s) - wanted) < 0.5 ? 1 : 0;
    cost[s] = landing_cost(f, total, left, q, (unsigned)s);
  }
  double most = 0;
  for (int s = 0; s < n; s++) most = fmax(most, cost[s]);
  for (int s = 0; s < n && most > 0; s++) cost[s] /= most;
  rhs[0] = 1;
  for (int k = 0; k < q; k++) rhs[k + 1] = f->pi[f->order[left[k]]];
  const struct lp lp = {.m = m, .n = n, .a = matrix, .row_lower = rhs, .row_upper = rhs, .lower = low, .upper = high, .c = cost};
  struct lp_result r = {.x = x};
  lp_glpk(&lp, &r);
  if (r.status != LP_OPTIMAL) return ERR(e, E_SAMPLE_METHOD, .subject = "cube", .expected = "a landing that can be solved");
  double point = random_uniform_at(f->s->stream, f->steps++);
  int chosen = 0;
  for (int s = 0; s < n && point >= 0; s++)
    if (x[s] > 1e-12) chosen = s, point -= x[s];
  for (int k = 0; k < q; k++) f->pi[f->order[left[k]]] = chosen >> k & 1;
  return E_OK;
}

enum err_code cube_sample(struct arena *a, const struct cube_spec *s, uint8_t *in, struct err *e) {
  struct flight f;
  TRY(prepare(a, s, &f, e));
  fly(&f);
  while (f.n_window > CUBE_LANDING) { /* fewer variables until the rest can be enumerated */
    f.p--;
    fly(&f);
  }
  if (f.n_window > 0) {
    int64_t left[CUBE_LANDING];
    memcpy(left, f.window, (size_t)f.n_window * sizeof *left);
    TRY(land(a, &f, left, f.n_window, e));
  }
  for (int64_t k = 0; k < s->n; k++) in[k] = f.pi[k] >= 1;
  return E_OK;
}
