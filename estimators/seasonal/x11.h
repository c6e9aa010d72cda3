/* x11.h -- seasonal adjustment (季節調整) by X-11: iterations B, C, D over one complete monthly or quarterly series.
 * Input    value: [n] = backcasts, observations, forecasts in one run; a forecast or backcast only lengthens the series. Multiplicative, log-additive
 *          and pseudo-additive series must be above zero. At least three years of observations, at most X11_MOST values.
 * Result   tables by letter, each [n], valid from first to last (others NaN); decisions (seasonal filter, MSR of each pass, Henderson lengths, I/C).
 * Units    factors around 1 (multiplicative, log-additive, pseudo-additive after the run) or in the unit of the series (additive).
 * Missing  D9 holds NaN where a ratio was not replaced. A missing observation is refused: estimate it first.
 * Errors   E_SEASONAL_SHORT, E_SEASONAL_SIGN, E_SEASONAL_VALUE, E_SEASONAL_OPTION, E_NO_MEMORY. Memory: 34 x n doubles. Cost: O(n) filters.
 * Bits     no threads, one order of summation: the same input gives the same bits.
 * Source   Shiskin, Young & Musgrave (1967), Technical Paper 15; Ladiray & Quenneville (2001); X-13ARIMA-SEATS Reference Manual 1.1. Musgrave's
 *          ratio for the ends is kept from one step to the next as X-13 does (x11.md). */
#ifndef SHIRABE_ESTIMATORS_X11_H
#define SHIRABE_ESTIMATORS_X11_H
#include "base/arena.h"
#include "base/err.h"
#include "estimators/seasonal/seasonal_filter.h"

enum x11_mode { X11_MULTIPLICATIVE, X11_ADDITIVE, X11_LOG_ADDITIVE, X11_PSEUDO_ADDITIVE };
enum { X11_MODES = 4, X11_MOST = 4800, X11_LEAST_YEARS = 3, X11_MOST_PASSES = 400 };
extern const char *const x11_mode_names[X11_MODES]; /* "mult" "add" "logadd" "pseudoadd" */

enum x11_table {
  X11_B1, X11_B2, X11_B3, X11_B4, X11_B5, X11_B6, X11_B7, X11_B8, X11_B9, X11_B10, X11_B11, X11_B13, X11_B17, X11_B20,
  X11_C1, X11_C2, X11_C4, X11_C5, X11_C6, X11_C7, X11_C9, X11_C10, X11_C11, X11_C13, X11_C17, X11_C20,
  X11_D1, X11_D2, X11_D4, X11_D5, X11_D6, X11_D7, X11_D8, X11_D9, X11_D10, X11_D11, X11_D12, X11_D13,
  X11_TABLES
};
extern const char *const x11_table_names[X11_TABLES]; /* "B1" .. "D13" */

/* Sigma of extreme values: of moving five-year windows; of each calendar month over all years (`all`); the latter if Cochran's test finds the months'
 * variances unequal at 5 % (`signif`), asked anew in every step. */
enum x11_calendar_sigma { X11_SIGMA_WINDOWS, X11_SIGMA_BY_MONTH, X11_SIGMA_IF_UNEQUAL };
enum { X11_CALENDAR_SIGMAS = 3 };
extern const char *const x11_calendar_sigma_names[X11_CALENDAR_SIGMAS]; /* "none" "all" "signif" */
struct x11_spec {
  enum x11_mode mode;
  enum seasonal_filter seasonal; /* SEASONAL_BY_MSR: chosen from the data */
  int trend_terms;               /* odd 3 .. HENDERSON_MOST; 0: chosen by I/C */
  double sigma_low, sigma_high;  /* 1.5 and 2.5 by default */
  enum x11_calendar_sigma calendar_sigma;
};
struct x11_series {
  const double *value; /* [n] */
  int n, period, at;   /* at: month (quarter) 0 .. of value[0] */
  int n_before, n_after; /* backcasts and forecasts within n */
};
struct x11_result {
  double *table[X11_TABLES];
  int first[X11_TABLES], last[X11_TABLES];
  enum seasonal_filter seasonal;
  bool chosen_by_msr;
  int n_passes;
  double msr[X11_MOST_PASSES]; /* global moving seasonality ratio of each pass */
  double irregular_to_seasonal;  /* I/S over all observations, whatever chose the filter */
  int trend_terms;     /* of the final trend-cycle */
  double trend_ratio;  /* I/C that chose it, per month (quarter) */
  bool sigma_by_month; /* in the last step */
  double cochran, cochran_limit; /* of the last step; 0 unless asked */
};
#define X11_MSR_3X3_TO 2.5
#define X11_MSR_3X5_FROM 3.5
#define X11_MSR_3X5_TO 5.5
#define X11_MSR_3X9_FROM 6.5
struct x11_spec x11_defaults(void);
enum err_code x11_run(struct arena *a, const struct x11_spec *spec, const struct x11_series *series, struct x11_result *out, struct err *e) NODISCARD;
#endif
