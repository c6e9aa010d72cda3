/* replicate.h -- variances by replicates: sets of weights that resample the units of a design, and what the estimates under them say together.
 * Set      a set is a rule, not a matrix: the multiplier of a unit in a replicate follows from (method, seed, replicate, stratum, place in the
 *          stratum) and is made for a block of replicates and one group of units at a time. GIVEN keeps columns of multipliers that somebody else
 *          made. Multipliers apply to the design weight; adjustments (nonresponse, calibration) are redone in every replicate
 *          (replicate_engine.h).
 * Units    of_row NULL = every record its own. Groups are the strata of the first stage: their units stand together.
 * Combine  V = scale sum_r rscale_r (theta_r - c)(theta_r - c)', c = the mean of the theta_r, or the estimate of the full sample when `mse`.
 * Missing  a theta that is not defined in a replicate leaves that replicate out and is counted; fewer than two: no variance.
 * Errors   none here; replicate_make.h makes sets and has the errors. Memory: GIVEN 8 bytes per replicate and unit, the others a few bytes a
 *          unit.
 * Cost     replicate_changes: O(units x replicates asked for); the result does not depend on how the work is cut.
 * Source   Wolter (2007), Introduction to Variance Estimation, ch. 3-5; the methods' own papers stand in replicate_make.h. */
#ifndef SHIRABE_ESTIMATORS_VARIANCE_REPLICATE_H
#define SHIRABE_ESTIMATORS_VARIANCE_REPLICATE_H
#include "estimators/design/sample_design.h"
#include "estimators/variance/hadamard.h"

enum replicate_method {
  REPLICATE_GIVEN,
  REPLICATE_JK1,
  REPLICATE_JKN,
  REPLICATE_BRR,         /* balanced half-samples, with Fay's factor */
  REPLICATE_BOOTSTRAP,   /* Rao, Wu & Yue */
  REPLICATE_PRESTON,     /* rescaled bootstrap of all stages */
  REPLICATE_ANTAL_TILLE, /* doubled half bootstrap */
  REPLICATE_GENERALIZED, /* from the quadratic form of the variance */
  REPLICATE_SUCCESSIVE   /* successive differences */
};
struct replicate_set {
  int64_t n, n_units;
  int n_replicates;
  const int64_t *unit_of_row; /* [n] NULL = row */
  const double *multiplier;   /* GIVEN: [n_replicates][n_units] */
  double scale;
  const double *rscale;       /* [n_replicates]; NULL = 1 */
  bool mse;
  int64_t df;                 /* degrees of freedom: units - strata of a jackknife, else no more than replicates - 1 */
  /* Sets that are made by rule. */
  enum replicate_method method;
  const struct sample_design *design; /* borrowed */
  int depth;                    /* stages that are resampled; their last one's units are the set's */
  int64_t n_groups;
  const int64_t *group_unit;    /* [n_groups + 1] first unit */
  const int64_t *group_first;   /* JKN: [n_groups + 1] first replicate of the stratum */
  const uint64_t *group_key;    /* random methods: [n_groups] */
  const int32_t *column, *next; /* BRR, SUCCESSIVE: [n_units] columns of `balance`; -1 = not resampled */
  const double *swing;          /* BRR, SUCCESSIVE: [n_units] how far the multiplier goes from 1 */
  struct hadamard balance;
  bool balanced;                /* GENERALIZED: signs are columns of `balance` */
  int draws;                    /* BOOTSTRAP: units drawn in a stratum; 0 = n - 1 */
  double tau;                   /* GENERALIZED: divisor of the swings */
};
/* Multiplier - 1 of the units of a group in replicates first..first+count-1: out[unit in the group][count]. */
void replicate_changes(const struct replicate_set *s, int64_t group, int first, int count, double *out);
/* Number of groups and where a group's units begin (a GIVEN set is cut into groups of some hundred units). */
int64_t replicate_groups(const struct replicate_set *s);
int64_t replicate_group_unit(const struct replicate_set *s, int64_t group);
/* out[n] = w[i] * multiplier of its unit in replicate r; scratch: [n_units]. */
void replicate_weights_into(const struct replicate_set *s, int r, const double *w, double *scratch, double *out);
/* The same with memory from the arena, given back at once. */
enum err_code replicate_weights(struct arena *a, const struct replicate_set *s, int r, const double *w, double *out, struct err *e) NODISCARD;
/* The smallest multiplier of the set: below 0, adjustments that need weights of 0 or more cannot be redone. */
enum err_code replicate_smallest(struct arena *a, const struct replicate_set *s, double *out, struct err *e) NODISCARD;
/* theta: [n_replicates][m], full: [m], cov: [m][m]; defined NULL or [n_replicates]. Returns how many replicates were used. */
int replicate_covariance(const struct replicate_set *s, int m, const double *theta, const uint8_t *defined, const double *full, double *cov);
#endif
