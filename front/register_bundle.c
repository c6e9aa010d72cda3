/* register_bundle.c -- see register_bundle.h. */
#include "front/register_bundle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/ext_json.h"
#include "estimators/sdc/register/register_csv.h"
#include "secure-store/release.h"

enum { FILE_MAX = 1 << 28 };

static enum err_code load(struct arena *a, const char *folder, const char *name, struct str *out, struct err *e) {
  char path[4096 + 256];
  uint8_t *p = NULL;
  size_t n;
  if (snprintf(path, sizeof path, "%.4095s/%.200s", folder, name) >= (int)sizeof path) return ERR(e, E_REGISTER_BUNDLE, .subject = folder);
  TRY(file_read(path, FILE_MAX, &p, &n, e));
  const char *copy = arena_strdup(a, (const char *)p, n);
  free(p);
  *out = str_view(copy, n);
  return copy ? E_OK : ERR(e, E_NO_MEMORY, .subject = folder);
}
static bool is_long(const char *name) {
  const size_t n = strlen(name);
  return n > 11 && !strncmp(name, "tables/", 7) && !strcmp(name + n - 4, ".csv") && !memchr(name + 7, '.', n - 11);
}
static enum err_code tables_of(struct arena *a, const char *folder, const struct json_value *files, struct register_entry *out, struct err *e) {
  struct str text;
  out->table = ARENA_ARRAY(a, struct register_table, json_length(files) + 1);
  if (!out->table) return ERR(e, E_NO_MEMORY, .subject = folder);
  for (size_t i = 0; i < json_length(files); i++) {
    const char *name = json_member_string(json_element(files, i), "name", "");
    if (!is_long(name)) continue;
    TRY(load(a, folder, name, &text, e));
    TRY(register_from_csv(a, arena_strdup(a, name, strlen(name)), text, "", &out->table[out->n_tables++], e));
  }
  return E_OK;
}
enum err_code register_bundle_read(
    const struct job *job, struct arena *a, const char *folder, const char *key, struct register_entry *out, struct err *e) {
  struct release_result r;
  struct json_document *d = NULL;
  struct str text;
  *out = (struct register_entry){.release = "", .survey = "", .period = "", .kind = ""};
  TRY(release_check(job, folder, key, &r, e));
  if (r.not_before > job_now(job)) return ERR(e, E_EMBARGO, .subject = r.id);
  TRY(load(a, folder, "release.json", &text, e));
  TRY(json_parse("release.json", text.p, text.n, &d, e));
  const struct json_value *root = json_root(d);
  const char *survey = json_member_string(root, "survey", ""), *period = json_member_string(root, "period", "");
  out->release = arena_strdup(a, r.id, strlen(r.id));
  out->survey = arena_strdup(a, survey, strlen(survey)), out->period = arena_strdup(a, period, strlen(period));
  enum err_code code = tables_of(a, folder, json_member(root, "files"), out, e);
  json_release(d);
  return code;
}
