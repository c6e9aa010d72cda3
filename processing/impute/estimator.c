#include "processing/impute/estimator.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/sum.h"
#include "processing/impute/estimator_impl.h"
#include "processing/impute/regression_qr.h"
#include "processing/impute/unit_order.h"

struct run {
  const struct est_input *in;
  const struct est_plan *plan;
  const struct unit_order *order;
  int spec;
  const uint8_t *incomplete; /* [n] or NULL */
  int32_t *donors, n_donors; /* acceptable records of the class for the random error */
  struct qr_sum *qr;
  struct est_result *out;
};
static bool usable(const struct est_column *c, int32_t i) { return value_present(c->status[i]) && !(c->flags && c->flags[i] & EST_TO_IMPUTE); }
static bool acceptable(const struct est_column *c, int32_t i, uint8_t refused) {
  return value_present(c->status[i]) && !(c->flags && c->flags[i] & refused) && !(c->excluded && c->excluded[i]);
}
static bool positive(const struct est_column *c, int32_t i) { return usable(c, i) && c->x[i] > 0; }
static double spread(const struct est_plan *p, int32_t i) { return p->has_variance ? pow(p->variance.x[i], p->variance_exponent) : 1; }

/* The record's regressors; false when one has no value. */
static bool regressors(const struct est_plan *p, int32_t i, double *x) {
  int n = 0;
  if (p->f->intercept) x[n++] = 1;
  for (int k = 0; k < p->f->n_terms; k++)
    if (est_power(p->term[k].x[i], p->f->term[k].power, &x[n++]) != EST_VALUE) return false;
  return true;
}
static bool all_acceptable(const struct run *r, int32_t i, bool averages_only) {
  const struct est_plan *p = r->plan;
  if (r->incomplete && r->incomplete[i]) return false;
  for (int k = 0; k < p->f->n_terms; k++)
    if ((!averages_only || p->f->term[k].average) && !acceptable(&p->term[k], i, p->refused)) return false;
  return !p->has_weight || positive(&p->weight, i);
}
/* Rows in hash order are far apart in memory: what the row AHEAD needs is fetched while this one is worked on. */
enum { AHEAD = 24 };
static void fetch(const struct est_column *c, int32_t i) {
  __builtin_prefetch(&c->x[i]);
  __builtin_prefetch(&c->status[i]);
  if (c->flags) __builtin_prefetch(&c->flags[i]);
}
static void fetch_ahead(const struct est_plan *p, const int32_t *row, int32_t m, int32_t n) {
  if (m + AHEAD >= n) return;
  fetch(&p->target, row[m + AHEAD]);
  for (int k = 0; k < p->f->n_terms; k++) fetch(&p->term[k], row[m + AHEAD]);
}
static void averages(const struct run *r, const int32_t *row, int32_t n, struct est_group *g) {
  const struct est_plan *p = r->plan;
  struct sum value[EST_TERMS] = {0}, weight = {0};
  for (int32_t m = 0; m < n; m++) {
    const int32_t i = row[m];
    fetch_ahead(p, row, m, n);
    if (!all_acceptable(r, i, true)) continue;
    const double w = p->has_weight ? p->weight.x[i] : 1;
    for (int k = 0; k < p->f->n_terms; k++)
      if (p->f->term[k].average) sum_add(&value[k], w * p->term[k].x[i]);
    if (p->has_weight) sum_add(&weight, w);
    g->acceptable++;
  }
  const double all = p->has_weight ? sum_result(&weight) : (double)g->acceptable;
  for (int k = 0; k < p->f->n_terms; k++) g->average[k] = p->f->term[k].average && all > 0 ? sum_result(&value[k]) / all : 0;
}
static bool fits_regression(const struct run *r, int32_t i, double *x) {
  const struct est_plan *p = r->plan;
  const bool complete = acceptable(&p->target, i, p->refused) && all_acceptable(r, i, false) && (!p->has_variance || positive(&p->variance, i));
  return complete && regressors(p, i, x);
}
static void betas(const struct run *r, const int32_t *row, int32_t n, struct est_group *g) {
  const struct est_plan *p = r->plan;
  double x[QR_COLUMNS];
  struct qr_fit fit;
  qr_init(r->qr, p->f->n_terms + p->f->intercept);
  for (int32_t m = 0; m < n; m++) {
    const int32_t i = row[m];
    fetch_ahead(p, row, m, n);
    if (!fits_regression(r, i, x)) continue;
    qr_add(r->qr, x, p->target.x[i], (p->has_weight ? p->weight.x[i] : 1) / spread(p, i));
    g->acceptable++;
  }
  qr_solve(r->qr, &fit);
  memcpy(g->average, fit.beta, (size_t)fit.p * sizeof(double));
  g->rank = fit.rank;
  g->condition = fit.condition;
}
/* The model's value for a record that has the values it needs. */
static enum est_value predict(const struct est_plan *p, const struct est_group *g, int32_t i, double *out) {
  double x[QR_COLUMNS];
  if (!p->f->regression) {
    for (int k = 0; k < p->f->n_terms; k++) x[k] = p->f->term[k].average ? g->average[k] : p->term[k].x[i];
    return est_formula_value(p->f, x, out);
  }
  if (!regressors(p, i, x)) return EST_NOT_REAL;
  *out = 0;
  for (int k = 0; k < p->f->n_terms + p->f->intercept; k++) *out += g->average[k] * x[k];
  return isfinite(*out) ? EST_VALUE : EST_NOT_REAL;
}
static bool has_values(const struct est_plan *p, int32_t i) {
  for (int k = 0; k < p->f->n_terms; k++)
    if (!p->f->term[k].average && !usable(&p->term[k], i)) return false;
  return true;
}
static void find_donors(struct run *r, const int32_t *row, int32_t n, const struct est_group *g) {
  const struct est_plan *p = r->plan;
  double x;
  r->n_donors = 0;
  if (!r->donors) return; /* no specification draws */
  for (int32_t m = 0; m < n; m++) {
    const int32_t i = row[m];
    const bool complete = acceptable(&p->target, i, p->refused) && all_acceptable(r, i, false) && (!p->has_variance || positive(&p->variance, i));
    if (complete && predict(p, g, i, &x) == EST_VALUE) r->donors[r->n_donors++] = i;
  }
}
/* Which donor: the unit's hash under the seed and the item, so that two specifications of one item agree and two items do not. */
static bool random_error(const struct run *r, const struct est_group *g, int32_t i, struct est_change *c) {
  const struct est_plan *p = r->plan;
  double fitted;
  if (r->n_donors == 0 || (p->has_variance && !positive(&p->variance, i))) return false;
  const uint64_t h = num_unit_hash(r->in->seed + 0x9e3779b97f4a7c15u * (uint64_t)(p->field + 1), r->in->current->unit[i]);
  c->donor = r->donors[h % (uint64_t)r->n_donors];
  if (predict(p, g, c->donor, &fitted) != EST_VALUE) return false;
  c->random_error = (p->target.x[c->donor] - fitted) * sqrt(spread(p, i) / spread(p, c->donor));
  return true;
}
static void impute_one(const struct run *r, struct est_group *g, int32_t i) {
  const struct est_plan *p = r->plan;
  struct num_column *column = &r->in->current->columns[p->field];
  struct est_change c = {.row = i, .donor = -1, .column = (int16_t)p->field, .spec = (int16_t)r->spec};
  g->to_impute++;
  if (!has_values(p, i)) {
    g->no_value++;
    return;
  }
  const enum est_value v = predict(p, g, i, &c.value);
  if (v != EST_VALUE) {
    if (v == EST_ZERO_DIVISOR) g->zero_divisor++;
    else g->not_real++;
    return;
  }
  if (p->random_error && !random_error(r, g, i, &c)) {
    g->no_value++;
    return;
  }
  c.value += c.random_error;
  if (c.value < 0 && !r->in->accept_negative) {
    g->negative++;
    return;
  }
  column->x[i] = c.value;
  column->status[i] = VAL_IMPUTED;
  r->in->current_flags[p->field][i] = (uint8_t)((r->in->current_flags[p->field][i] & ~EST_TO_IMPUTE) | EST_IMPUTED);
  r->out->change[r->out->n_changes++] = c;
  g->imputed++;
}
static void run_group(struct run *r, int32_t group) {
  const struct est_plan *p = r->plan;
  const int32_t *row = r->order->row + r->order->start[group], n = r->order->start[group + 1] - r->order->start[group];
  struct est_group *g = &r->out->group[(int64_t)r->spec * r->order->n_groups + group];
  g->records = n;
  if (p->f->regression) betas(r, row, n, g);
  else if (p->f->n_averages) averages(r, row, n, g);
  g->met = (!p->f->regression && !p->f->n_averages) || (g->acceptable >= p->minimum_count &&
      100.0 * (double)g->acceptable >= p->minimum_percent * (double)n);
  if (!g->met || !r->in->current_flags || !r->in->current_flags[p->field]) return;
  if (p->random_error) find_donors(r, row, n, g);
  const uint8_t *flags = r->in->current_flags[p->field];
  for (int32_t m = 0; m < n; m++)
    if (flags[row[m]] & EST_TO_IMPUTE) impute_one(r, g, row[m]);
}
static int64_t cells_to_impute(const struct est_input *in) {
  int64_t cells = 0;
  for (int j = 0; in->current_flags && j < in->current->p; j++)
    for (int64_t i = 0; in->current_flags[j] && i < in->current->n; i++) cells += in->current_flags[j][i] & EST_TO_IMPUTE;
  return cells;
}
static enum err_code prepare(struct arena *a, const struct est_input *in, const struct est_spec *specs, int n_specs, struct est_plan *plans,
    struct est_result *out, struct err *e) {
  const int32_t groups = in->group ? in->n_groups : 1;
  if (n_specs > INT16_MAX || in->current->p > INT16_MAX)
    return ERR(e, E_EST_SPEC, .subject = "run", .found = "more than 32767 specifications or items");
  *out = (struct est_result){.formula = ARENA_ARRAY(a, struct est_formula, n_specs), .group = ARENA_ARRAY(a, struct est_group,
      (int64_t)n_specs * groups)};
  out->change = ARENA_ARRAY(a, struct est_change, cells_to_impute(in));
  if (!out->formula || !out->group || !out->change) return ERR(e, E_NO_MEMORY, .subject = "estimators");
  for (int s = 0; s < n_specs; s++) {
    TRY(est_plan_make(in, &specs[s], &out->formula[s], &plans[s], e));
    const int figures = out->formula[s].n_terms + 1;
    double *average = ARENA_ARRAY(a, double, (int64_t)figures * groups);
    if (!average) return ERR(e, E_NO_MEMORY, .subject = "estimators");
    for (int32_t g = 0; g < groups; g++) out->group[(int64_t)s * groups + g].average = average + (int64_t)g * figures;
  }
  return E_OK;
}
static void mark_missing(const struct est_column *c, int64_t n, uint8_t *incomplete) {
  for (int64_t i = 0; i < n; i++) incomplete[i] |= (uint8_t)(!value_present(c->status[i]) && !(c->flags && c->flags[i] & EST_TO_IMPUTE));
}
static enum err_code find_incomplete(struct arena *a, const struct est_input *in, const struct est_plan *plans, int n_specs, const uint8_t **out,
    struct err *e) {
  uint8_t *incomplete = ARENA_ARRAY(a, uint8_t, in->current->n);
  if (!incomplete) return ERR(e, E_NO_MEMORY, .subject = "estimators");
  for (int s = 0; s < n_specs; s++) {
    mark_missing(&plans[s].target, in->current->n, incomplete);
    for (int k = 0; k < plans[s].f->n_terms; k++) mark_missing(&plans[s].term[k], in->current->n, incomplete);
  }
  *out = incomplete;
  return E_OK;
}
enum err_code est_run(struct arena *a, const struct est_input *in, const struct est_spec *specs, int n_specs, struct est_result *out, struct err *e) {
  struct unit_order order;
  bool draws = false;
  struct est_plan *plans = ARENA_ARRAY(a, struct est_plan, n_specs);
  struct run r = {.in = in, .order = &order, .qr = ARENA_NEW(a, struct qr_sum), .out = out};
  if (!plans || !r.qr) return ERR(e, E_NO_MEMORY, .subject = "estimators");
  TRY(prepare(a, in, specs, n_specs, plans, out, e));
  TRY(unit_order_make(a, in->current->unit, in->current->n, in->group, in->group ? in->n_groups : 1, &order, e));
  if (in->complete_records) TRY(find_incomplete(a, in, plans, n_specs, &r.incomplete, e));
  for (int s = 0; s < n_specs; s++) draws |= plans[s].random_error;
  if (draws && !(r.donors = ARENA_ARRAY(a, int32_t, in->current->n))) return ERR(e, E_NO_MEMORY, .subject = "estimators");
  for (r.spec = 0; r.spec < n_specs; r.spec++) {
    r.plan = &plans[r.spec];
    for (int32_t g = 0; g < order.n_groups; g++) run_group(&r, g);
  }
  return E_OK;
}
