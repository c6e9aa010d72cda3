#include "processing/job/json_place.h"

#include <string.h>

enum { MAX_DEPTH = 512 };
struct walk {
  struct str text;
  size_t at;
};

static void skip_blank(struct walk *w) {
  while (w->at < w->text.n && strchr(" \t\r\n:,", w->text.p[w->at])) w->at++;
}

static struct str take_string(struct walk *w) {
  size_t from = ++w->at;
  while (w->at < w->text.n && w->text.p[w->at] != '"') w->at += w->text.p[w->at] == '\\' ? 2 : 1;
  if (w->at > w->text.n) w->at = w->text.n;
  struct str s = str_view(w->text.p + from, w->at - from);
  if (w->at < w->text.n) w->at++;
  return s;
}

/* Past one value, however deep. */
static void skip_value(struct walk *w) {
  int depth = 0;
  do {
    skip_blank(w);
    if (w->at >= w->text.n) return;
    char c = w->text.p[w->at];
    if (c == '"') (void)take_string(w);
    else if (c == '{' || c == '[') depth++, w->at++;
    else if (c == '}' || c == ']') depth--, w->at++;
    else
      while (w->at < w->text.n && !strchr(" \t\r\n,:]}", w->text.p[w->at])) w->at++;
  } while (depth > 0 && depth < MAX_DEPTH);
}

/* Stands at an object or array; goes to the wanted part. false: there is none. */
static bool enter(struct walk *w, const struct json_way *to) {
  int64_t i = 0;
  if (w->at >= w->text.n || w->text.p[w->at] != (to->key ? '{' : '[')) return false;
  w->at++;
  for (;;) {
    skip_blank(w);
    if (w->at >= w->text.n || w->text.p[w->at] == '}' || w->text.p[w->at] == ']') return false;
    if (to->key) {
      struct str key = take_string(w);
      skip_blank(w);
      if (str_eq(key, str_of(to->key))) return true;
    } else if (i++ == to->index) {
      return true;
    }
    skip_value(w);
  }
}

int64_t json_line(struct str text, const struct json_way *way, int n) {
  struct walk w = {text, 0};
  size_t reached = 0;
  int64_t line = 1;
  skip_blank(&w);
  for (int i = 0; i < n; i++) {
    reached = w.at;
    if (!enter(&w, &way[i])) break;
    reached = w.at;
  }
  for (size_t i = 0; i < reached && i < text.n; i++) line += text.p[i] == '\n';
  return line;
}
