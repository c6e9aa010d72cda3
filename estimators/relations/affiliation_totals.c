/* affiliation_totals.c -- affiliation.h: what each federation counts, and the total that counts once. */
#include <stdlib.h>
#include <string.h>

#include "estimators/relations/affiliation.h"

struct walk {
  const struct affiliation_graph *g;
  enum union_basis basis;
  int32_t *stamp, *stack, *tops; /* tops: topmost federations above a node */
};
static enum err_code count_union(struct affiliation_count *to, const struct union_slip *s, struct err *e) {
  bool over = false;
  to->unions++;
  if (s->has[UNION_TOTAL]) over = __builtin_add_overflow(to->members, s->count[UNION_TOTAL], &to->members);
  else to->unknown++;
  if (s->has[UNION_FEMALE]) over |= __builtin_add_overflow(to->female, s->count[UNION_FEMALE], &to->female);
  else to->unknown_female++;
  if (s->has[UNION_PART_TIME]) over |= __builtin_add_overflow(to->part_time, s->count[UNION_PART_TIME], &to->part_time);
  else to->unknown_part_time++;
  return over ? ERR(e, E_RELATIONS_COUNT, .subject = "members") : E_OK;
}
static bool counted(const struct walk *w, int32_t v) {
  return v < w->g->n_slips && union_is_live(&w->g->slips[v]) && union_in_basis(&w->g->slips[v], w->basis);
}
/* Everything below f, each node once. */
static enum err_code below(struct walk *w, int32_t f, int32_t mark, bool top, struct affiliation_count *to, struct err *e) {
  int32_t n = 0;
  w->stamp[f] = mark;
  w->stack[n++] = f;
  while (n) {
    const int32_t v = w->stack[--n];
    for (int32_t k = w->g->down_at[v]; k < w->g->down_at[v + 1]; k++) {
      const int32_t u = w->g->down[k];
      if (w->stamp[u] == mark) continue;
      w->stamp[u] = mark;
      w->stack[n++] = u;
      if (!counted(w, u)) continue;
      if (top) w->tops[u]++;
      TRY(count_union(to, &w->g->slips[u], e));
    }
  }
  return E_OK;
}
static void add_counts(struct affiliation_count *to, const struct affiliation_count *from) {
  to->unions += from->unions, to->members += from->members, to->female += from->female, to->part_time += from->part_time,
      to->unknown += from->unknown, to->unknown_female += from->unknown_female, to->unknown_part_time += from->unknown_part_time;
}
static int by_id(const void *a, const void *b) { return str_cmp(((const struct federation_total *)a)->id, ((const struct federation_total *)b)->id); }

static enum err_code no_circle(struct arena *a, const struct affiliation_graph *g, struct err *e) {
  int32_t *circle, n;
  char id[64];
  TRY(affiliation_circles(a, g, &circle, &n, e));
  for (int32_t v = 0; n && v < g->n_nodes; v++) {
    if (!circle[v]) continue;
    const size_t k = g->id[v].n < sizeof id - 1 ? g->id[v].n : sizeof id - 1;
    memcpy(id, g->id[v].p, k);
    id[k] = 0;
    return ERR(e, E_RELATIONS_CYCLE, .subject = id);
  }
  return E_OK;
}
/* A federation by its slip, or because somebody joined it. */
static bool is_federation(const struct affiliation_graph *g, int32_t v, const int32_t *direct) {
  return direct[v] > 0 || (v < g->n_slips && g->slips[v].kind == UNION_FEDERATION && union_is_live(&g->slips[v]));
}
static enum err_code summarise(const struct walk *w, struct affiliation_summary *s, struct err *e) {
  for (int32_t v = 0; v < w->g->n_slips; v++) {
    if (!counted(w, v)) continue;
    TRY(count_union(w->tops[v] ? &s->once : &s->none, &w->g->slips[v], e));
    if (w->tops[v] > 1) TRY(count_union(&s->several, &w->g->slips[v], e));
  }
  return E_OK;
}
enum err_code affiliation_totals(struct arena *a, const struct affiliation_graph *g, enum union_basis basis, struct federation_total **out,
    int64_t *n, struct affiliation_summary *summary, struct err *e) {
  const int64_t size = g->n_nodes + 1;
  struct walk w = {g, basis, ARENA_ARRAY(a, int32_t, size), ARENA_ARRAY(a, int32_t, size), ARENA_ARRAY(a, int32_t, size)};
  int32_t *direct = ARENA_ARRAY(a, int32_t, size), *up = ARENA_ARRAY(a, int32_t, size);
  *out = ARENA_ARRAY(a, struct federation_total, size);
  *n = 0;
  *summary = (struct affiliation_summary){.slips = g->n_slips};
  if (!w.stamp || !w.stack || !w.tops || !direct || !up || !*out) return ERR(e, E_NO_MEMORY, .subject = "federations");
  TRY(no_circle(a, g, e));
  memset(w.stamp, 0, sizeof *w.stamp * (size_t)size), memset(w.tops, 0, sizeof *w.tops * (size_t)size);
  memset(direct, 0, sizeof *direct * (size_t)size), memset(up, 0, sizeof *up * (size_t)size);
  for (int32_t i = 0; i < g->n_edges; i++) {
    const int32_t v = g->from[i];
    if (v < g->n_slips && !union_is_live(&g->slips[v])) continue; /* what a closed union had joined */
    direct[g->to[i]]++, up[v]++;
  }
  for (int32_t v = 0; v < g->n_nodes; v++) {
    if (!is_federation(g, v, direct)) continue;
    struct federation_total *f = &(*out)[(*n)++];
    *f = (struct federation_total){.id = g->id[v], .top = !up[v], .direct = direct[v]};
    TRY(below(&w, v, v + 1, f->top, &f->below, e));
    if (f->top) add_counts(&summary->sum_top, &f->below);
  }
  TRY(summarise(&w, summary, e));
  if (*n) qsort(*out, (size_t)*n, sizeof **out, by_id);
  return E_OK;
}
