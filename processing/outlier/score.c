#include "processing/outlier/score.h"

#include <math.h>

bool score_prediction(const struct score_item *item, int64_t row, double *out, int *which) {
  for (int k = 0; k < SCORE_PREDICTORS && item->predictor[k]; k++)
    if (num_present(item->predictor[k], row)) {
      *out = item->predictor[k]->x[row];
      *which = k;
      return true;
    }
  return false;
}
static enum err_code check_spec(const struct score_spec *s, struct err *e) {
  if (s->n_items < 1 || s->n_views < 1) return ERR(e, E_OUTLIER_PARAMETER, .subject = "items, views", .expected = "one at least");
  if (s->global == GLOBAL_MINKOWSKI && !(s->minkowski >= 1 && isfinite(s->minkowski)))
    return ERR(e, E_OUTLIER_PARAMETER, .subject = "minkowski", .expected = "1 or more");
  for (int j = 0; j < s->n_items && s->global == GLOBAL_WEIGHTED_MEAN; j++)
    if (!(s->items[j].weight > 0)) return ERR(e, E_OUTLIER_PARAMETER, .subject = s->items[j].y->name, .expected = "a weight of the item above 0");
  return E_OK;
}
struct combined { /* of one record's local scores */
  double largest, sum, weighted, weights, powers;
};
static void combine(struct combined *c, const struct score_spec *s, int item, double local) {
  const double w = s->global == GLOBAL_WEIGHTED_MEAN ? s->items[item].weight : 1;
  c->largest = fmax(c->largest, local);
  c->sum += local;
  c->weighted += w * local;
  c->weights += w;
  if (s->global == GLOBAL_MINKOWSKI) c->powers += s->minkowski == 2 ? local * local : pow(local, s->minkowski);
}
static double global_of(const struct combined *c, const struct score_spec *s) {
  switch (s->global) {
    case GLOBAL_MAXIMUM: return c->largest;
    case GLOBAL_SUM: return c->sum;
    case GLOBAL_WEIGHTED_MEAN: return c->weights > 0 ? c->weighted / c->weights : 0;
    case GLOBAL_MINKOWSKI: return s->minkowski == 2 ? sqrt(c->powers) : pow(c->powers, 1 / s->minkowski);
  }
  return c->largest;
}
static enum err_code divisor_of(const struct score_spec *s, int view, int item, int64_t row, double *out, struct err *e) {
  const struct score_view *v = &s->views[view];
  *out = v->divisor[(int64_t)item * v->n_cells + v->cell[row]];
  return *out > 0 && isfinite(*out) ? E_OK : ERR(e, E_OUTLIER_TOTAL, .subject = s->items[item].y->name, .expected = "above 0");
}
static enum err_code score_row(struct score_result *out, const struct score_spec *s, int64_t row, struct err *e) {
  struct combined c = {0};
  out->top_item[row] = out->top_view[row] = -1;
  for (int j = 0; j < s->n_items; j++) {
    const struct score_item *item = &s->items[j];
    double expected;
    int which;
    if (!num_present(item->y, row)) continue;
    if (!score_prediction(item, row, &expected, &which)) {
      out->unpredicted[row] = 1;
      continue;
    }
    const double move = 100 * (item->suspicion ? item->suspicion[row] : 1) * s->weight[row] * fabs(item->y->x[row] - expected);
    for (int v = 0; v < s->n_views; v++) {
      double divisor;
      if (s->views[v].cell[row] < 0) continue;
      TRY(divisor_of(s, v, j, row, &divisor, e));
      const double local = move / divisor;
      combine(&c, s, j, local);
      if (out->top_item[row] >= 0 && local <= out->top_local[row]) continue;
      out->top_local[row] = local, out->top_item[row] = j, out->top_view[row] = v;
    }
  }
  out->global[row] = global_of(&c, s);
  return E_OK;
}
enum err_code score_run(struct score_result *out, struct arena *a, const struct score_spec *s, struct err *e) {
  TRY(check_spec(s, e));
  *out = (struct score_result){.global = ARENA_ARRAY(a, double, s->n), .top_local = ARENA_ARRAY(a, double, s->n),
                               .top_item = ARENA_ARRAY(a, int32_t, s->n)};
  out->top_view = ARENA_ARRAY(a, int32_t, s->n);
  out->unpredicted = ARENA_ARRAY(a, uint8_t, s->n);
  if (!out->global || !out->top_local || !out->top_item || !out->top_view || !out->unpredicted) return ERR(e, E_NO_MEMORY, .subject = "scores");
  for (int64_t i = 0; i < s->n; i++) {
    if (!(s->weight[i] >= 0))
      return ERR(e, E_OUTLIER_WEIGHT, .line = i + 1, .subject = arena_printf(a, "%lld", (long long)i + 1), .expected = "0 or more");
    TRY(score_row(out, s, i, e));
  }
  return E_OK;
}
double suspicion_of(double x, const struct quartiles *q, double kappa, double tau) {
  const double low = q->median - kappa * (q->median - q->q1), high = q->median + kappa * (q->q3 - q->median);
  const double outside = x < low ? low - x : x > high ? x - high : 0;
  if (outside == 0) return 0;
  const double range = q->q3 - q->q1;
  return range > 0 ? outside / (tau * range + outside) : 1;
}
enum err_code suspicion_fill(double *susp, struct arena *a, const struct outlier_data *d, const struct outlier_groups *g, double kappa, double tau,
                             struct err *e) {
  struct outlier_params p = outlier_params_of(OUTLIER_FENCES, SIDE_BOTH); /* run for its effects and quartiles; its own limits are not used */
  struct outlier_result r;
  if (!(kappa >= 0) || !(tau > 0)) return ERR(e, E_OUTLIER_PARAMETER, .subject = "kappa, tau", .expected = "0 or more; above 0");
  p.has_exclusion = true, p.exclusion = 1;
  TRY(outlier_result_init(&r, a, d->n, g->n_groups, true, e));
  r.used = ARENA_ARRAY(a, uint8_t, d->n);
  if (!r.used) return ERR(e, E_NO_MEMORY, .subject = "suspicion");
  TRY(outlier_run(&r, a, d, g, &p, e));
  for (int k = 0; k < g->n_groups; k++)
    for (int64_t at = g->start[k]; at < g->start[k + 1]; at++) {
      const int64_t i = g->row[at];
      susp[i] = r.summary[k].judged && r.used[i] ? suspicion_of(r.effect[i], &r.summary[k].limits.quartiles, kappa, tau) : 1;
    }
  return E_OK;
}
