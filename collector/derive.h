/* derive.h -- derived items with an expression are computed after typing, in items order, by base/expr; those the ministry codes later stay blank.
 * Status VAL_DERIVED, or VAL_UNKNOWN where the expression has no value, or VAL_NOT_APPLICABLE outside the item's universe. The same on every level. */
#ifndef SHIRABE_COLLECTOR_DERIVE_H
#define SHIRABE_COLLECTOR_DERIVE_H
#include "forms/form.h"

enum err_code derive_columns(struct arena *a, const struct form *f, struct table *t, struct err *e) NODISCARD;
#endif
