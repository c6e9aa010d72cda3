/* amendment.c -- the amendment as JSON: writer and reader (amendment.h). */
#include "collector/amendment.h"

#include <string.h>

#include "base/bytes.h"
#include "base/ext_json.h"
#include "base/json_out.h"
#include "collector/batch.h"

enum err_code amendment_write(const struct amendment *m, struct strbuf *out, struct err *e) {
  struct json_out j;
  char base[2 * VERSION_TOKEN + 1];
  hex_encode(m->base, VERSION_TOKEN, base);
  json_begin(&j, out, true);
  json_object(&j);
  json_put(&j, "action", m->withdraw[0] ? "W" : "R");
  json_put(&j, "base", base);
  json_put(&j, "by", m->by);
  json_key(&j, "changes");
  json_array(&j);
  for (int i = 0; i < m->n_changes; i++) {
    json_object(&j);
    json_put(&j, "item", m->changes[i].item);
    json_put(&j, "value", m->changes[i].value);
    json_end_object(&j);
  }
  json_end_array(&j);
  json_put(&j, "form", m->form);
  json_put(&j, "format", "shirabe-amendment-1");
  json_key(&j, "key");
  json_text(&j, m->key);
  json_put(&j, "made", m->made);
  json_put(&j, "office", m->office);
  json_put(&j, "period", m->period);
  json_put(&j, "reason", m->reason);
  json_put(&j, "salt", m->salt);
  json_put(&j, "survey", m->survey);
  json_put(&j, "withdraw", m->withdraw);
  json_end_object(&j);
  if (!json_done(&j) || out->failed) return ERR(e, E_NO_MEMORY, .subject = "amendment");
  return out->n <= AMENDMENT_MAX_BYTES ? E_OK : ERR(e, E_CAP_EXCEEDED, .subject = "amendment");
}

/* --- reading --- */
#define PLAIN "abcdefghijklmnopqrstuvwxyz0123456789_"
static const char *take(struct arena *a, const struct json_value *v, const char *key, const char *characters, size_t most, const char **wrong) {
  const char *s = json_string(json_member(v, key));
  size_t n = s ? strlen(s) : 0;
  if (!s || n > most || (characters && (!n || strspn(s, characters) != n))) {
    if (!*wrong) *wrong = key;
    return "";
  }
  const char *copy = arena_strdup(a, s, n);
  return copy ? copy : "";
}

static void take_changes(struct arena *a, const struct json_value *root, struct amendment *m, const char **wrong) {
  const struct json_value *l = json_member(root, "changes");
  if (!json_is_array(l) || json_length(l) > AMENDMENT_MAX_CHANGES) {
    *wrong = "changes";
    return;
  }
  m->n_changes = (int)json_length(l);
  m->changes = ARENA_ARRAY(a, struct amendment_change, m->n_changes + 1);
  for (int i = 0; m->changes && i < m->n_changes; i++) {
    const struct json_value *v = json_element(l, (size_t)i);
    m->changes[i] = (struct amendment_change){take(a, v, "item", PLAIN, 63, wrong), take(a, v, "value", NULL, 1024, wrong)};
  }
}

static const char *parse(struct arena *a, const struct json_value *root, struct amendment *m) {
  const char *wrong = NULL;
  struct str parts[16];
  m->survey = take(a, root, "survey", PLAIN, 32, &wrong);
  m->form = take(a, root, "form", PLAIN, 32, &wrong);
  m->period = take(a, root, "period", "0123456789-QFY", 15, &wrong);
  m->office = take(a, root, "office", PLAIN "-", 47, &wrong);
  m->by = take(a, root, "by", PLAIN "-", 47, &wrong);
  m->reason = take(a, root, "reason", NULL, 1024, &wrong);
  m->made = take(a, root, "made", "0123456789-:TZ", 31, &wrong);
  m->salt = take(a, root, "salt", "0123456789abcdef", 32, &wrong);
  m->withdraw = take(a, root, "withdraw", NULL, 32, &wrong);
  const char *key = take(a, root, "key", NULL, 8192, &wrong), *base = take(a, root, "base", "0123456789abcdef", 2 * VERSION_TOKEN, &wrong);
  const char *action = take(a, root, "action", "RW", 1, &wrong), *format = take(a, root, "format", NULL, 32, &wrong);
  m->key = str_of(key);
  take_changes(a, root, m, &wrong);
  if (wrong) return wrong;
  if (strcmp(format, "shirabe-amendment-1")) return "format";
  if (strlen(m->salt) != 32) return "salt";
  if (strlen(base) != 2 * VERSION_TOKEN || !hex_decode(base, 2 * VERSION_TOKEN, m->base)) return "base";
  if (record_key_split(m->key, parts, 16) < 1) return "key";
  if (!m->reason[0]) return "reason";
  bool withdraws = action[0] == 'W';
  if (withdraws != (withdraw_reason_find(m->withdraw) != NULL) || (!withdraws && m->withdraw[0])) return "withdraw";
  return withdraws == (m->n_changes == 0) ? NULL : "changes";
}

enum err_code amendment_read(struct arena *a, const char *file, struct str json, struct amendment **out, struct err *e) {
  struct json_document *d = NULL;
  struct amendment *m = ARENA_NEW(a, struct amendment);
  *out = m;
  if (!m) return ERR(e, E_NO_MEMORY, .subject = "amendment");
  if (json.n > AMENDMENT_MAX_BYTES || json_parse(file, json.p, json.n, &d, NULL)) return ERR(e, E_AMEND_BAD, .file = file, .found = "JSON");
  const char *wrong = parse(a, json_root(d), m);
  json_release(d);
  if (!wrong && m->n_changes && !m->changes) return ERR(e, E_NO_MEMORY, .subject = "amendment");
  return wrong ? ERR(e, E_AMEND_BAD, .file = file, .found = wrong) : E_OK;
}
