/* mls_index.h -- index numbers, their means, growth rates and real wages, in the order of rounding of the ministry.
 * Formula  month      I = 100 x / x_base to one decimal; x = workers at the end of the month, or pay or hours per head
 *          period     quarter, half, calendar year, fiscal year (April to March) = simple mean of the ROUNDED months
 *          growth     100 (I / I of the year before - 1) from rounded indices, to one decimal
 *          real wage  100 I / CPI from the rounded index and the published CPI, to one decimal; both of one base year
 * Units    everything in tenths: 109.2 is 1092, 2.8 % is 28. Levels and bases as doubles in their own unit, rounded once.
 * Rounding half away from zero, decided in integers (rounding.h).
 * Missing  MLS_NO_INDEX in, MLS_NO_INDEX out; a period with a missing month is missing.
 * Break    a benchmark leaves the levels of wages and hours as they are: for twelve months growth is taken against a reference for the year before,
 *          computed anew on the new benchmark. Where reference[m] is given it is the denominator, else the month of the year before.
 * Source   MHLW 毎月勤労統計 指数等の解説; checked on the official indices 1990-2026 (tests/conform/mls). Memory: none. Cost: O(months). */
#ifndef SHIRABE_ESTIMATORS_MLS_INDEX_H
#define SHIRABE_ESTIMATORS_MLS_INDEX_H
#include <stdint.h>

#define MLS_NO_INDEX INT64_MIN

int64_t mls_index_of(double level, double base);
int64_t mls_index_mean(const int64_t *tenths, int n);
int64_t mls_index_growth(int64_t now, int64_t before);
int64_t mls_index_real(int64_t nominal, int64_t cpi);
/* Base of the indices: the simple mean of the twelve levels of the base year; 0 when one is missing (below 0). Kept as a constant per series. */
double mls_index_base(const double level[12]);

enum { MLS_QUARTER_1, MLS_QUARTER_2, MLS_QUARTER_3, MLS_QUARTER_4, MLS_HALF_1, MLS_HALF_2, MLS_YEAR, MLS_FISCAL_YEAR, MLS_PERIODS };
struct mls_index_year {
  int64_t month[12], period[MLS_PERIODS];
};
/* months: [12 * n_years] from January of the first year; out: [n_years]. The fiscal year of the last year is missing. */
void mls_index_years(const int64_t *months, int n_years, struct mls_index_year *out);
/* growth of every month: [n]; reference: [n] or NULL. The first twelve have no year before. */
void mls_index_growths(const int64_t *months, const int64_t *reference, int n, int64_t *growth);
/* months of another base: 100 I / (mean of the rounded months of its base year); growth rates published before stay as they were published. */
void mls_index_rebase(const int64_t *months, int n, int first_of_base_year, int64_t *out);
#endif
