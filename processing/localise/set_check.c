/* Can the record be mended by changing the variables of a set only? A small linear programme over these variables, the others fixed. The answer
 * is checked in the data's own units: a witness by every edit, an infeasibility by the cut that its multipliers give. What is feasible only
 * within the tolerances is asked a second time with rows widened by them; what floating point cannot settle goes to the exact rational simplex. */
#include <math.h>
#include <string.h>

#include "base/ext_glpk.h"
#include "processing/localise/localise_impl.h"

bool set_room_init(struct set_room *room, struct arena *a, const struct edit_rows *r) {
  const int64_t m = r->m + 1, p = r->p + 1;
  *room = (struct set_room){
      .a = ARENA_ARRAY(a, double, m *p), .lower = ARENA_ARRAY(a, double, m), .upper = ARENA_ARRAY(a, double, m), .l = ARENA_ARRAY(a, double, p)};
  room->u = ARENA_ARRAY(a, double, p);
  room->start = ARENA_ARRAY(a, double, p);
  room->x = ARENA_ARRAY(a, double, p);
  room->y = ARENA_ARRAY(a, double, m);
  room->slack = ARENA_ARRAY(a, double, m);
  room->whole = ARENA_ARRAY(a, double, p);
  room->g = ARENA_ARRAY(a, double, p);
  room->size = ARENA_ARRAY(a, double, p);
  room->column = ARENA_ARRAY(a, int, p);
  room->row = ARENA_ARRAY(a, int, m);
  return lp_room_init(&room->lp, a, (int)m, (int)p) && room->a && room->lower && room->upper && room->l && room->u && room->start && room->x &&
         room->y && room->slack && room->whole && room->g && room->size && room->column && room->row;
}
/* Columns: the set's variables ascending; room->start their old values, room->column[var] = number of the column or -1. */
static int load_columns(const struct edit_rows *r, const struct record *rec, const uint64_t *set, struct set_room *room) {
  int n = 0;
  for (int j = 0; j < r->p; j++) {
    room->column[j] = -1;
    room->whole[j] = rec->x[j];
    if (!bit_has(set, j)) continue;
    room->column[j] = n;
    room->start[n] = rec->x[j];
    room->l[n] = r->system->lower[j];
    room->u[n++] = r->system->upper[j];
  }
  return n;
}
/* Rows: those that mention the set; what the fixed variables contribute goes to the bounds. slack = the tolerance where the row is just kept: the
 * terms of the set are then together at least as large as what is left of the right side. */
static int load_rows(const struct edit_rows *r, const struct record *rec, const uint64_t *set, int n, struct set_room *room) {
  int m = 0;
  for (int i = 0; i < r->m; i++) {
    const struct linear_edit *e = &r->system->edits[i];
    if (!bits_meet(r->support + (size_t)i * (size_t)r->words, set, r->words)) continue;
    double *to = room->a + (size_t)m * (size_t)n, fixed = 0, size = 0;
    for (int c = 0; c < n; c++) to[c] = 0;
    for (int k = 0; k < e->n; k++) {
      const int c = room->column[e->var[k]];
      const double term = e->coef[k] * rec->x[e->var[k]];
      if (c >= 0)
        to[c] = e->coef[k];
      else {
        fixed += term;
        size += fabs(term);
      }
    }
    room->slack[m] = 1e-6 + 1e-9 * (size + fabs(r->upper[i] - fixed));
    room->lower[m] = r->lower[i] - fixed;
    room->upper[m] = r->upper[i] - fixed;
    room->row[m++] = i;
  }
  return m;
}
static bool holds(const struct edit_rows *r, const struct set_room *room, int m) {
  for (int k = 0; k < m; k++)
    if (!linear_holds(&r->system->edits[room->row[k]], room->whole)) return false;
  return true;
}
static void put(const struct edit_rows *r, struct set_room *room) {
  for (int j = 0; j < r->p; j++)
    if (room->column[j] >= 0) room->whole[j] = room->x[room->column[j]];
}
/* Whole steps where decimals are declared, else six decimals, if every edit still holds: a witness is read by people. */
static double snap(double v, int decimals) {
  double unit = 1;
  for (int d = decimals < 0 ? 6 : decimals; d > 0; d--) unit *= 10;
  return fabs(v) * unit < 9e15 ? round(v * unit) / unit : v;
}
static bool accept(const struct edit_rows *r, struct set_room *room, int m, int n) {
  for (int c = 0; c < n; c++) {
    const double v = room->x[c];
    room->x[c] = v < room->l[c] ? room->l[c] : v > room->u[c] ? room->u[c] : v;
  }
  memcpy(room->start, room->x, (size_t)n * sizeof *room->x);
  for (int j = 0; j < r->p; j++) {
    const int c = room->column[j];
    if (c < 0) continue;
    const double v = snap(room->x[c], r->system->decimals ? r->system->decimals[j] : -1);
    if (v >= room->l[c] && v <= room->u[c]) room->x[c] = v;
  }
  put(r, room);
  if (holds(r, room, m)) return true;
  memcpy(room->x, room->start, (size_t)n * sizeof *room->x);
  put(r, room);
  return holds(r, room, m);
}
/* The cut of multipliers y: their sum of the edits, with the bounds of the set's variables taking their coefficients to zero. */
static bool fill_cut(const struct edit_rows *r, const struct set_room *room, int m, struct cut *c) {
  double most = 0, *g = room->g, *size = room->size;
  for (int k = 0; k < m; k++) most = fmax(most, fabs(room->y[k]));
  memset(g, 0, (size_t)r->p * sizeof *g);
  memset(size, 0, (size_t)r->p * sizeof *size);
  memset(c->support, 0, (size_t)r->words * sizeof *c->support);
  c->n = c->n_y = 0;
  c->h = 0;
  c->used = 1;
  for (int k = 0; k < m; k++) {
    const struct linear_edit *e = &r->system->edits[room->row[k]];
    const double y = room->y[k];
    if (fabs(y) <= 1e-9 * most || (y < 0 && e->op != LINEAR_EQ)) continue;
    c->row[c->n_y] = room->row[k];
    c->y[c->n_y++] = y;
    c->h += y * e->rhs;
    for (int t = 0; t < e->n; t++) {
      g[e->var[t]] += y * e->coef[t];
      size[e->var[t]] += fabs(y * e->coef[t]);
    }
  }
  for (int j = 0; j < r->p; j++) {
    if (fabs(g[j]) <= 1e-9 * size[j]) continue; /* cancelled */
    if (room->column[j] >= 0) {
      const double bound = g[j] < 0 ? r->system->upper[j] : r->system->lower[j];
      if (!isfinite(bound)) return false;
      c->row[c->n_y] = r->m + j;
      c->y[c->n_y++] = -g[j];
      c->h += -g[j] * bound;
    } else {
      bit_add(c->support, j);
      c->var[c->n] = j;
      c->g[c->n++] = g[j];
    }
  }
  return most > 0;
}
static enum set_verdict doubtful(const struct edit_rows *r, struct set_room *room, struct lp *lp, int m, int n) {
  struct lp_result result = {.x = room->x};
  for (int k = 0; k < m; k++) {
    room->lower[k] -= 0.999 * room->slack[k];
    room->upper[k] += 0.999 * room->slack[k];
    room->slack[k] *= 1e-4;
  }
  room->programmes++;
  lp_feasible(lp, NULL, room->slack, &room->lp, &result);
  if (result.status == LP_INFEASIBLE) return SET_NOT;
  if (result.status == LP_OPTIMAL && accept(r, room, m, n)) return SET_FEASIBLE;
  room->exact_programmes++;
  lp_glpk_exact(lp, &result);
  if (result.status == LP_INFEASIBLE) return SET_NOT;
  return result.status == LP_OPTIMAL && accept(r, room, m, n) ? SET_FEASIBLE : SET_DOUBTFUL;
}
enum set_verdict set_check(const struct edit_rows *r, const struct record *rec, const uint64_t *set, struct set_room *room, struct cut *cut) {
  const int n = load_columns(r, rec, set, room), m = load_rows(r, rec, set, n, room);
  struct lp lp = {.m = m, .n = n, .a = room->a, .row_lower = room->lower, .row_upper = room->upper, .lower = room->l, .upper = room->u};
  struct lp_result result = {.x = room->x, .y = room->y};
  room->programmes++;
  for (int k = 0; k < m; k++) room->slack[k] *= 0.01;
  lp_feasible(&lp, room->start, room->slack, &room->lp, &result);
  for (int k = 0; k < m; k++) room->slack[k] *= 100;
  if (result.status == LP_OPTIMAL && accept(r, room, m, n)) return SET_FEASIBLE;
  if (result.status == LP_INFEASIBLE && fill_cut(r, room, m, cut) && cut_violated(r, cut, rec)) return SET_CUT;
  return doubtful(r, room, &lp, m, n);
}
