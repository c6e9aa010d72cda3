/* replicate_plan.h -- the object "replicates" of design.json, read and made into a set of replicates. The entries stand in replicates.md.
 * Shapes   columns: the records of the design, for given weights and the order of selection; sets borrow the design.
 * Missing  a missing given weight or order is an error: there is no default weight.
 * Errors   E_REPLICATE_KEY names the entry that is unknown, wrong or wanting; those of replicate_make.h. A random method without a seed is refused.
 * Memory   given columns 8 bytes per record and replicate, from the arena. Cost: the reading is O(entries).
 * Source   replicate_make.h; given columns as svrepdesign of R's survey package takes them (Lumley 2010, Complex Surveys, ch. 2.3). */
#ifndef SHIRABE_ESTIMATORS_VARIANCE_REPLICATE_PLAN_H
#define SHIRABE_ESTIMATORS_VARIANCE_REPLICATE_PLAN_H
#include "base/ext_json.h"
#include "estimators/design/columns.h"
#include "estimators/variance/replicate_make.h"

enum { REPLICATE_PLAN_MOST_COUNT = 100000 };
struct replicate_plan {
  struct replicate_spec spec;
  const struct survey_column *order;
  int n_given; /* GIVEN */
  const struct survey_column **given;
  bool combined; /* given columns are weights, not multipliers of the design weight */
  double scale;
  const double *rscale; /* [n_given]; NULL = 1 */
  int64_t df;           /* 0 = replicates - 1 */
};
enum err_code replicate_plan_parse(
    struct arena *a, const struct json_value *v, const struct survey_columns *columns, struct replicate_plan *out, struct err *e) NODISCARD;
/* weight: [n] design weights, what combined columns are divided by; stratum_key as in replicate_make.h. */
enum err_code replicate_plan_make(struct arena *a, const struct replicate_plan *p, const struct sample_design *d, const double *weight,
    const uint64_t *stratum_key, struct replicate_set *out, struct replicate_report *report, struct err *e) NODISCARD;
#endif
