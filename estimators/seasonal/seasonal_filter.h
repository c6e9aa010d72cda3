/* seasonal_filter.h -- seasonal factors: a moving average along the years of each month (quarter), and their normalisation.
 * Filters  3x1 (ends .61 .39), 3x3, 3x5, 3x9 with the published weights of X-11 at both ends; stable = mean of all years. Where an end row
 *          needs more years than there are, the plain mean of the month is taken. A span of fewer than five years is smoothed by the stable filter.
 *          3x15: the same in the middle; fewer than 20 years of a month are smoothed by the stable filter. Its end weights were not found in print:
 *          they are Musgrave's for a slope against noise of D = 0.0051 (the published 3x9 rows follow from 0.0142 within 0.005; the longer filter
 *          is for noisier factors), and stand here as ours. Never chosen from the data.
 * Shapes   value, out: [n]; only first .. last (both included) are read and written. `at` is the month (0 ..) of index 0, period 12 or 4.
 * Missing  none: X-11 takes complete series. Errors: none. Memory: none beyond the caller's. Cost: O(n terms).
 * Source   Ladiray & Quenneville (2001), Seasonal Adjustment with the X-11 Method, ch. 3; X-13ARIMA-SEATS Reference Manual 1.1, 7.19. */
#ifndef SHIRABE_ESTIMATORS_SEASONAL_FILTER_H
#define SHIRABE_ESTIMATORS_SEASONAL_FILTER_H
#include <stdbool.h>

enum seasonal_filter { SEASONAL_BY_MSR, SEASONAL_3X1, SEASONAL_3X3, SEASONAL_3X5, SEASONAL_3X9, SEASONAL_3X15, SEASONAL_STABLE };
enum { SEASONAL_FILTERS = 7 };
extern const char *const seasonal_filter_names[SEASONAL_FILTERS]; /* "msr" "3x1" .. "stable" */

struct seasonal_span {
  int first, last; /* indices, both included */
  int period, at;
};
static inline int seasonal_month(const struct seasonal_span *s, int i) { return (s->at + i) % s->period; }
static inline int seasonal_year(const struct seasonal_span *s, int i) { return (s->at + i) / s->period; } /* counted from the year of index 0 */

/* A filter of one month's years: out[k] from value[k]; n >= 1. */
void seasonal_smooth_years(enum seasonal_filter filter, const double *value, int n, double *out);
void seasonal_smooth(const struct seasonal_span *s, enum seasonal_filter filter, const double *value, double *out);
/* Centred 2 x period moving average over first+period/2 .. last-period/2; nothing else of out is written. */
void seasonal_centred(const struct seasonal_span *s, const double *value, double *out);
/* Divides (subtracts) the centred average; its missing ends repeat the nearest (stable: the value one year inward). scratch: [n]. In place. */
void seasonal_normalise(const struct seasonal_span *s, bool divide, bool stable, double *factor, double *scratch);
#endif
