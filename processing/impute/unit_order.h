/* unit_order.h -- records by class and, within a class, by the hash of their unit: an order that does not depend on how rows arrived.
 * Sums taken in it have the same bits for any permutation of the rows. Units with equal hashes are ordered by id; ids are expected to be distinct.
 * Shapes   row[start[g]] .. row[start[g+1]-1] are the rows of class g. group NULL: one class; group[i] in 0..n_groups-1, else E_MODEL_SPEC. n below
 *          2^31.
 * Memory   16 bytes a record while sorting, 4 kept. Cost O(n log n). */
#ifndef SHIRABE_PROCESSING_IMPUTE_UNIT_ORDER_H
#define SHIRABE_PROCESSING_IMPUTE_UNIT_ORDER_H
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct unit_order {
  int32_t n_groups;
  int32_t *start; /* [n_groups + 1] */
  int32_t *row;   /* [n] */
};
enum err_code unit_order_make(struct arena *a, const struct str *unit, int64_t n, const int32_t *group, int32_t n_groups, struct unit_order *out,
    struct err *e) NODISCARD;
#endif
