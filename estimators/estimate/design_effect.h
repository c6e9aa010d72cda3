/* design_effect.h -- how much larger a variance is than that of a simple random sample of as many records, and degrees of freedom by moments.
 * Formula  V_srs(sum w u) = N^2 / n s2(u) [(N - n) / N], s2(u) = n/(n-1) sum w (u - mean)^2 / N over the domain, N its sum of weights, n its
 *          records of weight not 0; the factor in brackets WITHOUT_REPLACEMENT only. deff = V / V_srs. With u = y it is the effect of a total,
 *          with the influence of a mean or ratio that of the mean or ratio.
 *          Satterthwaite: df = (sum V_h)^2 / sum V_h^2 / (n_h - 1), V_h the part of stratum h of the first stage, n_h its units; strata with V_h = 0
 *          do not count.
 * Shapes   u: [n], influence per unit of weight; out: [n_domains].
 * Missing  fewer than two records, N not above n without replacement, or no spread: NAN is never given, defined[k] is false and out[k] 0.
 * Cost     O(n); Satterthwaite one variance pass. Memory 24 bytes a domain, or a stratum.
 * Source   Kish (1965), Survey Sampling, 8.2; Särndal, Swensson & Wretman (1992) 2.10, 3.8; Satterthwaite (1946), Biometrics Bulletin 2:110-114. */
#ifndef SHIRABE_ESTIMATORS_ESTIMATE_DESIGN_EFFECT_H
#define SHIRABE_ESTIMATORS_ESTIMATE_DESIGN_EFFECT_H
#include "estimators/variance/survey.h"

enum srs_reference { SRS_WITHOUT_REPLACEMENT, SRS_WITH_REPLACEMENT };
enum err_code srs_variance(struct arena *a, int64_t n, const double *w, const struct taylor_domains *domains, const double *u,
    enum srs_reference reference, double *out, bool *defined, struct err *e) NODISCARD;
/* Of the sum of w u over one domain (of_row 0 or -1; NULL = all). */
enum err_code satterthwaite_df(const struct job *job, struct arena *a, const struct survey *s, const int32_t *of_row, const double *u, double *df,
    bool *defined, struct err *e) NODISCARD;
#endif
