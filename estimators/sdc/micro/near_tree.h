/* near_tree.h -- points that are taken away one by one: which of those left is farthest from a place, which are nearest.
 * Shapes   n points of d coordinates, by rows [n x d], borrowed; a leaf holds up to 16 points. Ties: the point with the smaller number.
 * Method   k-d tree split at medians; each node keeps the box and the number of its points left, so that boxes shrink. Distances are squared, added
 *          in the order of the coordinates; bounds are made of the same operations, which keeps every answer that of a plain search, bit for bit.
 * Errors   E_NO_MEMORY. Memory: (8 d + 12) bytes a point / 8 for boxes, 9 bytes a point. Cost: building n log n, a question or a removal about log
 * n. */
#ifndef SHIRABE_ESTIMATORS_SDC_MICRO_NEAR_TREE_H
#define SHIRABE_ESTIMATORS_SDC_MICRO_NEAR_TREE_H
#include "base/arena.h"
#include "base/err.h"

struct near_node {
  int32_t from, to, left, right, parent; /* points order[from .. to - 1]; left < 0: a leaf */
  int32_t least;                         /* smallest number of a point left: settles ties without a search */
  int64_t alive;
};
struct near_tree {
  const double *point;
  int d;
  int64_t n;
  int32_t *order, *leaf; /* leaf of a point */
  bool *alive;
  struct near_node *node;
  double *box; /* [nodes x 2 d]: lowest, then highest */
  int32_t n_nodes;
};
struct near_point {
  double distance; /* squared */
  int32_t point;
};
enum err_code near_tree_build(struct near_tree *t, struct arena *a, const double *point, int d, int64_t n, struct err *e) NODISCARD;
void near_tree_remove(struct near_tree *t, int32_t point);
int32_t near_tree_farthest(const struct near_tree *t, const double *from); /* -1 = none left */
/* The k nearest of those left, nearest first; returns how many. */
int64_t near_tree_nearest(const struct near_tree *t, const double *from, int64_t k, struct near_point *out);
#endif
