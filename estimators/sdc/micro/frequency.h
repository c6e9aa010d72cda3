/* frequency.h -- how many records share a pattern of key variables, with a named meaning of missing values.
 * Meaning  MICRO_MATCHES_ALL: a missing key agrees with every value, for the record that lacks it and for the others. MICRO_OWN_VALUE: missing is a
 *          value like others. MICRO_COUNTS_ALPHA: agreement through a missing value counts alpha (0..1), equal patterns count 1.
 *          MICRO_OTHERS_ALPHA: only what others lack counts alpha; whole records that agree with what a record has count 1 for it, and a record
 *          without any key agrees with all.
 * Shapes   by pattern: same = records of this very pattern, wild = other records that agree through a missing value, whole = those of them that
 *          lack no key; sums of weights the same way.
 * Units    counts in records, weights in units of the population.
 * Method   for each two sets of missing keys, patterns are grouped on the keys that both have.
 * Errors   E_NO_MEMORY. Memory: 32 bytes a pattern. Cost: patterns x distinct sets of missing keys.
 * Source   sdcMicro 5.8.1 freqCalc, whose default is MICRO_MATCHES_ALL; its alpha is MICRO_OTHERS_ALPHA. */
#ifndef SHIRABE_ESTIMATORS_SDC_MICRO_FREQUENCY_H
#define SHIRABE_ESTIMATORS_SDC_MICRO_FREQUENCY_H
#include "estimators/sdc/micro/pattern.h"

enum micro_missing { MICRO_MATCHES_ALL, MICRO_OWN_VALUE, MICRO_COUNTS_ALPHA, MICRO_OTHERS_ALPHA };
struct micro_meaning {
  enum micro_missing missing;
  double alpha; /* of the last two */
};
struct micro_frequency {
  const struct micro_patterns *patterns;
  int64_t *same, *wild, *whole;                     /* [patterns] */
  double *same_weight, *wild_weight, *whole_weight; /* [patterns] */
  int64_t n; /* records, and their weight */
  double weight;
};
enum err_code micro_frequency_of(struct arena *a, const struct micro_patterns *p, struct micro_frequency *out, struct err *e) NODISCARD;
double micro_count(const struct micro_frequency *f, struct micro_meaning meaning, int32_t pattern);  /* f_k */
double micro_weight(const struct micro_frequency *f, struct micro_meaning meaning, int32_t pattern); /* estimated F_k */
/* Records whose count lies below k. */
int64_t micro_below(const struct micro_frequency *f, struct micro_meaning meaning, double k);
bool micro_meaning_parse(const char *name, enum micro_missing *out); /* "matches-all", "own-value", "counts-alpha", "others-alpha" */
#endif
