/* affiliation_graph.c -- affiliation.h: the graph and its circles. */
#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "estimators/relations/affiliation.h"

struct edge {
  int32_t from, to;
};
static int by_ends(const void *a, const void *b) {
  const struct edge *x = a, *y = b;
  if (x->from != y->from) return x->from < y->from ? -1 : 1;
  return x->to < y->to ? -1 : x->to > y->to;
}
static enum err_code read_nodes(struct arena *a, const struct union_slip *slips, int64_t n, const struct affiliation *edges, int64_t m,
    struct dict **out, struct err *e) {
  char id[64];
  struct dict *d = *out = dict_new(a);
  if (!d) return ERR(e, E_NO_MEMORY, .subject = "affiliations");
  for (int64_t i = 0; i < n; i++) {
    if (dict_add(d, slips[i].id) == i) continue;
    const size_t k = slips[i].id.n < sizeof id - 1 ? slips[i].id.n : sizeof id - 1;
    memcpy(id, slips[i].id.p, k);
    id[k] = 0;
    return ERR(e, E_RELATIONS_TWICE, .subject = id);
  }
  for (int64_t i = 0; i < m; i++)
    if (dict_add(d, edges[i].from) < 0 || dict_add(d, edges[i].to) < 0) return ERR(e, E_NO_MEMORY, .subject = "affiliations");
  for (int64_t i = 0; i < n; i++)
    if (slips[i].kind == UNION_BRANCH && slips[i].head.n && dict_add(d, slips[i].head) < 0) return ERR(e, E_NO_MEMORY, .subject = "affiliations");
  return E_OK;
}
/* Members of each node, from both kinds of edges. */
static enum err_code turn(struct arena *a, struct affiliation_graph *g, struct err *e) {
  int32_t *next;
  int64_t all = g->n_edges;
  for (int32_t i = 0; i < g->n_nodes; i++) all += g->head[i] >= 0;
  g->down = ARENA_ARRAY(a, int32_t, all + 1);
  g->down_at = ARENA_ARRAY(a, int32_t, g->n_nodes + 2);
  next = ARENA_ARRAY(a, int32_t, g->n_nodes + 1);
  if (!g->down || !g->down_at || !next) return ERR(e, E_NO_MEMORY, .subject = "affiliations");
  for (int32_t i = 0; i <= g->n_nodes; i++) g->down_at[i] = 0;
  for (int32_t i = 0; i < g->n_edges; i++) g->down_at[g->to[i] + 1]++;
  for (int32_t i = 0; i < g->n_nodes; i++)
    if (g->head[i] >= 0) g->down_at[g->head[i] + 1]++;
  for (int32_t i = 0; i < g->n_nodes; i++) g->down_at[i + 1] += g->down_at[i];
  memcpy(next, g->down_at, sizeof *next * (size_t)g->n_nodes);
  for (int32_t i = 0; i < g->n_edges; i++) g->down[next[g->to[i]]++] = g->from[i];
  for (int32_t i = 0; i < g->n_nodes; i++)
    if (g->head[i] >= 0) g->down[next[g->head[i]]++] = i;
  return E_OK;
}
enum err_code affiliation_graph(struct arena *a, const struct union_slip *slips, int64_t n, const struct affiliation *edges, int64_t m,
    struct affiliation_graph *out, struct err *e) {
  struct dict *d;
  if (n > INT32_MAX / 4 || m > INT32_MAX / 4) return ERR(e, E_CAP_EXCEEDED, .subject = "affiliations");
  TRY(read_nodes(a, slips, n, edges, m, &d, e));
  struct edge *list = ARENA_ARRAY(a, struct edge, m + 1);
  *out = (struct affiliation_graph){.n_nodes = dict_count(d), .n_slips = (int32_t)n, .slips = slips};
  out->id = ARENA_ARRAY(a, struct str, out->n_nodes + 1);
  out->head = ARENA_ARRAY(a, int32_t, out->n_nodes + 1);
  out->from = ARENA_ARRAY(a, int32_t, m + 1), out->to = ARENA_ARRAY(a, int32_t, m + 1);
  if (!list || !out->id || !out->head || !out->from || !out->to) return ERR(e, E_NO_MEMORY, .subject = "affiliations");
  for (int32_t i = 0; i < out->n_nodes; i++) {
    out->id[i] = dict_text(d, i);
    out->head[i] = i < n && slips[i].kind == UNION_BRANCH && slips[i].head.n ? dict_find(d, slips[i].head) : -1;
  }
  for (int64_t i = 0; i < m; i++) list[i] = (struct edge){dict_find(d, edges[i].from), dict_find(d, edges[i].to)};
  if (m) qsort(list, (size_t)m, sizeof *list, by_ends);
  for (int64_t i = 0; i < m; i++) {
    if (i && !by_ends(&list[i - 1], &list[i])) out->n_twice++;
    else out->from[out->n_edges] = list[i].from, out->to[out->n_edges++] = list[i].to;
  }
  return turn(a, out, e);
}

/* --- circles: Tarjan's strongly connected components, without recursion --- */
struct search {
  const struct affiliation_graph *g;
  int32_t *order, *low, *next, *stack, *path, n_stack, n_path, clock;
  uint8_t *on;
  int32_t *circle, n_circles;
};
static void enter(struct search *s, int32_t v) {
  s->order[v] = s->low[v] = ++s->clock;
  s->next[v] = s->g->down_at[v];
  s->stack[s->n_stack++] = s->path[s->n_path++] = v;
  s->on[v] = 1;
}
static bool to_itself(const struct affiliation_graph *g, int32_t v) {
  for (int32_t k = g->down_at[v]; k < g->down_at[v + 1]; k++)
    if (g->down[k] == v) return true;
  return false;
}
static void leave(struct search *s, int32_t v) {
  s->n_path--;
  if (s->n_path && s->low[v] < s->low[s->path[s->n_path - 1]]) s->low[s->path[s->n_path - 1]] = s->low[v];
  if (s->low[v] != s->order[v]) return;
  const bool circle = s->stack[s->n_stack - 1] != v || to_itself(s->g, v);
  if (circle) s->n_circles++;
  for (int32_t w = -1; w != v;) {
    w = s->stack[--s->n_stack];
    s->on[w] = 0;
    s->circle[w] = circle ? s->n_circles : 0;
  }
}
static void visit(struct search *s, int32_t root) {
  enter(s, root);
  while (s->n_path) {
    const int32_t v = s->path[s->n_path - 1];
    if (s->next[v] == s->g->down_at[v + 1]) {
      leave(s, v);
      continue;
    }
    const int32_t w = s->g->down[s->next[v]++];
    if (!s->order[w]) enter(s, w);
    else if (s->on[w] && s->order[w] < s->low[v]) s->low[v] = s->order[w];
  }
}
/* Numbers in the order of their smallest node, whatever the search met first. */
static enum err_code renumber(struct arena *a, struct search *s, struct err *e) {
  int32_t *as = ARENA_ARRAY(a, int32_t, s->n_circles + 1), n = 0;
  if (!as) return ERR(e, E_NO_MEMORY, .subject = "circles");
  for (int32_t v = 0; v < s->g->n_nodes; v++) {
    if (!s->circle[v]) continue;
    if (!as[s->circle[v]]) as[s->circle[v]] = ++n;
    s->circle[v] = as[s->circle[v]];
  }
  return E_OK;
}
enum err_code affiliation_circles(struct arena *a, const struct affiliation_graph *g, int32_t **circle, int32_t *n_circles, struct err *e) {
  const int64_t n = g->n_nodes + 1;
  struct search s = {.g = g, .order = ARENA_ARRAY(a, int32_t, n), .low = ARENA_ARRAY(a, int32_t, n), .next = ARENA_ARRAY(a, int32_t, n),
      .stack = ARENA_ARRAY(a, int32_t, n), .path = ARENA_ARRAY(a, int32_t, n), .on = ARENA_ARRAY(a, uint8_t, n), .circle = ARENA_ARRAY(a, int32_t,
          n)};
  if (!s.order || !s.low || !s.next || !s.stack || !s.path || !s.on || !s.circle) return ERR(e, E_NO_MEMORY, .subject = "circles");
  memset(s.order, 0, sizeof *s.order * (size_t)n);
  memset(s.on, 0, (size_t)n);
  for (int32_t v = 0; v < g->n_nodes; v++)
    if (!s.order[v]) visit(&s, v);
  *circle = s.circle;
  *n_circles = s.n_circles;
  return renumber(a, &s, e);
}
