/* taylor_impl.h -- what one pass of taylor.h shares between its parts: taylor_unit.c walks the tree and adds, taylor.c cuts blocks, runs threads
 *    and puts the blocks together.
 * Memory   a worker keeps for every domain its sums in the open parent (8 m + 8 pairs + 13 bytes); a block keeps figures of the domains it meets
 *          only. */
#ifndef SHIRABE_ESTIMATORS_VARIANCE_TAYLOR_IMPL_H
#define SHIRABE_ESTIMATORS_VARIANCE_TAYLOR_IMPL_H
#include "base/sum.h"
#include "estimators/variance/taylor.h"

enum { WINDOW_RECORDS = 512 };

/* What units bring to their parent: their totals per domain that they have records of. */
struct unit_totals {
  int64_t n, room;
  int32_t *domain;
  double *value; /* [n][m] */
};
/* Sums per domain of the parent in work; only touched entries are valid. */
struct bench {
  int32_t *touched;
  int32_t n_touched;
  uint8_t *mark;
  int64_t *count;
  double *sum;    /* [D][m] */
  double *square; /* [D][pairs] */
};
struct late { /* deviation of a lonely unit from a mean that is not known yet */
  int32_t domain, stage;
  double coefficient;
};
struct part { /* what one block gives: one slot for each domain met in it */
  int32_t n, room;
  int32_t *domain;
  struct sum *total; /* [n][m] */
  struct sum *cov;   /* [n][pairs] */
  int64_t *psus, *strata, *records;
  int64_t n_late, late_room;
  struct late *late;
  double *late_value; /* [n_late][m] */
};
struct pass {
  const struct sample_design *d;
  const int32_t *of_row; /* NULL = all in domain 0 */
  int32_t n_domains;
  const double *z;       /* one column, one statistic: read as it is */
  const struct taylor_term *terms;
  const uint8_t *absent; /* [m] 1 = all zeros; NULL = none */
  int m, pairs;          /* pairs = m(m+1)/2 with covariances, m without */
  bool diagonal, sums_only;
  int64_t n_blocks;
  const int64_t *block;  /* [n_blocks + 1] first-stage parents */
  struct part *parts;
};
struct worker {
  const struct pass *p;
  struct arena *arena;
  struct bench bench;
  int32_t *slot;                                /* [D] slot of a domain in the open block, -1 = none */
  struct unit_totals units[DESIGN_MAX_STAGES];  /* [s]: of the units of stage s in the open parent */
  struct unit_totals strata[DESIGN_MAX_STAGES]; /* [s]: of the strata inside the open unit of stage s, when it has several */
  int64_t window_from, window_to;               /* positions whose values are in the window */
  double *window;                               /* [WINDOW_RECORDS][m] */
  int32_t *window_domain;
  int64_t from, step;
  bool failed;
};
bool taylor_worker_new(struct worker *w, const struct pass *p);
/* All strata of one block; false = no memory. */
bool taylor_block(struct worker *w, int64_t block);
#endif
