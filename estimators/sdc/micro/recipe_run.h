/* recipe_run.h -- a recipe applied to a table: its steps in order, what each did, the risk before and after, the loss, and the verdict.
 * Shapes   the table has a column for every variable of the recipe (categories and identifiers COL_TEXT, numbers COL_INT with its decimals) and the
 *          column MICRO_ROW_COLUMN (COL_INT): the place of the record in the file, by which records are found again after the steps.
 * Verdict  safe: no record below k under the recipe's meaning of missing values; where a missing value matches all, counted a second time by
 *          recount.h; where a step suppresses for combinations of keys, all of that many keys or fewer are counted.
 * Attacker after a step `suppress` that is strict the file is safe only when whoever knows all keys finds k records that fit (attack.h).
 * Households where the recipe names a household, n_household_below counts households whose composition (the keys of all members, in any order, a
 *          missing key as a value of its own) fewer than k households have; with household_k it is judged by that limit. Variables of households have
 *          one value for all members before and after; else E_MICRO_PARENT.
 * Missing  measures that need a sampling fraction are left out without one (has_fraction false); the fraction is the recipe's, else records / sum
 *          of weights. Without weights each record stands for 1 / fraction units in the risks.
 * Errors   those of the steps; E_MICRO_SEED when a step draws and there is no stream. The table is half changed after an error.
 * Memory   the arena; some 100 bytes a record beside the table. */
#ifndef SHIRABE_ESTIMATORS_SDC_MICRO_RECIPE_RUN_H
#define SHIRABE_ESTIMATORS_SDC_MICRO_RECIPE_RUN_H
#include "estimators/sdc/micro/attack.h"
#include "estimators/sdc/micro/diversity.h"
#include "estimators/sdc/micro/loss.h"
#include "estimators/sdc/micro/recipe.h"
#include "estimators/sdc/micro/record_swap.h"
#include "estimators/sdc/micro/recount.h"
#include "estimators/sdc/micro/risk.h"
#include "estimators/sdc/micro/rows.h"
#include "estimators/sdc/micro/suda.h"
#include "estimators/sdc/micro/suppress_local.h"
#include "estimators/sdc/micro/utility.h"

#define MICRO_ROW_COLUMN "(row)"
struct micro_state {
  int64_t n_records, n_patterns, n_below, n_unique;
  int64_t n_whole_below; /* records with all keys whose very values fewer than k records have: below k, or kept by the blanks of others */
  double least; /* smallest count */
  int64_t n_households, n_household_below, least_households; /* of one composition */
  struct micro_risk_file risk;
  bool has_fraction, has_household, has_sensitive;
  double fraction;
  struct micro_suda suda;
  struct micro_loglinear model;
  struct micro_diversity diversity;
};
struct micro_step_report {
  const struct micro_step *step;
  int64_t n_rows_before, n_rows_after;
  int64_t n_changed, n_left_alone; /* values */
  int64_t n_groups;
  struct micro_tail_report tail;
  struct micro_resampled resampled;
  struct micro_suppression suppression;
  struct micro_attack open_attack, attack; /* suppress: an attacker who knows all keys, before and after */
  struct micro_swapped swapped;
  double least_area; /* geography: people of the smallest area that is left */
  int rounds;
};
struct micro_blanks {
  int64_t missing_before, missing_after, suppressed; /* of the records that are there then */
};
struct micro_report {
  const struct micro_recipe *recipe;
  struct micro_state before, after;
  struct micro_step_report *steps; /* [recipe->n_steps] */
  struct micro_blanks *blanks;     /* [recipe->n_variables] */
  struct micro_loss loss;
  struct micro_utility utility;
  int n_loss; /* variables compared */
  const char *loss_variable[MICRO_LOSS_COLUMNS_MOST];
  bool recounted, safe;
  struct micro_recount recount;
};
/* s = NULL: no step may draw. */
enum err_code micro_recipe_run(struct arena *a, const struct micro_recipe *r, struct table *t, const struct micro_stream *s, struct micro_report *out,
    struct err *e) NODISCARD;
#endif
