/* livelihood_series.h -- a published series of poverty rates looked at: what its columns must be to each other within the digits that are printed.
 * Shapes   row: [n] one year each; rates in per cent with one decimal, median and line in whole 10,000 yen (0 = not given). check: [n].
 * Relation line = median / 2: both are rounded from incomes that are not printed, so the line may be any whole number within half of (median -
 *          1/2)/2 to (median + 1/2)/2. AGREES it is the printed median halved (and rounded half up); BY_ROUNDING it is not, but within those limits:
 *          the line was taken from the median before rounding; CONTRADICTS outside. one adult >= all households with children >= more adults: all of
 *          them are a mean of the two; share = where between, that is the share of persons that live with one adult; 0..1 within the rounding of the
 *          three rates.
 * Missing  a row without median or line, or without the three rates, has no such check (SERIES_NONE, has_share false).
 * Errors   none. Cost: O(n). Memory: none.
 * Source   arithmetic of rounding; series: 国民生活基礎調査 II 各種世帯の所得等の状況 (貧困率). */
#ifndef SHIRABE_ESTIMATORS_LIVELIHOOD_SERIES_H
#define SHIRABE_ESTIMATORS_LIVELIHOOD_SERIES_H
#include <stdbool.h>
#include <stdint.h>

enum livelihood_relation { SERIES_NONE, SERIES_AGREES, SERIES_BY_ROUNDING, SERIES_CONTRADICTS };
struct livelihood_year {
  int64_t year;
  bool has_rates;
  double rate, children, working, one_adult, more_adults;
  double median, line; /* 0 = not given */
};
struct livelihood_check {
  enum livelihood_relation line;
  bool has_share, share_holds;
  double share, share_low, share_high; /* per cent of persons in households with children that live with one adult */
};
void livelihood_series_check(const struct livelihood_year *row, int64_t n, struct livelihood_check *out);
#endif
