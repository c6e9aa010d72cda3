/* mls_guard_impl.h -- what the checks and the pricing of the plan guard share. */
#ifndef SHIRABE_ESTIMATORS_MLS_GUARD_IMPL_H
#define SHIRABE_ESTIMATORS_MLS_GUARD_IMPL_H
#include "estimators/mls/mls_guard.h"

struct guard {
  struct arena *a;
  const struct mls_guard_input *in;
  struct mls_guard_result *out;
  int32_t room;
};
/* Gives every stratum finding of C1, C3 and C5 its yen, and the run its two averages. */
enum err_code mls_guard_price(struct guard *g, struct err *e) NODISCARD;
/* M/m of a stratum as drawn; 0 when nothing was drawn. */
static inline double mls_guard_right_weight(const struct mls_guard_stratum *s) {
  return s->drawn_units > 0 ? (double)s->frame_units / (double)s->drawn_units : 0;
}
#endif
