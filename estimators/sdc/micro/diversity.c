#include "estimators/sdc/micro/diversity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/sum.h"

struct tally {
  int64_t *start, *of, *count, *all, *sorted; /* records by group; counts of the codes of one group and of all */
  int64_t n_all;
};
static enum err_code take(struct arena *a, const struct micro_patterns *p, const struct micro_sensitive *s, struct tally *t, struct err *e) {
  t->start = ARENA_ARRAY(a, int64_t, p->n + 2), t->of = ARENA_ARRAY(a, int64_t, p->n_records + 1);
  t->count = ARENA_ARRAY(a, int64_t, s->n_codes + 1), t->all = ARENA_ARRAY(a, int64_t, s->n_codes + 1);
  t->sorted = ARENA_ARRAY(a, int64_t, s->n_codes + 1);
  int64_t *next = ARENA_ARRAY(a, int64_t, p->n + 1);
  if (!t->start || !t->of || !t->count || !t->all || !t->sorted || !next) return ERR(e, E_NO_MEMORY, .subject = "diversity");
  for (int64_t i = 0; i < p->n; i++) t->start[i + 1] = t->start[i] + p->count[i], next[i] = t->start[i];
  for (int64_t i = 0; i < p->n_records; i++) {
    t->of[next[p->of_record[i]]++] = i;
    t->all[s->code[i]]++;
  }
  t->n_all = p->n_records - t->all[0];
  return E_OK;
}
static int falling(const void *a, const void *b) {
  const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return x > y ? -1 : x < y;
}
static double entropy_of(const int64_t *count, int32_t n_codes, int64_t n) {
  struct sum h = {0, 0};
  for (int32_t k = 1; k <= n_codes; k++)
    if (count[k]) sum_add(&h, -(double)count[k] / (double)n * log((double)count[k] / (double)n));
  return exp(sum_result(&h));
}
static double distance_of(const struct tally *t, const struct micro_sensitive *s, int64_t n) {
  struct sum d = {0, 0}, ahead = {0, 0};
  if (s->n_codes < 2) return 0;
  for (int32_t k = 1; k <= s->n_codes; k++) {
    const double gap = (double)t->count[k] / (double)n - (double)t->all[k] / (double)t->n_all;
    sum_add(&ahead, gap);
    sum_add(&d, fabs(s->ordered ? sum_result(&ahead) : gap));
  }
  return sum_result(&d) / (s->ordered ? s->n_codes - 1 : 2);
}
static bool recursive_of(const struct tally *t, int64_t distinct, const struct micro_diversity_limits *x) {
  int64_t rest = 0;
  for (int64_t k = (int64_t)ceil(x->l) - 1; k < distinct; k++) rest += t->sorted[k];
  return (double)t->sorted[0] < x->c * (double)rest;
}
static void judge(struct tally *t, const struct micro_patterns *p, const struct micro_sensitive *s, const struct micro_diversity_limits *x, int64_t g,
    struct micro_diversity *out) {
  int64_t n = 0, distinct = 0;
  memset(t->count, 0, (size_t)(s->n_codes + 1) * sizeof *t->count);
  for (int64_t i = t->start[g]; i < t->start[g + 1]; i++) t->count[s->code[t->of[i]]]++;
  for (int32_t k = 1; k <= s->n_codes; k++)
    if (t->count[k]) n += t->count[k], t->sorted[distinct++] = t->count[k];
  out->distinct[g] = distinct;
  if (!n) return;
  qsort(t->sorted, (size_t)distinct, sizeof *t->sorted, falling);
  out->entropy[g] = entropy_of(t->count, s->n_codes, n), out->distance[g] = distance_of(t, s, n), out->recursive[g] = recursive_of(t, distinct, x);
  if (out->least_distinct == 0 || distinct < out->least_distinct) out->least_distinct = distinct;
  if (out->least_entropy == 0 || out->entropy[g] < out->least_entropy) out->least_entropy = out->entropy[g];
  if (out->distance[g] > out->most_distance) out->most_distance = out->distance[g];
  out->n_below_distinct += (double)distinct < x->l ? p->count[g] : 0;
  out->n_below_entropy += out->entropy[g] < x->l * (1 - 1e-12) ? p->count[g] : 0; /* exp(log(l)) may end a bit below l */
  out->n_not_recursive += out->recursive[g] ? 0 : p->count[g];
  out->n_beyond_distance += out->distance[g] > x->t * (1 + 1e-12) ? p->count[g] : 0;
}
enum err_code micro_diversity_of(struct arena *a, const struct micro_patterns *p, const struct micro_sensitive *s,
    const struct micro_diversity_limits *limits, struct micro_diversity *out, struct err *e) {
  *out = (struct micro_diversity){.n_missing = 0};
  if (!(limits->l >= 2) || !(limits->l < INT32_MAX)) return ERR(e, E_MICRO_PARAMETER, .subject = "l", .expected = "2 or more");
  if (!(limits->c > 0)) return ERR(e, E_MICRO_PARAMETER, .subject = "c", .expected = "above 0");
  if (!(limits->t >= 0 && limits->t <= 1)) return ERR(e, E_MICRO_PARAMETER, .subject = "t", .expected = "0 to 1");
  out->distinct = ARENA_ARRAY(a, int64_t, p->n + 1), out->recursive = ARENA_ARRAY(a, bool, p->n + 1);
  out->entropy = ARENA_ARRAY(a, double, p->n + 1), out->distance = ARENA_ARRAY(a, double, p->n + 1);
  if (!out->distinct || !out->recursive || !out->entropy || !out->distance) return ERR(e, E_NO_MEMORY, .subject = "diversity");
  const struct arena_mark mark = arena_mark(a);
  struct tally t = {.n_all = 0};
  const enum err_code code = take(a, p, s, &t, e);
  for (int64_t g = 0; !code && g < p->n; g++) judge(&t, p, s, limits, g, out);
  if (!code) out->n_missing = t.all[0];
  arena_reset(a, mark);
  return code;
}
