#include "estimators/design/survey_plan.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reader {
  struct arena *a;
  const char *file;
  struct survey_plan *p;
};

static enum err_code bad(const struct reader *r, const char *path, const char *expected, struct err *e) {
  return ERR(e, E_PLAN_VALUE, .file = r->file, .subject = path, .expected = expected);
}
static enum err_code known_keys(const struct reader *r, const struct json_value *v, const char *path, const char *const *keys, struct err *e) {
  const struct json_value *value;
  const char *key;
  char expected[ERR_TEXT_BYTES] = "", subject[ERR_TEXT_BYTES];
  size_t used = 0;
  if (!json_is_object(v)) return bad(r, *path ? path : "design", "an object {...}", e);
  for (size_t i = 0; json_member_at(v, i, &key, &value); i++) {
    int k = 0;
    while (keys[k] && strcmp(keys[k], key) != 0) k++;
    if (keys[k]) continue;
    for (k = 0; keys[k] && used < sizeof expected - 40; k++)
      used += (size_t)snprintf(expected + used, sizeof expected - used, "%s%s", k ? ", " : "", keys[k]);
    snprintf(subject, sizeof subject, "%s%s%.80s", path, *path ? "." : "", key);
    return ERR(e, E_PLAN_KEY, .file = r->file, .subject = subject, .expected = expected);
  }
  return E_OK;
}
static enum err_code keep_text(const struct reader *r, const char *text, const char **out, struct err *e) {
  *out = arena_strdup(r->a, text, strlen(text));
  return *out ? E_OK : ERR(e, E_NO_MEMORY, .subject = r->file);
}
/* Name of a column; NULL when the key is absent. */
static enum err_code name_of(
    const struct reader *r, const struct json_value *parent, const char *path, const char *key, const char **out, struct err *e) {
  char where[128];
  const struct json_value *v = json_member(parent, key);
  *out = NULL;
  if (!v) return E_OK;
  snprintf(where, sizeof where, "%.60s%s%s", path, *path ? "." : "", key);
  const char *text = json_string(v);
  if (!text || !*text || strlen(text) > 255) return bad(r, where, "the name of a column", e);
  return keep_text(r, text, out, e);
}
static enum err_code items_of(
    const struct reader *r, const struct json_value *parent, const char *path, const char *key, struct plan_items *out, struct err *e) {
  char where[128];
  const struct json_value *v = json_member(parent, key);
  const size_t n = json_is_array(v) ? json_length(v) : v != NULL;
  *out = (struct plan_items){0};
  snprintf(where, sizeof where, "%.60s%s%s", path, *path ? "." : "", key);
  if (n > SURVEY_PLAN_ITEMS) return bad(r, where, "at most 8 columns", e);
  for (size_t i = 0; i < n; i++) {
    const char *text = json_string(json_is_array(v) ? json_element(v, i) : v);
    if (!text || !*text || strlen(text) > 255) return bad(r, where, "the name of a column, or a list of names", e);
    TRY(keep_text(r, text, &out->name[out->n++], e));
  }
  return E_OK;
}
static enum err_code truth_of(const struct reader *r, const struct json_value *parent, const char *key, bool *out, struct err *e) {
  const struct json_value *v = json_member(parent, key);
  if (v && !json_boolean(v, out)) return bad(r, key, "true or false", e);
  return E_OK;
}

bool plan_number(const struct json_value *v, double *out) {
  const char *text = json_string(v);
  char *end;
  if (json_number(v, out)) return isfinite(*out);
  if (!text || !strchr("-0123456789.", *text) || strspn(text, "-+0123456789.eE") != strlen(text)) return false;
  *out = strtod(text, &end);
  return end != text && *end == 0 && isfinite(*out);
}

/* --- parts --- */
static enum err_code read_stage(const struct reader *r, const struct json_value *v, int k, struct plan_stage *s, struct err *e) {
  static const char *const keys[] = {"unit", "stratum", "population", "fraction", "certainty", NULL};
  char path[32];
  snprintf(path, sizeof path, "stages[%d]", k + 1);
  TRY(known_keys(r, v, path, keys, e));
  TRY(name_of(r, v, path, "unit", &s->unit, e));
  TRY(items_of(r, v, path, "stratum", &s->stratum, e));
  TRY(name_of(r, v, path, "population", &s->population, e));
  TRY(name_of(r, v, path, "fraction", &s->fraction, e));
  TRY(name_of(r, v, path, "certainty", &s->certainty, e));
  if (s->population && s->fraction)
    return ERR(e, E_PLAN_TOGETHER, .file = r->file, .subject = path, .found = "population and fraction", .expected = "one of them");
  if (s->certainty && k > 0) return bad(r, path, "certainty at the first stage only", e);
  return E_OK;
}
static enum err_code read_stages(const struct reader *r, const struct json_value *root, struct err *e) {
  struct survey_plan *p = r->p;
  const struct json_value *list = json_member(root, "stages");
  const size_t n = json_is_array(list) ? json_length(list) : 0;
  if (n < 1 || n > DESIGN_MAX_STAGES) return bad(r, "stages", "a list of 1 to 6 stages, the first stage first", e);
  p->n_stages = (int)n;
  for (size_t k = 0; k < n; k++) {
    TRY(read_stage(r, json_element(list, k), (int)k, &p->stage[k], e));
    if (!p->stage[k].unit && k + 1 < n) return bad(r, "stages[].unit", "the unit's column at every stage but the last", e);
  }
  return E_OK;
}
static enum err_code read_weight(const struct reader *r, const struct json_value *v, struct err *e) {
  static const char *const keys[] = {"inverse_of", NULL};
  struct survey_plan *p = r->p;
  const char *text = json_string(v);
  if (text && !strcmp(text, "populations")) {
    p->weight = PLAN_WEIGHT_POPULATIONS;
    return E_OK;
  }
  if (text && *text) return keep_text(r, text, &p->weight_column, e);
  if (!json_is_object(v)) return bad(r, "weight", "a column, {\"inverse_of\": column} or \"populations\"; there is no default", e);
  TRY(known_keys(r, v, "weight", keys, e));
  p->weight = PLAN_WEIGHT_INVERSE;
  TRY(name_of(r, v, "weight", "inverse_of", &p->weight_column, e));
  return p->weight_column ? E_OK : bad(r, "weight.inverse_of", "the column of the inclusion probability", e);
}
static enum err_code pps_form_of(const struct reader *r, const struct json_value *v, struct plan_pps *p, struct err *e) {
  static const struct {
    const char *name;
    enum pps_form form;
  } forms[] = {{"brewer", PPS_BREWER}, {"hajek", PPS_HAJEK}, {"overton", PPS_OVERTON}, {"hartley-rao", PPS_HARTLEY_RAO}, {"joint", PPS_YATES_GRUNDY},
      {"yates-grundy", PPS_YATES_GRUNDY}, {"horvitz-thompson", PPS_HORVITZ_THOMPSON}};
  const char *form = json_member_string(v, "form", "");
  p->with_replacement = !strcmp(form, "with-replacement");
  if (p->with_replacement) return E_OK;
  for (size_t k = 0; k < sizeof forms / sizeof *forms; k++)
    if (!strcmp(form, forms[k].name)) {
      p->form = forms[k].form;
      return E_OK;
    }
  return bad(r, "pps.form", "brewer, hajek, overton, hartley-rao, joint (= yates-grundy), horvitz-thompson or with-replacement", e);
}
static enum err_code read_pps(const struct reader *r, const struct json_value *v, struct err *e) {
  static const char *const keys[] = {"form", "probability", "joint", "sum_pi2_over_n", NULL};
  struct plan_pps *p = &r->p->pps;
  const struct json_value *sum = json_member(v, "sum_pi2_over_n");
  p->sum_pik2_over_n = -1;
  if (!v) return E_OK;
  p->on = true;
  TRY(known_keys(r, v, "pps", keys, e));
  TRY(pps_form_of(r, v, p, e));
  TRY(name_of(r, v, "pps", "probability", &p->probability, e));
  TRY(name_of(r, v, "pps", "joint", &p->joint_file, e));
  const bool joint = !p->with_replacement && (p->form == PPS_YATES_GRUNDY || p->form == PPS_HORVITZ_THOMPSON);
  if (!p->with_replacement && !p->probability) return bad(r, "pps.probability", "the column of the first-stage inclusion probability", e);
  if (joint != (p->joint_file != NULL)) return bad(r, "pps.joint", "a file of joint probabilities with the forms that use one, and only there", e);
  if (sum && (!plan_number(sum, &p->sum_pik2_over_n) || p->sum_pik2_over_n < 0)) return bad(r, "pps.sum_pi2_over_n", "a number of 0 or more", e);
  if (sum && (p->with_replacement || p->form != PPS_HARTLEY_RAO)) return bad(r, "pps.sum_pi2_over_n", "hartley-rao", e);
  return E_OK;
}
static enum err_code read_phase(const struct reader *r, const struct json_value *v, struct err *e) {
  static const char *const keys[] = {"selected", "stratum", NULL};
  struct plan_phase *p = &r->p->phase;
  if (!v) return E_OK;
  p->on = true;
  TRY(known_keys(r, v, "two_phase", keys, e));
  TRY(name_of(r, v, "two_phase", "selected", &p->selected, e));
  TRY(items_of(r, v, "two_phase", "stratum", &p->stratum, e));
  return p->selected ? E_OK : bad(r, "two_phase.selected", "the column that says who is in the second phase", e);
}
static enum err_code read_lonely(const struct reader *r, const struct json_value *root, struct err *e) {
  static const char *const keys[] = {"within", "size", NULL};
  static const struct {
    const char *name;
    enum lonely_policy policy;
  } policies[] = {{"stop", LONELY_STOP}, {"zero", LONELY_ZERO}, {"centre", LONELY_CENTRE}, {"mean", LONELY_MEAN}, {"average", LONELY_AVERAGE}};
  struct survey_plan *p = r->p;
  const struct json_value *v = json_member(root, "collapse");
  const char *name = json_member(root, "lonely") ? json_string(json_member(root, "lonely")) : "stop";
  TRY(truth_of(r, root, "lonely_in_domain", &p->lonely_in_domain, e));
  p->collapse.on = name && !strcmp(name, "collapse");
  if (v && !p->collapse.on) return ERR(e, E_PLAN_TOGETHER, .file = r->file, .subject = "collapse", .expected = "\"lonely\": \"collapse\"");
  if (v) TRY(known_keys(r, v, "collapse", keys, e));
  TRY(items_of(r, v, "collapse", "within", &p->collapse.within, e));
  TRY(name_of(r, v, "collapse", "size", &p->collapse.size, e));
  for (size_t k = 0; name && k < sizeof policies / sizeof *policies; k++)
    if (!strcmp(name, policies[k].name)) {
      p->lonely = policies[k].policy;
      return E_OK;
    }
  return p->collapse.on ? E_OK : bad(r, "lonely", "stop, zero, centre, mean, average or collapse", e);
}

/* --- imputed values --- */
static enum err_code imputed_method_of(const struct reader *r, const struct json_value *v, const char *path, struct plan_imputed *x, struct err *e) {
  static const char *const names[] = {[IMPUTED_MEAN] = "mean", [IMPUTED_RATIO] = "ratio", [IMPUTED_HOTDECK] = "hotdeck"};
  char where[128];
  const char *name = json_member_string(v, "method", "");
  for (int k = 0; k < 3; k++)
    if (!strcmp(name, names[k])) {
      x->method = (enum imputed_method)k;
      snprintf(where, sizeof where, "%.60s.auxiliary", path);
      if ((x->method == IMPUTED_RATIO) != (x->auxiliary != NULL)) return bad(r, where, "a column with method ratio, and only there", e);
      return E_OK;
    }
  snprintf(where, sizeof where, "%.60s.method", path);
  return bad(r, where, "mean, ratio or hotdeck", e);
}
static enum err_code read_imputed_item(const struct reader *r, const struct json_value *v, int k, struct plan_imputed *x, struct err *e) {
  static const char *const keys[] = {"item", "flag", "class", "method", "auxiliary", NULL};
  char path[32], where[64];
  snprintf(path, sizeof path, "imputed[%d]", k + 1);
  snprintf(where, sizeof where, "%s.item", path);
  TRY(known_keys(r, v, path, keys, e));
  TRY(name_of(r, v, path, "item", &x->item, e));
  if (!x->item) return bad(r, where, "the column of the item", e);
  TRY(name_of(r, v, path, "flag", &x->flag, e));
  TRY(items_of(r, v, path, "class", &x->class_of, e));
  TRY(name_of(r, v, path, "auxiliary", &x->auxiliary, e));
  return imputed_method_of(r, v, path, x, e);
}
/* What an imputation rests on was observed itself. */
static enum err_code imputed_apart(const struct reader *r, struct err *e) {
  const struct survey_plan *p = r->p;
  char what[ERR_TEXT_BYTES];
  for (int j = 0; j < p->n_imputed; j++)
    for (int k = 0; k < p->n_imputed; k++) {
      const struct plan_imputed *x = &p->imputed[j];
      const char *item = p->imputed[k].item;
      bool used = (x->auxiliary && !strcmp(x->auxiliary, item)) || (x->flag && !strcmp(x->flag, item));
      for (int c = 0; c < x->class_of.n; c++) used = used || !strcmp(x->class_of.name[c], item);
      snprintf(what, sizeof what, "imputed '%.60s' twice", item);
      if (k != j && !strcmp(x->item, item)) return ERR(e, E_PLAN_TOGETHER, .file = r->file, .subject = what, .expected = "one entry an item");
      snprintf(what, sizeof what, "imputed '%.60s' as flag, class or auxiliary of '%.60s'", item, x->item);
      if (used) return ERR(e, E_PLAN_TOGETHER, .file = r->file, .subject = what, .expected = "a column without imputed values");
    }
  return E_OK;
}
static enum err_code read_imputed(const struct reader *r, const struct json_value *v, struct err *e) {
  static const char expected[] = "\"as observed\", or a list of 1 to 64 objects with item, flag, class, method, auxiliary";
  struct survey_plan *p = r->p;
  const char *text = json_string(v);
  const size_t n = json_is_array(v) ? json_length(v) : 0;
  if (!v) return E_OK;
  p->imputed_as_observed = text && !strcmp(text, "as observed");
  if (p->imputed_as_observed) return E_OK;
  if (n < 1 || n > SURVEY_PLAN_IMPUTED) return bad(r, "imputed", expected, e);
  if (!(p->imputed = ARENA_ARRAY(r->a, struct plan_imputed, n))) return ERR(e, E_NO_MEMORY, .subject = r->file);
  for (size_t k = 0; k < n; k++) TRY(read_imputed_item(r, json_element(v, k), (int)k, &p->imputed[k], e));
  p->n_imputed = (int)n;
  return imputed_apart(r, e);
}

/* What cannot stand together, or has no estimator here. */
static enum err_code check_together(const struct reader *r, struct err *e) {
  const struct survey_plan *p = r->p;
  const bool pps = p->pps.on && !p->pps.with_replacement;
  const char *what = NULL, *expected = NULL;
  if (p->pps.on && (p->stage[0].population || p->stage[0].fraction || p->stage[0].certainty))
    what = "pps and population, fraction or certainty at stage 1", expected = "probabilities alone; a unit sure to be drawn has probability 1";
  if (pps && p->lonely != LONELY_STOP && p->lonely != LONELY_ZERO) what = "pps and this policy for lonely units", expected = "stop or zero";
  if (pps && p->collapse.on) what = "pps and lonely: collapse", expected = "stop or zero";
  if (pps && p->phase.on) what = "pps and two_phase", expected = "one of them";
  if (pps && p->lonely_in_domain) what = "pps and lonely_in_domain", expected = "one of them";
  if (p->n_imputed && p->lonely_in_domain) what = "imputed and lonely_in_domain", expected = "one of them";
  if (p->phase.on && p->replicates) what = "two_phase and replicates", expected = "one of them";
  if (p->phase.on && p->lonely_in_domain) what = "two_phase and lonely_in_domain", expected = "one of them";
  if (p->weight == PLAN_WEIGHT_POPULATIONS && p->pps.on) what = "pps and weight: populations", expected = "a weight column or {\"inverse_of\": ...}";
  return what ? ERR(e, E_PLAN_TOGETHER, .file = r->file, .subject = what, .expected = expected) : E_OK;
}

static enum err_code read_root(const struct reader *r, const struct json_value *root, struct err *e) {
  static const char *const keys[] = {"kind", "unit", "stages", "nested", "ultimate_cluster", "weight", "pps", "two_phase", "lonely", "collapse",
      "lonely_in_domain", "adjust", "imputed", "replicates", "publish", "source", NULL};
  struct survey_plan *p = r->p;
  TRY(known_keys(r, root, "", keys, e));
  if (strcmp(json_member_string(root, "kind", ""), "sample") != 0) return bad(r, "kind", "sample", e);
  TRY(name_of(r, root, "", "unit", &p->unit, e));
  p->adjust = json_member(root, "adjust"), p->replicates = json_member(root, "replicates"), p->publish = json_member(root, "publish");
  TRY(truth_of(r, root, "nested", &p->nested, e));
  TRY(truth_of(r, root, "ultimate_cluster", &p->ultimate_cluster, e));
  TRY(read_stages(r, root, e));
  TRY(read_weight(r, json_member(root, "weight"), e));
  TRY(read_pps(r, json_member(root, "pps"), e));
  TRY(read_phase(r, json_member(root, "two_phase"), e));
  TRY(read_lonely(r, root, e));
  TRY(read_imputed(r, json_member(root, "imputed"), e));
  return check_together(r, e);
}

enum err_code survey_plan_parse(struct arena *a, const char *file, const char *text, size_t n, struct survey_plan *out, struct err *e) {
  *out = (struct survey_plan){.file = arena_strdup(a, file, strlen(file))};
  const struct reader r = {a, file, out};
  if (!out->file) return ERR(e, E_NO_MEMORY, .subject = file);
  TRY(json_parse(file, text, n, &out->document, e));
  return read_root(&r, json_root(out->document), e);
}
void survey_plan_release(struct survey_plan *p) {
  json_release(p->document);
  p->document = NULL, p->adjust = p->replicates = p->publish = NULL;
}
bool survey_plan_is_sample(const char *text) {
  struct json_document *doc;
  if (!text || json_parse("design.json", text, strlen(text), &doc, NULL)) return false;
  const bool sample = !strcmp(json_member_string(json_root(doc), "kind", ""), "sample");
  json_release(doc);
  return sample;
}
