/* utility.h -- what a user of the protected file gets for the figures he computes first: mean, standard deviation and correlations of the numbers,
 * before and after, by the weights of each file.
 * Shapes   up to MICRO_LOSS_COLUMNS_MOST columns of a table, n rows; side 0 = before, 1 = after. correlation [side][i][j] for i < j.
 * Missing  mean and deviation over the present values of a column; a correlation over the records with both. n says how many; a figure that fewer
 *          than two records or a constant column leave open has has_x false.
 * Units    those of the columns; deviations are those of the population that the weights stand for (divided by their sum).
 * Errors   none. Memory: the struct. Cost: rows x columns^2. Source: Hundepool et al. (2012), 3.7 (utility of microdata). */
#ifndef SHIRABE_ESTIMATORS_SDC_MICRO_UTILITY_H
#define SHIRABE_ESTIMATORS_SDC_MICRO_UTILITY_H
#include "base/table.h"
#include "estimators/sdc/micro/loss.h"

struct micro_utility {
  int d;
  const char *name[MICRO_LOSS_COLUMNS_MOST];
  int64_t n[2][MICRO_LOSS_COLUMNS_MOST];
  bool has_mean[2][MICRO_LOSS_COLUMNS_MOST], has_correlation[2][MICRO_LOSS_COLUMNS_MOST][MICRO_LOSS_COLUMNS_MOST];
  double mean[2][MICRO_LOSS_COLUMNS_MOST], sd[2][MICRO_LOSS_COLUMNS_MOST];
  double correlation[2][MICRO_LOSS_COLUMNS_MOST][MICRO_LOSS_COLUMNS_MOST];
};
/* weight [n]. */
void micro_utility_side(const struct column *const *c, int d, const double *weight, int64_t n, bool after, struct micro_utility *out);
#endif
