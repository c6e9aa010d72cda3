/* step_model.h -- items of a step class by class, as the model steps want them (em, pmm, chained, multiple), and the way back into records and log.
 * Classes   the by-groups; within one, records stand in the order of hash of unit (unit_order.h): the same sums in any order of rows.
 * Use       a value counts in fits when it is there, not flagged `impute` or `exclude` and not imputed before; one imputed before is known (it
 *           predicts) but fits nothing; all others are gaps. A record in which an item of the step is not applicable is no case of the model:
 *           `not_applicable` counts those with a value to be imputed.
 * Codes     numbered 0 .. K-1 within the class in the order of their texts.
 * Results   value and found by item and row, filled by the step class by class; step_model_put rounds numbers to the item's decimals; a record whose
 *           value would lie outside its limits is left, counted and named in a proposal. It writes status imputed with the class, the number of
 *           records of the fit, and the formula.
 * Memory    about 30 bytes a record and item in the job's arena; what a class needs is given back after it. Errors: E_NO_MEMORY. */
#ifndef SHIRABE_PROCESSING_JOB_STEP_MODEL_H
#define SHIRABE_PROCESSING_JOB_STEP_MODEL_H
#include "processing/impute/unit_order.h"
#include "processing/step/step_view.h"

enum model_use { MODEL_GAP, MODEL_KNOWN, MODEL_FIT };
struct step_model {
  struct job_state *j;
  const struct step_spec *s;
  const struct step_scope *scope;
  struct step_view view;
  const struct item *const *items;
  int p;
  struct unit_order order;
  double *x;       /* [p][n]; of codes their rank among all texts of the item */
  uint8_t *use;    /* [p][n] enum model_use */
  uint8_t *target; /* [p][n] */
  uint8_t *out;    /* [n] 1 = no case of the model */
  struct str **texts; /* [p] of codes, by rank; NULL for numbers */
  double *value;   /* [p][n] results; of codes ranks */
  uint8_t *found;  /* [p][n] */
  int64_t *donor;  /* [n] row that gave the value, -1 */
  int64_t *fitted; /* [n_groups] records of the fit, -1 = none made */
  const char **formula; /* [p] what the log says; NULL = nothing */
  int64_t to_impute, imputed, out_of_range, not_applicable, too_small, not_fitted, not_converged, classes, iterations;
  double condition; /* the largest */
};
struct model_class { /* one class: rows of the view, n of them */
  int64_t n;
  int32_t *row;
  struct num_table t; /* the items, gaps blank */
};
/* The first n_filled items are to be filled, the others only predict. */
enum err_code step_model_begin(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, const struct item *const *items, int p,
    int n_filled, struct step_model *out, struct err *e) NODISCARD;
/* The cases of class g. known: values imputed before are there; else they are blank too. */
enum err_code step_model_class(const struct step_model *m, int32_t g, bool known, struct model_class *out, struct err *e) NODISCARD;
/* Whether an item has at least `least` values that fit in the class, and whether there is anything to impute in it. */
int64_t step_model_fitting(const struct step_model *m, const struct model_class *c, int item);
bool step_model_wanted(const struct step_model *m, const struct model_class *c, int item);
/* The values of t that are targets of the class become results. */
void step_model_take(struct step_model *m, const struct model_class *c, const struct num_table *t);
/* A class that gets nothing from the model: its records with something to impute become proposals. */
enum err_code step_model_ask(struct step_model *m, const struct model_class *c, struct err *e) NODISCARD;
/* E_MODEL_DATA is a matter of the class: counted in not_fitted, and *fitted false; anything else stays an error, at the step's place. */
enum err_code step_model_fitted(struct step_model *m, enum err_code code, bool *fitted, struct err *e) NODISCARD;
enum err_code step_model_put(struct step_model *m, const char *method, struct err *e) NODISCARD;
void step_model_notes(const struct step_model *m, struct step_report *r);
#endif
