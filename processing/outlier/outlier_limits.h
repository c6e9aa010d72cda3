/* outlier_limits.h -- the limits beyond which values of one group are outliers, by method. Imputation limits lie outside exclusion limits.
 * HB          E_M - C dL, E_M + C dR with dL = max(E_M - Q1, A |E_M|), dR = max(Q3 - E_M, A |E_M|); of a ratio r the effect is E = s max(y, aux)^U,
 *             s = 1 - r_M / r for 0 < r < r_M, else r / r_M - 1. Hidiroglou and Berthelot (1986), Survey Methodology 12, 73-83.
 * SIGMA_GAP   values in order; from the start centile outwards the first gap larger than beta sigma makes all beyond it outliers; sigma = 1.4826
 *             median |x - median| (MAD) or the standard deviation with n - 1 (STD). The centile c starts at position floor(c (n + 1) / 100), clamped
 *             to the first; the first gap is the one behind it. Method of Statistics Canada's Banff, functional description.
 * FENCES      Q1 - k (Q3 - Q1), Q3 + k (Q3 - Q1): Tukey (1977), Exploratory Data Analysis, ch. 2 (k = 1.5 inner, 3 outer); with k chosen the
 *             resistant fences of Thompson and Sigman (1999), Journal of Official Statistics 15, 517-535.
 * ASYMMETRIC  Q1 - k (M - Q1), Q3 + k (Q3 - M): the same paper's asymmetric fences.
 * ADJUSTED    Q1 - k exp(-4 MC) IQR, Q3 + k exp(3 MC) IQR for MC >= 0, else exp(-3 MC) and exp(4 MC); MC = medcouple (medcouple.h). Hubert and
 *             Vandervieren (2008), Computational Statistics & Data Analysis 52, 5186-5201.
 * LOG         FENCES on the logarithms, limits carried back; values of 0 or less are not judged. Quartile method: Thompson and Sigman (1999).
 * MAD         M - k s, M + k s, s = 1.4826 median |x - M|: Hampel (1974).
 * Percentiles as order_stat.h. Cost O(n); SIGMA_GAP and ADJUSTED O(n log n). Scratch: n doubles. */
#ifndef SHIRABE_PROCESSING_OUTLIER_OUTLIER_LIMITS_H
#define SHIRABE_PROCESSING_OUTLIER_OUTLIER_LIMITS_H
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "processing/outlier/order_stat.h"

enum outlier_method { OUTLIER_HB, OUTLIER_SIGMA_GAP, OUTLIER_FENCES, OUTLIER_ASYMMETRIC, OUTLIER_ADJUSTED, OUTLIER_LOG, OUTLIER_MAD };
enum outlier_side { SIDE_BOTH, SIDE_LEFT, SIDE_RIGHT };
enum outlier_sigma { SIGMA_MAD, SIGMA_STD };
struct outlier_params { /* from outlier_params_of(); at least one of the two multipliers must be set by the user: there is no default for it */
  enum outlier_method method;
  enum outlier_side side;
  bool has_imputation, has_exclusion;
  double imputation, exclusion; /* mii, mei; beta_i, beta_e; k outer, k inner */
  int64_t min_obs;
  bool accept_zero, accept_negative; /* zero values of ratios are never accepted */
  double mdm, exponent;              /* HB: A = 0.05, U = 0 */
  enum outlier_sigma sigma;          /* SIGMA_GAP */
  double start_centile;              /* SIGMA_GAP: 75 for both sides, else 0 */
};
enum { LIMIT_IMP_L, LIMIT_EXCL_L, LIMIT_EXCL_R, LIMIT_IMP_R, N_LIMITS };
struct outlier_limits {
  bool has[N_LIMITS];
  double at[N_LIMITS];  /* values below at[*_L] and above at[*_R] are outliers */
  double gap[N_LIMITS]; /* SIGMA_GAP: the gap that was found there */
  struct quartiles quartiles; /* of the effects; not SIGMA_GAP */
  double deviation;           /* SIGMA_GAP, MAD: sigma */
  double medcouple;           /* ADJUSTED */
};
/* Names for parameters and reports: HB, SIGMA_GAP, FENCES ... and BOTH, LEFT, RIGHT; exact. false: no such name. */
bool outlier_method_of(struct str name, enum outlier_method *out);
bool outlier_side_of(struct str name, enum outlier_side *out);
const char *outlier_method_name(enum outlier_method m);
/* The defaults of a method: min_obs 10, accept_zero, both sides. The side decides the start centile. */
struct outlier_params outlier_params_of(enum outlier_method method, enum outlier_side side);
/* E_OUTLIER_PARAMETER: no multiplier, one not positive, exclusion beyond imputation, exponent outside 0..1, centile outside its range, min_obs below
 * 3 (5) ... */
enum err_code outlier_params_check(const struct outlier_params *p, struct err *e) NODISCARD;
/* x: [n] effects of the group, n >= 1, reordered; scratch: [n]. */
void outlier_limits_of(struct outlier_limits *out, const struct outlier_params *p, double *x, int64_t n, double *scratch);
/* HB effect of the ratio of value and auxiliary, given the median ratio. */
double outlier_hb_effect(double value, double aux, double median_ratio, double exponent);
#endif
