#include "estimators/weight/diagnose.h"

#include <math.h>
#include <stdlib.h>

#include "base/sum.h"

const double diagnose_probability[DIAGNOSE_QUANTILES] = {0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1};

static int real_cmp(const void *x, const void *y) {
  const double a = *(const double *)x, b = *(const double *)y;
  return (a > b) - (a < b);
}
static void quantiles(const double *sorted, int64_t n, double *out) {
  for (int k = 0; k < DIAGNOSE_QUANTILES; k++) {
    const int64_t at = (int64_t)ceil(diagnose_probability[k] * (double)n) - 1;
    out[k] = sorted[at < 0 ? 0 : at];
  }
}
static enum err_code spread(struct arena *a, const struct diagnose_spec *s, struct weight_diagnosis *out, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  double *sorted = ARENA_ARRAY(a, double, s->n + 1);
  struct sum sum = {0, 0}, squares = {0, 0}, top = {0, 0};
  int64_t n = 0;
  if (!sorted) return ERR(e, E_NO_MEMORY, .subject = "weights");
  for (int64_t i = 0; i < s->n; i++) {
    out->n_zero += s->w[i] == 0, out->n_negative += s->w[i] < 0;
    if (s->w[i] == 0) continue;
    sorted[n++] = s->w[i];
    sum_add(&sum, s->w[i]), sum_add(&squares, s->w[i] * s->w[i]);
  }
  out->n = n;
  if (n == 0) return ERR(e, E_NO_WEIGHT, .subject = "weights", .expected = "a record with weight");
  qsort(sorted, (size_t)n, sizeof *sorted, real_cmp);
  quantiles(sorted, n, out->weight);
  const int64_t hundredth = n / 100 > 0 ? n / 100 : 1;
  for (int64_t i = n - hundredth; i < n; i++) sum_add(&top, sorted[i]);
  out->sum = sum_result(&sum);
  out->kish = out->sum != 0 ? (double)n * sum_result(&squares) / (out->sum * out->sum) : 0;
  out->top_share = out->sum != 0 ? sum_result(&top) / out->sum : 0;
  if (s->base) {
    n = 0;
    for (int64_t i = 0; i < s->n; i++)
      if (s->w[i] != 0 && s->base[i] != 0) sorted[n++] = s->w[i] / s->base[i];
    qsort(sorted, (size_t)n, sizeof *sorted, real_cmp);
    if (n > 0) quantiles(sorted, n, out->factor), out->has_factor = true;
  }
  arena_reset(a, mark);
  return E_OK;
}

static void keep(struct weight_diagnosis *out, const struct influential *x) {
  int at = out->n_kept < DIAGNOSE_INFLUENTIAL ? out->n_kept++ : DIAGNOSE_INFLUENTIAL - 1;
  if (out->n_influential > DIAGNOSE_INFLUENTIAL && out->influential[at].share >= x->share) return;
  while (at > 0 && out->influential[at - 1].share < x->share) out->influential[at] = out->influential[at - 1], at--;
  out->influential[at] = *x;
}
static enum err_code influence(struct arena *a, const struct diagnose_spec *s, struct weight_diagnosis *out, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  const int32_t cells = s->of_row ? s->n_cells : 1;
  struct sum *total = ARENA_ARRAY(a, struct sum, (int64_t)cells + 1);
  if (!total) return ERR(e, E_NO_MEMORY, .subject = "weights");
  for (int64_t i = 0; i < s->n; i++) {
    const int32_t k = s->of_row ? s->of_row[i] : 0;
    if (k >= 0 && s->w[i] != 0) sum_add(&total[k], s->w[i] * s->y[i]);
  }
  for (int64_t i = 0; i < s->n; i++) {
    const int32_t k = s->of_row ? s->of_row[i] : 0;
    if (k < 0 || s->w[i] == 0 || sum_result(&total[k]) == 0) continue;
    const struct influential x = {i, k, fabs(s->w[i] * s->y[i] / sum_result(&total[k]))};
    if (x.share <= s->share) continue;
    out->n_influential++;
    keep(out, &x);
  }
  arena_reset(a, mark);
  return E_OK;
}

enum err_code weight_diagnose(struct arena *a, const struct diagnose_spec *s, struct weight_diagnosis *out, struct err *e) {
  *out = (struct weight_diagnosis){.n = 0};
  TRY(spread(a, s, out, e));
  return s->y ? influence(a, s, out, e) : E_OK;
}
