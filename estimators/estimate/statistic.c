#include "estimators/estimate/statistic.h"

#include <math.h>
#include <stdio.h>

#include "base/sum.h"
#include "base/table.h"

struct rows {
  int64_t n;
  const double *w;
  const struct taylor_domains *domains;
};
static inline int32_t domain_at(const struct rows *r, int64_t i) { return r->domains && r->domains->of_row ? r->domains->of_row[i] : 0; }
static inline int32_t domain_count(const struct rows *r) { return r->domains && r->domains->of_row ? r->domains->n_domains : 1; }

/* The bits of sum_add without its branch: Knuth's two-sum gives the same rounding error of an addition. */
static inline void add_exact(struct sum *s, double x) {
  const double t = s->value + x, back = t - s->value;
  s->compensation += (s->value - (t - back)) + (x - back);
  s->value = t;
}
/* Sums of w y by domain; y NULL = of w. Slot 0 takes the records of no domain: no branch by record. */
static enum err_code weighted_sums(struct arena *a, const struct rows *r, const double *y, double *out, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  struct sum *s = ARENA_ARRAY(a, struct sum, domain_count(r) + 2);
  const int32_t *of = r->domains ? r->domains->of_row : NULL;
  if (!s) return ERR(e, E_NO_MEMORY, .subject = "weighted sums");
  for (int64_t i = 0; of && y && i < r->n; i++) add_exact(&s[of[i] < 0 ? 0 : of[i] + 1], r->w[i] * y[i]);
  for (int64_t i = 0; of && !y && i < r->n; i++) add_exact(&s[of[i] < 0 ? 0 : of[i] + 1], r->w[i]);
  for (int64_t i = 0; !of && i < r->n; i++) add_exact(&s[1], y ? r->w[i] * y[i] : r->w[i]);
  for (int32_t k = 0; k < domain_count(r); k++) out[k] = sum_result(&s[k + 1]);
  arena_reset(a, mark);
  return E_OK;
}
static void divide(int32_t n, const double *by, double *value, bool *defined) {
  for (int32_t k = 0; k < n; k++) {
    defined[k] = by[k] != 0;
    value[k] = defined[k] ? value[k] / by[k] : 0;
  }
}
static enum err_code not_positive(struct err *e, int64_t row) {
  char place[48];
  snprintf(place, sizeof place, "row %lld", (long long)row + 1);
  return ERR(e, E_STATISTIC_DOMAIN, .subject = place, .expected = "a value above 0");
}
static enum err_code log_column(struct arena *a, const struct rows *r, const double *y, double **out, struct err *e) {
  double *v = ARENA_ARRAY(a, double, r->n + 1);
  if (!v) return ERR(e, E_NO_MEMORY, .subject = "geometric mean");
  for (int64_t i = 0; i < r->n; i++) {
    if (domain_at(r, i) < 0) continue;
    if (!(y[i] > 0)) return not_positive(e, i);
    v[i] = log(y[i]);
  }
  *out = v;
  return E_OK;
}
static enum err_code means(struct arena *a, const struct rows *r, const double *y, double *value, bool *defined, struct err *e) {
  double *size = ARENA_ARRAY(a, double, domain_count(r) + 1);
  if (!size) return ERR(e, E_NO_MEMORY, .subject = "means");
  TRY(weighted_sums(a, r, y, value, e));
  TRY(weighted_sums(a, r, NULL, size, e));
  divide(domain_count(r), size, value, defined);
  return E_OK;
}

/* --- population variance: squared deviations as a column of their own --- */
static enum err_code squares(struct arena *a, const struct rows *r, const double *y, double **out, struct err *e) {
  double *mean = ARENA_ARRAY(a, double, domain_count(r) + 1), *v = ARENA_ARRAY(a, double, r->n + 1);
  int64_t *n = ARENA_ARRAY(a, int64_t, domain_count(r) + 1);
  bool *defined = ARENA_ARRAY(a, bool, domain_count(r) + 1);
  if (!mean || !v || !n || !defined) return ERR(e, E_NO_MEMORY, .subject = "population variance");
  TRY(means(a, r, y, mean, defined, e));
  for (int64_t i = 0; i < r->n; i++)
    if (domain_at(r, i) >= 0) n[domain_at(r, i)] += r->w[i] > 0;
  for (int64_t i = 0; i < r->n; i++) {
    const int32_t k = domain_at(r, i);
    if (k < 0 || n[k] < 2) continue;
    v[i] = (y[i] - mean[k]) * (y[i] - mean[k]) * ((double)n[k] / (double)(n[k] - 1));
  }
  *out = v;
  return E_OK;
}

static enum err_code value_of(struct arena *a, const struct statistic *s, const struct rows *r, double *value, bool *defined, struct err *e) {
  const int32_t n = domain_count(r);
  double *column = NULL;
  switch (s->kind) {
    case STATISTIC_SIZE:
    case STATISTIC_TOTAL:
      for (int32_t k = 0; k < n; k++) defined[k] = true;
      return weighted_sums(a, r, s->kind == STATISTIC_SIZE ? NULL : s->y, value, e);
    case STATISTIC_MEAN: return means(a, r, s->y, value, defined, e);
    case STATISTIC_RATIO:
      column = ARENA_ARRAY(a, double, n + 1);
      if (!column) return ERR(e, E_NO_MEMORY, .subject = "ratios");
      TRY(weighted_sums(a, r, s->y, value, e));
      TRY(weighted_sums(a, r, s->x, column, e));
      divide(n, column, value, defined);
      return E_OK;
    case STATISTIC_VARIANCE:
      TRY(squares(a, r, s->y, &column, e));
      return means(a, r, column, value, defined, e);
    case STATISTIC_GEOMETRIC:
      TRY(log_column(a, r, s->y, &column, e));
      TRY(means(a, r, column, value, defined, e));
      for (int32_t k = 0; k < n; k++) value[k] = defined[k] ? exp(value[k]) : 0;
      return E_OK;
  }
  return E_OK;
}

enum err_code statistic_value(struct arena *a, const struct statistic *s, int64_t n, const double *w, const struct taylor_domains *domains,
    double *value, bool *defined, struct err *e) {
  const struct rows r = {n, w, domains};
  struct arena_mark mark = arena_mark(a);
  enum err_code code = value_of(a, s, &r, value, defined, e);
  arena_reset(a, mark);
  return code;
}

/* u = scale_d (column - centre_d x) / denominator_d, with x = 1 where there is none. */
struct influence {
  const double *column, *x, *centre, *denominator, *scale; /* column NULL = 1 */
};
static void fill(const struct rows *r, const struct influence *f, const bool *defined, double *u) {
  for (int64_t i = 0; i < r->n; i++) {
    const int32_t k = domain_at(r, i);
    u[i] = 0;
    if (k < 0 || !defined[k]) continue;
    double v = f->column ? f->column[i] : 1;
    if (f->centre) v -= f->centre[k] * (f->x ? f->x[i] : 1);
    if (f->denominator) v /= f->denominator[k];
    u[i] = f->scale ? f->scale[k] * v : v;
  }
}
static enum err_code influence_of(
    struct arena *a, const struct statistic *s, const struct rows *r, const double *value, const bool *defined, double *u, struct err *e) {
  const int32_t n = domain_count(r);
  double *size = ARENA_ARRAY(a, double, n + 1), *column = NULL, *log_value = ARENA_ARRAY(a, double, n + 1);
  if (!size || !log_value) return ERR(e, E_NO_MEMORY, .subject = "influences");
  if (s->kind != STATISTIC_SIZE && s->kind != STATISTIC_TOTAL) TRY(weighted_sums(a, r, s->kind == STATISTIC_RATIO ? s->x : NULL, size, e));
  if (s->kind == STATISTIC_VARIANCE) TRY(squares(a, r, s->y, &column, e));
  if (s->kind == STATISTIC_GEOMETRIC) TRY(log_column(a, r, s->y, &column, e));
  for (int32_t k = 0; k < n; k++) log_value[k] = value[k] > 0 ? log(value[k]) : 0;
  switch (s->kind) {
    case STATISTIC_SIZE: fill(r, &(struct influence){0}, defined, u); break;
    case STATISTIC_TOTAL: fill(r, &(struct influence){.column = s->y}, defined, u); break;
    case STATISTIC_MEAN: fill(r, &(struct influence){.column = s->y, .centre = value, .denominator = size}, defined, u); break;
    case STATISTIC_RATIO: fill(r, &(struct influence){.column = s->y, .x = s->x, .centre = value, .denominator = size}, defined, u); break;
    case STATISTIC_VARIANCE: fill(r, &(struct influence){.column = column, .centre = value, .denominator = size}, defined, u); break;
    case STATISTIC_GEOMETRIC:
      fill(r, &(struct influence){.column = column, .centre = log_value, .denominator = size, .scale = value}, defined, u);
      break;
  }
  return E_OK;
}
enum err_code statistic_influence(struct arena *a, const struct statistic *s, int64_t n, const double *w, const struct taylor_domains *domains,
    const double *value, const bool *defined, double *u, struct err *e) {
  const struct rows r = {n, w, domains};
  struct arena_mark mark = arena_mark(a);
  enum err_code code = influence_of(a, s, &r, value, defined, u, e);
  arena_reset(a, mark);
  return code;
}

enum err_code domain_present(struct arena *a, int64_t n, const double *w, const struct taylor_domains *domains, int m, const uint8_t *const *status,
    int32_t **out, struct err *e) {
  const struct rows r = {n, w, domains};
  int32_t *of = ARENA_ARRAY(a, int32_t, n + 1);
  if (!of) return ERR(e, E_NO_MEMORY, .subject = "domains");
  for (int64_t i = 0; i < n; i++) {
    of[i] = w[i] != 0 ? domain_at(&r, i) : -1;
    for (int k = 0; k < m; k++)
      if (status[k] && !value_present(status[k][i])) of[i] = -1;
  }
  *out = of;
  return E_OK;
}
