/* expr_check_call.c -- types, units and decimals of functions, prev(), frame() and of count, sum, any, all over child records. */
#include "base/expr_impl.h"

static void take_number(struct expr_node *n, const struct expr_node *from) {
  n->type = EXPR_NUMBER;
  n->decimals = from->decimals;
  n->rational = from->rational;
  n->unit = from->unit;
}

static void plain_number(struct expr_node *n, const char *unit) {
  n->type = EXPR_NUMBER;
  (void)expr_units_parse(str_of(unit), &n->unit);
}

/* A whole literal between low and high as argument i. */
static enum err_code literal_argument(struct expr_checker *c, const struct expr_node *n, int i, int64_t low, int64_t high, const char *expected, int64_t *out) {
  const struct expr_node *k = n->kid[i];
  if (k->kind != X_NUMBER || k->decimals || k->value < low || k->value > high) return EXPR_ERR(c->e, c->source, E_EXPR_TYPE, k->at, .expected = expected);
  *out = k->value;
  return E_OK;
}

static enum err_code check_status(struct expr_checker *c, struct expr_node *n) {
  const struct expr_node *x = n->kid[0];
  n->type = EXPR_BOOL;
  while (x->kind == X_PREV || x->kind == X_FRAME) x = x->kid[0];
  if (x->kind == X_VARIABLE) return E_OK;
  if (n->kind == X_MISSING && !expr_is_text(x->type)) return E_OK;
  return EXPR_ERR(c->e, c->source, E_EXPR_TYPE, x->at, .expected = "the name of an item");
}

static enum err_code check_round(struct expr_checker *c, struct expr_node *n) {
  const struct expr_node *x = n->kid[0];
  TRY(expr_want(c, x, EXPR_NUMBER));
  n->value = 0;
  if (n->n_kids == 2) TRY(literal_argument(c, n, 1, 0, 9, "a whole number from 0 to 9", &n->value));
  int digits = (int)n->value;
  take_number(n, x);
  n->rational = false;
  n->decimals = x->rational || x->decimals > digits ? digits : x->decimals;
  return E_OK;
}

static enum err_code check_pair_of_numbers(struct expr_checker *c, struct expr_node *n) {
  const struct expr_node *a = n->kid[0], *b = n->kid[1];
  if (n->kind != X_MOD && a->type == EXPR_DATE && b->type == EXPR_DATE) {
    n->type = EXPR_DATE;
    return E_OK;
  }
  TRY(expr_want(c, a, EXPR_NUMBER));
  TRY(expr_want(c, b, EXPR_NUMBER));
  n->type = EXPR_NUMBER;
  n->decimals = a->decimals > b->decimals ? a->decimals : b->decimals;
  n->rational = a->rational || b->rational;
  return expr_same_units(c, n, a, b, &n->unit);
}

static enum err_code check_dates(struct expr_checker *c, struct expr_node *n, const char *unit) {
  for (int i = 0; i < n->n_kids; i++) TRY(expr_want(c, n->kid[i], EXPR_DATE));
  plain_number(n, unit);
  return E_OK;
}

static enum err_code check_len(struct expr_checker *c, struct expr_node *n) {
  TRY(expr_want(c, n->kid[0], EXPR_TEXT));
  plain_number(n, "");
  n->pure = n->kid[0]->pure;
  n->slot = n->kid[0]->slot;
  n->outer = n->kid[0]->outer;
  return E_OK;
}

static enum err_code check_part(struct expr_checker *c, struct expr_node *n) {
  TRY(expr_want(c, n->kid[0], EXPR_TEXT));
  TRY(literal_argument(c, n, 1, 1, EXPR_MAX_TEXT, n->kind == X_PREFIX ? "a whole number of characters from 1" : "the number of the first character, from 1", &n->value));
  if (n->kind == X_SUBSTR) TRY(literal_argument(c, n, 2, 1, EXPR_MAX_TEXT, "a whole number of characters from 1", &n->extent));
  n->type = EXPR_TEXT;
  n->pure = n->kid[0]->pure;
  n->slot = n->kid[0]->slot;
  n->outer = n->kid[0]->outer;
  return E_OK;
}

/* choose(condition, value, otherwise): the values are of one type and unit; without `otherwise` the result can be unknown although all it reads is there. */
static enum err_code check_choose(struct expr_checker *c, struct expr_node *n) {
  const struct expr_node *x = n->kid[1], *y = n->n_kids == 3 ? n->kid[2] : x;
  TRY(expr_want(c, n->kid[0], EXPR_BOOL));
  if (x->type == EXPR_BOOL) return EXPR_ERR(c->e, c->source, E_EXPR_TYPE, x->at, .expected = "a number, a code, a text or a date", .found = "a truth", .next = "write conditions with and, or, if ... then");
  TRY(expr_want(c, y, x->type));
  n->type = x->type == y->type ? x->type : EXPR_TEXT;
  if (expr_is_text(n->type)) {
    expr_join_pure(n);
    if (n->n_kids == 2) n->pure = false, n->slot = -1;
    return E_OK;
  }
  n->decimals = x->decimals > y->decimals ? x->decimals : y->decimals;
  n->rational = x->rational || y->rational;
  return expr_same_units(c, n, x, y, &n->unit);
}

static enum err_code check_unit(struct expr_checker *c, struct expr_node *n) {
  TRY(expr_want(c, n->kid[0], EXPR_NUMBER));
  take_number(n, n->kid[0]);
  if (n->kid[1]->kind != X_TEXT || !expr_units_parse(n->kid[1]->text, &n->unit)) return EXPR_ERR(c->e, c->source, E_EXPR_UNIT, n->kid[1]->at, .expected = "a quoted unit such as 'yen' or 'yen/person_hour'", .found = "something else");
  return E_OK;
}

/* prev(x) and frame(x): the names inside belong to the other record; the node itself only passes its kid through. */
static enum err_code check_elsewhere(struct expr_checker *c, struct expr_node *n) {
  if (c->where != EXPR_SLOT_CURRENT || c->in_child) return EXPR_ERR(c->e, c->source, E_EXPR_TYPE, n->at, .expected = "prev and frame around items of the current record only", .found = "one inside another, or inside count, sum, any or all");
  c->where = n->kind == X_PREV ? EXPR_SLOT_PREV : EXPR_SLOT_FRAME;
  TRY(expr_check(c, n->kid[0]));
  c->where = EXPR_SLOT_CURRENT;
  const struct expr_node *x = n->kid[0];
  if (x->kind != X_VARIABLE) return EXPR_ERR(c->e, c->source, E_EXPR_TYPE, x->at, .expected = "the name of an item inside prev and frame");
  n->type = x->type;
  n->decimals = x->decimals;
  n->rational = x->rational;
  n->unit = x->unit;
  n->pure = x->pure;
  n->slot = x->slot;
  return E_OK;
}

static enum err_code check_aggregate(struct expr_checker *c, struct expr_node *n) {
  if (c->in_child || c->where != EXPR_SLOT_CURRENT) return EXPR_ERR(c->e, c->source, E_EXPR_TYPE, n->at, .expected = "count, sum, any and all not inside one another", .found = "a nested one");
  c->in_child = true;
  c->record = n->record;
  for (int i = 0; i < n->n_kids; i++) TRY(expr_check(c, n->kid[i]));
  c->in_child = false;
  if (n->kind == X_SUM) TRY(expr_want(c, n->kid[0], EXPR_NUMBER));
  if (n->n_kids > (n->kind == X_SUM)) TRY(expr_want(c, n->kid[n->n_kids - 1], EXPR_BOOL));
  if (n->kind == X_SUM) take_number(n, n->kid[0]);
  else if (n->kind == X_COUNT) plain_number(n, "");
  else n->type = EXPR_BOOL;
  return E_OK;
}

enum err_code expr_check_call(struct expr_checker *c, struct expr_node *n) {
  if (n->kind == X_PREV || n->kind == X_FRAME) return check_elsewhere(c, n);
  if (n->kind >= X_COUNT) return check_aggregate(c, n);
  for (int i = 0; i < n->n_kids; i++) TRY(expr_check(c, n->kid[i]));
  switch (n->kind) {
  case X_ROUND: return check_round(c, n);
  case X_FLOOR: case X_ABS:
    TRY(expr_want(c, n->kid[0], EXPR_NUMBER));
    take_number(n, n->kid[0]);
    if (n->kind == X_FLOOR) n->decimals = 0, n->rational = false;
    return E_OK;
  case X_MIN: case X_MAX: case X_MOD: return check_pair_of_numbers(c, n);
  case X_DAYS: return check_dates(c, n, "day");
  case X_MONTHS: return check_dates(c, n, "month");
  case X_AGE: return check_dates(c, n, "year");
  case X_YEAR: case X_MONTH: case X_DAY: case X_ERA: case X_ERA_YEAR: return check_dates(c, n, "");
  case X_CHOOSE: return check_choose(c, n);
  case X_LEN: return check_len(c, n);
  case X_PREFIX: case X_SUBSTR: return check_part(c, n);
  case X_UNIT: return check_unit(c, n);
  default: return check_status(c, n);
  }
}
