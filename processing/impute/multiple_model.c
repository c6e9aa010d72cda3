#include "processing/impute/multiple_model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "processing/impute/regression_robust.h"

static enum err_code no_memory(struct err *e) { return ERR(e, E_NO_MEMORY, .subject = "multiple imputation"); }
static enum err_code poor(const char *why, struct err *e) { return ERR(e, E_MODEL_DATA, .subject = "multiple imputation", .found = why); }

/* --- regression and matching --- */
struct donor_place {
  double fitted, y;
};
struct regression_work {
  const struct mi_regression_input *in;
  struct qr_sum *q;
  struct qr_fit all, set; /* of all respondents; of the redrawn ones */
  double *residual;
  int64_t n_residuals;
  struct donor_place *donors; /* by fitted value */
  int64_t n_donors;
};
static bool responds(const struct mi_regression_input *in, int64_t i) { return in->observed[i] && in->known[i]; }
static int by_fitted(const void *a, const void *b) {
  const struct donor_place *x = a, *y = b;
  if (x->fitted != y->fitted) return x->fitted < y->fitted ? -1 : 1;
  return (x->y > y->y) - (x->y < y->y);
}
static enum err_code check(const struct mi_regression_input *in, struct err *e) {
  int64_t respondents = 0;
  if (in->m < 2 || in->p < 1 || in->p >= QR_COLUMNS || in->k < 0) return ERR(e, E_MODEL_SPEC, .subject = "multiple imputation",
      .found = "fewer than two sets, or not 1 to 32 regressors");
  for (int64_t i = 0; i < in->n; i++) respondents += responds(in, i);
  return respondents < in->p + 2 || respondents < in->k ? poor("too few respondents", e) : E_OK;
}
/* set below 0: every respondent once. */
static enum err_code fit(struct regression_work *w, int set, struct qr_fit *out, struct err *e) {
  const struct mi_regression_input *in = w->in;
  qr_init(w->q, in->p);
  for (int64_t i = 0; i < in->n; i++)
    for (int times = !responds(in, i) ? 0 : set < 0 ? 1 : mi_times(in->seed, set, in->unit[i]); times > 0; times--)
      qr_add(w->q, in->x + i * in->p, in->y[i], 1);
  qr_solve(w->q, out);
  return out->n <= in->p || out->rank < in->p ? poor("the regressors do not determine the fit", e) : E_OK;
}
static void keep_residuals(struct regression_work *w, int set) {
  const struct mi_regression_input *in = w->in;
  const double widen = sqrt((double)w->set.n / (double)(w->set.n - in->p));
  w->n_residuals = 0;
  for (int64_t i = 0; i < in->n; i++)
    for (int times = responds(in, i) ? mi_times(in->seed, set, in->unit[i]) : 0; times > 0; times--)
      w->residual[w->n_residuals++] = widen * (in->y[i] - regression_value(&w->set, in->x + i * in->p));
}
static void sort_donors(struct regression_work *w) {
  const struct mi_regression_input *in = w->in;
  for (int64_t i = 0; i < in->n; i++)
    if (responds(in, i)) w->donors[w->n_donors++] = (struct donor_place){regression_value(&w->all, in->x + i * in->p), in->y[i]};
  qsort(w->donors, (size_t)w->n_donors, sizeof *w->donors, by_fitted);
}
/* The wanted-th nearest of the sorted donors, from both sides. */
static double matched(const struct regression_work *w, double fitted, uint64_t wanted) {
  const struct donor_place *d = w->donors;
  int64_t low = 0, high = w->n_donors;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (d[middle].fitted < fitted) low = middle + 1;
    else high = middle;
  }
  int64_t left = low - 1, right = low, at = low;
  for (uint64_t taken = 0; taken <= wanted; taken++) {
    const double below = left >= 0 ? fitted - d[left].fitted : INFINITY, above = right < w->n_donors ? d[right].fitted - fitted : INFINITY;
    at = below <= above ? left-- : right++;
  }
  return d[at].y;
}
static void fill(const struct regression_work *w, int set, double *out) {
  const struct mi_regression_input *in = w->in;
  for (int64_t i = 0; i < in->n; i++) {
    if (in->observed[i]) out[i] = in->y[i];
    if (in->observed[i] || !in->known[i]) continue;
    const double fitted = regression_value(&w->set, in->x + i * in->p);
    if (in->k) out[i] = matched(w, fitted, mi_choice(in->seed, set, in->unit[i], (uint64_t)in->k));
    else out[i] = fitted + w->residual[mi_choice(in->seed, set, in->unit[i], (uint64_t)w->n_residuals)];
  }
}
enum err_code mi_regression(struct arena *a, const struct mi_regression_input *in, double **out, struct err *e) {
  struct regression_work w = {.in = in};
  TRY(check(in, e));
  *out = ARENA_ARRAY(a, double, in->n * in->m);
  w.q = ARENA_NEW(a, struct qr_sum);
  w.residual = ARENA_ARRAY(a, double, in->n * MI_MOST_TIMES);
  w.donors = ARENA_ARRAY(a, struct donor_place, in->n);
  if (!*out || !w.q || !w.residual || !w.donors) return no_memory(e);
  TRY(fit(&w, -1, &w.all, e));
  sort_donors(&w);
  for (int set = 0; set < in->m; set++) {
    TRY(fit(&w, set, &w.set, e));
    keep_residuals(&w, set);
    fill(&w, set, *out + (int64_t)set * in->n);
  }
  return E_OK;
}

/* --- the normal distribution --- */
static enum err_code redraw(struct arena *a, const struct num_table *t, int set, uint64_t seed, struct num_table *out, struct err *e) {
  const char **names = ARENA_ARRAY(a, const char *, t->p);
  int64_t n = 0, at = 0;
  if (!names) return no_memory(e);
  for (int j = 0; j < t->p; j++) names[j] = t->columns[j].name;
  for (int64_t i = 0; i < t->n; i++) n += mi_times(seed, set, t->unit[i]);
  TRY(num_table_init(out, a, names, t->p, n, e));
  for (int64_t i = 0; i < t->n; i++)
    for (int times = mi_times(seed, set, t->unit[i]); times > 0; times--, at++)
      for (int j = 0; j < t->p; j++) out->columns[j].x[at] = t->columns[j].x[i], out->columns[j].status[at] = t->columns[j].status[i];
  return E_OK;
}
static enum err_code copy_table(struct arena *a, const struct num_table *t, struct num_table *out, struct err *e) {
  const char **names = ARENA_ARRAY(a, const char *, t->p);
  if (!names) return no_memory(e);
  for (int j = 0; j < t->p; j++) names[j] = t->columns[j].name;
  TRY(num_table_init(out, a, names, t->p, t->n, e));
  out->unit = t->unit;
  for (int j = 0; j < t->p; j++) {
    memcpy(out->columns[j].x, t->columns[j].x, (size_t)t->n * sizeof *t->columns[j].x);
    memcpy(out->columns[j].status, t->columns[j].status, (size_t)t->n);
  }
  return E_OK;
}
static enum err_code one_set(
    struct arena *a, const struct num_table *t, int item, const struct em_rule *rule, int set, uint64_t seed, double *out, struct err *e) {
  struct num_table drawn, whole;
  struct em_fit f;
  int64_t n;
  TRY(redraw(a, t, set, seed, &drawn, e));
  TRY(em_normal(a, &drawn, rule, &f, e));
  if (!f.converged) return poor("EM did not converge for a redrawn set", e);
  TRY(copy_table(a, t, &whole, e));
  TRY(em_impute(a, &whole, &f, true, seed + UINT64_C(0x9e3779b97f4a7c15) * (uint64_t)(set + 1), &n, e));
  memcpy(out, whole.columns[item].x, (size_t)t->n * sizeof *out);
  return E_OK;
}
enum err_code mi_normal(struct arena *a, const struct num_table *t, int item, const struct em_rule *rule, int m, uint64_t seed, double **out,
    struct err *e) {
  if (m < 2 || item < 0 || item >= t->p) return ERR(e, E_MODEL_SPEC, .subject = "multiple imputation", .found = "fewer than two sets");
  if (!(*out = ARENA_ARRAY(a, double, t->n * m + 1))) return no_memory(e);
  for (int set = 0; set < m; set++) {
    const struct arena_mark mark = arena_mark(a);
    TRY(one_set(a, t, item, rule, set, seed, *out + (int64_t)set * t->n, e));
    arena_reset(a, mark);
  }
  return E_OK;
}
