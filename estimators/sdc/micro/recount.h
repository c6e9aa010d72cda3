/* recount.h -- the count of patterns once more by another way: sorting instead of hashing, sharing no code with frequency.c, so that a suppressed
 *    file is not judged by the program that suppressed it.
 * Shapes   keys as in pattern.h; blanked: [n] set of keys blanked per record, or NULL. A missing or blanked key agrees with every value.
 * Out      n_below: records with fewer than k agreeing records (themselves counted); least: the smallest such count (0 without records).
 * Errors   E_NO_MEMORY. Memory: 8 (m + 1) bytes a record. Cost: sorting the records, then each two sets of missing keys among the patterns. */
#ifndef SHIRABE_ESTIMATORS_SDC_MICRO_RECOUNT_H
#define SHIRABE_ESTIMATORS_SDC_MICRO_RECOUNT_H
#include "estimators/sdc/micro/pattern.h"

struct micro_recount {
  int64_t n_below, least;
};
enum err_code micro_recount(struct arena *a, const struct micro_keys *keys, const uint32_t *blanked, int64_t k, struct micro_recount *out,
    struct err *e) NODISCARD;
#endif
