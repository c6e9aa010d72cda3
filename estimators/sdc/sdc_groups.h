/* sdc_groups.h -- which figures of a table tell of one another, and what each gives away that adds up. Groups are numbered over all tables of a
 *    population: 0 is the base (count(), n, workers), the others are those of the items.
 * Source   none: names of measures (table_plan.h); identities of the labour survey: mls_rollup.h. Cost: measures squared. */
#ifndef SHIRABE_ESTIMATORS_SDC_GROUPS_H
#define SHIRABE_ESTIMATORS_SDC_GROUPS_H
#include "estimators/sdc/sdc_protect.h"

enum { SDC_GROUPS_MOST = 256, SDC_QUANTITIES_MOST = 512 };
enum sdc_source { SDC_OF_VALUE, SDC_OF_X, SDC_OF_Y, SDC_OF_N };
struct sdc_quantity {
  const char *name;
  int group;
  bool units; /* a number of units: does not add up over sex or form of employment */
  struct {
    int16_t measure;  /* -1 = not in this table */
    uint8_t source;  /* enum sdc_source */
  } at[SDC_LINKED_MOST];
};
struct sdc_groups {
  int n;
  int of[SDC_LINKED_MOST][RESULT_MAX_MEASURES];
  bool blind[SDC_GROUPS_MOST]; /* has a figure that could be undone and no sum to audit it by; a formula with a part that is no sum of its table */
  bool sums[SDC_GROUPS_MOST];  /* has a figure that is or tells a sum: not medians, thresholds and shares of the richest alone */
  struct sdc_quantity *quantity;
  int n_quantities;
};
enum err_code sdc_groups_find(struct arena *a, const struct sdc_linked_table *t, int n, const struct sdc_structure *structure, struct sdc_groups *out,
    struct err *e) NODISCARD;
#endif
