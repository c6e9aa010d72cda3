/* choice_impl.h -- what the choices share; only for estimators/seasonal/choice*.c. */
#ifndef SHIRABE_ESTIMATORS_CHOICE_IMPL_H
#define SHIRABE_ESTIMATORS_CHOICE_IMPL_H
#include "estimators/seasonal/choice.h"

/* Values or their logarithms. */
enum err_code choice_scale(struct arena *a, const struct choice_input *in, bool logs, double **y, struct err *e) NODISCARD;
/* Estimates and notes the figures; what cannot be estimated is a flaw, no error (but E_NO_MEMORY is). fit may be NULL. */
enum err_code choice_try(struct arena *a, const struct arima_order *order, const double *y, int n, const struct effect_list *list,
    struct choice *to, struct arima_fit *fit, struct err *e) NODISCARD;
void choice_order_name(const struct arima_order *o, char out[CHOICE_NAME]);
#endif
