/* livelihood_plan.h -- the choices of a run of the Comprehensive Survey of Living Conditions (国民生活基礎調査): weights, basis of income,
 *    quantile rule, lonely units, variances. Entries and an example: livelihood.md.
 * Nothing  is chosen by default: an entry that is wanting is E_LIVELIHOOD_PLAN with its name, one that is not known too.
 * Weights  OFFICIAL_LARGE population of the area / persons counted in it, for each form (large years); OFFICIAL_SMALL population of the country /
 *          persons counted, income unweighted (small years); RECOMMENDED inverse of the drawn share of districts and unit areas, x nonresponse, x
 *          population of the area, and raked to age and sex on demand (ours, not the ministry's); COLUMN as the records carry them.
 * Basis    of disposable income, livelihood_income.h. Median MATH smallest value that half of the persons do not exceed, SCHOOL the mean of two
 *          where half falls between them.
 * Units    suppress_cv in per cent; price = index number of the year, 100 in the base year.
 * Errors   E_LIVELIHOOD_PLAN, those of reading JSON. Memory: none is kept. Cost: O(entries).
 * Source   weights of large and small years: 国民生活基礎調査 調査の概要 (2016, 2019, 2022); the rest is ours. */
#ifndef SHIRABE_ESTIMATORS_LIVELIHOOD_PLAN_H
#define SHIRABE_ESTIMATORS_LIVELIHOOD_PLAN_H
#include "base/err.h"
#include "estimators/design/sample_design.h"

enum livelihood_weights { WEIGHTS_OFFICIAL_LARGE, WEIGHTS_OFFICIAL_SMALL, WEIGHTS_RECOMMENDED, WEIGHTS_COLUMN };
enum livelihood_basis { BASIS_OLD, BASIS_2018 };
enum livelihood_rate_base { RATE_BASE_MEMBERS, RATE_BASE_AT_HOME };
enum livelihood_response { RESPONSE_AREA, RESPONSE_AREA_SIZE };
enum { LIVELIHOOD_LEAST_BOOTSTRAP = 500, LIVELIHOOD_MOST_BOOTSTRAP = 10000 };

struct livelihood_plan {
  int64_t year;
  enum livelihood_weights weights;
  enum livelihood_response response; /* RECOMMENDED */
  bool raking;                       /* RECOMMENDED */
  enum livelihood_basis basis;
  bool school;                       /* median: the mean of two where half falls between */
  bool collapse;                     /* lonely units: joined with the neighbour */
  enum lonely_policy lonely;
  bool fpc;
  enum livelihood_rate_base rate_base;
  int bootstrap;                     /* replicates, at least 500 */
  uint64_t seed;
  bool jackknife;
  double suppress_cv;                /* per cent */
  double price;                      /* 0 = no line in real terms is asked for */
  int64_t price_base;                /* year */
};
enum err_code livelihood_plan_parse(const char *place, const char *text, size_t n, struct livelihood_plan *out, struct err *e) NODISCARD;
const char *livelihood_weights_name(enum livelihood_weights w);
/* What stands under a table about the rule: label in English and Japanese, whether it is the ministry's. */
struct livelihood_label {
  const char *en, *ja;
  bool official;
};
struct livelihood_label livelihood_weights_label(enum livelihood_weights w);
#endif
