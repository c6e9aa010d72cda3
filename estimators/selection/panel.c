#include "estimators/selection/panel.h"

#include <stdlib.h>
#include <string.h>

struct member {
  struct panel_unit unit;
  double u;
  int64_t stratum; /* in the frame now; -1 = not in the frame */
};
struct panel {
  const struct panel_step *step;
  int64_t n, last; /* last period of the history; -1 = none */
  struct member *m;
  uint8_t *due;    /* [groups] */
  int64_t *in_group, *wanted;
};

static int by_id(const void *pa, const void *pb) {
  const struct member *a = pa, *b = pb;
  return str_cmp(a->unit.id, b->unit.id);
}
static int by_turn(const void *pa, const void *pb) {
  const struct member *a = pa, *b = pb;
  if (a->stratum != b->stratum) return a->stratum < b->stratum ? -1 : 1;
  if (a->unit.turns != b->unit.turns) return a->unit.turns < b->unit.turns ? -1 : 1;
  if (a->u != b->u) return a->u < b->u ? -1 : 1;
  return str_cmp(a->unit.id, b->unit.id);
}
static int for_output(const void *pa, const void *pb) {
  const struct panel_unit *a = pa, *b = pb;
  int c = str_cmp(a->stratum, b->stratum);
  if (c) return c;
  if (a->group != b->group) return a->group < b->group ? -1 : 1;
  return str_cmp(a->id, b->id);
}

static int64_t stratum_of(const struct panel_step *step, struct str label) {
  int64_t low = 0, high = step->n_strata;
  while (low < high) {
    const int64_t mid = low + (high - low) / 2;
    const int c = str_cmp(step->strata[mid].label, label);
    if (c == 0) return mid;
    if (c < 0) low = mid + 1;
    else high = mid;
  }
  return -1;
}

/* History and frame joined by id: one member for each unit of either. */
static enum err_code join(struct arena *a, const struct panel_frame *f, int64_t n_history, const struct panel_unit *history, struct panel *p,
    struct err *e) {
  struct member *now = ARENA_ARRAY(a, struct member, f->n + 1), *old = ARENA_ARRAY(a, struct member, n_history + 1);
  p->m = ARENA_ARRAY(a, struct member, f->n + n_history + 1);
  if (!now || !old || !p->m) return ERR(e, E_NO_MEMORY, .subject = "panel");
  for (int64_t k = 0; k < f->n; k++) {
    const int64_t h = stratum_of(p->step, f->stratum[k]);
    if (h < 0) return ERR(e, E_STRATUM_NO_PLAN, .subject = f->stratum[k].p);
    now[k] = (struct member){{.id = f->id[k], .stratum = f->stratum[k], .group = -1, .entered = -1, .left = -1}, f->u[k], h};
  }
  for (int64_t k = 0; k < n_history; k++) {
    old[k] = (struct member){history[k], 0, -1};
    if (history[k].entered > p->last) p->last = history[k].entered;
    if (history[k].left > p->last) p->last = history[k].left;
  }
  qsort(now, (size_t)f->n, sizeof *now, by_id);
  qsort(old, (size_t)n_history, sizeof *old, by_id);
  int64_t i = 0, j = 0;
  while (i < f->n || j < n_history) {
    const int c = i == f->n ? 1 : j == n_history ? -1 : str_cmp(now[i].unit.id, old[j].unit.id);
    struct member *m = &p->m[p->n++];
    *m = c <= 0 ? now[i] : old[j];
    if (c == 0) m->unit = old[j].unit;
    if (c <= 0) i++;
    if (c >= 0) j++;
    if (p->n > 1 && str_eq(m->unit.id, m[-1].unit.id)) return ERR(e, E_PANEL_HISTORY, .subject = "a unit that stands twice");
  }
  return E_OK;
}

static bool in_panel(const struct member *m) { return m->unit.entered >= 0 && m->unit.left < 0; }

static void leave(struct panel *p, struct member *m, struct panel_counts *c) {
  m->unit.left = p->step->period;
  if (c) c->n_rotated++;
}

/* Which groups go: those of the turns since the last period. */
static void due_groups(struct panel *p) {
  const struct sampling_rotation *r = p->step->rotation;
  const int64_t every = r->stay / r->groups;
  if (p->last < 0) return;
  int64_t from = p->last / every + 1;
  const int64_t to = p->step->period / every;
  if (to - from >= r->groups) from = to - r->groups + 1;
  for (int64_t t = from; t <= to; t++) p->due[t % r->groups] = 1;
}

/* One stratum, its members in the order in which they would enter. */
static enum err_code renew(struct panel *p, struct member *m, int64_t n, struct panel_counts *c, struct err *e) {
  const struct sampling_rotation *r = p->step->rotation;
  const struct panel_stratum *h = &p->step->strata[m[0].stratum];
  const int64_t rest = r->rest > 1 ? r->rest : 1;
  int64_t missing = 0;
  for (int64_t g = 0; g < r->groups; g++) p->in_group[g] = 0, p->wanted[g] = h->size / r->groups + (g < h->size % r->groups);
  c->n_units = n;
  for (int64_t k = 0; k < n; k++) {
    struct panel_unit *u = &m[k].unit;
    if (!in_panel(&m[k])) continue;
    if (!str_eq(u->stratum, h->label)) leave(p, &m[k], NULL), c->n_gone++;
    else if (u->group < 0 || u->group >= r->groups || p->due[u->group]) leave(p, &m[k], c);
    else if (p->in_group[u->group] == p->wanted[u->group]) leave(p, &m[k], c);
    else p->in_group[u->group]++, c->n_in++;
  }
  for (int64_t g = 0; g < r->groups; g++) missing += p->wanted[g] - p->in_group[g];
  int64_t g = 0;
  for (int64_t k = 0; k < n; k++) {
    struct panel_unit *u = &m[k].unit;
    const bool resting = u->entered >= 0 && u->left >= 0 && p->step->period - u->left < rest;
    c->n_resting += resting;
    if (missing == 0 || resting || in_panel(&m[k])) continue;
    while (p->in_group[g] == p->wanted[g]) g++;
    *u = (struct panel_unit){.id = u->id, .stratum = h->label, .group = (int32_t)g, .entered = p->step->period, .left = -1, .turns = u->turns + 1};
    p->in_group[g]++, missing--, c->n_entered++, c->n_in++;
  }
  return missing == 0 ? E_OK : ERR(e, E_PANEL_SHORT, .subject = h->label.n ? h->label.p : "-");
}

static enum err_code keep(struct arena *a, const struct panel *p, int64_t *n_out, struct panel_unit **out, struct err *e) {
  *out = ARENA_ARRAY(a, struct panel_unit, p->n + 1);
  *n_out = 0;
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "panel");
  for (int64_t k = 0; k < p->n; k++)
    if (p->m[k].unit.entered >= 0) (*out)[(*n_out)++] = p->m[k].unit;
  qsort(*out, (size_t)*n_out, sizeof **out, for_output);
  return E_OK;
}

enum err_code panel_rotate(struct arena *a, const struct panel_frame *f, const struct panel_step *step, int64_t n_history,
    const struct panel_unit *history,
    int64_t *n_out, struct panel_unit **out, struct panel_counts *counts, struct err *e) {
  const int64_t groups = step->rotation->groups;
  struct panel p = {.step = step, .last = -1, .due = ARENA_ARRAY(a, uint8_t, groups), .in_group = ARENA_ARRAY(a, int64_t, groups),
      .wanted = ARENA_ARRAY(a, int64_t, groups)};
  if (!p.due || !p.in_group || !p.wanted) return ERR(e, E_NO_MEMORY, .subject = "panel");
  TRY(join(a, f, n_history, history, &p, e));
  if (step->period < p.last) return ERR(e, E_PANEL_HISTORY, .subject = "a period that lies before the last one of the file");
  memset(counts, 0, (size_t)step->n_strata * sizeof *counts);
  due_groups(&p);
  qsort(p.m, (size_t)p.n, sizeof *p.m, by_turn);
  for (int64_t k = 0, end; k < p.n; k = end) {
    for (end = k + 1; end < p.n && p.m[end].stratum == p.m[k].stratum;) end++;
    if (p.m[k].stratum >= 0) {
      TRY(renew(&p, p.m + k, end - k, &counts[p.m[k].stratum], e));
      continue;
    }
    for (int64_t i = k; i < end; i++) { /* no longer in the frame */
      if (!in_panel(&p.m[i])) continue;
      const int64_t h = stratum_of(step, p.m[i].unit.stratum);
      leave(&p, &p.m[i], NULL);
      if (h >= 0) counts[h].n_gone++;
    }
  }
  return keep(a, &p, n_out, out, e);
}
