#include "processing/impute/impute_mean.h"

enum err_code impute_class_mean(
    struct impute_run *r, const struct impute_step_plan *s, const struct item *item, struct impute_count *count, struct err *e) {
  const struct impute_predictor one = {NULL, false};
  return impute_by_class(r, s, item, &one, count, e);
}
