/* form_diff.h -- what changed between two versions of a form, field by field.
 * Compares items, own and shared code lists, checks, tables, layouts and record types by name; the order of rows does not matter except in layouts.
 * Memory   the arena; texts are borrowed from the forms or stand in the arena. Cost: names are looked up one by one, O(n * m), fine for
 * questionnaires. */
#ifndef SHIRABE_FORMS_FORM_DIFF_H
#define SHIRABE_FORMS_FORM_DIFF_H
#include "forms/form.h"

enum form_change { CHANGE_ADDED, CHANGE_REMOVED, CHANGE_ALTERED };
struct form_difference {
  enum form_change change;
  const char *table;  /* "form", "record", "item", "code", "check", "table", "layout" */
  const char *name;   /* "birth_weight", "sex:3" */
  const char *field;  /* column of the table; "" when the whole row was added or removed */
  const char *before, *after; /* "" where there is none */
};
enum err_code form_diff(
    struct arena *a, const struct form *before, const struct form *after, const struct form_difference **out, int64_t *n, struct err *e) NODISCARD;
#endif
