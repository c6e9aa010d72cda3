#include "estimators/sdc/micro/suda.h"

#include <math.h>
#include <string.h>

#include "base/sum.h"

enum { WORDS = (1 << MICRO_KEYS_MOST) / 64 };
struct unique {
  uint64_t on[WORDS]; /* bit s: unique on the set s */
};
struct search {
  struct arena *arena;
  const struct micro_patterns *p;
  struct micro_map map;
  int32_t *id, *candidate; /* candidate: patterns of one record */
  int64_t *count, n;
  struct unique *unique;   /* [n] */
};
static bool unique_on(const struct unique *u, uint32_t set) { return u->on[set / 64] >> (set % 64) & 1; }

static enum err_code begin(struct search *s, struct err *e) {
  const struct micro_patterns *p = s->p;
  TRY(micro_map_init(&s->map, s->arena, e));
  s->id = ARENA_ARRAY(s->arena, int32_t, p->n + 1), s->candidate = ARENA_ARRAY(s->arena, int32_t, p->n + 1);
  s->count = ARENA_ARRAY(s->arena, int64_t, p->n + 1);
  if (!s->id || !s->candidate || !s->count) return ERR(e, E_NO_MEMORY, .subject = "special uniques");
  for (int32_t k = 0; k < p->n; k++)
    if (p->count[k] == 1) s->candidate[s->n++] = k;
  s->unique = ARENA_ARRAY(s->arena, struct unique, s->n + 1);
  return s->unique ? E_OK : ERR(e, E_NO_MEMORY, .subject = "special uniques");
}
static enum err_code mark_set(struct search *s, uint32_t set, struct err *e) {
  const struct micro_patterns *p = s->p;
  int32_t groups;
  TRY(micro_project(p, NULL, p->n, set, &s->map, s->id, &groups, e));
  memset(s->count, 0, (size_t)groups * sizeof *s->count);
  for (int64_t k = 0; k < p->n; k++)
    if (!(p->missing[k] & set)) s->count[s->id[k]] += p->count[k];
  for (int64_t i = 0; i < s->n; i++)
    if (!(p->missing[s->candidate[i]] & set) && s->count[s->id[s->candidate[i]]] == 1) s->unique[i].on[set / 64] |= (uint64_t)1 << (set % 64);
  return E_OK;
}
static bool minimal(const struct unique *u, uint32_t set) {
  if (!unique_on(u, set)) return false;
  for (uint32_t rest = set; rest; rest &= rest - 1)
    if (unique_on(u, set & ~(rest & -rest))) return false;
  return true;
}
static double factorial(int n) {
  double f = 1;
  for (int i = 2; i <= n; i++) f *= i;
  return f;
}
static double points_of(int m, int size, bool subsets) {
  const double original = factorial(m - size);
  return subsets ? (exp2(m - size) - 1) * factorial(size) * original / factorial(m) : original;
}
static void score_one(const struct search *s, int64_t i, int largest, bool subsets, struct micro_suda *out, double *score, int64_t *n_sets,
    double *by_key) {
  for (uint32_t set = 1; set < 1u << s->p->m; set++) {
    const int size = micro_set_size(set);
    if (size > largest || !minimal(&s->unique[i], set)) continue;
    const double points = points_of(s->p->m, size, subsets);
    *score += points, ++*n_sets, out->sets_of_size[size]++;
    for (int j = 0; j < s->p->m; j++)
      if (set >> j & 1) by_key[j] += points;
  }
}
static void file_measure(const struct search *s, double pi, struct micro_suda *out) {
  out->n_unique = s->n;
  for (int64_t k = 0; k < s->p->n; k++)
    if (s->p->count[k] == 2) out->n_pairs += 2;
  const double u = (double)out->n_unique * pi;
  out->file_dis = out->n_unique ? u / (u + (double)out->n_pairs * (1 - pi)) : 0;
}
static void record_measures(int64_t n, int m, struct micro_suda *out) {
  const double q = 1 + (8.0 - m) / 20, u = (double)out->n_unique;
  struct sum inverse = {0, 0};
  for (int64_t i = 0; i < n; i++)
    if (out->score[i] > 0) sum_add(&inverse, pow(out->score[i], -q));
  for (int64_t i = 0; i < n; i++) {
    if (out->score[i] > 0) out->dis[i] = 1 / (1 + (u / out->file_dis - u) / (pow(out->score[i], q) * sum_result(&inverse)));
    out->n_special += out->score[i] > 0;
    if (out->score[i] > out->highest) out->highest = out->score[i];
  }
}
static enum err_code search_and_score(struct search *s, const struct micro_suda_options *o, struct micro_suda *out, struct err *e) {
  double by_key[MICRO_KEYS_MOST] = {0};
  struct sum all = {0, 0};
  const int largest = o->largest ? o->largest : s->p->m;
  TRY(begin(s, e));
  for (uint32_t set = 1; set < 1u << s->p->m; set++)
    if (micro_set_size(set) <= largest) TRY(mark_set(s, set, e));
  double *score = ARENA_ARRAY(s->arena, double, s->p->n + 1);
  int64_t *n_sets = ARENA_ARRAY(s->arena, int64_t, s->p->n + 1);
  if (!score || !n_sets) return ERR(e, E_NO_MEMORY, .subject = "special uniques");
  for (int64_t i = 0; i < s->n; i++) {
    score_one(s, i, largest, o->subsets, out, &score[s->candidate[i]], &n_sets[s->candidate[i]], by_key);
    sum_add(&all, score[s->candidate[i]]);
  }
  for (int64_t i = 0; i < s->p->n_records; i++) out->score[i] = score[s->p->of_record[i]], out->n_sets[i] = n_sets[s->p->of_record[i]];
  for (int j = 0; j < s->p->m; j++) out->key_share[j] = sum_result(&all) > 0 ? by_key[j] / sum_result(&all) : 0;
  file_measure(s, o->fraction, out);
  record_measures(s->p->n_records, s->p->m, out);
  return E_OK;
}
enum err_code micro_suda_of(struct arena *a, const struct micro_patterns *p, const struct micro_suda_options *o, struct micro_suda *out,
    struct err *e) {
  *out = (struct micro_suda){.n_unique = 0};
  if (!(o->fraction > 0 && o->fraction < 1)) return ERR(e, E_MICRO_PARAMETER, .subject = "sampling fraction", .expected = "above 0, below 1");
  if (o->largest < 0 || o->largest > p->m) return ERR(e, E_MICRO_PARAMETER, .subject = "largest", .expected = "0 to the number of keys");
  out->score = ARENA_ARRAY(a, double, p->n_records + 1), out->dis = ARENA_ARRAY(a, double, p->n_records + 1);
  out->n_sets = ARENA_ARRAY(a, int64_t, p->n_records + 1);
  if (!out->score || !out->dis || !out->n_sets) return ERR(e, E_NO_MEMORY, .subject = "special uniques");
  const struct arena_mark mark = arena_mark(a);
  struct search s = {.arena = a, .p = p};
  const enum err_code code = search_and_score(&s, o, out, e);
  arena_reset(a, mark);
  return code;
}
