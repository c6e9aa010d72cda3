/* suppress_cover.c -- blanks that carry neighbours: cells of projections as sets that cover the patterns below k, taken by cost per record fixed.
 * Only patterns without missing values take part, as givers and as receivers: two of them never agree before one is blanked, so that every count
 * is exact. Patterns with missing values are left to their own sets. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/sdc/micro/suppress_impl.h"

enum { TOUCHED_MOST = 64 }; /* longer cells are looked at again only when their turn comes */
struct cell {
  uint32_t drop;
  int64_t start, n; /* its patterns: item[start ...] */
  uint32_t stamp;   /* of the entry of the heap that is valid */
};
struct entry {
  double ratio;
  int32_t cell;
  uint32_t stamp;
};
struct cover {
  struct suppress_state *s;
  uint32_t drops[1 << MICRO_KEYS_MOST];
  int n_drops;
  int32_t *cell_of; /* [n_v x n_drops], -1 = none */
  struct cell *cells;
  int32_t n_cells;
  int32_t *item;
  int64_t *taken;   /* scratch [n_v]: records blanked by the plan being made */
  struct entry *heap;
  int64_t n_heap, heap_capacity;
};

/* --- cells --- */
static void list_drops(struct cover *c) {
  const int m = c->s->p->m;
  for (uint32_t drop = 1; drop < 1u << m; drop++)
    if (micro_set_size(drop) <= c->s->o->share && isfinite(local_suppress_cost(c->s, drop))) c->drops[c->n_drops++] = drop;
}
/* Groups of one projection that hold k records and a pattern below k become cells. */
static enum err_code cells_of_drop(struct cover *c, int t, int32_t *seen, struct err *e) {
  struct suppress_state *s = c->s;
  int32_t groups;
  TRY(suppress_groups(s, ((1u << s->p->m) - 1) & ~c->drops[t], &groups, e));
  memset(seen, 0xff, (size_t)groups * sizeof *seen);
  for (int32_t i = 0; i < s->n_v; i++) {
    const int32_t g = s->group_id[s->v[i].pattern];
    int32_t *mine = &c->cell_of[(int64_t)i * c->n_drops + t];
    *mine = -1;
    if (s->p->missing[s->v[i].pattern] || s->group_count[g] < s->o->k) continue;
    if (seen[g] < 0) c->cells[seen[g] = c->n_cells++] = (struct cell){.drop = c->drops[t]};
    *mine = seen[g];
    c->cells[seen[g]].n++;
  }
  return E_OK;
}
static enum err_code make_cells(struct cover *c, struct err *e) {
  struct suppress_state *s = c->s;
  const int64_t places = (int64_t)s->n_v * c->n_drops;
  int32_t *seen = ARENA_ARRAY(s->arena, int32_t, s->p->n + 1);
  c->cell_of = ARENA_ARRAY(s->arena, int32_t, places + 1), c->cells = ARENA_ARRAY(s->arena, struct cell, places + 1);
  c->item = ARENA_ARRAY(s->arena, int32_t, places + 1), c->taken = ARENA_ARRAY(s->arena, int64_t, s->n_v + 1);
  if (!seen || !c->cell_of || !c->cells || !c->item || !c->taken) return ERR(e, E_NO_MEMORY, .subject = "local suppression");
  for (int t = 0; t < c->n_drops; t++) TRY(cells_of_drop(c, t, seen, e));
  int64_t at = 0;
  for (int32_t i = 0; i < c->n_cells; i++) c->cells[i].start = at, at += c->cells[i].n, c->cells[i].n = 0;
  for (int32_t i = 0; i < s->n_v; i++)
    for (int t = 0; t < c->n_drops; t++) {
      const int32_t x = c->cell_of[(int64_t)i * c->n_drops + t];
      if (x >= 0) c->item[c->cells[x].start + c->cells[x].n++] = i;
    }
  return E_OK;
}

/* --- what a cell would cost, and what it would fix --- */
/* The pattern that lacks most when `given` records of the cell are blanked; the fewer records it has, the sooner it is gone; -1 = all have enough. */
static int32_t neediest(const struct cover *c, const struct cell *x, int64_t given) {
  int32_t best = -1;
  int64_t most = 0;
  for (int64_t i = 0; i < x->n; i++) {
    const int32_t v = c->item[x->start + i];
    const struct suppress_pattern *q = &c->s->v[v];
    const int64_t left = q->left - c->taken[v], need = c->s->o->k - q->f - (given - c->taken[v]);
    if (left <= 0 || need <= 0) continue;
    if (need > most || (need == most && left < c->s->v[best].left - c->taken[best])) best = v, most = need;
  }
  return best;
}
/* Fills `taken`; the caller clears it. Returns the cost per record fixed, HUGE_VAL when own sets are as cheap. */
static double plan_cell(struct cover *c, const struct cell *x, int64_t *given) {
  const double unit = local_suppress_cost(c->s, x->drop);
  double fixed = 0, own = 0;
  *given = 0;
  for (int64_t i = 0; i < x->n; i++) {
    const struct suppress_pattern *q = &c->s->v[c->item[x->start + i]];
    if (q->f < c->s->o->k) fixed += (double)q->left, own += q->left ? (double)q->left * q->own_cost : 0;
  }
  if (fixed == 0) return HUGE_VAL;
  for (int32_t v; (v = neediest(c, x, *given)) >= 0; ++*given) c->taken[v]++;
  const double cost = unit * (double)*given;
  return cost < own ? cost / fixed : HUGE_VAL;
}
static void clear_plan(struct cover *c, const struct cell *x) {
  for (int64_t i = 0; i < x->n; i++) c->taken[c->item[x->start + i]] = 0;
}

/* --- heap by ratio, then by cell --- */
static bool before(struct entry a, struct entry b) { return a.ratio < b.ratio || (a.ratio == b.ratio && a.cell < b.cell); }
static enum err_code push(struct cover *c, struct entry x, struct err *e) {
  if (c->n_heap == c->heap_capacity) {
    const int64_t capacity = c->heap_capacity ? 2 * c->heap_capacity : 4096;
    struct entry *more = ARENA_ARRAY(c->s->arena, struct entry, capacity);
    if (!more) return ERR(e, E_NO_MEMORY, .subject = "local suppression");
    if (c->n_heap) memcpy(more, c->heap, (size_t)c->n_heap * sizeof *more);
    c->heap = more, c->heap_capacity = capacity;
  }
  int64_t at = c->n_heap++;
  for (; at > 0 && before(x, c->heap[(at - 1) / 2]); at = (at - 1) / 2) c->heap[at] = c->heap[(at - 1) / 2];
  c->heap[at] = x;
  return E_OK;
}
static struct entry pop(struct cover *c) {
  const struct entry top = c->heap[0], last = c->heap[--c->n_heap];
  int64_t at = 0;
  for (;;) {
    int64_t child = 2 * at + 1;
    if (child >= c->n_heap) break;
    if (child + 1 < c->n_heap && before(c->heap[child + 1], c->heap[child])) child++;
    if (!before(c->heap[child], last)) break;
    c->heap[at] = c->heap[child], at = child;
  }
  if (c->n_heap) c->heap[at] = last;
  return top;
}
static enum err_code judge(struct cover *c, int32_t cell, struct err *e) {
  struct cell *x = &c->cells[cell];
  int64_t given;
  const double ratio = plan_cell(c, x, &given);
  clear_plan(c, x);
  x->stamp++;
  return isfinite(ratio) ? push(c, (struct entry){.ratio = ratio, .cell = cell, .stamp = x->stamp}, e) : E_OK;
}

/* --- taking cells --- */
static enum err_code take_cell(struct cover *c, int32_t cell, int64_t given, struct err *e) {
  const struct cell *x = &c->cells[cell];
  for (int64_t i = 0; i < x->n; i++) {
    const int32_t v = c->item[x->start + i];
    struct suppress_pattern *q = &c->s->v[v];
    const int64_t mine = c->taken[v];
    if (mine) TRY(suppress_act(c->s, (struct suppress_action){.v = v, .cell = cell, .drop = x->drop, .count = mine}, e));
    q->left -= mine, q->f += given - mine;
    c->taken[v] = 0;
  }
  return E_OK;
}
static enum err_code touch_neighbours(struct cover *c, int32_t cell, struct err *e) {
  const struct cell *x = &c->cells[cell];
  for (int64_t i = 0; i < x->n; i++)
    for (int t = 0; t < c->n_drops; t++) {
      const int32_t y = c->cell_of[(int64_t)c->item[x->start + i] * c->n_drops + t];
      if (y >= 0 && c->cells[y].n > 1 && c->cells[y].n <= TOUCHED_MOST) TRY(judge(c, y, e));
    }
  return E_OK;
}
static enum err_code run_cover(struct cover *c, struct err *e) {
  for (int32_t i = 0; i < c->n_cells; i++)
    if (c->cells[i].n > 1) TRY(judge(c, i, e));
  while (c->n_heap) {
    const struct entry top = pop(c);
    struct cell *x = &c->cells[top.cell];
    int64_t given;
    if (top.stamp != x->stamp) continue;
    const double ratio = plan_cell(c, x, &given);
    if (!isfinite(ratio) || ratio > top.ratio) {
      clear_plan(c, x);
      x->stamp++;
      if (isfinite(ratio)) TRY(push(c, (struct entry){.ratio = ratio, .cell = top.cell, .stamp = x->stamp}, e));
      continue;
    }
    TRY(take_cell(c, top.cell, given, e));
    TRY(touch_neighbours(c, top.cell, e));
  }
  return E_OK;
}

/* --- (4) giving back --- */
static bool can_give_back(const struct cover *c, const struct suppress_action *a) {
  const struct cell *x = &c->cells[a->cell];
  if (c->s->v[a->v].f < c->s->o->k) return false;
  for (int64_t i = 0; i < x->n; i++) {
    const int32_t v = c->item[x->start + i];
    if (v != a->v && c->s->v[v].left > 0 && c->s->v[v].f >= c->s->o->k && c->s->v[v].f - 1 < c->s->o->k) return false;
  }
  return true;
}
static void give_back(struct cover *c, struct suppress_action *a) {
  const struct cell *x = &c->cells[a->cell];
  for (int64_t i = 0; i < x->n; i++)
    if (c->item[x->start + i] != a->v) c->s->v[c->item[x->start + i]].f--;
  c->s->v[a->v].left++;
  c->s->n_restored += micro_set_size(a->drop);
  a->count--;
}
struct ordered {
  double cost;
  int64_t action;
};
static int dearest_first(const void *a, const void *b) {
  const struct ordered *x = a, *y = b;
  if (x->cost != y->cost) return x->cost > y->cost ? -1 : 1;
  return x->action > y->action ? -1 : x->action < y->action;
}
static enum err_code clean_up(struct cover *c, struct err *e) {
  struct suppress_state *s = c->s;
  struct ordered *o = ARENA_ARRAY(s->arena, struct ordered, s->n_actions + 1);
  if (!o) return ERR(e, E_NO_MEMORY, .subject = "local suppression");
  for (int64_t i = 0; i < s->n_actions; i++) o[i] = (struct ordered){.cost = local_suppress_cost(s, s->actions[i].drop), .action = i};
  qsort(o, (size_t)s->n_actions, sizeof *o, dearest_first);
  for (int64_t i = 0; i < s->n_actions; i++) {
    struct suppress_action *a = &s->actions[o[i].action];
    while (a->count > 0 && can_give_back(c, a)) give_back(c, a);
  }
  return E_OK;
}
enum err_code suppress_share(struct suppress_state *s, struct err *e) {
  struct cover *c = ARENA_NEW(s->arena, struct cover);
  if (!c) return ERR(e, E_NO_MEMORY, .subject = "local suppression");
  c->s = s;
  list_drops(c);
  if (!c->n_drops || !s->n_v) return E_OK;
  TRY(make_cells(c, e));
  TRY(run_cover(c, e));
  return clean_up(c, e);
}
