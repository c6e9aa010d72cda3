/* derive.h -- derived items with an expression are computed after typing, in items order, by base/expr; those the ministry codes later stay blank.
 * Status VAL_DERIVED, or VAL_UNKNOWN where the expression has no value, or VAL_NOT_APPLICABLE outside the item's universe. The same on every level.
 * An item that reads child records is VAL_UNKNOWN here: they come in a file of their own. */
#ifndef SHIRABE_COLLECTOR_DERIVE_H
#define SHIRABE_COLLECTOR_DERIVE_H
#include "forms/form.h"

/* The same for many tables of one form: scratch and the tables of code predicates are kept in `kept`, which outlives them, instead of being made for each. */
struct deriver;
struct deriver *deriver_new(struct arena *kept, const struct form *f); /* NULL: no memory */
enum err_code deriver_run(struct deriver *d, struct arena *a, struct table *t, struct err *e) NODISCARD;

enum err_code derive_columns(struct arena *a, const struct form *f, struct table *t, struct err *e) NODISCARD;
#endif
