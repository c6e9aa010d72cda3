/* tabulate_impl.h -- reading shards into row-aligned arrays: for the parts of tabulate only. */
#ifndef SHIRABE_ESTIMATORS_TABULATE_IMPL_H
#define SHIRABE_ESTIMATORS_TABULATE_IMPL_H
#include "estimators/table/tabulate.h"

/* One dimension over all rows: code ids in order of first appearance; id 0 is `_T` and never on a row. */
struct tab_dimension {
  const char *name;
  int32_t *id;       /* [n_rows] */
  struct dict *codes;
};
/* One study variable over all rows. */
struct tab_variable {
  const char *name;
  int64_t *scaled;
  uint8_t *status;
  int decimals;
  const char *unit;
};
int64_t tab_rows(const struct tabulate_input *in);
enum err_code tab_read_dimension(
    struct arena *a, const struct tabulate_input *in, const char *item, struct tab_dimension *out, struct err *e) NODISCARD;
enum err_code tab_read_variable(
    struct arena *a, const struct tabulate_input *in, const char *item, struct tab_variable *out, struct err *e) NODISCARD;
/* keep[i] 1 where filter and domain are true; *unknown rows where one is unknown and none is false. */
enum err_code tab_read_conditions(
    struct arena *a, const struct tabulate_input *in, const struct table_spec *spec, uint8_t *keep, int64_t *unknown, struct err *e) NODISCARD;
/* A table by the survey engine: over the design of the input, or over the register as a complete count. */
enum err_code tab_survey(struct arena *a, const struct tabulate_input *in, const struct table_plan *plan, const struct measure *measures,
    int n_measures, const uint8_t *keep, int64_t n_unknown, struct result_table **out, struct err *e) NODISCARD;
#endif
