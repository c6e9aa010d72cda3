#include "estimators/selection/joint.h"

#include <math.h>
#include <string.h>

#include "base/sum.h"
#include "estimators/selection/draw_impl.h"
#include "estimators/selection/max_entropy.h"
#include "estimators/selection/poisson_binomial.h"

/* The open units of the group packed; of each unit asked for its place among them, -1 = certain or out. */
struct packed {
  int64_t n, size, m;
  double *pi;
  const double *all;
  const int64_t *chosen;
  int64_t *place;
};

enum joint_kind joint_kind(enum draw_method m) {
  switch (m) {
    case DRAW_SYSTEMATIC:
    case DRAW_PPS_SYSTEMATIC: return JOINT_NONE;
    case DRAW_BREWER:
    case DRAW_PIVOTAL:
    case DRAW_PARETO:
    case DRAW_SEQUENTIAL:
    case DRAW_CUBE: return JOINT_HAJEK;
    default: return JOINT_EXACT;
  }
}

const char *joint_kind_name(enum joint_kind k) {
  static const char *const names[] = {"exact", "hajek", "none"};
  return names[k];
}

static enum err_code pack(struct arena *a, int64_t n, const double *pi, int64_t m, const int64_t *chosen, struct packed *p, struct err *e) {
  int64_t *at = ARENA_ARRAY(a, int64_t, n);
  *p = (struct packed){.m = m, .all = pi, .chosen = chosen, .pi = ARENA_ARRAY(a, double, n), .place = ARENA_ARRAY(a, int64_t, m + 1)};
  if (!at || !p->pi || !p->place) return ERR(e, E_NO_MEMORY, .subject = "joint probabilities");
  struct sum s = {0, 0};
  for (int64_t k = 0; k < n; k++) {
    at[k] = -1;
    if (!(pi[k] > 0 && pi[k] < 1)) continue;
    at[k] = p->n, p->pi[p->n++] = pi[k];
    sum_add(&s, pi[k]);
  }
  p->size = llround(sum_result(&s));
  for (int64_t j = 0; j < m; j++) p->place[j] = at[chosen[j]];
  return E_OK;
}

/* out(i, j) for open units by a function of their places; certain units give the other's probability. */
typedef double (*pair_fn)(void *context, int64_t k, int64_t l);
static void fill(const struct packed *p, const double *actual, pair_fn pair, void *context, double *out) {
  for (int64_t i = 0; i < p->m; i++) {
    const int64_t k = p->place[i];
    const double own = k < 0 ? p->all[p->chosen[i]] : actual[k];
    out[i * p->m + i] = own;
    for (int64_t j = 0; j < i; j++) {
      const int64_t l = p->place[j];
      const double other = l < 0 ? p->all[p->chosen[j]] : actual[l];
      const double v = k < 0 || l < 0 ? own * other : pair(context, k, l);
      out[i * p->m + j] = out[j * p->m + i] = v;
    }
  }
}

struct simple {
  const double *pi;
  double d, equal;
};
static double product(void *context, int64_t k, int64_t l) {
  const struct simple *s = context;
  return s->pi[k] * s->pi[l];
}
static double equal(void *context, int64_t k, int64_t l) {
  (void)k, (void)l;
  return ((const struct simple *)context)->equal;
}
static double hajek(void *context, int64_t k, int64_t l) {
  const struct simple *s = context;
  return s->pi[k] * s->pi[l] * (1 - (1 - s->pi[k]) * (1 - s->pi[l]) / s->d);
}

struct sunter_pairs {
  struct sunter_list list;
  int64_t *rank;
  double *before; /* n (n - 1) prod_{j < k} (1 - 2 x_j / T_j) */
};
static double sunter_pair(void *context, int64_t k, int64_t l) {
  const struct sunter_pairs *s = context;
  const struct sunter_list *t = &s->list;
  int64_t first = s->rank[k] < s->rank[l] ? s->rank[k] : s->rank[l], second = s->rank[k] < s->rank[l] ? s->rank[l] : s->rank[k];
  const double tail_mean = t->remaining[t->tail] / (double)(t->n - t->tail);
  if (first >= t->tail) return s->before[t->tail] / ((double)(t->n - t->tail) * (double)(t->n - t->tail - 1));
  const double x = second >= t->tail ? tail_mean : t->pi[t->order[second]];
  return s->before[first] * t->pi[t->order[first]] / t->remaining[first] * x / t->remaining[first + 1];
}
static enum err_code sunter_joint(struct arena *a, const struct packed *p, double *out, struct err *e) {
  struct sunter_pairs s = {.rank = ARENA_ARRAY(a, int64_t, p->n), .before = ARENA_ARRAY(a, double, p->n + 1)};
  double *actual = ARENA_ARRAY(a, double, p->n);
  if (!s.rank || !s.before || !actual) return ERR(e, E_NO_MEMORY, .subject = "Sunter");
  TRY(sunter_list(a, p->n, p->pi, p->size, &s.list, e));
  TRY(draw_probabilities(a, DRAW_SUNTER, p->n, p->pi, actual, e));
  s.before[0] = (double)p->size * (double)(p->size - 1);
  for (int64_t k = 0; k < p->n; k++) {
    s.rank[s.list.order[k]] = k;
    s.before[k + 1] = s.before[k] * (1 - 2 * p->pi[s.list.order[k]] / s.list.remaining[k]);
  }
  fill(p, actual, sunter_pair, &s, out);
  return E_OK;
}

struct rejective_pairs {
  const double *p, *pi; /* p = probabilities of the Poisson sample */
  int64_t size, top, last;
  double *f, *one, *two, norm;
  bool sampford;
};
static double rejective_pair(void *context, int64_t k, int64_t l) {
  struct rejective_pairs *r = context;
  if (r->size < 2) return 0;
  if (r->last != k) pb_without(r->f, r->top, r->p[k], r->one), r->last = k;
  pb_without(r->one, r->top, r->p[l], r->two);
  if (!r->sampford) return r->p[k] * r->p[l] * r->two[r->size - 2] / r->norm;
  struct sum s = {0, 0};
  for (int64_t i = 0; i <= r->size - 2; i++) sum_add(&s, ((double)(r->size - i) - r->pi[k] - r->pi[l]) * r->two[i]);
  return r->pi[k] * r->pi[l] * sum_result(&s) / r->norm;
}
static enum err_code rejective_joint(struct arena *a, enum draw_method m, const struct packed *p, double *out, struct err *e) {
  if (p->n > ENTROPY_CELLS / (p->size + 48) || (double)p->m * (double)p->m * (double)p->size > 1e11)
    return ERR(e, E_SAMPLE_METHOD, .subject = draw_name(m), .expected = "groups small enough for exact joint probabilities");
  double *working = ARENA_ARRAY(a, double, p->n + 1);
  struct rejective_pairs r = {.pi = p->pi, .size = p->size, .last = -1, .sampford = m == DRAW_SAMPFORD};
  if (!working) return ERR(e, E_NO_MEMORY, .subject = "joint probabilities");
  memcpy(working, p->pi, (size_t)p->n * sizeof *working);
  if (!r.sampford && p->n > 1) TRY(max_entropy_working(a, p->n, p->pi, p->size, working, e));
  r.p = working, r.top = pb_top(p->n, working, p->size);
  r.f = ARENA_ARRAY(a, double, r.top + 1), r.one = ARENA_ARRAY(a, double, r.top + 1), r.two = ARENA_ARRAY(a, double, r.top + 1);
  if (!r.f || !r.one || !r.two) return ERR(e, E_NO_MEMORY, .subject = "joint probabilities");
  pb_build(p->n, working, r.top, r.f);
  struct sum norm = {0, 0};
  for (int64_t i = 0; i < p->size; i++) sum_add(&norm, (double)(p->size - i) * r.f[i]);
  r.norm = r.sampford ? sum_result(&norm) : r.f[p->size];
  fill(p, p->pi, rejective_pair, &r, out);
  return E_OK;
}

static enum err_code by_method(struct arena *a, enum draw_method m, const struct packed *p, double *out, struct err *e) {
  struct simple s = {.pi = p->pi};
  for (int64_t k = 0; k < p->n; k++) s.d += p->pi[k] * (1 - p->pi[k]);
  if (m == DRAW_SUNTER) return sunter_joint(a, p, out, e);
  if ((m == DRAW_SAMPFORD || m == DRAW_MAXIMUM_ENTROPY) && p->n > 0) return rejective_joint(a, m, p, out, e);
  if (m == DRAW_SRS && p->n > 1) s.equal = (double)p->size * (double)(p->size - 1) / ((double)p->n * (double)(p->n - 1));
  fill(p, p->pi, m == DRAW_SRS ? equal : joint_kind(m) == JOINT_HAJEK ? hajek : product, &s, out);
  return E_OK;
}

enum err_code joint_probabilities(
    struct arena *a, enum draw_method m, int64_t n, const double *pi, int64_t n_chosen, const int64_t *chosen, double *out, struct err *e) {
  if (joint_kind(m) == JOINT_NONE) return E_OK;
  struct arena_mark mark = arena_mark(a);
  struct packed p;
  enum err_code code = pack(a, n, pi, n_chosen, chosen, &p, e);
  if (!code) code = by_method(a, m, &p, out, e);
  arena_reset(a, mark);
  return code;
}
