/* livelihood_measures.h -- line, medians, rates and Gini of a survey with their errors by every method the plan asks for.
 * Methods  LINEARISED influences (inequality.h) through the survey's calibrations and districts; JACKKNIFE (JKn) one district left out at a time;
 *          BOOTSTRAP (Rao & Wu) of districts; both redo weights, line and statistic in every replicate. WOODRUFF for line and quantiles: quantiles
 *          at p -+ t se of the share at or below the quantile, se = width / 2t. Jackknife errors of quantiles are given but not to be trusted: the
 *          delete-one jackknife is inconsistent for them.
 * Official a formula of the ministry for these errors was not found: all four are ours.
 * Shapes   estimate: [LIVELIHOOD_FIGURES]. value in the unit of the income, rates and Gini as shares.
 * Interval value -+ t(df) se, 95 per cent; df = districts - strata of the survey's households with known income.
 * Missing  has[m] 0: no standard error by the method (not asked, not made for the figure, or incomes without spread); se, low and high are then 0.
 * deff     variance (linearised) over that of a simple random sample of as many households, with replacement.
 * Errors   those of survey.h, replicate_engine.h, inequality.h. Memory: 60 doubles a household. Cost: 40 passes, and two of each replicate.
 * Source   Rao & Wu (1988), JASA 83:231-241; Wolter (2007) ch. 4; Woodruff (1952), JASA 47:635-646; Deville (1999), Survey Methodology 25:193-203. */
#ifndef SHIRABE_ESTIMATORS_LIVELIHOOD_MEASURES_H
#define SHIRABE_ESTIMATORS_LIVELIHOOD_MEASURES_H
#include "estimators/livelihood/livelihood_sorted.h"
#include "estimators/livelihood/livelihood_weights.h"

enum livelihood_method { METHOD_LINEARISED, METHOD_WOODRUFF, METHOD_JACKKNIFE, METHOD_BOOTSTRAP };
enum { LIVELIHOOD_METHODS = 4 };
const char *livelihood_method_name(enum livelihood_method m); /* "linearised" ... */

struct livelihood_estimate {
  double value;
  bool defined;
  bool has[LIVELIHOOD_METHODS];
  double se[LIVELIHOOD_METHODS], low[LIVELIHOOD_METHODS], high[LIVELIHOOD_METHODS];
  int64_t df[LIVELIHOOD_METHODS], replicates[LIVELIHOOD_METHODS]; /* replicates that gave a value */
  bool has_deff;
  double deff;
  int64_t n; /* households */
};
struct livelihood_measures {
  struct livelihood_estimate estimate[LIVELIHOOD_FIGURES];
  double gini_unweighted;
  bool has_gini_unweighted;
  int64_t n_households, n_persons; /* with known income */
  int64_t n_negative;              /* households whose income is 0 for Gini */
  int64_t n_left_out;              /* replicates whose weights could not be made again */
  int64_t made[LIVELIHOOD_METHODS], lost[LIVELIHOOD_METHODS]; /* replicates, and of them those left out; above 5 per cent the method gives no error */
  bool refused[LIVELIHOOD_METHODS]; /* for that reason */
};
struct livelihood_request {
  struct livelihood_survey *survey; /* read only; its steps are handed to the replicates */
  const struct livelihood_persons *persons; /* rows of the survey */
  bool school;
  bool linearised, woodruff, jackknife;
  int bootstrap; /* 0 = none */
  uint64_t seed;
};
enum err_code livelihood_measure(
    const struct job *job, struct arena *a, const struct livelihood_request *q, struct livelihood_measures *out, struct err *e) NODISCARD;
/* Influence of each row of the survey on a figure, per unit of its weight; *finite false: incomes without spread. */
enum err_code livelihood_influence(struct arena *a, const struct livelihood_sorted *s, const double *w, const double *value, int figure, double *u,
    bool *finite, struct err *e) NODISCARD;
#endif
