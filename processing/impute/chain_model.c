#include "processing/impute/chain_model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "processing/impute/unit_order.h"

enum { CHAIN_CATEGORIES = 32 };
struct chain {
  struct num_table *t;
  const struct chain_rule *rule;
  struct unit_order order;
  uint8_t **gap; /* [p][n] in the order of rows */
  int64_t *n_gaps;
  int *turn;
  double *variance, *x, *y, *target, *best; /* x: [n][32]; best: score so far of a row */
  int32_t *code;
};
static enum err_code no_memory(struct err *e) { return ERR(e, E_NO_MEMORY, .subject = "chained regressions"); }
static int width(const struct chain *c, int item) {
  int n = 1;
  for (int j = 0; j < c->t->p; j++)
    if (j != item) n += c->rule->n_categories[j] ? c->rule->n_categories[j] - 1 : 1;
  return n;
}
static enum err_code check(const struct chain *c, struct err *e) {
  if (c->rule->max_rounds < 1 || !(c->rule->tolerance > 0)) return ERR(e, E_MODEL_SPEC, .subject = "chained regressions",
      .found = "rounds or tolerance not above 0");
  for (int j = 0; j < c->t->p; j++) {
    const int k = c->rule->n_categories[j];
    const struct num_column *v = &c->t->columns[j];
    if (k < 0 || k == 1 || k > CHAIN_CATEGORIES || width(c, j) >= QR_COLUMNS) return ERR(e, E_MODEL_SPEC, .subject = v->name,
        .found = "too many categories or regressors");
    for (int64_t i = 0; k && i < c->t->n; i++)
      if (num_present(v, i) && !(v->x[i] >= 0 && v->x[i] < k && v->x[i] == floor(v->x[i]))) return ERR(e, E_MODEL_DATA, .subject = v->name,
          .found = "a value that is no code of the item");
  }
  return E_OK;
}
static void spread_of(struct chain *c, int item, int64_t n) {
  double mean = 0, squares = 0;
  for (int64_t i = 0; i < n; i++) mean += c->y[i] / (double)n;
  for (int64_t i = 0; i < n; i++) squares += (c->y[i] - mean) * (c->y[i] - mean);
  c->variance[item] = squares > 0 ? squares / (double)n : 1;
}
/* Gaps noted and filled with the median or the most frequent category. */
static enum err_code begin(struct chain *c, int item, struct err *e) {
  struct num_column *v = &c->t->columns[item];
  const int k = c->rule->n_categories[item];
  int64_t n = 0, count[CHAIN_CATEGORIES] = {0};
  double fill = 0;
  for (int64_t m = 0; m < c->t->n; m++) {
    const int32_t i = c->order.row[m];
    c->gap[item][i] = !num_present(v, i);
    if (c->gap[item][i]) c->n_gaps[item]++;
    else c->y[n++] = v->x[i], count[k ? (int)v->x[i] : 0]++;
  }
  if (n == 0) return ERR(e, E_MODEL_DATA, .subject = v->name, .found = "no value at all");
  spread_of(c, item, n);
  if (k == 0) fill = robust_median(c->y, n);
  for (int q = 1; q < k; q++)
    if (count[q] > count[(int)fill]) fill = q;
  for (int64_t i = 0; i < c->t->n; i++)
    if (c->gap[item][i]) v->x[i] = fill;
  return E_OK;
}
static void design(const struct chain *c, int item, int32_t i, double *x) {
  int n = 0;
  x[n++] = 1;
  for (int j = 0; j < c->t->p; j++) {
    if (j == item) continue;
    const double v = c->t->columns[j].x[i];
    if (c->rule->n_categories[j] == 0) x[n++] = v;
    for (int q = 1; q < c->rule->n_categories[j]; q++) x[n++] = v == q;
  }
}
static int64_t observed(struct chain *c, int item, int p) {
  int64_t n = 0;
  for (int64_t m = 0; m < c->t->n; m++) {
    const int32_t i = c->order.row[m];
    if (c->gap[item][i]) continue;
    design(c, item, i, c->x + n * p);
    c->target[n++] = c->t->columns[item].x[i];
  }
  return n;
}
static enum err_code number(struct arena *a, struct chain *c, int item, struct chain_result *out, double *moved, struct err *e) {
  struct robust_fit f;
  double row[QR_COLUMNS], squares = 0;
  struct num_column *v = &c->t->columns[item];
  const int p = width(c, item);
  TRY(regression_robust(a, c->x, c->target, observed(c, item, p), p, c->rule->robust, &f, e));
  out->condition = fmax(out->condition, f.fit.condition);
  for (int64_t m = 0; m < c->t->n; m++) {
    const int32_t i = c->order.row[m];
    if (!c->gap[item][i]) continue;
    design(c, item, i, row);
    const double next = regression_value(&f.fit, row);
    squares += (next - v->x[i]) * (next - v->x[i]);
    v->x[i] = next;
  }
  *moved = squares / ((double)c->n_gaps[item] * c->variance[item]);
  return E_OK;
}
static enum err_code category(struct arena *a, struct chain *c, int item, double *moved, struct err *e) {
  struct robust_fit f;
  double row[QR_COLUMNS];
  int64_t changed = 0;
  const int p = width(c, item);
  const int64_t n = observed(c, item, p);
  for (int64_t i = 0; i < c->t->n; i++) c->best[i] = -INFINITY;
  for (int q = 0; q < c->rule->n_categories[item]; q++) {
    for (int64_t k = 0; k < n; k++) c->y[k] = c->target[k] == q;
    TRY(regression_logit(a, c->x, c->y, n, p, &f, e));
    for (int64_t i = 0; i < c->t->n; i++) {
      if (!c->gap[item][i]) continue;
      design(c, item, (int32_t)i, row);
      const double score = regression_value(&f.fit, row);
      if (score > c->best[i]) c->best[i] = score, c->code[i] = q;
    }
  }
  for (int64_t i = 0; i < c->t->n; i++)
    if (c->gap[item][i]) changed += c->t->columns[item].x[i] != c->code[i], c->t->columns[item].x[i] = c->code[i];
  *moved = (double)changed / (double)c->n_gaps[item];
  return E_OK;
}
static enum err_code rounds(struct arena *a, struct chain *c, struct chain_result *out, struct err *e) {
  while (!out->converged && out->rounds < c->rule->max_rounds) {
    out->rounds++;
    out->moved = 0;
    for (int k = 0; k < c->t->p; k++) {
      const int item = c->turn[k];
      double moved = 0;
      if (c->n_gaps[item] == 0) continue;
      if (c->rule->n_categories[item]) TRY(category(a, c, item, &moved, e));
      else TRY(number(a, c, item, out, &moved, e));
      out->moved = fmax(out->moved, moved);
    }
    out->converged = out->moved <= c->rule->tolerance;
  }
  return E_OK;
}
static void take_turns(struct chain *c) {
  for (int j = 0; j < c->t->p; j++) {
    int at = j;
    while (at > 0 && c->n_gaps[c->turn[at - 1]] < c->n_gaps[j]) c->turn[at] = c->turn[at - 1], at--;
    c->turn[at] = j;
  }
}
enum err_code chain_impute(struct arena *a, struct num_table *t, const struct chain_rule *rule, struct chain_result *out, struct err *e) {
  const int64_t n = t->n;
  struct chain c = {.t = t, .rule = rule, .gap = ARENA_ARRAY(a, uint8_t *, t->p), .n_gaps = ARENA_ARRAY(a, int64_t, t->p), .turn = ARENA_ARRAY(a,
      int, t->p),
                    .variance = ARENA_ARRAY(a, double, t->p), .x = ARENA_ARRAY(a, double, n * QR_COLUMNS), .y = ARENA_ARRAY(a, double, n),
                        .target = ARENA_ARRAY(a, double, n),
                    .best = ARENA_ARRAY(a, double, n), .code = ARENA_ARRAY(a, int32_t, n)};
  *out = (struct chain_result){0};
  if (!c.gap || !c.n_gaps || !c.turn || !c.variance || !c.x || !c.y || !c.target || !c.best || !c.code) return no_memory(e);
  TRY(check(&c, e));
  TRY(unit_order_make(a, t->unit, n, NULL, 1, &c.order, e));
  for (int j = 0; j < t->p; j++) {
    if (!(c.gap[j] = ARENA_ARRAY(a, uint8_t, n))) return no_memory(e);
    TRY(begin(&c, j, e));
  }
  take_turns(&c);
  TRY(rounds(a, &c, out, e));
  for (int j = 0; j < t->p; j++)
    for (int64_t i = 0; i < n; i++)
      if (c.gap[j][i]) t->columns[j].status[i] = VAL_IMPUTED, out->imputed++;
  return E_OK;
}
