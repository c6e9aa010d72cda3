/* donor_index.h -- the nearest donors of a recipient by the largest rank difference over some items, exactly.
 * Shapes   a space has n points (donors and recipients of a class) and p items; rank2[j]: [n] twice the mid-ranks, unit[j] = 1e7 / (2 (n_j + 1)).
 *          donors: [n_donors] points. An index is over d of the items and all donors: with a tree, or none (every query scans).
 *          A query may ask for any of the index's items: boxes of fewer items are looser bounds, never wrong ones.
 * Distance rounds(|rank2 difference| * unit) to whole 1e-7 per item, largest over the d items: int32. Single-precision coordinates are only a filter
 *          with slack; what passes is computed exactly, so that scan and tree give the same bits.
 * Result   all donors not blocked whose distance is at most that of the k-th nearest: at least k where there are as many, in no order.
 * Memory   tree: (4 d + 4) bytes per donor and the boxes, one per 32 donors. Cost: scan n_donors * d single-precision steps, tree about log n_donors
 *          boxes for correlated items. Building: n_donors log n_donors.
 * Source   Friedman, Bentley and Finkel (1977), ACM TOMS 3: split the widest range at the median; Euclidean replaced by the largest difference. */
#ifndef SHIRABE_PROCESSING_IMPUTE_DONOR_INDEX_H
#define SHIRABE_PROCESSING_IMPUTE_DONOR_INDEX_H
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

enum { DONOR_LEAF = 64, DONOR_MAX_QUERY = 1024 };
struct donor_space {
  int p;
  int32_t n, n_donors;
  int32_t **rank2;        /* [p][n] */
  double *unit;           /* [p] */
  const int32_t *donors;  /* [n_donors] points, ascending */
  float **coordinate;     /* [p][n_donors] rank2 * unit of the donors */
};
struct donor_index {
  const struct donor_space *space;
  int d;
  const int *items;       /* [d] */
  int levels;             /* 0 = no tree */
  int32_t *order;         /* [n_donors] positions in donors, leaf by leaf */
  float **sorted;         /* [d][n_donors] coordinates in that order */
  float *box;             /* per node, heap order: d lows, d highs */
};
struct donor_near {
  int32_t distance, donor; /* donor: position in space.donors */
};
struct donor_search { /* scratch and filter of queries: near has room for n_donors */
  struct donor_near *near;
  int64_t n, next_cut;
  int32_t k, worst;
  bool (*blocked)(const void *context, int32_t donor); /* NULL = nobody */
  const void *context;
};
int32_t donor_distance(const struct donor_space *s, const int *items, int d, int32_t point, int32_t donor_point);
size_t donor_tree_bytes(const struct donor_space *s, int d);
/* items is borrowed. with_tree false: a scan. */
enum err_code donor_index_init(struct donor_index *x, struct arena *a, const struct donor_space *s, const int *items, int d, bool with_tree,
                               struct err *e) NODISCARD;
/* items: [d] of the query; slot: their places in x->items, NULL when they are x->items. Result: s->near[0 .. s->n-1]. */
void donor_index_find(const struct donor_index *x, const int *items, const int *slot, int d, int32_t point, int32_t k, struct donor_search *s);
#endif
