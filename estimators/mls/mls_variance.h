/* mls_variance.h -- standard errors of per-head averages of a roll-up, linearised.
 * Formula  z_k = r_g w_k [(a_k - X n_k) - R_g e0_k], n_k = (e0_k + e1_k)/2, X the average, R_g = sum w(a - X n) / sum w e0 of the unit's cell (or
 *          collapse group); V(X) = heads^-2 sum over strata of (1 - m_h/M_h) m_h/(m_h - 1) sum (z_k - mean z)^2. In a single cell R_g vanishes by
 *          itself.
 * Flag     in take-all strata m_h < M_h means non-response: it is treated as if it were sampling and the result is flagged (from_response).
 * Shapes   one roll-up, split and column at a time; only its cells' reports are visited.
 * Assumes  response at random within the stratum; E_c known without error. Not for the second kind when districts are the first stage.
 * Source   Särndal, Swensson & Wretman (1992) 5.6, 7.3 (combined and separate ratio estimators). The ministry's own formula is not published.
 * Errors   E_LONELY_PSU from mls_variance_begin. Memory: 3 arrays of H. Cost: reports of the roll-up. */
#ifndef SHIRABE_ESTIMATORS_MLS_VARIANCE_H
#define SHIRABE_ESTIMATORS_MLS_VARIANCE_H
#include "estimators/mls/mls_ratio.h"
#include "estimators/mls/mls_rollup.h"
#include "estimators/sdc/sdc_cells.h"

struct mls_error {
  double value, se, cv;
  bool defined, from_response;
  int64_t n, df; /* reports of the roll-up; reports - strata */
  struct sdc_judgement judged; /* primary rules on the amounts of all reports, with the weights of the estimate; empty without mls_variance_judge */
};
struct mls_variance;
enum err_code mls_variance_begin(struct arena *a, const struct mls_sample *s, const struct mls_cell *cells, int32_t n_cells,
    const struct mls_ratio_result *r, struct mls_variance **out, struct err *e) NODISCARD;
/* From here on the amounts of every figure are kept for mls_variance_judged; the arrays of `g` are per report of the sample. */
enum err_code mls_variance_judge(struct arena *a, struct mls_variance *v, const struct sdc_judging *g, struct err *e) NODISCARD;
/* Column C O S Hs Ho D, or G B H as the sum or difference of two items; unrounded value in yen, hours, days. */
void mls_variance_average(struct mls_variance *v, const struct mls_rollup *g, int split, int column, struct mls_error *out);
/* The primary rules on the figure of the last call; *out is its error's `judged`. Nothing without mls_variance_judge. */
enum err_code mls_variance_judged(struct mls_variance *v, struct sdc_judgement *out, struct err *e) NODISCARD;
/* z_k / heads of the last call, in the order of its reports: the influence of each report. For tests and the influence list. */
const double *mls_variance_influence(const struct mls_variance *v, const int64_t **reports, int64_t *n);
#endif
