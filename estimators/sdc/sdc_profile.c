#include "estimators/sdc/sdc_profile.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/ext_json.h"
#include "base/json_out.h"

enum { PROFILES_MOST = 256, COUNT_MOST = 1000000 };
struct reading {
  struct arena *a;
  const char *file, *name; /* of the profile in work */
  int64_t line;
};
static enum err_code wrong(const struct reading *r, const char *field, const char *expected, const char *found, struct err *e) {
  const char *subject = *r->name ? arena_printf(r->a, "%s %s", r->name, field) : field, *stands = arena_strdup(r->a, found, strlen(found));
  return ERR(e, E_SDC_PROFILES, .file = r->file, .line = r->line, .subject = subject, .expected = expected, .found = stands);
}
/* What stands there, for the message. */
static const char *shown(struct arena *a, const struct json_value *v) {
  double d;
  bool b;
  const char *s = json_string(v), *text = s ? s : json_boolean(v, &b) ? (b ? "true" : "false") : NULL;
  char real[32];
  if (!v) return "nothing";
  if (text) return *text ? text : "an empty text";
  if (json_number(v, &d)) {
    real_format(d, real);
    text = arena_strdup(a, real, strlen(real));
  }
  return text ? text : "something else";
}
/* The object has these members and no others; names behind a '?' may be left out. */
static enum err_code members(const struct reading *r, const struct json_value *v, const char *what, const char *const *names, struct err *e) {
  const char *key;
  const struct json_value *value;
  if (!json_is_object(v)) return wrong(r, what, "an object", shown(r->a, v), e);
  for (int k = 0; names[k]; k++)
    if (*names[k] != '?' && !json_member(v, names[k])) return wrong(r, names[k], "given", "nothing", e);
  for (size_t i = 0; json_member_at(v, i, &key, &value); i++) {
    bool known = false;
    for (int k = 0; names[k]; k++) known = known || !strcmp(names[k] + (*names[k] == '?'), key);
    if (!known) return wrong(r, key, "a field of estimators/sdc/profiles.md", "an unknown field", e);
  }
  return E_OK;
}
static enum err_code text(
    const struct reading *r, const struct json_value *v, const char *field, bool may_be_empty, const char **out, struct err *e) {
  const char *s = json_string(json_member(v, field));
  if (!s || (!*s && !may_be_empty))
    return wrong(r, field, may_be_empty ? "a text" : "a text that is not empty", shown(r->a, json_member(v, field)), e);
  *out = arena_strdup(r->a, s, strlen(s));
  return *out ? E_OK : ERR(e, E_NO_MEMORY, .subject = field);
}
static enum err_code whole(const struct reading *r, const struct json_value *v, const char *field, int64_t high, int64_t *out, struct err *e) {
  const struct json_value *x = json_member(v, field);
  char range[64];
  snprintf(range, sizeof range, "a whole number from 0 to %lld", (long long)high);
  const char *expected = arena_strdup(r->a, range, strlen(range));
  if (json_integer(x, out) && *out >= 0 && *out <= high) return E_OK;
  return wrong(r, field, expected ? expected : "a whole number", shown(r->a, x), e);
}
static enum err_code percent(const struct reading *r, const struct json_value *v, const char *field, double high, double *out, struct err *e) {
  const struct json_value *x = json_member(v, field);
  if (json_number(x, out) && isfinite(*out) && *out >= 0 && *out <= high) return E_OK;
  return wrong(r, field, high > 100 ? "a number from 0 to 10000" : "a number from 0 to 100", shown(r->a, x), e);
}
static enum err_code yes(const struct reading *r, const struct json_value *v, const char *field, bool *out, struct err *e) {
  return json_boolean(json_member(v, field), out) ? E_OK : wrong(r, field, "true or false", shown(r->a, json_member(v, field)), e);
}
static enum err_code weights(const struct reading *r, const struct json_value *v, enum sdc_weights *out, struct err *e) {
  static const char *const words[] = {"none", "repeat", "raw"};
  const char *s = json_string(json_member(v, "weights"));
  for (int k = 0; s && k < 3; k++)
    if (!strcmp(s, words[k])) return *out = (enum sdc_weights)k, E_OK;
  return wrong(r, "weights", "none, repeat or raw", shown(r->a, json_member(v, "weights")), e);
}
static enum err_code numbers(const struct reading *r, const struct json_value *v, struct sdc_rule *out, struct err *e) {
  int64_t n, c;
  TRY(whole(r, v, "min_n", COUNT_MOST, &out->min_n, e));
  TRY(whole(r, v, "dominance_n", 10, &n, e));
  TRY(percent(r, v, "dominance_percent", 100, &out->dominance_percent, e));
  TRY(percent(r, v, "p_percent", 10000, &out->p, e));
  TRY(percent(r, v, "q_percent", 10000, &out->q, e));
  TRY(whole(r, v, "coalition", 10, &c, e));
  TRY(yes(r, v, "request", &out->request, e));
  TRY(percent(r, v, "request_percent", 100, &out->request_percent, e));
  TRY(yes(r, v, "zero_is_group", &out->zero_is_group, e));
  TRY(percent(r, v, "safety_range_percent", 100, &out->safety_range, e));
  out->dominance_n = (int)n, out->coalition = (int)c;
  return weights(r, v, &out->weights, e);
}
/* Values that are possible alone and not together. */
static enum err_code together(const struct reading *r, const struct sdc_rule *x, struct err *e) {
  if (x->coalition == 0) return wrong(r, "coalition", "at least 1: the second contributor", "0", e);
  if (x->q == 0) return wrong(r, "q_percent", "above 0; 100 = plain p percent", "0", e);
  if (x->p >= x->q) return wrong(r, "p_percent", "below q_percent", "no less", e);
  if (x->dominance_n > 0 && x->dominance_percent == 0) return wrong(r, "dominance_percent", "above 0 with dominance_n", "0", e);
  if (x->dominance_n == 0 && x->dominance_percent > 0) return wrong(r, "dominance_n", "above 0 with dominance_percent", "0", e);
  if (x->dominance_n == 1 && x->p == 0 && x->min_n < 3)
    return wrong(r, "dominance_n", "2 or more, or with another rule: alone it does not protect against the second contributor", "1", e);
  if (x->request && x->request_percent == 0) return wrong(r, "request_percent", "above 0 with request", "0", e);
  if (x->min_n == 1) return wrong(r, "min_n", "0 (no rule) or at least 2", "1", e);
  if (x->min_n == 0 && x->dominance_n == 0 && x->p == 0 && !x->request) return wrong(r, "rule", "at least one rule that is on", "none", e);
  return E_OK;
}
/* What is done instead of suppressing. */
static enum err_code publish(const struct reading *r, const struct json_value *v, struct disclosure_profile *out, struct err *e) {
  static const char *const known[] = {"action", "?base", "?threshold", "?range", "?variance", "?stay", "?blocked", NULL};
  struct err why = {.code = E_OK};
  if (v) TRY(members(r, v, "publish", known, e));
  if (sdc_action_read(v, &out->action, &why))
    return wrong(r, "publish", "an action with its base, threshold, or range and variance", why.subject, e);
  return E_OK;
}
static enum err_code profile(struct reading *r, const struct json_value *v, struct disclosure_profile *out, struct err *e) {
  static const char *const all[] = {"name", "rule", "items", "source", "status", "?publish", NULL};
  static const char *const items[] = {"holding", "waiver", "asked", NULL};
  static const char *const rule[] = {"min_n", "dominance_n", "dominance_percent", "p_percent", "q_percent", "coalition", "request", "request_percent",
      "zero_is_group", "safety_range_percent", "weights", NULL};
  const struct json_value *i = json_member(v, "items"), *x = json_member(v, "rule");
  TRY(members(r, v, "profile", all, e));
  TRY(text(r, v, "name", false, &out->name, e));
  TRY(members(r, x, "rule", rule, e));
  TRY(members(r, i, "items", items, e));
  TRY(numbers(r, x, &out->rule, e));
  TRY(text(r, i, "holding", true, &out->holding, e));
  TRY(text(r, i, "waiver", true, &out->waiver, e));
  TRY(text(r, i, "asked", true, &out->asked, e));
  TRY(text(r, v, "source", false, &out->source, e));
  TRY(text(r, v, "status", false, &out->status, e));
  if (strcmp(out->status, "verified") != 0 && strcmp(out->status, "unconfirmed") != 0)
    return wrong(r, "status", "verified or unconfirmed", out->status, e);
  if (out->rule.request && !*out->asked) return wrong(r, "asked", "an item, with request", "\"\"", e);
  if (*out->holding && out->rule.weights == SDC_WEIGHTS_REPEAT)
    return wrong(r, "weights", "none or raw where units are merged by owner", "repeat", e);
  TRY(publish(r, json_member(v, "publish"), out, e));
  out->rule.name = out->name, out->rule.status = out->status;
  TRY(together(r, &out->rule, e));
  return sdc_rule_check(&out->rule, e);
}
/* The line where the name first stands: the reader of JSON keeps no places. */
static int64_t line_of(const char *all, size_t size, const char *name) {
  const size_t n = strlen(name);
  int64_t line = 1;
  for (size_t i = 0; i + n + 1 < size; i++) {
    if (all[i] == '\n') line++;
    if (all[i] == '"' && all[i + n + 1] == '"' && !memcmp(all + i + 1, name, n)) return line;
  }
  return 1;
}
static enum err_code list(
    struct reading *r, const struct json_value *root, const char *all, size_t size, struct disclosure_profile **out, int *n, struct err *e) {
  static const char *const only[] = {"profiles", NULL};
  const struct json_value *v = json_member(root, "profiles");
  TRY(members(r, root, "file", only, e));
  if (!json_is_array(v) || json_length(v) == 0 || json_length(v) > PROFILES_MOST)
    return wrong(r, "profiles", "a list of 1 to 256 profiles", shown(r->a, v), e);
  *out = ARENA_ARRAY(r->a, struct disclosure_profile, json_length(v));
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = r->file);
  for (size_t i = 0; i < json_length(v); i++) {
    const char *name = json_member_string(json_element(v, i), "name", "");
    r->name = arena_strdup(r->a, name, strlen(name));
    if (!r->name) return ERR(e, E_NO_MEMORY, .subject = r->file);
    r->line = line_of(all, size, name);
    if (sdc_profile_find(*out, *n, name)) return wrong(r, "name", "another name than those before", name, e);
    TRY(profile(r, json_element(v, i), &(*out)[*n], e));
    ++*n;
  }
  return E_OK;
}
enum err_code sdc_profiles_parse(
    struct arena *a, const char *file, const char *all, size_t size, struct disclosure_profile **out, int *n, struct err *e) {
  struct json_document *d;
  const char *own = arena_strdup(a, file, strlen(file)); /* errors outlive the caller's buffer */
  struct reading r = {a, own ? own : "", "", 1};
  *out = NULL, *n = 0;
  TRY(json_parse(r.file, all, size, &d, e));
  const enum err_code code = list(&r, json_root(d), all, size, out, n, e);
  json_release(d);
  return code;
}
const struct disclosure_profile *sdc_profile_find(const struct disclosure_profile *p, int n, const char *name) {
  for (int i = 0; i < n; i++)
    if (!strcmp(p[i].name, name)) return &p[i];
  return NULL;
}
const char *sdc_profile_text(struct arena *a, const struct disclosure_profile *p) {
  const struct sdc_rule *r = &p->rule;
  const struct sdc_action *x = &p->action;
  const char *action = x->kind == SDC_ACTION_SUPPRESS ? "" /* as before there were actions: hashes of old runs stay */
      : arena_printf(a, ";%s;%lld;%lld;%d;%d;%.17g;%.17g", sdc_action_word(x->kind), (long long)x->base, (long long)x->threshold, x->range,
            x->blocked, x->variance, x->stay);
  return arena_printf(a, "%lld;%d;%.17g;%.17g;%.17g;%d;%d;%.17g;%d;%.17g;%d;%s;%s;%s%s", (long long)r->min_n, r->dominance_n, r->dominance_percent,
      r->p, r->q, r->coalition, r->request, r->request_percent, r->zero_is_group, r->safety_range, (int)r->weights, p->holding, p->waiver,
      p->asked, action ? action : "");
}
