#include "estimators/table/survey_figure.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "estimators/table/survey_figure_impl.h"

/* --- columns --- */
static enum err_code need(struct figure *f, const struct survey_column *c, struct err *e) {
  for (int k = 0; k < f->n_items; k++)
    if (strcmp(f->item[k], c->name) == 0) return E_OK;
  if (f->n_items == FIGURE_MOST_ITEMS) return ERR(e, E_TABLE_TOO_WIDE, .subject = f->m->name, .expected = "at most 64 items in a measure");
  f->item[f->n_items] = c->name;
  f->status[f->n_items++] = c->status;
  return E_OK;
}
static enum err_code column(const struct survey_columns *c, const char *name, const struct survey_column **out, struct err *e) {
  *out = survey_column(c, name);
  return *out ? E_OK : ERR(e, E_TABLE_ITEM, .file = c->place, .subject = name);
}
static enum err_code number(struct figure *f, const struct survey_columns *c, const char *name, const double **out, struct err *e) {
  const struct survey_column *x;
  if (!*name) return E_OK;
  TRY(column(c, name, &x, e));
  TRY(survey_column_numbers(c, x, e));
  *out = x->number;
  return need(f, x, e);
}
/* Texts are compared as they are, numbers also by value: 1 is 1.0. */
static bool is_code(const struct survey_column *x, int32_t level, const char *code) {
  char *end;
  const struct str text = x->level[level];
  if (str_eq(text, str_of(code))) return true;
  char own[64], *own_end;
  if (!x->number || text.n >= sizeof own) return false;
  snprintf(own, sizeof own, "%.*s", (int)text.n, text.p);
  const double a = strtod(own, &own_end), b = strtod(code, &end);
  return !*end && !*own_end && end != code && a == b;
}
static enum err_code indicator(struct arena *a, struct figure *f, const struct survey_columns *c, struct err *e) {
  const struct survey_column *x;
  TRY(column(c, f->m->x, &x, e));
  TRY(survey_column_codes(c, x, e));
  uint8_t *hit = ARENA_ARRAY(a, uint8_t, x->n_levels + 1);
  double *one = ARENA_ARRAY(a, double, c->n + 1);
  if (!hit || !one) return ERR(e, E_NO_MEMORY, .subject = f->m->name);
  f->absent = true;
  for (int32_t l = 0; l < x->n_levels; l++) {
    hit[l] = is_code(x, l, f->m->option);
    if (hit[l]) f->absent = false;
  }
  for (int64_t i = 0; i < c->n; i++) one[i] = x->code[i] >= 0 ? hit[x->code[i]] : 0;
  f->x = one;
  return need(f, x, e);
}
static enum err_code bind_parts(struct arena *a, struct figure *f, const struct survey_columns *c, struct err *e) {
  f->parts = ARENA_ARRAY(a, struct figure, f->m->n_figures + 1);
  if (!f->parts) return ERR(e, E_NO_MEMORY, .subject = f->m->name);
  for (int k = 0; k < f->m->n_figures; k++) {
    TRY(figure_bind(a, c, &f->m->figures[k], &f->parts[k], e));
    for (int j = 0; j < f->parts[k].n_items; j++) TRY(need(f, survey_column(c, f->parts[k].item[j]), e));
  }
  return E_OK;
}
enum err_code figure_bind(struct arena *a, const struct survey_columns *c, const struct measure *m, struct figure *out, struct err *e) {
  *out = (struct figure){.m = m, .n = c->n};
  if (!measure_over_records(m->kind)) return ERR(e, E_TABLE_MEASURE, .subject = m->name, .expected = "a measure over records");
  if (m->kind == MEASURE_PROPORTION) return indicator(a, out, c, e);
  if (m->kind == MEASURE_FORMULA) return bind_parts(a, out, c, e);
  TRY(number(out, c, m->x, &out->x, e));
  return number(out, c, m->y, &out->y, e);
}

bool figure_has_missing(const struct figure *f, const int32_t *of) {
  for (int k = 0; k < f->n_items; k++)
    for (int64_t i = 0; f->status[k] && i < f->n; i++)
      if (of[i] >= 0 && !value_present(f->status[k][i])) return true;
  return false;
}
enum err_code figure_domains(
    struct arena *a, const struct figure *f, const double *w, const struct taylor_domains *in, int32_t **out, struct err *e) {
  return domain_present(a, f->n, w, in, f->n_items, f->status, out, e);
}
enum err_code figure_values_new(struct arena *a, int32_t n, struct figure_values *out, struct err *e) {
  *out = (struct figure_values){ARENA_ARRAY(a, double, n + 1), ARENA_ARRAY(a, bool, n + 1), ARENA_ARRAY(a, const char *, n + 1)};
  return out->value && out->defined && out->why ? E_OK : ERR(e, E_NO_MEMORY, .subject = "figures");
}

/* --- statistics of sums --- */
static struct statistic statistic_of(const struct figure *f) {
  switch (f->m->kind) {
    case MEASURE_COUNT: return (struct statistic){STATISTIC_SIZE, NULL, NULL};
    case MEASURE_TOTAL: return (struct statistic){STATISTIC_TOTAL, f->x, NULL};
    case MEASURE_RATIO:
    case MEASURE_RATE: return (struct statistic){STATISTIC_RATIO, f->x, f->y};
    case MEASURE_VARIANCE: return (struct statistic){STATISTIC_VARIANCE, f->x, NULL};
    case MEASURE_GEOMETRIC: return (struct statistic){STATISTIC_GEOMETRIC, f->x, NULL};
    default: return (struct statistic){STATISTIC_MEAN, f->x, NULL};
  }
}
static double scale_of(const struct figure *f) { return f->m->kind == MEASURE_RATE ? (double)f->m->per : 1; }

/* A domain with a value not above 0 has no geometric mean: its records are taken out before the logarithm. */
static enum err_code positive_only(
    struct arena *a, const struct figure *f, const struct taylor_domains *d, uint8_t *bad, struct taylor_domains *out, struct err *e) {
  int32_t *of = ARENA_ARRAY(a, int32_t, f->n + 1);
  if (!of) return ERR(e, E_NO_MEMORY, .subject = f->m->name);
  for (int64_t i = 0; i < f->n; i++)
    if (d->of_row[i] >= 0 && !(f->x[i] > 0)) bad[d->of_row[i]] = 1;
  for (int64_t i = 0; i < f->n; i++) of[i] = d->of_row[i] >= 0 && !bad[d->of_row[i]] ? d->of_row[i] : -1;
  *out = (struct taylor_domains){d->n_domains, of};
  return E_OK;
}
static const char *why_none(const struct figure *f) {
  return f->m->kind == MEASURE_RATIO || f->m->kind == MEASURE_RATE ? "denominator is 0" : "no values";
}
static enum err_code sums_value(
    struct arena *a, const struct figure *f, const double *w, const struct taylor_domains *d, struct figure_values *v, struct err *e) {
  const struct statistic s = statistic_of(f);
  struct taylor_domains in = *d;
  uint8_t *bad = ARENA_ARRAY(a, uint8_t, d->n_domains + 1);
  if (!bad) return ERR(e, E_NO_MEMORY, .subject = f->m->name);
  if (s.kind == STATISTIC_GEOMETRIC) TRY(positive_only(a, f, d, bad, &in, e));
  TRY(statistic_value(a, &s, f->n, w, &in, v->value, v->defined, e));
  for (int32_t k = 0; k < d->n_domains; k++) {
    v->value[k] *= scale_of(f);
    v->why[k] = bad[k] ? "a value is not above 0" : why_none(f);
  }
  return E_OK;
}
static enum err_code sums_influence(struct arena *a, const struct figure *f, const double *w, const struct taylor_domains *d,
    const struct figure_values *v, double *u, struct err *e) {
  const struct statistic s = statistic_of(f);
  const double scale = scale_of(f);
  struct taylor_domains in = *d;
  uint8_t *bad = ARENA_ARRAY(a, uint8_t, d->n_domains + 1);
  double *value = ARENA_ARRAY(a, double, d->n_domains + 1);
  if (!bad || !value) return ERR(e, E_NO_MEMORY, .subject = f->m->name);
  if (s.kind == STATISTIC_GEOMETRIC) TRY(positive_only(a, f, d, bad, &in, e));
  for (int32_t k = 0; k < d->n_domains; k++) value[k] = v->value[k] / scale;
  TRY(statistic_influence(a, &s, f->n, w, &in, value, v->defined, u, e));
  for (int64_t i = 0; scale != 1 && i < f->n; i++) u[i] *= scale;
  return E_OK;
}

/* --- formulas --- */
struct figures_at { /* values of all figures in one domain, and the gradient there */
  double value[SMOOTH_MOST], gradient[SMOOTH_MOST];
};
static enum err_code formula_value(
    struct arena *a, const struct figure *f, const double *w, const struct taylor_domains *d, struct figure_values *v, struct err *e) {
  const int m = f->m->n_figures;
  struct figure_values *part = ARENA_ARRAY(a, struct figure_values, m + 1);
  if (!part) return ERR(e, E_NO_MEMORY, .subject = f->m->name);
  for (int j = 0; j < m; j++) {
    TRY(figure_values_new(a, d->n_domains, &part[j], e));
    TRY(figure_value(a, &f->parts[j], w, d, &part[j], e));
  }
  for (int32_t k = 0; k < d->n_domains; k++) {
    struct figures_at at;
    v->defined[k] = true;
    for (int j = 0; j < m; j++) {
      at.value[j] = part[j].value[k];
      if (v->defined[k] && !part[j].defined[k]) v->defined[k] = false, v->why[k] = part[j].why[k];
    }
    if (v->defined[k] && !smooth_value(&f->m->formula, at.value, &v->value[k], at.gradient))
      v->defined[k] = false, v->why[k] = "the formula has no value";
    if (!v->defined[k]) v->value[k] = 0;
  }
  return E_OK;
}
static enum err_code formula_influence(struct arena *a, const struct figure *f, const double *w, const struct taylor_domains *d,
    const struct figure_values *v, double *u, uint8_t *no_error, struct err *e) {
  const int m = f->m->n_figures;
  const int64_t n_gradients = (int64_t)d->n_domains * m;
  struct figure_values *part = ARENA_ARRAY(a, struct figure_values, m + 1);
  double *gradient = ARENA_ARRAY(a, double, n_gradients + 1), *own = ARENA_ARRAY(a, double, f->n + 1), value;
  if (!part || !gradient || !own) return ERR(e, E_NO_MEMORY, .subject = f->m->name);
  for (int j = 0; j < m; j++) {
    TRY(figure_values_new(a, d->n_domains, &part[j], e));
    TRY(figure_value(a, &f->parts[j], w, d, &part[j], e));
  }
  for (int32_t k = 0; k < d->n_domains; k++) {
    struct figures_at at = {0};
    if (!v->defined[k]) continue;
    for (int j = 0; j < m; j++) at.value[j] = part[j].value[k];
    if (!smooth_value(&f->m->formula, at.value, &value, at.gradient)) continue;
    for (int j = 0; j < m; j++) gradient[(int64_t)k * m + j] = at.gradient[j];
  }
  memset(u, 0, sizeof *u * (size_t)f->n);
  for (int j = 0; j < m; j++) {
    TRY(figure_influence(a, &f->parts[j], w, d, &part[j], own, no_error, e));
    for (int64_t i = 0; i < f->n; i++)
      if (d->of_row[i] >= 0) u[i] += gradient[(int64_t)d->of_row[i] * m + j] * own[i];
  }
  return E_OK;
}

/* --- all kinds --- */
static bool of_order(enum measure_kind k) { return k == MEASURE_QUANTILE || (k >= MEASURE_GINI && k <= MEASURE_ATKINSON); }
static enum err_code value_of(
    struct arena *a, const struct figure *f, const double *w, const struct taylor_domains *d, struct figure_values *v, struct err *e) {
  if (f->m->kind == MEASURE_FORMULA) return formula_value(a, f, w, d, v, e);
  if (figure_is_whole(f)) {
    double *u = ARENA_ARRAY(a, double, f->n + 1);
    if (!u) return ERR(e, E_NO_MEMORY, .subject = f->m->name);
    for (int32_t k = 0; k < d->n_domains; k++) TRY(figure_whole(a, f, w, d, k, v, u, e));
    return E_OK;
  }
  if (of_order(f->m->kind)) return figure_order_value(a, f, w, d, v, NULL, e);
  return sums_value(a, f, w, d, v, e);
}
enum err_code figure_value(
    struct arena *a, const struct figure *f, const double *w, const struct taylor_domains *d, struct figure_values *out, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  enum err_code code = value_of(a, f, w, d, out, e);
  arena_reset(a, mark);
  return code;
}

/* Influences that are not finite (a density of 0, a domain of one record) give no standard error. */
static void only_finite(const struct figure *f, const struct taylor_domains *d, double *u, uint8_t *no_error) {
  bool any = false;
  for (int64_t i = 0; i < f->n; i++)
    if (!isfinite(u[i])) any = true, no_error[d->of_row[i]] = 1;
  for (int64_t i = 0; any && i < f->n; i++)
    if (d->of_row[i] >= 0 && no_error[d->of_row[i]]) u[i] = 0;
}
enum err_code figure_influence(struct arena *a, const struct figure *f, const double *w, const struct taylor_domains *d,
    const struct figure_values *v, double *u, uint8_t *no_error, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  struct figure_values again;
  if (f->m->kind == MEASURE_FORMULA) TRY(formula_influence(a, f, w, d, v, u, no_error, e));
  else if (of_order(f->m->kind)) {
    TRY(figure_values_new(a, d->n_domains, &again, e));
    TRY(figure_order_value(a, f, w, d, &again, u, e));
  } else TRY(sums_influence(a, f, w, d, v, u, e));
  only_finite(f, d, u, no_error);
  arena_reset(a, mark);
  return E_OK;
}
