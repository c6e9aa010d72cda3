/* expr_parse.c -- tokens to a tree; recursive descent, one function per precedence level (grammar: base/expr.md). */
#include <string.h>

#include "base/expr_impl.h"

struct parser {
  const struct expr_source *s;
  struct expr_token token; /* the next one, not yet taken */
  int depth, n_nodes;
  struct err *e;
};

static enum err_code advance(struct parser *p) { return expr_next_token(p->s, p->token.at + p->token.n, &p->token, p->e); }
static bool is_mark(const struct parser *p, const char *mark) { return p->token.kind == T_MARK && strcmp(p->token.mark, mark) == 0; }
static bool is_word(const struct parser *p, const char *word) { return p->token.kind == T_NAME && str_eq(p->token.text, str_of(word)); }

static enum err_code syntax(struct parser *p, const char *expected) {
  struct str found = p->token.text;
  char *shown = p->token.kind == T_END ? NULL : arena_strdup(p->s->arena, found.p, found.n < 40 ? found.n : 40);
  return EXPR_ERR(p->e, p->s, E_EXPR_SYNTAX, p->token.at, .expected = expected, .found = shown ? shown : "the end of the expression");
}

static enum err_code take_mark(struct parser *p, const char *mark, const char *expected) {
  if (!is_mark(p, mark)) return syntax(p, expected);
  return advance(p);
}

static enum err_code node(struct parser *p, enum expr_kind kind, int32_t at, struct expr_node **out) {
  if (++p->n_nodes > EXPR_MAX_NODES) return EXPR_ERR(p->e, p->s, E_EXPR_TOO_DEEP, at, .expected = "at most 1024 parts in one expression");
  *out = ARENA_NEW(p->s->arena, struct expr_node);
  if (!*out) return ERR(p->e, E_NO_MEMORY, .subject = "expression");
  (*out)->kind = kind;
  (*out)->at = at;
  (*out)->slot = -1;
  (*out)->text = (*out)->record = STR("");
  return E_OK;
}

static enum err_code with_kids(struct parser *p, enum expr_kind kind, int32_t at, struct expr_node *a, struct expr_node *b, struct expr_node **out) {
  struct expr_node *n = NULL;
  TRY(node(p, kind, at, &n));
  n->kid[n->n_kids++] = a;
  if (b) n->kid[n->n_kids++] = b;
  *out = n;
  return E_OK;
}

static enum err_code parse_any(struct parser *p, struct expr_node **out);
static enum err_code parse_sum(struct parser *p, struct expr_node **out);

static enum err_code enter(struct parser *p) {
  if (++p->depth <= EXPR_MAX_DEPTH) return E_OK;
  return EXPR_ERR(p->e, p->s, E_EXPR_TOO_DEEP, p->token.at, .expected = "at most 64 levels of brackets");
}

static enum err_code literal(struct parser *p, struct expr_node **out) {
  TRY(node(p, p->token.kind == T_NUMBER ? X_NUMBER : X_TEXT, p->token.at, out));
  (*out)->text = p->token.text;
  return advance(p);
}

/* date('2022-04-01') with the word date already taken at `at`. */
static enum err_code date_literal(struct parser *p, int32_t at, struct expr_node **out) {
  TRY(take_mark(p, "(", "( after date"));
  if (p->token.kind != T_TEXT) return syntax(p, "a quoted date such as '2022-04-01'");
  TRY(node(p, X_DATE, at, out));
  (*out)->text = p->token.text;
  TRY(advance(p));
  return take_mark(p, ")", ")");
}

static enum err_code signed_number(struct parser *p, struct expr_node **out) {
  int32_t at = p->token.at;
  TRY(advance(p));
  if (p->token.kind != T_NUMBER) return syntax(p, "a number after the minus sign");
  TRY(literal(p, out));
  char *text = arena_printf(p->s->arena, "-%.*s", (int)(*out)->text.n, (*out)->text.p);
  if (!text) return ERR(p->e, E_NO_MEMORY, .subject = "expression");
  (*out)->text = str_of(text);
  (*out)->at = at;
  return E_OK;
}

/* --- in {...}, in list(name) --- */
static enum err_code member(struct parser *p, struct expr_node **out) {
  if (p->token.kind == T_NUMBER || p->token.kind == T_TEXT) return literal(p, out);
  if (is_mark(p, "-")) return signed_number(p, out);
  if (!is_word(p, "date")) return syntax(p, "a number, a quoted text or date('...')");
  int32_t at = p->token.at;
  TRY(advance(p));
  return date_literal(p, at, out);
}

static enum err_code members(struct parser *p, struct expr_node *in) {
  int capacity = 0;
  TRY(advance(p));
  for (;;) {
    if (in->n_members == capacity) {
      struct expr_node **grown = ARENA_ARRAY(p->s->arena, struct expr_node *, capacity ? capacity * 2 : 8);
      if (!grown) return ERR(p->e, E_NO_MEMORY, .subject = "expression");
      if (capacity) memcpy(grown, in->member, (size_t)in->n_members * sizeof *grown);
      in->member = grown;
      capacity = capacity ? capacity * 2 : 8;
    }
    TRY(member(p, &in->member[in->n_members]));
    in->n_members++;
    if (is_mark(p, "}")) return advance(p);
    TRY(take_mark(p, ",", ", or } in the list"));
  }
}

static enum err_code parse_in(struct parser *p, struct expr_node *left, int32_t at, struct expr_node **out) {
  TRY(with_kids(p, X_IN, at, left, NULL, out));
  if (is_mark(p, "{")) return members(p, *out);
  if (!is_word(p, "list")) return syntax(p, "{...} or list(name)");
  TRY(advance(p));
  TRY(take_mark(p, "(", "( after list"));
  if (p->token.kind != T_NAME) return syntax(p, "the name of a code list");
  (*out)->text = p->token.text;
  (*out)->value = p->token.at;
  TRY(advance(p));
  return take_mark(p, ")", ")");
}

static enum err_code parse_between(struct parser *p, struct expr_node *left, int32_t at, struct expr_node **out) {
  struct expr_node *low = NULL, *high = NULL;
  TRY(parse_sum(p, &low));
  if (!is_word(p, "and")) return syntax(p, "and with the upper limit of between");
  TRY(advance(p));
  TRY(parse_sum(p, &high));
  TRY(with_kids(p, X_BETWEEN, at, left, low, out));
  (*out)->kid[(*out)->n_kids++] = high;
  return E_OK;
}

/* --- functions --- */
static const struct function {
  const char *name;
  enum expr_kind kind;
  int min_arguments, max_arguments;
} functions[] = {
    {"missing", X_MISSING, 1, 1}, {"blank", X_BLANK, 1, 1},   {"na", X_NA, 1, 1},       {"unknown", X_UNKNOWN, 1, 1}, {"refused", X_REFUSED, 1, 1},
    {"invalid", X_INVALID, 1, 1}, {"abs", X_ABS, 1, 1},       {"min", X_MIN, 2, 16},    {"max", X_MAX, 2, 16},        {"round", X_ROUND, 1, 2},
    {"floor", X_FLOOR, 1, 1},     {"mod", X_MOD, 2, 2},       {"days", X_DAYS, 2, 2},   {"months", X_MONTHS, 2, 2},   {"age", X_AGE, 2, 2},
    {"year", X_YEAR, 1, 1},       {"month", X_MONTH, 1, 1},   {"day", X_DAY, 1, 1},     {"len", X_LEN, 1, 1},         {"prefix", X_PREFIX, 2, 2},
    {"substr", X_SUBSTR, 3, 3},   {"era", X_ERA, 1, 1},       {"era_year", X_ERA_YEAR, 1, 1}, {"choose", X_CHOOSE, 2, 64},
    {"unit", X_UNIT, 2, 2},       {"prev", X_PREV, 1, 1},     {"frame", X_FRAME, 1, 1}, {"count", X_COUNT, 0, 0},     {"any", X_ANY, 0, 0},
    {"all", X_ALL, 0, 0},         {"sum", X_SUM, 0, 0},
};

static const struct function *find_function(struct str name) {
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
    if (str_eq(name, str_of(functions[i].name))) return &functions[i];
  return NULL;
}

/* count(rec [where c]), any(rec where c), all(rec where c), sum(rec.x [where c]); "(" is taken. */
static enum err_code aggregate(struct parser *p, struct expr_node *n) {
  if (p->token.kind != T_NAME) return syntax(p, "the name of a child record");
  n->record = p->token.text;
  int32_t at = p->token.at;
  TRY(advance(p));
  if (n->kind == X_SUM) {
    TRY(take_mark(p, ".", ". and the item to sum"));
    if (p->token.kind != T_NAME) return syntax(p, "the item to sum");
    TRY(node(p, X_VARIABLE, at, &n->kid[0]));
    n->n_kids = 1;
    n->kid[0]->record = n->record;
    n->kid[0]->text = p->token.text;
    TRY(advance(p));
  }
  if (is_word(p, "where")) {
    TRY(advance(p));
    TRY(parse_any(p, &n->kid[n->n_kids]));
    n->n_kids++;
  } else if (n->kind == X_ANY || n->kind == X_ALL) {
    return syntax(p, "where and a condition");
  }
  return take_mark(p, ")", ")");
}

/* min(a,b,c) becomes min(min(a,b),c). */
static enum err_code arguments(struct parser *p, const struct function *f, struct expr_node *n) {
  for (int i = 0;; i++) {
    struct expr_node *argument = NULL;
    TRY(parse_any(p, &argument));
    if (i >= f->max_arguments) return EXPR_ERR(p->e, p->s, E_EXPR_SYNTAX, argument->at, .expected = "fewer arguments", .found = f->name);
    if (i >= 2 && n->kind != X_SUBSTR) {
      struct expr_node *inner = NULL;
      TRY(with_kids(p, n->kind, n->at, n->kid[0], n->kid[1], &inner));
      n->kid[0] = inner;
      n->kid[1] = argument;
    } else {
      n->kid[n->n_kids++] = argument;
    }
    if (is_mark(p, ")")) {
      if (i + 1 < f->min_arguments) return syntax(p, "a further argument");
      return advance(p);
    }
    TRY(take_mark(p, ",", ", or )"));
  }
}

/* choose(A,x,B,y,z) becomes choose(A,x,choose(B,y,z)). */
static enum err_code choices(struct parser *p, const struct function *f, struct expr_node *n) {
  for (int i = 0;; i++) {
    struct expr_node *argument = NULL;
    TRY(parse_any(p, &argument));
    if (i >= f->max_arguments) return EXPR_ERR(p->e, p->s, E_EXPR_SYNTAX, argument->at, .expected = "fewer arguments", .found = f->name);
    if (n->n_kids == 3) { /* the last value was a condition: a further value follows it */
      struct expr_node *inner = NULL;
      TRY(with_kids(p, X_CHOOSE, n->kid[2]->at, n->kid[2], argument, &inner));
      n->kid[2] = inner;
      n = inner;
    } else {
      n->kid[n->n_kids++] = argument;
    }
    if (is_mark(p, ")")) return i + 1 < f->min_arguments ? syntax(p, "a further argument") : advance(p);
    TRY(take_mark(p, ",", ", or )"));
  }
}

static enum err_code call(struct parser *p, struct str name, int32_t at, struct expr_node **out) {
  if (str_eq(name, STR("date"))) return date_literal(p, at, out);
  const struct function *f = find_function(name);
  if (!f) return EXPR_ERR(p->e, p->s, E_EXPR_NAME, at, .subject = arena_strdup(p->s->arena, name.p, name.n), .expected = "a function of the language");
  TRY(advance(p));
  TRY(node(p, f->kind, at, out));
  (*out)->text = name;
  if (f->kind == X_CHOOSE) return choices(p, f, *out);
  return f->max_arguments == 0 ? aggregate(p, *out) : arguments(p, f, *out);
}

static bool reserved(struct str s) {
  static const char *const words[] = {"if", "then", "and", "or", "not", "in", "between", "where"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (str_eq(s, str_of(words[i]))) return true;
  return false;
}

static enum err_code parse_name(struct parser *p, struct expr_node **out) {
  struct str name = p->token.text;
  int32_t at = p->token.at;
  if (reserved(name)) return syntax(p, "a value");
  TRY(advance(p));
  if (is_mark(p, "(")) return call(p, name, at, out);
  bool truth = str_eq(name, STR("true"));
  if (truth || str_eq(name, STR("false"))) {
    TRY(node(p, X_TRUTH, at, out));
    (*out)->value = truth;
    return E_OK;
  }
  TRY(node(p, X_VARIABLE, at, out));
  (*out)->text = name;
  if (!is_mark(p, ".")) return E_OK;
  TRY(advance(p));
  if (p->token.kind != T_NAME) return syntax(p, "an item of the record");
  (*out)->record = name;
  (*out)->text = p->token.text;
  return advance(p);
}

static enum err_code parse_primary(struct parser *p, struct expr_node **out) {
  if (p->token.kind == T_NUMBER || p->token.kind == T_TEXT) return literal(p, out);
  if (p->token.kind == T_NAME) return parse_name(p, out);
  if (!is_mark(p, "(")) return syntax(p, "a value");
  TRY(advance(p));
  TRY(parse_any(p, out));
  return take_mark(p, ")", ")");
}

static enum err_code parse_unary(struct parser *p, struct expr_node **out) {
  if (!is_mark(p, "-")) return parse_primary(p, out);
  int32_t at = p->token.at;
  struct expr_token ahead;
  TRY(expr_next_token(p->s, at + p->token.n, &ahead, p->e));
  if (ahead.kind == T_NUMBER) return signed_number(p, out);
  TRY(enter(p));
  TRY(advance(p));
  struct expr_node *kid = NULL;
  TRY(parse_unary(p, &kid));
  p->depth--;
  return with_kids(p, X_NEG, at, kid, NULL, out);
}

static enum err_code parse_product(struct parser *p, struct expr_node **out) {
  TRY(parse_unary(p, out));
  while (is_mark(p, "*") || is_mark(p, "/")) {
    enum expr_kind kind = is_mark(p, "*") ? X_MUL : X_DIV;
    int32_t at = p->token.at;
    struct expr_node *right = NULL;
    TRY(advance(p));
    TRY(parse_unary(p, &right));
    TRY(with_kids(p, kind, at, *out, right, out));
  }
  return E_OK;
}

static enum err_code parse_sum(struct parser *p, struct expr_node **out) {
  TRY(parse_product(p, out));
  while (is_mark(p, "+") || is_mark(p, "-")) {
    enum expr_kind kind = is_mark(p, "+") ? X_ADD : X_SUB;
    int32_t at = p->token.at;
    struct expr_node *right = NULL;
    TRY(advance(p));
    TRY(parse_product(p, &right));
    TRY(with_kids(p, kind, at, *out, right, out));
  }
  return E_OK;
}

static bool comparison(const struct parser *p, enum expr_kind *kind) {
  static const struct {
    const char *mark;
    enum expr_kind kind;
  } marks[] = {{"=", X_EQ}, {"!=", X_NE}, {"<", X_LT}, {"<=", X_LE}, {">", X_GT}, {">=", X_GE}};
  for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
    if (!is_mark(p, marks[i].mark)) continue;
    *kind = marks[i].kind;
    return true;
  }
  return false;
}

/* x in ..., x between ..., and both with `not` before them. */
static enum err_code parse_membership(struct parser *p, struct expr_node **out) {
  int32_t at = p->token.at;
  bool negated = is_word(p, "not");
  if (negated) TRY(advance(p));
  if (is_word(p, "in")) {
    TRY(advance(p));
    TRY(parse_in(p, *out, at, out));
  } else if (is_word(p, "between")) {
    TRY(advance(p));
    TRY(parse_between(p, *out, at, out));
  } else {
    return syntax(p, "in or between");
  }
  return negated ? with_kids(p, X_NOT, at, *out, NULL, out) : E_OK;
}

static enum err_code parse_comparison(struct parser *p, struct expr_node **out) {
  enum expr_kind kind;
  TRY(parse_sum(p, out));
  if (is_word(p, "in") || is_word(p, "between") || is_word(p, "not")) return parse_membership(p, out);
  if (!comparison(p, &kind)) return E_OK;
  int32_t at = p->token.at;
  struct expr_node *right = NULL;
  TRY(advance(p));
  TRY(parse_sum(p, &right));
  TRY(with_kids(p, kind, at, *out, right, out));
  if (comparison(p, &kind)) return syntax(p, "one comparison; join several with and");
  return E_OK;
}

static enum err_code parse_not(struct parser *p, struct expr_node **out) {
  if (!is_word(p, "not")) return parse_comparison(p, out);
  int32_t at = p->token.at;
  struct expr_node *kid = NULL;
  TRY(enter(p));
  TRY(advance(p));
  TRY(parse_not(p, &kid));
  p->depth--;
  return with_kids(p, X_NOT, at, kid, NULL, out);
}

static enum err_code parse_and(struct parser *p, struct expr_node **out) {
  TRY(parse_not(p, out));
  while (is_word(p, "and")) {
    int32_t at = p->token.at;
    struct expr_node *right = NULL;
    TRY(advance(p));
    TRY(parse_not(p, &right));
    TRY(with_kids(p, X_AND, at, *out, right, out));
  }
  return E_OK;
}

static enum err_code parse_or(struct parser *p, struct expr_node **out) {
  TRY(parse_and(p, out));
  while (is_word(p, "or")) {
    int32_t at = p->token.at;
    struct expr_node *right = NULL;
    TRY(advance(p));
    TRY(parse_and(p, &right));
    TRY(with_kids(p, X_OR, at, *out, right, out));
  }
  return E_OK;
}

static enum err_code parse_any(struct parser *p, struct expr_node **out) {
  TRY(enter(p));
  if (!is_word(p, "if")) {
    TRY(parse_or(p, out));
  } else {
    int32_t at = p->token.at;
    struct expr_node *condition = NULL, *consequence = NULL;
    TRY(advance(p));
    TRY(parse_any(p, &condition));
    if (!is_word(p, "then")) return syntax(p, "then");
    TRY(advance(p));
    TRY(parse_any(p, &consequence));
    TRY(with_kids(p, X_IF, at, condition, consequence, out));
  }
  p->depth--;
  return E_OK;
}

enum err_code expr_parse(const struct expr_source *s, struct expr_node **root, struct err *e) {
  struct parser p = {.s = s, .e = e};
  TRY(expr_next_token(s, 0, &p.token, e));
  if (p.token.kind == T_END) return EXPR_ERR(e, s, E_EXPR_SYNTAX, 0, .expected = "an expression", .found = "nothing");
  TRY(parse_any(&p, root));
  if (p.token.kind != T_END) return syntax(&p, "an operator or the end of the expression");
  return E_OK;
}
