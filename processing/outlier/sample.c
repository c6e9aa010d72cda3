#include "processing/outlier/sample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct key {
  const double *x;
  uint64_t missing;
  double weight;
  int64_t row;
  int p;
};
static int compare_keys(const void *u, const void *v) {
  const struct key *a = u, *b = v;
  if (a->missing != b->missing) return a->missing < b->missing ? -1 : 1;
  for (int j = 0; j < a->p; j++)
    if (a->x[j] != b->x[j]) return a->x[j] < b->x[j] ? -1 : 1;
  return a->weight < b->weight ? -1 : a->weight > b->weight;
}
/* false: the row is left out. */
static bool take_row(const struct sample_spec *q, int64_t row, bool complete, double *x, uint64_t *missing, bool *positive) {
  int n_missing = 0;
  *missing = 0, *positive = true;
  for (int j = 0; j < q->p; j++) {
    const struct num_column *c = &q->table->columns[q->columns[j]];
    const bool present = num_present(c, row);
    if (!present) n_missing++, *missing |= (uint64_t)1 << j;
    else if (q->logarithm && !(c->x[row] > 0)) *positive = false;
    x[j] = !present || !*positive ? 0 : q->logarithm ? log(c->x[row]) : c->x[row];
  }
  return *positive && (complete ? n_missing == 0 : n_missing < q->p);
}
static enum err_code take_rows(struct key *keys, double *x, struct sample *s, struct arena *a, const struct sample_spec *q, bool complete,
                               struct err *e) {
  const int64_t total = q->rows ? q->n_rows : q->table->n;
  for (int64_t k = 0; k < total; k++) {
    const int64_t row = q->rows ? q->rows[k] : k;
    bool positive;
    struct key *to = &keys[s->n];
    *to = (struct key){.x = x + s->n * q->p, .row = row, .p = q->p, .weight = q->weight ? q->weight[row] : 1};
    if (!(to->weight >= 0))
      return ERR(e, E_OUTLIER_WEIGHT, .line = row + 1, .subject = arena_printf(a, "%lld", (long long)row + 1), .expected = "0 or more");
    if (take_row(q, row, complete, x + s->n * q->p, &to->missing, &positive)) s->n++;
    else s->n_not_positive += !positive;
  }
  return E_OK;
}
static enum err_code build(struct sample *s, struct arena *a, const struct sample_spec *q, bool complete, struct err *e) {
  const int64_t total = q->rows ? q->n_rows : q->table->n;
  *s = (struct sample){.p = q->p};
  if (q->p < 1 || q->p > DENSE_MAX) return ERR(e, E_OUTLIER_PARAMETER, .subject = "items", .expected = "1 to 64");
  s->x = ARENA_ARRAY(a, double, total * q->p);
  s->weight = ARENA_ARRAY(a, double, total);
  s->missing = ARENA_ARRAY(a, uint64_t, total);
  s->row = ARENA_ARRAY(a, int64_t, total);
  const struct arena_mark mark = arena_mark(a);
  double *x = ARENA_ARRAY(a, double, total * q->p);
  struct key *keys = ARENA_ARRAY(a, struct key, total + 1);
  if (!s->x || !s->weight || !s->missing || !s->row || !x || !keys) return ERR(e, E_NO_MEMORY, .subject = "sample");
  TRY(take_rows(keys, x, s, a, q, complete, e));
  qsort(keys, (size_t)s->n, sizeof *keys, compare_keys);
  for (int64_t i = 0; i < s->n; i++) {
    memcpy(s->x + i * q->p, keys[i].x, (size_t)q->p * sizeof *x);
    s->weight[i] = keys[i].weight, s->missing[i] = keys[i].missing, s->row[i] = keys[i].row;
  }
  arena_reset(a, mark);
  return E_OK;
}
enum err_code sample_complete(struct sample *s, struct arena *a, const struct sample_spec *spec, struct err *e) { return build(s, a, spec, true, e); }
enum err_code sample_observed(struct sample *s, struct arena *a, const struct sample_spec *spec, struct err *e) {
  return build(s, a, spec, false, e);
}

void sample_moments(const struct sample *s, const double *w, double divisor, double *mean, double *scatter) {
  const int p = s->p;
  double total = 0, d[DENSE_MAX];
  memset(mean, 0, (size_t)p * sizeof *mean);
  memset(scatter, 0, (size_t)(p * p) * sizeof *scatter);
  for (int64_t i = 0; i < s->n; i++) {
    const double v = w ? w[i] : 1;
    total += v;
    for (int j = 0; j < p; j++) mean[j] += v * s->x[i * p + j];
  }
  for (int j = 0; j < p; j++) mean[j] /= total;
  for (int64_t i = 0; i < s->n; i++) {
    const double v = w ? w[i] : 1;
    if (v == 0) continue;
    for (int j = 0; j < p; j++) d[j] = s->x[i * p + j] - mean[j];
    for (int j = 0; j < p; j++)
      for (int k = 0; k <= j; k++) scatter[j * p + k] += v * d[j] * d[k];
  }
  for (int j = 0; j < p; j++)
    for (int k = 0; k <= j; k++) scatter[k * p + j] = scatter[j * p + k] = scatter[j * p + k] / (divisor > 0 ? divisor : total);
}
void sample_distances(const struct sample *s, const double *mean, const double *l, double *d2) {
  double d[DENSE_MAX];
  for (int64_t i = 0; i < s->n; i++) {
    for (int j = 0; j < s->p; j++) d[j] = s->x[i * s->p + j] - mean[j];
    d2[i] = dense_distance(l, d, s->p);
  }
}
