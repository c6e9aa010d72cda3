/* cmd_mls_prove.h -- a month of the labour survey against its signed plan, what the tables say of it, and the record of the run. For the cmd_ files.
 * Stops    E_MLS_PLAN_DEVIATES (estimators/mls/mls_guard.h). Without a plan nothing is proved, and the tables say so. Memory: arena of the run. */
#ifndef SHIRABE_ESTIMATORS_CMD_MLS_PROVE_H
#define SHIRABE_ESTIMATORS_CMD_MLS_PROVE_H
#include "estimators/command/cmd_estimate_load.h"

struct mls_proof {
  struct mls_guard_input guard;   /* plan NULL = none was given */
  struct mls_guard_result found;
  const struct mls_guard_data *data;
  char weights[DIGEST_TEXT];
  int32_t n_gone; /* strata that only the run before had */
};
/* Also gives the plan and its exceptions to d. */
enum err_code mls_prove_plan(struct estimate_run *r, struct mls_datasets *d, struct mls_proof *out, struct err *e) NODISCARD;
void mls_proof_notes(const struct estimate_plan *p, const struct mls_proof *proof, struct result_table *t);
/* Of the first estimation of the run. */
enum err_code mls_keep_record(struct estimate_run *r, const struct mls_input *in, const struct mls_run_result *run, const struct mls_proof *proof,
    struct err *e) NODISCARD;
#endif
