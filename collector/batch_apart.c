/* batch_apart.c -- both sides of unpacking a batch by a worker; see batch_apart.h. */
#include "collector/batch_apart.h"

#include <string.h>

#include "base/ext_archive.h"
#include "base/ext_sodium.h"
#include "base/ext_zstd.h"
#include "base/job.h"
#include "secure-store/sandbox.h"
#include "secure-store/sandbox_message.h"

enum { END_MAX = 8192 };

/* --- the worker --- */

struct unpacker {
  const char *file;
  struct str frame;
  size_t limit;
  int channel;
  int64_t seen;
};
static bool send_part(const struct unpacker *u, enum batch_part kind, const char *name, const void *p, size_t n) {
  struct strbuf head;
  strbuf_init(&head, 0);
  bytes_put_u8(&head, (uint8_t)kind);
  bytes_put_u32(&head, (uint32_t)strlen(name));
  bytes_put_u64(&head, n);
  strbuf_adds(&head, name);
  const bool sent = !head.failed && sandbox_write(u->channel, head.p, head.n) && (n == 0 || sandbox_write(u->channel, p, n));
  strbuf_release(&head);
  return sent;
}
static enum err_code gone(const struct unpacker *u, struct err *e) { return ERR(e, E_BATCH_DAMAGED, .file = u->file,
    .subject = "the reader was stopped"); }

/* Read here only to find the sender; the parent reads it again when the signature holds. */
static enum err_code send_manifest(const struct unpacker *u, const struct tar_member *m, struct err *e) {
  struct batch_manifest *read;
  if (strcmp(m->name, "manifest.json") != 0) return ERR(e, E_BATCH_FORMAT, .file = u->file, .subject = u->file);
  if (m->n > BATCH_MAX_MANIFEST) return ERR(e, E_BATCH_MANIFEST, .file = u->file, .subject = "manifest", .expected = "at most 16 MiB");
  struct arena *a = arena_new(0);
  enum err_code code = a ? batch_manifest_read(a, u->file, str_view(m->p, m->n), &read, e) : ERR(e, E_NO_MEMORY, .subject = "batch");
  if (!code && !send_part(u, BATCH_PART_MANIFEST, read->sender, m->p, m->n)) code = gone(u, e);
  arena_free(a);
  return code;
}
static enum err_code on_member(void *context, const struct tar_member *m, struct err *e) {
  struct unpacker *u = context;
  const int64_t index = u->seen++;
  if (index == 0) return send_manifest(u, m, e);
  if (index == 1 && strcmp(m->name, "manifest.json.minisig") != 0) return ERR(e, E_BATCH_FORMAT, .file = u->file, .subject = u->file);
  if (index == 1 && m->n > BATCH_MAX_SIGNATURE) return ERR(e, E_BATCH_FORMAT, .file = u->file, .subject = u->file);
  return send_part(u, index == 1 ? BATCH_PART_SIGNATURE : BATCH_PART_MEMBER, index == 1 ? "" : m->name, m->p, m->n) ? E_OK : gone(u, e);
}
/* Whether the frame would have passed as a large one; what passes nowhere is damaged. */
static enum err_code unpack_frame(const struct unpacker *u, struct strbuf *tar, struct err *e) {
  const struct str f = u->frame;
  enum err_code code = zstd_decompress_capped(f.p, f.n, u->limit, BATCH_MAX_RATIO, tar, e);
  if (!code || code == E_NO_MEMORY) return code;
  if (code == E_CAP_EXCEEDED && u->limit < BATCH_MAX_FILE && zstd_within(f.p, f.n, BATCH_MAX_FILE, BATCH_MAX_RATIO))
    return ERR(e, E_BATCH_LARGE, .file = u->file, .subject = u->file);
  return ERR_WRAP(e, E_BATCH_DAMAGED, .file = u->file, .subject = "its content cannot be unpacked");
}
static enum err_code unpack(struct unpacker *u, struct err *e) {
  struct strbuf tar;
  const struct tar_caps caps = {BATCH_MAX_MEMBERS + 2, u->limit, u->limit};
  strbuf_init(&tar, BATCH_MAX_FILE);
  enum err_code code = unpack_frame(u, &tar, e);
  if (!code) {
    code = tar_read(tar.p, tar.n, &caps, on_member, u, e);
    const bool told = code == E_BATCH_MANIFEST || code == E_BATCH_DAMAGED || code == E_BATCH_FORMAT || code == E_NO_MEMORY;
    if (code && !told) code = ERR_WRAP(e, E_BATCH_DAMAGED, .file = u->file, .subject = "its content cannot be unpacked");
  }
  if (!code && u->seen < 2) code = ERR(e, E_BATCH_DAMAGED, .file = u->file, .subject = "members are missing");
  strbuf_release(&tar);
  return code;
}
static int work(void *context, int channel) {
  struct unpacker u = *(const struct unpacker *)context;
  struct err e = {.code = E_OK};
  struct strbuf end;
  u.channel = channel;
  if (!unpack(&u, &e)) e = (struct err){.code = E_OK};
  strbuf_init(&end, END_MAX);
  sandbox_put_error(&end, &e);
  const bool sent = !end.failed && send_part(&u, BATCH_PART_END, "", end.p, end.n);
  strbuf_release(&end);
  return sent ? 0 : 1;
}

/* --- the parent --- */

bool batch_part_head_parse(const uint8_t p[BATCH_PART_HEAD], enum batch_part before, size_t left, struct batch_part_head *out) {
  struct bytes_reader in;
  bytes_reader_init(&in, p, BATCH_PART_HEAD);
  const uint8_t kind = bytes_u8(&in);
  const uint64_t name = bytes_u32(&in), n = bytes_u64(&in);
  *out = (struct batch_part_head){(enum batch_part)kind, (size_t)name, (size_t)n};
  if (name > BATCH_PART_NAME_MAX) return false;
  switch (kind) {
    case BATCH_PART_MANIFEST: return before == 0 && name > 0 && n <= BATCH_MAX_MANIFEST && n <= left;
    case BATCH_PART_SIGNATURE: return before == BATCH_PART_MANIFEST && name == 0 && n <= BATCH_MAX_SIGNATURE;
    case BATCH_PART_MEMBER: return (before == BATCH_PART_SIGNATURE || before == BATCH_PART_MEMBER) && name > 0 && n <= left;
    case BATCH_PART_END: return before != BATCH_PART_END && name == 0 && n <= END_MAX;
    default: return false;
  }
}
bool batch_part_name_ok(const char *name, size_t n) {
  for (size_t i = 0; i < n; i++)
    if ((unsigned char)name[i] < 32 || name[i] == 127) return false;
  return utf8_valid(name, n, NULL);
}

struct receiving {
  struct sandbox worker;
  struct arena *a;
  const char *file;
  const struct batch_apart_sink *sink;
  enum batch_part before;
  size_t left;
  struct err said;
  bool ended;
};
static enum err_code out_of_form(const struct receiving *r, struct err *e) {
  return ERR(e, E_SANDBOX_KILLED, .file = r->file, .subject = r->file, .found = "its reader sent an answer out of form");
}
static enum err_code take_end(struct receiving *r, const char *p, size_t n, struct err *e) {
  struct bytes_reader in;
  memset(&r->said, 0, sizeof r->said);
  bytes_reader_init(&in, p, n);
  sandbox_take_error(&in, &r->said);
  r->ended = !in.failed && bytes_left(&in) == 0;
  return r->ended ? E_OK : out_of_form(r, e);
}
/* *more = false: the worker has closed its end, which is judged by how it ended. */
static enum err_code take_part(struct receiving *r, bool *more, struct err *e) {
  uint8_t bytes[BATCH_PART_HEAD];
  struct batch_part_head h;
  *more = !r->ended && sandbox_read(r->worker.channel, bytes, sizeof bytes);
  if (!*more) return E_OK;
  if (!batch_part_head_parse(bytes, r->before, r->left, &h)) return out_of_form(r, e);
  char *name = arena_alloc(r->a, h.name_bytes + 1, 1), *p = arena_alloc(r->a, h.bytes + 1, 1);
  if (!name || !p) return ERR(e, E_NO_MEMORY, .subject = "batch");
  *more = sandbox_read(r->worker.channel, name, h.name_bytes) && sandbox_read(r->worker.channel, p, h.bytes);
  if (!*more) return E_OK;
  name[h.name_bytes] = p[h.bytes] = 0;
  if (!batch_part_name_ok(name, h.name_bytes)) return out_of_form(r, e);
  r->before = h.kind;
  if (h.kind == BATCH_PART_END) return take_end(r, p, h.bytes, e);
  if (h.kind != BATCH_PART_SIGNATURE) r->left -= h.bytes;
  return r->sink->part(r->sink->context, h.kind, name, str_view(p, h.bytes), e);
}
/* How the worker ended goes before what it said: a reader that was killed has vouched for nothing. */
static enum err_code settle(struct receiving *r, const struct job *job, enum err_code code, struct err *e) {
  struct sandbox_result result;
  if (code) {
    sandbox_stop(&r->worker);
    return code;
  }
  sandbox_wait(&r->worker, job, &result);
  TRY(sandbox_judge(r->file, &result, e));
  if (!r->ended) return out_of_form(r, e);
  if (!r->said.code) return E_OK;
  if (e) *e = r->said;
  return r->said.code;
}
static void tell_missing(const struct receiving *r, const struct job *job) {
  struct err note;
  if (!*r->worker.result.missing) return;
  (void)ERR(&note, E_SANDBOX_LIGHT, .file = r->file, .subject = r->worker.result.missing);
  job_problem(job, &note);
}
enum err_code batch_apart(struct store *s, struct arena *a, const char *file, struct str frame, size_t limit, const struct batch_apart_sink *sink,
    struct err *e) {
  const struct job *job = store_job(s);
  struct unpacker u = {.file = file, .frame = frame, .limit = limit, .channel = -1};
  struct receiving r = {.a = a, .file = file, .sink = sink, .left = limit};
  const struct sandbox_spec spec = {.name = file, .in = -1, .out = -1, .error = -1, .optional = store_office(s)->light,
      .limits = {.memory_bytes = 3 * (uint64_t)limit + ((uint64_t)256 << 20)}};
  bool more = true;
  enum err_code code = E_OK;
  TRY(sandbox_start(&spec, work, &u, &r.worker, e));
  tell_missing(&r, job);
  while (!code && more) code = take_part(&r, &more, e);
  return settle(&r, job, code, e);
}
