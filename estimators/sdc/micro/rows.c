#include "estimators/sdc/micro/rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/sum.h"
#include "estimators/sdc/micro/pattern.h"
#include "estimators/sdc/micro/recode.h"
#include "estimators/selection/size_probability.h"

/* --- units, records, weights --- */
static enum err_code find(const struct table *t, const char *name, const struct column **out, struct err *e) {
  const int at = table_find(t, name);
  if (at < 0 || t->columns[at].type == COL_REAL) return ERR(e, E_MICRO_VARIABLE, .subject = name);
  *out = &t->columns[at];
  return E_OK;
}
static uint64_t raw_value(const struct column *c, int64_t row) { return c->type == COL_INT ? (uint64_t)c->i64[row] : (uint64_t)c->code[row]; }

static enum err_code dense_units(struct arena *a, const struct table *t, const char *name, struct micro_units *u, struct err *e) {
  const struct column *c;
  struct micro_map map;
  if (!name) {
    for (int64_t i = 0; i < u->n; i++) u->unit[i] = (int32_t)i;
    u->n_units = (int32_t)u->n;
    return E_OK;
  }
  TRY(find(t, name, &c, e));
  TRY(micro_map_init(&map, a, e));
  for (int64_t i = 0; i < u->n; i++) {
    if (!value_present(c->status[i])) return ERR(e, E_MICRO_UNIT, .subject = name, .line = i + 2);
    if ((u->unit[i] = micro_map_id(&map, raw_value(c, i))) < 0) return ERR(e, E_NO_MEMORY, .subject = name);
  }
  u->n_units = map.n, u->households = true;
  return E_OK;
}
static enum err_code record_ids(struct arena *a, const struct table *t, const char *name, const struct micro_stream *s, struct micro_units *u,
    struct err *e) {
  const struct column *c;
  struct micro_map map;
  char b[64];
  if (!name) {
    for (int64_t i = 0; i < u->n; i++) u->record[i] = (uint64_t)i;
    return E_OK;
  }
  TRY(find(t, name, &c, e));
  TRY(micro_map_init(&map, a, e));
  for (int64_t i = 0; i < u->n; i++) {
    if (!value_present(c->status[i])) return ERR(e, E_MICRO_UNIT, .subject = name, .line = i + 2);
    const int32_t id = micro_map_id(&map, raw_value(c, i));
    if (id < 0) return ERR(e, E_NO_MEMORY, .subject = name);
    if (id != i) return ERR(e, E_MICRO_UNIT, .subject = name, .line = i + 2); /* two records of one id would get the same noise */
    if (s) u->record[i] = micro_record(s, column_text(c, i, b, sizeof b));
  }
  return E_OK;
}
static enum err_code read_weights(const struct table *t, const char *name, struct micro_units *u, struct err *e) {
  const struct column *c;
  for (int64_t i = 0; i < u->n; i++) u->weight[i] = 1;
  if (!name) return E_OK;
  TRY(find(t, name, &c, e));
  if (c->type != COL_INT) return ERR(e, E_MICRO_VARIABLE, .subject = name);
  for (int64_t i = 0; i < u->n; i++) {
    if (!value_present(c->status[i]) || c->i64[i] <= 0) return ERR(e, E_MICRO_WEIGHT, .subject = name, .line = i + 2);
    u->weight[i] = micro_value(c, i);
  }
  u->weighted = true;
  return E_OK;
}
enum err_code micro_units_of(struct arena *a, const struct table *t, const char *household, const char *record, const char *weight,
    const struct micro_stream *s, struct micro_units *out, struct err *e) {
  *out = (struct micro_units){.n = t->n_rows};
  if (t->n_rows > INT32_MAX) return ERR(e, E_CAP_EXCEEDED, .subject = "records");
  out->unit = ARENA_ARRAY(a, int32_t, t->n_rows + 1), out->record = ARENA_ARRAY(a, uint64_t, t->n_rows + 1);
  out->weight = ARENA_ARRAY(a, double, t->n_rows + 1);
  if (!out->unit || !out->record || !out->weight) return ERR(e, E_NO_MEMORY, .subject = "units");
  TRY(dense_units(a, t, household, out, e));
  TRY(record_ids(a, t, record, s, out, e));
  return read_weights(t, weight, out, e);
}

/* --- rows --- */
#define TAKE(field)                                                                         \
  do {                                                                                      \
    for (int64_t i = 0; i < n; i++) memcpy(scratch + i * 8, &c->field[row[i]], sizeof *c->field); \
    for (int64_t i = 0; i < n; i++) memcpy(&c->field[i], scratch + i * 8, sizeof *c->field); \
  } while (0)
enum err_code micro_take_rows(struct arena *a, struct table *t, const int64_t *row, int64_t n, struct err *e) {
  const struct arena_mark mark = arena_mark(a);
  char *scratch = arena_array(a, (size_t)n + 1, 8);
  if (!scratch) return ERR(e, E_NO_MEMORY, .subject = "rows");
  for (int k = 0; k < t->n_columns; k++) {
    struct column *c = &t->columns[k];
    TAKE(status);
    if (c->type == COL_INT) TAKE(i64);
    else if (c->type == COL_REAL) TAKE(real);
    else TAKE(code);
  }
  t->n_rows = n;
  arena_reset(a, mark);
  return E_OK;
}
#undef TAKE

struct ranked {
  double rank; /* of the unit */
  uint64_t key;
  int32_t unit;
  int64_t row;
};
static int by_rank(const void *a, const void *b) {
  const struct ranked *x = a, *y = b;
  if (x->rank != y->rank) return x->rank < y->rank ? -1 : 1;
  if (x->unit != y->unit) return x->unit < y->unit ? -1 : 1;
  return x->key != y->key ? (x->key < y->key ? -1 : 1) : x->row < y->row ? -1 : x->row > y->row;
}
/* The keyed number of a unit hangs on its smallest record id, not on its place. */
static enum err_code unit_keys(struct arena *a, const struct micro_units *u, uint64_t **out, struct err *e) {
  uint64_t *k = ARENA_ARRAY(a, uint64_t, u->n_units + 1);
  if (!k) return ERR(e, E_NO_MEMORY, .subject = "units");
  for (int32_t i = 0; i < u->n_units; i++) k[i] = UINT64_MAX;
  for (int64_t i = 0; i < u->n; i++)
    if (u->record[i] < k[u->unit[i]]) k[u->unit[i]] = u->record[i];
  *out = k;
  return E_OK;
}

/* --- resampling --- */
static enum err_code inclusion(struct arena *a, const struct micro_units *u, int64_t wanted, bool by_weight, double *pi, struct micro_resampled *out,
    struct err *e) {
  if (!by_weight) {
    for (int32_t i = 0; i < u->n_units; i++) pi[i] = (double)wanted / u->n_units;
    return E_OK;
  }
  double *size = ARENA_ARRAY(a, double, u->n_units + 1);
  int64_t *members = ARENA_ARRAY(a, int64_t, u->n_units + 1);
  uint8_t *certain = ARENA_ARRAY(a, uint8_t, u->n_units + 1);
  struct size_probability p;
  if (!size || !members || !certain) return ERR(e, E_NO_MEMORY, .subject = "resampling");
  for (int64_t i = 0; i < u->n; i++) size[u->unit[i]] += u->weight[i], members[u->unit[i]]++;
  for (int32_t i = 0; i < u->n_units; i++) size[i] /= (double)members[i];
  TRY(size_probability(u->n_units, size, wanted, certain, pi, &p, e));
  out->n_certain = p.n_certain;
  return E_OK;
}
/* Pareto: u (1 - pi) / (pi (1 - u)); with equal pi the order of u itself. */
static double pareto_rank(double u, double pi) { return pi >= 1 ? 0 : u / (1 - u) * ((1 - pi) / pi); }

static enum err_code choose_units(struct arena *a, const struct micro_units *u, const struct micro_stream *s, const double *pi, int64_t wanted,
    uint8_t *taken, struct err *e) {
  uint64_t *key;
  struct ranked *r = ARENA_ARRAY(a, struct ranked, u->n_units + 1);
  if (!r) return ERR(e, E_NO_MEMORY, .subject = "resampling");
  TRY(unit_keys(a, u, &key, e));
  for (int32_t i = 0; i < u->n_units; i++)
    r[i] = (struct ranked){.rank = pareto_rank(micro_uniform(s, "resample", key[i], 0), pi[i]), .unit = i, .row = i};
  if (u->n_units > 1) qsort(r, (size_t)u->n_units, sizeof *r, by_rank);
  for (int64_t i = 0; i < wanted; i++) taken[r[i].unit] = 1;
  return E_OK;
}
static enum err_code new_weights(struct table *t, const struct micro_units *u, const char *name, const double *pi, const uint8_t *taken,
    struct micro_resampled *out, struct err *e) {
  struct column *c = name ? table_column(t, name) : NULL;
  struct sum before = {0, 0}, after = {0, 0};
  for (int64_t i = 0; i < u->n; i++) {
    sum_add(&before, u->weight[i]);
    if (!taken[u->unit[i]] || !c) continue;
    if (!micro_set_value(c, i, u->weight[i] / pi[u->unit[i]]) || c->i64[i] <= 0) return ERR(e, E_MICRO_WEIGHT, .subject = name, .line = i + 2);
    sum_add(&after, micro_value(c, i));
  }
  out->weight_before = sum_result(&before), out->weight_after = sum_result(&after);
  return E_OK;
}
static enum err_code keep_rows(struct arena *a, struct table *t, const struct micro_units *u, const uint8_t *taken, struct err *e) {
  int64_t *row = ARENA_ARRAY(a, int64_t, u->n + 1), n = 0;
  if (!row) return ERR(e, E_NO_MEMORY, .subject = "rows");
  for (int64_t i = 0; i < u->n; i++)
    if (taken[u->unit[i]]) row[n++] = i;
  return micro_take_rows(a, t, row, n, e);
}
enum err_code micro_resample(struct arena *a, struct table *t, const struct micro_units *u, const char *weight, const struct micro_stream *s,
    double share, bool by_weight, struct micro_resampled *out, struct err *e) {
  *out = (struct micro_resampled){.n_units_before = u->n_units};
  if (!(share > 0 && share < 1)) return ERR(e, E_MICRO_PARAMETER, .subject = "share", .expected = "above 0, below 1");
  if (by_weight && !u->weighted) return ERR(e, E_MICRO_WEIGHT, .subject = "weight");
  if (!u->n_units) return E_OK;
  const int64_t rounded = (int64_t)floor(share * u->n_units * (1 + 1e-12)), wanted = rounded ? rounded : 1;
  double *pi = ARENA_ARRAY(a, double, u->n_units + 1);
  uint8_t *taken = ARENA_ARRAY(a, uint8_t, u->n_units + 1);
  if (!pi || !taken) return ERR(e, E_NO_MEMORY, .subject = "resampling");
  TRY(inclusion(a, u, wanted, by_weight, pi, out, e));
  TRY(choose_units(a, u, s, pi, wanted, taken, e));
  TRY(new_weights(t, u, u->weighted ? weight : NULL, pi, taken, out, e));
  out->n_units = wanted;
  return keep_rows(a, t, u, taken, e);
}

/* --- deletion, order --- */
enum err_code micro_delete(struct arena *a, struct table *t, const struct micro_units *u, const uint8_t *drop, int64_t *n_dropped, struct err *e) {
  uint8_t *taken = ARENA_ARRAY(a, uint8_t, u->n_units + 1);
  const int64_t before = t->n_rows;
  if (!taken) return ERR(e, E_NO_MEMORY, .subject = "rows");
  memset(taken, 1, (size_t)u->n_units);
  for (int64_t i = 0; i < u->n; i++)
    if (drop[i]) taken[u->unit[i]] = 0;
  TRY(keep_rows(a, t, u, taken, e));
  *n_dropped = before - t->n_rows;
  return E_OK;
}
enum err_code micro_shuffle(struct arena *a, struct table *t, const struct micro_units *u, const struct micro_stream *s, struct err *e) {
  uint64_t *key;
  struct ranked *r = ARENA_ARRAY(a, struct ranked, u->n + 1);
  int64_t *row = ARENA_ARRAY(a, int64_t, u->n + 1);
  if (!r || !row) return ERR(e, E_NO_MEMORY, .subject = "order");
  TRY(unit_keys(a, u, &key, e));
  for (int64_t i = 0; i < u->n; i++)
    r[i] = (struct ranked){.rank = micro_uniform(s, "order", key[u->unit[i]], 0), .key = micro_random(s, "order inside", u->record[i], 0),
        .unit = u->unit[i], .row = i};
  if (u->n > 1) qsort(r, (size_t)u->n, sizeof *r, by_rank);
  for (int64_t i = 0; i < u->n; i++) row[i] = r[i].row;
  return micro_take_rows(a, t, row, u->n, e);
}
