/* layout_read.c -- one layout object, of form.json or of a file of its own; the same reader and the same rules for both. Keys: layout.md. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/ext_sodium.h"
#include "forms/form_impl.h"

static const char LAYOUT_KEYS[] =
    "|name|kind|header|items|missing|encoding|delimiter|sheet|title_rows|header_rows|ignore|ignore_rest|fill_down|blocks|"
    "record_bytes|note|";

/* --- members with a place: file and layout.key --- */

static const char *key_path(struct form_reader *r, const struct layout *l, const char *key) {
  const char *path = arena_printf(r->a, "%s.%s", l->name && *l->name ? l->name : "layout", key);
  if (!path) r->no_memory = true;
  return path ? path : key;
}

void layout_problem(struct form_reader *r, const struct layout *l, const char *key, const char *expected) {
  PROBLEM(r, E_FORM_LAYOUT_KEY, .file = r->head_path, .subject = key_path(r, l, key), .expected = expected);
}

static bool among(const char *words, const char *word) {
  for (const char *at = words; (at = strstr(at, word)); at++)
    if (at[-1] == '|' && at[strlen(word)] == '|') return true;
  return false;
}

void layout_known_keys(struct form_reader *r, const struct layout *l, const struct json_value *v, const char *within, const char *words) {
  const char *key;
  const struct json_value *value;
  for (size_t i = 0; json_member_at(v, i, &key, &value); i++) {
    if (*key && !strchr(key, '|') && among(words, key)) continue;
    const char *full = *within ? arena_printf(r->a, "%s.%s", within, key) : key;
    PROBLEM(r, E_FORM_LAYOUT_UNKNOWN, .file = r->head_path, .subject = key_path(r, l, full ? full : key));
  }
}

int64_t layout_int(struct form_reader *r, const struct layout *l, const struct json_value *v, const char *key, int64_t low, int64_t high,
                   int64_t absent) {
  const struct json_value *member = json_member(v, key);
  int64_t n;
  char expected[80];
  if (!member) return absent;
  if (json_integer(member, &n) && n >= low && n <= high) return n;
  snprintf(expected, sizeof expected, "a whole number from %lld to %lld", (long long)low, (long long)high);
  layout_problem(r, l, key, expected);
  return absent;
}

bool layout_bool(struct form_reader *r, const struct layout *l, const struct json_value *v, const char *key, bool absent) {
  const struct json_value *member = json_member(v, key);
  bool out = absent;
  if (member && !json_boolean(member, &out)) layout_problem(r, l, key, "true or false");
  return out;
}

const char *layout_text(struct form_reader *r, const struct layout *l, const struct json_value *v, const char *key) {
  const struct json_value *member = json_member(v, key);
  const char *s = json_string(member);
  if (!member) return "";
  if (!s) layout_problem(r, l, key, "a text");
  return s ? reader_copy(r, s, strlen(s)) : "";
}

/* --- the object --- */

/* One of the words (|a|b|), or the first of them and a problem. */
static const char *word_of(struct form_reader *r, const struct layout *l, const struct json_value *v, const char *key, const char *words,
                           const char *absent) {
  const char *s = json_member(v, key) ? layout_text(r, l, v, key) : absent;
  if (*s ? !strchr(s, '|') && among(words, s) : !*absent) return s;
  layout_problem(r, l, key, words);
  return absent;
}

static void read_name(struct form_reader *r, struct layout *l, const struct json_value *v) {
  l->name = layout_text(r, l, v, "name");
  if (!name_well_formed(str_of(l->name))) PROBLEM(r, E_FORM_NAME, .file = r->head_path, .subject = l->name);
  l->kind = word_of(r, l, v, "kind", "|csv|fixed|xlsx|xls|", "csv");
  if (!json_member(v, "kind")) layout_problem(r, l, "kind", "csv, fixed, xlsx or xls");
}

/* text=status pairs as in items.csv. */
static const char *read_missing(struct form_reader *r, struct layout *l, const struct json_value *v) {
  const char *pairs = layout_text(r, l, v, "missing");
  struct str rest = str_of(pairs);
  while (rest.n) {
    struct str status, pair = str_split(rest, ';', &rest), text = str_split(pair, '=', &status);
    uint8_t reason;
    bool known = missing_reason_parse(status, &reason);
    if (!known || !text.n) PROBLEM(r, E_FORM_MISSING, .file = r->head_path, .subject = pairs, .expected = "text=status with one of " MISSING_REASONS);
  }
  return pairs;
}

static char read_delimiter(struct form_reader *r, const struct layout *l, const struct json_value *v) {
  const char *s = json_member(v, "delimiter") ? layout_text(r, l, v, "delimiter") : ",";
  if (strlen(s) == 1 && strchr(",;\t", *s)) return *s;
  layout_problem(r, l, "delimiter", "a comma, a semicolon or a tab (\\t)");
  return ',';
}

/* Header rows and the rows above them. */
static void read_rows(struct form_reader *r, struct layout *l, const struct json_value *v) {
  l->header_rows = (int)layout_int(r, l, v, "header_rows", 0, LAYOUT_MAX_HEADER_ROWS, -1);
  l->header = layout_bool(r, l, v, "header", l->header_rows > 0);
  if (l->header_rows < 0) l->header_rows = l->header;
  if (l->header != (l->header_rows > 0)) layout_problem(r, l, "header_rows", "1 to 8 when header is true, else 0");
  l->title_rows = (int)layout_int(r, l, v, "title_rows", -1, LAYOUT_MAX_TITLE_ROWS, l->header ? -1 : 0);
  if (!l->header && l->title_rows < 0) layout_problem(r, l, "title_rows", "a number: without a header nothing can be searched");
  if (strcmp(l->kind, "fixed") == 0 && l->header_rows)
    layout_problem(r, l, "header_rows", "0 in a fixed layout; lines above the records are title_rows");
}

static void read_ignored_entry(struct form_reader *r, const struct layout *l, const struct json_value *v, struct layout_ignored *out) {
  const char *heading = json_string(v);
  *out = (struct layout_ignored){.heading = ""};
  if (heading && *heading) out->heading = reader_copy(r, heading, strlen(heading));
  else if (!json_integer(v, &out->cell) || out->cell < 1 || out->cell > LAYOUT_MAX_COLUMNS)
    layout_problem(r, l, "ignore", "headings, or cell numbers from 1 to 4096");
}

static enum err_code read_ignored(struct form_reader *r, struct layout *l, const struct json_value *v, struct err *e) {
  const struct json_value *list = json_member(v, "ignore");
  size_t n = json_length(list);
  l->ignore_rest = layout_bool(r, l, v, "ignore_rest", false);
  if (list && (!json_is_array(list) || n > LAYOUT_MAX_COLUMNS)) {
    layout_problem(r, l, "ignore", "a list of headings or cell numbers");
    return E_OK;
  }
  struct layout_ignored *ignored = ARENA_ARRAY(r->a, struct layout_ignored, n + 1);
  if (!ignored) return reader_no_memory(r, e);
  for (size_t i = 0; i < n; i++) read_ignored_entry(r, l, json_element(list, i), &ignored[i]);
  l->ignored = ignored;
  l->n_ignored = (int)n;
  return E_OK;
}

enum err_code layout_read(struct form_reader *r, const struct json_value *v, struct layout *l, struct err *e) {
  if (!json_is_object(v)) {
    layout_problem(r, l, "layouts", "objects");
    l->name = l->kind = l->missing = l->encoding = l->sheet = "";
    return E_OK;
  }
  read_name(r, l, v);
  layout_known_keys(r, l, v, "", LAYOUT_KEYS);
  l->missing = read_missing(r, l, v);
  l->encoding = word_of(r, l, v, "encoding", "|utf-8|cp932|", "");
  l->delimiter = read_delimiter(r, l, v);
  l->sheet = layout_text(r, l, v, "sheet");
  l->record_bytes = layout_int(r, l, v, "record_bytes", 1, LAYOUT_MAX_RECORD_BYTES, 0);
  read_rows(r, l, v);
  for (int i = 0; i < r->form->n_layouts; i++)
    if (strcmp(r->form->layouts[i].name, l->name) == 0) PROBLEM(r, E_FORM_NAME_TWICE, .file = r->head_path, .subject = l->name);
  TRY(layout_read_columns(r, l, v, e));
  TRY(read_ignored(r, l, v, e));
  TRY(layout_read_blocks(r, l, json_member(v, "blocks"), e));
  layout_check(r, l);
  return E_OK;
}

/* --- a file of its own --- */

enum err_code layout_parse(struct arena *a, const struct job *job, const struct form *f, const char *path, struct str text, struct layout **out,
                           struct err *e) {
  struct form other = *f; /* its layouts do not count: the file may be a better version of one of them */
  other.n_layouts = 0;
  struct form_reader r = {.a = a, .job = job, .form = &other, .head_path = path};
  struct layout *l = ARENA_NEW(a, struct layout);
  struct json_document *document = NULL;
  *out = NULL;
  if (!l) return ERR(e, E_NO_MEMORY, .subject = path);
  TRY(json_parse(path, text.p, text.n, &document, e));
  enum err_code code = layout_read(&r, json_root(document), l, e);
  json_release(document);
  if (code) return code;
  if (r.no_memory) return ERR(e, E_NO_MEMORY, .subject = path);
  if (r.n_problems) {
    if (e) *e = r.first;
    return r.first.code;
  }
  *out = l;
  return E_OK;
}

enum err_code layout_read_file(struct arena *a, const struct job *job, const struct form *f, const char *path, struct layout **out, struct err *e) {
  struct str text;
  *out = NULL;
  TRY(form_file_load(a, path, &text, e));
  TRY(layout_parse(a, job, f, path, text, out, e));
  uint8_t hash[HASH_BYTES];
  sha256_of(text.p, text.n, hash);
  hex_encode(hash, sizeof hash, (*out)->hash_hex);
  return E_OK;
}
