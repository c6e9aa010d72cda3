/* recipe_step.c -- the steps of a recipe: one row of a table each, with the members that it may have and their reader. */
#include <stdio.h>
#include <string.h>

#include "estimators/sdc/micro/recipe_impl.h"

static const unsigned CATEGORIES = 1u << MICRO_CATEGORY, NUMBERS = 1u << MICRO_NUMBER, ANY = 1u << MICRO_CATEGORY | 1u << MICRO_NUMBER;

/* --- lists --- */
static enum err_code one_variable(struct recipe_reader *r, const struct json_value *v, unsigned kinds, struct micro_step *out) {
  out->n_variables = 1;
  return recipe_variable(r, json_member(v, "variable"), kinds, &out->variable[0]);
}
static enum err_code name_list(
    struct recipe_reader *r, const struct json_value *v, const char *member, unsigned kinds, const char **name, int *count) {
  const struct json_value *list = json_member(v, member);
  const size_t n = json_length(list);
  if (!json_is_array(list) || n < 1 || n > MICRO_STEP_VARIABLES_MOST) return recipe_wrong(r, member, "1 to 16 variables");
  for (*count = 0; *count < (int)n; ++*count) {
    TRY(recipe_variable(r, json_element(list, (size_t)*count), kinds, &name[*count]));
    for (int j = 0; j < *count; j++)
      if (name[j] == name[*count]) return recipe_wrong(r, name[j], "each variable once");
  }
  return E_OK;
}
static enum err_code many_variables(struct recipe_reader *r, const struct json_value *v, unsigned kinds, struct micro_step *out) {
  return name_list(r, v, "variables", kinds, out->variable, &out->n_variables);
}
static enum err_code text_list(struct recipe_reader *r, const struct json_value *list, const char *what, const char *const **out, int *n) {
  const size_t length = json_length(list);
  const char **texts = ARENA_ARRAY(r->arena, const char *, length + 1);
  if (!texts) return ERR(r->e, E_NO_MEMORY, .subject = what);
  if (!json_is_array(list) || length > 100000) return recipe_wrong(r, what, "a list of texts");
  for (size_t i = 0; i < length; i++) {
    const char *text = json_string(json_element(list, i));
    if (!text) return recipe_wrong(r, what, "a list of texts");
    if (!(texts[i] = arena_strdup(r->arena, text, strlen(text)))) return ERR(r->e, E_NO_MEMORY, .subject = what);
  }
  *out = texts, *n = (int)length;
  return E_OK;
}
static enum err_code whole(struct recipe_reader *r, const struct json_value *v, const char *key, bool needed, int64_t least, int64_t *out) {
  if (!json_member(v, key) && !needed) return E_OK;
  return json_integer(json_member(v, key), out) && *out >= least ? E_OK : recipe_wrong(r, key, "a whole number in its range");
}

static struct micro_variable *declared(struct recipe_reader *r, const char *name) {
  int k = 0;
  while (r->out->variable[k].name != name) k++; /* recipe_variable gave this very text */
  return &r->out->variable[k];
}

/* --- readers --- */
static enum err_code read_table(struct recipe_reader *r, const struct json_value *table, struct micro_recode_table *out) {
  const struct json_value *to;
  const char *from;
  size_t n = 0;
  if (!json_is_object(table)) return recipe_wrong(r, "table", "an object: old code, new code");
  while (json_member_at(table, n, &from, &to)) n++;
  const char **a = ARENA_ARRAY(r->arena, const char *, n + 1), **b = ARENA_ARRAY(r->arena, const char *, n + 1);
  if (!a || !b) return ERR(r->e, E_NO_MEMORY, .subject = "table");
  for (size_t i = 0; i < n && json_member_at(table, i, &from, &to); i++) {
    if (!json_string(to)) return recipe_wrong(r, from, "a text");
    a[i] = arena_strdup(r->arena, from, strlen(from)), b[i] = arena_strdup(r->arena, json_string(to), strlen(json_string(to)));
    if (!a[i] || !b[i]) return ERR(r->e, E_NO_MEMORY, .subject = "table");
  }
  *out = (struct micro_recode_table){.n = (int)n, .from = a, .to = b};
  return E_OK;
}
static enum err_code read_recode(struct recipe_reader *r, const struct json_value *v, struct micro_step *out) {
  TRY(one_variable(r, v, CATEGORIES, out));
  TRY(read_table(r, json_member(v, "table"), &out->table));
  if (json_member(v, "else")) TRY(recipe_text(r, v, "else", true, &out->table.other));
  return E_OK;
}
static enum err_code read_classes(struct recipe_reader *r, const struct json_value *v, struct micro_step *out) {
  const struct json_value *edges = json_member(v, "edges");
  const size_t n = json_length(edges);
  double *edge = ARENA_ARRAY(r->arena, double, n + 1);
  int labels;
  if (!edge) return ERR(r->e, E_NO_MEMORY, .subject = "edges");
  TRY(one_variable(r, v, NUMBERS, out));
  if (!json_is_array(edges) || n < 1 || n > 10000) return recipe_wrong(r, "edges", "a list of numbers that rise");
  for (size_t i = 0; i < n; i++)
    if (!json_number(json_element(edges, i), &edge[i]) || (i && !(edge[i] > edge[i - 1])))
      return recipe_wrong(r, "edges", "a list of numbers that rise");
  TRY(text_list(r, json_member(v, "labels"), "labels", &out->classes.label, &labels));
  if ((size_t)labels != n) return recipe_wrong(r, "labels", "one label for each edge");
  out->classes.n = (int)n, out->classes.edge = edge;
  declared(r, out->variable[0])->later = MICRO_CATEGORY;
  return E_OK;
}
static enum err_code read_tail(struct recipe_reader *r, const struct json_value *v, struct micro_step *out) {
  static const char *const rules[] = {"threshold", "share", "records"};
  const char *replace;
  int given = 0;
  out->tail.bottom = out->kind == MICRO_STEP_BOTTOM, out->tail.least_for_mean = MICRO_TAIL_LEAST;
  TRY(one_variable(r, v, NUMBERS, out));
  for (int k = 0; k < 3; k++) {
    if (!json_member(v, rules[k])) continue;
    TRY(recipe_number(r, v, rules[k], true, &out->tail.limit));
    out->tail.rule = (enum micro_tail_rule)k, given++;
  }
  if (given != 1) return recipe_wrong(r, micro_step_name(out->kind), "one of threshold, share, records");
  TRY(recipe_text(r, v, "replace", true, &replace));
  if (strcmp(replace, "mean") && strcmp(replace, "threshold")) return recipe_wrong(r, "replace", "mean or threshold");
  out->tail.mean = !strcmp(replace, "mean");
  return whole(r, v, "least_for_mean", false, MICRO_TAIL_LEAST, &out->tail.least_for_mean);
}
static enum err_code read_aggregate(struct recipe_reader *r, const struct json_value *v, struct micro_step *out) {
  TRY(many_variables(r, v, NUMBERS, out));
  if (json_member(v, "weighted") && !json_boolean(json_member(v, "weighted"), &out->by_weight)) return recipe_wrong(r, "weighted", "true or false");
  return whole(r, v, "k", true, 2, &out->k);
}
static enum err_code read_pram(struct recipe_reader *r, const struct json_value *v, struct micro_step *out) {
  TRY(one_variable(r, v, CATEGORIES, out));
  TRY(recipe_number(r, v, "least", true, &out->least));
  return recipe_number(r, v, "alpha", true, &out->alpha);
}
static enum err_code read_swap(struct recipe_reader *r, const struct json_value *v, struct micro_step *out) {
  TRY(one_variable(r, v, NUMBERS, out));
  return recipe_number(r, v, "percent", true, &out->percent);
}
static enum err_code read_noise(struct recipe_reader *r, const struct json_value *v, struct micro_step *out) {
  TRY(many_variables(r, v, NUMBERS, out));
  return recipe_number(r, v, "amount", true, &out->amount);
}
static enum err_code read_resample(struct recipe_reader *r, const struct json_value *v, struct micro_step *out) {
  const char *by;
  TRY(recipe_number(r, v, "share", true, &out->share));
  TRY(recipe_text(r, v, "by", true, &by));
  if (strcmp(by, "random") && strcmp(by, "weight")) return recipe_wrong(r, "by", "random or weight");
  out->by_weight = !strcmp(by, "weight");
  return out->by_weight && !r->out->weight ? recipe_wrong(r, "by", "random: the recipe names no weight") : E_OK;
}
static enum err_code read_delete(struct recipe_reader *r, const struct json_value *v, struct micro_step *out) {
  TRY(one_variable(r, v, ANY, out));
  out->has_above = json_member(v, "above") != NULL, out->has_below = json_member(v, "below") != NULL;
  TRY(recipe_number(r, v, "above", false, &out->above));
  TRY(recipe_number(r, v, "below", false, &out->below));
  if (json_member(v, "values")) TRY(text_list(r, json_member(v, "values"), "values", &out->values, &out->n_values));
  const bool number = micro_variable_of(r->out, out->variable[0])->later == MICRO_NUMBER;
  if ((out->has_above || out->has_below) && !number) return recipe_wrong(r, out->variable[0], "values: it is a category");
  return out->has_above || out->has_below || out->n_values ? E_OK : recipe_wrong(r, "delete", "above, below or values");
}
static int key_of(const struct micro_recipe *r, const char *name) {
  for (int j = 0; j < r->n_keys; j++)
    if (!strcmp(r->key[j], name)) return j;
  return -1;
}
static enum err_code read_importance(struct recipe_reader *r, const struct json_value *v, struct micro_step *out) {
  const struct json_value *x = json_member(v, "importance"), *value;
  const char *key;
  for (int j = 0; j < MICRO_KEYS_MOST; j++) out->importance[j] = 1;
  if (x && !json_is_object(x)) return recipe_wrong(r, "importance", "an object: key, number");
  for (size_t i = 0; x && json_member_at(x, i, &key, &value); i++) {
    const int j = key_of(r->out, key);
    if (j < 0 || !json_number(value, &out->importance[j]) || !(out->importance[j] >= 0))
      return recipe_wrong(r, key, "a key and 0 (never blanked) or above");
  }
  return E_OK;
}
static enum err_code read_suppress(struct recipe_reader *r, const struct json_value *v, struct micro_step *out) {
  const struct json_value *x = json_member(v, "household_keys");
  int64_t sharing = 0, combinations = 0;
  out->k = r->out->k;
  TRY(whole(r, v, "sharing", false, 0, &sharing));
  TRY(whole(r, v, "combinations", false, 1, &combinations));
  if (sharing > r->out->n_keys || combinations > r->out->n_keys)
    return recipe_wrong(r, "suppress", "sharing and combinations up to the number of keys");
  out->sharing = (int)sharing, out->combinations = (int)combinations;
  if (json_member(v, "strict") && !json_boolean(json_member(v, "strict"), &out->strict)) return recipe_wrong(r, "strict", "true or false");
  if (out->strict && (sharing || combinations)) return recipe_wrong(r, "strict", "neither sharing nor combinations beside it");
  for (size_t i = 0; i < json_length(x); i++) {
    const char *name = json_string(json_element(x, i));
    const int j = name ? key_of(r->out, name) : -1;
    if (j < 0 || !r->out->household) return recipe_wrong(r, "household_keys", "keys of the recipe, which names a household");
    out->household_keys |= 1u << j;
  }
  if (json_member(v, "households")) {
    const char *how = json_string(json_member(v, "households"));
    if (!how || strcmp(how, "same-keys") || !r->out->household) return recipe_wrong(r, "households", "same-keys, in a recipe that names a household");
    out->household_keys = (1u << r->out->n_keys) - 1;
  }
  for (int j = 0; j < r->out->n_keys; j++)
    if (micro_variable_of(r->out, r->out->key[j])->of_household) out->household_keys |= 1u << j;
  return read_importance(r, v, out);
}
/* A dropped key would leave the file unjudged: it has to leave the keys first. */
static enum err_code read_drop(struct recipe_reader *r, const struct json_value *v, struct micro_step *out) {
  TRY(many_variables(r, v, ANY, out));
  for (int k = 0; k < out->n_variables; k++) {
    if (key_of(r->out, out->variable[k]) >= 0) return recipe_wrong(r, out->variable[k], "a variable that is no key");
    declared(r, out->variable[k])->written = false;
  }
  return E_OK;
}
static enum err_code read_record_swap(struct recipe_reader *r, const struct json_value *v, struct micro_step *out) {
  TRY(name_list(r, v, "areas", ANY, out->variable, &out->n_variables));
  TRY(name_list(r, v, "risk", ANY, out->risk, &out->n_risk));
  if (json_member(v, "similar")) TRY(name_list(r, v, "similar", ANY, out->similar, &out->n_similar));
  if (out->n_variables + out->n_risk > MICRO_KEYS_MOST || out->n_similar > MICRO_KEYS_MOST)
    return recipe_wrong(r, "record-swap", "at most 10 columns");
  TRY(recipe_number(r, v, "rate", true, &out->share));
  if (!(out->share >= 0 && out->share <= 1)) return recipe_wrong(r, "rate", "0 to 1");
  return whole(r, v, "k", true, 2, &out->k);
}
static enum err_code read_nothing(struct recipe_reader *r, const struct json_value *v, struct micro_step *out) {
  (void)r, (void)v, (void)out;
  return E_OK;
}

static enum err_code read_peculiar(struct recipe_reader *r, const struct json_value *v, struct micro_step *out) {
  const char *unit;
  TRY(many_variables(r, v, ANY, out));
  if (out->n_variables > MICRO_KEYS_MOST) return recipe_wrong(r, "variables", "at most 10 variables");
  TRY(recipe_text(r, v, "unit", true, &unit));
  if (strcmp(unit, "record") && (strcmp(unit, "household") || !r->out->household))
    return recipe_wrong(r, "unit", "record, or household in a recipe that names one");
  out->of_household = !strcmp(unit, "household");
  return whole(r, v, "least", true, 2, &out->k);
}
/* Without a table of people an area has as many as its weights sum to. */
static enum err_code read_people(struct recipe_reader *r, const struct json_value *people, struct micro_step *out) {
  const struct json_value *value;
  const char *area, *word = json_string(people);
  size_t n = 0;
  if (word) return !strcmp(word, "weights") && r->out->weight ? E_OK : recipe_wrong(r, "population", "weights only where the recipe names one");
  if (!json_is_object(people)) return recipe_wrong(r, "population", "an object (area, people), or \"weights\"");
  while (json_member_at(people, n, &area, &value)) n++;
  const char **areas = ARENA_ARRAY(r->arena, const char *, n + 1);
  double *count = ARENA_ARRAY(r->arena, double, n + 1);
  if (!areas || !count) return ERR(r->e, E_NO_MEMORY, .subject = "population");
  for (size_t i = 0; i < n && json_member_at(people, i, &area, &value); i++) {
    if (!json_number(value, &count[i]) || !(count[i] >= 0)) return recipe_wrong(r, area, "people, 0 or more");
    if (!(areas[i] = arena_strdup(r->arena, area, strlen(area)))) return ERR(r->e, E_NO_MEMORY, .subject = "population");
  }
  out->area = areas, out->people = count, out->n_areas = (int)n;
  return n ? E_OK : recipe_wrong(r, "population", "at least one area");
}
static enum err_code read_geography(struct recipe_reader *r, const struct json_value *v, struct micro_step *out) {
  TRY(one_variable(r, v, CATEGORIES, out));
  TRY(recipe_number(r, v, "least", true, &out->least));
  if (!(out->least > 0)) return recipe_wrong(r, "least", "people, above 0");
  if (json_member(v, "into")) TRY(read_table(r, json_member(v, "into"), &out->table));
  return read_people(r, json_member(v, "population"), out);
}

static const struct {
  const char *name, *members; /* beside step, source, source_status */
  enum err_code (*read)(struct recipe_reader *r, const struct json_value *v, struct micro_step *out);
  bool draws;
} steps[MICRO_STEP_COUNT] = {
    [MICRO_STEP_RECODE] = {"recode", "variable|table|else", read_recode, false},
    [MICRO_STEP_CLASSES] = {"classes", "variable|edges|labels", read_classes, false},
    [MICRO_STEP_TOP] = {"top-code", "variable|threshold|share|records|replace|least_for_mean", read_tail, false},
    [MICRO_STEP_BOTTOM] = {"bottom-code", "variable|threshold|share|records|replace|least_for_mean", read_tail, false},
    [MICRO_STEP_AGGREGATE] = {"microaggregate", "variables|k|weighted", read_aggregate, false},
    [MICRO_STEP_AGGREGATE_SINGLE] = {"microaggregate-single", "variables|k|weighted", read_aggregate, false},
    [MICRO_STEP_PRAM] = {"pram", "variable|least|alpha", read_pram, true},
    [MICRO_STEP_SWAP] = {"rank-swap", "variable|percent", read_swap, true},
    [MICRO_STEP_NOISE] = {"noise", "variables|amount", read_noise, true},
    [MICRO_STEP_NOISE_CORRELATED] = {"noise-correlated", "variables|amount", read_noise, true},
    [MICRO_STEP_RESAMPLE] = {"resample", "share|by", read_resample, true},
    [MICRO_STEP_DELETE] = {"delete", "variable|above|below|values", read_delete, false},
    [MICRO_STEP_ORDER] = {"order", "", read_nothing, true},
    [MICRO_STEP_SUPPRESS] = {"suppress", "importance|sharing|combinations|strict|household_keys|households", read_suppress, false},
    [MICRO_STEP_DROP] = {"drop", "variables", read_drop, false},
    [MICRO_STEP_RECORD_SWAP] = {"record-swap", "areas|risk|similar|rate|k", read_record_swap, true},
    [MICRO_STEP_PECULIAR] = {"peculiar", "variables|least|unit", read_peculiar, false},
    [MICRO_STEP_GEOGRAPHY] = {"geography", "variable|least|population|into", read_geography, false},
};
const char *micro_step_name(enum micro_step_kind kind) { return steps[kind].name; }
bool micro_step_draws(enum micro_step_kind kind) { return steps[kind].draws; }

/* What changes values of several variables at once changes those of households, or those of people. */
static bool changes_values(enum micro_step_kind kind) { return kind <= MICRO_STEP_NOISE_CORRELATED; }
static enum err_code one_level(struct recipe_reader *r, struct micro_step *out) {
  if (!changes_values(out->kind)) return E_OK;
  for (int k = 0; k < out->n_variables; k++) {
    const bool household = declared(r, out->variable[k])->of_household;
    if (k && household != out->of_household) return recipe_wrong(r, out->variable[k], "variables of one level in one step");
    out->of_household = household;
  }
  return E_OK;
}
enum err_code recipe_step(struct recipe_reader *r, const struct json_value *v, struct micro_step *out) {
  const char *name = json_member_string(v, "step", "");
  char known[256];
  int kind = 0;
  while (kind < MICRO_STEP_COUNT && strcmp(steps[kind].name, name)) kind++;
  if (kind == MICRO_STEP_COUNT) return ERR(r->e, E_MICRO_STEP, .file = r->place, .subject = name);
  *out = (struct micro_step){.kind = (enum micro_step_kind)kind};
  snprintf(known, sizeof known, "step|source|source_status%s%s", *steps[kind].members ? "|" : "", steps[kind].members);
  TRY(recipe_only(r, v, name, known));
  TRY(recipe_source(r, v, name, &out->source));
  TRY(steps[kind].read(r, v, out));
  return one_level(r, out);
}
