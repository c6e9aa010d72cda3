/* replay.h -- where to stop calling: the threshold of a score found on a past period whose edited values are known, and what the rest would have
 * cost.
 * Rank     by score, largest first; equal scores by the keyed hash of the unit, then by the unit's id: any order of rows gives the same ranks.
 * RPB(q)   |sum over the records behind rank q of d (raw - edited)| / total, total = sum d edited of the domain: the relative pseudo-bias left when
 *          only the first q are reviewed. An item's limit is `limit` (0.01), or with standard errors given `limit` (0.2) x standard error / total.
 * q        smallest q at which every item's RPB is at most its limit, and (stable) the smallest from which on it stays so: errors of opposite sign
 *          can cancel by luck, so the threshold is the stable one unless the caller takes the other. The threshold is the score of rank q; records
 *          with that score or more are reviewed. q = 0 has none.
 * Shapes   items' raw and edited are [n]; a row without either is not counted for that item. domain: [n] codes 0 .. n_domains-1 (negative: in none),
 *          or NULL.
 * Errors   E_OUTLIER_TOTAL: a domain's edited total, or standard error, of an item is not above 0; E_OUTLIER_WEIGHT, E_OUTLIER_PARAMETER.
 * Source   Lawrence and McDavitt (1994), Journal of Official Statistics 10, 437-447; Lawrence and McKenzie (2000), ibid. 16, 243-253. Cost O(n log n
 *          + n items). */
#ifndef SHIRABE_PROCESSING_OUTLIER_REPLAY_H
#define SHIRABE_PROCESSING_OUTLIER_REPLAY_H
#include "processing/unit/num_table.h"

struct replay_item {
  const struct num_column *raw, *edited;
  const double *standard_error; /* [n_domains], or NULL: the limit is relative to the total */
};
struct replay_spec {
  int64_t n;
  const struct str *unit; /* [n] */
  const double *score, *weight;
  const int32_t *domain;
  int n_domains, n_items;
  const struct replay_item *items;
  double limit;
  uint64_t seed;
};
struct replay_domain {
  int64_t n, q, q_stable;
  bool has_threshold; /* q_stable > 0 */
  double threshold;   /* score of rank q_stable */
  double *rpb_none, *rpb; /* [n_items] with no review, and behind q_stable */
};
/* row: [n] rows by rank. */
enum err_code score_rank(int64_t *row, struct arena *a, const double *score, const struct str *unit, int64_t n, uint64_t seed,
                         struct err *e) NODISCARD;
/* out: [n_domains]. */
enum err_code replay_run(struct replay_domain *out, struct arena *a, const struct replay_spec *spec, struct err *e) NODISCARD;
/* RPB of a domain after the first q ranked records were reviewed, q = 0 .. n: the largest over the items. */
struct replay_curve {
  int64_t n;
  double *rpb;   /* [n + 1] */
  double *score; /* [n] by rank */
};
/* row: [n] by rank (score_rank). */
enum err_code replay_curve(struct replay_curve *out, struct arena *a, const struct replay_spec *spec, const int64_t *row, int domain,
                           struct err *e) NODISCARD;
/* Model-based choice (contaminated.h): error_k = d (y - expected) / T. Ranked from the least |error| up and cumulated with sign, everything from the
 * first point where the sum
 * passes `limit` in size is chosen. chosen: [n]. Source: Di Zio and Guarnera (2013). */
enum err_code select_by_model(uint8_t *chosen, struct arena *a, const double *error, const struct str *unit, int64_t n, double limit, uint64_t seed,
                              struct err *e) NODISCARD;
#endif
