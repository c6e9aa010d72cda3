/* grant_text.c -- a grant as canonical JSON and back; see grant.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "base/ext_json.h"
#include "base/json_out.h"
#include "secure-store/rights/grant_impl.h"

static const char grant_format[] = "shirabe-grant-1";
enum { GRANT_TEXT_MAX = 1 << 20, MACHINE_ID_MAX = 4096 };

static const char *const basis_texts[BASIS_COUNT] = {"32-i", "32-ii", "33-1-i-stat", "33-1-i-research", "33-1-i-list", "33-1-ii", "33-2", "34", "36"};

const char *grant_basis_text(enum grant_basis b) { return (unsigned)b < BASIS_COUNT ? basis_texts[b] : ""; }

bool grant_basis_parse(struct str s, enum grant_basis *out) {
  for (int i = 0; i < BASIS_COUNT; i++) {
    if (!str_eq(s, str_of(basis_texts[i]))) continue;
    *out = (enum grant_basis)i;
    return true;
  }
  return false;
}

/* --- the machine --- */

enum err_code grant_machine(const struct store *s, char out[65], struct err *e) {
  const char *given = s->office.light ? getenv("SHIRABE_MACHINE_ID") : NULL;
  uint8_t *p = NULL, hash[32];
  size_t n = 0;
  struct sha256 h;
  struct err unread;
  if (!given && (file_read("/etc/machine-id", MACHINE_ID_MAX, &p, &n, &unread) || n < 33))
    return free(p), ERR(e, E_GRANT_NO_MACHINE, .subject = "/etc/machine-id");
  struct str id = given ? str_of(given) : str_trim(str_view((const char *)p, n));
  sha256_begin(&h);
  sha256_add(&h, "shirabe-machine-1\n", 18);
  sha256_add(&h, id.p, id.n);
  sha256_end(&h, hash);
  free(p);
  hex_encode(hash, sizeof hash, out);
  return E_OK;
}

/* --- writing --- */

static void put_limits(struct json_out *j, const struct grant_limits *l) {
  json_key(j, "limits");
  json_object(j);
  json_put_int(j, "cells_per_day", l->cells_per_day);
  json_put_int(j, "exports", l->exports);
  json_put_int(j, "queries_per_day", l->queries_per_day);
  json_put_int(j, "rows_in_all", l->rows_in_all);
  json_put_int(j, "rows_per_day", l->rows_per_day);
  json_put_int(j, "sessions_per_day", l->sessions_per_day);
  json_put_int(j, "tables_per_day", l->tables_per_day);
  json_end_object(j);
}

static void put_members(struct json_out *j, const struct grant *g, const char *install) {
  json_put(j, "break_glass", g->break_glass);
  json_key(j, "columns");
  json_array(j);
  for (int i = 0; i < g->n_columns; i++) json_cstr(j, g->column[i]);
  json_end_array(j);
  json_put(j, "dataset", g->dataset);
  json_put(j, "filter", g->filter);
  json_put(j, "format", grant_format);
  json_put_int(j, "from", g->from);
  json_put(j, "id", g->id);
  json_put(j, "install", install);
  json_put(j, "legal_basis", grant_basis_text(g->basis));
  put_limits(j, &g->limits);
  json_put(j, "machine", g->machine);
  json_put(j, "output_rule", g->output_rule);
  json_put(j, "person", g->person);
  json_put(j, "place", g->place);
  json_put(j, "purpose", g->purpose);
  json_put(j, "requester", g->requester);
  json_put(j, "salt", g->salt);
  json_put_int(j, "until", g->until);
}

enum err_code grant_text(struct store *s, const struct grant *g, struct strbuf *out, uint8_t subject[32], struct err *e) {
  struct json_out j;
  char install[33];
  size_t start = out->n;
  hex_encode(s->install_id, sizeof s->install_id, install);
  json_begin(&j, out, true);
  json_object(&j);
  put_members(&j, g, install);
  json_end_object(&j);
  if (!json_done(&j) || out->failed) return ERR(e, E_GRANT_FORMAT, .subject = g->id);
  sha256_of(out->p + start, out->n - start, subject);
  return E_OK;
}

/* --- reading --- */

struct grant_parse {
  const char *place;
  const struct json_value *root;
  struct arena *a;
  struct grant *g;
};

static enum err_code wrong(const struct grant_parse *p, const char *member, const char *expected, struct err *e) {
  return ERR(e, E_GRANT_FORMAT, .file = p->place, .subject = member, .expected = expected);
}

static bool no_controls(const char *text) {
  for (; *text; text++)
    if ((unsigned char)*text < 32 || *text == 127) return false;
  return true;
}

static enum err_code take(const struct grant_parse *p, const char *key, bool required, char *out, size_t size, struct err *e) {
  const struct json_value *v = json_member(p->root, key);
  const char *text = json_string(v);
  out[0] = 0;
  if (!v && !required) return E_OK;
  if (!text || strlen(text) >= size || !no_controls(text)) return wrong(p, key, "one line of text, not too long", e);
  memcpy(out, text, strlen(text) + 1);
  return E_OK;
}

static bool id_plain(const char *id) {
  size_t n = strlen(id);
  return n >= 2 && strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == n && id[0] != '-';
}

static enum err_code take_texts(const struct grant_parse *p, struct err *e) {
  struct grant *g = p->g;
  TRY(take(p, "break_glass", false, g->break_glass, sizeof g->break_glass, e));
  TRY(take(p, "dataset", true, g->dataset, sizeof g->dataset, e));
  TRY(take(p, "filter", true, g->filter, sizeof g->filter, e));
  TRY(take(p, "id", true, g->id, sizeof g->id, e));
  TRY(take(p, "machine", true, g->machine, sizeof g->machine, e));
  TRY(take(p, "output_rule", true, g->output_rule, sizeof g->output_rule, e));
  TRY(take(p, "person", true, g->person, sizeof g->person, e));
  TRY(take(p, "place", true, g->place, sizeof g->place, e));
  TRY(take(p, "purpose", true, g->purpose, sizeof g->purpose, e));
  TRY(take(p, "requester", true, g->requester, sizeof g->requester, e));
  TRY(take(p, "salt", false, g->salt, sizeof g->salt, e));
  if (!id_plain(g->id)) return wrong(p, "id", "2 to 40 of a-z, 0-9, hyphen", e);
  if (!id_plain(g->person)) return wrong(p, "person", "the id of an officer", e);
  if (!id_plain(g->requester)) return wrong(p, "requester", "the id of an officer", e);
  if (!g->purpose[0]) return wrong(p, "purpose", "what the rows are for", e);
  return E_OK;
}

static int by_text(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

static enum err_code take_columns(const struct grant_parse *p, struct err *e) {
  const struct json_value *list = json_member(p->root, "columns");
  size_t n = json_length(list);
  if (!json_is_array(list) || n < 1 || n > GRANT_COLUMNS_MAX) return wrong(p, "columns", "1 to 4096 names", e);
  const char **names = ARENA_ARRAY(p->a, const char *, (int64_t)n);
  for (size_t i = 0; names && i < n; i++) {
    const char *name = json_string(json_element(list, i));
    if (!name || !name[0] || strlen(name) >= 128 || !no_controls(name)) return wrong(p, "columns", "names of columns", e);
    if (!(names[i] = arena_strdup(p->a, name, strlen(name)))) names = NULL;
  }
  if (!names) return ERR(e, E_NO_MEMORY, .subject = "columns");
  qsort(names, n, sizeof *names, by_text);
  for (size_t i = 1; i < n; i++)
    if (strcmp(names[i - 1], names[i]) == 0) return wrong(p, "columns", "each name once", e);
  if (n > 1 && strcmp(names[0], "*") == 0) return wrong(p, "columns", "\"*\" alone, or names", e);
  p->g->column = names;
  p->g->n_columns = (int)n;
  return E_OK;
}

static enum err_code take_limits(const struct grant_parse *p, struct err *e) {
  struct grant_limits *l = &p->g->limits;
  const struct json_value *v = json_member(p->root, "limits"), *unused;
  const struct {
    const char *key;
    int64_t *to;
  } all[] = {{"cells_per_day", &l->cells_per_day}, {"exports", &l->exports}, {"queries_per_day", &l->queries_per_day},
      {"rows_in_all", &l->rows_in_all}, {"rows_per_day", &l->rows_per_day}, {"sessions_per_day", &l->sessions_per_day},
      {"tables_per_day", &l->tables_per_day}};
  const size_t n = sizeof all / sizeof *all;
  const char *key;
  for (size_t i = 0; i < n; i++)
    if (!json_integer(json_member(v, all[i].key), all[i].to) || *all[i].to < -1) return wrong(p, all[i].key, "a number, 0 = none, -1 = no limit", e);
  return json_member_at(v, n, &key, &unused) ? wrong(p, key, "the seven limits only", e) : E_OK;
}

static enum err_code take_facts(const struct grant_parse *p, struct err *e) {
  struct grant *g = p->g;
  const char *basis = json_string(json_member(p->root, "legal_basis"));
  if (!basis || !grant_basis_parse(str_of(basis), &g->basis)) return wrong(p, "legal_basis", "32-i, 32-ii, 33-1-i-stat, ... (rights.md)", e);
  if (!json_integer(json_member(p->root, "from"), &g->from) || g->from < 0) return wrong(p, "from", "UNIX seconds", e);
  if (!json_integer(json_member(p->root, "until"), &g->until) || g->until <= g->from) return wrong(p, "until", "UNIX seconds after from", e);
  bool machine_ok = strcmp(g->machine, "this") == 0 || (strlen(g->machine) == 64 && strspn(g->machine, "0123456789abcdef") == 64);
  if (!machine_ok) return wrong(p, "machine", "64 hexadecimal digits, or this", e);
  bool salt_ok = !g->salt[0] || (strlen(g->salt) == 32 && strspn(g->salt, "0123456789abcdef") == 32);
  if (!salt_ok) return wrong(p, "salt", "32 hexadecimal digits", e);
  if (strcmp(g->column[0], "*") == 0 && g->basis != BASIS_32_I && g->basis != BASIS_32_II)
    return wrong(p, "columns", "names of columns, for this basis", e);
  return grant_dataset_ok(g->dataset) ? E_OK : wrong(p, "dataset", "survey/form/period/stage or blob/kind", e);
}

static enum err_code known_members(const struct grant_parse *p, struct err *e) {
  static const char *const known[] = {"break_glass", "columns", "dataset", "filter", "format", "from", "id", "install", "legal_basis", "limits",
      "machine", "output_rule", "person", "place", "purpose", "requester", "salt", "until"};
  const char *key;
  const struct json_value *v;
  if (!json_is_object(p->root) || strcmp(json_member_string(p->root, "format", ""), grant_format) != 0) return wrong(p, "format", grant_format, e);
  for (size_t i = 0; json_member_at(p->root, i, &key, &v); i++) {
    size_t k = 0;
    while (k < sizeof known / sizeof *known && strcmp(known[k], key) != 0) k++;
    if (k == sizeof known / sizeof *known) return wrong(p, key, "the members of rights.md only", e);
  }
  return E_OK;
}

enum err_code grant_parse(struct arena *a, const char *place, struct str json, struct grant *out, struct err *e) {
  struct json_document *d = NULL;
  memset(out, 0, sizeof *out);
  if (json.n > GRANT_TEXT_MAX) return ERR(e, E_GRANT_FORMAT, .file = place, .subject = place, .expected = "at most 1 MiB");
  TRY(json_parse(place, json.p, json.n, &d, e));
  const struct grant_parse p = {place, json_root(d), a, out};
  enum err_code code = known_members(&p, e);
  if (!code) code = take_texts(&p, e);
  if (!code) code = take_columns(&p, e);
  if (!code) code = take_limits(&p, e);
  if (!code) code = take_facts(&p, e);
  json_release(d);
  return code;
}

enum err_code grant_parse_canonical(struct store *s, struct arena *a, struct str json, struct grant *out, uint8_t subject[32], struct err *e) {
  struct strbuf again;
  TRY(grant_parse(a, "store.db", json, out, e));
  strbuf_init(&again, 0);
  enum err_code code = grant_text(s, out, &again, subject, e);
  if (!code && !str_eq(json, str_view(again.p, again.n)))
    code = ERR(e, E_GRANT_FORMAT, .subject = out->id, .expected = "canonical JSON of this store");
  strbuf_release(&again);
  return code;
}
