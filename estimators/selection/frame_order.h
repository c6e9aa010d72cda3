/* frame_order.h -- columns of a sampling frame as dense ranks, and the rows in an order that does not depend on how the file was sorted.
 * Shapes   cells as csv_table holds them; rank, order: [n]. Ranks are dense from 0 in binary order of the texts; by value when `numeric` is asked for
 *          and every cell is a number (else binary: *numeric tells which).
 * Missing  a blank cell ranks first; whether it may be blank is the caller's.
 * Errors   E_NO_MEMORY. Memory: 24 bytes a row of scratch, given back. Cost: n log n for ranks (the first eight bytes are compared as one number),
 *          O(n) a key for the order. Source: counting sort: Knuth, The Art of Computer Programming 3, 5.2. */
#ifndef SHIRABE_ESTIMATORS_SELECTION_FRAME_ORDER_H
#define SHIRABE_ESTIMATORS_SELECTION_FRAME_ORDER_H
#include "base/err.h"
#include "base/ext_csv.h"

struct frame_rank {
  int32_t *rank;
  int32_t n_levels;
};
enum err_code frame_rank(struct arena *a, const struct csv_table *t, int column, bool numeric, struct frame_rank *out, struct err *e) NODISCARD;
/* Rows sorted by the keys, the first one outermost; stable. */
enum err_code frame_order(struct arena *a, int64_t n, int n_keys, const struct frame_rank *const *key, int64_t *order, struct err *e) NODISCARD;
/* A whole column of finite numbers; E_FRAME_NUMBER with the place of the first cell that is none. */
enum err_code frame_numbers(struct arena *a, const char *place, const struct csv_table *t, int column, double **out, struct err *e) NODISCARD;
bool frame_number(struct str text, double *out);
#endif
