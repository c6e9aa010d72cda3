/* survey_plan.h -- design.json of kind "sample" read into a plan: stages, weight, unequal probabilities, second phase, lonely units, imputed
 *    items. The page for its users is design_json.md.
 * Shapes   names are those of columns or items; a plan never holds data. adjust, replicates and publish are handed on as they stand to the parts
 *          that own them; they borrow from the document, which lives until survey_plan_release.
 * Numbers  may be written as texts ("0.05"), because a form knows whole numbers only.
 * Errors   E_PLAN_KEY for a key that is not known, E_PLAN_VALUE with the path ("stages[2].population"), what was expected and found;
 *          E_PLAN_TOGETHER; those of JSON. Nothing is taken silently: what cannot be done is refused.
 * Memory   arena, besides the document. Cost: O(text). Source: none; the designs themselves: survey_bind.h. */
#ifndef SHIRABE_ESTIMATORS_DESIGN_SURVEY_PLAN_H
#define SHIRABE_ESTIMATORS_DESIGN_SURVEY_PLAN_H
#include "base/ext_json.h"
#include "estimators/design/sample_design.h"
#include "estimators/variance/imputed.h"
#include "estimators/variance/pps.h"

enum { SURVEY_PLAN_ITEMS = 8, SURVEY_PLAN_IMPUTED = 64 };
struct plan_items { /* one label is made of all of them */
  int n;
  const char *name[SURVEY_PLAN_ITEMS];
};
struct plan_stage {
  const char *unit; /* NULL = every record is a unit: last stage only */
  struct plan_items stratum;
  const char *population, *fraction; /* one of them or none (NULL) */
  const char *certainty;             /* first stage: column that is not 0 where the unit was sure to be drawn */
};
enum plan_weight { PLAN_WEIGHT_COLUMN, PLAN_WEIGHT_INVERSE, PLAN_WEIGHT_POPULATIONS };
struct plan_pps {
  bool on;
  bool with_replacement;   /* then nothing else is needed */
  enum pps_form form;
  const char *probability; /* of the first-stage unit */
  const char *joint_file;  /* beside design.json; NULL = none */
  double sum_pik2_over_n;  /* below 0 = from the sample */
};
struct plan_phase {
  bool on;
  const char *selected; /* column: not 0 = in the second phase */
  struct plan_items stratum;
};
struct plan_collapse {
  bool on;
  struct plan_items within; /* a stratum is joined only with one that has the same codes here */
  const char *size;         /* column to compare by; NULL = the units of the population, or of the sample where it is not known */
};
struct plan_imputed { /* an item some of whose values were imputed */
  const char *item;
  const char *flag;            /* column, 1 = imputed; NULL = the status of the value as the store keeps it */
  struct plan_items class_of;  /* imputation classes, crossed; none = one class */
  enum imputed_method method;
  const char *auxiliary;       /* RATIO */
};
struct survey_plan {
  const char *file, *unit; /* unit: word for what a record is, "household" */
  int n_stages;
  struct plan_stage stage[DESIGN_MAX_STAGES];
  bool nested, ultimate_cluster;
  enum plan_weight weight;
  const char *weight_column;
  struct plan_pps pps;
  struct plan_phase phase;
  enum lonely_policy lonely;
  bool lonely_in_domain;
  struct plan_collapse collapse;
  int n_imputed;
  struct plan_imputed *imputed;
  bool imputed_as_observed; /* "imputed": "as observed" */
  const struct json_value *adjust, *replicates, *publish; /* NULL = none */
  struct json_document *document;
};
/* True when the text is JSON whose kind is "sample". */
bool survey_plan_is_sample(const char *text);
enum err_code survey_plan_parse(struct arena *a, const char *file, const char *text, size_t n, struct survey_plan *out, struct err *e) NODISCARD;
void survey_plan_release(struct survey_plan *p); /* also after a failed parse */
/* A JSON number or a text that is one. */
bool plan_number(const struct json_value *v, double *out);
#endif
