#include "processing/step/step_score.h"

#include <math.h>

#include "base/sum.h"
#include "processing/outlier/cell_text.h"

/* --- options --- */
static bool has_item(const struct step_value *items, struct str name) {
  for (int i = 0; i < items->n_items; i++)
    if (str_eq(name, str_of(items->items[i]->name))) return true;
  return false;
}

static enum err_code check_errors(const struct step_spec *s, struct err *e) {
  const struct step_value *text = step_value_of(s, "standard_errors");
  struct arena *a = arena_new((size_t)16 << 20);
  struct cell_value *v;
  int n;
  if (!a) return ERR(e, E_NO_MEMORY, .subject = s->name);
  enum err_code code = cell_values_parse(a, str_of(text->text), true, &v, &n, e);
  for (int i = 0; i < n && !code; i++)
    if (!has_item(step_value_of(s, "items"), v[i].item)) code = step_refuse("standard_errors", "items of the step", e);
  arena_free(a);
  return code;
}

enum err_code selection_check(const struct step_spec *s, struct err *e) {
  const struct step_value *items = step_value_of(s, "items"), *aux = step_value_of(s, "auxiliary");
  const bool kappa = step_value_of(s, "kappa")->given, tau = step_value_of(s, "tau")->given;
  if (aux->given && aux->n_items != items->n_items) return step_refuse("auxiliary", "one for every item, in their order", e);
  if ((step_value_of(s, "combine")->number == GLOBAL_MINKOWSKI) != step_value_of(s, "minkowski")->given)
    return step_refuse("minkowski", "a number from 1 with combine minkowski, else none", e);
  if (kappa != tau) return step_refuse(kappa ? "tau" : "kappa", "kappa and tau together", e);
  return step_value_of(s, "standard_errors")->given ? check_errors(s, e) : E_OK;
}

/* --- data --- */
static enum err_code read_weights(struct job_state *j, struct selection *x, struct err *e) {
  int64_t *whole;
  x->weight = ARENA_ARRAY(j->arena, double, x->view.now.n + 1);
  if (!x->weight) return ERR(e, E_NO_MEMORY, .subject = "weights");
  TRY(job_weights(j, &whole, e));
  x->whole_weight = whole;
  for (int64_t i = 0; i < x->view.now.n; i++)
    x->weight[i] = whole ? (double)whole[x->view.record[i]] / STEP_ONE : 1;
  return E_OK;
}

static void hide_imputed(const struct job_state *j, struct selection *x, int k) {
  const struct num_column *c = &x->view.now.columns[k];
  for (int64_t i = 0; i < x->view.now.n; i++)
    if (c->status[i] == VAL_IMPUTED || step_target(j, x->items->items[k], x->view.record[i])) c->status[i] = VAL_BLANK;
}

static enum err_code totals(struct job_state *j, const struct selection *x, int k, int n_cells, double *out, struct err *e) {
  const struct num_column *c = &x->view.before.columns[k];
  sum_int *sum = ARENA_ARRAY(j->arena, sum_int, n_cells + 1);
  double unit = 1;
  if (!sum) return ERR(e, E_NO_MEMORY, .subject = c->name);
  for (int d = 0; d < c->decimals; d++)
    unit *= 10;
  for (int64_t i = 0; i < x->view.now.n; i++)
    if (num_present(c, i))
      sum[x->view.group[i]] += (sum_int)llround(c->x[i] * unit) * (x->whole_weight ? x->whole_weight[x->view.record[i]] : STEP_ONE);
  for (int g = 0; g < n_cells; g++)
    out[g] = (double)sum[g] / STEP_ONE / unit;
  return E_OK;
}

enum err_code selection_errors(
    struct job_state *j, const struct step_spec *s, const struct step_scope *scope, int k, double **out, struct err *e) {
  const struct step_value *text = step_value_of(s, "standard_errors"), *items = step_value_of(s, "items");
  struct cell_value *v;
  int n;
  *out = NULL;
  if (!text->given) return E_OK;
  double *errors = ARENA_ARRAY(j->arena, double, scope->n_groups + 1);
  if (!errors) return ERR(e, E_NO_MEMORY, .subject = "standard errors");
  TRY(cell_values_parse(j->arena, str_of(text->text), true, &v, &n, e));
  for (int i = 0; i < n; i++)
    for (int32_t g = 0; g < scope->n_groups; g++)
      if (str_eq(v[i].item, str_of(items->items[k]->name)) && str_eq(v[i].class_, scope->group_names[g])) errors[g] = v[i].value;
  *out = errors; /* 0 = none is given: score.h refuses the cell when it is needed */
  return E_OK;
}

static enum err_code divide_by(
    struct job_state *j, const struct step_spec *s, const struct step_scope *scope, const struct selection *x, int k, double *out, struct err *e) {
  double *errors;
  TRY(selection_errors(j, s, scope, k, &errors, e));
  if (!errors) return totals(j, x, k, scope->n_groups, out, e);
  for (int32_t g = 0; g < scope->n_groups; g++)
    out[g] = errors[g];
  return E_OK;
}

static enum err_code suspect(
    struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct selection *x, int k, struct err *e) {
  double *suspicion = ARENA_ARRAY(j->arena, double, x->view.now.n + 1);
  struct outlier_groups groups;
  if (!suspicion) return ERR(e, E_NO_MEMORY, .subject = "suspicion");
  const struct outlier_data data = {.n = x->view.now.n, .y = &x->view.now.columns[k], .aux = &x->view.before.columns[k]};
  TRY(outlier_groups_init(&groups, j->arena, x->view.group, data.n, scope->n_groups, false, e));
  TRY(suspicion_fill(suspicion, j->arena, &data, &groups, (double)step_value_of(s, "kappa")->number / STEP_ONE,
      (double)step_value_of(s, "tau")->number / STEP_ONE, e));
  x->scores[k].suspicion = suspicion;
  return E_OK;
}

static enum err_code prepare(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct selection *x, struct err *e) {
  double *divisor = ARENA_ARRAY(j->arena, double, (int64_t)x->items->n_items * scope->n_groups + 1);
  x->scores = ARENA_ARRAY(j->arena, struct score_item, x->items->n_items + 1);
  if (!x->scores || !divisor) return ERR(e, E_NO_MEMORY, .subject = "scores");
  TRY(read_weights(j, x, e));
  for (int k = 0; k < x->items->n_items; k++) {
    hide_imputed(j, x, k);
    x->scores[k] = (struct score_item){
        .y = &x->view.now.columns[k], .predictor = {&x->view.before.columns[k], x->aux.n_items ? &x->aux.now.columns[k] : NULL, NULL}, .weight = 1};
    TRY(divide_by(j, s, scope, x, k, divisor + (int64_t)k * scope->n_groups, e));
    if (step_value_of(s, "kappa")->given) TRY(suspect(j, s, scope, x, k, e));
  }
  x->cells = (struct score_view){x->view.group, scope->n_groups, divisor};
  x->spec = (struct score_spec){.n = x->view.now.n,
      .n_items = x->items->n_items,
      .n_views = 1,
      .items = x->scores,
      .views = &x->cells,
      .weight = x->weight,
      .global = (enum score_global)step_value_of(s, "combine")->number,
      .minkowski = (double)step_value_of(s, "minkowski")->number / STEP_ONE};
  return E_OK;
}

enum err_code selection_make(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct selection *x, struct err *e) {
  const struct step_value *aux = step_value_of(s, "auxiliary");
  x->items = step_value_of(s, "items");
  TRY(step_view_make(j, scope, x->items->items, x->items->n_items, (struct step_view_want){.before = true}, &x->view, e));
  if (aux->given) TRY(step_view_make(j, scope, aux->items, aux->n_items, (struct step_view_want){.before = false}, &x->aux, e));
  return prepare(j, s, scope, x, e);
}
