/* em_normal.h -- mean and covariance of numeric items with gaps, by EM under the multivariate normal; conditional means or draws for the gaps.
 * Method    Little & Rubin (2019), Statistical Analysis with Missing Data, 11.2-11.3, by outlier/normal_em.h: the sweep operator gives, for
 *           each pattern of missing items, the regression of the missing on the observed and the conditional covariance C. E: complete each row by
 *           its conditional mean and add C to the squares; M: mean = sum / n, cov = squares / n - mean mean' + 1e-8 diag. Starts from the means and
 *           variances of what is there. Ends when no parameter moves by more than tolerance (in standard deviations), or at max_iterations:
 *           `converged` says which. A draw adds L z, C = L L', z normal by the hash of (seed, unit, item): the same unit gets the same z whatever
 *           else is in the table. Draws are proper for multiple imputation only with parameters redrawn (multiple.h).
 * Shapes    t: n rows, p <= 32 items; every item needs two values. Rows without any value are completed by the mean.
 * Missing   status VAL_BLANK and above. Rows should stand in unit_order for the same bits in any order; em_normal takes them as they are.
 * Assumes   missing at random, roughly normal items (take logarithms first); not for items that are often 0.
 * Errors    E_MODEL_DATA, E_MODEL_SPEC, E_NO_MEMORY. Memory p^2 and 16 bytes a row. Cost: n p^2 an iteration and p^3 a pattern. */
#ifndef SHIRABE_PROCESSING_IMPUTE_EM_NORMAL_H
#define SHIRABE_PROCESSING_IMPUTE_EM_NORMAL_H
#include "processing/unit/num_table.h"

enum { EM_ITEMS = 32 };
struct em_rule {
  int max_iterations;
  double tolerance;
};
struct em_fit {
  int p, iterations, n_patterns;
  bool converged;
  double mean[EM_ITEMS], cov[EM_ITEMS * EM_ITEMS]; /* row-major, p columns */
};
enum err_code em_normal(struct arena *a, const struct num_table *t, const struct em_rule *rule, struct em_fit *out, struct err *e) NODISCARD;
/* Fills the gaps of t (status VAL_IMPUTED) from the fit: conditional means, or draws. Returns in *n how many. */
enum err_code em_impute(struct arena *a, struct num_table *t, const struct em_fit *fit, bool draw, uint64_t seed, int64_t *n,
    struct err *e) NODISCARD;
#endif
