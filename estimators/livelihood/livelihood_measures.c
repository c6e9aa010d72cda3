#include "estimators/livelihood/livelihood_measures.h"

#include <math.h>
#include <string.h>

#include "base/ext_gsl.h"
#include "base/sum.h"
#include "estimators/estimate/design_effect.h"
#include "estimators/variance/replicate_make.h"
#include "estimators/variance/survey_variance.h"

static const double CONFIDENCE = 0.95;
static const double MOST_LOST = 0.05; /* those that are left have their margins for a reason: their spread is too small */

const char *livelihood_method_name(enum livelihood_method m) {
  static const char *const names[] = {"linearised", "woodruff", "jackknife", "bootstrap"};
  return names[m];
}
struct work {
  const struct job *job;
  struct arena *a;
  const struct livelihood_request *q;
  struct livelihood_sorted sorted;
  const double *w;
  double value[LIVELIHOOD_FIGURES];
  uint8_t defined[LIVELIHOOD_FIGURES];
  int64_t df;
  struct livelihood_measures *out;
  struct err *e;
};
static double quantile_of_t(int64_t df) {
  double t = 0;
  return df > 0 && dist_t_quantile(0.5 + CONFIDENCE / 2, (double)df, &t) ? t : 0;
}
static void put(struct livelihood_estimate *x, enum livelihood_method m, double variance, int64_t df) {
  const double t = quantile_of_t(df);
  if (!isfinite(variance) || variance < 0) return;
  x->has[m] = true;
  x->se[m] = sqrt(variance);
  x->df[m] = df;
  x->low[m] = x->value - t * x->se[m], x->high[m] = x->value + t * x->se[m];
}

/* --- linearised --- */
static bool has_influence(const struct work *k, int figure) {
  return (figure < FIGURE_DECILE || figure >= FIGURE_RATE) && k->defined[figure];
}
static enum err_code linearised(struct work *k, int figure) {
  struct livelihood_estimate *x = &k->out->estimate[figure];
  const struct survey *survey = &k->q->survey->survey;
  const struct arena_mark mark = arena_mark(k->a);
  double *u = ARENA_ARRAY(k->a, double, survey->n + 1), variance = 0, srs = 0;
  bool finite, has_srs;
  if (!u) return ERR(k->e, E_NO_MEMORY, .subject = "influences");
  TRY(livelihood_influence(k->a, &k->sorted, k->w, k->value, figure, u, &finite, k->e));
  if (finite) {
    const double *const columns[] = {u};
    double *const out[] = {&variance};
    TRY(survey_variances(k->job, k->a, survey, NULL, 1, columns, out, k->e));
    put(x, METHOD_LINEARISED, variance, k->df);
    TRY(srs_variance(k->a, survey->n, k->w, NULL, u, SRS_WITH_REPLACEMENT, &srs, &has_srs, k->e));
    x->has_deff = has_srs && srs > 0;
    x->deff = x->has_deff ? variance / srs : 0;
  }
  arena_reset(k->a, mark);
  return E_OK;
}

/* --- Woodruff --- */
static double size_of(const struct work *k) {
  struct sum s = {0, 0};
  for (int64_t i = 0; i < k->sorted.n; i++) sum_add(&s, k->w[k->sorted.row[i]] * k->sorted.persons[GROUP_ALL][i]);
  return sum_result(&s);
}
static double income_at(const struct work *k, double size, double p) {
  struct sum s = {0, 0};
  for (int64_t i = 0; i < k->sorted.n; i++) {
    sum_add(&s, k->w[k->sorted.row[i]] * k->sorted.persons[GROUP_ALL][i]);
    if (sum_result(&s) >= p * size - 1e-12 * size) return k->sorted.income[i];
  }
  return k->sorted.income[k->sorted.n - 1];
}
/* Influence of the share at or below q. */
static void of_share(const struct work *k, double size, double q, double *u) {
  struct sum below = {0, 0};
  for (int64_t i = 0; i < k->sorted.n && k->sorted.income[i] <= q; i++) sum_add(&below, k->w[k->sorted.row[i]] * k->sorted.persons[GROUP_ALL][i]);
  const double share = sum_result(&below) / size;
  for (int64_t i = 0; i < k->sorted.n; i++)
    u[k->sorted.row[i]] = k->sorted.persons[GROUP_ALL][i] * ((k->sorted.income[i] <= q) - share) / size;
}
static enum err_code woodruff(struct work *k, int decile) {
  struct livelihood_estimate *x = &k->out->estimate[FIGURE_DECILE + decile - 1];
  const struct survey *survey = &k->q->survey->survey;
  const struct arena_mark mark = arena_mark(k->a);
  const double size = size_of(k), p = decile / 10.0, t = quantile_of_t(k->df);
  double *u = ARENA_ARRAY(k->a, double, survey->n + 1), variance = 0;
  if (!u) return ERR(k->e, E_NO_MEMORY, .subject = "influences");
  of_share(k, size, x->value, u);
  const double *const columns[] = {u};
  double *const out[] = {&variance};
  TRY(survey_variances(k->job, k->a, survey, NULL, 1, columns, out, k->e));
  arena_reset(k->a, mark);
  const double half = t * sqrt(variance > 0 ? variance : 0);
  if (t == 0 || p - half <= 0 || p + half >= 1) return E_OK; /* no quantile stands there */
  x->has[METHOD_WOODRUFF] = true;
  x->df[METHOD_WOODRUFF] = k->df;
  x->low[METHOD_WOODRUFF] = half == 0 ? x->value : income_at(k, size, p - half);
  x->high[METHOD_WOODRUFF] = half == 0 ? x->value : income_at(k, size, p + half);
  x->se[METHOD_WOODRUFF] = (x->high[METHOD_WOODRUFF] - x->low[METHOD_WOODRUFF]) / (2 * t);
  return E_OK;
}
static void copy_woodruff(const struct livelihood_estimate *from, double factor, struct livelihood_estimate *to) {
  const int m = METHOD_WOODRUFF;
  to->has[m] = from->has[m], to->df[m] = from->df[m];
  to->se[m] = factor * from->se[m], to->low[m] = factor * from->low[m], to->high[m] = factor * from->high[m];
}

/* --- replicates --- */
static enum err_code replicated(struct work *k, const struct replicate_set *set, enum livelihood_method m) {
  struct livelihood_survey *s = k->q->survey;
  const struct replicate_task task = {.set = set,
      .weight = s->base,
      .readjust = s->chain.n_steps ? readjust_chain : NULL,
      .readjust_context = &s->chain,
      .n_domains = LIVELIHOOD_FIGURES,
      .m = 1,
      .values = livelihood_replicate,
      .values_context = &k->sorted};
  struct replicate_result r = {0};
  TRY(replicate_any(k->job, k->a, &task, &r, k->e));
  k->out->made[m] = set->n_replicates, k->out->lost[m] = r.n_failed + r.n_unmet;
  k->out->n_left_out += k->out->lost[m];
  k->out->refused[m] = (double)k->out->lost[m] > MOST_LOST * (double)set->n_replicates;
  if (k->out->refused[m]) return E_OK;
  for (int f = 0; f < LIVELIHOOD_FIGURES; f++) {
    if (!k->defined[f] || r.used[f] < 2) continue;
    k->out->estimate[f].replicates[m] = r.used[f];
    put(&k->out->estimate[f], m, r.cov[f], set->df < k->df ? set->df : k->df);
  }
  return E_OK;
}
static enum err_code jackknife(struct work *k) {
  struct replicate_set set;
  TRY(replicate_jkn(k->a, &k->q->survey->design, &set, k->e));
  set.mse = true; /* around the estimate of the full sample */
  return replicated(k, &set, METHOD_JACKKNIFE);
}
static enum err_code bootstrap(struct work *k) {
  const struct replicate_spec how = {.method = REPLICATE_BOOTSTRAP, .count = k->q->bootstrap, .seed = k->q->seed};
  struct replicate_set set;
  TRY(replicate_make(k->a, &k->q->survey->design, &how, &set, NULL, k->e));
  return replicated(k, &set, METHOD_BOOTSTRAP);
}

/* --- all --- */
static void count(struct work *k) {
  for (int64_t i = 0; i < k->sorted.n; i++) {
    if (!(k->w[k->sorted.row[i]] > 0)) continue;
    k->out->n_households++;
    k->out->n_persons += (int64_t)k->sorted.persons[GROUP_ALL][i];
    k->out->n_negative += k->sorted.income[i] < 0;
    for (int f = 0; f < LIVELIHOOD_FIGURES; f++)
      k->out->estimate[f].n += f < FIGURE_RATE || k->sorted.persons[f - FIGURE_RATE][i] > 0;
  }
}
static enum err_code degrees(struct work *k) {
  const struct survey *survey = &k->q->survey->survey;
  int32_t *of = ARENA_ARRAY(k->a, int32_t, survey->n + 1);
  if (!of) return ERR(k->e, E_NO_MEMORY, .subject = "degrees of freedom");
  for (int64_t i = 0; i < survey->n; i++) of[i] = k->q->persons->known[i] ? 0 : -1;
  const struct taylor_domains domains = {1, of};
  return survey_df(k->job, k->a, survey, &domains, &k->df, k->e);
}
static enum err_code all_methods(struct work *k) {
  const struct livelihood_request *q = k->q;
  for (int f = 0; q->linearised && f < LIVELIHOOD_FIGURES; f++)
    if (has_influence(k, f)) TRY(linearised(k, f));
  for (int d = 1; q->woodruff && d <= LIVELIHOOD_DECILES; d++) TRY(woodruff(k, d));
  const struct livelihood_estimate *median = &k->out->estimate[FIGURE_DECILE + 4];
  if (q->woodruff) copy_woodruff(median, 1, &k->out->estimate[FIGURE_MEDIAN]), copy_woodruff(median, 0.5, &k->out->estimate[FIGURE_LINE]);
  if (q->jackknife) TRY(jackknife(k));
  return q->bootstrap ? bootstrap(k) : E_OK;
}
enum err_code livelihood_measure(
    const struct job *job, struct arena *a, const struct livelihood_request *q, struct livelihood_measures *out, struct err *e) {
  struct work *k = ARENA_NEW(a, struct work);
  *out = (struct livelihood_measures){.n_households = 0};
  if (!k) return ERR(e, E_NO_MEMORY, .subject = "figures");
  k->job = job, k->a = a, k->q = q, k->out = out, k->e = e, k->w = q->survey->survey.weight;
  TRY(livelihood_sort(a, q->persons, q->school, &k->sorted, e));
  livelihood_values(&k->sorted, k->w, k->value, k->defined);
  if (!k->defined[FIGURE_MEDIAN]) return ERR(e, E_LIVELIHOOD_WEIGHT, .subject = "all households of known income");
  for (int f = 0; f < LIVELIHOOD_FIGURES; f++) out->estimate[f].value = k->value[f], out->estimate[f].defined = k->defined[f];
  out->has_gini_unweighted = livelihood_gini_unweighted(&k->sorted, &out->gini_unweighted);
  count(k);
  TRY(degrees(k));
  return all_methods(k);
}
