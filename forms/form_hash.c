/* form_hash.c -- the identity of a form: SHA-256 over its canonical tables and the shared lists it uses.
 * Canonical  CSV in UTF-8, composed (NFC without the compatibility ideographs), LF, no BOM, cells quoted only where they must be; JSON without white
 *            space, names sorted, integers only (RFC 8785). So saving a table in Excel with other line ends changes nothing; a changed letter does.
 * Hashed     for each file in order of name: name, newline, length, newline, canonical text; then "codelists/<name>", newline, the list's hash in
 * hex. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/ext_sodium.h"
#include "base/ext_utf8proc.h"
#include "base/json_out.h"
#include "forms/form_impl.h"

static bool put_canonical(struct strbuf *out, struct strbuf *work, struct str cell, bool first) {
  bool changed;
  strbuf_reset(work);
  if (!text_nfc_safe(cell, work, &changed)) return false;
  csv_put(out, str_view(work->p, work->n), first);
  return true;
}

enum err_code table_canonical(const struct csv_table *t, struct strbuf *out, const char *path, struct err *e) {
  struct strbuf work;
  bool ok = true;
  strbuf_init(&work, 0);
  for (int64_t row = -1; row < t->n_rows; row++) {
    for (int64_t i = 0; i < t->n_columns; i++)
      ok = put_canonical(out, &work, row < 0 ? t->header[i] : t->cells[row * t->n_columns + i], i == 0) && ok;
    strbuf_addc(out, '\n');
  }
  ok = ok && !work.failed && !out->failed;
  strbuf_release(&work);
  return ok ? E_OK : ERR(e, E_NO_MEMORY, .file = path, .subject = path);
}

enum err_code table_hash(const struct csv_table *t, const char *path, uint8_t out[32], struct err *e) {
  struct strbuf text;
  strbuf_init(&text, 0);
  enum err_code code = table_canonical(t, &text, path, e);
  if (!code) sha256_of(text.p, text.n, out);
  strbuf_release(&text);
  return code;
}

/* --- JSON --- */
static int by_key(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

static bool put_json(struct json_out *j, const struct json_value *v);

static bool put_object(struct json_out *j, const struct json_value *v) {
  const char *key, *keys[256];
  const struct json_value *value;
  size_t n = 0;
  for (size_t i = 0; json_member_at(v, i, &key, &value); i++) {
    if (n == sizeof keys / sizeof *keys) return false;
    keys[n++] = key;
  }
  // cppcheck-suppress uninitvar ; the first n are filled
  qsort(keys, n, sizeof *keys, by_key);
  json_object(j);
  for (size_t i = 0; i < n; i++) {
    json_key(j, keys[i]);
    if (!put_json(j, json_member(v, keys[i]))) return false;
  }
  json_end_object(j);
  return true;
}

static bool put_json(struct json_out *j, const struct json_value *v) {
  int64_t integer;
  bool truth;
  if (json_is_object(v)) return put_object(j, v);
  if (json_is_array(v)) {
    json_array(j);
    for (size_t i = 0; i < json_length(v); i++)
      if (!put_json(j, json_element(v, i))) return false;
    json_end_array(j);
  } else if (json_string(v)) {
    json_cstr(j, json_string(v));
  } else if (json_integer(v, &integer)) {
    json_int(j, integer);
  } else if (json_boolean(v, &truth)) {
    json_bool(j, truth);
  } else {
    return false; /* null or a fraction */
  }
  return true;
}

static enum err_code json_canonical_text(struct form_reader *r, const struct form_file *f, struct strbuf *out, struct err *e) {
  struct json_document *d = NULL;
  struct err problem = {0};
  enum err_code code = json_parse(f->path, f->text.p, f->text.n, &d, &problem);
  if (code == E_NO_MEMORY) return reader_no_memory(r, e);
  struct json_out j;
  json_begin(&j, out, false); /* keys are sorted here as bytes, longer than the writer's own check keeps */
  if (code) reader_take(r, &problem);
  else if (!put_json(&j, json_root(d)) || !json_done(&j))
    PROBLEM(r, E_FORM_JSON_MEMBER, .file = f->path, .line = 1, .subject = f->name,
        .expected = "texts, whole numbers, true, false, lists and objects of up to 256 names");
  json_release(d);
  return E_OK;
}

static enum err_code csv_canonical_text(struct form_reader *r, const struct form_file *f, struct strbuf *out, struct err *e) {
  struct csv_table t;
  struct arena_mark mark = arena_mark(r->a);
  struct err problem = {0};
  enum err_code code = csv_table_parse(r->a, f->path, f->text.p, f->text.n, &t, &problem);
  if (code == E_NO_MEMORY) return reader_no_memory(r, e);
  if (!code) TRY(table_canonical(&t, out, f->path, e)); /* a table that cannot be read was reported by its reader */
  arena_reset(r->a, mark);
  return E_OK;
}

static enum err_code hash_file(struct form_reader *r, const struct form_file *f, struct sha256 *h, struct err *e) {
  struct strbuf text;
  strbuf_init(&text, 0);
  size_t n = strlen(f->name);
  enum err_code code = n > 5 && strcmp(f->name + n - 5, ".json") == 0 ? json_canonical_text(r, f, &text, e) : csv_canonical_text(r, f, &text, e);
  char length[32];
  snprintf(length, sizeof length, "\n%zu\n", text.n);
  sha256_add(h, f->name, n);
  sha256_add(h, length, strlen(length));
  if (text.n) sha256_add(h, text.p, text.n);
  bool failed = text.failed;
  strbuf_release(&text);
  return !code && failed ? reader_no_memory(r, e) : code;
}

static int by_list_name(const void *a, const void *b) { return strcmp((*(struct codelist *const *)a)->name, (*(struct codelist *const *)b)->name); }

enum err_code form_hash(struct form_reader *r, struct err *e) {
  struct sha256 h;
  struct form *f = r->form;
  sha256_begin(&h);
  for (int i = 0; i < r->files->n_files; i++) TRY(hash_file(r, &r->files->files[i], &h, e));
  struct codelist **lists = ARENA_ARRAY(r->a, struct codelist *, f->n_codelists + 1);
  if (!lists) return reader_no_memory(r, e);
  memcpy(lists, f->codelists, (size_t)f->n_codelists * sizeof *lists);
  qsort(lists, (size_t)f->n_codelists, sizeof *lists, by_list_name);
  for (int i = 0; i < f->n_codelists; i++) {
    char hex[65];
    if (!lists[i]->shared) continue;
    hex_encode(lists[i]->hash, sizeof lists[i]->hash, hex);
    sha256_add(&h, "codelists/", 10);
    sha256_add(&h, lists[i]->name, strlen(lists[i]->name));
    sha256_add(&h, "\n", 1);
    sha256_add(&h, hex, 64);
  }
  sha256_end(&h, f->hash);
  hex_encode(f->hash, sizeof f->hash, f->hash_hex);
  return E_OK;
}
