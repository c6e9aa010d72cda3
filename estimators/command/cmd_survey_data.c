/* cmd_survey_data.c -- survey_data.h: the only part of the estimators that opens a CSV file. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "estimators/command/survey_data.h"
#include "estimators/design/column_read.h"
#include "estimators/variance/replicate_plan.h"
#include "estimators/weight/weight_replicates.h"

enum { PIECE = 1 << 20, DESIGN_BYTES = 1 << 20, JOINT_BYTES = 1 << 28, MARGIN_BYTES = 1 << 26 };

/* --- names in texts --- */
static bool word_byte(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || (c & 0x80); }
static bool name_at(const char *text, const char *at, struct str name) {
  return memcmp(at, name.p, name.n) == 0 && (at == text || !word_byte(at[-1]) || !word_byte(name.p[0])) &&
         (!word_byte(at[name.n]) || !word_byte(name.p[name.n - 1]));
}
static bool prefix_in(const char *text, struct str name) { /* a word that ends with a star */
  for (const char *star = strchr(text, '*'); star; star = strchr(star + 1, '*')) {
    const char *from = star;
    while (from > text && word_byte(from[-1])) from--;
    const size_t n = (size_t)(star - from);
    if (n > 0 && n <= name.n && memcmp(from, name.p, n) == 0) return true;
  }
  return false;
}
bool survey_name_in(const char *text, struct str name) {
  const size_t n = strlen(text);
  if (name.n == 0) return false;
  for (size_t i = 0; i + name.n <= n; i++)
    if (text[i] == name.p[0] && name_at(text, text + i, name)) return true;
  return prefix_in(text, name);
}
/* Adds what the names of files and prefixes in the design stand for. */
static const char *with_margins(struct arena *a, const char *words, const char *beside, const struct json_value *adjust) {
  for (size_t k = 0; k < json_length(adjust); k++) {
    const char *name = json_member_string(json_element(adjust, k), "margins", NULL);
    uint8_t *bytes = NULL;
    size_t n = 0;
    if (!name || strchr(name, '/') || name[0] == '.') continue;
    const char *path = arena_printf(a, "%s/%s", beside, name);
    if (!path || file_read(path, MARGIN_BYTES, &bytes, &n, NULL)) continue;
    words = arena_printf(a, "%s\n%.*s", words, (int)n, (const char *)bytes);
    free(bytes);
    if (!words) return NULL;
  }
  return words;
}
const char *survey_design_words(struct arena *a, const char *design, size_t n, const char *beside) {
  struct json_document *doc = NULL;
  const char *words = arena_strdup(a, design, n);
  if (!words || json_parse("design.json", design, n, &doc, NULL)) return words;
  words = with_margins(a, words, beside, json_member(json_root(doc), "adjust"));
  const char *prefix = json_member_string(json_member(json_member(json_root(doc), "replicates"), "weights"), "prefix", NULL);
  if (words && prefix) words = arena_printf(a, "%s\n%s*", words, prefix);
  json_release(doc);
  return words;
}

struct wanted {
  const char *design;
  const struct survey_request *q;
};
static bool is_wanted(const void *context, struct str name) {
  const struct wanted *w = context;
  if (!w->q->texts || survey_name_in(w->design, name)) return true;
  for (int i = 0; i < w->q->n_texts; i++)
    if (w->q->texts[i] && survey_name_in(w->q->texts[i], name)) return true;
  return false;
}

/* --- the file, twice --- */
struct reading {
  struct cli *c;
  const char *path;
  FILE *file;
  int64_t size, done; /* of both rounds */
};
static enum err_code one_round(struct reading *r, csv_row_fn fn, void *context, struct err *e) {
  static const struct csv_limits limits = {16384, 1 << 22};
  const struct job *job = cli_job(r->c);
  struct csv_reader *reader;
  enum err_code code;
  char *piece = malloc(PIECE);
  size_t n;
  if (!piece) return ERR(e, E_NO_MEMORY, .subject = r->path);
  code = csv_reader_new(r->path, &limits, ',', fn, context, &reader, e);
  if (!code) {
    while (!code && (n = fread(piece, 1, PIECE, r->file)) > 0) {
      code = csv_reader_feed(reader, piece, n, e);
      r->done += (int64_t)n;
      job_progress(job, r->path, r->done, 2 * r->size);
      if (!code && job_cancelled(job)) code = ERR(e, E_ESTIMATE_ARGUMENT, .subject = "cancelled");
    }
    if (!code && ferror(r->file)) code = ERR(e, E_FILE_READ, .file = r->path, .subject = r->path);
    if (!code) code = csv_reader_end(reader, e);
    csv_reader_free(reader);
  }
  free(piece);
  return code;
}
static enum err_code both_rounds(struct reading *r, struct column_read *columns, struct survey_columns *out, struct err *e) {
  if (fseek(r->file, 0, SEEK_END) == 0) r->size = ftell(r->file);
  if (r->size < 0 || fseek(r->file, 0, SEEK_SET) != 0)
    return ERR(e, E_FILE_READ, .file = r->path, .subject = r->path, .expected = "a file that can be read twice");
  TRY(one_round(r, column_read_scan, columns, e));
  TRY(column_read_begin(columns, e));
  rewind(r->file);
  TRY(one_round(r, column_read_fill, columns, e));
  return column_read_end(columns, out, e);
}
static enum err_code read_columns(struct cli *c, const char *design, const struct survey_request *q, struct survey_columns *out, struct err *e) {
  const struct wanted w = {design, q};
  struct column_read *columns;
  struct reading r = {.c = c, .path = q->csv_path};
  TRY(column_read_new(cli_job(c)->arena, q->csv_path, is_wanted, &w, &columns, e));
  r.file = fopen(q->csv_path, "rbe");
  if (!r.file) return ERR(e, E_FILE_OPEN, .file = q->csv_path, .subject = q->csv_path, .found = strerror(errno));
  const enum err_code code = both_rounds(&r, columns, out, e);
  (void)fclose(r.file); /* only read */
  return code;
}

enum err_code survey_columns_file(struct cli *c, const char *csv_path, struct survey_columns *out, struct err *e) {
  const struct survey_request q = {.csv_path = csv_path};
  return read_columns(c, "", &q, out, e);
}

/* --- files beside the design --- */
static enum err_code read_joint(struct arena *a, const char *beside, const char *name, struct survey_joint *out, struct err *e) {
  uint8_t *bytes = NULL;
  size_t n = 0;
  const char *path = arena_printf(a, "%s/%s", beside, name);
  if (!path) return ERR(e, E_NO_MEMORY, .subject = name);
  if (strchr(name, '/') || name[0] == '.') return ERR(e, E_PLAN_VALUE, .subject = "pps.joint", .expected = "the name of a file beside the design");
  TRY(file_read(path, JOINT_BYTES, &bytes, &n, e));
  const enum err_code code = survey_joint_parse(a, name, (const char *)bytes, n, out, e);
  free(bytes);
  return code;
}

/* --- weights and replicates --- */
struct beside {
  struct arena *a;
  const char *folder;
};
static enum err_code margins_text(void *context, const char *name, struct str *text, struct err *e) {
  const struct beside *b = context;
  uint8_t *bytes = NULL;
  size_t n = 0;
  const char *path = arena_printf(b->a, "%s/%s", b->folder, name);
  if (!path) return ERR(e, E_NO_MEMORY, .subject = name);
  if (strchr(name, '/') || name[0] == '.')
    return ERR(e, E_PLAN_VALUE, .subject = "adjust.margins", .expected = "the name of a file beside the design");
  TRY(file_read(path, MARGIN_BYTES, &bytes, &n, e));
  const char *kept = arena_strdup(b->a, (const char *)bytes, n);
  free(bytes);
  *text = (struct str){kept, n};
  return kept ? E_OK : ERR(e, E_NO_MEMORY, .subject = name);
}
static enum err_code adjust_weights(const struct job *job, struct arena *a, const char *folder, struct survey_data *d, struct err *e) {
  struct beside b = {a, folder};
  if (!d->plan.adjust) return E_OK;
  if (d->survey.two_phase) return ERR(e, E_PLAN_TOGETHER, .file = d->plan.file, .subject = "adjust", .found = "two_phase");
  d->weights = ARENA_NEW(a, struct weight_plan);
  if (!d->weights) return ERR(e, E_NO_MEMORY, .subject = "weights");
  TRY(weight_plan_parse(a, d->plan.file, d->plan.adjust, margins_text, &b, d->weights, e));
  return weight_plan_run(job, a, d->weights, &d->columns, &d->survey, &d->programme, &d->history, e);
}
static enum err_code make_replicates(const struct job *job, struct arena *a, struct survey_data *d, struct err *e) {
  struct replicate_plan plan;
  struct weight_replicates_report report = {0};
  if (!d->plan.replicates) return E_OK;
  if (d->survey.two_phase || d->survey.pps || d->survey.pps_stages)
    return ERR(e, E_PLAN_TOGETHER, .file = d->plan.file, .subject = "replicates", .found = d->survey.two_phase ? "two_phase" : "pps");
  TRY(replicate_plan_parse(a, d->plan.replicates, &d->columns, &plan, e));
  d->method = arena_strdup(a, json_member_string(d->plan.replicates, "method", ""), strlen(json_member_string(d->plan.replicates, "method", "")));
  TRY(replicate_plan_make(a, &plan, d->survey.design, d->bound.survey.weight, NULL, &d->replicates, &d->replicate_report, e));
  d->replicated = true;
  if (!d->programme) return E_OK;
  const struct replicate_set before = d->replicates;
  TRY(weight_replicates(job, a, &before, d->bound.survey.weight, d->survey.weight, d->programme, &d->replicates, &report, e));
  d->n_left_out = report.n_left_out;
  return E_OK;
}
/* --- imputed values --- */
/* A total to be met that imputed values help to reach would be taken as observed. */
static enum err_code imputed_apart_from_weights(const struct survey_data *d, struct err *e) {
  for (int k = 0; d->weights && k < d->weights->n_steps; k++) {
    const struct weight_step *s = &d->weights->step[k];
    for (int i = 0; i < d->imputed.n; i++) {
      const char *item = d->imputed.item[i].item.name;
      bool used = false;
      for (int j = 0; j < s->by.n; j++) used = used || !strcmp(s->by.name[j], item);
      for (int64_t j = 0; j < s->n_margins; j++) used = used || survey_name_in(s->margin[j].item, str_of(item));
      if (used && survey_imputed_item(&d->imputed, item))
        return ERR(e, E_IMPUTED_MEASURE, .file = d->plan.file, .subject = s->place, .found = item,
            .expected = "a weight programme without items that hold imputed values");
    }
  }
  return E_OK;
}
static enum err_code bind_imputed(
    const struct job *job, struct arena *a, const struct imputed_source *from, struct survey_data *d, struct err *e) {
  struct err said;
  TRY(survey_bind_imputed(a, &d->plan, &d->columns, from, &d->imputed, e));
  if (from->as_observed && !d->imputed.n && !d->plan.imputed_as_observed)
    return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--imputed as-observed", .found = "a design without \"imputed\"");
  if (!d->imputed.as_observed) return imputed_apart_from_weights(d, e);
  (void)ERR(&said, E_IMPUTED_OBSERVED, .subject = from->as_observed ? "--imputed as-observed" : d->plan.file);
  job_problem(job, &said);
  return E_OK;
}
enum err_code survey_data_observed(const struct survey_data *d, const char *const *texts, int n_texts, struct err *e) {
  for (int k = 0; k < d->imputed.n; k++) {
    const char *item = d->imputed.item[k].item.name;
    if (!survey_imputed_item(&d->imputed, item)) continue;
    for (int i = 0; i < n_texts; i++)
      if (texts[i] && survey_name_in(texts[i], str_of(item)))
        return ERR(e, E_IMPUTED_MEASURE, .file = d->columns.place, .subject = texts[i], .found = item);
  }
  return E_OK;
}
static void imputed_notes(const struct survey_data *d, struct result_table *t) {
  if (!d->imputed.as_observed) return;
  result_note(t, "imputed values are TAKEN AS OBSERVED at the user's word: standard errors leave out what imputation adds");
}

static enum err_code bind_plan(
    const struct job *job, struct arena *a, const char *beside, const struct imputed_source *imputed, struct survey_data *out, struct err *e) {
  struct survey_joint joint;
  const char *file = out->plan.pps.joint_file;
  if (file) TRY(read_joint(a, beside, file, &joint, e));
  TRY(survey_bind(a, &out->plan, &out->columns, file ? &joint : NULL, &out->bound, e));
  out->survey = out->bound.survey;
  TRY(adjust_weights(job, a, beside, out, e));
  TRY(bind_imputed(job, a, imputed, out, e));
  return make_replicates(job, a, out, e);
}
enum err_code survey_data_bind(const struct job *job, struct arena *a, const char *design_file, const char *design, size_t n, const char *beside,
    const struct survey_columns *columns, const struct imputed_source *imputed, struct survey_data *out, struct err *e) {
  *out = (struct survey_data){.columns = *columns};
  enum err_code code = survey_plan_parse(a, design_file, design, n, &out->plan, e);
  if (!code) code = bind_plan(job, a, beside, imputed, out, e);
  survey_plan_release(&out->plan);
  return code;
}

static const char *folder_of(struct arena *a, const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? arena_strdup(a, path, slash == path ? 1 : (size_t)(slash - path)) : ".";
}
enum err_code survey_data_read(struct cli *c, const struct survey_request *q, struct survey_data *out, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  struct survey_columns columns;
  uint8_t *bytes = NULL;
  size_t n = 0;
  TRY(file_read(q->design_path, DESIGN_BYTES, &bytes, &n, e));
  const char *design = arena_strdup(a, (const char *)bytes, n), *beside = folder_of(a, q->design_path);
  free(bytes);
  if (!design || !beside) return ERR(e, E_NO_MEMORY, .subject = q->design_path);
  const char *words = survey_design_words(a, design, n, beside);
  if (!words) return ERR(e, E_NO_MEMORY, .subject = q->design_path);
  TRY(read_columns(c, words, q, &columns, e));
  const struct imputed_source imputed = {.as_observed = q->imputed_as_observed};
  return survey_data_bind(cli_job(c), a, q->design_path, design, n, beside, &columns, &imputed, out, e);
}
enum err_code survey_data_file(struct cli *c, const char *csv_path, const char *design_path, struct survey_data *out, struct err *e) {
  const struct survey_request q = {.csv_path = csv_path, .design_path = design_path};
  return survey_data_read(c, &q, out, e);
}
void survey_data_request(const struct survey_data *d, struct survey_table_request *q) {
  q->columns = &d->columns, q->survey = &d->survey;
  q->replicates = d->replicated ? &d->replicates : NULL;
  q->imputed = &d->imputed;
}
static void weight_note_of(const struct weight_record *r, struct result_table *t) {
  const char *unmet = r->met ? "" : ", totals NOT reached";
  result_note(t, arena_printf(t->arena, "weights, %s: factors %.4g to %.4g, sum %.10g%s (specification %.12s)", r->title, r->smallest, r->largest,
      r->sum_after, unmet, r->step->spec_hash));
}
void survey_data_notes(const struct survey_data *d, struct result_table *t) {
  for (int i = 0; i < d->bound.n_notes; i++) result_note(t, d->bound.notes[i]);
  for (int k = 0; k < d->history.n; k++) weight_note_of(&d->history.record[k], t);
  imputed_notes(d, t);
  if (!d->replicated) return;
  result_note(t, arena_printf(t->arena, "standard errors from %d replicates (%s)%s", d->replicates.n_replicates, d->method,
      d->programme ? ", weights made again in each" : ""));
  if (d->n_left_out) result_note(t, arena_printf(t->arena, "%d replicates were left out: the weights could not be made again", d->n_left_out));
}
