/* recipe_cover.h -- does a recipe say of every item of its form what becomes of it, and of no other?
 * Rule     each item is a variable (kept, coarsened, dropped or an identifier) or left out with a reason, not both; variables and left-out names
 *          are items of the form; numbers are items with no more decimals than the recipe's; in a form of two records the level of a variable is
 *          that of its record (the parent's are household).
 * Errors   E_MICRO_COVER with the item. Memory: none. Cost: items x variables. Source: none. */
#ifndef SHIRABE_ESTIMATORS_SDC_MICRO_RECIPE_COVER_H
#define SHIRABE_ESTIMATORS_SDC_MICRO_RECIPE_COVER_H
#include "estimators/sdc/micro/recipe.h"
#include "forms/form.h"

enum err_code micro_recipe_cover(const struct micro_recipe *r, const struct form *f, struct err *e) NODISCARD;
#endif
