/* sample_draw_impl.h -- what the files that carry out a plan share: the columns a stage reads, ranked and parsed once.
 * Shapes   stratum, order, unit: ranks [frame rows]; size, certain, balance, random: numbers [frame rows], NULL = not named by the plan.
 * Errors, memory, source  as sample_draw.h. */
#ifndef SHIRABE_ESTIMATORS_SELECTION_SAMPLE_DRAW_IMPL_H
#define SHIRABE_ESTIMATORS_SELECTION_SAMPLE_DRAW_IMPL_H
#include "base/table.h"
#include "estimators/selection/frame_order.h"
#include "estimators/selection/sample_draw.h"

struct stage_columns {
  int unit_column, n_stratum, n_order, n_balance;
  int stratum_column[SAMPLING_COLUMNS];
  struct frame_rank unit, stratum[SAMPLING_COLUMNS], order[SAMPLING_COLUMNS];
  double *size, *certain, *random, *balance[SAMPLING_COLUMNS];
};
struct frame_columns {
  const struct sample_frame *frame;
  struct stage_columns stage[SAMPLING_STAGES];
  int64_t *order; /* [n] rows in the order of all keys */
};
enum err_code frame_column(const struct sample_frame *f, const char *name, int *out, struct err *e) NODISCARD;
enum err_code frame_columns(struct arena *a, const struct sample_frame *f, const struct sample_plan *plan, struct frame_columns *out,
    struct err *e) NODISCARD;
/* The stratum labels of a row joined by '/'. */
enum err_code stratum_label(struct arena *a, const struct frame_columns *c, int stage, int64_t row, struct str *out, struct err *e) NODISCARD;

bool same_stratum(const struct stage_columns *k, int64_t row, int64_t other);
/* Positions in c->order where the strata of the first stage begin; starts [n + 1]. */
enum err_code first_strata(struct arena *a, const struct frame_columns *c, int64_t **starts, int64_t *n, struct err *e) NODISCARD;
enum err_code plan_rows_met(const struct frame_columns *c, const struct sample_plan *plan, struct err *e) NODISCARD;

/* The units of one cell, in the order of ids (or of the plan's order columns). begin [n + 1]: positions in frame_columns.order. */
struct cell_units {
  int64_t n;
  int64_t *begin;
  struct str *id; /* path from the top, parts joined by 0x1f */
};
struct cell_sizes {
  struct sample_cell cell;
  double *pi, *actual;   /* [units] aimed at and real */
  uint8_t *certain, *taken;
  double rest_total;     /* size_probability.h; 0 = equal probabilities */
  int64_t rest_size, rest_units;
  const double *x;       /* [units] sizes; NULL = equal */
};
/* n of a cell by the plan; allocated sizes are given per first-stage cell. */
enum err_code cell_size(const struct frame_columns *c, const struct sampling_stage *p, int64_t row, struct str label, int64_t n_units,
    int64_t allocated,
    int64_t *out, struct err *e) NODISCARD;
enum err_code cell_draw(struct arena *a, const struct frame_columns *c, const struct sampling_stage *p, const struct cell_units *u, int stage,
    uint64_t seed,
    struct cell_sizes *s, struct err *e) NODISCARD;
/* Sizes of the first-stage cells by the plan's allocation, out [n_cells]; starts [n_cells + 1] positions in c->order. report may be NULL. */
enum err_code sampling_allocation_sizes(struct arena *a, const struct frame_columns *c, const struct sampling_stage *p, int64_t n_cells,
    const int64_t *starts,
    struct allocation_report *report, int64_t *out, struct err *e) NODISCARD;
#endif
