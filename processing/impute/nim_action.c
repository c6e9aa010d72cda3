/* The passing actions of one donor: a rule that fails needs one of its variables that differ from the donor's; branch on which, the earlier ones
 * kept. */
#include <string.h>

#include "processing/impute/nim_impl.h"

enum { KEPT = 0, OPEN = 1, TAKEN = 2 }; /* of a variable: stays as it is, may still be taken, is taken */
struct search {
  const struct nim_spec *s;
  const double *f, *donor;
  const uint8_t *must;
  int64_t donor_row, nodes;
  double distance;
  struct nim_pool *pool;
  double x[NIM_MAX_VARIABLES];
  uint8_t state[NIM_MAX_VARIABLES];
  bool stopped;
};
static double size_of(const struct search *q, double change) { return (1 - q->s->alpha) * q->distance + (2 * q->s->alpha - 1) * change; }

static bool can_leave_one_out(struct search *q) {
  for (int i = 0; i < nim_variables(q->s->rules); i++) {
    if (q->state[i] != TAKEN || q->must[i]) continue;
    q->x[i] = q->f[i];
    const bool passes = nim_fails(q->s, q->x) < 0;
    q->x[i] = q->donor[i];
    if (passes) return true;
  }
  return false;
}
static void drop_far_actions(const struct nim_spec *s, struct nim_pool *pool) {
  int64_t kept = 0;
  for (int64_t i = 0; i < pool->n; i++)
    if (pool->actions[i].size <= s->gamma * pool->least) pool->actions[kept++] = pool->actions[i];
  pool->n = kept;
}
static void record(struct search *q, double change) {
  struct nim_pool *pool = q->pool;
  const double size = size_of(q, change);
  if (can_leave_one_out(q)) return;
  if (size < pool->least) {
    pool->least = size;
    drop_far_actions(q->s, pool);
  }
  if (pool->n == NIM_MAX_ACTIONS) {
    pool->truncated = true;
    return;
  }
  struct nim_action *a = &pool->actions[pool->n++];
  *a = (struct nim_action){.size = size, .change = change, .donor = q->donor_row};
  for (int i = 0; i < nim_variables(q->s->rules); i++)
    if (q->state[i] == TAKEN) a->taken[i / 64] |= UINT64_C(1) << (i % 64);
}
static bool in_rule(const struct rule_set *rules, const struct rule *r, int i) {
  for (int k = 0; k < r->n_atoms; k++) {
    const struct rule_atom *atom = &r->atoms[k];
    if (atom->category && rules->numeric.p + atom->k == i) return true;
    for (int j = 0; !atom->category && j < atom->linear.n; j++)
      if (atom->linear.var[j] == i) return true;
  }
  return false;
}
bool nim_involves(const struct nim_spec *s, int failure, int variable) {
  return s->judge ? s->judge->involves(s->judge->context, failure, variable) : in_rule(s->rules, &s->rules->rules[failure], variable);
}
static void extend(struct search *q, double change) {
  if (q->stopped || size_of(q, change) > q->s->gamma * q->pool->least) return;
  if (++q->nodes > q->s->max_nodes) {
    q->stopped = q->pool->truncated = true;
    return;
  }
  const int failed = nim_fails(q->s, q->x);
  if (failed < 0) {
    record(q, change);
    return;
  }
  uint8_t before[NIM_MAX_VARIABLES];
  const int v = nim_variables(q->s->rules);
  memcpy(before, q->state, (size_t)v);
  for (int i = 0; i < v && !q->stopped; i++) {
    if (before[i] != OPEN || !nim_involves(q->s, failed, i)) continue;
    q->state[i] = TAKEN;
    q->x[i] = q->donor[i];
    extend(q, change + nim_variable_distance(q->s, i, q->f[i], q->donor[i]));
    q->x[i] = q->f[i];
    q->state[i] = KEPT;
  }
  memcpy(q->state, before, (size_t)v);
}
void nim_actions(const struct nim_spec *s, const double *f, const uint8_t *must, const double *ordered, int64_t donor, double distance,
                 struct nim_pool *pool) {
  struct search q = {.s = s, .f = f, .donor = ordered, .must = must, .donor_row = donor, .distance = distance, .pool = pool};
  for (int i = 0; i < nim_variables(s->rules); i++) {
    q.x[i] = must[i] ? ordered[i] : f[i];
    q.state[i] = must[i] ? TAKEN : f[i] != ordered[i] ? OPEN : KEPT;
  }
  extend(&q, 0);
}
