#include "estimators/selection/sample_plan.h"

#include <math.h>
#include <string.h>

#include "estimators/selection/sample_plan_impl.h"

enum err_code sampling_keys(const char *place, const struct json_value *v, const char *const *keys, const char *listed, struct err *e) {
  const char *key;
  const struct json_value *value;
  for (size_t i = 0; json_member_at(v, i, &key, &value); i++) {
    const char *const *k = keys;
    while (*k && strcmp(*k, key)) k++;
    if (!*k) return ERR(e, E_SAMPLING_KEY, .file = place, .subject = key, .expected = listed);
  }
  return E_OK;
}

enum err_code sampling_value(const char *place, const char *key, const char *expected, struct err *e) {
  return ERR(e, E_SAMPLING_VALUE, .file = place, .subject = key, .expected = expected);
}

enum err_code sampling_text(const char *place, const struct json_value *v, const char *key, bool needed, const char **out, struct err *e) {
  const struct json_value *m = json_member(v, key);
  *out = json_string(m);
  if (!m) return needed ? ERR(e, E_SAMPLING_MISSING, .file = place, .subject = key) : E_OK;
  return *out && **out ? E_OK : sampling_value(place, key, "the name of a column", e);
}

enum err_code sampling_whole(const char *place, const struct json_value *v, const char *key, int64_t fallback, int64_t least, int64_t *out,
    struct err *e) {
  const struct json_value *m = json_member(v, key);
  *out = fallback;
  if (!m) return fallback < least ? ERR(e, E_SAMPLING_MISSING, .file = place, .subject = key) : E_OK;
  return json_integer(m, out) && *out >= least && *out <= SAMPLING_LARGEST ? E_OK : sampling_value(place, key, "a whole number", e);
}

enum err_code sampling_real(const char *place, const struct json_value *v, const char *key, double fallback, double low, double high, double *out,
    struct err *e) {
  const struct json_value *m = json_member(v, key);
  *out = fallback;
  if (!m) return E_OK;
  return json_number(m, out) && isfinite(*out) && *out >= low && *out <= high ? E_OK : sampling_value(place, key, "a number within its limits", e);
}

/* One name or an array of names. */
static enum err_code names(const char *place, const struct json_value *v, const char *key, struct sampling_names *out, struct err *e) {
  const struct json_value *m = json_member(v, key);
  out->n = 0;
  if (!m) return E_OK;
  const size_t n = json_is_array(m) ? json_length(m) : 1;
  if (n > SAMPLING_COLUMNS) return sampling_value(place, key, "at most 16 columns", e);
  for (size_t i = 0; i < n; i++) {
    const char *text = json_string(json_is_array(m) ? json_element(m, i) : m);
    if (!text || !*text) return sampling_value(place, key, "the name of a column, or an array of names", e);
    out->name[out->n++] = text;
  }
  return E_OK;
}

static enum err_code read_random(const char *place, const struct json_value *stage, struct sampling_random *out, struct err *e) {
  static const char *const keys[] = {"column", "shift", "collocated", NULL};
  const struct json_value *v = json_member(stage, "random");
  if (!v) return E_OK;
  if (!json_is_object(v)) return sampling_value(place, "random", "an object with column, shift, collocated", e);
  TRY(sampling_keys(place, v, keys, "column, shift, collocated", e));
  TRY(sampling_text(place, v, "column", false, &out->column, e));
  TRY(sampling_real(place, v, "shift", 0, 0, 1, &out->shift, e));
  const struct json_value *c = json_member(v, "collocated");
  return !c || json_boolean(c, &out->collocated) ? E_OK : sampling_value(place, "collocated", "true or false", e);
}

static enum err_code need(const char *place, bool there, const char *key, struct err *e) {
  return there ? E_OK : ERR(e, E_SAMPLING_MISSING, .file = place, .subject = key);
}

/* What the method asks for and what has no meaning with it. */
static enum err_code check_method(const char *place, const struct sampling_stage *s, struct err *e) {
  if (draw_needs_size(s->method)) TRY(need(place, s->size != NULL, "size", e));
  if (draw_in_order(s->method)) TRY(need(place, s->order.n > 0, "order", e));
  if (s->method == DRAW_CUBE) TRY(need(place, s->balance.n > 0, "balance", e));
  if (s->size && !draw_needs_size(s->method) && s->method != DRAW_CUBE)
    return sampling_value(place, "size", "no measure of size with this method", e);
  if (s->order.n && !draw_in_order(s->method)) return sampling_value(place, "order", "systematic or pps-systematic as method", e);
  if (s->balance.n && s->method != DRAW_CUBE) return sampling_value(place, "balance", "cube as method", e);
  if (s->method == DRAW_ALL && s->size_kind != SIZE_ALL) return sampling_value(place, "n", "\"all\" with method all", e);
  return E_OK;
}

static enum err_code read_stage(struct arena *a, const char *place, const struct json_value *v, bool first, struct sampling_stage *out,
    struct err *e) {
  static const char *const keys[] = {"unit", "stratum", "method", "size", "certainty", "order", "balance", "n", "random", NULL};
  if (!json_is_object(v)) return sampling_value(place, "stages", "an array of objects", e);
  TRY(sampling_keys(place, v, keys, "unit, stratum, method, size, certainty, order, balance, n, random", e));
  *out = (struct sampling_stage){.n = 0};
  const char *method;
  TRY(sampling_text(place, v, "unit", true, &out->unit, e));
  TRY(sampling_text(place, v, "method", true, &method, e));
  if (!draw_method_parse(str_of(method), &out->method))
    return sampling_value(place, "method",
        "all, srs, bernoulli, poisson, systematic, pps-systematic, sunter, sampford, maximum-entropy, brewer, pivotal, pareto,"
        " sequential-poisson, cube", e);
  TRY(sampling_text(place, v, "size", false, &out->size, e));
  TRY(sampling_text(place, v, "certainty", false, &out->certainty, e));
  TRY(names(place, v, "stratum", &out->stratum, e));
  TRY(names(place, v, "order", &out->order, e));
  TRY(names(place, v, "balance", &out->balance, e));
  TRY(read_random(place, v, &out->random, e));
  TRY(sampling_sizes(a, place, v, first, out, e));
  return check_method(place, out, e);
}

static enum err_code read_rotation(const char *place, const struct json_value *root, struct sample_plan *out, struct err *e) {
  static const char *const keys[] = {"groups", "stay", "rest", NULL};
  const struct json_value *v = json_member(root, "rotation");
  out->has_rotation = v != NULL;
  if (!v) return E_OK;
  if (!json_is_object(v)) return sampling_value(place, "rotation", "an object with groups, stay, rest", e);
  TRY(sampling_keys(place, v, keys, "groups, stay, rest", e));
  TRY(sampling_whole(place, v, "groups", 0, 1, &out->rotation.groups, e));
  TRY(sampling_whole(place, v, "stay", 0, 1, &out->rotation.stay, e));
  TRY(sampling_whole(place, v, "rest", -1, 0, &out->rotation.rest, e));
  if (out->rotation.groups > 1000) return sampling_value(place, "groups", "at most 1000", e);
  return out->rotation.stay % out->rotation.groups == 0 ? E_OK : sampling_value(place, "stay", "a multiple of groups: one group leaves at a time", e);
}

enum err_code sample_plan_parse(struct arena *a, const char *place, const struct json_value *root, struct sample_plan *out, struct err *e) {
  static const char *const keys[] = {"title", "stages", "rotation", NULL};
  *out = (struct sample_plan){.place = place};
  if (!json_is_object(root)) return sampling_value(place, "plan", "an object", e);
  TRY(sampling_keys(place, root, keys, "title, stages, rotation", e));
  const struct json_value *stages = json_member(root, "stages");
  if (!stages) return ERR(e, E_SAMPLING_MISSING, .file = place, .subject = "stages");
  const size_t n = json_length(stages);
  if (!json_is_array(stages) || n < 1 || n > SAMPLING_STAGES) return sampling_value(place, "stages", "an array of one to four objects", e);
  for (size_t i = 0; i < n; i++) {
    TRY(read_stage(a, place, json_element(stages, i), i == 0, &out->stage[i], e));
    for (size_t k = 0; k < i; k++)
      if (!strcmp(out->stage[k].unit, out->stage[i].unit)) return sampling_value(place, "unit", "a column of its own for each stage", e);
  }
  out->n_stages = (int)n;
  return read_rotation(place, root, out, e);
}
