/* weight_plan.h -- the weight programme of a design ("adjust" in design.json): what is done to the design weights, step by step, with a history.
 * Steps    respondents (who answered, who is no part of the population), nonresponse (classes or response model), calibrate, trim; in any sensible
 *          order, each with its own factor. Keys: weight_plan.md. Unknown keys are errors.
 * Use      weight_plan_parse once; weight_programme_new binds it to the columns of a survey and checks totals against the sample;
 *          weight_programme_run makes the weights, puts every adjustment into the survey, so that standard errors know of it, and fills the
 *          history; weight_programme_redo does all steps again from other base weights (a replicate's).
 * Shapes   base, weights: [n] by row; base >= 0, 0 takes no part. A record that is no respondent or no part of the population ends with weight 0
 *          but stays in the survey: its unit counts in the design.
 * Unmet    a calibration whose totals are not reached stops with E_WEIGHT_UNMET, the totals and, for bounds, bounds that would do; "unmet":
 *          "report" keeps the nearest weights, counts them in the history, and tells them as a warning through job_problem.
 * Errors   E_WEIGHT_PLAN_KEY, E_WEIGHT_PLAN_VALUE (with the step's place adjust[k].key), E_WEIGHT_ITEM, E_MARGIN_TABLE (file:line),
 *          E_WEIGHT_MISSING, E_RESPONSE_CODE, E_RESPONSE_NONE, E_MARGIN_NO_TOTAL, E_MARGIN_EMPTY, E_MARGINS_DISAGREE, E_WEIGHT_UNMET,
 *          E_CLASS_SMALL, E_HOUSEHOLD_WEIGHTS, E_HOUSEHOLD_SPLIT, E_PROPENSITY, E_TRIM_IMPOSSIBLE.
 * Memory   everything kept stands in the arena given: about 32 bytes a record and step. Cost: that of the steps, see their headers.
 * Source   Särndal & Lundström (2005), Estimation in Surveys with Nonresponse; Deville & Särndal (1992); Lemaître & Dufour (1987). */
#ifndef SHIRABE_ESTIMATORS_WEIGHT_PLAN_H
#define SHIRABE_ESTIMATORS_WEIGHT_PLAN_H
#include "base/digest.h"
#include "base/ext_json.h"
#include "base/job.h"
#include "estimators/design/columns.h"
#include "estimators/variance/survey.h"

enum { WEIGHT_MOST_STEPS = 12, WEIGHT_MOST_NAMES = 32 };
enum weight_step_kind { WEIGHT_RESPONDENTS, WEIGHT_NONRESPONSE, WEIGHT_CALIBRATE, WEIGHT_TRIM };
enum nonresponse_method { NONRESPONSE_CLASSES, NONRESPONSE_LOGISTIC };
enum weight_distance { WEIGHT_LINEAR, WEIGHT_TRUNCATED, WEIGHT_RAKING, WEIGHT_LOGIT, WEIGHT_IPF };
enum household_form { HOUSEHOLD_MEAN, HOUSEHOLD_SUM };
enum trim_keep { TRIM_KEEP_TOTALS, TRIM_KEEP_SUM };
struct weight_names {
  int n;
  const char *name[WEIGHT_MOST_NAMES];
};
/* One row of the totals: code "" = the total of a number; item "*" = the number of units; "a:b" = items crossed, code "1:2". */
struct margin_row {
  const char *item;
  struct str code, within;
  double total;
  int64_t line; /* 0 = given in the design itself */
};
struct weight_step {
  enum weight_step_kind kind;
  const char *title, *place;     /* "calibrate", "adjust[2]" */
  struct weight_names respondents, nonrespondents, ineligible; /* RESPONDENTS: codes */
  const char *response;
  bool unknown_nonrespondent;
  enum nonresponse_method method; /* NONRESPONSE */
  struct weight_names by;         /* items of the classes or of the model */
  int min_respondents, classes;   /* classes 0 = the propensities themselves */
  double max_factor;
  bool collapse, taken_as_known;  /* taken_as_known: factors without error in the variance */
  enum weight_distance distance;  /* CALIBRATE */
  bool bounded, report_unmet, partial, mean_weights;
  double low, high;               /* bounds of the factor; of the weight in TRIM, low below 0 = none */
  const char *sigma2, *within, *household, *margins_file;
  enum household_form form;
  int64_t n_margins;
  const struct margin_row *margin;
  enum trim_keep keep;            /* TRIM */
  char spec_hash[DIGEST_TEXT];    /* of the step as written, totals included */
};
struct weight_plan {
  const char *place; /* "design.json" */
  int n_steps;
  struct weight_step step[WEIGHT_MOST_STEPS];
};
/* Gives the text of a file that stands beside the design ("margins.csv"); NULL = no file may be named. The text must outlive the plan. */
typedef enum err_code (*weight_file_fn)(void *context, const char *name, struct str *text, struct err *e);
/* adjust: the list; NULL gives a plan without steps. */
enum err_code weight_plan_parse(struct arena *a, const char *place, const struct json_value *adjust, weight_file_fn file, void *context,
    struct weight_plan *out, struct err *e) NODISCARD;

/* --- history --- */
struct unmet_total {
  struct margin_row margin;
  double reached;
};
struct weight_record { /* one step as it was done */
  const struct weight_step *step;
  const char *title;           /* "calibrate (raking)" */
  const double *before, *after, *factor; /* [n] */
  int64_t n_before, n_after;   /* records with weight */
  double sum_before, sum_after, smallest, median, largest; /* of the factors of records with weight after it */
  int64_t n_negative, n_at_bound;
  int steps, n_redundant;      /* rounds of the solver; totals that follow from others */
  bool met;
  int64_t n_unmet;
  const struct unmet_total *unmet;
  bool has_hint;
  double hint_low, hint_high;
  int32_t n_classes, n_joined; /* NONRESPONSE: classes used, classes joined with a neighbour */
  int64_t n_notes;
  const char *const *note;     /* "class 13:2 joined with 13:3" */
  char digest[DIGEST_TEXT];    /* of the weights after it */
};
struct weight_history {
  int n;
  struct weight_record record[WEIGHT_MOST_STEPS];
};

/* --- running --- */
struct weight_programme;
enum err_code weight_programme_new(
    struct arena *a, const struct weight_plan *plan, const struct survey_columns *columns, struct weight_programme **out, struct err *e) NODISCARD;
/* survey: n and weight (the base weights) are read; weight, adjustments and their number are written. job may be NULL. */
enum err_code weight_programme_run(const struct job *job, struct arena *a, struct weight_programme *p, struct survey *survey,
    struct weight_history *history, struct err *e) NODISCARD;
/* After a run: all steps again from base, into w [n]. Classes joined and codes judged once stay so; nothing is kept in the arena. Threads: each
 * with an arena of its own. */
enum err_code weight_programme_redo(struct arena *a, const struct weight_programme *p, const double *base, double *w, struct err *e) NODISCARD;
/* The three in one: parse was done, new and run. */
enum err_code weight_plan_run(const struct job *job, struct arena *a, const struct weight_plan *plan, const struct survey_columns *columns,
    struct survey *survey, struct weight_programme **programme, struct weight_history *history, struct err *e) NODISCARD;
#endif
