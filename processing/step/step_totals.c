/* step_totals.c -- a total and its parts that nearly agree (totals.h): the total becomes the sum, or the parts are scaled to the total; what is
 * further apart goes to people.
 * Known     predictive, else auxiliary: expressions for a total known otherwise (prev(t), frame(t)); where neither has a value the reported total.
 * Limits    absolute (in the unit of the item) and percent (of the sum; "10" = 10 %): one of the two at least.
 * People    MANUAL (beyond the limits) and STOPPED (no total; parts of 0 beside a total above 0) become proposals of the rule step:NAME. They name
 *           the items and no values; where the total does not apply there is nothing to ask.
 * Notes     total, components, none, manual, stopped, out_of_range, no_group. */
#include "processing/correct/totals.h"

#include "processing/step/step_correct.h"
#include "processing/step/step_methods.h"

enum { PERCENT = 100 };
static const struct step_option options[] = {{.key = "total", .kind = STEP_NUMBER_ITEM, .required = true},
    {.key = "parts", .kind = STEP_NUMBER_ITEMS, .required = true},
    {.key = "amend", .kind = STEP_CHOICE, .required = true, .words = "total|components"},
    {.key = "absolute", .kind = STEP_DECIMAL, .low = 0, .high = INT64_MAX},
    {.key = "percent", .kind = STEP_DECIMAL, .low = 0, .high = PERCENT * (int64_t)STEP_ONE}, {.key = "predictive", .kind = STEP_VALUE},
    {.key = "auxiliary", .kind = STEP_VALUE}, {.key = "rounding", .kind = STEP_CHOICE, .words = "cumulative|largest_remainder"}, {.key = NULL}};

static enum err_code check_number(const struct step_spec *s, const char *key, struct err *e) {
  const struct step_value *v = step_value_of(s, key);
  return v->given && expr_result_type(v->x) != EXPR_NUMBER ? step_refuse(key, "a number", e) : E_OK;
}

static enum err_code check(const struct step_spec *s, const struct job_plan *p, struct err *e) {
  const struct step_value *parts = step_value_of(s, "parts"), *total = step_value_of(s, "total");
  const bool components = step_value_of(s, "amend")->number == 1;
  (void)p;
  TRY(step_check_items(s, components ? "parts" : "total", e));
  for (int i = 0; i < parts->n_items; i++) {
    if (parts->items[i] == total->items[0]) return step_refuse("parts", "items other than the total", e);
    for (int k = 0; k < i; k++)
      if (parts->items[i] == parts->items[k]) return step_refuse("parts", "every part once", e);
    if (parts->items[i]->decimals > total->items[0]->decimals) return step_refuse("parts", "no more decimals than the total has", e);
  }
  if (parts->n_items > PRORATE_MAX_PARTS) return step_refuse("parts", "1 to 256 parts", e);
  if (!step_value_of(s, "absolute")->given && !step_value_of(s, "percent")->given) return step_refuse("absolute", "absolute, percent or both", e);
  if (components != step_value_of(s, "rounding")->given) return step_refuse("rounding", "a way of rounding with amend components, else none", e);
  TRY(check_number(s, "predictive", e));
  return check_number(s, "auxiliary", e);
}

struct totals_step {
  struct step_correct c;
  struct totals_rule rule;
  const char *formula, *items, *parts;
};

static const char *formula(void *context, const struct correction *one) {
  (void)one;
  return ((struct totals_step *)context)->formula;
}

static double limit(const struct step_spec *s, const char *key, double per) {
  const struct step_value *v = step_value_of(s, key);
  return v->given ? (double)v->number / STEP_ONE / per : -1;
}

static enum err_code name_items(struct job_state *j, const struct item *const *items, int n, bool components, struct totals_step *x, struct err *e) {
  x->items = step_correct_names(j->arena, items, n, ";");
  x->parts = step_correct_names(j->arena, items + 1, n - 1, " + ");
  if (x->parts)
    x->formula = components ? arena_printf(j->arena, "marker C: scaled to %s", items[0]->name) : arena_printf(j->arena, "marker T: %s", x->parts);
  return x->items && x->formula ? E_OK : ERR(e, E_NO_MEMORY, .subject = "totals");
}

static enum err_code prepare(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct totals_step *x, struct err *e) {
  const struct step_value *parts = step_value_of(s, "parts");
  const struct item **items = ARENA_ARRAY(j->arena, const struct item *, parts->n_items + 1);
  int *columns = ARENA_ARRAY(j->arena, int, parts->n_items + 1);
  const bool components = step_value_of(s, "amend")->number == 1;
  if (!items || !columns) return ERR(e, E_NO_MEMORY, .subject = s->name);
  items[0] = step_value_of(s, "total")->items[0];
  for (int i = 0; i < parts->n_items; i++) {
    items[i + 1] = parts->items[i];
    columns[i] = i + 1;
  }
  TRY(name_items(j, items, parts->n_items + 1, components, x, e));
  TRY(step_correct_make(j, scope, items, parts->n_items + 1, false, &x->c, e));
  const int decimals = items[0]->decimals;
  TRY(step_correct_value(j, &x->c.view, step_value_of(s, "predictive")->x, decimals, &x->c.t.columns[x->c.predictive], e));
  TRY(step_correct_value(j, &x->c.view, step_value_of(s, "auxiliary")->x, decimals, &x->c.t.columns[x->c.auxiliary], e));
  int part_decimals = items[1]->decimals;
  for (int i = 2; i <= parts->n_items; i++)
    if (items[i]->decimals < part_decimals) part_decimals = items[i]->decimals;
  const struct totals_limits limits = {.amend_total = !components, .absolute = limit(s, "absolute", 1), .percent = limit(s, "percent", PERCENT),
      .decimals = part_decimals,
      .rounding = step_value_of(s, "rounding")->number ? PRORATE_LARGEST_REMAINDER : PRORATE_CUMULATIVE};
  x->rule = (struct totals_rule){0, parts->n_items, columns, x->c.predictive, x->c.auxiliary, limits};
  return E_OK;
}

static enum err_code propose(
    struct job_state *j, const struct step_spec *s, const struct totals_step *x, const struct correct_marker *m, struct err *e) {
  const char *total = x->c.view.items[0]->name;
  struct job_proposal p = {.items = x->items, .remedy_ja = "どの値が正しいか報告者に確かめて訂正する", .remedy_en = "ask which of them is right, and correct it"};
  if (m->reason == LEFT_MANUAL) {
    p.message_en = arena_printf(j->arena, "'%s' and %s differ by more than step '%s' may settle", total, x->parts, s->name);
    p.message_ja = arena_printf(j->arena, "「%s」と %s の差が手順「%s」の範囲を超える", total, x->parts, s->name);
  } else {
    p.message_en = arena_printf(j->arena, "'%s' cannot be compared with %s: one side is missing or zero", total, x->parts);
    p.message_ja = arena_printf(j->arena, "「%s」と %s を比べられない（一方がないか 0）", total, x->parts);
  }
  if (!p.message_en || !p.message_ja) return ERR(e, E_NO_MEMORY, .subject = s->name);
  return job_propose(j, s, x->c.view.record[m->row], &p, e);
}

static enum err_code run(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct step_report *r, struct err *e) {
  struct totals_step *x = ARENA_NEW(j->arena, struct totals_step);
  struct corrections list;
  struct step_written done;
  int64_t n[256] = {0};
  if (!x) return ERR(e, E_NO_MEMORY, .subject = s->name);
  TRY(prepare(j, s, scope, x, e));
  char *marker = ARENA_ARRAY(j->arena, char, x->c.t.n + 1);
  if (!marker) return ERR(e, E_NO_MEMORY, .subject = s->name);
  corrections_init(&list, j->arena);
  TRY(step_placed(j, s, totals_run(&x->rule, &x->c.t, x->c.fixed, marker, &list, e), e));
  TRY(step_correct_put(j, s, &x->c, &list, formula, x, &done, e));
  for (int64_t i = 0; i < list.n_markers; i++)
    if (x->c.t.columns[0].status[list.markers[i].row] != VAL_NOT_APPLICABLE) TRY(propose(j, s, x, &list.markers[i], e));
  for (int64_t i = 0; i < x->c.t.n; i++)
    n[(unsigned char)marker[i]]++;
  step_note(r, "total", n[TOTALS_TOTAL]);
  step_note(r, "components", n[TOTALS_COMPONENTS]);
  step_note(r, "none", n[TOTALS_NONE]);
  step_note(r, "manual", n[TOTALS_MANUAL]);
  step_note(r, "stopped", n[TOTALS_STOPPED]);
  step_note(r, "out_of_range", done.out_of_range);
  step_note(r, "no_group", x->c.view.no_group);
  return E_OK;
}

const struct step_method step_totals = {.name = "totals", .options = options, .run = run, .check = check};
