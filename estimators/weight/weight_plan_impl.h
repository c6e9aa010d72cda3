/* weight_plan_impl.h -- what the files of the weight programme share; not for callers. */
#ifndef SHIRABE_ESTIMATORS_WEIGHT_PLAN_IMPL_H
#define SHIRABE_ESTIMATORS_WEIGHT_PLAN_IMPL_H
#include "estimators/weight/calibrate_groups.h"
#include "estimators/weight/weight_plan.h"

/* Reads margins from the CSV text of a file (columns item, code, total, within) or from the list under "totals". */
enum err_code margins_from_csv(struct arena *a, const char *name, struct str text, struct weight_step *s, struct err *e) NODISCARD;
enum err_code margins_from_json(struct arena *a, const struct json_value *totals, struct weight_step *s, struct err *e) NODISCARD;
/* SHA-256 of the step with sorted keys, and of its totals. */
enum err_code weight_step_hash(const struct json_value *v, struct weight_step *s, struct err *e) NODISCARD;

/* --- a step bound to the columns --- */
enum response_state { STATE_NONRESPONDENT, STATE_RESPONDENT, STATE_INELIGIBLE };
struct bound_totals {
  struct auxiliary x;
  int32_t *part, n_parts;              /* NULL = one part */
  int p;
  double *total;                       /* [n_parts][p] */
  const struct margin_row **margin;    /* [n_parts][p]; NULL = a code that the part does not list, total 0 */
  int64_t n_left;                      /* totals of parts without records: not in x */
  const struct margin_row **left;
  struct groups groups;
};
struct bound_step {
  const struct weight_step *s;
  uint8_t *state;                      /* RESPONDENTS: [n] */
  bool drop;                           /* RESPONDENTS: nobody weights for nonrespondents later, they leave here */
  const int32_t *cell;                 /* NONRESPONSE classes: [n] class after joining, -1 = takes no part */
  int32_t n_cells;
  struct auxiliary x;                  /* NONRESPONSE model */
  const uint8_t *respondent;           /* NONRESPONSE: [n] */
  struct bound_totals totals;          /* CALIBRATE */
  const double *sigma2;
  double *lambda;                      /* [n_parts][p] of the main run */
  const struct bound_step *kept;       /* TRIM: the calibration whose totals are kept */
  const double *kept_total;            /* TRIM: [n_parts][p] */
};
struct weight_programme {
  const struct weight_plan *plan;
  const struct survey_columns *columns;
  int64_t n;
  bool ran;
  struct bound_step step[WEIGHT_MOST_STEPS];
};

/* Each: from weights w to out; record and adjustment are NULL when a step is done again. */
struct step_context {
  const struct job *job;
  struct arena *a;
  struct weight_programme *p; /* bound while the main run goes; read only later */
  int k;
  struct weight_record *record;
  struct adjustment *adjustment;
  struct err *e;
};
enum err_code respondents_bind(struct step_context *c) NODISCARD;
enum err_code respondents_run(const struct step_context *c, const double *w, double *out) NODISCARD;
enum err_code nonresponse_bind(struct step_context *c, const double *w) NODISCARD;
enum err_code nonresponse_run(const struct step_context *c, const double *w, double *out) NODISCARD;
enum err_code calibrate_bind(struct step_context *c, const double *w) NODISCARD;
enum err_code calibrate_run(const struct step_context *c, const double *w, double *out) NODISCARD;
enum err_code trim_bind(struct step_context *c, const double *w) NODISCARD;
enum err_code trim_run(const struct step_context *c, const double *w, double *out) NODISCARD;
/* Binds the totals of a calibration and checks them against the records with weight. */
enum err_code totals_bind(struct step_context *c, const double *w, struct bound_totals *out) NODISCARD;

static inline struct bound_step *step_of(const struct step_context *c) { return &c->p->step[c->k]; }
/* The column of an item; E_WEIGHT_ITEM. */
enum err_code weight_item(const struct step_context *c, const char *name, const struct survey_column **out) NODISCARD;
enum err_code weight_coded_item(const struct step_context *c, const char *name, const struct survey_column **out) NODISCARD; /* with codes */
/* A value that does not apply has no code; any other missing value of a record with weight is an error. */
enum err_code weight_values_known(const struct step_context *c, const struct survey_column *x, const double *w) NODISCARD;
enum err_code weight_no_memory(const struct step_context *c);
/* A text for the record's notes. */
enum err_code weight_note(const struct step_context *c, const char *text) NODISCARD;
#endif
