/* weight_plan_parse.c -- the list "adjust" of design.json to a plan; every key known, every value in range, each error with its place. */
#include <math.h>
#include <string.h>

#include "estimators/design/survey_plan.h"
#include "estimators/weight/calibrate.h"
#include "estimators/weight/weight_plan_impl.h"

struct parse {
  struct arena *a;
  const char *file;
  weight_file_fn read;
  void *context;
  const struct json_value *v; /* the step */
  struct weight_step *s;
  struct err *e;
};

static enum err_code bad(struct parse *p, const char *key, const char *expected) {
  const char *subject = arena_printf(p->a, "%s.%s", p->s->place, key);
  return ERR(p->e, E_WEIGHT_PLAN_VALUE, .file = p->file, .subject = subject ? subject : key, .expected = expected);
}
static enum err_code no_memory(struct parse *p) { return ERR(p->e, E_NO_MEMORY, .file = p->file, .subject = "weight programme"); }

static enum err_code text_of(struct parse *p, const char *key, bool required, const char **out) {
  const struct json_value *v = json_member(p->v, key);
  *out = NULL;
  if (!v) return required ? bad(p, key, "a name") : E_OK;
  if (!json_string(v) || !*json_string(v)) return bad(p, key, "a name");
  *out = arena_strdup(p->a, json_string(v), strlen(json_string(v)));
  return *out ? E_OK : no_memory(p);
}
/* One of words; absent = the first when `fallback`, else an error. */
static enum err_code word_of(struct parse *p, const char *key, const char *const *words, int n, bool fallback, int *out) {
  const struct json_value *v = json_member(p->v, key);
  const char *text = json_string(v);
  char expected[128] = "";
  *out = 0;
  if (!v && fallback) return E_OK;
  for (*out = 0; *out < n; ++*out) {
    if (text && strcmp(words[*out], text) == 0) return E_OK;
    strncat(expected, *out ? " | " : "", sizeof expected - strlen(expected) - 1);
    strncat(expected, words[*out], sizeof expected - strlen(expected) - 1);
  }
  return bad(p, key, expected);
}
static enum err_code number_of(struct parse *p, const char *key, bool required, double least, double most, double *out) {
  const struct json_value *v = json_member(p->v, key);
  if (!v && !required) return E_OK;
  if (!plan_number(v, out) || !isfinite(*out) || *out < least || *out > most) return bad(p, key, "a number in the range of the page");
  return E_OK;
}
static enum err_code truth_of(struct parse *p, const char *key, bool *out) {
  const struct json_value *v = json_member(p->v, key);
  return !v || json_boolean(v, out) ? E_OK : bad(p, key, "true | false");
}
static enum err_code names_of(struct parse *p, const char *key, bool required, struct weight_names *out) {
  const struct json_value *v = json_member(p->v, key);
  if (!v && !required) return E_OK;
  if (!json_is_array(v) || json_length(v) < 1 || json_length(v) > WEIGHT_MOST_NAMES) return bad(p, key, "a list of 1 to 32 texts");
  for (size_t k = 0; k < json_length(v); k++) {
    const char *text = json_string(json_element(v, k));
    if (!text) return bad(p, key, "a list of 1 to 32 texts");
    for (int j = 0; j < out->n; j++)
      if (strcmp(out->name[j], text) == 0) return bad(p, key, "each text once");
    if (!(out->name[out->n++] = arena_strdup(p->a, text, strlen(text)))) return no_memory(p);
  }
  return E_OK;
}

static enum err_code only_keys(struct parse *p, const struct json_value *v, const char *const *keys) {
  const char *key;
  const struct json_value *value;
  for (size_t i = 0; json_member_at(v, i, &key, &value); i++) {
    int k = 0;
    while (keys[k] && strcmp(keys[k], key) != 0) k++;
    if (keys[k]) continue;
    const char *subject = arena_printf(p->a, "%s.%s", p->s->place, key);
    return ERR(p->e, E_WEIGHT_PLAN_KEY, .file = p->file, .subject = subject ? subject : key);
  }
  return E_OK;
}

static enum err_code parse_respondents(struct parse *p) {
  static const char *const keys[] = {"step", "response", "codes", "nonrespondents", "ineligible", "unknown", NULL};
  static const char *const words[] = {"stop", "nonrespondent"};
  int unknown;
  TRY(only_keys(p, p->v, keys));
  TRY(text_of(p, "response", true, &p->s->response));
  TRY(names_of(p, "codes", true, &p->s->respondents));
  TRY(names_of(p, "nonrespondents", false, &p->s->nonrespondents));
  TRY(names_of(p, "ineligible", false, &p->s->ineligible));
  TRY(word_of(p, "unknown", words, 2, true, &unknown));
  p->s->unknown_nonrespondent = unknown == 1;
  return E_OK;
}

static enum err_code parse_nonresponse(struct parse *p) {
  static const char *const class_keys[] = {"step", "method", "by", "min_respondents", "max_factor", "collapse", "variance", NULL};
  static const char *const model_keys[] = {"step", "method", "on", "classes", "max_factor", "variance", NULL};
  static const char *const methods[] = {"classes", "logistic"}, *const joins[] = {"stop", "neighbour"}, *const variances[] = {"linearised", "fixed"};
  int method, join = 0, variance;
  double least = 1, classes = 0;
  TRY(word_of(p, "method", methods, 2, false, &method));
  p->s->method = method == 0 ? NONRESPONSE_CLASSES : NONRESPONSE_LOGISTIC;
  p->s->max_factor = INFINITY;
  TRY(only_keys(p, p->v, method == 0 ? class_keys : model_keys));
  TRY(names_of(p, method == 0 ? "by" : "on", true, &p->s->by));
  TRY(number_of(p, "max_factor", false, 1, 1e9, &p->s->max_factor));
  TRY(word_of(p, "variance", variances, 2, true, &variance));
  if (method == 0) {
    TRY(number_of(p, "min_respondents", false, 1, 1e6, &least));
    TRY(word_of(p, "collapse", joins, 2, true, &join));
  } else {
    TRY(number_of(p, "classes", false, 2, 1000, &classes));
  }
  if (least != floor(least) || classes != floor(classes)) return bad(p, method == 0 ? "min_respondents" : "classes", "a whole number");
  p->s->min_respondents = (int)least, p->s->classes = (int)classes;
  p->s->collapse = join == 1, p->s->taken_as_known = variance == 1;
  return E_OK;
}

static enum err_code parse_bounds(struct parse *p) {
  const struct json_value *v = json_member(p->v, "bounds");
  const bool needs = p->s->distance == WEIGHT_TRUNCATED || p->s->distance == WEIGHT_LOGIT,
             may = needs || p->s->distance == WEIGHT_RAKING;
  if (!v) return needs ? bad(p, "bounds", "[low, high] with low < 1 < high") : E_OK;
  if (!may) return bad(p, "bounds", "no bounds with this method: truncated, raking and logit keep them");
  if (json_length(v) != 2 || !plan_number(json_element(v, 0), &p->s->low) || !plan_number(json_element(v, 1), &p->s->high)
      || !(p->s->low < 1 && p->s->high > 1) || !isfinite(p->s->low) || !isfinite(p->s->high) || (p->s->distance == WEIGHT_LOGIT && p->s->low < 0))
    return bad(p, "bounds", "[low, high] with low < 1 < high (logit: low >= 0)");
  p->s->bounded = true;
  return E_OK;
}

static enum err_code parse_household(struct parse *p) {
  static const char *const keys[] = {"item", "form", "unequal", NULL};
  static const char *const forms[] = {"mean", "sum"}, *const unequal[] = {"stop", "mean"};
  const struct json_value *v = json_member(p->v, "household");
  int form, mean;
  if (!json_is_object(v)) return text_of(p, "household", false, &p->s->household);
  struct parse inner = *p;
  inner.v = v;
  TRY(only_keys(&inner, v, keys));
  TRY(text_of(&inner, "item", true, &p->s->household));
  TRY(word_of(&inner, "form", forms, 2, true, &form));
  TRY(word_of(&inner, "unequal", unequal, 2, true, &mean));
  p->s->form = form == 0 ? HOUSEHOLD_MEAN : HOUSEHOLD_SUM, p->s->mean_weights = mean == 1;
  return E_OK;
}

static enum err_code parse_totals(struct parse *p) {
  const struct json_value *totals = json_member(p->v, "totals");
  struct str text = {"", 0};
  TRY(text_of(p, "margins", false, &p->s->margins_file));
  if (!totals == !p->s->margins_file) return bad(p, "margins", "either margins (a file) or totals (a list)");
  if (totals) return margins_from_json(p->a, totals, p->s, p->e);
  if (!p->read) return bad(p, "margins", "totals given in the design: no file can be read here");
  TRY(p->read(p->context, p->s->margins_file, &text, p->e));
  return margins_from_csv(p->a, p->s->margins_file, text, p->s, p->e);
}

static enum err_code parse_calibrate(struct parse *p) {
  static const char *const keys[] = {
      "step", "method", "margins", "totals", "bounds", "sigma2", "within", "household", "unmet", "partial", NULL};
  static const char *const methods[] = {"linear", "truncated", "raking", "logit", "ipf"}, *const unmet[] = {"stop", "report"};
  int method, report;
  TRY(only_keys(p, p->v, keys));
  TRY(word_of(p, "method", methods, 5, false, &method));
  p->s->distance = (enum weight_distance)method;
  TRY(parse_bounds(p));
  TRY(text_of(p, "sigma2", false, &p->s->sigma2));
  TRY(text_of(p, "within", false, &p->s->within));
  TRY(parse_household(p));
  TRY(word_of(p, "unmet", unmet, 2, true, &report));
  p->s->report_unmet = report == 1;
  TRY(truth_of(p, "partial", &p->s->partial));
  TRY(parse_totals(p));
  if (p->s->distance == WEIGHT_IPF && (p->s->household || p->s->sigma2))
    return bad(p, "method", "raking: proportional fitting knows neither households nor sigma2");
  for (int64_t i = 0; i < p->s->n_margins; i++) {
    const struct margin_row *m = &p->s->margin[i];
    if ((m->within.n > 0) != (p->s->within != NULL)) return bad(p, "within", "a column within in the totals exactly when the step is partitioned");
    if (p->s->distance == WEIGHT_IPF && m->code.n == 0 && strcmp(m->item, "*") != 0)
      return bad(p, "method", "raking: proportional fitting knows counts only");
  }
  return E_OK;
}

static enum err_code parse_trim(struct parse *p) {
  static const char *const keys[] = {"step", "low", "high", "keep", NULL};
  static const char *const words[] = {"totals", "sum"};
  int keep;
  p->s->low = -1, p->s->high = INFINITY;
  TRY(only_keys(p, p->v, keys));
  TRY(number_of(p, "low", false, 0, 1e300, &p->s->low));
  TRY(number_of(p, "high", false, 0, 1e300, &p->s->high));
  TRY(word_of(p, "keep", words, 2, false, &keep));
  p->s->keep = keep == 0 ? TRIM_KEEP_TOTALS : TRIM_KEEP_SUM;
  if (!json_member(p->v, "low") && !json_member(p->v, "high")) return bad(p, "high", "low, high or both");
  return p->s->low <= p->s->high ? E_OK : bad(p, "low", "low not above high");
}

static enum err_code parse_step(struct parse *p) {
  static const char *const kinds[] = {"respondents", "nonresponse", "calibrate", "trim"};
  int kind;
  if (!json_is_object(p->v)) return bad(p, "step", "an object");
  TRY(word_of(p, "step", kinds, 4, false, &kind));
  p->s->kind = (enum weight_step_kind)kind, p->s->title = kinds[kind];
  switch (p->s->kind) {
    case WEIGHT_RESPONDENTS: TRY(parse_respondents(p)); break;
    case WEIGHT_NONRESPONSE: TRY(parse_nonresponse(p)); break;
    case WEIGHT_CALIBRATE: TRY(parse_calibrate(p)); break;
    case WEIGHT_TRIM: TRY(parse_trim(p)); break;
  }
  return weight_step_hash(p->v, p->s, p->e);
}

/* What a step needs of those before it. */
static enum err_code check_order(struct parse *p, const struct weight_plan *plan, int k) {
  bool before[4] = {false};
  for (int j = 0; j < k; j++) before[plan->step[j].kind] = true;
  const struct weight_step *s = &plan->step[k];
  if (s->kind == WEIGHT_RESPONDENTS && k > 0) return bad(p, "step", "respondents as the first step");
  if (s->kind == WEIGHT_NONRESPONSE && !(k > 0 && plan->step[k - 1].kind == WEIGHT_RESPONDENTS))
    return bad(p, "step", "a step respondents right before nonresponse");
  if (s->kind == WEIGHT_TRIM && s->keep == TRIM_KEEP_TOTALS && !before[WEIGHT_CALIBRATE])
    return bad(p, "keep", "sum: no calibration comes before, so there are no totals to keep");
  return E_OK;
}

enum err_code weight_plan_parse(struct arena *a, const char *place, const struct json_value *adjust, weight_file_fn file, void *context,
    struct weight_plan *out, struct err *e) {
  struct weight_step none = {.place = "adjust"};
  struct parse p = {.a = a, .file = place, .read = file, .context = context, .s = &none, .e = e};
  *out = (struct weight_plan){.place = place};
  if (!adjust) return E_OK;
  if (!json_is_array(adjust) || json_length(adjust) > WEIGHT_MOST_STEPS) return bad(&p, "step", "a list of up to 12 steps");
  for (size_t k = 0; k < json_length(adjust); k++) {
    p.s = &out->step[k], p.v = json_element(adjust, k);
    *p.s = (struct weight_step){.place = arena_printf(a, "adjust[%zu]", k)};
    if (!p.s->place) return no_memory(&p);
    TRY(parse_step(&p));
    TRY(check_order(&p, out, (int)k));
    out->n_steps++;
  }
  return E_OK;
}
