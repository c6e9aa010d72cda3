/* mls_plan.h -- the approved survey plan as data: which strata are taken whole and which are sampled at what rate (plan.md).
 * Rules    by industry, size and prefecture group; "*" stands for any. The rule that names most of the three decides; of equals the later one.
 *          A stratum without a rule is outside the plan: nothing is surveyed by default.
 * Weights  of sampled strata are what the draw gives, M/m exactly; the plan fixes the rate, or gives "any" where the allocation decides.
 * Members  rules; optional sample (establishments as published), program and weights (SHA-256 of the estimation program and of the weight table).
 * Strict   a member that is not named here, or is of another type (3 for "3", "16" for 16), is refused with the number of its rule: what is not
 *          understood would not be proved.
 * Signing  the text is signed as a whole outside of this file (the layers below know no keys); exceptions come with the number of their signers.
 * Errors   E_MLS_PLAN_FORMAT, those of JSON. Memory: arena. Cost: O(rules).
 * Source   毎月勤労統計調査等に関する特別監察委員会 報告書 (2019): rates were changed outside of the plan and nothing compared the two. */
#ifndef SHIRABE_ESTIMATORS_MLS_PLAN_H
#define SHIRABE_ESTIMATORS_MLS_PLAN_H
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct mls_plan_rule {
  struct str industry, size, prefecture; /* "*" = any */
  bool take_all, any_rate;
  int64_t num, den; /* weight: frame per drawn establishment; 1/1 when take-all */
};
struct mls_plan {
  struct mls_plan_rule *rules;
  int32_t n_rules;
  int64_t sample;              /* published number of establishments; -1 = the plan does not say */
  struct str program, weights; /* hexadecimal SHA-256; "" = the plan does not say */
};
enum err_code mls_plan_read(struct arena *a, const char *name, const char *json, size_t n, struct mls_plan *out, struct err *e) NODISCARD;
/* NULL = outside the plan. */
const struct mls_plan_rule *mls_plan_rule_of(const struct mls_plan *p, struct str industry, struct str size, struct str prefecture);
#endif
