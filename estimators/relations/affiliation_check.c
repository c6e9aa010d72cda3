/* affiliation_check.c -- affiliation.h: what is wrong with the affiliations, each with the unions it concerns. */
#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "estimators/relations/affiliation.h"

const char *const affiliation_fault_name[AFFILIATION_FAULTS] = {"self", "circle", "federation_without_slip", "union_without_slip", "not_a_federation",
    "federation_closed", "head_without_slip", "head_of_another_kind", "head_closed", "not_listed_by_federation", "not_named_by_union"};

struct findings {
  struct affiliation_finding *list;
  int64_t n;
};
static void found(struct findings *f, enum affiliation_fault fault, struct str id, struct str other, int32_t group) {
  f->list[f->n++] = (struct affiliation_finding){fault, id, other, group};
}
static void check_edge(const struct affiliation_graph *g, int32_t from, int32_t to, struct findings *f) {
  const struct union_slip *u = from < g->n_slips ? &g->slips[from] : NULL, *t = to < g->n_slips ? &g->slips[to] : NULL;
  if (from == to) found(f, AFFILIATION_SELF, g->id[from], g->id[to], 0);
  if (!u) found(f, AFFILIATION_UNION_NO_SLIP, g->id[from], g->id[to], 0);
  if (!t) found(f, AFFILIATION_NO_SLIP, g->id[from], g->id[to], 0);
  if (t && t->kind != UNION_FEDERATION && from != to) found(f, AFFILIATION_NOT_FEDERATION, g->id[from], g->id[to], 0);
  if (t && u && union_is_live(u) && !union_is_live(t)) found(f, AFFILIATION_CLOSED, g->id[from], g->id[to], 0);
}
static void check_head(const struct affiliation_graph *g, int32_t v, struct findings *f) {
  const struct union_slip *s = &g->slips[v];
  if (s->kind != UNION_BRANCH || !union_is_live(s)) return;
  const int32_t h = g->head[v];
  if (h < 0 || h >= g->n_slips) found(f, AFFILIATION_HEAD_NO_SLIP, s->id, s->head, 0);
  else if (g->slips[h].kind != UNION_HEAD) found(f, AFFILIATION_HEAD_KIND, s->id, s->head, 0);
  else if (!union_is_live(&g->slips[h])) found(f, AFFILIATION_HEAD_CLOSED, s->id, s->head, 0);
}

/* --- both sides of an affiliation --- */
static int by_pair(const void *a, const void *b) {
  const struct affiliation *x = a, *y = b;
  const int c = str_cmp(x->from, y->from);
  return c ? c : str_cmp(x->to, y->to);
}
static struct affiliation *sorted(struct arena *a, const struct affiliation *p, int64_t n) {
  struct affiliation *s = ARENA_ARRAY(a, struct affiliation, n + 1);
  if (!s) return NULL;
  if (n) memcpy(s, p, sizeof *s * (size_t)n), qsort(s, (size_t)n, sizeof *s, by_pair);
  return s;
}
static bool listed(const struct affiliation *sorted_list, int64_t n, struct str from, struct str to) {
  const struct affiliation key = {from, to};
  return n && bsearch(&key, sorted_list, (size_t)n, sizeof key, by_pair);
}
/* Only federations that list anyone are compared: one without a list is another matter (check U14 of the form). */
static enum err_code check_lists(struct arena *a, const struct affiliation_graph *g, const struct affiliation *constituents, int64_t n,
    struct findings *f, struct err *e) {
  struct affiliation *down = sorted(a, constituents, n), *up = ARENA_ARRAY(a, struct affiliation, g->n_edges + 1);
  struct dict *lists = dict_new(a);
  if (!down || !up || !lists) return ERR(e, E_NO_MEMORY, .subject = "constituents");
  for (int64_t i = 0; i < n; i++)
    if (dict_add(lists, constituents[i].to) < 0) return ERR(e, E_NO_MEMORY, .subject = "constituents");
  for (int32_t i = 0; i < g->n_edges; i++) up[i] = (struct affiliation){g->id[g->from[i]], g->id[g->to[i]]};
  for (int32_t i = 0; i < g->n_edges; i++)
    if (dict_find(lists, up[i].to) >= 0 && !listed(down, n, up[i].from, up[i].to)) found(f, AFFILIATION_UP_ONLY, up[i].from, up[i].to, 0);
  if (g->n_edges) qsort(up, (size_t)g->n_edges, sizeof *up, by_pair);
  for (int64_t i = 0; i < n; i++)
    if (!listed(up, g->n_edges, down[i].from, down[i].to)) found(f, AFFILIATION_DOWN_ONLY, down[i].from, down[i].to, 0);
  return E_OK;
}
static int by_fault(const void *a, const void *b) {
  const struct affiliation_finding *x = a, *y = b;
  if (x->fault != y->fault) return x->fault < y->fault ? -1 : 1;
  if (x->group != y->group) return x->group < y->group ? -1 : 1;
  const int c = str_cmp(x->id, y->id);
  return c ? c : str_cmp(x->other, y->other);
}
enum err_code affiliation_check(struct arena *a, const struct affiliation_graph *g, const struct affiliation *constituents, int64_t n_constituents,
    struct affiliation_finding **out, int64_t *n, struct err *e) {
  struct findings f = {.list = ARENA_ARRAY(a, struct affiliation_finding, 6 * (int64_t)g->n_edges + 2 * (int64_t)g->n_nodes + n_constituents + 1)};
  int32_t *circle, n_circles;
  if (!f.list) return ERR(e, E_NO_MEMORY, .subject = "affiliations");
  TRY(affiliation_circles(a, g, &circle, &n_circles, e));
  for (int32_t i = 0; i < g->n_edges; i++) check_edge(g, g->from[i], g->to[i], &f);
  for (int32_t v = 0; v < g->n_slips; v++) check_head(g, v, &f);
  for (int32_t v = 0; n_circles && v < g->n_nodes; v++)
    if (circle[v]) found(&f, AFFILIATION_CIRCLE, g->id[v], STR(""), circle[v]);
  if (constituents) TRY(check_lists(a, g, constituents, n_constituents, &f, e));
  if (f.n) qsort(f.list, (size_t)f.n, sizeof *f.list, by_fault);
  *out = f.list;
  *n = f.n;
  return E_OK;
}
