/* survey_bind_impl.h -- for the parts of survey_bind only. */
#ifndef SHIRABE_ESTIMATORS_DESIGN_SURVEY_BIND_IMPL_H
#define SHIRABE_ESTIMATORS_DESIGN_SURVEY_BIND_IMPL_H
#include "estimators/design/survey_bind.h"

struct bind_stage {
  int32_t *stratum, *unit; /* NULL as in sample_design.h */
  int32_t n_strata, n_units; /* labels */
  double *population;
};
struct bind {
  struct arena *a;
  const struct survey_plan *plan;
  const struct survey_columns *columns;
  int64_t n;
  int n_stages;
  struct bind_stage stage[DESIGN_MAX_STAGES];
  uint8_t *certain; /* [n] NULL = nobody */
  int32_t *own;     /* first-stage strata as written, before certainty and collapse; for names. NULL = one */
  struct survey_bound *out;
};
enum err_code bind_note(struct bind *b, const char *text, struct err *e) NODISCARD;
/* Codes of several columns as one label; n_labels. `key`: which key of the plan wants them. */
enum err_code bind_labels(struct bind *b, const struct plan_items *items, const char *key, int32_t **out, int32_t *n_labels, struct err *e) NODISCARD;
/* A column of numbers without missing values. */
enum err_code bind_numbers(struct bind *b, const char *name, const char *key, const double **out, struct err *e) NODISCARD;
enum err_code bind_bad_value(const struct bind *b, const char *name, int64_t row, const char *expected, struct err *e) NODISCARD;
/* "01/2": the items' codes of the first record with the label; NULL when out of memory. */
const char *bind_label_text(const struct bind *b, const struct plan_items *items, const int32_t *label, int32_t which);
/* The tree of the stages as they stand; weight NULL = 1 everywhere. */
enum err_code bind_tree(struct bind *b, const double *weight, struct sample_design *out, struct err *e) NODISCARD;
enum err_code bind_stages(struct bind *b, struct err *e) NODISCARD;
enum err_code bind_certainty(struct bind *b, struct err *e) NODISCARD;
enum err_code bind_weights(struct bind *b, double **out, struct err *e) NODISCARD;
enum err_code bind_pps(struct bind *b, const struct survey_joint *joint, const double *weight, struct err *e) NODISCARD;
enum err_code bind_phase(struct bind *b, struct sample_design *first, double *weight, struct err *e) NODISCARD;
enum err_code bind_collapse(struct bind *b, struct err *e) NODISCARD;
#endif
