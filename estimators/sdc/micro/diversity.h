/* diversity.h -- how varied a sensitive variable is inside the groups of equal keys: distinct, entropy and recursive l-diversity, t-closeness. A
 *    report: nothing is changed.
 * Shapes   sensitive: code [records] 1..n_codes, 0 = missing, order of the codes = order of the values for the ordered distance. One row per pattern.
 * Missing  a missing sensitive value is no value: counted in n_missing, left out of the distribution. A group without any value has distinct 0, and
 *          is not judged. A missing key is a value of its own here: the groups are those of equal patterns.
 * Units    entropy is exp(H), so that it compares with l; distances lie in 0..1.
 * Formula  recursive (c, l): r1 < c (r_l + ... + r_m) for the counts r1 >= r2 >= ...; equal distance: half the sum of |p - q|; ordered distance: the
 *          mean of |P - Q| over the m - 1 steps.
 * Errors   E_MICRO_PARAMETER (l below 2, c not above 0, t outside 0..1), E_NO_MEMORY. Cost: records + patterns x codes of the variable.
 * Source   Machanavajjhala et al. (2007); Li, Li & Venkatasubramanian (2007). */
#ifndef SHIRABE_ESTIMATORS_SDC_MICRO_DIVERSITY_H
#define SHIRABE_ESTIMATORS_SDC_MICRO_DIVERSITY_H
#include "estimators/sdc/micro/pattern.h"

struct micro_sensitive {
  const int32_t *code;
  int32_t n_codes;
  bool ordered;
};
struct micro_diversity_limits {
  double l, c, t;
};
struct micro_diversity {
  int64_t *distinct;               /* [patterns] */
  double *entropy, *distance;      /* [patterns] */
  bool *recursive;                 /* [patterns] */
  int64_t n_missing, least_distinct;
  double least_entropy, most_distance;
  /* records in groups that fail each limit */
  int64_t n_below_distinct, n_below_entropy, n_not_recursive, n_beyond_distance;
};
enum err_code micro_diversity_of(struct arena *a, const struct micro_patterns *p, const struct micro_sensitive *s,
    const struct micro_diversity_limits *limits, struct micro_diversity *out, struct err *e) NODISCARD;
#endif
