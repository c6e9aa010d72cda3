#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "base/sum.h"
#include "estimators/mls/mls_growth.h"
#include "estimators/mls/mls_register.h"

enum { MOST_GROUPS = 100 };

/* Places of the stratum's first-stage units in a random order: unit k of stratum h goes to group (start + rank) mod G. */
struct key {
  uint64_t random;
  int32_t stratum;
  int64_t unit, row;
};
static int before(const struct key *a, const struct key *b) {
  if (a->stratum != b->stratum) return a->stratum < b->stratum ? -1 : 1;
  if (a->random != b->random) return a->random < b->random ? -1 : 1;
  if (a->unit != b->unit) return a->unit < b->unit ? -1 : 1;
  return (a->row > b->row) - (a->row < b->row);
}
static void sort_keys(struct key *k, struct key *spare, int64_t n) {
  for (int64_t width = 1; width < n; width *= 2) {
    for (int64_t at = 0; at < n; at += 2 * width) {
      int64_t i = at, middle = at + width < n ? at + width : n, end = at + 2 * width < n ? at + 2 * width : n, j = middle, to = at;
      while (to < end) spare[to++] = i < middle && (j >= end || before(&k[i], &k[j]) <= 0) ? k[i++] : k[j++];
    }
    memcpy(k, spare, sizeof *k * (size_t)n);
  }
}
static enum err_code deal(struct arena *a, const struct mls_sample *s, const struct mls_groups *how, int *group, struct err *e) {
  struct key *k = ARENA_ARRAY(a, struct key, s->n + 1), *spare = ARENA_ARRAY(a, struct key, s->n + 1);
  struct rng r;
  int64_t next = 0;
  if (!k || !spare) return ERR(e, E_NO_MEMORY, .subject = "random groups");
  for (int64_t i = 0; i < s->n; i++) {
    const int64_t id[2] = {s->design->stratum[i], how->unit ? how->unit[i] : i};
    rng_init(&r, how->seed, "mls groups", id, sizeof id);
    k[i] = (struct key){rng_u64(&r), s->design->stratum[i], id[1], i};
  }
  sort_keys(k, spare, s->n);
  for (int64_t i = 0; i < s->n; i++) {
    const bool new_stratum = i == 0 || k[i].stratum != k[i - 1].stratum;
    if (new_stratum) { /* strata smaller than G must not all begin with the first group */
      const int64_t id = k[i].stratum;
      rng_init(&r, how->seed, "mls groups: first", &id, sizeof id);
      next = (int64_t)rng_below(&r, (uint64_t)how->n_groups);
    } else if (k[i].unit != k[i - 1].unit) next++;
    group[k[i].row] = (int)(next % how->n_groups);
  }
  return E_OK;
}
static bool average_of(const struct mls_ratio_result *r, const struct mls_rollup *g, int split, int item, double *out) {
  struct sum amount = {0, 0}, heads = {0, 0};
  for (int32_t m = 0; m < g->n_members; m++) {
    sum_add(&amount, r->cells[g->members[m]].totals.x[split][item]);
    sum_add(&heads, mls_heads(&r->cells[g->members[m]].totals, split));
  }
  *out = sum_result(&amount) / sum_result(&heads);
  return sum_result(&heads) > 0;
}
enum err_code mls_random_groups(struct arena *a, const struct mls_sample *s, const struct mls_cell *cells, int32_t n_cells, int64_t min_reports,
    const struct mls_rollup *g, int split, int item, const struct mls_groups *how, struct mls_error *out, struct err *e) {
  double x[MOST_GROUPS], mean = 0, squares = 0;
  struct mls_ratio_result r;
  const int n = how->n_groups;
  *out = (struct mls_error){.n = s->n, .df = n - 1};
  if (n < 2 || n > MOST_GROUPS) return ERR(e, E_MLS_MONTH_INPUT, .subject = "random groups", .expected = "2 to 100");
  int *group = ARENA_ARRAY(a, int, s->n + 1);
  uint8_t *keep = ARENA_ARRAY(a, uint8_t, s->n + 1);
  if (!group || !keep) return ERR(e, E_NO_MEMORY, .subject = "random groups");
  TRY(deal(a, s, how, group, e));
  for (int k = 0; k < n; k++) {
    struct mls_subset part;
    for (int64_t i = 0; i < s->n; i++) keep[i] = group[i] == k;
    TRY(mls_sample_subset(a, s, keep, NULL, NULL, &part, e));
    const enum err_code code = mls_ratio(a, &part.sample, cells, n_cells, min_reports, &r, e);
    if (code == E_MLS_NO_NEIGHBOUR) return E_OK; /* too few reports for so many groups: not defined */
    if (code) return code;
    if (!average_of(&r, g, split, item, &x[k])) return E_OK;
    mean += x[k] / n;
  }
  for (int k = 0; k < n; k++) squares += (x[k] - mean) * (x[k] - mean);
  TRY(mls_ratio(a, s, cells, n_cells, min_reports, &r, e));
  out->defined = average_of(&r, g, split, item, &out->value);
  out->se = sqrt(squares / n / (n - 1));
  out->cv = out->value != 0 ? out->se / fabs(out->value) : 0;
  return E_OK;
}
