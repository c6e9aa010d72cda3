/* register_earlier.c -- what went out before: entries of the register, and releases from before it read back from their sealed parts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "base/ext_json.h"
#include "estimators/sdc/register/register_check_impl.h"
#include "estimators/sdc/register/register_csv.h"
#include "front/register_gate.h"

enum { RULES_BYTES = 1 << 20 };

enum err_code register_rules_of(struct arena *a, const char *profile, struct register_policy *out, struct err *e) {
  char path[4096];
  uint8_t *text = NULL;
  size_t n;
  snprintf(path, sizeof path, "%s/secure/register_rules.csv", forms_folder());
  TRY(file_read(path, RULES_BYTES, &text, &n, e));
  const char *copy = arena_strdup(a, (const char *)text, n), *name = arena_strdup(a, path, strlen(path));
  free(text);
  if (!copy || !name) return ERR(e, E_NO_MEMORY, .subject = path);
  return register_policy_read(a, name, str_view(copy, n), profile, out, e);
}
enum err_code register_entry_read(
    struct store *s, struct arena *a, const struct register_row *row, int64_t access, struct register_entry *out, struct err *e) {
  struct strbuf bytes;
  strbuf_init(&bytes, 0);
  enum err_code code = register_read(s, row, access, &bytes, e);
  if (!code) code = register_decode(a, str_view(bytes.p, bytes.n), out, e);
  strbuf_release(&bytes);
  return code;
}

/* --- a release from before the register: its long tables, units unknown --- */

static enum err_code old_table(struct store *s, struct arena *a, const char *release, const char *id, const char *form, int64_t access,
    struct register_table *out, struct err *e) {
  char name[160];
  struct strbuf text;
  strbuf_init(&text, 0);
  snprintf(name, sizeof name, "tables/%.120s.csv", id);
  enum err_code code = release_find_part(s, release, name, access, &text, e);
  const char *copy = code ? NULL : arena_strdup(a, text.p, text.n);
  if (!code && !copy) code = ERR(e, E_NO_MEMORY, .subject = name);
  if (!code) code = register_from_csv(a, arena_strdup(a, name, strlen(name)), str_view(copy, text.n), form, out, e);
  strbuf_release(&text);
  return code;
}
static enum err_code old_tables(struct store *s, struct arena *a, const char *release, const struct json_value *tables, int64_t access,
    struct register_entry *out, struct err *e) {
  out->table = ARENA_ARRAY(a, struct register_table, json_length(tables) + 1);
  if (!out->table) return ERR(e, E_NO_MEMORY, .subject = release);
  for (size_t i = 0; i < json_length(tables); i++) {
    const struct json_value *t = json_element(tables, i);
    const char *id = json_member_string(t, "id", ""), *form = json_member_string(t, "form", "");
    if (!*json_member_string(t, "sha256", "")) continue; /* withheld */
    struct register_table *u = &out->table[out->n_tables];
    TRY(old_table(s, a, release, id, arena_strdup(a, form, strlen(form)), access, u, e));
    out->n_tables++;
  }
  return E_OK;
}
static enum err_code old_entry(
    struct store *s, struct arena *a, const struct register_old *o, int64_t access, struct register_entry *out, struct err *e) {
  struct strbuf text;
  struct json_document *d = NULL;
  *out = (struct register_entry){.release = o->id, .survey = o->survey, .period = o->period, .kind = "final"};
  strbuf_init(&text, 0);
  enum err_code code = release_find_part(s, o->id, "lineage.json", access, &text, e);
  if (!code) code = json_parse("lineage.json", text.p, text.n, &d, e);
  if (!code) code = old_tables(s, a, o->id, json_member(json_root(d), "tables"), access, out, e);
  json_release(d);
  strbuf_release(&text);
  return code;
}

/* --- all that can touch a period --- */

struct earlier {
  struct arena *a;
  const struct register_entry **list;
  int n, room;
};
static enum err_code add(struct earlier *x, struct register_entry **out, struct err *e) {
  if (x->n == x->room) {
    const struct register_entry **more = ARENA_ARRAY(x->a, const struct register_entry *, x->room = 2 * x->room + 16);
    if (!more) return ERR(e, E_NO_MEMORY, .subject = "register");
    if (x->n) memcpy(more, x->list, (size_t)x->n * sizeof *more);
    x->list = more;
  }
  *out = ARENA_NEW(x->a, struct register_entry);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "register");
  x->list[x->n++] = *out;
  return E_OK;
}
static enum err_code from_older(struct store *s, struct earlier *x, const char *survey, const char *period, int64_t access, struct err *e) {
  struct register_old *old;
  struct register_entry *entry;
  int64_t n;
  TRY(register_older(s, x->a, survey, &old, &n, e));
  for (int64_t i = 0; i < n; i++) {
    if (!periods_meet(period, old[i].period)) continue;
    TRY(add(x, &entry, e));
    TRY(old_entry(s, x->a, &old[i], access, entry, e));
  }
  return E_OK;
}
static enum err_code from_rows(struct store *s, struct earlier *x, const char *survey, const char *period, const char *inputs, int64_t access,
    struct register_row *again, bool *found, struct err *e) {
  struct register_row row;
  struct register_entry *entry;
  bool more;
  for (uint64_t from = 0;;) {
    TRY(register_next(s, survey, &from, &row, &more, e));
    if (!more) return E_OK;
    *found = inputs && !strcmp(row.inputs, inputs) && !strcmp(row.period, period);
    if (*found) *again = row;
    if (*found) return E_OK; /* what came after it was not there when it was judged */
    if (!strcmp(row.kind, "draft") || !periods_meet(period, row.period)) continue;
    TRY(add(x, &entry, e));
    TRY(register_entry_read(s, x->a, &row, access, entry, e));
  }
}
enum err_code register_earlier(struct store *s, struct arena *a, const char *survey, const char *period, const char *inputs,
    const struct register_entry ***out, int *n, struct register_row *again, bool *found, struct err *e) {
  struct earlier x = {.a = a};
  char object[128];
  int64_t access;
  struct err ignored;
  struct log_entry entry = {.action = "data-read", .object = object, .purpose = "", .detail = ""};
  *found = false;
  snprintf(object, sizeof object, "register:%.60s/%.30s", survey, period);
  TRY(store_log_intent(s, &entry, &access, e));
  enum err_code code = from_older(s, &x, survey, period, access, e);
  if (!code) code = from_rows(s, &x, survey, period, inputs, access, again, found, e);
  entry.rows = x.n;
  enum err_code logged = store_log_outcome(s, access, &entry, code == E_OK, code ? &ignored : e);
  *out = x.list, *n = x.n;
  return code ? code : logged;
}
