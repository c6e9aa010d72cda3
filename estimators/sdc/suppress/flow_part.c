#include "estimators/sdc/suppress/flow_part.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/ext_glpk_sparse.h"

static int number_cmp(const void *p, const void *q) {
  const int32_t a = *(const int32_t *)p, b = *(const int32_t *)q;
  return (a > b) - (a < b);
}
static bool list_cells(struct arena *a, struct flow_part *p, const uint8_t *movable, int32_t *place) {
  const struct cell_table *t = p->t;
  int32_t n = 0;
  for (int pass = 0; pass < 2; pass++) {
    n = 0;
    for (int32_t k = 0; k < p->n_relations; k++)
      for (int32_t i = t->first[p->relation[k]]; i < t->first[p->relation[k] + 1]; i++) {
        const int32_t c = t->member[i];
        if (place[c] >= 0 || !cell_may_hide(t, c) || (movable && !movable[c])) continue;
        if (pass) p->cell[n] = c;
        place[c] = n++;
      }
    for (int32_t k = 0; k < p->n_relations; k++)
      for (int32_t i = t->first[p->relation[k]]; i < t->first[p->relation[k] + 1]; i++) place[t->member[i]] = -1;
    if (pass) break;
    p->cell = ARENA_ARRAY(a, int32_t, n + 1);
    p->flow = ARENA_ARRAY(a, double, n + 1);
    if (!p->cell || !p->flow) return false;
  }
  p->n_cells = n;
  qsort(p->cell, (size_t)n, sizeof *p->cell, number_cmp);
  return true;
}
static double lowest(const struct flow_part *p, int32_t c) {
  const int64_t room = cell_room_below(p->t, c);
  return room == CELL_OPEN ? p->cap : (double)room;
}
static double highest(const struct flow_part *p, int32_t c) {
  const int64_t room = cell_room_above(p->t, c);
  return room == CELL_OPEN ? p->cap : (double)room;
}
static void open_column(struct flow_part *p, int32_t at) {
  lp_sparse_bounds(p->lp, 2 * at, 0, highest(p, p->cell[at]));
  lp_sparse_bounds(p->lp, 2 * at + 1, 0, lowest(p, p->cell[at]));
}
static bool load_rows(struct flow_part *p, const int32_t *place) {
  const struct cell_table *t = p->t;
  int *column = malloc(sizeof *column * (size_t)(2 * p->n_cells + 2));
  double *value = malloc(sizeof *value * (size_t)(2 * p->n_cells + 2));
  p->lp = lp_sparse_new(p->n_relations, 2 * p->n_cells);
  for (int32_t k = 0; column && value && p->lp && k < p->n_relations; k++) {
    const int32_t r = p->relation[k];
    int n = 0;
    for (int32_t i = t->first[r]; i < t->first[r + 1]; i++) {
      const int32_t at = place[t->member[i]];
      if (at < 0) continue;
      const double sign = i == t->first[r] ? -1 : 1;
      column[n] = 2 * at, value[n++] = sign;
      column[n] = 2 * at + 1, value[n++] = -sign;
    }
    lp_sparse_set_row(p->lp, k, n, column, value);
  }
  const bool ok = column && value && p->lp;
  free(column);
  free(value);
  return ok;
}
enum err_code flow_part_new(struct arena *a, const struct cell_table *t, int32_t n_relations, const int32_t *relation, const uint8_t *movable,
    int32_t *place, struct flow_part *out, struct err *e) {
  *out = (struct flow_part){.t = t, .n_relations = n_relations, .relation = relation, .cap = 1};
  if (!list_cells(a, out, movable, place)) return ERR(e, E_NO_MEMORY, .subject = t->name);
  for (int32_t k = 0; k < out->n_cells; k++) {
    const double v = fabs((double)t->value[out->cell[k]]) + (double)t->upl[out->cell[k]];
    if (4 * v > out->cap) out->cap = 4 * v;
    place[out->cell[k]] = k;
  }
  const bool ok = load_rows(out, place);
  for (int32_t k = 0; k < out->n_cells; k++) place[out->cell[k]] = -1;
  for (int32_t k = 0; ok && k < out->n_cells; k++) open_column(out, k);
  return ok ? E_OK : ERR(e, E_NO_MEMORY, .subject = t->name);
}
void flow_part_free(struct flow_part *p) {
  if (p) lp_sparse_free(p->lp);
}
void flow_part_cost(struct flow_part *p, int32_t at, double cost) {
  lp_sparse_cost(p->lp, 2 * at, cost);
  lp_sparse_cost(p->lp, 2 * at + 1, cost);
}
void flow_part_hold(struct flow_part *p, int32_t at, bool hold) {
  open_column(p, at);
  for (int k = 0; hold && k < 2; k++) lp_sparse_bounds(p->lp, 2 * at + k, 0, 0);
}
enum err_code flow_part_move(struct flow_part *p, int32_t at, bool up, double goal, bool *found, struct err *e) {
  char text[160];
  *found = false;
  if (goal > (up ? highest(p, p->cell[at]) : lowest(p, p->cell[at]))) return E_OK;
  lp_sparse_bounds(p->lp, 2 * at, up ? goal : 0, up ? goal : 0);
  lp_sparse_bounds(p->lp, 2 * at + 1, up ? 0 : goal, up ? 0 : goal);
  const enum lp_status status = p->keeps ? lp_sparse_solve_dual(p->lp) : lp_sparse_solve(p->lp);
  *found = status == LP_OPTIMAL;
  for (int32_t k = 0; *found && k < p->n_cells; k++) p->flow[k] = lp_sparse_value(p->lp, 2 * k) - lp_sparse_value(p->lp, 2 * k + 1);
  open_column(p, at);
  if (status == LP_OPTIMAL || status == LP_INFEASIBLE) return E_OK;
  return ERR(e, E_SDC_SOLVER, .subject = cell_name(p->t, p->cell[at], text, sizeof text));
}
