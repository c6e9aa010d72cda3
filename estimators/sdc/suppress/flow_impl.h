/* flow_impl.h -- the state that the steps of suppression by flows share: the pass over parts, repair, clean-up. */
#ifndef SHIRABE_ESTIMATORS_SUPPRESS_FLOW_IMPL_H
#define SHIRABE_ESTIMATORS_SUPPRESS_FLOW_IMPL_H
#include "estimators/sdc/suppress/flow.h"
#include "estimators/sdc/suppress/flow_part.h"

struct flowing {
  struct arena *a;
  const struct cell_table *t;
  const struct suppress_options *o;
  struct suppress_result *r;
  uint8_t *hidden;
  int32_t *place;               /* work, -1 */
  double *need_low, *need_high; /* how far each hidden cell must be able to move */
  double *cost;
  uint8_t *given_up; /* trapped already */
  struct flow_part *whole; /* the whole table in the solver, made when first needed; NULL */
  struct arena *whole_arena;
};
enum err_code flow_over_parts(struct flowing *f, struct err *e) NODISCARD;
/* One cell, one side, with `held` cells fixed (NULL: none); *found false: no flow in the whole table. */
enum err_code flow_repair_cell(struct flowing *f, int32_t cell, bool up, double goal, const uint8_t *held, bool *found, struct err *e) NODISCARD;
void flow_whole_free(struct flowing *f);
/* The whole audited as it stands; what is unsafe protected on its neighbourhood until nothing more can be done. */
enum err_code flow_audit(struct flowing *f, struct arena *a, struct audit_report *r, struct err *e) NODISCARD;
enum err_code flow_repair(struct flowing *f, struct err *e) NODISCARD;
enum err_code flow_clean_up(struct flowing *f, struct err *e) NODISCARD;
/* A cell without level moves by one unit. */
double flow_goal(const struct cell_table *t, int32_t cell, bool up);
static inline void flow_progress(const struct flowing *f, const char *stage, int64_t done, int64_t of) {
  if (f->o->progress) f->o->progress(f->o->progress_context, stage, done, of);
}
#endif
