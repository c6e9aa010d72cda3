#include "estimators/variance/replicate.h"

#include <math.h>
#include <string.h>

#include "base/sum.h"
#include "estimators/variance/replicate_draw.h"

enum { GIVEN_GROUP = 256 };

int64_t replicate_groups(const struct replicate_set *s) {
  return s->method == REPLICATE_GIVEN ? (s->n_units + GIVEN_GROUP - 1) / GIVEN_GROUP : s->n_groups;
}
int64_t replicate_group_unit(const struct replicate_set *s, int64_t group) {
  if (s->method != REPLICATE_GIVEN) return s->group_unit[group];
  return group * GIVEN_GROUP < s->n_units ? group * GIVEN_GROUP : s->n_units;
}

struct block { /* units from..to-1, replicates first..first+count-1; out[unit][count] */
  const struct replicate_set *s;
  int64_t group, from, to;
  int first, count;
  double *out;
};
static void fill(const struct block *b, double value) {
  for (int64_t i = 0; i < (b->to - b->from) * b->count; i++) b->out[i] = value;
}

static void given(const struct block *b) {
  for (int64_t u = b->from; u < b->to; u++)
    for (int k = 0; k < b->count; k++) b->out[(u - b->from) * b->count + k] = b->s->multiplier[(int64_t)(b->first + k) * b->s->n_units + u] - 1;
}
/* Replicate r drops unit r of those that take part; `others` change by 1/(n-1). */
static void jackknife(const struct block *b, int64_t first_replicate, int64_t end_replicate, int64_t first_unit, double units) {
  fill(b, 0);
  for (int k = 0; k < b->count; k++) {
    const int64_t r = b->first + k;
    if (r < first_replicate || r >= end_replicate) continue;
    const int64_t dropped = first_unit + (r - first_replicate);
    for (int64_t u = b->from; u < b->to; u++) b->out[(u - b->from) * b->count + k] = u == dropped ? -1 : 1 / (units - 1);
  }
}
static void half_samples(const struct block *b) {
  const struct replicate_set *s = b->s;
  for (int64_t u = b->from; u < b->to; u++) {
    double *out = b->out + (u - b->from) * b->count;
    for (int k = 0; k < b->count; k++)
      out[k] = s->column[u] < 0 ? 0 : s->swing[u] * hadamard_sign(&s->balance, b->first + k, s->column[u]);
  }
}
static void successive(const struct block *b) {
  const struct replicate_set *s = b->s;
  for (int64_t u = b->from; u < b->to; u++) {
    double *out = b->out + (u - b->from) * b->count;
    for (int k = 0; k < b->count; k++)
      out[k] = s->column[u] < 0 ? 0
                                : s->swing[u]
              * (hadamard_sign(&s->balance, b->first + k, s->column[u]) - hadamard_sign(&s->balance, b->first + k, s->next[u]));
  }
}

/* (1 - f) of the units of a parent, times the fractions above; 0 = take-all or alone. */
static double parent_share(const struct sample_design *d, int stage, int64_t p) {
  const double n = (double)(d->stage[stage].first_unit[p + 1] - d->stage[stage].first_unit[p]);
  return n < 2 ? 0 : d->stage[stage].coefficient[p] * (n - 1) / n;
}

static void rao_wu_yue(const struct block *b) {
  const int64_t n = b->to - b->from;
  const double share = parent_share(b->s->design, 0, b->group);
  const int64_t m = b->s->draws && b->s->draws < n - 1 ? b->s->draws : n - 1;
  fill(b, 0);
  if (!(share > 0)) return;
  const double q = sqrt((double)m * share / (double)(n - 1)), each = q * (double)n / (double)m;
  for (int k = 0; k < b->count; k++) {
    const uint64_t key = draw_key(b->s->group_key[b->group], (uint64_t)(b->first + k));
    for (int64_t j = 0; j < m; j++) b->out[(int64_t)draw_below(key, (uint64_t)j, (uint64_t)n) * b->count + k]++;
  }
  for (int64_t i = 0; i < n * b->count; i++) b->out[i] = b->out[i] * each - q;
}

/* One replicate of a doubled half among n units: multipliers in column k. */
static void doubled_half(const struct block *b, int k, double share) {
  const int64_t n = b->to - b->from;
  const uint64_t key = draw_key(b->s->group_key[b->group], (uint64_t)(b->first + k));
  double rest = (double)n * fmin(share, 1); /* units that are not kept once */
  uint64_t at = 0;
  int64_t whole = rest < 2 ? (draw_uniform(key, at++) < rest / 2 ? 2 : 0) : (int64_t)(rest + draw_uniform(key, at++));
  if (whole > n) whole = n;
  const bool third = draw_uniform(key, at++) < 0.25;
  int64_t left = whole, twice = whole / 2, extra = whole % 2, seen_twice = 0, seen_none = 0, twice_at = -1, none_at = -1;
  for (int64_t i = 0, room = n; i < n; i++, room--) {
    double *out = b->out + i * b->count + k;
    *out = 0; /* kept once */
    if (!(draw_uniform(key, at++) * (double)room < (double)left)) continue;
    const bool doubled = draw_uniform(key, at++) * (double)left < (double)twice;
    left--, twice -= doubled;
    *out = doubled ? 1 : -1;
    if (!extra) continue;
    if (doubled && draw_uniform(key, at++) * (double)++seen_twice < 1) twice_at = i;
    if (!doubled && draw_uniform(key, at++) * (double)++seen_none < 1) none_at = i;
  }
  if (!extra) return;
  b->out[(third && twice_at >= 0 ? twice_at : none_at) * b->count + k] += 1;
}
static void antal_tille(const struct block *b) {
  const double share = parent_share(b->s->design, 0, b->group);
  fill(b, 0);
  if (!(share > 0)) return;
  for (int k = 0; k < b->count; k++) doubled_half(b, k, share);
}

/* --- all stages --- */
static int64_t unit_below(const struct sample_design *d, int stage, int depth, int64_t unit) {
  for (int k = stage; k + 1 < depth; k++) unit = d->stage[k + 1].first_unit[d->stage[k].first_parent[unit]];
  return unit;
}
static void preston(const struct block *b, int k, int stage, int64_t parent, uint64_t key, double change, double carry) {
  const struct sample_design *d = b->s->design;
  const struct design_stage *g = &d->stage[stage];
  const int64_t from = g->first_unit[parent], to = g->first_unit[parent + 1], n = to - from;
  const double share = parent_share(d, stage, parent);
  const int64_t m = share > 0 ? n / 2 : n;
  const double lambda = share > 0 ? sqrt((double)m * share / (double)(n - m)) : 0, ratio = (double)n / (double)m;
  int64_t left = m;
  for (int64_t u = from; u < to; u++) {
    const bool kept = left == to - u || draw_uniform(key, (uint64_t)(u - from)) * (double)(to - u) < (double)left;
    const double here = change + carry * lambda * (kept ? ratio - 1 : -1);
    left -= kept;
    if (stage + 1 == b->s->depth) {
      b->out[(u - b->from) * b->count + k] = here;
      continue;
    }
    for (int64_t q = g->first_parent[u]; q < g->first_parent[u + 1]; q++)
      preston(b, k, stage + 1, q, draw_key(key, (uint64_t)(u - from) * 64 + (uint64_t)(q - g->first_parent[u]) + 1), here,
          kept ? carry * sqrt(ratio) : 0);
  }
}

static double contrast_sign(const struct block *b, int k, int stage, int64_t contrast, int64_t within, uint64_t key) {
  const struct replicate_set *s = b->s;
  if (!s->balanced) return draw_at(key, (uint64_t)within) >> 63 ? 1 : -1;
  for (int j = 0; j < stage; j++) contrast += s->design->stage[j].n_units - s->design->stage[j].n_parents;
  return hadamard_sign(&s->balance, b->first + k, (int)contrast + 1);
}
/* Orthonormal contrasts (Helmert): e_j has 1/sqrt(j (j+1)) at 0..j-1 and -j/sqrt(j (j+1)) at j; sums from the end. */
static void generalized(const struct block *b, int k, int stage, int64_t parent, uint64_t key) {
  const struct sample_design *d = b->s->design;
  const struct design_stage *g = &d->stage[stage];
  const int64_t from = g->first_unit[parent], n = g->first_unit[parent + 1] - from;
  const double root = n < 2 ? 0 : sqrt(g->coefficient[parent]) / b->s->tau;
  double behind = 0; /* sum over later contrasts of their part at this unit */
  for (int64_t j = n - 1; j >= 0; j--) {
    const double sign = j && root > 0 ? contrast_sign(b, k, stage, from - parent + j - 1, j, key) : 0;
    const double length = j ? sqrt((double)j * (double)(j + 1)) : 1, change = root * (behind - sign * (double)j / length);
    for (int64_t u = unit_below(d, stage, b->s->depth, from + j), end = unit_below(d, stage, b->s->depth, from + j + 1); u < end; u++)
      b->out[(u - b->from) * b->count + k] += change;
    behind += sign / length;
    if (stage + 1 == b->s->depth) continue;
    for (int64_t q = g->first_parent[from + j]; q < g->first_parent[from + j + 1]; q++)
      generalized(b, k, stage + 1, q, draw_key(key, (uint64_t)j * 64 + (uint64_t)(q - g->first_parent[from + j]) + 1));
  }
}

void replicate_changes(const struct replicate_set *s, int64_t group, int first, int count, double *out) {
  const struct block b = {s, group, replicate_group_unit(s, group), replicate_group_unit(s, group + 1), first, count, out};
  switch (s->method) {
    case REPLICATE_GIVEN: given(&b); return;
    case REPLICATE_JK1: jackknife(&b, 0, s->n_units, 0, (double)s->n_units); return;
    case REPLICATE_JKN: jackknife(&b, s->group_first[group], s->group_first[group + 1], b.from, (double)(b.to - b.from)); return;
    case REPLICATE_BRR: half_samples(&b); return;
    case REPLICATE_SUCCESSIVE: successive(&b); return;
    case REPLICATE_BOOTSTRAP: rao_wu_yue(&b); return;
    case REPLICATE_ANTAL_TILLE: antal_tille(&b); return;
    case REPLICATE_PRESTON:
      for (int k = 0; k < count; k++) preston(&b, k, 0, group, draw_key(s->group_key[group], (uint64_t)(first + k)), 0, 1);
      return;
    case REPLICATE_GENERALIZED:
      fill(&b, 0);
      for (int k = 0; k < count; k++) generalized(&b, k, 0, group, draw_key(s->group_key[group], (uint64_t)(first + k)));
      return;
  }
}

void replicate_weights_into(const struct replicate_set *s, int r, const double *w, double *scratch, double *out) {
  for (int64_t g = 0, groups = replicate_groups(s); g < groups; g++) replicate_changes(s, g, r, 1, scratch + replicate_group_unit(s, g));
  for (int64_t i = 0; i < s->n; i++) out[i] = w[i] * (1 + scratch[s->unit_of_row ? s->unit_of_row[i] : i]);
}
enum err_code replicate_weights(struct arena *a, const struct replicate_set *s, int r, const double *w, double *out, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  double *scratch = ARENA_ARRAY(a, double, s->n_units + 1);
  if (!scratch) return ERR(e, E_NO_MEMORY, .subject = "replicates");
  replicate_weights_into(s, r, w, scratch, out);
  arena_reset(a, mark);
  return E_OK;
}
enum err_code replicate_smallest(struct arena *a, const struct replicate_set *s, double *out, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  double *scratch = ARENA_ARRAY(a, double, s->n_units + 1);
  if (!scratch) return ERR(e, E_NO_MEMORY, .subject = "replicates");
  *out = 1;
  for (int64_t g = 0, groups = replicate_groups(s); g < groups; g++) {
    const int64_t units = replicate_group_unit(s, g + 1) - replicate_group_unit(s, g);
    for (int r = 0; r < s->n_replicates; r++) {
      replicate_changes(s, g, r, 1, scratch);
      for (int64_t u = 0; u < units; u++) *out = fmin(*out, 1 + scratch[u]);
    }
  }
  arena_reset(a, mark);
  return E_OK;
}

int replicate_covariance(const struct replicate_set *s, int m, const double *theta, const uint8_t *defined, const double *full, double *cov) {
  int used = 0;
  for (int r = 0; r < s->n_replicates; r++) used += !defined || defined[r];
  for (int j = 0; j < m; j++)
    for (int k = 0; k <= j; k++) {
      struct sum mean_j = {0, 0}, mean_k = {0, 0}, v = {0, 0};
      for (int r = 0; r < s->n_replicates; r++)
        if (!defined || defined[r]) sum_add(&mean_j, theta[(int64_t)r * m + j]), sum_add(&mean_k, theta[(int64_t)r * m + k]);
      const double cj = s->mse ? full[j] : sum_result(&mean_j) / used, ck = s->mse ? full[k] : sum_result(&mean_k) / used;
      for (int r = 0; r < s->n_replicates; r++)
        if (!defined || defined[r]) sum_add(&v, (s->rscale ? s->rscale[r] : 1) * (theta[(int64_t)r * m + j] - cj) * (theta[(int64_t)r * m + k] - ck));
      cov[j * m + k] = cov[k * m + j] = s->scale * sum_result(&v);
    }
  return used;
}
