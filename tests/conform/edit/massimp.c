/* Mass imputation. */
#include "processing/impute/donor_mass.h"
#include "tests/conform/edit/donor_case.h"

enum verdict massimp_run(const struct edit_case *c);

static enum err_code run(struct donor_case *d, struct donor_result *out, struct err *e) {
  const char *names[2 * DONOR_CASE_WORDS];
  int64_t partial;
  for (int k = 0; k < d->n_impute; k++) names[k] = d->impute[k];
  for (int k = 0; k < d->n_match; k++) names[d->n_impute + k] = d->match[k];
  TRY(donor_case_table(d, names, d->n_impute + d->n_match, e));
  const struct donor_mass_spec s = {.must_impute = d->must_impute,
                                    .must_match = d->must_match,
                                    .n_must_impute = d->n_impute,
                                    .n_must_match = d->n_match,
                                    .min_donors = (int)donor_case_param(d, "min_donors", 30),
                                    .percent_donors = donor_case_param(d, "percent_donors", 30),
                                    .n_limit = (int)donor_case_param(d, "n_limit", 0),
                                    .mrl = donor_case_param(d, "mrl", 0),
                                    .random = case_flag(d->c, "random"),
                                    .accept_negative = case_flag(d->c, "accept_negative"),
                                    .seed = (uint64_t)(int64_t)donor_case_param(d, "seed", 1)};
  return donor_mass_impute(d->c->arena, &s, &d->data, out, &partial, e);
}
enum verdict massimp_run(const struct edit_case *c) {
  struct donor_case d = {.c = c};
  struct donor_result r;
  struct err e = {0};
  const char *layout = donor_case_layout(&d);
  if (layout) return fprintf(c->say, "   the layout is refused: %s\n", layout), c->must_refuse ? PASSED : FAILED;
  const enum err_code code = run(&d, &r, &e);
  if (code) return fprintf(c->say, "   refused: %s %s\n", err_name(code), e.subject), c->must_refuse ? PASSED : FAILED;
  if (c->must_refuse && donor_case_unsorted(&d)) return fprintf(c->say, "   asks for sorted records; the library takes any order\n"), UNSUPPORTED;
  if (c->must_refuse) return fprintf(c->say, "   not refused\n"), FAILED;
  return donor_case_compare(&d, &r);
}
