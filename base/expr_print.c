/* expr_print.c -- the tree as canonical text: every operator in brackets, one spelling per thing, texts in single quotes. Reading it again gives the same text. */
#include "base/expr_impl.h"

static void print(struct strbuf *b, const struct expr_node *n);

static void print_text(struct strbuf *b, struct str s) {
  strbuf_addc(b, '\'');
  for (size_t i = 0; i < s.n; i++) {
    if (s.p[i] == '\'') strbuf_addc(b, '\'');
    strbuf_addc(b, s.p[i]);
  }
  strbuf_addc(b, '\'');
}

static void print_number(struct strbuf *b, const struct expr_node *n) { strbuf_add_decimal(b, n->value, n->decimals); }

static const char *mark(enum expr_kind kind) {
  static const char *const marks[] = {[X_ADD] = "+", [X_SUB] = "-", [X_MUL] = "*", [X_DIV] = "/", [X_EQ] = "=", [X_NE] = "!=", [X_LT] = "<", [X_LE] = "<=", [X_GT] = ">", [X_GE] = ">=", [X_AND] = "and", [X_OR] = "or"};
  return (size_t)kind < sizeof marks / sizeof *marks ? marks[kind] : NULL;
}

static void print_infix(struct strbuf *b, const struct expr_node *n) {
  strbuf_addc(b, '(');
  print(b, n->kid[0]);
  strbuf_addf(b, " %s ", mark(n->kind));
  print(b, n->kid[1]);
  strbuf_addc(b, ')');
}

static void print_name(struct strbuf *b, const struct expr_node *n) {
  if (n->record.n) strbuf_add(b, n->record.p, n->record.n), strbuf_addc(b, '.');
  strbuf_add(b, n->text.p, n->text.n);
}

static void print_in(struct strbuf *b, const struct expr_node *n) {
  strbuf_addc(b, '(');
  print(b, n->kid[0]);
  strbuf_adds(b, n->member ? " in {" : " in list(");
  if (!n->member) strbuf_add(b, n->text.p, n->text.n);
  for (int i = 0; i < n->n_members; i++) {
    if (i) strbuf_addc(b, ',');
    print(b, n->member[i]); // NOLINT(clang-analyzer-core.NullDereference): n_members of them
  }
  strbuf_adds(b, n->member ? "})" : "))");
}

static void print_words(struct strbuf *b, const char *before, const struct expr_node *p, const char *between, const struct expr_node *q, const char *then, const struct expr_node *t) {
  strbuf_addc(b, '(');
  strbuf_adds(b, before);
  print(b, p);
  if (q) strbuf_adds(b, between), print(b, q);
  if (t) strbuf_adds(b, then), print(b, t);
  strbuf_addc(b, ')');
}

/* The brackets keep -(5) apart from the literal -5. */
static void print_negation(struct strbuf *b, const struct expr_node *n) {
  strbuf_adds(b, "(-(");
  print(b, n->kid[0]);
  strbuf_adds(b, "))");
}

static void print_aggregate(struct strbuf *b, const struct expr_node *n) {
  bool sum = n->kind == X_SUM;
  strbuf_add(b, n->text.p, n->text.n);
  strbuf_addc(b, '(');
  if (sum) print(b, n->kid[0]);
  else strbuf_add(b, n->record.p, n->record.n);
  if (n->n_kids > sum) strbuf_adds(b, " where "), print(b, n->kid[n->n_kids - 1]);
  strbuf_addc(b, ')');
}

static const char *function_name(enum expr_kind kind) { return kind == X_MIN ? "min" : kind == X_MAX ? "max" : kind == X_CHOOSE ? "choose" : NULL; }

static void print_call(struct strbuf *b, const struct expr_node *n) {
  if (function_name(n->kind)) strbuf_adds(b, function_name(n->kind)); /* the inner ones of min(a,b,c) and choose(A,x,B,y) have no text */
  else strbuf_add(b, n->text.p, n->text.n);
  strbuf_addc(b, '(');
  for (int i = 0; i < n->n_kids; i++) {
    if (i) strbuf_addc(b, ',');
    print(b, n->kid[i]);
  }
  strbuf_addc(b, ')');
}

static void print(struct strbuf *b, const struct expr_node *n) {
  switch (n->kind) {
  case X_NUMBER: print_number(b, n); break;
  case X_TEXT: print_text(b, n->text); break;
  case X_DATE: strbuf_adds(b, "date("); print_text(b, n->text); strbuf_addc(b, ')'); break;
  case X_TRUTH: strbuf_adds(b, n->value ? "true" : "false"); break;
  case X_VARIABLE: print_name(b, n); break;
  case X_NEG: print_negation(b, n); break;
  case X_NOT: print_words(b, "not ", n->kid[0], NULL, NULL, NULL, NULL); break;
  case X_IF: print_words(b, "if ", n->kid[0], " then ", n->kid[1], NULL, NULL); break;
  case X_BETWEEN: print_words(b, "", n->kid[0], " between ", n->kid[1], " and ", n->kid[2]); break;
  case X_IN: print_in(b, n); break;
  case X_COUNT: case X_SUM: case X_ANY: case X_ALL: print_aggregate(b, n); break;
  default:
    if (mark(n->kind)) print_infix(b, n);
    else print_call(b, n);
  }
}

enum err_code expr_print(const struct expr *x, struct strbuf *to, struct err *e) {
  print(to, x->root);
  return to->failed ? ERR(e, E_NO_MEMORY, .subject = "expression") : E_OK;
}
