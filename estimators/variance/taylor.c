#include "estimators/variance/taylor.h"

#include <pthread.h>
#include <string.h>

#include "base/sum.h"

enum { BLOCK_RECORDS = 65536, MAX_BLOCKS = 256, MAX_THREADS = 64, MAX_STATISTICS = 64 };

/* What a unit brings to its parent: its total per domain that it has records of. */
struct totals {
  int64_t n, room;
  int32_t *domain;
  double *value; /* [n][m] */
};
/* Sums per domain of the parent in work; only touched entries are valid. */
struct bench {
  int32_t *touched;
  int32_t n_touched;
  uint8_t *mark;
  int64_t *count;
  double *sum;    /* [D][m] */
  double *square; /* [D][m(m+1)/2] */
};
struct late { /* deviation of a lonely unit from a mean that is not known yet */
  int32_t domain, stage;
  double coefficient;
};
struct part { /* what one block gives */
  struct sum *total; /* [D][m] */
  struct sum *cov;   /* [D][m(m+1)/2] */
  int64_t *psus, *strata, *records;
  int64_t n_late, late_room;
  struct late *late;
  double *late_value; /* [n_late][m] */
};
struct pass {
  const struct sample_design *d;
  const int32_t *of_row; /* NULL = all in domain 0 */
  const double *const *z;
  int m, pairs;
  int64_t n_blocks;
  const int64_t *block; /* [n_blocks + 1] first-stage parents */
  struct part *parts;
};
struct worker {
  const struct pass *p;
  struct arena *arena;
  struct bench bench;
  struct totals units[DESIGN_MAX_STAGES];  /* [s]: of the units of stage s in the open parent */
  struct totals strata[DESIGN_MAX_STAGES]; /* [s]: of the strata inside the open unit of stage s, when it has several */
  int64_t from, step;
  bool failed;
};

/* --- memory: an arena of its own for every worker and block, so that threads share nothing --- */
static bool bench_new(struct arena *a, struct bench *b, int32_t n, int m, int pairs) {
  const int64_t d = (int64_t)n + 1;
  b->touched = ARENA_ARRAY(a, int32_t, d);
  b->mark = ARENA_ARRAY(a, uint8_t, d);
  b->count = ARENA_ARRAY(a, int64_t, d);
  b->sum = ARENA_ARRAY(a, double, d * m);
  b->square = ARENA_ARRAY(a, double, d * pairs);
  return b->touched && b->mark && b->count && b->sum && b->square;
}
static bool part_new(struct arena *a, struct part *x, int32_t n, int m, int pairs) {
  const int64_t d = (int64_t)n + 1;
  *x = (struct part){.total = ARENA_ARRAY(a, struct sum, d * m), .cov = ARENA_ARRAY(a, struct sum, d * pairs), .psus = ARENA_ARRAY(a, int64_t, d),
      .strata = ARENA_ARRAY(a, int64_t, d), .records = ARENA_ARRAY(a, int64_t, d)};
  return x->total && x->cov && x->psus && x->strata && x->records;
}
static bool totals_room(struct arena *a, struct totals *t, int m, int64_t more) {
  if (t->n + more <= t->room) return true;
  const int64_t room = (t->n + more) * 2 + 256;
  int32_t *domain = ARENA_ARRAY(a, int32_t, room);
  double *value = ARENA_ARRAY(a, double, room * m);
  if (!domain || !value) return false;
  if (t->n) memcpy(domain, t->domain, sizeof *domain * (size_t)t->n), memcpy(value, t->value, sizeof *value * (size_t)(t->n * m));
  *t = (struct totals){.n = t->n, .room = room, .domain = domain, .value = value};
  return true;
}

/* --- one parent --- */
static inline void touch(struct bench *b, int32_t k, int m) {
  if (b->mark[k]) return;
  b->mark[k] = 1;
  b->touched[b->n_touched++] = k;
  b->count[k] = 0;
  for (int j = 0; j < m; j++) b->sum[(int64_t)k * m + j] = 0;
}

/* Hands the sums of the touched domains up as totals of one unit, and clears the bench. */
static bool hand_up(struct worker *w, struct totals *t) {
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
    struct late *late = ARENA_ARRAY(a, struct late, room);
    double *values = ARENA_ARRAY(a, double, room * m);
    if (!late || !values) return false;
    if (x->n_late) memcpy(late, x->late, sizeof *late * (size_t)x->n_late), memcpy(values, x->late_value, sizeof *values * (size_t)(x->n_late * m));
    x->late = late, x->late_value = values, x->late_room = room;
  }
  x->late[x->n_late] = *what;
  memcpy(x->late_value + x->n_late * m, value, sizeof(double) * (size_t)m);
  x->n_late++;
  return true;
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
    int32_t k = b->touched[i];
    const double *sum = b->sum + (int64_t)k * m;
    const bool uncentred = alone || (d->lonely_in_domain && b->count[k] == 1);
    if (uncentred && d->lonely == LONELY_MEAN) {
      if (!keep_late(w->arena, x, m, &(struct late){k, stage, c}, sum)) return false;
      continue;
    }
    int at = 0;
    for (int j = 0; j < m; j++)
      for (int l = 0; l <= j; l++, at++)
        sum_add(&x->cov[(int64_t)k * pairs + at], c * (uncentred ? sum[j] * sum[l] : b->square[(int64_t)k * pairs + at]));
  }
  return true;
}

/* n - count units of the parent have no record of the domain: each deviates by -mean. */
static inline void start_squares(struct bench *b, int m, int pairs, double n) {
  for (int32_t i = 0; i < b->n_touched; i++) {
    int32_t k = b->touched[i];
    int at = 0;
    for (int j = 0; j < m; j++)
      for (int l = 0; l <= j; l++, at++)
        b->square[(int64_t)k * pairs + at] = (n - (double)b->count[k]) * (b->sum[(int64_t)k * m + j] / n) * (b->sum[(int64_t)k * m + l] / n);
  }
}
static inline void add_square(struct bench *b, int m, int pairs, int32_t k, const double *value, double one_by_n) {
  double deviation[MAX_STATISTICS];
  const double *sum = b->sum + (int64_t)k * m;
  double *square = b->square + (int64_t)k * pairs;
  int at = 0;
  for (int j = 0; j < m; j++) {
    deviation[j] = value[j] - sum[j] * one_by_n;
    for (int l = 0; l <= j; l++, at++) square[at] += deviation[j] * deviation[l];
  }
}

static void count_first_stage(const struct worker *w, struct part *x) {
  const struct bench *b = &w->bench;
  for (int32_t i = 0; i < b->n_touched; i++) x->psus[b->touched[i]] += b->count[b->touched[i]], x->strata[b->touched[i]]++;
}
static void add_totals(const struct worker *w, struct part *x) {
  const struct bench *b = &w->bench;
  const int m = w->p->m;
  for (int32_t i = 0; i < b->n_touched; i++)
    for (int j = 0; j < m; j++) sum_add(&x->total[(int64_t)b->touched[i] * m + j], b->sum[(int64_t)b->touched[i] * m + j]);
}

/* Closes a parent whose units' totals lie in units[stage]. */
static bool close_parent(struct worker *w, struct part *x, int stage, int64_t parent) {
  const struct design_stage *s = &w->p->d->stage[stage];
  struct totals *t = &w->units[stage];
  const int m = w->p->m, pairs = w->p->pairs;
  const double n = (double)(s->first_unit[parent + 1] - s->first_unit[parent]);
  for (int64_t i = 0; i < t->n; i++) {
    touch(&w->bench, t->domain[i], m);
    w->bench.count[t->domain[i]]++;
    for (int j = 0; j < m; j++) w->bench.sum[(int64_t)t->domain[i] * m + j] += t->value[i * m + j];
  }
  if (s->coefficient[parent] != 0) {
    start_squares(&w->bench, m, pairs, n);
    for (int64_t i = 0; i < t->n; i++) add_square(&w->bench, m, pairs, t->domain[i], t->value + i * m, 1 / n);
  }
  t->n = 0;
  return add_parent(w, x, stage, parent);
}

/* --- records --- */
/* Sums per domain of the records of one unit of the last stage, or of one parent whose units they are. m, plain (rows in order, every record in a
 * domain list) and the columns are local so that the loop over one statistic keeps them in registers. */
static inline __attribute__((always_inline)) void sum_records(struct worker *w, const int m, const bool plain, int64_t from, int64_t to) {
  const struct pass *p = w->p;
  const int32_t *of_row = p->of_row;
  const int64_t *order = plain ? NULL : p->d->row;
  const double *z = p->z[0];
  struct bench *b = &w->bench;
  int64_t *count = b->count;
  double *sum = b->sum;
  for (int64_t i = from; i < to; i++) {
    const int64_t row = order ? order[i] : i;
    const int32_t k = plain || of_row ? of_row[row] : 0;
    if (k < 0) continue;
    touch(b, k, m);
    count[k]++;
    if (m == 1) sum[k] += z[row];
    else
      for (int j = 0; j < m; j++) sum[(int64_t)k * m + j] += p->z[j] ? p->z[j][row] : 0;
  }
}
static inline __attribute__((always_inline)) void square_records(struct worker *w, const int m, const bool plain, int64_t from, int64_t to) {
  const struct pass *p = w->p;
  const int32_t *of_row = p->of_row;
  const int64_t *order = plain ? NULL : p->d->row;
  const double *z = p->z[0];
  const double one_by_n = 1 / (double)(to - from), *sum = w->bench.sum;
  double value[MAX_STATISTICS], *square = w->bench.square;
  start_squares(&w->bench, m, m == 1 ? 1 : p->pairs, (double)(to - from));
  for (int64_t i = from; i < to; i++) {
    const int64_t row = order ? order[i] : i;
    const int32_t k = plain || of_row ? of_row[row] : 0;
    if (k < 0) continue;
    if (m == 1) {
      const double deviation = z[row] - sum[k] * one_by_n;
      square[k] += deviation * deviation;
    } else {
      for (int j = 0; j < m; j++) value[j] = p->z[j] ? p->z[j][row] : 0;
      add_square(&w->bench, m, p->pairs, k, value, one_by_n);
    }
  }
}
static void sum_range(struct worker *w, struct part *x, int64_t from, int64_t to) {
  const bool plain = !w->p->d->row && w->p->of_row;
  if (w->p->m != 1) sum_records(w, w->p->m, false, from, to);
  else if (plain) sum_records(w, 1, true, from, to);
  else sum_records(w, 1, false, from, to);
  for (int32_t i = 0; i < w->bench.n_touched; i++) x->records[w->bench.touched[i]] += w->bench.count[w->bench.touched[i]];
}
static void square_range(struct worker *w, int64_t from, int64_t to) {
  const bool plain = !w->p->d->row && w->p->of_row;
  if (w->p->m != 1) square_records(w, w->p->m, false, from, to);
  else if (plain) square_records(w, 1, true, from, to);
  else square_records(w, 1, false, from, to);
}

/* A parent of the last stage: afterwards its sums per domain are in the bench. */
static bool last_stage_parent(struct worker *w, struct part *x, int64_t parent) {
  const struct sample_design *d = w->p->d;
  const int stage = d->n_stages - 1;
  const struct design_stage *s = &d->stage[stage];
  int64_t from = s->first_unit[parent], to = s->first_unit[parent + 1];
  if (!d->first_row) {
    sum_range(w, x, from, to);
    if (s->coefficient[parent] != 0) square_range(w, from, to);
    return add_parent(w, x, stage, parent);
  }
  for (int64_t u = from; u < to; u++) {
    sum_range(w, x, d->first_row[u], d->first_row[u + 1]);
    if (!hand_up(w, &w->units[stage])) return false;
  }
  return close_parent(w, x, stage, parent);
}

/* Strata inside one unit: their sums together are the unit's. */
static void add_strata(struct worker *w, struct totals *t) {
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
    int64_t first = s->first_parent[u], end = s->first_parent[u + 1];
    for (int64_t q = first; q < end; q++) {
      if (!parent_of(w, x, stage + 1, q)) return false;
      if (q + 1 < end && !hand_up(w, &w->strata[stage])) return false;
    }
    add_strata(w, &w->strata[stage]);
    if (!hand_up(w, &w->units[stage])) return false;
  }
  return close_parent(w, x, stage, parent);
}

static void clear_bench(struct bench *b) {
  for (int32_t i = 0; i < b->n_touched; i++) b->mark[b->touched[i]] = 0;
  b->n_touched = 0;
}
static void *work(void *arg) {
  struct worker *w = arg;
  if (!w->p) return NULL; /* a worker without work */
  for (int64_t k = w->from; k < w->p->n_blocks && !w->failed; k += w->step) {
    struct part *x = &w->p->parts[k];
    for (int64_t h = w->p->block[k]; h < w->p->block[k + 1] && !w->failed; h++) {
      w->failed = !parent_of(w, x, 0, h);
      count_first_stage(w, x);
      add_totals(w, x);
      clear_bench(&w->bench);
    }
  }
  return NULL;
}

/* --- blocks, threads, results --- */
static enum err_code cut_blocks(struct arena *a, const struct sample_design *d, int32_t n_domains, struct pass *p, struct err *e) {
  int64_t n = d->stage[0].n_parents, rows = BLOCK_RECORDS, most = MAX_BLOCKS;
  if (n_domains > 65536) most = 8; /* every block has its own sums */
  if (d->n / most > rows) rows = d->n / most + 1;
  int64_t *block = ARENA_ARRAY(a, int64_t, most + 2), k = 0, start = 0;
  if (!block) return ERR(e, E_NO_MEMORY, .subject = "variance");
  for (int64_t h = 0; h < n; h++) {
    int64_t at = design_unit_start(d, 0, d->stage[0].first_unit[h + 1]);
    if (at - start >= rows || h + 1 == n) block[++k] = h + 1, start = at;
  }
  p->n_blocks = k;
  p->block = block;
  return E_OK;
}

static bool start_workers(struct worker *workers, int n, const struct pass *p, int32_t n_domains) {
  bool ok = true;
  for (int i = 0; i < n; i++) {
    workers[i] = (struct worker){.p = p, .arena = arena_new(0), .from = i, .step = n};
    ok = ok && workers[i].arena && bench_new(workers[i].arena, &workers[i].bench, n_domains, p->m, p->pairs);
    for (int64_t k = i; ok && k < p->n_blocks; k += n) ok = part_new(workers[i].arena, &p->parts[k], n_domains, p->m, p->pairs);
  }
  return ok;
}
static bool run_workers(struct worker *workers, int n) {
  pthread_t threads[MAX_THREADS];
  bool started[MAX_THREADS] = {false}, ok = true;
  for (int i = 1; i < n; i++) started[i] = pthread_create(&threads[i], NULL, work, &workers[i]) == 0;
  (void)work(&workers[0]);
  for (int i = 1; i < n; i++) {
    if (started[i]) (void)pthread_join(threads[i], NULL);
    else (void)work(&workers[i]); /* no thread to be had: done here */
  }
  for (int i = 0; i < n; i++) ok = ok && !workers[i].failed;
  return ok;
}

/* The mean over all units of the stage is total / units. */
static void add_late(const struct pass *p, const struct part *x, const struct sum *total, struct sum *cov) {
  for (int64_t i = 0; i < x->n_late; i++) {
    const struct late *l = &x->late[i];
    double deviation[MAX_STATISTICS], units = (double)p->d->stage[l->stage].n_units;
    int at = 0;
    for (int j = 0; j < p->m; j++) {
      deviation[j] = x->late_value[i * p->m + j] - sum_result(&total[(int64_t)l->domain * p->m + j]) / units;
      for (int k = 0; k <= j; k++, at++) sum_add(&cov[(int64_t)l->domain * p->pairs + at], l->coefficient * deviation[j] * deviation[k]);
    }
  }
}

static void merge_parts(const struct pass *p, int32_t n_domains, struct part *into) {
  for (int64_t b = 0; b < p->n_blocks; b++) {
    const struct part *x = &p->parts[b];
    for (int64_t i = 0; i < (int64_t)n_domains * p->m; i++) sum_merge(&into->total[i], &x->total[i]);
    for (int64_t i = 0; i < (int64_t)n_domains * p->pairs; i++) sum_merge(&into->cov[i], &x->cov[i]);
    for (int32_t k = 0; k < n_domains; k++) into->psus[k] += x->psus[k], into->strata[k] += x->strata[k], into->records[k] += x->records[k];
  }
  for (int64_t b = 0; b < p->n_blocks; b++) add_late(p, &p->parts[b], into->total, into->cov);
}

static int thread_count(const struct job *job, int64_t n_blocks) {
  int n = job && job->n_threads > 1 ? job->n_threads : 1;
  n = n > MAX_THREADS ? MAX_THREADS : n;
  return n > n_blocks ? (int)n_blocks : n;
}
static enum err_code run_pass(const struct job *job, struct arena *a, struct pass *p, int32_t n_domains, struct part *whole, struct err *e) {
  struct worker workers[MAX_THREADS] = {0};
  TRY(sample_design_lonely(p->d, NULL, NULL, e));
  TRY(cut_blocks(a, p->d, n_domains, p, e));
  const int n = thread_count(job, p->n_blocks);
  p->parts = ARENA_ARRAY(a, struct part, p->n_blocks + 1);
  bool ok = p->parts && part_new(a, whole, n_domains, p->m, p->pairs) && start_workers(workers, n, p, n_domains) && run_workers(workers, n);
  if (ok) merge_parts(p, n_domains, whole);
  for (int i = 0; i < n; i++) arena_free(workers[i].arena);
  return ok ? E_OK : ERR(e, E_NO_MEMORY, .subject = "variance");
}

static int32_t domains_of(const struct taylor_domains *x) { return x && x->of_row ? x->n_domains : 1; }

enum err_code taylor_variance(const struct job *job, struct arena *a, const struct sample_design *d, const struct taylor_domains *domains,
    const double *z, struct taylor_result *out, struct err *e) {
  struct pass p = {.d = d, .of_row = domains ? domains->of_row : NULL, .z = &z, .m = 1, .pairs = 1};
  struct part whole = {0};
  int32_t n = domains_of(domains);
  enum err_code code = run_pass(job, a, &p, n, &whole, e);
  for (int32_t k = 0; !code && k < n; k++) {
    if (out->total) out->total[k] = sum_result(&whole.total[k]);
    if (out->var) out->var[k] = sum_result(&whole.cov[k]);
    if (out->psus) out->psus[k] = whole.psus[k];
    if (out->strata) out->strata[k] = whole.strata[k];
    if (out->records) out->records[k] = whole.records[k];
  }
  return code;
}

enum err_code taylor_covariance(const struct job *job, struct arena *a, const struct sample_design *d, const struct taylor_domains *domains, int m,
    const double *const *z, double *cov, struct err *e) {
  struct pass p = {.d = d, .of_row = domains ? domains->of_row : NULL, .z = z, .m = m, .pairs = m * (m + 1) / 2};
  struct part whole = {0};
  int32_t n = domains_of(domains);
  if (m < 1 || m > MAX_STATISTICS) return ERR(e, E_DESIGN_STAGE, .subject = "number of statistics together");
  enum err_code code = run_pass(job, a, &p, n, &whole, e);
  for (int32_t k = 0; !code && k < n; k++) {
    int at = 0;
    for (int j = 0; j < m; j++)
      for (int l = 0; l <= j; l++, at++) {
        double v = sum_result(&whole.cov[(int64_t)k * p.pairs + at]);
        cov[((int64_t)k * m + j) * m + l] = v;
        cov[((int64_t)k * m + l) * m + j] = v;
      }
  }
  return code;
}
