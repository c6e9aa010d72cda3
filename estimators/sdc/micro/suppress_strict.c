/* suppress_strict.c -- local suppression after which each pattern, blanks included, has k records or more (suppress_local.h, strict): whoever knows
 * all keys finds no fewer than k records that fit.
 * Method   sets of keys from the cheapest: records below k that become alike when the set is blanked, with those that are so already, are blanked
 *          together when they are k; where a few are wanting, records of patterns with more than k join them; when no pattern can spare any, a whole
 *          pattern does. A round ends with the keys of households, which go from all members; rounds until nothing is below k. Blanks only grow. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/sdc/micro/suppress_local.h"

enum { ROUNDS_MOST = 64 };
struct strict {
  struct arena *a;
  const struct micro_keys *keys;
  const struct micro_suppress_options *o;
  uint32_t *blanked;
  bool dissolve;           /* the round before settled nothing: whole patterns may join */
  struct micro_patterns p; /* as blanked so far */
  int64_t *first, *next;   /* [patterns], [records]: records of each pattern, in their order; -1 ends */
  uint8_t *settled;        /* [patterns] not below k, or blanked in this round */
  int64_t *spare;          /* [patterns] records that it can do without */
  struct micro_map map;
  int32_t *id;
  int64_t *total, *wanting; /* by group */
};
struct candidate {
  uint32_t drop;
  double cost;
};
static int by_cost(const void *a, const void *b) {
  const struct candidate *x = a, *y = b;
  return x->cost != y->cost ? (x->cost < y->cost ? -1 : 1) : x->drop < y->drop ? -1 : x->drop > y->drop;
}
static int list_candidates(const struct strict *s, struct candidate *c) {
  int n = 0;
  for (uint32_t drop = 1; drop < 1u << s->keys->m; drop++) {
    double cost = 0;
    bool allowed = true;
    for (int j = 0; j < s->keys->m; j++) {
      const double w = s->o->importance ? s->o->importance[j] : 1;
      if (drop >> j & 1) cost += w, allowed = allowed && w > 0;
    }
    if (allowed) c[n++] = (struct candidate){drop, cost};
  }
  qsort(c, (size_t)n, sizeof *c, by_cost);
  return n;
}

/* --- one round --- */
static enum err_code begin_round(struct strict *s, int64_t *below, int64_t *waiting, struct err *e) {
  struct micro_keys now;
  TRY(micro_keys_blank(s->a, s->keys, s->blanked, &now, e));
  TRY(micro_patterns_of(s->a, &now, NULL, &s->p, e));
  TRY(micro_map_init(&s->map, s->a, e));
  s->first = ARENA_ARRAY(s->a, int64_t, s->p.n + 1), s->next = ARENA_ARRAY(s->a, int64_t, s->keys->n + 1);
  s->settled = ARENA_ARRAY(s->a, uint8_t, s->p.n + 1), s->spare = ARENA_ARRAY(s->a, int64_t, s->p.n + 1);
  s->id = ARENA_ARRAY(s->a, int32_t, s->p.n + 1);
  s->total = ARENA_ARRAY(s->a, int64_t, s->p.n + 1), s->wanting = ARENA_ARRAY(s->a, int64_t, s->p.n + 1);
  if (!s->first || !s->next || !s->settled || !s->spare || !s->id || !s->total || !s->wanting)
    return ERR(e, E_NO_MEMORY, .subject = "local suppression");
  *below = *waiting = 0;
  for (int64_t i = 0; i < s->p.n; i++) {
    s->first[i] = -1, s->settled[i] = s->p.count[i] >= s->o->k;
    s->spare[i] = !s->settled[i] ? 0 : s->dissolve ? s->p.count[i] : s->p.count[i] - s->o->k;
    *below += s->settled[i] ? 0 : s->p.count[i], *waiting += !s->settled[i];
  }
  for (int64_t r = s->keys->n; r-- > 0;) {
    const int32_t p = s->p.of_record[r];
    s->next[r] = s->first[p], s->first[p] = r;
  }
  return E_OK;
}
static void blank_all(struct strict *s, int64_t pattern, uint32_t drop) {
  for (int64_t r = s->first[pattern]; r >= 0; r = s->next[r]) s->blanked[r] |= drop;
  s->settled[pattern] = 1;
}
/* Takes what is wanting out of patterns with more than k; of a pattern that cannot spare it, all. */
static void join_some(struct strict *s, int64_t pattern, uint32_t drop, int64_t *wanting) {
  if (s->dissolve && s->spare[pattern] > 0) {
    blank_all(s, pattern, drop);
    *wanting = s->spare[pattern] = 0;
    return;
  }
  for (; *wanting > 0 && s->spare[pattern] > 0; --*wanting, --s->spare[pattern]) {
    const int64_t r = s->first[pattern];
    s->blanked[r] |= drop, s->first[pattern] = s->next[r];
  }
}
static enum err_code try_set(struct strict *s, uint32_t drop, int64_t *waiting, struct err *e) {
  int32_t groups;
  TRY(micro_project(&s->p, NULL, s->p.n, ((1u << s->p.m) - 1) & ~drop, &s->map, s->id, &groups, e));
  memset(s->total, 0, (size_t)groups * sizeof *s->total), memset(s->wanting, 0, (size_t)groups * sizeof *s->wanting);
  for (int64_t i = 0; i < s->p.n; i++) {
    const bool alike = (s->p.missing[i] & drop) == drop; /* is already what the others become */
    if (!s->settled[i]) s->total[s->id[i]] += s->p.count[i], s->wanting[s->id[i]] |= 1;
    else if (alike) s->total[s->id[i]] += s->p.count[i] >= s->o->k ? s->o->k : 0;
    else s->wanting[s->id[i]] += s->spare[i] << 1;
  }
  for (int32_t g = 0; g < groups; g++) { /* wanting: odd = somebody waits here; how many must join, -1 = too few */
    const int64_t need = s->o->k > s->total[g] ? s->o->k - s->total[g] : 0;
    s->wanting[g] = !(s->wanting[g] & 1) || need > s->wanting[g] >> 1 ? -1 : need;
  }
  for (int64_t i = 0; i < s->p.n; i++)
    if (s->settled[i] && s->wanting[s->id[i]] > 0 && (s->p.missing[i] & drop) != drop) join_some(s, i, drop, &s->wanting[s->id[i]]);
  *waiting = 0;
  for (int64_t i = 0; i < s->p.n; i++) {
    if (s->settled[i]) continue;
    if (s->wanting[s->id[i]] == 0) blank_all(s, i, drop);
    else ++*waiting;
  }
  return E_OK;
}
/* Of members that share a household; true when a blank was added. */
static enum err_code spread(struct strict *s, bool *more, struct err *e) {
  const struct micro_suppress_options *o = s->o;
  int32_t last = -1;
  if (!o->household || !o->household_keys) return E_OK;
  for (int64_t i = 0; i < s->keys->n; i++) last = o->household[i] > last ? o->household[i] : last;
  uint32_t *of = ARENA_ARRAY(s->a, uint32_t, last + 2);
  if (!of) return ERR(e, E_NO_MEMORY, .subject = "households");
  for (int64_t i = 0; i < s->keys->n; i++) of[o->household[i]] |= s->blanked[i] & o->household_keys;
  for (int64_t i = 0; i < s->keys->n; i++) {
    *more = *more || (of[o->household[i]] & ~s->blanked[i]) != 0;
    s->blanked[i] |= of[o->household[i]];
  }
  return E_OK;
}
static enum err_code one_round(struct strict *s, const struct candidate *c, int n, int64_t *below, bool *more, struct err *e) {
  int64_t waiting = 0;
  TRY(begin_round(s, below, &waiting, e));
  *more = false;
  for (int i = 0; i < n && waiting; i++) {
    const int64_t before = waiting;
    TRY(try_set(s, c[i].drop, &waiting, e));
    *more = *more || waiting < before;
  }
  return spread(s, more, e);
}
static void count(const struct strict *s, int64_t below_before, int64_t below, struct micro_suppression *out) {
  *out = (struct micro_suppression){.blanked = s->blanked, .n_violating = below_before, .n_unsolved = below};
  for (int64_t i = 0; i < s->keys->n; i++) {
    for (int j = 0; j < s->keys->m; j++) {
      if (!s->keys->code[j][i]) s->blanked[i] &= ~(1u << j); /* it was missing before */
      if (s->blanked[i] >> j & 1) out->n_blanks[j]++, out->n_all++, out->cost += s->o->importance ? s->o->importance[j] : 1;
    }
    out->n_records += s->blanked[i] != 0;
  }
}
enum err_code micro_suppress_strict(struct arena *a, const struct micro_keys *keys, const struct micro_suppress_options *o,
    struct micro_suppression *out, struct err *e) {
  struct strict s = {.a = a, .keys = keys, .o = o, .blanked = ARENA_ARRAY(a, uint32_t, keys->n + 1)};
  struct candidate *c = ARENA_ARRAY(a, struct candidate, 1 << keys->m);
  int64_t below = 0, first = 0;
  bool more = true;
  if (o->k < 2) return ERR(e, E_MICRO_PARAMETER, .subject = "k", .expected = "2 or more");
  if (!s.blanked || !c) return ERR(e, E_NO_MEMORY, .subject = "local suppression");
  const int n = list_candidates(&s, c);
  for (int round = 0; round < ROUNDS_MOST && more; round++) {
    const struct arena_mark mark = arena_mark(a);
    const enum err_code code = one_round(&s, c, n, &below, &more, e);
    arena_reset(a, mark);
    if (code) return code;
    if (round == 0) first = below;
    if (!below && !more) break;
    if (!more && !s.dissolve) s.dissolve = more = true;
    else s.dissolve = false;
  }
  count(&s, first, below, out);
  return E_OK;
}
