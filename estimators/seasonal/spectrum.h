/* spectrum.h -- is there seasonality, or an effect of trading days, in a series: spectra with their peaks, and QS.
 * Input    x: [n] as it is to be judged (differences of logarithms of the series; the irregular as it is), 60 values at least; of longer ones the
 *          last 96 are taken, as X-13 does.
 * Spectra  in decibels, 10 log10, at 61 frequencies 0/120 .. 60/120 per period: of an autoregression of order 30 (quarters 10; Yule-Walker), and by
 *          the lag window of Tukey and Hanning of length 44 (79 from 80 values, 112 from 120 on, were they taken).
 * Peaks    of the autoregression at k/12 (quarters k/4) and, in months, at the trading-day frequencies 0.3482 and 0.432: the value in stars
 *          (52nds of the range) above the higher neighbour at a distance of 1/120. Visually significant: above the median of the 61 and six stars or
 *          more. The last seasonal frequency (0.5) has one neighbour; of months it is shown, not counted.
 * QS       n (n + 2) (r_s^2 / (n - s) + r_2s^2 / (n - 2s)) of positive autocorrelations at s and 2s, 0 when r_s is not above 0; p of chi^2 with 2
 *          degrees.
 *          Series are differenced max(1, min(d + D, 2)) times and centred; residuals and the irregular are taken as they are.
 * Errors   E_SPECTRUM_SHORT, E_NO_MEMORY. Memory, cost: O(n + 61 x order).
 * Source   Soukup & Findley (1999), On the Spectrum Diagnostics Used by X-12-ARIMA; Maravall (2012), QS; X-13ARIMA-SEATS Reference Manual 1.1, 7.17.
 *          X-13 draws the series with extreme values replaced; these are drawn as published. */
#ifndef SHIRABE_ESTIMATORS_SPECTRUM_H
#define SHIRABE_ESTIMATORS_SPECTRUM_H
#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"

enum { SPECTRUM_POINTS = 61, SPECTRUM_LEAST = 60, SPECTRUM_VALUES = 96, SPECTRUM_PEAKS = 8 };
struct spectrum_peak {
  bool trading_day, significant;
  double frequency, decibel, stars; /* stars below 0: lower than a neighbour */
};
struct spectrum {
  bool known; /* false: a series without variance has no spectrum */
  int n_values, order, lags, n_peaks;
  double frequency[SPECTRUM_POINTS], ar[SPECTRUM_POINTS], smooth[SPECTRUM_POINTS], median;
  struct spectrum_peak peak[SPECTRUM_PEAKS];
};
enum err_code spectrum_of(struct arena *a, const double *x, int n, int period, struct spectrum *out, struct err *e) NODISCARD;

struct qs_statistic {
  bool known; /* false: too short, or constant */
  double qs, p;
};
struct qs_statistic qs_of(const double *x, int n, int period, bool centre);
/* Differences of the values or their logarithms; out: [n - times]. Returns their number, or -1 when a logarithm does not exist. */
int spectrum_differences(const double *value, int n, bool logs, int times, double *out);
#endif
