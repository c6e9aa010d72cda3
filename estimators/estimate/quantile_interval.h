/* quantile_interval.h -- weighted quantiles of all domains at once with Woodruff intervals and standard errors, or with variances from replicates.
 * Interval F(q) = share of weight at or below the quantile q of the domain; its design interval on the scale of the spec with t(df) gives two
 *          probabilities, and the same rule at both the limits of q; se = (high - low) / (2 t). A share without variance (all records at or below
 *          q) is its own interval. Records of the domain (weight above 0) are the n of the BETA scale.
 * Beyond   a limit of F(q) below 0 or above 1 has no quantile: no interval and no se (beyond is true), as in R survey; the smallest or largest value
 *          in its place would be no limit of anything.
 * df       0 in the spec: each domain's own (survey_df); df <= 0: the quantile stands, interval and se do not (has_interval false).
 * Shapes   x: [n] by row; of_row: domain or -1 (records without x in none: domain_present). p: [m] within 0..1. value, se, low, high,
 *          has_interval: [m][n_domains]; records, df: [n_domains]; a domain without records is not defined (records 0, values 0).
 * Order    one radix sort of all records, dealt out to the domains in order of x; records of equal x keep row order. The same bits whatever the
 *          threads.
 * Cost     O(n) for the order, and one variance pass for each probability over all domains. Memory 40 bytes a record.
 * Replicates q of every replicate from the same order, variance by replicate_covariance; O(n) a replicate and probability.
 * Errors   E_PROBABILITY. Source: quantile.h; Woodruff (1952), JASA 47:635-646; Sitter & Wu (2001), Statistics & Probability Letters 52:353-358. */
#ifndef SHIRABE_ESTIMATORS_ESTIMATE_QUANTILE_INTERVAL_H
#define SHIRABE_ESTIMATORS_ESTIMATE_QUANTILE_INTERVAL_H
#include "estimators/estimate/interval.h"
#include "estimators/estimate/quantile.h"
#include "estimators/variance/replicate.h"
#include "estimators/variance/survey.h"

struct quantile_spec {
  enum quantile_rule rule;
  enum interval_scale scale;
  double confidence;
  int64_t df; /* 0 = the domain's own */
  int m;
  const double *p; /* [m] */
};
struct quantile_result {
  double *value, *se, *low, *high; /* [m][n_domains] */
  bool *has_interval, *beyond;
  int64_t *records, *df; /* [n_domains] */
  int most_lost;         /* replicates: how many give no value, in the domain where most do not */
};
/* Rows of every domain in order of x, whatever their weights. */
struct quantile_ranks {
  int32_t n_domains;
  const int64_t *first, *row; /* [n_domains + 1], [rows in a domain] */
};
enum err_code quantile_rank(
    struct arena *a, int64_t n, const double *x, const struct taylor_domains *domains, struct quantile_ranks *out, struct err *e) NODISCARD;
/* The arrays of out are allocated here. */
enum err_code quantile_intervals(const struct job *job, struct arena *a, const struct survey *s, const struct taylor_domains *domains,
    const double *x, const struct quantile_spec *spec, struct quantile_result *out, struct err *e) NODISCARD;
/* w: [n] weight that the multipliers apply to; full sample weights of `full` give the estimate. Intervals by t(df of the set). */
enum err_code quantile_replicates(struct arena *a, const struct replicate_set *set, const double *w, const double *full,
    const struct taylor_domains *domains, const double *x, const struct quantile_spec *spec, struct quantile_result *out, struct err *e) NODISCARD;
#endif
