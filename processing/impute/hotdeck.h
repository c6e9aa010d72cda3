/* hotdeck.h -- hot decks: a missing value takes the value of a donor of the same class, drawn or the last one in a sorted file.
 * Class     a list of class definitions, finest first: class_of[level][i] = class of record i (ids of a level are any numbers >= 0), -1 = in none. A
 *           recipient uses the first level at which its class has min_donors donors or more; with none it stays missing (HOTDECK_NO_CLASS).
 * Donor     value present and not marked as recipient; with `weight`, its weight must be above 0. Recipient: marked. All items of the step come from
 *          one donor.
 * Random    each donor with equal chance, or with chance proportional to its weight d_k (so that the expected total is the weighted one of the
 *           donors). Replicates m >= 1 for multiple imputation draw anew; with `abb` the donors of a class are first drawn with replacement, as many
 *           as there are (approximate Bayesian bootstrap), so that the uncertainty about the donors enters.
 * Sequential the class is ordered by sort_key, ties by unit id; a recipient takes the last donor before it, before the first one the class's
 *           cold-deck row `start` when given (-1: HOTDECK_NO_START). The level is chosen as above.
 * Draws     a function of (seed, unit id, replicate) and the class's donors in order of hash of unit id: not of row order, nor of other recipients.
 * Missing   by status. Errors: E_HOTDECK_*. Memory: 40 bytes per record and level. Cost: one sort per level.
 * Source    Kalton and Kasprzyk (1986), Survey Methodology 12; weighted draw: Rao and Shao (1992), Biometrika 79; ABB: Rubin and Schenker (1986),
 *           JASA 81; collapsing and sequential deck: de Waal, Pannekoek and Scholtus (2011), ch. 7. */
#ifndef SHIRABE_PROCESSING_IMPUTE_HOTDECK_H
#define SHIRABE_PROCESSING_IMPUTE_HOTDECK_H
#include "processing/unit/num_table.h"

enum { HOTDECK_MAX_LEVELS = 8, HOTDECK_MAX_REPLICATES = 1000 };
enum hotdeck_outcome { HOTDECK_FOUND, HOTDECK_NO_CLASS, HOTDECK_NO_START };
struct hotdeck_spec {
  int n_levels;
  const int32_t *class_of[HOTDECK_MAX_LEVELS]; /* [n] each */
  int64_t min_donors;   /* >= 1 */
  const double *weight; /* [n]; NULL = equal chances */
  bool sequential, abb;
  const double *sort_key;  /* [n]; sequential only */
  const int64_t *start;    /* [n] cold-deck row for the record's place, -1 = none; NULL = none at all */
  int n_replicates;        /* 1 unless random and for multiple imputation */
  uint64_t seed;
};
struct hotdeck_data {
  int64_t n;
  const struct str *unit;
  const uint8_t *recipient, *donor; /* [n] 1 = is one; nobody is both */
};
struct hotdeck_result {
  int64_t n_recipients;
  int64_t *row;             /* [n_recipients] ascending by unit id */
  int8_t *level;            /* [n_recipients] that served, -1 */
  uint8_t *outcome;
  int64_t *donor;           /* [n_replicates * n_recipients] row of the donor, -1 */
  int32_t *use;             /* [n] over all replicates */
};
enum err_code hotdeck_run(struct arena *a, const struct hotdeck_spec *s, const struct hotdeck_data *d, struct hotdeck_result *out,
                          struct err *e) NODISCARD;
#endif
