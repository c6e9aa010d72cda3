/* figures.h -- estimates, protection and the release bundle of one survey and period: the second half of `shirabe run`, alone as `shirabe release build`. */
#ifndef SHIRABE_FRONT_FIGURES_H
#define SHIRABE_FRONT_FIGURES_H
#include "estimators/command/cmd_estimate_core.h"
#include "front/register_gate.h"
#include "secure-store/release.h"

#define FIGURES_AGENCY "MHLW" /* of the SDMX structures, where none is given: a name of ours, not known to be registered */
struct figures {
  struct estimate_output output;
  struct release_result release;
  struct register_gate gate; /* what the register said */
  const struct bundle_table *tables; /* [output.n_tables] decisions and what is warned of */
  int n_published, n_withheld; /* a table whose additive sets cannot be protected is withheld and named */
};
/* taint: why the tables may be looked at but not published; figures_taint makes it from the ledger, as of the cut-off the store is read at ("" when every office on the roster has reported). */
enum err_code figures_taint(struct store *s, const char *survey, const char *period, struct arena *a, const char **taint, struct err *e) NODISCARD;
/* reason: of a correction, NULL = none. The tables that the register refuses are withheld; when none is left, E_REGISTER_CONFLICT. */
struct figures_request {
  const char *survey, *period, *out_folder, *taint, *reason;
  const char *agency; /* of the SDMX structures; NULL or "" = FIGURES_AGENCY */
  bool dry; /* judge only: nothing is written or registered */
};
enum err_code figures_build(struct store *s, const struct figures_request *q, struct arena *a, struct figures *out, struct err *e) NODISCARD;
#endif
