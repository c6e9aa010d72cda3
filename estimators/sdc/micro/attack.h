/* attack.h -- how well somebody links who knows every key of a record before it was blanked, and knows that a blank may stand for any value.
 * Attacker takes as candidates all records of the protected file that do not contradict what he knows, and one of them at random: his chance for a
 *          record is 1 / candidates, the record itself never contradicts. k-anonymity with blanks that match all does not bound it: a record
 *          blanked in one key may be the only one that fits its true value. Local suppression with `strict` does: k or more of its kind fit.
 * Shapes   keys [n] before, blanked [n] sets of keys. Missing: a key that was missing before is unknown to the attacker too.
 * Out      n_below: records with fewer than k candidates; least; rate: mean chance; greatest chance.
 * Errors   E_NO_MEMORY. Memory: both sets of patterns. Cost: (sets of missing before x sets after) x patterns. Source: own; the principle is that of
 *          Samarati & Sweeney (1998): indistinguishable from k - 1 others in what the attacker sees. */
#ifndef SHIRABE_ESTIMATORS_SDC_MICRO_ATTACK_H
#define SHIRABE_ESTIMATORS_SDC_MICRO_ATTACK_H
#include "estimators/sdc/micro/pattern.h"

struct micro_attack {
  int64_t n_below, least;
  double rate, greatest;
};
enum err_code micro_attack_of(struct arena *a, const struct micro_keys *keys, const uint32_t *blanked, int64_t k, struct micro_attack *out,
    struct err *e) NODISCARD;
#endif
