/* suppress_local.h -- k-anonymity by blanking single key values: which records lose which keys, as a covering problem over patterns.
 * Shapes   m keys, importance [m]: cost of blanking one value of the key, above 0; 0 = the key may never be blanked; NULL = 1 each. blanked [n
 *          records]: set of keys to blank. household [n records] or NULL: dense id of the household; keys of `household_keys` have one value for a
 *          whole household and are blanked in all its members or in none.
 * Meaning  of a missing value: it agrees with every value (MICRO_MATCHES_ALL).
 * Sharing  a record that lacks a key counts for its neighbours too. With `share` = s, records that lack at most s keys through us may carry others,
 *          which then stay whole; 0 = every record below k is itself blanked until k records agree with what is left of it (the default of a recipe).
 *          By the letter of k-anonymity with missing values all are met; but a carried record is still the only one that agrees in every value,
 *          and share = m reaches k = 3 with two wholly blank records: n_carried says how many lean on others.
 * Strict   that meaning does not bound an attacker who knows all keys: a record blanked in one key may be the only one that fits its true value. With
 *          micro_suppress_strict each pattern, blanks included, has k records or more (suppress_strict.c, heuristic); attack.h measures both.
 * Method   (1) for each pattern below k the cheapest set of keys whose removal leaves k agreeing records; (2) cells of the projections that drop at
 *          most `share` keys, by cost per record fixed, as long as they are cheaper than (1); (3) the rest as in (1); (4) values are given back, the
 *          dearest first, wherever all counts hold. Counts of (2) are exact for data without missing values and too low, never too high, with.
 * Optimal  share = 0: no cheaper set of blanks exists under that rule (proof: patterns are independent). share > 0: heuristic.
 * Errors   E_MICRO_PARAMETER (k below 2, share, importance), E_NO_MEMORY. Patterns that no allowed blanking can help are counted in n_unsolved.
 * Memory   some 100 bytes a pattern and 60 a pattern below k and projection. Cost: projections x patterns.
 * Source   own; compared with sdcMicro 5.8.1 localSuppression, which blanks record by record. */
#ifndef SHIRABE_ESTIMATORS_SDC_MICRO_SUPPRESS_LOCAL_H
#define SHIRABE_ESTIMATORS_SDC_MICRO_SUPPRESS_LOCAL_H
#include "estimators/sdc/micro/frequency.h"

struct micro_suppress_options {
  int64_t k;
  int share;
  const double *importance;
  const int32_t *household;
  uint32_t household_keys;
};
struct micro_suppression {
  uint32_t *blanked;                   /* [n records] */
  int64_t n_blanks[MICRO_KEYS_MOST];
  int64_t n_all, n_records;            /* values blanked, records that lost a value */
  int64_t n_violating;                 /* records below k before */
  int64_t n_carried;                   /* of them: kept whole, because blanked neighbours agree with them */
  int64_t n_unsolved;                  /* of them: below k still */
  int64_t n_restored;                  /* values given back by (4) */
  double cost;
};
enum err_code micro_suppress(struct arena *a, const struct micro_keys *keys, const struct micro_patterns *p, const struct micro_suppress_options *o,
    struct micro_suppression *out, struct err *e) NODISCARD;
/* Sharing is not used; n_carried and n_restored stay 0. */
enum err_code micro_suppress_strict(struct arena *a, const struct micro_keys *keys, const struct micro_suppress_options *o,
    struct micro_suppression *out, struct err *e) NODISCARD;
/* Every set of at most `size` of the keys in turn, until a round changes nothing; blanked of all rounds together. *n_rounds: rounds made. */
enum err_code micro_suppress_all(struct arena *a, const struct micro_keys *keys, int size, const struct micro_suppress_options *o,
    struct micro_suppression *out, int *n_rounds, struct err *e) NODISCARD;
/* Copies of the keys with the values of `blanked` missing. */
enum err_code micro_keys_blank(struct arena *a, const struct micro_keys *k, const uint32_t *blanked, struct micro_keys *out, struct err *e) NODISCARD;
#endif
