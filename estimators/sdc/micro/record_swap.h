/* record_swap.h -- targeted record swapping: households that stand out in their area change places with similar ones elsewhere.
 * Shapes   levels of the hierarchy from the widest to the smallest area, columns of a table; risk: columns that single people out; similar: columns
 *          of the household's first record that both must share, the most important first. Everything in place.
 * Method   a household is at risk at a level when one of its records has fewer than k with the same risk columns in its area of that level. Level by
 *          level, from the widest, each household at risk that was not swapped yet gets a partner from another area of the level: of the same size
 *          and similar columns, at keyed random; without one the last similar column is given up, and the next; the size never. Then, at the smallest
 *          level, more households are swapped at random until `rate` of each area's households are. Pairs exchange all areas; nobody moves twice.
 * Missing  a missing area, risk or similar value is a value of its own. Units: k in records, rate 0..1 of households.
 * Errors   E_MICRO_KEYS (number of columns), E_MICRO_PARAMETER, E_NO_MEMORY. Households without any partner are counted and stay.
 * Memory   about 60 bytes a household. Cost: sorting households for each number of similar columns; partners are found in about constant time.
 * Source   Shlomo, Tudor & Groom (2010), PSD 2010, LNCS 6344, 41-51; swapping in anonymised census data: Statistics Commission, report 44 (2013). */
#ifndef SHIRABE_ESTIMATORS_SDC_MICRO_RECORD_SWAP_H
#define SHIRABE_ESTIMATORS_SDC_MICRO_RECORD_SWAP_H
#include "estimators/sdc/micro/rows.h"

struct micro_swap_plan {
  int n_levels, n_risk, n_similar;
  const char *const *level, *const *risk, *const *similar;
  int64_t k;
  double rate;
};
struct micro_swapped {
  int64_t n_at_risk, n_at_risk_swapped, n_without_partner; /* households, each at the widest level where it is at risk and still unswapped */
  int64_t n_random, n_households;                          /* swapped for the rate; swapped in all */
  int32_t *partner;                                        /* [units] the household that it changed places with, -1 = none */
};
enum err_code micro_record_swap(struct arena *a, struct table *t, const struct micro_units *u, const struct micro_stream *s,
    const struct micro_swap_plan *plan, struct micro_swapped *out, struct err *e) NODISCARD;
#endif
