#include "processing/impute/estimator_formula.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct reader {
  char text[EST_TEXT + 1];
  const char *at, *why; /* why: what is wrong; NULL so far */
  int depth;
  struct est_formula *f;
};
static void wrong(struct reader *r, const char *why) {
  if (!r->why) r->why = why;
}
static void space(struct reader *r) {
  while (isspace((unsigned char)*r->at)) r->at++;
}
static bool take(struct reader *r, char c) {
  space(r);
  if (r->why || *r->at != c) return false;
  r->at++;
  return true;
}
static bool word(struct reader *r, const char *w) {
  const size_t n = strlen(w);
  space(r);
  if (strncasecmp(r->at, w, n) != 0 || isalnum((unsigned char)r->at[n]) || r->at[n] == '_') return false;
  r->at += n;
  return true;
}
static double number(struct reader *r) {
  char digits[64], *stop;
  space(r);
  const size_t n = strspn(r->at, "0123456789.");
  if (n == 0 || n >= sizeof digits) return wrong(r, "a number is expected"), 0;
  memcpy(digits, r->at, n);
  digits[n] = 0;
  const double v = strtod(digits, &stop);
  if (*stop || !isfinite(v)) wrong(r, "a number is expected");
  r->at += n;
  return v;
}
static double exponent(struct reader *r) {
  const bool negative = take(r, '-');
  const double v = number(r);
  if (v == 0) wrong(r, "the exponent is not a number other than 0");
  return negative ? -v : v;
}
static void attributes(struct reader *r, struct est_term *t) {
  bool period = false, kind = false;
  if (!take(r, '(')) return;
  do {
    space(r);
    const char c = (char)tolower((unsigned char)*r->at);
    if ((c == 'c' || c == 'h') && !period) period = true, t->previous = c == 'h';
    else if ((c == 'v' || c == 'a') && !kind && !r->f->regression) kind = true, t->average = c == 'a';
    else wrong(r, "an attribute is not c, h, v or a, or stands twice");
    if (!r->why) r->at++;
  } while (take(r, ','));
  if (!take(r, ')')) wrong(r, "a parenthesis is not closed");
}
static bool operand(struct reader *r, struct est_term *t) {
  *t = (struct est_term){.power = 1};
  space(r);
  if (strncasecmp(r->at, "aux", 3) == 0 && isdigit((unsigned char)r->at[3])) {
    char *stop;
    const long k = strtol(r->at + 3, &stop, 10);
    if (k < 1 || k > EST_TERMS) return wrong(r, "auxiliaries are aux1 to aux16"), false;
    t->variable = (int)k;
    r->at = stop;
  } else if (!word(r, "fieldid")) {
    return false;
  }
  attributes(r, t);
  if (t->variable == 0 && !t->previous && (!t->average || r->f->regression)) wrong(r, "the current value of the item itself is what is sought");
  return true;
}
static int add_term(struct reader *r, const struct est_term *t) {
  struct est_formula *f = r->f;
  for (int k = 0; k < f->n_terms; k++)
    if (f->term[k].variable == t->variable && f->term[k].previous == t->previous && f->term[k].average == t->average &&
        f->term[k].power == t->power) {
      if (f->regression) wrong(r, "a regressor stands twice");
      return k;
    }
  if (f->n_terms == EST_TERMS) return wrong(r, "more than 16 terms"), 0;
  if (t->variable > f->n_aux) f->n_aux = t->variable;
  if (t->average) f->n_averages++;
  f->term[f->n_terms] = *t;
  return f->n_terms++;
}
static void emit(struct reader *r, enum est_op_kind kind, int term, double value) {
  if (r->f->n_ops == EST_OPS) wrong(r, "more than 64 operations");
  else r->f->op[r->f->n_ops++] = (struct est_op){kind, term, value};
}
static void sum(struct reader *r);
static void base(struct reader *r) {
  struct est_term t;
  space(r);
  if (take(r, '(')) {
    if (++r->depth > EST_NESTING) wrong(r, "nested deeper than 32");
    else sum(r);
    r->depth--;
    if (!take(r, ')')) wrong(r, "a parenthesis is not closed");
  } else if (operand(r, &t)) {
    emit(r, EST_TERM, add_term(r, &t), 0);
  } else {
    emit(r, EST_CONSTANT, 0, number(r));
  }
  if (take(r, '^')) emit(r, EST_POWER, 0, exponent(r));
}
static void factor(struct reader *r) {
  bool negative = false;
  while (take(r, '-')) negative = !negative;
  base(r);
  if (negative) emit(r, EST_NEGATE, 0, 0);
}
static void product(struct reader *r) {
  factor(r);
  for (;;) {
    if (take(r, '*')) factor(r), emit(r, EST_MULTIPLY, 0, 0);
    else if (take(r, '/')) factor(r), emit(r, EST_DIVIDE, 0, 0);
    else return;
  }
}
static void sum(struct reader *r) {
  product(r);
  for (;;) {
    if (take(r, '+')) product(r), emit(r, EST_ADD, 0, 0);
    else if (take(r, '-')) product(r), emit(r, EST_SUBTRACT, 0, 0);
    else return;
  }
}
static void regressors(struct reader *r) {
  do {
    struct est_term t;
    if (word(r, "intercept")) {
      if (r->f->intercept) wrong(r, "the intercept stands twice");
      r->f->intercept = true;
    } else if (operand(r, &t)) {
      if (take(r, '^')) t.power = exponent(r);
      (void)add_term(r, &t);
    } else {
      wrong(r, "a regressor is expected");
    }
  } while (take(r, ','));
}
static void check_auxiliaries(struct reader *r) {
  for (int k = 1; k <= r->f->n_aux; k++) {
    bool used = false;
    for (int t = 0; t < r->f->n_terms; t++) used |= r->f->term[t].variable == k;
    if (!used) wrong(r, "auxiliaries are not numbered from 1 without a gap");
  }
}
enum err_code est_formula_parse(struct str name, struct str text, bool regression, struct est_formula *out, struct err *e) {
  struct reader r = {.f = out};
  char shown[64];
  const size_t n = name.n < sizeof shown ? name.n : sizeof shown - 1;
  *out = (struct est_formula){.regression = regression};
  memcpy(shown, name.p ? name.p : "", n);
  shown[n] = 0;
  if (text.n > EST_TEXT || memchr(text.p ? text.p : "", 0, text.n)) return ERR(e, E_EST_FORMULA, .subject = shown, .found = "too long, or not text");
  memcpy(r.text, text.p ? text.p : "", text.n);
  r.text[text.n] = 0;
  r.at = r.text;
  if (regression) regressors(&r);
  else sum(&r);
  space(&r);
  if (*r.at) wrong(&r, "something follows the formula");
  if (!r.why) check_auxiliaries(&r);
  if (!r.why && regression && out->n_terms + out->intercept == 0) wrong(&r, "no regressor");
  return r.why ? ERR(e, E_EST_FORMULA, .subject = shown, .found = r.why) : E_OK;
}
enum est_value est_power(double b, double exponent, double *out) {
  if (b == 0 && exponent < 0) return EST_ZERO_DIVISOR;
  *out = exponent == 1 ? b : exponent == 2 ? b * b : pow(b, exponent);
  return isfinite(*out) ? EST_VALUE : EST_NOT_REAL;
}
enum est_value est_formula_value(const struct est_formula *f, const double *term, double *out) {
  double stack[EST_OPS + 1] = {0};
  int n = 0;
  for (int k = 0; k < f->n_ops; k++) {
    const struct est_op *o = &f->op[k];
    if (o->kind == EST_CONSTANT || o->kind == EST_TERM) {
      stack[n++] = o->kind == EST_TERM ? term[o->term] : o->value;
      continue;
    }
    if (o->kind == EST_NEGATE) stack[n - 1] = -stack[n - 1];
    if (o->kind == EST_POWER) {
      const enum est_value v = est_power(stack[n - 1], o->value, &stack[n - 1]);
      if (v != EST_VALUE) return v;
    }
    if (o->kind == EST_NEGATE || o->kind == EST_POWER) continue;
    const double right = stack[--n], left = stack[n - 1];
    if (o->kind == EST_DIVIDE && right == 0) return EST_ZERO_DIVISOR;
    stack[n - 1] = o->kind == EST_ADD ? left + right : o->kind == EST_SUBTRACT ? left - right : o->kind == EST_MULTIPLY ? left * right : left / right;
  }
  *out = n == 1 ? stack[0] : 0;
  return n == 1 && isfinite(*out) ? EST_VALUE : EST_NOT_REAL;
}
