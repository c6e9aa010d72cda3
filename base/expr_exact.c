/* expr_exact.c -- one row of a checked tree in checked 128-bit arithmetic. Takes the same steps as the blocks of expr_run.c; it serves the blocks whose
 * numbers are too large for 64 bits, fills dictionary tables, and evaluates what is too rare for a loop of its own. */
#include <stdio.h>

#include "base/date.h"
#include "base/expr_impl.h"

enum { LAST_DAY = 4000000 }; /* about 11,000 years around 1970: what lies outside is no date */

enum err_code expr_overflow(const struct expr *x, const struct expr_node *n, int64_t row, struct err *e) {
  char subject[32];
  struct expr_source s = {.text = str_of(x->text), .column = x->column};
  (void)snprintf(subject, sizeof subject, "row %lld", (long long)row + 1);
  return ERR(e, E_EXPR_OVERFLOW, .file = x->file, .line = x->line, .column = expr_column(&s, n->at), .subject = subject);
}

static enum err_code too_large(const struct expr_row *r, const struct expr_node *n) { return expr_overflow(r->x, n, r->row, r->e); }

const struct expr_children *expr_find_children(const struct expr_binding *b, struct str record) {
  for (int i = 0; i < b->n_children; i++)
    if (str_eq(str_of(b->children[i].record), record)) return &b->children[i];
  return NULL;
}

/* --- items --- */
static const struct column *column_of(const struct expr_row *r, int slot, int64_t *row) {
  *row = r->x->slots[slot].kind == EXPR_SLOT_CHILD ? r->child_row : r->row;
  return r->binding->columns[slot];
}

static uint8_t status_of(const struct expr_row *r, int slot) {
  int64_t row;
  const struct column *c = column_of(r, slot, &row);
  return c ? c->status[row] : (uint8_t)VAL_BLANK;
}

static void item_value(const struct expr_row *r, const struct expr_node *n, struct expr_value *v) {
  if (r->fixed) {
    v->text = r->fixed_text;
    return;
  }
  int64_t row;
  const struct column *c = column_of(r, n->slot, &row);
  v->known = c && value_present(c->status[row]);
  v->truth = KLEENE_UNKNOWN;
  if (!v->known) return;
  if (expr_is_text(n->type)) v->text = dict_text(c->dict, c->code[row]);
  else if (n->type == EXPR_BOOL) v->truth = c->i64[row] ? KLEENE_TRUE : KLEENE_FALSE;
  else v->num = c->i64[row];
}

/* --- numbers --- */
/* Brings a and b, of da and db decimals, to the larger number of decimals. */
static bool align(int da, int db, struct expr_value *a, struct expr_value *b) {
  if (da < db) return expr_wide_mul(a->num, expr_power_of_ten(db - da), &a->num);
  return expr_wide_mul(b->num, expr_power_of_ten(da - db), &b->num);
}

static bool align_kids(const struct expr_node *n, struct expr_value *a, struct expr_value *b) { return align(n->kid[0]->decimals, n->kid[1]->decimals, a, b); }

/* ... and to one denominator. */
static bool cross(const struct expr_value *a, const struct expr_value *b, expr_wide *left, expr_wide *right) {
  return expr_wide_mul(a->num, b->den, left) && expr_wide_mul(b->num, a->den, right);
}

static bool add(const struct expr_node *n, struct expr_value *a, struct expr_value *b, struct expr_value *v) {
  expr_wide left, right;
  if (!align_kids(n, a, b) || !cross(a, b, &left, &right) || !expr_wide_mul(a->den, b->den, &v->den)) return false;
  bool over = n->kind == X_ADD ? __builtin_add_overflow(left, right, &v->num) : __builtin_sub_overflow(left, right, &v->num);
  return !over && v->num != -(expr_wide)(~(expr_uwide)0 >> 1) - 1; /* the smallest value has no opposite */
}

static bool divide(const struct expr_node *n, struct expr_value *a, struct expr_value *b, struct expr_value *v) {
  int shift = n->kid[1]->decimals - n->kid[0]->decimals;
  if (shift > 0 && !expr_wide_mul(a->num, expr_power_of_ten(shift), &a->num)) return false;
  if (!expr_wide_mul(a->num, b->den, &v->num) || !expr_wide_mul(a->den, b->num, &v->den)) return false;
  if (v->den < 0) v->num = -v->num, v->den = -v->den;
  return true;
}

static bool modulo(const struct expr_node *n, struct expr_value *a, struct expr_value *b, struct expr_value *v) {
  expr_wide left, right;
  if (!align_kids(n, a, b) || !cross(a, b, &left, &right) || !expr_wide_mul(a->den, b->den, &v->den)) return false;
  expr_wide rest = right == -1 ? 0 : left % right;
  v->num = rest != 0 && (rest < 0) != (right < 0) ? rest + right : rest;
  return true;
}

static bool smaller(const struct expr_node *n, struct expr_value *a, struct expr_value *b, struct expr_value *v) {
  expr_wide left, right;
  if (n->type == EXPR_DATE) {
    left = a->num, right = b->num;
  } else if (!align_kids(n, a, b) || !cross(a, b, &left, &right)) {
    return false;
  }
  *v = (n->kind == X_MIN) == (left <= right) ? *a : *b;
  return true;
}

static bool zero_divisor(const struct expr_row *r, const struct expr_value *b) {
  if (b->num != 0) return false;
  if (r->divisions_by_zero) ++*r->divisions_by_zero;
  return true;
}

static enum err_code exact_pair(const struct expr_row *r, const struct expr_node *n, struct expr_value *v) {
  struct expr_value a, b;
  bool fits;
  TRY(expr_exact(r, n->kid[0], &a));
  TRY(expr_exact(r, n->kid[1], &b));
  v->known = a.known && b.known;
  if (v->known && (n->kind == X_DIV || n->kind == X_MOD) && zero_divisor(r, &b)) v->known = false;
  if (!v->known) return E_OK;
  switch (n->kind) {
  case X_ADD: case X_SUB: fits = add(n, &a, &b, v); break;
  case X_MUL: fits = expr_wide_mul(a.num, b.num, &v->num) && expr_wide_mul(a.den, b.den, &v->den); break;
  case X_DIV: fits = divide(n, &a, &b, v); break;
  case X_MOD: fits = modulo(n, &a, &b, v); break;
  default: fits = smaller(n, &a, &b, v); break;
  }
  return fits ? E_OK : too_large(r, n);
}

static enum err_code exact_round(const struct expr_row *r, const struct expr_node *n, struct expr_value *v) {
  struct expr_value a;
  int64_t rounded;
  int from = n->kid[0]->decimals;
  expr_wide den;
  TRY(expr_exact(r, n->kid[0], &a));
  *v = a;
  v->den = 1;
  if (!a.known || (n->kind == X_ROUND && !n->kid[0]->rational && from == n->decimals)) return E_OK;
  if (n->kind == X_FLOOR) {
    if (!expr_wide_mul(a.den, expr_power_of_ten(from), &den)) return too_large(r, n);
    v->num = expr_floor_div(a.num, den);
    return E_OK;
  }
  if (!expr_wide_scale(a.num, a.den, from, n->decimals, &rounded)) return too_large(r, n);
  v->num = rounded;
  return E_OK;
}

/* --- dates --- */
static expr_wide date_part(enum expr_kind kind, int64_t days) {
  int64_t year, month, day;
  if (kind == X_ERA) return date_era(days, NULL);
  date_to_civil(days, &year, &month, &day);
  return kind == X_YEAR ? year : kind == X_MONTH ? month : day;
}

static bool is_date(const struct expr_value *v) { return v->num >= -LAST_DAY && v->num <= LAST_DAY; }

static enum err_code exact_date(const struct expr_row *r, const struct expr_node *n, struct expr_value *v) {
  struct expr_value a, b = {.known = true};
  int64_t year = 0;
  TRY(expr_exact(r, n->kid[0], &a));
  if (n->n_kids == 2) TRY(expr_exact(r, n->kid[1], &b));
  v->known = a.known && b.known;
  if (!v->known) return E_OK;
  if (!is_date(&a) || !is_date(&b)) return too_large(r, n);
  if (n->kind == X_DAYS) v->num = b.num - a.num;
  else if (n->kind == X_ERA_YEAR) v->known = date_era((int64_t)a.num, &year) > 0, v->num = year;
  else if (n->kind == X_MONTHS) v->num = date_months((int64_t)a.num, (int64_t)b.num);
  else if (n->kind == X_AGE) v->num = date_age((int64_t)a.num, (int64_t)b.num);
  else v->num = date_part(n->kind, (int64_t)a.num);
  if (n->kind == X_ERA && v->num == 0) v->known = false;
  return E_OK;
}

/* --- truths --- */
static uint8_t truth(bool b) { return b ? KLEENE_TRUE : KLEENE_FALSE; }

static bool holds(enum expr_kind kind, int order) {
  switch (kind) {
  case X_EQ: return order == 0;
  case X_NE: return order != 0;
  case X_LT: return order < 0;
  case X_LE: return order <= 0;
  case X_GT: return order > 0;
  default: return order >= 0;
  }
}

/* Order of two values of one type: -1, 0, 1. */
static bool order_of(const struct expr_node *a, const struct expr_node *b, struct expr_value x, struct expr_value y, int *order) {
  expr_wide left = x.num, right = y.num;
  if (expr_is_text(a->type)) {
    *order = str_cmp(x.text, y.text);
    return true;
  }
  if (a->type == EXPR_NUMBER && (!align(a->decimals, b->decimals, &x, &y) || !cross(&x, &y, &left, &right))) return false;
  *order = left < right ? -1 : left > right;
  return true;
}

static enum err_code compare(const struct expr_row *r, const struct expr_node *n, enum expr_kind kind, const struct expr_value *a, int other, uint8_t *out) {
  struct expr_value b;
  int order;
  TRY(expr_exact(r, n->kid[other], &b));
  *out = KLEENE_UNKNOWN;
  if (n->kid[0]->type == EXPR_BOOL) {
    if (a->truth != KLEENE_UNKNOWN && b.truth != KLEENE_UNKNOWN) *out = truth((a->truth == b.truth) == (kind == X_EQ));
    return E_OK;
  }
  if (!a->known || !b.known) return E_OK;
  if (!order_of(n->kid[0], n->kid[other], *a, b, &order)) return too_large(r, n);
  *out = truth(holds(kind, order));
  return E_OK;
}

static bool in_texts(const struct expr_node *n, struct str text) {
  int64_t low = 0, high = n->n_set;
  while (low < high) {
    int64_t middle = low + (high - low) / 2;
    int order = str_cmp(n->texts[middle], text);
    if (order == 0) return true;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return false;
}

static bool in_numbers(const struct expr_node *n, const struct expr_value *v, bool *found) {
  expr_wide left, right;
  *found = false;
  if (!expr_wide_mul(v->num, expr_power_of_ten(n->number_decimals - n->kid[0]->decimals), &left)) return false;
  for (int64_t i = 0; i < n->n_set; i++) {
    if (!expr_wide_mul(n->numbers[i], v->den, &right)) return false;
    *found |= left == right;
  }
  return true;
}

static enum err_code exact_in(const struct expr_row *r, const struct expr_node *n, struct expr_value *v) {
  struct expr_value a;
  bool found;
  TRY(expr_exact(r, n->kid[0], &a));
  v->truth = KLEENE_UNKNOWN;
  if (!a.known) return E_OK;
  if (expr_is_text(n->kid[0]->type)) found = in_texts(n, a.text);
  else if (!in_numbers(n, &a, &found)) return too_large(r, n);
  v->truth = truth(found);
  return E_OK;
}

static enum err_code exact_comparison(const struct expr_row *r, const struct expr_node *n, struct expr_value *v) {
  struct expr_value a;
  uint8_t upper;
  TRY(expr_exact(r, n->kid[0], &a));
  if (n->kind != X_BETWEEN) return compare(r, n, n->kind, &a, 1, &v->truth);
  TRY(compare(r, n, X_GE, &a, 1, &v->truth));
  TRY(compare(r, n, X_LE, &a, 2, &upper));
  if (upper < v->truth) v->truth = upper;
  return E_OK;
}

static enum err_code exact_logic(const struct expr_row *r, const struct expr_node *n, struct expr_value *v) {
  struct expr_value a, b = {.truth = KLEENE_TRUE};
  TRY(expr_exact(r, n->kid[0], &a));
  if (n->n_kids == 2) TRY(expr_exact(r, n->kid[1], &b));
  uint8_t p = a.truth, q = b.truth, not_p = (uint8_t)(KLEENE_TRUE - p);
  if (n->kind == X_AND) v->truth = p < q ? p : q;
  else if (n->kind == X_OR) v->truth = p > q ? p : q;
  else if (n->kind == X_NOT) v->truth = not_p;
  else v->truth = not_p > q ? not_p : q;
  return E_OK;
}

static enum err_code exact_status(const struct expr_row *r, const struct expr_node *n, struct expr_value *v) {
  static const uint8_t wanted[] = {[X_BLANK - X_BLANK] = VAL_BLANK, [X_NA - X_BLANK] = VAL_NOT_APPLICABLE, [X_UNKNOWN - X_BLANK] = VAL_UNKNOWN, [X_REFUSED - X_BLANK] = VAL_REFUSED, [X_INVALID - X_BLANK] = VAL_INVALID};
  const struct expr_node *x = n->kid[0];
  struct expr_value a;
  while (x->kind == X_PREV || x->kind == X_FRAME) x = x->kid[0];
  if (x->kind == X_VARIABLE) {
    uint8_t status = status_of(r, x->slot);
    v->truth = truth(n->kind == X_MISSING ? !value_present(status) : status == wanted[n->kind - X_BLANK]);
    return E_OK;
  }
  TRY(expr_exact(r, x, &a));
  v->truth = truth(x->type == EXPR_BOOL ? a.truth == KLEENE_UNKNOWN : !a.known);
  return E_OK;
}

/* --- child records --- */
static enum err_code exact_aggregate(const struct expr_row *r, const struct expr_node *n, struct expr_value *v) {
  const struct expr_children *children = expr_find_children(r->binding, n->record);
  const struct expr_node *condition = n->n_kids > (n->kind == X_SUM) ? n->kid[n->n_kids - 1] : NULL;
  struct expr_row child = *r;
  uint8_t any = KLEENE_FALSE, all = KLEENE_TRUE;
  for (child.child_row = children->first[r->row]; child.child_row < children->first[r->row + 1]; child.child_row++) {
    struct expr_value c = {.truth = KLEENE_TRUE}, item = {.known = true, .num = 1};
    if (condition) TRY(expr_exact(&child, condition, &c));
    if (n->kind == X_SUM) TRY(expr_exact(&child, n->kid[0], &item));
    if (c.truth > any) any = c.truth;
    if (c.truth < all) all = c.truth;
    if (c.truth == KLEENE_UNKNOWN || (c.truth == KLEENE_TRUE && !item.known)) v->known = false;
    if (c.truth == KLEENE_TRUE && item.known && __builtin_add_overflow(v->num, item.num, &v->num)) return too_large(r, n);
  }
  v->truth = n->kind == X_ANY ? any : all;
  return E_OK;
}

/* Every part is worked out, also what is not chosen: its overflow is an error in blocks and rows alike. */
static enum err_code exact_choose(const struct expr_row *r, const struct expr_node *n, struct expr_value *v) {
  struct expr_value c, x, y = {.known = false};
  TRY(expr_exact(r, n->kid[0], &c));
  TRY(expr_exact(r, n->kid[1], &x));
  if (n->n_kids == 3) TRY(expr_exact(r, n->kid[2], &y));
  const struct expr_node *kid = c.truth == KLEENE_TRUE || n->n_kids == 2 ? n->kid[1] : n->kid[2];
  *v = c.truth == KLEENE_TRUE ? x : y;
  v->known = v->known && c.truth != KLEENE_UNKNOWN;
  if (v->known && n->type == EXPR_NUMBER && !expr_wide_mul(v->num, expr_power_of_ten(n->decimals - kid->decimals), &v->num)) return too_large(r, n);
  return E_OK;
}

static enum err_code exact_call(const struct expr_row *r, const struct expr_node *n, struct expr_value *v) {
  struct expr_value a;
  switch (n->kind) {
  case X_ROUND: case X_FLOOR: return exact_round(r, n, v);
  case X_MIN: case X_MAX: case X_MOD: return exact_pair(r, n, v);
  case X_DAYS: case X_MONTHS: case X_AGE: case X_YEAR: case X_MONTH: case X_DAY: case X_ERA: case X_ERA_YEAR: return exact_date(r, n, v);
  case X_CHOOSE: return exact_choose(r, n, v);
  case X_PREV: case X_FRAME: case X_UNIT: return expr_exact(r, n->kid[0], v);
  case X_COUNT: case X_SUM: case X_ANY: case X_ALL: return exact_aggregate(r, n, v);
  case X_ABS: case X_NEG:
    TRY(expr_exact(r, n->kid[0], &a));
    *v = a;
    if (n->kind == X_NEG || a.num < 0) v->num = -a.num;
    return E_OK;
  case X_LEN: case X_PREFIX: case X_SUBSTR:
    TRY(expr_exact(r, n->kid[0], &a));
    v->known = a.known;
    if (n->kind == X_LEN) v->num = expr_length(a.text);
    else v->text = n->kind == X_PREFIX ? expr_prefix(a.text, n->value) : expr_substr(a.text, n->value, n->extent);
    return E_OK;
  default: return exact_status(r, n, v);
  }
}

enum err_code expr_exact(const struct expr_row *r, const struct expr_node *n, struct expr_value *v) {
  *v = (struct expr_value){.known = true, .den = 1, .text = {"", 0}};
  switch (n->kind) {
  case X_NUMBER: case X_DATE: v->num = n->value; return E_OK;
  case X_TEXT: v->text = n->text; return E_OK;
  case X_TRUTH: v->truth = truth(n->value); return E_OK;
  case X_VARIABLE: item_value(r, n, v); return E_OK;
  case X_ADD: case X_SUB: case X_MUL: case X_DIV: return exact_pair(r, n, v);
  case X_IN: return exact_in(r, n, v);
  case X_EQ: case X_NE: case X_LT: case X_LE: case X_GT: case X_GE: case X_BETWEEN: return exact_comparison(r, n, v);
  case X_AND: case X_OR: case X_NOT: case X_IF: return exact_logic(r, n, v);
  default: return exact_call(r, n, v);
  }
}
