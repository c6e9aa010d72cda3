#include "estimators/sdc/suppress/audit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/sdc/suppress/attack.h"
#include "estimators/sdc/suppress/linear.h"

struct auditing {
  struct arena *a;
  const struct cell_table *t;
  const uint8_t *hidden;
  const struct audit_options *o;
  struct audit_report *r;
  struct attack *x;
  int32_t *at;   /* [n_cells] place of a primary in the report, -1 */
  int32_t *cells; /* room for a witness */
  double *deviation;
};
static double slack(double goal) { return 1e-6 * (1 + goal); }
static double exact_slack(const struct cell_table *t, int32_t c) { return 1e-6 * t->unit + 1e-9 * fabs((double)t->value[c]); }

void cell_goals(const struct cell_table *t, int32_t c, double *low, double *high) {
  *low = (double)t->lpl[c];
  *high = (double)t->upl[c];
  const int64_t below = cell_room_below(t, c), above = cell_room_above(t, c);
  if (t->lpl[c] > below) *low = (double)below;
  if (t->upl[c] > above) *high = (double)above;
}
void audit_interval(const struct cell_table *t, const struct audit_cell *c, bool whole, double *low, double *high) {
  *low = ((double)t->value[c->cell] + c->low) / t->unit;
  *high = c->no_end ? INFINITY : ((double)t->value[c->cell] + c->high) / t->unit;
  if (whole) *low = ceil(*low - 1e-6), *high = floor(*high + 1e-6);
}
bool witness_mend(const struct cell_table *t, int32_t n, const int32_t *cell, double *d) {
  double keep = 1;
  for (int32_t i = 0; i < n; i++) {
    const int64_t below = cell_room_below(t, cell[i]), above = cell_room_above(t, cell[i]), room = d[i] < 0 ? below : above;
    const double v = (double)room, size = fabs(d[i]);
    if (room == CELL_OPEN || size <= v) continue;
    if (v == 0 && size < 1e-6 * t->unit) d[i] = 0;
    else if (v / size < keep) keep = v / size;
  }
  for (int32_t i = 0; keep < 1 && i < n; i++) d[i] *= keep;
  return keep > 1 - 1e-4;
}

/* --- witnesses --- */

static enum err_code keep_witness(struct auditing *g, int32_t n, int32_t *number, struct err *e) {
  struct audit_report *r = g->r;
  if (r->n_witnesses == r->room_witnesses) {
    const int32_t room = r->room_witnesses ? 2 * r->room_witnesses : 64;
    struct witness *more = ARENA_ARRAY(g->a, struct witness, room);
    if (!more) return ERR(e, E_NO_MEMORY, .subject = g->t->name);
    if (r->n_witnesses) memcpy(more, r->witness, (size_t)r->n_witnesses * sizeof *more);
    r->witness = more;
    r->room_witnesses = room;
  }
  struct witness *w = &r->witness[r->n_witnesses];
  *w = (struct witness){.n = n, .cell = ARENA_ARRAY(g->a, int32_t, n + 1), .deviation = ARENA_ARRAY(g->a, double, n + 1)};
  if (!w->cell || !w->deviation) return ERR(e, E_NO_MEMORY, .subject = g->t->name);
  memcpy(w->cell, g->cells, (size_t)n * sizeof *w->cell);
  memcpy(w->deviation, g->deviation, (size_t)n * sizeof *w->deviation);
  *number = r->n_witnesses++;
  return E_OK;
}
static bool improves(const struct audit_cell *c, double d) { return (d < c->low && !c->low_ok) || (d > c->high && !c->high_ok); }
static void judge(struct auditing *g, struct audit_cell *c) {
  double low, high;
  cell_goals(g->t, c->cell, &low, &high);
  c->low_ok = -c->low >= low - slack(low);
  c->high_ok = c->high >= high - slack(high);
}
/* The last solution of the component of `cell` is a table: what it shows of the primaries is noted. */
static enum err_code learn(struct auditing *g, int32_t cell, struct err *e) {
  const int32_t n = attack_witness(g->x, cell, g->cells, g->deviation);
  bool use = false;
  int32_t number = -1;
  if (!witness_mend(g->t, n, g->cells, g->deviation)) return E_OK;
  for (int32_t i = 0; i < n && !use; i++) use = g->at[g->cells[i]] >= 0 && improves(&g->r->cell[g->at[g->cells[i]]], g->deviation[i]);
  if (!use) return E_OK;
  TRY(keep_witness(g, n, &number, e));
  for (int32_t i = 0; i < n; i++) {
    if (g->at[g->cells[i]] < 0) continue;
    struct audit_cell *c = &g->r->cell[g->at[g->cells[i]]];
    if (g->deviation[i] < c->low && !c->low_ok) c->low = g->deviation[i], c->low_witness = number;
    if (g->deviation[i] > c->high && !c->high_ok) c->high = g->deviation[i], c->high_witness = number;
  }
  return E_OK;
}
static enum err_code one_end(struct auditing *g, struct audit_cell *c, bool up, struct err *e) {
  double d;
  TRY(attack_extreme(g->x, c->cell, up, &d, e));
  if (up && d > attack_cap(g->x) * 0.999) c->no_end = true;
  return learn(g, c->cell, e);
}
static void judge_all(struct auditing *g) {
  for (int32_t i = 0; i < g->r->n_primary; i++) judge(g, &g->r->cell[i]);
}
/* All cells that lack an end, raised together as far as their goals: one solution settles many. */
static enum err_code together(struct auditing *g, bool up, int32_t *settled, struct err *e) {
  struct audit_report *r = g->r;
  int32_t n = 0, before = 0, *cell = malloc(sizeof *cell * (size_t)(r->n_primary + 1));
  int8_t *sign = malloc((size_t)r->n_primary + 1);
  double *goal = malloc(sizeof *goal * (size_t)(r->n_primary + 1)), low, high;
  uint8_t *seen = calloc((size_t)g->t->n_cells + 1, 1);
  enum err_code code = cell && sign && goal && seen ? E_OK : ERR(e, E_NO_MEMORY, .subject = g->t->name);
  for (int32_t i = 0; !code && i < r->n_primary; i++) {
    const struct audit_cell *c = &r->cell[i];
    if ((up ? c->high_ok : c->low_ok) || attack_part(g->x, c->cell) < 0) continue;
    cell_goals(g->t, c->cell, &low, &high);
    cell[n] = c->cell, sign[n] = up ? 1 : -1, goal[n++] = up ? high : low;
  }
  before = n;
  if (!code && n) code = attack_together(g->x, n, cell, sign, goal, e);
  for (int32_t i = 0; !code && i < n; i++) {
    const int32_t part = attack_part(g->x, cell[i]);
    if (seen[part]) continue;
    seen[part] = 1;
    code = learn(g, cell[i], e);
  }
  judge_all(g);
  for (int32_t i = 0; i < n; i++) before -= !(up ? r->cell[g->at[cell[i]]].high_ok : r->cell[g->at[cell[i]]].low_ok);
  *settled = before;
  free(cell), free(sign), free(goal), free(seen);
  return code;
}
static enum err_code pass_or_fail(struct auditing *g, struct err *e) {
  int32_t failed = 0;
  for (int up = 0; up < 2; up++)
    for (int32_t settled = 1; settled > 0;) TRY(together(g, up, &settled, e));
  for (int32_t i = 0; i < g->r->n_primary; i++) {
    struct audit_cell *c = &g->r->cell[i];
    const double width = exact_slack(g->t, c->cell);
    const bool bare = g->t->lpl[c->cell] == 0 && g->t->upl[c->cell] == 0 && g->t->value[c->cell] != 0;
    if (bare && c->high <= width && -c->low <= width) { /* no level: it may not be exact, either end will do */
      c->low_ok = c->high_ok = false;
      TRY(one_end(g, c, true, e));
      if (c->high <= width) TRY(one_end(g, c, false, e));
    }
    if (!c->high_ok) TRY(one_end(g, c, true, e));
    judge(g, c);
    if (!c->low_ok) TRY(one_end(g, c, false, e));
    judge(g, c);
    failed += !c->low_ok || !c->high_ok;
    if (g->o->stop_after && failed >= g->o->stop_after) return E_OK;
  }
  return E_OK;
}
static enum err_code intervals(struct auditing *g, struct err *e) {
  for (int32_t i = 0; i < g->r->n_primary; i++) g->r->cell[i].low_ok = g->r->cell[i].high_ok = false;
  for (int32_t i = 0; i < g->r->n_primary; i++) {
    TRY(one_end(g, &g->r->cell[i], true, e));
    TRY(one_end(g, &g->r->cell[i], false, e));
  }
  judge_all(g);
  return E_OK;
}

/* --- owners --- */

static enum err_code found_owner(struct auditing *g, int32_t owner, int32_t cell, bool linear, struct err *e) {
  struct audit_report *r = g->r;
  if ((r->n_owner & (r->n_owner - 1)) == 0) {
    struct audit_owner *more = ARENA_ARRAY(g->a, struct audit_owner, r->n_owner ? 2 * r->n_owner : 1);
    if (!more) return ERR(e, E_NO_MEMORY, .subject = g->t->name);
    if (r->n_owner) memcpy(more, r->owner, (size_t)r->n_owner * sizeof *more);
    r->owner = more;
  }
  r->owner[r->n_owner++] = (struct audit_owner){owner, cell, linear};
  return E_OK;
}
struct grouped {
  uint64_t group;
  int32_t cell;
};
static int grouped_cmp(const void *p, const void *q) {
  const struct grouped *a = p, *b = q;
  return a->group != b->group ? (a->group > b->group) - (a->group < b->group) : (a->cell > b->cell) - (a->cell < b->cell);
}
/* Primaries that have the same column, up to a factor, as the one cell an owner knows. */
static enum err_code single_cells(struct auditing *g, const struct linear_report *l, struct err *e) {
  const struct owners *w = g->o->owners;
  struct grouped *by = malloc(sizeof *by * (size_t)(g->r->n_primary + 1));
  int32_t n = 0;
  enum err_code code = by ? E_OK : ERR(e, E_NO_MEMORY, .subject = g->t->name);
  for (int32_t i = 0; !code && i < g->r->n_primary; i++)
    if (l->group[g->r->cell[i].cell]) by[n++] = (struct grouped){l->group[g->r->cell[i].cell], g->r->cell[i].cell};
  if (!code) qsort(by, (size_t)n, sizeof *by, grouped_cmp);
  for (int32_t k = 0; !code && k < w->n; k++) {
    if (w->first[k + 1] - w->first[k] != 1) continue;
    const int32_t own = w->cell[w->first[k]];
    g->r->n_owners_linear++;
    if (!g->hidden[own] || !l->group[own]) continue;
    int32_t lo = 0, hi = n;
    while (lo < hi) {
      const int32_t mid = (lo + hi) / 2;
      if (by[mid].group < l->group[own]) lo = mid + 1;
      else hi = mid;
    }
    for (; !code && lo < n && by[lo].group == l->group[own]; lo++)
      if (by[lo].cell != own && g->t->value[by[lo].cell] != 0) code = found_owner(g, k, by[lo].cell, true, e);
  }
  free(by);
  return code;
}
static bool owns(const struct owners *w, int32_t k, int32_t cell) {
  for (int32_t i = w->first[k]; i < w->first[k + 1]; i++)
    if (w->cell[i] == cell) return true;
  return false;
}
static enum err_code many_cells(struct auditing *g, struct err *e) {
  const struct owners *w = g->o->owners;
  struct arena *a = arena_new(0);
  uint8_t *less = a ? ARENA_ARRAY(a, uint8_t, g->t->n_cells + 1) : NULL;
  enum err_code code = less ? E_OK : ERR(e, E_NO_MEMORY, .subject = g->t->name);
  for (int32_t k = 0; !code && k < w->n; k++) {
    struct linear_report l;
    if (w->first[k + 1] - w->first[k] < 2) continue;
    const struct arena_mark mark = arena_mark(a);
    memcpy(less, g->hidden, (size_t)g->t->n_cells);
    for (int32_t i = w->first[k]; i < w->first[k + 1]; i++) less[w->cell[i]] = 0;
    code = linear_disclosure(a, g->t, less, &l, e);
    for (int32_t i = 0; !code && i < g->r->n_primary; i++) {
      const int32_t c = g->r->cell[i].cell;
      if (!owns(w, k, c) && l.determined[c] && !g->r->cell[i].linear && g->t->value[c]) code = found_owner(g, k, c, true, e);
    }
    g->r->n_owners_linear++;
    arena_reset(a, mark);
  }
  arena_free(a);
  return code;
}
enum err_code owner_view(struct arena *a, const struct cell_table *t, const struct owners *w, int32_t k, struct cell_table *view, uint8_t *known,
    struct err *e) {
  *view = *t;
  for (int32_t i = w->first[k]; i < w->first[k + 1]; i++) known[w->cell[i]] = 1;
  if (!w->part_first || w->part_first[k] == w->part_first[k + 1]) return E_OK;
  int64_t *least = ARENA_ARRAY(a, int64_t, t->n_cells + 1), *low = ARENA_ARRAY(a, int64_t, t->n_cells + 1),
          *high = ARENA_ARRAY(a, int64_t, t->n_cells + 1);
  if (!least || !low || !high) return ERR(e, E_NO_MEMORY, .subject = t->name);
  memcpy(low, t->lpl, (size_t)t->n_cells * sizeof *low);
  memcpy(high, t->upl, (size_t)t->n_cells * sizeof *high);
  for (int32_t i = w->part_first[k]; i < w->part_first[k + 1]; i++) {
    const struct owner_part *p = &w->part[i];
    least[p->cell] = t->nonnegative ? p->amount : 0;
    if (p->level >= 0 && t->status[p->cell] == 'u') low[p->cell] = high[p->cell] = p->level;
  }
  view->least = least, view->lpl = low, view->upl = high;
  return E_OK;
}
/* A witness of the outside attacker is one of the owner's as well when it moves nothing that he knows. */
static bool stands(const struct cell_table *view, const uint8_t *known, const struct witness *w) {
  for (int32_t i = 0; i < w->n; i++)
    if (known[w->cell[i]] || (w->deviation[i] < 0 && view->least && -w->deviation[i] > (double)cell_room_below(view, w->cell[i]))) return false;
  return true;
}
static enum err_code inherit(const struct auditing *g, struct auditing *h, const uint8_t *known, struct err *e) {
  const struct audit_report *r = g->r;
  uint8_t *valid = ARENA_ARRAY(h->a, uint8_t, r->n_witnesses + 1);
  if (!valid) return ERR(e, E_NO_MEMORY, .subject = g->t->name);
  for (int32_t i = 0; i < r->n_witnesses; i++) valid[i] = stands(h->t, known, &r->witness[i]);
  for (int32_t i = 0; i < r->n_primary; i++) {
    struct audit_cell *c = &h->r->cell[i];
    const struct audit_cell *from = &r->cell[i];
    if (from->low_witness >= 0 && valid[from->low_witness]) c->low = from->low;
    if (from->high_witness >= 0 && valid[from->high_witness]) c->high = from->high;
  }
  return E_OK;
}
static enum err_code owner_programme(struct auditing *g, int32_t k, struct err *e) {
  const struct owners *w = g->o->owners;
  struct arena *a = arena_new(0);
  struct audit_report r = {0};
  const struct audit_options o = {.exact = false};
  struct auditing h = *g;
  uint8_t *known = a ? ARENA_ARRAY(a, uint8_t, g->t->n_cells + 1) : NULL;
  struct cell_table view;
  h.a = a, h.r = &r, h.o = &o, h.x = NULL, h.t = &view;
  if (known) r.cell = ARENA_ARRAY(a, struct audit_cell, g->r->n_primary + 1);
  enum err_code code = r.cell ? E_OK : ERR(e, E_NO_MEMORY, .subject = g->t->name);
  if (!code) code = owner_view(a, g->t, w, k, &view, known, e);
  for (int32_t i = 0; !code && i < g->r->n_primary; i++)
    r.cell[r.n_primary++] = (struct audit_cell){.cell = g->r->cell[i].cell, .low_witness = -1, .high_witness = -1,
        .low_ok = known[g->r->cell[i].cell] || !g->r->cell[i].low_ok, .high_ok = known[g->r->cell[i].cell] || !g->r->cell[i].high_ok};
  if (!code) code = inherit(g, &h, known, e);
  if (!code) code = attack_new(&view, g->hidden, known, &h.x, e);
  for (int32_t i = 0; !code && i < r.n_primary; i++) {
    struct audit_cell *c = &r.cell[i];
    if (known[c->cell] || g->t->value[c->cell] == 0) continue;
    const bool low = c->low_ok, high = c->high_ok;
    judge(&h, c);
    if (!high && !c->high_ok) code = one_end(&h, c, true, e);
    judge(&h, c);
    if (!code && !low && !c->low_ok) code = one_end(&h, c, false, e);
    judge(&h, c);
    const bool linear = attack_fixed(h.x, c->cell) && !attack_fixed(g->x, c->cell);
    if (!code && (linear || (!high && !c->high_ok) || (!low && !c->low_ok))) code = found_owner(g, k, c->cell, linear, e);
  }
  if (h.x) g->r->n_programmes += attack_solved(h.x);
  attack_free(h.x);
  arena_free(a);
  g->r->n_owners_solved++;
  return code;
}
static enum err_code judge_owners(struct auditing *g, const struct linear_report *l, struct err *e) {
  if (!g->o->owners) return E_OK;
  TRY(single_cells(g, l, e));
  TRY(many_cells(g, e));
  for (int32_t k = 0; k < g->o->owners->n && k < g->o->owner_programmes; k++) TRY(owner_programme(g, k, e));
  return E_OK;
}

/* --- the whole --- */

static enum err_code begin(struct auditing *g, struct err *e) {
  const struct cell_table *t = g->t;
  uint8_t *all = ARENA_ARRAY(g->a, uint8_t, t->n_cells + 1);
  g->at = ARENA_ARRAY(g->a, int32_t, t->n_cells + 1);
  g->cells = ARENA_ARRAY(g->a, int32_t, t->n_cells + 1);
  g->deviation = ARENA_ARRAY(g->a, double, t->n_cells + 1);
  if (!all || !g->at || !g->cells || !g->deviation) return ERR(e, E_NO_MEMORY, .subject = t->name);
  for (int32_t c = 0; c < t->n_cells; c++) {
    all[c] = t->same[c] == c && (g->hidden[c] || t->status[c] == 'u');
    g->at[c] = -1;
    if (t->status[c] == 'u') g->at[c] = g->r->n_primary++;
    else g->r->n_secondary += all[c];
  }
  g->hidden = all;
  g->r->cell = ARENA_ARRAY(g->a, struct audit_cell, g->r->n_primary + 1);
  if (!g->r->cell) return ERR(e, E_NO_MEMORY, .subject = t->name);
  for (int32_t c = 0; c < t->n_cells; c++)
    if (g->at[c] >= 0) g->r->cell[g->at[c]] = (struct audit_cell){.cell = c, .low_witness = -1, .high_witness = -1};
  return E_OK;
}
static void finish(struct auditing *g, const struct linear_report *l) {
  struct audit_report *r = g->r;
  r->rank = l->rank;
  r->linear_suppressed = l->n_determined;
  r->n_components = l->n_components;
  r->largest_component = l->largest_component;
  for (int32_t i = 0; i < r->n_primary; i++) {
    struct audit_cell *c = &r->cell[i];
    const double width = exact_slack(g->t, c->cell);
    c->exact = c->linear || (c->high <= width && -c->low <= width && !c->no_end);
    r->linear_primary += c->linear;
    r->n_exact += c->exact;
    r->n_zero += c->exact && g->t->value[c->cell] == 0;
    r->n_violations += !c->low_ok || !c->high_ok;
  }
  r->clean = r->n_violations == 0 && r->n_exact == r->n_zero && r->n_owner == 0;
}
enum err_code audit_run(struct arena *a, const struct cell_table *t, const uint8_t *hidden, const struct audit_options *o, struct audit_report *out,
    struct err *e) {
  struct auditing g = {.a = a, .t = t, .hidden = hidden, .o = o, .r = out};
  struct linear_report l;
  *out = (struct audit_report){0};
  TRY(begin(&g, e));
  TRY(linear_disclosure(a, t, g.hidden, &l, e));
  for (int32_t i = 0; i < out->n_primary; i++) out->cell[i].linear = l.determined[out->cell[i].cell];
  TRY(attack_new(t, g.hidden, NULL, &g.x, e));
  judge_all(&g);
  enum err_code code = o->exact ? intervals(&g, e) : pass_or_fail(&g, e);
  if (!code) code = judge_owners(&g, &l, e);
  out->n_programmes += attack_solved(g.x);
  attack_free(g.x);
  if (!code) finish(&g, &l);
  return code;
}
