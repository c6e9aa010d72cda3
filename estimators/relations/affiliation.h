/* affiliation.h -- unions and the federations they joined, as a graph without circles: what each federation counts, and the total that counts once.
 * Graph    a union -> each federation it joined directly; a federation -> those it joined; a branch -> its head office (so that it belongs to what
 *          its head office joined). The same edge twice is one edge.
 * Count    a federation counts every live union of the basis below it once, by whatever ways it is reached; a union of two federations counts in
 *          both and once in the total. Sum over the topmost federations - total = what double affiliation adds.
 * Shapes   slips: [n]; edges: [m]; both in any order; results in the order of the numbers.
 * Units    members: persons. Missing: what is not answered adds nothing and is counted apart: members, women and part-time, each of its own.
 * Errors   E_RELATIONS_CYCLE from affiliation_totals (a circle has no total); E_RELATIONS_TWICE, E_RELATIONS_COUNT. What is wrong but countable is
 *          a finding.
 * Memory   arena. Cost: circles O(n + m) (Tarjan 1972); totals O(federations x (n + m)). Exact sums: the same for any order.
 * Source   厚生労働省 労働組合基礎調査 (https://www.mhlw.go.jp/toukei/list/13-23b.html): a union of several centres stands in each,
 *          the total counts it once. */
#ifndef SHIRABE_ESTIMATORS_AFFILIATION_H
#define SHIRABE_ESTIMATORS_AFFILIATION_H
#include "estimators/relations/union_slip.h"

struct affiliation {
  struct str from, to; /* union or federation, federation joined */
};
struct affiliation_graph {
  int32_t n_nodes, n_slips;      /* node i < n_slips is slip i; the others are numbers without a slip */
  const struct union_slip *slips;
  struct str *id;                /* [n_nodes] */
  int32_t n_edges;               /* each once, without the branches' edges to their head offices */
  int32_t *from, *to;            /* [n_edges], by from, then to */
  int32_t *head;                 /* [n_nodes] head office of a branch, -1 */
  int32_t *down, *down_at;       /* members of node i: down[down_at[i] .. down_at[i+1]), branches under their head among them */
  int64_t n_twice;               /* edges given more than once */
};
enum err_code affiliation_graph(struct arena *a, const struct union_slip *slips, int64_t n, const struct affiliation *edges, int64_t m,
    struct affiliation_graph *out, struct err *e) NODISCARD;

enum affiliation_fault {
  AFFILIATION_SELF,         /* joined itself */
  AFFILIATION_CIRCLE,       /* part of a circle; group = number of the circle */
  AFFILIATION_NO_SLIP,      /* the federation has no slip */
  AFFILIATION_UNION_NO_SLIP, /* the union has no slip */
  AFFILIATION_NOT_FEDERATION, /* what was joined is no federation */
  AFFILIATION_CLOSED,       /* a live union in a closed federation */
  AFFILIATION_HEAD_NO_SLIP, AFFILIATION_HEAD_KIND, AFFILIATION_HEAD_CLOSED, /* of a live branch */
  AFFILIATION_UP_ONLY,      /* the union names the federation, which does not list it */
  AFFILIATION_DOWN_ONLY,    /* the federation lists the union, which does not name it */
  AFFILIATION_FAULTS
};
extern const char *const affiliation_fault_name[AFFILIATION_FAULTS];
struct affiliation_finding {
  enum affiliation_fault fault;
  struct str id, other;
  int32_t group;
};
/* constituents: what federations list (from = the constituent, to = the federation); NULL = not compared. */
enum err_code affiliation_check(struct arena *a, const struct affiliation_graph *g, const struct affiliation *constituents, int64_t n_constituents,
    struct affiliation_finding **out, int64_t *n, struct err *e) NODISCARD;

struct affiliation_count {
  int64_t unions, members, female, part_time;
  int64_t unknown, unknown_female, unknown_part_time; /* unions that did not answer it; as many as unions: the sum is no figure */
};
struct federation_total {
  struct str id;
  bool top;       /* joined no other */
  int64_t direct; /* live unions and federations that joined it directly */
  struct affiliation_count below;
};
struct affiliation_summary {
  int64_t slips;                     /* read; 0 = there is nothing to count */
  struct affiliation_count once;     /* unions of at least one federation, each once: the total */
  struct affiliation_count none;     /* of no federation */
  struct affiliation_count several;  /* of two or more topmost federations */
  struct affiliation_count sum_top;  /* sum over the topmost federations: once + what double affiliation adds */
};
enum err_code affiliation_totals(struct arena *a, const struct affiliation_graph *g, enum union_basis basis, struct federation_total **out,
    int64_t *n, struct affiliation_summary *summary, struct err *e) NODISCARD;
/* Circle of each node, 0 = none, else 1 .. *n_circles in the order of their smallest node. */
enum err_code affiliation_circles(struct arena *a, const struct affiliation_graph *g, int32_t **circle, int32_t *n_circles, struct err *e) NODISCARD;
#endif
