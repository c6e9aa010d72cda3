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
/* The units as the steps see them: random numbers hang on the place in the file where the recipe names no record id. */
enum err_code recipe_run_units(struct recipe_run *x, struct micro_units *u, struct err *e) NODISCARD;
/* A step on variables of households: done once a household (recipe_household.c), then given to all members. */
enum err_code recipe_run_households(struct recipe_run *x, const struct micro_step *step, struct micro_step_report *out, struct err *e) NODISCARD;
/* Does every household have one value of each variable of its level? E_MICRO_PARENT. */
enum err_code recipe_check_households(struct recipe_run *x, struct err *e) NODISCARD;
/* compositions.c: dense id of the composition of each unit by the patterns of its records, order of members left aside; how many units have it. */
enum err_code recipe_compositions(struct arena *a, const struct micro_patterns *p, const struct micro_units *u, int32_t **composition,
    int64_t **n_units, struct err *e) NODISCARD;
enum err_code recipe_run_peculiar(struct recipe_run *x, const struct micro_step *step, struct micro_step_report *out, struct err *e) NODISCARD;
enum err_code recipe_run_geography(struct recipe_run *x, const struct micro_step *step, struct micro_step_report *out, struct err *e) NODISCARD;
enum err_code recipe_apply_step(struct recipe_run *x, const struct micro_step *step, struct micro_step_report *out, struct err *e) NODISCARD;
enum err_code recipe_run_step(struct recipe_run *x, const struct micro_step *step, struct micro_step_report *out, struct err *e) NODISCARD;
enum err_code recipe_run_measure(struct recipe_run *x, struct micro_state *s, struct err *e) NODISCARD;
/* Codes of a number in the order of its values. */
enum err_code ordered_codes(struct recipe_run *x, const struct column *c, int32_t **code, int32_t *n_codes, struct err *e) NODISCARD;
#endif
