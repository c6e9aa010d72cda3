/* column_codes.c -- codes of a column of numbers. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_out.h"
#include "base/table.h"
#include "estimators/design/column_read.h"

enum { FEW_VALUES = 4096 };

static enum err_code level_texts(struct arena *a, const double *value, int64_t n, struct str **out, struct err *e) {
  char b[32];
  *out = ARENA_ARRAY(a, struct str, n + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "codes");
  for (int64_t k = 0; k < n; k++) {
    real_format(value[k], b);
    const char *text = arena_strdup(a, b, strlen(b));
    if (!text) return ERR(e, E_NO_MEMORY, .subject = "codes");
    (*out)[k] = str_of(text);
  }
  return E_OK;
}

struct range {
  bool whole;
  double low, high;
  int64_t n;
};
static struct range range_of(int64_t n, const double *v, const uint8_t *status) {
  struct range r = {.whole = true};
  for (int64_t i = 0; i < n; i++) {
    if (!value_present(status[i])) continue;
    if (r.n == 0 || v[i] < r.low) r.low = v[i];
    if (r.n == 0 || v[i] > r.high) r.high = v[i];
    r.whole = r.whole && v[i] == floor(v[i]) && fabs(v[i]) < 9007199254740992.0;
    r.n++;
  }
  return r;
}

/* A short range of whole numbers: a table of it. */
static enum err_code by_table(struct arena *a, int64_t n, const double *v, const uint8_t *status, const struct range *r, int32_t *code,
    int32_t *n_levels, struct str **level, struct err *e) {
  const int64_t width = r->n ? (int64_t)(r->high - r->low) + 1 : 0;
  int32_t *label = ARENA_ARRAY(a, int32_t, width + 1), next = 0;
  if (!label) return ERR(e, E_NO_MEMORY, .subject = "codes");
  for (int64_t i = 0; i < n; i++)
    if (value_present(status[i])) label[(int64_t)(v[i] - r->low)] = 1;
  for (int64_t k = 0; k < width; k++) label[k] = label[k] ? next++ : -1;
  for (int64_t i = 0; i < n; i++) code[i] = value_present(status[i]) ? label[(int64_t)(v[i] - r->low)] : -1;
  double *value = ARENA_ARRAY(a, double, next + 1);
  if (!value) return ERR(e, E_NO_MEMORY, .subject = "codes");
  for (int64_t k = 0; k < width; k++)
    if (label[k] >= 0) value[label[k]] = r->low + (double)k;
  *n_levels = next;
  return level_texts(a, value, next, level, e);
}

static int real_cmp(const void *x, const void *y) {
  const double a = *(const double *)x, b = *(const double *)y;
  return (a > b) - (a < b);
}
/* At most FEW_VALUES distinct values? Open addressing over their bits. */
static bool few_values(struct arena *a, int64_t n, const double *v, const uint8_t *status) {
  enum { SLOTS = 4 * FEW_VALUES };
  double *slot = ARENA_ARRAY(a, double, SLOTS);
  uint8_t *used = ARENA_ARRAY(a, uint8_t, SLOTS);
  int found = 0;
  for (int64_t i = 0; slot && used && i < n; i++) {
    if (!value_present(status[i])) continue;
    const double x = v[i] == 0 ? 0 : v[i];
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    uint64_t k = (bits * UINT64_C(0x9E3779B97F4A7C15)) >> 50;
    while (used[k] && slot[k] != x) k = (k + 1) % SLOTS;
    if (used[k]) continue;
    if (++found > FEW_VALUES) return false;
    used[k] = 1, slot[k] = x;
  }
  return slot && used;
}
static enum err_code by_sort(struct arena *a, int64_t n, const double *v, const uint8_t *status, int32_t *code, int32_t *n_levels,
    struct str **level, struct err *e) {
  double *value = ARENA_ARRAY(a, double, n + 1);
  int64_t m = 0, distinct = 0;
  if (!value) return ERR(e, E_NO_MEMORY, .subject = "codes");
  for (int64_t i = 0; i < n; i++)
    if (value_present(status[i])) value[m++] = v[i] == 0 ? 0 : v[i];
  qsort(value, (size_t)m, sizeof *value, real_cmp);
  for (int64_t k = 0; k < m; k++)
    if (k == 0 || value[k] != value[k - 1]) value[distinct++] = value[k];
  for (int64_t i = 0; i < n; i++) {
    int64_t low = 0, high = distinct - 1;
    code[i] = -1;
    if (!value_present(status[i])) continue;
    while (low < high) {
      const int64_t middle = low + (high - low) / 2;
      if (value[middle] < v[i]) low = middle + 1;
      else high = middle;
    }
    code[i] = (int32_t)low;
  }
  *n_levels = (int32_t)distinct;
  return level_texts(a, value, distinct, level, e);
}

enum err_code column_codes(struct arena *a, int64_t n, const double *number, const uint8_t *status, int32_t **code, int32_t *n_levels,
    struct str **level, struct err *e) {
  const struct range r = range_of(n, number, status);
  *code = NULL, *n_levels = 0, *level = NULL;
  struct arena_mark mark = arena_mark(a);
  if (!r.whole && !few_values(a, n, number, status)) return E_OK;
  arena_reset(a, mark);
  *code = ARENA_ARRAY(a, int32_t, n + 1);
  if (!*code) return ERR(e, E_NO_MEMORY, .subject = "codes");
  if (r.whole && r.high - r.low < (double)(4 * n + 65536) && r.high - r.low < 2e9)
    return by_table(a, n, number, status, &r, *code, n_levels, level, e);
  return by_sort(a, n, number, status, *code, n_levels, level, e);
}
