/* estimator_impl.h -- a specification with its columns found, shared by the checks and the run. Only for estimator_*.c. */
#ifndef SHIRABE_PROCESSING_IMPUTE_ESTIMATOR_IMPL_H
#define SHIRABE_PROCESSING_IMPUTE_ESTIMATOR_IMPL_H
#include "processing/impute/estimator.h"

struct est_column { /* what is read of one item in one period */
  const double *x;
  const uint8_t *status, *flags, *excluded; /* flags, excluded: NULL = none */
};
struct est_plan {
  const struct est_formula *f;
  int field;
  struct est_column target, term[EST_TERMS], weight, variance;
  bool has_weight, has_variance, random_error;
  double variance_exponent, minimum_percent;
  int64_t minimum_count;
  uint8_t refused; /* flags that make a value not acceptable */
};
enum err_code est_plan_make(const struct est_input *in, const struct est_spec *s, struct est_formula *f, struct est_plan *out,
    struct err *e) NODISCARD;
#endif
