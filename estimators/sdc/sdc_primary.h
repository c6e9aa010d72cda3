/* sdc_primary.h -- primary suppression of a result table by a named profile.
 * Rules    n < min_n unweighted units (0 is shown); dominance: the `dominance_n` (1 or 2) largest contributions above `dominance_percent` of the
 *          total; p-percent: total - x1 - x2 < p/100 x1. Contributions are unweighted, the total is the estimate.
 * Effect   a suppressed figure loses value, se, cv and df; n is hidden when it was the reason. Every hidden figure carries the rule that decided.
 * Linked   figures that an identity ties together within a row go together: C = B + O, G = C + S, H = Hs + Ho, e1 = e0 + inc - dec, and with the
 *          part-time row of a size and industry the part-time count and share of the row of all workers.
 * Units    of the figure where the measure knows them (n_used), else of the row: a mean over 3 stated values among 12 units is a figure of 3.
 * Missing  a measure without contributions (counts, rates of published aggregates) is judged by n only.
 * Source   Hundepool et al. (2012) Statistical Disclosure Control ch. 4; METI Census of Manufactures hides figures of one or two establishments;
 *          the limits of Japanese on-site facilities are not public: profiles carry their status. Cost: O(rows x measures). */
#ifndef SHIRABE_ESTIMATORS_SDC_PRIMARY_H
#define SHIRABE_ESTIMATORS_SDC_PRIMARY_H
#include "estimators/table/result_table.h"

struct sdc_profile {
  const char *name, *status; /* status: "confirmed", "unconfirmed", as in the profile file */
  int64_t min_n;
  int dominance_n;           /* 0 = no dominance rule */
  double dominance_percent, p_percent; /* p 0 = no rule */
};
struct sdc_primary_report {
  int64_t n_cells, n_small, n_dominated, n_p_percent, n_linked; /* n_linked: would follow from a suppressed figure of its row */
};
int64_t sdc_suppressed(const struct sdc_primary_report *r); /* all of them */
void sdc_primary(struct result_table *t, const struct sdc_profile *profile, struct sdc_primary_report *report);
/* Why one figure is unsafe; NULL = safe. n -1 = not known. */
const char *sdc_unsafe(const struct sdc_profile *p, int64_t n, bool has_contributions, double top1, double top2, double total);
#endif
