/* cmd_anonymise_store.h -- the records of a recipe's form from the store: read under the log, checked against the form, joined with their
 * households.
 * Form     recipe->form is SURVEY/FORM; a form with two record types gives households (the first) and people (the second).
 * Columns  only those that the recipe names are read; an item that the store does not hold is E_MICRO_VARIABLE.
 * Lineage  canonical JSON without time: dataset, form, shards by content, recipe, program. The digest of the data is that of the lineage.
 * Errors   E_MICRO_COVER, E_MICRO_NO_RECORDS, E_ESTIMATE_STALE, E_GRANT_*, those of the store. Memory: the records twice, in the arena. */
#ifndef SHIRABE_ESTIMATORS_CMD_ANONYMISE_STORE_H
#define SHIRABE_ESTIMATORS_CMD_ANONYMISE_STORE_H
#include "estimators/command/cmd_anonymise.h"
#include "forms/form.h"
#include "secure-store/store.h"

struct anonymise_dataset {
  const char *survey, *period, *stage; /* stage NULL = imputed */
};
/* *form: the labels of its codes go into the codebook. */
enum err_code anonymise_load(struct store *s, struct arena *a, const struct anonymise_dataset *d, struct anonymise *x, struct str *lineage,
    const struct form **form, struct err *e) NODISCARD;
#endif
