/* intake.c -- one file from its bytes to a committed shard; see intake.h. Each step stands in a file of its own (intake_impl.h). */
#include "collector/intake.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "collector/intake_impl.h"

static enum err_code on_row(void *context, const struct source_row *row, struct err *e) {
  struct intake_run *run = context;
  bool heading = !run->header_found;
  const int64_t rows = run->report->rows_read, accepted = run->report->accepted;
  enum err_code code = run->layout->blocks ? blocks_row(run, row, &heading, e) : heading ? header_try(run, row, e) : row_take(run, row, e);
  cells_row(run, row, run->report->rows_read > rows, run->report->accepted > accepted, heading);
  return code;
}

/* Doubts about the whole file. */
static enum err_code note_doubts(struct intake_run *run, struct err *e) {
  const struct encoding_report *r = &run->source.encoding;
  char found[24];
  if (r->mojibake >= MOJIBAKE_ENOUGH) {
    snprintf(found, sizeof found, "%lld", (long long)r->mojibake);
    TRY(problem_add(run, E_INPUT_MOJIBAKE, &(struct problem_at){.line = r->mojibake_line, .expected = "", .found = found}, e));
  }
  if (r->lost == 0) return E_OK;
  snprintf(found, sizeof found, "%lld", (long long)r->lost);
  return problem_add(run, E_INPUT_LOST, &(struct problem_at){.line = r->lost_line, .expected = "", .found = found}, e);
}

static enum err_code check_end(struct intake_run *run, struct err *e) {
  TRY(blocks_end(run, e));
  if (!run->header_found) return header_missing(run, e);
  if (run->report->rows_read == 0) return ERR(e, E_INTAKE_NO_ROWS, .file = run->source.name, .line = run->header_row, .subject = run->source.name);
  return source_changed(&run->source) ? ERR(e, E_INPUT_CHANGED, .file = run->source.name, .subject = run->source.name) : E_OK;
}

static enum err_code check_declared(struct intake_run *run, struct err *e) {
  const struct intake_report *r = run->report;
  char expected[24], found[64];
  if (r->declared < 0 || r->declared == r->accepted + r->rejected) return E_OK;
  snprintf(expected, sizeof expected, "%lld", (long long)r->declared);
  snprintf(found, sizeof found, "%lld + %lld", (long long)r->accepted, (long long)r->rejected);
  return problem_add(run, E_INTAKE_DECLARED, &(struct problem_at){.line = 0, .expected = expected, .found = found}, e);
}

static enum err_code read_rows(struct intake_run *run, struct err *e) {
  problem_start(run);
  TRY(note_doubts(run, e));
  TRY(run->reader->read(run->job, &run->source, on_row, run, e));
  TRY(note_sheet(run, e));
  TRY(check_end(run, e));
  TRY(group_flush(run, e));
  TRY(cells_balance(run, e));
  return check_declared(run, e);
}

static enum err_code end_shards(struct intake_run *run, struct err *e) {
  struct shard_write *shard = run->shard;
  run->shard = NULL;
  if (shard) TRY(store_shard_end(shard, &run->report->shard, e));
  return problem_end(run, e);
}

/* Everything that one commit makes visible. */
static enum err_code write_all(struct intake_run *run, struct err *e) {
  char blob[65];
  int64_t round;
  TRY(intake_schema(run->store, e));
  TRY(ledger_next_id(run->store, &run->id, e));
  TRY(read_rows(run, e));
  TRY(end_shards(run, e));
  group_release(run);
  if (run->index.n) TRY(keys_write(run, e));
  keys_release(&run->index);
  TRY(store_blob_put(run->store, "original", run->source.file, run->source.p, run->source.n, PART_ANSWER, blob, e));
  TRY(ledger_round(run->store, run->form, run->report->period, &round, e));
  TRY(ledger_add(run, blob, run->report->shard, round, e));
  return source_changed(&run->source) ? ERR(e, E_INPUT_CHANGED, .file = run->source.name, .subject = run->source.name) : E_OK;
}

static enum err_code in_transaction(struct intake_run *run, struct err *e) {
  TRY(store_begin(run->store, e));
  enum err_code code = write_all(run, e);
  group_release(run);
  problem_abort(run);
  if (!code) code = store_commit(run->store, e);
  if (code) store_rollback(run->store);
  return code;
}

static enum err_code take_in(struct intake_run *run, struct err *e) {
  char object[160], detail[160];
  const char *hash = run->layout->hash_hex;
  snprintf(object, sizeof object, "intake:%s/%s:%.16s", run->form->survey, run->form->id, run->file_token);
  snprintf(detail, sizeof detail, "%s%s%s%s", run->options->show_values ? "values shown" : "", *hash && run->options->show_values ? "; " : "",
           *hash ? "layout file sha256:" : "", hash);
  struct log_entry entry = {.action = "data-import", .object = object, .purpose = "", .detail = detail};
  int64_t intent;
  TRY(store_log_intent(run->store, &entry, &intent, e));
  enum err_code code = in_transaction(run, e);
  entry.rows = run->report->accepted;
  if (!code) {
    run->report->id = run->id;
    return store_log_outcome(run->store, intent, &entry, true, e);
  }
  struct err ignored;
  (void)!store_log_outcome(run->store, intent, &entry, false, &ignored); /* the first error is the one to tell */
  return code;
}

/* A workbook may hold several tables: a sheet that was asked for by name is a file of its own. */
static enum err_code token_of(struct intake_run *run, struct err *e) {
  char text[400];
  uint8_t token[32];
  const char *sheet = run->source.sheet_report && run->source.sheet && *run->source.sheet ? run->source.sheet : NULL;
  int n = snprintf(text, sizeof text, "%s%s%s", run->source.sha256_hex, sheet ? "!" : "", sheet ? sheet : "");
  if (n < 0 || (size_t)n >= sizeof text) return ERR(e, E_SHEET_UNKNOWN, .file = run->source.name, .subject = run->source.sheet);
  TRY(store_token(run->store, "intake-file", text, (size_t)n, token, e));
  hex_encode(token, sizeof token, run->file_token);
  return E_OK;
}

static enum err_code find_earlier(struct intake_run *run, struct err *e) {
  int64_t id = 0;
  if (!run->store) return E_OK;
  TRY(intake_schema(run->store, e));
  TRY(token_of(run, e));
  TRY(ledger_find_file(run->store, run->form, run->options->period, run->file_token, &id, e));
  if (!id) return E_OK;
  struct intake_entry entry;
  TRY(intake_get(run->store, id, run->arena, &entry, e));
  if (run->options->period && strcmp(run->options->period, entry.period))
    return ERR(e, E_INTAKE_OTHER_PERIOD, .file = run->source.name, .subject = run->source.name, .expected = run->options->period, .found = entry.period);
  struct intake_report *r = run->report;
  char sheet[sizeof r->sheet];
  memcpy(sheet, r->sheet, sizeof sheet);
  *r = (struct intake_report){.id = id, .already = true, .encoding = r->encoding, .bytes = entry.bytes, .rows_read = entry.rows_read};
  memcpy(r->sheet, sheet, sizeof sheet);
  r->accepted = entry.accepted;
  r->rejected = entry.rejected;
  r->duplicate = entry.duplicate;
  r->declared = entry.declared;
  r->problems = entry.problems;
  r->warnings = entry.warnings;
  r->shard = entry.shard;
  snprintf(r->period, sizeof r->period, "%s", entry.period);
  snprintf(r->sha256, sizeof r->sha256, "%s", run->source.sha256_hex);
  return E_OK;
}

static enum err_code set_period(struct intake_run *run, struct err *e) {
  const char *text = run->options->period;
  if (!text) return E_OK;
  bool ok = period_parse(str_of(text), &run->period) && run->period.kind == run->form->period_kind;
  if (!ok) return ERR(e, E_INTAKE_PERIOD, .subject = text);
  period_format(&run->period, run->report->period);
  run->period_known = true;
  return E_OK;
}

static enum err_code prepare(struct intake_run *run, const char *path, struct err *e) {
  TRY(set_period(run, e));
  TRY(layout_prepare(run, e));
  TRY(layout_open(run, path, e));
  snprintf(run->report->sha256, sizeof run->report->sha256, "%s", run->source.sha256_hex);
  run->report->encoding = run->source.encoding.encoding;
  snprintf(run->report->sheet, sizeof run->report->sheet, "%s", run->source.sheet_report ? run->source.sheet_report->sheet : "");
  run->report->bytes = (int64_t)run->source.n;
  return find_earlier(run, e);
}

static enum err_code dry_run(struct intake_run *run, struct err *e) {
  run->report->dry_run = true;
  return read_rows(run, e);
}

static void release(struct intake_run *run) {
  source_close(&run->source);
  group_release(run);
  problem_abort(run);
  keys_release(&run->index);
  strbuf_release(&run->key_text);
  if (run->layout) header_release(run), shape_release(run);
  for (int i = 0; i < run->n_readers; i++) item_reader_release(&run->readers[i]);
}

enum err_code intake_file(const struct job *job, struct store *s, const struct form *form, const struct intake_options *options, const char *path, struct intake_report *out, struct err *e) {
  struct arena *a = arena_new(0);
  struct intake_run run = {.job = job, .store = s, .form = form, .options = options, .report = out, .arena = a, .source = {.fd = -1}};
  *out = (struct intake_report){.declared = options->declared};
  if (!a) return ERR(e, E_NO_MEMORY, .subject = path);
  strbuf_init(&run.key_text, 1 << 20);
  enum err_code code = prepare(&run, path, e);
  if (!code && !out->already) code = s ? take_in(&run, e) : dry_run(&run, e);
  release(&run);
  arena_free(a);
  return code;
}

/* --- stored problems --- */

static enum err_code copy_problems(const struct table *t, struct arena *a, struct intake_problem *out, struct err *e) {
  const struct column *c = t->columns;
  if (t->n_columns < 5) return ERR(e, E_BUG, .subject = "problem columns");
  for (int64_t i = 0; i < t->n_rows; i++) {
    struct str item = dict_text(c[2].dict, c[2].code[i]);
    const char *name = arena_strdup(a, item.p, item.n);
    if (!name) return ERR(e, E_NO_MEMORY, .subject = "problems");
    out[i] = (struct intake_problem){c[0].i64[i], c[1].i64[i], name, c[3].i64[i], c[4].i64[i]};
  }
  return E_OK;
}

enum err_code intake_problems(struct store *s, const struct intake_entry *entry, struct arena *a, struct intake_problem **out, int64_t *n, struct err *e) {
  static const char *const columns[] = {"line", "cell", "item", "code", "other"};
  char object[64];
  int64_t intent;
  struct table t;
  *n = 0;
  *out = NULL;
  if (!entry->problem_shard) return E_OK;
  snprintf(object, sizeof object, "intake:%lld/problems", (long long)entry->id);
  struct log_entry log = {.action = "data-read", .object = object, .purpose = "", .detail = ""};
  TRY(store_log_intent(s, &log, &intent, e));
  enum err_code code = store_shard_read(s, entry->problem_shard, intent, columns, 5, a, &t, e);
  if (!code && !(*out = ARENA_ARRAY(a, struct intake_problem, t.n_rows + 1))) code = ERR(e, E_NO_MEMORY, .subject = "problems");
  if (!code) code = copy_problems(&t, a, *out, e);
  if (!code) *n = t.n_rows;
  log.rows = *n;
  struct err second = {0};
  enum err_code logged = store_log_outcome(s, intent, &log, code == E_OK, code ? &second : e);
  return code ? code : logged;
}
