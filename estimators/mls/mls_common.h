/* mls_common.h -- the common-establishment series (共通事業所): averages over establishments tabulated in both months, and their growth. No index.
 * Formula  X(t) = sum f a(t) / sum f n(t), X(t-12) = sum f' a(t-12) / sum f' n(t-12), over pairs; n = (e0 + e1)/2; f = r w,
 *          r = E / sum w e0 over the pairs of the cell, so that each cell stands for its E whatever part of it is common (the published reference
 *          of January 2019 has the E of the regular tabulation).
 * Weights  MLS_COMMON_NOW: r and w of month t for both months, so that no change of weights shows as growth (the ministry's words allow either; the
 *          choice is printed); MLS_COMMON_OWN: each month its own.
 * Cells    a pair belongs to its cell of month t. Rounding: each average as displayed (yen, tenths); growth from displayed averages, tenths of a
 *          percent, half away; derived columns B, G, H from rounded ones.
 * Shapes   pairs: [n] rows of both samples; roll-ups over the cells of month t.
 * Errors   E_MLS_MONTH_INPUT for an index out of range. Memory: arena. Cost: O(pairs x columns x roll-ups of the pair's cell). */
#ifndef SHIRABE_ESTIMATORS_MLS_COMMON_H
#define SHIRABE_ESTIMATORS_MLS_COMMON_H
#include "estimators/mls/mls_ratio.h"
#include "estimators/mls/mls_rollup.h"

enum mls_common_weights { MLS_COMMON_NOW, MLS_COMMON_OWN };
struct mls_pair {
  int64_t now, before;
};
struct mls_common_month {
  const struct mls_sample *sample;
  const struct mls_ratio_result *ratio;
};
struct mls_common_row {
  struct mls_row now, before;
  int64_t growth[MLS_SPLITS][MLS_COLUMNS]; /* tenths of a percent; INT64_MIN = none */
  int64_t n_pairs;
};
/* Pairs of equal ids; ids: [n] of each sample, each once. */
enum err_code mls_common_pairs(struct arena *a, const struct str *now, int64_t n_now, const struct str *before, int64_t n_before,
    struct mls_pair **out, int64_t *n, struct err *e) NODISCARD;
enum err_code mls_common(struct arena *a, const struct mls_common_month *now, const struct mls_common_month *before, const struct mls_pair *pairs,
    int64_t n_pairs, int32_t n_cells, const struct mls_rollup *rollups, int32_t n_rollups, enum mls_common_weights weights,
    struct mls_common_row *out, struct err *e) NODISCARD;
#endif
