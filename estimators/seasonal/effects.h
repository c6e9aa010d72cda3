/* effects.h -- regressors of a seasonal adjustment by name: outliers, level shifts, ramps, trading days, leap years, Japanese working days.
 * Names    ao2008-10, ls2003-05 (-1 before, 0 from it), tc2009-02 (fading by 0.7 a month, 0.343 a quarter), rp2008-10:2009-07 (-1 to 0 along a ramp),
 *          td (6: Mon .. Sat minus Sundays), td1 (weekdays minus 5/2 of weekend days), lpyear (February days minus 28.25, monthly), jpdays (8:
 *          Mon .. Sat that are no holidays, holidays on Saturdays, holidays on Mon .. Fri, each minus Sundays and minus its own mean of the calendar
 *          month over observations and forecasts; 29 December to 3 January count as holidays), const1-1 (its differences, one plain and one
 *          seasonal, are 1; const0-0 is a mean; never taken out of the series). Dates: 2008-10, quarters 2008-Q4.
 * Shapes   each regressor [n + ahead] from the month (quarter) of the first observation on.
 * Errors   E_EFFECT_NAME with the word and what was expected, E_EFFECT_DATE outside the series, E_NO_MEMORY. Memory, cost: O(days of the span).
 * Source   X-13ARIMA-SEATS Reference Manual 1.1, 4.3; MHLW, seasonal adjustment of the employment placement statistics (working-day regressors). */
#ifndef SHIRABE_ESTIMATORS_EFFECTS_H
#define SHIRABE_ESTIMATORS_EFFECTS_H
#include <stdint.h>

#include "estimators/seasonal/adjustment.h"

struct effect_span {
  int64_t year;    /* of the first observation */
  int at, period;  /* its month or quarter, from 0 */
  int n, ahead;
};
enum { EFFECTS_MOST = ARIMA_MOST_REGRESSORS };
struct effect_list {
  struct effect effect[EFFECTS_MOST];
  int n;
};
/* One word may add several regressors. */
enum err_code effects_add(struct arena *a, const struct effect_span *s, const char *word, struct effect_list *to, struct err *e) NODISCARD;
enum outlier_kind { OUTLIER_AO, OUTLIER_LS, OUTLIER_TC, OUTLIER_KINDS };
extern const char *const outlier_words[OUTLIER_KINDS]; /* "ao" "ls" "tc" */
void outlier_column(const struct effect_span *s, enum outlier_kind kind, int place, double *x); /* [n + ahead] */
void effect_date(const struct effect_span *s, int place, char out[16]); /* "2008-10", "2008-Q4" */
#endif
