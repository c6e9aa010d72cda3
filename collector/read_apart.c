/* read_apart.c -- both sides of a reading by a worker; see read_apart.h. */
#include "collector/read_apart.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "collector/recognise.h"
#include "collector/xlsx.h"
#include "secure-store/sandbox.h"

enum { PIECE = 256 * 1024 };

/* --- the worker --- */

struct sender {
  const struct source *source;
  int channel;
  struct strbuf out;
};
static bool flush_out(struct sender *s) {
  bool ok = !s->out.failed && sandbox_write(s->channel, s->out.p, s->out.n);
  strbuf_reset(&s->out);
  return ok;
}
/* The length is written when the message is whole. */
static size_t message_begin(struct sender *s, enum apart_kind kind) {
  size_t at = s->out.n;
  bytes_put_u32(&s->out, 0);
  bytes_put_u8(&s->out, (uint8_t)kind);
  return at;
}
static bool message_end(struct sender *s, size_t at) {
  if (s->out.failed) return false;
  size_t n = s->out.n - at - 5;
  for (int i = 0; i < 4; i++) s->out.p[at + (size_t)i] = (char)(n >> 8 * i);
  return s->out.n < PIECE || flush_out(s);
}
static enum err_code send_row(void *context, const struct source_row *row, struct err *e) {
  struct sender *s = context;
  size_t at = message_begin(s, APART_ROW);
  apart_row_write(row, &s->out);
  return message_end(s, at) ? E_OK : ERR(e, E_INTAKE_CANCELLED, .subject = s->source->name); /* the parent has had enough */
}
static void send_progress(void *context, const char *what, int64_t done, int64_t total) {
  struct sender *s = context;
  (void)what;
  size_t at = message_begin(s, APART_PROGRESS);
  bytes_put_u64(&s->out, (uint64_t)done);
  bytes_put_u64(&s->out, (uint64_t)total);
  (void)message_end(s, at);
}
static int send_end(struct sender *s, const struct source *source, const struct err *e) {
  struct apart_end *end = calloc(1, sizeof *end);
  if (!end) return 1;
  if (source->sheet_report) end->report = *source->sheet_report;
  if (source->sheet_report && source->sheet_report->sheet) strncat(end->sheet, source->sheet_report->sheet, sizeof end->sheet - 1);
  if (e->code) end->error = *e;
  size_t at = message_begin(s, APART_END);
  apart_end_write(end, &s->out);
  free(end);
  return message_end(s, at) && flush_out(s) ? 0 : 1;
}

static enum err_code open_here(struct arena *a, struct source *s, struct sheet_report *report, struct err *e) {
  *report = (struct sheet_report){.sheet = NULL};
  s->sheet_report = report;
  TRY(workbook_open(a, s, &s->workbook, e));
  TRY(recognise_workbook(s->workbook, e));
  report->sheet = s->workbook->sheets[s->workbook->chosen].name;
  return E_OK;
}
static int work(const struct source *given, int channel, bool rows) {
  struct source source = *given;
  struct sheet_report report;
  struct sender sender = {.source = given, .channel = channel};
  struct job job = {.n_threads = 1, .progress = send_progress, .progress_context = &sender};
  struct err e = {.code = E_OK};
  struct arena *a = arena_new(0);
  strbuf_init(&sender.out, 0);
  source.apart = SOURCE_HERE;
  enum err_code code = a ? open_here(a, &source, &report, &e) : ERR(&e, E_NO_MEMORY, .subject = given->name);
  if (!code && rows) code = source_reader_xlsx.read(&job, &source, send_row, &sender, &e);
  if (!code) e.code = E_OK;
  return send_end(&sender, &source, &e);
}
static int work_open(void *context, int channel) { return work(context, channel, false); }
static int work_read(void *context, int channel) { return work(context, channel, true); }

/* --- the parent --- */

struct receiver {
  const struct job *job;
  const struct source *source;
  struct sandbox worker;
  uint8_t *p; /* capacity and padding */
  size_t n, at, capacity;
  source_row_fn fn;
  void *context;
  struct source_cell *cells;
  int64_t line;
  struct apart_end *end;
  bool ended;
};

static enum err_code out_of_form(const struct receiver *r, struct err *e) {
  return ERR(e, E_SANDBOX_KILLED, .file = r->source->file, .subject = r->source->file, .found = "its reader sent an answer out of form");
}
static enum err_code grow(struct receiver *r, size_t wanted, struct err *e) {
  if (wanted <= r->capacity) return E_OK;
  size_t capacity = wanted < PIECE ? PIECE : wanted + PIECE;
  uint8_t *p = realloc(r->p, capacity + APART_PADDING);
  if (!p) return ERR(e, E_NO_MEMORY, .subject = r->source->name);
  memset(p + capacity, 0, APART_PADDING);
  r->p = p;
  r->capacity = capacity;
  return E_OK;
}
/* *more: as many bytes as are wanted stand at p + at; false: the worker has closed its end before them. */
static enum err_code want(struct receiver *r, size_t wanted, bool *more, struct err *e) {
  *more = true;
  if (r->n - r->at >= wanted) return E_OK;
  memmove(r->p, r->p + r->at, r->n - r->at);
  r->n -= r->at;
  r->at = 0;
  TRY(grow(r, wanted, e));
  while (r->n < wanted) {
    ssize_t got = read(r->worker.channel, r->p + r->n, r->capacity - r->n);
    if (got < 0 && errno == EINTR) {
      if (job_cancelled(r->job)) return ERR(e, E_INTAKE_CANCELLED, .file = r->source->name, .subject = r->source->name);
      continue;
    }
    *more = got > 0;
    if (!*more) return E_OK;
    r->n += (size_t)got;
  }
  return E_OK;
}
static enum err_code take_row(struct receiver *r, const uint8_t *p, size_t n, struct err *e) {
  struct source_row row;
  if (!r->fn || !apart_row_parse(p, n, r->cells, &row) || row.line <= r->line) return out_of_form(r, e);
  r->line = row.line;
  return r->fn(r->context, &row, e);
}
static enum err_code take_progress(const struct receiver *r, const uint8_t *p, size_t n, struct err *e) {
  struct bytes_reader in;
  bytes_reader_init(&in, p, n);
  int64_t done = (int64_t)bytes_u64(&in), total = (int64_t)bytes_u64(&in);
  if (in.failed || bytes_left(&in)) return out_of_form(r, e);
  job_progress(r->job, r->source->name, done, total);
  return job_cancelled(r->job) ? ERR(e, E_INTAKE_CANCELLED, .file = r->source->name, .subject = r->source->name) : E_OK;
}
static enum err_code take_message(struct receiver *r, bool *more, struct err *e) {
  struct bytes_reader head;
  TRY(want(r, 5, more, e));
  if (!*more) return E_OK;
  bytes_reader_init(&head, r->p + r->at, 5);
  size_t n = bytes_u32(&head);
  uint8_t kind = bytes_u8(&head);
  if (n > APART_MESSAGE_MAX || r->ended) return out_of_form(r, e);
  TRY(want(r, n + 5, more, e));
  if (!*more) return E_OK;
  const uint8_t *p = r->p + r->at + 5;
  r->at += n + 5;
  switch (kind) {
  case APART_ROW: return take_row(r, p, n, e);
  case APART_PROGRESS: return take_progress(r, p, n, e);
  case APART_END: r->ended = true; return apart_end_parse(p, n, r->end) ? E_OK : out_of_form(r, e);
  default: return out_of_form(r, e);
  }
}
static enum err_code take_all(struct receiver *r, struct err *e) {
  bool more = true;
  while (more) TRY(take_message(r, &more, e));
  return E_OK;
}

/* How the worker ended goes before what it said: a reader that was killed has vouched for nothing. */
static enum err_code settle(struct receiver *r, enum err_code code, struct err *e) {
  struct sandbox_result result;
  if (code) {
    sandbox_stop(&r->worker);
    return code;
  }
  sandbox_wait(&r->worker, r->job, &result);
  if (sandbox_judge(r->source->file, &result, e)) return E_SANDBOX_KILLED;
  if (!r->ended) return out_of_form(r, e);
  if (!r->end->error.code) return E_OK;
  if (e) *e = r->end->error;
  return r->end->error.code;
}
static void tell_missing(const struct receiver *r) {
  struct err note;
  if (!*r->worker.result.missing) return;
  (void)ERR(&note, E_SANDBOX_LIGHT, .file = r->source->file, .subject = r->worker.result.missing);
  job_problem(r->job, &note);
}
static enum err_code start_and_take(struct receiver *r, sandbox_fn fn, bool tell, struct err *e) {
  const struct sandbox_spec spec = {.name = r->source->file, .in = -1, .out = -1, .error = -1, .optional = r->source->apart == SOURCE_APART_OPTIONAL,
                                    .limits = {.memory_bytes = (uint64_t)768 << 20}};
  r->cells = calloc(APART_CELLS_MAX, sizeof *r->cells);
  r->end = calloc(1, sizeof *r->end);
  if (!r->cells || !r->end) return ERR(e, E_NO_MEMORY, .subject = r->source->name);
  TRY(grow(r, PIECE, e));
  TRY(sandbox_start(&spec, fn, (void *)(uintptr_t)r->source, &r->worker, e));
  if (tell) tell_missing(r);
  return settle(r, take_all(r, e), e);
}
static void receiver_release(struct receiver *r) {
  free(r->p);
  free(r->cells);
  free(r->end);
}

enum err_code apart_open(struct arena *a, const struct source *s, const char **sheet, struct err *e) {
  const struct job none = {.n_threads = 1};
  struct receiver r = {.job = &none, .source = s};
  enum err_code code = start_and_take(&r, work_open, false, e);
  if (!code) *sheet = arena_printf(a, "%s", r.end->sheet);
  if (!code && !*sheet) code = ERR(e, E_NO_MEMORY, .subject = s->name);
  receiver_release(&r);
  return code;
}
enum err_code apart_read(const struct job *job, const struct source *s, source_row_fn fn, void *context, struct err *e) {
  struct receiver r = {.job = job, .source = s, .fn = fn, .context = context};
  enum err_code code = start_and_take(&r, work_read, true, e);
  if (!code) {
    const char *sheet = s->sheet_report->sheet;
    *s->sheet_report = r.end->report;
    s->sheet_report->sheet = sheet;
  }
  receiver_release(&r);
  source_forget(s, s->n);
  return code;
}
