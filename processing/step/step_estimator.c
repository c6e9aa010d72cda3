/* step_estimator.c -- flagged values of one number item by one of the twenty built-in estimators (estimator.h), in the by-groups of the step.
 * Averages and regressions are weighted by the job's design weight; values flagged `exclude` are outliers. Notes: to_impute, imputed,
 * criteria_not_met (values of groups with too few acceptable records), zero_divisor, negative, no_value, out_of_range, no_group. */
#include <string.h>

#include "processing/impute/estimator.h"
#include "processing/step/step_methods.h"
#include "processing/step/step_view.h"

static const struct step_option options[] = {{.key = "algorithm", .kind = STEP_TEXT, .required = true},
    {.key = "item", .kind = STEP_NUMBER_ITEM, .required = true}, {.key = "auxiliary", .kind = STEP_NUMBER_ITEMS},
    {.key = "min_count", .kind = STEP_INT, .low = 1, .high = 1000000000},
    {.key = "min_percent", .kind = STEP_DECIMAL, .low = 1, .high = 100LL * STEP_ONE}, {.key = "exclude_imputed", .kind = STEP_TRUTH},
    {.key = "exclude_outliers", .kind = STEP_TRUTH}, {.key = "random_error", .kind = STEP_TRUTH}, {.key = "variance_item", .kind = STEP_NUMBER_ITEM},
    {.key = "variance_exponent", .kind = STEP_DECIMAL, .low = -10LL * STEP_ONE, .high = 10LL * STEP_ONE},
    {.key = "accept_negative", .kind = STEP_TRUTH}, {.key = NULL}};
enum { MAX_ITEMS = EST_TERMS + 2 };

static enum est_choice choice(const struct step_spec *s, const char *key) {
  const struct step_value *v = step_value_of(s, key);
  return !v->given ? EST_NOT_GIVEN : v->number ? EST_YES : EST_NO;
}

static bool fits(const struct est_formula *f) { return f->regression || f->n_averages > 0; }

static enum err_code formula_of(const struct step_spec *s, const struct est_algorithm **out, struct est_formula *f, struct err *e) {
  *out = est_algorithm_find(step_value_of(s, "algorithm")->text);
  if (!*out) return step_refuse("algorithm", "a built-in estimator such as CURMEAN, CURRATIO, PREVALUE, DIFTREND, CURREG", e);
  return est_formula_parse(str_of((*out)->name), str_of((*out)->formula), (*out)->regression, f, e);
}

static enum err_code check(const struct step_spec *s, const struct job_plan *p, struct err *e) {
  const struct step_value *item = step_value_of(s, "item"), *aux = step_value_of(s, "auxiliary");
  const struct est_algorithm *algorithm;
  struct est_formula f = {0};
  (void)p;
  TRY(formula_of(s, &algorithm, &f, e));
  TRY(step_check_items(s, "item", e));
  if (aux->n_items != f.n_aux) return step_refuse("auxiliary", "as many items as the algorithm has auxiliaries", e);
  for (int i = 0; i < aux->n_items; i++) {
    if (aux->items[i] == item->items[0]) return step_refuse("auxiliary", "items other than the one imputed", e);
    for (int k = 0; k < i; k++)
      if (aux->items[k] == aux->items[i]) return step_refuse("auxiliary", "each item once", e);
  }
  if (fits(&f) != step_value_of(s, "min_count")->given)
    return step_refuse("min_count", "a number where averages or regressions are computed, else none", e);
  if (fits(&f) != step_value_of(s, "min_percent")->given)
    return step_refuse("min_percent", "a number where averages or regressions are computed, else none", e);
  if (step_value_of(s, "variance_exponent")->given && !step_value_of(s, "variance_item")->given)
    return step_refuse("variance_exponent", "a variance_item beside it", e);
  if (step_value_of(s, "variance_item")->given && !f.regression && !step_value_of(s, "random_error")->number)
    return step_refuse("variance_item", "a regression or random_error", e);
  if (!fits(&f) && !step_value_of(s, "random_error")->number && (choice(s, "exclude_imputed") || choice(s, "exclude_outliers")))
    return step_refuse(choice(s, "exclude_imputed") ? "exclude_imputed" : "exclude_outliers", "averages, a regression or random_error", e);
  return E_OK;
}

static enum err_code wanted(const struct step_spec *s, const struct job_plan *p, struct name_set *names, enum expr_slot_kind kind, struct err *e) {
  const struct step_value *aux = step_value_of(s, "auxiliary");
  const struct est_algorithm *algorithm;
  struct est_formula f = {0};
  (void)p;
  if (kind != EXPR_SLOT_PREV) return E_OK;
  TRY(formula_of(s, &algorithm, &f, e));
  for (int k = 0; k < f.n_terms; k++)
    if (f.term[k].previous)
      TRY(name_set_add(names, f.term[k].variable ? aux->items[f.term[k].variable - 1]->name : step_value_of(s, "item")->items[0]->name, e));
  return E_OK;
}

/* --- data --- */
struct estimation {
  struct step_view view;
  const struct item *items[MAX_ITEMS];
  int n_items;
  struct est_spec spec;
  struct est_formula formula;
  struct est_result result;
};

static void add_item(struct estimation *x, const struct item *item) {
  for (int i = 0; i < x->n_items; i++)
    if (x->items[i] == item) return;
  x->items[x->n_items++] = item;
}

static void specify(const struct job_state *j, const struct step_spec *s, struct estimation *x) {
  const struct step_value *aux = step_value_of(s, "auxiliary"), *variance = step_value_of(s, "variance_item");
  struct est_spec *spec = &x->spec;
  *spec = (struct est_spec){.name = s->name,
      .algorithm = est_algorithm_find(step_value_of(s, "algorithm")->text),
      .field = step_value_of(s, "item")->items[0]->name,
      .n_auxiliary = aux->n_items,
      .minimum_count = step_value_of(s, "min_count")->number,
      .minimum_percent = (double)step_value_of(s, "min_percent")->number / STEP_ONE,
      .exclude_imputed = choice(s, "exclude_imputed"),
      .exclude_outliers = choice(s, "exclude_outliers"),
      .random_error = step_value_of(s, "random_error")->number != 0,
      .variance_exponent = (double)step_value_of(s, "variance_exponent")->number / STEP_ONE};
  add_item(x, step_value_of(s, "item")->items[0]);
  for (int i = 0; i < aux->n_items; i++) {
    spec->auxiliary[i] = aux->items[i]->name;
    add_item(x, aux->items[i]);
  }
  if (variance->given) {
    spec->variance = variance->items[0]->name;
    add_item(x, variance->items[0]);
  }
  if (j->plan->weight && fits(&x->formula)) spec->weight = "(weight)";
}

/* What a value may be used for: flags of the cells in the terms of estimator.h. */
static enum err_code flags_of(struct job_state *j, const struct step_view *v, bool before, uint8_t ***out, struct err *e) {
  const struct num_table *t = before ? &v->before : &v->now;
  uint8_t **flags = ARENA_ARRAY(j->arena, uint8_t *, t->p + 1);
  if (!flags) return ERR(e, E_NO_MEMORY, .subject = "flags");
  for (int k = 0; k < v->n_items; k++) {
    const int item = (int)(v->items[k] - j->form->items);
    if (!(flags[k] = ARENA_ARRAY(j->arena, uint8_t, t->n + 1))) return ERR(e, E_NO_MEMORY, .subject = "flags");
    for (int64_t i = 0; i < t->n; i++) {
      flags[k][i] = t->columns[k].status[i] == VAL_IMPUTED ? EST_IMPUTED : 0;
      if (before) continue;
      if (cell_flagged(&j->flags, item, v->record[i], FLAG_EXCLUDE)) flags[k][i] |= EST_EXCLUDE;
      if (step_target(j, v->items[k], v->record[i])) flags[k][i] |= EST_TO_IMPUTE;
    }
  }
  *out = flags;
  return E_OK;
}

static enum err_code estimate(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct estimation *x, struct err *e) {
  uint8_t **now, **before;
  TRY(flags_of(j, &x->view, false, &now, e));
  TRY(flags_of(j, &x->view, true, &before, e));
  const struct est_input in = {.current = &x->view.now,
      .previous = &x->view.before,
      .current_flags = now,
      .previous_flags = (const uint8_t *const *)before,
      .group = x->view.group,
      .n_groups = scope->n_groups,
      .seed = s->seed,
      .accept_negative = step_value_of(s, "accept_negative")->number != 0};
  return est_run(j->arena, &in, &x->spec, 1, &x->result, e);
}

/* --- results --- */
static enum err_code put_changes(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, const struct estimation *x,
    int64_t *out_of_range, struct err *e) {
  const struct est_algorithm *algorithm = x->spec.algorithm;
  const char *formula = arena_printf(j->arena, "%s: %s", algorithm->name, algorithm->formula);
  if (!formula) return ERR(e, E_NO_MEMORY, .subject = s->name);
  for (int64_t i = 0; i < x->result.n_changes; i++) {
    const struct est_change *c = &x->result.change[i];
    const int32_t group = x->view.group[c->row];
    const struct change_reason why = {.method = "estimator",
        .class = scope->group_names[group],
        .level = s->n_by > 0,
        .donors = fits(&x->formula) ? x->result.group[group].acceptable : -1,
        .rule = s->rule,
        .donor = c->donor < 0 ? 0 : x->view.record[c->donor] + 1,
        .formula = formula};
    enum step_put done;
    TRY(step_put_number(j, x->items[0], x->view.record[c->row], c->value, &why, &done, e));
    *out_of_range += done == STEP_PUT_OUT_OF_RANGE;
  }
  return E_OK;
}

static void note_counts(
    const struct job_state *j, const struct step_scope *scope, const struct estimation *x, int64_t out_of_range, struct step_report *r) {
  struct est_group sum = {.met = true};
  int64_t unmet = 0;
  for (int64_t i = 0; i < x->view.now.n; i++)
    unmet += !x->result.group[x->view.group[i]].met && step_target(j, x->items[0], x->view.record[i]);
  for (int32_t g = 0; g < scope->n_groups; g++) {
    const struct est_group *one = &x->result.group[g];
    sum.to_impute += one->to_impute;
    sum.zero_divisor += one->zero_divisor;
    sum.negative += one->negative;
    sum.not_real += one->not_real;
    sum.no_value += one->no_value;
  }
  step_note(r, "to_impute", sum.to_impute + unmet);
  step_note(r, "imputed", x->result.n_changes - out_of_range);
  step_note(r, "criteria_not_met", unmet);
  step_note(r, "zero_divisor", sum.zero_divisor);
  step_note(r, "negative", sum.negative + sum.not_real);
  step_note(r, "no_value", sum.no_value);
  step_note(r, "out_of_range", out_of_range);
  step_note(r, "no_group", x->view.no_group);
}

static enum err_code run(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct step_report *r, struct err *e) {
  struct estimation *x = ARENA_NEW(j->arena, struct estimation);
  const struct est_algorithm *algorithm;
  int64_t out_of_range = 0;
  if (!x) return ERR(e, E_NO_MEMORY, .subject = s->name);
  TRY(formula_of(s, &algorithm, &x->formula, e));
  specify(j, s, x);
  TRY(step_view_make(j, scope, x->items, x->n_items, (struct step_view_want){.before = true, .weight = true}, &x->view, e));
  TRY(step_placed(j, s, estimate(j, s, scope, x, e), e));
  TRY(put_changes(j, s, scope, x, &out_of_range, e));
  note_counts(j, scope, x, out_of_range, r);
  return E_OK;
}

const struct step_method step_estimator = {.name = "estimator", .options = options, .wanted = wanted, .run = run, .check = check};
