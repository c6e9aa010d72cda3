/* Blocks of records: those that plainly pass are found column by column, the others are searched one by one, in contiguous shares of several
 * threads. */
#include "processing/localise/localise.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

#include "processing/localise/localise_impl.h"

enum { BLOCK = 1024, FIRST_CASES = 1024 };

static enum err_code no_memory(struct err *e) { return ERR(e, E_NO_MEMORY, .subject = "error localisation"); }

struct share { /* of one thread */
  const struct job *job;
  const struct num_table *data;
  int64_t from, to;
  uint8_t *status;
  struct searcher searcher;
  struct localise_metrics metrics;
  struct localise_case *cases;
  int64_t n_cases, capacity;
  double residual[BLOCK], size[BLOCK];
  uint8_t suspect[BLOCK];
  enum err_code code;
  struct err error;
};
static void mark_missing(struct share *s, int64_t from, int n) {
  memset(s->suspect, 0, (size_t)n);
  const struct linear_system *system = s->searcher.rows->system;
  for (int j = 0; j < system->p; j++) {
    const struct num_column *c = s->searcher.column[j];
    const uint8_t *status = c->status + from;
    const double *x = c->x + from, lower = system->lower[j], upper = system->upper[j];
    for (int i = 0; i < n; i++) s->suspect[i] |= (uint8_t)((status[i] >= VAL_BLANK) | (x[i] < lower) | (x[i] > upper));
    const uint8_t *flag = s->searcher.spec->flags ? s->searcher.spec->flags[j] : NULL;
    for (int i = 0; flag && i < n; i++) s->suspect[i] |= (uint8_t)(flag[from + i] == LOCALISE_FORCED);
  }
}
/* The same sums in the same order as linear_residual(): what passes here passes there. */
static void mark_failing(struct share *s, int64_t from, int n) {
  const struct linear_system *system = s->searcher.rows->system;
  for (int r = 0; r < system->m; r++) {
    const struct linear_edit *e = &system->edits[r];
    for (int i = 0; i < n; i++) s->residual[i] = s->size[i] = 0;
    for (int k = 0; k < e->n; k++) {
      const double coef = e->coef[k], *x = s->searcher.column[e->var[k]]->x + from;
      for (int i = 0; i < n; i++) {
        const double term = coef * x[i];
        s->residual[i] += term;
        s->size[i] += fabs(term);
      }
    }
    const bool equal = e->op == LINEAR_EQ;
    for (int i = 0; i < n; i++) {
      const double residual = s->residual[i] - e->rhs, tolerance = 1e-6 + 1e-9 * s->size[i];
      s->suspect[i] |= (uint8_t)((residual > tolerance) | (equal & (residual < -tolerance)));
    }
  }
}
static enum err_code keep_case(struct share *s, const struct localise_case *c, struct err *e) {
  if (s->n_cases == s->capacity) {
    const int64_t more = s->capacity ? 2 * s->capacity : FIRST_CASES;
    struct localise_case *grown = ARENA_ARRAY(s->searcher.arena, struct localise_case, more);
    if (!grown) return no_memory(e);
    if (s->n_cases) memcpy(grown, s->cases, (size_t)s->n_cases * sizeof *grown);
    s->cases = grown;
    s->capacity = more;
  }
  s->cases[s->n_cases++] = *c;
  return E_OK;
}
static void count_case(struct localise_metrics *m, const struct localise_case *c) {
  m->by_status[c->status]++;
  if (c->status == LOCALISE_SOLVED) m->by_size[c->n_set < LOCALISE_SIZES ? c->n_set : LOCALISE_SIZES - 1]++;
  if (c->n_optima > 1) m->several_optima++;
}
static enum err_code run_block(struct share *s, int64_t from, int n, struct err *e) {
  mark_missing(s, from, n);
  mark_failing(s, from, n);
  for (int i = 0; i < n; i++) {
    struct localise_case c = {.status = LOCALISE_PASSED};
    if (s->suspect[i]) TRY(localise_record(&s->searcher, s->data, from + i, &c, e));
    s->status[from + i] = c.status;
    count_case(&s->metrics, &c);
    if (c.status != LOCALISE_PASSED) TRY(keep_case(s, &c, e));
  }
  return E_OK;
}
static void *run_share(void *context) {
  struct share *s = context;
  s->searcher.metrics = &s->metrics;
  for (int64_t row = s->from; row < s->to && !job_cancelled(s->job); row += BLOCK) {
    const int n = s->to - row < BLOCK ? (int)(s->to - row) : BLOCK;
    if ((s->code = run_block(s, row, n, &s->error))) return NULL;
  }
  s->metrics.programmes = s->searcher.room.programmes;
  s->metrics.exact_programmes = s->searcher.room.exact_programmes;
  s->metrics.cuts = s->searcher.pool.n;
  return NULL;
}
static enum err_code check_spec(const struct localise_spec *spec, const struct num_table *data, struct arena *a, const struct num_column *const **out,
                                struct err *e) {
  const struct linear_system *s = spec->system;
  const struct num_column **column = ARENA_ARRAY(a, const struct num_column *, s->p + 1);
  if (!column) return no_memory(e);
  for (int j = 0; j < s->p; j++) {
    const int at = num_table_find(data, str_of(s->names[j]));
    if (at < 0) return ERR(e, E_LOCALISE_COLUMN, .subject = s->names[j]);
    column[j] = &data->columns[at];
    if (!spec->weight || !(spec->weight[j] > 0)) return ERR(e, E_LOCALISE_WEIGHT, .subject = s->names[j]);
  }
  *out = column;
  return E_OK;
}
static enum err_code copy_case(struct arena *a, const struct localise_case *from, struct localise_case *to, struct err *e) {
  const int n = from->n_set;
  int *set = ARENA_ARRAY(a, int, n + 1);
  double *witness = ARENA_ARRAY(a, double, n + 1);
  int listed = 0;
  for (int k = 0; k < from->n_listed; k++) listed += 1 + from->optima[listed];
  int *optima = ARENA_ARRAY(a, int, listed + 1);
  if (!set || !witness || !optima) return no_memory(e);
  *to = *from;
  if (n) {
    memcpy(set, from->set, (size_t)n * sizeof *set);
    memcpy(witness, from->witness, (size_t)n * sizeof *witness);
  }
  if (listed) memcpy(optima, from->optima, (size_t)listed * sizeof *optima);
  to->set = set;
  to->witness = witness;
  to->optima = optima;
  return E_OK;
}
static void add_metrics(struct localise_metrics *to, const struct localise_metrics *from) {
  for (int k = 0; k < 5; k++) to->by_status[k] += from->by_status[k];
  for (int k = 0; k < LOCALISE_SIZES; k++) to->by_size[k] += from->by_size[k];
  to->several_optima += from->several_optima;
  to->programmes += from->programmes;
  to->exact_programmes += from->exact_programmes;
  to->nodes += from->nodes;
  to->cuts = from->cuts > to->cuts ? from->cuts : to->cuts;
}
/* One share's cases are handed over as they are, with their arena's memory copied into the caller's. */
static enum err_code merge(struct arena *a, const struct share *shares, int n, struct localise_result *out, struct err *e) {
  for (int t = 0; t < n; t++) {
    if (shares[t].code) {
      if (e) *e = shares[t].error;
      return shares[t].code;
    }
    out->n_cases += shares[t].n_cases;
  }
  out->cases = ARENA_ARRAY(a, struct localise_case, out->n_cases + 1);
  if (!out->cases) return no_memory(e);
  int64_t at = 0;
  for (int t = 0; t < n; t++) {
    add_metrics(&out->metrics, &shares[t].metrics);
    for (int64_t k = 0; k < shares[t].n_cases; k++) TRY(copy_case(a, &shares[t].cases[k], &out->cases[at++], e));
  }
  return E_OK;
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
enum err_code localise_run(const struct job *job, struct arena *a, const struct localise_spec *spec, const struct num_table *data,
                           struct localise_result *out, struct err *e) {
  const struct num_column *const *column = NULL;
  struct edit_rows rows;
  const int n = job->n_threads < 1 || data->n < 2 * BLOCK ? 1 : job->n_threads > LOCALISE_MAX_THREADS ? LOCALISE_MAX_THREADS : job->n_threads;
  *out = (struct localise_result){.status = ARENA_ARRAY(a, uint8_t, data->n + 1)};
  struct share *shares = ARENA_ARRAY(a, struct share, n);
  if (!out->status || !shares || !edit_rows_init(&rows, a, spec->system)) return no_memory(e);
  TRY(check_spec(spec, data, a, &column, e));
  enum err_code code = E_OK;
  for (int t = 0; t < n; t++) {
    struct share *s = &shares[t];
    struct arena *own = arena_new(0);
    *s = (struct share){.job = job, .data = data, .from = data->n * t / n, .to = data->n * (t + 1) / n, .status = out->status};
    if (!own || !searcher_init(&s->searcher, spec, &rows, column, own, LOCALISE_POOL_BYTES)) code = no_memory(e);
    s->searcher.arena = own;
  }
  if (!code) run_threads(shares, n);
  if (!code) code = merge(a, shares, n, out, e);
  for (int t = 0; t < n; t++) arena_free(shares[t].searcher.arena);
  if (!code && job_cancelled(job)) code = ERR(e, E_CANCELLED, .subject = "error localisation");
  return code;
}
const struct localise_case *localise_find(const struct localise_result *r, int64_t row) {
  int64_t low = 0, high = r->n_cases;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (r->cases[middle].row < row)
      low = middle + 1;
    else
      high = middle;
  }
  return low < r->n_cases && r->cases[low].row == row ? &r->cases[low] : NULL;
}
const char *localise_status_name(enum localise_status s) {
  static const char *const NAMES[] = {"passed", "solved", "rejected_cardinality", "unsolved", "no_solution"};
  return NAMES[s];
}
const char *localise_reason_name(enum localise_reason r) {
  static const char *const NAMES[] = {"", "search_limit", "programme_limit", "numbers", "more_optima"};
  return NAMES[r];
}
