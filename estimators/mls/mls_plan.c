#include "estimators/mls/mls_plan.h"

#include <string.h>

#include "base/ext_json.h"

static struct str kept(struct arena *a, const struct json_value *v, const char *key, const char *otherwise) {
  const char *text = json_member_string(v, key, otherwise);
  return str_of(arena_strdup(a, text, strlen(text)));
}
static enum err_code read_rule(struct arena *a, const struct json_value *v, struct mls_plan_rule *r, struct err *e) {
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
  const struct json_value *rules = json_member(root, "rules");
  const size_t n = json_length(rules);
  if (!json_is_array(rules) || n == 0 || n > 100000) return ERR(e, E_MLS_PLAN_FORMAT, .subject = "rules", .expected = "a list of rules");
  *out = (struct mls_plan){.rules = ARENA_ARRAY(a, struct mls_plan_rule, (int64_t)n),
      .sample = json_member_int(root, "sample", -1),
      .program = kept(a, root, "program", ""),
      .weights = kept(a, root, "weights", "")};
  if (!out->rules || !out->program.p || !out->weights.p) return ERR(e, E_NO_MEMORY, .subject = "plan");
  for (size_t i = 0; i < n; i++) TRY(read_rule(a, json_element(rules, i), &out->rules[out->n_rules++], e));
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
