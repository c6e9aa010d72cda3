#include "processing/outlier/replay.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/sum.h"

struct ranked {
  double score;
  uint64_t hash;
  struct str unit;
  int64_t row;
};
static int compare_ranked(const void *u, const void *v) {
  const struct ranked *a = u, *b = v;
  if (a->score != b->score) return a->score > b->score ? -1 : 1;
  if (a->hash != b->hash) return a->hash < b->hash ? -1 : 1;
  const size_t n = a->unit.n < b->unit.n ? a->unit.n : b->unit.n;
  const int order = n ? memcmp(a->unit.p, b->unit.p, n) : 0;
  return order ? order : a->unit.n < b->unit.n ? -1 : a->unit.n > b->unit.n;
}
enum err_code score_rank(int64_t *row, struct arena *a, const double *score, const struct str *unit, int64_t n, uint64_t seed, struct err *e) {
  const struct arena_mark mark = arena_mark(a);
  struct ranked *r = ARENA_ARRAY(a, struct ranked, n + 1);
  if (!r) return ERR(e, E_NO_MEMORY, .subject = "ranks");
  for (int64_t i = 0; i < n; i++) r[i] = (struct ranked){score[i], num_unit_hash(seed, unit[i]), unit[i], i};
  qsort(r, (size_t)n, sizeof *r, compare_ranked);
  for (int64_t i = 0; i < n; i++) row[i] = r[i].row;
  arena_reset(a, mark);
  return E_OK;
}
static bool both_present(const struct replay_item *t, int64_t row) { return num_present(t->raw, row) && num_present(t->edited, row); }
static bool in_domain(const struct replay_spec *s, int64_t row, int domain) { return s->domain ? s->domain[row] == domain : true; }

/* Total of an item in the domain; the limit of its pseudo-bias relative to it. */
static enum err_code item_limit(const struct replay_spec *s, const int64_t *row, int domain, int item, double *total, double *limit, struct err *e) {
  struct sum t = {0};
  const struct replay_item *p = &s->items[item];
  for (int64_t k = 0; k < s->n; k++)
    if (in_domain(s, row[k], domain) && both_present(p, row[k])) sum_add(&t, s->weight[row[k]] * p->edited->x[row[k]]);
  *total = sum_result(&t);
  if (!(*total > 0)) return ERR(e, E_OUTLIER_TOTAL, .subject = p->raw->name, .expected = "above 0");
  if (p->standard_error && !(p->standard_error[domain] > 0))
    return ERR(e, E_OUTLIER_TOTAL, .subject = p->raw->name, .expected = "a standard error above 0");
  *limit = s->limit * (p->standard_error ? p->standard_error[domain] / *total : 1);
  return E_OK;
}
/* From the last rank to the first: the sums behind a rank grow by one record at a time. */
static void walk(struct replay_domain *out, const struct replay_spec *s, const int64_t *row, int domain, const double *total, const double *limit,
                 struct sum *behind) {
  int64_t q = out->n;
  bool stable = true;
  out->q = out->q_stable = out->n;
  for (int64_t k = s->n; k-- > 0;) {
    const int64_t i = row[k];
    bool within = true;
    if (!in_domain(s, i, domain)) continue;
    q--; /* reviewing q records leaves this one and those behind it */
    for (int j = 0; j < s->n_items; j++) {
      if (both_present(&s->items[j], i)) sum_add(&behind[j], s->weight[i] * (s->items[j].raw->x[i] - s->items[j].edited->x[i]));
      const double rpb = fabs(sum_result(&behind[j])) / total[j];
      within = within && rpb <= limit[j];
      out->rpb_none[j] = rpb;
    }
    stable = stable && within;
    if (within) out->q = q;
    if (!stable) continue;
    out->q_stable = q;
    memcpy(out->rpb, out->rpb_none, (size_t)s->n_items * sizeof *out->rpb);
  }
}
static void find_threshold(struct replay_domain *out, const struct replay_spec *s, const int64_t *row, int domain) {
  int64_t rank = 0;
  out->has_threshold = out->q_stable > 0;
  for (int64_t k = 0; k < s->n && out->has_threshold; k++) {
    if (!in_domain(s, row[k], domain) || ++rank < out->q_stable) continue;
    out->threshold = s->score[row[k]];
    return;
  }
}
static enum err_code replay_one(struct replay_domain *out, struct arena *a, const struct replay_spec *s, const int64_t *row, int domain,
                                struct err *e) {
  *out = (struct replay_domain){.rpb = ARENA_ARRAY(a, double, s->n_items), .rpb_none = ARENA_ARRAY(a, double, s->n_items)};
  const struct arena_mark mark = arena_mark(a);
  double *total = ARENA_ARRAY(a, double, s->n_items), *limit = ARENA_ARRAY(a, double, s->n_items);
  struct sum *behind = ARENA_ARRAY(a, struct sum, s->n_items);
  if (!out->rpb || !out->rpb_none || !total || !limit || !behind) return ERR(e, E_NO_MEMORY, .subject = "replay");
  for (int64_t i = 0; i < s->n; i++) out->n += in_domain(s, i, domain);
  for (int j = 0; j < s->n_items && out->n; j++) TRY(item_limit(s, row, domain, j, &total[j], &limit[j], e));
  if (out->n) walk(out, s, row, domain, total, limit, behind);
  find_threshold(out, s, row, domain);
  arena_reset(a, mark);
  return E_OK;
}
enum err_code replay_run(struct replay_domain *out, struct arena *a, const struct replay_spec *s, struct err *e) {
  if (!(s->limit > 0 && s->limit < 1)) return ERR(e, E_OUTLIER_PARAMETER, .subject = "limit", .expected = "above 0 and below 1");
  if (s->n_items < 1) return ERR(e, E_OUTLIER_PARAMETER, .subject = "items", .expected = "one at least");
  for (int64_t i = 0; i < s->n; i++)
    if (!(s->weight[i] >= 0))
      return ERR(e, E_OUTLIER_WEIGHT, .line = i + 1, .subject = arena_printf(a, "%lld", (long long)i + 1), .expected = "0 or more");
  int64_t *row = ARENA_ARRAY(a, int64_t, s->n);
  if (!row) return ERR(e, E_NO_MEMORY, .subject = "replay");
  TRY(score_rank(row, a, s->score, s->unit, s->n, s->seed, e));
  for (int d = 0; d < (s->domain ? s->n_domains : 1); d++) TRY(replay_one(&out[d], a, s, row, d, e));
  return E_OK;
}
static enum err_code curve_room(struct replay_curve *out, struct arena *a, const struct replay_spec *s, int domain, struct err *e) {
  *out = (struct replay_curve){.n = 0};
  for (int64_t i = 0; i < s->n; i++) out->n += in_domain(s, i, domain);
  out->rpb = ARENA_ARRAY(a, double, out->n + 1);
  out->score = ARENA_ARRAY(a, double, out->n + 1);
  return out->rpb && out->score ? E_OK : ERR(e, E_NO_MEMORY, .subject = "replay");
}
enum err_code replay_curve(struct replay_curve *out, struct arena *a, const struct replay_spec *s, const int64_t *row, int domain, struct err *e) {
  TRY(curve_room(out, a, s, domain, e));
  const struct arena_mark mark = arena_mark(a);
  double *total = ARENA_ARRAY(a, double, s->n_items), limit;
  struct sum *behind = ARENA_ARRAY(a, struct sum, s->n_items);
  int64_t q = out->n;
  if (!total || !behind) return ERR(e, E_NO_MEMORY, .subject = "replay");
  for (int j = 0; j < s->n_items && out->n; j++) TRY(item_limit(s, row, domain, j, &total[j], &limit, e));
  for (int64_t k = s->n; k-- > 0;) {
    const int64_t i = row[k];
    if (!in_domain(s, i, domain)) continue;
    out->score[--q] = s->score[i];
    for (int j = 0; j < s->n_items; j++) {
      if (both_present(&s->items[j], i)) sum_add(&behind[j], s->weight[i] * (s->items[j].raw->x[i] - s->items[j].edited->x[i]));
      out->rpb[q] = fmax(out->rpb[q], fabs(sum_result(&behind[j])) / total[j]);
    }
  }
  arena_reset(a, mark);
  return E_OK;
}
enum err_code select_by_model(uint8_t *chosen, struct arena *a, const double *error, const struct str *unit, int64_t n, double limit, uint64_t seed,
                              struct err *e) {
  const struct arena_mark mark = arena_mark(a);
  double *size = ARENA_ARRAY(a, double, n);
  int64_t *row = ARENA_ARRAY(a, int64_t, n);
  struct sum sum = {0};
  bool past = false;
  if (!size || !row) return ERR(e, E_NO_MEMORY, .subject = "selection");
  for (int64_t i = 0; i < n; i++) size[i] = fabs(error[i]);
  TRY(score_rank(row, a, size, unit, n, seed, e));
  for (int64_t k = n; k-- > 0;) {
    sum_add(&sum, error[row[k]]);
    past = past || fabs(sum_result(&sum)) > limit;
    chosen[row[k]] = past;
  }
  arena_reset(a, mark);
  return E_OK;
}
