/* flow_repair.c -- one cell protected on its neighbourhood: the cells around it may move, all relations that hold one of them must add up. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/sdc/suppress/flow_impl.h"

enum { NEAR = 300, WIDER = 4 };
struct near {
  struct arena *a;
  int32_t *cell, n, *relation, n_relations;
  uint8_t *movable, *taken; /* cells, relations */
};
static enum err_code near_begin(struct near *x, const struct cell_table *t, struct err *e) {
  *x = (struct near){.a = arena_new(0)};
  if (!x->a) return ERR(e, E_NO_MEMORY, .subject = t->name);
  x->cell = ARENA_ARRAY(x->a, int32_t, t->n_cells + 1);
  x->relation = ARENA_ARRAY(x->a, int32_t, t->n_relations + 1);
  x->movable = ARENA_ARRAY(x->a, uint8_t, t->n_cells + 1);
  x->taken = ARENA_ARRAY(x->a, uint8_t, t->n_relations + 1);
  return x->cell && x->relation && x->movable && x->taken ? E_OK : ERR(e, E_NO_MEMORY, .subject = t->name);
}
static void add_cell(struct near *x, int32_t c) {
  x->movable[c] = 1;
  x->cell[x->n++] = c;
}
/* Breadth first from the cell; suppressed cells are followed before published ones, because they cost nothing. */
static void grow(struct near *x, const struct flowing *f, int32_t start, int32_t most) {
  const struct cell_table *t = f->t;
  add_cell(x, start);
  for (int32_t i = 0; i < x->n && x->n < most; i++)
    for (int pass = 0; pass < 2; pass++)
      for (int32_t k = t->cell_first[x->cell[i]]; k < t->cell_first[x->cell[i] + 1]; k++) {
        const int32_t r = t->cell_relation[k];
        for (int32_t m = t->first[r]; m < t->first[r + 1]; m++) {
          const int32_t c = t->member[m];
          if (x->movable[c] || !cell_may_hide(t, c) || f->hidden[c] != (pass == 0)) continue;
          add_cell(x, c);
        }
      }
  for (int32_t i = 0; i < x->n; i++)
    for (int32_t k = t->cell_first[x->cell[i]]; k < t->cell_first[x->cell[i] + 1]; k++) {
      const int32_t r = t->cell_relation[k];
      if (!x->taken[r]) x->taken[r] = 1, x->relation[x->n_relations++] = r;
    }
}
static enum err_code attempt(struct flowing *f, struct near *x, int32_t cell, bool up, double goal, const uint8_t *held, bool *found, struct err *e) {
  struct flow_part p;
  int32_t at = -1;
  TRY(flow_part_new(x->a, f->t, x->n_relations, x->relation, x->movable, f->place, &p, e));
  for (int32_t k = 0; k < p.n_cells; k++) {
    const int32_t c = p.cell[k];
    flow_part_cost(&p, k, f->hidden[c] ? 0 : f->cost[c]);
    if (held && held[c]) flow_part_hold(&p, k, true);
    if (c == cell) at = k;
  }
  enum err_code code = E_OK;
  if (at >= 0) code = flow_part_move(&p, at, up, goal, found, e);
  f->r->n_programmes++;
  for (int32_t k = 0; !code && *found && k < p.n_cells; k++)
    if (fabs(p.flow[k]) > 1e-7 * goal) f->hidden[p.cell[k]] = 1;
  flow_part_free(&p);
  return code;
}
/* --- the whole table at once, kept in the solver between cells: where prices differ much the cheap way round is rarely the short one --- */

static enum err_code whole_begin(struct flowing *f, struct err *e) {
  if (f->whole) return E_OK;
  f->whole_arena = arena_new(0);
  struct flow_part *p = f->whole_arena ? ARENA_NEW(f->whole_arena, struct flow_part) : NULL;
  int32_t *all = f->whole_arena ? ARENA_ARRAY(f->whole_arena, int32_t, f->t->n_relations + 1) : NULL;
  if (!p || !all) return ERR(e, E_NO_MEMORY, .subject = f->t->name);
  for (int32_t r = 0; r < f->t->n_relations; r++) all[r] = r;
  TRY(flow_part_new(f->whole_arena, f->t, f->t->n_relations, all, NULL, f->place, p, e));
  p->keeps = true;
  f->whole = p;
  return E_OK;
}
void flow_whole_free(struct flowing *f) {
  flow_part_free(f->whole);
  arena_free(f->whole_arena);
  f->whole = NULL, f->whole_arena = NULL;
}
static enum err_code in_whole(struct flowing *f, int32_t cell, bool up, double goal, bool *found, struct err *e) {
  int32_t at = -1;
  TRY(whole_begin(f, e));
  struct flow_part *p = f->whole;
  for (int32_t k = 0; k < p->n_cells; k++) {
    flow_part_cost(p, k, f->hidden[p->cell[k]] ? 0 : f->cost[p->cell[k]]);
    if (p->cell[k] == cell) at = k;
  }
  if (at < 0) return E_OK;
  TRY(flow_part_move(p, at, up, goal, found, e));
  f->r->n_programmes++;
  for (int32_t k = 0; *found && k < p->n_cells; k++)
    if (fabs(p->flow[k]) > 1e-7 * goal) f->hidden[p->cell[k]] = 1;
  return E_OK;
}
enum err_code flow_repair_cell(struct flowing *f, int32_t cell, bool up, double goal, const uint8_t *held, bool *found, struct err *e) {
  *found = false;
  if (f->o->cost == FLOW_COST_VALUE && !f->o->own_cost && !held) return in_whole(f, cell, up, goal, found, e);
  for (int32_t most = NEAR; !*found; most = most > f->t->n_cells / WIDER ? f->t->n_cells : most * WIDER) {
    struct near x;
    enum err_code code = near_begin(&x, f->t, e);
    if (!code) {
      grow(&x, f, cell, most);
      code = attempt(f, &x, cell, up, goal, held, found, e);
    }
    const bool whole = x.n < most || most >= f->t->n_cells;
    arena_free(x.a);
    if (code || whole) return code;
  }
  return E_OK;
}
