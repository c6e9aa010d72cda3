/* imputation_parts.h -- variance of a domain total with imputed values in its parts: sampling, imputation, and both together, for linear models and
 *          donors, under stratified simple random sampling. imputation_variance.h is the case of one class and a ratio, with a jackknife and the
 *          reverse framework.
 * Frame     an imputed value is a fixed combination of reported ones, so that the total is sum over respondents of W y; extra = W - d, d = pop/n.
 *           Under the model y = m(x) + e, variance of e = s2:
 *           V_imp = sum_r extra^2 s2 + sum_m d^2 s2; V_mix = sum_r extra (d-1) s2 - sum_m d (d-1) s2; V = V_sam + V_imp + 2 V_mix; V_sam = the usual
 *           formula on completed data (naive) + what it lacks: sum_m d^2 (1-f) s2 where values stand on the model's line; for donors, whose
 *           values carry residuals, sum_h c_h [sum_m (s2 - s2 of the donor) - (sum_i s2 - sum_r (1 + uses in h)^2 s2)/n_h], c_h = pop^2
 *           (1-f)/(n(n-1)).
 * Linear    weighted least squares with weights w/v (v = x for a ratio, 1 for mean and regression): extra_r = w/v x_r' (X'WX)^-1 sum_m d x; s2 = v
 *           sum e^2 / sum v * n/(n-p).
 * Donor     extra_r = sum of d over the recipients r served. s2 at x = mean over the 2 sqrt(n) nearest of the squared pseudo-residuals of the
 *           respondents in the order of x (a line through the two neighbours); without x the variance of the class. This stands in for the kernel of
 *           the source.
 * Source    Särndal (1992), Survey Methodology 18; Beaumont & Bissonnette (2011), Survey Methodology 37; pseudo-residuals: Gasser, Sroka &
 *           Jennen-Steinmetz (1986), Biometrika 73.
 * Assumes   response depends on x only; donors near in x; classes independent. The donors are taken as given, drawn or nearest.
 * Shapes    all arrays [n], n = rows of the design; a class is a list of rows. Give rows of a class in unit_order. Errors: E_MODEL_DATA: fewer than p
 *           + 1 respondents, x not above 0 for a ratio, regressors that depend on one another. Memory 40 bytes a row. Cost O(n p^2), donors O(n log
 *           n). */
#ifndef SHIRABE_PROCESSING_IMPUTE_IMPUTATION_PARTS_H
#define SHIRABE_PROCESSING_IMPUTE_IMPUTATION_PARTS_H
#include "processing/impute/srs_design.h"

enum parts_kind { PARTS_LINEAR, PARTS_RATIO, PARTS_DONOR };
enum parts_role { PARTS_NONE, PARTS_REPORTED, PARTS_IMPUTED }; /* NONE: has the value from elsewhere, or none */
struct parts_class {
  enum parts_kind kind;
  int64_t n;
  const int32_t *row; /* [n] rows of the design */
  int p;              /* of x; donor: 0 or 1 */
};
struct parts_input {
  const struct srs_design *design;
  const double *y;       /* completed */
  const uint8_t *role;
  const double *x;       /* [n][p]; constant included */
  int p;
  const double *weight;  /* of the fit; NULL = 1 */
  const int64_t *donor;  /* row; -1 = none; PARTS_DONOR only */
};
struct parts_model { /* filled class by class */
  double *extra, *variance; /* W - d of respondents; s2 */
  double *fitted;           /* of linear models: what the fit gives an imputed row */
};
struct parts_result {
  double total, naive, sampling, imputation, mix, variance, share; /* share: of imputation + 2 mix in variance */
};
enum err_code parts_model_make(struct arena *a, int64_t n, struct parts_model *out, struct err *e) NODISCARD;
enum err_code parts_fit(struct arena *a, const struct parts_input *in, const struct parts_class *c, struct parts_model *m, struct err *e) NODISCARD;
enum err_code parts_variance(struct arena *a, const struct parts_input *in, const struct parts_model *m, const uint8_t *domain,
    struct parts_result *out,
    struct err *e) NODISCARD;
#endif
