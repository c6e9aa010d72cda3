/* paper.c -- see paper.h. */
#include "secure-store/oversight/paper.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/ext_json.h"
#include "base/json_out.h"
#include "secure-store/store_impl.h"

enum { PAPER_MAX = 65536 };

bool paper_id_ok(const char *id) {
  size_t n = strlen(id);
  return n >= 2 && n <= 40 && strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == n && id[0] != '-';
}

static const char *text_of(const struct paper_member *m, const void *from) { return (const char *)from + m->offset; }
static int64_t integer_of(const struct paper_member *m, const void *from) {
  int64_t v;
  memcpy(&v, (const char *)from + m->offset, sizeof v);
  return v;
}

/* --- members --- */

static bool one_line(const char *text) {
  for (; *text; text++)
    if ((unsigned char)*text < 32 || *text == 127) return false;
  return true;
}
static enum err_code check_member(const struct paper_form *f, const struct paper_member *m, const void *from, struct err *e) {
  char range[64];
  if (m->kind == PAPER_TEXT) {
    const char *text = text_of(m, from);
    bool ok = one_line(text) && utf8_valid(text, strlen(text), NULL) && (text[0] || !m->required);
    return ok ? E_OK : ERR(e, E_PAPER_FORMAT, .file = f->format, .subject = m->key, .expected = m->required ? "one line of text" : "a line of text");
  }
  int64_t v = integer_of(m, from);
  if (v >= m->least && v <= m->most) return E_OK;
  snprintf(range, sizeof range, "%lld..%lld", (long long)m->least, (long long)m->most);
  return ERR(e, E_PAPER_FORMAT, .file = f->format, .subject = m->key, .expected = range);
}

/* --- writing --- */

static void put_fixed(struct json_out *j, const struct store *s, const struct paper_form *f, const char *before, const char *after) {
  char install[33];
  hex_encode(s->install_id, sizeof s->install_id, install);
  if (strcmp(before, "format") < 0 && strcmp(after, "format") > 0) json_put(j, "format", f->format);
  if (strcmp(before, "install") < 0 && strcmp(after, "install") > 0) json_put(j, "install", install);
}
static enum err_code put_members(struct json_out *j, const struct store *s, const struct paper_form *f, const void *from, struct err *e) {
  const char *before = "";
  for (int i = 0; i < f->n; i++) {
    const struct paper_member *m = &f->member[i];
    TRY(check_member(f, m, from, e));
    put_fixed(j, s, f, before, m->key);
    if (m->kind == PAPER_TEXT) json_put(j, m->key, text_of(m, from));
    else json_put_int(j, m->key, integer_of(m, from));
    before = m->key;
  }
  put_fixed(j, s, f, before, "\x7f");
  return E_OK;
}
enum err_code paper_text(
    const struct store *s, const struct paper_form *f, const void *from, struct strbuf *out, uint8_t subject[32], struct err *e) {
  struct json_out j;
  size_t start = out->n;
  json_begin(&j, out, true);
  json_object(&j);
  TRY(put_members(&j, s, f, from, e));
  json_end_object(&j);
  if (!json_done(&j) || out->failed) return ERR(e, E_PAPER_FORMAT, .file = f->format, .subject = f->format, .expected = "texts in UTF-8");
  sha256_of(out->p + start, out->n - start, subject);
  return E_OK;
}

/* --- reading --- */

static enum err_code take_member(const struct paper_form *f, const struct paper_member *m, const struct json_value *root, void *to, struct err *e) {
  const struct json_value *v = json_member(root, m->key);
  char *at = (char *)to + m->offset;
  const char *text = json_string(v);
  int64_t number = 0;
  if (m->kind == PAPER_TEXT && text && strlen(text) < m->size) {
    memcpy(at, text, strlen(text) + 1);
    return E_OK;
  }
  if (m->kind == PAPER_INTEGER && json_integer(v, &number)) {
    memcpy(at, &number, sizeof number);
    return E_OK;
  }
  return ERR(e, E_PAPER_FORMAT, .file = f->format, .subject = m->key, .expected = m->kind == PAPER_TEXT ? "a text that fits" : "an integer");
}
static enum err_code take_members(const struct paper_form *f, const struct json_value *root, void *to, struct err *e) {
  if (strcmp(json_member_string(root, "format", ""), f->format) != 0) return ERR(e, E_PAPER_FORMAT, .subject = "format", .expected = f->format);
  for (int i = 0; i < f->n; i++) TRY(take_member(f, &f->member[i], root, to, e));
  return E_OK;
}
enum err_code paper_parse(
    const struct store *s, const struct paper_form *f, const char *place, struct str json, void *to, uint8_t subject[32], struct err *e) {
  struct json_document *d = NULL;
  struct strbuf again;
  if (json.n > PAPER_MAX) return ERR(e, E_PAPER_FORMAT, .file = place, .subject = f->format, .expected = "at most 64 KiB");
  TRY(json_parse(place, json.p, json.n, &d, e));
  enum err_code code = take_members(f, json_root(d), to, e);
  json_release(d);
  TRY(code);
  strbuf_init(&again, 0);
  code = paper_text(s, f, to, &again, subject, e);
  if (!code && !str_eq(json, str_view(again.p, again.n)))
    code = ERR(e, E_PAPER_FORMAT, .file = place, .subject = f->format, .expected = "canonical JSON of this store");
  strbuf_release(&again);
  return code;
}
