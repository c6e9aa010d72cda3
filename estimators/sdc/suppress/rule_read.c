#include "estimators/sdc/suppress/rule_read.h"

#include <string.h>

#include "base/ext_json.h"

struct reading {
  const char *file;
  const struct json_value *rule;
  struct err *e;
};
static enum err_code bad(const struct reading *r, const char *what) { return ERR(r->e, E_SDC_PROFILE_FILE, .subject = what, .file = r->file); }
static enum err_code real(const struct reading *r, const char *member, double *out) {
  const struct json_value *v = json_member(r->rule, member);
  return !v || json_number(v, out) ? E_OK : bad(r, member);
}
static enum err_code whole(const struct reading *r, const char *member, int64_t most, int64_t *out) {
  const struct json_value *v = json_member(r->rule, member);
  *out = 0;
  return !v || (json_integer(v, out) && *out >= 0 && *out <= most) ? E_OK : bad(r, member);
}
static enum err_code flag(const struct reading *r, const char *member, bool *out) {
  const struct json_value *v = json_member(r->rule, member);
  return !v || json_boolean(v, out) ? E_OK : bad(r, member);
}
static enum err_code weights(const struct reading *r, enum sdc_weights *out) {
  static const char *const word[] = {"none", "repeat", "raw"};
  const struct json_value *v = json_member(r->rule, "weights");
  const char *text = json_string(v);
  if (!v) return E_OK;
  for (int k = 0; text && k < 3; k++)
    if (!strcmp(text, word[k])) return *out = (enum sdc_weights)k, E_OK;
  return bad(r, "weights");
}
static enum err_code fill(const struct reading *r, struct sdc_rule *out) {
  int64_t n;
  TRY(whole(r, "min_n", INT32_MAX, &out->min_n));
  TRY(whole(r, "dominance_n", 1000, &n));
  out->dominance_n = (int)n;
  TRY(whole(r, "coalition", 1000, &n));
  out->coalition = (int)n;
  TRY(real(r, "dominance_percent", &out->dominance_percent));
  TRY(real(r, "p_percent", &out->p));
  TRY(real(r, "q_percent", &out->q));
  TRY(real(r, "request_percent", &out->request_percent));
  TRY(real(r, "safety_range", &out->safety_range));
  TRY(real(r, "safety_range_percent", &out->safety_range));
  TRY(flag(r, "request", &out->request));
  TRY(flag(r, "zero_is_group", &out->zero_is_group));
  TRY(weights(r, &out->weights));
  return sdc_rule_check(out, r->e);
}
static const struct json_value *profile_of(const struct json_value *root, const char *name) {
  const struct json_value *all = json_member(root, "profiles");
  for (size_t i = 0; i < json_length(all); i++) {
    const struct json_value *p = json_element(all, i);
    if (name && !strcmp(json_member_string(p, "name", ""), name)) return p;
  }
  if (all) return NULL;
  return !name || !strcmp(json_member_string(root, "name", ""), name) ? root : NULL;
}
enum err_code sdc_rule_read(struct arena *a, const char *file, struct str text, const char *name, struct sdc_rule *out, struct err *e) {
  struct json_document *d;
  *out = (struct sdc_rule){0};
  TRY(json_parse(file, text.p, text.n, &d, e));
  const struct json_value *p = profile_of(json_root(d), name);
  struct reading r = {file, json_member(p, "rule"), e};
  enum err_code code = json_is_object(r.rule) ? fill(&r, out) : bad(&r, name ? name : "rule");
  if (!code) {
    out->name = arena_strdup(a, json_member_string(p, "name", "own"), strlen(json_member_string(p, "name", "own")));
    out->status = arena_strdup(a, json_member_string(p, "status", "unconfirmed"), strlen(json_member_string(p, "status", "unconfirmed")));
    if (!out->name || !out->status) code = ERR(e, E_NO_MEMORY, .file = file);
  }
  json_release(d);
  return code;
}
