/* row_heap.h -- a heap of row numbers, the smallest on top: in what order the rows of a sparse column are eliminated. The caller's array has room for
 * every row once. Errors: none. Cost: O(log n) each. */
#ifndef SHIRABE_ESTIMATORS_ROW_HEAP_H
#define SHIRABE_ESTIMATORS_ROW_HEAP_H
#include <stdint.h>

static inline void row_heap_push(int32_t *heap, int32_t *n, int32_t row) {
  int32_t i = (*n)++;
  while (i && heap[(i - 1) / 2] > row) heap[i] = heap[(i - 1) / 2], i = (i - 1) / 2;
  heap[i] = row;
}
/* n above 0. */
static inline int32_t row_heap_pop(int32_t *heap, int32_t *n) {
  const int32_t least = heap[0], last = heap[--*n];
  int32_t i = 0;
  for (;;) {
    int32_t k = 2 * i + 1;
    if (k >= *n) break;
    if (k + 1 < *n && heap[k + 1] < heap[k]) k++;
    if (heap[k] >= last) break;
    heap[i] = heap[k];
    i = k;
  }
  heap[i] = last;
  return least;
}
#endif
