#include "estimators/livelihood/livelihood_plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ext_json.h"

static const double MOST = 1e9;
struct reading {
  const char *place;
  const struct json_value *root;
  struct err *e;
};
static const char *const known[] = {"kind", "year", "weights", "nonresponse", "raking", "basis", "median", "lonely", "fpc", "rate_base", "variance",
    "suppress_cv", "price", "source", "note"};

static enum err_code wrong(const struct reading *r, const char *key, const char *found, const char *expected) {
  return ERR(r->e, E_LIVELIHOOD_PLAN, .file = r->place, .subject = *key ? key : "\"\"", .found = found, .expected = expected);
}
/* choices: "a|b|c"; *out = its place. */
static enum err_code choice(const struct reading *r, const struct json_value *in, const char *key, const char *choices, int *out) {
  const char *text = json_string(json_member(in, key)), *at = choices;
  for (int k = 0; text && *at; k++) {
    const size_t n = strcspn(at, "|");
    if (strlen(text) == n && !strncmp(text, at, n)) {
      *out = k;
      return E_OK;
    }
    at += n + (at[n] == '|');
  }
  return wrong(r, key, text ? text : json_member(in, key) ? "no text" : "absent", choices);
}
static enum err_code truth(const struct reading *r, const struct json_value *in, const char *key, bool *out) {
  return json_boolean(json_member(in, key), out) ? E_OK : wrong(r, key, json_member(in, key) ? "no truth" : "absent", "true or false");
}
static enum err_code whole(const struct reading *r, const struct json_value *in, const char *key, int64_t low, int64_t high, int64_t *out) {
  char expected[80], found[32] = "absent";
  if (json_integer(json_member(in, key), out) && *out >= low && *out <= high) return E_OK;
  if (json_integer(json_member(in, key), out)) snprintf(found, sizeof found, "%lld", (long long)*out);
  snprintf(expected, sizeof expected, "%lld - %lld", (long long)low, (long long)high);
  return wrong(r, key, found, expected);
}
/* A number above 0, whole or as a text with decimals. */
static enum err_code positive(const struct reading *r, const struct json_value *in, const char *key, double *out) {
  const struct json_value *v = json_member(in, key);
  const char *text = json_string(v);
  char *end = NULL;
  int64_t n;
  if (json_integer(v, &n)) *out = (double)n;
  else if (text && *text && strspn(text, "0123456789.") == strlen(text)) *out = strtod(text, &end);
  else return wrong(r, key, v ? "no number" : "absent", "a number above 0, with decimals as a text");
  return *out > 0 && *out < MOST && (!end || !*end) ? E_OK : wrong(r, key, text ? text : "0 or less", "a number above 0, with decimals as a text");
}

static enum err_code only_known(const struct reading *r) {
  const char *key;
  const struct json_value *v;
  for (size_t i = 0; json_member_at(r->root, i, &key, &v); i++) {
    bool found = false;
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) found = found || !strcmp(known[k], key);
    if (!found) return wrong(r, key, "not known", "an entry of livelihood.md");
  }
  return E_OK;
}
static enum err_code read_weights(const struct reading *r, struct livelihood_plan *p) {
  int k;
  TRY(choice(r, r->root, "weights", "official_large|official_small|recommended|column", &k));
  p->weights = (enum livelihood_weights)k;
  if (p->weights != WEIGHTS_RECOMMENDED) {
    if (json_member(r->root, "nonresponse")) return wrong(r, "nonresponse", "given", "absent unless weights are recommended");
    if (json_member(r->root, "raking")) return wrong(r, "raking", "given", "absent unless weights are recommended");
    return E_OK;
  }
  TRY(choice(r, r->root, "nonresponse", "area|area_size", &k));
  p->response = (enum livelihood_response)k;
  return truth(r, r->root, "raking", &p->raking);
}
static enum err_code read_lonely(const struct reading *r, struct livelihood_plan *p) {
  static const enum lonely_policy policy[] = {LONELY_STOP, LONELY_ZERO, LONELY_CENTRE, LONELY_MEAN, LONELY_AVERAGE, LONELY_STOP};
  int k;
  TRY(choice(r, r->root, "lonely", "stop|zero|centre|mean|average|collapse", &k));
  p->lonely = policy[k];
  p->collapse = k == 5;
  return E_OK;
}
static enum err_code read_variance(const struct reading *r, struct livelihood_plan *p) {
  const struct json_value *v = json_member(r->root, "variance");
  int64_t n, seed;
  if (!json_is_object(v)) return wrong(r, "variance", v ? "no object" : "absent", "an object with bootstrap, seed and jackknife");
  TRY(whole(r, v, "bootstrap", LIVELIHOOD_LEAST_BOOTSTRAP, LIVELIHOOD_MOST_BOOTSTRAP, &n));
  TRY(whole(r, v, "seed", 0, INT64_MAX, &seed));
  TRY(truth(r, v, "jackknife", &p->jackknife));
  p->bootstrap = (int)n;
  p->seed = (uint64_t)seed;
  return E_OK;
}
static enum err_code read_price(const struct reading *r, struct livelihood_plan *p) {
  const struct json_value *v = json_member(r->root, "price");
  if (!v) return E_OK;
  if (!json_is_object(v)) return wrong(r, "price", "no object", "an object with base and index");
  TRY(whole(r, v, "base", 1900, 2999, &p->price_base));
  return positive(r, v, "index", &p->price);
}
static enum err_code read_plan(const struct reading *r, struct livelihood_plan *p) {
  int k;
  if (!json_is_object(r->root)) return wrong(r, "(all)", "no object", "an object");
  TRY(only_known(r));
  TRY(choice(r, r->root, "kind", "livelihood", &k));
  TRY(whole(r, r->root, "year", 1986, 2999, &p->year));
  TRY(read_weights(r, p));
  TRY(choice(r, r->root, "basis", "old|2018", &k));
  p->basis = (enum livelihood_basis)k;
  TRY(choice(r, r->root, "median", "math|school", &k));
  p->school = k == 1;
  TRY(read_lonely(r, p));
  TRY(truth(r, r->root, "fpc", &p->fpc));
  TRY(choice(r, r->root, "rate_base", "members|at_home", &k));
  p->rate_base = (enum livelihood_rate_base)k;
  TRY(read_variance(r, p));
  TRY(positive(r, r->root, "suppress_cv", &p->suppress_cv));
  return read_price(r, p);
}
enum err_code livelihood_plan_parse(const char *place, const char *text, size_t n, struct livelihood_plan *out, struct err *e) {
  struct json_document *doc;
  *out = (struct livelihood_plan){0};
  TRY(json_parse(place, text, n, &doc, e));
  const struct reading r = {place, json_root(doc), e};
  const enum err_code code = read_plan(&r, out);
  json_release(doc);
  return code;
}

const char *livelihood_weights_name(enum livelihood_weights w) {
  static const char *const names[] = {"official_large", "official_small", "recommended", "column"};
  return names[w];
}
struct livelihood_label livelihood_weights_label(enum livelihood_weights w) {
  static const struct livelihood_label labels[] = {
      {"weights: population of the area / persons counted (rule published for large years)",
          "ウェイト: 都道府県・指定都市人口／集計人数（大規模調査年の公表方法）", true},
      {"weights: one factor for the country, income unweighted (rule published for small years)",
          "ウェイト: 全国一律の拡大乗数、所得票は無加重（簡易調査年の公表方法）", true},
      {"weights: drawn share, nonresponse, population (recommended here; not the ministry's rule)",
          "ウェイト: 抽出率・無回答・人口による調整（独自の推奨。省の方法ではない）", false},
      {"weights: as the records carry them; how they were made is not known here",
          "ウェイト: 記録の拡大乗数のまま（作成方法はここでは不明）", false}};
  return labels[w];
}
