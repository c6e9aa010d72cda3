#include "estimators/estimate/smooth.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum smooth_operation {
  SMOOTH_NUMBER,
  SMOOTH_NAME,
  SMOOTH_ADD,
  SMOOTH_SUBTRACT,
  SMOOTH_MULTIPLY,
  SMOOTH_DIVIDE,
  SMOOTH_POWER,
  SMOOTH_NEGATE,
  SMOOTH_LOG,
  SMOOTH_EXP,
  SMOOTH_SQRT,
  SMOOTH_ABS
};
struct smooth_node { /* operands stand before their operation: evaluated in one sweep */
  enum smooth_operation what;
  int a, b;
  double number;
};
enum { SMOOTH_DEPTH = 64 };

struct reader {
  struct arena *arena;
  const char *text, *at;
  struct smooth *s;
  int depth;
};

static enum err_code wrong(const struct reader *r, const char *expected, struct err *e) {
  return ERR(e, E_SMOOTH, .subject = r->text, .column = (int64_t)(r->at - r->text) + 1, .expected = expected);
}
static enum err_code put(struct reader *r, enum smooth_operation what, int a, int b, double number, int *out, struct err *e) {
  if (r->s->n_nodes == SMOOTH_NODES) return wrong(r, "a shorter expression", e);
  r->s->node[*out = r->s->n_nodes++] = (struct smooth_node){what, a, b, number};
  return E_OK;
}
static void skip(struct reader *r) {
  while (*r->at == ' ' || *r->at == '\t' || *r->at == '\n') r->at++;
}
static bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' || (unsigned char)c >= 0x80; }
static bool digit(char c) { return c >= '0' && c <= '9'; }

static enum err_code name_node(struct reader *r, const char *from, size_t n, int *out, struct err *e) {
  int k = 0;
  while (k < r->s->n_names && (strlen(r->s->name[k]) != n || memcmp(r->s->name[k], from, n) != 0)) k++;
  if (k == SMOOTH_MOST || n == 0) return wrong(r, "a name, not too many of them", e);
  if (k == r->s->n_names) {
    r->s->name[k] = arena_strdup(r->arena, from, n);
    if (!r->s->name[k]) return ERR(e, E_NO_MEMORY, .subject = "expression");
    r->s->n_names++;
  }
  return put(r, SMOOTH_NAME, k, 0, 0, out, e);
}

static enum err_code sum_node(struct reader *r, int *out, struct err *e);
static enum err_code inner(struct reader *r, int *out, struct err *e) {
  if (r->depth++ == SMOOTH_DEPTH) return wrong(r, "fewer brackets", e);
  r->at++;
  TRY(sum_node(r, out, e));
  skip(r);
  if (*r->at != ')') return wrong(r, ")", e);
  r->at++, r->depth--;
  return E_OK;
}
static enum err_code word(struct reader *r, int *out, struct err *e) {
  static const struct {
    const char *name;
    enum smooth_operation what;
  } functions[] = {{"log", SMOOTH_LOG}, {"exp", SMOOTH_EXP}, {"sqrt", SMOOTH_SQRT}, {"abs", SMOOTH_ABS}};
  const char *from = r->at;
  int inside;
  while (letter(*r->at) || digit(*r->at)) r->at++;
  const size_t n = (size_t)(r->at - from);
  skip(r);
  if (*r->at != '(') return name_node(r, from, n, out, e);
  for (size_t k = 0; k < sizeof functions / sizeof *functions; k++) {
    if (strlen(functions[k].name) != n || memcmp(functions[k].name, from, n) != 0) continue;
    TRY(inner(r, &inside, e));
    return put(r, functions[k].what, inside, 0, 0, out, e);
  }
  r->at = from;
  return wrong(r, "log, exp, sqrt or abs", e);
}
static enum err_code atom(struct reader *r, int *out, struct err *e) {
  skip(r);
  if (*r->at == '(') return inner(r, out, e);
  if (letter(*r->at) && *r->at != '.') return word(r, out, e);
  if (*r->at == '`') {
    const char *end = strchr(r->at + 1, '`');
    if (!end) return wrong(r, "`", e);
    TRY(name_node(r, r->at + 1, (size_t)(end - r->at - 1), out, e));
    r->at = end + 1;
    return E_OK;
  }
  if (digit(*r->at) || *r->at == '.') {
    char *end;
    const double v = strtod(r->at, &end);
    if (end == r->at || !isfinite(v)) return wrong(r, "a number", e);
    r->at = end;
    return put(r, SMOOTH_NUMBER, 0, 0, v, out, e);
  }
  return wrong(r, "a name, a number or (", e);
}
static enum err_code unary(struct reader *r, int *out, struct err *e) {
  int a, b;
  skip(r);
  if (*r->at == '-') {
    if (r->depth++ == SMOOTH_DEPTH) return wrong(r, "fewer signs", e);
    r->at++;
    TRY(unary(r, &a, e));
    r->depth--;
    return put(r, SMOOTH_NEGATE, a, 0, 0, out, e);
  }
  TRY(atom(r, out, e));
  skip(r);
  if (*r->at != '^') return E_OK;
  if (r->depth++ == SMOOTH_DEPTH) return wrong(r, "fewer powers", e);
  r->at++;
  a = *out;
  TRY(unary(r, &b, e));
  r->depth--;
  return put(r, SMOOTH_POWER, a, b, 0, out, e);
}
static enum err_code product(struct reader *r, int *out, struct err *e) {
  int b;
  TRY(unary(r, out, e));
  for (skip(r); *r->at == '*' || *r->at == '/'; skip(r)) {
    const enum smooth_operation what = *r->at++ == '*' ? SMOOTH_MULTIPLY : SMOOTH_DIVIDE;
    const int a = *out;
    TRY(unary(r, &b, e));
    TRY(put(r, what, a, b, 0, out, e));
  }
  return E_OK;
}
static enum err_code sum_node(struct reader *r, int *out, struct err *e) {
  int b;
  TRY(product(r, out, e));
  for (skip(r); *r->at == '+' || *r->at == '-'; skip(r)) {
    const enum smooth_operation what = *r->at++ == '+' ? SMOOTH_ADD : SMOOTH_SUBTRACT;
    const int a = *out;
    TRY(product(r, &b, e));
    TRY(put(r, what, a, b, 0, out, e));
  }
  return E_OK;
}

enum err_code smooth_parse(struct arena *a, const char *text, struct smooth *out, struct err *e) {
  struct reader r = {.arena = a, .text = text, .at = text, .s = out};
  int root;
  *out = (struct smooth){.node = ARENA_ARRAY(a, struct smooth_node, SMOOTH_NODES)};
  if (!out->node) return ERR(e, E_NO_MEMORY, .subject = "expression");
  TRY(sum_node(&r, &root, e));
  skip(&r);
  return *r.at ? wrong(&r, "an operator or the end", e) : E_OK;
}

/* Value and the derivatives by the two operands. */
static bool operate(const struct smooth_node *n, double a, double b, double *v, double *da, double *db) {
  *da = *db = 0;
  switch (n->what) {
    case SMOOTH_NUMBER:
    case SMOOTH_NAME: return false;
    case SMOOTH_ADD: *v = a + b, *da = *db = 1; return true;
    case SMOOTH_SUBTRACT: *v = a - b, *da = 1, *db = -1; return true;
    case SMOOTH_MULTIPLY: *v = a * b, *da = b, *db = a; return true;
    case SMOOTH_DIVIDE: *v = a / b, *da = 1 / b, *db = -a / (b * b); return b != 0;
    case SMOOTH_POWER:
      *v = pow(a, b), *da = b == 0 ? 0 : b * pow(a, b - 1), *db = a > 0 ? *v * log(a) : 0;
      return isfinite(*v) && isfinite(*da);
    case SMOOTH_NEGATE: *v = -a, *da = -1; return true;
    case SMOOTH_LOG: *v = log(a), *da = 1 / a; return a > 0;
    case SMOOTH_EXP: *v = *da = exp(a); return isfinite(*v);
    case SMOOTH_SQRT: *v = sqrt(a), *da = 0.5 / *v; return a > 0;
    case SMOOTH_ABS: *v = fabs(a), *da = a < 0 ? -1 : 1; return a != 0;
  }
  return false;
}
/* A variable exponent of a base not above 0 has no derivative: refused by its use below. */
static bool varies(const double *tangent, int n) {
  for (int j = 0; j < n; j++)
    if (tangent[j] != 0) return true;
  return false;
}
bool smooth_value(const struct smooth *s, const double *x, double *value, double *gradient) {
  double v[SMOOTH_NODES] = {0}, t[SMOOTH_NODES][SMOOTH_MOST];
  const int n = s->n_names;
  for (int k = 0; k < s->n_nodes; k++) {
    const struct smooth_node *node = &s->node[k];
    double da, db;
    memset(t[k], 0, sizeof t[k]);
    if (node->what == SMOOTH_NUMBER) v[k] = node->number;
    else if (node->what == SMOOTH_NAME) v[k] = x[node->a], t[k][node->a] = 1;
    else {
      const bool binary = node->what >= SMOOTH_ADD && node->what <= SMOOTH_POWER;
      const int b = binary ? node->b : node->a;
      if (!operate(node, v[node->a], v[b], &v[k], &da, &db) || !isfinite(v[k])) return false;
      if (node->what == SMOOTH_POWER && !(v[node->a] > 0) && varies(t[b], n)) return false;
      for (int j = 0; j < n; j++) t[k][j] = da * t[node->a][j] + (binary ? db * t[b][j] : 0);
    }
  }
  *value = v[s->n_nodes - 1];
  for (int j = 0; j < n; j++) gradient[j] = t[s->n_nodes - 1][j];
  return isfinite(*value);
}
