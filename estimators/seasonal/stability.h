/* stability.h -- how far an adjustment can be trusted: sliding spans and the history of its revisions.
 * Spans    up to four spans that start a year apart and end with the series; each is adjusted by itself. For every period in two spans or more the
 *          largest difference of the seasonal factor (max / min - 1) and of the month-to-month and year-to-year change of the adjusted series. Years
 *          of a span by the seasonal filter: 3x1 5, 3x3 6, 3x5 8, 3x9 11, 3x15 19, stable 8. Unstable above 3 %. More than 15 % of unstable factors
 *          (25 % bad) or 40 % of unstable monthly changes speak against publishing.
 * History  the series is cut after each of its last periods and adjusted as it would have been then: first figure against the figure of the
 *          whole series, in per cent; the same for the change on the period before.
 * Scope    multiplicative, log- and pseudo-additive series (differences in per cent); an additive series is refused.
 * Errors   E_SEASONAL_SHORT, E_SEASONAL_OPTION, those of adjustment.h. Memory: one adjustment at a time. Cost: 4, or the asked number,
 *          adjustments; models are estimated anew in each.
 * Source   Findley, Monsell, Shulman & Pugh (1990), JASA 85; X-13ARIMA-SEATS Reference Manual 1.1, 7.8, 7.17. */
#ifndef SHIRABE_ESTIMATORS_STABILITY_H
#define SHIRABE_ESTIMATORS_STABILITY_H
#include "estimators/seasonal/effects.h"

enum { SPANS_MOST = 4 };
struct sliding_spans {
  int n_spans, years;      /* of each span */
  int n_factors, n_changes, n_years; /* periods compared */
  int unstable_factors, unstable_changes, unstable_years; /* above the threshold */
  double worst_factor;     /* in per cent */
  int worst_place;         /* index of the series */
};
struct revision_history {
  int n, from;             /* periods, index of the first */
  double *first, *last;    /* [n] adjusted when it was new, and by the whole series */
  int n_path;              /* a year and one period */
  double *path;            /* [n][n_path]: the last adjusted figures as each cut series gave them, its own last at the end (vintages) */
  double mean_level, mean_change; /* mean absolute revision, per cent and percentage points */
  double largest;
  int largest_place;
};
/* words: the regressors by name; those that a shorter span cannot tell apart are left out of it (a shift outside it, say). */
struct stability_input {
  const struct adjustment_spec *spec;
  const struct effect_span *span;
  const double *value;
  const char *const *words;
  int n_words;
};
enum err_code sliding_spans(struct arena *a, const struct stability_input *in, enum seasonal_filter chosen, struct sliding_spans *out,
    struct err *e) NODISCARD;
enum err_code revision_history(struct arena *a, const struct stability_input *in, const double *final, int n, struct revision_history *out,
    struct err *e) NODISCARD;
#endif
