#include "estimators/variance/taylor.h"

#include <pthread.h>

#include "estimators/variance/taylor_impl.h"

enum { BLOCK_RECORDS = 16384, MAX_BLOCKS = 256, MAX_THREADS = 64 };

static void *work(void *arg) {
  struct worker *w = arg;
  if (!w->p) return NULL; /* a worker without work */
  for (int64_t k = w->from; k < w->p->n_blocks && !w->failed; k += w->step) w->failed = !taylor_block(w, k);
  return NULL;
}

/* Whole strata of the first stage: the same cuts whatever the threads. */
static enum err_code cut_blocks(struct arena *a, const struct sample_design *d, struct pass *p, struct err *e) {
  int64_t n = d->stage[0].n_parents, rows = BLOCK_RECORDS;
  const int64_t most = MAX_BLOCKS;
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

static bool start_workers(struct worker *workers, int n, const struct pass *p) {
  bool ok = true;
  for (int i = 0; i < n && ok; i++) {
    ok = taylor_worker_new(&workers[i], p);
    workers[i].from = i, workers[i].step = n;
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

/* --- the blocks together --- */
struct whole { /* [D] */
  struct sum *total, *cov; /* [D][m], [D][pairs] */
  int64_t *psus, *strata, *records;
};
static bool whole_new(struct arena *a, struct whole *x, const struct pass *p) {
  const int64_t d = (int64_t)p->n_domains + 1;
  *x = (struct whole){ARENA_ARRAY(a, struct sum, d * p->m), ARENA_ARRAY(a, struct sum, d * p->pairs), ARENA_ARRAY(a, int64_t, d),
      ARENA_ARRAY(a, int64_t, d), ARENA_ARRAY(a, int64_t, d)};
  return x->total && x->cov && x->psus && x->strata && x->records;
}

/* The mean over all units of the stage is total / units. */
static void add_late(const struct pass *p, const struct part *x, const struct whole *into) {
  for (int64_t i = 0; i < x->n_late; i++) {
    const struct late *l = &x->late[i];
    struct sum *cov = into->cov + (int64_t)l->domain * p->pairs;
    double deviation[TAYLOR_MOST_TERMS], units = (double)p->d->stage[l->stage].n_units;
    int at = 0;
    for (int j = 0; j < p->m; j++)
      deviation[j] = x->late_value[i * p->m + j] - sum_result(&into->total[(int64_t)l->domain * p->m + j]) / units;
    for (int j = 0; j < p->m; j++) {
      if (p->diagonal) sum_add(&cov[j], l->coefficient * deviation[j] * deviation[j]);
      for (int k = 0; k <= j && !p->diagonal; k++, at++) sum_add(&cov[at], l->coefficient * deviation[j] * deviation[k]);
    }
  }
}

static void merge_parts(const struct pass *p, struct whole *into) {
  for (int64_t b = 0; b < p->n_blocks; b++) {
    const struct part *x = &p->parts[b];
    for (int32_t i = 0; i < x->n; i++) {
      const int64_t k = x->domain[i];
      for (int j = 0; j < p->m; j++) sum_merge(&into->total[k * p->m + j], &x->total[(int64_t)i * p->m + j]);
      for (int j = 0; j < p->pairs; j++) sum_merge(&into->cov[k * p->pairs + j], &x->cov[(int64_t)i * p->pairs + j]);
      into->psus[k] += x->psus[i], into->strata[k] += x->strata[i], into->records[k] += x->records[i];
    }
  }
  for (int64_t b = 0; b < p->n_blocks; b++) add_late(p, &p->parts[b], into);
}

static int thread_count(const struct job *job, int64_t n_blocks) {
  int n = job && job->n_threads > 1 ? job->n_threads : 1;
  n = n > MAX_THREADS ? MAX_THREADS : n;
  return n > n_blocks ? (int)n_blocks : n;
}
static enum err_code run_pass(const struct job *job, struct arena *a, struct pass *p, struct whole *whole, struct err *e) {
  struct worker workers[MAX_THREADS] = {0};
  if (!p->sums_only) TRY(sample_design_lonely(p->d, NULL, NULL, e));
  TRY(cut_blocks(a, p->d, p, e));
  const int n = thread_count(job, p->n_blocks);
  p->parts = ARENA_ARRAY(a, struct part, p->n_blocks + 1);
  bool ok = p->parts && whole_new(a, whole, p) && start_workers(workers, n, p) && run_workers(workers, n);
  if (ok) merge_parts(p, whole);
  for (int i = 0; i < n; i++) arena_free(workers[i].arena);
  return ok ? E_OK : ERR(e, E_NO_MEMORY, .subject = "variance");
}

static struct pass pass_over(const struct sample_design *d, const struct taylor_domains *domains, int m, int pairs) {
  const bool cut = domains && domains->of_row;
  return (struct pass){.d = d, .of_row = cut ? domains->of_row : NULL, .n_domains = cut ? domains->n_domains : 1, .m = m, .pairs = pairs,
      .diagonal = pairs == m};
}
static void give(const struct pass *p, const struct whole *whole, struct taylor_result *out) {
  const int64_t figures = (int64_t)p->n_domains * p->m;
  for (int64_t i = 0; i < figures; i++) {
    if (out->total) out->total[i] = sum_result(&whole->total[i]);
    if (out->var) out->var[i] = sum_result(&whole->cov[i]);
  }
  for (int32_t k = 0; k < p->n_domains; k++) {
    if (out->psus) out->psus[k] = whole->psus[k];
    if (out->strata) out->strata[k] = whole->strata[k];
    if (out->records) out->records[k] = whole->records[k];
  }
}

enum err_code taylor_variance(const struct job *job, struct arena *a, const struct sample_design *d, const struct taylor_domains *domains,
    const double *z, struct taylor_result *out, struct err *e) {
  struct pass p = pass_over(d, domains, 1, 1);
  struct whole whole;
  p.z = z;
  TRY(run_pass(job, a, &p, &whole, e));
  give(&p, &whole, out);
  return E_OK;
}

enum err_code taylor_many(const struct job *job, struct arena *a, const struct sample_design *d, const struct taylor_domains *domains, int m,
    const struct taylor_term *terms, struct taylor_result *out, struct err *e) {
  struct pass p = pass_over(d, domains, m, m);
  struct whole whole;
  if (m < 1 || m > TAYLOR_MOST_TERMS) return ERR(e, E_DESIGN_STAGE, .subject = "number of statistics together");
  p.terms = terms;
  p.sums_only = !out->var && !out->psus && !out->strata;
  TRY(run_pass(job, a, &p, &whole, e));
  give(&p, &whole, out);
  return E_OK;
}

enum err_code taylor_covariance(const struct job *job, struct arena *a, const struct sample_design *d, const struct taylor_domains *domains, int m,
    const double *const *z, double *cov, struct err *e) {
  struct taylor_term terms[TAYLOR_MOST_TERMS];
  uint8_t absent[TAYLOR_MOST_TERMS];
  struct pass p = pass_over(d, domains, m, m * (m + 1) / 2);
  struct whole whole;
  if (m < 1 || m > TAYLOR_MOST_TERMS) return ERR(e, E_DESIGN_STAGE, .subject = "number of statistics together");
  for (int j = 0; j < m; j++) terms[j] = (struct taylor_term){.y = z[j]}, absent[j] = !z[j];
  p.terms = terms, p.absent = absent;
  if (m == 1) p.z = z[0];
  TRY(run_pass(job, a, &p, &whole, e));
  for (int64_t k = 0; k < p.n_domains; k++) {
    int at = 0;
    for (int j = 0; j < m; j++)
      for (int l = 0; l <= j; l++, at++) cov[(k * m + j) * m + l] = cov[(k * m + l) * m + j] = sum_result(&whole.cov[k * p.pairs + at]);
  }
  return E_OK;
}
