/* localise_case.h -- what the runners of error localisation cases share: a setting, its run with all optima, and the comparison with listed
 * solutions. */
#ifndef SHIRABE_TESTS_CONFORM_EDIT_LOCALISE_CASE_H
#define SHIRABE_TESTS_CONFORM_EDIT_LOCALISE_CASE_H
#include "processing/localise/localise.h"
#include "tests/conform/edit/case.h"

struct localise_setting {
  struct linear_system system;
  struct num_table data;
  double *weight;
  const uint8_t *const *flags;
  double max_cost;
};
enum err_code localise_setting_run(struct arena *a, const struct localise_setting *t, struct localise_result *out, struct err *e) NODISCARD;
bool localise_has(const struct localise_case *c, int variable);
/* failing: an array of {unit, <weight member>, solutions, reject}. Every unit listed must fail and every failing one be listed. */
bool same_as_solutions(FILE *say, const struct json_value *failing, const char *weight_member, const struct localise_setting *t,
                       const struct localise_result *r);
#endif
