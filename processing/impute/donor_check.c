#include <stdio.h>

#include "processing/impute/donor_impl.h"

const char *donor_outcome_name(enum donor_outcome o) {
  static const char *const NAMES[DONOR_OUTCOMES] = {"found",       "too_few_donors", "nothing_to_match", "post_edits",
                                                    "fixed_fails", "used_up",        "other_missing"};
  return NAMES[o];
}
static enum err_code out_of_range(const char *parameter, const char *expected, struct err *e) {
  return ERR(e, E_DONOR_PARAMETER, .subject = parameter, .expected = expected);
}

static enum err_code check_numbers(const struct donor_spec *s, struct err *e) {
  if (s->n_nearest < 1) return out_of_range("n", "a whole number of 1 or more", e);
  if (s->min_donors < 1) return out_of_range("min_donors", "a whole number of 1 or more", e);
  if (!(s->percent_donors >= 1 && s->percent_donors < 100)) return out_of_range("percent_donors", "1 or more and below 100", e);
  if (s->n_limit < 0) return out_of_range("n_limit", "0 (none) or more", e);
  if (!(s->mrl >= 0 && s->mrl < 1e9)) return out_of_range("mrl", "0 (none) or more", e);
  return E_OK;
}
static enum err_code check_variables(const struct donor_spec *s, const struct donor_data *d, struct err *e) {
  if (!s->edits || s->edits->p == 0) return out_of_range("edits", "at least one rule", e);
  if (!s->post_edits) return out_of_range("post_edits", "rules after imputation; they may be the rules themselves", e);
  if (d->t->p > DONOR_MAX_ITEMS) return ERR(e, E_CAP_EXCEEDED, .subject = "items of the donor step");
  for (int v = 0; v < s->edits->p; v++) {
    if (num_table_find(d->t, str_of(s->edits->names[v])) < 0) return ERR(e, E_NUM_COLUMN, .subject = s->edits->names[v]);
    if (linear_find(s->post_edits, str_of(s->edits->names[v])) < 0) return ERR(e, E_DONOR_POST_EDITS, .subject = s->edits->names[v]);
  }
  for (int v = 0; v < s->post_edits->p; v++)
    if (linear_find(s->edits, str_of(s->post_edits->names[v])) < 0) return ERR(e, E_DONOR_POST_EDITS, .subject = s->post_edits->names[v]);
  for (int k = 0; k < s->n_must_match; k++) {
    if (s->must_match[k] < 0 || s->must_match[k] >= d->t->p) return ERR(e, E_BUG, .subject = "must_match");
    for (int o = 0; o < k; o++)
      if (s->must_match[o] == s->must_match[k]) return ERR(e, E_DONOR_OVERLAP, .subject = d->t->columns[s->must_match[k]].name);
  }
  return E_OK;
}
enum err_code donor_check(const struct donor_spec *s, const struct donor_data *d, struct err *e) {
  TRY(check_numbers(s, e));
  TRY(check_variables(s, d, e));
  for (int64_t i = 0; d->group && i < d->t->n; i++)
    if (d->group[i] < 0 || d->group[i] >= d->n_groups) return ERR(e, E_BUG, .subject = "class of a record");
  for (int64_t i = 0; d->random_number && i < d->t->n; i++) {
    if (d->random_number[i] >= 0 && d->random_number[i] <= 1) continue;
    char unit[64];
    snprintf(unit, sizeof unit, "%.*s", (int)(d->t->unit[i].n < 60 ? d->t->unit[i].n : 60), d->t->unit[i].p);
    return ERR(e, E_DONOR_RANDOM, .subject = unit);
  }
  return E_OK;
}
