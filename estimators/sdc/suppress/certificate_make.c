/* certificate_make.c -- the witnesses of an audit as whole numbers over one denominator, and for each end that is not reached multipliers that prove
 * how far it can be reached at most. Everything is checked by the verifier's own arithmetic before it is kept. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/ext_glpk_sparse.h"
#include "estimators/sdc/suppress/attack.h"
#include "estimators/sdc/suppress/certificate.h"
#include "estimators/sdc/suppress/flow_part.h"

/* Corners of the attacker's tables are fractions with small denominators; where none of these fits, the end counts as not proved. */
static const int64_t denominators[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 15, 16, 18, 20, 24, 30, 36, 40, 42, 48, 60, 84, 120, 180, 210, 240, 360,
    420, 720, 840, 1260, 2520, 5040, 27720};
enum { N_DENOMINATORS = sizeof denominators / sizeof *denominators };
struct proving {
  struct arena *a;
  const struct cell_table *t;
  const uint8_t *hidden;
  struct certificate *x;
  struct certificate_work w;
  struct lp_sparse *lp;
  struct attack *attack;  /* NULL until a table is wanted again */
  struct flow_part part; /* of the hidden cells, likewise */
  int32_t *column, *row_of, n_columns, n_rows; /* hidden cells; relations with one */
  int32_t *place;
};
static int number_cmp(const void *p, const void *q) {
  const int32_t a = *(const int32_t *)p, b = *(const int32_t *)q;
  return (a > b) - (a < b);
}

/* --- tables --- */

struct moved {
  int32_t cell;
  double deviation;
};
static int moved_cmp(const void *p, const void *q) { return number_cmp(&((const struct moved *)p)->cell, &((const struct moved *)q)->cell); }
/* Rounding may go wrong as it likes: what is kept has passed the verifier. */
static bool as_whole(struct proving *g, const struct moved *m, int32_t n, int64_t denominator, struct certificate_table *out) {
  out->denominator = denominator;
  out->n = 0;
  for (int32_t i = 0; i < n; i++) {
    const double d = m[i].deviation * (double)denominator, whole = nearbyint(d);
    if (!(fabs(whole) < 4e18)) return false;
    if (whole == 0) continue;
    out->cell[out->n] = m[i].cell;
    out->deviation[out->n++] = (int64_t)whole;
  }
  return certificate_table_holds(g->t, out, &g->w);
}
static enum err_code add_table(struct proving *g, const struct witness *from, bool *exact, struct err *e) {
  struct certificate_table *out = &g->x->table[g->x->n_tables];
  struct moved *m = malloc(sizeof *m * (size_t)(from->n + 1));
  out->cell = ARENA_ARRAY(g->a, int32_t, from->n + 1);
  out->deviation = ARENA_ARRAY(g->a, int64_t, from->n + 1);
  *exact = false;
  if (!m || !out->cell || !out->deviation) {
    free(m);
    return ERR(e, E_NO_MEMORY, .subject = g->t->name);
  }
  for (int32_t i = 0; i < from->n; i++) m[i] = (struct moved){from->cell[i], from->deviation[i]};
  qsort(m, (size_t)from->n, sizeof *m, moved_cmp);
  for (int k = 0; !*exact && k < N_DENOMINATORS; k++) *exact = as_whole(g, m, from->n, denominators[k], out);
  free(m);
  g->x->n_tables += *exact;
  return E_OK;
}
static bool reaches(const struct certificate_table *x, int32_t cell, bool up, bool bare, int64_t goal) {
  for (int32_t i = 0; i < x->n; i++) {
    if (x->cell[i] != cell) continue;
    const int64_t d = up ? x->deviation[i] : -x->deviation[i];
    return bare ? d != 0 : d >= 0 && (double)d >= (double)goal * (double)x->denominator * (1 - 1e-15) && d / x->denominator >= goal;
  }
  return false;
}

/* --- bounds: the attacker's programme as it stands, without presolve, so that its multipliers are those of the relations --- */

static enum err_code load(struct proving *g, struct err *e) {
  const struct cell_table *t = g->t;
  g->place = ARENA_ARRAY(g->a, int32_t, t->n_cells + 1);
  g->column = ARENA_ARRAY(g->a, int32_t, t->n_cells + 1);
  g->row_of = ARENA_ARRAY(g->a, int32_t, t->n_relations + 1);
  int *index = ARENA_ARRAY(g->a, int, t->n_cells + 1);
  double *value = ARENA_ARRAY(g->a, double, t->n_cells + 1);
  if (!g->place || !g->column || !g->row_of || !index || !value) return ERR(e, E_NO_MEMORY, .subject = t->name);
  for (int32_t c = 0; c < t->n_cells; c++)
    if (g->hidden[c]) g->place[c] = g->n_columns, g->column[g->n_columns++] = c;
  for (int32_t r = 0; r < t->n_relations; r++)
    for (int32_t i = t->first[r]; i < t->first[r + 1]; i++)
      if (g->hidden[t->member[i]]) {
        g->row_of[g->n_rows++] = r;
        break;
      }
  g->lp = lp_sparse_new(g->n_rows, g->n_columns);
  if (!g->lp) return ERR(e, E_NO_MEMORY, .subject = t->name);
  for (int32_t k = 0; k < g->n_rows; k++) {
    int n = 0;
    for (int32_t i = t->first[g->row_of[k]]; i < t->first[g->row_of[k] + 1]; i++) {
      if (!g->hidden[t->member[i]]) continue;
      index[n] = g->place[t->member[i]];
      value[n++] = i == t->first[g->row_of[k]] ? -1 : 1;
    }
    lp_sparse_set_row(g->lp, k, n, index, value);
  }
  for (int32_t j = 0; j < g->n_columns; j++) {
    const int64_t below = cell_room_below(t, g->column[j]), above = cell_room_above(t, g->column[j]);
    lp_sparse_bounds(g->lp, j, below == CELL_OPEN ? -INFINITY : -(double)below, above == CELL_OPEN ? INFINITY : (double)above);
  }
  return E_OK;
}
static bool factors(struct proving *g, int64_t denominator, struct certificate_claim *out) {
  out->denominator = denominator;
  out->n = 0;
  for (int32_t k = 0; k < g->n_rows; k++) {
    const double u = lp_sparse_multiplier(g->lp, k) * (double)denominator, whole = nearbyint(u);
    if (!(fabs(whole) < 1e9) || fabs(u - whole) > 1e-6 * (1 + fabs(u))) return false;
    if (whole == 0) continue;
    out->relation[out->n] = g->row_of[k];
    out->factor[out->n++] = (int64_t)whole;
  }
  return certificate_bound_holds(g->t, out, &g->w, &out->bound);
}
/* An end that the audit saw reached, by a table that has no small denominator: another table of the attacker's programme for this cell alone. */
static enum err_code another_table(struct proving *g, struct certificate_claim *out, bool bare, int64_t goal, struct err *e) {
  double d;
  bool exact;
  struct witness w = {.cell = ARENA_ARRAY(g->a, int32_t, g->t->n_cells + 1), .deviation = ARENA_ARRAY(g->a, double, g->t->n_cells + 1)};
  if (!w.cell || !w.deviation) return ERR(e, E_NO_MEMORY, .subject = g->t->name);
  if (!g->attack) TRY(attack_new(g->t, g->hidden, NULL, &g->attack, e));
  TRY(attack_extreme(g->attack, out->cell, out->up, &d, e));
  w.n = attack_witness(g->attack, out->cell, w.cell, w.deviation);
  TRY(add_table(g, &w, &exact, e));
  if (exact && reaches(&g->x->table[g->x->n_tables - 1], out->cell, out->up, bare, goal)) out->table = g->x->n_tables - 1;
  return E_OK;
}
/* The shortest table that moves the cell just as far as it must: few cells move, and by whole steps as a rule. */
static enum err_code shortest_table(struct proving *g, struct certificate_claim *out, bool bare, int64_t goal, struct err *e) {
  const struct cell_table *t = g->t;
  bool found = false, exact;
  int32_t at = -1;
  if (!g->part.lp) {
    int32_t *all = ARENA_ARRAY(g->a, int32_t, t->n_relations + 1), *place = ARENA_ARRAY(g->a, int32_t, t->n_cells + 1);
    if (!all || !place) return ERR(e, E_NO_MEMORY, .subject = t->name);
    for (int32_t r = 0; r < t->n_relations; r++) all[r] = r;
    for (int32_t c = 0; c < t->n_cells; c++) place[c] = -1;
    TRY(flow_part_new(g->a, t, t->n_relations, all, g->hidden, place, &g->part, e));
    for (int32_t k = 0; k < g->part.n_cells; k++) flow_part_cost(&g->part, k, 1);
  }
  for (int32_t k = 0; k < g->part.n_cells; k++)
    if (g->part.cell[k] == out->cell) at = k;
  if (at >= 0) TRY(flow_part_move(&g->part, at, out->up, bare ? 1 : (double)goal, &found, e));
  if (!found) return E_OK;
  const struct witness w = {.n = g->part.n_cells, .cell = g->part.cell, .deviation = g->part.flow};
  TRY(add_table(g, &w, &exact, e));
  if (exact && reaches(&g->x->table[g->x->n_tables - 1], out->cell, out->up, bare, goal)) out->table = g->x->n_tables - 1;
  return E_OK;
}
/* The programme's multipliers, made whole; table -2 where they cannot be, or where the end is reached after all. */
static enum err_code prove(struct proving *g, struct certificate_claim *out, int64_t goal, struct err *e) {
  char text[160];
  if (!g->lp) TRY(load(g, e));
  out->table = -2;
  lp_sparse_cost(g->lp, g->place[out->cell], out->up ? -1 : 1);
  const enum lp_status status = lp_sparse_solve(g->lp);
  bool found = false;
  if (status == LP_OPTIMAL) {
    out->relation = ARENA_ARRAY(g->a, int32_t, g->n_rows + 1);
    out->factor = ARENA_ARRAY(g->a, int64_t, g->n_rows + 1);
    if (!out->relation || !out->factor) return ERR(e, E_NO_MEMORY, .subject = g->t->name);
    for (int k = 0; !found && k < N_DENOMINATORS; k++) found = factors(g, denominators[k], out);
  }
  lp_sparse_cost(g->lp, g->place[out->cell], 0);
  if (status != LP_OPTIMAL && status != LP_UNBOUNDED)
    return ERR(e, E_SDC_SOLVER, .subject = cell_name(g->t, out->cell, text, sizeof text));
  if (found && (goal == 0 || (double)out->bound < (double)goal * (double)out->denominator)) out->table = -1;
  else out->n = 0;
  return E_OK;
}

/* --- the whole --- */

static enum err_code claims_of(struct proving *g, const struct audit_cell *c, const int32_t *table_of, struct err *e) {
  double goal[2];
  cell_goals(g->t, c->cell, &goal[0], &goal[1]);
  const bool bare = cell_bare(g->t, c->cell);
  const int32_t from[2] = {c->low_witness, c->high_witness};
  bool either = false;
  for (int up = 0; up < 2; up++) {
    struct certificate_claim *x = &g->x->claim[g->x->n_claims];
    if (!bare && goal[up] == 0) continue;
    *x = (struct certificate_claim){.cell = c->cell, .up = up, .table = -2};
    const int32_t k = from[up] >= 0 ? table_of[from[up]] : -1;
    if (k >= 0 && reaches(&g->x->table[k], c->cell, up, bare, (int64_t)goal[up])) x->table = k, either = true;
    else if (!(bare && (either || (!up && from[1] >= 0)))) {
      if (from[up] >= 0) TRY(another_table(g, x, bare, (int64_t)goal[up], e));
      if (from[up] >= 0 && x->table == -2) TRY(shortest_table(g, x, bare, (int64_t)goal[up], e));
      if (x->table == -2) TRY(prove(g, x, (int64_t)goal[up], e));
      either = either || x->table >= 0;
    }
    if (!(bare && x->table == -2 && (either || !up))) g->x->n_claims++;
  }
  return E_OK;
}
static bool room(struct proving *g, const struct audit_report *r) {
  struct certificate *x = g->x;
  x->hidden = ARENA_ARRAY(g->a, int32_t, g->t->n_cells + 1);
  x->table = ARENA_ARRAY(g->a, struct certificate_table, (int64_t)r->n_witnesses + 4 * (int64_t)r->n_primary + 1);
  x->claim = ARENA_ARRAY(g->a, struct certificate_claim, 2 * (int64_t)r->n_primary + 1);
  return x->hidden && x->table && x->claim;
}
enum err_code certificate_make(
    struct arena *a, const struct cell_table *t, const uint8_t *hidden, const struct audit_report *r, struct certificate *out, struct err *e) {
  struct proving g = {.a = a, .t = t, .x = out};
  uint8_t *all = ARENA_ARRAY(a, uint8_t, t->n_cells + 1);
  int32_t *table_of = ARENA_ARRAY(a, int32_t, r->n_witnesses + 1);
  *out = (struct certificate){.n_cells = t->n_cells, .n_relations = t->n_relations, .decimals = t->decimals, .known = t->known};
  if (!all || !table_of || !room(&g, r)) return ERR(e, E_NO_MEMORY, .subject = t->name);
  for (int32_t c = 0; c < t->n_cells; c++) {
    all[c] = t->same[c] == c && (hidden[c] || t->status[c] == 'u');
    if (all[c]) out->hidden[out->n_hidden++] = c;
  }
  g.hidden = all;
  certificate_digest(t, out->digest);
  enum err_code code = certificate_work_new(a, t, all, &g.w, e);
  for (int32_t i = 0; !code && i < r->n_witnesses; i++) {
    bool exact;
    code = add_table(&g, &r->witness[i], &exact, e);
    table_of[i] = exact ? out->n_tables - 1 : -1;
  }
  for (int32_t i = 0; !code && i < r->n_primary; i++) code = claims_of(&g, &r->cell[i], table_of, e);
  lp_sparse_free(g.lp);
  attack_free(g.attack);
  flow_part_free(&g.part);
  return code;
}
