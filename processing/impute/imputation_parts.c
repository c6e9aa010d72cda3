#include "processing/impute/imputation_parts.h"

#include <math.h>
#include <stdlib.h>

#include "base/sum.h"
#include "processing/impute/regression_robust.h"

static enum err_code wrong(const char *why, struct err *e) { return ERR(e, E_MODEL_DATA, .subject = "variance of imputed totals", .found = why); }
static enum err_code no_memory(struct err *e) { return ERR(e, E_NO_MEMORY, .subject = "variance of imputed totals"); }
static double raise_of(const struct srs_design *d, int64_t i) { return d->pop[d->stratum[i]] / d->size[d->stratum[i]]; }
static double share_of(const struct srs_design *d, int64_t i) { return d->size[d->stratum[i]] / d->pop[d->stratum[i]]; }

enum err_code parts_model_make(struct arena *a, int64_t n, struct parts_model *out, struct err *e) {
  *out = (struct parts_model){ARENA_ARRAY(a, double, n + 1), ARENA_ARRAY(a, double, n + 1), ARENA_ARRAY(a, double, n + 1)};
  return out->extra && out->variance && out->fitted ? E_OK : no_memory(e);
}

/* --- linear models --- */
static double spread_of(const struct parts_class *c, const double *x) { return c->kind == PARTS_RATIO ? x[0] : 1; }
static double fit_weight(const struct parts_input *in, const struct parts_class *c, int64_t i) {
  return (in->weight ? in->weight[i] : 1) / spread_of(c, in->x + i * in->p);
}
static enum err_code least_squares(const struct parts_input *in, const struct parts_class *c, struct qr_sum *q, struct qr_fit *fit, struct err *e) {
  qr_init(q, in->p);
  for (int64_t k = 0; k < c->n; k++) {
    const int64_t i = c->row[k];
    if (in->role[i] == PARTS_NONE) continue;
    if (!(spread_of(c, in->x + i * in->p) > 0)) return wrong("an auxiliary is not above 0", e);
    if (in->role[i] == PARTS_REPORTED) qr_add(q, in->x + i * in->p, in->y[i], fit_weight(in, c, i));
  }
  qr_solve(q, fit);
  if (fit->n <= in->p) return wrong("fewer respondents than the model needs", e);
  return fit->rank < in->p ? wrong("auxiliaries that depend on one another", e) : E_OK;
}
static enum err_code linear(struct arena *a, const struct parts_input *in, const struct parts_class *c, struct parts_model *m, struct err *e) {
  struct qr_sum *q = ARENA_NEW(a, struct qr_sum);
  struct qr_fit fit;
  double right[QR_COLUMNS] = {0}, v[QR_COLUMNS] = {0};
  struct sum squares = {0}, spreads = {0};
  if (!q) return no_memory(e);
  TRY(least_squares(in, c, q, &fit, e));
  for (int64_t k = 0; k < c->n; k++) {
    const int64_t i = c->row[k];
    const double *x = in->x + i * in->p;
    for (int j = 0; j < in->p && in->role[i] == PARTS_IMPUTED; j++) right[j] += raise_of(in->design, i) * x[j];
    if (in->role[i] != PARTS_REPORTED) continue;
    const double residual = in->y[i] - regression_value(&fit, x);
    sum_add(&squares, residual * residual);
    sum_add(&spreads, spread_of(c, x));
  }
  if (!qr_normal(q, &fit, right, v)) return wrong("auxiliaries that depend on one another", e);
  const double unit = sum_result(&squares) / sum_result(&spreads) * (double)fit.n / (double)(fit.n - in->p);
  for (int64_t k = 0; k < c->n; k++) {
    const int64_t i = c->row[k];
    const double *x = in->x + i * in->p;
    if (in->role[i] == PARTS_NONE) continue;
    m->variance[i] = unit * spread_of(c, x);
    if (in->role[i] == PARTS_IMPUTED) m->fitted[i] = regression_value(&fit, x);
    for (int j = 0; j < in->p && in->role[i] == PARTS_REPORTED; j++) m->extra[i] += fit_weight(in, c, i) * x[j] * v[j];
  }
  return E_OK;
}

/* --- donors --- */
struct point {
  double x, y, squared; /* squared: of the pseudo-residual */
  int64_t place;
};
static int by_x(const void *a, const void *b) {
  const struct point *p = a, *q = b;
  if (p->x != q->x) return p->x < q->x ? -1 : 1;
  return (p->place > q->place) - (p->place < q->place);
}
/* A line through the two neighbours, standardised; at the ends and between equal x the plain mean of the two. */
static void pseudo_residuals(struct point *p, int64_t n) {
  for (int64_t k = 0; k < n; k++) {
    const int64_t l = k > 0 ? k - 1 : 1, r = k + 1 < n ? k + 1 : n - 2;
    const double wide = p[r].x - p[l].x, b = wide > 0 && k > 0 && k + 1 < n ? (p[k].x - p[l].x) / wide : 0.5, c = 1 - b;
    if (l == r) p[k].squared = (p[k].y - p[l].y) * (p[k].y - p[l].y) / 2;
    else {
      const double residual = p[k].y - c * p[l].y - b * p[r].y;
      p[k].squared = residual * residual / (1 + b * b + c * c);
    }
  }
}
/* Mean of the squares of the `window` points nearest to x: they stand together in the order. before[k] = sum of the squares of points 0 .. k-1. */
static double local_variance(const struct point *p, const double *before, int64_t n, int64_t window, double x) {
  int64_t low = 0, high = n - window;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (x - p[middle].x > p[middle + window].x - x) low = middle + 1;
    else high = middle;
  }
  return (before[low + window] - before[low]) / (double)window;
}
static double class_variance(const struct point *p, int64_t n) {
  double mean = 0, squares = 0;
  for (int64_t k = 0; k < n; k++) mean += p[k].y / (double)n;
  for (int64_t k = 0; k < n; k++) squares += (p[k].y - mean) * (p[k].y - mean);
  return squares / (double)(n - 1);
}
static enum err_code donors(struct arena *a, const struct parts_input *in, const struct parts_class *c, struct parts_model *m, struct err *e) {
  struct point *p = ARENA_ARRAY(a, struct point, c->n + 1);
  double *before = ARENA_ARRAY(a, double, c->n + 2);
  int64_t n = 0;
  if (!p || !before) return no_memory(e);
  for (int64_t k = 0; k < c->n; k++)
    if (in->role[c->row[k]] == PARTS_REPORTED) p[n++] = (struct point){.x = c->p ? in->x[c->row[k] * in->p] : 0, .y = in->y[c->row[k]], .place = k};
  if (n < 3) return wrong("fewer respondents than the model needs", e);
  const double whole = class_variance(p, n);
  qsort(p, (size_t)n, sizeof *p, by_x);
  pseudo_residuals(p, n);
  for (int64_t k = 0; k < n; k++) before[k + 1] = before[k] + p[k].squared;
  const int64_t wanted = (int64_t)ceil(2 * sqrt((double)n)), window = wanted < n ? wanted : n;
  for (int64_t k = 0; k < c->n; k++) {
    const int64_t i = c->row[k];
    if (in->role[i] == PARTS_NONE) continue;
    m->variance[i] = c->p ? local_variance(p, before, n, window, in->x[i * in->p]) : whole;
    if (in->role[i] == PARTS_IMPUTED && in->donor[i] >= 0) m->extra[in->donor[i]] += raise_of(in->design, i);
  }
  return E_OK;
}

enum err_code parts_fit(struct arena *a, const struct parts_input *in, const struct parts_class *c, struct parts_model *m, struct err *e) {
  const struct arena_mark mark = arena_mark(a);
  const enum err_code code = c->kind == PARTS_DONOR ? donors(a, in, c, m, e) : linear(a, in, c, m, e);
  arena_reset(a, mark);
  return code;
}

/* --- the parts --- */
static bool inside(const struct parts_input *in, const uint8_t *domain, int64_t i) { return in->role[i] != PARTS_NONE && (!domain || domain[i]); }

/* What the usual formula lacks for donors, stratum by stratum: uses counts how often a row stands in the completed values of the stratum. */
static enum err_code donor_lack(struct arena *a, const struct parts_input *in, const struct parts_model *m, const uint8_t *domain, double *out,
    struct err *e) {
  const struct srs_design *d = in->design;
  int64_t *first = ARENA_ARRAY(a, int64_t, d->n_strata + 2), *row = ARENA_ARRAY(a, int64_t, d->n + 1), *uses = ARENA_ARRAY(a, int64_t, d->n + 1);
  struct sum all = {0};
  if (!first || !row || !uses) return no_memory(e);
  for (int64_t i = 0; i < d->n; i++) first[d->stratum[i] + 2]++;
  for (int32_t h = 0; h <= d->n_strata; h++) first[h + 1] += first[h];
  for (int64_t k = 0; k < d->n; k++) row[first[d->stratum[srs_row(d, k)] + 1]++] = srs_row(d, k);
  for (int32_t h = 0; h < d->n_strata; h++) {
    double lack = 0, own = 0, carried = 0;
    for (int64_t k = first[h]; k < first[h + 1]; k++) {
      const int64_t i = row[k];
      if (!inside(in, domain, i)) continue;
      const int64_t from = in->role[i] == PARTS_IMPUTED && in->donor[i] >= 0 ? in->donor[i] : i;
      own += m->variance[i];
      lack += m->variance[i] - m->variance[from];
      carried += (double)(2 * uses[from] + 1) * m->variance[from]; /* sums to uses^2 */
      uses[from]++;
    }
    for (int64_t k = first[h]; k < first[h + 1]; k++)
      uses[in->role[row[k]] == PARTS_IMPUTED && in->donor[row[k]] >= 0 ? in->donor[row[k]] : row[k]] = 0;
    const double n = d->size[h], pop = d->pop[h];
    sum_add(&all, pop * pop * (1 - n / pop) / (n * (n - 1)) * (lack - (own - carried) / n));
  }
  *out = sum_result(&all);
  return E_OK;
}
static double line_lack(const struct parts_input *in, const struct parts_model *m, const uint8_t *domain) {
  struct sum all = {0};
  for (int64_t k = 0; k < in->design->n; k++) {
    const int64_t i = srs_row(in->design, k);
    const double d = raise_of(in->design, i);
    if (inside(in, domain, i) && in->role[i] == PARTS_IMPUTED) sum_add(&all, d * d * (1 - share_of(in->design, i)) * m->variance[i]);
  }
  return sum_result(&all);
}
/* The two halves of the mixed part often are one and the same number: a difference within rounding is none. */
static void imputed_parts(const struct parts_input *in, const struct parts_model *m, const uint8_t *domain, struct parts_result *out) {
  struct sum imputation = {0}, more = {0}, less = {0};
  for (int64_t k = 0; k < in->design->n; k++) {
    const int64_t i = srs_row(in->design, k);
    if (!inside(in, domain, i)) continue;
    const bool reported = in->role[i] == PARTS_REPORTED;
    const double d = raise_of(in->design, i), w = reported ? m->extra[i] : d;
    sum_add(&imputation, w * w * m->variance[i]);
    sum_add(reported ? &more : &less, w * (d - 1) * m->variance[i]);
  }
  const double up = sum_result(&more), down = sum_result(&less);
  out->imputation = sum_result(&imputation);
  out->mix = fabs(up - down) <= 1e-12 * (fabs(up) + fabs(down)) ? 0 : up - down;
}
enum err_code parts_variance(struct arena *a, const struct parts_input *in, const struct parts_model *m, const uint8_t *domain,
    struct parts_result *out,
    struct err *e) {
  const struct arena_mark mark = arena_mark(a);
  struct srs_estimate naive;
  double lack = 0;
  *out = (struct parts_result){0};
  TRY(srs_total(a, in->design, in->y, domain, &naive, e));
  if (in->donor) TRY(donor_lack(a, in, m, domain, &lack, e));
  else lack = line_lack(in, m, domain);
  imputed_parts(in, m, domain, out);
  out->total = naive.estimate, out->naive = naive.variance, out->sampling = naive.variance + lack;
  out->variance = out->sampling + out->imputation + 2 * out->mix;
  out->share = out->variance > 0 ? (out->imputation + 2 * out->mix) / out->variance : 0;
  arena_reset(a, mark);
  return E_OK;
}
