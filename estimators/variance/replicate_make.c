#include "estimators/variance/replicate_make.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/rng.h"

struct making {
  struct arena *a;
  const struct sample_design *d;
  const struct replicate_spec *s;
  struct replicate_set *out;
  struct replicate_report *report;
  struct err *e;
};
static const double SUCCESSIVE_SWING = 0.35355339059327376; /* 2^(-3/2) */

static enum err_code spec_error(struct err *e, const char *what) { return ERR(e, E_REPLICATE_SPEC, .subject = what); }
/* 1 - f of a stratum of the first stage; 0 = not resampled. */
static double share_of(const struct sample_design *d, int64_t h) {
  const double n = (double)(d->stage[0].first_unit[h + 1] - d->stage[0].first_unit[h]);
  return n < 2 ? 0 : d->stage[0].coefficient[h] * (n - 1) / n;
}

/* --- what every method needs: depth, units, groups, lonely strata, degrees of freedom --- */
static int depth_of(const struct sample_design *d, enum replicate_method m) {
  int depth = 1;
  if (m != REPLICATE_PRESTON && m != REPLICATE_GENERALIZED) return 1;
  for (int k = 1; k < d->n_stages; k++)
    for (int64_t p = 0; p < d->stage[k].n_parents; p++)
      if (d->stage[k].coefficient[p] > 0) depth = k + 1;
  return depth;
}
static int64_t unit_below(const struct sample_design *d, int depth, int64_t unit) {
  for (int k = 0; k + 1 < depth; k++) unit = d->stage[k + 1].first_unit[d->stage[k].first_parent[unit]];
  return unit;
}
static enum err_code check_lonely(const struct making *m, int depth) {
  TRY(sample_design_lonely(m->d, NULL, NULL, m->e));
  if (m->d->lonely != LONELY_CENTRE && m->d->lonely != LONELY_MEAN) return E_OK;
  for (int k = 0; k < depth; k++)
    for (int64_t p = 0; p < m->d->stage[k].n_parents; p++)
      if (m->d->stage[k].lonely[p] && m->d->stage[k].coefficient[p] > 0)
        return ERR(m->e, E_REPLICATE_LONELY, .subject = m->d->lonely == LONELY_CENTRE ? "centre" : "mean");
  return E_OK;
}
static enum err_code units_and_groups(const struct making *m) {
  const struct sample_design *d = m->d;
  const int last = m->out->depth - 1;
  const int64_t units = d->stage[last].n_units, groups = d->stage[0].n_parents;
  int64_t *of = ARENA_ARRAY(m->a, int64_t, d->n + 1), *first = ARENA_ARRAY(m->a, int64_t, groups + 1);
  if (!of || !first) return ERR(m->e, E_NO_MEMORY, .subject = "replicates");
  for (int64_t u = 0; u < units; u++)
    for (int64_t p = design_unit_start(d, last, u), end = design_unit_start(d, last, u + 1); p < end; p++) of[design_row(d, p)] = u;
  for (int64_t h = 0; h <= groups; h++) first[h] = unit_below(d, last + 1, d->stage[0].first_unit[h]);
  m->out->unit_of_row = of, m->out->group_unit = first;
  m->out->n_units = units, m->out->n_groups = groups;
  return E_OK;
}
/* A stratum's key: of its label, or of what the caller calls it. */
static enum err_code keys_of_groups(const struct making *m) {
  const struct sample_design *d = m->d;
  const uint64_t seed = m->s->seed;
  uint8_t key[16];
  uint64_t *out = ARENA_ARRAY(m->a, uint64_t, m->out->n_groups + 1);
  if (!out) return ERR(m->e, E_NO_MEMORY, .subject = "replicates");
  for (int k = 0; k < 16; k++) key[k] = (uint8_t)(seed >> (k % 8 * 8));
  for (int64_t h = 0; h < m->out->n_groups; h++) {
    const int32_t label = d->stratum ? d->stratum[design_row(d, design_unit_start(d, 0, d->stage[0].first_unit[h]))] : 0;
    uint64_t what[2] = {(uint64_t)m->s->method, m->s->stratum_key ? m->s->stratum_key[label] : (uint64_t)label};
    out[h] = siphash24(key, what, sizeof what);
  }
  m->out->group_key = out;
  return E_OK;
}
static void freedom(const struct making *m) {
  int64_t df = 0;
  for (int64_t h = 0; h < m->d->stage[0].n_parents; h++) {
    const bool takes_part = share_of(m->d, h) > 0;
    if (takes_part) df += m->d->stage[0].first_unit[h + 1] - m->d->stage[0].first_unit[h] - 1;
    m->report->n_take_all += !takes_part;
  }
  m->out->df = df < m->out->n_replicates - 1 ? df : m->out->n_replicates - 1;
}

/* --- jackknife --- */
static enum err_code make_jk1(const struct making *m) {
  const double units = (double)m->out->n_units;
  if (m->out->n_units > INT32_MAX || m->out->n_units < 2) return spec_error(m->e, "a jackknife needs two units or more");
  m->out->n_replicates = (int)m->out->n_units;
  m->out->scale = (m->d->stage[0].n_parents == 1 ? share_of(m->d, 0) : 1) * (units - 1) / units;
  m->out->df = m->out->n_units - 1;
  return E_OK;
}
static enum err_code make_jkn(const struct making *m) {
  const struct design_stage *g = &m->d->stage[0];
  int64_t *first = ARENA_ARRAY(m->a, int64_t, g->n_parents + 1), n = 0;
  if (!first) return ERR(m->e, E_NO_MEMORY, .subject = "replicates");
  for (int64_t h = 0; h < g->n_parents; h++) {
    first[h] = n;
    n += share_of(m->d, h) > 0 ? g->first_unit[h + 1] - g->first_unit[h] : 0;
  }
  first[g->n_parents] = n;
  double *rscale = n > INT32_MAX ? NULL : ARENA_ARRAY(m->a, double, n + 1);
  if (!rscale) return ERR(m->e, E_NO_MEMORY, .subject = "replicates");
  for (int64_t h = 0; h < g->n_parents; h++) {
    const double units = (double)(first[h + 1] - first[h]);
    for (int64_t r = first[h]; r < first[h + 1]; r++) rscale[r] = share_of(m->d, h) * (units - 1) / units;
  }
  m->out->group_first = first, m->out->rscale = rscale, m->out->n_replicates = (int)n, m->out->scale = 1;
  freedom(m);
  m->out->df = 0;
  for (int64_t h = 0; h < g->n_parents; h++) m->out->df += first[h + 1] > first[h] ? first[h + 1] - first[h] - 1 : 0;
  return E_OK;
}

/* --- half-samples and successive differences: columns of a Hadamard matrix --- */
struct columns {
  int32_t *column, *next;
  double *swing;
};
/* The matrix for `rows` columns besides the first; `count` 0 = as many replicates as full balance takes. */
static enum err_code balance_for(const struct making *m, int64_t rows) {
  char text[120];
  const int least = m->s->count ? m->s->count
      : rows < HADAMARD_MOST    ? (int)rows + 1
                                : HADAMARD_MOST + 1,
            order = hadamard_order(least < 2 ? 2 : least);
  snprintf(
      text, sizeof text, "full balance of %lld needs more than %d replicates: give a count, or take the bootstrap", (long long)rows, HADAMARD_MOST);
  if (!order) return spec_error(m->e, text);
  TRY(hadamard_new(m->a, order, &m->out->balance, m->e));
  m->out->n_replicates = order;
  m->report->n_pairs = rows;
  m->report->balanced = order > rows;
  return E_OK;
}
static enum err_code new_columns(const struct making *m, struct columns *c) {
  const int64_t n = m->out->n_units + 1;
  *c = (struct columns){ARENA_ARRAY(m->a, int32_t, n), ARENA_ARRAY(m->a, int32_t, n), ARENA_ARRAY(m->a, double, n)};
  if (!c->column || !c->next || !c->swing) return ERR(m->e, E_NO_MEMORY, .subject = "replicates");
  for (int64_t u = 0; u < n; u++) c->column[u] = c->next[u] = -1;
  m->out->column = c->column, m->out->next = c->next, m->out->swing = c->swing;
  return E_OK;
}
/* Numbers of half-sample strata become columns 1.., used again when there are fewer. */
static void to_columns(const struct making *m, int32_t *column) {
  for (int64_t u = 0; u < m->out->n_units; u++)
    if (column[u] >= 0) column[u] = 1 + column[u] % (m->out->n_replicates - 1);
}

/* Units from..from+n-1, every second one on the other side: halves of m1 <= m2 units. */
static void two_halves(struct columns *c, int64_t from, int64_t n, int64_t pair, double swing) {
  const int64_t half = n / 2;
  const double small = (double)half, large = (double)(n - half);
  for (int64_t i = 0; i < n; i++) {
    c->column[from + i] = (int32_t)pair;
    c->swing[from + i] = i % 2 ? -swing * sqrt(large / small) : swing * sqrt(small / large);
  }
}
static enum err_code make_half_samples(const struct making *m) {
  const struct design_stage *g = &m->d->stage[0];
  struct columns c;
  int64_t pairs = 0;
  if (!(m->s->rho >= 0 && m->s->rho < 1)) return spec_error(m->e, "rho from 0 to below 1");
  TRY(new_columns(m, &c));
  for (int64_t h = 0; h < g->n_parents; h++) {
    const double share = share_of(m->d, h), swing = (1 - m->s->rho) * sqrt(share);
    int64_t u = g->first_unit[h];
    const int64_t end = g->first_unit[h + 1], n = end - u;
    if (!(share > 0)) continue;
    m->report->n_odd += n > 1 && n % 2;
    m->report->n_split += n > 3 && !m->s->merge, m->report->n_merged += n > 2 && (m->s->merge || n == 3);
    while (u < end) {
      const int64_t take = m->s->merge ? n : end - u == 3 ? 3 : 2;
      two_halves(&c, u, take, pairs++, swing);
      u += take;
    }
  }
  if (pairs > INT32_MAX) return spec_error(m->e, "too many half-sample strata");
  TRY(balance_for(m, pairs));
  to_columns(m, c.column);
  m->out->scale = 1 / ((double)m->out->n_replicates * (1 - m->s->rho) * (1 - m->s->rho));
  freedom(m);
  m->out->df = pairs < m->out->n_replicates - 1 ? pairs : m->out->n_replicates - 1;
  return E_OK;
}

struct placed {
  double order;
  int64_t unit;
};
static int by_order(const void *x, const void *y) {
  const struct placed *a = x, *b = y;
  if (a->order != b->order) return a->order < b->order ? -1 : 1;
  return a->unit < b->unit ? -1 : a->unit > b->unit;
}
static enum err_code make_successive(const struct making *m) {
  const struct design_stage *g = &m->d->stage[0];
  struct columns c;
  int64_t rows = 0;
  struct placed *place = ARENA_ARRAY(m->a, struct placed, g->n_units + 1);
  if (!place) return ERR(m->e, E_NO_MEMORY, .subject = "replicates");
  TRY(new_columns(m, &c));
  for (int64_t h = 0; h < g->n_parents; h++) {
    const int64_t from = g->first_unit[h], n = g->first_unit[h + 1] - from, start = rows;
    const double swing = SUCCESSIVE_SWING * sqrt(share_of(m->d, h));
    if (!(swing > 0)) continue;
    for (int64_t i = 0; i < n; i++)
      place[i] = (struct placed){m->s->order ? m->s->order[design_row(m->d, design_unit_start(m->d, 0, from + i))] : 0, from + i};
    qsort(place, (size_t)n, sizeof *place, by_order);
    for (int64_t i = 0; i < n; i++) {
      c.column[place[i].unit] = (int32_t)(start + i), c.next[place[i].unit] = (int32_t)(start + (i + 1) % n);
      c.swing[place[i].unit] = swing;
    }
    rows += n;
  }
  if (rows > INT32_MAX) return spec_error(m->e, "too many units");
  TRY(balance_for(m, rows));
  to_columns(m, c.column), to_columns(m, c.next);
  m->out->scale = 4 / (double)m->out->n_replicates;
  freedom(m);
  return E_OK;
}

/* --- random methods --- */
static enum err_code make_random(const struct making *m) {
  if (m->s->count < 2) return spec_error(m->e, "count of 2 or more");
  if (m->s->draws < 0) return spec_error(m->e, "draws above 0");
  for (int64_t h = 0; h < m->d->stage[0].n_parents && m->s->method != REPLICATE_BOOTSTRAP; h++)
    if (share_of(m->d, h) > 1) return ERR(m->e, E_REPLICATE_LONELY, .subject = "average");
  m->out->n_replicates = m->s->count;
  m->out->draws = m->s->draws;
  m->out->scale = 1 / (double)(m->s->mse ? m->s->count : m->s->count - 1);
  freedom(m);
  return keys_of_groups(m);
}
static enum err_code make_generalized(const struct making *m) {
  int64_t contrasts = 0;
  m->out->tau = m->s->tau > 0 ? m->s->tau : 1;
  for (int k = 0; k < m->out->depth; k++) contrasts += m->d->stage[k].n_units - m->d->stage[k].n_parents;
  m->report->n_pairs = contrasts;
  if (!m->s->count || (m->s->count > contrasts && hadamard_order(m->s->count))) {
    TRY(balance_for(m, contrasts));
    m->out->balanced = true;
  } else {
    if (m->s->count < 2) return spec_error(m->e, "count of 2 or more");
    m->out->n_replicates = m->s->count;
  }
  const double n = (double)m->out->n_replicates;
  m->out->scale = m->out->tau * m->out->tau / (m->out->balanced || m->s->mse ? n : n - 1);
  freedom(m);
  return keys_of_groups(m);
}

enum err_code replicate_make(struct arena *a, const struct sample_design *d, const struct replicate_spec *s, struct replicate_set *out,
    struct replicate_report *report, struct err *e) {
  struct replicate_report none;
  const struct making m = {a, d, s, out, report ? report : &none, e};
  *m.report = (struct replicate_report){0};
  *out = (struct replicate_set){.n = d->n, .method = s->method, .design = d, .mse = s->mse, .depth = depth_of(d, s->method)};
  TRY(check_lonely(&m, out->depth));
  TRY(units_and_groups(&m));
  switch (s->method) {
    case REPLICATE_GIVEN: return spec_error(e, "given columns are not made");
    case REPLICATE_JK1: return make_jk1(&m);
    case REPLICATE_JKN: return make_jkn(&m);
    case REPLICATE_BRR: return make_half_samples(&m);
    case REPLICATE_SUCCESSIVE: return make_successive(&m);
    case REPLICATE_GENERALIZED: return make_generalized(&m);
    case REPLICATE_BOOTSTRAP:
    case REPLICATE_PRESTON:
    case REPLICATE_ANTAL_TILLE: return make_random(&m);
  }
  return spec_error(e, "method");
}
enum err_code replicate_jk1(struct arena *a, const struct sample_design *d, struct replicate_set *out, struct err *e) {
  return replicate_make(a, d, &(struct replicate_spec){.method = REPLICATE_JK1}, out, NULL, e);
}
enum err_code replicate_jkn(struct arena *a, const struct sample_design *d, struct replicate_set *out, struct err *e) {
  return replicate_make(a, d, &(struct replicate_spec){.method = REPLICATE_JKN}, out, NULL, e);
}
