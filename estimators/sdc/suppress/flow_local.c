/* flow_local.c -- each end of each primary cell protected around the cell itself instead of part by part: for costs that differ much between cells
 * (value), where the cheap way leads through small cells of several parts. Every flow agrees with the whole table, so it is a witness of all ends that
 * it reaches, and what is hidden is the union of the flows that are needed.
 * Cells    a flow of the goal's size needs cells that can carry it and that are not dear against it: others are left out of the programme first and
 *          let in by steps. That keeps it small: the bench of 10,192 cells takes some 700 programmes. Ends without flow in the widest band are left to
 *          the audit and the repair over the whole table. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/sdc/suppress/flow_ball.h"
#include "estimators/sdc/suppress/flow_impl.h"

struct moved { /* a flow: cells and deviations */
  int32_t n, *cell;
  double *deviation;
  int32_t n_ends; /* that rest on it */
};
struct end {
  int32_t cell;
  bool up, bare; /* bare: either side will do */
  double goal;
  int32_t flow; /* -1: none yet */
};
struct local {
  struct flowing *f;
  struct flow_ball ball;
  struct end *end;
  int32_t n_ends;
  int32_t *end_of;   /* [2 n_cells] of a primary, down and up, -1 */
  struct moved *flow;
  int32_t n_flows, room;
  int32_t *used;     /* [n_cells] flows with ends that move the cell */
};

static enum err_code room_for_flow(struct local *l, int32_t n, struct moved **out, struct err *e) {
  struct arena *a = l->f->a;
  if (l->n_flows == l->room) {
    struct moved *more = ARENA_ARRAY(a, struct moved, 2 * l->room + 256);
    if (!more) return ERR(e, E_NO_MEMORY, .subject = l->f->t->name);
    if (l->n_flows) memcpy(more, l->flow, (size_t)l->n_flows * sizeof *more);
    l->flow = more;
    l->room = 2 * l->room + 256;
  }
  *out = &l->flow[l->n_flows];
  **out = (struct moved){.cell = ARENA_ARRAY(a, int32_t, n + 1), .deviation = ARENA_ARRAY(a, double, n + 1)};
  return (*out)->cell && (*out)->deviation ? E_OK : ERR(e, E_NO_MEMORY, .subject = l->f->t->name);
}
static void rest_on(struct local *l, struct end *x, int32_t flow) { /* -1: on none */
  struct moved *old = x->flow >= 0 ? &l->flow[x->flow] : NULL, *now = flow >= 0 ? &l->flow[flow] : NULL;
  x->flow = flow;
  if (now && now->n_ends++ == 0)
    for (int32_t i = 0; i < now->n; i++) l->used[now->cell[i]]++;
  if (old && --old->n_ends == 0)
    for (int32_t i = 0; i < old->n; i++) l->used[old->cell[i]]--;
}
static bool is_hidden(const struct local *l, int32_t c) {
  const struct flowing *f = l->f;
  return f->t->status[c] == 'u' || l->used[c] > 0 || (f->o->start && f->o->start[c] && f->t->status[c] == 's');
}
static bool covers(const struct end *x, double d) {
  const double reached = x->up ? d : -d;
  return (x->bare ? fabs(d) : reached) >= x->goal * (1 - 1e-7) - 1e-9;
}
/* The ends that lack a flow, or all those of `only`'s kind, which this flow reaches, rest on it. */
static void settle(struct local *l, int32_t flow) {
  const struct moved *m = &l->flow[flow];
  for (int32_t i = 0; i < m->n; i++)
    for (int up = 0; up < 2; up++) {
      const int32_t k = l->end_of[2 * m->cell[i] + up];
      if (k >= 0 && l->end[k].flow < 0 && covers(&l->end[k], m->deviation[i])) rest_on(l, &l->end[k], flow);
    }
}
static enum err_code note(struct local *l, const struct flow_part *p, double goal, struct err *e) {
  struct moved *m = NULL;
  int32_t n = 0;
  for (int32_t k = 0; k < p->n_cells; k++) n += fabs(p->flow[k]) > 1e-7 * goal;
  TRY(room_for_flow(l, n, &m, e));
  for (int32_t k = 0; k < p->n_cells; k++)
    if (fabs(p->flow[k]) > 1e-7 * goal) m->cell[m->n] = p->cell[k], m->deviation[m->n++] = p->flow[k];
  l->n_flows++;
  return E_OK;
}
static double price(const struct local *l, const struct flow_part *p, double goal) { /* of what this flow would hide */
  double s = 0;
  for (int32_t k = 0; k < p->n_cells; k++)
    if (fabs(p->flow[k]) > 1e-7 * goal && !l->f->hidden[p->cell[k]]) s += l->f->cost[p->cell[k]];
  return s;
}
/* The cheapest flow in a ball of `most` cells; *found false: none there. */
static enum err_code in_ball(struct local *l, const struct end *x, bool up, int32_t most, double below, bool *found, bool *whole, double *cost,
    struct err *e) {
  struct flowing *f = l->f;
  struct arena *a = arena_new(0);
  struct flow_part p = {0};
  int32_t at = -1;
  *found = false;
  if (!a) return ERR(e, E_NO_MEMORY, .subject = f->t->name);
  const bool moves = flow_ball_grow(&l->ball, x->cell, most, f->hidden, NULL, f->cost, x->goal / f->t->unit);
  *whole = l->ball.n < most;
  enum err_code code = E_OK;
  if (moves) {
    code = flow_part_new(a, f->t, l->ball.n_relations, l->ball.relation, l->ball.movable, f->place, &p, e);
    for (int32_t k = 0; !code && k < p.n_cells; k++) {
      flow_part_cost(&p, k, f->hidden[p.cell[k]] ? 0 : f->cost[p.cell[k]]);
      if (p.cell[k] == x->cell) at = k;
    }
    if (!code && at >= 0) code = flow_part_move(&p, at, up, x->goal, found, e), f->r->n_programmes++;
    if (!code && *found) {
      *cost = price(l, &p, x->goal);
      if (*cost < below) code = note(l, &p, x->goal, e);
    }
    flow_part_free(&p);
  }
  flow_ball_clear(&l->ball);
  arena_free(a);
  return code;
}
struct band { /* of the goal: value of the cells, price of the published ones; size of the ball */
  double least, dearest;
  int32_t most;
};
/* One end: cells that can carry the flow and are not dear first; wider where there is no flow among them. */
static enum err_code protect(struct local *l, int32_t number, struct err *e) {
  static const struct band band[] = {{0, 3, 600}, {0, 10, 1500}, {0, 50, 4000}, {0, 1000, 8000}};
  struct end *x = &l->end[number];
  double cost = INFINITY, now = INFINITY;
  bool found = false, whole = false, up = x->up;
  int32_t flow = -1;
  for (int k = 0; flow < 0 && k < 4; k++) {
    const int32_t before = l->n_flows;
    l->ball.least = band[k].least * x->goal;
    l->ball.most_cost = band[k].dearest * x->goal / l->f->t->unit;
    TRY(in_ball(l, x, up, band[k].most, cost, &found, &whole, &now, e));
    if (l->n_flows > before) cost = now, flow = l->n_flows - 1;
  }
  if (flow < 0 && x->bare) { /* the other side makes it inexact as well */
    x->up = !up, x->bare = false;
    const enum err_code code = protect(l, number, e);
    x->up = up, x->bare = true;
    return code;
  }
  if (flow < 0) return E_OK; /* the audit and the repair over the whole table decide */
  rest_on(l, x, flow);
  settle(l, flow);
  for (int32_t i = 0; i < l->flow[flow].n; i++) l->f->hidden[l->flow[flow].cell[i]] = 1;
  return E_OK;
}

/* --- the ends, greatest goal first --- */

static int goal_cmp(const void *p, const void *q) {
  const struct end *a = p, *b = q;
  if (a->goal != b->goal) return (a->goal < b->goal) - (a->goal > b->goal);
  return a->cell != b->cell ? (a->cell > b->cell) - (a->cell < b->cell) : b->up - a->up;
}
static enum err_code begin(struct local *l, struct err *e) {
  struct flowing *f = l->f;
  const struct cell_table *t = f->t;
  l->end = ARENA_ARRAY(f->a, struct end, 2 * (int64_t)t->n_cells + 1);
  l->end_of = ARENA_ARRAY(f->a, int32_t, 2 * (int64_t)t->n_cells + 1);
  l->used = ARENA_ARRAY(f->a, int32_t, t->n_cells + 1);
  if (!l->end || !l->end_of || !l->used) return ERR(e, E_NO_MEMORY, .subject = t->name);
  for (int32_t c = 0; c < t->n_cells; c++) {
    l->end_of[2 * c] = l->end_of[2 * c + 1] = -1;
    const bool bare = t->lpl[c] == 0 && t->upl[c] == 0;
    for (int up = 0; up < 2 && t->status[c] == 'u' && t->same[c] == c; up++)
      if (flow_goal(t, c, up) > 0) l->end[l->n_ends++] = (struct end){c, up, bare, flow_goal(t, c, up), -1};
  }
  qsort(l->end, (size_t)l->n_ends, sizeof *l->end, goal_cmp);
  for (int32_t k = 0; k < l->n_ends; k++) {
    const struct end *x = &l->end[k];
    l->end_of[2 * x->cell + x->up] = k;
  }
  return flow_ball_new(f->a, t, &l->ball, e);
}
static void hide_again(struct local *l) { /* what the flows need, and nothing else */
  for (int32_t c = 0; c < l->f->t->n_cells; c++) l->f->hidden[c] = l->f->t->same[c] == c && is_hidden(l, c);
}
static enum err_code first_pass(struct local *l, struct err *e) {
  for (int32_t k = 0; k < l->n_ends; k++) {
    if (l->end[k].flow >= 0) continue;
    flow_progress(l->f, "cells", k, l->n_ends);
    TRY(protect(l, k, e));
  }
  hide_again(l);
  return E_OK;
}

bool flow_by_value(const struct flowing *f) { return f->o->cost == FLOW_COST_VALUE && !f->o->own_cost; }
enum err_code flow_around_cells(struct flowing *f, struct err *e) {
  struct local l = {.f = f};
  TRY(begin(&l, e));
  f->r->n_parts = 1;
  f->r->n_rounds = 1;
  TRY(first_pass(&l, e));
  hide_again(&l);
  return E_OK;
}
