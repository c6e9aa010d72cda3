/* recipe_run_impl.h -- one run of a recipe, shared by recipe_run.c (measures, verdict) and recipe_apply.c (one function per step). */
#ifndef SHIRABE_ESTIMATORS_SDC_MICRO_RECIPE_RUN_IMPL_H
#define SHIRABE_ESTIMATORS_SDC_MICRO_RECIPE_RUN_IMPL_H
#include "estimators/sdc/micro/recipe_run.h"

struct recipe_run {
  struct arena *a;
  const struct micro_recipe *r;
  struct table *t;
  const struct micro_stream *s;
  double kept; /* share of the records that resampling has left: a sampling fraction of the recipe falls with it */
};
enum err_code recipe_run_step(struct recipe_run *x, const struct micro_step *step, struct micro_step_report *out, struct err *e) NODISCARD;
enum err_code recipe_run_measure(struct recipe_run *x, struct micro_state *s, struct err *e) NODISCARD;
/* Codes of a number in the order of its values. */
enum err_code ordered_codes(struct recipe_run *x, const struct column *c, int32_t **code, int32_t *n_codes, struct err *e) NODISCARD;
#endif
