/* figures.h -- estimates, protection and the release bundle of one survey and period: the second half of `shirabe run`, alone as `shirabe release build`. */
#ifndef SHIRABE_FRONT_FIGURES_H
#define SHIRABE_FRONT_FIGURES_H
#include "estimators/cmd_estimate_core.h"
#include "secure-store/release.h"

struct figures {
  struct estimate_output output;
  struct release_result release;
  int n_published, n_withheld; /* a table whose additive sets cannot be protected is withheld and named */
};
enum err_code figures_build(struct store *s, const char *survey, const char *period, const char *out_folder, struct arena *a, struct figures *out, struct err *e) NODISCARD;
#endif
