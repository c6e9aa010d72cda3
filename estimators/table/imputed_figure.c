#include "estimators/table/imputed_figure.h"

#include "base/sum.h"
#include "estimators/variance/survey_variance.h"

enum { TOGETHER = 8 };
static const double FAR = 0.01; /* of the imputed total of a class from what the model says: a note */

/* --- what can be done --- */
enum err_code imputed_dimensions_allowed(const struct survey_table_request *q, struct err *e) {
  for (int d = 0; d < q->n_dimensions; d++)
    if (survey_imputed_item(q->imputed, q->dimensions[d])) return ERR(e, E_IMPUTED_MEASURE, .subject = q->dimensions[d], .found = "a table by it");
  return E_OK;
}
enum err_code imputed_figure_of(
    const struct survey_imputed *imputed, const struct figure *f, const struct bound_imputed **out, struct err *e) {
  *out = NULL;
  for (int k = 0; k < f->n_items; k++) {
    const struct bound_imputed *x = survey_imputed_item(imputed, f->item[k]);
    if (!x) continue;
    if (f->m->kind != MEASURE_TOTAL && f->m->kind != MEASURE_MEAN)
      return ERR(e, E_IMPUTED_MEASURE, .subject = f->m->name, .found = f->item[k], .expected = "total or mean of an item with imputed values");
    *out = x;
  }
  return E_OK;
}

/* --- how much --- */
enum err_code imputed_figure_count(struct arena *a, const struct bound_imputed *x, const double *w, const struct taylor_domains *domains,
    struct imputed_count *count, struct err *e) {
  struct cell {
    int64_t n, n_imputed;
    struct sum w, imputed;
  };
  struct arena_mark mark = arena_mark(a);
  struct cell *cells = ARENA_ARRAY(a, struct cell, domains->n_domains + 1);
  if (!cells) return ERR(e, E_NO_MEMORY, .subject = x->item.name);
  for (int64_t i = 0; i < x->item.n; i++) {
    if (domains->of_row[i] < 0 || x->item.class_of[i] < 0) continue;
    struct cell *c = &cells[domains->of_row[i]];
    c->n++, sum_add(&c->w, w[i]);
    if (x->item.flag[i]) c->n_imputed++, sum_add(&c->imputed, w[i]);
  }
  for (int32_t k = 0; k < domains->n_domains; k++) {
    const double whole = sum_result(&cells[k].w), share = whole > 0 ? sum_result(&cells[k].imputed) / whole : 0;
    if (share > count->most) count->most = share;
    if (cells[k].n <= count->n) continue; /* the largest cell is the whole table */
    count->n = cells[k].n, count->n_imputed = cells[k].n_imputed, count->share = share;
  }
  arena_reset(a, mark);
  return E_OK;
}

/* --- linearised --- */
static void only_domain(const struct taylor_domains *domains, int64_t n, int32_t k, int32_t *of_row) {
  for (int64_t i = 0; i < n; i++) of_row[i] = domains->of_row[i] == k ? 0 : -1;
}
enum err_code imputed_figure_variance(const struct job *job, struct arena *a, const struct survey *s, const struct bound_imputed *x, bool mean,
    const struct taylor_domains *domains, double *var, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  int32_t *of_row = ARENA_ARRAY(a, int32_t, s->n + 1);
  double *u[TOGETHER], *v[TOGETHER];
  if (!of_row) return ERR(e, E_NO_MEMORY, .subject = x->item.name);
  for (int j = 0; j < TOGETHER && j < domains->n_domains; j++)
    if (!(u[j] = ARENA_ARRAY(a, double, s->n + 1))) return ERR(e, E_NO_MEMORY, .subject = x->item.name);
  for (int32_t first = 0; first < domains->n_domains; first += TOGETHER) {
    struct imputed_figure f[TOGETHER];
    const int m = domains->n_domains - first < TOGETHER ? (int)(domains->n_domains - first) : TOGETHER;
    for (int j = 0; j < m; j++) {
      only_domain(domains, s->n, first + j, of_row);
      TRY(imputed_influence(a, &x->item, s->weight, of_row, mean, u[j], &f[j], e));
      v[j] = &var[first + j];
    }
    TRY(survey_variances(job, a, s, NULL, m, (const double *const *)u, v, e));
    for (int j = 0; j < m; j++) var[first + j] += f[j].response + f[j].donors;
  }
  arena_reset(a, mark);
  return E_OK;
}

/* --- replicates --- */
enum err_code imputed_figure_again(struct arena *a, const struct figure *f, const struct bound_imputed *x, const double *full, const double *w,
    const struct taylor_domains *domains, struct figure_values *v, bool *done, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  struct figure again = *f;
  double *y = ARENA_ARRAY(a, double, f->n + 1);
  if (!y) return ERR(e, E_NO_MEMORY, .subject = f->m->name);
  const enum err_code code = imputed_again(a, &x->item, full, w, y, e);
  again.x = y;
  *done = code != E_IMPUTED_CLASS;
  if (code && *done) return code;
  if (*done) TRY(figure_value(a, &again, w, domains, v, e));
  arena_reset(a, mark);
  return E_OK;
}
static bool random_set(const struct replicate_set *s) {
  return s->method == REPLICATE_BOOTSTRAP || s->method == REPLICATE_PRESTON || s->method == REPLICATE_ANTAL_TILLE;
}
enum err_code imputed_figure_after(struct arena *a, const struct replicate_set *set, const struct bound_imputed *x, bool mean, const double *w,
    const struct taylor_domains *domains, int n_left_out, double *var, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  const int all = set->n_replicates, n = all - n_left_out;
  int32_t *of_row = ARENA_ARRAY(a, int32_t, x->item.n + 1);
  double *u = ARENA_ARRAY(a, double, x->item.n + 1);
  if (!of_row || !u) return ERR(e, E_NO_MEMORY, .subject = x->item.name);
  if (n_left_out && (!random_set(set) || n < 2))
    return ERR(e, E_IMPUTED_CLASS, .subject = arena_printf(a, "of %s in %d of %d replicates", x->item.name, n_left_out, all));
  const double scale = n_left_out == 0 ? 1 : set->mse ? (double)all / n : (double)(all - 1) / (n - 1);
  for (int32_t k = 0; k < domains->n_domains; k++) {
    struct imputed_figure f;
    only_domain(domains, x->item.n, k, of_row);
    TRY(imputed_influence(a, &x->item, w, of_row, mean, u, &f, e));
    var[k] = var[k] * scale + f.response;
  }
  arena_reset(a, mark);
  return E_OK;
}

/* --- what is said --- */
static void note_of(const struct survey_table_request *q, const struct measure *m, const struct bound_imputed *x, const struct imputed_count *c,
    struct result_table *t) {
  const char *lead = arena_printf(t->arena, "%s: %lld of %lld values are imputed (%s)", m->name, (long long)c->n_imputed, (long long)c->n, x->how);
  if (x->item.n_imputed == 0) {
    result_note(t, lead);
    return;
  }
  const char *much = arena_printf(t->arena, "%s, %.3g %% of the weight, at most %.3g %% in a cell", lead, 100 * c->share, 100 * c->most);
  const char *how = "standard errors with the sample and the chance of answering (reverse framework, Shao & Steel 1999)";
  if (q->imputed->as_observed) how = "TAKEN AS OBSERVED at the user's word: its standard errors are too small";
  else if (q->replicates) how = "standard errors from replicates that impute again, and the chance of answering (Rao & Shao 1992; Shao & Steel 1999)";
  else if (x->item.method == IMPUTED_HOTDECK)
    how = "standard errors with the sample, the chance of answering and the draw of donors (reverse framework, Shao & Steel 1999)";
  result_note(t, arena_printf(t->arena, "%s; %s", much, how));
  if (c->n_left_out)
    result_note(
        t, arena_printf(t->arena, "%s: %d replicates were left out, a class has imputed values and no answer in them", m->name, c->n_left_out));
}
enum err_code imputed_figure_notes(struct arena *a, const struct survey_table_request *q, const struct measure *m, const struct bound_imputed *x,
    const struct imputed_count *count, struct result_table *t, struct err *e) {
  double far = 0;
  note_of(q, m, x, count, t);
  if (x->item.n_imputed == 0 || q->imputed->as_observed || x->item.method == IMPUTED_HOTDECK) return E_OK;
  TRY(imputed_distance(a, &x->item, q->survey->weight, &far, e));
  if (far > FAR)
    result_note(t,
        arena_printf(t->arena,
            "%s: imputed values differ from the %s by up to %.3g %% in a class; the standard errors hold for values imputed as the design says",
            m->name, x->how, 100 * far));
  return E_OK;
}
