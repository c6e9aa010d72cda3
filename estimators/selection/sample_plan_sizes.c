/* sample_plan_sizes.c -- `n` of a stage: one number, all, a rate, a table by stratum, or an allocation (sample_plan.h). */
#include <math.h>
#include <string.h>

#include "estimators/selection/sample_plan_impl.h"

static const char *const allocation_names[ALLOCATE_METHODS] = {"equal", "proportional", "neyman", "power", "cv"};
const char *sampling_allocation_name(enum sampling_allocation m) { return allocation_names[m]; }

static enum err_code read_label(struct arena *a, const char *place, const struct json_value *v, int n_columns, struct str *out, struct err *e) {
  const bool many = json_is_array(v);
  const int n = many ? (int)json_length(v) : 1;
  char text[1024];
  size_t at = 0;
  if (!v) return ERR(e, E_SAMPLING_MISSING, .file = place, .subject = "stratum");
  if (n != n_columns) return sampling_value(place, "stratum", "one label for each stratum column", e);
  for (int i = 0; i < n; i++) {
    const char *label = json_string(many ? json_element(v, (size_t)i) : v);
    const size_t length = label ? strlen(label) : 0;
    if (!label || at + length + 2 > sizeof text) return sampling_value(place, "stratum", "labels as texts, as they stand in the frame", e);
    if (i) text[at++] = '/';
    for (size_t k = 0; k < length; k++) text[at++] = label[k];
  }
  *out = (struct str){arena_strdup(a, text, at), at};
  return out->p ? E_OK : ERR(e, E_NO_MEMORY, .subject = "plan");
}

static bool says_all(const struct json_value *v) {
  const char *text = json_string(v);
  return text && !strcmp(text, "all");
}

static enum err_code read_rows(struct arena *a, const char *place, const struct json_value *v, struct sampling_stage *out, struct err *e) {
  static const char *const keys[] = {"stratum", "n", NULL};
  const size_t n = json_length(v);
  if (n > SAMPLING_ROWS) return sampling_value(place, "n", "at most 100 000 strata", e);
  if (!out->stratum.n) return sampling_value(place, "n", "strata, when sizes are given by stratum", e);
  out->size_kind = SIZE_ROWS;
  out->n_rows = (int64_t)n;
  out->rows = ARENA_ARRAY(a, struct sampling_row, n + 1);
  if (!out->rows) return ERR(e, E_NO_MEMORY, .subject = "plan");
  for (size_t i = 0; i < n; i++) {
    const struct json_value *row = json_element(v, i), *size = json_member(row, "n");
    struct sampling_row *r = &out->rows[i];
    if (!json_is_object(row)) return sampling_value(place, "n", "an array of objects with stratum and n", e);
    TRY(sampling_keys(place, row, keys, "stratum, n", e));
    TRY(read_label(a, place, json_member(row, "stratum"), out->stratum.n, &r->label, e));
    r->all = says_all(size);
    if (!r->all) TRY(sampling_whole(place, row, "n", -1, 0, &r->n, e));
  }
  return E_OK;
}

static enum err_code read_rate(const char *place, const struct json_value *v, struct sampling_stage *out, struct err *e) {
  static const char *const keys[] = {"rate", "least", NULL};
  TRY(sampling_keys(place, v, keys, "rate, least", e));
  const struct json_value *rate = json_member(v, "rate");
  if (json_length(rate) != 2 || !json_integer(json_element(rate, 0), &out->rate_num) || !json_integer(json_element(rate, 1), &out->rate_den) ||
      out->rate_num < 0 || out->rate_den < 1 || out->rate_num > out->rate_den || out->rate_den > 1000000000)
    return sampling_value(place, "rate", "a fraction as [1, 3]", e);
  out->size_kind = SIZE_RATE;
  return sampling_whole(place, v, "least", 0, 0, &out->least, e);
}

static enum err_code read_targets(struct arena *a, const char *place, const struct json_value *v, struct sampling_allocate *out, struct err *e) {
  static const char *const keys[] = {"variable", "domain", "cv", NULL};
  const struct json_value *list = json_member(v, "targets");
  const size_t n = json_length(list);
  if (!json_is_array(list) || n < 1 || n > SAMPLING_TARGETS) return sampling_value(place, "targets", "1 to 256 objects with variable, domain, cv", e);
  out->n_targets = (int)n;
  out->target = ARENA_ARRAY(a, struct sampling_target, n);
  if (!out->target) return ERR(e, E_NO_MEMORY, .subject = "plan");
  for (size_t i = 0; i < n; i++) {
    const struct json_value *t = json_element(list, i);
    if (!json_is_object(t)) return sampling_value(place, "targets", "1 to 256 objects with variable, domain, cv", e);
    TRY(sampling_keys(place, t, keys, "variable, domain, cv", e));
    TRY(sampling_text(place, t, "variable", true, &out->target[i].variable, e));
    TRY(sampling_text(place, t, "domain", false, &out->target[i].domain, e));
    TRY(sampling_real(place, t, "cv", 0, 1e-9, 10, &out->target[i].cv, e));
    if (!(out->target[i].cv > 0)) return ERR(e, E_SAMPLING_MISSING, .file = place, .subject = "cv");
  }
  return E_OK;
}

static enum err_code read_allocation(struct arena *a, const char *place, const struct json_value *v, bool first, struct sampling_stage *out,
    struct err *e) {
  static const char *const keys[] = {"allocation", "total", "variable", "power", "least", "cost", "targets", NULL};
  struct sampling_allocate *p = &out->allocate;
  const char *method;
  TRY(sampling_keys(place, v, keys, "allocation, total, variable, power, least, cost, targets", e));
  if (!first) return sampling_value(place, "allocation", "the first stage: later ones take a number or a rate", e);
  out->size_kind = SIZE_ALLOCATED;
  TRY(sampling_text(place, v, "allocation", true, &method, e));
  int m = 0;
  while (m < ALLOCATE_METHODS && strcmp(allocation_names[m], method)) m++;
  if (m == ALLOCATE_METHODS) return sampling_value(place, "allocation", "equal, proportional, neyman, power or cv", e);
  p->method = (enum sampling_allocation)m;
  TRY(sampling_whole(place, v, "least", 0, 0, &out->least, e));
  TRY(sampling_text(place, v, "cost", false, &p->cost, e));
  TRY(sampling_text(place, v, "variable", p->method == ALLOCATE_NEYMAN || p->method == ALLOCATE_POWER, &p->variable, e));
  TRY(sampling_real(place, v, "power", -1, 0, 1, &p->power, e));
  if (p->method == ALLOCATE_POWER && p->power < 0) return ERR(e, E_SAMPLING_MISSING, .file = place, .subject = "power");
  if (p->method == ALLOCATE_CV) return read_targets(a, place, v, p, e);
  if (p->cost || json_member(v, "targets")) return sampling_value(place, p->cost ? "cost" : "targets", "cv as allocation", e);
  return sampling_whole(place, v, "total", 0, 1, &p->total, e);
}

enum err_code sampling_sizes(struct arena *a, const char *place, const struct json_value *stage, bool first, struct sampling_stage *out,
    struct err *e) {
  const struct json_value *v = json_member(stage, "n");
  if (!v) return ERR(e, E_SAMPLING_MISSING, .file = place, .subject = "n");
  if (says_all(v)) {
    out->size_kind = SIZE_ALL;
    return E_OK;
  }
  if (json_is_array(v)) return read_rows(a, place, v, out, e);
  if (json_is_object(v)) return json_member(v, "rate") ? read_rate(place, v, out, e) : read_allocation(a, place, v, first, out, e);
  TRY(sampling_whole(place, stage, "n", -1, 0, &out->n, e));
  return out->n > 0 ? E_OK : sampling_value(place, "n", "1 or more (0 for single strata: sizes by stratum)", e);
}
