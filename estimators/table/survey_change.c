#include "estimators/table/survey_change.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "estimators/table/survey_dimension.h"
#include "estimators/table/survey_figure.h"
#include "estimators/table/survey_precision.h"
#include "estimators/variance/survey_variance.h"

enum { OLD, NEW, DIFFERENCE, RELATIVE, CORRELATION };
struct work {
  const struct job *job;
  struct arena *a;
  const struct survey_change_request *q;
  int64_t n;
  const double *w;
  uint8_t *when; /* [n] 1 = old, 2 = new, 0 = neither */
  struct table_cells cells;
  struct result_table *t;
};

/* --- periods --- */
static int32_t code_of(const struct survey_column *c, struct str text) {
  for (int32_t k = 0; k < c->n_levels; k++)
    if (str_eq(c->level[k], text)) return k;
  return -1;
}
static enum err_code periods(struct work *k, struct err *e) {
  const struct survey_column *c = survey_column(k->q->table.columns, k->q->period);
  if (!c) return ERR(e, E_TABLE_ITEM, .file = k->q->table.columns->place, .subject = k->q->period);
  TRY(survey_column_codes(k->q->table.columns, c, e));
  const int32_t from = code_of(c, k->q->from), to = code_of(c, k->q->to);
  const struct str lost = from < 0 ? k->q->from : k->q->to;
  if (from < 0 || to < 0) return ERR(e, E_CHANGE, .subject = arena_printf(k->a, "no record has %s %.*s", k->q->period, (int)lost.n, lost.p));
  if (from == to) return ERR(e, E_CHANGE, .subject = "the periods are one");
  if (!(k->when = ARENA_ARRAY(k->a, uint8_t, k->n + 1))) return ERR(e, E_NO_MEMORY, .subject = "change");
  for (int64_t i = 0; i < k->n; i++) k->when[i] = k->w[i] == 0 ? 0 : c->code[i] == from ? 1 : c->code[i] == to ? 2 : 0;
  return E_OK;
}
static void count_overlap(const struct work *k, struct survey_overlap *o) {
  const struct sample_design *d = k->q->table.survey->design;
  *o = (struct survey_overlap){0};
  for (int64_t u = 0; u < d->stage[0].n_units; u++) {
    int seen = 0;
    for (int64_t i = design_unit_start(d, 0, u); i < design_unit_start(d, 0, u + 1); i++) seen |= k->when[design_row(d, i)];
    o->both += seen == 3, o->only_from += seen == 1, o->only_to += seen == 2;
  }
}

/* --- rows and names --- */
static enum err_code make_rows(struct work *k, struct err *e) {
  const struct survey_table_request *q = &k->q->table;
  struct survey_dimensions d;
  uint8_t *keep = ARENA_ARRAY(k->a, uint8_t, k->n + 1);
  if (!keep) return ERR(e, E_NO_MEMORY, .subject = q->id);
  for (int64_t i = 0; i < k->n; i++) keep[i] = k->when[i] && (!q->keep || q->keep[i]);
  struct cells_spec s = {.name = q->id, .n = k->n, .n_dimensions = q->n_dimensions, .keep = keep};
  TRY(survey_dimensions_read(k->a, q->columns, q->dimensions, &s, &d, e));
  TRY(cells_build(k->a, &s, &k->cells, e));
  TRY(result_table_new(k->a, q->id, k->cells.n_rows, q->n_dimensions, q->n_measures * CHANGE_FIGURES, &k->t, e));
  k->t->n_row_dimensions = q->n_row_dimensions;
  survey_dimensions_name(&d, q->dimensions, &k->cells, k->t);
  return E_OK;
}
static enum err_code name_measures(struct work *k, int j, struct err *e) {
  static const char *const forms[] = {"%s [%.*s]", "%s [%.*s]", "change of %s", "relative change of %s", "correlation of %s"};
  const struct survey_table_request *q = &k->q->table;
  for (int f = 0; f < CHANGE_FIGURES; f++) {
    struct result_measure *m = &k->t->measures[j * CHANGE_FIGURES + f];
    const struct str when = f == OLD ? k->q->from : k->q->to;
    m->name = f <= NEW ? arena_printf(k->a, forms[f], q->measures[j].name, (int)when.n, when.p) : arena_printf(k->a, forms[f], q->measures[j].name);
    m->decimals = f >= RELATIVE ? PLAN_AS_COMPUTED : q->decimals;
    m->n_used = ARENA_ARRAY(k->a, int64_t, k->cells.n_rows + 1);
    if (!m->name || !m->n_used) return ERR(e, E_NO_MEMORY, .subject = q->id);
    if (f < CORRELATION) TRY(result_keep_precision(k->t, j * CHANGE_FIGURES + f, q->confidence > 0 ? q->confidence : 0.95, e));
  }
  return E_OK;
}

/* --- one measure in the domains of one margin --- */
struct level { /* of one period */
  struct taylor_domains domains;
  struct figure_values v;
  uint8_t *no_error;
  double *u;
};
static enum err_code level_of(
    struct work *k, const struct figure *f, const struct cell_partition *part, uint8_t when, struct level *x, struct err *e) {
  int32_t *of = ARENA_ARRAY(k->a, int32_t, k->n + 1);
  *x = (struct level){.no_error = ARENA_ARRAY(k->a, uint8_t, part->n_domains + 1), .u = ARENA_ARRAY(k->a, double, k->n + 1)};
  if (!of || !x->no_error || !x->u) return ERR(e, E_NO_MEMORY, .subject = f->m->name);
  for (int64_t i = 0; i < k->n; i++) of[i] = k->when[i] == when ? part->of[i] : -1;
  x->domains = (struct taylor_domains){part->n_domains, of};
  TRY(figure_domains(k->a, f, k->w, &x->domains, &of, e));
  x->domains.of_row = of;
  TRY(figure_values_new(k->a, part->n_domains, &x->v, e));
  TRY(figure_value(k->a, f, k->w, &x->domains, &x->v, e));
  return figure_influence(k->a, f, k->w, &x->domains, &x->v, x->u, x->no_error, e);
}
struct change {
  struct level level[2];
  struct taylor_domains domains; /* records of either period that the figure uses */
  double *value[CHANGE_FIGURES], *var[CHANGE_FIGURES];
  bool *defined;
  uint8_t *no_error;
  int64_t *df, *n_used;
};
static enum err_code change_new(struct work *k, const struct cell_partition *part, struct change *x, struct err *e) {
  const int64_t n = part->n_domains + 1;
  int32_t *of = ARENA_ARRAY(k->a, int32_t, k->n + 1);
  bool ok = of != NULL;
  for (int f = 0; f < CHANGE_FIGURES; f++)
    ok = (x->value[f] = ARENA_ARRAY(k->a, double, n)) && (x->var[f] = ARENA_ARRAY(k->a, double, n)) && ok;
  x->defined = ARENA_ARRAY(k->a, bool, n), x->no_error = ARENA_ARRAY(k->a, uint8_t, n);
  x->df = ARENA_ARRAY(k->a, int64_t, n), x->n_used = ARENA_ARRAY(k->a, int64_t, n);
  if (!ok || !x->defined || !x->no_error || !x->df || !x->n_used) return ERR(e, E_NO_MEMORY, .subject = "change");
  for (int64_t i = 0; i < k->n; i++) {
    const int32_t d = x->level[0].domains.of_row[i] >= 0 ? x->level[0].domains.of_row[i] : x->level[1].domains.of_row[i];
    of[i] = d;
    if (d >= 0) x->n_used[d]++;
  }
  x->domains = (struct taylor_domains){part->n_domains, of};
  return E_OK;
}
/* Influences of difference and relative change, and the variances of all four in one pass; the covariance of the levels from that of the sum. */
static enum err_code variances(struct work *k, struct change *x, struct err *e) {
  double *difference = ARENA_ARRAY(k->a, double, k->n + 1), *relative = ARENA_ARRAY(k->a, double, k->n + 1);
  const double *v1 = x->value[OLD], *v2 = x->value[NEW];
  if (!difference || !relative) return ERR(e, E_NO_MEMORY, .subject = "change");
  for (int64_t i = 0; i < k->n; i++) {
    const int32_t d = x->domains.of_row[i];
    if (d < 0 || !x->defined[d]) continue;
    difference[i] = x->level[1].u[i] - x->level[0].u[i];
    if (v1[d] != 0) relative[i] = (x->level[1].u[i] - v2[d] / v1[d] * x->level[0].u[i]) / v1[d];
  }
  const double *u[4] = {x->level[0].u, x->level[1].u, difference, relative};
  double *var[4] = {x->var[OLD], x->var[NEW], x->var[DIFFERENCE], x->var[RELATIVE]};
  TRY(survey_variances(k->job, k->a, k->q->table.survey, &x->domains, 4, u, var, e));
  return survey_df(k->job, k->a, k->q->table.survey, &x->domains, x->df, e);
}
static enum err_code change_of(struct work *k, const struct figure *f, const struct cell_partition *part, struct change *x, struct err *e) {
  TRY(level_of(k, f, part, 1, &x->level[0], e));
  TRY(level_of(k, f, part, 2, &x->level[1], e));
  TRY(change_new(k, part, x, e));
  for (int32_t d = 0; d < part->n_domains; d++) {
    x->defined[d] = x->level[0].v.defined[d] && x->level[1].v.defined[d];
    x->no_error[d] = x->level[0].no_error[d] || x->level[1].no_error[d];
    x->value[OLD][d] = x->level[0].v.value[d], x->value[NEW][d] = x->level[1].v.value[d];
    x->value[DIFFERENCE][d] = x->value[NEW][d] - x->value[OLD][d];
    x->value[RELATIVE][d] = x->value[OLD][d] != 0 ? x->value[DIFFERENCE][d] / x->value[OLD][d] : 0;
  }
  return variances(k, x, e);
}

/* --- into the table --- */
static enum err_code put_figure(struct work *k, const struct figure *f, const struct cell_partition *part, const struct change *x, int j, int which,
    struct err *e) {
  struct result_measure *m = &k->t->measures[j * CHANGE_FIGURES + which];
  bool *defined = ARENA_ARRAY(k->a, bool, part->n_domains + 1);
  const char **why = ARENA_ARRAY(k->a, const char *, part->n_domains + 1);
  struct measure plain = *f->m; /* on its own scale: a difference of proportions is no proportion */
  struct figure shown = {.m = &plain};
  plain.kind = MEASURE_TOTAL;
  if (!defined || !why) return ERR(e, E_NO_MEMORY, .subject = m->name);
  for (int32_t d = 0; d < part->n_domains; d++) {
    const bool level = which <= NEW;
    defined[d] = level ? x->level[which].v.defined[d] : x->defined[d] && (which != RELATIVE || x->value[OLD][d] != 0);
    why[d] = level ? x->level[which].v.why[d] : x->defined[d] ? "the old figure is 0" : "one of the periods has no figure";
  }
  const struct figure_precision p = {.f = which <= NEW ? f : &shown,
      .v = {x->value[which], defined, why},
      .n_domains = part->n_domains,
      .row = part->row,
      .var = x->var[which],
      .no_error = x->no_error,
      .df = x->df,
      .n_used = x->n_used,
      .confidence = m->confidence};
  precision_into(&p, m);
  return E_OK;
}
static void put_correlation(struct work *k, const struct cell_partition *part, const struct change *x, int j) {
  struct result_measure *m = &k->t->measures[j * CHANGE_FIGURES + CORRELATION];
  for (int32_t d = 0; d < part->n_domains; d++) {
    const int32_t r = part->row[d];
    const double v1 = x->var[OLD][d], v2 = x->var[NEW][d], cov = (v1 + v2 - x->var[DIFFERENCE][d]) / 2;
    const double product = sqrt(v1) * sqrt(v2);
    if (x->defined[d] && v1 > 0 && v2 > 0 && isfinite(cov) && isfinite(product)) m->value[r] = cov / product;
    else m->status[r] = RESULT_UNDEFINED, m->reason[r] = "a level has no standard error";
    m->n_used[r] = x->n_used[d];
  }
}
static enum err_code one_margin(struct work *k, unsigned mask, struct figure *figures, struct err *e) {
  struct cell_partition part;
  TRY(cells_partition(k->a, &k->cells, mask, &part, e));
  for (int64_t i = 0; i < k->n; i++)
    if (part.of[i] >= 0) k->t->n[part.row[part.of[i]]]++;
  for (int j = 0; j < k->q->table.n_measures && part.n_domains; j++) {
    struct arena_mark mark = arena_mark(k->a);
    struct change x = {0};
    TRY(change_of(k, &figures[j], &part, &x, e));
    for (int f = 0; f < CORRELATION; f++) TRY(put_figure(k, &figures[j], &part, &x, j, f, e));
    put_correlation(k, &part, &x, j);
    arena_reset(k->a, mark);
  }
  return E_OK;
}

enum err_code survey_change(const struct job *job, struct arena *a, const struct survey_change_request *q, struct result_table **out,
    struct survey_overlap *overlap, struct err *e) {
  struct work k = {.job = job, .a = a, .q = q, .n = q->table.survey->n, .w = q->table.survey->weight};
  struct figure *figures = ARENA_ARRAY(a, struct figure, q->table.n_measures + 1);
  if (!figures) return ERR(e, E_NO_MEMORY, .subject = q->table.id);
  if (q->table.n_measures < 1 || q->table.n_measures > CHANGE_MOST_MEASURES)
    return ERR(e, E_TABLE_MEASURE, .subject = q->table.id, .expected = "one to six measures");
  for (int j = 0; j < q->table.n_measures; j++) {
    TRY(figure_bind(a, q->table.columns, &q->table.measures[j], &figures[j], e));
    if (figures[j].m->kind == MEASURE_QUANTILE || figure_is_whole(&figures[j]))
      return ERR(e, E_TABLE_MEASURE, .subject = figures[j].m->name,
          .expected = "a measure whose change is linearised: no quantile, no line of the whole sample");
  }
  TRY(periods(&k, e));
  TRY(make_rows(&k, e));
  for (int j = 0; j < q->table.n_measures; j++) TRY(name_measures(&k, j, e));
  for (unsigned mask = 0; mask < cells_masks(&k.cells); mask++) {
    struct arena_mark mark = arena_mark(a);
    TRY(one_margin(&k, mask, figures, e));
    arena_reset(a, mark);
    job_progress(job, "change", (int64_t)mask + 1, (int64_t)cells_masks(&k.cells));
  }
  count_overlap(&k, overlap);
  TRY(result_sort(k.t, e));
  *out = k.t;
  return E_OK;
}
