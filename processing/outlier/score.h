/* score.h -- selective editing: how much a suspicious value would move a published cell, per item and per record.
 * Local    s_jk = 100 susp_jk d_k |y_jk - yhat_jk| / T_jc, d = design weight, c = the published cell the record falls into, T = the cell's last
 *          weighted total, or the standard error of its last estimate ("Cello"). With several published tables (views) a
 *          record falls into one cell of each.
 * yhat     the first present one of the item's predictors, in the order given: clean value of the last period, imputed value, auxiliary value.
 *          Without any the item is not scored: `unpredicted` is set for the record, so that it is looked at and not lost. A missing y is not scored:
 *          it is localised and imputed elsewhere.
 * susp     1, or SELEKT's suspicion of the ratio y / yhat (suspicion_fill): 0 in the acceptance interval [M - kappa (M - Q1), M + kappa (Q3 - M)],
 *          outside R / (tau + R) with R = distance from the interval / (Q3 - Q1).
 * Global   over items and views: maximum, sum, mean weighted by the items' weights, or Minkowski (sum s^p)^(1/p).
 * Source   Hedlin (2003), Journal of Official Statistics 19, 177-199; Latouche and Berthelot (1992), ibid. 8, 389-400; SELEKT: Norberg (2016),
 *          Statistics Sweden; ONS specification of selective editing; Minkowski: Hedlin (2008), UN/ECE work session on data editing.
 * Errors   E_OUTLIER_TOTAL: a divisor that is needed is missing or not above 0 (no cell is scored by a stand-in); E_OUTLIER_WEIGHT;
 *          E_OUTLIER_PARAMETER.
 * Order    a record's scores depend on the record, the divisors and its group's quartiles only. Cost O(n items views). */
#ifndef SHIRABE_PROCESSING_OUTLIER_SCORE_H
#define SHIRABE_PROCESSING_OUTLIER_SCORE_H
#include "processing/outlier/outlier.h"

enum score_global { GLOBAL_MAXIMUM, GLOBAL_SUM, GLOBAL_WEIGHTED_MEAN, GLOBAL_MINKOWSKI };
enum { SCORE_PREDICTORS = 3 };
struct score_item {
  const struct num_column *y, *predictor[SCORE_PREDICTORS]; /* NULL from the first that does not exist */
  const double *suspicion;                                  /* [n] in 0..1, or NULL = 1 */
  double weight;                                            /* for GLOBAL_WEIGHTED_MEAN; above 0 */
};
struct score_view { /* one published table */
  const int32_t *cell;   /* [n] 0 .. n_cells-1; negative = the record is in none */
  int n_cells;
  const double *divisor; /* [n_items * n_cells]: item-major */
};
struct score_spec {
  int64_t n;
  int n_items, n_views;
  const struct score_item *items;
  const struct score_view *views;
  const double *weight; /* [n] design weights */
  enum score_global global;
  double minkowski; /* p >= 1 */
};
struct score_result {
  double *global;        /* [n] */
  double *top_local;     /* [n] the largest local score ... */
  int32_t *top_item, *top_view; /* ... and where; -1 when the record has none */
  uint8_t *unpredicted;  /* [n] */
};
/* The prediction; false: no predictor is present. *which: 0, 1, 2. */
bool score_prediction(const struct score_item *item, int64_t row, double *out, int *which);
enum err_code score_run(struct score_result *out, struct arena *a, const struct score_spec *spec, struct err *e) NODISCARD;

double suspicion_of(double x, const struct quartiles *q, double kappa, double tau); /* kappa >= 0, tau > 0 */
/* susp: [n]. Rows that cannot be judged, and groups below min_obs, get 1: unknown is suspicious. aux = the prediction. */
enum err_code suspicion_fill(double *susp, struct arena *a, const struct outlier_data *d, const struct outlier_groups *g, double kappa, double tau,
                             struct err *e) NODISCARD;
#endif
