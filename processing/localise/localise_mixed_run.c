/* Blocks of records: those that plainly pass are found column by column, atom by atom; the others are searched one by one, in contiguous shares
 * of several threads, each with a pool of its own. */
#include "processing/localise/localise_mixed_run.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

#include "base/table.h"
#include "processing/localise/mixed_impl.h"

enum { BLOCK = 1024, FIRST_CASES = 1024 };

static enum err_code no_memory(struct err *e) { return ERR(e, E_NO_MEMORY, .subject = "error localisation"); }

struct share { /* of one thread */
  const struct job *job;
  const struct mixed_spec *spec;
  const struct mixed_columns *data;
  struct arena *arena;
  int64_t from, to;
  uint8_t *status;
  struct mixed m;
  struct conflict_pool pool;
  struct mixed_metrics metrics;
  struct mixed_case *cases;
  int64_t n_cases, capacity;
  double *x, *prediction;
  bool *missing;
  int *code;
  uint8_t *flags;
  struct mixed_answer one, answer;
  double residual[BLOCK], size[BLOCK];
  uint8_t suspect[BLOCK], holds[BLOCK];
  enum err_code failed;
  struct err error;
};
/* --- the plain pass --- */
static void mark_missing(struct share *s, int64_t from, int n) {
  const struct rule_set *rules = s->spec->rules;
  const struct mixed_columns *d = s->data;
  memset(s->suspect, 0, (size_t)n);
  for (int j = 0; j < rules->numeric.p; j++) {
    const uint8_t *status = d->status[j] + from;
    const double *x = d->x[j] + from, lower = rules->numeric.lower[j], upper = rules->numeric.upper[j];
    for (int i = 0; i < n; i++) s->suspect[i] |= (uint8_t)((status[i] >= VAL_BLANK) | (x[i] < lower) | (x[i] > upper));
  }
  for (int k = 0; k < rules->n_categories; k++) {
    const int *code = d->code[k] + from;
    for (int i = 0; i < n; i++) s->suspect[i] |= (uint8_t)(code[i] < 0);
  }
  for (int j = 0; d->flags && j < rules->numeric.p + rules->n_categories; j++) {
    const uint8_t *flag = d->flags[j];
    for (int i = 0; flag && i < n; i++) s->suspect[i] |= (uint8_t)(flag[from + i] == LOCALISE_FORCED);
  }
}
/* The same sums in the same order as linear_residual(): what holds here holds there. */
static void mark_linear(struct share *s, const struct rule_atom *t, int64_t from, int n) {
  const struct linear_edit *e = &t->linear;
  for (int i = 0; i < n; i++) s->residual[i] = s->size[i] = 0;
  for (int k = 0; k < e->n; k++) {
    const double coef = e->coef[k], *x = s->data->x[e->var[k]] + from;
    for (int i = 0; i < n; i++) {
      const double term = coef * x[i];
      s->residual[i] += term;
      s->size[i] += fabs(term);
    }
  }
  const bool equal = e->op == LINEAR_EQ;
  for (int i = 0; i < n; i++) {
    const double residual = s->residual[i] - e->rhs, tolerance = 1e-6 + 1e-9 * s->size[i];
    const int kept = t->strict ? residual < -tolerance : (residual <= tolerance) & (!equal | (residual >= -tolerance));
    s->holds[i] |= (uint8_t)kept;
  }
}
static void mark_category(struct share *s, const struct rule_atom *t, int64_t from, int n) {
  const int *code = s->data->code[t->k] + from;
  for (int i = 0; i < n; i++) s->holds[i] |= (uint8_t)(code[i] >= 0 && bit_has(t->set, code[i]));
}
static void mark_failing(struct share *s, int64_t from, int n) {
  const struct rule_set *rules = s->spec->rules;
  for (int r = 0; r < rules->n_rules; r++) {
    memset(s->holds, 0, (size_t)n);
    for (int t = 0; t < rules->rules[r].n_atoms; t++) {
      const struct rule_atom *atom = &rules->rules[r].atoms[t];
      if (atom->category)
        mark_category(s, atom, from, n);
      else
        mark_linear(s, atom, from, n);
    }
    for (int i = 0; i < n; i++) s->suspect[i] |= (uint8_t)!s->holds[i];
  }
}
/* --- one record that does not --- */
static enum err_code keep_case(struct share *s, int64_t row, struct err *e) {
  const struct mixed_answer *from = &s->answer;
  if (s->n_cases == s->capacity) {
    const int64_t more = s->capacity ? 2 * s->capacity : FIRST_CASES;
    struct mixed_case *grown = ARENA_ARRAY(s->arena, struct mixed_case, more);
    if (!grown) return no_memory(e);
    if (s->n_cases) memcpy(grown, s->cases, (size_t)s->n_cases * sizeof *grown);
    s->cases = grown;
    s->capacity = more;
  }
  struct mixed_case *c = &s->cases[s->n_cases++];
  *c = (struct mixed_case){.row = row, .status = from->status, .reason = from->reason};
  if (from->status != LOCALISE_SOLVED) return E_OK;
  const int p = s->m.p, q = s->m.q, n = from->n_set + from->n_paid;
  double *x = arena_alloc(s->arena, (size_t)(p + 1) * sizeof *x, _Alignof(double));
  int *code = arena_alloc(s->arena, (size_t)(q + n + 1) * sizeof *code, _Alignof(int));
  if (!x || !code) return no_memory(e);
  int *set = code + q;
  memcpy(x, from->x, (size_t)p * sizeof *x);
  memcpy(code, from->code, (size_t)q * sizeof *code);
  memcpy(set, from->set, (size_t)from->n_set * sizeof *set);
  memcpy(set + from->n_set, from->paid, (size_t)from->n_paid * sizeof *set);
  c->n_set = from->n_set;
  c->n_paid = from->n_paid;
  c->n_operations = from->n_operations;
  c->set = set;
  c->paid = set + from->n_set;
  memcpy(c->operations, from->operations, sizeof c->operations);
  c->cost = from->cost;
  c->x = x;
  c->code = code;
  return E_OK;
}
static enum err_code one_record(struct share *s, int64_t row, struct err *e) {
  const struct mixed_columns *d = s->data;
  const int p = s->m.p, q = s->m.q;
  for (int j = 0; j < p; j++) {
    s->missing[j] = d->status[j][row] >= VAL_BLANK;
    s->x[j] = s->missing[j] ? 0 : d->x[j][row];
    s->prediction[j] = d->prediction && d->prediction[j] ? d->prediction[j][row] : s->x[j];
  }
  for (int k = 0; k < q; k++) s->code[k] = d->code[k][row];
  for (int j = 0; j < p + q; j++) s->flags[j] = d->flags && d->flags[j] ? d->flags[j][row] : LOCALISE_FREE;
  const struct mixed_record r = {
      .unit = d->unit[row], .x = s->x, .missing = s->missing, .code = s->code, .flags = s->flags, .prediction = d->prediction ? s->prediction : NULL};
  s->metrics.searched++;
  TRY(mixed_solve(&s->m, &r, &s->one, &s->answer, e));
  if (s->answer.status != LOCALISE_UNSOLVED) return E_OK;
  s->m.pool = NULL;
  const enum err_code code = mixed_solve(&s->m, &r, &s->one, &s->answer, e);
  s->m.pool = &s->pool;
  return code;
}
static enum err_code run_block(struct share *s, int64_t from, int n, struct err *e) {
  mark_missing(s, from, n);
  mark_failing(s, from, n);
  for (int i = 0; i < n; i++) {
    s->answer.status = LOCALISE_PASSED;
    if (s->suspect[i]) TRY(one_record(s, from + i, e));
    const uint8_t status = s->status[from + i] = s->answer.status;
    s->metrics.by_status[status]++;
    if (status == LOCALISE_SOLVED) s->metrics.by_size[s->answer.n_set < LOCALISE_SIZES ? s->answer.n_set : LOCALISE_SIZES - 1]++;
    if (status != LOCALISE_PASSED) TRY(keep_case(s, from + i, e));
  }
  return E_OK;
}
static void *run_share(void *context) {
  struct share *s = context;
  for (int64_t row = s->from; row < s->to && !job_cancelled(s->job); row += BLOCK) {
    const int n = s->to - row < BLOCK ? (int)(s->to - row) : BLOCK;
    if ((s->failed = run_block(s, row, n, &s->error))) return NULL;
  }
  s->metrics.programmes = s->m.programmes;
  s->metrics.doubtful = s->m.doubtful;
  s->metrics.exact_programmes = s->m.exact_programmes;
  s->metrics.conflicts = s->pool.n;
  return NULL;
}
/* --- threads --- */
static bool share_init(struct share *s) {
  const int p = s->spec->rules->numeric.p, q = s->spec->rules->n_categories;
  struct arena *a = s->arena;
  if (!a || !mixed_init(&s->m, a, s->spec)) return false;
  s->pool = (struct conflict_pool){.arena = a, .conflict = ARENA_ARRAY(a, struct conflict, POOL_MAX_CONFLICTS)};
  s->m.pool = &s->pool;
  s->x = ARENA_ARRAY(a, double, p + 1);
  s->prediction = ARENA_ARRAY(a, double, p + 1);
  s->missing = ARENA_ARRAY(a, bool, p + 1);
  s->code = ARENA_ARRAY(a, int, q + 1);
  s->flags = ARENA_ARRAY(a, uint8_t, p + q + 1);
  s->one = (struct mixed_answer){.x = ARENA_ARRAY(a, double, p + 1), .code = ARENA_ARRAY(a, int, q + 1)};
  s->answer = (struct mixed_answer){.x = ARENA_ARRAY(a, double, p + 1), .code = ARENA_ARRAY(a, int, q + 1)};
  return s->pool.conflict && s->x && s->prediction && s->missing && s->code && s->flags && s->one.x && s->one.code && s->answer.x && s->answer.code;
}
static void run_threads(struct share *shares, int n) {
  pthread_t threads[LOCALISE_MAX_THREADS];
  bool started[LOCALISE_MAX_THREADS] = {false};
  for (int t = 1; t < n; t++) started[t] = pthread_create(&threads[t], NULL, run_share, &shares[t]) == 0;
  (void)run_share(&shares[0]);
  for (int t = 1; t < n; t++) {
    if (started[t])
      (void)pthread_join(threads[t], NULL);
    else
      (void)run_share(&shares[t]); /* no thread to be had: done here */
  }
}
static enum err_code copy_case(struct arena *a, const struct mixed_case *from, int p, int q, struct mixed_case *to, struct err *e) {
  *to = *from;
  if (!from->x) return E_OK;
  const size_t n = (size_t)(q + from->n_set + from->n_paid);
  double *x = arena_alloc(a, (size_t)(p + 1) * sizeof *x, _Alignof(double));
  int *code = arena_alloc(a, (n + 1) * sizeof *code, _Alignof(int));
  if (!x || !code) return no_memory(e);
  memcpy(x, from->x, (size_t)p * sizeof *x);
  memcpy(code, from->code, n * sizeof *code);
  to->x = x;
  to->code = code;
  to->set = code + q;
  to->paid = code + q + from->n_set;
  return E_OK;
}
static enum err_code merge(struct arena *a, const struct share *shares, int n, struct mixed_result *out, struct err *e) {
  for (int t = 0; t < n; t++) {
    if (shares[t].failed) {
      if (e) *e = shares[t].error;
      return shares[t].failed;
    }
    out->n_cases += shares[t].n_cases;
  }
  out->cases = ARENA_ARRAY(a, struct mixed_case, out->n_cases + 1);
  if (!out->cases) return no_memory(e);
  int64_t at = 0;
  for (int t = 0; t < n; t++) {
    const struct mixed_metrics *from = &shares[t].metrics;
    for (int64_t k = 0; k < shares[t].n_cases; k++) TRY(copy_case(a, &shares[t].cases[k], shares[t].m.p, shares[t].m.q, &out->cases[at++], e));
    for (int k = 0; k < 5; k++) out->metrics.by_status[k] += from->by_status[k];
    for (int k = 0; k < LOCALISE_SIZES; k++) out->metrics.by_size[k] += from->by_size[k];
    out->metrics.searched += from->searched;
    out->metrics.programmes += from->programmes;
    out->metrics.doubtful += from->doubtful;
    out->metrics.exact_programmes += from->exact_programmes;
    out->metrics.conflicts = from->conflicts > out->metrics.conflicts ? from->conflicts : out->metrics.conflicts;
  }
  return E_OK;
}
enum err_code localise_mixed_run(const struct job *job, struct arena *a, const struct mixed_spec *spec, const struct mixed_columns *data,
                                 struct mixed_result *out, struct err *e) {
  const int n = job->n_threads < 1 || data->n < 2 * BLOCK ? 1 : job->n_threads > LOCALISE_MAX_THREADS ? LOCALISE_MAX_THREADS : job->n_threads;
  *out = (struct mixed_result){.status = ARENA_ARRAY(a, uint8_t, data->n + 1)};
  struct share *shares = ARENA_ARRAY(a, struct share, n);
  enum err_code code = E_OK;
  if (!out->status || !shares) return no_memory(e);
  TRY(mixed_check_weights(spec, e));
  for (int t = 0; t < n; t++) {
    struct share *s = &shares[t];
    s->job = job;
    s->spec = spec;
    s->data = data;
    s->from = data->n * t / n;
    s->to = data->n * (t + 1) / n;
    s->status = out->status;
    s->arena = arena_new(0);
    if (!code && !share_init(s)) code = no_memory(e);
  }
  if (!code) run_threads(shares, n);
  if (!code) code = merge(a, shares, n, out, e);
  for (int t = 0; t < n; t++) arena_free(shares[t].arena);
  if (!code && job_cancelled(job)) code = ERR(e, E_CANCELLED, .subject = "error localisation");
  return code;
}
