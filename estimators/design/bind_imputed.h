/* bind_imputed.h -- "imputed" of a plan and the columns of its records made into items whose figures count what imputation adds to their variance.
 * Flag     1 = imputed, 0 = answered; without a column the status of the value in the store (VAL_IMPUTED).
 * Class    codes of the columns crossed; none = one class for all. A record without a value of the item is in no class.
 * Missing  only where the item is missing too may flag, class or auxiliary be missing.
 * Errors   E_DATA_COLUMN, E_DATA_VALUE with column and record (a flag that is not 0 or 1, a flagged value that is missing, a missing class, an
 *          auxiliary that is not above 0), E_IMPUTED_STATUS (no flag, and the data are no records of the store). Whether each class has answers is
 *          asked when a figure is made (imputed.h).
 * Memory   5 bytes a record and item. Cost: O(n items). Source: imputed.h. */
#ifndef SHIRABE_ESTIMATORS_DESIGN_BIND_IMPUTED_H
#define SHIRABE_ESTIMATORS_DESIGN_BIND_IMPUTED_H
#include "estimators/design/columns.h"
#include "estimators/design/survey_plan.h"

struct bound_imputed {
  struct imputed_item item; /* its number of imputed values among them */
  const char *how;          /* "ratio to x within class", for notes */
};
struct imputed_source {
  bool as_observed; /* whatever the plan says */
  bool graded;      /* statuses are those of the store: VAL_IMPUTED is told. Of a file every value is reported or blank */
};
struct survey_imputed {
  bool as_observed; /* at the user's word: nothing is counted, every table says so */
  int n;
  const struct bound_imputed *item;
};
enum err_code survey_bind_imputed(struct arena *a, const struct survey_plan *plan, const struct survey_columns *columns,
    const struct imputed_source *from, struct survey_imputed *out, struct err *e) NODISCARD;
/* The item of that name with imputed values that are not to be taken as observed; NULL = none. imputed may be NULL. */
const struct bound_imputed *survey_imputed_item(const struct survey_imputed *imputed, const char *name);
#endif
