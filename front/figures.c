#include "front/figures.h"

#include <string.h>

#include "collector/ledger_snapshot.h"
#include "estimators/sdc/sdc_words.h"
#include "front/bundle_chart.h"
#include "front/bundle_more.h"
#include "front/lineage.h"

static void decide(const struct estimate_output *r, struct bundle_table *tables, struct figures *out) {
  for (int i = 0; i < r->n_tables; i++) {
    const struct estimate_table *t = &r->tables[i];
    bool withheld = t->table->refusal != NULL || t->additive.n_single > 0;
    tables[i] = (struct bundle_table){.table = t->table, .form = t->form, .decision = withheld ? "withhold" : "publish", .reason = t->table->refusal ? t->table->refusal : "",
                                      .suppressed = sdc_suppressed(&t->primary), .sets = t->additive.n_sets, .single_sets = t->additive.n_single,
                                      .estimate = t};
    out->n_withheld += withheld;
    out->n_published += !withheld;
    sdc_publish_reasons(t->table);
  }
}

/* What was missing then stays missing in figures of then, whatever came since. */
static enum err_code taint_then(struct store *s, const struct store_cutoff *c, struct arena *a, const char **taint, struct err *e) {
  struct ledger_snapshot list[N_CUTOFFS];
  int n;
  TRY(ledger_snapshots(s, c->survey, c->period, list, &n, e));
  for (int i = 0; i < n; i++)
    if (!strcmp(ledger_cutoff_key(list[i].cutoff), c->name) && list[i].n_missing)
      *taint = arena_printf(a, "incomplete: %lld offices were missing at the cut-off %s", (long long)list[i].n_missing, c->name);
  return *taint ? E_OK : ERR(e, E_NO_MEMORY, .subject = "release");
}
enum err_code figures_taint(struct store *s, const char *survey, const char *period, struct arena *a, const char **taint, struct err *e) {
  struct ledger_cell *cells;
  int64_t n, absent = 0, first = -1;
  *taint = "";
  TRY(ledger_prepare(s, e));
  if (store_cutoff_of(s)) return taint_then(s, store_cutoff_of(s), a, taint, e);
  TRY(ledger_cells(s, survey, period, INT64_MIN, a, &cells, &n, e));
  for (int64_t i = 0; i < n; i++)
    if (cells[i].state == LEDGER_MISSING || cells[i].state == LEDGER_HELD) {
      if (first < 0) first = i;
      absent++;
    }
  if (absent) *taint = arena_printf(a, "incomplete: %lld of %lld office-forms are missing, first %s %s", (long long)absent, (long long)n, cells[first].office, cells[first].form);
  return *taint ? E_OK : ERR(e, E_NO_MEMORY, .subject = "release");
}

/* Every form of the survey in the period, for words. */
static enum err_code read_forms(struct store *s, const struct form_survey *survey, const char *period, struct arena *a,
    const struct form *const **out, int *n, struct err *e) {
  struct period p;
  const struct form **forms = ARENA_ARRAY(a, const struct form *, survey->n_forms + 1);
  *out = forms;
  *n = 0;
  if (!forms) return ERR(e, E_NO_MEMORY, .subject = "release");
  if (!period_parse(str_of(period), &p)) return E_OK;
  for (int i = 0; i < survey->n_forms; i++) {
    struct form *f;
    struct err why = {.code = E_OK};
    const enum err_code code = form_read(a, store_job(s), forms_folder(), survey->id, survey->forms[i], NULL, period_last_day(&p), &f, NULL, &why);
    if (code && code != E_FORM_VERSION && e) *e = why;
    if (code && code != E_FORM_VERSION) return code;
    if (!code) forms[(*n)++] = f; /* else the form was not asked then */
  }
  return E_OK;
}

/* What the notes and the further formats say about the whole. */
static enum err_code about_release(const struct release_request *r, const struct estimate_output *o, const struct form_survey *survey,
    const char *agency, struct arena *a, struct bundle_about *out, struct err *e) {
  *out = (struct bundle_about){.survey = r->survey, .survey_ja = survey->title_ja, .survey_en = survey->title_en, .period = r->period,
      .agency = agency && *agency ? agency : FIGURES_AGENCY, .n_exceptions = (int)o->weights.n_exceptions, .taint = r->taint ? r->taint : ""};
  out->exceptions = ARENA_ARRAY(a, const char *, out->n_exceptions + 1);
  if (!out->exceptions) return ERR(e, E_NO_MEMORY, .subject = "release");
  for (int i = 0; i < out->n_exceptions; i++) out->exceptions[i] = o->weights.exceptions[i].text;
  return E_OK;
}

/* Files, report and lineage of the tables as decided. */
static enum err_code bundle(struct store *s, struct arena *a, struct figures *f, const struct bundle_table *tables, const struct bundle_about *about,
    struct release_part *parts, struct release_request *request, struct err *e) {
  const int n = f->output.n_tables;
  struct hmac_key key;
  request->n_parts = 0;
  TRY(bundle_parts(a, tables, n, parts, &request->n_parts, e));
  TRY(bundle_more(a, tables, n, about, parts, &request->n_parts, e));
  TRY(bundle_disclosure(a, tables, n, parts, request->n_parts, &request->disclosure_json, e));
  TRY(lineage_key(s, &key, e));
  enum err_code code = lineage_write(s, a, &key, &f->output, tables, &request->lineage_json, e);
  wipe(&key, sizeof key);
  if (!code) code = lineage_write(s, a, NULL, &f->output, tables, &request->sealed_lineage, e);
  if (code) return code;
  return bundle_quality(s, a, tables, n, about, parts, &request->n_parts, e);
}
static enum err_code judged(struct store *s, const struct figures_request *q, struct arena *a, struct figures *out, struct bundle_table *tables,
    const struct bundle_about *about, struct release_part *parts, struct release_request *request, struct err *e) {
  const int published = out->n_published;
  TRY(register_judge(s, a, &out->gate, &out->output, tables, request->lineage_json, q->taint, e));
  out->n_published = 0, out->n_withheld = 0;
  for (int i = 0; i < out->output.n_tables; i++) {
    const bool withheld = strcmp(tables[i].decision, "publish") != 0;
    out->n_published += !withheld, out->n_withheld += withheld;
  }
  if (q->dry) return E_OK;
  if (!out->n_published) return ERR(e, E_REGISTER_CONFLICT, .subject = q->survey, .found = "every table");
  if (out->n_published != published || out->gate.row.accepted || out->gate.row.warned) TRY(bundle(s, a, out, tables, about, parts, request, e));
  return register_finish(s, a, &out->gate, request, parts, e);
}
enum err_code figures_build(struct store *s, const struct figures_request *q, struct arena *a, struct figures *out, struct err *e) {
  struct release_request request = {.survey = q->survey, .period = q->period, .out_folder = q->out_folder, .exceptions = "", .taint = q->taint};
  struct bundle_about about;
  struct form_survey *words;
  const struct form *const *more;
  int n_more;
  *out = (struct figures){.n_published = 0};
  register_gate_begin(&out->gate, q->survey, q->period, q->reason);
  out->gate.dry = q->dry;
  const struct estimate_options options = {.table = NULL, .entry = &out->gate.entry};
  TRY(estimate_tables(s, q->survey, q->period, &options, a, &out->output, e));
  int n = out->output.n_tables;
  struct bundle_table *tables = ARENA_ARRAY(a, struct bundle_table, n + 1);
  struct release_part *parts = ARENA_ARRAY(a, struct release_part, BUNDLE_FILES_PER_TABLE * n + BUNDLE_FILES + 1); /* and changes.csv */
  if (!tables || !parts) return ERR(e, E_NO_MEMORY, .subject = "release");
  out->tables = tables;
  decide(&out->output, tables, out);
  if (!out->n_published) return ERR(e, E_RELEASE_REFUSED, .subject = q->survey, .found = "no table that may go out");
  TRY(survey_read(a, forms_folder(), q->survey, &words, e));
  TRY(read_forms(s, words, q->period, a, &more, &n_more, e));
  for (int i = 0; i < n; i++) tables[i].more = more, tables[i].n_more = n_more;
  TRY(about_release(&request, &out->output, words, q->agency, a, &about, e));
  TRY(bundle(s, a, out, tables, &about, parts, &request, e));
  TRY(judged(s, q, a, out, tables, &about, parts, &request, e));
  if (q->dry) return E_OK;
  request.parts = parts;
  request.draw = bundle_chart;
  if (out->output.weights.n_exceptions) request.exceptions = out->output.weights.exceptions[0].text;
  return release_build(s, &request, &out->release, e);
}
