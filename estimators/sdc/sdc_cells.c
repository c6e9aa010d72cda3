#include "estimators/sdc/sdc_cells.h"

#include <stdlib.h>
#include <string.h>

static struct sdc_contribution contribution(const struct sdc_judging *g, int64_t i, double value, double weight) {
  return (struct sdc_contribution){.value = value,
      .weight = weight,
      .holding = g->holding ? g->holding[i] : -1,
      .waiver = g->waiver && g->waiver[i],
      .asked = g->asked && g->asked[i],
      .unit = i};
}
static bool takes_part(const int32_t *row, const double *weight, int64_t i) { return row[i] >= 0 && (!weight || weight[i] > 0); }
/* Records of a cell stand together, in their order. */
static enum err_code by_cell(struct arena *a, const struct sdc_judging *g, int64_t n, const int32_t *row, const double *value, const double *weight,
    int32_t n_rows, struct sdc_contribution **out, int64_t **first, struct err *e) {
  struct sdc_contribution *x = ARENA_ARRAY(a, struct sdc_contribution, n + 1);
  int64_t *at = ARENA_ARRAY(a, int64_t, (int64_t)n_rows + 2);
  if (!x || !at) return ERR(e, E_NO_MEMORY, .subject = "contributions");
  for (int64_t i = 0; i < n; i++) at[row[i] + 2] += takes_part(row, weight, i);
  at[1] = 0; /* those in no cell were counted there */
  for (int32_t r = 2; r <= n_rows + 1; r++) at[r] += at[r - 1];
  for (int64_t i = 0; i < n; i++)
    if (takes_part(row, weight, i)) x[at[row[i] + 1]++] = contribution(g, i, value[i], weight ? weight[i] : 1);
  *out = x, *first = at; /* at[r] .. at[r + 1]: the cell r */
  return E_OK;
}
enum err_code sdc_judge_cells(struct arena *a, const struct sdc_judging *g, int64_t n, const int32_t *row, const double *value, const double *weight,
    int32_t n_rows, struct sdc_judgement *out, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  struct sdc_contribution *x = NULL;
  int64_t *first = NULL;
  TRY(by_cell(a, g, n, row, value, weight, n_rows, &x, &first, e));
  for (int32_t r = 0; r < n_rows; r++)
    if (first[r + 1] > first[r]) TRY(sdc_judge(g->rule, x + first[r], first[r + 1] - first[r], &out[r], e));
  arena_reset(a, mark);
  return E_OK;
}

struct owned {
  int32_t row;
  int64_t holding;
};
static int owned_cmp(const void *p, const void *q) {
  const struct owned *a = p, *b = q;
  return a->row != b->row ? (a->row > b->row) - (a->row < b->row) : (a->holding > b->holding) - (a->holding < b->holding);
}
enum err_code sdc_count_owners(
    struct arena *a, const struct sdc_judging *g, int64_t n, const int32_t *row, int32_t n_rows, int64_t *out, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  struct owned *x = ARENA_ARRAY(a, struct owned, n + 1);
  int64_t m = 0;
  if (!x) return ERR(e, E_NO_MEMORY, .subject = "owners");
  for (int64_t i = 0; i < n; i++) {
    if (row[i] < 0 || row[i] >= n_rows) continue;
    if (!g->holding || g->holding[i] < 0) out[row[i]]++;
    else x[m++] = (struct owned){row[i], g->holding[i]};
  }
  qsort(x, (size_t)m, sizeof *x, owned_cmp);
  for (int64_t i = 0; i < m; i++)
    if (i == 0 || owned_cmp(&x[i - 1], &x[i])) out[x[i].row]++;
  arena_reset(a, mark);
  return E_OK;
}
