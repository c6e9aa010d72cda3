/* recipe_impl.h -- what the readers of a recipe share: recipe.c (head, variables, limits) and recipe_step.c (steps). */
#ifndef SHIRABE_ESTIMATORS_SDC_MICRO_RECIPE_IMPL_H
#define SHIRABE_ESTIMATORS_SDC_MICRO_RECIPE_IMPL_H
#include "estimators/sdc/micro/recipe.h"

struct recipe_reader {
  struct arena *arena;
  const char *place;
  struct micro_recipe *out;
  struct err *e;
};
enum err_code recipe_wrong(struct recipe_reader *r, const char *subject, const char *expected) NODISCARD;
/* Refuses members that are not among the words of `known`, parted by '|'. */
enum err_code recipe_only(struct recipe_reader *r, const struct json_value *v, const char *where, const char *known) NODISCARD;
/* A text member, copied; "" when absent and not needed. */
enum err_code recipe_text(struct recipe_reader *r, const struct json_value *v, const char *key, bool needed, const char **out) NODISCARD;
enum err_code recipe_number(struct recipe_reader *r, const struct json_value *v, const char *key, bool needed, double *out) NODISCARD;
enum err_code recipe_source(struct recipe_reader *r, const struct json_value *v, const char *where, struct micro_source *out) NODISCARD;
/* A name that the recipe declares with one of the kinds. */
enum err_code recipe_variable(struct recipe_reader *r, const struct json_value *name, unsigned kinds, const char **out) NODISCARD;
enum err_code recipe_step(struct recipe_reader *r, const struct json_value *v, struct micro_step *out) NODISCARD;
#endif
