/* output_read.c -- files of an output out of the sealed store, and the register of what was released. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "secure-store/output/output_impl.h"

enum { REGISTER_MAX = 4096 };

static bool word(struct str *rest, char *to, size_t size) {
  struct str one = str_split(*rest, ' ', rest);
  if (one.n == 0 || one.n >= size) return false;
  memcpy(to, one.p, one.n);
  to[one.n] = 0;
  return true;
}
bool output_file_at(const struct output *o, int i, char name[OUTPUT_NAME_BYTES], char sha256[65], char blob[65], char sets[65]) {
  struct str line;
  if (!row_list_at(o->files, i, &line)) return false;
  return word(&line, name, OUTPUT_NAME_BYTES) && word(&line, sha256, 65) && word(&line, blob, 65) && word(&line, sets, 65);
}

/* --- reading under an intent leaf --- */

struct reading {
  struct store *s;
  struct arena *a;
  int64_t access;
};
static enum err_code begin(struct store *s, const char *id, int64_t *access, struct err *e) {
  char object[RECORD_OBJECT_BYTES];
  output_object(id, object);
  return store_log_intent(s, &(struct log_entry){.action = "data-read", .object = object}, access, e);
}
static enum err_code finish(struct store *s, const char *id, int64_t access, enum err_code code, struct err *e) {
  char object[RECORD_OBJECT_BYTES];
  struct err second;
  output_object(id, object);
  enum err_code logged = store_log_outcome(s, access, &(struct log_entry){.action = "data-read", .object = object}, code == E_OK, code ? &second : e);
  return code ? code : logged;
}
static enum err_code get(const struct reading *r, const char *blob, struct str *out, struct err *e) {
  struct strbuf b;
  strbuf_init(&b, 0);
  enum err_code code = store_blob_get(r->s, blob, r->access, OUTPUT_FILE_MAX * (size_t)4, &b, e);
  const char *copy = code ? NULL : arena_strdup(r->a, b.p ? b.p : "", b.n);
  if (!code && !copy) code = ERR(e, E_NO_MEMORY, .subject = "output");
  *out = str_view(copy, b.n);
  strbuf_release(&b);
  return code;
}
static enum err_code get_file(const struct reading *r, const struct output *o, int i, bool with_sets, struct output_file *f, struct err *e) {
  char name[OUTPUT_NAME_BYTES], sha256[65], blob[65], sets[65], hex[65];
  uint8_t hash[32];
  *f = (struct output_file){0};
  if (!output_file_at(o, i, name, sha256, blob, sets)) return ERR(e, E_OUTPUT_CHANGED, .subject = o->id);
  f->name = arena_strdup(r->a, name, strlen(name));
  if (!f->name) return ERR(e, E_NO_MEMORY, .subject = o->id);
  TRY(get(r, blob, &f->bytes, e));
  sha256_of(f->bytes.p, f->bytes.n, hash);
  hex_encode(hash, sizeof hash, hex);
  if (strcmp(hex, sha256) != 0) return ERR(e, E_OUTPUT_CHANGED, .subject = o->id, .found = name);
  return with_sets && strcmp(sets, "-") != 0 ? get(r, sets, &f->sets, e) : E_OK;
}
static enum err_code get_files(const struct reading *r, const struct output *o, bool sets, struct output_file *files, int *n, struct err *e) {
  struct str line;
  *n = 0;
  while (*n < OUTPUT_FILES_MAX && row_list_at(o->files, *n, &line)) {
    TRY(get_file(r, o, *n, sets, &files[*n], e));
    ++*n;
  }
  return E_OK;
}

enum err_code output_read_report(struct store *s, const struct output *o, const struct act_by *reader, struct strbuf *out, struct err *e) {
  int64_t access;
  TRY(embargo_read_datasets(s, o->dataset, act_id_of(reader), e));
  TRY(begin(s, o->id, &access, e));
  return finish(s, o->id, access, store_blob_get(s, o->report, access, OUTPUT_FILE_MAX, out, e), e);
}
enum err_code output_read_files(struct store *s, struct arena *a, const struct output *o, const struct act_by *reader, bool sets,
    struct output_file files[OUTPUT_FILES_MAX], int *n, struct err *e) {
  struct reading r = {s, a, 0};
  TRY(embargo_read_datasets(s, o->dataset, act_id_of(reader), e));
  TRY(begin(s, o->id, &r.access, e));
  return finish(s, o->id, r.access, get_files(&r, o, sets, files, n, e), e);
}

/* --- the register --- */

static struct str three_parts(struct str pattern) { /* survey/form/period */
  size_t n = 0;
  for (int slashes = 0; n < pattern.n; n++)
    if (pattern.p[n] == '/' && ++slashes == 3) break;
  return str_view(pattern.p, n);
}
static bool part_fits(struct str x, struct str y) { return str_eq(x, y) || str_eq(x, STR("*")) || str_eq(y, STR("*")); }
static bool patterns_meet(struct str x, struct str y) {
  for (int k = 0; k < 3; k++)
    if (!part_fits(str_split(x, '/', &x), str_split(y, '/', &y))) return false;
  return true;
}
static bool meet(const char *one, const char *other) {
  for (struct str rest = str_of(one); rest.n;) {
    struct str x = three_parts(str_split(rest, ' ', &rest));
    for (struct str there = str_of(other); there.n;)
      if (patterns_meet(x, three_parts(str_split(there, ' ', &there)))) return true;
  }
  return false;
}
static enum err_code add(const struct reading *r, const struct output *o, struct output_known *known, int64_t *n, struct err *e) {
  struct output_file files[OUTPUT_FILES_MAX];
  int n_files = 0;
  TRY(get_files(r, o, true, files, &n_files, e));
  for (int i = 0; i < n_files; i++) {
    const char *where = arena_printf(r->a, "output %s, %s", o->id, files[i].name);
    if (!where) return ERR(e, E_NO_MEMORY, .subject = o->id);
    if (*n == REGISTER_MAX) return ERR(e, E_CAP_EXCEEDED, .subject = "register", .expected = "at most 4,096 released tables about the same data");
    known[(*n)++] = (struct output_known){where, files[i].name, files[i].bytes, files[i].sets};
  }
  return E_OK;
}
static enum err_code each(const struct reading *r, const char *dataset, const char *but, struct output_known *known, int64_t *n, struct err *e) {
  struct output *o = ARENA_NEW(r->a, struct output);
  struct record record;
  bool found;
  if (!o) return ERR(e, E_NO_MEMORY, .subject = "register");
  for (uint64_t from = 0;;) {
    TRY(act_next(r->s, "output:", &from, &output_format, o, &found, &record, e));
    if (!found) return E_OK;
    if (output_state_of(o) != OUTPUT_RELEASED || strcmp(o->id, but) == 0 || !meet(o->dataset, dataset)) continue;
    TRY(add(r, o, known, n, e));
  }
}
enum err_code output_register(struct store *s, struct arena *a, const char *dataset, const char *but, struct output_known **out, int64_t *n,
    struct err *e) {
  struct reading r = {s, a, 0};
  *n = 0;
  *out = ARENA_ARRAY(a, struct output_known, REGISTER_MAX);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "register");
  TRY(begin(s, but, &r.access, e));
  return finish(s, but, r.access, each(&r, dataset, but, *out, n, e), e);
}
