/* mls_rates.h -- accession, separation and part-time rates, hourly pay of part-time workers, from a displayed row.
 * Formula  in = 100 inc/e0, out = 100 dec/e0, part-time = 100 pt/e1 (hundredths of a percent, half away on the exact ratio); hourly = B(P) /
 *          Hs(P) in yen.
 * Missing  false when the denominator is 0, not asked or suppressed. Source: MHLW 毎月勤労統計調査 用語の説明 (入職率, 離職率, パートタイム労働者比率). */
#ifndef SHIRABE_ESTIMATORS_MLS_RATES_H
#define SHIRABE_ESTIMATORS_MLS_RATES_H
#include "estimators/mls/mls.h"

enum mls_rate { MLS_RATE_IN, MLS_RATE_OUT, MLS_RATE_PART, MLS_RATE_HOURLY, MLS_RATES };
extern const char *const mls_rate_name[MLS_RATES];
/* In hundredths of a percent, hourly pay in yen. */
bool mls_rate(const struct mls_row *row, int split, enum mls_rate which, int64_t *out);
#endif
