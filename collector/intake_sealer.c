/* intake_sealer.c -- the second thread of intake: while the first one reads and types rows, it checks, encodes, compresses and encrypts full row groups, and the
 * original file in between. One group waits at most, so memory stays at three groups. What is stored does not depend on the threads: each group's bytes are
 * made by one thread alone, and groups go in order of the file. A small file or a job of one thread does the same work in the calling thread. */
#include <pthread.h>
#include <string.h>

#include "collector/intake_impl.h"

enum { SMALL_FILE = 4 << 20, SPARE = 3 };

struct group_job {
  struct arena *arena; /* of the table's dictionaries */
  struct group_memory *memory;
  struct table table;
};

struct sealer {
  struct intake_run *run;
  pthread_t thread;
  bool started;
  pthread_mutex_t lock;
  pthread_cond_t changed;
  /* under the lock */
  bool waiting, busy, end, abandon;
  struct group_job job; /* when waiting */
  struct group_memory *spare[SPARE];
  int n_spare;
  enum err_code code;   /* the first failure; sticks */
  struct err error;
  /* of the second thread until it has ended */
  struct blob_write *blob;
  size_t blob_done;
};

/* --- the work, on whichever thread --- */

static enum err_code seal_group(struct intake_run *run, struct table *t, struct err *e) {
  TRY(checks_count(run, t, e));
  if (!run->store) return E_OK;
  store_enter(run->store);
  enum err_code code = store_shard_append(run->shard, t, run->parts, 0, t->n_rows, e);
  store_leave(run->store);
  return code;
}

/* The next piece of the original. Its pages are given back at once: this thread may be far from where the rows are being read. */
static enum err_code seal_piece(struct sealer *s, struct err *e) {
  const struct source *from = &s->run->source;
  size_t n = from->n - s->blob_done < STORE_BLOB_PIECE ? from->n - s->blob_done : STORE_BLOB_PIECE;
  store_enter(s->run->store);
  enum err_code code = store_blob_add(s->blob, from->p + s->blob_done, n, e);
  store_leave(s->run->store);
  source_forget_range(from, s->blob_done, s->blob_done + n);
  s->blob_done += n;
  return code;
}

static bool blob_left(const struct sealer *s) { return s->blob && s->blob_done < s->run->source.n; }

static void drop_job(const struct group_job *job) {
  arena_free(job->arena);
  if (job->memory) arena_free(job->memory->arena);
}

/* Under the lock, when there is a second thread. */
static void keep_spare(struct sealer *s, struct group_memory *memory) {
  if (s->n_spare < SPARE) s->spare[s->n_spare++] = memory;
  else arena_free(memory->arena);
}

static struct group_memory *take_spare(struct sealer *s) { return s->n_spare > 0 ? s->spare[--s->n_spare] : NULL; }

struct group_memory *sealer_spare(struct intake_run *run) {
  struct sealer *s = run->sealer;
  if (!s->started) return take_spare(s);
  pthread_mutex_lock(&s->lock);
  struct group_memory *memory = take_spare(s);
  pthread_mutex_unlock(&s->lock);
  return memory;
}

/* --- the second thread --- */

/* With the lock held; it is let go during the work. */
static void work(struct sealer *s) {
  struct group_job job = s->job;
  struct err e = {.code = E_OK};
  bool group = s->waiting;
  s->waiting = false;
  s->busy = group;
  pthread_cond_broadcast(&s->changed);
  pthread_mutex_unlock(&s->lock);
  enum err_code code = group ? seal_group(s->run, &job.table, &e) : seal_piece(s, &e);
  if (group) arena_free(job.arena);
  pthread_mutex_lock(&s->lock);
  if (group) keep_spare(s, job.memory);
  s->busy = false;
  if (code && !s->code) {
    s->code = code;
    s->error = e;
  }
  pthread_cond_broadcast(&s->changed);
}

static void *second_thread(void *context) {
  struct sealer *s = context;
  pthread_mutex_lock(&s->lock);
  while (!s->abandon && !s->code && (s->waiting || blob_left(s) || !s->end)) {
    if (s->waiting || blob_left(s)) work(s);
    else pthread_cond_wait(&s->changed, &s->lock);
  }
  pthread_mutex_unlock(&s->lock);
  return NULL;
}

/* A correction looks into the store row by row: nothing to share. */
static bool two_threads(const struct intake_run *run) {
  return run->job->n_threads > 1 && run->source.n >= SMALL_FILE && !run->options->correct;
}

static enum err_code begin_blob(struct sealer *s, struct err *e) {
  const struct source *from = &s->run->source;
  return store_blob_begin(s->run->store, "original", from->file, from->sha256, (int64_t)from->n, PART_ANSWER, &s->blob, e);
}

enum err_code sealer_start(struct intake_run *run, struct err *e) {
  struct sealer *s = run->sealer = ARENA_NEW(run->arena, struct sealer);
  if (!s) return ERR(e, E_NO_MEMORY, .subject = run->source.name);
  s->run = run;
  if (run->store) TRY(begin_blob(s, e));
  if (!two_threads(run)) return E_OK;
  if (run->store) TRY(store_share(run->store, e));
  pthread_mutex_init(&s->lock, NULL);
  pthread_cond_init(&s->changed, NULL);
  s->started = pthread_create(&s->thread, NULL, second_thread, s) == 0; /* when there is no thread to have, one does it all */
  if (!s->started && run->store) store_unshare(run->store);
  return E_OK;
}

static enum err_code failure_of(const struct sealer *s, struct err *e) {
  if (s->code && e) *e = s->error;
  return s->code;
}

enum err_code sealer_take_group(struct intake_run *run, struct err *e) {
  struct sealer *s = run->sealer;
  struct group_job job = {run->group_arena, run->memory, run->group};
  run->group_arena = NULL;
  run->memory = NULL;
  run->group = (struct table){.n_rows = 0};
  if (!s->started) {
    enum err_code code = seal_group(run, &job.table, e);
    arena_free(job.arena);
    keep_spare(s, job.memory);
    return code;
  }
  pthread_mutex_lock(&s->lock);
  while (s->waiting && !s->code) pthread_cond_wait(&s->changed, &s->lock);
  enum err_code code = failure_of(s, e);
  if (!code) {
    s->job = job;
    s->waiting = true;
    pthread_cond_broadcast(&s->changed);
  }
  pthread_mutex_unlock(&s->lock);
  if (code) drop_job(&job);
  return code;
}

enum err_code sealer_wait(struct intake_run *run, struct err *e) {
  struct sealer *s = run->sealer;
  if (!s || !s->started) return E_OK;
  pthread_mutex_lock(&s->lock);
  while ((s->waiting || s->busy) && !s->code) pthread_cond_wait(&s->changed, &s->lock);
  enum err_code code = failure_of(s, e);
  pthread_mutex_unlock(&s->lock);
  return code;
}

static void join(struct sealer *s, bool abandon) {
  if (!s->started) return;
  pthread_mutex_lock(&s->lock);
  s->end = true;
  s->abandon = abandon;
  pthread_cond_broadcast(&s->changed);
  pthread_mutex_unlock(&s->lock);
  pthread_join(s->thread, NULL);
  if (s->waiting) drop_job(&s->job);
  s->waiting = s->started = false;
  pthread_mutex_destroy(&s->lock);
  pthread_cond_destroy(&s->changed);
  if (s->run->store) store_unshare(s->run->store);
}

enum err_code sealer_end(struct intake_run *run, char blob_id[65], struct err *e) {
  struct sealer *s = run->sealer;
  join(s, false);
  TRY(failure_of(s, e));
  while (blob_left(s)) TRY(seal_piece(s, e));
  struct blob_write *blob = s->blob;
  s->blob = NULL;
  return store_blob_end(blob, blob_id, e);
}

void sealer_abort(struct intake_run *run) {
  struct sealer *s = run->sealer;
  if (!s) return;
  join(s, true);
  while (s->n_spare > 0) arena_free(s->spare[--s->n_spare]->arena);
  store_blob_abort(s->blob);
  s->blob = NULL;
}
