/* donor_mass.h -- mass imputation: records without any of a block of items (a second-phase questionnaire, a register without the survey's answers)
 * take the whole block from the nearest record that has it, so that relations within the block stay as someone reported them.
 * Recipient  all items of must_impute missing. Donor: all of them and all of must_match usable. A record with a part of the block is neither and is
 *          counted.
 * Distance   as in donor.h over must_match; a recipient that lacks one of them takes a donor by draw when `random`, else it is left. No edits are
 *          checked.
 * Errors     E_DONOR_*: neither must_match nor random; an item in both lists. Memory: one flag byte per value. Source: as donor.h. */
#ifndef SHIRABE_PROCESSING_IMPUTE_DONOR_MASS_H
#define SHIRABE_PROCESSING_IMPUTE_DONOR_MASS_H
#include "processing/impute/donor.h"

struct donor_mass_spec {
  const int *must_impute, *must_match; /* columns of the table */
  int n_must_impute, n_must_match;
  int min_donors;
  double percent_donors;
  int n_limit;
  double mrl;
  bool random, accept_negative;
  uint64_t seed;
};
/* d->flags is not read. partial: records with some but not all of the block. */
enum err_code donor_mass_impute(struct arena *a, const struct donor_mass_spec *s, const struct donor_data *d, struct donor_result *out,
                                int64_t *partial, struct err *e) NODISCARD;
#endif
