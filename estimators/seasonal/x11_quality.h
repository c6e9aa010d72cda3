/* x11_quality.h -- how good an adjustment is: tests of seasonality on the SI ratios and the monitoring statistics M1 .. M11 and Q.
 * Input    a run and the series it was made of; only observations count, forecasts do not.
 * Units    F tests, Kruskal-Wallis chi-square and their probabilities (0 .. 1); M from 0 (good) to 3, above 1 = fails; Q their weighted mean.
 * Missing  M8 .. M11 are NaN with stable factors; under six full years M7 stands for M8 and M9, M7 for M11 ... as the weights of Q tell.
 * Errors   none: a statistic that does not exist is NaN. Memory: O(n) of the arena. Cost: O(n log n).
 * Source   Lothian & Morry (1978), A Set of Quality Control Statistics for the X-11-ARIMA Method; Higginson (1975);
 *          Ladiray & Quenneville (2001), 4. */
#ifndef SHIRABE_ESTIMATORS_X11_QUALITY_H
#define SHIRABE_ESTIMATORS_X11_QUALITY_H
#include "estimators/seasonal/x11.h"

enum x11_seasonality { X11_SEASONALITY_NO, X11_SEASONALITY_PERHAPS, X11_SEASONALITY_YES };
struct x11_test {
  double statistic, probability;
  int df1, df2;
};
struct x11_quality {
  struct x11_test stable, moving, ranks; /* F of months on D8, F of years, Kruskal-Wallis */
  enum x11_seasonality seasonality;      /* identifiable? (combined test) */
  double m[12];                          /* m[1] .. m[11] */
  double q, q_without_m2;
  int months_for_cycle;                  /* months (quarters) until the cycle outweighs the irregular */
};
/* What a model took out before X-11: [observations] each, NULL without. calendar and level as factors (multiplicative kinds) or amounts. */
struct x11_prior {
  const double *calendar, *level;
};
enum err_code x11_quality(struct arena *a, const struct x11_spec *spec, const struct x11_series *series, const struct x11_prior *prior,
    const struct x11_result *run, struct x11_quality *out, struct err *e) NODISCARD;
#endif
