#include "processing/impute/donor_mass.h"

#include <math.h>

static enum err_code check(const struct donor_mass_spec *s, const struct num_table *t, struct err *e) {
  if (s->n_must_impute < 1) return ERR(e, E_DONOR_PARAMETER, .subject = "must_impute", .expected = "at least one item");
  if (s->n_must_match == 0 && !s->random) return ERR(e, E_DONOR_PARAMETER, .subject = "must_match", .expected = "at least one item, or random");
  for (int k = 0; k < s->n_must_impute; k++) {
    if (s->must_impute[k] < 0 || s->must_impute[k] >= t->p) return ERR(e, E_BUG, .subject = "must_impute");
    for (int o = 0; o < s->n_must_match; o++)
      if (s->must_match[o] == s->must_impute[k]) return ERR(e, E_DONOR_OVERLAP, .subject = t->columns[s->must_impute[k]].name);
    for (int o = 0; o < k; o++)
      if (s->must_impute[o] == s->must_impute[k]) return ERR(e, E_DONOR_OVERLAP, .subject = t->columns[s->must_impute[k]].name);
  }
  return E_OK;
}
/* The block as variables without rules. */
static enum err_code block(struct arena *a, const struct donor_mass_spec *s, const struct num_table *t, struct linear_system *out, struct err *e) {
  *out = (struct linear_system){
      .p = s->n_must_impute, .names = ARENA_ARRAY(a, const char *, s->n_must_impute), .lower = ARENA_ARRAY(a, double, s->n_must_impute)};
  out->upper = ARENA_ARRAY(a, double, s->n_must_impute);
  out->decimals = ARENA_ARRAY(a, int, s->n_must_impute);
  if (!out->names || !out->lower || !out->upper || !out->decimals) return ERR(e, E_NO_MEMORY, .subject = "mass imputation");
  for (int k = 0; k < s->n_must_impute; k++) {
    out->names[k] = t->columns[s->must_impute[k]].name;
    out->lower[k] = -INFINITY;
    out->upper[k] = INFINITY;
    out->decimals[k] = -1;
  }
  return E_OK;
}
static bool can_match(const struct donor_mass_spec *s, const struct num_table *t, int64_t row) {
  for (int k = 0; k < s->n_must_match; k++) {
    const struct num_column *c = &t->columns[s->must_match[k]];
    if (!num_present(c, row) || (!s->accept_negative && c->x[row] < 0)) return false;
  }
  return true;
}
/* Returns whether the record has a part of the block only. */
static bool flag_record(const struct donor_mass_spec *s, const struct num_table *t, int64_t row, uint8_t *flags) {
  int missing = 0;
  for (int k = 0; k < s->n_must_impute; k++) missing += !num_present(&t->columns[s->must_impute[k]], row);
  if (missing < s->n_must_impute) return missing > 0;
  for (int k = 0; k < s->n_must_impute; k++) flags[(int64_t)s->must_impute[k] * t->n + row] = DONOR_FLAGGED;
  if (!can_match(s, t, row))
    for (int k = 0; k < s->n_must_match; k++) flags[(int64_t)s->must_match[k] * t->n + row] = DONOR_FLAGGED;
  return false;
}
enum err_code donor_mass_impute(struct arena *a, const struct donor_mass_spec *s, const struct donor_data *d, struct donor_result *out,
                                int64_t *partial, struct err *e) {
  struct linear_system rules;
  struct donor_data flagged = *d;
  uint8_t *flags = ARENA_ARRAY(a, uint8_t, (int64_t)d->t->p * d->t->n);
  if (!flags) return ERR(e, E_NO_MEMORY, .subject = "mass imputation");
  TRY(check(s, d->t, e));
  TRY(block(a, s, d->t, &rules, e));
  *partial = 0;
  for (int64_t i = 0; i < d->t->n; i++) *partial += flag_record(s, d->t, i, flags);
  flagged.flags = flags;
  const struct donor_spec spec = {.edits = &rules,
                                  .post_edits = &rules,
                                  .must_match = s->must_match,
                                  .n_must_match = s->n_must_match,
                                  .n_nearest = 1,
                                  .min_donors = s->min_donors,
                                  .percent_donors = s->percent_donors,
                                  .n_limit = s->n_limit,
                                  .mrl = s->mrl,
                                  .random = s->random,
                                  .accept_negative = s->accept_negative,
                                  .seed = s->seed};
  return donor_impute(a, &spec, &flagged, out, e);
}
