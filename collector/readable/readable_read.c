/* readable_read.c -- a file on disk -> readable_file: what it is, its cells. See readable.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collector/readable/readable_impl.h"
#include "collector/recognise.h"
#include "secure-store/sandbox.h"

enum { FIRST_ROWS = 1024 };

/* --- CSV --- */
struct csv_row_kept {
  struct readable_cell *cells;
  int32_t n;
};
struct csv_taking {
  struct arena *arena;
  const struct source *source;
  struct csv_row_kept *rows;
  int64_t n_rows, capacity, n_cells, next_line, widest;
};
static enum err_code large(const struct csv_taking *t, struct err *e) {
  return ERR(e, E_READABLE_LARGE, .file = t->source->name, .line = t->next_line, .subject = t->source->name, .found = "more than 4,000,000 cells");
}
static enum err_code add_row(struct csv_taking *t, struct csv_row_kept row, struct err *e) {
  if (t->n_rows == t->capacity) {
    int64_t wanted = t->capacity ? t->capacity * 2 : FIRST_ROWS;
    struct csv_row_kept *p = realloc(t->rows, (size_t)wanted * sizeof *p);
    if (!p) return ERR(e, E_NO_MEMORY, .subject = t->source->name);
    t->rows = p;
    t->capacity = wanted;
  }
  t->rows[t->n_rows++] = row;
  if (row.n > t->widest) t->widest = row.n;
  return t->n_rows * (t->widest ? t->widest : 1) > READABLE_SHEET_CELLS ? large(t, e) : E_OK;
}
static enum err_code on_row(void *context, const struct source_row *row, struct err *e) {
  struct csv_taking *t = context;
  const struct csv_row_kept empty = {NULL, 0};
  while (t->next_line < row->line) { /* the reader leaves empty lines out; here they count */
    TRY(add_row(t, empty, e));
    t->next_line++;
  }
  struct csv_row_kept kept = {ARENA_ARRAY(t->arena, struct readable_cell, row->n_cells), (int32_t)row->n_cells};
  if (!kept.cells) return ERR(e, E_NO_MEMORY, .subject = t->source->name);
  t->next_line = row->line + 1;
  for (int64_t i = 0; i < row->n_cells; i++) {
    struct str text = row->cells[i].text;
    char *copy = arena_strdup(t->arena, text.n ? text.p : "", text.n);
    if (!copy) return ERR(e, E_NO_MEMORY, .subject = t->source->name);
    for (size_t k = 0; k < text.n; k++) t->next_line += text.p[k] == '\n';
    kept.cells[i] = (struct readable_cell){{copy, text.n}, text.n ? CELL_TEXT : CELL_BLANK, row->cells[i].flags & SOURCE_CELL_QUOTED ? CELL_QUOTED
        : 0};
  }
  return add_row(t, kept, e);
}
static enum err_code make_sheet(struct csv_taking *t, struct readable_file *out, struct err *e) {
  struct readable_sheet *s = ARENA_NEW(t->arena, struct readable_sheet);
  if (!s) return ERR(e, E_NO_MEMORY, .subject = t->source->name);
  *s = (struct readable_sheet){.name = "", .n_rows = t->n_rows, .n_columns = t->widest};
  s->cells = ARENA_ARRAY(t->arena, struct readable_cell, s->n_rows * s->n_columns + 1);
  s->widths = ARENA_ARRAY(t->arena, int32_t, s->n_rows + 1);
  if (!s->cells || !s->widths) return ERR(e, E_NO_MEMORY, .subject = t->source->name);
  for (int64_t r = 0; r < s->n_rows; r++) {
    s->widths[r] = t->rows[r].n;
    for (int64_t k = 0; k < s->n_columns; k++)
      s->cells[r * s->n_columns + k] = k < t->rows[r].n ? t->rows[r].cells[k] : (struct readable_cell){.text = STR("")};
  }
  out->sheets = s;
  out->n_sheets = 1;
  return E_OK;
}
static enum err_code read_csv(const struct job *job, const char *path, struct readable_file *out, struct err *e) {
  struct source source;
  struct csv_taking t = {.arena = job->arena, .source = &source, .next_line = 1};
  enum err_code code = source_open(job->arena, path, true, &source, e);
  if (!code) code = source_reader_csv.read(job, &source, on_row, &t, e);
  if (!code) code = make_sheet(&t, out, e);
  out->format = "csv";
  out->encoding = text_encoding_name(source.encoding.encoding);
  free(t.rows);
  source_close(&source);
  return code;
}

/* --- a workbook, by a worker --- */
static enum err_code tell_workbook(const struct source *given, struct strbuf *out, struct err *e) {
  struct source source = *given;
  struct workbook *w;
  struct arena *a = arena_new(0);
  enum err_code code = a ? workbook_open(a, &source, &w, e) : ERR(e, E_NO_MEMORY, .subject = given->name);
  if (!code) code = readable_workbook(w, a, out, e);
  arena_free(a);
  return code;
}
static void tell(const struct source *source, struct strbuf *out) {
  struct err e = {.code = E_OK};
  strbuf_init(out, READABLE_MESSAGE_MAX);
  if (tell_workbook(source, out, &e)) strbuf_reset(out);
  else e.code = E_OK;
  readable_put_end(out, &e);
}
static int work(void *context, int channel) {
  struct strbuf out;
  tell(context, &out);
  return !out.failed && sandbox_write(channel, out.p, out.n) ? 0 : 1;
}
static enum err_code ask_worker(const struct job *job, struct source *source, struct strbuf *answer, struct err *e) {
  const struct sandbox_spec spec = {.name = source->file, .in = -1, .out = -1, .error = -1, .optional = true,
      .limits = {.memory_bytes = (uint64_t)1536 << 20}};
  struct sandbox worker;
  struct sandbox_result result;
  struct err note;
  strbuf_init(answer, READABLE_MESSAGE_MAX);
  TRY(sandbox_start(&spec, work, source, &worker, e));
  if (*worker.result.missing) {
    (void)ERR(&note, E_SANDBOX_LIGHT, .file = source->file, .subject = worker.result.missing);
    job_problem(job, &note);
  }
  if (!sandbox_read_all(worker.channel, answer)) {
    sandbox_stop(&worker);
    return ERR(e, E_SANDBOX_KILLED, .file = source->file, .subject = source->file, .found = "its reader sent too much, or stopped");
  }
  sandbox_wait(&worker, job, &result);
  return sandbox_judge(source->file, &result, e);
}
static enum err_code read_workbook(const struct job *job, struct source *source, bool apart, struct readable_file *out, struct err *e) {
  struct strbuf answer = {0};
  struct err problem;
  enum err_code code = E_OK;
  if (apart) code = ask_worker(job, source, &answer, e);
  else tell(source, &answer);
  char *kept = code || !answer.n ? NULL : arena_strdup(job->arena, answer.p, answer.n);
  size_t n = answer.n;
  strbuf_release(&answer);
  if (code) return code;
  if (!kept) return ERR(e, E_NO_MEMORY, .subject = source->name);
  if (!readable_take(job->arena, out->name, (const uint8_t *)kept, n, out, &problem))
    return ERR(e, E_SANDBOX_KILLED, .file = source->file, .subject = source->file, .found = "its reader sent an answer out of form");
  if (problem.code && e) *e = problem;
  out->format = "xlsx";
  out->encoding = "";
  return problem.code;
}

/* --- what it is --- */
static bool ends_with(const char *name, const char *end) {
  size_t n = strlen(name), m = strlen(end);
  return n > m && strcmp(name + n - m, end) == 0;
}
static bool begins(const struct source *s, const char *word) {
  size_t at = 0;
  if (s->n >= 3 && memcmp(s->p, "\xef\xbb\xbf", 3) == 0) at = 3;
  while (at < s->n && strchr(" \t\r\n", s->p[at]) && s->p[at]) at++;
  return s->n - at >= strlen(word) && memcmp(s->p + at, word, strlen(word)) == 0;
}
/* Formats that level 1 takes and whose cells are not looked at here. */
static const char *other_format(const struct source *s) {
  if (ends_with(s->name, ".ods")) return "ods";
  if (begins(s, "<?xml") || ends_with(s->name, ".xml")) return "xml";
  return ends_with(s->name, ".json") && (begins(s, "{") || begins(s, "[")) ? "json" : NULL;
}
static bool of_another_system(enum err_code code) {
  return code == E_FOREIGN_FORM || code == E_FOREIGN_DATA || code == E_FOREIGN_FORMAT || code == E_SHEET_OLD || code == E_SHEET_ENCRYPTED;
}
static enum err_code read_known(const struct job *job, struct source *s, const char *path, bool apart, struct readable_file *out, struct err *e) {
  bool workbook = false;
  if ((out->format = other_format(s))) return E_OK;
  enum err_code code = recognise(s, &workbook, e);
  if (!code && workbook) return read_workbook(job, s, apart, out, e);
  if (!code) code = read_csv(job, path, out, e);
  if (!of_another_system(code) && code != E_INPUT_BINARY) return code;
  out->format = "";
  out->why = arena_strdup(job->arena, e->found, strlen(e->found));
  if (!out->why) return ERR(e, E_NO_MEMORY, .subject = path);
  e->code = E_OK;
  return E_OK;
}
enum err_code readable_open(const struct job *job, const char *path, bool apart, struct readable_file *out, struct err *e) {
  struct source source = {.fd = -1};
  *out = (struct readable_file){.format = "", .encoding = "", .why = ""};
  enum err_code code = source_open(job->arena, path, false, &source, e);
  if (!code) out->name = arena_strdup(job->arena, source.name, strlen(source.name));
  if (!code && !out->name) code = ERR(e, E_NO_MEMORY, .subject = path);
  if (!code) code = read_known(job, &source, path, apart, out, e);
  source_close(&source);
  return code;
}
