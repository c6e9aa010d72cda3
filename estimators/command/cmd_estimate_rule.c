#include "estimators/command/cmd_estimate_rule.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/ext_json.h"
#include "forms/form.h"

enum { RULE_BYTES = 1 << 20 };

static enum err_code read_document(const char *path, struct json_document **out, struct err *e) {
  uint8_t *text = NULL;
  size_t n;
  TRY(file_read(path, RULE_BYTES, &text, &n, e));
  enum err_code code = json_parse(path, (const char *)text, n, out, e);
  free(text);
  return code;
}

static bool is_file(const char *option) {
  size_t n = strlen(option);
  return strchr(option, '/') || (n > 5 && !strcmp(option + n - 5, ".json"));
}

/* A rule that may name a profile: the list of profiles is read only then. */
static enum err_code with_profiles(struct arena *a, const char *file, const struct json_value *publish, struct publication_rule *out, struct err *e) {
  char path[4096];
  struct json_document *profiles = NULL;
  snprintf(path, sizeof path, "%s/codelists/publication_rules.json", forms_folder());
  if (json_member(publish, "profile")) TRY(read_document(path, &profiles, e));
  enum err_code code = publication_rule_parse(a, file, publish, json_root(profiles), out, e);
  json_release(profiles);
  return code;
}

static enum err_code from_text(
    struct arena *a, const char *file, const char *text, bool whole, struct publication_rule *out, bool *there, struct err *e) {
  struct json_document *doc;
  TRY(json_parse(file, text, strlen(text), &doc, e));
  const struct json_value *publish = whole ? json_root(doc) : json_member(json_root(doc), "publish");
  *there = publish != NULL;
  enum err_code code = publish ? with_profiles(a, file, publish, out, e) : E_OK;
  json_release(doc);
  return code;
}

static enum err_code from_file(struct arena *a, const char *path, struct publication_rule *out, struct err *e) {
  struct json_document *doc;
  TRY(read_document(path, &doc, e));
  enum err_code code = with_profiles(a, path, json_root(doc), out, e);
  json_release(doc);
  return code;
}

static enum err_code from_name(struct arena *a, const char *name, struct publication_rule *out, bool *there, struct err *e) {
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  json_put(&j, "profile", name);
  json_end_object(&j);
  enum err_code code = b.failed ? ERR(e, E_NO_MEMORY, .subject = name) : from_text(a, "--rule", strbuf_cstr(&b), true, out, there, e);
  strbuf_release(&b);
  return code;
}

enum err_code estimate_rule(
    struct arena *a, const char *option, const char *design_file, const char *design_json, struct publication_rule *out, bool *there, struct err *e) {
  *there = false;
  if (option && !strcmp(option, "none")) return E_OK;
  if (option && !is_file(option)) return from_name(a, option, out, there, e);
  if (!option) return design_json ? from_text(a, design_file, design_json, false, out, there, e) : E_OK;
  *there = true;
  return from_file(a, option, out, e);
}

enum err_code estimate_apply_rule(const char *option, const char *design_file, const char *design_json, struct result_table *t, struct err *e) {
  struct publication_rule rule;
  struct publication_report report;
  bool there;
  TRY(estimate_rule(t->arena, option, design_file, design_json, &rule, &there, e));
  return there ? publication_rule_apply(&rule, t, &report, e) : E_OK;
}

enum err_code estimate_apply_rule_file(const char *option, const char *design_path, struct result_table *t, struct err *e) {
  uint8_t *text = NULL;
  size_t n;
  if (option) return estimate_apply_rule(option, design_path, NULL, t, e);
  TRY(file_read(design_path, RULE_BYTES, &text, &n, e));
  const char *copy = arena_strdup(t->arena, (const char *)text, n);
  free(text);
  return copy ? estimate_apply_rule(NULL, design_path, copy, t, e) : ERR(e, E_NO_MEMORY, .subject = design_path);
}
