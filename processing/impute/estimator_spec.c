/* What a specification says, checked before anything is computed. */
#include <stdlib.h>
#include <strings.h>

#include "processing/impute/estimator_impl.h"

const struct est_algorithm *est_algorithm_find(const char *name) {
  for (int i = 0; i < EST_BUILT_IN; i++)
    if (strcasecmp(EST_ALGORITHMS[i].name, name) == 0) return &EST_ALGORITHMS[i];
  return NULL;
}
static enum err_code no(const struct est_spec *s, const char *why, struct err *e) { return ERR(e, E_EST_SPEC, .subject = s->name, .found = why); }

static enum err_code check(const struct est_spec *s, const struct est_formula *f, struct err *e) {
  const bool fits = f->regression || f->n_averages > 0; /* something is computed from acceptable records */
  if (s->n_auxiliary != f->n_aux) return no(s, "the number of auxiliary items is not that of the formula", e);
  for (int k = 0; k < s->n_auxiliary; k++) {
    if (strcasecmp(s->auxiliary[k], s->field) == 0) return no(s, "the item imputed is named as auxiliary", e);
    for (int j = 0; j < k; j++)
      if (strcasecmp(s->auxiliary[k], s->auxiliary[j]) == 0) return no(s, "an auxiliary item is named twice", e);
  }
  if (!fits && s->minimum_count > 0) return no(s, "a minimum count is given, but no average is computed", e);
  if (!fits && s->minimum_percent > 0) return no(s, "a minimum percentage is given, but no average is computed", e);
  if (!fits && s->weight) return no(s, "a weight is given, but no average is computed", e);
  if (!fits && !s->random_error && (s->exclude_imputed != EST_NOT_GIVEN || s->exclude_outliers != EST_NOT_GIVEN))
    return no(s, "records are excluded, but no average and no random error is computed", e);
  if (fits && s->minimum_count < 1) return no(s, "the minimum count is missing", e);
  if (fits && (s->minimum_percent <= 0 || s->minimum_percent > 100)) return no(s, "the minimum percentage is missing or above 100", e);
  if (s->variance && !f->regression && !s->random_error) return no(s, "a variance item is given, but no regression is computed", e);
  if (s->variance_exponent != 0 && !s->variance) return no(s, "an exponent is given without a variance item", e);
  return E_OK;
}
static enum err_code find(const struct est_input *in, const char *name, bool previous, struct est_column *out, int *at, struct err *e) {
  const struct num_table *t = previous ? in->previous : in->current;
  if (!t) return ERR(e, E_EST_UNKNOWN, .subject = name, .found = "no previous period");
  const int j = num_table_find(t, str_of(name));
  if (j < 0) return ERR(e, E_EST_UNKNOWN, .subject = name);
  const uint8_t *const flags = previous ? (in->previous_flags ? in->previous_flags[j] : NULL) : in->current_flags ? in->current_flags[j] : NULL;
  *out = (struct est_column){t->columns[j].x, t->columns[j].status, flags, previous ? in->exclude_previous : in->exclude_current};
  if (at) *at = j;
  return E_OK;
}
enum err_code est_plan_make(const struct est_input *in, const struct est_spec *s, struct est_formula *f, struct est_plan *out, struct err *e) {
  *out = (struct est_plan){.f = f, .random_error = s->random_error, .has_weight = s->weight != NULL, .has_variance = s->variance != NULL};
  TRY(est_formula_parse(str_of(s->algorithm->name), str_of(s->algorithm->formula), s->algorithm->regression, f, e));
  TRY(check(s, f, e));
  TRY(find(in, s->field, false, &out->target, &out->field, e));
  for (int k = 0; k < f->n_terms; k++) {
    const struct est_term *t = &f->term[k];
    TRY(find(in, t->variable ? s->auxiliary[t->variable - 1] : s->field, t->previous, &out->term[k], NULL, e));
  }
  if (s->weight) TRY(find(in, s->weight, false, &out->weight, NULL, e));
  if (s->variance) TRY(find(in, s->variance, s->variance_previous, &out->variance, NULL, e));
  out->variance_exponent = s->variance_exponent;
  out->minimum_count = s->minimum_count;
  out->minimum_percent = s->minimum_percent;
  out->refused = (uint8_t)(EST_TO_IMPUTE | (s->exclude_imputed == EST_YES ? EST_IMPUTED : 0) | (s->exclude_outliers == EST_YES ? EST_EXCLUDE : 0));
  return E_OK;
}
