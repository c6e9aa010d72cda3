/* edit_rule.h -- a form's expressions joined with a shard's columns, and the list of columns that prev() and frame() need.
 * Errors   E_EDIT_NO_COLUMN: the current data lack an item. A column that the previous period or the register lacks is blank (counted by
 *          unit_join). */
#ifndef SHIRABE_PROCESSING_EDIT_EDIT_RULE_H
#define SHIRABE_PROCESSING_EDIT_EDIT_RULE_H
#include "forms/form.h"
#include "processing/unit/unit_shard.h"

enum err_code edit_bind(struct arena *a, const struct expr *x, const struct unit_shard *shard, struct expr_binding *out, struct err *e) NODISCARD;

struct name_set { /* distinct names in order of addition; borrowed */
  struct arena *arena;
  const char **names;
  int n, capacity;
};
enum err_code name_set_add(struct name_set *s, const char *name, struct err *e) NODISCARD;
/* Adds the names of x's slots of one kind; x NULL allowed. */
enum err_code edit_wanted(struct name_set *s, const struct expr *x, enum expr_slot_kind kind, struct err *e) NODISCARD;
/* The same over all checks, universes and derived items of a form. */
enum err_code edit_wanted_by_form(struct name_set *s, const struct form *form, enum expr_slot_kind kind, struct err *e) NODISCARD;
#endif
