/* json.c -- strict JSON (RFC 8259) into an array of nodes: UTF-8, no duplicate names, no NUL in texts, depth 16; and the test for canonical form. */
#include <stdlib.h>
#include <string.h>

#include "secure-store/verify/verify.h"

enum { DEPTH = 16, NODES = 65536 };
struct parser {
  const char *p, *end;
  struct json_file *f;
  int room;
  char *string; /* next free byte of the decoded texts: never more than the input has */
};
static void space(struct parser *s) {
  while (s->p < s->end && (*s->p == ' ' || *s->p == '\n' || *s->p == '\t' || *s->p == '\r')) s->p++;
}
static bool literal(struct parser *s, const char *word) {
  if (!begins(view(s->p, (size_t)(s->end - s->p)), word)) return false;
  s->p += strlen(word);
  return true;
}
static int new_node(struct parser *s, enum json_type type) {
  if (s->f->n == s->room) {
    int room = s->room ? s->room * 2 : 64;
    struct json *grown = room <= NODES ? realloc(s->f->node, (size_t)room * sizeof *grown) : NULL;
    if (!grown) return -1;
    s->f->node = grown;
    s->room = room;
  }
  s->f->node[s->f->n] = (struct json){.type = type, .first = -1, .next = -1, .raw = {s->p, 0}};
  return s->f->n++;
}

/* --- texts --- */
static bool four_hex(struct parser *s, uint32_t *out) {
  *out = 0;
  if (s->end - s->p < 4) return false;
  for (int i = 0; i < 4; i++, s->p++) {
    char c = *s->p;
    int d = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    if (d < 0) return false;
    *out = *out << 4 | (uint32_t)d;
  }
  return true;
}
static void put_utf8(struct parser *s, uint32_t c) {
  int more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  static const uint8_t lead[] = {0, 0xc0, 0xe0, 0xf0};
  *s->string++ = (char)(lead[more] | c >> 6 * more);
  while (more-- > 0) *s->string++ = (char)(0x80 | (c >> 6 * more & 63));
}
static bool escape(struct parser *s) {
  static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
  uint32_t c, low;
  if (s->p == s->end) return false;
  char letter = *s->p++;
  const char *at = letter ? strchr(from, letter) : NULL;
  if (at) {
    *s->string++ = to[at - from];
    return true;
  }
  if (letter != 'u' || !four_hex(s, &c) || c == 0 || (c >= 0xdc00 && c <= 0xdfff)) return false;
  if (c >= 0xd800 && c <= 0xdbff) {
    if (!literal(s, "\\u") || !four_hex(s, &low) || low < 0xdc00 || low > 0xdfff) return false;
    c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
  }
  put_utf8(s, c);
  return true;
}
static bool string(struct parser *s, struct text *out) {
  char *start = s->string;
  if (s->p == s->end || *s->p++ != '"') return false;
  for (;;) {
    if (s->p == s->end || (unsigned char)*s->p < 32) return false;
    char c = *s->p++;
    if (c == '"') break;
    if (c != '\\') *s->string++ = c;
    else if (!escape(s)) return false;
  }
  *out = view(start, (size_t)(s->string - start));
  *s->string++ = 0; /* the two quotes left room for it */
  return true;
}

/* --- values --- */
static bool digits(struct parser *s) {
  const char *start = s->p;
  while (s->p < s->end && *s->p >= '0' && *s->p <= '9') s->p++;
  return s->p > start;
}
static bool a_number(struct parser *s) {
  if (s->p < s->end && *s->p == '-') s->p++;
  const char *start = s->p;
  if (!digits(s) || (*start == '0' && s->p - start > 1)) return false;
  if (s->p < s->end && *s->p == '.' && (s->p++, !digits(s))) return false;
  if (s->p == s->end || (*s->p != 'e' && *s->p != 'E')) return true;
  s->p++;
  if (s->p < s->end && (*s->p == '+' || *s->p == '-')) s->p++;
  return digits(s);
}
static int value(struct parser *s, int depth);
static bool twice(const struct parser *s, int object, struct text name) {
  for (int i = s->f->node[object].first; i >= 0; i = s->f->node[i].next)
    if (s->f->node[i].name.n == name.n && memcmp(s->f->node[i].name.p, name.p, name.n) == 0) return true;
  return false;
}
static bool children(struct parser *s, int parent, bool named, int depth) {
  const char close = named ? '}' : ']';
  int last = -1;
  s->p++;
  space(s);
  if (s->p < s->end && *s->p == close) return s->p++, true;
  for (;;) {
    struct text name = {NULL, 0};
    space(s);
    if (named && (!string(s, &name) || twice(s, parent, name))) return false;
    space(s);
    if (named && !literal(s, ":")) return false;
    int child = value(s, depth + 1);
    if (child < 0) return false;
    s->f->node[child].name = name;
    if (last < 0) s->f->node[parent].first = child;
    else s->f->node[last].next = child;
    last = child;
    space(s);
    if (s->p == s->end) return false;
    if (*s->p++ == close) return true;
    if (s->p[-1] != ',') return false;
  }
}
static int value(struct parser *s, int depth) {
  space(s);
  if (s->p == s->end || depth > DEPTH) return -1;
  const char c = *s->p;
  int i = new_node(s, c == '{' ? JSON_OBJECT : c == '[' ? JSON_ARRAY : c == '"' ? JSON_STRING : c == 't' ? JSON_TRUE : c == 'f' ? JSON_FALSE :
                      c == 'n' ? JSON_NULL : JSON_NUMBER);
  if (i < 0) return -1;
  const char *start = s->p;
  struct text decoded = {NULL, 0};
  bool ok = c == '{' ? children(s, i, true, depth) : c == '[' ? children(s, i, false, depth) : c == '"' ? string(s, &decoded) :
            c == 't' ? literal(s, "true") : c == 'f' ? literal(s, "false") : c == 'n' ? literal(s, "null") : a_number(s);
  s->f->node[i].raw = view(start, (size_t)(s->p - start));
  s->f->node[i].string = decoded;
  return ok ? i : -1;
}
bool json_read(struct text t, struct json_file *out) {
  struct parser s = {.p = t.p, .end = t.p + t.n, .f = out};
  *out = (struct json_file){NULL, 0, NULL};
  if (t.n == 0 || t.n > NOTE_MAX || !utf8_ok(t) || memchr(t.p, 0, t.n)) return false;
  s.string = out->strings = malloc(t.n + 1);
  bool ok = s.string && value(&s, 1) == 0;
  space(&s);
  ok = ok && s.p == s.end;
  if (!ok) json_free(out);
  return ok;
}
void json_free(struct json_file *f) {
  free(f->node);
  free(f->strings);
  *f = (struct json_file){NULL, 0, NULL};
}
const struct json *json_get(const struct json_file *f, const struct json *object, const char *name) {
  if (!object || object->type != JSON_OBJECT) return NULL;
  for (int i = object->first; i >= 0; i = f->node[i].next)
    if (same(f->node[i].name, name)) return &f->node[i];
  return NULL;
}

/* --- canonical form: no white space, names rising, integers, the one escape of each character --- */
static bool canonical_string(struct text raw) {
  for (size_t i = 1; i + 1 < raw.n; i++) {
    if (raw.p[i] != '\\') continue;
    char c = raw.p[++i];
    if (c == '/') return false;
    if (c != 'u') continue;
    uint8_t code[2];
    if (!hex(view(raw.p + i + 1, 4), code, 2)) return false; /* lower case */
    if (code[0] || code[1] >= 32 || strchr("\b\f\n\r\t", code[1])) return false;
    i += 4;
  }
  return true;
}
static size_t string_end(struct text t, size_t i) { /* behind the text that begins at i */
  for (i++; t.p[i] != '"'; i++)
    if (t.p[i] == '\\') i++;
  return i + 1;
}
static bool no_space(struct text t) {
  for (size_t i = 0, end; i < t.n; i = end) {
    end = t.p[i] == '"' ? string_end(t, i) : i + 1;
    if (end > i + 1 ? !canonical_string(view(t.p + i, end - i)) : strchr(" \n\t\r", t.p[i]) != NULL) return false;
  }
  return true;
}
static bool rising(const struct json_file *f, const struct json *object) {
  const struct json *before = NULL;
  for (int i = object->first; i >= 0; before = &f->node[i], i = f->node[i].next) {
    const struct text *a = before ? &before->name : NULL, *b = &f->node[i].name;
    for (size_t k = 0; k < b->n; k++)
      if ((unsigned char)b->p[k] > 126) return false; /* bytes and UTF-16 units sort alike in ASCII only */
    if (a && strcmp(a->p, b->p) >= 0) return false;
  }
  return true;
}
bool json_canonical(struct text raw) {
  struct json_file f;
  if (!json_read(raw, &f)) return false;
  bool ok = no_space(raw);
  for (int i = 0; ok && i < f.n; i++) {
    const struct json *n = &f.node[i];
    uint64_t v;
    struct text t = n->raw;
    bool minus = n->type == JSON_NUMBER && t.p[0] == '-';
    if (n->type == JSON_OBJECT) ok = rising(&f, n);
    if (n->type == JSON_NUMBER) ok = decimal(view(t.p + minus, t.n - minus), &v) && v < 1ull << 53 && !(minus && v == 0);
  }
  json_free(&f);
  return ok;
}
