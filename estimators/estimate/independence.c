#include "estimators/estimate/independence.h"

#include <math.h>
#include <stdio.h>

#include "base/ext_gsl.h"
#include "base/sum.h"
#include "estimators/estimate/contrast.h"
#include "estimators/weight/auxiliary.h"

struct table {
  struct arena *a;
  const struct survey *s;
  const int32_t *cell; /* [n] row * K + column of the levels with records; -1 outside */
  int32_t R, K;
  double size;
  double *p, *row, *column; /* [R K], [R], [K] */
  int64_t n;
};

static bool part_of(const struct survey *s, const struct independence_data *d, int64_t i) {
  return s->weight[i] > 0 && (!d->of_row || d->of_row[i] >= 0) && d->row[i] >= 0 && d->column[i] >= 0;
}
/* Numbers of the levels that have records. */
static enum err_code used_levels(struct arena *a, const struct survey *s, const struct independence_data *d, const int32_t *code, int32_t n_levels,
    int32_t **map, int32_t *used, struct err *e) {
  *map = ARENA_ARRAY(a, int32_t, n_levels + 1);
  *used = 0;
  if (!*map) return ERR(e, E_NO_MEMORY, .subject = "test of independence");
  for (int64_t i = 0; i < s->n; i++)
    if (part_of(s, d, i)) (*map)[code[i]] = 1;
  for (int32_t l = 0; l < n_levels; l++) (*map)[l] = (*map)[l] ? (*used)++ : -1;
  return *used >= 2 ? E_OK : ERR(e, E_TEST, .subject = "a table of one row or column", .expected = "two levels with records or more");
}
static enum err_code proportions(struct table *t, struct err *e) {
  const int64_t cells = (int64_t)t->R * t->K;
  struct sum *sum = ARENA_ARRAY(t->a, struct sum, cells + 1), all = {0, 0};
  t->p = ARENA_ARRAY(t->a, double, cells + 1), t->row = ARENA_ARRAY(t->a, double, t->R + 1), t->column = ARENA_ARRAY(t->a, double, t->K + 1);
  if (!sum || !t->p || !t->row || !t->column) return ERR(e, E_NO_MEMORY, .subject = "test of independence");
  for (int64_t i = 0; i < t->s->n; i++) {
    if (t->cell[i] < 0) continue;
    sum_add(&sum[t->cell[i]], t->s->weight[i]), sum_add(&all, t->s->weight[i]), t->n++;
  }
  t->size = sum_result(&all);
  for (int64_t k = 0; k < cells; k++) {
    t->p[k] = sum_result(&sum[k]) / t->size;
    t->row[k / t->K] += t->p[k], t->column[k % t->K] += t->p[k];
  }
  return E_OK;
}
static enum err_code table_of(const struct independence_data *d, struct table *t, struct err *e) {
  int32_t *rows, *columns, *cell = ARENA_ARRAY(t->a, int32_t, t->s->n + 1);
  if (!cell) return ERR(e, E_NO_MEMORY, .subject = "test of independence");
  TRY(used_levels(t->a, t->s, d, d->row, d->n_rows, &rows, &t->R, e));
  TRY(used_levels(t->a, t->s, d, d->column, d->n_columns, &columns, &t->K, e));
  if ((int64_t)(t->R - 1) * (t->K - 1) > CONTRAST_MOST_TOGETHER)
    return ERR(e, E_FIGURES_MANY, .subject = "test of independence", .expected = "at most 64 = (rows - 1)(columns - 1)");
  for (int64_t i = 0; i < t->s->n; i++) cell[i] = part_of(t->s, d, i) ? rows[d->row[i]] * t->K + columns[d->column[i]] : -1;
  t->cell = cell;
  return proportions(t, e);
}

/* Covariances of k statistics whose influences are g[k][cells] - centre[k] at the records of a cell, over N. */
static enum err_code covariances(
    const struct job *job, const struct table *t, int k, const double *g, const double *centre, double *cov, struct err *e) {
  const int64_t cells = (int64_t)t->R * t->K;
  double *u[CONTRAST_MOST_TOGETHER];
  for (int l = 0; l < k; l++) {
    const double *at = g + l * cells;
    if (!(u[l] = ARENA_ARRAY(t->a, double, t->s->n + 1))) return ERR(e, E_NO_MEMORY, .subject = "test of independence");
    for (int64_t i = 0; i < t->s->n; i++) u[l][i] = t->cell[i] >= 0 ? (at[t->cell[i]] - centre[l]) / t->size : 0;
  }
  return survey_covariance(job, t->a, t->s, NULL, k, (const double *const *)u, cov, e);
}

/* C of the header for interaction l, at a cell. */
static double interaction(const struct table *t, int l, int64_t cell) {
  const int64_t a = 1 + l / (t->K - 1), b = 1 + l % (t->K - 1), i = cell / t->K, j = cell % t->K;
  return ((i == a) - 1.0 / t->R) * ((j == b) - 1.0 / t->K);
}
static enum err_code rao_scott(const struct job *job, const struct table *t, struct independence *out, struct err *e) {
  const int64_t cells = (int64_t)t->R * t->K;
  const int k = (int)out->df;
  double *g = ARENA_ARRAY(t->a, double, k *cells + 1), *v = ARENA_ARRAY(t->a, double, k *k + 1), *d = ARENA_ARRAY(t->a, double, k *k + 1),
         centre[CONTRAST_MOST_TOGETHER] = {0}, trace = 0, trace2 = 0;
  struct factorised f;
  if (!g || !v || !d) return ERR(e, E_NO_MEMORY, .subject = "test of independence");
  for (int l = 0; l < k; l++)
    for (int64_t c = 0; c < cells; c++) {
      g[l * cells + c] = t->p[c] > 0 ? interaction(t, l, c) / t->p[c] : 0;
      centre[l] += g[l * cells + c] * t->p[c];
    }
  TRY(covariances(job, t, k, g, centre, v, e));
  for (int l = 0; l < k; l++)
    for (int m = 0; m < k; m++)
      for (int64_t c = 0; c < cells; c++) d[l * k + m] += g[l * cells + c] * interaction(t, m, c) / (double)t->n;
  TRY(auxiliary_factorise(t->a, k, d, &f, e));
  if (f.n_redundant) return ERR(e, E_TEST, .subject = "too many empty cells");
  for (int m = 0; m < k; m++) auxiliary_solve(&f, v + m * k, v + m * k); /* V is symmetric: row m becomes column m of Delta */
  for (int l = 0; l < k; l++) {
    trace += v[l * k + l];
    for (int m = 0; m < k; m++) trace2 += v[l * k + m] * v[m * k + l];
  }
  for (int64_t c = 0; c < cells; c++) {
    const double expected = t->row[c / t->K] * t->column[c % t->K];
    out->pearson += (double)t->n * (t->p[c] - expected) * (t->p[c] - expected) / expected;
  }
  if (!(trace > 0)) return ERR(e, E_TEST, .subject = "the proportions have no variance");
  out->mean_deff = trace / k, out->chi = out->pearson / out->mean_deff, out->chi_p = dist_chi2_upper(out->chi, k);
  out->f = out->pearson / trace, out->f_df1 = trace * trace / trace2, out->f_df2 = out->f_df1 * (double)out->nu;
  out->f_p = dist_f_upper(out->f, out->f_df1, out->f_df2);
  return E_OK;
}

/* By the delta method on the counts, of which Y N is N_ij - N_i. N_.j / N: 1[cell] - p_.j 1[row i] - p_i. 1[column j] + p_i. p_.j. */
static enum err_code wald(const struct job *job, const struct table *t, struct independence *out, struct err *e) {
  const int64_t cells = (int64_t)t->R * t->K;
  const int k = (int)out->df;
  double *g = ARENA_ARRAY(t->a, double, k *cells + 1), *v = ARENA_ARRAY(t->a, double, k *k + 1), y[CONTRAST_MOST_TOGETHER], x[CONTRAST_MOST_TOGETHER],
         scale[CONTRAST_MOST_TOGETHER], centre[CONTRAST_MOST_TOGETHER] = {0}, w = 0;
  struct factorised f;
  if (!g || !v) return ERR(e, E_NO_MEMORY, .subject = "test of independence");
  for (int l = 0; l < k; l++) {
    const int32_t i = l / (t->K - 1), j = l % (t->K - 1);
    y[l] = t->p[(int64_t)i * t->K + j] - t->row[i] * t->column[j];
    centre[l] = -t->row[i] * t->column[j];
    for (int64_t c = 0; c < cells; c++)
      g[l * cells + c] = (c == (int64_t)i * t->K + j) - t->column[j] * (c / t->K == i) - t->row[i] * (c % t->K == j);
  }
  TRY(covariances(job, t, k, g, centre, v, e));
  for (int l = 0; l < k; l++) {
    if (!(v[l * k + l] > 0)) return E_OK; /* no inverse: no test */
    scale[l] = sqrt(v[l * k + l]);
  }
  for (int l = 0; l < k; l++) {
    y[l] /= scale[l];
    for (int m = 0; m < k; m++) v[l * k + m] /= scale[l] * scale[m];
  }
  TRY(auxiliary_factorise(t->a, k, v, &f, e));
  if (f.n_redundant || out->nu < k) return E_OK;
  auxiliary_solve(&f, y, x);
  for (int l = 0; l < k; l++) w += y[l] * x[l];
  const double nu = (double)out->nu, q = k;
  out->has_wald = true;
  out->wald = w / q, out->wald_p = dist_f_upper(out->wald, q, nu);
  out->adjusted = w * (nu - q + 1) / (q * nu), out->adjusted_p = dist_f_upper(out->adjusted, q, nu - q + 1);
  return E_OK;
}

enum err_code independence_test(const struct job *job, struct arena *a, const struct survey *s, const struct independence_data *d,
    struct independence *out, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  struct table t = {.a = a, .s = s};
  int32_t *of = ARENA_ARRAY(a, int32_t, s->n + 1);
  *out = (struct independence){0};
  if (!of) return ERR(e, E_NO_MEMORY, .subject = "test of independence");
  TRY(table_of(d, &t, e));
  for (int64_t i = 0; i < s->n; i++) of[i] = t.cell[i] >= 0 ? 0 : -1;
  TRY(survey_df(job, a, s, &(struct taylor_domains){1, of}, &out->nu, e));
  if (out->nu < 1) return ERR(e, E_TEST, .subject = "no degrees of freedom", .expected = "more sampling units than strata");
  out->n = t.n, out->rows = t.R, out->columns = t.K, out->df = (int64_t)(t.R - 1) * (t.K - 1);
  TRY(rao_scott(job, &t, out, e));
  TRY(wald(job, &t, out, e));
  arena_reset(a, mark);
  return E_OK;
}
