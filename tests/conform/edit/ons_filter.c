#include "tests/conform/edit/ons_filter.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

struct filter {
  const char *at;
  const struct cells *t;
  int64_t row;
  bool bad;
};
static void space(struct filter *f) {
  while (isspace((unsigned char)*f->at)) f->at++;
}
static bool take(struct filter *f, const char *word) {
  space(f);
  if (strncasecmp(f->at, word, strlen(word)) != 0) return false;
  f->at += strlen(word);
  return true;
}
static struct str quoted(struct filter *f) {
  space(f);
  const char *end = *f->at == '\'' ? strchr(f->at + 1, '\'') : NULL;
  if (!end) return f->bad = true, STR("");
  struct str s = str_view(f->at + 1, (size_t)(end - f->at - 1));
  f->at = end + 1;
  return s;
}
static int in_list(struct filter *f, struct str value) {
  int found = 0;
  if (!take(f, "(")) f->bad = true;
  do found |= str_eq(quoted(f), value);
  while (!f->bad && take(f, ","));
  if (!take(f, ")")) f->bad = true;
  return found;
}
static int not(int v) { return v < 0 ? v : !v; }
static int conjunction(struct filter *f);
static int comparison(struct filter *f) {
  if (take(f, "NOT(")) {
    const int v = conjunction(f);
    if (!take(f, ")")) f->bad = true;
    return not(v);
  }
  char name[64];
  size_t n = 0;
  space(f);
  while ((isalnum((unsigned char)*f->at) || *f->at == '_') && n + 1 < sizeof name) name[n++] = *f->at++;
  name[n] = 0;
  const int column = cells_find(f->t, name);
  if (column < 0) return f->bad = true, -1;
  const struct cell *c = cells_at(f->t, f->row, column);
  int v;
  if (take(f, "!=")) v = !str_eq(quoted(f), c->text);
  else if (take(f, "=")) v = str_eq(quoted(f), c->text);
  else if (take(f, "NOT IN")) v = !in_list(f, c->text);
  else if (take(f, "IN")) v = in_list(f, c->text);
  else return f->bad = true, -1;
  return c->missing ? -1 : v;
}
static int conjunction(struct filter *f) {
  int v = comparison(f);
  while (!f->bad && take(f, "AND")) {
    const int w = comparison(f);
    v = v == 0 || w == 0 ? 0 : v < 0 || w < 0 ? -1 : 1;
  }
  return v;
}
int ons_filter(const char *text, const struct cells *t, int64_t row) {
  struct filter f = {.at = text, .t = t, .row = row};
  const int v = conjunction(&f);
  space(&f);
  return f.bad || *f.at ? -2 : v;
}
