/* outcheck_linked.h -- the tables of one hand-in read together, as an outsider reads them: a dimension that a table does not have is its total
 *          there, so that a
 * table by region and one by region and sex give equations about one another.
 * Rules    suppressed counts and sums get their interval under the equations of all tables (outcheck_interval): revealed-together, narrow-together.
 *          Two tables that give one figure differently are for a person (tables-disagree), and are not proved together. Suppressed means, ratios
 *          and percents follow when all others beside a total are known and so are the numbers of units (column n, or a count of another table),
 *          again and again until nothing more follows: revealed-by-counts. The number of units of the suppressed one itself may be unknown.
 * Not seen systems of means that are solved only together; means weighted by other than numbers of units.
 * Limits   8 dimensions and 20,000 figures together: beyond them not-computed, for a person. Findings stand at the file and line of the figure.
 * Cost     as outcheck_intervals on all tables at once. */
#ifndef SHIRABE_ESTIMATORS_SDC_OUTCHECK_LINKED_H
#define SHIRABE_ESTIMATORS_SDC_OUTCHECK_LINKED_H
#include "estimators/sdc/outcheck.h"

enum { OUTCHECK_LINKED_CELLS_MAX = 20000 };
enum err_code outcheck_linked(const struct outcheck_profile *p, const struct outcheck_table *const *table, int n, struct outcheck_report *r,
    struct err *e) NODISCARD;
/* The means alone (outcheck_means.c): line of a figure = its place + 1. known[i] is set where the mean of figure i follows. */
enum err_code outcheck_means(struct arena *a, const struct outcheck_table *t, bool *follows, struct err *e) NODISCARD;
#endif
