/* sample_design.h -- the design of a sample with any number of stages: strata, units and finite population counts at each; what every estimator
 *    and variance reads.
 * Shapes   n records. A stage gives per record its stratum and unit (dense labels from 0, any order) and the units of the population in that
 *          stratum. Within the tree "parents" of stage s are its strata: of the whole at stage 1, inside one unit of the stage above later on.
 * Units    weight = frame units that a record stands for. population counts units of the stage, not records; a sampled fraction f = n /
 *          population, n = units of the design in the parent (also those without a record in a domain). 1 - f below 1e-7 is take-all: the stage
 *          adds nothing.
 * Formula  V = sum over stages and parents of c_p sum_i (t_i - mean)^2, c_p = F (1 - f) n / (n - 1), F = product of f over the stages above.
 * Stages   a stage without population counts has f = 0: what lies below adds nothing (ultimate cluster, with replacement).
 * Lonely   a parent with one unit and f < 1 has no variance of its own. STOP lists the strata; ZERO adds nothing (also "certainty"); CENTRE takes
 *          the deviation from 0 (the mean of a linearised mean or ratio; too large for totals); MEAN from the mean over all units of the stage;
 *          AVERAGE the average of the other strata of its parent. Joining with a neighbour is design_collapse's work. lonely_in_domain treats a
 *          stratum with one unit in a domain so too (else the others count as zeros, which is the rule).
 * Nesting  a unit label in two strata is an error unless `nested` says that labels repeat.
 * Errors   E_NO_WEIGHT (with the place), E_NO_STRATUM, E_UNIT_IN_TWO_STRATA, E_POPULATION_DIFFERS (two counts in one stratum), E_POPULATION_SHORT
 *          (more units than the population has), E_LONELY_PSU (design_lonely).
 * Order    records are ordered by the labels of all stages, those of one unit in row order; a design given in that order needs no permutation.
 * Memory   12 to 40 bytes per unit of each stage and 8 per record when rows are not in order; from the arena. Cost: counting sorts, O(n stages).
 * Source   Särndal, Swensson & Wretman (1992) ch. 4; Bellhouse (1985), Journal of Official Statistics 1; lonely units: Lumley (2010) Complex
 *          Surveys 2.4, Stata svyset. */
#ifndef SHIRABE_ESTIMATORS_DESIGN_SAMPLE_DESIGN_H
#define SHIRABE_ESTIMATORS_DESIGN_SAMPLE_DESIGN_H
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

enum { DESIGN_MAX_STAGES = 6 };
enum lonely_policy { LONELY_STOP, LONELY_ZERO, LONELY_CENTRE, LONELY_MEAN, LONELY_AVERAGE };

struct stage_spec {
  const int32_t *stratum;   /* [n]; NULL = one stratum (inside each unit of the stage above) */
  const int32_t *unit;      /* [n]; NULL = every record is a unit of its own: only at the last stage */
  const double *population; /* [n]; NULL = no finite population correction from here down */
};
struct sample_spec {
  int64_t n;
  int n_stages;
  struct stage_spec stage[DESIGN_MAX_STAGES];
  const double *weight; /* [n] > 0; 0 = the record takes no part but its unit counts */
  bool nested;          /* unit labels repeat across strata */
  enum lonely_policy lonely;
  bool lonely_in_domain;
};

/* One stage of the tree. Parents and units are numbered in the order of the records. */
struct design_stage {
  int64_t n_parents, n_units;
  const int64_t *first_unit;   /* [n_parents + 1] */
  const double *coefficient;   /* [n_parents] c_p */
  const double *fraction;      /* [n_parents] product of n / population over the stages down to this one; 0 without population counts */
  const uint8_t *lonely;       /* [n_parents] 1 = one unit and f < 1; NULL = none */
  const int64_t *first_parent; /* [n_units + 1] parents of the next stage; NULL at the last stage */
};
struct sample_design {
  int64_t n;
  int n_stages;
  struct design_stage stage[DESIGN_MAX_STAGES];
  const int64_t *first_row;  /* [units of the last stage + 1] positions; NULL = every record is a unit */
  const int64_t *row;        /* [n] position -> row; NULL = rows are in order */
  const double *weight;      /* [n] by row */
  const int32_t *stratum;    /* [n] by row: label of the first stage; NULL = one stratum */
  enum lonely_policy lonely;
  bool lonely_in_domain;
  int64_t n_lonely;          /* parents of all stages */
};

enum err_code sample_design_build(struct arena *a, const struct sample_spec *spec, struct sample_design *out, struct err *e) NODISCARD;
/* E_LONELY_PSU with the first-stage labels of the records concerned when the policy is STOP. name(context, label) may give texts; NULL = the
 * labels. */
enum err_code sample_design_lonely(
    const struct sample_design *d, const char *(*name)(const void *context, int32_t label), const void *context, struct err *e) NODISCARD;
/* The same tree with other weights: calibrated, adjusted, of a replicate. */
static inline struct sample_design sample_design_weighted(const struct sample_design *d, const double *weight) {
  struct sample_design x = *d;
  x.weight = weight;
  return x;
}
static inline int64_t design_row(const struct sample_design *d, int64_t position) { return d->row ? d->row[position] : position; }
/* out[n] by row: the product of the sampled fractions of all stages; 0 where a stage has no population counts. */
void sample_design_fractions(const struct sample_design *d, double *out);
/* First position of unit u of stage s; u = n_units gives n. */
int64_t design_unit_start(const struct sample_design *d, int stage, int64_t unit);
#endif
