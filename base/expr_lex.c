/* expr_lex.c -- expression text to tokens with places. */
#include <string.h>

#include "base/expr_impl.h"

int64_t expr_column(const struct expr_source *s, int32_t at) {
  int64_t characters = 0;
  for (int32_t i = 0; i < at && (size_t)i < s->text.n; i++) characters += ((unsigned char)s->text.p[i] & 0xC0) != 0x80;
  return s->column + characters;
}

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

static char at(const struct expr_source *s, int32_t i) { return (size_t)i < s->text.n ? s->text.p[i] : '\0'; }

static enum err_code lex_number(const struct expr_source *s, struct expr_token *t, struct err *e) {
  int32_t i = t->at;
  int digits = 0;
  while (is_digit(at(s, i))) i++, digits++;
  if (at(s, i) == '.' && is_digit(at(s, i + 1)))
    for (i++; is_digit(at(s, i)); i++) digits++;
  if (is_letter(at(s, i))) return EXPR_ERR(e, s, E_EXPR_SYNTAX, i, .expected = "an operator after the number", .found = "a letter; quote codes that hold letters");
  if (digits > EXPR_MAX_LITERAL_DIGITS) return EXPR_ERR(e, s, E_EXPR_NUMBER, t->at, .expected = "at most 18 digits");
  t->kind = T_NUMBER;
  t->n = i - t->at;
  t->text = str_view(s->text.p + t->at, (size_t)t->n);
  return E_OK;
}

/* 'a' or "a"; the quote itself is written twice. */
static enum err_code lex_text(const struct expr_source *s, struct expr_token *t, struct err *e) {
  char quote = at(s, t->at);
  int32_t i = t->at + 1;
  size_t n = 0;
  char *copy = arena_alloc(s->arena, s->text.n + 1, 1);
  if (!copy) return ERR(e, E_NO_MEMORY, .subject = "expression");
  for (;; i++) {
    if ((size_t)i >= s->text.n) return EXPR_ERR(e, s, E_EXPR_SYNTAX, t->at, .expected = "a closing quote", .found = "the end of the expression");
    if (at(s, i) == quote) {
      if (at(s, i + 1) != quote) break;
      i++;
    }
    copy[n++] = at(s, i);
  }
  t->kind = T_TEXT;
  t->n = i + 1 - t->at;
  t->text = str_view(copy, n);
  return E_OK;
}

static enum err_code lex_mark(const struct expr_source *s, struct expr_token *t, struct err *e) {
  static const char *const marks[] = {"!=", "<=", ">=", "=", "<", ">", "+", "-", "*", "/", "(", ")", "{", "}", ",", "."};
  for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
    size_t n = strlen(marks[i]);
    if (s->text.n - (size_t)t->at < n || memcmp(s->text.p + t->at, marks[i], n) != 0) continue;
    t->kind = T_MARK;
    t->n = (int32_t)n;
    memcpy(t->mark, marks[i], n + 1);
    t->text = str_view(s->text.p + t->at, n);
    return E_OK;
  }
  return EXPR_ERR(e, s, E_EXPR_SYNTAX, t->at, .expected = "a name, number, text or operator", .found = "a character that has no meaning here");
}

enum err_code expr_next_token(const struct expr_source *s, int32_t from, struct expr_token *out, struct err *e) {
  while (is_space(at(s, from)) && (size_t)from < s->text.n) from++;
  *out = (struct expr_token){.kind = T_END, .at = from, .text = {"", 0}};
  if ((size_t)from >= s->text.n) return E_OK;
  char c = at(s, from);
  if (is_digit(c)) return lex_number(s, out, e);
  if (c == '\'' || c == '"') return lex_text(s, out, e);
  if (!is_letter(c)) return lex_mark(s, out, e);
  int32_t i = from;
  while (is_letter(at(s, i)) || is_digit(at(s, i))) i++;
  out->kind = T_NAME;
  out->n = i - from;
  out->text = str_view(s->text.p + from, (size_t)out->n);
  return E_OK;
}
