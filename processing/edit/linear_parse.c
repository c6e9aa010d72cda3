/* The text form of linear edits, read once from left to right; see linear_edit.h for what it may say. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "processing/edit/linear_edit.h"

enum relation { REL_LE, REL_GE, REL_EQ };
struct reader {
  struct arena *a;
  const char *p, *end, *rule_start;
  struct linear_system *s;
  double *row; /* [LINEAR_MAX_VARIABLES] coefficients of the rule being read */
  double constant;
  struct err *e;
};

static enum err_code fail(const struct reader *r, const char *expected) {
  char number[16];
  snprintf(number, sizeof number, "%d", r->s->m + 1);
  return ERR(
      r->e, E_LINEAR_SYNTAX, .file = "edits", .line = r->s->m + 1, .column = r->p - r->rule_start + 1, .subject = number, .expected = expected);
}
static void skip_space(struct reader *r) {
  while (r->p < r->end && strchr(" \t\r\n", *r->p) && *r->p) r->p++;
}
static bool take(struct reader *r, const char *word) {
  size_t n = strlen(word);
  skip_space(r);
  if ((size_t)(r->end - r->p) < n) return false;
  for (size_t i = 0; i < n; i++)
    if ((r->p[i] | (r->p[i] >= 'A' && r->p[i] <= 'Z' ? 0x20 : 0)) != word[i]) return false;
  r->p += n;
  return true;
}
static bool name_start(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || (unsigned char)c >= 0x80; }
static bool digit(char c) { return c >= '0' && c <= '9'; }

static enum err_code variable(struct reader *r, int *out) {
  const char *start = r->p;
  while (r->p < r->end && (name_start(*r->p) || digit(*r->p))) r->p++;
  struct str name = str_view(start, (size_t)(r->p - start));
  *out = linear_find(r->s, name);
  if (*out >= 0) return E_OK;
  if (r->s->p == LINEAR_MAX_VARIABLES) return fail(r, "at most 1,024 variables");
  if (!utf8_valid(name.p, name.n, NULL)) return fail(r, "a name in UTF-8");
  *out = r->s->p++;
  r->s->names[*out] = arena_strdup(r->a, name.p, name.n);
  return r->s->names[*out] ? E_OK : ERR(r->e, E_NO_MEMORY, .subject = "edits");
}
static bool number(struct reader *r, double *out) {
  char buffer[64];
  size_t n = 0;
  skip_space(r);
  const char *q = r->p;
  while (q < r->end && n < sizeof buffer - 1
      && (digit(*q) || *q == '.' || ((*q == 'e' || *q == 'E') && n && q + 1 < r->end && (digit(q[1]) || q[1] == '-' || q[1] == '+'))
          || ((*q == '-' || *q == '+') && n && (buffer[n - 1] == 'e' || buffer[n - 1] == 'E'))))
    buffer[n++] = *q++;
  buffer[n] = 0;
  char *stop = buffer;
  double v = n && (digit(buffer[0]) || buffer[0] == '.') ? strtod(buffer, &stop) : NAN;
  if (!isfinite(v) || *stop) return false;
  r->p = q;
  *out = v;
  return true;
}
/* [number [*]] name [* number] | number */
static enum err_code term(struct reader *r, double sign) {
  double before = 1, after = 1;
  int j;
  const bool has_number = number(r, &before);
  if (has_number) (void)take(r, "*");
  skip_space(r);
  if (r->p < r->end && name_start(*r->p)) {
    TRY(variable(r, &j));
    if (take(r, "*") && !number(r, &after)) return fail(r, "a number after *");
    r->row[j] += sign * before * after;
    return E_OK;
  }
  if (!has_number) return fail(r, "a variable or a number");
  r->constant += sign * before;
  return E_OK;
}
static enum err_code side(struct reader *r, double sign) {
  double s = sign;
  if (take(r, "-")) s = -sign;
  else (void)take(r, "+");
  for (;;) {
    TRY(term(r, s));
    if (take(r, "+")) s = sign;
    else if (take(r, "-")) s = -sign;
    else return E_OK;
  }
}
static enum err_code relation(struct reader *r, bool must_fail, enum relation *out) {
  if (take(r, "<=") || take(r, "<")) *out = must_fail ? REL_GE : REL_LE;
  else if (take(r, ">=") || take(r, ">")) *out = must_fail ? REL_LE : REL_GE;
  else if (take(r, "!=")) {
    if (!must_fail) return fail(r, "<=, >= or =");
    *out = REL_EQ;
  } else if (take(r, "=")) {
    if (must_fail) return fail(r, "<=, >= or != after fail:");
    *out = REL_EQ;
  } else return fail(r, "<=, >= or =");
  return E_OK;
}
static enum err_code store_row(struct reader *r, enum relation rel) {
  struct linear_system *s = r->s;
  int n = 0;
  for (int j = 0; j < s->p; j++) n += r->row[j] != 0;
  int *var = ARENA_ARRAY(r->a, int, n);
  double *coef = ARENA_ARRAY(r->a, double, n);
  char *id = arena_printf(r->a, "%d", s->m + 1);
  if (!var || !coef || !id) return ERR(r->e, E_NO_MEMORY, .subject = "edits");
  const double sign = rel == REL_GE ? -1 : 1;
  n = 0;
  if (!isfinite(r->constant)) return fail(r, "finite constants");
  for (int j = 0; j < s->p; j++) {
    if (!isfinite(r->row[j])) return fail(r, "finite coefficients");
    if (r->row[j] != 0) {
      var[n] = j;
      coef[n++] = sign * r->row[j];
    }
  }
  s->edits[s->m++] = (struct linear_edit){
      .op = rel == REL_EQ ? LINEAR_EQ : LINEAR_LE, .n = n, .var = var, .coef = coef, .rhs = r->constant == 0 ? 0 : -sign * r->constant, .id = id};
  return E_OK;
}
static enum err_code rule(struct reader *r) {
  enum relation rel = REL_LE;
  bool must_fail = false;
  memset(r->row, 0, LINEAR_MAX_VARIABLES * sizeof *r->row);
  r->constant = 0;
  if (take(r, "fail")) {
    if (take(r, ":")) must_fail = true;
    else r->p -= 4;
  } else if (take(r, "pass")) {
    if (!take(r, ":")) r->p -= 4;
  }
  TRY(side(r, 1));
  TRY(relation(r, must_fail, &rel));
  TRY(side(r, -1));
  skip_space(r);
  if (r->p < r->end && *r->p != ';') return fail(r, "; at the end of the rule");
  return store_row(r, rel);
}
static enum err_code room(struct linear_system *s, struct arena *a, bool accept_negative, struct err *e) {
  *s = (struct linear_system){.names = ARENA_ARRAY(a, const char *, LINEAR_MAX_VARIABLES), .lower = ARENA_ARRAY(a, double, LINEAR_MAX_VARIABLES)};
  s->upper = ARENA_ARRAY(a, double, LINEAR_MAX_VARIABLES);
  s->decimals = ARENA_ARRAY(a, int, LINEAR_MAX_VARIABLES);
  s->edits = ARENA_ARRAY(a, struct linear_edit, LINEAR_MAX_EDITS);
  if (!s->names || !s->lower || !s->upper || !s->decimals || !s->edits) return ERR(e, E_NO_MEMORY, .subject = "edits");
  for (int j = 0; j < LINEAR_MAX_VARIABLES; j++) {
    s->lower[j] = accept_negative ? -INFINITY : 0;
    s->upper[j] = INFINITY;
    s->decimals[j] = -1;
  }
  return E_OK;
}
enum err_code linear_parse(struct arena *a, struct str text, bool accept_negative, struct linear_system *out, struct err *e) {
  struct reader r = {.a = a, .p = text.p, .end = text.p + text.n, .rule_start = text.p, .s = out, .e = e};
  TRY(room(out, a, accept_negative, e));
  r.row = ARENA_ARRAY(a, double, LINEAR_MAX_VARIABLES);
  if (!r.row) return ERR(e, E_NO_MEMORY, .subject = "edits");
  for (;;) {
    skip_space(&r);
    while (r.p < r.end && *r.p == ';') {
      r.p++;
      skip_space(&r);
    }
    if (r.p == r.end) return E_OK;
    if (out->m == LINEAR_MAX_EDITS) return fail(&r, "at most 4,096 rules");
    r.rule_start = r.p;
    TRY(rule(&r));
  }
}
