/* suppress_impl.h -- state of one local suppression, shared by suppress_local.c (costs, own blanks, records) and suppress_cover.c (cells, giving
 *    back).
 * Shapes   v: the patterns below k, [n_v]; a cell: what patterns look like on the keys of a projection; lists of cells are by start and item. */
#ifndef SHIRABE_ESTIMATORS_SDC_MICRO_SUPPRESS_IMPL_H
#define SHIRABE_ESTIMATORS_SDC_MICRO_SUPPRESS_IMPL_H
#include "estimators/sdc/micro/suppress_local.h"

struct suppress_pattern {
  int32_t pattern;
  int64_t f;          /* agreeing records now */
  int64_t left;       /* records not blanked yet */
  double own_cost;    /* of the cheapest own set, per record; HUGE_VAL = there is none */
  uint32_t own_drop;  /* that set */
};
/* `count` records of v lose the keys of `drop`; cell >= 0: they carry the others of that cell. */
struct suppress_action {
  int32_t v, cell;
  uint32_t drop;
  int64_t count;
};
struct suppress_state {
  struct arena *arena;
  const struct micro_patterns *p;
  const struct micro_suppress_options *o;
  struct micro_map map;
  double cost[MICRO_KEYS_MOST]; /* HUGE_VAL = never */
  struct suppress_pattern *v;
  int32_t n_v;
  int64_t *group_count; /* scratch [patterns] */
  int32_t *group_id;    /* scratch [patterns] */
  struct suppress_action *actions;
  int64_t n_actions, actions_capacity;
  int64_t n_restored;
};
double local_suppress_cost(const struct suppress_state *s, uint32_t drop);
/* ids and counts of the groups on the keys of `keep`: counts only of patterns that have all of them. */
enum err_code suppress_groups(struct suppress_state *s, uint32_t keep, int32_t *n_groups, struct err *e) NODISCARD;
enum err_code suppress_act(struct suppress_state *s, struct suppress_action action, struct err *e) NODISCARD;
enum err_code suppress_share(struct suppress_state *s, struct err *e) NODISCARD; /* (2), and (4) at its end */
#endif
