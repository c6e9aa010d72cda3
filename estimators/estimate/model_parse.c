/* model_parse.c -- the text of a model into its terms. */
#include <string.h>

#include "estimators/estimate/model.h"

struct text {
  struct arena *a;
  const char *whole, *at;
  struct err *e;
};
static enum err_code expected(const struct text *t, const char *what) {
  return ERR(t->e, E_MODEL_TEXT, .subject = t->whole, .column = t->at - t->whole + 1, .expected = what);
}
static void blanks(struct text *t) {
  while (*t->at == ' ' || *t->at == '\t') t->at++;
}
static bool take(struct text *t, const char *what) {
  blanks(t);
  const size_t n = strlen(what);
  if (strncmp(t->at, what, n) != 0) return false;
  t->at += n;
  return true;
}
static bool letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || (unsigned char)c >= 0x80;
}
static enum err_code name(struct text *t, const char **out) {
  blanks(t);
  const bool quoted = *t->at == '`';
  const char *from = t->at + quoted;
  size_t n = 0;
  if (quoted) n = strcspn(from, "`");
  else
    while (letter(from[n])) n++;
  if (n == 0 || n >= MODEL_NAME_BYTES || (quoted && from[n] != '`')) return expected(t, "the name of an item");
  t->at = from + n + quoted;
  *out = arena_strdup(t->a, from, n);
  return *out ? E_OK : ERR(t->e, E_NO_MEMORY, .subject = "model");
}
/* function(item) */
static enum err_code called(struct text *t, const char **item) {
  if (!take(t, "(")) return expected(t, "(");
  TRY(name(t, item));
  return take(t, ")") ? E_OK : expected(t, ")");
}
static enum err_code item_or_call(struct text *t, struct model_term *out) {
  *out = (struct model_term){.kind = TERM_ITEM};
  TRY(name(t, &out->item));
  blanks(t);
  if (*t->at != '(') return E_OK;
  if (strcmp(out->item, "factor") == 0) out->kind = TERM_FACTOR;
  else if (strcmp(out->item, "log") == 0) out->kind = TERM_LOG;
  else return expected(t, "factor( or log(");
  return called(t, &out->item);
}
static enum err_code response(struct text *t, struct model_text *out) {
  struct model_term r;
  TRY(item_or_call(t, &r));
  if (r.kind == TERM_FACTOR) return expected(t, "a response that is an item, log(item) or item = code");
  out->response = r.item, out->response_log = r.kind == TERM_LOG;
  if (!out->response_log && take(t, "=")) {
    (void)take(t, "="); /* = and == are one */
    TRY(name(t, &out->response_code));
  }
  return take(t, "~") ? E_OK : expected(t, "~");
}
static bool same(const struct model_term *x, const struct model_term *y) {
  return x->kind == y->kind && strcmp(x->item, y->item) == 0 && (!x->other || !y->other ? x->other == y->other : strcmp(x->other, y->other) == 0);
}
static enum err_code add(struct text *t, struct model_text *out, struct model_term x) {
  for (int k = 0; k < out->n_terms; k++)
    if (same(&out->term[k], &x)) return expected(t, "every term once");
  if (out->n_terms == MODEL_MOST_TERMS) return expected(t, "at most 24 terms");
  out->term[out->n_terms++] = x;
  return E_OK;
}
static bool main_effect(const struct model_text *m, const char *item) {
  for (int k = 0; k < m->n_terms; k++)
    if ((m->term[k].kind == TERM_ITEM || m->term[k].kind == TERM_FACTOR) && strcmp(m->term[k].item, item) == 0) return true;
  return false;
}
static enum err_code term(struct text *t, struct model_text *out) {
  struct model_term x, y;
  TRY(item_or_call(t, &x));
  const bool both = take(t, "*"), pair = !both && take(t, ":");
  if (!both && !pair && strcmp(x.item, "1") == 0) return E_OK;
  if (!both && !pair && strcmp(x.item, "0") == 0) {
    out->intercept = false;
    return E_OK;
  }
  if (!both && !pair) return add(t, out, x);
  TRY(item_or_call(t, &y));
  if (x.kind == TERM_LOG || y.kind == TERM_LOG || strcmp(x.item, y.item) == 0) return expected(t, "an interaction of two different items");
  if (both && !main_effect(out, x.item)) TRY(add(t, out, x));
  if (both && !main_effect(out, y.item)) TRY(add(t, out, y));
  if (!main_effect(out, x.item) || !main_effect(out, y.item)) return expected(t, "both items of the interaction as terms before it");
  return add(t, out, (struct model_term){TERM_INTERACTION, x.item, y.item});
}
enum err_code model_parse(struct arena *a, const char *text, struct model_text *out, struct err *e) {
  struct text t = {a, text, text, e};
  *out = (struct model_text){.intercept = true};
  TRY(response(&t, out));
  do {
    if (take(&t, "-")) {
      if (!take(&t, "1")) return expected(&t, "-1");
      out->intercept = false;
    } else TRY(term(&t, out));
    blanks(&t);
  } while (take(&t, "+") || *t.at == '-');
  blanks(&t);
  if (*t.at) return expected(&t, "+ or the end");
  if (out->n_terms == 0 && !out->intercept) return expected(&t, "a term");
  return E_OK;
}
