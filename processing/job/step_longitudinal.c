/* step_longitudinal.c -- flagged values of one number item carried on from the unit's own value of the previous period by the link of its by-group
 * (longitudinal.h); where it has none, built from an auxiliary item.
 * Rows     the period itself and the previous one, in the by-group the unit has now. A previous value that was imputed is carried on but counts in
 *          no link; values flagged `exclude` or imputed count in none. Links are unweighted, as the method says.
 * Default  a link without any pair is 1; default_link says whether such values are imputed (one) or left (leave). Notes: to_impute, forward,
 *          constructed, default_link, no_value, out_of_range, no_group. */
#include <stdio.h>

#include "processing/impute/longitudinal.h"
#include "processing/job/step_methods.h"
#include "processing/job/step_view.h"

enum { PERCENT = 100 };
static const struct step_option options[] = {{.key = "item", .kind = STEP_NUMBER_ITEM, .required = true},
    {.key = "auxiliary", .kind = STEP_NUMBER_ITEM}, {.key = "link", .kind = STEP_CHOICE, .required = true, .words = "ratio_of_means|mean_of_ratios"},
    {.key = "default_link", .kind = STEP_CHOICE, .required = true, .words = "one|leave"}, {.key = "keep_zeros", .kind = STEP_TRUTH},
    {.key = "lower_trim", .kind = STEP_DECIMAL, .low = 0, .high = 99LL * STEP_ONE},
    {.key = "upper_trim", .kind = STEP_DECIMAL, .low = 0, .high = 99LL * STEP_ONE},
    {.key = "trim_above", .kind = STEP_INT, .low = 1, .high = 1000000000}, {.key = NULL}};

static double decimal(const struct step_spec *s, const char *key) { return (double)step_value_of(s, key)->number / STEP_ONE; }

static enum err_code check(const struct step_spec *s, const struct job_plan *p, struct err *e) {
  const struct step_value *aux = step_value_of(s, "auxiliary");
  const bool ratios = step_value_of(s, "link")->number == 1, lower = step_value_of(s, "lower_trim")->given,
             upper = step_value_of(s, "upper_trim")->given, above = step_value_of(s, "trim_above")->given;
  (void)p;
  TRY(step_check_items(s, "item", e));
  if (aux->given && aux->items[0] == step_value_of(s, "item")->items[0]) return step_refuse("auxiliary", "an item other than the one imputed", e);
  if (!ratios && (lower || upper || above))
    return step_refuse(lower ? "lower_trim" : upper ? "upper_trim" : "trim_above", "trimming with mean_of_ratios only", e);
  if (!ratios && step_value_of(s, "keep_zeros")->given) return step_refuse("keep_zeros", "mean_of_ratios beside it", e);
  if ((lower || upper || above) && !(lower && upper && above))
    return step_refuse(!lower ? "lower_trim" : !upper ? "upper_trim" : "trim_above", "lower_trim, upper_trim and trim_above together", e);
  if (decimal(s, "lower_trim") + decimal(s, "upper_trim") >= PERCENT) return step_refuse("upper_trim", "less than 100 together with lower_trim", e);
  return E_OK;
}

static enum err_code wanted(const struct step_spec *s, const struct job_plan *p, struct name_set *names, enum expr_slot_kind kind, struct err *e) {
  (void)p;
  if (kind != EXPR_SLOT_PREV) return E_OK;
  TRY(name_set_add(names, step_value_of(s, "item")->items[0]->name, e));
  return step_value_of(s, "auxiliary")->given ? name_set_add(names, step_value_of(s, "auxiliary")->items[0]->name, e) : E_OK;
}

/* --- two rows a unit: the first n are those of the period --- */
struct chain {
  const struct item *items[2];
  int n_items;
  struct step_view view;
  int64_t n;
  struct str *unit;
  int32_t *period, *class_;
  double *y, *x;
  uint8_t *y_status, *x_status, *include, *back, *target;
  struct long_row *rows;
};

static enum err_code make_room(struct job_state *j, struct chain *c, struct err *e) {
  const int64_t room = 2 * c->view.now.n + 1;
  c->unit = ARENA_ARRAY(j->arena, struct str, room);
  c->period = ARENA_ARRAY(j->arena, int32_t, room);
  c->class_ = ARENA_ARRAY(j->arena, int32_t, room);
  c->y = ARENA_ARRAY(j->arena, double, room);
  c->x = ARENA_ARRAY(j->arena, double, room);
  c->y_status = ARENA_ARRAY(j->arena, uint8_t, room);
  c->x_status = ARENA_ARRAY(j->arena, uint8_t, room);
  c->include = ARENA_ARRAY(j->arena, uint8_t, room);
  c->back = ARENA_ARRAY(j->arena, uint8_t, room);
  c->target = ARENA_ARRAY(j->arena, uint8_t, room);
  return c->unit && c->period && c->class_ && c->y && c->x && c->y_status && c->x_status && c->include && c->back && c->target
             ? E_OK
             : ERR(e, E_NO_MEMORY, .subject = "chains");
}

static int64_t add_row(struct chain *c, int64_t i, const struct num_table *t, int32_t period) {
  const int64_t at = c->n++;
  c->unit[at] = t->unit[i];
  c->period[at] = period;
  c->class_[at] = c->view.group[i];
  c->y[at] = t->columns[0].x[i];
  c->y_status[at] = t->columns[0].status[i];
  c->x[at] = c->n_items > 1 ? t->columns[1].x[i] : 0;
  c->x_status[at] = c->n_items > 1 ? t->columns[1].status[i] : VAL_BLANK;
  c->include[at] = c->y_status[at] != VAL_IMPUTED;
  return at;
}

static void fill_rows(const struct job_state *j, struct chain *c) {
  const int index = (int)(c->items[0] - j->form->items);
  for (int64_t i = 0; i < c->view.now.n; i++) {
    const int64_t at = add_row(c, i, &c->view.now, 1);
    c->target[at] = step_target(j, c->items[0], c->view.record[i]);
    if (cell_flagged(&j->flags, index, c->view.record[i], FLAG_EXCLUDE)) c->include[at] = 0;
    if (!c->target[at]) continue;
    c->y[at] = 0;
    c->y_status[at] = VAL_BLANK;
  }
  for (int64_t i = 0; i < c->view.now.n; i++) {
    if (!num_present(&c->view.before.columns[0], i)) continue;
    const int64_t at = add_row(c, i, &c->view.before, 0);
    if (c->y_status[at] == VAL_IMPUTED) c->back[at] = MARK_FIR;
  }
}

/* --- results --- */
struct chain_count {
  int64_t to_impute, forward, constructed, default_link, no_value, out_of_range;
};

static enum err_code put_value(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, const struct chain *c, int64_t i,
    struct chain_count *n, struct err *e) {
  const struct long_row *row = &c->rows[i];
  const bool forward = row->marker == MARK_FIR || row->marker == MARK_FIMC || row->marker == MARK_FIC;
  const struct long_link *link = &row->link[forward ? LINK_FORWARD : LINK_CONSTRUCTION];
  char formula[128];
  enum step_put done;
  if (row->marker == MARK_NONE) {
    n->no_value++;
    return E_OK;
  }
  if (link->is_default) n->default_link++;
  if (link->is_default && step_value_of(s, "default_link")->number == 1) return E_OK;
  (void)snprintf(
      formula, sizeof formula, "%s: %s * %.10g", LONG_MARKER[row->marker], forward ? "value of the period before" : c->items[1]->name, link->value);
  const struct change_reason why = {.method = "longitudinal",
      .class = scope->group_names[c->class_[i]],
      .level = s->n_by > 0,
      .donors = link->count,
      .rule = s->rule,
      .formula = formula};
  TRY(step_put_number(j, c->items[0], c->view.record[i], row->value, &why, &done, e));
  if (done == STEP_PUT_OUT_OF_RANGE)
    n->out_of_range++;
  else if (forward)
    n->forward++;
  else
    n->constructed++;
  return E_OK;
}

static enum err_code put_values(
    struct job_state *j, const struct step_spec *s, const struct step_scope *scope, const struct chain *c, struct step_report *r, struct err *e) {
  struct chain_count n = {0};
  for (int64_t i = 0; i < c->view.now.n; i++) {
    if (!c->target[i]) continue;
    n.to_impute++;
    TRY(put_value(j, s, scope, c, i, &n, e));
  }
  step_note(r, "to_impute", n.to_impute);
  step_note(r, "forward", n.forward);
  step_note(r, "constructed", n.constructed);
  step_note(r, "default_link", n.default_link);
  step_note(r, "no_value", n.no_value);
  step_note(r, "out_of_range", n.out_of_range);
  step_note(r, "no_group", c->view.no_group);
  return E_OK;
}

static enum err_code run(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct step_report *r, struct err *e) {
  const struct step_value *aux = step_value_of(s, "auxiliary");
  const struct long_rule rule = {.mean_of_ratios = step_value_of(s, "link")->number == 1,
      .keep_zeros = step_value_of(s, "keep_zeros")->number != 0,
      .lower_trim = decimal(s, "lower_trim"),
      .upper_trim = decimal(s, "upper_trim"),
      .trim_above = step_value_of(s, "trim_above")->given ? step_value_of(s, "trim_above")->number : INT64_MAX,
      .weight = 1,
      .weight_lag = 1,
      .step = 1};
  struct chain *c = ARENA_NEW(j->arena, struct chain);
  if (!c) return ERR(e, E_NO_MEMORY, .subject = s->name);
  c->items[c->n_items++] = step_value_of(s, "item")->items[0];
  if (aux->given) c->items[c->n_items++] = aux->items[0];
  TRY(step_view_make(j, scope, c->items, c->n_items, (struct step_view_want){.before = true}, &c->view, e));
  TRY(make_room(j, c, e));
  fill_rows(j, c);
  const struct long_input in = {.n = c->n,
      .unit = c->unit,
      .period = c->period,
      .class_ = c->class_,
      .response = {c->y, c->y_status},
      .auxiliary = {c->x, aux->given ? c->x_status : NULL},
      .include = c->include,
      .back = c->back};
  TRY(step_placed(j, s, longitudinal_run(j->arena, &in, &rule, &c->rows, e), e));
  return put_values(j, s, scope, c, r, e);
}

const struct step_method step_longitudinal = {.name = "longitudinal", .options = options, .wanted = wanted, .run = run, .check = check};
