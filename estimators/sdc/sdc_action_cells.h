/* sdc_action_cells.h -- one measure of a result table, or n, as cells and sums: for the methods that change tables.
 * Shapes   cell i = row i, key "dimension=code|..."; a relation for each total and its parts, by `_T` and by the rules. n does not add up over sex
 *          and
 *          form (one unit has both): those sums are left out for it.
 * Errors   E_SDC_NOT_ADDITIVE when a sum does not hold, E_NO_MEMORY. Cost: O(rows x dimensions x log rows). */
#ifndef SHIRABE_ESTIMATORS_SDC_ACTION_CELLS_H
#define SHIRABE_ESTIMATORS_SDC_ACTION_CELLS_H
#include "estimators/sdc/sdc_additive.h"
#include "estimators/sdc/suppress/cells.h"

enum err_code sdc_action_cells(const struct result_table *t, const int64_t *value, bool units, bool sums, const struct sdc_sum_rule *rules,
    int n_rules, struct cell_table **out, struct err *e) NODISCARD;
#endif
