/* donor_case.h -- what the runners of donor and mass imputation share: the layout of their cases, classes of records, and the comparison with known
 *          donors. */
#ifndef SHIRABE_TESTS_CONFORM_EDIT_DONOR_CASE_H
#define SHIRABE_TESTS_CONFORM_EDIT_DONOR_CASE_H
#include "processing/impute/donor.h"
#include "tests/conform/edit/case.h"

enum { DONOR_CASE_WORDS = 128 };
struct donor_case {
  const struct edit_case *c;
  const char *unit_id;
  const char *by[DONOR_CASE_WORDS], *match[DONOR_CASE_WORDS], *impute[DONOR_CASE_WORDS];
  int n_by, n_match, n_impute;
  struct num_table t;
  int must_match[DONOR_CASE_WORDS], must_impute[DONOR_CASE_WORDS];
  struct donor_data data;
  uint8_t *flags;
};
/* What the layout itself refuses: no unit id, a list of one with two names, a column of the wrong kind, a parameter that is no number. NULL =
 * nothing. */
const char *donor_case_layout(struct donor_case *d);
/* Records that the case wants sorted and are not: the library takes any order. */
bool donor_case_unsorted(const struct donor_case *d);
/* names: the numeric columns. Classes from `by`. */
enum err_code donor_case_table(struct donor_case *d, const char *const *names, int p, struct err *e) NODISCARD;
double donor_case_param(const struct donor_case *d, const char *name, double fallback);
enum verdict donor_case_compare(const struct donor_case *d, const struct donor_result *r);
#endif
