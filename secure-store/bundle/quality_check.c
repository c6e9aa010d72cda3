/* quality_check.c -- the quality report shows what the tables show, and nothing beside the members it may have. */
#include <math.h>
#include <string.h>

#include "base/ext_json.h"
#include "secure-store/bundle/quality_impl.h"

static enum err_code bad(const char *found, struct err *e) {
  return ERR(e, E_PART_QUALITY, .file = "quality.json", .subject = "quality.json", .found = found);
}

static bool same(const struct json_value *x, const struct json_value *y, int depth);
static bool same_object(const struct json_value *x, const struct json_value *y, int depth) {
  const char *key, *other;
  const struct json_value *v, *w;
  size_t i = 0;
  for (; json_member_at(x, i, &key, &v); i++)
    if (!same(v, json_member(y, key), depth + 1)) return false;
  return !json_member_at(y, i, &other, &w);
}
static bool same(const struct json_value *x, const struct json_value *y, int depth) {
  double a, b;
  bool p, q;
  if (!x || !y || depth > 16) return false;
  if (json_is_object(x)) return json_is_object(y) && same_object(x, y, depth);
  if (json_is_array(x)) {
    if (!json_is_array(y) || json_length(x) != json_length(y)) return false;
    for (size_t i = 0; i < json_length(x); i++)
      if (!same(json_element(x, i), json_element(y, i), depth + 1)) return false;
    return true;
  }
  if (json_string(x)) return json_string(y) && !strcmp(json_string(x), json_string(y));
  if (json_number(x, &a)) return json_number(y, &b) && a == b;
  return json_boolean(x, &p) && json_boolean(y, &q) && p == q;
}

/* --- members --- */
static bool only(const struct json_value *v, const char *const *allowed) {
  const char *key;
  const struct json_value *member;
  for (size_t i = 0; json_member_at(v, i, &key, &member); i++) {
    const char *const *p = allowed;
    while (*p && strcmp(*p, key)) p++;
    if (!*p) return false;
  }
  return json_is_object(v);
}
static enum err_code check_rate(const struct json_value *r, struct err *e) {
  static const char *const there[] = {"available", "part", "whole", "rate", "weighted_rate", NULL};
  static const char *const absent[] = {"available", "reason_ja", "reason_en", NULL};
  bool available = false;
  double rate, weighted;
  int64_t part, whole;
  if (!json_boolean(json_member(r, "available"), &available)) return bad("a rate that does not say whether it is available", e);
  if (!available)
    return only(r, absent) && *json_member_string(r, "reason_en", "") ? E_OK
                                                                      : bad("a rate that is not available, without a reason or with a figure", e);
  if (!only(r, there) || !json_integer(json_member(r, "part"), &part) || !json_integer(json_member(r, "whole"), &whole) ||
      !json_number(json_member(r, "rate"), &rate))
    return bad("a rate without its counts", e);
  if (part < 0 || whole < part || whole == 0 || fabs(rate - (double)part / (double)whole) > 1e-12)
    return bad("a rate that is not its part of the whole", e);
  if (json_member(r, "weighted_rate") && (!json_number(json_member(r, "weighted_rate"), &weighted) || weighted < 0 || weighted > 1))
    return bad("a weighted rate outside 0 to 1", e);
  return E_OK;
}
static enum err_code check_collection(const struct json_value *forms, struct err *e) {
  static const char *const members[] = {"form", "rates", NULL};
  for (size_t i = 0; i < json_length(forms); i++) {
    const struct json_value *form = json_element(forms, i), *rates = json_member(form, "rates"), *r;
    const char *key;
    size_t k = 0;
    if (!only(form, members)) return bad("a form with other members", e);
    for (; json_member_at(rates, k, &key, &r); k++) {
      if (k >= QUALITY_RATES || strcmp(key, quality_rate_names[k])) return bad("a rate of another name", e);
      TRY(check_rate(r, e));
    }
    if (k != QUALITY_RATES) return bad("a rate is left out", e);
  }
  return json_is_array(forms) ? E_OK : bad("no collection", e);
}
static enum err_code check_members(const struct json_value *root, struct err *e) {
  static const char *const top[] = {"format", "survey", "period", "collection", "tables", "editions", "punctuality", NULL};
  static const char *const editions[] = {"available", "reason_ja", "reason_en", NULL};
  static const char *const dates[] = {"available", "release_date", "days_after_period", "reason_ja", "reason_en", NULL};
  if (strcmp(json_member_string(root, "format", ""), "shirabe-quality-1")) return bad("another format", e);
  if (!only(root, top) || !only(json_member(root, "editions"), editions) || !only(json_member(root, "punctuality"), dates))
    return bad("other members", e);
  return check_collection(json_member(root, "collection"), e);
}

static enum err_code check_tables(
    const struct json_value *root, const struct release_part *parts, int64_t n, const struct bundle_words *words, struct err *e) {
  struct strbuf b;
  struct json_out j;
  struct json_document *d = NULL;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  enum err_code code = quality_tables(&j, parts, n, words, e);
  json_end_object(&j);
  if (!code && b.failed) code = ERR(e, E_NO_MEMORY, .subject = "quality");
  if (!code) code = json_parse("tables", b.p, b.n, &d, e);
  if (!code && !same(json_member(json_root(d), "tables"), json_member(root, "tables"), 0)) code = bad("states or cv that the tables do not have", e);
  json_release(d);
  strbuf_release(&b);
  return code;
}

static const struct release_part *find(const struct release_part *parts, int64_t n, const char *name) {
  for (int64_t i = 0; i < n; i++)
    if (!strcmp(parts[i].name, name)) return &parts[i];
  return NULL;
}
enum err_code quality_check(struct arena *a, const struct release_part *parts, int64_t n, const struct bundle_words *words, struct err *e) {
  const struct release_part *json = find(parts, n, "quality.json"), *text = find(parts, n, "quality.md");
  struct json_document *d = NULL;
  struct str made;
  if (!json && !text) return E_OK;
  if (!json || !text) return bad("quality.json and quality.md come together", e);
  TRY(json_parse("quality.json", json->bytes.p, json->bytes.n, &d, e));
  enum err_code code = check_members(json_root(d), e);
  if (!code) code = check_tables(json_root(d), parts, n, words, e);
  json_release(d);
  TRY(code);
  TRY(quality_text(a, json->bytes, &made, e));
  return str_eq(made, text->bytes) ? E_OK : bad("quality.md says something else", e);
}
