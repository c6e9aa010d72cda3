#include "processing/edit/edit_run.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "processing/edit/edit_rule.h"
#include "processing/edit/group_measure.h"

enum { TASK_ROWS = 16 * EXPR_BATCH, MAX_THREADS = 64 };

struct bound_check {
  struct expr_binding universe, expression;
};
struct failures {
  struct arena *arena;
  int32_t *check;
  int64_t *record;
  int64_t n, capacity;
};
struct task {
  int shard;
  int64_t row0, n;
  struct edit_count *counts;
  struct failures failures;
  struct err error;
};
struct plan {
  const struct form *form;
  const struct unit_shard *shards;
  struct bound_check *bound; /* [shard * n_checks + check] */
  struct task *tasks;
  int64_t n_tasks;
  atomic_llong next;
  uint8_t *state;
};
struct worker {
  struct plan *plan;
  struct arena *arena;
  struct expr_scratch **universe, **expression;
  uint64_t *mask; /* [EXPR_BATCH * words]: which checks a row fails */
  int words;
};

static bool runs(const struct plan *p, const struct unit_shard *s, const struct check *c) {
  return !s->record || p->form->n_records < 2 || strcmp(s->record, c->record) == 0;
}

/* --- one batch of one check --- */
static enum err_code universe_of(struct worker *w, const struct task *t, int c, int64_t row, int n, uint8_t *out, struct err *e) {
  const struct check *check = &w->plan->form->checks[c];
  const struct bound_check *b = &w->plan->bound[t->shard * w->plan->form->n_checks + c];
  if (check->universe) return expr_eval_bool(check->universe, &b->universe, w->universe[c], row, n, out, e);
  memset(out, EXPR_TRUE, (size_t)n);
  return E_OK;
}

/* In the universe: the check's own truth; outside: 3; an unknown universe: unknown. */
enum { OUTSIDE = 3 };
static void within(const uint8_t *universe, uint8_t *truth, int n) {
  for (int i = 0; i < n; i++) truth[i] = universe[i] == EXPR_TRUE ? truth[i] : universe[i] == EXPR_FALSE ? (uint8_t)OUTSIDE : (uint8_t)EXPR_UNKNOWN;
}

static void count(const uint8_t *truth, int n, struct edit_count *k) {
  int tally[4] = {0};
  for (int i = 0; i < n; i++) {
    tally[0] += truth[i] == EXPR_FALSE;
    tally[1] += truth[i] == EXPR_TRUE;
    tally[2] += truth[i] == EXPR_UNKNOWN;
  }
  k->failed += tally[0];
  k->passed += tally[1];
  k->unknown += tally[2];
  k->outside += n - tally[0] - tally[1] - tally[2];
}

static void mark(struct worker *w, int c, enum check_severity severity, const uint8_t *truth, int n, uint8_t *state) {
  static const uint8_t bits[] = {[SEVERITY_HARD] = EDIT_FAILED_HARD, [SEVERITY_SOFT] = EDIT_FAILED_SOFT, [SEVERITY_INFO] = EDIT_FAILED_INFO};
  for (int i = 0; i < n; i++) {
    if (truth[i] == EXPR_FALSE) {
      w->mask[i * w->words + c / 64] |= (uint64_t)1 << (c % 64);
      state[i] |= bits[severity];
    } else if (truth[i] == EXPR_UNKNOWN && severity == SEVERITY_HARD) {
      state[i] |= EDIT_UNKNOWN_HARD;
    }
  }
}

static enum err_code run_check(struct worker *w, struct task *t, int c, int64_t row, int n, struct err *e) {
  struct plan *p = w->plan;
  const struct bound_check *b = &p->bound[t->shard * p->form->n_checks + c];
  struct edit_count *k = &t->counts[c];
  uint8_t universe[EXPR_BATCH], truth[EXPR_BATCH];
  int64_t failed = k->failed, unknown = k->unknown;
  TRY(universe_of(w, t, c, row, n, universe, e));
  TRY(expr_eval_bool(p->form->checks[c].expression, &b->expression, w->expression[c], row, n, truth, e));
  within(universe, truth, n);
  count(truth, n, k);
  if (k->failed > failed || k->unknown > unknown)
    mark(w, c, p->form->checks[c].severity, truth, n, p->state + p->shards[t->shard].first_record + row);
  return E_OK;
}

/* --- failures of one batch, by record --- */
static enum err_code grow(struct failures *f, struct err *e) {
  int64_t capacity = f->capacity ? f->capacity * 2 : 256;
  int32_t *check = ARENA_ARRAY(f->arena, int32_t, capacity);
  int64_t *record = ARENA_ARRAY(f->arena, int64_t, capacity);
  if (!check || !record) return ERR(e, E_NO_MEMORY, .subject = "edit failures");
  if (f->n) {
    memcpy(check, f->check, (size_t)f->n * sizeof *check);
    memcpy(record, f->record, (size_t)f->n * sizeof *record);
  }
  f->check = check;
  f->record = record;
  f->capacity = capacity;
  return E_OK;
}

static enum err_code collect(struct worker *w, struct failures *f, int64_t first_record, int n, struct err *e) {
  for (int i = 0; i < n; i++)
    for (int word = 0; word < w->words; word++)
      for (uint64_t bits = w->mask[i * w->words + word]; bits; bits &= bits - 1) {
        if (f->n == f->capacity) TRY(grow(f, e));
        f->check[f->n] = word * 64 + __builtin_ctzll(bits);
        f->record[f->n++] = first_record + i;
      }
  return E_OK;
}

static enum err_code run_batch(struct worker *w, struct task *t, int64_t row, int n, struct err *e) {
  const struct plan *p = w->plan;
  memset(w->mask, 0, (size_t)n * (size_t)w->words * sizeof *w->mask);
  for (int c = 0; c < p->form->n_checks; c++)
    if (!t->counts[c].not_run) TRY(run_check(w, t, c, row, n, e));
  return collect(w, &t->failures, p->shards[t->shard].first_record + row, n, e);
}

static int64_t divisions(const struct worker *w, int c) {
  return expr_divisions_by_zero(w->expression[c]) + (w->universe[c] ? expr_divisions_by_zero(w->universe[c]) : 0);
}

static enum err_code run_task(struct worker *w, struct task *t, struct err *e) {
  int n_checks = w->plan->form->n_checks;
  t->failures.arena = w->arena;
  t->counts = ARENA_ARRAY(w->arena, struct edit_count, n_checks + 1);
  if (!t->counts) return ERR(e, E_NO_MEMORY, .subject = "edit counts");
  for (int c = 0; c < n_checks; c++) {
    t->counts[c].not_run = !runs(w->plan, &w->plan->shards[t->shard], &w->plan->form->checks[c]);
    t->counts[c].divisions_by_zero = -divisions(w, c);
  }
  for (int64_t row = t->row0; row < t->row0 + t->n; row += EXPR_BATCH)
    TRY(run_batch(w, t, row, t->row0 + t->n - row < EXPR_BATCH ? (int)(t->row0 + t->n - row) : EXPR_BATCH, e));
  for (int c = 0; c < n_checks; c++) t->counts[c].divisions_by_zero += divisions(w, c);
  return E_OK;
}

/* --- threads --- */
static bool worker_init(struct worker *w, struct plan *p) {
  int n = p->form->n_checks;
  w->plan = p;
  w->words = (n + 63) / 64;
  w->arena = arena_new(0);
  if (!w->arena) return false;
  w->universe = ARENA_ARRAY(w->arena, struct expr_scratch *, n + 1);
  w->expression = ARENA_ARRAY(w->arena, struct expr_scratch *, n + 1);
  w->mask = ARENA_ARRAY(w->arena, uint64_t, (int64_t)EXPR_BATCH * w->words + 1);
  if (!w->universe || !w->expression || !w->mask) return false;
  for (int c = 0; c < n; c++) {
    const struct check *check = &p->form->checks[c];
    if (!(w->expression[c] = expr_scratch_new(w->arena, check->expression))) return false;
    if (check->universe && !(w->universe[c] = expr_scratch_new(w->arena, check->universe))) return false;
  }
  return true;
}

static void *work(void *context) {
  struct worker *w = context;
  for (;;) {
    long long i = atomic_fetch_add(&w->plan->next, 1);
    if (i >= w->plan->n_tasks) return NULL;
    (void)run_task(w, &w->plan->tasks[i], &w->plan->tasks[i].error);
  }
}

/* Threads that cannot be had are done without: the calling thread works too. */
static enum err_code run_all(const struct job *job, struct plan *p, struct worker *workers, int n_workers, struct err *e) {
  pthread_t threads[MAX_THREADS];
  int started = 0;
  for (int i = 0; i < n_workers; i++)
    if (!worker_init(&workers[i], p)) return ERR(e, E_NO_MEMORY, .subject = "edit scratch");
  for (int i = 1; i < n_workers; i++, started++)
    if (pthread_create(&threads[i], NULL, work, &workers[i])) break;
  (void)work(&workers[0]);
  for (int i = 1; i <= started; i++) (void)pthread_join(threads[i], NULL);
  job_progress(job, "checks", p->n_tasks, p->n_tasks);
  return E_OK;
}

/* --- before and after --- */
/* The measures of a check across records, beside each shard; `with` are copies of the shards. */
static enum err_code measure_groups(
    const struct check *check, struct arena *a, const struct plan *p, int n_shards, struct unit_shard *with, struct err *e) {
  struct table *tables = ARENA_ARRAY(a, struct table, n_shards + 1);
  if (!tables) return ERR(e, E_NO_MEMORY, .subject = check->id);
  for (int s = 0; s < n_shards; s++) {
    with[s] = p->shards[s];
    with[s].measures = &tables[s];
  }
  return group_measures(a, check, p->shards, n_shards, tables, e);
}

static enum err_code bind_check(struct plan *p, struct arena *a, int c, const struct unit_shard *shards, int n_shards, struct err *e) {
  const struct check *check = &p->form->checks[c];
  for (int s = 0; s < n_shards; s++) {
    struct bound_check *b = &p->bound[s * p->form->n_checks + c];
    if (!runs(p, &shards[s], check)) continue;
    TRY(edit_bind(a, check->expression, &shards[s], &b->expression, e));
    if (check->universe) TRY(edit_bind(a, check->universe, &shards[s], &b->universe, e));
  }
  return E_OK;
}

static enum err_code bind_all(struct plan *p, struct arena *a, int n_shards, struct err *e) {
  int n = p->form->n_checks;
  struct unit_shard *with = ARENA_ARRAY(a, struct unit_shard, n_shards + 1);
  p->bound = ARENA_ARRAY(a, struct bound_check, (int64_t)n * n_shards + 1);
  if (!p->bound || !with) return ERR(e, E_NO_MEMORY, .subject = "checks");
  for (int c = 0; c < n; c++) {
    const struct check *check = &p->form->checks[c];
    if (!check->expression || expr_result_type(check->expression) != EXPR_BOOL
        || (check->universe && expr_result_type(check->universe) != EXPR_BOOL))
      return ERR(e, E_EDIT_RESULT_TYPE, .subject = check->id);
    if (check->group) TRY(measure_groups(check, a, p, n_shards, with, e));
    TRY(bind_check(p, a, c, check->group ? with : p->shards, n_shards, e));
  }
  return E_OK;
}

static enum err_code make_tasks(struct plan *p, struct arena *a, int n_shards, struct err *e) {
  int64_t n = 0;
  for (int s = 0; s < n_shards; s++) n += (p->shards[s].current->n_rows + TASK_ROWS - 1) / TASK_ROWS;
  p->tasks = ARENA_ARRAY(a, struct task, n + 1);
  if (!p->tasks) return ERR(e, E_NO_MEMORY, .subject = "checks");
  for (int s = 0; s < n_shards; s++)
    for (int64_t row = 0, rows = p->shards[s].current->n_rows; row < rows; row += TASK_ROWS)
      p->tasks[p->n_tasks++] = (struct task){.shard = s, .row0 = row, .n = rows - row < TASK_ROWS ? rows - row : TASK_ROWS};
  return E_OK;
}

static void add_counts(struct edit_count *to, const struct edit_count *from) {
  to->passed += from->passed;
  to->failed += from->failed;
  to->unknown += from->unknown;
  to->outside += from->outside;
  to->divisions_by_zero += from->divisions_by_zero;
  to->not_run = to->not_run && from->not_run;
}

static enum err_code merge(struct plan *p, struct arena *a, struct edit_result *out, struct err *e) {
  int64_t at = 0;
  for (int64_t i = 0; i < p->n_tasks; i++) {
    if (p->tasks[i].error.code) {
      if (e) *e = p->tasks[i].error;
      return p->tasks[i].error.code;
    }
    out->n_failures += p->tasks[i].failures.n;
  }
  out->check = ARENA_ARRAY(a, int32_t, out->n_failures + 1);
  out->record = ARENA_ARRAY(a, int64_t, out->n_failures + 1);
  if (!out->check || !out->record) return ERR(e, E_NO_MEMORY, .subject = "edit failures");
  for (int c = 0; c < out->n_checks; c++) out->counts[c].not_run = p->n_tasks > 0;
  for (int64_t i = 0; i < p->n_tasks; i++) {
    const struct task *t = &p->tasks[i];
    for (int c = 0; c < out->n_checks; c++) add_counts(&out->counts[c], &t->counts[c]);
    if (t->failures.n) {
      memcpy(out->check + at, t->failures.check, (size_t)t->failures.n * sizeof *out->check);
      memcpy(out->record + at, t->failures.record, (size_t)t->failures.n * sizeof *out->record);
    }
    at += t->failures.n;
  }
  return E_OK;
}

enum err_code edit_run(const struct job *job, struct arena *a, const struct form *form, const struct unit_shard *shards, int n_shards,
    struct edit_result *out, struct err *e) {
  struct plan p = {.form = form, .shards = shards};
  struct worker workers[MAX_THREADS] = {{0}};
  int n_workers = job->n_threads < 1 ? 1 : job->n_threads > MAX_THREADS ? MAX_THREADS : job->n_threads;
  struct edit_result r = {.n_checks = form->n_checks};
  for (int s = 0; s < n_shards; s++) r.n_records += shards[s].current->n_rows;
  r.counts = ARENA_ARRAY(a, struct edit_count, form->n_checks + 1);
  r.state = p.state = ARENA_ARRAY(a, uint8_t, r.n_records + 1);
  if (!r.counts || !r.state) return ERR(e, E_NO_MEMORY, .subject = "checks");
  TRY(bind_all(&p, a, n_shards, e));
  TRY(make_tasks(&p, a, n_shards, e));
  if (n_workers > p.n_tasks) n_workers = p.n_tasks > 0 ? (int)p.n_tasks : 1;
  enum err_code code = run_all(job, &p, workers, n_workers, e);
  if (!code) code = merge(&p, a, &r, e);
  for (int i = 0; i < n_workers; i++) arena_free(workers[i].arena);
  if (!code) *out = r;
  return code;
}

/* --- as a table --- */
enum err_code edit_failures_init(struct arena *a, struct table *out, struct err *e) {
  static const struct column columns[] = {{.name = "record_no", .type = COL_INT, .unit = ""}, {.name = "check_id", .type = COL_CODE},
      {.name = "severity", .type = COL_CODE}, {.name = "stage", .type = COL_CODE}};
  return table_init(out, a, columns, 4, 64, e);
}

enum err_code edit_failures_append(const struct form *form, const struct edit_result *r, const char *stage, struct table *to, struct err *e) {
  TRY(table_reserve(to, to->n_rows + r->n_failures, e));
  for (int64_t i = 0; i < r->n_failures; i++) {
    const struct check *c = &form->checks[r->check[i]];
    const char *const texts[] = {c->id, check_severity_name(c->severity), stage};
    to->columns[0].i64[to->n_rows] = r->record[i] + 1;
    for (int k = 1; k < 4; k++)
      if ((to->columns[k].code[to->n_rows] = dict_add(to->columns[k].dict, str_of(texts[k - 1]))) < 0)
        return ERR(e, E_NO_MEMORY, .subject = "edit failures");
    to->n_rows++;
  }
  return E_OK;
}
