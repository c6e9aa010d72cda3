/* taylor_unit.c -- the tree of a design from its records up: sums and squared deviations of every parent, for every domain met in it. */
#include <string.h>

#include "estimators/variance/taylor_impl.h"

/* --- memory: an arena of its own for every worker, so that threads share nothing --- */
bool taylor_worker_new(struct worker *w, const struct pass *p) {
  const int64_t d = (int64_t)p->n_domains + 1;
  struct bench *b = &w->bench;
  *w = (struct worker){.p = p, .arena = arena_new(0), .window_from = -1, .window_to = -1};
  if (!w->arena) return false;
  b->touched = ARENA_ARRAY(w->arena, int32_t, d);
  b->mark = ARENA_ARRAY(w->arena, uint8_t, d);
  b->count = ARENA_ARRAY(w->arena, int64_t, d);
  b->sum = ARENA_ARRAY(w->arena, double, d * p->m);
  b->square = ARENA_ARRAY(w->arena, double, d * p->pairs);
  w->slot = ARENA_ARRAY(w->arena, int32_t, d);
  w->window = ARENA_ARRAY(w->arena, double, (int64_t)WINDOW_RECORDS * p->m);
  w->window_domain = ARENA_ARRAY(w->arena, int32_t, WINDOW_RECORDS);
  for (int64_t k = 0; w->slot && k < d; k++) w->slot[k] = -1;
  return b->touched && b->mark && b->count && b->sum && b->square && w->slot && w->window && w->window_domain;
}
static bool totals_room(struct arena *a, struct unit_totals *t, int m, int64_t more) {
  if (t->n + more <= t->room) return true;
  const int64_t room = (t->n + more) * 2 + 256;
  int32_t *domain = ARENA_ARRAY(a, int32_t, room);
  double *value = ARENA_ARRAY(a, double, room * m);
  if (!domain || !value) return false;
  if (t->n) memcpy(domain, t->domain, sizeof *domain * (size_t)t->n), memcpy(value, t->value, sizeof *value * (size_t)(t->n * m));
  *t = (struct unit_totals){.n = t->n, .room = room, .domain = domain, .value = value};
  return true;
}

static void *grown(struct arena *a, const void *old, int64_t n, int64_t room, size_t size) {
  void *fresh = arena_array(a, (size_t)room, size);
  if (fresh && n) memcpy(fresh, old, (size_t)n * size);
  return fresh;
}
static bool part_grow(struct worker *w, struct part *x) {
  const int m = w->p->m, pairs = w->p->pairs;
  int64_t room = (int64_t)x->room * 2 + 64;
  if (room > w->p->n_domains) room = w->p->n_domains;
  x->domain = grown(w->arena, x->domain, x->n, room, sizeof *x->domain);
  x->total = grown(w->arena, x->total, (int64_t)x->n * m, room * m, sizeof *x->total);
  x->cov = grown(w->arena, x->cov, (int64_t)x->n * pairs, room * pairs, sizeof *x->cov);
  x->psus = grown(w->arena, x->psus, x->n, room, sizeof *x->psus);
  x->strata = grown(w->arena, x->strata, x->n, room, sizeof *x->strata);
  x->records = grown(w->arena, x->records, x->n, room, sizeof *x->records);
  x->room = (int32_t)room;
  return x->domain && x->total && x->cov && x->psus && x->strata && x->records;
}
/* The slot of a domain in the open block; -1 = no memory. */
static inline int32_t slot_of(struct worker *w, struct part *x, int32_t k) {
  int32_t at = w->slot[k];
  if (at >= 0) return at;
  if (x->n == x->room && !part_grow(w, x)) return -1;
  at = x->n++;
  x->domain[at] = k;
  x->psus[at] = x->strata[at] = x->records[at] = 0;
  memset(x->total + (int64_t)at * w->p->m, 0, sizeof *x->total * (size_t)w->p->m);
  memset(x->cov + (int64_t)at * w->p->pairs, 0, sizeof *x->cov * (size_t)w->p->pairs);
  return w->slot[k] = at;
}

/* --- one parent --- */
static inline __attribute__((always_inline)) void touch(struct bench *b, int32_t k, int m) {
  if (b->mark[k]) return;
  b->mark[k] = 1;
  b->touched[b->n_touched++] = k;
  b->count[k] = 0;
  for (int j = 0; j < m; j++) b->sum[(int64_t)k * m + j] = 0;
}

/* Hands the sums of the touched domains up as totals of one unit, and clears the bench. */
static bool hand_up(struct worker *w, struct unit_totals *t) {
  struct bench *b = &w->bench;
  const int m = w->p->m;
  if (!totals_room(w->arena, t, m, b->n_touched)) return false;
  for (int32_t i = 0; i < b->n_touched; i++) {
    const int32_t k = b->touched[i];
    t->domain[t->n] = k;
    if (m == 1) t->value[t->n] = b->sum[k];
    else memcpy(t->value + t->n * m, b->sum + (int64_t)k * m, sizeof(double) * (size_t)m);
    t->n++;
    b->mark[k] = 0;
  }
  b->n_touched = 0;
  return true;
}

static bool keep_late(struct arena *a, struct part *x, int m, const struct late *what, const double *value) {
  if (x->n_late == x->late_room) {
    const int64_t room = x->late_room * 2 + 64;
    x->late = grown(a, x->late, x->n_late, room, sizeof *x->late);
    x->late_value = grown(a, x->late_value, x->n_late * m, room * m, sizeof *x->late_value);
    if (!x->late || !x->late_value) return false;
    x->late_room = room;
  }
  x->late[x->n_late] = *what;
  memcpy(x->late_value + x->n_late * m, value, sizeof(double) * (size_t)m);
  x->n_late++;
  return true;
}

/* into += factor * products of the values; without covariances the squares only. */
static inline __attribute__((always_inline)) void add_products(const struct pass *p, double factor, const double *v, double *into) {
  int at = 0;
  if (p->diagonal)
    for (int j = 0; j < p->m; j++) into[j] += factor * v[j] * v[j];
  else
    for (int j = 0; j < p->m; j++)
      for (int l = 0; l <= j; l++, at++) into[at] += factor * v[j] * v[l];
}

/* The deviations' products of one parent are in the bench: into the variance of each domain. */
static bool add_parent(struct worker *w, struct part *x, int stage, int64_t parent) {
  const struct sample_design *d = w->p->d;
  const struct bench *b = &w->bench;
  const int m = w->p->m, pairs = w->p->pairs;
  const double c = d->stage[stage].coefficient[parent];
  const bool alone = d->stage[stage].lonely[parent];
  if (c == 0) return true;
  for (int32_t i = 0; i < b->n_touched; i++) {
    const int32_t k = b->touched[i], at = slot_of(w, x, k);
    const double *sum = b->sum + (int64_t)k * m;
    double *square = b->square + (int64_t)k * pairs;
    const bool uncentred = alone || (d->lonely_in_domain && b->count[k] == 1);
    if (at < 0) return false;
    if (uncentred && d->lonely == LONELY_MEAN) {
      if (!keep_late(w->arena, x, m, &(struct late){k, stage, c}, sum)) return false;
      continue;
    }
    if (uncentred) {
      memset(square, 0, sizeof *square * (size_t)pairs);
      add_products(w->p, 1, sum, square);
    }
    struct sum *cov = x->cov + (int64_t)at * pairs;
    for (int j = 0; j < pairs; j++) sum_add(&cov[j], c * square[j]);
  }
  return true;
}

/* n - count units of the parent have no record of the domain: each deviates by -mean. */
static inline void start_squares(const struct pass *p, struct bench *b, double n) {
  double mean[TAYLOR_MOST_TERMS];
  for (int32_t i = 0; i < b->n_touched; i++) {
    const int32_t k = b->touched[i];
    double *square = b->square + (int64_t)k * p->pairs;
    for (int j = 0; j < p->m; j++) mean[j] = b->sum[(int64_t)k * p->m + j] / n;
    memset(square, 0, sizeof *square * (size_t)p->pairs);
    add_products(p, n - (double)b->count[k], mean, square);
  }
}
static inline void add_square(const struct pass *p, struct bench *b, int32_t k, const double *value, double one_by_n) {
  double deviation[TAYLOR_MOST_TERMS];
  const double *sum = b->sum + (int64_t)k * p->m;
  for (int j = 0; j < p->m; j++) deviation[j] = value[j] - sum[j] * one_by_n;
  add_products(p, 1, deviation, b->square + (int64_t)k * p->pairs);
}

/* Closes a parent whose units' totals lie in units[stage]. */
static bool close_parent(struct worker *w, struct part *x, int stage, int64_t parent) {
  const struct design_stage *s = &w->p->d->stage[stage];
  struct unit_totals *t = &w->units[stage];
  const int m = w->p->m;
  const double n = (double)(s->first_unit[parent + 1] - s->first_unit[parent]);
  for (int64_t i = 0; i < t->n; i++) {
    touch(&w->bench, t->domain[i], m);
    w->bench.count[t->domain[i]]++;
    for (int j = 0; j < m; j++) w->bench.sum[(int64_t)t->domain[i] * m + j] += t->value[i * m + j];
  }
  if (s->coefficient[parent] != 0) {
    start_squares(w->p, &w->bench, n);
    for (int64_t i = 0; i < t->n; i++) add_square(w->p, &w->bench, t->domain[i], t->value + i * m, 1 / n);
  }
  t->n = 0;
  return add_parent(w, x, stage, parent);
}

/* --- records: one statistic whose column is there --- */
static inline __attribute__((always_inline)) void sum_column(struct worker *w, const bool plain, int64_t from, int64_t to) {
  const struct pass *p = w->p;
  const int32_t *of_row = p->of_row;
  const int64_t *order = plain ? NULL : p->d->row;
  const double *z = p->z;
  struct bench *b = &w->bench;
  int64_t *count = b->count;
  double *sum = b->sum;
  for (int64_t i = from; i < to; i++) {
    const int64_t row = order ? order[i] : i;
    const int32_t k = plain || of_row ? of_row[row] : 0;
    if (k < 0) continue;
    touch(b, k, 1);
    count[k]++;
    sum[k] += z[row];
  }
}
static inline __attribute__((always_inline)) void square_column(struct worker *w, const bool plain, int64_t from, int64_t to) {
  const struct pass *p = w->p;
  const int32_t *of_row = p->of_row;
  const int64_t *order = plain ? NULL : p->d->row;
  const double *z = p->z;
  struct bench *b = &w->bench;
  const double n = (double)(to - from), one_by_n = 1 / n, *sum = b->sum;
  double *square = b->square;
  for (int32_t i = 0; i < b->n_touched; i++) {
    const int32_t k = b->touched[i];
    square[k] = (n - (double)b->count[k]) * (sum[k] / n) * (sum[k] / n);
  }
  for (int64_t i = from; i < to; i++) {
    const int64_t row = order ? order[i] : i;
    const int32_t k = plain || of_row ? of_row[row] : 0;
    if (k < 0) continue;
    const double deviation = z[row] - sum[k] * one_by_n;
    square[k] += deviation * deviation;
  }
}

/* --- records: many statistics, their values made side by side a window at a time --- */
/* The shape is constant at each call, so that the loop has no questions in it. */
static inline __attribute__((always_inline)) void fill_shape(const struct taylor_term *t, const bool y, const bool ratio, const bool w,
    const bool scale, const int m, const int64_t *order, const int32_t *domain, int64_t from, int64_t n, double *out) {
  for (int64_t i = 0; i < n; i++) {
    const int64_t row = order ? order[from + i] : from + i;
    const int32_t k = (ratio || scale) && domain[i] > 0 ? domain[i] : 0;
    double v = y ? t->y[row] : 1;
    if (ratio) v -= t->ratio[k] * (t->x ? t->x[row] : 1);
    if (w) v *= t->w[row];
    if (scale) v *= t->scale[k];
    out[i * m] = v;
  }
}
static void fill_term(
    const struct taylor_term *t, const int m, const int64_t *order, const int32_t *domain, int64_t from, int64_t n, double *out) {
  const bool plain = !t->ratio && !t->scale;
  if (!order && plain && t->y && t->w) fill_shape(t, true, false, true, false, m, NULL, domain, from, n, out);
  else if (!order && plain && t->y) fill_shape(t, true, false, false, false, m, NULL, domain, from, n, out);
  else if (!order && t->y && t->ratio && t->w && t->scale) fill_shape(t, true, true, true, true, m, NULL, domain, from, n, out);
  else fill_shape(t, t->y, t->ratio, t->w, t->scale, m, order, domain, from, n, out);
}
static void fill_window(struct worker *w, int64_t from) {
  const struct pass *p = w->p;
  const int64_t *order = p->d->row, n = p->d->n - from < WINDOW_RECORDS ? p->d->n - from : WINDOW_RECORDS;
  for (int64_t i = 0; i < n; i++) w->window_domain[i] = p->of_row ? p->of_row[order ? order[from + i] : from + i] : 0;
  for (int j = 0; j < p->m; j++) {
    if (p->absent && p->absent[j])
      for (int64_t i = 0; i < n; i++) w->window[i * p->m + j] = 0;
    else fill_term(&p->terms[j], p->m, order, w->window_domain, from, n, w->window + j);
  }
  w->window_from = from, w->window_to = from + n;
}
/* The end of the run of positions from `from` that lie in the window. */
static int64_t in_window(struct worker *w, int64_t from, int64_t to) {
  if (from < w->window_from || from >= w->window_to) fill_window(w, from);
  return to < w->window_to ? to : w->window_to;
}
static void sum_terms(struct worker *w, int64_t from, int64_t to) {
  const int m = w->p->m;
  struct bench *b = &w->bench;
  for (int64_t i = from; i < to;)
    for (const int64_t end = in_window(w, i, to); i < end; i++) {
      const int32_t k = w->window_domain[i - w->window_from];
      if (k < 0) continue;
      const double *v = w->window + (i - w->window_from) * m;
      touch(b, k, m);
      b->count[k]++;
      double *sum = b->sum + (int64_t)k * m;
      for (int j = 0; j < m; j++) sum[j] += v[j];
    }
}
static void square_terms(struct worker *w, int64_t from, int64_t to) {
  const double one_by_n = 1 / (double)(to - from);
  start_squares(w->p, &w->bench, (double)(to - from));
  for (int64_t i = from; i < to;)
    for (const int64_t end = in_window(w, i, to); i < end; i++) {
      const int32_t k = w->window_domain[i - w->window_from];
      if (k >= 0) add_square(w->p, &w->bench, k, w->window + (i - w->window_from) * w->p->m, one_by_n);
    }
}

/* Sums per domain of the records of one unit of the last stage, or of one parent whose units they are. */
static bool sum_range(struct worker *w, struct part *x, int64_t from, int64_t to) {
  const struct bench *b = &w->bench;
  if (!w->p->z) sum_terms(w, from, to);
  else if (!w->p->d->row && w->p->of_row) sum_column(w, true, from, to);
  else sum_column(w, false, from, to);
  for (int32_t i = 0; i < b->n_touched; i++) {
    const int32_t at = slot_of(w, x, b->touched[i]);
    if (at < 0) return false;
    x->records[at] += b->count[b->touched[i]];
  }
  return true;
}
static void square_range(struct worker *w, int64_t from, int64_t to) {
  if (!w->p->z) square_terms(w, from, to);
  else if (!w->p->d->row && w->p->of_row) square_column(w, true, from, to);
  else square_column(w, false, from, to);
}

/* --- the tree --- */
/* A parent of the last stage: afterwards its sums per domain are in the bench. */
static bool last_stage_parent(struct worker *w, struct part *x, int64_t parent) {
  const struct sample_design *d = w->p->d;
  const int stage = d->n_stages - 1;
  const struct design_stage *s = &d->stage[stage];
  const int64_t from = s->first_unit[parent], to = s->first_unit[parent + 1];
  if (!d->first_row) {
    if (!sum_range(w, x, from, to)) return false;
    if (s->coefficient[parent] != 0) square_range(w, from, to);
    return add_parent(w, x, stage, parent);
  }
  for (int64_t u = from; u < to; u++)
    if (!sum_range(w, x, d->first_row[u], d->first_row[u + 1]) || !hand_up(w, &w->units[stage])) return false;
  return close_parent(w, x, stage, parent);
}

/* Strata inside one unit: their sums together are the unit's. */
static void add_strata(struct worker *w, struct unit_totals *t) {
  const int m = w->p->m;
  for (int64_t i = 0; i < t->n; i++) {
    touch(&w->bench, t->domain[i], m);
    for (int j = 0; j < m; j++) w->bench.sum[(int64_t)t->domain[i] * m + j] += t->value[i * m + j];
  }
  t->n = 0;
}

static bool parent_of(struct worker *w, struct part *x, int stage, int64_t parent) {
  const struct sample_design *d = w->p->d;
  const struct design_stage *s = &d->stage[stage];
  if (stage == d->n_stages - 1) return last_stage_parent(w, x, parent);
  for (int64_t u = s->first_unit[parent]; u < s->first_unit[parent + 1]; u++) {
    const int64_t first = s->first_parent[u], end = s->first_parent[u + 1];
    for (int64_t q = first; q < end; q++) {
      if (!parent_of(w, x, stage + 1, q)) return false;
      if (q + 1 < end && !hand_up(w, &w->strata[stage])) return false;
    }
    add_strata(w, &w->strata[stage]);
    if (!hand_up(w, &w->units[stage])) return false;
  }
  return close_parent(w, x, stage, parent);
}

/* The sums of a closed stratum of the first stage into its block; the bench is free again. */
static bool close_stratum(struct worker *w, struct part *x) {
  struct bench *b = &w->bench;
  const int m = w->p->m;
  for (int32_t i = 0; i < b->n_touched; i++) {
    const int32_t k = b->touched[i], at = slot_of(w, x, k);
    if (at < 0) return false;
    x->psus[at] += b->count[k], x->strata[at]++;
    for (int j = 0; j < m; j++) sum_add(&x->total[(int64_t)at * m + j], b->sum[(int64_t)k * m + j]);
    b->mark[k] = 0;
  }
  b->n_touched = 0;
  return true;
}

/* No variance is wanted: the records in a row, compensated window by window. */
static bool sums_of_block(struct worker *w, struct part *x, int64_t from, int64_t to) {
  for (int64_t i = from; i < to; i += WINDOW_RECORDS)
    if (!sum_range(w, x, i, i + WINDOW_RECORDS < to ? i + WINDOW_RECORDS : to) || !close_stratum(w, x)) return false;
  return true;
}

bool taylor_block(struct worker *w, int64_t block) {
  const struct pass *p = w->p;
  const struct design_stage *s = &p->d->stage[0];
  struct part *x = &p->parts[block];
  if (p->sums_only
      && !sums_of_block(
          w, x, design_unit_start(p->d, 0, s->first_unit[p->block[block]]), design_unit_start(p->d, 0, s->first_unit[p->block[block + 1]])))
    return false;
  for (int64_t h = p->block[block]; h < p->block[block + 1] && !p->sums_only; h++)
    if (!parent_of(w, x, 0, h) || !close_stratum(w, x)) return false;
  for (int32_t i = 0; i < x->n; i++) w->slot[x->domain[i]] = -1;
  return true;
}
