/* flow_parts.c -- the pass over the parts of a table: each part is protected, what it suppresses is protected in the other parts that hold it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/sdc/suppress/flow_impl.h"

enum { ROUNDS_MAX = 12 };
struct target {
  double need;
  int32_t at; /* in the part's cells */
};
struct passing {
  struct flowing *f;
  struct flow_parts parts;
  int32_t *cell_first, *cell_part; /* parts of each cell */
  uint8_t *dirty;
  double *low, *high; /* reached in the present part, by cell */
};

static int pair_cmp(const void *p, const void *q) {
  const int64_t a = *(const int64_t *)p, b = *(const int64_t *)q;
  return (a > b) - (a < b);
}
static bool map_cells(struct passing *g) {
  const struct cell_table *t = g->f->t;
  int64_t n = 0, at = 0, kept = 0;
  for (int32_t k = 0; k < g->parts.first[g->parts.n]; k++) n += t->first[g->parts.relation[k] + 1] - t->first[g->parts.relation[k]];
  int64_t *pair = malloc(sizeof *pair * (size_t)(n + 1));
  g->cell_first = ARENA_ARRAY(g->f->a, int32_t, t->n_cells + 2);
  g->cell_part = ARENA_ARRAY(g->f->a, int32_t, n + 1);
  const bool ok = pair && g->cell_first && g->cell_part;
  for (int32_t p = 0; ok && p < g->parts.n; p++)
    for (int32_t k = g->parts.first[p]; k < g->parts.first[p + 1]; k++)
      for (int32_t i = t->first[g->parts.relation[k]]; i < t->first[g->parts.relation[k] + 1]; i++) pair[at++] = (int64_t)t->member[i] << 32 | p;
  if (ok) qsort(pair, (size_t)n, sizeof *pair, pair_cmp);
  for (int64_t i = 0; ok && i < n; i++) {
    if (i && pair[i] == pair[i - 1]) continue;
    g->cell_first[(pair[i] >> 32) + 1]++;
    g->cell_part[kept++] = (int32_t)(pair[i] & 0xffffffff);
  }
  for (int32_t c = 0; ok && c < t->n_cells; c++) g->cell_first[c + 1] += g->cell_first[c];
  free(pair);
  return ok;
}
static void touch(struct passing *g, int32_t cell, int32_t but) {
  for (int32_t i = g->cell_first[cell]; i < g->cell_first[cell + 1]; i++)
    if (g->cell_part[i] != but) g->dirty[g->cell_part[i]] = 1;
}
static bool enough(double reached, double need) { return reached >= need * (1 - 1e-7) - 1e-9; }

/* What the last flow moved is hidden, witnessed here, and to be protected elsewhere. */
static void note_flow(struct passing *g, struct flow_part *p, int32_t number, double goal) {
  struct flowing *f = g->f;
  for (int32_t k = 0; k < p->n_cells; k++) {
    const int32_t c = p->cell[k];
    const double d = p->flow[k];
    if (fabs(d) <= 1e-7 * goal) continue;
    if (d < 0 && -d > g->low[c]) g->low[c] = -d;
    if (d > 0 && d > g->high[c]) g->high[c] = d;
    if (f->hidden[c]) continue;
    f->hidden[c] = 1;
    flow_part_cost(p, k, 0);
    touch(g, c, number);
    if (d < 0)
      f->need_low[c] = fmin(-d, 1); /* elsewhere it must be able to move at all; by its whole flow would suppress two and a half times as much */
    else f->need_high[c] = fmin(d, 1);
  }
}
static enum err_code one_side(struct passing *g, struct flow_part *p, int32_t number, int32_t at, bool up, bool *found, struct err *e) {
  const struct flowing *f = g->f;
  const int32_t c = p->cell[at];
  const double need = up ? f->need_high[c] : f->need_low[c], reached = up ? g->high[c] : g->low[c];
  *found = true;
  if (need <= 0 || enough(reached, need)) return E_OK;
  TRY(flow_part_move(p, at, up, need, found, e));
  g->f->r->n_programmes++;
  if (*found) note_flow(g, p, number, need);
  return E_OK;
}
static int target_cmp(const void *p, const void *q) {
  const struct target *a = p, *b = q;
  return a->need != b->need ? (a->need < b->need) - (a->need > b->need) : (a->at > b->at) - (a->at < b->at);
}
static enum err_code protect_part(struct passing *g, int32_t number, struct err *e) {
  struct flowing *f = g->f;
  struct flow_part p;
  struct arena *a = arena_new(0);
  if (!a) return ERR(e, E_NO_MEMORY, .subject = f->t->name);
  const int32_t from = g->parts.first[number];
  enum err_code code = flow_part_new(a, f->t, g->parts.first[number + 1] - from, g->parts.relation + from, NULL, f->place, &p, e);
  struct target *target = code ? NULL : ARENA_ARRAY(a, struct target, p.n_cells + 1);
  int32_t n = 0;
  if (!code && !target) code = ERR(e, E_NO_MEMORY, .subject = f->t->name);
  for (int32_t k = 0; !code && k < p.n_cells; k++) {
    const int32_t c = p.cell[k];
    g->low[c] = g->high[c] = 0;
    flow_part_cost(&p, k, f->hidden[c] ? 0 : f->cost[c]);
    if (f->hidden[c]) target[n++] = (struct target){fmax(f->need_low[c], f->need_high[c]), k};
  }
  if (!code) qsort(target, (size_t)n, sizeof *target, target_cmp);
  for (int32_t i = 0; !code && i < n; i++) {
    bool found; /* none here: the repair over the whole table decides */
    code = one_side(g, &p, number, target[i].at, true, &found, e);
    if (!code) code = one_side(g, &p, number, target[i].at, false, &found, e);
  }
  flow_part_free(&p);
  arena_free(a);
  return code;
}
enum err_code flow_over_parts(struct flowing *f, struct err *e) {
  struct passing g = {.f = f};
  TRY(flow_parts_by_key(f->a, f->t, &g.parts, e));
  g.dirty = ARENA_ARRAY(f->a, uint8_t, g.parts.n + 1);
  g.low = ARENA_ARRAY(f->a, double, f->t->n_cells + 1);
  g.high = ARENA_ARRAY(f->a, double, f->t->n_cells + 1);
  if (!g.dirty || !g.low || !g.high || !map_cells(&g)) return ERR(e, E_NO_MEMORY, .subject = f->t->name);
  f->r->n_parts = g.parts.n;
  memset(g.dirty, 1, (size_t)g.parts.n);
  for (int32_t c = 0; c < f->t->n_cells; c++)
    if (g.cell_first[c + 1] - g.cell_first[c] > 1) f->cost[c] *= f->o->margin; /* for the repair as well */
  for (bool again = true; again && f->r->n_rounds < ROUNDS_MAX; f->r->n_rounds++) {
    again = false;
    for (int32_t k = 0; k < g.parts.n; k++) {
      if (!g.dirty[k]) continue;
      g.dirty[k] = 0;
      again = true;
      flow_progress(f, "parts", k, g.parts.n);
      TRY(protect_part(&g, k, e));
    }
  }
  return E_OK;
}
