/* imputed_figure.h -- totals and means of items with imputed values, for tables: variance of every domain with what imputation adds, the same by
 *    replicates that impute again, and how much was imputed.
 * Only     total(x) and mean(x): every other measure of such an item, and a table by it, stops with E_IMPUTED_MEASURE.
 * Formula  V1 + V2 + V3 of imputed.h; V1 through every adjustment of the weights (survey_variance.h). The influence of a domain stands on all answers
 *          of its classes, also outside: each domain is a statistic over the whole sample.
 * Again    a replicate's figure from values imputed again; V2 is added to the variance of the replicates. V3 stands in them: donors' values keep
 *          their distance from the class (times 1 - f where the replicates know a finite population). A replicate in which a class has lost all
 *          its answers is left out of a random set and the variance scaled up; other sets stop.
 * Shapes   domains as in taylor.h; var: [n_domains].
 * Errors   E_IMPUTED_MEASURE, E_IMPUTED_CLASS, those of survey.h. Memory: 8 columns of n doubles. Cost: O(n) a domain and a pass over the design
 *          for 8 of them.
 * Source   imputed.h. */
#ifndef SHIRABE_ESTIMATORS_TABLE_IMPUTED_FIGURE_H
#define SHIRABE_ESTIMATORS_TABLE_IMPUTED_FIGURE_H
#include "estimators/design/bind_imputed.h"
#include "estimators/table/survey_figure.h"
#include "estimators/table/survey_table.h"

struct imputed_count { /* of one measure: in the whole table, and the largest share of a cell */
  int64_t n, n_imputed;
  double share, most; /* of the weight */
  int n_left_out;     /* replicates */
};
/* No dimension holds imputed values. */
enum err_code imputed_dimensions_allowed(const struct survey_table_request *q, struct err *e) NODISCARD;
/* *out NULL = nothing in the measure was imputed. */
enum err_code imputed_figure_of(
    const struct survey_imputed *imputed, const struct figure *f, const struct bound_imputed **out, struct err *e) NODISCARD;
enum err_code imputed_figure_count(struct arena *a, const struct bound_imputed *x, const double *w, const struct taylor_domains *domains,
    struct imputed_count *count, struct err *e) NODISCARD;
enum err_code imputed_figure_variance(const struct job *job, struct arena *a, const struct survey *s, const struct bound_imputed *x, bool mean,
    const struct taylor_domains *domains, double *var, struct err *e) NODISCARD;
/* *done false = a class has lost its answers. */
enum err_code imputed_figure_again(struct arena *a, const struct figure *f, const struct bound_imputed *x, const double *full, const double *w,
    const struct taylor_domains *domains, struct figure_values *v, bool *done, struct err *e) NODISCARD;
/* After the replicates: what they left out, and V2. */
enum err_code imputed_figure_after(struct arena *a, const struct replicate_set *set, const struct bound_imputed *x, bool mean, const double *w,
    const struct taylor_domains *domains, int n_left_out, double *var, struct err *e) NODISCARD;
/* What a table says of a measure whose item is listed in the design, also when it is taken as observed or nothing is imputed. */
enum err_code imputed_figure_notes(struct arena *a, const struct survey_table_request *q, const struct measure *m, const struct bound_imputed *x,
    const struct imputed_count *count, struct result_table *t, struct err *e) NODISCARD;
#endif
