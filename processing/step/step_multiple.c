/* step_multiple.c -- flagged values of a number item by multiple imputation within the by-groups: m completed sets with the parameters redrawn
 * (multiple.h, multiple_model.h), kept as difference rows; the record gets one more draw of its own, or the mean of the sets, as `take` says.
 * Models    ratio (one auxiliary above 0), mean, regression, pmm (k), normal (EM with the auxiliaries; max_iterations, tolerance). Fitted without
 *           design weights to values that were reported; a class needs min_count of them.
 * Estimates with `stratum`, `population` and `confidence`: total and mean of the item for all records and per by-group, combined by Rubin's rules, in
 *           job_state.estimates (step_estimates.h). A domain with a value still missing, flagged and not replaced, or imputed by another
 *           step gets none: not_estimated counts them and a warning says so. A value that the item's universe does not ask for belongs to no domain.
 * Bounds    the sets are draws of the model and are not cut at the item's limits: that would bend estimate and variance. The record's own value is
 *           held to them (out_of_range). Notes: see step_model.h; no_predictor, sets. */
#include <math.h>
#include <stdio.h>

#include "processing/impute/multiple_model.h"
#include "processing/impute/regression_qr.h"
#include "processing/step/step_estimates.h"
#include "processing/step/step_methods.h"
#include "processing/step/step_model.h"

enum model { MODEL_RATIO, MODEL_MEAN, MODEL_REGRESSION, MODEL_PMM, MODEL_NORMAL };
enum { MOST_SETS = 100 };
static const struct step_option options[] = {{.key = "item", .kind = STEP_NUMBER_ITEM, .required = true},
    {.key = "model", .kind = STEP_CHOICE, .required = true, .words = "ratio|mean|regression|pmm|normal"},
    {.key = "auxiliary", .kind = STEP_NUMBER_ITEMS}, {.key = "k", .kind = STEP_INT, .low = 1, .high = 1000},
    {.key = "m", .kind = STEP_INT, .required = true, .low = 2, .high = MOST_SETS},
    {.key = "take", .kind = STEP_CHOICE, .required = true, .words = "draw|mean"},
    {.key = "min_count", .kind = STEP_INT, .required = true, .low = 2, .high = 1000000000},
    {.key = "max_iterations", .kind = STEP_INT, .low = 1, .high = 100000}, {.key = "tolerance", .kind = STEP_DECIMAL, .low = 1, .high = STEP_ONE},
    {.key = "stratum", .kind = STEP_VALUE}, {.key = "population", .kind = STEP_VALUE},
    {.key = "confidence", .kind = STEP_DECIMAL, .low = STEP_ONE / 2, .high = STEP_ONE - 1}, {.key = NULL}};

static bool given(const struct step_spec *s, const char *key) { return step_value_of(s, key)->given; }

static enum err_code check(const struct step_spec *s, const struct job_plan *p, struct err *e) {
  const struct step_value *item = step_value_of(s, "item"), *aux = step_value_of(s, "auxiliary");
  const enum model model = (enum model)step_value_of(s, "model")->number;
  const int least = model == MODEL_MEAN ? 0 : 1, most = model == MODEL_MEAN ? 0 : model == MODEL_RATIO ? 1 : QR_COLUMNS - 2;
  (void)p;
  TRY(step_check_items(s, "item", e));
  if (aux->n_items < least || aux->n_items > most) return step_refuse("auxiliary", "none for mean, one for ratio, one or more for the others", e);
  for (int i = 0; i < aux->n_items; i++) {
    if (aux->items[i] == item->items[0]) return step_refuse("auxiliary", "items other than the one imputed", e);
    for (int k = 0; k < i; k++)
      if (aux->items[k] == aux->items[i]) return step_refuse("auxiliary", "each item once", e);
  }
  if (given(s, "k") != (model == MODEL_PMM)) return step_refuse("k", "a number with pmm, else none", e);
  if (given(s, "max_iterations") != (model == MODEL_NORMAL)) return step_refuse("max_iterations", "a number with normal, else none", e);
  if (given(s, "tolerance") != (model == MODEL_NORMAL)) return step_refuse("tolerance", "a number with normal, else none", e);
  if (given(s, "stratum") != given(s, "population")) return step_refuse("population", "stratum and population together, or neither", e);
  if (given(s, "stratum") != given(s, "confidence")) return step_refuse("confidence", "a number such as \"0.95\" beside stratum, else none", e);
  if (given(s, "population") && expr_result_type(step_value_of(s, "population")->x) != EXPR_NUMBER)
    return step_refuse("population", "an expression that is a number", e);
  return E_OK;
}

struct multiple {
  struct step_model m;
  const struct item *item;
  enum model model;
  int sets, k;
  double *value;   /* [sets + 1][n]: the last is the record's own draw */
  uint8_t *filled; /* [n] */
  int64_t no_predictor, not_estimated;
};

/* --- one class --- */
struct cases { /* respondents and recipients with every auxiliary */
  int64_t n;
  int p;
  int32_t *row;
  double *x, *y; /* x: [n][p], first column 1; of ratio and mean only the auxiliary, or 1 */
  uint8_t *observed, *known;
  struct str *unit;
};
static bool complete(const struct model_class *c, int p, int64_t i) {
  for (int k = 1; k < p; k++)
    if (!num_present(&c->t.columns[k], i)) return false;
  return true;
}

static enum err_code gather(struct multiple *x, const struct model_class *c, struct cases *out, struct err *e) {
  struct arena *a = x->m.j->arena;
  const bool line = x->model == MODEL_REGRESSION || x->model == MODEL_PMM;
  *out = (struct cases){.p = line ? x->m.p : 1, .row = ARENA_ARRAY(a, int32_t, c->n + 1), .y = ARENA_ARRAY(a, double, c->n + 1),
      .observed = ARENA_ARRAY(a, uint8_t, c->n + 1), .known = ARENA_ARRAY(a, uint8_t, c->n + 1), .unit = ARENA_ARRAY(a, struct str, c->n + 1)};
  out->x = ARENA_ARRAY(a, double, c->n * out->p + 1);
  if (!out->row || !out->y || !out->observed || !out->known || !out->unit || !out->x) return ERR(e, E_NO_MEMORY, .subject = x->m.s->name);
  for (int64_t i = 0; i < c->n; i++) {
    const bool observed = x->m.use[c->row[i]] == MODEL_FIT, target = x->m.target[c->row[i]] != 0;
    if (!observed && !target) continue;
    if (!complete(c, x->m.p, i) || (x->model == MODEL_RATIO && !(c->t.columns[1].x[i] > 0))) {
      x->no_predictor += target;
      continue;
    }
    double *to = out->x + out->n * out->p;
    to[0] = x->model == MODEL_RATIO ? c->t.columns[1].x[i] : 1;
    for (int k = 1; k < out->p; k++) to[k] = c->t.columns[k].x[i];
    out->row[out->n] = c->row[i], out->y[out->n] = observed ? c->t.columns[0].x[i] : 0;
    out->observed[out->n] = observed, out->known[out->n] = 1;
    out->unit[out->n++] = c->t.unit[i];
  }
  return E_OK;
}

static enum err_code draw_cases(struct multiple *x, const struct cases *c, uint64_t seed, double **sets, struct err *e) {
  struct arena *a = x->m.j->arena;
  if (x->model == MODEL_RATIO || x->model == MODEL_MEAN) {
    const struct mi_ratio_input in = {c->n, c->y, c->x, c->observed, c->unit, x->sets + 1, seed};
    return mi_ratio(a, &in, sets, e);
  }
  const struct mi_regression_input in = {c->n, c->p, x->sets + 1, x->k, c->x, c->y, c->observed, c->known, c->unit, seed};
  return mi_regression(a, &in, sets, e);
}

static void keep(struct multiple *x, const int32_t *row, int64_t n, const double *sets) {
  const int64_t all = x->m.view.now.n;
  for (int64_t i = 0; i < n; i++) {
    if (!x->m.target[row[i]]) continue;
    for (int l = 0; l <= x->sets; l++) x->value[l * all + row[i]] = sets[l * n + i];
    x->filled[row[i]] = 1;
  }
}

/* Values imputed before predict, but are no values of the item here. */
static void hide_imputed(const struct multiple *x, struct model_class *c) {
  for (int64_t i = 0; i < c->n; i++)
    if (x->m.use[c->row[i]] == MODEL_KNOWN) c->t.columns[0].x[i] = 0, c->t.columns[0].status[i] = VAL_BLANK;
}

static enum err_code one_class(struct multiple *x, int32_t g, struct err *e) {
  struct step_model *m = &x->m;
  const struct em_rule rule = {(int)step_value_of(m->s, "max_iterations")->number, (double)step_value_of(m->s, "tolerance")->number / STEP_ONE};
  const uint64_t seed = num_unit_hash(m->s->seed, str_of(x->item->name));
  struct model_class c;
  struct cases cases = {.n = 0};
  double *sets = NULL;
  bool fitted;
  TRY(step_model_class(m, g, true, &c, e));
  if (!step_model_wanted(m, &c, 0)) return E_OK;
  if (step_model_fitting(m, &c, 0) < step_value_of(m->s, "min_count")->number) {
    m->too_small++;
    return E_OK;
  }
  hide_imputed(x, &c);
  if (x->model != MODEL_NORMAL) TRY(gather(x, &c, &cases, e));
  enum err_code code = x->model == MODEL_NORMAL ? mi_normal(m->j->arena, &c.t, 0, &rule, x->sets + 1, seed, &sets, e) : draw_cases(x, &cases, seed,
      &sets, e);
  TRY(step_model_fitted(m, code, &fitted, e));
  if (!fitted) return E_OK;
  if (x->model == MODEL_NORMAL) keep(x, c.row, c.n, sets);
  else keep(x, cases.row, cases.n, sets);
  m->classes++;
  m->fitted[g] = step_model_fitting(m, &c, 0);
  return E_OK;
}

/* --- what the records and the stage get --- */
static enum err_code put_values(struct multiple *x, struct err *e) {
  const int64_t n = x->m.view.now.n;
  const bool draw = step_value_of(x->m.s, "take")->number == 0;
  for (int64_t i = 0; i < n; i++) {
    if (!x->filled[i]) continue;
    double mean = 0;
    for (int l = 0; l < x->sets; l++) mean += x->value[l * n + i] / x->sets;
    x->m.value[i] = draw ? x->value[x->sets * n + i] : mean;
    x->m.found[i] = 1;
  }
  static const char *const words[] = {"ratio", "mean", "regression", "pmm", "normal"};
  x->m.formula[0] = arena_printf(x->m.j->arena, "%s of %d sets: %s", draw ? "draw beside those" : "mean", x->sets, words[x->model]);
  if (!x->m.formula[0]) return ERR(e, E_NO_MEMORY, .subject = x->m.s->name);
  return step_model_put(&x->m, draw ? "multiple_draw" : "multiple_mean", e);
}

static enum err_code put_sets(struct multiple *x, struct err *e) {
  const int64_t n = x->m.view.now.n;
  for (int l = 0; l < x->sets; l++)
    for (int64_t i = 0; i < n; i++)
      if (x->filled[i]) TRY(step_set_put(x->m.j, x->m.s, l + 1, x->m.view.record[i], x->item, x->value[l * n + i], e));
  return E_OK;
}

/* --- combined estimates --- */
struct combining {
  struct srs_design design;
  const double *y;
  const uint8_t *status;
  uint8_t *not_asked; /* by record; NULL = none */
  double *z;        /* [n] of a set */
  uint8_t *domain;  /* [n] */
};
/* A value that is to be replaced and was not, or that another step imputed as if it were certain, serves no estimate. */
static bool stands(const struct multiple *x, uint8_t status, int64_t record) {
  const int index = (int)(x->item - x->m.j->form->items);
  return value_present(status) && status != VAL_IMPUTED && !cell_flagged(&x->m.j->flags, index, record, FLAG_IMPUTE);
}

/* A domain has a value for every unit of it, or no estimate. */
static bool make_domain(const struct multiple *x, struct combining *c, int32_t g, struct step_estimate *out) {
  out->group = g, out->n = out->imputed = 0;
  for (int64_t i = 0; i < c->design.n; i++) {
    const int64_t record = x->m.view.record[i];
    c->domain[i] = (g < 0 || x->m.view.group[i] == g) && c->status[i] != VAL_NOT_APPLICABLE && !(c->not_asked && c->not_asked[record]);
    if (!c->domain[i]) continue;
    out->n++, out->imputed += x->filled[i];
    if (!x->filled[i] && !stands(x, c->status[i], record)) return false;
  }
  return out->n > 0;
}

static enum err_code combine(struct multiple *x, struct combining *c, bool mean, struct step_estimate *out, struct err *e) {
  struct arena *a = x->m.j->arena;
  double q[MOST_SETS], u[MOST_SETS], half, degrees = 0;
  struct mi_result r;
  for (int l = 0; l < x->sets; l++) {
    struct srs_estimate one;
    for (int64_t i = 0; i < c->design.n; i++) c->z[i] = x->filled[i] ? x->value[l * c->design.n + i] : c->y[i];
    TRY(mean ? srs_mean(a, &c->design, c->z, c->domain, &one, e) : srs_total(a, &c->design, c->z, c->domain, &one, e));
    q[l] = one.estimate, u[l] = one.variance, degrees = one.degrees;
  }
  TRY(mi_combine(q, u, x->sets, degrees, &r, e));
  if (mi_half_width(&r, (double)step_value_of(x->m.s, "confidence")->number / STEP_ONE, &half, e)) half = INFINITY;
  out->measure = mean ? "mean" : "total", out->method = "multiple";
  step_estimate_set(out, ESTIMATE_VALUE, r.estimate), step_estimate_set(out, ESTIMATE_STANDARD_ERROR, sqrt(r.total));
  step_estimate_set(out, ESTIMATE_LOW, r.estimate - half), step_estimate_set(out, ESTIMATE_HIGH, r.estimate + half);
  step_estimate_set(out, ESTIMATE_WITHIN, r.within), step_estimate_set(out, ESTIMATE_BETWEEN, r.between);
  step_estimate_set(out, ESTIMATE_DEGREES, r.df), step_estimate_set(out, ESTIMATE_MISSING_INFORMATION, r.missing_information);
  return E_OK;
}

static enum err_code estimate_domain(struct multiple *x, struct combining *c, int32_t g, struct err *e) {
  for (int mean = 0; mean < 2; mean++) {
    struct step_estimate row = {.group = g};
    const struct arena_mark mark = arena_mark(x->m.j->arena);
    if (!make_domain(x, c, g, &row)) {
      x->not_estimated += row.n > 0 && !mean;
      return E_OK;
    }
    TRY(step_placed(x->m.j, x->m.s, combine(x, c, mean != 0, &row, e), e));
    arena_reset(x->m.j->arena, mark);
    TRY(step_estimate_put(x->m.j, x->m.s, x->m.scope, x->item, &row, e));
  }
  return E_OK;
}

static enum err_code estimate(struct multiple *x, struct err *e) {
  struct arena *a = x->m.j->arena;
  struct combining c = {.y = NULL};
  struct err note;
  if (!given(x->m.s, "stratum")) return E_OK;
  if (x->m.view.no_group) return step_placed(x->m.j, x->m.s, ERR(e, E_JOB_NO_GROUP, .subject = x->m.s->name), e);
  TRY(step_design_make(x->m.j, x->m.s, &x->m.view, &c.design, e));
  c.design.order = x->m.order.row;
  TRY(step_values_now(x->m.j, x->m.scope, x->item, &c.y, &c.status, e));
  TRY(step_not_asked(x->m.j, x->item, &c.not_asked, e));
  c.z = ARENA_ARRAY(a, double, c.design.n + 1), c.domain = ARENA_ARRAY(a, uint8_t, c.design.n + 1);
  if (!c.z || !c.domain) return ERR(e, E_NO_MEMORY, .subject = x->m.s->name);
  TRY(estimate_domain(x, &c, -1, e));
  for (int32_t g = 0; g < x->m.scope->n_groups && x->m.s->n_by; g++) TRY(estimate_domain(x, &c, g, e));
  if (!x->not_estimated) return E_OK;
  const char *many = arena_printf(a, "%lld", (long long)x->not_estimated);
  (void)ERR(&note, E_STEP_NOT_ESTIMATED, .subject = x->m.s->name, .found = many ? many : "");
  job_problem(x->m.j->job, &note);
  return E_OK;
}

/* --- the run --- */
static enum err_code begin(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct multiple *x, struct err *e) {
  const struct step_value *aux = step_value_of(s, "auxiliary");
  const struct item **items = ARENA_ARRAY(j->arena, const struct item *, aux->n_items + 1);
  if (!items) return ERR(e, E_NO_MEMORY, .subject = s->name);
  items[0] = x->item = step_value_of(s, "item")->items[0];
  for (int k = 0; k < aux->n_items; k++) items[k + 1] = aux->items[k];
  x->model = (enum model)step_value_of(s, "model")->number;
  x->sets = (int)step_value_of(s, "m")->number, x->k = (int)step_value_of(s, "k")->number;
  TRY(step_model_begin(j, s, scope, items, aux->n_items + 1, 1, &x->m, e));
  x->value = ARENA_ARRAY(j->arena, double, x->m.view.now.n * (x->sets + 1) + 1);
  x->filled = ARENA_ARRAY(j->arena, uint8_t, x->m.view.now.n + 1);
  return x->value && x->filled ? E_OK : ERR(e, E_NO_MEMORY, .subject = s->name);
}

static enum err_code run(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct step_report *r, struct err *e) {
  struct multiple *x = ARENA_NEW(j->arena, struct multiple);
  if (!x) return ERR(e, E_NO_MEMORY, .subject = s->name);
  TRY(begin(j, s, scope, x, e));
  for (int32_t g = 0; g < scope->n_groups; g++) {
    const struct arena_mark mark = arena_mark(j->arena);
    TRY(one_class(x, g, e));
    arena_reset(j->arena, mark);
  }
  TRY(put_values(x, e));
  TRY(put_sets(x, e));
  TRY(estimate(x, e));
  step_model_notes(&x->m, r);
  step_note(r, "no_predictor", x->no_predictor);
  step_note(r, "sets", x->sets);
  if (given(s, "stratum")) step_note(r, "not_estimated", x->not_estimated);
  return E_OK;
}

const struct step_method step_multiple = {.name = "multiple", .options = options, .run = run, .check = check};
