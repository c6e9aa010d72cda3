/* weight_programme.c -- the steps of a plan in order, the history of each, and the same again for a replicate. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sum.h"
#include "base/table.h"
#include "estimators/weight/weight_plan_impl.h"

enum { MOST_NOTES = 200 };

enum err_code weight_no_memory(const struct step_context *c) { return ERR(c->e, E_NO_MEMORY, .file = c->p->plan->place, .subject = "weights"); }

enum err_code weight_item(const struct step_context *c, const char *name, const struct survey_column **out) {
  *out = survey_column(c->p->columns, name);
  return *out ? E_OK : ERR(c->e, E_WEIGHT_ITEM, .file = c->p->plan->place, .subject = name, .found = step_of(c)->s->place);
}

enum err_code weight_coded_item(const struct step_context *c, const char *name, const struct survey_column **out) {
  TRY(weight_item(c, name, out));
  return survey_column_codes(c->p->columns, *out, c->e);
}

enum err_code weight_values_known(const struct step_context *c, const struct survey_column *x, const double *w) {
  for (int64_t i = 0; i < c->p->n; i++) {
    if (!(w[i] > 0) || value_present(x->status[i]) || x->status[i] == VAL_NOT_APPLICABLE) continue;
    char subject[160];
    snprintf(subject, sizeof subject, "%.80s, row %lld", x->name, (long long)i + 1);
    return ERR(c->e, E_WEIGHT_MISSING, .file = c->p->columns->place, .subject = subject);
  }
  return E_OK;
}

enum err_code weight_note(const struct step_context *c, const char *text) {
  struct weight_record *r = c->record;
  if (!r || r->n_notes >= MOST_NOTES) return E_OK;
  if (!r->note && !(r->note = ARENA_ARRAY(c->a, const char *, MOST_NOTES))) return weight_no_memory(c);
  const char **note = (const char **)(void *)r->note;
  char *copy = arena_strdup(c->a, text, strlen(text));
  if (!copy) return weight_no_memory(c);
  utf8_mend(copy); /* names in notes are cut by bytes */
  note[r->n_notes] = copy;
  r->n_notes++;
  return E_OK;
}

enum err_code weight_programme_new(
    struct arena *a, const struct weight_plan *plan, const struct survey_columns *columns, struct weight_programme **out, struct err *e) {
  struct weight_programme *p = ARENA_NEW(a, struct weight_programme);
  if (!p) return ERR(e, E_NO_MEMORY, .subject = "weights");
  *p = (struct weight_programme){.plan = plan, .columns = columns, .n = columns->n};
  for (int k = 0; k < plan->n_steps; k++) {
    const struct weight_step *s = &plan->step[k];
    const struct step_context c = {.a = a, .p = p, .k = k, .e = e};
    const struct survey_column *x;
    p->step[k].s = s;
    p->step[k].drop = s->kind == WEIGHT_RESPONDENTS && (k + 1 == plan->n_steps || plan->step[k + 1].kind != WEIGHT_NONRESPONSE);
    const char *names[] = {s->response, s->sigma2, s->within, s->household};
    for (int j = 0; j < 4; j++)
      if (names[j]) TRY(weight_item(&c, names[j], &x));
  }
  *out = p;
  return E_OK;
}

static enum err_code step_bind(struct step_context *c, const double *w) {
  switch (step_of(c)->s->kind) {
    case WEIGHT_RESPONDENTS: return respondents_bind(c);
    case WEIGHT_NONRESPONSE: return nonresponse_bind(c, w);
    case WEIGHT_CALIBRATE: return calibrate_bind(c, w);
    case WEIGHT_TRIM: return trim_bind(c, w);
  }
  return E_OK;
}
static enum err_code step_run(const struct step_context *c, const double *w, double *out) {
  switch (step_of(c)->s->kind) {
    case WEIGHT_RESPONDENTS: return respondents_run(c, w, out);
    case WEIGHT_NONRESPONSE: return nonresponse_run(c, w, out);
    case WEIGHT_CALIBRATE: return calibrate_run(c, w, out);
    case WEIGHT_TRIM: return trim_run(c, w, out);
  }
  return E_OK;
}

/* --- history --- */
static int by_value(const void *x, const void *y) { return *(const double *)x < *(const double *)y ? -1 : *(const double *)x > *(const double *)y; }

static enum err_code describe(const struct step_context *c, const double *before, const double *after) {
  struct weight_record *r = c->record;
  const int64_t n = c->p->n;
  double *factor = ARENA_ARRAY(c->a, double, n + 1);
  struct digest d;
  if (!factor) return weight_no_memory(c);
  struct arena_mark mark = arena_mark(c->a);
  double *sorted = ARENA_ARRAY(c->a, double, n + 1);
  if (!sorted) return weight_no_memory(c);
  for (int64_t i = 0; i < n; i++) {
    factor[i] = before[i] != 0 ? after[i] / before[i] : 0;
    r->n_before += before[i] != 0, r->n_negative += after[i] < 0;
    if (after[i] != 0) sorted[r->n_after++] = factor[i];
  }
  r->before = before, r->after = after, r->factor = factor;
  r->sum_before = sum_of(before, n), r->sum_after = sum_of(after, n);
  if (r->n_after) {
    const int64_t m = r->n_after;
    qsort(sorted, (size_t)m, sizeof *sorted, by_value);
    r->smallest = sorted[0], r->largest = sorted[m - 1], r->median = (sorted[(m - 1) / 2] + sorted[m / 2]) / 2;
  }
  arena_reset(c->a, mark);
  digest_begin(&d);
  digest_reals(&d, after, n);
  digest_end(&d, r->digest);
  return E_OK;
}

enum err_code weight_programme_run(const struct job *job, struct arena *a, struct weight_programme *p, struct survey *survey,
    struct weight_history *history, struct err *e) {
  const double *w = survey->weight;
  struct step_context c = {.job = job, .a = a, .p = p, .e = e};
  *history = (struct weight_history){0};
  if (survey->n != p->n) return ERR(e, E_BUG, .subject = "records of survey and columns");
  for (c.k = 0; c.k < p->plan->n_steps; c.k++) {
    double *after = ARENA_ARRAY(a, double, p->n + 1);
    c.record = &history->record[c.k], c.adjustment = ARENA_NEW(a, struct adjustment);
    if (!after || !c.adjustment) return weight_no_memory(&c);
    if (survey->n_adjustments == SURVEY_MOST_ADJUSTMENTS) return ERR(e, E_WEIGHT_PLAN_VALUE, .subject = step_of(&c)->s->place);
    *c.record = (struct weight_record){.step = step_of(&c)->s, .title = step_of(&c)->s->title, .met = true};
    *c.adjustment = (struct adjustment){.kind = ADJUSTED_FIXED, .name = step_of(&c)->s->title, .before = w, .after = after};
    TRY(step_bind(&c, w));
    TRY(step_run(&c, w, after));
    TRY(describe(&c, w, after));
    survey->adjustments[survey->n_adjustments++] = c.adjustment;
    history->n++, w = after;
    if (job) job_progress(job, "weights", c.k + 1, p->plan->n_steps);
    if (job && job_cancelled(job)) return ERR(e, E_CANCELLED, .subject = "weights");
  }
  survey->weight = w, p->ran = true;
  return E_OK;
}

enum err_code weight_programme_redo(struct arena *a, const struct weight_programme *p, const double *base, double *w, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  double *now = ARENA_ARRAY(a, double, p->n + 1), *next = ARENA_ARRAY(a, double, p->n + 1);
  if (!p->ran) return ERR(e, E_BUG, .subject = "weights made again before they were made");
  if (!now || !next) return ERR(e, E_NO_MEMORY, .subject = "weights");
  memcpy(now, base, sizeof *now * (size_t)p->n);
  for (int k = 0; k < p->plan->n_steps; k++) {
    /* The programme is only read: what a step would keep goes to record and adjustment, which are absent here. */
    const struct step_context c = {.a = a, .p = (struct weight_programme *)(uintptr_t)p, .k = k, .e = e};
    TRY(step_run(&c, now, next));
    double *swap = now;
    now = next, next = swap;
  }
  memcpy(w, now, sizeof *w * (size_t)p->n);
  arena_reset(a, mark);
  return E_OK;
}

enum err_code weight_plan_run(const struct job *job, struct arena *a, const struct weight_plan *plan, const struct survey_columns *columns,
    struct survey *survey, struct weight_programme **programme, struct weight_history *history, struct err *e) {
  TRY(weight_programme_new(a, plan, columns, programme, e));
  return weight_programme_run(job, a, *programme, survey, history, e);
}
