/* survey_read.c -- survey.json: what holds for all forms of one survey. */
#include <string.h>

#include "base/ext_json.h"
#include "forms/form.h"
#include "forms/form_files.h"

enum { MAX_LEVELS = 8 };

static const char *copy_member(struct arena *a, const struct json_value *v, const char *name, const char *path, struct err *e) {
  const char *s = json_string(json_member(v, name));
  if (!s) {
    (void)ERR(e, E_FORM_JSON_MEMBER, .file = path, .subject = name, .expected = "a text");
    return NULL;
  }
  const char *copy = arena_strdup(a, s, strlen(s));
  if (!copy) (void)ERR(e, E_NO_MEMORY, .subject = path);
  return copy;
}

static enum err_code read_levels(struct arena *a, const struct json_value *root, const char *path, struct form_survey *s, struct err *e) {
  const struct json_value *levels = json_member(root, "levels"), *due = json_member(root, "due_days");
  size_t n = json_is_array(levels) ? json_length(levels) : 0;
  if (n == 0 || n > MAX_LEVELS || !json_is_array(due) || json_length(due) != n)
    return ERR(e, E_FORM_JSON_MEMBER, .file = path, .subject = "levels", .expected = "1 to 8 levels from the bottom up, and as many due_days");
  s->levels = ARENA_ARRAY(a, const char *, n);
  if (!s->levels) return ERR(e, E_NO_MEMORY, .subject = path);
  for (size_t i = 0; i < n; i++) {
    const char *level = json_string(json_element(levels, i));
    if (!level || !json_integer(json_element(due, i), &s->due_days[i]))
      return ERR(e, E_FORM_JSON_MEMBER, .file = path, .subject = "due_days", .expected = "a level name and a whole number of days");
    s->levels[i] = arena_strdup(a, level, strlen(level));
    if (!s->levels[i]) return ERR(e, E_NO_MEMORY, .subject = path);
  }
  s->n_levels = (int)n;
  return E_OK;
}

/* Days for an answer are optional: without them the command asks for --days. */
static enum err_code read_query_days(const struct json_value *root, const char *path, struct form_survey *s, struct err *e) {
  const struct json_value *days = json_member(root, "query_days");
  if (!days) return E_OK;
  if (!json_is_array(days) || json_length(days) != (size_t)s->n_levels) return ERR(e, E_FORM_JSON_MEMBER, .file = path, .subject = "query_days", .expected = "as many numbers as levels");
  for (int i = 0; i < s->n_levels; i++)
    if (!json_integer(json_element(days, (size_t)i), &s->query_days[i]) || s->query_days[i] < 0 || s->query_days[i] > 366)
      return ERR(e, E_FORM_JSON_MEMBER, .file = path, .subject = "query_days", .expected = "0 to 366 days");
  s->has_query_days = true;
  return E_OK;
}

static enum err_code read_forms(struct arena *a, const struct json_value *root, const char *path, struct form_survey *s, struct err *e) {
  const struct json_value *forms = json_member(root, "forms");
  size_t n = json_is_array(forms) ? json_length(forms) : 0;
  if (n == 0 || n > 64) return ERR(e, E_FORM_JSON_MEMBER, .file = path, .subject = "forms", .expected = "1 to 64 form ids");
  s->forms = ARENA_ARRAY(a, const char *, n);
  if (!s->forms) return ERR(e, E_NO_MEMORY, .subject = path);
  for (size_t i = 0; i < n; i++) {
    const char *id = json_string(json_element(forms, i));
    if (!id) return ERR(e, E_FORM_JSON_MEMBER, .file = path, .subject = "forms", .expected = "form ids as texts");
    s->forms[i] = arena_strdup(a, id, strlen(id));
    if (!s->forms[i]) return ERR(e, E_NO_MEMORY, .subject = path);
  }
  s->n_forms = (int)n;
  return E_OK;
}

static enum err_code read_members(struct arena *a, const struct json_value *root, const char *path, struct form_survey *s, struct err *e) {
  static const char *const names[] = {"survey", "code", "title_ja", "title_en", "law", "retention_class"};
  const char **fields[] = {&s->id, &s->code, &s->title_ja, &s->title_en, &s->law, &s->retention_class};
  struct err problem = {0};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    *fields[i] = copy_member(a, root, names[i], path, &problem);
    if (!*fields[i]) {
      if (e) *e = problem;
      return problem.code;
    }
  }
  TRY(read_forms(a, root, path, s, e));
  TRY(read_levels(a, root, path, s, e));
  return read_query_days(root, path, s, e);
}

enum err_code survey_read(struct arena *a, const char *forms, const char *survey_id, struct form_survey **out, struct err *e) {
  *out = NULL;
  const char *folder = arena_printf(a, "%s/library/%s", forms, survey_id), *path = folder ? arena_printf(a, "%s/survey.json", folder) : NULL;
  struct form_survey *s = ARENA_NEW(a, struct form_survey);
  struct str text;
  struct json_document *d;
  if (!path || !s) return ERR(e, E_NO_MEMORY, .subject = survey_id);
  if (form_file_load(a, path, &text, e)) return ERR(e, E_FORM_FOLDER, .file = path, .subject = survey_id);
  TRY(json_parse(path, text.p, text.n, &d, e));
  s->folder = folder;
  enum err_code code = read_members(a, json_root(d), path, s, e);
  json_release(d);
  if (!code && strcmp(s->id, survey_id) != 0) code = ERR(e, E_FORM_ID, .file = path, .subject = "survey", .expected = survey_id, .found = s->id);
  if (!code) *out = s;
  return code;
}
