#include "estimators/mls/mls_plan.h"

#include <string.h>

#include "base/ext_json.h"

/* --- what is not understood is refused --- */
enum member { TEXT, WHOLE, LIST };
struct known {
  const char *name;
  enum member type;
};
static const struct known root_members[] = {{"rules", LIST}, {"sample", WHOLE}, {"program", TEXT}, {"weights", TEXT}, {"approved", TEXT},
    {"source", TEXT},
    {"note", TEXT}, {NULL, TEXT}};
static const struct known rule_members[] = {{"industry", TEXT}, {"size", TEXT}, {"prefecture_group", TEXT}, {"rule", TEXT}, {"weight_num", WHOLE},
    {"weight_den", WHOLE}, {"note", TEXT}, {NULL, TEXT}};
static bool is_of(const struct json_value *v, enum member type) {
  int64_t n = 0;
  if (type == TEXT) return json_string(v) != NULL;
  return type == LIST ? json_is_array(v) : json_integer(v, &n) && n > 0;
}
/* rule 0 = the plan itself. */
static enum err_code check_members(struct arena *a, const struct json_value *v, const struct known *known, int64_t rule, struct err *e) {
  static const char *const types[] = {"a text, as \"3\"", "a whole number above 0", "a list"};
  const char *key;
  const struct json_value *value;
  if (!json_is_object(v)) return ERR(e, E_MLS_PLAN_FORMAT, .line = rule, .subject = rule ? "a rule" : "the plan", .expected = "members in { }");
  for (size_t i = 0; json_member_at(v, i, &key, &value); i++) {
    const struct known *k = known;
    while (k->name && strcmp(k->name, key)) k++;
    if (k->name && is_of(value, k->type)) continue;
    const char *subject = rule ? arena_printf(a, "rule %lld: %s", (long long)rule, key) : key;
    return ERR(e, E_MLS_PLAN_FORMAT, .subject = subject ? subject : "rule", .expected = k->name ? types[k->type] : "a member of plan.md");
  }
  return E_OK;
}

static struct str kept(struct arena *a, const struct json_value *v, const char *key, const char *otherwise) {
  const char *text = json_member_string(v, key, otherwise);
  return str_of(arena_strdup(a, text, strlen(text)));
}
static enum err_code read_rule(struct arena *a, const struct json_value *v, int64_t number, struct mls_plan_rule *r, struct err *e) {
  TRY(check_members(a, v, rule_members, number, e));
  if (json_member(v, "weight_den") && !json_member(v, "weight_num"))
    return ERR(e, E_MLS_PLAN_FORMAT, .subject = "weight_den", .expected = "weight_num with it");
  const char *rule = json_member_string(v, "rule", "");
  *r = (struct mls_plan_rule){.industry = kept(a, v, "industry", "*"),
      .size = kept(a, v, "size", "*"),
      .prefecture = kept(a, v, "prefecture_group", "*"),
      .take_all = !strcmp(rule, "take-all"),
      .num = json_member_int(v, "weight_num", 0),
      .den = json_member_int(v, "weight_den", 1)};
  if (!r->industry.p || !r->size.p || !r->prefecture.p) return ERR(e, E_NO_MEMORY, .subject = "plan");
  if (!r->take_all && strcmp(rule, "sample")) return ERR(e, E_MLS_PLAN_FORMAT, .subject = "rule", .found = rule, .expected = "take-all or sample");
  if (r->take_all && r->num > 1) return ERR(e, E_MLS_PLAN_FORMAT, .subject = "a take-all rule with a weight");
  if (r->take_all) r->num = r->den = 1;
  r->any_rate = !r->take_all && r->num == 0;
  if (!r->any_rate && (r->den < 1 || r->num < r->den)) return ERR(e, E_MLS_PLAN_FORMAT, .subject = "weight_num/weight_den", .expected = "1 or more");
  return E_OK;
}
static enum err_code read_root(struct arena *a, const struct json_value *root, struct mls_plan *out, struct err *e) {
  TRY(check_members(a, root, root_members, 0, e));
  const struct json_value *rules = json_member(root, "rules");
  const size_t n = json_length(rules);
  if (!json_is_array(rules) || n == 0 || n > 100000) return ERR(e, E_MLS_PLAN_FORMAT, .subject = "rules", .expected = "a list of rules");
  *out = (struct mls_plan){.rules = ARENA_ARRAY(a, struct mls_plan_rule, (int64_t)n),
      .sample = json_member_int(root, "sample", -1),
      .program = kept(a, root, "program", ""),
      .weights = kept(a, root, "weights", "")};
  if (!out->rules || !out->program.p || !out->weights.p) return ERR(e, E_NO_MEMORY, .subject = "plan");
  for (size_t i = 0; i < n; i++) TRY(read_rule(a, json_element(rules, i), (int64_t)i + 1, &out->rules[out->n_rules++], e));
  return E_OK;
}
enum err_code mls_plan_read(struct arena *a, const char *name, const char *json, size_t n, struct mls_plan *out, struct err *e) {
  struct json_document *d = NULL;
  TRY(json_parse(name, json, n, &d, e));
  enum err_code code = read_root(a, json_root(d), out, e);
  json_release(d);
  return code;
}

static int named(struct str rule, struct str value) { return str_eq(rule, STR("*")) ? 0 : str_eq(rule, value) ? 1 : -10; }
const struct mls_plan_rule *mls_plan_rule_of(const struct mls_plan *p, struct str industry, struct str size, struct str prefecture) {
  const struct mls_plan_rule *best = NULL;
  int most = 0;
  for (int32_t i = 0; i < p->n_rules; i++) {
    const struct mls_plan_rule *r = &p->rules[i];
    int n = named(r->industry, industry) + named(r->size, size) + named(r->prefecture, prefecture);
    if (n >= most) best = r, most = n;
  }
  return best;
}
