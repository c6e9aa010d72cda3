/* register_link.h -- the equations of several released tables about the same units, taken together.
 * Cells    each distinct set of units that stands behind a row, a base, or a joint base (units that no table parts) is one cell; a row is the
 * sum of its bases, a base of its joint bases. Published rows are known, all else is not. Judged   by linear algebra (suppress/linear.h), for
 * the pattern of one measure: hidden rows, and joint bases of 1 .. t-1 units that have not changed. What the side that hides a row determines
 * alone is left out, and a part that either side determines: that is no matter of both. Limits   REGISTER_LINK_MOST joint bases; beyond it
 * nothing is judged and *computed is false. Cost     elimination over the hidden cells. Errors: E_NO_MEMORY, E_SDC_*. */
#ifndef SHIRABE_ESTIMATORS_SDC_REGISTER_LINK_H
#define SHIRABE_ESTIMATORS_SDC_REGISTER_LINK_H
#include "estimators/sdc/register/register_impl.h"

enum { REGISTER_LINK_MOST = 6000, REGISTER_LINK_TABLES = 64 };
struct register_side { /* one table and where it stands */
  const struct register_entry *entry;
  const struct register_table *table;
};
struct register_found {
  int side; /* table that hides the row; -1: a part of few units */
  int64_t row;
  int near_side; /* of a part: rows whose sets it is cut from, one new and one old; -1 = none */
  int64_t near_row;
};
/* Side 0 is the new table. changed: tokens of changed units, rising. measure: name; NULL = the number of units. */
enum err_code register_link(struct arena *a, const struct register_side *side, int n_sides, const char *measure, const uint64_t *changed,
    int64_t n_changed, int64_t min_n, struct register_found **found, int64_t *n_found, bool *computed, struct err *e) NODISCARD;
#endif
