#include "estimators/sdc/micro/suppress_local.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/sdc/micro/suppress_impl.h"

static uint32_t all_keys(const struct suppress_state *s) { return (1u << s->p->m) - 1; }

double local_suppress_cost(const struct suppress_state *s, uint32_t drop) {
  double c = 0;
  for (int j = 0; j < s->p->m; j++)
    if (drop >> j & 1) c += s->cost[j];
  return c;
}
enum err_code suppress_groups(struct suppress_state *s, uint32_t keep, int32_t *n_groups, struct err *e) {
  TRY(micro_project(s->p, NULL, s->p->n, keep, &s->map, s->group_id, n_groups, e));
  memset(s->group_count, 0, (size_t)*n_groups * sizeof *s->group_count);
  for (int64_t i = 0; i < s->p->n; i++)
    if (!(s->p->missing[i] & keep)) s->group_count[s->group_id[i]] += s->p->count[i];
  return E_OK;
}
enum err_code suppress_act(struct suppress_state *s, struct suppress_action action, struct err *e) {
  if (s->n_actions == s->actions_capacity) {
    const int64_t capacity = s->actions_capacity ? 2 * s->actions_capacity : 1024;
    struct suppress_action *more = ARENA_ARRAY(s->arena, struct suppress_action, capacity);
    if (!more) return ERR(e, E_NO_MEMORY, .subject = "local suppression");
    if (s->n_actions) memcpy(more, s->actions, (size_t)s->n_actions * sizeof *more);
    s->actions = more, s->actions_capacity = capacity;
  }
  s->actions[s->n_actions++] = action;
  return E_OK;
}

/* --- what blanking costs --- */
static double household_size(const struct suppress_state *s) {
  int32_t last = -1;
  for (int64_t i = 0; i < s->p->n_records; i++)
    if (s->o->household[i] > last) last = s->o->household[i];
  return last < 0 ? 1 : (double)s->p->n_records / (double)(last + 1);
}
static enum err_code read_costs(struct suppress_state *s, struct err *e) {
  const double size = s->o->household && s->o->household_keys ? household_size(s) : 1;
  for (int j = 0; j < s->p->m; j++) {
    const double w = s->o->importance ? s->o->importance[j] : 1;
    if (!(w >= 0 && isfinite(w))) return ERR(e, E_MICRO_PARAMETER, .subject = "importance", .expected = "0 (never) or above");
    s->cost[j] = w == 0 ? HUGE_VAL : s->o->household_keys >> j & 1 ? w * size : w;
  }
  return E_OK;
}

/* --- (1): the cheapest own set of each pattern below k --- */
struct candidate {
  uint32_t drop;
  double cost;
};
static int by_cost(const void *a, const void *b) {
  const struct candidate *x = a, *y = b;
  if (x->cost != y->cost) return x->cost < y->cost ? -1 : 1;
  const int nx = micro_set_size(x->drop), ny = micro_set_size(y->drop);
  return nx != ny ? nx - ny : x->drop < y->drop ? -1 : x->drop > y->drop;
}
static int list_candidates(const struct suppress_state *s, struct candidate *c) {
  int n = 0;
  for (uint32_t drop = 1; drop <= all_keys(s); drop++) {
    const double cost = local_suppress_cost(s, drop);
    if (isfinite(cost)) c[n++] = (struct candidate){.drop = drop, .cost = cost};
  }
  qsort(c, (size_t)n, sizeof *c, by_cost);
  return n;
}
/* Returns how many patterns without missing values wait for a set still. */
static int64_t try_set(struct suppress_state *s, uint32_t drop) {
  int64_t waiting = 0;
  const uint32_t keep = all_keys(s) & ~drop;
  for (int32_t i = 0; i < s->n_v; i++) {
    struct suppress_pattern *v = &s->v[i];
    const uint32_t missing = s->p->missing[v->pattern];
    if (!(missing & keep) && s->group_count[s->group_id[v->pattern]] >= s->o->k) {
      const double cost = local_suppress_cost(s, drop & ~missing);
      if (cost < v->own_cost) v->own_cost = cost, v->own_drop = drop & ~missing;
    }
    waiting += !isfinite(v->own_cost) || missing;
  }
  return waiting;
}
static enum err_code own_sets(struct suppress_state *s, struct err *e) {
  struct candidate *c = ARENA_ARRAY(s->arena, struct candidate, 1 << MICRO_KEYS_MOST);
  if (!c) return ERR(e, E_NO_MEMORY, .subject = "local suppression");
  const int n = list_candidates(s, c);
  int64_t waiting = s->n_v;
  for (int i = 0; i < n && waiting; i++) {
    int32_t groups;
    TRY(suppress_groups(s, all_keys(s) & ~c[i].drop, &groups, e));
    waiting = try_set(s, c[i].drop);
  }
  return E_OK;
}
static enum err_code find_below(struct suppress_state *s, const struct micro_frequency *f, struct micro_suppression *out, struct err *e) {
  s->v = ARENA_ARRAY(s->arena, struct suppress_pattern, s->p->n + 1);
  if (!s->v) return ERR(e, E_NO_MEMORY, .subject = "local suppression");
  for (int32_t i = 0; i < s->p->n; i++) {
    const int64_t n = f->same[i] + f->wild[i];
    if (n >= s->o->k) continue;
    s->v[s->n_v++] = (struct suppress_pattern){.pattern = i, .f = n, .left = s->p->count[i], .own_cost = HUGE_VAL};
    out->n_violating += s->p->count[i];
  }
  return E_OK;
}
/* (3) */
static enum err_code own_blanks(struct suppress_state *s, struct micro_suppression *out, struct err *e) {
  for (int32_t i = 0; i < s->n_v; i++) {
    struct suppress_pattern *v = &s->v[i];
    if (v->f >= s->o->k || !v->left) continue;
    if (!isfinite(v->own_cost)) {
      out->n_unsolved += v->left;
      continue;
    }
    TRY(suppress_act(s, (struct suppress_action){.v = i, .cell = -1, .drop = v->own_drop, .count = v->left}, e));
    v->left = 0;
  }
  return E_OK;
}

/* --- records --- */
/* Actions of a pattern take its records in the order of the file. */
static enum err_code deal(struct suppress_state *s, struct micro_suppression *out, struct err *e) {
  int64_t *start = ARENA_ARRAY(s->arena, int64_t, s->p->n + 2), *next = ARENA_ARRAY(s->arena, int64_t, s->p->n + 2);
  int32_t *record = ARENA_ARRAY(s->arena, int32_t, s->p->n_records + 1);
  if (!start || !next || !record) return ERR(e, E_NO_MEMORY, .subject = "local suppression");
  for (int64_t i = 0; i < s->p->n; i++) start[i + 1] = start[i] + s->p->count[i], next[i] = start[i];
  for (int64_t i = 0; i < s->p->n_records; i++) record[next[s->p->of_record[i]]++] = (int32_t)i;
  memcpy(next, start, (size_t)s->p->n * sizeof *next);
  for (int64_t k = 0; k < s->n_actions; k++) {
    const struct suppress_action *x = &s->actions[k];
    for (int64_t c = 0; c < x->count; c++) out->blanked[record[next[s->v[x->v].pattern]++]] = x->drop;
  }
  return E_OK;
}
/* A key of the household is gone from all members, or one of them would tell it. */
static enum err_code spread(
    const struct micro_keys *keys, const struct micro_suppress_options *o, struct arena *a, uint32_t *blanked, struct err *e) {
  int32_t last = -1;
  if (!o->household || !o->household_keys) return E_OK;
  for (int64_t i = 0; i < keys->n; i++)
    if (o->household[i] > last) last = o->household[i];
  uint32_t *of = ARENA_ARRAY(a, uint32_t, last + 2);
  if (!of) return ERR(e, E_NO_MEMORY, .subject = "households");
  for (int64_t i = 0; i < keys->n; i++) of[o->household[i]] |= blanked[i] & o->household_keys;
  for (int64_t i = 0; i < keys->n; i++)
    for (int j = 0; j < keys->m; j++)
      if (of[o->household[i]] >> j & 1 && keys->code[j][i]) blanked[i] |= 1u << j;
  return E_OK;
}
static void count_blanks(const struct micro_keys *keys, const struct micro_suppress_options *o, struct micro_suppression *out) {
  for (int64_t i = 0; i < keys->n; i++) {
    out->n_records += out->blanked[i] != 0;
    for (int j = 0; j < keys->m; j++) out->n_blanks[j] += out->blanked[i] >> j & 1;
  }
  for (int j = 0; j < keys->m; j++) {
    out->n_all += out->n_blanks[j];
    out->cost += (double)out->n_blanks[j] * (o->importance ? o->importance[j] : 1);
  }
}
static enum err_code check_options(const struct micro_suppress_options *o, int m, struct err *e) {
  if (o->k < 2) return ERR(e, E_MICRO_PARAMETER, .subject = "k", .expected = "2 or more");
  if (o->share < 0 || o->share > m) return ERR(e, E_MICRO_PARAMETER, .subject = "share", .expected = "0 to the number of keys");
  return E_OK;
}
static enum err_code solve(struct suppress_state *s, struct micro_suppression *out, struct err *e) {
  struct micro_frequency f;
  TRY(read_costs(s, e));
  TRY(micro_map_init(&s->map, s->arena, e));
  TRY(micro_frequency_of(s->arena, s->p, &f, e));
  TRY(find_below(s, &f, out, e));
  s->group_count = ARENA_ARRAY(s->arena, int64_t, s->p->n + 1), s->group_id = ARENA_ARRAY(s->arena, int32_t, s->p->n + 1);
  if (!s->group_count || !s->group_id) return ERR(e, E_NO_MEMORY, .subject = "local suppression");
  TRY(own_sets(s, e));
  if (s->o->share) TRY(suppress_share(s, e));
  for (int32_t i = 0; i < s->n_v; i++)
    if (s->v[i].f >= s->o->k) out->n_carried += s->v[i].left;
  TRY(own_blanks(s, out, e));
  out->n_restored = s->n_restored;
  return deal(s, out, e);
}
enum err_code micro_suppress(struct arena *a, const struct micro_keys *keys, const struct micro_patterns *p, const struct micro_suppress_options *o,
    struct micro_suppression *out, struct err *e) {
  *out = (struct micro_suppression){.n_all = 0};
  TRY(check_options(o, keys->m, e));
  if (!(out->blanked = ARENA_ARRAY(a, uint32_t, keys->n + 1))) return ERR(e, E_NO_MEMORY, .subject = "local suppression");
  const struct arena_mark mark = arena_mark(a);
  struct suppress_state s = {.arena = a, .p = p, .o = o};
  enum err_code code = solve(&s, out, e);
  if (!code) code = spread(keys, o, a, out->blanked, e);
  arena_reset(a, mark);
  if (!code) count_blanks(keys, o, out);
  return code;
}

/* --- every combination of keys --- */
enum err_code micro_keys_blank(struct arena *a, const struct micro_keys *k, const uint32_t *blanked, struct micro_keys *out, struct err *e) {
  *out = *k;
  for (int j = 0; j < k->m; j++) {
    if (!(out->code[j] = ARENA_ARRAY(a, int32_t, k->n + 1))) return ERR(e, E_NO_MEMORY, .subject = k->name[j]);
    for (int64_t i = 0; i < k->n; i++) out->code[j][i] = blanked[i] >> j & 1 ? 0 : k->code[j][i];
  }
  return E_OK;
}
struct chosen {
  struct micro_keys keys;
  double importance[MICRO_KEYS_MOST];
  int place[MICRO_KEYS_MOST];
  uint32_t household_keys;
};
static void choose(const struct micro_keys *k, const struct micro_suppress_options *o, uint32_t set, struct chosen *c) {
  *c = (struct chosen){.keys = {.n = k->n}};
  for (int j = 0; j < k->m; j++) {
    if (!(set >> j & 1)) continue;
    const int at = c->keys.m++;
    c->place[at] = j, c->keys.name[at] = k->name[j], c->keys.code[at] = k->code[j], c->keys.n_codes[at] = k->n_codes[j];
    c->importance[at] = o->importance ? o->importance[j] : 1;
    if (o->household_keys >> j & 1) c->household_keys |= 1u << at;
  }
}
/* One combination on the data as they are now; what it blanks is blanked in `now` at once. */
static enum err_code one_combination(struct arena *a, struct micro_keys *now, uint32_t set, const struct micro_suppress_options *o,
    struct micro_suppression *all, bool *changed, struct err *e) {
  struct chosen c;
  struct micro_patterns p;
  struct micro_suppression s;
  choose(now, o, set, &c);
  struct micro_suppress_options mine = *o;
  mine.importance = c.importance, mine.household_keys = c.household_keys;
  if (mine.share > c.keys.m) mine.share = c.keys.m;
  TRY(micro_patterns_of(a, &c.keys, NULL, &p, e));
  TRY(micro_suppress(a, &c.keys, &p, &mine, &s, e));
  all->n_restored += s.n_restored;
  for (int64_t i = 0; s.n_all && i < now->n; i++)
    for (int j = 0; j < c.keys.m; j++)
      if (s.blanked[i] >> j & 1) now->code[c.place[j]][i] = 0, all->blanked[i] |= 1u << c.place[j], *changed = true;
  return E_OK;
}
static enum err_code one_round(struct arena *a, struct micro_keys *now, int size, const struct micro_suppress_options *o,
    struct micro_suppression *all, bool *changed, struct err *e) {
  *changed = false;
  for (uint32_t set = 1; set < 1u << now->m; set++) {
    if (micro_set_size(set) > size) continue;
    const struct arena_mark mark = arena_mark(a);
    const enum err_code code = one_combination(a, now, set, o, all, changed, e);
    arena_reset(a, mark);
    if (code) return code;
  }
  return E_OK;
}
static enum err_code count_unsolved(
    struct arena *a, const struct micro_keys *now, int size, int64_t k, struct micro_suppression *out, struct err *e) {
  for (uint32_t set = 1; set < 1u << now->m; set++) {
    if (micro_set_size(set) > size) continue;
    struct chosen c;
    struct micro_patterns p;
    struct micro_frequency f;
    choose(now, &(struct micro_suppress_options){.k = k}, set, &c);
    TRY(micro_patterns_of(a, &c.keys, NULL, &p, e));
    TRY(micro_frequency_of(a, &p, &f, e));
    const int64_t below = micro_below(&f, (struct micro_meaning){.missing = MICRO_MATCHES_ALL}, (double)k);
    if (below > out->n_unsolved) out->n_unsolved = below; /* of the worst combination */
  }
  return E_OK;
}
enum err_code micro_suppress_all(struct arena *a, const struct micro_keys *keys, int size, const struct micro_suppress_options *o,
    struct micro_suppression *out, int *n_rounds, struct err *e) {
  struct micro_keys now;
  bool changed = true;
  *out = (struct micro_suppression){.n_all = 0};
  *n_rounds = 0;
  TRY(check_options(o, keys->m, e));
  if (size < 1 || size > keys->m) return ERR(e, E_MICRO_PARAMETER, .subject = "combinations", .expected = "1 to the number of keys");
  if (!(out->blanked = ARENA_ARRAY(a, uint32_t, keys->n + 1))) return ERR(e, E_NO_MEMORY, .subject = "local suppression");
  TRY(micro_keys_blank(a, keys, out->blanked, &now, e));
  while (changed) {
    TRY(one_round(a, &now, size, o, out, &changed, e));
    ++*n_rounds;
  }
  count_blanks(keys, o, out);
  return count_unsolved(a, &now, size, o->k, out, e);
}
