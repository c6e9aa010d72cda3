/* sdc_rule.h -- the primary rules on all contributions of one cell, with the protection level each rule asks for. Every cell of a table of the store
 *    is judged here (sdc_cells.h).
 * Units    contributions in the unit of the item, sorted by the function; holdings are merged first: several units of one owner are one.
 * Rules    frequency: 0 < n < min_n unweighted units. (n,k): x1 + .. + xn > k/100 X. p%: X - x1 - .. - x(c+1) < p/100 x1, c = coalition (1 = the
 *          second contributor alone). p/q: the same with p/q. Waivers: x1 is the largest without waiver, the
 *          attackers are the c largest others. Request: only who asked and has more than
 *          the limit's share is protected.
 * Levels   (n,k): 100/k (x1 + .. + xn) - X; p%: p/100 x1 - rest; at least `safety_range` percent of |X| where the frequency rule decided. Below and
 *          above alike.
 * Weights  none; repeat: each unit counts round(w) times (not with holdings); raw: weighted total, unweighted largest. Which one is part of the
 *          profile and of the report.
 * Negative values count by size (|x|); the caller marks the table as without floor. (1,k) alone does not protect against the second contributor.
 * Zeros    n = 0: empty, known, safe; n > 0 and all values 0: unsafe where `zero_is_group` is set.
 * Errors   E_SDC_PROFILE_RULE. Cost: O(n x looked at), with holdings O(n log n).
 * Source   Hundepool et al., Handbook on SDC, 2nd ed., 4.2; tau-ARGUS manual 4.1, ch. 2. */
#ifndef SHIRABE_ESTIMATORS_SDC_RULE_H
#define SHIRABE_ESTIMATORS_SDC_RULE_H
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

enum sdc_weights { SDC_WEIGHTS_NONE, SDC_WEIGHTS_REPEAT, SDC_WEIGHTS_RAW };
enum sdc_reason { SDC_SAFE, SDC_FEW, SDC_DOMINATED, SDC_P_PERCENT, SDC_REQUEST, SDC_ZERO_GROUP, SDC_N_REASONS };
struct sdc_rule {
  const char *name, *status; /* of the profile: "confirmed" or "unconfirmed" */
  int64_t min_n;             /* 0 = no rule */
  int dominance_n;           /* 0 = no rule */
  double dominance_percent;
  double p, q;      /* p 0 = no rule; q 0 = 100 */
  int coalition;    /* 0 = 1 */
  bool request;     /* protects only who asked */
  double request_percent;
  bool zero_is_group;
  double safety_range; /* percent */
  enum sdc_weights weights;
};
struct sdc_contribution {
  double value, weight;
  int64_t holding; /* -1 = stands alone */
  bool waiver, asked;
  int64_t unit; /* whose it is, as the caller counts */
};
struct sdc_judgement {
  enum sdc_reason reason;
  int64_t n;           /* units after merging */
  double total, largest, second, level;
  double sum, weight; /* sum of w x with its sign, sum of w: what a mean or a ratio gives away */
  int64_t owner;      /* holding or unit of the largest contribution; of use where n is 1 */
  bool negative;      /* some value is below 0 */
};
/* x is sorted and merged in place. */
enum err_code sdc_judge(const struct sdc_rule *rule, struct sdc_contribution *x, int64_t n, struct sdc_judgement *out, struct err *e) NODISCARD;
enum err_code sdc_rule_check(const struct sdc_rule *rule, struct err *e) NODISCARD;
const char *sdc_reason_word(enum sdc_reason r); /* few, dominated, ... */
#endif
