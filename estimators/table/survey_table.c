#include "estimators/table/survey_table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/table.h"
#include "estimators/estimate/design_effect.h"
#include "estimators/estimate/quantile_interval.h"
#include "estimators/sdc/suppress/modular.h"
#include "estimators/table/imputed_figure.h"
#include "estimators/table/survey_dimension.h"
#include "estimators/table/survey_figure.h"
#include "estimators/table/survey_precision.h"
#include "estimators/table/table_cells.h"
#include "estimators/variance/survey_variance.h"

enum { BATCH = 8 };
struct work {
  const struct job *job;
  struct arena *a;
  const struct survey_table_request *q;
  const double *w;
  int64_t n;
  struct figure *figures; /* [n_measures] */
  const struct bound_imputed **listed, **imputed; /* [n_measures] item of a total or mean that the design lists; to be reckoned with. NULL = none */
  struct imputed_count *counts;                   /* [n_measures] */
  int *lost;              /* [n_measures] replicates without a value, in the cell where most have none */
  struct table_cells cells;
  struct result_table *t;
};
/* One margin in work. */
struct margin {
  struct cell_partition part;
  struct taylor_domains domains; /* records of weight 0 are outside */
  int64_t *df;
};
/* One measure in one margin. */
struct cell_figure {
  const struct figure *f;
  const struct bound_imputed *imputed;
  struct imputed_count *count;
  struct result_measure *m;
  struct taylor_domains domains; /* and those without a value */
  struct figure_values v;
  double *u, *var, *srs;
  bool *has_srs;
  struct quantile_result quantile; /* value NULL = not a quantile */
  uint8_t *no_error;
  int64_t *df, *n_used;
};

/* --- dimensions and rows --- */
static enum err_code make_rows(struct work *k, struct err *e) {
  const struct survey_table_request *q = k->q;
  struct survey_dimensions d;
  struct cells_spec s = {.name = q->id, .n = k->n, .n_dimensions = q->n_dimensions, .keep = q->keep};
  TRY(survey_dimensions_read(k->a, q->columns, q->dimensions, &s, &d, e));
  TRY(cells_build(k->a, &s, &k->cells, e));
  TRY(result_table_new(k->a, q->id, k->cells.n_rows, q->n_dimensions, q->n_measures, &k->t, e));
  k->t->n_row_dimensions = q->n_row_dimensions;
  survey_dimensions_name(&d, q->dimensions, &k->cells, k->t);
  return E_OK;
}

/* --- measures --- */
static void note_absent(struct work *k, const struct figure *f) {
  char b[320];
  if (f->absent) {
    snprintf(b, sizeof b, "no record of the data has the code of %.250s", f->m->name);
    result_note(k->t, b);
  }
  for (int j = 0; f->parts && j < f->m->n_figures; j++) note_absent(k, &f->parts[j]);
}
static void note_missing(struct work *k, const struct figure *f) {
  for (int j = 0; j < f->n_items; j++) {
    int64_t n = 0;
    char b[320];
    for (int64_t i = 0; f->status[j] && i < k->n; i++) n += k->cells.key[i] >= 0 && !value_present(f->status[j][i]);
    const bool denominator = *f->m->y && strcmp(f->item[j], f->m->y) == 0;
    if (f->m->kind == MEASURE_FORMULA)
      snprintf(b, sizeof b, "%lld records without a value of %s are left out of %s", (long long)n, f->item[j], f->m->name);
    else snprintf(b, sizeof b, "%lld records without a %s are left out of %s", (long long)n, denominator ? "denominator" : "value", f->m->name);
    if (n) result_note(k->t, b);
  }
}
/* Also of an item that is taken as observed, whatever the measure. */
static const struct bound_imputed *listed_item(const struct work *k, const struct figure *f) {
  for (int i = 0; k->q->imputed && i < k->q->imputed->n; i++)
    for (int j = 0; j < f->n_items; j++)
      if (strcmp(k->q->imputed->item[i].item.name, f->item[j]) == 0) return &k->q->imputed->item[i];
  return NULL;
}
static enum err_code describe(struct work *k, int j, struct err *e) {
  struct result_measure *m = &k->t->measures[j];
  const struct measure *how = &k->q->measures[j];
  m->name = how->name;
  m->decimals = k->q->decimals;
  m->additive = how->kind == MEASURE_COUNT || how->kind == MEASURE_TOTAL;
  m->n_used = ARENA_ARRAY(k->a, int64_t, k->cells.n_rows + 1);
  if (!m->n_used) return ERR(e, E_NO_MEMORY, .subject = how->name);
  TRY(figure_bind(k->a, k->q->columns, how, &k->figures[j], e));
  TRY(imputed_figure_of(k->q->imputed, &k->figures[j], &k->imputed[j], e));
  k->listed[j] = listed_item(k, &k->figures[j]);
  note_missing(k, &k->figures[j]);
  note_absent(k, &k->figures[j]);
  const bool parts = how->kind == MEASURE_FORMULA;
  if (k->q->judging && (k->figures[j].x || parts))
    TRY(result_keep_judgements(k->t, j, k->figures[j].y != NULL || parts || measure_is_share(how), e));
  return result_keep_precision(k->t, j, k->q->confidence > 0 ? k->q->confidence : 0.95, e);
}

/* --- one measure in one margin --- */
/* Values, errors and limits at once. */
static enum err_code quantile(struct work *k, int j, struct cell_figure *c, struct err *e) {
  const struct measure *m = c->f->m;
  const struct replicate_set *set = k->q->replicates;
  const struct quantile_spec s = {.rule = m->rule,
      .scale = m->has_interval ? m->interval : INTERVAL_MEAN,
      .confidence = c->m->confidence,
      .m = 1,
      .p = &m->p};
  if (set) {
    const double *base = k->q->replicate_weight ? k->q->replicate_weight : k->w;
    TRY(quantile_replicates(k->a, set, base, k->w, &c->domains, c->f->x, &s, &c->quantile, e));
    if (c->quantile.most_lost > k->lost[j]) k->lost[j] = c->quantile.most_lost;
  } else TRY(quantile_intervals(k->job, k->a, k->q->survey, &c->domains, c->f->x, &s, &c->quantile, e));
  for (int32_t d = 0; d < c->domains.n_domains; d++) {
    c->v.defined[d] = c->quantile.records[d] > 0;
    c->v.value[d] = c->v.defined[d] ? c->quantile.value[d] : 0;
    c->v.why[d] = "no values";
  }
  return E_OK;
}

static bool is_quantile(const struct work *k, const struct figure *f) { return f->m->kind == MEASURE_QUANTILE && !k->q->complete; }
static enum err_code cell_figure_new(struct work *k, const struct margin *g, int j, struct cell_figure *c, struct err *e) {
  const int32_t n = g->domains.n_domains;
  const struct figure *f = &k->figures[j];
  int32_t *of = NULL;
  *c = (struct cell_figure){
      .f = f, .imputed = k->imputed[j], .count = &k->counts[j], .m = &k->t->measures[j], .domains = g->domains, .df = g->df};
  if (figure_has_missing(f, g->domains.of_row)) {
    TRY(figure_domains(k->a, f, k->w, &g->domains, &of, e));
    c->domains.of_row = of;
    c->df = NULL;
  }
  c->var = ARENA_ARRAY(k->a, double, n + 1), c->no_error = ARENA_ARRAY(k->a, uint8_t, n + 1), c->n_used = ARENA_ARRAY(k->a, int64_t, n + 1);
  if (!c->var || !c->no_error || !c->n_used) return ERR(e, E_NO_MEMORY, .subject = f->m->name);
  for (int64_t i = 0; i < k->n; i++)
    if (c->domains.of_row[i] >= 0) c->n_used[c->domains.of_row[i]]++;
  if (k->listed[j]) TRY(imputed_figure_count(k->a, k->listed[j], k->w, &c->domains, c->count, e));
  TRY(figure_values_new(k->a, n, &c->v, e));
  if (is_quantile(k, f)) return quantile(k, j, c, e);
  return figure_value(k->a, f, k->w, &c->domains, &c->v, e);
}

static enum err_code degrees(struct work *k, struct cell_figure *c, struct err *e) {
  if (c->df) return E_OK;
  const int32_t n = c->domains.n_domains;
  if (!(c->df = ARENA_ARRAY(k->a, int64_t, n + 1))) return ERR(e, E_NO_MEMORY, .subject = c->f->m->name);
  if (k->q->complete) return E_OK;
  for (int32_t d = 0; k->q->replicates && d < n; d++) c->df[d] = k->q->replicates->df;
  return k->q->replicates ? E_OK : survey_df(k->job, k->a, k->q->survey, &c->domains, c->df, e);
}

/* Influence of the figure. A figure with a line of the whole sample is done at once, a domain at a time. */
static enum err_code influence(struct work *k, struct cell_figure *c, struct err *e) {
  const int32_t n = c->domains.n_domains;
  if (!(c->u = ARENA_ARRAY(k->a, double, k->n + 1))) return ERR(e, E_NO_MEMORY, .subject = c->f->m->name);
  if (figure_is_whole(c->f)) {
    for (int32_t d = 0; d < n; d++) {
      TRY(figure_whole(k->a, c->f, k->w, &c->domains, d, &c->v, c->u, e));
      for (int64_t i = 0; i < k->n && c->v.defined[d] && !c->no_error[d]; i++)
        if (!isfinite(c->u[i])) c->no_error[d] = 1;
      if (!c->v.defined[d] || c->no_error[d]) continue;
      double *var = &c->var[d];
      TRY(survey_variances(k->job, k->a, k->q->survey, NULL, 1, (const double *const *)&c->u, &var, e));
    }
    c->u = NULL;
    return E_OK;
  }
  return figure_influence(k->a, c->f, k->w, &c->domains, &c->v, c->u, c->no_error, e);
}

static bool is_mean(const struct cell_figure *c) { return c->f->m->kind == MEASURE_MEAN; }
/* All measures of the batch in one go over the partition of the margin: records without a value have influence 0 there. */
static enum err_code by_linearisation(struct work *k, const struct margin *g, int m, struct cell_figure *c, struct err *e) {
  const double *u[BATCH];
  double *var[BATCH];
  int n = 0;
  for (int j = 0; j < m; j++) {
    if (c[j].quantile.value) continue;
    if (c[j].imputed)
      TRY(imputed_figure_variance(k->job, k->a, k->q->survey, c[j].imputed, is_mean(&c[j]), &c[j].domains, c[j].var, e));
    if (c[j].imputed && k->q->deff == TABLE_DEFF_NONE) continue;
    TRY(influence(k, &c[j], e));
    if (c[j].u && !c[j].imputed) u[n] = c[j].u, var[n++] = c[j].var;
  }
  if (n) TRY(survey_variances(k->job, k->a, k->q->survey, &g->domains, n, u, var, e));
  for (int j = 0; j < m && k->q->deff != TABLE_DEFF_NONE; j++) {
    if (!c[j].u) continue;
    c[j].srs = ARENA_ARRAY(k->a, double, g->domains.n_domains + 1), c[j].has_srs = ARENA_ARRAY(k->a, bool, g->domains.n_domains + 1);
    if (!c[j].srs || !c[j].has_srs) return ERR(e, E_NO_MEMORY, .subject = "design effect");
    const enum srs_reference reference = k->q->deff == TABLE_DEFF_WITHOUT ? SRS_WITHOUT_REPLACEMENT : SRS_WITH_REPLACEMENT;
    TRY(srs_variance(k->a, k->n, k->w, &c[j].domains, c[j].u, reference, c[j].srs, c[j].has_srs, e));
  }
  return E_OK;
}

/* Every figure again under the weights of each replicate. */
static enum err_code by_replicates(struct work *k, int first, int m, struct cell_figure *c, struct err *e) {
  const struct replicate_set *set = k->q->replicates;
  const double *base = k->q->replicate_weight ? k->q->replicate_weight : k->w;
  const int32_t n = c->domains.n_domains;
  const int64_t R = set->n_replicates;
  double *w = ARENA_ARRAY(k->a, double, k->n + 1), *theta[BATCH];
  uint8_t *defined[BATCH];
  int left_out[BATCH] = {0};
  struct figure_values v;
  if (!w) return ERR(e, E_NO_MEMORY, .subject = "replicates");
  TRY(figure_values_new(k->a, n, &v, e));
  for (int j = 0; j < m; j++) {
    if (c[j].quantile.value) continue;
    theta[j] = ARENA_ARRAY(k->a, double, n * R + 1), defined[j] = ARENA_ARRAY(k->a, uint8_t, n * R + 1);
    if (!theta[j] || !defined[j]) return ERR(e, E_NO_MEMORY, .subject = "replicates");
  }
  for (int r = 0; r < set->n_replicates; r++) {
    TRY(replicate_weights(k->a, set, r, base, w, e));
    for (int j = 0; j < m; j++) {
      if (c[j].quantile.value) continue;
      bool done = true;
      if (c[j].imputed) TRY(imputed_figure_again(k->a, c[j].f, c[j].imputed, k->w, w, &c[j].domains, &v, &done, e));
      else TRY(figure_value(k->a, c[j].f, w, &c[j].domains, &v, e));
      left_out[j] += !done;
      for (int32_t d = 0; d < n; d++) theta[j][d * R + r] = done ? v.value[d] : 0, defined[j][d * R + r] = done && v.defined[d];
    }
  }
  for (int j = 0; j < m; j++)
    for (int32_t d = 0; d < n && !c[j].quantile.value; d++) {
      const int used = replicate_covariance(set, 1, theta[j] + d * R, defined[j] + d * R, &c[j].v.value[d], &c[j].var[d]);
      c[j].no_error[d] = used < 2;
      if (!c[j].imputed && c[j].v.defined[d] && set->n_replicates - used > k->lost[first + j]) k->lost[first + j] = set->n_replicates - used;
    }
  for (int j = 0; j < m; j++) {
    if (!c[j].imputed) continue;
    TRY(imputed_figure_after(k->a, set, c[j].imputed, is_mean(&c[j]), k->w, &c[j].domains, left_out[j], c[j].var, e));
    c[j].count->n_left_out = left_out[j];
  }
  return E_OK;
}

/* One variable of the figure in every cell of the margin; what is worse than before stays: a formula is as unsafe as its parts. */
static enum err_code judge_variable(
    struct work *k, const struct margin *g, const struct cell_figure *c, const double *x, bool share, struct sdc_judgement *out, struct err *e) {
  const int32_t n = c->domains.n_domains;
  struct arena_mark mark = arena_mark(k->a);
  struct sdc_judgement *own = ARENA_ARRAY(k->a, struct sdc_judgement, n + 1);
  if (!own) return ERR(e, E_NO_MEMORY, .subject = c->f->m->name);
  struct sdc_judging judging = *k->q->judging;
  const struct sdc_rule count = {
      .name = judging.rule->name,
      .status = judging.rule->status,
      .min_n = judging.rule->request ? 0 : judging.rule->min_n,
      .weights = SDC_WEIGHTS_RAW};
  const int32_t *of = c->domains.of_row;
  if (share) { /* ones and noughts: nobody dominates, but those who have it may be few */
    int32_t *have = ARENA_ARRAY(k->a, int32_t, k->n + 1);
    if (!have) return ERR(e, E_NO_MEMORY, .subject = c->f->m->name);
    for (int64_t i = 0; i < k->n; i++) have[i] = x[i] != 0 ? of[i] : -1;
    judging.rule = &count, of = have;
  }
  TRY(sdc_judge_cells(k->a, &judging, k->n, of, x, k->w, n, own, e));
  for (int32_t d = 0; d < n; d++) {
    struct sdc_judgement *to = &out[g->part.row[d]];
    if (to->n == 0 || (to->reason == SDC_SAFE && own[d].reason != SDC_SAFE)) *to = own[d];
  }
  arena_reset(k->a, mark);
  return E_OK;
}
/* Who has it and who has not: of 31 with 80.6 % one knows that 6 have not. */
static enum err_code judge_share(struct work *k, const struct margin *g, const struct cell_figure *c, const struct figure *f, struct err *e) {
  struct arena_mark mark = arena_mark(k->a);
  double *has = ARENA_ARRAY(k->a, double, k->n + 1), *has_not = ARENA_ARRAY(k->a, double, k->n + 1);
  double line = 0;
  if (!has || !has_not) return ERR(e, E_NO_MEMORY, .subject = f->m->name);
  if (f->m->kind != MEASURE_PROPORTION) TRY(figure_line(k->a, f, k->w, &line, e));
  for (int64_t i = 0; i < k->n; i++) {
    has[i] = f->m->kind == MEASURE_PROPORTION ? f->x[i] != 0 : f->x[i] <= line;
    has_not[i] = 1 - has[i];
  }
  TRY(judge_variable(k, g, c, has, true, c->m->judged, e));
  TRY(judge_variable(k, g, c, has_not, true, c->m->judged_y, e));
  arena_reset(k->a, mark);
  return E_OK;
}
static enum err_code judge_figure(struct work *k, const struct margin *g, const struct cell_figure *c, const struct figure *f, struct err *e) {
  if (f->x && measure_is_share(f->m)) return judge_share(k, g, c, f, e);
  if (f->x) TRY(judge_variable(k, g, c, f->x, false, c->m->judged, e));
  if (f->y) TRY(judge_variable(k, g, c, f->y, false, c->m->judged_y, e));
  for (int j = 0; f->parts && j < f->m->n_figures; j++) TRY(judge_figure(k, g, c, &f->parts[j], e));
  return E_OK;
}
static enum err_code owners(struct work *k, const struct margin *g, struct err *e) {
  struct arena_mark mark = arena_mark(k->a);
  int64_t *own = ARENA_ARRAY(k->a, int64_t, g->part.n_domains + 1);
  if (!own) return ERR(e, E_NO_MEMORY, .subject = "owners");
  TRY(sdc_count_owners(k->a, k->q->judging, k->n, g->part.of, g->part.n_domains, own, e));
  for (int32_t d = 0; d < g->part.n_domains; d++) k->t->n_owners[g->part.row[d]] = own[d];
  arena_reset(k->a, mark);
  return E_OK;
}

static enum err_code batch(struct work *k, const struct margin *g, int first, int m, struct err *e) {
  struct cell_figure c[BATCH];
  for (int j = 0; j < m; j++) TRY(cell_figure_new(k, g, first + j, &c[j], e));
  for (int j = 0; j < m; j++) TRY(degrees(k, &c[j], e));
  if (!k->q->complete) {
    if (k->q->replicates) TRY(by_replicates(k, first, m, c, e));
    else TRY(by_linearisation(k, g, m, c, e));
  }
  for (int j = 0; j < m; j++) {
    const struct figure_precision p = {.f = c[j].f,
        .v = c[j].v,
        .n_domains = g->domains.n_domains,
        .row = g->part.row,
        .var = c[j].var,
        .quantile = c[j].quantile.value ? &c[j].quantile : NULL,
        .no_error = c[j].no_error,
        .df = c[j].df,
        .n_used = c[j].n_used,
        .srs = c[j].srs,
        .has_srs = c[j].has_srs,
        .confidence = c[j].m->confidence,
        .complete = k->q->complete};
    precision_into(&p, c[j].m);
    if (c[j].m->judged) TRY(judge_figure(k, g, &c[j], c[j].f, e));
  }
  return E_OK;
}

static enum err_code one_margin(struct work *k, unsigned mask, struct err *e) {
  struct margin g;
  TRY(cells_partition(k->a, &k->cells, mask, &g.part, e));
  for (int64_t i = 0; i < k->n; i++) {
    if (k->w[i] == 0) g.part.of[i] = -1;
    if (g.part.of[i] < 0) continue;
    k->t->n[g.part.row[g.part.of[i]]]++;
    if (k->t->unit_set) k->t->unit_set[g.part.row[g.part.of[i]]] += mod_mix((uint64_t)i + 1);
  }
  if (!g.part.n_domains) return E_OK;
  if (k->t->n_owners) TRY(owners(k, &g, e));
  g.domains = (struct taylor_domains){g.part.n_domains, g.part.of};
  struct cell_figure base = {.domains = g.domains, .f = k->figures};
  TRY(degrees(k, &base, e));
  g.df = base.df;
  for (int j = 0; j < k->q->n_measures; j += BATCH) {
    struct arena_mark mark = arena_mark(k->a);
    TRY(batch(k, &g, j, k->q->n_measures - j < BATCH ? k->q->n_measures - j : BATCH, e));
    arena_reset(k->a, mark);
  }
  return E_OK;
}

static void note_lost(struct work *k) {
  char b[320];
  for (int j = 0; j < k->q->n_measures; j++) {
    if (!k->lost[j]) continue;
    snprintf(b, sizeof b, "%s has no value in up to %d of %d replicates of a cell: the standard error there comes from the others",
        k->figures[j].m->name,
        k->lost[j], k->q->replicates->n_replicates);
    result_note(k->t, b);
  }
}
static void method_notes(struct work *k) {
  char b[160];
  if (k->q->n_unknown) {
    snprintf(b, sizeof b, "%lld records were left out because a condition of the table is unknown for them", (long long)k->q->n_unknown);
    result_note(k->t, b);
  }
}

enum err_code survey_table(
    const struct job *job, struct arena *a, const struct survey_table_request *q, struct result_table **out, struct err *e) {
  struct work k = {.job = job, .a = a, .q = q, .w = q->survey->weight, .n = q->survey->n};
  if (q->columns->n != k.n) return ERR(e, E_BUG, .subject = "table: the survey has other records than the columns");
  if (q->n_measures < 1) return ERR(e, E_TABLE_MEASURE, .subject = q->id, .expected = "a measure");
  TRY(imputed_dimensions_allowed(q, e));
  k.figures = ARENA_ARRAY(a, struct figure, q->n_measures + 1), k.counts = ARENA_ARRAY(a, struct imputed_count, q->n_measures + 1);
  k.listed = ARENA_ARRAY(a, const struct bound_imputed *, q->n_measures + 1);
  k.imputed = ARENA_ARRAY(a, const struct bound_imputed *, q->n_measures + 1);
  k.lost = ARENA_ARRAY(a, int, q->n_measures + 1);
  if (!k.figures || !k.counts || !k.listed || !k.imputed || !k.lost) return ERR(e, E_NO_MEMORY, .subject = q->id);
  TRY(make_rows(&k, e));
  const bool merged = q->judging && q->judging->holding;
  if (merged && !(k.t->n_owners = ARENA_ARRAY(a, int64_t, k.cells.n_rows + 1))) return ERR(e, E_NO_MEMORY, .subject = q->id);
  if (q->judging && !(k.t->unit_set = ARENA_ARRAY(a, uint64_t, k.cells.n_rows + 1))) return ERR(e, E_NO_MEMORY, .subject = q->id);
  method_notes(&k);
  for (int j = 0; j < q->n_measures; j++) TRY(describe(&k, j, e));
  for (unsigned mask = 0; mask < cells_masks(&k.cells); mask++) {
    struct arena_mark mark = arena_mark(a);
    TRY(one_margin(&k, mask, e));
    arena_reset(a, mark);
    job_progress(job, "table", (int64_t)mask + 1, (int64_t)cells_masks(&k.cells));
  }
  for (int j = 0; j < q->n_measures; j++)
    if (k.listed[j]) TRY(imputed_figure_notes(a, q, &q->measures[j], k.listed[j], &k.counts[j], k.t, e));
  note_lost(&k);
  TRY(result_sort(k.t, e));
  *out = k.t;
  return E_OK;
}
