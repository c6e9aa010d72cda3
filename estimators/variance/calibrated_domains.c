#include "estimators/variance/calibrated_domains.h"

#include <pthread.h>
#include <string.h>

#include "base/sum.h"
#include "estimators/variance/calibrated_domains_impl.h"

enum { UNITS = 32, MOST_THREADS = 64 };

bool calibrated_domains_possible(const struct survey *s) {
  struct survey bare = *s;
  int n = 0;
  bare.n_adjustments = 0;
  if (!survey_is_plain(&bare)) return false;
  for (int k = 0; k < s->n_adjustments; k++) {
    if (s->adjustments[k]->kind != ADJUSTED_FIXED && s->adjustments[k]->kind != ADJUSTED_CALIBRATED) return false;
    /* Rows shared by a household, parts and sparse rows: the short cut over x, q and f does not know them. */
    const struct regression *r = &s->adjustments[k]->regression;
    if (s->adjustments[k]->kind == ADJUSTED_CALIBRATED && (!regression_is_plain(r) || r->x->n_sparse)) return false;
    n += s->adjustments[k]->kind == ADJUSTED_CALIBRATED;
  }
  return n > 0;
}

/* --- the units of one parent: totals kept 32 at a time, their squared deviations joined --- */
struct level {
  int64_t n;
  int waiting;
  double *unit;              /* [UNITS][COLUMNS] */
  double *sum, *mean, *square; /* [COLUMNS] of the parent */
};
struct late { /* lonely units whose centre is the mean of all units of their stage */
  struct late *next;
  int stage;
  double coefficient, value[COLUMNS];
};
struct walk {
  struct arena *a;
  const struct calibrated_plan *p;
  const struct calibrated_columns *c;
  struct level level[DESIGN_MAX_STAGES];
  double *x[SURVEY_MOST_ADJUSTMENTS]; /* [p] sums of a x over the open unit */
  uint8_t *met[SURVEY_MOST_ADJUSTMENTS];
  int *touched;
  struct sum total[COLUMNS], var[COLUMNS];
  struct late *late;
  bool failed;
};

static void start(struct level *l) {
  l->n = l->waiting = 0;
  memset(l->sum, 0, sizeof(double) * COLUMNS), memset(l->mean, 0, sizeof(double) * COLUMNS), memset(l->square, 0, sizeof(double) * COLUMNS);
}
static void join(struct level *l) {
  const int n = l->waiting;
  double mean[COLUMNS] = {0}, square[COLUMNS] = {0};
  if (!n) return;
  for (int u = 0; u < n; u++)
    for (int h = 0; h < COLUMNS; h++) mean[h] += l->unit[u * COLUMNS + h];
  for (int h = 0; h < COLUMNS; h++) l->sum[h] += mean[h], mean[h] /= n;
  for (int u = 0; u < n; u++)
    for (int h = 0; h < COLUMNS; h++) {
      const double deviation = l->unit[u * COLUMNS + h] - mean[h];
      square[h] += deviation * deviation;
    }
  const double before = (double)l->n, after = (double)(l->n + n), share = n / after, both = before * n / after;
  for (int h = 0; h < COLUMNS; h++) {
    const double step = mean[h] - l->mean[h];
    l->square[h] += square[h] + step * step * both;
    l->mean[h] += step * share;
  }
  l->n += n;
  l->waiting = 0;
}

/* --- totals of one unit of the last stage that counts --- */
static inline void add_row(const struct walk *w, int64_t i, double *r) {
  const struct calibrated_plan *p = w->p;
  const int32_t d = p->domains && p->domains->of_row ? p->domains->of_row[i] : 0;
  if (d < 0) return;
  for (int64_t j = w->c->first / p->n_domains; j < p->m && j * p->n_domains < w->c->first + w->c->n; j++) {
    const int64_t column = j * p->n_domains - w->c->first + d;
    if (column >= 0 && column < w->c->n) r[column] += p->s->weight[i] * p->u[j][i];
  }
}
static inline void take_off(double *restrict r, const double *restrict b, double x) {
  for (int h = 0; h < COLUMNS; h++) r[h] -= x * b[h];
}
static void one_row(const struct walk *w, int64_t i, double *r) {
  struct calibrated_row row;
  add_row(w, i, r);
  for (int k = 0; k < w->p->n_steps; k++) {
    const struct calibrated_step *step = &w->p->step[k];
    if (step->after[i] == 0) continue;
    calibrated_row_of(step->x, i, &row);
    for (int j = 0; j < row.n; j++) take_off(r, w->c->b[k] + (int64_t)row.column[j] * COLUMNS, step->after[i] * row.value[j]);
  }
}
static void several_rows(struct walk *w, int64_t from, int64_t to, double *r) {
  const struct sample_design *d = w->p->s->design;
  struct calibrated_row row;
  for (int64_t at = from; at < to; at++) add_row(w, design_row(d, at), r);
  for (int k = 0; k < w->p->n_steps; k++) {
    const struct calibrated_step *step = &w->p->step[k];
    int n = 0;
    for (int64_t at = from; at < to; at++) {
      const int64_t i = design_row(d, at);
      if (step->after[i] == 0) continue;
      calibrated_row_of(step->x, i, &row);
      for (int j = 0; j < row.n; j++) {
        if (!w->met[k][row.column[j]]) w->met[k][row.column[j]] = 1, w->touched[n++] = row.column[j], w->x[k][row.column[j]] = 0;
        w->x[k][row.column[j]] += step->after[i] * row.value[j];
      }
    }
    for (int j = 0; j < n; j++) {
      take_off(r, w->c->b[k] + (int64_t)w->touched[j] * COLUMNS, w->x[k][w->touched[j]]);
      w->met[k][w->touched[j]] = 0;
    }
  }
}

/* --- the tree --- */
static void add_variance(struct walk *w, int stage, int64_t parent) {
  const struct design_stage *s = &w->p->s->design->stage[stage];
  struct level *l = &w->level[stage];
  const double c = s->coefficient[parent];
  const bool alone = s->lonely && s->lonely[parent];
  if (c == 0) return;
  if (!alone) {
    for (int h = 0; h < COLUMNS; h++) sum_add(&w->var[h], c * l->square[h]);
    return;
  }
  if (w->p->s->design->lonely != LONELY_MEAN) {
    for (int h = 0; h < COLUMNS; h++) sum_add(&w->var[h], c * l->sum[h] * l->sum[h]);
    return;
  }
  struct late *x = ARENA_NEW(w->a, struct late);
  if (!x) {
    w->failed = true;
    return;
  }
  x->next = w->late, x->stage = stage, x->coefficient = c;
  memcpy(x->value, l->sum, sizeof x->value);
  w->late = x;
}
static void walk_parent(struct walk *w, int stage, int64_t parent) {
  const struct sample_design *d = w->p->s->design;
  const struct design_stage *s = &d->stage[stage];
  struct level *l = &w->level[stage];
  start(l);
  int64_t from = design_unit_start(d, stage, s->first_unit[parent]);
  for (int64_t u = s->first_unit[parent]; u < s->first_unit[parent + 1] && !w->failed; u++) {
    double *r = l->unit + (int64_t)l->waiting * COLUMNS;
    memset(r, 0, sizeof *r * COLUMNS);
    if (stage + 1 == w->p->depth || stage + 1 == DESIGN_MAX_STAGES) {
      const int64_t to = design_unit_start(d, stage, u + 1);
      if (to - from == 1) one_row(w, design_row(d, from), r);
      else several_rows(w, from, to, r);
      from = to;
    } else {
      for (int64_t q = s->first_parent[u]; q < s->first_parent[u + 1]; q++) {
        walk_parent(w, stage + 1, q);
        for (int h = 0; h < COLUMNS; h++) r[h] += w->level[stage + 1].sum[h];
      }
    }
    if (++l->waiting == UNITS) join(l);
  }
  join(l);
  add_variance(w, stage, parent);
}

static bool walk_new(struct walk *w) {
  int most = 1;
  for (int s = 0; s < w->p->depth; s++) {
    struct level *l = &w->level[s];
    l->unit = ARENA_ARRAY(w->a, double, UNITS * COLUMNS);
    l->sum = ARENA_ARRAY(w->a, double, COLUMNS), l->mean = ARENA_ARRAY(w->a, double, COLUMNS), l->square = ARENA_ARRAY(w->a, double, COLUMNS);
    if (!l->unit || !l->sum || !l->mean || !l->square) return false;
  }
  for (int k = 0; k < w->p->n_steps; k++) {
    const int p = w->p->step[k].p;
    if (p > most) most = p;
    w->x[k] = ARENA_ARRAY(w->a, double, p + 1), w->met[k] = ARENA_ARRAY(w->a, uint8_t, p + 1);
    if (!w->x[k] || !w->met[k]) return false;
  }
  return (w->touched = ARENA_ARRAY(w->a, int, most + 1)) != NULL;
}

enum err_code calibrated_residual_variance(
    struct arena *a, const struct calibrated_plan *p, const struct calibrated_columns *c, double *var, struct err *e) {
  const struct sample_design *d = p->s->design;
  struct walk *w = ARENA_NEW(a, struct walk);
  if (!w) return ERR(e, E_NO_MEMORY, .subject = "calibrated variance");
  w->a = a, w->p = p, w->c = c;
  if (!walk_new(w)) return ERR(e, E_NO_MEMORY, .subject = "calibrated variance");
  for (int64_t h = 0; h < d->stage[0].n_parents && !w->failed; h++) {
    walk_parent(w, 0, h);
    for (int k = 0; k < COLUMNS; k++) sum_add(&w->total[k], w->level[0].sum[k]);
  }
  for (const struct late *x = w->late; x; x = x->next)
    for (int k = 0; k < COLUMNS; k++) {
      const double deviation = x->value[k] - sum_result(&w->total[k]) / (double)d->stage[x->stage].n_units;
      sum_add(&w->var[k], x->coefficient * deviation * deviation);
    }
  for (int k = 0; k < c->n; k++) var[k] = sum_result(&w->var[k]);
  return w->failed ? ERR(e, E_NO_MEMORY, .subject = "calibrated variance") : E_OK;
}

/* --- columns in portions; threads take portions --- */
struct worker {
  const struct calibrated_plan *p;
  double *const *var;
  int64_t from, step, n_columns;
  enum err_code code;
};
static enum err_code portion(const struct worker *w, struct arena *a, int64_t first) {
  struct calibrated_columns c = {.first = first, .n = (int)(w->n_columns - first < COLUMNS ? w->n_columns - first : COLUMNS)};
  double var[COLUMNS];
  TRY(calibrated_coefficients(a, w->p, &c, NULL));
  TRY(calibrated_residual_variance(a, w->p, &c, var, NULL));
  for (int k = 0; k < c.n; k++) w->var[(first + k) / w->p->n_domains][(first + k) % w->p->n_domains] = var[k];
  return E_OK;
}
static void *work(void *arg) {
  struct worker *w = arg;
  struct arena *a = arena_new(0);
  if (!a) w->code = E_NO_MEMORY;
  for (int64_t first = w->from * COLUMNS; !w->code && first < w->n_columns; first += w->step * COLUMNS) {
    struct arena_mark mark = arena_mark(a);
    w->code = portion(w, a, first);
    arena_reset(a, mark);
  }
  arena_free(a);
  return NULL;
}
static enum err_code all_portions(const struct job *job, const struct calibrated_plan *p, double *const *var) {
  struct worker workers[MOST_THREADS] = {0};
  pthread_t threads[MOST_THREADS];
  bool started[MOST_THREADS] = {false};
  const int64_t n_columns = (int64_t)p->m * p->n_domains, portions = (n_columns + COLUMNS - 1) / COLUMNS;
  int n = job && job->n_threads > 1 ? job->n_threads : 1;
  n = n > MOST_THREADS ? MOST_THREADS : n;
  n = n > portions ? (int)portions : n;
  for (int i = 0; i < n; i++) workers[i] = (struct worker){.p = p, .var = var, .from = i, .step = n, .n_columns = n_columns};
  for (int i = 1; i < n; i++) started[i] = pthread_create(&threads[i], NULL, work, &workers[i]) == 0;
  (void)work(&workers[0]);
  for (int i = 1; i < n; i++) {
    if (started[i]) (void)pthread_join(threads[i], NULL);
    else (void)work(&workers[i]); /* no thread to be had: done here */
  }
  for (int i = 0; i < n; i++)
    if (workers[i].code) return workers[i].code;
  return E_OK;
}

enum err_code calibrated_domains_variance(const struct job *job, struct arena *a, const struct survey *s, const struct taylor_domains *domains, int m,
    const double *const *u, double *const *var, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  struct calibrated_plan p;
  if (!calibrated_domains_possible(s)) return ERR(e, E_BUG, .subject = "calibrated domains: other adjustments");
  TRY(sample_design_lonely(s->design, NULL, NULL, e));
  TRY(calibrated_plan_new(a, s, &p, e));
  p.domains = domains, p.m = m, p.u = u, p.n_domains = domains && domains->of_row ? domains->n_domains : 1;
  const enum err_code code = p.n_domains > 0 ? all_portions(job, &p, var) : E_OK;
  arena_reset(a, mark);
  return code ? ERR(e, code, .subject = "calibrated variance") : E_OK;
}
