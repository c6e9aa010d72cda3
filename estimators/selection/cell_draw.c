/* cell_draw.c -- one cell of a stage: how many, with which probabilities, which units (sample_draw_impl.h). */
#include <math.h>
#include <string.h>

#include "base/sum.h"
#include "estimators/selection/sample_draw_impl.h"
#include "estimators/selection/size_probability.h"
#include "estimators/selection/unit_random.h"

static enum err_code too_large(const struct frame_columns *c, struct str label, struct err *e) {
  return ERR(e, E_SAMPLE_SIZE, .file = c->frame->place, .subject = label.n ? label.p : "frame");
}

static enum err_code row_size(const struct frame_columns *c, const struct sampling_stage *p, int64_t row, struct str label, int64_t n_units,
    int64_t *out, struct err *e) {
  for (int64_t i = 0; i < p->n_rows; i++)
    if (str_eq(p->rows[i].label, label)) {
      *out = p->rows[i].all ? n_units : p->rows[i].n;
      return E_OK;
    }
  return ERR(e, E_STRATUM_NO_PLAN, .file = c->frame->place, .line = c->frame->table->lines[row], .subject = label.p);
}

enum err_code cell_size(const struct frame_columns *c, const struct sampling_stage *p, int64_t row, struct str label, int64_t n_units,
    int64_t allocated,
    int64_t *out, struct err *e) {
  *out = p->n;
  switch (p->size_kind) {
    case SIZE_EACH: break;
    case SIZE_ALL: *out = n_units; break;
    case SIZE_RATE:
      *out = (int64_t)(((sum_int)2 * n_units * p->rate_num + p->rate_den) / ((sum_int)2 * p->rate_den));
      if (*out < p->least) *out = p->least < n_units ? p->least : n_units;
      break;
    case SIZE_ROWS: TRY(row_size(c, p, row, label, n_units, out, e)); break;
    case SIZE_ALLOCATED: *out = allocated; break;
  }
  return *out <= n_units ? E_OK : too_large(c, label, e);
}

/* A number of the unit: the same in all its rows. */
static enum err_code unit_numbers(
    struct arena *a, const struct frame_columns *c, const struct cell_units *u, const double *x, const char *name, double **out, struct err *e) {
  *out = ARENA_ARRAY(a, double, u->n + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "sample");
  for (int64_t k = 0; k < u->n; k++) {
    (*out)[k] = x[c->order[u->begin[k]]];
    for (int64_t i = u->begin[k] + 1; i < u->begin[k + 1]; i++)
      if (x[c->order[i]] != (*out)[k])
        return ERR(e, E_FRAME_DIFFERS, .file = c->frame->place, .line = c->frame->table->lines[c->order[i]], .subject = name,
            .expected = "the same number in all rows of one unit");
  }
  return E_OK;
}

static enum err_code equal_probabilities(const struct frame_columns *c, const struct cell_units *u, struct cell_sizes *s, struct err *e) {
  int64_t certain = 0;
  for (int64_t k = 0; k < u->n; k++) certain += s->certain[k];
  s->rest_units = u->n - certain, s->rest_size = s->cell.n_sample - certain;
  if (s->rest_size < 0 || s->rest_size > s->rest_units) return too_large(c, s->cell.label, e);
  s->cell.n_certain = certain;
  for (int64_t k = 0; k < u->n; k++) s->pi[k] = s->certain[k] ? 1 : (double)s->rest_size / (double)s->rest_units;
  return E_OK;
}

static enum err_code probabilities(
    struct arena *a, const struct frame_columns *c, const struct sampling_stage *p, const struct cell_units *u, int stage, struct cell_sizes *s,
        struct err *e) {
  const struct stage_columns *k = &c->stage[stage];
  double *number;
  s->pi = ARENA_ARRAY(a, double, u->n + 1), s->actual = ARENA_ARRAY(a, double, u->n + 1);
  s->certain = ARENA_ARRAY(a, uint8_t, u->n + 1), s->taken = ARENA_ARRAY(a, uint8_t, u->n + 1);
  if (!s->pi || !s->actual || !s->certain || !s->taken) return ERR(e, E_NO_MEMORY, .subject = "sample");
  if (k->certain) {
    TRY(unit_numbers(a, c, u, k->certain, p->certainty, &number, e));
    for (int64_t i = 0; i < u->n; i++) s->certain[i] = number[i] > 0.5;
  }
  if (!k->size) TRY(equal_probabilities(c, u, s, e));
  else {
    struct size_probability sp;
    TRY(unit_numbers(a, c, u, k->size, p->size, &number, e));
    if (size_probability(u->n, number, s->cell.n_sample, s->certain, s->pi, &sp, e)) return too_large(c, s->cell.label, e);
    s->x = number, s->rest_total = sp.rest_total, s->rest_size = sp.rest_size, s->rest_units = u->n - sp.n_certain, s->cell.n_certain = sp.n_certain;
  }
  return draw_probabilities(a, p->method, u->n, s->pi, s->actual, e);
}

/* Ranks of the numbers instead of the numbers: (rank - epsilon) / n. */
static enum err_code collocate(struct arena *a, const struct cell_units *u, const uint64_t *key, double epsilon, double *x, struct err *e) {
  int64_t *rank = ARENA_ARRAY(a, int64_t, u->n + 1);
  double *sorted = ARENA_ARRAY(a, double, u->n + 1);
  const struct draw_group g = {.n = u->n, .key = key, .u = x};
  if (!rank || !sorted) return ERR(e, E_NO_MEMORY, .subject = "sample");
  TRY(draw_ranks(a, &g, rank, e));
  for (int64_t k = 0; k < u->n; k++) sorted[k] = ((double)rank[k] + 1 - epsilon) / (double)u->n;
  memcpy(x, sorted, (size_t)u->n * sizeof *x);
  return E_OK;
}

static enum err_code unit_random(struct arena *a, const struct frame_columns *c, const struct sampling_stage *p, const struct cell_units *u,
    int stage, uint64_t seed,
    struct draw_group *g, struct err *e) {
  uint64_t *key = ARENA_ARRAY(a, uint64_t, u->n + 1);
  double *x = ARENA_ARRAY(a, double, u->n + 1);
  if (!key || !x) return ERR(e, E_NO_MEMORY, .subject = "sample");
  for (int64_t k = 0; k < u->n; k++) {
    key[k] = random_key(seed, "unit", u->id[k]);
    x[k] = random_unit_interval(key[k]);
  }
  if (c->stage[stage].random) TRY(unit_numbers(a, c, u, c->stage[stage].random, p->random.column, &x, e));
  for (int64_t k = 0; k < u->n && p->random.shift > 0; k++) {
    x[k] -= p->random.shift;
    if (x[k] <= 0) x[k] += 1;
    if (x[k] >= 1) x[k] = 1 - 0x1p-53;
  }
  if (p->random.collocated) TRY(collocate(a, u, key, random_uniform_at(g->stream, UINT64_C(1) << 62), x, e));
  g->key = key, g->u = x;
  return E_OK;
}

enum err_code cell_draw(struct arena *a, const struct frame_columns *c, const struct sampling_stage *p, const struct cell_units *u, int stage,
    uint64_t seed,
    struct cell_sizes *s, struct err *e) {
  TRY(probabilities(a, c, p, u, stage, s, e));
  struct draw_group g = {.n = u->n, .size = s->cell.n_sample, .pi = s->pi};
  struct strbuf path;
  strbuf_init(&path, 0);
  strbuf_add(&path, s->cell.within.p, s->cell.within.n);
  strbuf_addc(&path, 0x1e);
  strbuf_add(&path, s->cell.label.p, s->cell.label.n);
  g.stream = random_key(seed, "cell", str_view(strbuf_cstr(&path), path.n));
  strbuf_release(&path);
  TRY(unit_random(a, c, p, u, stage, seed, &g, e));
  const double *balance[SAMPLING_COLUMNS];
  for (int j = 0; j < p->balance.n; j++) {
    double *x;
    TRY(unit_numbers(a, c, u, c->stage[stage].balance[j], p->balance.name[j], &x, e));
    balance[j] = x;
  }
  g.p = p->balance.n, g.x = balance;
  TRY(draw_take(a, p->method, &g, s->taken, e));
  struct sum expected = {0, 0};
  s->cell.n_sample = 0;
  for (int64_t k = 0; k < u->n; k++) {
    s->cell.n_sample += s->taken[k];
    sum_add(&expected, s->actual[k]);
  }
  s->cell.expected = sum_result(&expected);
  return E_OK;
}
