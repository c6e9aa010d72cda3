/* expr_compile.c -- expr_compile(), and the checked tree to a batch program: registers, constants scaled ahead, one table lookup per predicate on codes. */
#include <string.h>

#include "base/expr_impl.h"

struct builder {
  struct expr *x;
  struct expr_program *p;
  bool number_used[EXPR_MAX_NODES], truth_used[EXPR_MAX_NODES], text_used[EXPR_MAX_NODES];
  struct err *e;
};

static enum err_code emit(struct builder *b, const struct expr_op *op) {
  struct expr_program *p = b->p;
  if (p->n_ops == p->capacity) {
    int capacity = p->capacity ? p->capacity * 2 : 16;
    struct expr_op *grown = ARENA_ARRAY(b->x->arena, struct expr_op, capacity);
    if (!grown) return ERR(b->e, E_NO_MEMORY, .subject = "expression");
    if (p->n_ops) memcpy(grown, p->ops, (size_t)p->n_ops * sizeof *grown);
    p->ops = grown;
    p->capacity = capacity;
  }
  p->ops[p->n_ops++] = *op;
  return E_OK;
}

static int new_number(struct builder *b) {
  int i = 0;
  while (b->number_used[i]) i++;
  b->number_used[i] = true;
  if (i >= b->p->n_numbers) b->p->n_numbers = i + 1;
  return i;
}

static int new_truth(struct builder *b) {
  int i = 0;
  while (b->truth_used[i]) i++;
  b->truth_used[i] = true;
  if (i >= b->p->n_truths) b->p->n_truths = i + 1;
  return i;
}

static int new_text(struct builder *b) {
  int i = 0;
  while (b->text_used[i]) i++;
  b->text_used[i] = true;
  if (i >= b->p->n_texts) b->p->n_texts = i + 1;
  return i;
}

/* Constants have a register of their own for good: it is filled once. */
static void free_number(struct builder *b, int i) {
  for (int k = 0; k < b->p->n_ops; k++)
    if (b->p->ops[k].code == OP_CONSTANT && b->p->ops[k].dst == i) return;
  if (i >= 0) b->number_used[i] = false;
}
static void free_truth(struct builder *b, int i) {
  if (i >= 0) b->truth_used[i] = false;
}

#define OP(...) (&(struct expr_op){__VA_ARGS__})

static enum err_code build_number(struct builder *b, const struct expr_node *n, int *out);
static enum err_code build_truth(struct builder *b, const struct expr_node *n, int *out);

static const struct expr_node *behind(const struct expr_node *n) {
  while (n->kind == X_PREV || n->kind == X_FRAME || n->kind == X_UNIT) n = n->kid[0];
  return n;
}
static bool is_constant(const struct expr_node *n) {
  n = behind(n);
  return n->kind == X_NUMBER || n->kind == X_DATE;
}

/* Can number node n be done by block loops? */
static bool in_blocks(const struct expr_node *n) {
  if (n->kind >= X_COUNT) return true;
  if (n->kind == X_LEN) return n->pure && n->slot >= 0;
  if ((n->kind == X_MIN || n->kind == X_MAX || n->kind == X_MOD) && n->rational) return false;
  for (int i = 0; i < n->n_kids; i++)
    if ((n->kid[i]->type == EXPR_NUMBER || n->kid[i]->type == EXPR_DATE) && !in_blocks(n->kid[i])) return false;
  return true;
}

static enum err_code constant(struct builder *b, int64_t k, int *out) {
  *out = b->p->n_numbers++;
  b->number_used[*out] = true;
  return emit(b, OP(.code = OP_CONSTANT, .dst = *out, .k = k));
}

/* Number node n scaled from its decimals to `decimals`. */
static enum err_code scaled(struct builder *b, const struct expr_node *n, int decimals, int *out) {
  int from, digits = decimals - n->decimals;
  int64_t k;
  if (is_constant(n) && expr_wide_scale(behind(n)->value, 1, n->decimals, decimals, &k)) return constant(b, k, out);
  TRY(build_number(b, n, &from));
  *out = from;
  if (digits <= 0) return E_OK;
  *out = new_number(b);
  TRY(emit(b, OP(.code = OP_SCALE, .dst = *out, .a = from, .digits = digits, .node = n)));
  free_number(b, from);
  return E_OK;
}

static int larger(int a, int b) { return a > b ? a : b; }

static enum err_code binary(struct builder *b, enum expr_opcode code, const struct expr_node *n, int a_decimals, int b_decimals, int *out) {
  int p, q;
  TRY(scaled(b, n->kid[0], a_decimals, &p));
  TRY(scaled(b, n->kid[1], b_decimals, &q));
  *out = new_number(b);
  TRY(emit(b, OP(.code = code, .dst = *out, .a = p, .b = q, .node = n)));
  free_number(b, p);
  free_number(b, q);
  return E_OK;
}

/* The condition is built first and stays in use until the values are there; without `otherwise` b is -1. */
static enum err_code build_choose(struct builder *b, const struct expr_node *n, int *out) {
  int t, p, q = -1;
  TRY(build_truth(b, n->kid[0], &t));
  TRY(scaled(b, n->kid[1], n->decimals, &p));
  if (n->n_kids == 3) TRY(scaled(b, n->kid[2], n->decimals, &q));
  *out = new_number(b);
  TRY(emit(b, OP(.code = OP_CHOOSE, .dst = *out, .a = p, .b = q, .c = t, .node = n)));
  free_truth(b, t);
  free_number(b, p);
  free_number(b, q);
  return E_OK;
}

static enum err_code unary(struct builder *b, const struct expr_op *op, const struct expr_node *kid, int *out) {
  struct expr_op made = *op;
  int from;
  TRY(build_number(b, kid, &from));
  *out = made.dst = new_number(b);
  made.a = from;
  TRY(emit(b, &made));
  free_number(b, from);
  return E_OK;
}

static enum err_code build_round(struct builder *b, const struct expr_node *n, int *out) {
  const struct expr_node *kid = n->kid[0];
  int to = n->kind == X_FLOOR ? 0 : n->decimals, from = kid->decimals;
  if (!kid->rational && from == to) return build_number(b, kid, out);
  return unary(b, OP(.code = n->kind == X_FLOOR ? OP_FLOOR : OP_ROUND, .digits = larger(to - from, 0), .digits2 = larger(from - to, 0), .node = n), kid, out);
}

/* --- child records: a program of its own --- */
static enum err_code child_program(struct builder *outer, const struct expr_node *n, struct expr_program **out) {
  struct expr *x = outer->x;
  struct builder *b = ARENA_NEW(x->arena, struct builder);
  struct expr_program *p = ARENA_NEW(x->arena, struct expr_program);
  if (!b || !p) return ERR(outer->e, E_NO_MEMORY, .subject = "expression");
  if (x->n_programs == EXPR_MAX_PROGRAMS) return ERR(outer->e, E_EXPR_TOO_DEEP, .file = x->file, .line = x->line, .expected = "at most 32 count, sum, any, all in one expression");
  *b = (struct builder){.x = x, .p = p, .e = outer->e};
  p->number = p->truth = p->text = -1;
  p->id = x->n_programs;
  x->programs[x->n_programs++] = p;
  if (n->kind == X_SUM) TRY(build_number(b, n->kid[0], &p->number));
  if (n->n_kids > (n->kind == X_SUM)) TRY(build_truth(b, n->kid[n->n_kids - 1], &p->truth));
  outer->p->exact |= p->exact;
  *out = p;
  return E_OK;
}

static enum err_code build_aggregate(struct builder *b, const struct expr_node *n, enum expr_opcode code, int dst) {
  struct expr_program *child = NULL;
  TRY(child_program(b, n, &child));
  return emit(b, OP(.code = code, .dst = dst, .child = child, .node = n));
}

static enum err_code new_cache(struct builder *b, int *out) {
  if (b->x->n_caches == EXPR_MAX_CACHES) return ERR(b->e, E_EXPR_TOO_DEEP, .file = b->x->file, .line = b->x->line, .expected = "at most 256 conditions on codes in one expression");
  *out = ++b->x->n_caches;
  return E_OK;
}

static enum err_code build_len(struct builder *b, const struct expr_node *n, int *out) {
  int cache;
  *out = new_number(b);
  TRY(new_cache(b, &cache));
  return emit(b, OP(.code = OP_LEN, .dst = *out, .slot = n->slot, .outer = n->outer, .cache = cache, .node = n));
}

static enum err_code build_number(struct builder *b, const struct expr_node *n, int *out) {
  int d = n->n_kids == 2 ? larger(n->kid[0]->decimals, n->kid[1]->decimals) : 0;
  switch (n->kind) {
  case X_NUMBER: case X_DATE: return constant(b, n->value, out);
  case X_VARIABLE: *out = new_number(b); return emit(b, OP(.code = OP_LOAD, .dst = *out, .slot = n->slot, .outer = n->outer, .node = n));
  case X_PREV: case X_FRAME: case X_UNIT: return build_number(b, n->kid[0], out);
  case X_NEG: return unary(b, OP(.code = OP_NEG, .node = n), n->kid[0], out);
  case X_ABS: return unary(b, OP(.code = OP_ABS, .node = n), n->kid[0], out);
  case X_ADD: return binary(b, OP_ADD, n, d, d, out);
  case X_SUB: return binary(b, OP_SUB, n, d, d, out);
  case X_MUL: return binary(b, OP_MUL, n, n->kid[0]->decimals, n->kid[1]->decimals, out);
  case X_DIV: return binary(b, OP_DIV, n, larger(n->kid[0]->decimals, n->kid[1]->decimals), n->kid[1]->decimals, out);
  case X_MIN: return binary(b, OP_MIN, n, d, d, out);
  case X_MAX: return binary(b, OP_MAX, n, d, d, out);
  case X_MOD: return binary(b, OP_MOD, n, d, d, out);
  case X_ROUND: case X_FLOOR: return build_round(b, n, out);
  case X_DAYS: return binary(b, OP_DAYS, n, 0, 0, out);
  case X_MONTHS: return binary(b, OP_MONTHS, n, 0, 0, out);
  case X_AGE: return binary(b, OP_AGE, n, 0, 0, out);
  case X_YEAR: return unary(b, OP(.code = OP_YEAR, .node = n), n->kid[0], out);
  case X_MONTH: return unary(b, OP(.code = OP_MONTH, .node = n), n->kid[0], out);
  case X_DAY: return unary(b, OP(.code = OP_DAY, .node = n), n->kid[0], out);
  case X_ERA: return unary(b, OP(.code = OP_ERA, .node = n), n->kid[0], out);
  case X_ERA_YEAR: return unary(b, OP(.code = OP_ERA_YEAR, .node = n), n->kid[0], out);
  case X_CHOOSE: return build_choose(b, n, out);
  case X_LEN: return build_len(b, n, out);
  case X_COUNT: *out = new_number(b); return build_aggregate(b, n, OP_COUNT, *out);
  case X_SUM: *out = new_number(b); return build_aggregate(b, n, OP_SUM, *out);
  default: return ERR(b->e, E_BUG, .subject = "expr_compile number");
  }
}

/* --- truths --- */
static enum expr_kind mirrored(enum expr_kind k) {
  switch (k) {
  case X_LT: return X_GT;
  case X_LE: return X_GE;
  case X_GT: return X_LT;
  case X_GE: return X_LE;
  default: return k;
  }
}

/* The literal n in the decimals of a number without denominator; false: compare as two numbers. */
static bool plain_constant(const struct expr_node *n, const struct expr_node *other, int64_t *k) {
  return is_constant(n) && !other->rational && n->decimals <= other->decimals && expr_wide_scale(behind(n)->value, 1, n->decimals, other->decimals, k);
}

/* Register a holds n->kid[0] already when a >= 0; it stays in use. */
static enum err_code compare_with(struct builder *b, const struct expr_node *n, enum expr_kind kind, int a, const struct expr_node *other, int *out) {
  const struct expr_node *x = n->kid[0];
  int64_t k;
  int d = larger(x->decimals, other->decimals), p = a, q;
  if (plain_constant(other, x, &k)) {
    if (a < 0) TRY(build_number(b, x, &p));
    *out = new_truth(b);
    TRY(emit(b, OP(.code = OP_COMPARE_CONSTANT, .dst = *out, .a = p, .kind = kind, .k = k, .node = n)));
  } else if (a < 0 && plain_constant(x, other, &k)) {
    TRY(build_number(b, other, &p));
    *out = new_truth(b);
    TRY(emit(b, OP(.code = OP_COMPARE_CONSTANT, .dst = *out, .a = p, .kind = mirrored(kind), .k = k, .node = n)));
  } else {
    if (a < 0 || d > x->decimals) TRY(scaled(b, x, d, &p));
    TRY(scaled(b, other, d, &q));
    *out = new_truth(b);
    TRY(emit(b, OP(.code = OP_COMPARE, .dst = *out, .a = p, .b = q, .kind = kind, .node = n)));
    free_number(b, q);
  }
  if (p != a) free_number(b, p);
  return E_OK;
}

static enum err_code join(struct builder *b, enum expr_opcode code, int p, int q, int *out) {
  *out = new_truth(b);
  TRY(emit(b, OP(.code = code, .dst = *out, .a = p, .b = q)));
  free_truth(b, p);
  free_truth(b, q);
  return E_OK;
}

static enum err_code build_between(struct builder *b, const struct expr_node *n, int *out) {
  int64_t low, high;
  int x, p, q;
  TRY(build_number(b, n->kid[0], &x));
  if (plain_constant(n->kid[1], n->kid[0], &low) && plain_constant(n->kid[2], n->kid[0], &high)) {
    *out = new_truth(b);
    TRY(emit(b, OP(.code = OP_BETWEEN_CONSTANT, .dst = *out, .a = x, .k = low, .k2 = high, .node = n)));
  } else {
    TRY(compare_with(b, n, X_GE, x, n->kid[1], &p));
    TRY(compare_with(b, n, X_LE, x, n->kid[2], &q));
    TRY(join(b, OP_AND, p, q, out));
  }
  free_number(b, x);
  return E_OK;
}

static enum err_code build_in_numbers(struct builder *b, const struct expr_node *n, int *out) {
  int x;
  TRY(scaled(b, n->kid[0], n->number_decimals, &x));
  *out = new_truth(b);
  TRY(emit(b, OP(.code = OP_IN_NUMBERS, .dst = *out, .a = x, .node = n)));
  free_number(b, x);
  return E_OK;
}

static enum err_code by_row(struct builder *b, const struct expr_node *n, int *out) {
  *out = new_truth(b);
  return emit(b, OP(.code = OP_ROW, .dst = *out, .node = n));
}

/* Two whole code items: equal when their ids are, or the ids that a table says are the same text. */
static enum err_code build_same_code(struct builder *b, const struct expr_node *n, int *out) {
  const struct expr_node *p = behind(n->kid[0]), *q = behind(n->kid[1]);
  int cache;
  if ((n->kind != X_EQ && n->kind != X_NE) || p->kind != X_VARIABLE || q->kind != X_VARIABLE || p->outer || q->outer) return by_row(b, n, out);
  TRY(new_cache(b, &cache));
  *out = new_truth(b);
  return emit(b, OP(.code = OP_SAME_CODE, .dst = *out, .slot = p->slot, .slot2 = q->slot, .kind = n->kind, .cache = cache, .node = n));
}

static enum err_code build_comparison(struct builder *b, const struct expr_node *n, int *out) {
  const struct expr_node *x = n->kid[0];
  int p, q;
  if (x->type == EXPR_BOOL) {
    TRY(build_truth(b, x, &p));
    TRY(build_truth(b, n->kid[1], &q));
    return join(b, n->kind == X_EQ ? OP_SAME : OP_DIFFERENT, p, q, out);
  }
  if (expr_is_text(x->type)) return n->kind == X_IN || n->kind == X_BETWEEN ? by_row(b, n, out) : build_same_code(b, n, out);
  for (int i = 0; i < n->n_kids; i++)
    if (!in_blocks(n->kid[i])) return by_row(b, n, out);
  if (n->kind == X_IN) return x->rational ? by_row(b, n, out) : build_in_numbers(b, n, out);
  return n->kind == X_BETWEEN ? build_between(b, n, out) : compare_with(b, n, n->kind, -1, n->kid[1], out);
}

static enum err_code build_status(struct builder *b, const struct expr_node *n, int *out) {
  const struct expr_node *x = behind(n->kid[0]);
  int from;
  if (x->kind == X_VARIABLE && n->kid[0]->kind != X_UNIT) {
    *out = new_truth(b);
    return emit(b, OP(.code = OP_STATUS, .dst = *out, .slot = x->slot, .outer = x->outer, .kind = n->kind));
  }
  if (x->type == EXPR_BOOL) {
    TRY(build_truth(b, n->kid[0], &from));
    TRY(join(b, OP_TRUTH_MISSING, from, -1, out));
    return E_OK;
  }
  if (!in_blocks(n->kid[0])) return by_row(b, n, out);
  TRY(build_number(b, n->kid[0], &from));
  *out = new_truth(b);
  TRY(emit(b, OP(.code = OP_NUMBER_MISSING, .dst = *out, .a = from)));
  free_number(b, from);
  return E_OK;
}

static enum err_code build_logic(struct builder *b, const struct expr_node *n, int *out) {
  static const enum expr_opcode codes[] = {OP_AND, OP_OR, OP_NOT, OP_IF};
  int p, q = -1;
  TRY(build_truth(b, n->kid[0], &p));
  if (n->n_kids == 2) TRY(build_truth(b, n->kid[1], &q));
  return join(b, codes[n->kind - X_AND], p, q, out);
}

static enum err_code build_lookup(struct builder *b, const struct expr_node *n, int *out) {
  int cache;
  TRY(new_cache(b, &cache));
  *out = new_truth(b);
  return emit(b, OP(.code = OP_LOOKUP, .dst = *out, .slot = n->slot, .outer = n->outer, .cache = cache, .node = n));
}

static enum err_code build_truth(struct builder *b, const struct expr_node *n, int *out) {
  if (n->pure && n->slot >= 0) return build_lookup(b, n, out);
  switch (n->kind) {
  case X_TRUTH: *out = new_truth(b); return emit(b, OP(.code = OP_TRUTH, .dst = *out, .k = n->value));
  case X_VARIABLE: *out = new_truth(b); return emit(b, OP(.code = OP_LOAD_TRUTH, .dst = *out, .slot = n->slot, .outer = n->outer));
  case X_PREV: case X_FRAME: return build_truth(b, n->kid[0], out);
  case X_AND: case X_OR: case X_NOT: case X_IF: return build_logic(b, n, out);
  case X_MISSING: case X_BLANK: case X_NA: case X_UNKNOWN: case X_REFUSED: case X_INVALID: return build_status(b, n, out);
  case X_ANY: *out = new_truth(b); return build_aggregate(b, n, OP_ANY, *out);
  case X_ALL: *out = new_truth(b); return build_aggregate(b, n, OP_ALL, *out);
  default: return build_comparison(b, n, out);
  }
}

/* --- texts --- */
static bool text_in_blocks(const struct expr_node *n) {
  if (n->kind == X_TEXT || (n->pure && n->slot >= 0)) return true;
  return n->kind == X_CHOOSE && text_in_blocks(n->kid[1]) && (n->n_kids == 2 || text_in_blocks(n->kid[2]));
}

static enum err_code build_text(struct builder *b, const struct expr_node *n, int *out) {
  int t, p, q = -1, cache;
  if (n->kind == X_TEXT) {
    *out = new_text(b);
    return emit(b, OP(.code = OP_TEXT_CONSTANT, .dst = *out, .node = n));
  }
  if (n->pure) {
    TRY(new_cache(b, &cache));
    *out = new_text(b);
    return emit(b, OP(.code = OP_TEXT_LOOKUP, .dst = *out, .slot = n->slot, .cache = cache, .node = n));
  }
  TRY(build_truth(b, n->kid[0], &t));
  TRY(build_text(b, n->kid[1], &p));
  if (n->n_kids == 3) TRY(build_text(b, n->kid[2], &q));
  *out = new_text(b);
  TRY(emit(b, OP(.code = OP_TEXT_CHOOSE, .dst = *out, .a = p, .b = q, .c = t, .node = n)));
  free_truth(b, t);
  b->text_used[p] = false;
  if (q >= 0) b->text_used[q] = false;
  return E_OK;
}

/* Ops move while a program grows: the tables' list is made when it stands. */
static void list_caches(struct expr *x) {
  for (int i = 0; i < x->n_programs; i++)
    for (int k = 0; k < x->programs[i]->n_ops; k++)
      if (x->programs[i]->ops[k].cache) x->cached[x->programs[i]->ops[k].cache - 1] = &x->programs[i]->ops[k];
}

enum err_code expr_build(struct expr *x, struct err *e) {
  struct builder *b = ARENA_NEW(x->arena, struct builder);
  x->program = ARENA_NEW(x->arena, struct expr_program);
  if (!b || !x->program) return ERR(e, E_NO_MEMORY, .subject = "expression");
  *b = (struct builder){.x = x, .p = x->program, .e = e};
  x->program->number = x->program->truth = x->program->text = -1;
  x->programs[x->n_programs++] = x->program;
  if (x->root->type == EXPR_BOOL) TRY(build_truth(b, x->root, &x->program->truth));
  else if (expr_is_text(x->root->type) && text_in_blocks(x->root)) TRY(build_text(b, x->root, &x->program->text));
  else if (expr_is_text(x->root->type) || !in_blocks(x->root)) x->program->exact = true;
  else TRY(build_number(b, x->root, &x->program->number));
  list_caches(x);
  return E_OK;
}

/* --- the public face --- */
/* UTF-8 without control characters other than tab and line ends. */
static enum err_code check_characters(const struct expr_source *s, struct err *e) {
  size_t bad;
  if (!utf8_valid(s->text.p, s->text.n, &bad)) return EXPR_ERR(e, s, E_EXPR_SYNTAX, (int32_t)bad, .expected = "UTF-8 text", .found = "bytes that are none");
  for (size_t i = 0; i < s->text.n; i++) {
    unsigned char c = (unsigned char)s->text.p[i];
    if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F) return EXPR_ERR(e, s, E_EXPR_SYNTAX, (int32_t)i, .expected = "printable text", .found = "a control character");
  }
  return E_OK;
}

enum err_code expr_compile(struct arena *a, struct str text, const struct expr_scope *scope, const char *file, int64_t line, int64_t column, struct expr **out, struct err *e) {
  struct expr *x = ARENA_NEW(a, struct expr);
  if (!x) return ERR(e, E_NO_MEMORY, .subject = "expression");
  if (text.n > EXPR_MAX_TEXT) return ERR(e, E_EXPR_TOO_LONG, .file = file, .line = line, .column = column);
  *x = (struct expr){.arena = a, .text = arena_strdup(a, text.p ? text.p : "", text.n), .file = file ? arena_strdup(a, file, strlen(file)) : "", .line = line, .column = column};
  if (!x->text || !x->file) return ERR(e, E_NO_MEMORY, .subject = "expression");
  struct expr_source source = {.arena = a, .text = str_view(x->text, text.n), .file = x->file, .line = line, .column = column};
  TRY(check_characters(&source, e));
  struct expr_checker c = {.source = &source, .scope = scope, .x = x, .e = e, .where = EXPR_SLOT_CURRENT};
  TRY(expr_parse(&source, &x->root, e));
  TRY(expr_check(&c, x->root));
  x->unit = expr_units_text(a, &x->root->unit);
  TRY(expr_build(x, e));
  *out = x;
  return E_OK;
}

enum expr_type expr_result_type(const struct expr *x) { return x->root->type; }
int expr_decimals(const struct expr *x) { return x->root->decimals; }
const char *expr_unit(const struct expr *x) { return x->unit; }
int expr_n_slots(const struct expr *x) { return x->n_slots; }
const struct expr_slot *expr_slot(const struct expr *x, int i) { return &x->slots[i]; }
