/* store_job.c -- see store_job.h: leaf, columns into memory, worker, outputs sealed, leaf. */
#include "secure-store/store_job.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "secure-store/rights/grant_limits.h"
#include "secure-store/store_impl.h"
#include "secure-store/store_job_impl.h"
#include "secure-store/store_product.h"
#include "secure-store/store_shard_impl.h"

enum { PROGRAM_MAX = 1 << 30, PARTS = 4, JOB_ID_BYTES = 17 };

struct running {
  struct store *s;
  const struct store_job_spec *spec;
  struct store_job_result *result;
  struct job_folder folder;
  uint8_t part; /* strictest of the columns */
  int out, messages; /* memory files behind the program's two outputs */
  int64_t intent;
  char id[JOB_ID_BYTES], object[LOG_OBJECT_BYTES];
  uint8_t columns_hash[32];
  bool tick_failed;
};

/* --- the grant --- */

static enum err_code check_grant(struct running *r, struct err *e) {
  const struct grant *g = grant_entered(r->s);
  const struct store_job_spec *spec = r->spec;
  if (!store_has_officers(r->s)) return *spec->grant ? ERR(e, E_JOB_NO_GRANTS, .subject = spec->grant) : E_OK;
  if (!g) return ERR(e, E_GRANT_NEEDED, .subject = r->object);
  if (strcmp(spec->grant, g->id) != 0) return ERR(e, E_GRANT_SCOPE, .subject = *spec->grant ? spec->grant : "job", .expected = g->id);
  const char *basis = grant_basis_text(g->basis);
  return strcmp(spec->purpose, basis) == 0 ? E_OK : ERR(e, E_JOB_PURPOSE, .subject = spec->purpose, .expected = basis);
}
/* Who, where, when and how often was checked when the grant was entered; dataset and columns are named here, before anything is intended. What the
 * filter leaves out never reaches the job: rows come through store_shard_read. */
static enum err_code check_right(struct running *r, struct err *e) {
  const struct store_job_spec *spec = r->spec;
  if (check_grant(r, e)) return store_refuse(r->s, "job-start", r->object, e);
  return grant_use(r->s, &spec->key, spec->columns, spec->n_columns, 0, e);
}

/* --- the leaf --- */

static enum err_code add_file(struct sha256 *h, const char *path, struct err *e) {
  uint8_t *p = NULL, hash[32];
  size_t n = 0;
  TRY(file_read(path, PROGRAM_MAX, &p, &n, e));
  sha256_of(p, n, hash);
  sha256_add(h, hash, sizeof hash);
  free(p);
  return E_OK;
}
/* SHA-256 over the hashes of the program and of each script. */
static enum err_code program_hash(const struct store_job_spec *spec, uint8_t hash[32], struct err *e) {
  struct sha256 h;
  sha256_begin(&h);
  TRY(add_file(&h, spec->program, e));
  for (const char *const *s = spec->scripts; s && *s; s++) TRY(add_file(&h, *s, e));
  sha256_end(&h, hash);
  return E_OK;
}
static enum err_code describe(struct running *r, struct err *e) {
  const struct dataset_key *k = &r->spec->key;
  uint8_t hash[32], random[8];
  char program[17];
  struct sha256 h;
  TRY(program_hash(r->spec, hash, e));
  random_bytes(random, sizeof random);
  hex_encode(hash, 8, program);
  hex_encode(random, sizeof random, r->id);
  snprintf(r->object, sizeof r->object, "dataset:%.40s/%.60s/%.20s/%.20s job:%s program:%s%s%.70s", k->survey, k->form, k->period, k->stage, r->id,
      program, *r->spec->grant ? " grant:" : "", r->spec->grant);
  sha256_begin(&h);
  for (int i = 0; i < r->spec->n_columns; i++) sha256_add(&h, r->spec->columns[i], strlen(r->spec->columns[i]) + 1);
  sha256_end(&h, r->columns_hash);
  return E_OK;
}
static struct log_entry entry_of(const struct running *r, const char *action) {
  struct log_entry entry = {.action = action, .object = r->object, .purpose = r->spec->purpose, .rows = r->result->rows, .detail = ""};
  memcpy(entry.columns_hash, r->columns_hash, 32);
  return entry;
}

/* --- columns --- */

static enum err_code learn_parts(struct running *r, int64_t shard, struct err *e) {
  struct store_column *all = ARENA_ARRAY(r->s->job->arena, struct store_column, 4096);
  if (!all) return ERR(e, E_NO_MEMORY, .subject = "job");
  int n = store_shard_columns(r->s, shard, all, 4096, e);
  if (n < 0) return e->code;
  for (int i = 0; i < r->spec->n_columns; i++)
    for (int k = 0; k < n; k++)
      if (!strcmp(all[k].name, r->spec->columns[i]) && all[k].part < r->part) r->part = all[k].part;
  return E_OK;
}
static enum err_code fill_shard(struct running *r, int64_t shard, bool first, struct err *e) {
  struct table t;
  struct arena *a = arena_new(0);
  if (!a) return ERR(e, E_NO_MEMORY, .subject = "job");
  enum err_code code = learn_parts(r, shard, e);
  if (!code) code = store_shard_read(r->s, shard, r->intent, r->spec->columns, r->spec->n_columns, a, &t, e);
  if (!code) code = job_folder_rows(&r->folder, &t, first, e);
  if (!code) r->result->rows += t.n_rows;
  arena_free(a);
  return code;
}
static enum err_code fill(struct running *r, struct err *e) {
  struct shard *shards;
  int64_t n;
  TRY(job_folder_make(&r->folder, e));
  TRY(store_shards(r->s, &r->spec->key, r->s->job->arena, &shards, &n, e));
  if (n == 0) return ERR(e, E_STORE_NO_SHARD, .subject = r->spec->key.form);
  for (int64_t i = 0; i < n; i++) TRY(fill_shard(r, shards[i].id, i == 0, e));
  return job_folder_filled(&r->folder, e);
}

/* --- the program --- */

static enum err_code start(struct running *r, struct sandbox *worker, struct err *e) {
  char in[96], home[96], tmp[96], path[] = "PATH=/usr/local/bin:/usr/bin:/bin", lang[] = "LANG=C.UTF-8";
  const char *read[SANDBOX_PATHS_MAX + 4] = {r->folder.in, "/dev/urandom", "/dev/zero"};
  for (int i = 0; r->spec->scripts && r->spec->scripts[i] && i < SANDBOX_PATHS_MAX; i++) read[i + 3] = r->spec->scripts[i];
  const char *execute[] = {r->spec->program, "/usr", "/bin", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/alternatives", "/etc/R", NULL};
  char *environment[] = {in, home, tmp, path, lang, NULL};
  struct sandbox_spec spec = {.name = r->spec->program, .read = read, .execute = execute, .scratch = r->folder.work, .in = -1, .out = r->out,
                              .error = r->messages, .may_fork = r->spec->may_fork, .optional = r->s->office.light, .limits = r->spec->limits};
  snprintf(in, sizeof in, "SHIRABE_JOB_IN=%s", r->folder.in);
  snprintf(home, sizeof home, "HOME=%s", r->folder.work);
  snprintf(tmp, sizeof tmp, "TMPDIR=%s", r->folder.work);
  return sandbox_start_program(&spec, r->spec->program, r->spec->argv, environment, worker, e);
}
/* A program may run for hours while its intent is the last leaf: outsiders are told how the log stands all the same. */
static void keep_telling(void *context) {
  struct running *r = context;
  struct err problem;
  if (r->tick_failed || !store_log_tick(r->s, &problem)) return;
  r->tick_failed = true;
  job_problem(r->s->job, &problem);
}
static enum err_code run_program(struct running *r, struct err *e) {
  struct sandbox worker;
  r->out = memfd_create("shirabe-output", MFD_CLOEXEC);
  r->messages = memfd_create("shirabe-messages", MFD_CLOEXEC);
  if (r->out < 0 || r->messages < 0) return ERR(e, E_SANDBOX_START, .subject = r->spec->program, .found = strerrordesc_np(errno));
  TRY(start(r, &worker, e));
  if (*worker.result.missing) {
    struct err note;
    (void)ERR(&note, E_SANDBOX_LIGHT, .subject = worker.result.missing);
    job_problem(r->s->job, &note);
  }
  worker.idle = keep_telling;
  worker.idle_context = r;
  sandbox_wait(&worker, r->s->job, &r->result->end);
  return r->result->end.end == SANDBOX_EXITED ? E_OK : ERR(e, E_SANDBOX_KILLED, .subject = r->spec->program, .found = r->result->end.text);
}

/* --- outputs --- */

/* The label of what was read goes with what was made of it. */
static enum err_code put_product(struct running *r, const char *kind, const char *id, size_t n, struct err *e) {
  const struct grant *g = grant_entered(r->s);
  struct store_product p = {.bytes = (int64_t)n, .label = r->part, .rows = r->result->rows, .until = g ? g->until : 0};
  char dataset[STORE_DATASET_BYTES];
  TRY(store_dataset_name(&r->spec->key, dataset, e));
  snprintf(p.basis, sizeof p.basis, "%s", r->spec->purpose);
  snprintf(p.dataset, sizeof p.dataset, "%s", dataset);
  snprintf(p.grant, sizeof p.grant, "%s", g ? g->id : "");
  snprintf(p.person, sizeof p.person, "%s", g ? g->person : "");
  snprintf(p.id, sizeof p.id, "%s", id);
  snprintf(p.job, sizeof p.job, "%s", r->id);
  snprintf(p.kind, sizeof p.kind, "%s", kind);
  hex_encode(r->columns_hash, 32, p.columns_sha256);
  return store_product_put(r->s, &p, e);
}
/* Named after the job as well: equal files of two jobs have two labels. */
static enum err_code put_file(struct running *r, const char *kind, const char *name, const void *p, size_t n, char id[65], struct err *e) {
  char full[JOB_ID_BYTES + 256];
  snprintf(full, sizeof full, "%s/%s", r->id, name);
  TRY(store_blob_put(r->s, kind, full, p, n, r->part, id, e));
  return put_product(r, kind, id, n, e);
}
static enum err_code seal_output(void *context, const char *name, const void *p, size_t n, struct err *e) {
  struct running *r = context;
  struct store_job_result *out = r->result;
  if (out->n_outputs >= STORE_JOB_OUTPUTS) return ERR(e, E_CAP_EXCEEDED, .subject = "outputs");
  struct store_job_output *o = &out->outputs[out->n_outputs];
  snprintf(o->name, sizeof o->name, "%s", name);
  o->bytes = (int64_t)n;
  TRY(put_file(r, "job-output", name, p, n, o->id, e));
  out->n_outputs++;
  return E_OK;
}
/* What the limit of the worker lets a file have. */
static size_t most_bytes(const struct running *r) { return r->spec->limits.file_bytes ? (size_t)r->spec->limits.file_bytes : (size_t)256 << 20; }
static enum err_code seal_printed(struct running *r, bool messages, struct err *e) {
  struct strbuf bytes;
  strbuf_init(&bytes, 0);
  enum err_code code = job_file_bytes(messages ? r->messages : r->out, most_bytes(r), &bytes, e);
  if (!code && bytes.n && messages) code = put_file(r, "job-messages", "(messages)", bytes.p, bytes.n, r->result->messages, e);
  if (!code && bytes.n && !messages) code = seal_output(r, "(printed)", bytes.p, bytes.n, e);
  strbuf_wipe_release(&bytes);
  return code;
}
static enum err_code seal_all(struct running *r, struct err *e) {
  TRY(seal_printed(r, false, e));
  TRY(seal_printed(r, true, e));
  return job_folder_collect(&r->folder, most_bytes(r), seal_output, r, e);
}
static void outputs_hash(const struct store_job_result *out, uint8_t hash[32]) {
  struct sha256 h;
  sha256_begin(&h);
  for (int i = 0; i < out->n_outputs; i++) sha256_add(&h, out->outputs[i].id, 64);
  sha256_end(&h, hash);
}
static enum err_code count_file(void *context, const char *name, const void *p, size_t n, struct err *e) {
  (void)name, (void)p, (void)n, (void)e;
  ++*(int64_t *)context;
  return E_OK;
}
/* Outputs count as tables of the grant, before one is sealed. */
static enum err_code charge_outputs(struct running *r, struct err *e) {
  struct stat printed;
  int64_t n = fstat(r->out, &printed) == 0 && printed.st_size > 0;
  TRY(job_folder_collect(&r->folder, most_bytes(r), count_file, &n, e));
  return n > 0 ? grant_take(r->s, COUNT_TABLES, n, e) : E_OK;
}
/* Outputs and their leaf are one transaction. No row is read in it. */
static enum err_code seal(struct running *r, struct err *e) {
  TRY(charge_outputs(r, e));
  TRY(store_begin_plain(r->s, e));
  enum err_code code = seal_all(r, e);
  struct log_entry entry = entry_of(r, "job-end");
  outputs_hash(r->result, entry.output_hash);
  if (!code) code = store_log_outcome(r->s, r->intent, &entry, true, e);
  if (!code) code = store_commit(r->s, e);
  if (code) store_rollback(r->s);
  return code;
}
/* A killed job keeps its messages out of the store too: they may be what it was killed for. */
static void log_failure(struct running *r, const struct err *why) {
  struct err problem;
  bool killed = why->code == E_SANDBOX_KILLED;
  struct log_entry entry = entry_of(r, killed ? "job-kill" : "job-end");
  entry.detail = why->found;
  r->result->n_outputs = 0;
  if (store_log_outcome(r->s, r->intent, &entry, false, &problem)) job_problem(r->s->job, &problem);
}

enum err_code store_job_run(struct store *s, const struct store_job_spec *spec, struct store_job_result *out, struct err *e) {
  struct running r = {.s = s, .spec = spec, .result = out, .part = PARTS - 1, .out = -1, .messages = -1};
  *out = (struct store_job_result){.rows = 0};
  TRY(describe(&r, e));
  TRY(check_right(&r, e));
  const struct log_entry entry = entry_of(&r, "job-start");
  TRY(store_log_intent(s, &entry, &r.intent, e));
  enum err_code code = fill(&r, e);
  if (!code) code = run_program(&r, e);
  if (!code) code = seal(&r, e);
  if (code) log_failure(&r, e);
  job_folder_remove(&r.folder);
  if (r.out >= 0) close(r.out);
  if (r.messages >= 0) close(r.messages);
  return code;
}
