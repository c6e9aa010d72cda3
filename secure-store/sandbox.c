/* sandbox.c -- the parent's side: starts the worker, hands it a key, watches its limits, tells how it ended. */
#include "secure-store/sandbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/ext_seccomp.h"
#include "base/ext_sodium.h"
#include "secure-store/sandbox_impl.h"

enum { PAUSE_MS = 250, DEPTH_MAX = 64 };

bool sandbox_write(int fd, const void *p, size_t n) {
  for (const char *at = p; n > 0;) {
    ssize_t done = write(fd, at, n);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return false;
    at += done;
    n -= (size_t)done;
  }
  return true;
}
bool sandbox_read(int fd, void *p, size_t n) {
  for (char *at = p; n > 0;) {
    ssize_t done = read(fd, at, n);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return false;
    at += done;
    n -= (size_t)done;
  }
  return true;
}
bool sandbox_read_all(int fd, struct strbuf *to) {
  enum { PIECE = 1 << 18 };
  char *piece = malloc(PIECE);
  ssize_t got = 1;
  while (piece && got > 0 && !to->failed) {
    got = read(fd, piece, PIECE);
    if (got < 0 && errno == EINTR) got = 1;
    else if (got > 0) strbuf_add(to, piece, (size_t)got);
  }
  free(piece);
  return piece && got == 0 && !to->failed;
}
bool sandbox_key(int channel, uint8_t key[SANDBOX_KEY_BYTES]) {
  if (sandbox_read(channel, key, SANDBOX_KEY_BYTES)) return true;
  wipe(key, SANDBOX_KEY_BYTES);
  return false;
}

static int64_t now_ms(void) {
  struct timespec t = {0, 0};
  clock_gettime(CLOCK_BOOTTIME, &t); /* a machine that slept has not worked, but its limit has passed */
  return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}
static struct sandbox_limits with_defaults(struct sandbox_limits l) {
  if (!l.memory_bytes) l.memory_bytes = (uint64_t)1 << 30;
  if (!l.file_bytes) l.file_bytes = (uint64_t)256 << 20;
  if (!l.scratch_bytes) l.scratch_bytes = (uint64_t)1 << 30;
  if (!l.cpu_seconds) l.cpu_seconds = 3600;
  if (!l.wall_seconds) l.wall_seconds = 7200;
  if (!l.files) l.files = 64;
  if (!l.processes) l.processes = 32;
  return l;
}

/* --- starting --- */

struct pipes {
  int channel[2], ready[2], ended[2];
};
static void close_pair(int pair[2]) {
  for (int i = 0; i < 2; i++)
    if (pair[i] >= 0) close(pair[i]);
}
static void close_pipes(struct pipes *p) {
  close_pair(p->channel);
  close_pair(p->ready);
  close_pair(p->ended);
}
static enum err_code open_pipes(struct pipes *p, bool channel, const char *name, struct err *e) {
  *p = (struct pipes){{-1, -1}, {-1, -1}, {-1, -1}};
  bool ok = pipe2(p->ready, O_CLOEXEC) == 0 && pipe2(p->ended, O_CLOEXEC) == 0 &&
      (!channel || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, p->channel) == 0);
  if (ok) return E_OK;
  int number = errno;
  close_pipes(p);
  return ERR(e, E_SANDBOX_START, .subject = name, .found = strerrordesc_np(number));
}

/* What the machine lacks is known before anything is started; an optional sandbox tells it. */
static enum err_code check_machine(const struct sandbox_spec *spec, struct sandbox_result *r, struct err *e) {
  bool landlock = sandbox_landlock_version() > 0, filters = seccomp_present();
  r->missing = landlock && filters ? "" : landlock ? "seccomp" : filters ? "Landlock" : "Landlock, seccomp";
  return !*r->missing || spec->optional ? E_OK : ERR(e, E_SANDBOX_MISSING, .subject = r->missing);
}

static enum err_code not_ready(const struct sandbox *s, const struct sandbox_ready *r, struct err *e) {
  char found[ERR_TEXT_BYTES];
  bool landlock = strcmp(r->step, "landlock") == 0, filter = strcmp(r->step, "seccomp") == 0;
  snprintf(found, sizeof found, "%s: %s", r->step, strerrordesc_np(r->failed));
  return landlock || filter ? ERR(e, E_SANDBOX_MISSING, .subject = landlock ? "Landlock" : "seccomp", .found = found)
                            : ERR(e, E_SANDBOX_START, .subject = s->name, .found = found);
}

/* Until the worker's end is closed: its task has begun, or could not. */
static enum err_code take_ready(struct sandbox *s, int fd, struct err *e) {
  struct sandbox_ready r, last = {.failed = EIO, .step = "start"};
  while (sandbox_read(fd, &r, sizeof r)) last = r;
  last.step[sizeof last.step - 1] = 0;
  if (last.failed) return not_ready(s, &last, e);
  s->result.landlock = last.landlock;
  s->result.seccomp = last.seccomp != 0;
  s->result.namespaces = last.namespaces != 0;
  if (!s->result.seccomp) s->result.missing = s->result.landlock ? "seccomp" : "Landlock, seccomp";
  return E_OK;
}

static enum err_code begin(struct sandbox *s, const struct sandbox_spec *spec, struct pipes *p, struct err *e) {
  setpgid(s->pid, s->pid); /* also done by the child: whoever comes first */
  s->channel = p->channel[0];
  s->report = p->ended[0];
  p->channel[0] = p->ended[0] = -1;
  close(p->ready[1]);
  p->ready[1] = -1;
  enum err_code code = take_ready(s, p->ready[0], e);
  if (!code && spec->key && !sandbox_write(s->channel, spec->key, SANDBOX_KEY_BYTES))
    code = ERR(e, E_SANDBOX_START, .subject = s->name, .found = "it took no key");
  if (code) sandbox_stop(s);
  return code;
}

static enum err_code start(const struct sandbox_spec *given, const struct sandbox_task *task, struct sandbox *s, struct err *e) {
  struct sandbox_spec spec = *given;
  struct pipes p;
  spec.limits = with_defaults(spec.limits);
  *s = (struct sandbox){.channel = -1, .report = -1, .limits = spec.limits, .scratch = spec.scratch, .name = spec.name, .started_ms = now_ms()};
  TRY(check_machine(&spec, &s->result, e));
  TRY(open_pipes(&p, task->fn != NULL, spec.name, e));
  pid_t parent = getpid();
  s->pid = fork();
  if (s->pid == 0) sandbox_child(&spec, task, parent, (struct sandbox_ends){p.channel[1], p.ready[1], p.ended[1]});
  int number = errno;
  enum err_code code = s->pid < 0 ? ERR(e, E_SANDBOX_START, .subject = spec.name, .found = strerrordesc_np(number)) : begin(s, &spec, &p, e);
  if (s->pid < 0) s->pid = 0;
  close_pipes(&p);
  return code;
}
enum err_code sandbox_start(const struct sandbox_spec *spec, sandbox_fn fn, void *context, struct sandbox *out, struct err *e) {
  const struct sandbox_task task = {.fn = fn, .context = context};
  return start(spec, &task, out, e);
}
enum err_code sandbox_start_program(
    const struct sandbox_spec *spec, const char *path, char *const *argv, char *const *environment, struct sandbox *out, struct err *e) {
  static char *const empty[] = {NULL};
  const struct sandbox_task task = {.path = path, .argv = argv, .environment = environment ? environment : empty};
  return start(spec, &task, out, e);
}

/* --- waiting --- */

/* Bytes on the disk (or in memory) below an open folder, which is closed; links are not followed. */
static uint64_t bytes_below(int folder, int depth) {
  uint64_t total = 0;
  DIR *d = depth < DEPTH_MAX ? fdopendir(folder) : NULL;
  if (!d) {
    close(folder);
    return depth < DEPTH_MAX ? 0 : UINT64_MAX / 2; /* deeper than any honest work */
  }
  for (struct dirent *entry; (entry = readdir(d)) && total < UINT64_MAX / 2;) {
    struct stat st;
    if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..") || fstatat(dirfd(d), entry->d_name, &st, AT_SYMLINK_NOFOLLOW)) continue;
    total += (uint64_t)st.st_blocks * 512;
    int below = S_ISDIR(st.st_mode) ? openat(dirfd(d), entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
    if (below >= 0) total += bytes_below(below, depth + 1);
  }
  closedir(d);
  return total;
}
static bool scratch_is_full(const struct sandbox *s) {
  int fd = s->scratch ? open(s->scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
  return fd >= 0 && bytes_below(fd, 0) > s->limits.scratch_bytes;
}

static void kill_all(const struct sandbox *s) {
  kill(-s->pid, SIGKILL);
  kill(s->pid, SIGKILL);
}
/* -1 = nothing to stop it for. */
static int reason_to_stop(const struct sandbox *s, const struct job *job) {
  if (job && job_cancelled(job)) return SANDBOX_CANCELLED;
  if (now_ms() - s->started_ms > (int64_t)s->limits.wall_seconds * 1000) return SANDBOX_TIME;
  return scratch_is_full(s) ? SANDBOX_SCRATCH : -1;
}
static int watch(struct sandbox *s, const struct job *job) {
  for (;;) {
    struct pollfd p = {.fd = s->report, .events = POLLIN};
    int ready = poll(&p, 1, PAUSE_MS);
    if (ready > 0) return scratch_is_full(s) ? SANDBOX_SCRATCH : -1;
    if (s->idle) s->idle(s->idle_context);
    int reason = reason_to_stop(s, job);
    if (reason < 0) continue;
    kill_all(s);
    return reason;
  }
}

static enum sandbox_end end_of(const struct sandbox *s, int status) {
  if (WIFEXITED(status)) return SANDBOX_EXITED;
  bool out_of_cpu = s->result.cpu_ms >= (int64_t)s->limits.cpu_seconds * 1000;
  switch (WTERMSIG(status)) {
  case SIGXCPU: return SANDBOX_CPU;
  case SIGXFSZ: return SANDBOX_FILE_SIZE;
  case SIGSYS: return SANDBOX_FORBIDDEN;
  case SIGKILL: return out_of_cpu ? SANDBOX_CPU : SANDBOX_SIGNALLED;
  default: return SANDBOX_SIGNALLED;
  }
}
static void describe(const struct sandbox *s, struct sandbox_result *r) {
  const struct sandbox_limits *l = &s->limits;
  switch (r->end) {
  case SANDBOX_EXITED: snprintf(r->text, sizeof r->text, "exit status %d", r->status); break;
  case SANDBOX_SIGNALLED: snprintf(r->text, sizeof r->text, "signal %d", r->status); break;
  case SANDBOX_TIME: snprintf(r->text, sizeof r->text, "more than %u seconds", l->wall_seconds); break;
  case SANDBOX_CPU: snprintf(r->text, sizeof r->text, "more than %u seconds of computing", l->cpu_seconds); break;
  case SANDBOX_FILE_SIZE: snprintf(r->text, sizeof r->text, "a file of more than %llu bytes", (unsigned long long)l->file_bytes); break;
  case SANDBOX_SCRATCH: snprintf(r->text, sizeof r->text, "more than %llu bytes of files", (unsigned long long)l->scratch_bytes); break;
  case SANDBOX_FORBIDDEN: snprintf(r->text, sizeof r->text, "signal %d: a forbidden system call", r->status); break;
  case SANDBOX_CANCELLED: snprintf(r->text, sizeof r->text, "stopped by the user"); break;
  }
}

static void reap(struct sandbox *s) {
  while (waitpid(s->pid, NULL, 0) < 0 && errno == EINTR) {}
  s->pid = 0;
}
void sandbox_wait(struct sandbox *s, const struct job *job, struct sandbox_result *out) {
  struct sandbox_ended ended = {.status = SIGKILL}; /* what is told of a worker whose keeper is gone */
  if (s->channel >= 0) close(s->channel);
  s->channel = -1;
  int reason = watch(s, job);
  (void)!sandbox_read(s->report, &ended, sizeof ended);
  kill_all(s); /* whoever is left in its group */
  reap(s);
  close(s->report);
  s->report = -1;
  struct sandbox_result *r = &s->result;
  r->cpu_ms = ended.cpu_ms;
  r->peak_kib = ended.peak_kib;
  r->wall_ms = now_ms() - s->started_ms;
  r->end = reason >= 0 ? (enum sandbox_end)reason : end_of(s, ended.status);
  r->status = WIFEXITED(ended.status) ? WEXITSTATUS(ended.status) : WTERMSIG(ended.status);
  describe(s, r);
  *out = *r;
}
void sandbox_stop(struct sandbox *s) {
  if (s->pid > 0) {
    kill_all(s);
    reap(s);
  }
  if (s->channel >= 0) close(s->channel);
  if (s->report >= 0) close(s->report);
  s->channel = s->report = -1;
}

enum err_code sandbox_judge(const char *name, const struct sandbox_result *r, struct err *e) {
  return r->end == SANDBOX_EXITED && r->status == 0 ? E_OK : ERR(e, E_SANDBOX_KILLED, .subject = name, .found = r->text);
}
enum err_code sandbox_run(const struct sandbox_spec *spec, sandbox_fn fn, void *context, struct sandbox_result *out, struct err *e) {
  struct sandbox s;
  struct sandbox_result result;
  TRY(sandbox_start(spec, fn, context, &s, e));
  sandbox_wait(&s, NULL, &result);
  if (out) *out = result;
  return sandbox_judge(spec->name, &result, e);
}
