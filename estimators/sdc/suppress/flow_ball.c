#include "estimators/sdc/suppress/flow_ball.h"

#include <math.h>
#include <string.h>

enum err_code flow_ball_new(struct arena *a, const struct cell_table *t, struct flow_ball *b, struct err *e) {
  const int64_t terms = t->first[t->n_relations];
  *b = (struct flow_ball){.t = t, .most_cost = INFINITY};
  b->cell = ARENA_ARRAY(a, int32_t, t->n_cells + 1);
  b->seen = ARENA_ARRAY(a, int32_t, t->n_cells + 1);
  b->relation = ARENA_ARRAY(a, int32_t, t->n_relations + 1);
  b->alive = ARENA_ARRAY(a, int32_t, t->n_relations + 1);
  b->movable = ARENA_ARRAY(a, uint8_t, t->n_cells + 1);
  b->taken = ARENA_ARRAY(a, uint8_t, t->n_relations + 1);
  b->distance = ARENA_ARRAY(a, double, t->n_cells + 1);
  b->room = 16 * terms + 64;
  b->heap = ARENA_ARRAY(a, struct ball_entry, b->room);
  if (!b->cell || !b->seen || !b->relation || !b->alive || !b->movable || !b->taken || !b->distance || !b->heap)
    return ERR(e, E_NO_MEMORY, .subject = t->name);
  for (int32_t c = 0; c < t->n_cells; c++) b->distance[c] = -1;
  return E_OK;
}
static bool before(struct ball_entry x, struct ball_entry y) { return x.distance < y.distance || (x.distance == y.distance && x.cell < y.cell); }
static void push(struct flow_ball *b, struct ball_entry x) {
  if (b->n_heap == b->room) return; /* a farther cell less */
  int64_t i = b->n_heap++;
  while (i && before(x, b->heap[(i - 1) / 2])) b->heap[i] = b->heap[(i - 1) / 2], i = (i - 1) / 2;
  b->heap[i] = x;
}
static struct ball_entry pop(struct flow_ball *b) {
  const struct ball_entry least = b->heap[0], last = b->heap[--b->n_heap];
  int64_t i = 0;
  for (;;) {
    int64_t k = 2 * i + 1;
    if (k >= b->n_heap) break;
    if (k + 1 < b->n_heap && before(b->heap[k + 1], b->heap[k])) k++;
    if (!before(b->heap[k], last)) break;
    b->heap[i] = b->heap[k];
    i = k;
  }
  b->heap[i] = last;
  return least;
}
static void reach(struct flow_ball *b, int32_t c, double distance) {
  if (b->distance[c] >= 0 && b->distance[c] <= distance) return;
  if (b->distance[c] < 0) b->seen[b->n_seen++] = c;
  b->distance[c] = distance;
  push(b, (struct ball_entry){distance, c});
}
/* Cells alone in a relation are taken out; each takes its own relations' counts down. */
static void prune(struct flow_ball *b) {
  const struct cell_table *t = b->t;
  for (int32_t i = 0; i < b->n; i++)
    for (int32_t k = t->cell_first[b->cell[i]]; k < t->cell_first[b->cell[i] + 1]; k++) {
      const int32_t r = t->cell_relation[k];
      if (!b->taken[r]) b->taken[r] = 1, b->alive[r] = 0, b->relation[b->n_relations++] = r;
      b->alive[r]++;
    }
  for (bool again = true; again;) {
    again = false;
    for (int32_t head = 0; head < b->n_relations; head++) {
      const int32_t r = b->relation[head];
      if (b->alive[r] != 1) continue;
      for (int32_t m = t->first[r]; m < t->first[r + 1]; m++) {
        const int32_t c = t->member[m];
        if (!b->movable[c]) continue;
        b->movable[c] = 0;
        for (int32_t k = t->cell_first[c]; k < t->cell_first[c + 1]; k++) b->alive[t->cell_relation[k]]--;
        again = true;
        break;
      }
    }
  }
}
bool flow_ball_grow(struct flow_ball *b, int32_t start, int32_t most, const uint8_t *hidden, const uint8_t *held, const double *cost, double goal) {
  const struct cell_table *t = b->t;
  b->n = b->n_relations = b->n_seen = 0, b->n_heap = 0;
  reach(b, start, 0);
  while (b->n_heap && b->n < most) {
    const struct ball_entry x = pop(b);
    if (b->movable[x.cell] || x.distance > b->distance[x.cell]) continue;
    b->movable[x.cell] = 1;
    b->cell[b->n++] = x.cell;
    for (int32_t k = t->cell_first[x.cell]; k < t->cell_first[x.cell + 1]; k++) {
      const int32_t r = t->cell_relation[k];
      for (int32_t m = t->first[r]; m < t->first[r + 1]; m++) {
        const int32_t c = t->member[m];
        if (b->movable[c] || !cell_may_hide(t, c) || (held && held[c])) continue;
        if (fabs((double)t->value[c]) < b->least || (!hidden[c] && cost[c] > b->most_cost)) continue;
        reach(b, c, x.distance + 1 + (hidden[c] ? 0 : cost[c] / goal));
      }
    }
  }
  prune(b);
  int32_t kept = 0;
  for (int32_t i = 0; i < b->n_relations; i++) {
    const int32_t r = b->relation[i];
    b->taken[r] = 0;
    if (b->alive[r] > 0) b->relation[kept++] = r;
  }
  b->n_relations = kept;
  return b->movable[start];
}
void flow_ball_clear(struct flow_ball *b) {
  for (int32_t i = 0; i < b->n; i++) b->movable[b->cell[i]] = 0;
  for (int32_t i = 0; i < b->n_seen; i++) b->distance[b->seen[i]] = -1;
  b->n = b->n_seen = 0;
}
