/* choice.h -- choices that the data make when they are asked to: logarithms or not, days of the calendar, the ARIMA model. Nothing here is a default.
 * Result   every candidate with its figures, in the order tried, and the one taken; the caller prints why (rule and threshold stand here).
 * Logs     airline model (or the one given) of the values and of their logarithms; AICC of both on the scale of the values (sum of logarithms
 *          counted).
 *          Values only if their AICC is lower by more than 2 (`aicdiff` of X-13); a value of 0 or less leaves no choice.
 * Calendar none, td1, td1 lpyear, td, td lpyear, jpdays beside the regressors given: the smallest AICC; quarters: none, td1, td.
 * Model    auto: differences first: of the values, AR(2) x seasonal AR(1) with a mean; a real root of modulus above 0.96 is a difference. Then
 *          ARMA(1,1) x (1,1): AR above 0.88 and further than 0.1 from its MA is one more; d <= 2, D <= 1. Then orders by BIC in turns: P, Q with
 *          (3 d 0); p, q up to 3; P, Q again, until nothing changes. A model whose AR keeps a root within 1.05 of the unit circle is not taken.
 *          A constant (of the differences) stays when |t| > 1.96.
 *          five: the five models of X-11-ARIMA (0 1 1), (0 1 2), (2 1 0), (0 2 2), (2 1 2), each with (0 1 1). They differ in differences, so no
 *          criterion compares them: taken is the smallest mean error of the forecasts one to twelve months ahead from the last three years
 *          (parameters of the whole series), among those with an error of 15 % at most, Ljung-Box p of 5 % at least, MA coefficients adding up to
 *          0.99 at most.
 * Errors   E_SEASONAL_AUTO when no candidate can be estimated; those of arima.h. Memory: one estimate at a time. Cost: 2; 6; 5; 25 to 45 estimates.
 * Source   X-13ARIMA-SEATS Reference Manual 1.1, 7.1 (aictest), 7.2 (automdl), 7.12 (pickmdl), 7.18 (transform); Gomez & Maravall (2001); Dagum
 *          (1988).
 *          automdl searches with its own likelihood and drops outliers on the way: the model taken here can be another one. */
#ifndef SHIRABE_ESTIMATORS_CHOICE_H
#define SHIRABE_ESTIMATORS_CHOICE_H
#include "estimators/seasonal/effects.h"

enum { CHOICE_MOST = 64, CHOICE_NAME = 40 };
enum choice_flaw { CHOICE_SOUND, CHOICE_NOT_ESTIMATED, CHOICE_UNIT_ROOT, CHOICE_FORECAST, CHOICE_RESIDUALS, CHOICE_OVERDIFFERENCED };
struct choice_candidate {
  char name[CHOICE_NAME]; /* "(0 1 1)(0 1 1)", "td1 lpyear", "log" */
  enum choice_flaw flaw;
  int n_parameters;       /* with coefficients and sigma^2 */
  double log_likelihood, aicc, bic;
  double forecast_error, ljung_box; /* five alone: mean per cent; p */
  struct arima_order order;
};
struct choice {
  int n, taken;
  struct choice_candidate candidate[CHOICE_MOST];
};
struct choice_steps { /* differences, in words of figures */
  int n;
  struct {
    char model[24];
    double ar, seasonal_ar; /* largest real root; seasonal AR */
    int d, sd;              /* after this step */
  } step[8];
};
/* What every choice starts from. values: [n]; list: regressors so far. */
struct choice_input {
  const struct effect_span *span;
  const double *value;
  const struct effect_list *list;
  struct arima_order order; /* of the model in use; airline unless one was given */
  bool logs;
};
struct arima_order choice_airline(int period);
void choice_constant(const struct arima_order *o, char word[CHOICE_NAME]); /* the regressor "const1-1" of effects.h */
enum err_code choose_logs(struct arena *a, const struct choice_input *in, struct choice *out, bool *logs, struct err *e) NODISCARD;
/* words: of the taken candidate, joined by a space; "" = none. */
enum err_code choose_calendar(struct arena *a, const struct choice_input *in, struct choice *out, const char **words, struct err *e) NODISCARD;
enum err_code choose_model(struct arena *a, const struct choice_input *in, struct choice *out, struct choice_steps *steps, bool *constant,
    double *constant_t, struct err *e) NODISCARD;
enum err_code choose_of_five(struct arena *a, const struct choice_input *in, struct choice *out, struct err *e) NODISCARD;
#endif
