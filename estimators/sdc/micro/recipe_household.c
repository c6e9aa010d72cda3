/* recipe_household.c -- steps on variables of households: each household is one row of a small table, the step is done there, and its result goes
 * to all members. So a tail is a share of households, noise is drawn once, and no two members of a household ever differ. */
#include <string.h>

#include "estimators/sdc/micro/recipe_run_impl.h"

static enum err_code first_rows(struct recipe_run *x, const struct micro_units *u, int64_t **out, struct err *e) {
  int64_t *first = ARENA_ARRAY(x->a, int64_t, u->n_units + 1);
  if (!first) return ERR(e, E_NO_MEMORY, .subject = "households");
  for (int32_t h = 0; h < u->n_units; h++) first[h] = -1;
  for (int64_t i = 0; i < u->n; i++)
    if (first[u->unit[i]] < 0) first[u->unit[i]] = i;
  *out = first;
  return E_OK;
}
static bool same_value(const struct column *c, int64_t a, int64_t b) {
  if (c->status[a] != c->status[b]) return false;
  return !value_present(c->status[a]) || (c->type == COL_INT ? c->i64[a] == c->i64[b] : c->code[a] == c->code[b]);
}
enum err_code recipe_check_households(struct recipe_run *x, struct err *e) {
  struct micro_units u;
  int64_t *first;
  bool any = false;
  for (int k = 0; k < x->r->n_variables; k++) any = any || x->r->variable[k].of_household;
  if (!any) return E_OK;
  TRY(micro_units_of(x->a, x->t, x->r->household, NULL, NULL, NULL, &u, e));
  TRY(first_rows(x, &u, &first, e));
  for (int k = 0; k < x->r->n_variables; k++) {
    const struct column *c = table_column(x->t, x->r->variable[k].name);
    for (int64_t i = 0; x->r->variable[k].of_household && i < u.n; i++)
      if (!same_value(c, i, first[u.unit[i]])) return ERR(e, E_MICRO_PARENT, .subject = c->name, .expected = "one value for all members");
  }
  return E_OK;
}

/* --- one row a household --- */
static enum err_code take_column(
    struct recipe_run *x, const struct column *from, const int64_t *first, int64_t n, struct column *to, struct err *e) {
  *to = *from;
  to->status = ARENA_ARRAY(x->a, uint8_t, n + 1);
  if (from->type == COL_INT)
    to->i64 = ARENA_ARRAY(x->a, int64_t, n + 1);
  else
    to->code = ARENA_ARRAY(x->a, int32_t, n + 1);
  if (!to->status || !(from->type == COL_INT ? (void *)to->i64 : (void *)to->code)) return ERR(e, E_NO_MEMORY, .subject = from->name);
  for (int64_t h = 0; h < n; h++) {
    to->status[h] = from->status[first[h]];
    if (from->type == COL_INT)
      to->i64[h] = from->i64[first[h]];
    else
      to->code[h] = from->code[first[h]];
  }
  return E_OK;
}
static enum err_code give_column(struct recipe_run *x, const struct column *from, const struct micro_units *u, struct column *to, struct err *e) {
  if (to->type != from->type && from->type != COL_INT && !(to->code = ARENA_ARRAY(x->a, int32_t, u->n + 1)))
    return ERR(e, E_NO_MEMORY, .subject = to->name);
  to->type = from->type, to->dict = from->dict, to->decimals = from->decimals;
  for (int64_t i = 0; i < u->n; i++) {
    to->status[i] = from->status[u->unit[i]];
    if (from->type == COL_INT)
      to->i64[i] = from->i64[u->unit[i]];
    else
      to->code[i] = from->code[u->unit[i]];
  }
  return E_OK;
}
/* The id of the household takes the place of the record's: noise hangs on it. */
static enum err_code household_table(struct recipe_run *x, const struct micro_units *u, const int64_t *first, struct table *t, struct err *e) {
  *t = (struct table){.n_rows = u->n_units, .columns = ARENA_ARRAY(x->a, struct column, x->t->n_columns + 1), .arena = x->a};
  if (!t->columns) return ERR(e, E_NO_MEMORY, .subject = "households");
  for (int k = 0; k < x->t->n_columns; k++) {
    const char *name = x->t->columns[k].name;
    const struct micro_variable *v = micro_variable_of(x->r, name);
    const bool needed = (v && v->of_household) || !strcmp(name, x->r->household) || (x->r->weight && !strcmp(name, x->r->weight)) ||
                        !strcmp(name, MICRO_ROW_COLUMN);
    if (needed) TRY(take_column(x, &x->t->columns[k], first, u->n_units, &t->columns[t->n_columns++], e));
  }
  return E_OK;
}
enum err_code recipe_run_households(struct recipe_run *x, const struct micro_step *step, struct micro_step_report *out, struct err *e) {
  struct micro_recipe of_households = *x->r;
  struct micro_units u;
  struct table t;
  int64_t *first;
  TRY(micro_units_of(x->a, x->t, x->r->household, NULL, NULL, NULL, &u, e));
  TRY(first_rows(x, &u, &first, e));
  TRY(household_table(x, &u, first, &t, e));
  of_households.record = x->r->household, of_households.household = NULL;
  struct recipe_run once = {.a = x->a, .r = &of_households, .t = &t, .s = x->s, .kept = x->kept};
  TRY(recipe_apply_step(&once, step, out, e));
  for (int k = 0; k < step->n_variables; k++)
    TRY(give_column(x, table_column(&t, step->variable[k]), &u, table_column(x->t, step->variable[k]), e));
  return E_OK;
}
