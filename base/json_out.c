/* json_out.c -- see json_out.h. Escapes are those of RFC 8785, 3.2.2.2. A misuse (value without key, unsorted keys, a real number in canonical form)
 * sets `failed` and nothing more is promised about the text. */
#include "base/json_out.h"

#include <string.h>

enum { DEPTH_MOST = 63 };
static const int64_t EXACT_IN_DOUBLE = (INT64_C(1) << 53) - 1; /* RFC 8785 numbers are doubles: larger integers go as text */

void json_begin(struct json_out *j, struct strbuf *to, bool canonical) { *j = (struct json_out){.to = to, .first_bits = 1, .canonical = canonical}; }

/* The text is cut off from here on: whoever looks at the buffer alone sees it too. */
static void fail(struct json_out *j) { j->failed = j->to->failed = true; }

static uint64_t bit(const struct json_out *j) { return UINT64_C(1) << j->depth; }
static bool in_object(const struct json_out *j) { return (j->object_bits & bit(j)) != 0; }

/* Comma and state before a value; false when none may stand here. */
static bool before_value(struct json_out *j) {
  bool first = (j->first_bits & bit(j)) != 0;
  if (in_object(j) ? !j->after_key : j->depth == 0 && !first) fail(j);
  if (j->failed) return false;
  if (!in_object(j) && !first) strbuf_addc(j->to, ',');
  j->first_bits &= ~bit(j);
  j->after_key = false;
  return true;
}

static void open_level(struct json_out *j, bool object) {
  if (!before_value(j)) return;
  if (j->depth == DEPTH_MOST) {
    fail(j);
    return;
  }
  j->depth++;
  j->first_bits |= bit(j);
  j->object_bits = object ? j->object_bits | bit(j) : j->object_bits & ~bit(j);
  j->last_key[j->depth][0] = 0;
  strbuf_addc(j->to, object ? '{' : '[');
}

static void close_level(struct json_out *j, bool object) {
  if (j->failed || j->depth == 0 || in_object(j) != object || j->after_key) {
    fail(j);
    return;
  }
  j->depth--;
  strbuf_addc(j->to, object ? '}' : ']');
}

void json_object(struct json_out *j) { open_level(j, true); }
void json_end_object(struct json_out *j) { close_level(j, true); }
void json_array(struct json_out *j) { open_level(j, false); }
void json_end_array(struct json_out *j) { close_level(j, false); }

static void add_escaped(struct strbuf *to, unsigned char c) {
  static const char letters[] = "\bb\tt\nn\ff\rr\"\"\\\\";
  for (size_t i = 0; i + 1 < sizeof letters; i += 2)
    if ((unsigned char)letters[i] == c) {
      strbuf_addc(to, '\\');
      strbuf_addc(to, letters[i + 1]);
      return;
    }
  strbuf_addf(to, "\\u%04x", c);
}

static void add_quoted(struct json_out *j, struct str s) {
  if (!utf8_valid(s.p, s.n, NULL)) {
    fail(j);
    return;
  }
  strbuf_addc(j->to, '"');
  size_t start = 0;
  for (size_t i = 0; i < s.n; i++) {
    unsigned char c = (unsigned char)s.p[i];
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    strbuf_add(j->to, s.p + start, i - start);
    add_escaped(j->to, c);
    start = i + 1;
  }
  strbuf_add(j->to, s.p + start, s.n - start);
  strbuf_addc(j->to, '"');
}

/* In canonical form keys are ASCII (where byte order is the UTF-16 order of RFC 8785), rising and distinct. */
static bool key_in_order(struct json_out *j, const char *key) {
  size_t n = strlen(key);
  char *last = j->last_key[j->depth];
  for (size_t i = 0; i < n; i++)
    if ((unsigned char)key[i] >= 0x80) return false;
  bool first = (j->first_bits & bit(j)) != 0;
  if (n >= sizeof j->last_key[0] || (!first && strcmp(last, key) >= 0)) return false;
  memcpy(last, key, n + 1);
  return true;
}

void json_key(struct json_out *j, const char *key) {
  if (!in_object(j) || j->after_key || (j->canonical && !key_in_order(j, key))) fail(j);
  if (j->failed) return;
  if (!(j->first_bits & bit(j))) strbuf_addc(j->to, ',');
  j->first_bits &= ~bit(j);
  add_quoted(j, str_of(key));
  strbuf_addc(j->to, ':');
  j->after_key = true;
}

void json_text(struct json_out *j, struct str s) {
  if (before_value(j)) add_quoted(j, s);
}

void json_cstr(struct json_out *j, const char *s) { json_text(j, str_of(s)); }

static void add_word(struct json_out *j, const char *word) {
  if (before_value(j)) strbuf_adds(j->to, word);
}

void json_int(struct json_out *j, int64_t v) {
  if (j->canonical && (v > EXACT_IN_DOUBLE || v < -EXACT_IN_DOUBLE)) fail(j);
  if (before_value(j)) strbuf_add_int(j->to, v);
}

void json_real(struct json_out *j, double v) {
  char text[32];
  if (j->canonical || v != v || v - v != 0) { /* NaN and infinities have no JSON: the text is cut off here and must not be used */
    fail(j);
    return;
  }
  real_format(v, text);
  add_word(j, text);
}

void json_bool(struct json_out *j, bool v) { add_word(j, v ? "true" : "false"); }
void json_null(struct json_out *j) { add_word(j, "null"); }

void json_put(struct json_out *j, const char *key, const char *value) {
  json_key(j, key);
  json_cstr(j, value);
}

void json_put_int(struct json_out *j, const char *key, int64_t value) {
  json_key(j, key);
  json_int(j, value);
}

bool json_done(const struct json_out *j) { return !j->failed && !j->to->failed && j->depth == 0 && !(j->first_bits & 1); }
