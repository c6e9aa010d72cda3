/* vital_suppress.h -- small counts of a table of vital statistics: 1 to `most` are hidden, and others with them so that no margin gives them away.
 * Primary  counts 1..most (proposed: 2); 0 is shown. Complementary: along every line of the table (one axis varies, the others stay) whose total is
 *          public, a single hidden cell gets a second one: the smallest count above 0, else the first zero; repeated until no line has one alone.
 * Limits   this is not the fewest cells possible, and two hidden cells of a line still show their sum; linked tables of other axes are apart.
 * Shapes   cell: [size 0 x ... x size n-1], the last axis fastest, without margins; hidden: the same, 0 shown, 1 primary, 2 complementary.
 * Source   Hundepool et al. (2012) Statistical Disclosure Control ch. 4; that the ministry hides 1 and 2 was not found: a proposal.
 * Cost     cells x rounds. */
#ifndef SHIRABE_ESTIMATORS_VITAL_SUPPRESS_H
#define SHIRABE_ESTIMATORS_VITAL_SUPPRESS_H
#include "estimators/vital/vital_year.h"

struct vital_suppression {
  int64_t n_primary, n_complementary, n_rounds;
};
void vital_suppress(const int64_t *cell, int n_axes, const int *size, int64_t most, uint8_t *hidden, struct vital_suppression *out);
/* Lines with exactly one hidden cell: none after vital_suppress, except lines of one cell. */
int64_t vital_single_hidden(int n_axes, const int *size, const uint8_t *hidden);
/* The same over a table of the year, into its result table (made by vital_count_table). */
enum err_code vital_suppress_table(struct arena *a, const struct vital_year *y, enum vital_table_id id, int64_t most, struct result_table *t,
    struct vital_suppression *out, struct err *e) NODISCARD;
#endif
