/* bacon_eem.h -- multivariate outliers among records with missing items: a good subset grows from the middle, its mean and covariance come from EM.
 * Steps    1. middle: the min(n, 4 p) records nearest to the coordinates' medians, scaled by MAD (more while the subset's covariance is singular).
 *          2. EM for the multivariate normal on the subset: missing parts by regression on the observed ones of the same record, plus their
 *             conditional covariance; sums are weighted by the sampling weights (the estimated likelihood of the population).
 *          3. D^2 = p / q (x_o - m_o)' S_oo^-1 (x_o - m_o) of the q observed items of every record; the next subset is all with
 *             D^2 < c^2 chi2_{p, 1 - alpha / n}, c = 1 + (p + 1) / (n - p) + 2 / (n - 1 - 3 p) + max(0, (h - r) / (h + r)), h = (n + p + 1) / 2,
 *             r = records in the present subset.
 *          4. again from 2 until the subset stays the same; who is not in it is an outlier.
 * Source   Béguin and Hulliger (2008), Survey Methodology 34, 91-103; Billor, Hadi and Velleman (2000), Computational Statistics & Data Analysis 34,
 *          279-298; EM: Little and Rubin (2019), by normal_em.h.
 * Shapes   sample_observed(); results by sample row. Missing: bits of the sample. Assumes missing at random and one elliptical bulk (take
 *          logarithms).
 * Errors   E_OUTLIER_FEW: n < 5 p or an item observed in fewer than 2 p records; E_OUTLIER_SINGULAR; E_OUTLIER_PARAMETER: alpha outside (0, 0.5).
 * Cost     O(n p^2) per EM step; at most 50 subsets of at most 1,000 EM steps; stopping at either limit is said by `settled`. */
#ifndef SHIRABE_PROCESSING_OUTLIER_BACON_EEM_H
#define SHIRABE_PROCESSING_OUTLIER_BACON_EEM_H
#include "processing/outlier/sample.h"

struct bacon_result {
  double *centre, *scatter; /* [p], [p * p] of the good records */
  double *d2;               /* [n] */
  uint8_t *outlier;         /* [n] */
  double limit;
  int64_t n_outliers;
  int n_subsets;
  bool settled;
};
enum err_code bacon_eem(struct bacon_result *out, struct arena *a, const struct sample *s, double alpha, struct err *e) NODISCARD;

/* EM alone, on the rows with inside[i] != 0: mean and scatter start as given. false: singular. *settled false after 1,000 steps. */
bool bacon_em(const struct sample *s, const uint8_t *inside, double *mean, double *scatter, bool *settled);
/* D^2 of every row as in step 3; false: singular. */
bool em_distances(const struct sample *s, const double *mean, const double *scatter, double *d2);
#endif
