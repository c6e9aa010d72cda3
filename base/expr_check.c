/* expr_check.c -- names to slots, types, units and decimals of the tree; every error has the place of the name, literal or operator. */
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/expr_impl.h"

bool expr_is_text(enum expr_type t) { return t == EXPR_CODE || t == EXPR_TEXT; }

const char *expr_type_name(enum expr_type t) {
  static const char *const names[] = {"a number", "a code", "a text", "a date", "a truth"};
  return names[t];
}

enum err_code expr_want(struct expr_checker *c, const struct expr_node *n, enum expr_type type) {
  if (n->type == type || (expr_is_text(type) && expr_is_text(n->type))) return E_OK;
  const char *next = type == EXPR_DATE && n->kind == X_TEXT ? "write a date as date('2022-04-01')" : NULL;
  return EXPR_ERR(c->e, c->source, E_EXPR_TYPE, n->at, .expected = expr_type_name(type), .found = expr_type_name(n->type), .next = next);
}

enum err_code expr_same_units(struct expr_checker *c, const struct expr_node *at, const struct expr_node *a, const struct expr_node *b, struct expr_units *out) {
  struct arena *arena = c->x->arena;
  if (a->unit.n && b->unit.n && !expr_units_equal(&a->unit, &b->unit))
    return EXPR_ERR(c->e, c->source, E_EXPR_UNIT, at->at, .expected = expr_units_text(arena, &a->unit), .found = expr_units_text(arena, &b->unit));
  *out = a->unit.n ? a->unit : b->unit;
  return E_OK;
}

/* --- literals --- */
static enum err_code check_number(struct expr_checker *c, struct expr_node *n) {
  int64_t value = 0;
  bool fraction = false;
  for (size_t i = 0; i < n->text.n; i++) {
    char digit = n->text.p[i];
    if (digit == '.') fraction = true;
    if (digit < '0' || digit > '9') continue;
    value = value * 10 + (digit - '0');
    n->decimals += fraction;
  }
  n->value = n->text.p[0] == '-' ? -value : value;
  n->type = EXPR_NUMBER;
  n->pure = true;
  (void)c;
  return E_OK;
}

static enum err_code check_date(struct expr_checker *c, struct expr_node *n) {
  n->type = EXPR_DATE;
  if (!date_parse_iso(n->text, &n->value)) return EXPR_ERR(c->e, c->source, E_EXPR_DATE, n->at, .expected = "a date of the calendar as YYYY-MM-DD");
  return E_OK;
}

static void check_text(struct expr_node *n) {
  n->type = EXPR_TEXT;
  n->pure = true;
}

/* --- names --- */
static enum err_code grow_slots(struct expr *x, struct err *e) {
  int capacity = x->slots_capacity ? x->slots_capacity * 2 : 8;
  struct expr_slot *slots = ARENA_ARRAY(x->arena, struct expr_slot, capacity);
  struct expr_variable *variables = ARENA_ARRAY(x->arena, struct expr_variable, capacity);
  if (!slots || !variables) return ERR(e, E_NO_MEMORY, .subject = "expression");
  if (x->n_slots) {
    memcpy(slots, x->slots, (size_t)x->n_slots * sizeof *slots);
    memcpy(variables, x->variables, (size_t)x->n_slots * sizeof *variables);
  }
  x->slots = slots;
  x->variables = variables;
  x->slots_capacity = capacity;
  return E_OK;
}

static enum err_code find_slot(struct expr_checker *c, enum expr_slot_kind kind, struct str record, struct str name, const struct expr_variable *v, int *out) {
  struct expr *x = c->x;
  for (int i = 0; i < x->n_slots; i++) {
    *out = i;
    if (x->slots[i].kind == kind && str_eq(str_of(x->slots[i].record), record) && str_eq(str_of(x->slots[i].name), name)) return E_OK;
  }
  if (x->n_slots == x->slots_capacity) TRY(grow_slots(x, c->e));
  struct expr_slot slot = {.kind = kind, .record = arena_strdup(x->arena, record.p, record.n), .name = arena_strdup(x->arena, name.p, name.n), .type = v->type};
  if (!slot.record || !slot.name) return ERR(c->e, E_NO_MEMORY, .subject = "expression");
  *out = x->n_slots;
  x->slots[x->n_slots] = slot;
  x->variables[x->n_slots++] = *v;
  return E_OK;
}

static bool look_up(struct expr_checker *c, struct str record, struct str name, struct expr_variable *v) {
  return c->scope && c->scope->variable && c->scope->variable(c->scope->context, record, name, v);
}

static enum err_code no_such_name(struct expr_checker *c, const struct expr_node *n, const char *expected) {
  return EXPR_ERR(c->e, c->source, E_EXPR_NAME, n->at, .subject = arena_strdup(c->x->arena, n->text.p, n->text.n), .expected = expected);
}

/* Inside an aggregate a name is an item of the child record, else of the current record; frame() asks for the record "frame" first. */
static enum err_code resolve(struct expr_checker *c, struct expr_node *n, enum expr_slot_kind *kind, struct expr_variable *v) {
  static const struct str current = {NULL, 0};
  *kind = c->where;
  if (n->record.n && !(c->in_child && str_eq(n->record, c->record))) return no_such_name(c, n, "an item of the current record; items of child records stand inside count, sum, any or all");
  if (c->in_child && c->where == EXPR_SLOT_CURRENT && look_up(c, c->record, n->text, v)) {
    *kind = EXPR_SLOT_CHILD;
    return E_OK;
  }
  if (n->record.n) return no_such_name(c, n, "an item of this child record");
  n->outer = c->in_child;
  if (c->where == EXPR_SLOT_FRAME && look_up(c, STR("frame"), n->text, v)) return E_OK;
  if (look_up(c, current, n->text, v)) return E_OK;
  return no_such_name(c, n, "an item of the form");
}

static enum err_code check_variable(struct expr_checker *c, struct expr_node *n) {
  struct expr_variable v = {.unit = ""};
  enum expr_slot_kind kind;
  TRY(resolve(c, n, &kind, &v));
  TRY(find_slot(c, kind, kind == EXPR_SLOT_CHILD ? c->record : STR(""), n->text, &v, &n->slot));
  n->type = v.type;
  n->decimals = v.type == EXPR_NUMBER ? v.decimals : 0;
  n->pure = expr_is_text(v.type);
  if (n->decimals < 0 || n->decimals > EXPR_MAX_DECIMALS) return EXPR_ERR(c->e, c->source, E_EXPR_NUMBER, n->at, .expected = "0 to 18 decimals");
  if (v.type == EXPR_NUMBER && v.unit && !expr_units_parse(str_of(v.unit), &n->unit))
    return EXPR_ERR(c->e, c->source, E_EXPR_UNIT, n->at, .expected = "a unit such as yen or yen/person_hour", .found = v.unit);
  return E_OK;
}

/* --- arithmetic --- */
static enum err_code too_many_decimals(struct expr_checker *c, const struct expr_node *n) {
  return EXPR_ERR(c->e, c->source, E_EXPR_NUMBER, n->at, .expected = "at most 18 decimals in a product; round first");
}

static enum err_code check_arithmetic(struct expr_checker *c, struct expr_node *n) {
  const struct expr_node *a = n->kid[0], *b = n->kid[1];
  TRY(expr_want(c, a, EXPR_NUMBER));
  TRY(expr_want(c, b, EXPR_NUMBER));
  n->type = EXPR_NUMBER;
  n->rational = a->rational || b->rational || n->kind == X_DIV;
  if (n->kind == X_ADD || n->kind == X_SUB) {
    n->decimals = a->decimals > b->decimals ? a->decimals : b->decimals;
    return expr_same_units(c, n, a, b, &n->unit);
  }
  n->decimals = n->kind == X_MUL ? a->decimals + b->decimals : a->decimals > b->decimals ? a->decimals - b->decimals : 0;
  if (n->decimals > EXPR_MAX_DECIMALS) return too_many_decimals(c, n);
  if (!expr_units_product(&a->unit, &b->unit, n->kind == X_MUL ? 1 : -1, &n->unit)) return EXPR_ERR(c->e, c->source, E_EXPR_UNIT, n->at, .expected = "at most 6 different units in a product");
  return E_OK;
}

static enum err_code check_negation(struct expr_checker *c, struct expr_node *n) {
  TRY(expr_want(c, n->kid[0], EXPR_NUMBER));
  n->type = EXPR_NUMBER;
  n->decimals = n->kid[0]->decimals;
  n->rational = n->kid[0]->rational;
  n->unit = n->kid[0]->unit;
  return E_OK;
}

/* --- comparisons --- */
/* pref = 01: the literal beside a code or text is taken as it is written. */
static enum err_code literal_as_code(struct expr_checker *c, const struct expr_node *at, struct expr_node *literal, const struct expr_node *other, bool order) {
  if (literal->kind != X_NUMBER || !expr_is_text(other->type)) return E_OK;
  if (order) return EXPR_ERR(c->e, c->source, E_EXPR_TYPE, at->at, .expected = "= or != or in: codes have no numeric order", .found = "an order comparison", .next = "quote the code for binary text order, or use in {...}");
  literal->kind = X_TEXT;
  literal->decimals = 0;
  check_text(literal);
  return E_OK;
}

/* A literal that the item's code list does not hold would never be equal: a slip of the pen. */
static enum err_code literal_in_dict(struct expr_checker *c, const struct expr_node *variable, const struct expr_node *literal) {
  while (variable->kind == X_PREV || variable->kind == X_FRAME) variable = variable->kid[0];
  if (variable->kind != X_VARIABLE || literal->kind != X_TEXT) return E_OK;
  const struct dict *d = c->x->variables[variable->slot].dict;
  if (!d || dict_find(d, literal->text) >= 0 || dict_find(d, STR("*")) >= 0) return E_OK;
  return EXPR_ERR(c->e, c->source, E_EXPR_CODE, literal->at, .subject = arena_strdup(c->x->arena, literal->text.p, literal->text.n), .expected = arena_printf(c->x->arena, "a code of '%.*s'", (int)variable->text.n, variable->text.p));
}

static enum err_code check_pair(struct expr_checker *c, const struct expr_node *n, struct expr_node *a, struct expr_node *b, bool order) {
  struct expr_units unit;
  TRY(literal_as_code(c, n, a, b, order));
  TRY(literal_as_code(c, n, b, a, order));
  TRY(expr_want(c, b, a->type));
  if (a->type == EXPR_BOOL && order) return EXPR_ERR(c->e, c->source, E_EXPR_TYPE, n->at, .expected = "= or != between truths", .found = "an order comparison");
  if (a->type == EXPR_NUMBER) return expr_same_units(c, n, a, b, &unit);
  if (order || !expr_is_text(a->type)) return E_OK;
  TRY(literal_in_dict(c, a, b));
  return literal_in_dict(c, b, a);
}

/* All parts pure and about one code slot (or literals)? */
void expr_join_pure(struct expr_node *n) {
  n->pure = true;
  n->slot = -1;
  for (int i = 0; i < n->n_kids; i++) {
    const struct expr_node *kid = n->kid[i];
    n->outer |= kid->outer;
    if (!kid->pure || (kid->slot >= 0 && n->slot >= 0 && kid->slot != n->slot)) n->pure = false;
    if (kid->slot >= 0) n->slot = kid->slot;
  }
  if (n->kind == X_BETWEEN && n->kid[0]->slot < 0) n->pure = false;
  if (!n->pure || n->slot < 0) n->pure = false, n->slot = -1;
}

static enum err_code check_comparison(struct expr_checker *c, struct expr_node *n) {
  bool order = n->kind != X_EQ && n->kind != X_NE;
  n->type = EXPR_BOOL;
  TRY(check_pair(c, n, n->kid[0], n->kid[1], order));
  if (n->kind == X_BETWEEN) TRY(check_pair(c, n, n->kid[0], n->kid[2], order));
  expr_join_pure(n);
  return E_OK;
}

/* --- in --- */
static int compare_texts(const void *a, const void *b) { return str_cmp(*(const struct str *)a, *(const struct str *)b); }
static int compare_numbers(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return x < y ? -1 : x > y;
}

static enum err_code text_set(struct expr_checker *c, struct expr_node *n, const struct str *codes, int64_t n_codes) {
  struct str *sorted = ARENA_ARRAY(c->x->arena, struct str, n_codes ? n_codes : 1);
  if (!sorted) return ERR(c->e, E_NO_MEMORY, .subject = "expression");
  for (int64_t i = 0; i < n_codes; i++) sorted[i] = codes ? codes[i] : n->member[i]->text; // NOLINT(clang-analyzer-core.NullDereference): n_codes members
  qsort(sorted, (size_t)n_codes, sizeof *sorted, compare_texts);
  n->texts = sorted;
  n->n_set = n_codes;
  return E_OK;
}

static enum err_code list_set(struct expr_checker *c, struct expr_node *n) {
  const struct str *codes = NULL;
  int64_t n_codes = 0;
  if (!expr_is_text(n->kid[0]->type)) return EXPR_ERR(c->e, c->source, E_EXPR_TYPE, n->kid[0]->at, .expected = "a code or a text before in list(...)", .found = expr_type_name(n->kid[0]->type));
  if (!c->scope || !c->scope->list || !c->scope->list(c->scope->context, n->text, &codes, &n_codes))
    return EXPR_ERR(c->e, c->source, E_EXPR_LIST, (int32_t)n->value, .subject = arena_strdup(c->x->arena, n->text.p, n->text.n));
  return text_set(c, n, codes, n_codes);
}

static enum err_code number_set(struct expr_checker *c, struct expr_node *n) {
  int decimals = n->kid[0]->decimals;
  int64_t *numbers = ARENA_ARRAY(c->x->arena, int64_t, n->n_members);
  if (!numbers) return ERR(c->e, E_NO_MEMORY, .subject = "expression");
  for (int i = 0; i < n->n_members; i++)
    if (n->member[i]->decimals > decimals) decimals = n->member[i]->decimals;
  for (int i = 0; i < n->n_members; i++)
    if (!expr_wide_scale(n->member[i]->value, 1, n->member[i]->decimals, decimals, &numbers[i])) return EXPR_ERR(c->e, c->source, E_EXPR_NUMBER, n->member[i]->at, .expected = "a number of at most 18 digits beside the item's decimals");
  qsort(numbers, (size_t)n->n_members, sizeof *numbers, compare_numbers);
  n->numbers = numbers;
  n->n_set = n->n_members;
  n->number_decimals = decimals;
  return E_OK;
}

static enum err_code check_in(struct expr_checker *c, struct expr_node *n) {
  const struct expr_node *x = n->kid[0];
  n->type = EXPR_BOOL;
  expr_join_pure(n);
  if (!n->member) return list_set(c, n);
  if (x->type == EXPR_BOOL) return expr_want(c, x, EXPR_NUMBER);
  for (int i = 0; i < n->n_members; i++) {
    TRY(expr_check(c, n->member[i]));
    TRY(literal_as_code(c, n, n->member[i], x, false));
    TRY(expr_want(c, n->member[i], x->type));
    TRY(literal_in_dict(c, x, n->member[i]));
  }
  return expr_is_text(x->type) ? text_set(c, n, NULL, n->n_members) : number_set(c, n);
}

/* --- logic --- */
static enum err_code check_logic(struct expr_checker *c, struct expr_node *n) {
  bool one_slot = true;
  n->type = EXPR_BOOL;
  for (int i = 0; i < n->n_kids; i++) {
    TRY(expr_want(c, n->kid[i], EXPR_BOOL));
    one_slot &= n->kid[i]->pure && n->kid[i]->slot >= 0;
  }
  expr_join_pure(n);
  if (!one_slot) n->pure = false, n->slot = -1;
  return E_OK;
}

enum err_code expr_check(struct expr_checker *c, struct expr_node *n) {
  if (n->kind >= X_MISSING) return expr_check_call(c, n);
  for (int i = 0; i < n->n_kids; i++) TRY(expr_check(c, n->kid[i]));
  switch (n->kind) {
  case X_NUMBER: return check_number(c, n);
  case X_TEXT: check_text(n); return E_OK;
  case X_DATE: return check_date(c, n);
  case X_TRUTH: n->type = EXPR_BOOL; return E_OK;
  case X_VARIABLE: return check_variable(c, n);
  case X_NEG: return check_negation(c, n);
  case X_ADD: case X_SUB: case X_MUL: case X_DIV: return check_arithmetic(c, n);
  case X_IN: return check_in(c, n);
  case X_AND: case X_OR: case X_NOT: case X_IF: return check_logic(c, n);
  default: return check_comparison(c, n);
  }
}
