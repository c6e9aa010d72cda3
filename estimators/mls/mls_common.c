#include "estimators/mls/mls_common.h"

#include <stdio.h>

#include "base/sum.h"
#include "base/table.h"
#include "estimators/mls/mls_index.h"

enum err_code mls_common_pairs(struct arena *a, const struct str *now, int64_t n_now, const struct str *before, int64_t n_before,
    struct mls_pair **out, int64_t *n, struct err *e) {
  struct dict *ids = dict_new(a);
  *out = ARENA_ARRAY(a, struct mls_pair, n_now + 1);
  *n = 0;
  if (!ids || !*out) return ERR(e, E_NO_MEMORY, .subject = "pairs");
  for (int64_t i = 0; i < n_before; i++) {
    const int32_t k = dict_add(ids, before[i]);
    if (k < 0) return ERR(e, E_NO_MEMORY, .subject = "pairs");
    if (k != i) return ERR(e, E_MLS_MONTH_INPUT, .subject = "an establishment stands twice in the month before");
  }
  for (int64_t i = 0; i < n_now; i++) {
    const int32_t k = dict_find(ids, now[i]);
    if (k >= 0) (*out)[(*n)++] = (struct mls_pair){i, k};
  }
  return E_OK;
}

struct cell_sum {
  struct sum x[MLS_SPLITS][MLS_ITEMS];
  int64_t n;
};
static bool asked(const struct mls_sample *s, int split, int item) {
  if (split == MLS_GENERAL) return item != MLS_PT && s->x[MLS_ALL][item] && s->x[MLS_PART][item];
  return s->x[split][item] != NULL;
}
static void add_report(const struct mls_sample *s, int64_t i, double f, struct cell_sum *c) {
  for (int split = 0; split < MLS_SPLITS; split++)
    for (int item = 0; item < MLS_ITEMS; item++) {
      if (!asked(s, split, item)) continue;
      int64_t v = split == MLS_GENERAL ? s->x[MLS_ALL][item][i] - s->x[MLS_PART][item][i] : s->x[split][item][i];
      sum_add(&c->x[split][item], f * (double)v * (mls_item_is_money(item) ? 1000 : 1));
    }
  c->n++;
}
/* sum w e0 of each cell over the pairs. */
static double *common_workers(struct arena *a, const struct mls_common_month *m, const struct mls_pair *pairs, int64_t n, bool now) {
  int32_t n_cells = 0;
  for (int64_t i = 0; i < m->sample->n; i++)
    if (m->sample->cell[i] >= n_cells) n_cells = m->sample->cell[i] + 1;
  double *sums = ARENA_ARRAY(a, double, n_cells + 1);
  for (int64_t i = 0; sums && i < n; i++) {
    const int64_t u = now ? pairs[i].now : pairs[i].before;
    sums[m->sample->cell[u]] += m->sample->design->weight[u] * (double)m->sample->x[MLS_ALL][MLS_E0][u];
  }
  return sums;
}
static double factor(const struct mls_common_month *m, const double *workers, int64_t i) {
  const int32_t c = m->sample->cell[i];
  return workers[c] > 0 ? m->ratio->cells[c].totals.x[MLS_ALL][MLS_E0] / workers[c] * m->sample->design->weight[i] : 0;
}
static void totals_of(const struct mls_sample *s, const struct cell_sum *cells, const struct mls_rollup *g, struct mls_totals *out) {
  *out = (struct mls_totals){.reason = NULL};
  for (int split = 0; split < MLS_SPLITS; split++)
    for (int item = 0; item < MLS_ITEMS; item++) {
      struct sum total = {0, 0};
      out->has[split][item] = asked(s, split, item);
      for (int32_t m = 0; m < g->n_members; m++) sum_merge(&total, &cells[g->members[m]].x[split][item]);
      out->x[split][item] = sum_result(&total);
    }
}
static void growth_of(struct mls_common_row *r) {
  for (int s = 0; s < MLS_SPLITS; s++)
    for (int c = 0; c < MLS_COLUMNS; c++) {
      bool both = c >= MLS_COL_D && r->now.has[s][c] && r->before.has[s][c];
      r->growth[s][c] = both ? mls_index_growth(r->now.value[s][c], r->before.value[s][c]) : MLS_NO_INDEX;
    }
}
enum err_code mls_common(struct arena *a, const struct mls_common_month *now, const struct mls_common_month *before, const struct mls_pair *pairs,
    int64_t n_pairs, int32_t n_cells, const struct mls_rollup *rollups, int32_t n_rollups, enum mls_common_weights weights,
    struct mls_common_row *out, struct err *e) {
  struct cell_sum *at_now = ARENA_ARRAY(a, struct cell_sum, n_cells + 1), *at_before = ARENA_ARRAY(a, struct cell_sum, n_cells + 1);
  char place[48];
  if (!at_now || !at_before) return ERR(e, E_NO_MEMORY, .subject = "common establishments");
  for (int64_t i = 0; i < n_pairs; i++) {
    snprintf(place, sizeof place, "pair %lld", (long long)i + 1);
    if (pairs[i].now < 0 || pairs[i].now >= now->sample->n || pairs[i].before < 0 || pairs[i].before >= before->sample->n)
      return ERR(e, E_MLS_MONTH_INPUT, .subject = place);
  }
  const double *workers = common_workers(a, now, pairs, n_pairs, true), *workers_before = common_workers(a, before, pairs, n_pairs, false);
  if (!workers || !workers_before) return ERR(e, E_NO_MEMORY, .subject = "common establishments");
  for (int64_t i = 0; i < n_pairs; i++) {
    const int32_t c = now->sample->cell[pairs[i].now];
    const double f = factor(now, workers, pairs[i].now);
    add_report(now->sample, pairs[i].now, f, &at_now[c]);
    add_report(before->sample, pairs[i].before, weights == MLS_COMMON_NOW ? f : factor(before, workers_before, pairs[i].before), &at_before[c]);
  }
  for (int32_t g = 0; g < n_rollups; g++) {
    struct mls_totals t;
    out[g].n_pairs = 0;
    for (int32_t m = 0; m < rollups[g].n_members; m++) out[g].n_pairs += at_now[rollups[g].members[m]].n;
    totals_of(now->sample, at_now, &rollups[g], &t);
    mls_display(&t, rollups[g].industry, rollups[g].size, &out[g].now);
    totals_of(before->sample, at_before, &rollups[g], &t);
    mls_display(&t, rollups[g].industry, rollups[g].size, &out[g].before);
    growth_of(&out[g]);
  }
  return E_OK;
}
