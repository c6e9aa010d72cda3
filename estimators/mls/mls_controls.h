/* mls_controls.h -- two checks of a finished release: standard errors that were copied (C9), suppressed figures that subtraction gives away (C11).
 * C9   the coefficients of variation of this release against those of another one (the year before), as printed to 0.01 %: computed errors of two
 *      samples seldom agree. alarm when a fifth or more of those above 0 agree and ten or more are compared.
 * C11  additive sets of the size classes of each industry (1+3=4, 4+5+7=0, 0+9=T): a set with exactly one suppressed row gives it away.
 * Source  the error tables of 1994-2001 were nearly the same from year to year; published tables of December 2025 for C11. Memory: arena. */
#ifndef SHIRABE_ESTIMATORS_MLS_CONTROLS_H
#define SHIRABE_ESTIMATORS_MLS_CONTROLS_H
#include "estimators/mls/mls_variance.h"

struct mls_error_check {
  int64_t n_compared, n_same;
  bool alarm;
};
/* Errors of the same cells in the same order: [n]. */
void mls_errors_repeated(const struct mls_error *now, const struct mls_error *before, int64_t n, struct mls_error_check *out);

struct mls_exposed {
  const struct mls_row *row; /* the suppressed one */
  const char *set;           /* "1+3=4" */
};
enum err_code mls_exposed_rows(struct arena *a, const struct mls_row *rows, int32_t n, struct mls_exposed **out, int32_t *n_out,
    struct err *e) NODISCARD;
#endif
