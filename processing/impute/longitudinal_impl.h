/* longitudinal_impl.h -- rows in time order with their neighbours, and cells of (period, class). Only for longitudinal_*.c. */
#ifndef SHIRABE_PROCESSING_IMPUTE_LONGITUDINAL_IMPL_H
#define SHIRABE_PROCESSING_IMPUTE_LONGITUDINAL_IMPL_H
#include "processing/impute/longitudinal.h"

struct long_cell {
  int32_t period, class_;
  int64_t start, end; /* in by_cell */
  struct long_link link[LINK_KINDS];
};
struct long_work {
  const struct long_input *in;
  const struct long_rule *rule;
  int64_t *by_unit, *by_cell;  /* rows by (unit, period) and by (period, class, unit) */
  int64_t *before, *after;     /* the same unit one step earlier and later; -1 = no row */
  int64_t n_cells, *cell_of;
  struct long_cell *cell;
  double *scratch;
  int64_t *scratch_row;
  struct long_row *row;
};
static inline bool long_has(const struct long_values *v, int64_t i) { return v->status && value_present(v->status[i]); }
static inline bool long_responded(const struct long_work *w, int64_t i) { return long_has(&w->in->response, i) && !(w->in->back && w->in->back[i]); }
void long_links(struct long_work *w);
void long_weight_links(struct long_work *w);
#endif
