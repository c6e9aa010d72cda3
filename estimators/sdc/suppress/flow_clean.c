/* flow_clean.c -- secondaries published again: the dearest first, when every end that was proved by moving the cell can be proved without it. */
#include <stdlib.h>
#include <string.h>

#include "estimators/sdc/suppress/attack.h"
#include "estimators/sdc/suppress/flow_impl.h"

struct dear {
  double cost;
  int32_t cell;
};
static int dear_cmp(const void *p, const void *q) {
  const struct dear *a = p, *b = q;
  return a->cost != b->cost ? (a->cost < b->cost) - (a->cost > b->cost) : (a->cell > b->cell) - (a->cell < b->cell);
}
static bool moves(const struct audit_report *r, int32_t witness, int32_t cell) {
  for (int32_t i = 0; witness >= 0 && i < r->witness[witness].n; i++)
    if (r->witness[witness].cell[i] == cell) return true;
  return false;
}
/* Can every end that rests on a table moving `cell` be reached with it published? */
static enum err_code still_safe(struct flowing *f, const struct audit_report *r, int32_t cell, bool *safe, struct err *e) {
  struct attack *x;
  TRY(attack_new(f->t, f->hidden, NULL, &x, e));
  enum err_code code = E_OK;
  *safe = true;
  for (int32_t i = 0; !code && *safe && i < r->n_primary; i++) {
    const struct audit_cell *c = &r->cell[i];
    double d = 0, reached = 0, goal[2];
    cell_goals(f->t, c->cell, &goal[0], &goal[1]);
    const bool bare = goal[0] == 0 && goal[1] == 0 && f->t->value[c->cell] != 0;
    for (int up = 0; !code && *safe && up < 2; up++) {
      if (!moves(r, up ? c->high_witness : c->low_witness, cell)) continue;
      code = attack_extreme(x, c->cell, up, &d, e);
      d = up ? d : -d;
      if (d > reached) reached = d;
      if (!bare) *safe = d >= goal[up] * (1 - 1e-9) - 1e-6;
    }
    if (!code && bare && (moves(r, c->low_witness, cell) || moves(r, c->high_witness, cell))) {
      if (reached < 1) code = attack_extreme(x, c->cell, false, &d, e), reached = -d > reached ? -d : reached;
      if (!code && reached < 1) code = attack_extreme(x, c->cell, true, &d, e), reached = d > reached ? d : reached;
      *safe = reached >= 1;
    }
  }
  f->r->n_programmes += attack_solved(x);
  attack_free(x);
  return code;
}
static enum err_code try_one(struct flowing *f, struct arena *a, struct audit_report *r, int32_t cell, struct err *e) {
  const struct audit_options o = {.owners = f->o->owners, .owner_programmes = f->o->owner_programmes};
  struct audit_report now;
  bool safe = false;
  f->hidden[cell] = 0;
  enum err_code code = still_safe(f, r, cell, &safe, e);
  if (!code && safe) {
    code = audit_run(a, f->t, f->hidden, &o, &now, e);
    safe = !code && now.n_violations <= r->n_violations && now.n_exact <= r->n_exact && now.n_owner <= r->n_owner;
  }
  if (code || !safe) {
    f->hidden[cell] = 1;
    return code;
  }
  *r = now;
  f->r->n_cleaned++;
  return E_OK;
}
enum err_code flow_clean_up(struct flowing *f, struct err *e) {
  const struct audit_options o = {.owners = f->o->owners, .owner_programmes = f->o->owner_programmes};
  struct audit_report r;
  struct arena *a = arena_new(0);
  if (!a) return ERR(e, E_NO_MEMORY, .subject = f->t->name);
  enum err_code code = audit_run(a, f->t, f->hidden, &o, &r, e);
  struct dear *d = code ? NULL : ARENA_ARRAY(a, struct dear, r.n_secondary + 1);
  int32_t n = 0;
  if (!code && !d) code = ERR(e, E_NO_MEMORY, .subject = f->t->name);
  for (int32_t c = 0; !code && c < f->t->n_cells; c++)
    if (f->hidden[c] && f->t->status[c] != 'u') d[n++] = (struct dear){f->cost[c], c};
  if (!code) qsort(d, (size_t)n, sizeof *d, dear_cmp);
  for (int32_t i = 0; !code && i < n; i++) {
    flow_progress(f, "clean-up", i, n);
    code = try_one(f, a, &r, d[i].cell, e);
  }
  arena_free(a);
  return code;
}
