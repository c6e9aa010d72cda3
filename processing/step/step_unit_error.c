/* step_unit_error.c -- amounts written in a wrong unit (unit_error.h): the principal item against the unit's value of the previous period, else
 * against what the register or another item says; the other items of the record are divided by the same factor.
 * Predictor  previous: clean = last period's value unless it was imputed, any = clean, else imputed, none. Where there is none, `auxiliary`: an
 *            expression such as frame(sales). One of the two must be given.
 * Records    STOPPED (no principal value, no predictor or one of 0) are counted and told: nothing is said about them. A record with a corrected value
 *            outside its item's limits is left as it is: out_of_range. Notes: corrected, none, stopped, out_of_range, no_group. */
#include "processing/correct/unit_error.h"

#include "processing/step/step_correct.h"
#include "processing/step/step_methods.h"

enum { PREVIOUS_CLEAN, PREVIOUS_ANY, PREVIOUS_NONE };
static const struct step_option options[] = {{.key = "principal", .kind = STEP_NUMBER_ITEM, .required = true},
    {.key = "items", .kind = STEP_NUMBER_ITEMS}, {.key = "factors", .kind = STEP_TEXT, .required = true},
    {.key = "previous", .kind = STEP_CHOICE, .required = true, .words = "clean|any|none"}, {.key = "auxiliary", .kind = STEP_VALUE}, {.key = NULL}};

static enum err_code check(const struct step_spec *s, const struct job_plan *p, struct err *e) {
  const struct step_value *others = step_value_of(s, "items"), *aux = step_value_of(s, "auxiliary");
  struct unit_factor factors[UNIT_MAX_FACTORS];
  int n;
  (void)p;
  TRY(unit_factors_parse(str_of(step_value_of(s, "factors")->text), factors, &n, e));
  TRY(step_check_items(s, "principal", e));
  TRY(step_check_items(s, "items", e));
  for (int i = 0; i < others->n_items; i++) {
    if (others->items[i] == step_value_of(s, "principal")->items[0]) return step_refuse("items", "items other than the principal one", e);
    for (int k = 0; k < i; k++)
      if (others->items[i] == others->items[k]) return step_refuse("items", "every item once", e);
  }
  if (step_value_of(s, "previous")->number == PREVIOUS_NONE && !aux->given) return step_refuse("auxiliary", "an expression, or previous", e);
  return aux->given && expr_result_type(aux->x) != EXPR_NUMBER ? step_refuse("auxiliary", "a number", e) : E_OK;
}

static enum err_code wanted(const struct step_spec *s, const struct job_plan *p, struct name_set *names, enum expr_slot_kind kind, struct err *e) {
  (void)p;
  if (kind != EXPR_SLOT_PREV || step_value_of(s, "previous")->number == PREVIOUS_NONE) return E_OK;
  return name_set_add(names, step_value_of(s, "principal")->items[0]->name, e);
}

struct unit_step {
  struct step_correct c;
  struct arena *arena;
  struct unit_factor factors[UNIT_MAX_FACTORS];
  struct unit_error_rule rule;
  const char *said; /* which row's formula stands here */
  int64_t row;
};

static const char *formula(void *context, const struct correction *one) {
  struct unit_step *x = context;
  const struct num_table *t = &x->c.t;
  if (x->said && x->row == one->row) return x->said;
  const bool before = num_present(&t->columns[x->c.predictive], one->row);
  const double principal = t->columns[0].x[one->row];
  const struct unit_decision d =
      unit_error_decide(&x->rule, &principal, before ? &t->columns[x->c.predictive].x[one->row] : NULL, &t->columns[x->c.auxiliary].x[one->row]);
  x->row = one->row;
  x->said = arena_printf(x->arena, "divided by %.10g: marker C against the %s", d.factor, before ? "value of the period before" : "auxiliary");
  return x->said;
}

static void predict(const struct step_spec *s, struct step_correct *c) {
  const struct num_column *before = &c->view.before.columns[0];
  struct num_column *to = &c->t.columns[c->predictive];
  for (int64_t i = 0; i < c->t.n; i++) {
    if (before->status[i] == VAL_IMPUTED && step_value_of(s, "previous")->number == PREVIOUS_CLEAN) continue;
    to->status[i] = before->status[i];
    to->x[i] = before->x[i];
  }
}

static enum err_code prepare(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct unit_step *x, struct err *e) {
  const struct step_value *others = step_value_of(s, "items");
  const struct item **items = ARENA_ARRAY(j->arena, const struct item *, others->n_items + 1);
  int *columns = ARENA_ARRAY(j->arena, int, others->n_items + 1), n_factors;
  const bool before = step_value_of(s, "previous")->number != PREVIOUS_NONE;
  if (!items || !columns) return ERR(e, E_NO_MEMORY, .subject = s->name);
  items[0] = step_value_of(s, "principal")->items[0];
  for (int i = 0; i < others->n_items; i++) {
    items[i + 1] = others->items[i];
    columns[i] = i + 1;
  }
  x->arena = j->arena;
  TRY(unit_factors_parse(str_of(step_value_of(s, "factors")->text), x->factors, &n_factors, e));
  TRY(step_correct_make(j, scope, items, others->n_items + 1, before, &x->c, e));
  if (before) predict(s, &x->c);
  TRY(step_correct_value(j, &x->c.view, step_value_of(s, "auxiliary")->x, items[0]->decimals, &x->c.t.columns[x->c.auxiliary], e));
  x->rule = (struct unit_error_rule){.principal = 0, .n_others = others->n_items, .others = columns, .predictive = x->c.predictive,
      .auxiliary = x->c.auxiliary, .n_factors = n_factors, .factors = x->factors};
  return E_OK;
}

static enum err_code run(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct step_report *r, struct err *e) {
  struct unit_step *x = ARENA_NEW(j->arena, struct unit_step);
  struct corrections list;
  struct step_written done;
  int64_t n[256] = {0};
  if (!x) return ERR(e, E_NO_MEMORY, .subject = s->name);
  TRY(prepare(j, s, scope, x, e));
  char *marker = ARENA_ARRAY(j->arena, char, x->c.t.n + 1);
  if (!marker) return ERR(e, E_NO_MEMORY, .subject = s->name);
  corrections_init(&list, j->arena);
  TRY(step_placed(j, s, unit_error_run(&x->rule, &x->c.t, x->c.fixed, marker, &list, e), e));
  TRY(step_correct_put(j, s, &x->c, &list, formula, x, &done, e));
  for (int64_t i = 0; i < x->c.t.n; i++)
    n[(unsigned char)marker[i]]++;
  step_note(r, "corrected", done.records);
  step_note(r, "none", n[UNIT_NONE]);
  step_note(r, "stopped", n[UNIT_STOPPED]);
  step_note(r, "out_of_range", done.out_of_range);
  step_note(r, "no_group", x->c.view.no_group);
  step_correct_tell(j, s, E_STEP_STOPPED, n[UNIT_STOPPED]);
  return E_OK;
}

const struct step_method step_unit_error = {.name = "unit_error", .options = options, .wanted = wanted, .run = run, .check = check};
