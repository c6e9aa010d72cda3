/* row_fields.c -- see row_fields.h. */
#include "secure-store/disposal/row_fields.h"

#include <stdio.h>
#include <string.h>

#include "base/ext_json.h"

static const char *text_at(const void *row, const struct field *f) { return (const char *)row + f->at; }

bool row_list_at(const char *list, int i, struct str *out) {
  struct str rest = str_of(list);
  for (; rest.n > 0; i--) {
    *out = str_split(rest, '\n', &rest);
    if (i == 0) return true;
  }
  return false;
}

/* --- writing --- */

static void put_list(struct json_out *j, const char *list) {
  struct str entry;
  json_array(j);
  for (int i = 0; row_list_at(list, i, &entry); i++) json_text(j, entry);
  json_end_array(j);
}

static void put_field(struct json_out *j, const struct field *f, const void *row) {
  int64_t number;
  json_key(j, f->name);
  if (f->kind == FIELD_INT) {
    memcpy(&number, text_at(row, f), sizeof number);
    json_int(j, number);
  } else if (f->kind == FIELD_LIST) put_list(j, text_at(row, f));
  else json_cstr(j, text_at(row, f));
}

enum err_code row_write(const struct row_format *f, const void *row, struct strbuf *out, struct err *e) {
  struct json_out j;
  json_begin(&j, out, true);
  json_object(&j);
  for (int i = 0; i < f->n; i++) {
    if (f->fields[i].kind == FIELD_FORMAT) json_put(&j, "format", f->format);
    else put_field(&j, &f->fields[i], row);
  }
  json_end_object(&j);
  return json_done(&j) && !out->failed ? E_OK : ERR(e, E_DISPOSAL_ROW, .subject = f->format);
}

void row_json(const struct row_format *f, const void *row, struct json_out *j) {
  for (int i = 0; i < f->n; i++)
    if (f->fields[i].kind != FIELD_FORMAT) put_field(j, &f->fields[i], row);
}

/* --- texts of users --- */

static bool plain_text(struct str s) {
  if (!utf8_valid(s.p, s.n, NULL)) return false;
  for (size_t i = 0; i < s.n; i++)
    if ((unsigned char)s.p[i] < 32 || s.p[i] == 127) return false;
  return true;
}

static enum err_code bad(const char *name, struct err *e) { return ERR(e, E_DISPOSAL_ROW, .subject = name); }

enum err_code row_set(char *to, size_t size, const char *name, const char *text, struct err *e) {
  struct str s = str_of(text);
  if (s.n >= size || !plain_text(s)) return bad(name, e);
  memcpy(to, s.n ? s.p : "", s.n);
  to[s.n] = 0;
  return E_OK;
}

enum err_code row_list_add(char *to, size_t size, const char *name, const char *entry, struct err *e) {
  struct str s = str_of(entry);
  size_t n = strlen(to);
  if (s.n == 0 || n + s.n + 2 > size || !plain_text(s)) return bad(name, e);
  if (n) to[n++] = '\n';
  memcpy(to + n, s.p, s.n + 1);
  return E_OK;
}

/* --- reading --- */

static enum err_code take_list(const struct field *f, const struct json_value *v, char *to, struct err *e) {
  to[0] = 0;
  if (!json_is_array(v)) return bad(f->name, e);
  for (size_t i = 0; i < json_length(v); i++) {
    const char *entry = json_string(json_element(v, i));
    if (!entry) return bad(f->name, e);
    TRY(row_list_add(to, f->size, f->name, entry, e));
  }
  return E_OK;
}

static enum err_code take_field(const struct row_format *format, const struct field *f, const struct json_value *root, char *row, struct err *e) {
  const struct json_value *v = json_member(root, f->name);
  int64_t number;
  if (f->kind == FIELD_LIST) return take_list(f, v, row + f->at, e);
  if (f->kind == FIELD_INT) {
    if (!json_integer(v, &number)) return bad(f->name, e);
    memcpy(row + f->at, &number, sizeof number);
    return E_OK;
  }
  const char *text = json_string(v);
  if (!text) return bad(f->name, e);
  if (f->kind == FIELD_FORMAT) return strcmp(text, format->format) == 0 ? E_OK : bad("format", e);
  return row_set(row + f->at, f->size, f->name, text, e);
}

enum err_code row_parse(const struct row_format *f, struct str json, void *row, struct err *e) {
  struct json_document *d = NULL;
  struct strbuf again;
  if (json_parse(f->format, json.p, json.n, &d, e)) return bad("JSON", e);
  enum err_code code = E_OK;
  for (int i = 0; !code && i < f->n; i++) code = take_field(f, &f->fields[i], json_root(d), row, e);
  json_release(d);
  TRY(code);
  strbuf_init(&again, 0);
  code = row_write(f, row, &again, e);
  if (!code && !str_eq(json, str_view(again.p, again.n))) code = bad("canonical form", e);
  strbuf_release(&again);
  return code;
}
