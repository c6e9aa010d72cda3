#include "processing/edit/edit_stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct counter {
  struct edit_stats *s;
  const struct edit_groups *by;
  uint64_t *variables, *seen; /* [m * words], [words] */
  int words;
  uint8_t *status, *any;
  uint16_t failed[LINEAR_BLOCK], missed[LINEAR_BLOCK];
};

static void count(struct edit_tally *t, int64_t weight) {
  t->n++;
  t->weight += weight;
}
static struct edit_tally minus(struct edit_tally a, struct edit_tally b) { return (struct edit_tally){a.n - b.n, a.weight - b.weight}; }

static void add_status(const uint8_t *restrict status, int n, uint16_t *restrict failed, uint16_t *restrict missed) {
  for (int k = 0; k < n; k++) {
    failed[k] = (uint16_t)(failed[k] + (status[k] >> 1));
    missed[k] = (uint16_t)(missed[k] + (status[k] & 1));
  }
}
/* A record that does not pass: its edits, and the variables of those of its worst status. */
static void count_cells(struct counter *c, int k, int group, int64_t weight, enum edit_status worst) {
  struct edit_stats *s = c->s;
  memset(c->seen, 0, (size_t)c->words * sizeof *c->seen);
  for (int i = 0; i < s->m; i++) {
    if (c->any[i] == EDIT_PASS) continue;
    const uint8_t status = c->status[(size_t)i * LINEAR_BLOCK + (size_t)k];
    if (status == EDIT_PASS) continue;
    count(&s->edit[((int64_t)group * s->m + i) * 3 + status], weight);
    for (int w = 0; status == worst && w < c->words; w++) c->seen[w] |= c->variables[i * c->words + w];
  }
  for (int w = 0; w < c->words; w++)
    for (uint64_t bits = c->seen[w]; bits; bits &= bits - 1)
      count(&s->role[((int64_t)group * s->p + w * 64 + __builtin_ctzll(bits)) * 3 + worst], weight);
}
static void count_block(struct counter *c, int64_t row0, int n) {
  struct edit_stats *s = c->s;
  memset(c->failed, 0, sizeof c->failed);
  memset(c->missed, 0, sizeof c->missed);
  for (int i = 0; i < s->m; i++)
    if (c->any[i] != EDIT_PASS) add_status(c->status + (size_t)i * LINEAR_BLOCK, n, c->failed, c->missed);
  for (int k = 0; k < n; k++) {
    const int group = c->by->group ? c->by->group[row0 + k] : 0, failed = c->failed[k], missed = c->missed[k];
    const int64_t weight = c->by->weight ? (int64_t)nearbyint(c->by->weight[row0 + k] * 4294967296.0) : (int64_t)1 << 32;
    const enum edit_status worst = failed ? EDIT_FAIL : missed ? EDIT_MISS : EDIT_PASS;
    struct edit_tally *by_k = s->k + (int64_t)group * (s->m + 1) * 3;
    count(&s->global[group * 3 + (int)worst], weight);
    if (worst == EDIT_PASS) continue;
    count(&by_k[(s->m - failed - missed) * 3 + EDIT_PASS], weight);
    count(&by_k[missed * 3 + EDIT_MISS], weight);
    count(&by_k[failed * 3 + EDIT_FAIL], weight);
    count_cells(c, k, group, weight, worst);
  }
}
/* What was not counted one by one: records that pass all, and passed = all - missed - failed. */
static void complete(struct edit_stats *s) {
  for (int g = 0; g < s->n_groups; g++) {
    const struct edit_tally all = edit_stats_total(s, g), *passed = &s->global[g * 3 + EDIT_PASS];
    struct edit_tally *by_k = s->k + (int64_t)g * (s->m + 1) * 3;
    const int top[3] = {s->m, 0, 0};
    for (int status = 0; status < 3; status++) {
      by_k[top[status] * 3 + status].n += passed->n;
      by_k[top[status] * 3 + status].weight += passed->weight;
    }
    for (int i = 0; i < s->m; i++) {
      struct edit_tally *t = &s->edit[((int64_t)g * s->m + i) * 3];
      t[EDIT_PASS] = minus(minus(all, t[EDIT_MISS]), t[EDIT_FAIL]);
    }
    for (int j = 0; j < s->p; j++) s->role[((int64_t)g * s->p + j) * 3 + EDIT_PASS] = *passed;
  }
}
static enum err_code check_groups(const struct edit_groups *by, int64_t n, struct err *e) {
  for (int64_t i = 0; i < n; i++) {
    if (by->weight && !(by->weight[i] >= 0 && by->weight[i] <= 1073741824))
      return ERR(e, E_RULES_WEIGHT, .subject = "edit statistics", .line = i + 1);
    if (by->group && (by->group[i] < 0 || by->group[i] >= by->n_groups))
      return ERR(e, E_RULES_WEIGHT, .subject = "edit statistics", .found = "a record without its group", .line = i + 1);
  }
  return E_OK;
}
static enum err_code room(struct arena *a, struct edit_stats *s, struct counter *c, struct err *e) {
  const int64_t g = s->n_groups;
  s->involved = ARENA_ARRAY(a, int, s->p + 1);
  s->edit = ARENA_ARRAY(a, struct edit_tally, g * s->m * 3 + 1);
  s->k = ARENA_ARRAY(a, struct edit_tally, g * (s->m + 1) * 3);
  s->global = ARENA_ARRAY(a, struct edit_tally, g * 3);
  s->role = ARENA_ARRAY(a, struct edit_tally, g * s->p * 3 + 1);
  c->words = (s->p + 63) / 64;
  c->variables = ARENA_ARRAY(a, uint64_t, (int64_t)s->m * c->words + 1);
  c->seen = ARENA_ARRAY(a, uint64_t, c->words + 1);
  c->status = ARENA_ARRAY(a, uint8_t, (int64_t)s->m * LINEAR_BLOCK + 1);
  c->any = ARENA_ARRAY(a, uint8_t, s->m + 1);
  if (!s->involved || !s->edit || !s->k || !s->global || !s->role || !c->variables || !c->seen || !c->status || !c->any)
    return ERR(e, E_NO_MEMORY, .subject = "edit statistics");
  for (int i = 0; i < s->m; i++)
    for (int k = 0; k < s->edits->edits[i].n; k++) {
      const int j = s->edits->edits[i].var[k];
      c->variables[i * c->words + j / 64] |= (uint64_t)1 << (j % 64);
      s->involved[j]++;
    }
  return E_OK;
}
enum err_code edit_stats_run(struct arena *a, const struct linear_system *rows, const struct num_table *t, const struct edit_groups *by,
                             struct edit_stats *out, struct err *e) {
  static const struct edit_groups none = {NULL, NULL, 1};
  struct linear_plan *plan = NULL;
  struct counter *c = ARENA_NEW(a, struct counter);
  if (!by) by = &none;
  *out = (struct edit_stats){.edits = rows, .m = rows->m, .p = rows->p, .n_groups = by->group ? by->n_groups : 1};
  if (!c) return ERR(e, E_NO_MEMORY, .subject = "edit statistics");
  *c = (struct counter){.s = out, .by = by};
  TRY(check_groups(by, t->n, e));
  TRY(room(a, out, c, e));
  TRY(linear_plan_new(a, rows, t, &plan, e));
  struct linear_scratch *scratch = linear_scratch_new(a, plan);
  if (!scratch) return ERR(e, E_NO_MEMORY, .subject = "edit statistics");
  for (int64_t row = 0; row < t->n; row += LINEAR_BLOCK) {
    const int n = t->n - row < LINEAR_BLOCK ? (int)(t->n - row) : LINEAR_BLOCK;
    linear_eval(plan, scratch, row, n, c->status, c->any);
    count_block(c, row, n);
  }
  complete(out);
  return E_OK;
}

struct edit_tally edit_stats_total(const struct edit_stats *s, int group) {
  struct edit_tally all = {0, 0};
  for (int i = 0; i < 3; i++) {
    all.n += s->global[group * 3 + i].n;
    all.weight += s->global[group * 3 + i].weight;
  }
  return all;
}
struct edit_tally edit_stats_applied(const struct edit_stats *s, int group, int variable, enum edit_status status) {
  struct edit_tally all = {0, 0};
  for (int i = 0; i < s->m; i++)
    for (int k = 0; k < s->edits->edits[i].n; k++) {
      if (s->edits->edits[i].var[k] != variable) continue;
      const struct edit_tally *t = &s->edit[((int64_t)group * s->m + i) * 3 + (int)status];
      all.n += t->n;
      all.weight += t->weight;
    }
  return all;
}
double edit_stats_failure_rate(const struct edit_stats *s, int group, int edit) {
  const struct edit_tally *t = &s->edit[((int64_t)group * s->m + edit) * 3];
  const double applied = edit_weight(&t[EDIT_PASS]) + edit_weight(&t[EDIT_FAIL]);
  return applied > 0 ? edit_weight(&t[EDIT_FAIL]) / applied : -1;
}
static double cost_of(const struct edit_stats *s, int group, int edit) {
  return edit_weight(&s->edit[((int64_t)group * s->m + edit) * 3 + EDIT_FAIL]) * s->edits->edits[edit].n;
}
void edit_stats_dearest(const struct edit_stats *s, int group, int *order) {
  for (int i = 0; i < s->m; i++) {
    int at = i;
    for (; at > 0 && cost_of(s, group, order[at - 1]) < cost_of(s, group, i); at--) order[at] = order[at - 1];
    order[at] = i;
  }
}
