/* Linear statistics of replicate_engine.h: sums per (unit, domain), then sums of those per replicate. */
#include <math.h>
#include <pthread.h>
#include <string.h>

#include "estimators/variance/replicate_engine.h"
#include "estimators/variance/replicate_moments.h"

enum { BLOCK = 16, MAX_THREADS = 64, MOST_COLUMNS = 2 * REPLICATE_MOST_STATISTICS };
static const double NOTHING_LEFT = 1e-12; /* a denominator below this part of the full sample's is none */

struct column_plan {
  int p;
  const double *column[MOST_COLUMNS]; /* NULL = 1 */
  int top[REPLICATE_MOST_STATISTICS], bottom[REPLICATE_MOST_STATISTICS]; /* bottom -1 = a total */
};
struct linear {
  const struct replicate_set *set;
  const double *w;
  const struct taylor_domains *domains;
  struct column_plan plan;
  int m;
  int32_t n_domains;
  const int64_t *order, *first_row; /* rows by unit; order NULL = as they stand */
  int64_t *first_entry;             /* [n_units + 1] */
  int32_t *domain;                  /* [entries] */
  double *sum;                      /* [entries][p] */
  double *full;                     /* [n_domains][p] */
  double *value;                    /* [n_domains][m] */
  const uint8_t *defined;
  double *theta;
  int64_t largest_group;
};
struct worker {
  const struct linear *l;
  int first, count;
  double *change, *total; /* [units of a group][count], [n_domains][p][count] */
  struct replicate_moments moments;
};

/* --- columns --- */
static int column_number(struct column_plan *c, const double *column) {
  for (int k = 0; k < c->p; k++)
    if (c->column[k] == column) return k;
  c->column[c->p] = column;
  return c->p++;
}
static enum err_code plan_columns(int m, const struct statistic *s, struct column_plan *c, struct err *e) {
  if (m < 1 || m > REPLICATE_MOST_STATISTICS) return ERR(e, E_REPLICATE_SPEC, .subject = "number of statistics together");
  c->p = 0;
  for (int j = 0; j < m; j++) {
    if (s[j].kind == STATISTIC_VARIANCE || s[j].kind == STATISTIC_GEOMETRIC)
      return ERR(e, E_REPLICATE_SPEC, .subject = "a statistic that is no total, mean or ratio");
    c->top[j] = column_number(c, s[j].kind == STATISTIC_SIZE ? NULL : s[j].y);
    c->bottom[j] = s[j].kind == STATISTIC_MEAN ? column_number(c, NULL) : s[j].kind == STATISTIC_RATIO ? column_number(c, s[j].x) : -1;
  }
  return E_OK;
}

/* --- rows by unit --- */
static enum err_code rows_by_unit(struct arena *a, struct linear *l, struct err *e) {
  const struct replicate_set *s = l->set;
  bool sorted = true;
  int64_t *first = ARENA_ARRAY(a, int64_t, s->n_units + 2);
  if (!first) return ERR(e, E_NO_MEMORY, .subject = "replicates");
  l->first_row = first;
  if (!s->unit_of_row) {
    for (int64_t u = 0; u <= s->n_units; u++) first[u] = u;
    return E_OK;
  }
  for (int64_t i = 0; i < s->n; i++) first[s->unit_of_row[i] + 1]++, sorted = sorted && (i == 0 || s->unit_of_row[i] >= s->unit_of_row[i - 1]);
  for (int64_t u = 0; u < s->n_units; u++) first[u + 1] += first[u];
  if (sorted) return E_OK;
  int64_t *order = ARENA_ARRAY(a, int64_t, s->n + 1);
  if (!order) return ERR(e, E_NO_MEMORY, .subject = "replicates");
  for (int64_t i = 0; i < s->n; i++) order[first[s->unit_of_row[i]]++] = i;
  for (int64_t u = s->n_units; u > 0; u--) first[u] = first[u - 1];
  first[0] = 0;
  l->order = order;
  return E_OK;
}

/* --- sums per (unit, domain) --- */
static int32_t domain_at(const struct linear *l, int64_t row) { return l->domains && l->domains->of_row ? l->domains->of_row[row] : 0; }
static void count_entries(struct linear *l, int64_t *mark) {
  for (int64_t u = 0; u < l->set->n_units; u++) {
    int64_t n = 0;
    for (int64_t p = l->first_row[u]; p < l->first_row[u + 1]; p++) {
      const int32_t k = domain_at(l, l->order ? l->order[p] : p);
      if (k < 0 || mark[k] == u + 1) continue;
      mark[k] = u + 1, n++;
    }
    l->first_entry[u + 1] = l->first_entry[u] + n;
  }
}
static void sum_entries(struct linear *l, int64_t *entry_of) {
  const int p = l->plan.p;
  for (int32_t k = 0; k < l->n_domains; k++) entry_of[k] = -1;
  for (int64_t u = 0; u < l->set->n_units; u++) {
    int64_t next = l->first_entry[u];
    for (int64_t q = l->first_row[u]; q < l->first_row[u + 1]; q++) {
      const int64_t row = l->order ? l->order[q] : q;
      const int32_t k = domain_at(l, row);
      if (k < 0) continue;
      if (entry_of[k] < l->first_entry[u]) entry_of[k] = next, l->domain[next++] = k;
      double *sum = l->sum + entry_of[k] * p;
      for (int c = 0; c < p; c++) sum[c] += l->plan.column[c] ? l->w[row] * l->plan.column[c][row] : l->w[row];
    }
  }
}
static enum err_code make_entries(struct arena *a, struct linear *l, struct err *e) {
  l->first_entry = ARENA_ARRAY(a, int64_t, l->set->n_units + 1);
  int64_t *mark = ARENA_ARRAY(a, int64_t, l->n_domains + 1);
  if (!l->first_entry || !mark) return ERR(e, E_NO_MEMORY, .subject = "replicates");
  count_entries(l, mark);
  const int64_t n = l->first_entry[l->set->n_units];
  l->domain = ARENA_ARRAY(a, int32_t, n + 1);
  l->sum = ARENA_ARRAY(a, double, (n + 1) * l->plan.p);
  if (!l->domain || !l->sum) return ERR(e, E_NO_MEMORY, .subject = "replicates");
  sum_entries(l, mark);
  return E_OK;
}

/* --- the full sample --- */
static enum err_code full_sample(struct arena *a, struct linear *l, uint8_t *defined, struct err *e) {
  const int p = l->plan.p;
  struct arena_mark mark;
  l->full = ARENA_ARRAY(a, double, (int64_t)(l->n_domains + 1) * p);
  mark = arena_mark(a);
  struct sum *sum = ARENA_ARRAY(a, struct sum, (int64_t)(l->n_domains + 1) * p);
  if (!l->full || !sum) return ERR(e, E_NO_MEMORY, .subject = "replicates");
  for (int64_t i = 0; i < l->first_entry[l->set->n_units]; i++)
    for (int c = 0; c < p; c++) sum_add(&sum[(int64_t)l->domain[i] * p + c], l->sum[i * p + c]);
  for (int64_t i = 0; i < (int64_t)l->n_domains * p; i++) l->full[i] = sum_result(&sum[i]);
  arena_reset(a, mark);
  for (int64_t k = 0; k < l->n_domains; k++) {
    const double *full = l->full + k * p;
    defined[k] = 1;
    for (int j = 0; j < l->m; j++) {
      const int bottom = l->plan.bottom[j];
      if (bottom >= 0 && full[bottom] == 0) defined[k] = 0;
      l->value[k * l->m + j] = bottom < 0 ? full[l->plan.top[j]] : full[bottom] != 0 ? full[l->plan.top[j]] / full[bottom] : 0;
    }
  }
  l->defined = defined;
  return E_OK;
}
/* What the statistics of a domain change by when its totals change by change[c * stride]; false = not defined in the replicate. */
static bool deviations(const struct linear *l, int64_t k, const double *change, int64_t stride, double *out) {
  const double *full = l->full + k * l->plan.p;
  for (int j = 0; j < l->m; j++) {
    const double top = change[l->plan.top[j] * stride];
    const int b = l->plan.bottom[j];
    if (b < 0) {
      out[j] = top;
      continue;
    }
    const double bottom = full[b] + change[b * stride];
    if (fabs(bottom) <= NOTHING_LEFT * fabs(full[b])) return false;
    out[j] = (top - l->value[k * l->m + j] * change[b * stride]) / bottom;
  }
  return true;
}

/* --- a block of replicates --- */
static inline void add_unit(const struct linear *l, int64_t u, const int count, const double *change, double *total) {
  const int p = l->plan.p;
  for (int64_t i = l->first_entry[u]; i < l->first_entry[u + 1]; i++)
    for (int c = 0; c < p; c++) {
      const double v = l->sum[i * p + c];
      double *into = total + ((int64_t)l->domain[i] * p + c) * count;
      for (int k = 0; k < count; k++) into[k] += v * change[k];
    }
}
static void *work(void *context) {
  struct worker *x = context;
  const struct linear *l = x->l;
  const int p = l->plan.p, count = x->count;
  double deviation[REPLICATE_MOST_STATISTICS];
  if (count == 0) return NULL;
  memset(x->total, 0, sizeof *x->total * (size_t)l->n_domains * (size_t)p * (size_t)count);
  for (int64_t g = 0, groups = replicate_groups(l->set); g < groups; g++) {
    const int64_t from = replicate_group_unit(l->set, g), to = replicate_group_unit(l->set, g + 1);
    replicate_changes(l->set, g, x->first, count, x->change);
    for (int64_t u = from; u < to; u++) {
      if (count == BLOCK) add_unit(l, u, BLOCK, x->change + (u - from) * BLOCK, x->total);
      else add_unit(l, u, count, x->change + (u - from) * count, x->total);
    }
  }
  replicate_moments_clear(&x->moments);
  for (int k = 0; k < count; k++)
    for (int64_t d = 0; d < l->n_domains; d++) {
      double *theta = l->theta ? l->theta + ((int64_t)(x->first + k) * l->n_domains + d) * l->m : NULL;
      const bool ok = l->defined[d] && deviations(l, d, x->total + d * p * count + k, count, deviation);
      if (ok) replicate_moments_add(&x->moments, d, deviation, l->set->rscale ? l->set->rscale[x->first + k] : 1, 1);
      for (int j = 0; theta && j < l->m; j++) theta[j] = ok ? l->value[d * l->m + j] + deviation[j] : 0;
    }
  return NULL;
}
static void run_round(struct worker *workers, int n) {
  pthread_t threads[MAX_THREADS];
  bool started[MAX_THREADS] = {false};
  for (int i = 1; i < n; i++) started[i] = workers[i].count && pthread_create(&threads[i], NULL, work, &workers[i]) == 0;
  (void)work(&workers[0]);
  for (int i = 1; i < n; i++) {
    if (started[i]) (void)pthread_join(threads[i], NULL);
    else (void)work(&workers[i]);
  }
}
static enum err_code all_blocks(const struct job *job, struct arena *a, const struct linear *l, struct replicate_moments *into, struct err *e) {
  struct worker workers[MAX_THREADS];
  int n = job && job->n_threads > 1 ? job->n_threads < MAX_THREADS ? job->n_threads : MAX_THREADS : 1;
  const int blocks = (l->set->n_replicates + BLOCK - 1) / BLOCK;
  if (n > blocks) n = blocks > 0 ? blocks : 1;
  for (int i = 0; i < n; i++) {
    workers[i] = (struct worker){.l = l, .change = ARENA_ARRAY(a, double, (l->largest_group + 1) * BLOCK),
        .total = ARENA_ARRAY(a, double, (int64_t)(l->n_domains + 1) * l->plan.p * BLOCK)};
    if (!workers[i].change || !workers[i].total) return ERR(e, E_NO_MEMORY, .subject = "replicates");
    TRY(replicate_moments_new(a, l->n_domains, l->m, &workers[i].moments, e));
  }
  for (int first = 0; first < l->set->n_replicates;) {
    for (int i = 0; i < n; i++) {
      const int left = l->set->n_replicates - first;
      workers[i].first = first, workers[i].count = left > BLOCK ? BLOCK : left;
      first += workers[i].count;
    }
    run_round(workers, n);
    for (int i = 0; i < n; i++)
      if (workers[i].count) replicate_moments_merge(into, &workers[i].moments);
    job_progress(job, "replicates", first, l->set->n_replicates);
  }
  return E_OK;
}

/* --- jackknife: replicate i of a group changes a domain's totals by (T - n t_i)/(n - 1), T the group's --- */
struct drop {
  double *total;    /* [n_domains][p] */
  int64_t *count;   /* [n_domains] units with records */
  int32_t *touched;
  int64_t n_touched;
};
static void drop_each(const struct linear *l, struct drop *x, int64_t from, int64_t to, double rscale, struct replicate_moments *into) {
  const int p = l->plan.p;
  const double n = (double)(to - from);
  double change[MOST_COLUMNS], deviation[REPLICATE_MOST_STATISTICS];
  x->n_touched = 0;
  for (int64_t i = l->first_entry[from]; i < l->first_entry[to]; i++) {
    const int64_t k = l->domain[i];
    if (!x->count[k]++) x->touched[x->n_touched++] = (int32_t)k, memset(x->total + k * p, 0, sizeof(double) * (size_t)p);
    for (int c = 0; c < p; c++) x->total[k * p + c] += l->sum[i * p + c];
  }
  for (int64_t i = l->first_entry[from]; i < l->first_entry[to]; i++) {
    const int64_t k = l->domain[i];
    for (int c = 0; c < p; c++) change[c] = (x->total[k * p + c] - n * l->sum[i * p + c]) / (n - 1);
    if (l->defined[k] && deviations(l, k, change, 1, deviation)) replicate_moments_add(into, k, deviation, rscale, 1);
  }
  for (int64_t t = 0; t < x->n_touched; t++) {
    const int64_t k = x->touched[t];
    for (int c = 0; c < p; c++) change[c] = x->total[k * p + c] / (n - 1);
    const double others = n - (double)x->count[k];
    if (others > 0 && l->defined[k] && deviations(l, k, change, 1, deviation)) replicate_moments_add(into, k, deviation, rscale, others);
  }
}
/* Replicates of strata without the domain do not change it: they count with deviation 0. */
static void untouched_replicates(
    const struct linear *l, const int64_t *seen, const struct sum *scale_seen, double scale_all, struct replicate_moments *into) {
  for (int64_t k = 0; k < l->n_domains; k++) {
    if (!l->defined[k]) continue;
    into->used[k] += l->set->n_replicates - seen[k];
    sum_add(&into->sum_scale[k], scale_all - sum_result(&scale_seen[k]));
  }
}
static enum err_code all_drops(struct arena *a, const struct linear *l, struct replicate_moments *into, struct err *e) {
  const struct replicate_set *s = l->set;
  struct arena_mark mark = arena_mark(a);
  const int64_t d = l->n_domains + 1;
  struct drop x = {ARENA_ARRAY(a, double, d *l->plan.p), ARENA_ARRAY(a, int64_t, d), ARENA_ARRAY(a, int32_t, d), 0};
  int64_t *seen = ARENA_ARRAY(a, int64_t, d);
  struct sum *scale_seen = ARENA_ARRAY(a, struct sum, d), scale_all = {0, 0};
  if (!x.total || !x.count || !x.touched || !seen || !scale_seen) return ERR(e, E_NO_MEMORY, .subject = "replicates");
  for (int64_t g = 0, groups = s->method == REPLICATE_JK1 ? 1 : s->n_groups; g < groups; g++) {
    const int64_t from = s->method == REPLICATE_JK1 ? 0 : s->group_unit[g], to = s->method == REPLICATE_JK1 ? s->n_units : s->group_unit[g + 1];
    if (s->method == REPLICATE_JKN && s->group_first[g] == s->group_first[g + 1]) continue;
    const double rscale = s->rscale ? s->rscale[s->group_first ? s->group_first[g] : 0] : 1;
    drop_each(l, &x, from, to, rscale, into);
    sum_add(&scale_all, rscale * (double)(to - from));
    for (int64_t t = 0; t < x.n_touched; t++) {
      const int32_t k = x.touched[t];
      seen[k] += to - from, sum_add(&scale_seen[k], rscale * (double)(to - from));
      x.count[k] = 0;
    }
  }
  untouched_replicates(l, seen, scale_seen, sum_result(&scale_all), into);
  arena_reset(a, mark);
  return E_OK;
}

enum err_code replicate_linear(const struct job *job, struct arena *a, const struct replicate_set *set, const double *w,
    const struct taylor_domains *domains, int m, const struct statistic *s, struct replicate_result *out, struct err *e) {
  const int32_t n = domains && domains->of_row ? domains->n_domains : 1;
  struct linear l = {.set = set, .w = w, .domains = domains, .m = m, .n_domains = n, .theta = out->theta};
  struct replicate_moments moments;
  TRY(plan_columns(m, s, &l.plan, e));
  *out = (struct replicate_result){.n_domains = n,
      .m = m,
      .value = ARENA_ARRAY(a, double, (int64_t)(n + 1) * m),
      .cov = ARENA_ARRAY(a, double, (int64_t)(n + 1) * m * m),
      .defined = ARENA_ARRAY(a, uint8_t, n + 1),
      .used = ARENA_ARRAY(a, int64_t, n + 1),
      .theta = l.theta};
  if (!out->value || !out->cov || !out->defined || !out->used) return ERR(e, E_NO_MEMORY, .subject = "replicates");
  struct arena_mark mark = arena_mark(a);
  l.value = out->value;
  TRY(rows_by_unit(a, &l, e));
  TRY(make_entries(a, &l, e));
  TRY(full_sample(a, &l, out->defined, e));
  TRY(replicate_moments_new(a, n, m, &moments, e));
  for (int64_t g = 0, groups = replicate_groups(set); g < groups; g++) {
    const int64_t units = replicate_group_unit(set, g + 1) - replicate_group_unit(set, g);
    l.largest_group = units > l.largest_group ? units : l.largest_group;
  }
  const bool drops = (set->method == REPLICATE_JK1 || set->method == REPLICATE_JKN) && !out->theta;
  if (drops) TRY(all_drops(a, &l, &moments, e));
  else TRY(all_blocks(job, a, &l, &moments, e));
  for (int64_t k = 0; k < n; k++) {
    out->used[k] = moments.used[k];
    if (moments.used[k] >= 2) replicate_moments_covariance(&moments, set, k, out->cov + k * m * m);
  }
  arena_reset(a, mark);
  return E_OK;
}
