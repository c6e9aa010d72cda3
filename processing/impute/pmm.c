#include "processing/impute/pmm.h"

#include <math.h>
#include <stdlib.h>

#include "processing/impute/regression_qr.h"
#include "processing/impute/regression_robust.h"
#include "processing/impute/unit_order.h"

struct candidate {
  double fitted;
  int64_t place; /* in unit_order: ties by hash */
  int32_t row;
};
static int by_fitted(const void *a, const void *b) {
  const struct candidate *x = a, *y = b;
  if (x->fitted != y->fitted) return x->fitted < y->fitted ? -1 : 1;
  return (x->place > y->place) - (x->place < y->place);
}
static bool predictors_of(const struct num_table *t, const int *predictors, int n, int64_t row, double *x) {
  x[0] = 1;
  for (int k = 0; k < n; k++) {
    const struct num_column *c = &t->columns[predictors[k]];
    if (!num_present(c, row)) return false;
    x[k + 1] = c->x[row];
  }
  return true;
}
/* The k nearest of the sorted candidates, from both sides of the place where `fitted` would stand; the chosen one's row. */
static int32_t choose(const struct candidate *c, int64_t n, double fitted, int k, uint64_t hash) {
  int64_t low = 0, high = n;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (c[middle].fitted < fitted) low = middle + 1;
    else high = middle;
  }
  int64_t left = low - 1, right = low, wanted = (int64_t)(hash % (uint64_t)k), at = low;
  for (int64_t taken = 0; taken <= wanted; taken++) {
    const double below = left >= 0 ? fitted - c[left].fitted : INFINITY, above = right < n ? c[right].fitted - fitted : INFINITY;
    at = below <= above ? left-- : right++;
  }
  return c[at].row;
}
static enum err_code check(const struct num_table *t, int item, const int *predictors, int n, int k, struct err *e) {
  bool fine = item >= 0 && item < t->p && n >= 1 && n + 1 < QR_COLUMNS && k >= 1;
  for (int j = 0; j < n && fine; j++) fine = predictors[j] >= 0 && predictors[j] < t->p && predictors[j] != item;
  return fine ? E_OK : ERR(e, E_MODEL_SPEC, .subject = "predictive mean matching", .found = "items or k out of range");
}
static int64_t fit(const struct num_table *t, const struct unit_order *o, int item, const int *predictors, int n_predictors, struct qr_sum *q,
    struct qr_fit *f) {
  double x[QR_COLUMNS];
  qr_init(q, n_predictors + 1);
  for (int64_t m = 0; m < t->n; m++)
    if (num_present(&t->columns[item], o->row[m]) && predictors_of(t, predictors, n_predictors, o->row[m], x)) qr_add(q, x,
        t->columns[item].x[o->row[m]], 1);
  qr_solve(q, f);
  return f->n;
}
enum err_code pmm_impute(struct arena *a, struct num_table *t, int item, const int *predictors, int n_predictors, int k, uint64_t seed,
    struct pmm_result *out, struct err *e) {
  struct unit_order order;
  struct qr_fit f;
  double x[QR_COLUMNS];
  struct qr_sum *q = ARENA_NEW(a, struct qr_sum);
  TRY(check(t, item, predictors, n_predictors, k, e));
  *out = (struct pmm_result){.donor = ARENA_ARRAY(a, int32_t, t->n)};
  struct candidate *c = ARENA_ARRAY(a, struct candidate, t->n);
  if (!q || !out->donor || !c) return ERR(e, E_NO_MEMORY, .subject = "predictive mean matching");
  TRY(unit_order_make(a, t->unit, t->n, NULL, 1, &order, e));
  struct num_column *y = &t->columns[item];
  if (fit(t, &order, item, predictors, n_predictors, q, &f) < k || f.rank < f.p) return ERR(e, E_MODEL_DATA, .subject = y->name,
      .found = "fewer donors than k, or predictors that depend on one another");
  out->condition = f.condition;
  for (int64_t m = 0; m < t->n; m++) {
    const int32_t i = order.row[m];
    if (num_present(y, i) && predictors_of(t, predictors, n_predictors, i, x)) c[out->donors++] = (struct candidate){regression_value(&f, x), m, i};
  }
  qsort(c, (size_t)out->donors, sizeof *c, by_fitted);
  for (int64_t i = 0; i < t->n; i++) out->donor[i] = -1;
  for (int64_t i = 0; i < t->n; i++) {
    if (num_present(y, i)) continue;
    if (!predictors_of(t, predictors, n_predictors, i, x)) {
      out->no_predictor++;
      continue;
    }
    out->donor[i] = choose(c, out->donors, regression_value(&f, x), k, num_unit_hash(seed + (uint64_t)item, t->unit[i]));
    y->x[i] = y->x[out->donor[i]];
    out->imputed++;
  }
  for (int64_t i = 0; i < t->n; i++)
    if (out->donor[i] >= 0) y->status[i] = VAL_IMPUTED;
  return E_OK;
}
