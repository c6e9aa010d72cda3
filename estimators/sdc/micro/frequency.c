#include "estimators/sdc/micro/frequency.h"

#include <string.h>

/* Patterns in order of their set of missing keys; patterns of set s are item[start[s]] .. item[start[s + 1] - 1]. */
struct by_missing {
  int32_t *item;
  int64_t start[(1 << MICRO_KEYS_MOST) + 1];
};
static enum err_code sort_by_missing(struct arena *a, const struct micro_patterns *p, struct by_missing *b, struct err *e) {
  const int sets = 1 << p->m;
  int64_t *next = ARENA_ARRAY(a, int64_t, sets);
  b->item = ARENA_ARRAY(a, int32_t, p->n + 1);
  if (!next || !b->item) return ERR(e, E_NO_MEMORY, .subject = "frequency");
  for (int64_t i = 0; i < p->n; i++) b->start[p->missing[i] + 1]++;
  for (int s = 0; s < sets; s++) b->start[s + 1] += b->start[s], next[s] = b->start[s];
  for (int64_t i = 0; i < p->n; i++) b->item[next[p->missing[i]]++] = (int32_t)i;
  return E_OK;
}
struct pair_scratch {
  struct micro_map map;
  int32_t *item, *id;
  int64_t *count, *count2;
  double *weight, *weight2;
};
static int64_t size_of(const struct by_missing *b, int s) { return b->start[s + 1] - b->start[s]; }

/* Patterns of the sets s and t agree when they agree on what both have: each receives what the other's group holds. */
static enum err_code join(const struct by_missing *b, int s, int t, struct pair_scratch *x, struct micro_frequency *f, struct err *e) {
  const struct micro_patterns *p = f->patterns;
  const int64_t ns = size_of(b, s), nt = size_of(b, t);
  const uint32_t common = ((1u << p->m) - 1) & ~(uint32_t)(s | t);
  int32_t groups;
  memcpy(x->item, b->item + b->start[s], (size_t)ns * sizeof *x->item);
  memcpy(x->item + ns, b->item + b->start[t], (size_t)nt * sizeof *x->item);
  TRY(micro_project(p, x->item, ns + nt, common, &x->map, x->id, &groups, e));
  memset(x->count, 0, (size_t)groups * sizeof *x->count), memset(x->count2, 0, (size_t)groups * sizeof *x->count2);
  memset(x->weight, 0, (size_t)groups * sizeof *x->weight), memset(x->weight2, 0, (size_t)groups * sizeof *x->weight2);
  for (int64_t i = 0; i < ns; i++) x->count[x->id[i]] += p->count[x->item[i]], x->weight[x->id[i]] += p->weight[x->item[i]];
  for (int64_t i = ns; i < ns + nt; i++) x->count2[x->id[i]] += p->count[x->item[i]], x->weight2[x->id[i]] += p->weight[x->item[i]];
  for (int64_t i = 0; i < ns; i++) f->wild[x->item[i]] += x->count2[x->id[i]], f->wild_weight[x->item[i]] += x->weight2[x->id[i]];
  for (int64_t i = ns; i < ns + nt; i++) f->wild[x->item[i]] += x->count[x->id[i]], f->wild_weight[x->item[i]] += x->weight[x->id[i]];
  for (int64_t i = ns; s == 0 && i < ns + nt; i++)
    f->whole[x->item[i]] += x->count[x->id[i]], f->whole_weight[x->item[i]] += x->weight[x->id[i]];
  return E_OK;
}
static enum err_code take(struct arena *a, const struct micro_patterns *p, struct pair_scratch *x, struct err *e) {
  TRY(micro_map_init(&x->map, a, e));
  x->item = ARENA_ARRAY(a, int32_t, p->n + 1), x->id = ARENA_ARRAY(a, int32_t, p->n + 1);
  x->count = ARENA_ARRAY(a, int64_t, p->n + 1), x->count2 = ARENA_ARRAY(a, int64_t, p->n + 1);
  x->weight = ARENA_ARRAY(a, double, p->n + 1), x->weight2 = ARENA_ARRAY(a, double, p->n + 1);
  return x->item && x->id && x->count && x->count2 && x->weight && x->weight2 ? E_OK : ERR(e, E_NO_MEMORY, .subject = "frequency");
}
static enum err_code join_all(struct arena *a, struct micro_frequency *f, struct err *e) {
  struct by_missing *b = ARENA_NEW(a, struct by_missing);
  struct pair_scratch x;
  if (!b) return ERR(e, E_NO_MEMORY, .subject = "frequency");
  TRY(sort_by_missing(a, f->patterns, b, e));
  TRY(take(a, f->patterns, &x, e));
  for (int s = 0; s < 1 << f->patterns->m; s++)
    for (int t = s + 1; t < 1 << f->patterns->m; t++)
      if (size_of(b, s) && size_of(b, t)) TRY(join(b, s, t, &x, f, e));
  return E_OK;
}
enum err_code micro_frequency_of(struct arena *a, const struct micro_patterns *p, struct micro_frequency *out, struct err *e) {
  *out = (struct micro_frequency){.patterns = p, .same = p->count, .same_weight = p->weight};
  out->wild = ARENA_ARRAY(a, int64_t, p->n + 1), out->wild_weight = ARENA_ARRAY(a, double, p->n + 1);
  out->whole = ARENA_ARRAY(a, int64_t, p->n + 1), out->whole_weight = ARENA_ARRAY(a, double, p->n + 1);
  for (int64_t i = 0; i < p->n; i++) out->n += p->count[i], out->weight += p->weight[i];
  if (!out->wild || !out->wild_weight || !out->whole || !out->whole_weight) return ERR(e, E_NO_MEMORY, .subject = "frequency");
  const struct arena_mark mark = arena_mark(a);
  const enum err_code code = join_all(a, out, e);
  arena_reset(a, mark);
  return code;
}
static double through_missing(struct micro_meaning m) {
  return m.missing == MICRO_MATCHES_ALL ? 1 : m.missing == MICRO_OWN_VALUE ? 0 : m.alpha;
}
static bool without_keys(const struct micro_frequency *f, int32_t pattern) { return f->patterns->missing[pattern] == (1u << f->patterns->m) - 1; }
double micro_count(const struct micro_frequency *f, struct micro_meaning meaning, int32_t pattern) {
  if (meaning.missing == MICRO_OTHERS_ALPHA) {
    const double whole = (double)f->whole[pattern];
    return without_keys(f, pattern) ? (double)f->n : (double)f->same[pattern] + whole + meaning.alpha * ((double)f->wild[pattern] - whole);
  }
  return (double)f->same[pattern] + through_missing(meaning) * (double)f->wild[pattern];
}
double micro_weight(const struct micro_frequency *f, struct micro_meaning meaning, int32_t pattern) {
  if (meaning.missing == MICRO_OTHERS_ALPHA) {
    const double whole = f->whole_weight[pattern];
    return without_keys(f, pattern) ? f->weight : f->same_weight[pattern] + whole + meaning.alpha * (f->wild_weight[pattern] - whole);
  }
  return f->same_weight[pattern] + through_missing(meaning) * f->wild_weight[pattern];
}
int64_t micro_below(const struct micro_frequency *f, struct micro_meaning meaning, double k) {
  int64_t n = 0;
  for (int32_t p = 0; p < f->patterns->n; p++)
    if (micro_count(f, meaning, p) < k) n += f->patterns->count[p];
  return n;
}
bool micro_meaning_parse(const char *name, enum micro_missing *out) {
  static const char *const names[] = {"matches-all", "own-value", "counts-alpha", "others-alpha"};
  for (int i = 0; name && i < 4; i++)
    if (!strcmp(name, names[i])) return *out = (enum micro_missing)i, true;
  return false;
}
