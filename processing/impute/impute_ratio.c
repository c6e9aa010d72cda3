#include "processing/impute/impute_ratio.h"

enum err_code impute_previous_ratio(
    struct impute_run *r, const struct impute_step_plan *s, const struct item *item, struct impute_count *count, struct err *e) {
  const struct impute_predictor previous = {item->name, true};
  return impute_by_class(r, s, item, &previous, count, e);
}

enum err_code impute_class_ratio(
    struct impute_run *r, const struct impute_step_plan *s, const struct item *item, struct impute_count *count, struct err *e) {
  const struct impute_predictor auxiliary = {s->auxiliary->name, false};
  return impute_by_class(r, s, item, &auxiliary, count, e);
}
