/* flow_ball.h -- the neighbourhood of a cell by price: the cells a cheap flow through it can use, and the relations that hold one of them.
 * Distance each step costs one, and the price of a published cell against the goal, so that hidden and small cells are reached first.
 * Pruned   a cell that is alone in one of its relations cannot move and is taken out, until none is left so. A flow inside the ball agrees with the
 *          whole table.
 * Result   cells with movable = 1 (cleared by flow_ball_clear), relations listed. Errors E_NO_MEMORY. Cost: O(terms of the ball, log). */
#ifndef SHIRABE_ESTIMATORS_SUPPRESS_FLOW_BALL_H
#define SHIRABE_ESTIMATORS_SUPPRESS_FLOW_BALL_H
#include "estimators/sdc/suppress/cells.h"

struct ball_entry {
  double distance;
  int32_t cell;
};
struct flow_ball {
  const struct cell_table *t;
  int32_t n, *cell, n_relations, *relation;
  uint8_t *movable, *taken; /* cells; relations */
  double *distance;         /* work, negative = not seen */
  struct ball_entry *heap;
  int64_t n_heap, room;
  int32_t *seen, n_seen;
  int32_t *alive; /* [n_relations] movable cells of each relation, work */
  double least, most_cost; /* cells of less value, and published ones that cost more, are left out; 0 and INFINITY: none */
};
enum err_code flow_ball_new(struct arena *a, const struct cell_table *t, struct flow_ball *out, struct err *e) NODISCARD;
/* Up to `most` cells around `start`; hidden cells cost nothing, `held` ones (NULL: none) do not move. False when the start cannot move here. */
bool flow_ball_grow(struct flow_ball *b, int32_t start, int32_t most, const uint8_t *hidden, const uint8_t *held, const double *cost, double goal);
void flow_ball_clear(struct flow_ball *b);
#endif
