/* step_variance.c -- variance of the total of an item with imputed values: sampling, imputation, and both together, for all records and per
 *    by-group, in job_state.estimates (step_estimates.h). Changes nothing.
 * Model    how the values were imputed; the by-group must be the class in which they were: mean (CURMEAN, class_mean), ratio to one auxiliary
 *          (CURRATIO, class_ratio; with `previous` to the auxiliary of the period before: previous_ratio, DIFTREND), regression (CURREG, 2, 3;
 *          with previous HISTREG), donor (every value that has a donor in the log: donor, hotdeck, gower, pmm). Formulas: imputation_parts.h.
 *          Fits take the job's weight.
 * Design   the step's records are a stratified simple random sample: `stratum` and `population` are expressions of the record.
 * Refusal  a value imputed by anything else, one that the declared model and auxiliary do not give, one from before this run, or from a donor
 *          outside the by-group has no formula here: its domain and the total of all are not estimated, a warning counts such values, and the
 *          method has to be named or the bootstrap of imputation_bootstrap.h used.
 * Bootstrap replicates: the gaps are imputed anew in each by the declared model (imputation_again.h), for comparison and for large gaps.
 * Notes    reported, imputed, no_formula, missing, not_estimated, not_fitted. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/ext_gsl.h"
#include "processing/impute/imputation_again.h"
#include "processing/impute/imputation_bootstrap.h"
#include "processing/impute/regression_qr.h"
#include "processing/impute/unit_order.h"
#include "processing/step/step_estimates.h"
#include "processing/step/step_methods.h"

enum model { MODEL_MEAN, MODEL_RATIO, MODEL_REGRESSION, MODEL_DONOR };
static const char *const MODELS[] = {"mean", "ratio", "regression", "donor"};
static const struct step_option options[] = {{.key = "item", .kind = STEP_NUMBER_ITEM, .required = true},
    {.key = "model", .kind = STEP_CHOICE, .required = true, .words = "mean|ratio|regression|donor"}, {.key = "auxiliary", .kind = STEP_NUMBER_ITEMS},
    {.key = "previous", .kind = STEP_TRUTH}, {.key = "stratum", .kind = STEP_VALUE, .required = true},
    {.key = "population", .kind = STEP_VALUE, .required = true},
    {.key = "confidence", .kind = STEP_DECIMAL, .required = true, .low = STEP_ONE / 2, .high = STEP_ONE - 1},
    {.key = "bootstrap", .kind = STEP_INT, .low = 20, .high = 10000}, {.key = NULL}};

static enum err_code check(const struct step_spec *s, const struct job_plan *p, struct err *e) {
  const struct step_value *item = step_value_of(s, "item"), *aux = step_value_of(s, "auxiliary");
  const int64_t model = step_value_of(s, "model")->number;
  const int least = model == MODEL_RATIO || model == MODEL_REGRESSION, most = model == MODEL_MEAN ? 0 : model == MODEL_REGRESSION ? QR_COLUMNS - 2
      : 1;
  (void)p;
  TRY(step_check_items(s, "item", e));
  if (aux->n_items < least || aux->n_items > most)
    return step_refuse("auxiliary", "none for mean, one for ratio, one or more for regression, one or none for donor", e);
  for (int i = 0; i < aux->n_items; i++)
    if (aux->items[i] == item->items[0] && !step_value_of(s, "previous")->number)
      return step_refuse("auxiliary", "items other than the one imputed, but for its previous value", e);
  if (step_value_of(s, "previous")->number && !aux->n_items) return step_refuse("previous", "an auxiliary beside it", e);
  if (expr_result_type(step_value_of(s, "population")->x) != EXPR_NUMBER) return step_refuse("population", "an expression that is a number", e);
  return E_OK;
}

static enum err_code wanted(const struct step_spec *s, const struct job_plan *p, struct name_set *names, enum expr_slot_kind kind, struct err *e) {
  const struct step_value *aux = step_value_of(s, "auxiliary");
  (void)p;
  for (int i = 0; kind == EXPR_SLOT_PREV && step_value_of(s, "previous")->number && i < aux->n_items; i++)
    TRY(name_set_add(names, aux->items[i]->name, e));
  return E_OK;
}

struct variance {
  struct job_state *j;
  const struct step_spec *s;
  const struct step_scope *scope;
  const struct item *item;
  enum model model;
  struct step_view view; /* the item, then the auxiliaries */
  struct srs_design design;
  struct parts_input in;
  struct parts_model parts;
  struct unit_order order;
  struct parts_class *classes; /* [n_groups] */
  uint8_t *role, *bad, *domain; /* bad: missing, or without a formula */
  uint8_t *poor;                /* [n_groups] 1 = no fit */
  double *y, *x, *weight;
  uint8_t *not_asked; /* by record; NULL = none */
  int64_t *donor, *at;          /* at: [n_records] row of the view, -1 */
  double *bootstrap;            /* [1 + n_groups]; NULL = none */
  int64_t reported, imputed, no_formula, missing, not_estimated, not_fitted;
};

/* --- which method gave a value --- */
static bool begins(struct str text, const char *with) { return text.n >= strlen(with) && memcmp(text.p, with, strlen(with)) == 0; }

/* The class in the log is the by-group: else the fit was to other records. */
static bool same_class(const struct variance *v, int64_t log_row, int64_t i) {
  const struct column *c = &v->j->log.table.columns[CHANGE_CLASS];
  const struct str class = value_present(c->status[log_row]) ? dict_text(c->dict, c->code[log_row]) : STR("");
  return str_eq(class, v->scope->group_names[v->view.group[i]]);
}

static bool has_formula(const struct variance *v, int64_t log_row) {
  static const char *const now[][4] = {
      [MODEL_MEAN] = {"CURMEAN:"}, [MODEL_RATIO] = {"CURRATIO:"}, [MODEL_REGRESSION] = {"CURREG:", "CURREG2:", "CURREG3:"}, [MODEL_DONOR] = {NULL}};
  static const char *const before[][4] = {
      [MODEL_MEAN] = {NULL}, [MODEL_RATIO] = {"DIFTREND:"}, [MODEL_REGRESSION] = {"HISTREG:"}, [MODEL_DONOR] = {NULL}};
  static const char *const plain[] = {[MODEL_MEAN] = "class_mean", [MODEL_RATIO] = "class_ratio", [MODEL_REGRESSION] = "", [MODEL_DONOR] = ""};
  const struct table *t = &v->j->log.table;
  const bool previous = step_value_of(v->s, "previous")->number != 0;
  const struct str method = dict_text(t->columns[CHANGE_METHOD].dict, t->columns[CHANGE_METHOD].code[log_row]);
  const struct column *formula = &t->columns[CHANGE_FORMULA];
  if (v->model == MODEL_DONOR) return value_present(t->columns[CHANGE_DONOR].status[log_row]);
  if (str_eq(method, str_of(previous && v->model == MODEL_RATIO ? "previous_ratio" : plain[v->model])) && (!previous || v->model == MODEL_RATIO))
    return true;
  if (!str_eq(method, STR("estimator")) || !value_present(formula->status[log_row])) return false;
  const struct str text = dict_text(formula->dict, formula->code[log_row]);
  for (int k = 0; k < 4; k++) {
    const char *with = previous ? before[v->model][k] : now[v->model][k];
    if (with && begins(text, with)) return true;
  }
  return false;
}

/* The last change of the item in each record. */
static enum err_code last_changes(const struct variance *v, int64_t **out, struct err *e) {
  const struct table *t = &v->j->log.table;
  int64_t *last = ARENA_ARRAY(v->j->arena, int64_t, v->j->n_records + 1);
  if (!last) return ERR(e, E_NO_MEMORY, .subject = v->s->name);
  for (int64_t i = 0; i < v->j->n_records; i++) last[i] = -1;
  for (int64_t row = 0; row < t->n_rows; row++)
    if (str_eq(dict_text(t->columns[CHANGE_ITEM].dict, t->columns[CHANGE_ITEM].code[row]), str_of(v->item->name)))
      last[t->columns[CHANGE_RECORD_NO].i64[row] - 1] = row;
  *out = last;
  return E_OK;
}

/* --- what each record is --- */
static bool predictors_there(const struct variance *v, int64_t i) {
  const struct num_table *t = step_value_of(v->s, "previous")->number ? &v->view.before : &v->view.now;
  for (int k = 1; k < v->view.n_items; k++)
    if (!num_present(&t->columns[k], i) || (v->model == MODEL_RATIO && !(t->columns[k].x[i] > 0))) return false;
  return true;
}

static void judge_imputed(struct variance *v, const int64_t *last, int64_t i) {
  const int64_t row = last[v->view.record[i]];
  bool good = row >= 0 && predictors_there(v, i) && has_formula(v, row) && (v->model == MODEL_DONOR || same_class(v, row, i));
  if (good && v->model == MODEL_DONOR) {
    v->donor[i] = v->at[v->j->log.table.columns[CHANGE_DONOR].i64[row] - 1];
    good = v->donor[i] >= 0 && v->view.group[v->donor[i]] == v->view.group[i];
  }
  v->role[i] = good ? PARTS_IMPUTED : PARTS_NONE;
  v->bad[i] = !good;
  v->imputed++, v->no_formula += !good;
}

static void judge(struct variance *v, const int64_t *last, int64_t i) {
  const int64_t record = v->view.record[i];
  const uint8_t status = v->view.now.columns[0].status[i];
  const int index = (int)(v->item - v->j->form->items);
  v->donor[i] = -1;
  v->domain[i] = status != VAL_NOT_APPLICABLE && !(v->not_asked && v->not_asked[record]);
  if (!v->domain[i]) return;
  if (!value_present(status) || (status != VAL_IMPUTED && cell_flagged(&v->j->flags, index, record, FLAG_IMPUTE))) {
    v->bad[i] = 1, v->missing++;
    return;
  }
  v->y[i] = v->view.now.columns[0].x[i];
  if (status == VAL_IMPUTED) {
    judge_imputed(v, last, i);
    return;
  }
  v->reported++;
  v->role[i] = predictors_there(v, i) && !cell_flagged(&v->j->flags, index, record, FLAG_EXCLUDE) ? PARTS_REPORTED : PARTS_NONE;
}

/* A donor that is no respondent of the model now (changed since) serves no formula. */
static void check_donors(struct variance *v) {
  for (int64_t i = 0; i < v->view.now.n; i++)
    if (v->role[i] == PARTS_IMPUTED && v->model == MODEL_DONOR && v->role[v->donor[i]] != PARTS_REPORTED)
      v->role[i] = PARTS_NONE, v->bad[i] = 1, v->no_formula++, v->donor[i] = -1;
}

static void fill_x(struct variance *v, int p) {
  const struct num_table *t = step_value_of(v->s, "previous")->number ? &v->view.before : &v->view.now;
  const bool constant = v->model == MODEL_MEAN || v->model == MODEL_REGRESSION;
  for (int64_t i = 0; i < v->view.now.n; i++) {
    if (constant) v->x[i * p] = 1;
    for (int k = 1; k < v->view.n_items; k++)
      if (num_present(&t->columns[k], i)) v->x[i * p + k - !constant] = t->columns[k].x[i];
  }
}

static enum err_code room(struct variance *v, int p, struct err *e) {
  struct arena *a = v->j->arena;
  const int64_t n = v->view.now.n + 1;
  v->role = ARENA_ARRAY(a, uint8_t, n), v->bad = ARENA_ARRAY(a, uint8_t, n), v->domain = ARENA_ARRAY(a, uint8_t, n);
  v->y = ARENA_ARRAY(a, double, n), v->x = ARENA_ARRAY(a, double, n * (p + 1)), v->donor = ARENA_ARRAY(a, int64_t, n);
  v->at = ARENA_ARRAY(a, int64_t, v->j->n_records + 1), v->poor = ARENA_ARRAY(a, uint8_t, v->scope->n_groups + 1);
  v->classes = ARENA_ARRAY(a, struct parts_class, v->scope->n_groups + 1);
  const bool there = v->role && v->bad && v->domain && v->y && v->x && v->donor && v->at && v->poor && v->classes;
  return there ? E_OK : ERR(e, E_NO_MEMORY, .subject = v->s->name);
}

static enum err_code gather(struct variance *v, struct err *e) {
  const int p = v->model == MODEL_REGRESSION ? v->view.n_items : v->model == MODEL_DONOR ? v->view.n_items - 1 : 1;
  const bool weighted = v->j->plan->weight && v->model != MODEL_DONOR;
  int64_t *last = NULL;
  TRY(room(v, p, e));
  TRY(last_changes(v, &last, e));
  TRY(step_not_asked(v->j, v->item, &v->not_asked, e));
  for (int64_t i = 0; i < v->j->n_records; i++) v->at[i] = -1;
  for (int64_t i = 0; i < v->view.now.n; i++) v->at[v->view.record[i]] = i;
  for (int64_t i = 0; i < v->view.now.n; i++) judge(v, last, i);
  check_donors(v);
  fill_x(v, p);
  v->in = (struct parts_input){&v->design, v->y, v->role, v->x, p, weighted ? v->view.now.columns[v->view.n_items].x : NULL,
      v->model == MODEL_DONOR ? v->donor : NULL};
  return E_OK;
}

/* --- fits and the bootstrap --- */
/* The declared model must give the imputed values, but for their rounding: another auxiliary, weight or set of donors, or a random error added to
 * them, has another variance. */
static void check_fitted(struct variance *v, const struct parts_class *c) {
  double half = 0.5;
  for (int d = 0; d < v->item->decimals; d++) half /= 10;
  for (int64_t k = 0; k < c->n; k++) {
    const int64_t i = c->row[k];
    if (v->role[i] != PARTS_IMPUTED || fabs(v->parts.fitted[i] - v->y[i]) <= half + 1e-9 * (1 + fabs(v->y[i]))) continue;
    v->role[i] = PARTS_NONE, v->bad[i] = 1, v->no_formula++;
  }
}

static enum err_code fit_classes(struct variance *v, struct err *e) {
  static const enum parts_kind kinds[] = {[MODEL_MEAN] = PARTS_LINEAR, [MODEL_RATIO] = PARTS_RATIO, [MODEL_REGRESSION] = PARTS_LINEAR,
      [MODEL_DONOR] = PARTS_DONOR};
  TRY(unit_order_make(v->j->arena, v->view.now.unit, v->view.now.n, v->view.group, v->scope->n_groups, &v->order, e));
  v->design.order = v->order.row;
  TRY(parts_model_make(v->j->arena, v->view.now.n, &v->parts, e));
  for (int32_t g = 0; g < v->scope->n_groups; g++) {
    const int32_t *row = v->order.row + v->order.start[g];
    bool gaps = false;
    v->classes[g] = (struct parts_class){kinds[v->model], v->order.start[g + 1] - v->order.start[g], row, v->in.p};
    for (int64_t k = 0; k < v->classes[g].n; k++) gaps = gaps || v->role[row[k]] == PARTS_IMPUTED;
    if (!gaps) continue;
    struct err why = {.code = E_OK};
    const enum err_code code = parts_fit(v->j->arena, &v->in, &v->classes[g], &v->parts, &why);
    v->poor[g] = code == E_MODEL_DATA, v->not_fitted += v->poor[g];
    if (!code && v->model != MODEL_DONOR) check_fitted(v, &v->classes[g]);
    if (!code || v->poor[g]) continue;
    *e = why;
    return step_placed(v->j, v->s, code, e);
  }
  return E_OK;
}

static bool all_good(const struct variance *v, int32_t g) {
  for (int64_t i = 0; i < v->view.now.n; i++)
    if ((g < 0 || v->view.group[i] == g) && (v->bad[i] || v->poor[v->view.group[i]])) return false;
  return true;
}

static enum err_code resample(struct variance *v, struct err *e) {
  const int64_t b = step_value_of(v->s, "bootstrap")->number;
  struct again *again = ARENA_NEW(v->j->arena, struct again);
  double *variance = ARENA_ARRAY(v->j->arena, double, v->scope->n_groups + 1);
  if (!b || !all_good(v, -1)) return E_OK;
  if (!again || !variance) return ERR(e, E_NO_MEMORY, .subject = v->s->name);
  *again = (struct again){.in = &v->in, .classes = v->classes, .n_classes = v->scope->n_groups, .domain = v->domain, .unit = v->view.now.unit,
      .seed = v->s->seed};
  const struct bootstrap_input in = {&v->design, v->view.now.unit, (int)b, v->s->seed, again_totals, again, v->scope->n_groups + 1};
  TRY(again_make(v->j->arena, again, e));
  struct err why = {.code = E_OK};
  const enum err_code code = imputation_bootstrap(v->j->arena, &in, variance, &why);
  if (code == E_MODEL_DATA) { /* said at once: the column stays blank */
    job_problem(v->j->job, &why);
    return E_OK;
  }
  if (code) return *e = why, step_placed(v->j, v->s, code, e);
  v->bootstrap = variance;
  return E_OK;
}

/* --- rows --- */
static enum err_code put_domain(struct variance *v, int32_t g, struct err *e) {
  uint8_t *domain = ARENA_ARRAY(v->j->arena, uint8_t, v->view.now.n + 1);
  struct step_estimate row = {.measure = "total", .method = MODELS[v->model], .group = g};
  struct parts_result r;
  double quantile = 0;
  if (!domain) return ERR(e, E_NO_MEMORY, .subject = v->s->name);
  if (!all_good(v, g)) {
    v->not_estimated++;
    return E_OK;
  }
  for (int64_t i = 0; i < v->view.now.n; i++) {
    domain[i] = v->domain[i] && (g < 0 || v->view.group[i] == g);
    row.n += domain[i], row.imputed += domain[i] && v->role[i] == PARTS_IMPUTED;
  }
  if (!row.n) return E_OK;
  TRY(parts_variance(v->j->arena, &v->in, &v->parts, domain, &r, e));
  if (!dist_normal_quantile(0.5 + (double)step_value_of(v->s, "confidence")->number / STEP_ONE / 2, &quantile)) quantile = INFINITY;
  const double error = sqrt(r.variance);
  step_estimate_set(&row, ESTIMATE_VALUE, r.total), step_estimate_set(&row, ESTIMATE_STANDARD_ERROR, error);
  step_estimate_set(&row, ESTIMATE_LOW, r.total - quantile * error), step_estimate_set(&row, ESTIMATE_HIGH, r.total + quantile * error);
  step_estimate_set(&row, ESTIMATE_NAIVE, r.naive), step_estimate_set(&row, ESTIMATE_SAMPLING, r.sampling);
  step_estimate_set(&row, ESTIMATE_IMPUTATION, r.imputation), step_estimate_set(&row, ESTIMATE_MIX, r.mix), step_estimate_set(&row, ESTIMATE_SHARE,
      r.share);
  if (v->bootstrap) step_estimate_set(&row, ESTIMATE_BOOTSTRAP, v->bootstrap[g + 1]);
  return step_estimate_put(v->j, v->s, v->scope, v->item, &row, e);
}

static void say(const struct variance *v) {
  struct err note;
  const char *many = arena_printf(v->j->arena, "%lld", (long long)(v->no_formula ? v->no_formula : v->not_estimated));
  if (!many || (!v->no_formula && !v->not_estimated)) return;
  if (v->no_formula) (void)ERR(&note, E_STEP_NO_FORMULA, .subject = v->s->name, .found = many, .expected = MODELS[v->model]);
  else (void)ERR(&note, E_STEP_NOT_ESTIMATED, .subject = v->s->name, .found = many);
  job_problem(v->j->job, &note);
}

static enum err_code view_of(struct variance *v, struct err *e) {
  const struct step_value *aux = step_value_of(v->s, "auxiliary");
  const struct item **items = ARENA_ARRAY(v->j->arena, const struct item *, aux->n_items + 1);
  if (!items) return ERR(e, E_NO_MEMORY, .subject = v->s->name);
  items[0] = v->item;
  for (int k = 0; k < aux->n_items; k++) items[k + 1] = aux->items[k];
  const struct step_view_want want = {.before = step_value_of(v->s, "previous")->number != 0, .weight = v->model != MODEL_DONOR};
  return step_view_make(v->j, v->scope, items, aux->n_items + 1, want, &v->view, e);
}

static enum err_code run(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct step_report *r, struct err *e) {
  struct variance *v = ARENA_NEW(j->arena, struct variance);
  if (!v) return ERR(e, E_NO_MEMORY, .subject = s->name);
  *v = (struct variance){.j = j, .s = s, .scope = scope, .item = step_value_of(s, "item")->items[0], .model = (enum model)step_value_of(s,
      "model")->number};
  TRY(view_of(v, e));
  if (v->view.no_group) return step_placed(j, s, ERR(e, E_JOB_NO_GROUP, .subject = s->name), e);
  TRY(step_design_make(j, s, &v->view, &v->design, e));
  TRY(gather(v, e));
  TRY(fit_classes(v, e));
  TRY(resample(v, e));
  TRY(put_domain(v, -1, e));
  for (int32_t g = 0; g < scope->n_groups && s->n_by; g++) TRY(put_domain(v, g, e));
  say(v);
  step_note(r, "reported", v->reported);
  step_note(r, "imputed", v->imputed);
  step_note(r, "no_formula", v->no_formula);
  step_note(r, "missing", v->missing);
  step_note(r, "not_estimated", v->not_estimated);
  step_note(r, "not_fitted", v->not_fitted);
  return E_OK;
}

const struct step_method step_variance = {.name = "variance", .options = options, .wanted = wanted, .run = run, .check = check};
