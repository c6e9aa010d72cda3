/* label.h -- dense labels of several code columns together: strata of crossed items, units inside strata.
 * Shapes   a, b, out: [n] codes from 0; -1 (missing) in either gives -1. Labels are numbered in the order of (a, b).
 * Errors   E_CAP_EXCEEDED above 2^31 labels, E_NO_MEMORY. Memory: 4 bytes a record, and a table of all pairs while that is small, else 8 bytes a
 *          record. Cost: O(n), or a sort where there are many possible pairs. Source: none, plain keeping. */
#ifndef SHIRABE_ESTIMATORS_DESIGN_LABEL_H
#define SHIRABE_ESTIMATORS_DESIGN_LABEL_H
#include "base/arena.h"
#include "base/err.h"

enum err_code label_cross(struct arena *a, int64_t n, const int32_t *x, int32_t n_x, const int32_t *y, int32_t n_y, int32_t **out, int32_t *n_out,
    struct err *e) NODISCARD;
#endif
