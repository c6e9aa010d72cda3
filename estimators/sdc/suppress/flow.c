#include "estimators/sdc/suppress/flow.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/sdc/suppress/flow_impl.h"

enum { REPAIR_ROUNDS = 12 };

double suppress_cost(const struct cell_table *t, const struct suppress_options *o, int32_t c) {
  const double v = fabs((double)t->value[c]) / t->unit;
  if (o->own_cost) return o->own_cost[c];
  switch (o->cost) {
    case FLOW_COST_LOG: return log1p(v);
    case FLOW_COST_VALUE: return v > 0 ? v : 1;
    case FLOW_COST_LOG_OVER: return log1p(v) / (1 + v);
    case FLOW_COST_UNIT: break;
  }
  return o->small_first ? 1 + 0.005 * log1p(v) : 1;
}
double flow_goal(const struct cell_table *t, int32_t c, bool up) {
  double low, high;
  cell_goals(t, c, &low, &high);
  if (low == 0 && high == 0 && t->value[c] != 0) return up ? 1 : 0;
  return up ? high : low;
}
int32_t suppress_secondaries(const struct cell_table *t, const uint8_t *hidden, double *value) {
  int32_t n = 0;
  *value = 0;
  for (int32_t c = 0; c < t->n_cells; c++)
    if (hidden[c] && t->status[c] != 'u' && t->same[c] == c) n++, *value += cell_value(t, c);
  return n;
}
static enum err_code begin(struct flowing *f, struct err *e) {
  const struct cell_table *t = f->t;
  const size_t n = (size_t)t->n_cells + 1;
  f->hidden = f->r->hidden = ARENA_ARRAY(f->a, uint8_t, n);
  f->place = ARENA_ARRAY(f->a, int32_t, n);
  f->need_low = ARENA_ARRAY(f->a, double, n);
  f->need_high = ARENA_ARRAY(f->a, double, n);
  f->cost = ARENA_ARRAY(f->a, double, n);
  f->given_up = ARENA_ARRAY(f->a, uint8_t, n);
  f->r->trapped = ARENA_ARRAY(f->a, struct suppress_trapped, n);
  if (!f->hidden || !f->place || !f->need_low || !f->need_high || !f->cost || !f->given_up || !f->r->trapped)
    return ERR(e, E_NO_MEMORY, .subject = t->name);
  for (int32_t c = 0; c < t->n_cells; c++) {
    f->place[c] = -1;
    f->cost[c] = suppress_cost(t, f->o, c);
    f->hidden[c] = t->same[c] == c && (t->status[c] == 'u' || (f->o->start && f->o->start[c] && t->status[c] == 's'));
    if (t->status[c] == 'u') f->need_low[c] = flow_goal(t, c, false), f->need_high[c] = flow_goal(t, c, true);
  }
  return E_OK;
}

/* --- repair --- */

static int32_t trapping(const struct flowing *f, int32_t cell) { /* the relation of the cell with fewest others that may move */
  const struct cell_table *t = f->t;
  int32_t best = -1, least = INT32_MAX;
  for (int32_t k = t->cell_first[cell]; k < t->cell_first[cell + 1]; k++) {
    const int32_t r = t->cell_relation[k];
    int32_t n = 0;
    for (int32_t i = t->first[r]; i < t->first[r + 1]; i++) n += t->member[i] != cell && cell_may_hide(t, t->member[i]);
    if (n < least) least = n, best = r;
  }
  return best;
}
static void give_up(struct flowing *f, int32_t cell) {
  if (f->given_up[cell]) return;
  f->given_up[cell] = 1;
  f->r->trapped[f->r->n_trapped++] = (struct suppress_trapped){cell, trapping(f, cell)};
}
static enum err_code repair_cell(struct flowing *f, int32_t c, bool low, bool high, const uint8_t *held, bool *found, struct err *e) {
  const bool bare = f->t->lpl[c] == 0 && f->t->upl[c] == 0;
  bool done[2] = {true, true};
  if (high) TRY(flow_repair_cell(f, c, true, fmax(flow_goal(f->t, c, true), 1e-3), held, &done[1], e));
  if (bare && high && !done[1]) TRY(flow_repair_cell(f, c, false, 1, held, &done[1], e)); /* either side makes it inexact */
  if (low && flow_goal(f->t, c, false) > 0) TRY(flow_repair_cell(f, c, false, flow_goal(f->t, c, false), held, &done[0], e));
  *found = done[0] && done[1];
  f->r->n_repaired++;
  return E_OK;
}
static enum err_code repair_outside(struct flowing *f, const struct audit_report *r, bool *any, struct err *e) {
  for (int32_t i = 0; i < r->n_primary; i++) {
    const struct audit_cell *c = &r->cell[i];
    const bool bare = f->t->lpl[c->cell] == 0 && f->t->upl[c->cell] == 0, exact = bare && c->exact && f->t->value[c->cell] != 0;
    bool found;
    if ((c->low_ok && c->high_ok && !exact) || f->given_up[c->cell]) continue;
    flow_progress(f, "repair", i, r->n_primary);
    TRY(repair_cell(f, c->cell, !c->low_ok, !c->high_ok || exact, NULL, &found, e));
    if (found) *any = true;
    else give_up(f, c->cell);
  }
  return E_OK;
}
/* One finding of one owner: the table is attacked as he sees it, with his cells held and his levels. */
static enum err_code repair_owner(struct flowing *f, const struct audit_owner *x, bool *found, struct err *e) {
  const struct cell_table *t = f->t;
  struct arena *a = arena_new(0);
  struct cell_table view;
  uint8_t *held = a ? ARENA_ARRAY(a, uint8_t, t->n_cells + 1) : NULL;
  enum err_code code = held ? owner_view(a, t, f->o->owners, x->owner, &view, held, e) : ERR(e, E_NO_MEMORY, .subject = t->name);
  if (!code) {
    f->t = &view;
    code = repair_cell(f, x->cell, true, true, held, found, e);
    f->t = t;
  }
  arena_free(a);
  return code;
}
static enum err_code repair_owners(struct flowing *f, const struct audit_report *r, bool *any, struct err *e) {
  for (int32_t i = 0; i < r->n_owner; i++) {
    bool found = false;
    if (f->given_up[r->owner[i].cell]) continue;
    flow_progress(f, "owners", i, r->n_owner);
    TRY(repair_owner(f, &r->owner[i], &found, e));
    if (found) *any = true;
    else give_up(f, r->owner[i].cell);
  }
  return E_OK;
}
enum err_code flow_audit(struct flowing *f, struct arena *a, struct audit_report *r, struct err *e) {
  const struct audit_options o = {.owners = f->o->owners, .owner_programmes = f->o->owner_programmes};
  TRY(audit_run(a, f->t, f->hidden, &o, r, e));
  f->r->n_programmes += r->n_programmes;
  return E_OK;
}
enum err_code flow_repair(struct flowing *f, struct err *e) {
  for (int round = 0; round < REPAIR_ROUNDS; round++) {
    struct audit_report r;
    bool any = false;
    struct arena *a = arena_new(0);
    enum err_code code = a ? flow_audit(f, a, &r, e) : ERR(e, E_NO_MEMORY, .subject = f->t->name);
    const bool clean = !code && r.clean;
    if (!code && !clean) code = repair_outside(f, &r, &any, e);
    if (!code && !clean && f->o->owners) code = repair_owners(f, &r, &any, e);
    arena_free(a);
    if (code || clean || !any) return code;
  }
  return E_OK;
}
static enum err_code finish(struct flowing *f, struct err *e) {
  double value;
  int64_t n_hidden = 0;
  TRY(flow_repair(f, e));
  for (int32_t c = 0; c < f->t->n_cells; c++) n_hidden += f->hidden[c];
  const int64_t work = suppress_secondaries(f->t, f->hidden, &value) * n_hidden;
  f->r->clean_up_skipped = f->o->clean_up && work > (f->o->clean_up_work ? f->o->clean_up_work : 1000000);
  if (f->o->clean_up && !f->r->clean_up_skipped) TRY(flow_clean_up(f, e));
  flow_progress(f, "audit", 0, 1);
  TRY(flow_audit(f, f->a, &f->r->audit, e));
  for (int32_t c = 0; c < f->t->n_cells; c++)
    if (f->t->same[c] != c) f->hidden[c] = f->hidden[f->t->same[c]];
  return audit_verify(f->t, f->hidden, &f->r->audit, e);
}
static enum err_code run(struct arena *a, const struct cell_table *t, const struct suppress_options *o, bool parts, struct suppress_result *out,
    struct err *e) {
  struct suppress_options options = *o;
  struct flowing f = {.a = a, .t = t, .o = &options, .r = out};
  if (options.margin <= 0) options.margin = o->cost == FLOW_COST_VALUE ? 1 : 20; /* by value a margin has its price already */
  *out = (struct suppress_result){0};
  TRY(begin(&f, e));
  if (parts) TRY(flow_over_parts(&f, e));
  const enum err_code code = finish(&f, e);
  flow_whole_free(&f);
  return code;
}
enum err_code suppress_by_flow(struct arena *a, const struct cell_table *t, const struct suppress_options *o, struct suppress_result *out,
    struct err *e) {
  struct suppress_options small = *o;
  struct suppress_result other;
  double value;
  TRY(run(a, t, o, true, out, e));
  small.small_first = true;
  if (o->cost != FLOW_COST_UNIT || o->own_cost || o->small_first || !o->clean_up || out->n_parts > 1 || out->n_trapped > 0) return E_OK;
  TRY(run(a, t, &small, true, &other, e));
  const int64_t programmes = out->n_programmes + other.n_programmes;
  if (other.audit.clean && suppress_secondaries(t, other.hidden, &value) < suppress_secondaries(t, out->hidden, &value)) *out = other;
  out->n_programmes = programmes;
  return E_OK;
}
enum err_code suppress_repair(struct arena *a, const struct cell_table *t, const struct suppress_options *o, struct suppress_result *out,
    struct err *e) {
  return run(a, t, o, false, out, e);
}
