/* Numbers as linear forms with decimal coefficients, and linear forms as atoms. */
#include <math.h>
#include <string.h>

#include "processing/edit/rule_build_impl.h"

enum { MAX_DERIVED = 8 };

bool refuse(struct builder *b, enum rule_refusal why) {
  b->refusal = why;
  return false;
}
static bool no_memory(struct builder *b) {
  b->no_memory = true;
  return false;
}
static int64_t ten_to(int n) {
  int64_t v = 1;
  while (n-- > 0) v *= 10;
  return v;
}
static bool times(struct builder *b, int64_t *v, int64_t by) { return !__builtin_mul_overflow(*v, by, v) || refuse(b, RULE_NUMBERS); }

/* --- arithmetic --- */
bool lin_scale(struct builder *b, struct lin *p, int64_t num, int decimals, int64_t den) {
  if (den < 0) den = -den, num = -num;
  for (int k = 0; k < p->n; k++)
    if (!times(b, &p->num[k], num)) return false;
  if (num == 0 && p->n) return refuse(b, RULE_CANCELS);
  p->decimals += decimals;
  return times(b, &p->constant, num) && times(b, &p->den, den) && (p->decimals <= 18 || refuse(b, RULE_NUMBERS));
}
static bool align(struct builder *b, struct lin *p, int decimals) {
  const int64_t by = ten_to(decimals - p->decimals);
  for (int k = 0; k < p->n; k++)
    if (!times(b, &p->num[k], by)) return false;
  p->decimals = decimals;
  return times(b, &p->constant, by);
}
static bool add_term(struct builder *b, struct lin *p, int var, int64_t num) {
  int k = 0;
  while (k < p->n && p->var[k] < var) k++;
  if (k < p->n && p->var[k] == var) {
    if (__builtin_add_overflow(p->num[k], num, &p->num[k])) return refuse(b, RULE_NUMBERS);
    return p->num[k] != 0 || refuse(b, RULE_CANCELS);
  }
  if (num == 0) return true;
  if (p->n == LIN_MAX_TERMS) return refuse(b, RULE_TOO_LONG);
  for (int i = p->n++; i > k; i--) p->var[i] = p->var[i - 1], p->num[i] = p->num[i - 1];
  p->var[k] = var;
  p->num[k] = num;
  return true;
}
/* p + sign q. Both are brought over the product of their denominators. */
static bool lin_add(struct builder *b, const struct lin *p, const struct lin *q, int sign, struct lin *out) {
  struct lin u = *p, v = *q;
  if (p->den != q->den && (!lin_scale(b, &u, q->den, 0, 1) || !lin_scale(b, &v, p->den, 0, 1) || !times(b, &u.den, q->den))) return false;
  const int decimals = u.decimals > v.decimals ? u.decimals : v.decimals;
  if (!align(b, &u, decimals) || !align(b, &v, decimals)) return false;
  *out = u;
  for (int k = 0; k < v.n; k++)
    if (!add_term(b, out, v.var[k], sign * v.num[k])) return false;
  return !__builtin_add_overflow(u.constant, sign * v.constant, &out->constant) || refuse(b, RULE_NUMBERS);
}
bool lin_subtract(struct builder *b, const struct lin *p, const struct lin *q, struct lin *out) { return lin_add(b, p, q, -1, out); }

/* --- variables --- */
bool reads_current(const struct builder *b, const struct expr_node *n) {
  if (n->kind == X_VARIABLE && (n->outer || b->x->slots[n->slot].kind == EXPR_SLOT_CURRENT)) return true;
  for (int i = 0; i < n->n_kids; i++)
    if (reads_current(b, n->kid[i])) return true;
  return false;
}
const struct expr *own_expression(struct builder *b, const struct expr_node *n, const char **name) {
  struct expr part = *b->x, *x = NULL;
  const struct expr_scope scope = form_scope(b->form);
  struct strbuf text;
  struct err e;
  part.root = (struct expr_node *)(uintptr_t)n;
  strbuf_init(&text, 0);
  *name = expr_print(&part, &text, &e) == E_OK ? arena_strdup(b->a, strbuf_cstr(&text), text.n) : NULL;
  strbuf_release(&text);
  if (!*name) no_memory(b);
  else if (expr_compile(b->a, str_of(*name), &scope, b->x->file, b->x->line, 1, &x, &e)) refuse(b, RULE_NO_SUM);
  return x;
}
static bool variable(struct builder *b, const char *name, const struct expr *parameter, int decimals, int *out) {
  struct linear_system *s = &b->out->set.numeric;
  *out = linear_find(s, str_of(name));
  if (*out >= 0) return true;
  if (s->p == LINEAR_MAX_VARIABLES) return refuse(b, RULE_TOO_LONG);
  *out = s->p++;
  s->names[*out] = name;
  s->lower[*out] = -INFINITY;
  s->upper[*out] = INFINITY;
  s->decimals[*out] = decimals;
  b->out->set.parameter[*out] = parameter;
  return true;
}
/* x times by, where one of them is a constant of the record; products of products are not told. */
static bool product_variable(struct builder *b, int p, int q, int *out) {
  const struct linear_system *s = &b->out->set.numeric;
  const int x = b->out->set.parameter[q] ? p : q, by = x == p ? q : p;
  if (!b->out->set.parameter[by] || b->product[x].x >= 0) return refuse(b, RULE_PRODUCT);
  const int decimals = s->decimals[x] < 0 || s->decimals[by] < 0 ? -1 : s->decimals[x] + s->decimals[by];
  const char *name = arena_printf(b->a, "%s * %s", s->names[x], s->names[by]);
  if (!name) return no_memory(b);
  if (!variable(b, name, NULL, decimals, out)) return false;
  b->product[*out] = (struct rule_product){x, by};
  return true;
}
static bool one(struct builder *b, int var, struct lin *out) {
  *out = (struct lin){.den = 1};
  return add_term(b, out, var, 1);
}
static bool parameter(struct builder *b, const struct expr_node *n, struct lin *out) {
  const char *name;
  int var;
  if (n->rational) return refuse(b, RULE_RATIO);
  const struct expr *x = own_expression(b, n, &name);
  return x && variable(b, name, x, expr_decimals(x), &var) && one(b, var, out);
}
static bool item_variable(struct builder *b, const struct item *it, struct lin *out) {
  int var;
  if (it->origin == ORIGIN_DERIVED && it->expression) {
    const struct expr *outer = b->x;
    if (b->depth == MAX_DERIVED) return refuse(b, RULE_TOO_LONG);
    b->x = it->expression;
    b->depth++;
    const bool ok = lin_of(b, b->x->root, out);
    b->depth--;
    b->x = outer;
    return ok;
  }
  const bool fresh = linear_find(&b->out->set.numeric, str_of(it->name)) < 0;
  if (!variable(b, it->name, NULL, it->decimals, &var)) return false;
  if (fresh && it->has_min) b->out->set.numeric.lower[var] = (double)it->min / (double)ten_to(it->decimals);
  if (fresh && it->has_max) b->out->set.numeric.upper[var] = (double)it->max / (double)ten_to(it->decimals);
  return one(b, var, out);
}

/* --- nodes --- */
bool lin_product(struct builder *b, const struct lin *p, const struct lin *q, struct lin *out) {
  int64_t num;
  *out = (struct lin){.decimals = p->decimals + q->decimals, .den = p->den};
  if (out->decimals > 18) return refuse(b, RULE_NUMBERS);
  if (!times(b, &out->den, q->den)) return false;
  for (int i = -1; i < p->n; i++)
    for (int k = -1; k < q->n; k++) {
      int var = i < 0 ? k < 0 ? -1 : q->var[k] : p->var[i];
      num = i < 0 ? p->constant : p->num[i];
      if (!times(b, &num, k < 0 ? q->constant : q->num[k])) return false;
      if (i >= 0 && k >= 0 && !product_variable(b, p->var[i], q->var[k], &var)) return false;
      if (var < 0) out->constant = num;
      else if (!add_term(b, out, var, num)) return false;
    }
  return true;
}
static bool product(struct builder *b, const struct expr_node *n, struct lin *out) {
  struct lin p, q;
  if (!lin_of(b, n->kid[0], &p) || !lin_of(b, n->kid[1], &q)) return false;
  if (p.n && q.n) return lin_product(b, &p, &q, out);
  const struct lin *constant = p.n ? &q : &p;
  *out = p.n ? p : q;
  return lin_scale(b, out, constant->constant, constant->decimals, constant->den);
}
/* Of constants alone: numbers, or one constant of the record. */
static bool constant_product(struct builder *b, const struct expr_node *n, struct lin *out) {
  struct lin p, q;
  if (!lin_of(b, n->kid[0], &p) || !lin_of(b, n->kid[1], &q)) return false;
  return p.n && q.n ? parameter(b, n, out) : product(b, n, out);
}
static bool quotient(struct builder *b, const struct expr_node *n, struct lin *out) {
  struct lin q;
  if (!lin_of(b, n->kid[0], out) || !lin_of(b, n->kid[1], &q)) return false;
  if (q.n || q.constant == 0) return refuse(b, RULE_RATIO);
  int64_t num = ten_to(q.decimals);
  return times(b, &num, q.den) && lin_scale(b, out, num, 0, q.constant);
}
static bool sum_of(struct builder *b, const struct expr_node *n, int sign, struct lin *out) {
  struct lin p, q;
  return lin_of(b, n->kid[0], &p) && lin_of(b, n->kid[1], &q) && lin_add(b, &p, &q, sign, out);
}
bool lin_of(struct builder *b, const struct expr_node *n, struct lin *out) {
  struct lin p, q;
  *out = (struct lin){.den = 1};
  switch (n->kind) {
    case X_NUMBER: case X_DATE:
      out->constant = n->value;
      out->decimals = n->kind == X_NUMBER ? n->decimals : 0;
      return true;
    case X_NEG: return lin_of(b, n->kid[0], out) && lin_scale(b, out, -1, 0, 1);
    case X_ADD: return sum_of(b, n, 1, out);
    case X_SUB: return sum_of(b, n, -1, out);
    case X_MUL: return reads_current(b, n) ? product(b, n, out) : constant_product(b, n, out);
    case X_DIV: return reads_current(b, n) ? quotient(b, n, out) : refuse(b, RULE_RATIO);
    case X_DAYS: return lin_of(b, n->kid[0], &p) && lin_of(b, n->kid[1], &q) && lin_subtract(b, &q, &p, out);
    case X_UNIT: return lin_of(b, n->kid[0], out);
    default: break;
  }
  if (n->type != EXPR_NUMBER && n->type != EXPR_DATE && n->type != EXPR_BOOL) return refuse(b, RULE_TEXT);
  if (n->kind == X_VARIABLE && b->x->slots[n->slot].kind == EXPR_SLOT_CURRENT) {
    const struct item *it = form_item(b->form, b->x->slots[n->slot].name);
    if (it && is_above(b, it)) return parameter(b, n, out);
    return it ? item_variable(b, it, out) : refuse(b, RULE_NO_SUM);
  }
  if (reads_current(b, n)) return refuse(b, n->kind >= X_COUNT ? RULE_AGGREGATE : RULE_NO_SUM);
  return parameter(b, n, out);
}

/* --- atoms --- */
static void trim(int64_t *num, int *decimals) {
  while (*decimals > 0 && *num % 10 == 0) *num /= 10, --*decimals;
}
/* Decimals of the row's values: the most of any coefficient and its variable, and of the constant; -1 = not known. */
static int row_decimals(const struct builder *b, const struct lin *p) {
  int most = 0;
  for (int k = -1; k < p->n; k++) {
    int64_t num = k < 0 ? p->constant : p->num[k];
    int decimals = p->decimals;
    trim(&num, &decimals);
    if (k >= 0) {
      if (b->out->set.numeric.decimals[p->var[k]] < 0) return -1;
      decimals += b->out->set.numeric.decimals[p->var[k]];
    }
    most = decimals > most ? decimals : most;
  }
  return most;
}
static double number_of(int64_t num, int decimals) {
  trim(&num, &decimals);
  return (double)num / (double)ten_to(decimals);
}
bool lin_edit(struct builder *b, const struct lin *p, enum linear_op op, bool strict, struct rule_atom *out) {
  int *var = ARENA_ARRAY(b->a, int, p->n + 1);
  double *coef = ARENA_ARRAY(b->a, double, p->n + 1);
  struct lin q = *p;
  const int decimals = row_decimals(b, p);
  if (!var || !coef) return no_memory(b);
  if (strict && decimals >= 0 && decimals <= 15) { /* p < 0 of whole steps: p + step <= 0 */
    if (decimals > q.decimals && !align(b, &q, decimals)) return false;
    if (__builtin_add_overflow(q.constant, ten_to(q.decimals - decimals), &q.constant)) return refuse(b, RULE_NUMBERS);
    strict = false;
  }
  for (int k = 0; k < q.n; k++) {
    var[k] = q.var[k];
    coef[k] = number_of(q.num[k], q.decimals);
  }
  const double rhs = -number_of(q.constant, q.decimals);
  *out = (struct rule_atom){.strict = strict, .linear = {.op = op, .n = q.n, .var = var, .coef = coef, .rhs = rhs == 0 ? 0 : rhs, .id = ""}};
  return true;
}
