#include "estimators/command/cmd_estimate_core.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/ext_json.h"
#include "base/ext_sodium.h"
#include "estimators/command/cmd_estimate_document.h"
#include "estimators/command/cmd_estimate_judging.h"
#include "estimators/command/cmd_estimate_linked.h"
#include "estimators/command/cmd_estimate_load.h"
#include "estimators/command/cmd_estimate_records.h"
#include "estimators/command/cmd_estimate_rule.h"
#include "estimators/command/cmd_estimate_sample.h"
#include "estimators/command/cmd_estimate_units.h"
#include "estimators/command/cmd_mls_prove.h"
#include "estimators/mls/mls_input.h"
#include "estimators/table/rounding.h"
#include "estimators/table/tabulate.h"
#include "estimators/table/tabulate_impl.h"
#include "estimators/vital/vital_tables.h"

/* --- the labour survey --- */
static enum err_code load_input(struct estimate_run *r, const char *form_id, const struct shard_rows **out, struct err *e) {
  struct form *f;
  TRY(estimate_form(r, form_id, &f, e));
  return estimate_load(r, f, NULL, 0, out, e);
}

/* Inputs without which there is no weight, no stratum or no E: a month that lacks one stops, it is not a table to be left out. */
static enum err_code load_needed(struct estimate_run *r, const char *form_id, enum err_code without, const struct shard_rows **out, struct err *e) {
  struct err why = {.code = E_OK};
  char name[128];
  enum err_code code = load_input(r, form_id, out, &why);
  if (code && code != E_TABLE_DATA && e) *e = why;
  if (code != E_TABLE_DATA) return code;
  snprintf(name, sizeof name, "%s/%s %s", r->survey->id, form_id, r->out->period);
  return ERR(e, without, .subject = name, .expected = "the dataset of the month");
}

static enum err_code mls_datasets_of(
    struct estimate_run *r, const struct form *f, const struct shard_rows *establishment, struct mls_datasets *d, struct err *e) {
  const struct shard_rows *registers, *strata, *cells;
  TRY(load_needed(r, "register", E_NO_WEIGHT, &registers, e));
  TRY(load_needed(r, "stratum", E_NO_STRATUM, &strata, e));
  TRY(load_needed(r, "cell", E_MLS_NO_E, &cells, e));
  *d = (struct mls_datasets){.establishment = *establishment,
      .registers = *registers,
      .strata = *strata,
      .cells = *cells,
      .plan_json = f->plan_json,
      .industries = estimate_codelist(f, "mls_industry"),
      .day = period_last_day(&r->period)};
  return E_OK;
}

static void note_plan(struct estimate_run *r, const struct design *d, const struct design_report *plan) {
  struct estimate_weights *w = &r->out->weights;
  *w = (struct estimate_weights){.present = true,
      .n_units = d->n_units,
      .n_strata = d->n_strata,
      .n_take_all = plan->n_take_all,
      .n_sampled = plan->n_sampled,
      .n_exceptions = plan->n_exceptions,
      .exceptions = plan->exceptions};
  for (int64_t i = 0; i < d->n_units; i++) {
    double x = d->weight[i];
    if (i == 0 || x < w->smallest) w->smallest = x;
    if (i == 0 || x > w->largest) w->largest = x;
    w->sum += x;
  }
}

static void exception_notes(const struct design_report *plan, struct result_table *t) {
  for (int64_t i = 0; i < plan->n_exceptions; i++)
    result_note(t,
        arena_printf(t->arena, "exception from the approved plan, stratum %.*s: %s", (int)plan->exceptions[i].stratum.n,
            plan->exceptions[i].stratum.p, plan->exceptions[i].text));
}

/* A number of units below the profile's minimum is no more shown in a note than in a cell. */
static void run_notes(const struct mls_input *in, const struct mls_run_result *run, int64_t min_n, struct result_table *t) {
  char b[256];
  snprintf(b, sizeof b, "%lld questionnaires, %lld answered, %lld left out as incomplete", (long long)in->n_records, (long long)in->n_kept,
      (long long)in->n_incomplete);
  result_note(t, b);
  for (int32_t i = 0; i < run->ratio.n_log; i++) {
    const struct mls_collapse *c = &run->ratio.log[i];
    const struct mls_cell *from = &in->run.cells[c->cell], *to = &in->run.cells[c->with];
    result_note(t,
        arena_printf(t->arena, "cell %.*s with fewer than %lld reports was joined with %.*s", (int)from->id.n, from->id.p,
            (long long)in->run.min_reports, (int)to->id.n, to->id.p));
  }
  for (int32_t i = 0; i < run->n_cover; i++)
    if (run->cover[i].alarm) {
      const struct mls_cell *c = &in->run.cells[run->cover[i].cell];
      if (run->cover[i].n_reports < min_n)
        result_note(
            t, arena_printf(t->arena, "take-all cell %.*s: too few units reported, or its ratio x response is not near 1", (int)c->id.n, c->id.p));
      else
        result_note(t,
            arena_printf(t->arena, "take-all cell %.*s: %lld of %lld units reported, ratio x response %.3f", (int)c->id.n, c->id.p,
                (long long)run->cover[i].n_reports, (long long)run->cover[i].n_frame, run->cover[i].ratio_times_response));
    }
  if (run->open_flows) {
    snprintf(b, sizeof b, "in %lld cell splits e0 + inc - dec is not e1 in the reports", (long long)run->open_flows);
    result_note(t, b);
  }
  result_note(t, "standard errors: linearised ratio estimator; the workers of the previous month are taken as known");
}

/* One estimation per condition: the tables of a form usually share it. */
static enum err_code mls_all(struct estimate_run *r, const struct form *f, const struct table_plan *plan, const struct shard_rows *rows,
    struct result_table **out, struct err *e) {
  struct mls_datasets d;
  struct mls_input *in = ARENA_NEW(r->a, struct mls_input);
  struct mls_run_result *run = ARENA_NEW(r->a, struct mls_run_result);
  int64_t unknown = 0;
  TRY(mls_datasets_of(r, f, rows, &d, e));
  uint8_t *keep = ARENA_ARRAY(r->a, uint8_t, shard_rows_count(rows) + 1);
  if (!in || !run || !keep) return ERR(e, E_NO_MEMORY, .subject = plan->spec->id);
  const struct tabulate_input conditions = {f, rows->shards, rows->n_shards, NULL, NULL};
  TRY(tab_read_conditions(r->a, &conditions, plan->spec, keep, &unknown, e));
  d.keep = keep;
  r->mls_in = in;
  struct mls_proof proof;
  TRY(mls_prove_plan(r, &d, &proof, e));
  TRY(mls_input_build(r->a, &d, in, e));
  note_plan(r, &in->design, &in->plan);
  TRY(estimate_judging_some(r, plan->spec, rows, in->run.sample.n, in->row, &in->run.judging, e));
  TRY(mls_run(r->a, &in->run, run, e));
  TRY(mls_result_table(r->a, plan->spec->id, run->rows, in->run.n_rollups, run->errors, in->n_reports, out, e));
  const struct disclosure_profile *profile = estimate_profile_of(r, plan->spec);
  run_notes(in, run, profile ? profile->rule.min_n : 0, *out);
  exception_notes(&in->plan, *out);
  mls_proof_notes(r->options->plan, &proof, *out);
  return mls_keep_record(r, in, run, &proof, e);
}

static enum err_code mls_table(struct estimate_run *r, const struct form *f, const struct table_plan *plan, const struct shard_rows *rows,
    struct result_table **out, struct err *e) {
  const char *condition = arena_printf(r->a, "%s\x1f%s\x1f%s\x1f%s", f->id, plan->spec->filter, plan->spec->domain, plan->spec->disclosure);
  if (!condition) return ERR(e, E_NO_MEMORY, .subject = plan->spec->id);
  if (!r->mls_condition || strcmp(r->mls_condition, condition)) {
    TRY(mls_all(r, f, plan, rows, &r->mls_all, e));
    r->mls_condition = condition;
  }
  return mls_select(r->a, r->mls_all, plan, out, e);
}

static enum err_code unitcell_table(struct estimate_run *r, const struct form *f, const struct table_plan *plan, const struct shard_rows *rows,
    struct result_table **out, struct err *e) {
  struct mls_unit_cells u;
  struct result_table *all;
  TRY(mls_unit_cells_build(r->a, rows, estimate_codelist(f, "mls_industry"), &u, e));
  struct mls_row *row = ARENA_ARRAY(r->a, struct mls_row, u.n_rollups + 1);
  if (!row) return ERR(e, E_NO_MEMORY, .subject = plan->spec->id);
  TRY(mls_rollup_rows(r->a, u.totals, u.n_cells, u.names, u.rollups, u.n_rollups, row, e));
  TRY(mls_result_table(r->a, plan->spec->id, row, u.n_rollups, NULL, NULL, &all, e));
  result_note(all, "rolled up from published unit cells: totals are summed, averages never averaged; no number of reports and no standard errors");
  return mls_select(r->a, all, plan, out, e);
}

/* --- vital statistics --- */
static enum err_code vital_rows(struct estimate_run *r, const struct shard_rows *rows, const char *count, const char *sex_if_none,
    struct vital_row **out, int64_t *n, struct err *e) {
  struct str *sex = NULL, *prefecture = NULL;
  int64_t *from, *to, *value;
  uint8_t *from_status, *to_status, *status;
  *n = shard_rows_count(rows);
  *out = ARENA_ARRAY(r->a, struct vital_row, *n + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = rows->name);
  if (shard_rows_has(rows, "sex")) TRY(shard_rows_text(r->a, rows, "sex", &sex, e));
  if (shard_rows_has(rows, "prefecture")) TRY(shard_rows_text(r->a, rows, "prefecture", &prefecture, e));
  TRY(shard_rows_int(r->a, rows, "age_from", &from, &from_status, NULL, e));
  TRY(shard_rows_int(r->a, rows, "age_to", &to, &to_status, NULL, e));
  TRY(shard_rows_int(r->a, rows, count, &value, &status, NULL, e));
  for (int64_t i = 0; i < *n; i++)
    (*out)[i] = (struct vital_row){sex ? sex[i] : str_of(sex_if_none), prefecture ? prefecture[i] : STR(""), from[i],
        value_present(to_status[i]) ? to[i] : INT64_MAX, value[i], value_present(status[i]) && value_present(from_status[i])};
  return E_OK;
}

static bool any_count(const struct vital_row *rows, int64_t n) {
  for (int64_t i = 0; i < n; i++)
    if (rows[i].has_count) return true;
  return false;
}

/* The denominator of a measure: the item of the form itself when it holds values, else the population dataset of the period. */
static enum err_code denominators(struct estimate_run *r, const struct form *f, const struct shard_rows *own, const char *item,
    const char *sex_if_none, struct vital_row **out, int64_t *n, struct err *e) {
  const struct shard_rows *population;
  if (form_item(f, item) && shard_rows_has(own, item)) {
    TRY(vital_rows(r, own, item, sex_if_none, out, n, e));
    if (any_count(*out, *n)) return E_OK;
  }
  TRY(load_input(r, "population", &population, e));
  return vital_rows(r, population, "population", "", out, n, e);
}

static enum err_code life_table(
    struct estimate_run *r, const struct table_plan *plan, const struct shard_rows *rows, struct result_table **out, struct err *e) {
  struct str *sex;
  int64_t *age, *q, n = shard_rows_count(rows);
  uint8_t *age_status, *status;
  int decimals = 0;
  struct vital_q *list = ARENA_ARRAY(r->a, struct vital_q, n + 1);
  if (!list) return ERR(e, E_NO_MEMORY, .subject = rows->name);
  TRY(shard_rows_text(r->a, rows, "sex", &sex, e));
  TRY(shard_rows_int(r->a, rows, "age_from", &age, &age_status, NULL, e));
  TRY(shard_rows_int(r->a, rows, plan->measures[0].x, &q, &status, &decimals, e));
  int64_t k = 0;
  for (int64_t i = 0; i < n; i++)
    if (value_present(status[i]) && value_present(age_status[i]))
      list[k++] = (struct vital_q){sex[i], age[i], (double)q[i] / (double)power_of_ten(decimals)};
  return vital_life_table(r->a, plan, list, k, out, e);
}

static enum err_code vital_table(struct estimate_run *r, const struct form *f, const struct table_plan *plan, const struct shard_rows *rows,
    struct result_table **out, struct err *e) {
  const struct measure *m = &plan->measures[0];
  struct vital_row *events, *people;
  int64_t n_events, n_people;
  if (plan->n_measures != 1) return ERR(e, E_TABLE_MEASURE, .subject = plan->spec->measure, .expected = "one measure of this kind per table");
  if (m->kind == MEASURE_LIFE_TABLE) return life_table(r, plan, rows, out, e);
  TRY(vital_rows(r, rows, m->x, "", &events, &n_events, e));
  TRY(denominators(r, f, rows, m->y, m->kind == MEASURE_TFR ? "2" : "", &people, &n_people, e));
  if (m->kind == MEASURE_TFR) return vital_tfr_table(r->a, plan, events, n_events, people, n_people, out, e);
  if (m->kind == MEASURE_ASDR) return vital_asdr_table(r->a, plan, events, n_events, people, n_people, out, e);
  return vital_rate_table(r->a, plan, events, n_events, people, n_people, out, e);
}

/* --- one table --- */
static bool is_stratified(const struct form *f) {
  struct json_document *doc;
  if (!f->design_json || json_parse("design.json", f->design_json, strlen(f->design_json), &doc, NULL)) return false;
  bool stratified = !strcmp(json_member_string(json_root(doc), "kind", ""), "stratified");
  json_release(doc);
  return stratified;
}

static bool counts_only(const struct table_plan *plan) {
  for (int k = 0; k < plan->n_measures; k++)
    if (plan->measures[k].kind != MEASURE_COUNT) return false;
  return true;
}

/* Rows of an input form are groups of people, not people: their total is the number of units, and no single contribution is known. */
static void count_groups(struct result_table *t, const struct table_plan *plan) {
  int total = -1;
  for (int k = plan->n_measures - 1; k >= 0; k--) {
    t->measures[k].judged = t->measures[k].judged_y = NULL;
    t->measures[k].n_used = NULL;
    if (plan->measures[k].kind == MEASURE_TOTAL) total = k;
  }
  for (int64_t i = 0; i < t->n_rows; i++) {
    t->n_status[i] = total >= 0 ? RESULT_SHOWN : RESULT_NOT_APPLICABLE;
    t->n[i] = total >= 0 ? round_half_away(t->measures[total].value[i]) : 0;
  }
}

/* A table over records: a register, or the sample with its weights. Counts alone are counts of questionnaires. */
static enum err_code record_table(struct estimate_run *r, const struct form *f, const struct table_plan *plan, const struct shard_rows *rows,
    struct result_table **out, struct err *e) {
  struct tabulate_input in = {f, rows->shards, rows->n_shards, NULL, NULL};
  struct design design;
  struct design_report report = {0};
  struct mls_datasets d;
  bool sample = is_stratified(f) && !counts_only(plan);
  if (sample) {
    TRY(mls_datasets_of(r, f, rows, &d, e));
    TRY(mls_sample_design(r->a, &d, &design, &report, e));
    note_plan(r, &design, &report);
    in.design = &design;
  }
  if (!estimate_form_is_input(f)) TRY(estimate_judging(r, plan->spec, rows, &in.judging, e));
  TRY(tabulate(r->a, &in, plan, out, e));
  if (estimate_form_is_input(f)) count_groups(*out, plan);
  if (is_stratified(f) && !sample) result_note(*out, "unweighted count of questionnaires");
  exception_notes(&report, *out);
  return E_OK;
}

/* rate(x,y,per) of a table whose denominator stands in another dataset. */
static bool foreign_rate(const struct form *f, const struct measure *m, const struct shard_rows *rows) {
  if (m->kind != MEASURE_RATE || !*m->x) return false;
  return !form_item(f, m->y) || shard_rows_has(rows, "age_from"); /* aggregated rows by age: the population may stand apart */
}

static enum err_code make_table(struct estimate_run *r, const struct form *f, const struct table_plan *plan, const struct shard_rows *rows,
    struct result_table **out, struct err *e) {
  switch (plan->measures[0].kind) {
  case MEASURE_MLS: return mls_table(r, f, plan, rows, out, e);
  case MEASURE_MLS_ROLLUP: return unitcell_table(r, f, plan, rows, out, e);
  case MEASURE_TFR:
  case MEASURE_ASDR:
  case MEASURE_LIFE_TABLE: return vital_table(r, f, plan, rows, out, e);
  default:
    if (estimate_form_is_sample(f)) return estimate_sample_table(r, f, plan, rows, out, e);
    return foreign_rate(f, &plan->measures[0], rows) ? vital_table(r, f, plan, rows, out, e) : record_table(r, f, plan, rows, out, e);
  }
}

/* The unit of a figure that is in the unit of its item; "1000 yen" for an item reported in thousands. Tables without intervals stay as they were. */
static enum err_code name_units(struct estimate_run *r, const struct form *f, const struct table_plan *plan, struct result_table *t, struct err *e) {
  for (int k = 0; k < plan->n_measures && k < t->n_measures; k++) {
    const enum measure_kind kind = plan->measures[k].kind;
    const bool same = kind == MEASURE_TOTAL || kind == MEASURE_MEAN || kind == MEASURE_GEOMETRIC || kind == MEASURE_QUANTILE || kind == MEASURE_ARPT;
    const struct item *item = same && t->measures[k].low ? form_item(f, plan->measures[k].x) : NULL;
    if (!item || !item->unit || !*item->unit || *t->measures[k].unit) continue;
    t->measures[k].unit = item->multiplier > 1 ? arena_printf(r->a, "%lld %s", (long long)item->multiplier, item->unit) : item->unit;
    if (!t->measures[k].unit) return ERR(e, E_NO_MEMORY, .subject = t->id);
  }
  return E_OK;
}

static bool may_skip(enum err_code code) {
  return code == E_TABLE_DATA || code == E_VITAL_AGES || code == E_VITAL_NO_POPULATION || code == E_LIFE_TABLE_INPUT;
}

/* A month that has none of a form's data is no error: the reason is a remark. */
static const char *reason_of(struct estimate_run *r, const struct form *f, const struct err *why, enum err_lang lang) {
  char text[ERR_TEXT_BYTES * 3];
  if (why->code == E_TABLE_DATA)
    return arena_printf(
        r->a, lang == LANG_JA ? "%s/%s の %s のデータがありません" : "no data of %s/%s in %s", r->survey->id, f->id, r->out->period);
  err_format(why, lang, text, sizeof text);
  return arena_strdup(r->a, text, strlen(text));
}

static void skip(struct estimate_run *r, const struct form *f, const char *table, const struct err *why) {
  r->out->skipped[r->out->n_skipped++] =
      (struct estimate_skipped){f->id, table, reason_of(r, f, why, store_job(r->s)->lang), reason_of(r, f, why, LANG_EN), why->code};
}

/* All tables that were wanted of a form without data. */
static void skip_all(struct estimate_run *r, const struct form *f, const bool *on, const struct err *why) {
  for (int i = 0; i < f->n_tables; i++)
    if (on[i]) skip(r, f, f->tables[i].id, why);
}

static bool wanted(const struct estimate_run *r, const struct form *f, const struct table_spec *spec) {
  if (r->options->form && strcmp(r->options->form, f->id)) return false;
  return (!r->options->table || !strcmp(r->options->table, spec->id)) && !strcmp(spec->dataset, f->id);
}

/* The columns that the wanted tables over records need; *whole when some table needs a method that reads by itself. */
static enum err_code columns_of(struct estimate_run *r, const struct form *f, const struct table_plan *plans, const bool *on, const char **names,
    int *n, bool *whole, struct err *e) {
  const char *some[512];
  int k;
  *n = 0;
  *whole = is_stratified(f) || estimate_form_is_input(f) || estimate_form_is_sample(f);
  for (int i = 0; i < f->n_tables && !*whole; i++) {
    if (!on[i]) continue;
    TRY(tabulate_columns(r->a, f, &plans[i], some, 509, &k, e));
    k += estimate_judging_items(r, &f->tables[i], some + k);
    for (int j = 0; j < k && *n < 512; j++) names[(*n)++] = some[j];
  }
  if (r->options->entry && !*whole) estimate_unit_columns(f, names, 512, n);
  return E_OK;
}

static void note_cutoff(const struct store *s, struct result_table *t) {
  const struct store_cutoff *c = store_cutoff_of(s);
  if (c) result_note(t, arena_printf(t->arena, "as received until the cut-off %s, content %.16s", c->name, c->digest));
}
/* The records of the table's type; of the first type they are there already. */
static enum err_code table_rows(struct estimate_run *r, const struct form *f, const struct table_plan *plan, const char *const *names, int n,
    const struct shard_rows **rows, struct err *e) {
  int record;
  TRY(estimate_plan_record(r, f, plan, &record, e));
  return record ? estimate_load_record(r, f, f->records[record].name, names, n, rows, e) : E_OK;
}

/* One table as it would be without protection. */
static enum err_code one_table(struct estimate_run *r, const struct form *f, const struct table_plan *plan, const struct shard_rows *rows,
    const char *const *names, int n, struct estimate_table *t, struct err *e) {
  const struct shard_rows *own = rows;
  *t = (struct estimate_table){.form = f, .spec = plan->spec};
  TRY(table_rows(r, f, plan, names, n, &own, e));
  t->records = own;
  TRY(make_table(r, f, plan, own, &t->table, e));
  TRY(name_units(r, f, plan, t->table, e));
  return r->options->entry ? estimate_units(r, f, plan, own, t, e) : E_OK;
}
static enum err_code finish_table(struct estimate_run *r, const struct form *f, const struct estimate_table *t, struct err *e) {
  if (!r->options->unprotected) TRY(estimate_apply_rule(r->options->rule, "design.json", f->design_json, t->table, e));
  t->table->survey = r->survey->id;
  t->table->form = f->id;
  t->table->period = r->out->period;
  note_cutoff(r->s, t->table);
  r->out->tables[r->out->n_tables++] = *t;
  return E_OK;
}
/* The plan of one line of tables.csv; an error names the file, the line and the table. */
static enum err_code plan_of(struct estimate_run *r, const struct form *f, const struct table_spec *spec, struct table_plan *out, struct err *e) {
  struct err why = {.code = E_OK};
  const enum err_code code = table_plan_parse(r->a, spec, out, &why);
  if (!code) return E_OK;
  const char *file = arena_printf(r->a, "%s/tables.csv", f->folder);
  const char *found = arena_printf(r->a, "%s%stable %s", why.found, why.found[0] ? ", " : "", spec->id);
  if (!file || !found) return ERR(e, E_NO_MEMORY, .subject = spec->id);
  return err_fill(e, code, &(struct err_detail){.file = file, .line = spec->line, .subject = why.subject,
      .expected = why.expected, .found = found, .next = why.next[0] ? why.next : NULL}), code;
}
static enum err_code form_tables(struct estimate_run *r, const struct form *f, struct err *e) {
  struct table_plan *plans = ARENA_ARRAY(r->a, struct table_plan, f->n_tables + 1);
  struct estimate_table *made = ARENA_ARRAY(r->a, struct estimate_table, f->n_tables + 1);
  bool *on = ARENA_ARRAY(r->a, bool, f->n_tables + 1), *need = ARENA_ARRAY(r->a, bool, f->n_tables + 1), any = false, whole;
  const char **names = ARENA_ARRAY(r->a, const char *, 513);
  const struct shard_rows *rows;
  struct err why = {.code = E_OK};
  int n;
  if (!plans || !on || !need || !names || !made) return ERR(e, E_NO_MEMORY, .subject = f->id);
  for (int i = 0; i < f->n_tables; i++) any = (on[i] = wanted(r, f, &f->tables[i])) || any;
  if (!any) return E_OK;
  estimate_linked(r, f, on, need);
  for (int i = 0; i < f->n_tables; i++)
    if (need[i]) TRY(plan_of(r, f, &f->tables[i], &plans[i], e));
  TRY(columns_of(r, f, plans, need, names, &n, &whole, e));
  enum err_code code = estimate_load(r, f, whole ? NULL : names, n, &rows, &why);
  if (code == E_TABLE_DATA && !r->options->table) {
    skip_all(r, f, on, &why);
    return E_OK;
  }
  for (int i = 0; !code && i < f->n_tables; i++) {
    if (!need[i]) continue;
    why = (struct err){.code = E_OK};
    code = one_table(r, f, &plans[i], rows, whole ? NULL : names, n, &made[i], &why);
    if (!code || code == E_NO_MEMORY || (on[i] && (r->options->table || !may_skip(code)))) continue;
    if (on[i]) skip(r, f, f->tables[i].id, &why);
    /* else a table that nobody asked for and that cannot be made, so that it cannot be released either, ties no one */
    made[i].table = NULL;
    code = E_OK;
  }
  if (!code) code = estimate_protect_linked(r, f, plans, rows, made, &why);
  for (int i = 0; !code && i < f->n_tables; i++)
    if (on[i] && made[i].table) code = finish_table(r, f, &made[i], &why);
  if (code && e) *e = why;
  return code;
}

/* --- the run --- */
static void add_text(struct sha256 *h, const char *text) {
  sha256_add(h, text ? text : "", text ? strlen(text) : 0);
  sha256_add(h, "\x1f", 1);
}

static void hash_specs(struct estimate_run *r) {
  uint8_t digest[HASH_BYTES];
  struct sha256 h;
  sha256_begin(&h);
  for (int i = 0; i < r->out->n_tables; i++) {
    const struct table_spec *s = r->out->tables[i].spec;
    const char *fields[] = {
        r->out->tables[i].form->hash_hex, s->id, s->dataset, s->rows, s->columns, s->measure, s->domain, s->filter, s->rounding, s->disclosure};
    for (size_t k = 0; k < sizeof fields / sizeof *fields; k++) add_text(&h, fields[k]);
    const struct disclosure_profile *p = estimate_profile_of(r, s);
    if (p) add_text(&h, sdc_profile_text(r->a, p));
  }
  if (r->options->rule) add_text(&h, r->options->rule);
  sha256_end(&h, digest);
  for (int i = 0; i < HASH_BYTES; i++) snprintf(r->out->spec_hash + 2 * i, 3, "%02x", digest[i]);
}

static enum err_code list_forms(struct estimate_run *r, const char **ids, int max, int *n, struct err *e) {
  char path[4096];
  uint8_t *text = NULL;
  size_t size;
  struct json_document *doc = NULL;
  snprintf(path, sizeof path, "%s/survey.json", r->survey->folder);
  TRY(file_read(path, 1 << 20, &text, &size, e));
  enum err_code code = json_parse(path, (const char *)text, size, &doc, e);
  const struct json_value *list = code ? NULL : json_member(json_root(doc), "forms");
  *n = 0;
  for (size_t i = 0; i < json_length(list) && *n < max; i++) {
    const char *id = json_string(json_element(list, i));
    if (id) ids[(*n)++] = arena_strdup(r->a, id, strlen(id));
  }
  json_release(doc);
  free(text);
  return code;
}

enum err_code estimate_tables(struct store *s, const char *survey, const char *period, const struct estimate_options *options, struct arena *a,
    struct estimate_output *out, struct err *e) {
  static const struct estimate_options defaults = {0};
  struct estimate_run r;
  const char *ids[64];
  int n;
  TRY(estimate_begin(s, survey, period, options ? options : &defaults, a, out, &r, e));
  TRY(list_forms(&r, ids, 64, &n, e));
  for (int i = 0; i < n; i++) {
    struct form *f;
    if (r.options->form && strcmp(r.options->form, ids[i])) continue;
    struct err why = {.code = E_OK};
    const enum err_code code = estimate_form(&r, ids[i], &f, &why);
    if (code == E_FORM_VERSION) continue; /* a form that was not asked in the period */
    if (code && e) *e = why;
    if (code) return code;
    if (f->period_kind != r.period.kind) continue;
    TRY(form_tables(&r, f, e));
    if (job_cancelled(store_job(s))) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "cancelled");
  }
  if (!out->n_tables && r.options->table) return ERR(e, E_TABLE_UNKNOWN, .subject = r.options->table);
  if (!out->n_tables) return ERR(e, E_TABLE_DATA, .subject = survey, .found = period);
  hash_specs(&r);
  return E_OK;
}

enum err_code estimate_design(
    struct store *s, const char *survey, const char *period, struct arena *a, struct design *out, struct design_report *plan, struct err *e) {
  static const struct estimate_options defaults = {0};
  struct estimate_output output;
  struct estimate_run r;
  struct form *f;
  struct mls_datasets d;
  const struct shard_rows none = {"", NULL, 0};
  TRY(estimate_begin(s, survey, period, &defaults, a, &output, &r, e));
  TRY(estimate_form(&r, "establishment", &f, e));
  TRY(mls_datasets_of(&r, f, &none, &d, e));
  return mls_register_design(a, &d, out, plan, e);
}

/* The conditions of the form's first table that estimates: its reports are those of the release. */
static const struct table_spec *estimating_table(struct estimate_run *r, const struct form *f, struct table_plan *plan) {
  for (int i = 0; i < f->n_tables; i++)
    if (table_plan_parse(r->a, &f->tables[i], plan, NULL) == E_OK && plan->measures[0].kind == MEASURE_MLS) return &f->tables[i];
  return NULL;
}
static enum err_code name_reports(struct estimate_run *r, const struct shard_rows *rows, struct estimate_mls_month *out, struct err *e) {
  struct str *prefecture, *number;
  TRY(shard_rows_text(r->a, rows, "prefecture", &prefecture, e));
  TRY(shard_rows_text(r->a, rows, "establishment_no", &number, e));
  out->id = ARENA_ARRAY(r->a, struct str, out->in.run.sample.n + 1);
  if (!out->id) return ERR(e, E_NO_MEMORY, .subject = rows->name);
  for (int64_t i = 0; i < out->in.run.sample.n; i++) {
    const struct str p = prefecture[out->in.row[i]], n = number[out->in.row[i]];
    const char *id = arena_printf(r->a, "%.*s/%.*s", (int)p.n, p.p, (int)n.n, n.p);
    if (!id) return ERR(e, E_NO_MEMORY, .subject = rows->name);
    out->id[i] = str_of(id);
  }
  return E_OK;
}
enum err_code estimate_mls_month(struct store *s, const char *survey, const char *period, const char *stage, struct arena *a,
    struct estimate_mls_month *out, struct err *e) {
  const struct estimate_options o = {.stage = stage};
  struct estimate_output *output = ARENA_NEW(a, struct estimate_output);
  struct estimate_run *r = ARENA_NEW(a, struct estimate_run);
  struct table_plan plan;
  struct form *f;
  struct mls_datasets d;
  const struct shard_rows *rows;
  int64_t unknown = 0;
  if (!output || !r) return ERR(e, E_NO_MEMORY, .subject = period);
  TRY(estimate_begin(s, survey, period, &o, a, output, r, e));
  TRY(estimate_form(r, "establishment", &f, e));
  const struct table_spec *spec = estimating_table(r, f, &plan);
  if (!spec) return ERR(e, E_TABLE_DATA, .subject = survey, .found = "no table that estimates");
  TRY(estimate_load(r, f, NULL, 0, &rows, e));
  TRY(mls_datasets_of(r, f, rows, &d, e));
  uint8_t *keep = ARENA_ARRAY(a, uint8_t, shard_rows_count(rows) + 1);
  if (!keep) return ERR(e, E_NO_MEMORY, .subject = period);
  const struct tabulate_input conditions = {f, rows->shards, rows->n_shards, NULL, NULL};
  TRY(tab_read_conditions(a, &conditions, spec, keep, &unknown, e));
  d.keep = keep;
  TRY(mls_input_build(a, &d, &out->in, e));
  out->in.run.standard_errors = false;
  TRY(mls_run(a, &out->in.run, &out->run, e));
  return name_reports(r, rows, out, e);
}

static enum err_code put_tables(struct store *s, const struct estimate_output *r, char (*ids)[65], struct err *e) {
  for (int i = 0; i < r->n_tables; i++) {
    struct strbuf text;
    char name[256];
    strbuf_init(&text, 0);
    snprintf(name, sizeof name, "%s/%s/%s", r->survey, r->period, r->tables[i].spec->id);
    enum err_code code = estimate_document(r, NULL, i, &text, e);
    if (!code) code = store_blob_put(s, "estimate", name, text.p, text.n, PART_ANSWER, ids[i], e);
    strbuf_release(&text);
    if (code) return code;
  }
  return E_OK;
}

enum err_code estimate_store(struct store *s, const struct estimate_output *r, char (*ids)[65], struct err *e) {
  TRY(store_begin(s, e));
  enum err_code code = put_tables(s, r, ids, e);
  if (!code) code = store_commit(s, e);
  if (code) store_rollback(s);
  return code;
}
