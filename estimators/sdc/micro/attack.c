#include "estimators/sdc/micro/attack.h"

#include <string.h>

#include "base/sum.h"
#include "estimators/sdc/micro/suppress_local.h"

/* Patterns before and after in one list, so that one projection groups both: the first `known` are what the attacker knows. */
struct attacking {
  struct arena *a;
  struct micro_patterns both;
  int64_t known;
  int32_t *item, *id;
  int64_t *count, *candidates; /* count by group; candidates [known] */
};
static enum err_code join(struct attacking *x, const struct micro_patterns *before, const struct micro_patterns *after, struct err *e) {
  struct micro_patterns *p = &x->both;
  *p = (struct micro_patterns){.n = before->n + after->n, .m = before->m};
  memcpy(p->n_codes, before->n_codes, sizeof p->n_codes);
  x->known = before->n;
  p->missing = ARENA_ARRAY(x->a, uint32_t, p->n + 1);
  x->item = ARENA_ARRAY(x->a, int32_t, p->n + 1), x->id = ARENA_ARRAY(x->a, int32_t, p->n + 1);
  x->count = ARENA_ARRAY(x->a, int64_t, p->n + 1), x->candidates = ARENA_ARRAY(x->a, int64_t, before->n + 1);
  bool taken = p->missing && x->item && x->id && x->count && x->candidates;
  for (int j = 0; j < p->m; j++) taken = (p->code[j] = ARENA_ARRAY(x->a, int32_t, p->n + 1)) && taken;
  if (!taken) return ERR(e, E_NO_MEMORY, .subject = "linkage");
  memcpy(p->missing, before->missing, (size_t)before->n * sizeof *p->missing);
  memcpy(p->missing + before->n, after->missing, (size_t)after->n * sizeof *p->missing);
  for (int j = 0; j < p->m; j++) {
    memcpy(p->code[j], before->code[j], (size_t)before->n * sizeof **p->code);
    memcpy(p->code[j] + before->n, after->code[j], (size_t)after->n * sizeof **p->code);
  }
  return E_OK;
}
/* Records of the blank set `after` that fit what is known with the missing set `before`. */
static enum err_code count_pair(struct attacking *x, uint32_t before, uint32_t after, const struct micro_patterns *protected, struct micro_map *map,
    struct err *e) {
  int64_t n = 0, n_known;
  int32_t groups;
  for (int32_t i = 0; i < x->known; i++)
    if (x->both.missing[i] == before) x->item[n++] = i;
  n_known = n;
  for (int64_t i = x->known; i < x->both.n; i++)
    if (x->both.missing[i] == after) x->item[n++] = (int32_t)i;
  TRY(micro_project(&x->both, x->item, n, ((1u << x->both.m) - 1) & ~(before | after), map, x->id, &groups, e));
  memset(x->count, 0, (size_t)groups * sizeof *x->count);
  for (int64_t i = n_known; i < n; i++) x->count[x->id[i]] += protected->count[x->item[i] - x->known];
  for (int64_t i = 0; i < n_known; i++) x->candidates[x->item[i]] += x->count[x->id[i]];
  return E_OK;
}
static void mark_sets(const uint32_t *missing, int64_t n, uint8_t *there) {
  for (int64_t i = 0; i < n; i++) there[missing[i]] = 1;
}
static enum err_code count_all(struct attacking *x, const struct micro_patterns *protected, struct err *e) {
  const uint32_t sets = 1u << x->both.m;
  uint8_t *before = ARENA_ARRAY(x->a, uint8_t, sets), *after = ARENA_ARRAY(x->a, uint8_t, sets);
  struct micro_map map;
  if (!before || !after) return ERR(e, E_NO_MEMORY, .subject = "linkage");
  TRY(micro_map_init(&map, x->a, e));
  mark_sets(x->both.missing, x->known, before);
  mark_sets(x->both.missing + x->known, x->both.n - x->known, after);
  for (uint32_t b = 0; b < sets; b++)
    for (uint32_t s = 0; before[b] && s < sets; s++)
      if (after[s]) TRY(count_pair(x, b, s, protected, &map, e));
  return E_OK;
}
enum err_code micro_attack_of(struct arena *a, const struct micro_keys *keys, const uint32_t *blanked, int64_t k, struct micro_attack *out,
    struct err *e) {
  const struct arena_mark mark = arena_mark(a);
  struct attacking x = {.a = a};
  struct micro_keys after;
  struct micro_patterns p, q;
  struct sum rate = {0, 0};
  *out = (struct micro_attack){.n_below = 0};
  TRY(micro_keys_blank(a, keys, blanked, &after, e));
  TRY(micro_patterns_of(a, keys, NULL, &p, e));
  TRY(micro_patterns_of(a, &after, NULL, &q, e));
  TRY(join(&x, &p, &q, e));
  TRY(count_all(&x, &q, e));
  for (int64_t i = 0; i < p.n; i++) {
    const int64_t n = x.candidates[i];
    out->n_below += n < k ? p.count[i] : 0;
    if (i == 0 || n < out->least) out->least = n;
    sum_add(&rate, (double)p.count[i] / (double)n);
  }
  out->rate = keys->n ? sum_result(&rate) / (double)keys->n : 0;
  out->greatest = out->least ? 1 / (double)out->least : 0;
  arena_reset(a, mark);
  return E_OK;
}
