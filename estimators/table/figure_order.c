/* Figures of a measure that need the order of the records: quantiles, poverty and inequality. */
#include <math.h>
#include <string.h>

#include "base/table.h"
#include "estimators/estimate/inequality.h"
#include "estimators/table/survey_figure_impl.h"

/* The records of each domain together, in row order. */
struct gathered {
  int64_t *first, *row; /* [n_domains + 1], [records of some domain] */
  double *x, *w;
};
static enum err_code gather(
    struct arena *a, const struct figure *f, const double *w, const struct taylor_domains *d, struct gathered *g, struct err *e) {
  *g = (struct gathered){.first = ARENA_ARRAY(a, int64_t, d->n_domains + 2)};
  if (!g->first) return ERR(e, E_NO_MEMORY, .subject = f->m->name);
  for (int64_t i = 0; i < f->n; i++)
    if (d->of_row[i] >= 0) g->first[d->of_row[i] + 2]++;
  for (int32_t k = 0; k < d->n_domains; k++) g->first[k + 2] += g->first[k + 1];
  const int64_t n = g->first[d->n_domains + 1];
  g->row = ARENA_ARRAY(a, int64_t, n + 1), g->x = ARENA_ARRAY(a, double, n + 1), g->w = ARENA_ARRAY(a, double, n + 1);
  if (!g->row || !g->x || !g->w) return ERR(e, E_NO_MEMORY, .subject = f->m->name);
  for (int64_t i = 0; i < f->n; i++) {
    if (d->of_row[i] < 0) continue;
    const int64_t at = g->first[d->of_row[i] + 1]++;
    g->row[at] = i, g->x[at] = f->x[i], g->w[at] = w[i];
  }
  return E_OK;
}

/* --- inequality --- */
static struct inequality_spec spec_of(const struct measure *m) {
  struct inequality_spec s = {
      .quantile = m->quantile, .percent = m->percent, .alpha = m->p, .fixed_line = m->has_line, .line = m->line};
  switch (m->kind) {
    case MEASURE_ARPT: s.kind = INEQUALITY_ARPT; break;
    case MEASURE_ARPR: s.kind = INEQUALITY_ARPR; break;
    case MEASURE_RMPG: s.kind = INEQUALITY_RMPG; break;
    case MEASURE_QSR: s.kind = INEQUALITY_QSR; break;
    case MEASURE_FGT: s.kind = INEQUALITY_FGT; break;
    case MEASURE_GEI: s.kind = INEQUALITY_GEI; break;
    case MEASURE_ATKINSON: s.kind = INEQUALITY_ATKINSON; break;
    default: s.kind = m->eurostat ? INEQUALITY_GINI_EUROSTAT : INEQUALITY_GINI; break;
  }
  return s;
}
/* A domain that has no such figure is told apart from a failure of the run. */
static enum err_code judge(enum err_code code, double value, struct figure_values *v, int32_t k, struct err *e) {
  v->defined[k] = !code && isfinite(value);
  v->value[k] = v->defined[k] ? value : 0;
  v->why[k] = v->defined[k] ? NULL : code == E_STATISTIC_DOMAIN ? "a value is not above 0" : code == E_EMPTY_DOMAIN ? "no values" : "no such figure";
  if (!code || code == E_STATISTIC_DOMAIN || code == E_EMPTY_DOMAIN) return e->code = E_OK, E_OK;
  return code;
}
static enum err_code one_domain(struct arena *a, const struct figure *f, const struct gathered *g, int32_t k, struct figure_values *v, double *own,
    struct err *e) {
  const struct inequality_spec s = spec_of(f->m);
  const struct inequality_data data = {.n = g->first[k + 1] - g->first[k], .y = g->x + g->first[k], .w = g->w + g->first[k]};
  double value = 0;
  if (!data.n) return judge(E_EMPTY_DOMAIN, 0, v, k, e);
  const enum err_code code = inequality(a, &s, &data, &value, own, e);
  return judge(code, value, v, k, e);
}

enum err_code figure_order_value(
    struct arena *a, const struct figure *f, const double *w, const struct taylor_domains *d, struct figure_values *v, double *u, struct err *e) {
  struct gathered g;
  struct quantile_order o;
  TRY(gather(a, f, w, d, &g, e));
  double *own = ARENA_ARRAY(a, double, g.first[d->n_domains] + 1);
  if (!own) return ERR(e, E_NO_MEMORY, .subject = f->m->name);
  for (int32_t k = 0; k < d->n_domains; k++) {
    struct arena_mark mark = arena_mark(a);
    if (f->m->kind == MEASURE_QUANTILE) {
      const int64_t n = g.first[k + 1] - g.first[k];
      TRY(quantile_sort(a, n, g.x + g.first[k], g.w + g.first[k], NULL, 0, &o, e));
      v->defined[k] = o.n > 0;
      v->value[k] = o.n > 0 ? quantile_at(&o, f->m->p, f->m->rule) : 0;
      v->why[k] = o.n > 0 ? NULL : "no values";
    } else TRY(one_domain(a, f, &g, k, v, own + g.first[k], e));
    arena_reset(a, mark);
  }
  if (!u) return E_OK;
  memset(u, 0, sizeof *u * (size_t)f->n);
  for (int32_t k = 0; k < d->n_domains; k++)
    for (int64_t i = g.first[k]; v->defined[k] && i < g.first[k + 1]; i++) u[g.row[i]] = own[i];
  return E_OK;
}

/* --- lines of the whole sample --- */
bool figure_is_whole(const struct figure *f) {
  return f->m->kind == MEASURE_ARPR || f->m->kind == MEASURE_RMPG || (f->m->kind == MEASURE_FGT && !f->m->has_line);
}
enum err_code figure_whole(struct arena *a, const struct figure *f, const double *w, const struct taylor_domains *d, int32_t domain,
    struct figure_values *v, double *u, struct err *e) {
  const struct inequality_spec s = spec_of(f->m);
  struct arena_mark mark = arena_mark(a);
  uint8_t *present = ARENA_ARRAY(a, uint8_t, f->n + 1);
  int32_t *of = ARENA_ARRAY(a, int32_t, f->n + 1);
  double value = 0;
  int64_t n = 0;
  if (!present || !of) return ERR(e, E_NO_MEMORY, .subject = f->m->name);
  for (int64_t i = 0; i < f->n; i++) {
    present[i] = !f->status[0] || value_present(f->status[0][i]);
    of[i] = d->of_row[i] == domain ? 0 : -1;
    n += of[i] == 0;
  }
  const struct inequality_data data = {f->n, f->x, w, present, of};
  const enum err_code code = n ? inequality(a, &s, &data, &value, u, e) : E_EMPTY_DOMAIN;
  arena_reset(a, mark);
  return judge(code, value, v, domain, e);
}
enum err_code figure_line(struct arena *a, const struct figure *f, const double *w, double *line, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  struct inequality_spec s = spec_of(f->m);
  uint8_t *present = ARENA_ARRAY(a, uint8_t, f->n + 1);
  double *u = ARENA_ARRAY(a, double, f->n + 1);
  int64_t n = 0;
  *line = f->m->line;
  if (f->m->has_line) return E_OK;
  if (!present || !u) return ERR(e, E_NO_MEMORY, .subject = f->m->name);
  for (int64_t i = 0; i < f->n; i++) n += present[i] = !f->status[0] || value_present(f->status[0][i]);
  const struct inequality_data data = {f->n, f->x, w, present, NULL};
  s.kind = INEQUALITY_ARPT;
  struct err why = {.code = E_OK};
  const enum err_code code = n ? inequality(a, &s, &data, line, u, &why) : E_EMPTY_DOMAIN;
  arena_reset(a, mark);
  if (!code || code == E_STATISTIC_DOMAIN || code == E_EMPTY_DOMAIN) return E_OK; /* no figure then, and nothing to judge */
  *e = why;
  return code;
}
