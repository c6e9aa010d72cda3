#include "estimators/sdc/micro/recipe.h"

#include <string.h>

#include "estimators/sdc/micro/recipe_impl.h"

const char *micro_status_name(enum micro_status s) {
  static const char *const names[] = {"confirmed", "own", "unconfirmed"};
  return names[s];
}
bool micro_recipe_approved(const struct micro_recipe *r) { return *r->office && *r->date && *r->document; }
const struct micro_variable *micro_variable_of(const struct micro_recipe *r, const char *name) {
  for (int k = 0; k < r->n_variables; k++)
    if (!strcmp(r->variable[k].name, name)) return &r->variable[k];
  return NULL;
}

/* --- shared --- */
enum err_code recipe_wrong(struct recipe_reader *r, const char *subject, const char *expected) {
  return ERR(r->e, E_MICRO_RECIPE, .file = r->place, .subject = subject, .expected = expected);
}
static bool among(const char *words, const char *word) {
  struct str rest = str_of(words);
  while (rest.n)
    if (str_eq(str_split(rest, '|', &rest), str_of(word))) return true;
  return false;
}
enum err_code recipe_only(struct recipe_reader *r, const struct json_value *v, const char *where, const char *known) {
  const char *key;
  const struct json_value *value;
  if (!json_is_object(v)) return recipe_wrong(r, where, "an object");
  for (size_t i = 0; json_member_at(v, i, &key, &value); i++)
    if (!among(known, key)) return recipe_wrong(r, key, known);
  return E_OK;
}
enum err_code recipe_text(struct recipe_reader *r, const struct json_value *v, const char *key, bool needed, const char **out) {
  const struct json_value *x = json_member(v, key);
  const char *text = json_string(x);
  *out = "";
  if (!x && !needed) return E_OK;
  if (!text || (needed && !*text)) return recipe_wrong(r, key, "a text");
  *out = arena_strdup(r->arena, text, strlen(text));
  return *out ? E_OK : ERR(r->e, E_NO_MEMORY, .subject = key);
}
enum err_code recipe_number(struct recipe_reader *r, const struct json_value *v, const char *key, bool needed, double *out) {
  const struct json_value *x = json_member(v, key);
  if (!x && !needed) return E_OK;
  return json_number(x, out) ? E_OK : recipe_wrong(r, key, "a number");
}
enum err_code recipe_source(struct recipe_reader *r, const struct json_value *v, const char *where, struct micro_source *out) {
  const char *status;
  if (!json_member(v, "source") || !json_member(v, "source_status")) return recipe_wrong(r, where, "source and source_status");
  TRY(recipe_text(r, v, "source", true, &out->text));
  TRY(recipe_text(r, v, "source_status", true, &status));
  for (int k = 0; k <= MICRO_UNCONFIRMED; k++)
    if (!strcmp(status, micro_status_name((enum micro_status)k))) return out->status = (enum micro_status)k, E_OK;
  return recipe_wrong(r, "source_status", "confirmed, own or unconfirmed");
}
enum err_code recipe_variable(struct recipe_reader *r, const struct json_value *name, unsigned kinds, const char **out) {
  const char *text = json_string(name);
  const struct micro_variable *v = text ? micro_variable_of(r->out, text) : NULL;
  if (!v || !(kinds >> v->later & 1)) return ERR(r->e, E_MICRO_VARIABLE, .file = r->place, .subject = text ? text : "variable");
  *out = v->name;
  return E_OK;
}

/* --- head --- */
static enum err_code read_approval(struct recipe_reader *r, const struct json_value *root) {
  const struct json_value *v = json_member(root, "approval");
  r->out->office = r->out->date = r->out->document = "";
  if (!v) return E_OK;
  TRY(recipe_only(r, v, "approval", "office|date|document"));
  TRY(recipe_text(r, v, "office", false, &r->out->office));
  TRY(recipe_text(r, v, "date", false, &r->out->date));
  return recipe_text(r, v, "document", false, &r->out->document);
}
static enum err_code read_missing(struct recipe_reader *r, const struct json_value *root) {
  const struct json_value *v = json_member(root, "missing"), *reason;
  const char *sign, **signs = ARENA_ARRAY(r->arena, const char *, 64);
  uint8_t *status = ARENA_ARRAY(r->arena, uint8_t, 64);
  if (!signs || !status) return ERR(r->e, E_NO_MEMORY, .subject = "missing");
  r->out->missing_sign = signs, r->out->missing_status = status;
  if (v && !json_is_object(v)) return recipe_wrong(r, "missing", "an object: sign, reason");
  for (size_t i = 0; v && json_member_at(v, i, &sign, &reason); i++) {
    if (r->out->n_missing == 64) return recipe_wrong(r, "missing", "at most 64 signs");
    if (!missing_reason_parse(str_of(json_string(reason)), &status[r->out->n_missing])) return recipe_wrong(r, sign, MISSING_REASONS);
    if (!(signs[r->out->n_missing++] = arena_strdup(r->arena, sign, strlen(sign)))) return ERR(r->e, E_NO_MEMORY, .subject = "missing");
  }
  return E_OK;
}
static enum err_code read_level(struct recipe_reader *r, const struct json_value *v, struct micro_variable *out) {
  const char *level = json_member_string(v, "level", "person");
  if (strcmp(level, "person") && strcmp(level, "household")) return recipe_wrong(r, out->name, "level person or household");
  out->of_household = !strcmp(level, "household");
  return E_OK;
}
static enum err_code read_variable(struct recipe_reader *r, const struct json_value *v, struct micro_variable *out) {
  static const char *const kinds[] = {"category", "number", "identifier"};
  const char *kind;
  double decimals = 0;
  int at = 0;
  TRY(recipe_only(r, v, "variables", "name|kind|decimals|label_ja|label_en|write|level"));
  TRY(recipe_text(r, v, "name", true, &out->name));
  TRY(recipe_text(r, v, "kind", true, &kind));
  TRY(recipe_text(r, v, "label_en", false, &out->label[0]));
  TRY(recipe_text(r, v, "label_ja", false, &out->label[1]));
  TRY(recipe_number(r, v, "decimals", false, &decimals));
  while (at < 3 && strcmp(kind, kinds[at])) at++;
  if (at == 3) return recipe_wrong(r, out->name, "kind category, number or identifier");
  if (!(decimals >= 0 && decimals <= 9) || decimals != (int)decimals) return recipe_wrong(r, out->name, "decimals 0 to 9");
  out->kind = out->later = (enum micro_kind)at, out->decimals = (int)decimals, out->written = out->kind != MICRO_IDENTIFIER;
  if (json_member(v, "write") && (!json_boolean(json_member(v, "write"), &out->written) || (out->written && out->kind == MICRO_IDENTIFIER)))
    return recipe_wrong(r, out->name, "write: true or false, and an identifier is never written");
  for (int k = 0; k < 2; k++)
    if (!*out->label[k]) out->label[k] = out->name;
  return read_level(r, v, out);
}
static enum err_code read_variables(struct recipe_reader *r, const struct json_value *root) {
  const struct json_value *v = json_member(root, "variables");
  const size_t n = json_length(v);
  if (!json_is_array(v) || n < 1 || n > MICRO_VARIABLES_MOST) return recipe_wrong(r, "variables", "1 to 512 variables");
  r->out->variable = ARENA_ARRAY(r->arena, struct micro_variable, n);
  if (!r->out->variable) return ERR(r->e, E_NO_MEMORY, .subject = "variables");
  for (size_t i = 0; i < n; i++) {
    struct micro_variable one;
    TRY(read_variable(r, json_element(v, i), &one));
    if (micro_variable_of(r->out, one.name)) return recipe_wrong(r, one.name, "each variable once");
    r->out->variable[r->out->n_variables++] = one;
  }
  return E_OK;
}
static enum err_code read_id(struct recipe_reader *r, const struct json_value *v, const char *composed, const char **out, int *n, const char **part) {
  const unsigned any = 1u << MICRO_CATEGORY | 1u << MICRO_NUMBER | 1u << MICRO_IDENTIFIER;
  if (!v) return E_OK;
  if (!json_is_array(v)) return recipe_variable(r, v, any, out);
  if (json_length(v) < 1 || json_length(v) > MICRO_PARTS_MOST) return recipe_wrong(r, composed, "1 to 8 variables");
  for (*n = 0; *n < (int)json_length(v); ++*n) TRY(recipe_variable(r, json_element(v, (size_t)*n), any, &part[*n]));
  *out = composed;
  return E_OK;
}
static enum err_code read_roles(struct recipe_reader *r, const struct json_value *root) {
  struct micro_recipe *x = r->out;
  TRY(read_id(r, json_member(root, "record"), MICRO_RECORD_COLUMN, &x->record, &x->n_record_parts, x->record_part));
  TRY(read_id(r, json_member(root, "household"), MICRO_HOUSEHOLD_COLUMN, &x->household, &x->n_household_parts, x->household_part));
  for (int k = 0; k < x->n_variables; k++)
    if (x->variable[k].of_household && !x->household) return recipe_wrong(r, x->variable[k].name, "level person: the recipe names no household");
  if (json_member(root, "weight")) TRY(recipe_variable(r, json_member(root, "weight"), 1u << MICRO_NUMBER, &r->out->weight));
  TRY(recipe_number(r, root, "sampling_fraction", false, &r->out->fraction));
  if (r->out->fraction < 0 || r->out->fraction > 1) return recipe_wrong(r, "sampling_fraction", "above 0, at most 1");
  return E_OK;
}
static enum err_code read_keys(struct recipe_reader *r, const struct json_value *root) {
  const struct json_value *v = json_member(root, "keys"), *names = json_member(v, "variables");
  const char *missing;
  TRY(recipe_only(r, v, "keys", "variables|missing|alpha|k|household_k|source|source_status"));
  TRY(recipe_text(r, v, "missing", true, &missing));
  if (!micro_meaning_parse(missing, &r->out->meaning.missing))
    return recipe_wrong(r, "missing", "matches-all, own-value, counts-alpha or others-alpha");
  if (r->out->meaning.missing >= MICRO_COUNTS_ALPHA) TRY(recipe_number(r, v, "alpha", true, &r->out->meaning.alpha));
  if (!(r->out->meaning.alpha >= 0 && r->out->meaning.alpha <= 1)) return recipe_wrong(r, "alpha", "0 to 1");
  if (!json_is_array(names) || json_length(names) < 1 || json_length(names) > MICRO_KEYS_MOST) return recipe_wrong(r, "keys", "1 to 10 variables");
  for (size_t i = 0; i < json_length(names); i++) {
    TRY(recipe_variable(r, json_element(names, i), 1u << MICRO_CATEGORY | 1u << MICRO_NUMBER, &r->out->key[r->out->n_keys]));
    for (int j = 0; j < r->out->n_keys; j++)
      if (r->out->key[j] == r->out->key[r->out->n_keys]) return recipe_wrong(r, "keys", "each key once");
    r->out->n_keys++;
  }
  if (!json_integer(json_member(v, "k"), &r->out->k) || r->out->k < 2) return recipe_wrong(r, "k", "2 or more");
  if (json_member(v, "household_k") && (!json_integer(json_member(v, "household_k"), &r->out->household_k) || r->out->household_k < 2 ||
      !r->out->household))
    return recipe_wrong(r, "household_k", "2 or more, in a recipe that names a household");
  return recipe_source(r, v, "k", &r->out->k_source);
}
/* What becomes of the items that are not read at all. */
static enum err_code read_left_out(struct recipe_reader *r, const struct json_value *root) {
  const struct json_value *v = json_member(root, "left_out"), *why;
  const char *name;
  size_t n = 0;
  TRY(recipe_text(r, root, "form", false, &r->out->form));
  if (!v) return E_OK;
  if (!json_is_object(v)) return recipe_wrong(r, "left_out", "an object: item, reason");
  while (json_member_at(v, n, &name, &why)) n++;
  const char **names = ARENA_ARRAY(r->arena, const char *, n + 1), **reasons = ARENA_ARRAY(r->arena, const char *, n + 1);
  if (!names || !reasons) return ERR(r->e, E_NO_MEMORY, .subject = "left_out");
  for (size_t i = 0; i < n && json_member_at(v, i, &name, &why); i++) {
    if (micro_variable_of(r->out, name)) return recipe_wrong(r, name, "a variable, or left out: not both");
    if (!(names[i] = arena_strdup(r->arena, name, strlen(name)))) return ERR(r->e, E_NO_MEMORY, .subject = "left_out");
    TRY(recipe_text(r, v, name, true, &reasons[i]));
  }
  r->out->left_out = names, r->out->left_out_why = reasons, r->out->n_left_out = (int)n;
  return E_OK;
}
static enum err_code read_sensitive(struct recipe_reader *r, const struct json_value *root) {
  const struct json_value *v = json_member(root, "sensitive");
  if (!v) return E_OK;
  TRY(recipe_only(r, v, "sensitive", "variable|ordered|l|c|t"));
  TRY(recipe_variable(r, json_member(v, "variable"), 1u << MICRO_CATEGORY | 1u << MICRO_NUMBER, &r->out->sensitive));
  if (json_member(v, "ordered") && !json_boolean(json_member(v, "ordered"), &r->out->sensitive_ordered))
    return recipe_wrong(r, "ordered", "true or false");
  if (r->out->sensitive_ordered && micro_variable_of(r->out, r->out->sensitive)->kind != MICRO_NUMBER)
    return recipe_wrong(r, "ordered", "true only for numbers: categories have no order here");
  TRY(recipe_number(r, v, "l", true, &r->out->l));
  TRY(recipe_number(r, v, "c", true, &r->out->c));
  return recipe_number(r, v, "t", true, &r->out->t);
}
static enum err_code read_steps(struct recipe_reader *r, const struct json_value *root) {
  const struct json_value *v = json_member(root, "steps");
  const size_t n = json_length(v);
  if (!json_is_array(v) || n > MICRO_STEPS_MOST) return recipe_wrong(r, "steps", "at most 256 steps");
  r->out->step = ARENA_ARRAY(r->arena, struct micro_step, n + 1);
  if (!r->out->step) return ERR(r->e, E_NO_MEMORY, .subject = "steps");
  for (size_t i = 0; i < n; i++) TRY(recipe_step(r, json_element(v, i), &r->out->step[r->out->n_steps++]));
  return E_OK;
}
enum err_code micro_recipe_parse(struct arena *a, const char *place, const struct json_value *root, struct micro_recipe *out, struct err *e) {
  struct recipe_reader r = {.arena = a, .place = place, .out = out, .e = e};
  int64_t version = 0;
  *out = (struct micro_recipe){.n_steps = 0};
  TRY(recipe_only(&r, root, "recipe",
      "recipe|dataset|title_ja|title_en|legal_basis|form|left_out|approval|"
      "missing|variables|record|household|weight|sampling_fraction|keys|sensitive|steps"));
  if (!json_integer(json_member(root, "recipe"), &version) || version != 1) return recipe_wrong(&r, "recipe", "version 1");
  TRY(recipe_text(&r, root, "dataset", true, &out->dataset));
  TRY(recipe_text(&r, root, "title_en", true, &out->title[0]));
  TRY(recipe_text(&r, root, "title_ja", true, &out->title[1]));
  TRY(recipe_text(&r, root, "legal_basis", true, &out->legal_basis));
  TRY(read_approval(&r, root));
  TRY(read_missing(&r, root));
  TRY(read_variables(&r, root));
  TRY(read_left_out(&r, root));
  TRY(read_roles(&r, root));
  TRY(read_keys(&r, root));
  TRY(read_sensitive(&r, root));
  return read_steps(&r, root);
}
