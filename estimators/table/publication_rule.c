#include "estimators/table/publication_rule.h"

#include <math.h>
#include <string.h>

#include "base/ext_json.h"

struct reader {
  struct arena *a;
  const char *file;
  struct err *e;
};

static enum err_code refuse(const struct reader *r, const char *key, const char *expected, const char *found) {
  return ERR(r->e, E_PUBLICATION_RULE, .file = r->file, .subject = key, .expected = expected, .found = found);
}

static enum err_code known_keys(const struct reader *r, const struct json_value *v, const char *const *keys) {
  const char *key;
  const struct json_value *member;
  for (size_t i = 0; json_member_at(v, i, &key, &member); i++) {
    bool known = false;
    for (int k = 0; keys[k] && !known; k++) known = !strcmp(keys[k], key);
    if (!known) return refuse(r, key, "a key of a publication rule", "an unknown key");
  }
  return E_OK;
}

static enum err_code text(const struct reader *r, const struct json_value *v, const char *key, size_t most, const char **out) {
  const struct json_value *m = json_member(v, key);
  const char *s = json_string(m);
  *out = "";
  if (!m) return E_OK;
  if (!s || strlen(s) > most) return refuse(r, key, most < 20 ? "a short text" : "a text", "something else");
  for (const char *c = s; *c; c++)
    if ((unsigned char)*c < 0x20) return refuse(r, key, "a text of one line", "a control character");
  *out = arena_strdup(r->a, s, strlen(s));
  return *out ? E_OK : ERR(r->e, E_NO_MEMORY, .subject = r->file);
}

static enum err_code action(const struct reader *r, const struct json_value *v, struct publication_limit *out) {
  const char *s = json_string(json_member(v, "action"));
  TRY(text(r, v, "mark", 16, &out->mark));
  TRY(text(r, v, "ja", 400, &out->ja));
  TRY(text(r, v, "en", 400, &out->en));
  if (s && !strcmp(s, "mark")) out->action = PUBLISH_MARK;
  else if (s && !strcmp(s, "replace")) out->action = PUBLISH_REPLACE;
  else if (s && !strcmp(s, "hide")) out->action = PUBLISH_HIDE;
  else return refuse(r, "action", "mark, replace or hide", s ? "another word" : "none");
  if (!*out->mark && out->action != PUBLISH_HIDE) return refuse(r, "mark", "the mark to print", "none");
  out->present = true;
  return E_OK;
}

/* --- limits --- */
static enum err_code read_level(const struct reader *r, const struct json_value *v, struct publication_limit *out) {
  static const char *const keys[] = {"from", "above", "mark", "action", "ja", "en", NULL};
  const struct json_value *from = json_member(v, "from"), *above = json_member(v, "above");
  *out = (struct publication_limit){.inclusive = from != NULL};
  if (!json_is_object(v)) return refuse(r, "cv", "an array of objects", "something else");
  TRY(known_keys(r, v, keys));
  if ((from != NULL) == (above != NULL)) return refuse(r, "cv", "either from or above", from ? "both" : "neither");
  if (!json_number(from ? from : above, &out->limit) || !isfinite(out->limit) || out->limit < 0)
    return refuse(r, from ? "from" : "above", "a cv in per cent, 0 or more", "something else");
  TRY(action(r, v, out));
  char number[32];
  real_format(out->limit, number);
  out->reason = arena_printf(r->a, from ? "cv of %s %% or more" : "cv above %s %%", number);
  return out->reason ? E_OK : ERR(r->e, E_NO_MEMORY, .subject = r->file);
}

static enum err_code read_levels(const struct reader *r, const struct json_value *list, struct publication_rule *out) {
  if (!list) return E_OK;
  if (!json_is_array(list) || json_length(list) > PUBLICATION_LEVELS) return refuse(r, "cv", "an array of at most 8 limits", "something else");
  for (size_t i = 0; i < json_length(list); i++) {
    TRY(read_level(r, json_element(list, i), &out->level[i]));
    if (i && out->level[i].limit <= out->level[i - 1].limit) return refuse(r, "cv", "limits from low to high", "another order");
    out->n_levels++;
  }
  return E_OK;
}

static enum err_code read_least(
    const struct reader *r, const struct json_value *v, const char *key, const char *what, struct publication_limit *out) {
  static const char *const keys[] = {"at_least", "mark", "action", "ja", "en", NULL};
  const struct json_value *m = json_member(v, key);
  int64_t least;
  if (!m) return E_OK;
  if (!json_is_object(m)) return refuse(r, key, "an object with at_least, mark and action", "something else");
  TRY(known_keys(r, m, keys));
  if (!json_integer(json_member(m, "at_least"), &least) || least < 1) return refuse(r, "at_least", "a count of 1 or more", "something else");
  out->limit = (double)least;
  TRY(action(r, m, out));
  out->reason = arena_printf(r->a, "fewer than %lld %s", (long long)least, what);
  return out->reason ? E_OK : ERR(r->e, E_NO_MEMORY, .subject = r->file);
}

static enum err_code read_no_information(const struct reader *r, const struct json_value *v, struct publication_limit *out) {
  static const char *const keys[] = {"mark", "action", "ja", "en", NULL};
  const struct json_value *m = json_member(v, "no_information");
  if (!m) return E_OK;
  if (!json_is_object(m)) return refuse(r, "no_information", "an object with mark and action", "something else");
  TRY(known_keys(r, m, keys));
  out->reason = "no information about the error";
  return action(r, m, out);
}

/* All limits that stand, strongest reason first. */
static int limits_of(const struct publication_rule *r, const struct publication_limit **out) {
  int n = 0;
  if (r->no_information.present) out[n++] = &r->no_information;
  if (r->min_n.present) out[n++] = &r->min_n;
  if (r->min_df.present) out[n++] = &r->min_df;
  for (int i = r->n_levels - 1; i >= 0; i--) out[n++] = &r->level[i];
  return n;
}

static enum err_code one_meaning(const struct reader *r, const struct publication_rule *rule) {
  const struct publication_limit *limit[PUBLICATION_LEVELS + 3];
  int n = limits_of(rule, limit);
  for (int i = 0; i < n; i++)
    for (int k = 0; k < i; k++)
      if (*limit[i]->mark && !strcmp(limit[i]->mark, limit[k]->mark) && (strcmp(limit[i]->en, limit[k]->en) || strcmp(limit[i]->ja, limit[k]->ja)))
        return refuse(r, "mark", "one meaning for each mark", "a mark with two meanings");
  return E_OK;
}

static enum err_code read_rule(const struct reader *r, const struct json_value *v, struct publication_rule *out) {
  static const char *const keys[] = {"name", "source", "status", "confidence", "cv", "min_n", "min_df", "no_information", NULL};
  if (!json_is_object(v)) return refuse(r, "publish", "an object", "something else");
  TRY(known_keys(r, v, keys));
  TRY(text(r, v, "name", 64, &out->name));
  TRY(text(r, v, "source", 1000, &out->source));
  TRY(text(r, v, "status", 64, &out->status));
  TRY(read_levels(r, json_member(v, "cv"), out));
  TRY(read_least(r, v, "min_n", "units", &out->min_n));
  TRY(read_least(r, v, "min_df", "degrees of freedom", &out->min_df));
  TRY(read_no_information(r, v, &out->no_information));
  return one_meaning(r, out);
}

static enum err_code read_confidence(const struct reader *r, const struct json_value *v, struct publication_rule *out) {
  const struct json_value *m = json_member(v, "confidence");
  if (!m) return E_OK;
  if (!json_number(m, &out->confidence) || !(out->confidence >= 0.5 && out->confidence < 1))
    return refuse(r, "confidence", "a number from 0.5 to below 1, such as 0.95", "something else");
  return E_OK;
}

static enum err_code read_profile(
    const struct reader *r, const struct json_value *publish, const struct json_value *profiles, struct publication_rule *out) {
  static const char *const keys[] = {"profile", "confidence", NULL};
  const struct json_value *list = json_member(profiles, "profiles");
  const char *name = json_string(json_member(publish, "profile"));
  TRY(known_keys(r, publish, keys));
  if (!name) return refuse(r, "profile", "the name of a shipped rule", "something else");
  for (size_t i = 0; i < json_length(list); i++) {
    const struct json_value *v = json_element(list, i);
    if (strcmp(json_member_string(v, "name", ""), name)) continue;
    TRY(read_rule(r, v, out));
    TRY(read_confidence(r, v, out));
    return read_confidence(r, publish, out);
  }
  return refuse(r, name, "a profile of forms/codelists/publication_rules.json", "none of this name");
}

enum err_code publication_rule_parse(struct arena *a, const char *file, const struct json_value *publish, const struct json_value *profiles,
    struct publication_rule *out, struct err *e) {
  const struct reader r = {a, file, e};
  *out = (struct publication_rule){.name = "", .source = "", .status = "", .confidence = 0.95};
  if (json_member(publish, "profile")) return read_profile(&r, publish, profiles, out);
  TRY(read_rule(&r, publish, out));
  return read_confidence(&r, publish, out);
}

/* --- applying --- */
static bool above(const struct publication_limit *l, const struct result_measure *m, int64_t i) {
  if (!m->has_se[i]) return false;
  if (m->value[i] == 0) return m->se[i] > 0;
  const double cv = 100 * m->se[i] / fabs(m->value[i]);
  return l->inclusive ? cv >= l->limit : cv > l->limit;
}

static bool applies(const struct publication_rule *r, const struct publication_limit *l, const struct result_table *t, const struct result_measure *m,
    int64_t i) {
  const bool blind = m->has_se[i] ? m->df[i] <= 0 : m->low != NULL;
  if (l == &r->no_information) return blind;
  if (l == &r->min_n) return m->n_used ? (double)m->n_used[i] < l->limit : t->n_status[i] == RESULT_SHOWN && (double)t->n[i] < l->limit;
  if (l == &r->min_df) return m->has_se[i] && (double)m->df[i] < l->limit;
  return !blind && above(l, m, i);
}

static const struct publication_limit *decide(
    const struct publication_rule *r, const struct result_table *t, const struct result_measure *m, int64_t i) {
  const struct publication_limit *limit[PUBLICATION_LEVELS + 3], *best = NULL;
  int n = limits_of(r, limit);
  for (int k = 0; k < n; k++)
    if (applies(r, limit[k], t, m, i) && (!best || limit[k]->action > best->action)) best = limit[k];
  return best;
}

static void forget_error(struct result_measure *m, int64_t i) {
  m->se[i] = m->cv[i] = 0;
  m->df[i] = 0;
  m->has_se[i] = 0;
  if (m->low) m->low[i] = m->high[i] = 0, m->has_interval[i] = 0;
}

static void act(const struct publication_rule *r, struct result_table *t, struct result_measure *m, int64_t i, struct publication_report *report) {
  const struct publication_limit *l = decide(r, t, m, i);
  const bool blind = r->no_information.present && applies(r, &r->no_information, t, m, i);
  report->n_figures++;
  report->n_no_information += blind;
  if (blind) forget_error(m, i);
  if (!l) return;
  if (l->action == PUBLISH_MARK) {
    if (m->flag) m->flag[i] = l->mark, report->n_marked++;
  }
  else result_withhold(m, i, l->action == PUBLISH_REPLACE ? l->mark : NULL, l->reason);
  report->n_replaced += l->action == PUBLISH_REPLACE;
  report->n_hidden += l->action == PUBLISH_HIDE;
}

/* The legend: every mark of the rule once, from the weakest limit up. */
static enum err_code legend(const struct publication_rule *r, struct result_table *t, struct err *e) {
  const struct publication_limit *limit[PUBLICATION_LEVELS + 3];
  int n = limits_of(r, limit);
  t->marks = ARENA_ARRAY(t->arena, struct result_mark, n + 1);
  if (!t->marks) return ERR(e, E_NO_MEMORY, .subject = t->id);
  t->n_marks = 0;
  for (int i = n - 1; i >= 0; i--) {
    bool seen = !*limit[i]->mark;
    for (int k = 0; k < t->n_marks && !seen; k++) seen = !strcmp(t->marks[k].mark, limit[i]->mark);
    if (!seen) t->marks[t->n_marks++] = (struct result_mark){limit[i]->mark, limit[i]->ja, limit[i]->en};
  }
  t->rule = r->name;
  return E_OK;
}

enum err_code publication_rule_apply(
    const struct publication_rule *r, struct result_table *t, struct publication_report *report, struct err *e) {
  *report = (struct publication_report){0};
  TRY(legend(r, t, e));
  for (int k = 0; k < t->n_measures; k++) {
    struct result_measure *m = &t->measures[k];
    if (!m->flag) TRY(result_keep_flags(t, k, e));
    for (int64_t i = 0; i < t->n_rows; i++)
      if (m->status[i] == RESULT_SHOWN) act(r, t, m, i, report);
  }
  return E_OK;
}
