/* survey_figure.h -- one measure bound to the columns of a survey: its value in every domain of a partition under given weights, and the influence
 *    of each record; what tables, replicates and intervals need of it.
 * Shapes   columns: [n]; domains: of_row [n], -1 = in none; value, defined, why: [n_domains]; u: [n] per unit of weight, 0 outside every domain.
 * Missing  figure_domains puts records of weight 0 and those without one of the measure's items outside.
 * Whole    a figure whose line is that of the whole sample (arpr, rmpg, fgt by arpt) has an influence outside its domain: figure_whole gives value
 *          and u [n] of one domain.
 * Quantile values only: its interval is quantile_interval.h's.
 * Errors   E_TABLE_ITEM (no such column), E_DATA_TEXT and E_DATA_CODES of columns.h, E_TABLE_MEASURE; a domain without the figure is not an error:
 *          defined
 *          false and `why`.
 * Memory   scratch is given back. Cost O(n); one sort for quantiles and inequality; figure_whole O(n) a domain.
 * Source   statistic.h, quantile.h, inequality.h, smooth.h. */
#ifndef SHIRABE_ESTIMATORS_TABLE_SURVEY_FIGURE_H
#define SHIRABE_ESTIMATORS_TABLE_SURVEY_FIGURE_H
#include "estimators/design/columns.h"
#include "estimators/estimate/quantile.h"
#include "estimators/estimate/statistic.h"
#include "estimators/table/table_plan.h"

enum { FIGURE_MOST_ITEMS = 64 };
struct figure {
  const struct measure *m;
  int64_t n;
  const double *x, *y; /* numbers; x of a proportion is the indicator; NULL = 1 */
  int n_items;
  const char *item[FIGURE_MOST_ITEMS];
  const uint8_t *status[FIGURE_MOST_ITEMS];
  struct figure *parts; /* of a formula */
  bool absent;          /* of a proportion: no record at all has the code */
};
struct figure_values {
  double *value;
  bool *defined;
  const char **why; /* where not defined */
};
enum err_code figure_bind(struct arena *a, const struct survey_columns *c, const struct measure *m, struct figure *out, struct err *e) NODISCARD;
bool figure_has_missing(const struct figure *f, const int32_t *of); /* an item is missing in some domain */
enum err_code figure_domains(struct arena *a, const struct figure *f, const double *w, const struct taylor_domains *in, int32_t **out,
    struct err *e) NODISCARD;
enum err_code figure_values_new(struct arena *a, int32_t n_domains, struct figure_values *out, struct err *e) NODISCARD;
enum err_code figure_value(
    struct arena *a, const struct figure *f, const double *w, const struct taylor_domains *d, struct figure_values *out, struct err *e) NODISCARD;
/* v as figure_value gave it for the same weights. no_error[d] = 1 where the influence is not finite; its u are 0. */
enum err_code figure_influence(struct arena *a, const struct figure *f, const double *w, const struct taylor_domains *d,
    const struct figure_values *v, double *u, uint8_t *no_error, struct err *e) NODISCARD;

bool figure_is_whole(const struct figure *f);
enum err_code figure_whole(struct arena *a, const struct figure *f, const double *w, const struct taylor_domains *d, int32_t domain,
    struct figure_values *v, double *u, struct err *e) NODISCARD;
/* The poverty line of the whole sample that a figure of those below it asks for; 0 where there is none. */
enum err_code figure_line(struct arena *a, const struct figure *f, const double *w, double *line, struct err *e) NODISCARD;
#endif
