#include "estimators/command/cmd_mls_plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/ext_json.h"
#include "secure-store/signed_note.h"

enum { KEYS_MOST = 64, TEXT_MOST = 1 << 20, PROGRAM_MOST = 1 << 28 };
struct keys {
  struct note_key key[KEYS_MOST];
  int n;
};

static enum err_code read_text(struct cli *c, const char *path, struct str *out, struct err *e) {
  uint8_t *p = NULL;
  size_t n = 0;
  TRY(file_read(path, TEXT_MOST, &p, &n, e));
  *out = (struct str){arena_strdup(cli_job(c)->arena, (char *)p, n), n};
  free(p);
  return out->p ? E_OK : ERR(e, E_NO_MEMORY, .subject = path);
}
static enum err_code read_keys(struct cli *c, const char *path, struct keys *out, struct err *e) {
  struct str rest;
  if (!path) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--plan", .expected = "--keys FILE with it");
  TRY(read_text(c, path, &rest, e));
  while (rest.n && out->n < KEYS_MOST) {
    const struct str line = str_trim(str_split(rest, '\n', &rest));
    if (!line.n || line.p[0] == '#') continue;
    TRY(note_vkey_parse(arena_strdup(cli_job(c)->arena, line.p, line.n), &out->key[out->n++], e));
  }
  return E_OK;
}
/* How many persons of the keys have signed; *text is the signed text. A signature that does not verify is an error, an unknown one is none. */
static enum err_code signers(const struct keys *keys, const char *path, struct str note, int needed, struct str *text, int *n, struct err *e) {
  struct err why;
  bool signed_by[KEYS_MOST] = {false};
  *n = 0;
  for (int i = 0; i < keys->n; i++) { /* a person may have several keys, and counts once */
    bool counted = note_verify(&keys->key[i], note, text, &why) != E_OK;
    for (int k = 0; k < i; k++) counted = counted || (signed_by[k] && !strcmp(keys->key[k].name, keys->key[i].name));
    signed_by[i] = !counted;
    *n += !counted;
  }
  if (*n >= needed) return E_OK;
  return ERR(e, E_MLS_PLAN_UNSIGNED, .file = path, .subject = path, .expected = needed == 1 ? "a signature" : "signatures of two persons");
}
/* "C3" is 3; 0 = no control. */
static int control_of(const char *text) {
  char name[8];
  for (int k = MLS_C1; k <= MLS_C11; k++)
    if (snprintf(name, sizeof name, "C%d", k) > 0 && !strcmp(name, text)) return k;
  return 0;
}
enum err_code mls_exceptions_read(struct cli *c, const char *path, struct str text, int n_signers, struct estimate_plan *p, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  struct json_document *d = NULL;
  TRY(json_parse(path, text.p, text.n, &d, e));
  const struct json_value *list = json_member(json_root(d), "exceptions");
  const size_t n = json_is_array(list) ? json_length(list) : 0;
  enum err_code code = n ? E_OK : ERR(e, E_MLS_PLAN_FORMAT, .file = path, .subject = "exceptions", .expected = "a list");
  p->exceptions = ARENA_ARRAY(a, struct mls_guard_exception, (int64_t)n + 1);
  for (size_t i = 0; !code && i < n; i++) {
    const struct json_value *v = json_element(list, i);
    const char *stratum = json_member_string(v, "stratum", ""), *control = json_member_string(v, "control", "");
    const char *why = json_member_string(v, "text", "");
    const int k = control_of(control);
    if (!p->exceptions) code = ERR(e, E_NO_MEMORY, .subject = path);
    else if (!*stratum || !*why || !k)
      code = ERR(e, E_MLS_PLAN_FORMAT, .file = path, .subject = "exceptions", .expected = "stratum, control C1 to C11 and text");
    else
      p->exceptions[p->n_exceptions++] = (struct mls_guard_exception){
          str_of(arena_strdup(a, stratum, strlen(stratum))), (enum mls_control)k, arena_strdup(a, why, strlen(why)), n_signers};
  }
  json_release(d);
  return code;
}
static void digest_of(const void *p, size_t n, char out[DIGEST_TEXT]) {
  struct digest d;
  digest_begin(&d);
  digest_text(&d, (struct str){p, n});
  digest_end(&d, out);
}
/* Of the program that runs, as a file. */
enum err_code mls_program_digest(struct arena *a, const char **program, struct err *e) {
  uint8_t *p = NULL;
  size_t n = 0;
  char out[DIGEST_TEXT];
  TRY(file_read("/proc/self/exe", PROGRAM_MOST, &p, &n, e));
  digest_of(p, n, out);
  free(p);
  *program = arena_strdup(a, out, strlen(out));
  return *program ? E_OK : ERR(e, E_NO_MEMORY, .subject = "program");
}
static enum err_code read_before(struct cli *c, const char *path, struct estimate_plan *p, struct err *e) {
  struct mls_record *r = ARENA_NEW(cli_job(c)->arena, struct mls_record);
  struct str text;
  if (!r) return ERR(e, E_NO_MEMORY, .subject = path);
  TRY(read_text(c, path, &text, e));
  p->before = r;
  return mls_record_read(cli_job(c)->arena, path, text.p, text.n, r, e);
}
enum err_code mls_plan_options(struct cli *c, struct estimate_plan **out, struct err *e) {
  const char *path = cli_text(c, "plan"), *exceptions = cli_text(c, "exceptions"), *before = cli_text(c, "before");
  struct keys *keys = ARENA_NEW(cli_job(c)->arena, struct keys);
  struct estimate_plan *p = ARENA_NEW(cli_job(c)->arena, struct estimate_plan);
  struct str note, text;
  int n;
  *out = NULL;
  if (!path && before) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--before", .expected = "--plan NOTE with it");
  if (!path && cli_text(c, "keys")) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--keys", .expected = "--plan NOTE with it");
  if (cli_flag(c, "note-published") && !before)
    return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--note-published", .expected = "--plan NOTE and --before RECORD with it");
  if (!path) return exceptions ? ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--exceptions", .expected = "--plan NOTE with it") : E_OK;
  if (!keys || !p) return ERR(e, E_NO_MEMORY, .subject = path);
  TRY(read_keys(c, cli_text(c, "keys"), keys, e));
  TRY(read_text(c, path, &note, e));
  TRY(signers(keys, path, note, 1, &text, &n, e));
  TRY(mls_plan_read(cli_job(c)->arena, path, text.p, text.n, &p->plan, e));
  digest_of(text.p, text.n, p->digest);
  if (before) TRY(read_before(c, before, p, e));
  p->note_published = cli_flag(c, "note-published");
  *out = p;
  if (!exceptions) return E_OK;
  TRY(read_text(c, exceptions, &note, e));
  TRY(signers(keys, exceptions, note, 2, &text, &n, e));
  return mls_exceptions_read(c, exceptions, text, n, p, e);
}
