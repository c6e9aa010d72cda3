/* response.h -- the variance of a weighting for nonresponse: respondents are a second phase whose probabilities were estimated.
 * Model    every record of the sample answers by itself with probability p: the same in a weighting class (p = sum of d of respondents / sum of d
 *          in the class), or logistic in x. Weights after it: d r / p.
 * Value    of a record of the sample, answered or not: classes z_k = d_k (m_c + r_k (u_k - m_c) / p_k), m_c the weighted mean of u over the
 *          respondents of the class; logistic z_k = d_k (p_k x_k'g + r_k (u_k / p_k - x_k'g)), g = I^-1 sum_r d (1 - p) / p x u, I = sum d p (1 - p)
 *          x x'. One class per column of x gives the same both ways.
 * Variance design variance of z over the whole sample + sum_r F_k (1 - p_k) e_k^2, e_k = d_k (u_k - m_c) / p_k, resp. d_k (u_k / p_k - x_k'g); F_k =
 *          product of the sampled fractions of the record (response as one more stage of the design: 0 where the design has no finite population
 *          correction, whose variance holds the response already).
 * Shapes   respondent, p: [n]; cell [n] (below 0 = no part of it) with n_cells, or x with its factorised information.
 * Missing  u is read of respondents only. Records with before = 0 take no part.
 * Memory   one column for each response step and statistic. Cost: O(n), O(n k) for the model.
 * Source   Fay (1991), Proc. ASA Section on Survey Research Methods; Shao & Steel (1999), JASA 94:254-265 (the order of the two phases); Kim & Kim
 *          (2007), Canadian Journal of Statistics 35:501-514 (estimated logistic probabilities); Särndal & Lundström (2005), ch. 11. */
#ifndef SHIRABE_ESTIMATORS_VARIANCE_RESPONSE_H
#define SHIRABE_ESTIMATORS_VARIANCE_RESPONSE_H
#include "estimators/weight/auxiliary.h"

struct response_model {
  const uint8_t *respondent;
  const double *p;
  const int32_t *cell; /* NULL = model */
  int32_t n_cells;
  const struct auxiliary *x;
  struct factorised information;
};
/* z: u in, values out; e: [n] the second phase's part, 0 of who did not answer. before: [n] weights before the step. */
enum err_code response_values(
    struct arena *a, const struct response_model *m, int64_t n, const double *before, double *z, double *e_out, struct err *e) NODISCARD;
/* sum of fraction (1 - p) x y. */
double response_covariance(const struct response_model *m, int64_t n, const double *fraction, const double *x, const double *y);
#endif
