/* purpose.c -- is a dataset still in use: a grant that was activated, not revoked and not past its end names it, or an application that was handed in
 * and is not returned. Grants are read from their records (rights/grant.h), so that nothing here depends on how a grant is used. */
#include <stdio.h>
#include <string.h>

#include "base/ext_json.h"
#include "secure-store/disposal/disposal.h"
#include "secure-store/use/application.h"

/* Patterns survey/form/period/stage or blob/KIND separated by spaces; * stands for any one part. Only the first three parts of each count. */
static bool pattern_meets(struct str pattern, struct str dataset) {
  for (int i = 0; i < 3; i++) {
    struct str a = str_split(pattern, '/', &pattern), b = str_split(dataset, '/', &dataset);
    if (!str_eq(a, STR("*")) && !str_eq(a, b)) return false;
  }
  return true;
}
static bool names_dataset(const char *patterns, const char *dataset) {
  struct str rest = str_of(patterns);
  while (rest.n > 0)
    if (pattern_meets(str_split(rest, ' ', &rest), str_of(dataset))) return true;
  return false;
}

static enum err_code uses(struct store *s, const struct record *grant, const char *dataset, int64_t now, bool *yes, struct err *e) {
  struct strbuf text;
  struct json_document *d = NULL;
  strbuf_init(&text, 0);
  enum err_code code = record_text(s, grant, &text, e);
  if (!code) code = json_parse("grant", text.p, text.n, &d, e);
  const struct json_value *root = code ? NULL : json_root(d);
  *yes = !code && json_member_int(root, "until", INT64_MAX) > now && names_dataset(json_member_string(root, "dataset", ""), dataset);
  json_release(d);
  strbuf_release(&text);
  return code;
}

enum err_code disposal_in_use(struct store *s, const char *dataset, int64_t now, struct err *e) {
  struct record active, grant, revoked;
  for (uint64_t from = 0; record_next(s, "grant-active:", from, &active);) {
    char id[ACT_ID_BYTES], object[RECORD_OBJECT_BYTES];
    bool yes = false;
    from = active.seq + 1;
    snprintf(id, sizeof id, "%.40s", active.object + strlen("grant-active:"));
    disposal_object("grant-revoked", id, object);
    if (record_last(s, object, &revoked) && revoked.seq > active.seq) continue;
    disposal_object("grant", id, object);
    if (!record_last(s, object, &grant)) continue;
    TRY(uses(s, &grant, dataset, now, &yes, e));
    if (yes) return ERR(e, E_DISPOSAL_PURPOSE, .subject = dataset, .found = id);
  }
  return application_in_use(s, dataset, e);
}
