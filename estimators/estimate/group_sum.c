#include "estimators/estimate/group_sum.h"

#include "base/table.h"

enum err_code group_sum_init(struct group_sum *g, struct arena *a, int32_t n_groups, int n_columns, struct err *e) {
  int64_t cells = ((int64_t)n_groups + 1) * n_columns;
  *g = (struct group_sum){
      .n_groups = n_groups, .n_columns = n_columns, .sums = ARENA_ARRAY(a, struct sum, cells), .n = ARENA_ARRAY(a, int64_t, cells)};
  return g->sums && g->n ? E_OK : ERR(e, E_NO_MEMORY, .subject = "grouped sums");
}

/* The row's slot without a branch: rows of no group and missing values go to the slot behind the last group. */
static inline int64_t slot_of(int32_t group, const uint8_t *status, int64_t i, int64_t n_groups) {
  int64_t s = (uint32_t)group < (uint32_t)n_groups ? group : n_groups;
  return !status || value_present(status[i]) ? s : n_groups;
}

/* The same bits as sum_add: Knuth's two-sum gives the rounding error of the addition exactly, as Neumaier's comparison does, without a branch. */
static inline void add_exact(struct sum *s, double x) {
  double t = s->value + x, back = t - s->value;
  s->compensation += (s->value - (t - back)) + (x - back);
  s->value = t;
}

static void add_weighted(struct sum *restrict sums, int64_t *restrict count, int64_t n_groups, const int32_t *restrict group,
    const double *restrict weight, const int64_t *restrict value, const uint8_t *restrict status, int64_t n) {
  for (int64_t i = 0; i < n; i++) {
    int64_t k = slot_of(group[i], status, i, n_groups);
    add_exact(&sums[k], weight[i] * (double)value[i]);
    count[k]++;
  }
}

static void add_general(struct sum *restrict sums, int64_t *restrict count, int64_t n_groups, const int32_t *group, const double *weight,
    const int64_t *value, const uint8_t *status, int64_t n) {
  for (int64_t i = 0; i < n; i++) {
    int64_t k = slot_of(group[i], status, i, n_groups);
    sum_add(&sums[k], (weight ? weight[i] : 1) * (value ? (double)value[i] : 1));
    count[k]++;
  }
}

void group_sum_add(
    struct group_sum *g, int column, const int32_t *group, const double *weight, const int64_t *value, const uint8_t *status, int64_t n) {
  int64_t first = (int64_t)column * (g->n_groups + 1);
  if (weight && value) add_weighted(g->sums + first, g->n + first, g->n_groups, group, weight, value, status, n);
  else add_general(g->sums + first, g->n + first, g->n_groups, group, weight, value, status, n);
}

void group_sum_exact(const int32_t *group, const int64_t *value, const uint8_t *status, int64_t n, int32_t n_groups, group_int *out) {
  for (int64_t i = 0; i < n; i++)
    if ((uint32_t)group[i] < (uint32_t)n_groups && (!status || value_present(status[i]))) out[group[i]] += value ? value[i] : 1;
}
