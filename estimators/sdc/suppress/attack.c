#include "estimators/sdc/suppress/attack.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/ext_glpk_sparse.h"

struct tie { /* hidden cell = sign * representative */
  int32_t to;
  int8_t sign;
};
struct part { /* a component in the solver */
  struct lp_sparse *lp;
  int32_t n_columns, n_rows, first_row; /* rows in attack.row_list */
  int32_t *column;                      /* [n_columns] representative cells */
};
struct attack {
  struct arena *a;
  const struct cell_table *t;
  const uint8_t *hidden;
  struct tie *tie;
  uint8_t *fixed; /* of representatives: deviation 0 */
  double *lower, *upper, cap;
  int32_t *coefficient, *touched; /* work for one row */
  int32_t *row_list, n_rows;      /* relations that remain, by component */
  int32_t *part_of, *place;       /* of representatives */
  struct part *part;
  int32_t n_parts;
  int32_t *member_first, *member; /* hidden cells by representative */
  int64_t solved;
};

static struct tie find(struct attack *x, int32_t c) {
  struct tie t = x->tie[c];
  if (t.to == c) return t;
  struct tie top = find(x, t.to);
  top.sign = (int8_t)(top.sign * t.sign);
  x->tie[c] = top;
  return top;
}
/* The hidden cells of a relation as coefficients of representatives that are not fixed; their number. */
static int32_t row_terms(struct attack *x, int32_t r) {
  const struct cell_table *t = x->t;
  int32_t n = 0, kept = 0;
  for (int32_t i = t->first[r]; i < t->first[r + 1]; i++) {
    if (!x->hidden[t->member[i]]) continue;
    const struct tie at = find(x, t->member[i]);
    if (x->fixed[at.to]) continue;
    if (x->coefficient[at.to] == 0) {
      bool there = false;
      for (int32_t k = 0; k < n && !there; k++) there = x->touched[k] == at.to;
      if (!there) x->touched[n++] = at.to;
    }
    x->coefficient[at.to] += (i == t->first[r] ? -1 : 1) * at.sign;
  }
  for (int32_t k = 0; k < n; k++)
    if (x->coefficient[x->touched[k]]) x->touched[kept++] = x->touched[k];
  return kept;
}
static void clear_row(struct attack *x, int32_t n) {
  for (int32_t k = 0; k < n; k++) x->coefficient[x->touched[k]] = 0;
}
static void fix(struct attack *x, int32_t c) { x->fixed[c] = 1; }
static void tie_two(struct attack *x, int32_t a, int32_t b, int8_t sign) { /* a = sign b */
  x->tie[a] = (struct tie){b, sign};
  const double low = sign > 0 ? x->lower[a] : -x->upper[a], high = sign > 0 ? x->upper[a] : -x->lower[a];
  if (low > x->lower[b]) x->lower[b] = low;
  if (high < x->upper[b]) x->upper[b] = high;
  if (x->lower[b] >= 0 && x->upper[b] <= 0) fix(x, b);
}
/* True when the row is settled or changed something. */
static bool presolve_row(struct attack *x, int32_t r, bool *settled) {
  const int32_t n = row_terms(x, r);
  double least = 0, most = 0;
  bool changed = false;
  *settled = n == 0;
  for (int32_t k = 0; k < n; k++) {
    const int32_t c = x->touched[k], f = x->coefficient[c];
    least += f > 0 ? f * x->lower[c] : f * x->upper[c];
    most += f > 0 ? f * x->upper[c] : f * x->lower[c];
  }
  if (n > 0 && (n == 1 || least >= 0 || most <= 0)) {
    for (int32_t k = 0; k < n; k++) fix(x, x->touched[k]);
    *settled = changed = true;
  } else if (n == 2) {
    const int32_t a = x->touched[0], b = x->touched[1], fa = x->coefficient[a], fb = x->coefficient[b];
    if (fa == fb || fa == -fb) {
      tie_two(x, a, b, fa == fb ? -1 : 1);
      *settled = changed = true;
    }
  }
  clear_row(x, n);
  return changed;
}
static bool presolve(struct attack *x) {
  const int32_t m = x->t->n_relations;
  uint8_t *settled = ARENA_ARRAY(x->a, uint8_t, m + 1);
  if (!settled) return false;
  for (bool again = true; again;) {
    again = false;
    for (int32_t r = 0; r < m; r++) {
      bool done = false;
      if (settled[r]) continue;
      again = presolve_row(x, r, &done) || again;
      settled[r] = done;
    }
  }
  x->row_list = ARENA_ARRAY(x->a, int32_t, m + 1);
  for (int32_t r = 0; x->row_list && r < m; r++)
    if (!settled[r]) x->row_list[x->n_rows++] = r;
  return x->row_list;
}

/* --- components --- */

static int32_t top(int32_t *parent, int32_t i) {
  while (parent[i] != i) i = parent[i] = parent[parent[i]];
  return i;
}
struct placed {
  int32_t part, row;
};
static int placed_cmp(const void *p, const void *q) {
  const struct placed *a = p, *b = q;
  return a->part != b->part ? (a->part > b->part) - (a->part < b->part) : (a->row > b->row) - (a->row < b->row);
}
static bool number_parts(struct attack *x, int32_t *parent) {
  const int32_t n = x->t->n_cells;
  int32_t *of = ARENA_ARRAY(x->a, int32_t, n + 1);
  if (!of) return false;
  for (int32_t c = 0; c < n; c++) {
    x->part_of[c] = -1;
    if (!x->hidden[c] || find(x, c).to != c || x->fixed[c]) continue;
    const int32_t root = top(parent, c);
    if (!of[root]) of[root] = ++x->n_parts;
    x->part_of[c] = of[root] - 1;
  }
  x->part = ARENA_ARRAY(x->a, struct part, x->n_parts + 1);
  if (!x->part) return false;
  for (int32_t c = 0; c < n; c++)
    if (x->part_of[c] >= 0) x->place[c] = x->part[x->part_of[c]].n_columns++;
  for (int32_t k = 0; k < x->n_parts; k++)
    if (!(x->part[k].column = ARENA_ARRAY(x->a, int32_t, x->part[k].n_columns))) return false;
  for (int32_t c = 0; c < n; c++)
    if (x->part_of[c] >= 0) x->part[x->part_of[c]].column[x->place[c]] = c;
  return true;
}
static bool sort_rows(struct attack *x) {
  struct placed *p = ARENA_ARRAY(x->a, struct placed, x->n_rows + 1);
  if (!p) return false;
  for (int32_t i = 0; i < x->n_rows; i++) {
    const int32_t n = row_terms(x, x->row_list[i]);
    p[i] = (struct placed){x->part_of[x->touched[0]], x->row_list[i]};
    clear_row(x, n);
  }
  qsort(p, (size_t)x->n_rows, sizeof *p, placed_cmp);
  for (int32_t i = 0; i < x->n_rows; i++) {
    struct part *q = &x->part[p[i].part];
    if (q->n_rows++ == 0) q->first_row = i;
    x->row_list[i] = p[i].row;
  }
  return true;
}
static bool split(struct attack *x) {
  const int32_t n = x->t->n_cells;
  int32_t *parent = ARENA_ARRAY(x->a, int32_t, n + 1);
  x->part_of = ARENA_ARRAY(x->a, int32_t, n + 1);
  x->place = ARENA_ARRAY(x->a, int32_t, n + 1);
  if (!parent || !x->part_of || !x->place) return false;
  for (int32_t c = 0; c < n; c++) parent[c] = c;
  for (int32_t i = 0; i < x->n_rows; i++) {
    const int32_t k = row_terms(x, x->row_list[i]);
    for (int32_t j = 1; j < k; j++) parent[top(parent, x->touched[j])] = top(parent, x->touched[0]);
    clear_row(x, k);
  }
  return number_parts(x, parent) && sort_rows(x);
}
static bool list_members(struct attack *x) {
  const int32_t n = x->t->n_cells;
  x->member_first = ARENA_ARRAY(x->a, int32_t, n + 2);
  x->member = ARENA_ARRAY(x->a, int32_t, n + 1);
  if (!x->member_first || !x->member) return false;
  for (int32_t c = 0; c < n; c++)
    if (x->hidden[c]) x->member_first[find(x, c).to + 2]++;
  for (int32_t c = 2; c <= n; c++) x->member_first[c] += x->member_first[c - 1];
  for (int32_t c = 0; c < n; c++)
    if (x->hidden[c]) x->member[x->member_first[find(x, c).to + 1]++] = c;
  return true;
}
static bool start(struct attack *x, const uint8_t *known) {
  const size_t n = (size_t)x->t->n_cells + 1;
  int64_t most = 1;
  x->tie = ARENA_ARRAY(x->a, struct tie, n);
  x->fixed = ARENA_ARRAY(x->a, uint8_t, n);
  x->lower = ARENA_ARRAY(x->a, double, n);
  x->upper = ARENA_ARRAY(x->a, double, n);
  x->coefficient = ARENA_ARRAY(x->a, int32_t, n);
  x->touched = ARENA_ARRAY(x->a, int32_t, n);
  if (!x->tie || !x->fixed || !x->lower || !x->upper || !x->coefficient || !x->touched) return false;
  for (int32_t c = 0; c < x->t->n_cells; c++) {
    const int64_t v = x->t->value[c] < 0 ? -x->t->value[c] : x->t->value[c];
    if (v + x->t->upl[c] > most) most = v + x->t->upl[c];
  }
  x->cap = 4 * (double)most;
  for (int32_t c = 0; c < x->t->n_cells; c++) {
    x->tie[c] = (struct tie){c, 1};
    const int64_t below = cell_room_below(x->t, c), above = cell_room_above(x->t, c);
    x->lower[c] = below == CELL_OPEN ? -x->cap : -(double)below;
    x->upper[c] = above == CELL_OPEN ? x->cap : (double)above;
    x->fixed[c] = known && known[c];
  }
  return true;
}
enum err_code attack_new(const struct cell_table *t, const uint8_t *hidden, const uint8_t *known, struct attack **out, struct err *e) {
  struct arena *a = arena_new(0);
  struct attack *x = a ? ARENA_NEW(a, struct attack) : NULL;
  if (x) *x = (struct attack){.a = a, .t = t, .hidden = hidden};
  if (!x || !start(x, known) || !presolve(x) || !split(x) || !list_members(x)) {
    arena_free(a);
    return ERR(e, E_NO_MEMORY, .subject = t->name);
  }
  *out = x;
  return E_OK;
}
void attack_free(struct attack *x) {
  if (!x) return;
  for (int32_t k = 0; k < x->n_parts; k++) lp_sparse_free(x->part[k].lp);
  arena_free(x->a);
}
bool attack_fixed(const struct attack *x, int32_t cell) { return !x->hidden[cell] || x->fixed[find((struct attack *)x, cell).to]; }
double attack_cap(const struct attack *x) { return x->cap; }
int64_t attack_solved(const struct attack *x) { return x->solved; }

/* --- solving --- */

static enum err_code load(struct attack *x, struct part *p, struct err *e) {
  double *value = malloc((size_t)(p->n_columns + 1) * sizeof *value);
  int *column = malloc((size_t)(p->n_columns + 1) * sizeof *column);
  p->lp = lp_sparse_new(p->n_rows, p->n_columns);
  for (int32_t i = 0; value && column && p->lp && i < p->n_rows; i++) {
    const int32_t n = row_terms(x, x->row_list[p->first_row + i]);
    for (int32_t k = 0; k < n; k++) column[k] = x->place[x->touched[k]], value[k] = x->coefficient[x->touched[k]];
    lp_sparse_set_row(p->lp, i, n, column, value);
    clear_row(x, n);
  }
  const bool ok = value && column && p->lp;
  for (int32_t j = 0; ok && j < p->n_columns; j++) lp_sparse_bounds(p->lp, j, x->lower[p->column[j]], x->upper[p->column[j]]);
  free(value);
  free(column);
  return ok ? E_OK : ERR(e, E_NO_MEMORY, .subject = x->t->name);
}
enum err_code attack_extreme(struct attack *x, int32_t cell, bool up, double *out, struct err *e) {
  const struct tie at = find(x, cell);
  char text[160];
  *out = 0;
  if (!x->hidden[cell] || x->fixed[at.to]) return E_OK;
  struct part *p = &x->part[x->part_of[at.to]];
  if (!p->lp) TRY(load(x, p, e));
  const double cost = (up ? -1 : 1) * at.sign;
  lp_sparse_cost(p->lp, x->place[at.to], cost);
  const enum lp_status status = lp_sparse_solve(p->lp);
  lp_sparse_cost(p->lp, x->place[at.to], 0);
  x->solved++;
  if (status != LP_OPTIMAL) return ERR(e, E_SDC_SOLVER, .subject = cell_name(x->t, cell, text, sizeof text));
  *out = at.sign * lp_sparse_value(p->lp, x->place[at.to]);
  return E_OK;
}
int32_t attack_witness(struct attack *x, int32_t cell, int32_t *cells, double *deviation) {
  const struct tie at = find(x, cell);
  int32_t n = 0;
  if (!x->hidden[cell] || x->fixed[at.to]) return 0;
  const struct part *p = &x->part[x->part_of[at.to]];
  for (int32_t j = 0; p->lp && j < p->n_columns; j++) {
    const double d = lp_sparse_value(p->lp, j);
    const int32_t r = p->column[j];
    if (d == 0) continue;
    for (int32_t i = x->member_first[r]; i < x->member_first[r + 1]; i++) {
      cells[n] = x->member[i];
      deviation[n++] = find(x, x->member[i]).sign * d;
    }
  }
  return n;
}
/* One goal as a bound and a cost of its column, or both taken back. */
static void aim(struct attack *x, int32_t cell, int8_t sign, double goal, bool set) {
  const struct tie at = find(x, cell);
  const struct part *p = &x->part[x->part_of[at.to]];
  const int s = sign * at.sign, j = x->place[at.to];
  double low = x->lower[at.to], high = x->upper[at.to];
  if (set && s > 0 && goal < high) high = goal;
  if (set && s < 0 && -goal > low) low = -goal;
  lp_sparse_cost(p->lp, j, set ? -s / (goal > 0 ? goal : 1) : 0);
  lp_sparse_bounds(p->lp, j, low, high);
}
static bool free_cell(struct attack *x, int32_t cell) { return x->hidden[cell] && !x->fixed[find(x, cell).to]; }
int32_t attack_part(struct attack *x, int32_t cell) { return free_cell(x, cell) ? x->part_of[find(x, cell).to] : -1; }
enum err_code attack_together(struct attack *x, int32_t n, const int32_t *cell, const int8_t *sign, const double *goal, struct err *e) {
  uint8_t *wanted = calloc((size_t)x->n_parts + 1, 1);
  enum err_code code = wanted ? E_OK : ERR(e, E_NO_MEMORY, .subject = x->t->name);
  for (int32_t i = 0; !code && i < n; i++) {
    const int32_t part = attack_part(x, cell[i]);
    if (part < 0) continue;
    wanted[part] = 1;
    if (!x->part[part].lp) code = load(x, &x->part[part], e);
    if (!code) aim(x, cell[i], sign[i], goal[i], true);
  }
  for (int32_t k = 0; !code && k < x->n_parts; k++) {
    if (!wanted[k]) continue;
    x->solved++;
    if (lp_sparse_solve(x->part[k].lp) != LP_OPTIMAL) code = ERR(e, E_SDC_SOLVER, .subject = x->t->name);
  }
  for (int32_t i = 0; i < n; i++)
    if (attack_part(x, cell[i]) >= 0 && x->part[attack_part(x, cell[i])].lp) aim(x, cell[i], sign[i], goal[i], false);
  free(wanted);
  return code;
}
