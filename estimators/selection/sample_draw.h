/* sample_draw.h -- a plan, a seed and a frame give a sample: the same one whatever the order of the frame's rows.
 * Shapes   the frame is a table of texts, one row per unit of the last stage; units of the stages above are its distinct labels inside the unit
 *          above. Selected rows come out ordered by the labels of strata and units, stage by stage. Arrays of a stage are [n] by selected row.
 * Units    probability of a stage is that inside the selected unit above; weight = 1 / product. A weight that is a ratio of whole numbers is kept as
 *          num / den too (den = 0: it is not one, or too long): N/n of equal probabilities, T/(m x) of whole sizes.
 * Cells    a stage's stratum inside one selected unit above: its N units, n taken, how many of them for certain.
 * Missing  a blank unit, stratum, size, order or balancing value stops the draw with its row.
 * Errors   E_FRAME_*, E_STRATUM_*, E_SAMPLE_SIZE, E_SAMPLE_METHOD, E_SAMPLING_VALUE, E_ALLOCATION, E_NO_MEMORY.
 * Random   every number hangs on (seed, id of the unit) or (seed, label of the cell): unit_random.h. The number that ranks a unit depends on seed
 *          and id alone, not on stage or stratum: two surveys with one seed are positively coordinated.
 * Memory   about 100 bytes a frame row beside the table, from the arena. Cost: sorting, then that of draw.h by cell.
 * Source   Särndal, Swensson & Wretman (1992) ch. 3 and 4; collocated numbers: Brewer, Early & Joyce (1972), Ohlsson (1995). */
#ifndef SHIRABE_ESTIMATORS_SELECTION_SAMPLE_DRAW_H
#define SHIRABE_ESTIMATORS_SELECTION_SAMPLE_DRAW_H
#include "base/ext_csv.h"
#include "base/job.h"
#include "estimators/selection/sample_plan.h"

struct sample_frame {
  const char *place;
  const struct csv_table *table;
};
struct sample_cell {
  int stage;
  struct str label;       /* stratum labels joined by '/'; "" = no strata */
  struct str within;      /* the selected unit above; "" at the first stage */
  int64_t n_units, n_sample, n_certain, n_rows;
  double expected;        /* sum of the inclusion probabilities */
  int64_t first_row;      /* a row of the frame in it */
  double weight_sum;      /* of final weights of the selected rows (first-stage cells) */
  int64_t first_unit;     /* first-stage cells: place of its first unit in first_pi and first_taken */
};
struct sample_stage {
  double *probability;
  int32_t *cell;
  uint8_t *certain;
};
struct sample {
  int64_t n;
  int64_t *row; /* [n] rows of the frame */
  struct sample_stage stage[SAMPLING_STAGES];
  double *probability, *weight; /* [n] over all stages */
  int64_t *weight_num, *weight_den;
  int64_t n_cells;
  struct sample_cell *cells;
  int64_t n_first; /* all units of the first stage, by cell: probabilities aimed at, and who was taken */
  double *first_pi;
  uint8_t *first_taken;
  int64_t *column_unit; /* [stages] columns of the frame that the plan names as units */
};
enum err_code sample_draw(
    struct job *job, struct arena *a, const struct sample_frame *f, const struct sample_plan *plan, uint64_t seed, struct sample *out,
        struct err *e) NODISCARD;
struct allocation_target {
  const char *variable, *domain;
  struct str value;
  double total, wanted, cv; /* wanted 0 = none */
};
/* What the allocation of a first stage goes by and what it gives; arrays by cell, in the order of the cells. */
struct allocation_report {
  int64_t n_cells;
  const struct str *label;
  const int64_t *units, *sample;
  const double *cost;      /* NULL = 1 each */
  int n_targets;           /* expected cv by target; a target with a domain stands once for each of its values */
  const struct allocation_target *target;
  double total_cost, bound; /* bound: no allocation that holds the targets costs less; 0 = method without one */
};
/* The allocation of a plan's first stage alone; E_SAMPLING_MISSING when the plan has none. */
enum err_code sample_allocation(struct arena *a, const struct sample_frame *f, const struct sample_plan *plan, struct allocation_report *out,
    struct err *e) NODISCARD;
/* The strata of the first stage with what the plan takes from each, in binary order of their columns; of_row [frame rows]. */
struct sample_strata {
  int64_t n;
  struct str *label;
  int64_t *units, *sample, *of_row;
};
enum err_code sample_strata(struct arena *a, const struct sample_frame *f, const struct sample_plan *plan, struct sample_strata *out,
    struct err *e) NODISCARD;
#endif
