/* survey_bind.h -- a plan (survey_plan.h) and the columns of its records made into a survey: tree of strata and units, weights, probabilities.
 * Certainty a first-stage unit sure to be drawn is a stratum of its own and the units inside it are its first-stage units: its variance comes
 *          from the stages below, and its units count for the degrees of freedom. With one stage only its records are those units, with
 *          replacement.
 * Fraction population = units of the design in the stratum / fraction; at the first stage without those sure to be drawn, whose own does not matter.
 * Weight   of a column; 1 / probability; or the product over the stages of population / units of the design. Never assumed.
 * Cluster  ultimate_cluster leaves the first stage only.
 * Collapse collapse.h, on the strata of the first stage; what was joined is told in the notes.
 * Phases   two_phase.h: the weight of the plan is that of the first phase; the final one is it times n1 / n2 of the stratum, 0 for who was not
 *          selected.
 * Errors   E_DATA_COLUMN (which key wanted it), E_DATA_VALUE and E_NO_WEIGHT (column and record, counted from 1 without the head),
 *          E_UNIT_IN_TWO_STRATA, E_POPULATION_DIFFERS, E_POPULATION_SHORT, E_LONELY_PSU with the names of the strata, E_COLLAPSE_ALONE,
 *          E_PPS_SPEC, E_JOINT_FILE.
 * Memory   the tree of sample_design.h, and 4 to 12 bytes a record and stage for labels and counts. Cost: O(n stages).
 * Source   Särndal, Swensson & Wretman (1992) ch. 4 and 9; certainty units: Wolter (2007) 1.4; the rest in the headers named. */
#ifndef SHIRABE_ESTIMATORS_DESIGN_SURVEY_BIND_H
#define SHIRABE_ESTIMATORS_DESIGN_SURVEY_BIND_H
#include "base/job.h"
#include "estimators/design/columns.h"
#include "estimators/design/survey_plan.h"
#include "estimators/variance/survey.h"

struct survey_joint { /* joint inclusion probabilities of first-stage units, from a file */
  int32_t n;
  const struct str *label; /* [n] */
  const double *value;     /* [n][n] */
};
enum { SURVEY_BIND_NOTES = 64 };
struct survey_bound {
  struct survey survey;
  const double *design_weight; /* [n] before any adjustment */
  int64_t n_certain, n_joined; /* first-stage units sure to be drawn; strata that were joined to another */
  int n_notes;
  const char *notes[SURVEY_BIND_NOTES]; /* to be printed with every table */
};
enum err_code survey_bind(struct arena *a, const struct survey_plan *plan, const struct survey_columns *columns, const struct survey_joint *joint,
    struct survey_bound *out, struct err *e) NODISCARD;
/* joint.csv: head `unit,LABEL,...`, one row per unit. */
enum err_code survey_joint_parse(struct arena *a, const char *place, const char *text, size_t n, struct survey_joint *out, struct err *e) NODISCARD;
#endif
