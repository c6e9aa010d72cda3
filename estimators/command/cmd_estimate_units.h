/* cmd_estimate_units.h -- for the register of released tables: which units stand behind each row of a table. For the cmd_ files only.
 * Units    records by the keys of their type, as tokens under the store's own key (form, period and key). Known for tables over records and for
 * the roll-ups of the labour survey; not for forms whose rows are groups, nor for rates and life tables made from them. Checked  where a table
 * over records has its number of units, the units found must be as many; else they are called unknown. Errors   those of store and tabulate.
 * Memory: the run's arena. Cost: one pass over keys and dimensions more. */
#ifndef SHIRABE_ESTIMATORS_CMD_ESTIMATE_UNITS_H
#define SHIRABE_ESTIMATORS_CMD_ESTIMATE_UNITS_H
#include "base/ext_sodium.h"
#include "estimators/command/cmd_estimate_load.h"
#include "estimators/table/table_plan.h"

/* The keys of every record type, to be read with the other columns. */
void estimate_unit_columns(const struct form *f, const char **names, int max, int *n);
/* Fills t->units: texts, codes of the rows, and the units where they can be known. */
enum err_code estimate_units(struct estimate_run *r, const struct form *f, const struct table_plan *plan, const struct shard_rows *rows,
    struct estimate_table *t, struct err *e) NODISCARD;
/* Figures and statuses as they went out, after disclosure control. */
enum err_code estimate_units_figures(struct arena *a, const struct result_table *from, struct register_table *to, struct err *e) NODISCARD;
/* The key under which the units of a form's record type get their tokens, and the token of one. */
enum err_code estimate_unit_key(
    struct store *s, const char *survey, const char *form, const char *record, struct hmac_key *out, struct err *e) NODISCARD;
uint64_t estimate_unit_token(const struct hmac_key *key, const char *period, const struct str *values, int n);
#endif
