/* pmm.h -- predictive mean matching: a gap gets the value of one of the k donors whose fitted values are nearest to its own.
 * Method   least squares of the item on the predictors over records that have all of them; a recipient's donors are the k records with the item whose
 *          fitted value is nearest (ties: the lower fitted value, then the unit's hash); which of the k is the hash of (seed, unit, item). The value
 *          is always one that was observed. Source: Little (1988), Missing-data adjustments in large surveys; van Buuren (2018), 3.4 (matching of
 *          type 0).
 * Shapes   t and item numbers of it; 1 to 31 predictors, k >= 1. Recipients need every predictor; the others stay as they are and are counted.
 * Errors   E_MODEL_DATA: fewer donors than k, or the fit is not unique. Row order changes no bit. Cost O(n log n). */
#ifndef SHIRABE_PROCESSING_IMPUTE_PMM_H
#define SHIRABE_PROCESSING_IMPUTE_PMM_H
#include "processing/unit/num_table.h"

struct pmm_result {
  int64_t donors, imputed, no_predictor;
  int32_t *donor; /* [n]; -1 where the row got nothing */
  double condition; /* of the regression: regression_qr.h */
};
enum err_code pmm_impute(struct arena *a, struct num_table *t, int item, const int *predictors, int n_predictors, int k, uint64_t seed,
    struct pmm_result *out, struct err *e) NODISCARD;
#endif
