/* perturb.h -- alternatives to suppression, each with its loss of information.
 * Controlled rounding   every cell becomes one of its two neighbouring multiples of the base, all relations hold, the sum of changes is smallest
 *          (GLPK's
 *                       branch and cut, `seconds`). extra = 1: one more step each way, for tables that have no such rounding. Up to some thousand
 *                       cells.
 * Small counts          only inner cells that feed a value of 1 .. base - 1 change, to 0 or the base; totals follow by adding (Langsrud & Heldal
 *          2018).
 *                       Greedy: the inner cell whose rounding up brings the published values nearest to the true ones, first among equals.
 * Redact, then round    values below a threshold become 0 with a mark, the others the nearest multiple (halves up): a rounded value cannot tell a
 *          redacted one.
 * Shapes   out [n_cells] in units of the table. Errors: E_SDC_NO_ROUNDING, E_SDC_SIZE. Same input, same result, except where `seconds` ends the
 *          search.
 * Source   Hundepool et al., Handbook on SDC, 2nd ed., 5.2-5.4; Langsrud & Heldal (2018), PLSrounding; Salazar (2005) for controlled rounding. */
#ifndef SHIRABE_ESTIMATORS_SUPPRESS_PERTURB_H
#define SHIRABE_ESTIMATORS_SUPPRESS_PERTURB_H
#include "estimators/sdc/suppress/cells.h"

struct perturb_loss {
  int32_t n, n_changed;
  double largest, mean, root_mean_square, sum; /* of |difference|, published units */
  double hellinger_utility;                    /* 1 - Hellinger distance / root of the total; counts only */
  int32_t n_totals;                            /* cells that are part of no sum */
  double totals;                               /* largest relative change of these, as a share */
  double rank;                                 /* Spearman's correlation of ranks, ties at their mean; 1 where all are equal */
};
void perturb_loss(const struct cell_table *t, const int64_t *out, const uint8_t *counted, struct perturb_loss *loss); /* counted NULL = all */
enum err_code round_controlled(
    const struct cell_table *t, int64_t base, int extra, double seconds, int64_t *out, bool *proved, struct err *e) NODISCARD;
enum err_code round_small(const struct cell_table *t, int64_t base, int64_t *out, struct err *e) NODISCARD;
/* zeros: 0 is marked as well; without it a marked total of two marked parts tells all three. */
void redact_then_round(const struct cell_table *t, int64_t threshold, int64_t base, bool zeros, int64_t *out, uint8_t *redacted);
/* What an outsider may still think of each cell: [low, high] before he uses the sums. */
void rounding_intervals(const struct cell_table *t, const int64_t *out, const uint8_t *redacted, int64_t threshold, int64_t base, bool nearest,
    bool zeros, int64_t *low, int64_t *high);
/* The attacker of a changed table: every cell lies in its interval and the sums of the true table hold. gap (0: none): a cell whose interval begins
 * at 0 is 0 or at least this, because what lies between would be marked. n_small cells of value 1 .. threshold - 1; exact are
 * those for which no other
 * table of whole numbers was found that agrees with all he knows (also where the search ran out of time: on the safe side); first: the first of
 * them, -1. A cell for which no table was found by the way costs one of `most` searches; n_judged < n_small: they did not suffice, and the table
 * must not be published. all: count every known cell, else stop at the first. Cost: up to 24 programmes for all small cells, then at most two and two
 * searches by branching (20 s each) for each cell that is left.
 * Errors: E_NO_MEMORY. */
struct interval_attack {
  int32_t n_small, n_judged, n_exact, first;
};
enum err_code perturb_attack(const struct cell_table *t, const int64_t *low, const int64_t *high, int64_t gap, int64_t threshold,
    int32_t most, bool all, struct interval_attack *out, struct err *e) NODISCARD;
/* Every relation holds in `out`. */
bool perturb_additive(const struct cell_table *t, const int64_t *out);
#endif
