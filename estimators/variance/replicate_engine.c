#include "estimators/variance/replicate_engine.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "estimators/variance/replicate_moments.h"

enum { MAX_THREADS = 64 };

enum outcome { COUNTED, FAILED, UNMET, STOPPED };
struct worker {
  const struct replicate_task *t;
  struct arena *arena;
  int replicate; /* -1 = the full sample; beyond the last = none */
  enum outcome outcome;
  double *weight, *adjusted, *change, *theta;
  uint8_t *defined;
  struct err e;
};

bool replicate_leaves_out(enum err_code code) {
  switch ((int)code) {
    case E_NO_RESPONDENTS:
    case E_CALIBRATION_SPEC:
    case E_EMPTY_DOMAIN:
    case E_RESPONSE_NONE:
    case E_CLASS_SMALL:
    case E_PROPENSITY:
    case E_MARGIN_EMPTY:
    case E_WEIGHT_UNMET:
    case E_TRIM_IMPOSSIBLE: return true;
    default: return false;
  }
}

static enum err_code one_replicate(struct worker *x, bool *unmet) {
  const struct replicate_task *t = x->t;
  const double *w = t->weight;
  *unmet = false;
  if (x->replicate >= 0) {
    replicate_weights_into(t->set, x->replicate, w, x->change, x->weight);
    w = x->weight;
  }
  if (t->readjust) {
    TRY(t->readjust(t->readjust_context, x->arena, x->replicate, w, x->adjusted, unmet, &x->e));
    w = x->adjusted;
  }
  return t->values(t->values_context, x->arena, x->replicate, w, x->theta, x->defined, &x->e);
}
static void *work(void *context) {
  struct worker *x = context;
  bool unmet = false;
  if (x->replicate >= x->t->set->n_replicates) return NULL;
  struct arena_mark mark = arena_mark(x->arena);
  const enum err_code code = one_replicate(x, &unmet);
  arena_reset(x->arena, mark);
  x->outcome = !code ? (unmet ? UNMET : COUNTED) : replicate_leaves_out(code) ? FAILED : STOPPED;
  return NULL;
}
static bool new_worker(struct worker *x, const struct replicate_task *t) {
  const int64_t n = t->set->n + 1, width = (int64_t)t->n_domains * t->m + 1;
  *x = (struct worker){.t = t, .arena = arena_new(0), .replicate = -1};
  if (!x->arena) return false;
  x->weight = ARENA_ARRAY(x->arena, double, n), x->change = ARENA_ARRAY(x->arena, double, t->set->n_units + 1);
  x->adjusted = t->readjust ? ARENA_ARRAY(x->arena, double, n) : x->weight;
  x->theta = ARENA_ARRAY(x->arena, double, width), x->defined = ARENA_ARRAY(x->arena, uint8_t, width);
  return x->weight && x->change && x->adjusted && x->theta && x->defined;
}
static void run_round(struct worker *workers, int n) {
  pthread_t threads[MAX_THREADS];
  bool started[MAX_THREADS] = {false};
  for (int i = 1; i < n; i++) started[i] = pthread_create(&threads[i], NULL, work, &workers[i]) == 0;
  (void)work(&workers[0]);
  for (int i = 1; i < n; i++) {
    if (started[i]) (void)pthread_join(threads[i], NULL);
    else (void)work(&workers[i]);
  }
}

/* A domain counts in a replicate when all its statistics are defined there. */
static void take(const struct worker *x, struct replicate_moments *into, struct replicate_result *out) {
  const struct replicate_set *s = x->t->set;
  const int m = out->m;
  double deviation[REPLICATE_MOST_STATISTICS];
  for (int64_t k = 0; k < out->n_domains; k++) {
    bool ok = out->defined[k];
    for (int j = 0; j < m && ok; j++) {
      ok = x->defined[k * m + j];
      deviation[j] = x->theta[k * m + j] - out->value[k * m + j];
    }
    if (ok) replicate_moments_add(into, k, deviation, s->rscale ? s->rscale[x->replicate] : 1, 1);
    for (int j = 0; out->theta && j < m; j++) out->theta[((int64_t)x->replicate * out->n_domains + k) * m + j] = ok ? x->theta[k * m + j] : 0;
  }
}
static enum err_code full_sample(struct worker *x, struct replicate_result *out, struct err *e) {
  bool unmet;
  x->replicate = -1;
  struct arena_mark mark = arena_mark(x->arena);
  if (one_replicate(x, &unmet)) {
    *e = x->e;
    return x->e.code;
  }
  arena_reset(x->arena, mark);
  for (int64_t k = 0; k < out->n_domains; k++) {
    out->defined[k] = 1;
    for (int j = 0; j < out->m; j++) {
      out->defined[k] = out->defined[k] && x->defined[k * out->m + j];
      out->value[k * out->m + j] = x->theta[k * out->m + j];
    }
  }
  return E_OK;
}
static enum err_code all_replicates(
    const struct job *job, struct worker *workers, int n, struct replicate_moments *into, struct replicate_result *out, struct err *e) {
  const int replicates = workers[0].t->set->n_replicates;
  for (int first = 0; first < replicates; first += n) {
    if (job_cancelled(job)) return ERR(e, E_CANCELLED, .subject = "replicates");
    for (int i = 0; i < n; i++) workers[i].replicate = first + i;
    run_round(workers, n);
    for (int i = 0; i < n && first + i < replicates; i++) {
      if (workers[i].outcome == STOPPED) return *e = workers[i].e, workers[i].e.code;
      if (workers[i].outcome == COUNTED) take(&workers[i], into, out);
      out->n_failed += workers[i].outcome == FAILED, out->n_unmet += workers[i].outcome == UNMET;
    }
    job_progress(job, "replicates", first + n < replicates ? first + n : replicates, replicates);
  }
  return E_OK;
}
/* How many were left out is said, never silent; none left is an error. */
static enum err_code say_left_out(const struct job *job, const struct replicate_set *s, const struct replicate_result *out, struct err *e) {
  char text[120];
  struct err left;
  if (out->n_failed + out->n_unmet == 0) return E_OK;
  snprintf(text, sizeof text, "%lld of %d could not be adjusted, %lld missed their margins", (long long)out->n_failed, s->n_replicates,
      (long long)out->n_unmet);
  if (s->n_replicates - out->n_failed - out->n_unmet < 2) return ERR(e, E_REPLICATE_FEW, .subject = text);
  (void)ERR(&left, E_REPLICATE_LEFT_OUT, .subject = text);
  job_problem(job, &left);
  return E_OK;
}

static enum err_code run(const struct job *job, struct arena *a, struct worker *workers, int n, struct replicate_result *out, struct err *e) {
  const struct replicate_task *t = workers[0].t;
  struct replicate_moments moments;
  struct arena_mark mark = arena_mark(a);
  TRY(full_sample(&workers[0], out, e));
  TRY(replicate_moments_new(a, out->n_domains, out->m, &moments, e));
  TRY(all_replicates(job, workers, n, &moments, out, e));
  for (int64_t k = 0; k < out->n_domains; k++) {
    out->used[k] = moments.used[k];
    if (moments.used[k] >= 2) replicate_moments_covariance(&moments, t->set, k, out->cov + k * out->m * out->m);
  }
  arena_reset(a, mark);
  return say_left_out(job, t->set, out, e);
}

enum err_code replicate_any(const struct job *job, struct arena *a, const struct replicate_task *t, struct replicate_result *out, struct err *e) {
  struct worker workers[MAX_THREADS];
  const int64_t d = (int64_t)t->n_domains + 1;
  int n = job && job->n_threads > 1 ? job->n_threads < MAX_THREADS ? job->n_threads : MAX_THREADS : 1, made = 0;
  enum err_code code = E_OK;
  if (t->m < 1 || t->m > REPLICATE_MOST_STATISTICS) return ERR(e, E_REPLICATE_SPEC, .subject = "number of statistics together");
  *out = (struct replicate_result){.n_domains = t->n_domains, .m = t->m, .value = ARENA_ARRAY(a, double, d *t->m),
      .cov = ARENA_ARRAY(a, double, d *t->m * t->m), .defined = ARENA_ARRAY(a, uint8_t, d), .used = ARENA_ARRAY(a, int64_t, d), .theta = out->theta};
  if (!out->value || !out->cov || !out->defined || !out->used) return ERR(e, E_NO_MEMORY, .subject = "replicates");
  for (bool ok = true; ok && made < n; made++)
    if (!(ok = new_worker(&workers[made], t))) code = ERR(e, E_NO_MEMORY, .subject = "replicates");
  if (!code) code = run(job, a, workers, n, out, e);
  for (int i = 0; i < made; i++) arena_free(workers[i].arena);
  return code;
}
