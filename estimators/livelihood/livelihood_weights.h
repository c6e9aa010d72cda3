/* livelihood_weights.h -- the households of a form as a survey: design, weights by the rule of the plan, what was done to them, and the same again
 *    for replicates.
 * Rows     HOUSEHOLD: every household. INCOME: the households with an income record; under RECOMMENDED the households of the selected unit areas,
 *          answered or not. row[k] = household of livelihood_records.h.
 * Rules    livelihood_plan.h. Their parts: OFFICIAL_LARGE w = persons of the area in the population / persons counted in it. OFFICIAL_SMALL the same
 *          for the country; incomes have weight 1 (weighted false: totals of incomes do not exist). RECOMMENDED d = N_h / n_h (districts of the
 *          stratum), for incomes x unit areas of its sampled districts / those selected, x sum d of all / sum d of those who answered in a class
 *          (area, or area and size 1, 2, 3, 4 and more), x population of the area / its estimate, then on demand raked to age and sex with one
 *          weight a household. COLUMN item `weight` of the form.
 * Variance one stage, districts in areas, with replacement between districts; with fpc 1 - f for the household and health forms only, as it would
 *          take off part of the second phase of incomes; ratios to population and raking enter as calibrations, the response step as a second phase.
 *          The official rule's own variance was not published: this one is ours.
 * Lonely   by the plan; collapse joins with the area of nearest population (collapse.h).
 * Selected RECOMMENDED needs income_selected 0 or 1 of every household, and 1 where an income form is; a selected unit area without any is counted.
 * Errors   E_LIVELIHOOD_WEIGHT (none or not above 0: there is no default), E_LIVELIHOOD_TOTAL (an area without totals), E_LIVELIHOOD_CONTROLS, those
 *          of sample_design.h, nonresponse.h, calibrate.h. Memory: about 120 bytes a household. Cost: O(n), raking a few passes.
 * Source   国民生活基礎調査 調査の概要; Särndal, Swensson & Wretman (1992) 7.6, 9.8; Särndal & Lundström (2005) ch. 6. */
#ifndef SHIRABE_ESTIMATORS_LIVELIHOOD_WEIGHTS_H
#define SHIRABE_ESTIMATORS_LIVELIHOOD_WEIGHTS_H
#include "base/job.h"
#include "estimators/livelihood/livelihood_plan.h"
#include "estimators/livelihood/livelihood_records.h"
#include "estimators/variance/replicate_adjust.h"
#include "estimators/variance/survey.h"

struct livelihood_strata { /* by area of livelihood_records.h; 0 = not given */
  int64_t *districts, *people; /* of the frame; Japanese population */
  int64_t all_people;          /* of every area in the records of the stratum form, sampled or not */
  int64_t n_empty, empty_people; /* areas of the stratum form without a household record, and their people */
};
struct livelihood_cells { /* age x sex, for raking */
  int32_t n;
  const double *people;          /* [n] */
  const int32_t *cell_of_person; /* by row of the person form; -1 = age or sex not known */
};
struct livelihood_survey {
  struct survey survey;
  struct sample_design design;
  int64_t n;
  const int64_t *row;   /* [n] household */
  const double *base;   /* [n] what replicate multipliers apply to */
  bool weighted;        /* false: weights of 1, no totals */
  bool official;        /* the ministry's own rule */
  struct readjust_chain chain; /* n_steps 0 = nothing is redone */
  struct adjustment adjustment[3];
  struct readjust_calibration calibration[2];
  struct readjust_classes classes;
  struct response_model response;
  int64_t n_joined;     /* strata joined to another */
  int64_t n_silent_units; /* unit areas selected for incomes, RECOMMENDED, without any income form */
};
enum err_code livelihood_strata_of(struct arena *a, const struct livelihood_records *r, const struct survey_columns *stratum,
    struct livelihood_strata *out, struct err *e) NODISCARD;
enum err_code livelihood_cells_of(struct arena *a, const struct survey_columns *population, const struct survey_columns *person,
    struct livelihood_cells *out, struct err *e) NODISCARD;
struct livelihood_weighting {
  const struct livelihood_plan *plan;
  const struct livelihood_records *records;
  const struct livelihood_strata *strata; /* NULL: COLUMN without fpc needs none */
  const struct livelihood_cells *cells;   /* NULL without raking */
  const struct survey_columns *form;      /* of the records that carry weights: household or income form */
  bool income;
  const char *place; /* of the household form, for messages */
};
enum err_code livelihood_weigh(struct arena *a, const struct livelihood_weighting *q, struct livelihood_survey *out, struct err *e) NODISCARD;
#endif
