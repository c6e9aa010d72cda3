/* flow_part.h -- the programme of flows of one part of a table: columns up and down of every cell that may move, rows of its relations. */
#ifndef SHIRABE_ESTIMATORS_SUPPRESS_FLOW_PART_H
#define SHIRABE_ESTIMATORS_SUPPRESS_FLOW_PART_H
#include "estimators/sdc/suppress/cells.h"

struct flow_part {
  const struct cell_table *t;
  struct lp_sparse *lp;
  int32_t n_cells, *cell; /* those that may move, by number */
  int32_t n_relations;
  const int32_t *relation;
  double *flow; /* [n_cells] of the last solution */
  double cap;
  bool keeps; /* many moves on one basis: the dual method first */
};
/* relation [n_relations] must outlive it. movable NULL: every cell that may be hidden. place [n_cells of the table] is work, -1 before and after. */
enum err_code flow_part_new(struct arena *a, const struct cell_table *t, int32_t n_relations, const int32_t *relation, const uint8_t *movable,
    int32_t *place, struct flow_part *out, struct err *e) NODISCARD;
void flow_part_free(struct flow_part *p);
void flow_part_cost(struct flow_part *p, int32_t at, double cost); /* cell[at] */
void flow_part_hold(struct flow_part *p, int32_t at, bool hold);   /* it may not move */
/* The cheapest flow that moves cell[at] by `goal` up or down; false in *found when there is none. Fills flow. */
enum err_code flow_part_move(struct flow_part *p, int32_t at, bool up, double goal, bool *found, struct err *e) NODISCARD;
/* The parts of a table by its keys: lists of relations, part k = relation[first[k] .. first[k + 1] - 1]. One part when the keys do not say. */
struct flow_parts {
  int32_t n, *first, *relation;
};
enum err_code flow_parts_by_key(struct arena *a, const struct cell_table *t, struct flow_parts *out, struct err *e) NODISCARD;
#endif
