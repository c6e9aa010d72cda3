/* relations_tables_impl.h -- what the files behind relations_tables.h share: an empty table with its names, and the note on what is not answered. */
#ifndef SHIRABE_ESTIMATORS_RELATIONS_TABLES_IMPL_H
#define SHIRABE_ESTIMATORS_RELATIONS_TABLES_IMPL_H
#include "estimators/relations/relations_tables.h"

/* names: dimensions, then measures; counts without decimals until said otherwise. */
enum err_code relations_begin(struct arena *a, const char *id, const char *ja, const char *en, int64_t rows, int dimensions, int measures,
    const char *const *names, struct result_table **out, struct err *e) NODISCARD;
void relations_unknown(struct result_table *t, const char *what, int64_t n); /* no note for 0 */
#endif
