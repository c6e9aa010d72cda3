#include "processing/impute/gower.h"

#include <math.h>
#include <stdlib.h>

struct neighbour {
  double distance;
  uint64_t key;
  struct str unit;
  int64_t row;
};
static enum err_code no_memory(struct err *e) { return ERR(e, E_NO_MEMORY, .subject = "nearest neighbours"); }
static enum err_code bad(const char *parameter, const char *expected, struct err *e) {
  return ERR(e, E_GOWER_PARAMETER, .subject = parameter, .expected = expected);
}

static enum err_code check(const struct gower_spec *s, struct err *e) {
  if (s->k < 1 || s->k > GOWER_MAX_K) return bad("k", "1 to 1,000", e);
  if (s->n_variables < 1 || s->n_variables > GOWER_MAX_VARIABLES) return bad("variables", "1 to 256 items", e);
  for (int j = 0; j < s->n_variables; j++)
    if (!(isfinite(s->variables[j].weight) && s->variables[j].weight > 0)) return bad("weight", "a number above 0 for each item", e);
  return E_OK;
}
enum err_code gower_ranges(const struct gower_spec *s, const struct gower_data *d, double *range, struct err *e) {
  for (int j = 0; j < s->n_variables; j++) {
    const struct gower_variable *v = &s->variables[j];
    double least = INFINITY, most = -INFINITY;
    for (int64_t i = 0; v->x && i < d->n; i++) {
      if (!value_present(v->status[i])) continue;
      least = v->x[i] < least ? v->x[i] : least;
      most = v->x[i] > most ? v->x[i] : most;
    }
    range[j] = most > least ? most - least : 0;
    if (!isfinite(range[j])) return bad("variables", "numbers whose range is finite", e);
  }
  return E_OK;
}
double gower_distance(const struct gower_spec *s, const double *range, int64_t a, int64_t b) {
  double sum = 0, weights = 0;
  for (int j = 0; j < s->n_variables; j++) {
    const struct gower_variable *v = &s->variables[j];
    if (!value_present(v->status[a]) || !value_present(v->status[b])) continue;
    weights += v->weight;
    if (!v->x) sum += v->code[a] != v->code[b] ? v->weight : 0;
    else if (range[j] > 0) sum += v->weight * (fabs(v->x[a] - v->x[b]) / range[j]);
  }
  return weights > 0 ? sum / weights : -1;
}
static bool nearer(const struct neighbour *a, const struct neighbour *b) {
  if (a->distance < b->distance || a->distance > b->distance) return a->distance < b->distance;
  if (a->key != b->key) return a->key < b->key;
  return str_cmp(a->unit, b->unit) < 0;
}
/* best[0 .. n-1] nearest first; returns the new n. */
static int insert(struct neighbour *best, int n, int k, struct neighbour it) {
  if (n == k && !nearer(&it, &best[k - 1])) return n;
  int at = n < k ? n++ : k - 1;
  for (; at > 0 && nearer(&it, &best[at - 1]); at--) best[at] = best[at - 1];
  best[at] = it;
  return n;
}
static int nearest(const struct gower_spec *s, const struct gower_data *d, const double *range, const uint64_t *hash, int64_t row,
                   struct neighbour *best) {
  const uint64_t mine = num_unit_hash(s->seed, d->unit[row]);
  int n = 0;
  for (int64_t i = 0; i < d->n; i++) {
    if (!d->donor[i] || (d->group && d->group[i] != d->group[row])) continue;
    const double far = gower_distance(s, range, row, i);
    if (far < 0 || (n == s->k && far > best[n - 1].distance)) continue;
    n = insert(best, n, s->k, (struct neighbour){far, (mine ^ hash[i]) * UINT64_C(0x9e3779b97f4a7c15), d->unit[i], i});
  }
  return n;
}
static int by_number(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}
static int median_of(const struct gower_data *d, const struct neighbour *best, int k, double *scratch) {
  for (int i = 0; i < k; i++) scratch[i] = d->target[best[i].row];
  qsort(scratch, (size_t)k, sizeof *scratch, by_number);
  const double median = scratch[(k - 1) / 2];
  for (int i = 0; i < k; i++)
    if (d->target[best[i].row] == median) return i;
  return 0;
}
static int mode_of(const struct gower_data *d, const struct neighbour *best, int k) {
  int most = 0, at = 0;
  for (int i = 0; i < k; i++) {
    int count = 0;
    for (int o = 0; o < k; o++) count += d->target[best[o].row] == d->target[best[i].row];
    if (count > most) most = count, at = i;
  }
  return at;
}
static int chosen(const struct gower_spec *s, const struct gower_data *d, const struct neighbour *best, int64_t row, double *scratch) {
  if (s->aggregate == GOWER_MEDIAN) return median_of(d, best, s->k, scratch);
  if (s->aggregate == GOWER_MODE) return mode_of(d, best, s->k);
  return (int)(num_unit_hash(s->seed ^ UINT64_C(0x676f776572), d->unit[row]) % (uint64_t)s->k);
}
static int by_unit(const void *a, const void *b) { return str_cmp(((const struct neighbour *)a)->unit, ((const struct neighbour *)b)->unit); }

static enum err_code room(struct arena *a, const struct gower_spec *s, const struct gower_data *d, struct gower_result *out, struct err *e) {
  struct neighbour *list = ARENA_ARRAY(a, struct neighbour, d->n);
  int64_t n = 0;
  if (!list) return no_memory(e);
  for (int64_t i = 0; i < d->n; i++)
    if (d->recipient[i]) list[n++] = (struct neighbour){.unit = d->unit[i], .row = i};
  qsort(list, (size_t)n, sizeof *list, by_unit);
  *out = (struct gower_result){
      .n_recipients = n, .row = ARENA_ARRAY(a, int64_t, n), .outcome = ARENA_ARRAY(a, uint8_t, n), .donors = ARENA_ARRAY(a, int64_t, n * s->k)};
  out->distance = ARENA_ARRAY(a, double, n * s->k);
  out->value = ARENA_ARRAY(a, double, n);
  out->donor = ARENA_ARRAY(a, int64_t, n);
  out->use = ARENA_ARRAY(a, int32_t, d->n);
  if (!out->row || !out->outcome || !out->donors || !out->distance || !out->value || !out->donor || !out->use) return no_memory(e);
  for (int64_t i = 0; i < n; i++) out->row[i] = list[i].row;
  return E_OK;
}
enum err_code gower_impute(struct arena *a, const struct gower_spec *s, const struct gower_data *d, struct gower_result *out, struct err *e) {
  TRY(check(s, e));
  TRY(room(a, s, d, out, e));
  struct neighbour *best = ARENA_ARRAY(a, struct neighbour, s->k);
  double *scratch = ARENA_ARRAY(a, double, s->k), *range = ARENA_ARRAY(a, double, s->n_variables);
  uint64_t *hash = ARENA_ARRAY(a, uint64_t, d->n);
  if (!best || !scratch || !range || !hash) return no_memory(e);
  TRY(gower_ranges(s, d, range, e));
  for (int64_t i = 0; i < d->n; i++)
    if (d->donor[i]) hash[i] = num_unit_hash(s->seed, d->unit[i]);
  for (int64_t i = 0; i < out->n_recipients; i++) {
    const int n = nearest(s, d, range, hash, out->row[i], best);
    for (int k = 0; k < s->k; k++) {
      out->donors[i * s->k + k] = k < n ? best[k].row : -1;
      out->distance[i * s->k + k] = k < n ? best[k].distance : 0;
    }
    out->donor[i] = -1;
    out->outcome[i] = n < s->k ? GOWER_TOO_FEW : GOWER_FOUND;
    if (n < s->k) continue;
    out->donor[i] = best[chosen(s, d, best, out->row[i], scratch)].row;
    out->value[i] = d->target[out->donor[i]];
    out->use[out->donor[i]]++;
  }
  return E_OK;
}
