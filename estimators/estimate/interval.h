/* interval.h -- confidence limits of a proportion from its estimate and design-based standard error.
 * Scales   MEAN p -+ t se; LOGIT t on log(p/(1-p)) by the delta method; ASIN on asin sqrt p; BETA Korn & Graubard: n_eff = p(1-p)/se^2
 *          (t_{n-1}/t_df)^2, limits from beta quantiles; WILSON score limits with n_eff; LIKELIHOOD the p at which the scaled binomial likelihood
 *          falls by F(1, df)/2.
 * Input    df > 0 of the design, n its records (BETA). p strictly between 0 and 1 and se > 0, except WILSON and BETA at p = 0 or 1 with an n_eff
 *          given by n.
 * Missing  false: there is no interval (df <= 0, se 0, p outside): nothing is made up.
 * Source   Korn & Graubard (1998), Survey Methodology 24:193-201; Wilson (1927), JASA 22; Rao & Scott (1984), Annals of Statistics 12, for the
 *          scaled likelihood. */
#ifndef SHIRABE_ESTIMATORS_ESTIMATE_INTERVAL_H
#define SHIRABE_ESTIMATORS_ESTIMATE_INTERVAL_H
#include <stdbool.h>
#include <stdint.h>

enum interval_scale { INTERVAL_MEAN, INTERVAL_LOGIT, INTERVAL_ASIN, INTERVAL_BETA, INTERVAL_WILSON, INTERVAL_LIKELIHOOD };
bool interval_scale_named(const char *name, enum interval_scale *out); /* "mean", "logit" or "xlogit", "asin", "beta", "wilson", "likelihood" */
struct interval_spec {
  double confidence;
  int64_t df, n;
};
bool interval_of_proportion(enum interval_scale scale, const struct interval_spec *s, double p, double se, double *low, double *high);
#endif
