/* donor_match.h -- which items bear on the flagged ones: the unflagged variables of edits that still bind once the good values are put in.
 * Method   put good values into each edit; equations stay and are solved for some flagged items; of the inequalities left (lower bounds of flagged
 *          items among them) each is dropped, last written first and bounds before edits, when the rest implies it (its largest value under the rest
 *          is within its bound). One dimension left: intervals. More: linear programmes.
 * Inconsistent  when no value of the flagged items satisfies the edits, every edit with a flagged item counts as binding.
 * Source   Functional Description of Banff (system matching fields); redundancy by linear programming: Telgen (1983), Management Science 29.
 * Memory   scratch of the arena, reset before return. Cost: O(m q^2) for q flagged items, and at most m small programmes. */
#ifndef SHIRABE_PROCESSING_IMPUTE_DONOR_MATCH_H
#define SHIRABE_PROCESSING_IMPUTE_DONOR_MATCH_H
#include "processing/edit/linear_edit.h"

/* x, flagged: [p] of the system; binding: [m] is set. */
enum err_code donor_match(struct arena *a, const struct linear_system *s, const double *x, const bool *flagged, bool *binding,
                          struct err *e) NODISCARD;
#endif
