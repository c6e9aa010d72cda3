#include "estimators/mls/mls_carry.h"

#include <stdio.h>

enum err_code mls_carry(struct mls_carry_cell *cells, int32_t n_cells, const struct mls_mover *movers, int64_t n_movers, double l, struct err *e) {
  char place[64];
  for (int32_t c = 0; c < n_cells; c++) {
    cells[c].insurance = cells[c].k * cells[c].rho * cells[c].workers_end;
    cells[c].moved = 0;
  }
  for (int64_t i = 0; i < n_movers; i++) {
    snprintf(place, sizeof place, "mover %lld", (long long)i + 1);
    if (movers[i].from < 0 || movers[i].from >= n_cells || movers[i].to < 0 || movers[i].to >= n_cells)
      return ERR(e, E_MLS_NO_CELL, .subject = place);
    cells[movers[i].from].moved -= l * movers[i].workers;
    cells[movers[i].to].moved += l * movers[i].workers;
  }
  for (int32_t c = 0; c < n_cells; c++) cells[c].workers_next = cells[c].workers_end + cells[c].insurance + cells[c].moved;
  return E_OK;
}

enum err_code mls_cover_checks(struct arena *a, const struct mls_sample *s, const struct mls_cell *cells, int32_t n_cells,
    const struct mls_ratio_result *r, struct mls_cover **out, int32_t *n, struct err *e) {
  const struct design *d = s->design;
  *n = 0;
  *out = ARENA_ARRAY(a, struct mls_cover, n_cells + 1);
  int32_t *seen = ARENA_ARRAY(a, int32_t, d->n_strata + 1); /* cell + 1 that has counted the stratum's frame */
  if (!*out || !seen) return ERR(e, E_NO_MEMORY, .subject = "cover checks");
  for (int32_t c = 0; d->info && c < n_cells; c++) {
    bool take_all = r->first[c + 1] > r->first[c];
    int64_t frame = 0;
    for (int64_t i = r->first[c]; i < r->first[c + 1]; i++) {
      int32_t h = d->stratum[r->order[i]];
      if (d->info[h].rule != STRATUM_TAKE_ALL) take_all = false;
      if (seen[h] != c + 1) frame += d->info[h].frame_units;
      seen[h] = c + 1;
    }
    if (!take_all || !(cells[c].workers_before > 0) || !(r->cells[c].weighted_e0 > 0)) continue;
    int64_t reports = r->first[c + 1] - r->first[c];
    double value = cells[c].workers_before / r->cells[c].weighted_e0 * (double)reports / (double)frame;
    (*out)[(*n)++] = (struct mls_cover){c, value, reports, frame, value < 0.95 || value > 1.05 || reports < frame};
  }
  return E_OK;
}
