/* relations_tables_impl.h -- what the files behind relations_tables.h share: an empty table with its names, notes in both languages, and figures that
 *    nobody answered. */
#ifndef SHIRABE_ESTIMATORS_RELATIONS_TABLES_IMPL_H
#define SHIRABE_ESTIMATORS_RELATIONS_TABLES_IMPL_H
#include "estimators/relations/relations_tables.h"

/* names: dimensions, then measures; counts without decimals until said otherwise. */
enum err_code relations_begin(struct arena *a, const char *id, const char *ja, const char *en, int64_t rows, int dimensions, int measures,
    const char *const *names, struct relations_table *out, struct err *e) NODISCARD;
/* The rows into their order, and a note on the figures that nobody answered. */
enum err_code relations_end(struct relations_table *t, struct err *e) NODISCARD;
void relations_note(struct relations_table *t, const char *en, const char *ja);
void relations_unknown(struct relations_table *t, const char *en, const char *ja, int64_t n); /* no note for 0 */
/* A sum to which nobody contributed is no 0: it is undefined, with the reason, and asks for a look. */
void relations_undefined(struct relations_table *t, int measure, int64_t row, const char *why);
#endif
