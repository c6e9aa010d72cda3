/* replicate_engine.h -- estimates and their covariances by replicates at national scale: totals, means and ratios of all domains without a pass
 *    over the records for each replicate; anything else by weights of every replicate, adjustments redone.
 * Linear   replicate_linear sums each column once per (unit, domain); a replicate is then a sum of (multiplier - 1) x those sums, so that
 *          estimate and deviation keep all digits. A jackknife has as many replicates as units and still costs one look at each sum: what a
 *          replicate changes stands in one stratum. Statistics SIZE, TOTAL, MEAN, RATIO.
 * Any      replicate_any makes the weights of a replicate, hands them to `readjust` (nonresponse, calibration, a whole programme of weights; NULL
 *          = nothing is redone), and the adjusted ones to `values`. Replicate -1 is the full sample. Both run in several threads at once: they
 *          must not write to their context, and take memory from the arena they are given.
 * Left     out a replicate in which a statistic is not defined counts as missing for that domain (`used` says how many counted); one whose
 *          weights could not be adjusted (a class without respondents, margins not met) is left out everywhere and counted: n_failed, n_unmet,
 *          and a warning.
 * Shapes   value: [n_domains][m], cov: [n_domains][m][m], defined, used: [n_domains]; theta: NULL or the caller's [n_replicates][n_domains][m]. A
 *          domain that is not defined, or has fewer than two replicates, has cov 0 and used below 2.
 * Order    replicates are taken in blocks of 16 at fixed places, and blocks are added in order by compensated sums: the same bits for any
 *          threads.
 * Errors   E_REPLICATE_SPEC, E_REPLICATE_FEW (all left out), E_NO_MEMORY, what a callback stops with.
 * Memory   linear: 12 to 20 bytes per (unit, domain) met, and 16 replicates x domains x columns per thread; any: 3 columns of n per thread.
 * Cost     linear: O(n) + replicates x (unit, domain) pairs x columns; any: replicates x (O(n) + the callbacks).
 * Source   Wolter (2007) ch. 2-5 for the estimators; Rust & Rao (1996), Statistical Methods in Medical Research 5, for adjustments in replicates. */
#ifndef SHIRABE_ESTIMATORS_VARIANCE_REPLICATE_ENGINE_H
#define SHIRABE_ESTIMATORS_VARIANCE_REPLICATE_ENGINE_H
#include "base/job.h"
#include "estimators/estimate/statistic.h"
#include "estimators/variance/replicate.h"

enum { REPLICATE_MOST_STATISTICS = 64 };
struct replicate_result {
  int32_t n_domains;
  int m;
  double *value, *cov;
  uint8_t *defined;
  int64_t *used;
  double *theta; /* in: NULL or room for all replicates (not of a jackknife by replicate_linear) */
  int64_t n_failed, n_unmet;
};
enum err_code replicate_linear(const struct job *job, struct arena *a, const struct replicate_set *set, const double *w,
    const struct taylor_domains *domains, int m, const struct statistic *s, struct replicate_result *out, struct err *e) NODISCARD;

struct replicate_task {
  const struct replicate_set *set;
  const double *weight; /* [n] before what readjust does */
  enum err_code (*readjust)(void *context, struct arena *a, int replicate, const double *w, double *out, bool *unmet, struct err *e);
  void *readjust_context;
  int32_t n_domains;
  int m;
  /* theta, defined: [n_domains][m]. */
  enum err_code (*values)(void *context, struct arena *a, int replicate, const double *w, double *theta, uint8_t *defined, struct err *e);
  void *values_context;
};
enum err_code replicate_any(
    const struct job *job, struct arena *a, const struct replicate_task *t, struct replicate_result *out, struct err *e) NODISCARD;
/* An error that leaves one replicate out instead of stopping: its weights cannot be adjusted. */
bool replicate_leaves_out(enum err_code code);
#endif
