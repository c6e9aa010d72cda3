/* suda.h -- special uniques: the smallest sets of keys that single a record out, and the score made of them.
 * Shapes   m keys; score, dis [records]; by key: the part of the scores that its sets hold.
 * Missing  a record is not singled out by a set that holds a key it lacks, and does not count among the others for such a set.
 * Formula  a minimal sample unique of size s scores (m - s)!, or with `subsets` (2^(m-s) - 1) s! (m-s)!/m! (the scores of the IHSN's practice guide,
 *          the default of sdcMicro); a record the sum over its sets. DIS of the file: U pi / (U pi + P (1 - pi)) with U
 *          sample uniques, P records in pairs, pi the sampling fraction; of a record: 1 / (1 + (U/DIS - U) / (score^Q sum score^-Q)), Q = 1 + (8 -
 *          m)/20.
 *          Without records in pairs DIS is 1 for every special unique: the file then says nothing about chance.
 * Method   uniqueness only grows with the set, so a set is minimal when none of the sets with one key less is unique.
 * Errors   E_MICRO_PARAMETER (fraction, largest set), E_NO_MEMORY. Memory: 128 bytes a sample unique. Cost: 2^m x patterns.
 * Source   Elliot, Manning & Ford (2002), special uniques detection; scores checked on the 10 records of the SDC practice guide. */
#ifndef SHIRABE_ESTIMATORS_SDC_MICRO_SUDA_H
#define SHIRABE_ESTIMATORS_SDC_MICRO_SUDA_H
#include "estimators/sdc/micro/pattern.h"

struct micro_suda_options {
  int largest;     /* sets of at most so many keys; 0 = all */
  double fraction; /* sampling fraction, above 0, below 1 */
  bool subsets;    /* the second scores */
};
struct micro_suda {
  double *score, *dis; /* [records] */
  int64_t *n_sets;     /* [records] minimal sample uniques */
  int64_t n_unique, n_special, n_pairs; /* sample uniques, records with a score, records in pairs */
  double file_dis, highest;
  double key_share[MICRO_KEYS_MOST]; /* score held by sets with the key / all scores */
  int64_t sets_of_size[MICRO_KEYS_MOST + 1];
};
enum err_code micro_suda_of(struct arena *a, const struct micro_patterns *p, const struct micro_suda_options *o, struct micro_suda *out,
    struct err *e) NODISCARD;
#endif
