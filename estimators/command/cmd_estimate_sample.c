#include "estimators/command/cmd_estimate_sample.h"

#include "estimators/command/cmd_estimate_judging.h"

#include <string.h>

#include "estimators/table/shard_columns.h"
#include "estimators/table/survey_table.h"
#include "estimators/table/tabulate_impl.h"

bool estimate_form_is_sample(const struct form *f) { return survey_plan_is_sample(f->design_json); }

struct wanted {
  const struct form *form;
  const char *design;
};
/* Items that the design or a table of the form names. */
static bool is_wanted(const void *context, struct str name) {
  const struct wanted *w = context;
  const struct form *f = w->form;
  if (survey_name_in(w->design, name)) return true;
  for (int i = 0; i < f->n_tables; i++) {
    const struct table_spec *t = &f->tables[i];
    const char *texts[] = {t->rows, t->columns, t->measure};
    for (int k = 0; k < 3; k++)
      if (texts[k] && survey_name_in(texts[k], name)) return true;
  }
  return false;
}

static enum err_code make_sample(
    struct estimate_run *r, const struct form *f, const struct shard_rows *rows, struct estimate_sample *x, struct err *e) {
  const struct tabulate_input in = {f, rows->shards, rows->n_shards, NULL, NULL};
  struct survey_columns columns;
  const char *file = arena_printf(r->a, "%s/design.json", f->folder), *beside = arena_printf(r->a, "%s/design", f->folder);
  if (!file || !beside) return ERR(e, E_NO_MEMORY, .subject = f->id);
  const struct wanted w = {f, survey_design_words(r->a, f->design_json, strlen(f->design_json), beside)};
  if (!w.design) return ERR(e, E_NO_MEMORY, .subject = f->id);
  x->form = f;
  TRY(shard_columns(r->a, &in, rows->name, is_wanted, &w, &columns, e));
  const struct imputed_source imputed = {.graded = true};
  return survey_data_bind(store_job(r->s), r->a, file, f->design_json, strlen(f->design_json), beside, &columns, &imputed, &x->data, e);
}
static void note_weights(struct estimate_run *r, const struct survey_data *d) {
  struct estimate_weights *w = &r->out->weights;
  *w = (struct estimate_weights){.present = true, .n_units = d->survey.n, .n_strata = d->survey.design->stage[0].n_parents};
  for (int64_t h = 0; h < w->n_strata; h++) w->n_take_all += d->survey.design->stage[0].coefficient[h] == 0;
  w->n_sampled = w->n_strata - w->n_take_all;
  for (int64_t i = 0; i < d->survey.n; i++) {
    const double x = d->survey.weight[i];
    if (x == 0) continue;
    if (w->smallest == 0 || x < w->smallest) w->smallest = x;
    if (x > w->largest) w->largest = x;
    w->sum += x;
  }
}
enum err_code estimate_sample_of(
    struct estimate_run *r, const struct form *f, const struct shard_rows *rows, const struct estimate_sample **out, struct err *e) {
  if (!r->sample || r->sample->form != f) {
    struct estimate_sample *x = ARENA_NEW(r->a, struct estimate_sample);
    if (!x) return ERR(e, E_NO_MEMORY, .subject = f->id);
    TRY(make_sample(r, f, rows, x, e));
    r->sample = x;
    note_weights(r, &x->data);
  }
  *out = r->sample;
  return E_OK;
}

enum err_code estimate_sample_table(struct estimate_run *r, const struct form *f, const struct table_plan *plan, const struct shard_rows *rows,
    struct result_table **out, struct err *e) {
  const struct tabulate_input in = {f, rows->shards, rows->n_shards, NULL, NULL};
  const struct estimate_sample *x;
  int64_t unknown;
  TRY(estimate_sample_of(r, f, rows, &x, e));
  const char *const conditions[] = {plan->spec->domain, plan->spec->filter};
  TRY(survey_data_observed(&x->data, conditions, 2, e));
  uint8_t *keep = ARENA_ARRAY(r->a, uint8_t, x->data.columns.n + 1);
  if (!keep) return ERR(e, E_NO_MEMORY, .subject = plan->spec->id);
  TRY(tab_read_conditions(r->a, &in, plan->spec, keep, &unknown, e));
  struct survey_table_request request = {.id = plan->spec->id,
      .n_dimensions = plan->n_dimensions,
      .n_row_dimensions = plan->n_row_dimensions,
      .dimensions = plan->dimensions,
      .n_measures = plan->n_measures,
      .measures = plan->measures,
      .keep = keep,
      .n_unknown = unknown,
      .decimals = plan->decimals >= 0 ? plan->decimals : PLAN_AS_COMPUTED};
  survey_data_request(&x->data, &request);
  if (x->data.columns.n != shard_rows_count(rows)) return ERR(e, E_BUG, .subject = "a sample with other records than its dataset");
  TRY(estimate_judging(r, plan->spec, rows, &request.judging, e));
  TRY(survey_table(store_job(r->s), r->a, &request, out, e));
  (*out)->title_ja = plan->spec->title_ja, (*out)->title_en = plan->spec->title_en;
  tabulate_units(f, plan, *out);
  survey_data_notes(&x->data, *out);
  return E_OK;
}

enum err_code estimate_sample_weights(struct store *s, const char *survey, const char *period, const char *stage, struct arena *a,
    const struct estimate_sample **out, struct err *e) {
  const struct estimate_options options = {.stage = stage};
  struct estimate_output *output = ARENA_NEW(a, struct estimate_output);
  struct estimate_run *r = ARENA_NEW(a, struct estimate_run);
  *out = NULL;
  if (!output || !r) return ERR(e, E_NO_MEMORY, .subject = survey);
  TRY(estimate_begin(s, survey, period, &options, a, output, r, e));
  for (int i = 0; i < r->survey->n_forms; i++) {
    struct form *f;
    const struct shard_rows *rows;
    struct err why = {.code = E_OK};
    const enum err_code code = estimate_form(r, r->survey->forms[i], &f, &why);
    if (code == E_FORM_VERSION) continue; /* a form that was not asked in the period */
    if (code && e) *e = why;
    if (code) return code;
    if (f->period_kind != r->period.kind || !estimate_form_is_sample(f)) continue;
    TRY(estimate_load(r, f, NULL, 0, &rows, e));
    return estimate_sample_of(r, f, rows, out, e);
  }
  return E_OK;
}
