#include "estimators/design/label.h"

#include <stdlib.h>
#include <string.h>

static int64_t pair_of(const int32_t *x, const int32_t *y, int32_t n_y, int64_t i) { return x[i] < 0 || y[i] < 0 ? -1 : (int64_t)x[i] * n_y + y[i]; }

/* Few possible pairs: a table of them. */
static enum err_code by_table(
    struct arena *a, int64_t n, int64_t pairs, const int32_t *x, const int32_t *y, int32_t n_y, int32_t *out, int32_t *n_out, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  int32_t *label = ARENA_ARRAY(a, int32_t, pairs + 1), next = 0;
  if (!label) return ERR(e, E_NO_MEMORY, .subject = "labels");
  for (int64_t i = 0; i < n; i++)
    if (pair_of(x, y, n_y, i) >= 0) label[pair_of(x, y, n_y, i)] = 1;
  for (int64_t k = 0; k < pairs; k++) label[k] = label[k] ? next++ : -1;
  for (int64_t i = 0; i < n; i++) {
    const int64_t pair = pair_of(x, y, n_y, i);
    out[i] = pair < 0 ? -1 : label[pair];
  }
  *n_out = next;
  arena_reset(a, mark);
  return E_OK;
}

static int pair_cmp(const void *p, const void *q) {
  const int64_t a = *(const int64_t *)p, b = *(const int64_t *)q;
  return (a > b) - (a < b);
}
static int64_t find(const int64_t *sorted, int64_t n, int64_t pair) {
  int64_t low = 0, high = n - 1;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (sorted[middle] < pair) low = middle + 1;
    else high = middle;
  }
  return low;
}
/* Many possible pairs: those that occur, sorted. */
static enum err_code by_sort(
    struct arena *a, int64_t n, const int32_t *x, const int32_t *y, int32_t n_y, int32_t *out, int32_t *n_out, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  int64_t *pairs = ARENA_ARRAY(a, int64_t, n + 1), m = 0, distinct = 0;
  if (!pairs) return ERR(e, E_NO_MEMORY, .subject = "labels");
  for (int64_t i = 0; i < n; i++)
    if (pair_of(x, y, n_y, i) >= 0) pairs[m++] = pair_of(x, y, n_y, i);
  qsort(pairs, (size_t)m, sizeof *pairs, pair_cmp);
  for (int64_t k = 0; k < m; k++)
    if (k == 0 || pairs[k] != pairs[k - 1]) pairs[distinct++] = pairs[k];
  if (distinct > INT32_MAX - 1) return ERR(e, E_CAP_EXCEEDED, .subject = "labels");
  for (int64_t i = 0; i < n; i++) {
    const int64_t pair = pair_of(x, y, n_y, i);
    out[i] = pair < 0 ? -1 : (int32_t)find(pairs, distinct, pair);
  }
  *n_out = (int32_t)distinct;
  arena_reset(a, mark);
  return E_OK;
}

enum err_code label_cross(struct arena *a, int64_t n, const int32_t *x, int32_t n_x, const int32_t *y, int32_t n_y, int32_t **out, int32_t *n_out,
    struct err *e) {
  const int64_t pairs = (int64_t)n_x * n_y;
  *out = ARENA_ARRAY(a, int32_t, n + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "labels");
  return pairs <= 4 * n + 65536 ? by_table(a, n, pairs, x, y, n_y, *out, n_out, e) : by_sort(a, n, x, y, n_y, *out, n_out, e);
}
