/* sdc_primary.h -- primary suppression of a result table by a named profile.
 * Rules    those of sdc_rule.h on all contributions of every cell, judged while the table was made (sdc_cells.h: `judged`, of a ratio also
 *          `judged_y`); a figure without contributions (counts, rates of published aggregates) by the frequency rule alone. 0 < n < min_n
 *          unweighted units, after merging those of one owner, hides; 0 is shown.
 * Effect   a suppressed figure loses value, se, cv and df; n is hidden when it was the reason. Every hidden figure carries the rule that decided.
 * Linked   figures that an identity ties together within a row go together: C = B + O, G = C + S, H = Hs + Ho, e1 = e0 + inc - dec, and with the
 *          part-time row of a size and industry the part-time count and share of the row of all workers.
 * Units    of the figure where the measure knows them (n_used), else of the row: a mean over 3 stated values among 12 units is a figure of 3.
 * Quantile one of which n x min(p, 1 - p) is below min_n is hidden: it would be the answer of one unit. Nothing else of the row is hidden with it.
 * Request  a profile with the request rule hides nothing for few units: only who asked is protected.
 * Source   Hundepool et al. (2012) Statistical Disclosure Control ch. 4; METI Census of Manufactures hides figures of one or two establishments;
 *          the limits of Japanese on-site facilities are not public: profiles carry their status. Cost: O(rows x measures). */
#ifndef SHIRABE_ESTIMATORS_SDC_PRIMARY_H
#define SHIRABE_ESTIMATORS_SDC_PRIMARY_H
#include "estimators/sdc/sdc_profile.h"
#include "estimators/table/result_table.h"

struct sdc_primary_report {
  int64_t n_cells, n_small, n_dominated, n_p_percent, n_request, n_zero_group;
  int64_t n_linked; /* would follow from a suppressed figure of its row */
};
int64_t sdc_suppressed(const struct sdc_primary_report *r); /* all of them */
void sdc_primary(struct result_table *t, const struct disclosure_profile *profile, struct sdc_primary_report *report);
/* What a person reads for each rule; the text of the hidden figure. */
const char *sdc_reason_text(enum sdc_reason r);
const char *sdc_linked_reason(void);
const char *sdc_tail_reason(void); /* of a quantile alone: nothing else of its row follows from it */
/* The part-time count and share of the row of all workers where the part-time row is hidden: after any further hiding too. */
void sdc_hide_part_time(struct result_table *t, struct sdc_primary_report *report);

/* A finished table of others, of which only n, the two largest contributions and the total are known. */
struct sdc_profile {
  const char *name, *status;
  int64_t min_n;
  int dominance_n; /* 0 = no dominance rule, 1 or 2 */
  double dominance_percent, p_percent; /* p 0 = no rule */
};
/* Why one figure is unsafe; NULL = safe. n -1 = not known. */
const char *sdc_unsafe(const struct sdc_profile *p, int64_t n, bool has_contributions, double top1, double top2, double total);
#endif
