/* robust_distance.h -- multivariate outliers among complete records: robust centre and scatter, squared Mahalanobis distances, and who lies too far
 * out.
 * MSD      Modified Stahel-Donoho. B = trunc(exp(2.1328 + 0.8023 p) / p) random orthonormal bases (Gram-Schmidt of normal deviates; basis b is a
 *          function of (seed, b) alone). On every axis the residual r = |projection - median| / (1.4826 MAD) gives the weight 1 for r <= c, else c^2
 *          / r^2, c^2 = chi2_{p, 0.95}; product over the axes of a basis, minimum over the bases. Centre sum w x / sum w, scatter sum w^2 (x - m)(x
 *          - m)' / sum w^2. Then once more on the axes of the scatter's eigenvectors, keeping the smaller weight. Test: F = D^2 (n - p) n / ((n^2 -
 *          1) p) above F_{p, n-p, probability}. p <= 12. Béguin and Hulliger (2003), EUREDIT deliverable D4; Wada (2010), Research Memoir of
 *          Official Statistics 67, 89-157; scatter: Franklin and Brodeur (1997).
 * MCD      deterministic minimum covariance determinant for more items: columns by median and MAD, six starts (tanh, ranks, normal scores, spatial
 *          signs, the inner half, pairwise MADs), axes of each start rescaled by MAD, half sample, concentration steps until the determinant no
 *          longer falls; the smallest determinant wins; scatter times median(D^2) / chi2_{p, 0.5}; reweighted once at chi2_{p, 0.975}. Test: D^2
 *          above chi2_{p, probability}. Hubert, Rousseeuw and Verdonck (2012), J. Computational and Graphical Statistics 21, 618-637, with MAD in
 *          the place of Qn.
 * Shapes   arrays of the result follow the sample: [n]; scatter [p * p]. The sample's weights are not used: each record is one point.
 * Errors   E_OUTLIER_FEW: n < 5 p; E_OUTLIER_SINGULAR: an item, or a combination, that does not vary in half of the records; E_OUTLIER_PARAMETER: p
 *          > 12 for MSD.
 * Assumes  one elliptical bulk: logarithms of skewed items, one group at a time. Cost: MSD O(B n p^2), MCD O(n p^2) per step. */
#ifndef SHIRABE_PROCESSING_OUTLIER_ROBUST_DISTANCE_H
#define SHIRABE_PROCESSING_OUTLIER_ROBUST_DISTANCE_H
#include "processing/outlier/sample.h"

enum { MSD_MAX_ITEMS = 12, RECORDS_PER_ITEM = 5 };
struct robust_distance {
  double *centre, *scatter;
  double *d2;      /* [n] */
  double *weight;  /* [n] MSD: of the last step; MCD: 1 inside, 0 outside */
  uint8_t *outlier; /* [n] */
  double limit;    /* d2 above it is an outlier */
  int64_t n_outliers;
};
enum err_code robust_msd(struct robust_distance *out, struct arena *a, const struct sample *s, uint64_t seed, double probability,
                         struct err *e) NODISCARD;
enum err_code robust_mcd(struct robust_distance *out, struct arena *a, const struct sample *s, double probability, struct err *e) NODISCARD;
/* Shared by the two. */
enum err_code robust_init(struct robust_distance *out, struct arena *a, const struct sample *s, double probability, struct err *e) NODISCARD;
void robust_flag(struct robust_distance *out, int64_t n);
#endif
