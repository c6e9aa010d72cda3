/* outcheck_hierarchy.h -- levels within a dimension of a table that wants to go out: region over prefecture over municipality. The codes of one
 *          parent add up to it;
 * codes without a parent add up to "_T". Without it a table that holds several levels does not add up, which is a finding for a person
 *          (not-additive).
 * Form     CSV with the columns column, code, parent; column is a dimension of the table.
 * Errors   E_OUTPUT_HIERARCHY: no row, a code twice, a parent that is no code and no "_T", a circle.
 * Memory   the arena; looking up is logarithmic. */
#ifndef SHIRABE_ESTIMATORS_SDC_OUTCHECK_HIERARCHY_H
#define SHIRABE_ESTIMATORS_SDC_OUTCHECK_HIERARCHY_H
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum { OUTCHECK_HIERARCHY_MAX = 100000 };
struct outcheck_link {
  struct str column, code, parent;
};
struct outcheck_hierarchy {
  const struct outcheck_link *link; /* by column and code */
  int64_t n;
};
enum err_code outcheck_hierarchy_csv(struct arena *a, const char *name, struct str text, struct outcheck_hierarchy *out, struct err *e) NODISCARD;
/* Place of a code, -1 = none. */
int64_t outcheck_link_at(const struct outcheck_hierarchy *h, struct str column, struct str code);
/* "_T" for a code without a parent; "" for "_T" itself. h NULL = no levels. */
struct str outcheck_parent(const struct outcheck_hierarchy *h, struct str column, struct str code);
#endif
