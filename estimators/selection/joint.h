/* joint.h -- joint inclusion probabilities of units of one group, for variances without approximation.
 * Shapes   pi [n]: the probabilities aimed at, of the whole group, in its order; chosen [m]: places of the units asked for (the sample); out [m][m],
 *          out[i][i] = pi of the design.
 * Kinds    JOINT_EXACT: SRS, BERNOULLI, POISSON, SUNTER, SAMPFORD, MAXIMUM_ENTROPY (and units taken for certain). JOINT_HAJEK: pi_k pi_l (1 - (1 -
 *          pi_k)(1 - pi_l) / d), d = sum pi (1 - pi), for BREWER, PIVOTAL, PARETO, SEQUENTIAL, CUBE: an approximation, and marked as one. JOINT_NONE:
 *          SYSTEMATIC and PPS_SYSTEMATIC, where pairs may have no chance at all; out is not written.
 * Formulas with f_{-kl} the size distribution of a Poisson sample without k and l (poisson_binomial.h): maximum entropy p_k p_l f_{-kl}(n - 2) /
 *          f(n); Sampford pi_k pi_l sum_{i <= n-2} (n - i - pi_k - pi_l) f_{-kl}(i) / sum_{i < n} (n - i) f(i); Sunter n (n - 1) prod_{j < k} (1 - 2
 *          x_j / T_j) x_k / T_k x_l / T_{k+1}, T_k = sum of x from k on. All terms are positive.
 * Errors   E_SAMPLE_METHOD: the group is too large (max_entropy.h); E_NO_MEMORY.
 * Memory   8 m^2 + 40 n bytes. Cost: m^2 n for SAMPFORD and MAXIMUM_ENTROPY, else m^2.
 * Source   Sampford (1967) Biometrika 54; Chen, Dempster & Liu (1994) Biometrika 81; Sunter (1977), Särndal, Swensson & Wretman (1992) 3.6.2; Hájek
 *          (1964) Ann. Math. Statist. 35. */
#ifndef SHIRABE_ESTIMATORS_SELECTION_JOINT_H
#define SHIRABE_ESTIMATORS_SELECTION_JOINT_H
#include "estimators/selection/draw.h"

enum joint_kind { JOINT_EXACT, JOINT_HAJEK, JOINT_NONE };
enum joint_kind joint_kind(enum draw_method m);
const char *joint_kind_name(enum joint_kind k); /* "exact", "hajek", "none" */
enum err_code joint_probabilities(
    struct arena *a, enum draw_method m, int64_t n, const double *pi, int64_t n_chosen, const int64_t *chosen, double *out, struct err *e) NODISCARD;
#endif
