/* em_conditional.h -- how far a value of a fitted normal lies about its conditional mean, and the mean of its exponential.
 * Formula   variance of item j given the observed items O: S_jj - S_jO S_OO^-1 S_Oj, by Gaussian elimination with the largest pivot. When log x is
 *           normal with mean m and variance v, x has mean exp(m + v/2): Aitchison & Brown (1957), The Lognormal Distribution, ch. 2.
 * Shapes    fit: em_normal.h; observed: bit k = item k is there. No observed item: S_jj. Errors: E_MODEL_DATA where S_OO is singular. */
#ifndef SHIRABE_PROCESSING_IMPUTE_EM_CONDITIONAL_H
#define SHIRABE_PROCESSING_IMPUTE_EM_CONDITIONAL_H
#include "processing/impute/em_normal.h"

enum err_code em_conditional_variance(const struct em_fit *fit, uint32_t observed, int item, double *out, struct err *e) NODISCARD;
#endif
