/* sandbox_worker.c -- the children of sandbox_start: a keeper, inside a new namespace a first process that waits, and the worker. Each step that
 * fails is told by its name; nothing of the task runs before all of them stand. */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/ext_seccomp.h"
#include "secure-store/sandbox_impl.h"

enum { HIGH = 64, CHANNEL_FD = 3, READY_FD = 4, ENDED_FD = 5, FIRST_FREE = 6 };

struct child {
  const struct sandbox_spec *spec;
  const struct sandbox_task *task;
  struct sandbox_ready ready;
  uint64_t own_memory; /* address space at the fork */
};

static _Noreturn void fail(struct child *c, const char *step, int number) {
  c->ready.failed = number ? number : EIO;
  snprintf(c->ready.step, sizeof c->ready.step, "%s", step);
  sandbox_write(READY_FD, &c->ready, sizeof c->ready);
  _exit(127);
}

/* --- first steps: no file is closed to us yet --- */

static uint64_t address_space(void) {
  unsigned long pages = 0;
  FILE *f = fopen("/proc/self/statm", "re");
  if (f && fscanf(f, "%lu", &pages) != 1) pages = 0;
  if (f) fclose(f);
  return (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void default_signals(void) {
  sigset_t none;
  for (int i = 1; i < 32; i++) signal(i, SIG_DFL);
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Moved out of the way first, so that no number is overwritten before it was read. false: no descriptors left. */
static bool descriptors(const struct sandbox_spec *spec, bool program, struct sandbox_ends ends) {
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  int from[6] = {program ? spec->in : -1, program ? spec->out : -1, program ? spec->error : -1, ends.channel, ends.ready, ends.ended};
  bool ok = null >= 0;
  for (int i = 0; i < 6; i++) {
    if (i < 3 && from[i] < 0) from[i] = null;
    if (from[i] >= 0) from[i] = fcntl(from[i], F_DUPFD_CLOEXEC, HIGH);
    ok = ok && (from[i] >= 0 || i == 3);
  }
  for (int i = 0; ok && i < 6; i++) {
    if (from[i] < 0) close(i);
    else ok = dup3(from[i], i, i < 3 ? 0 : O_CLOEXEC) == i;
  }
  return ok && close_range(FIRST_FREE, ~0u, 0) == 0;
}

/* One of these may be forbidden on a machine; all or none. */
static bool namespaces(void) { return unshare(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS) == 0; }

static void end_with_parent(struct child *c, pid_t parent) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)) fail(c, "parent", errno);
  if (parent && getppid() != parent) _exit(127);
}

/* --- limits --- */

static int limit(int what, uint64_t soft, uint64_t hard) {
  const struct rlimit r = {(rlim_t)soft, (rlim_t)hard};
  return setrlimit((__rlimit_resource_t)what, &r) ? errno : 0;
}
static int limit_memory(const struct child *c) {
  uint64_t memory = c->spec->limits.memory_bytes + (c->task->fn ? c->own_memory : 0);
  return limit(RLIMIT_AS, memory, memory);
}
static int limits(const struct child *c, const struct sandbox_limits *l) {
  int rc = limit(RLIMIT_CORE, 0, 0);
  if (!rc && c->task->fn) rc = limit_memory(c);
  if (!rc) rc = limit(RLIMIT_CPU, l->cpu_seconds, l->cpu_seconds + 1);
  if (!rc) rc = limit(RLIMIT_FSIZE, l->file_bytes, l->file_bytes);
  if (!rc) rc = limit(RLIMIT_NOFILE, l->files, l->files);
  if (!rc && (c->ready.namespaces || c->spec->may_fork)) rc = limit(RLIMIT_NPROC, l->processes, l->processes);
  return rc;
}

/* --- the worker --- */

/* Also what a user who is root, or the namespace, would lend it. */
static int drop_capabilities(void) {
  struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0, 0, 0}, {0, 0, 0}};
  return syscall(SYS_capset, &head, none) ? errno : 0;
}

static void enter_filter(struct child *c) {
  const struct seccomp_spec s = {.kind = c->task->fn ? SECCOMP_FUNCTION : SECCOMP_PROGRAM, .processes = c->spec->may_fork,
                                 .own_processes = c->ready.namespaces};
  int rc = seccomp_enter(&s);
  if (rc && !c->spec->optional) fail(c, "seccomp", rc);
  c->ready.seccomp = rc == 0;
}

static _Noreturn void worker(struct child *c) {
  close(ENDED_FD);
  int rc = limits(c, &c->spec->limits);
  if (rc) fail(c, "limits", rc);
  rc = drop_capabilities();
  if (rc) fail(c, "capabilities", rc);
  if (chdir(c->spec->scratch ? c->spec->scratch : "/")) fail(c, "scratch", errno);
  enter_filter(c);
  if (!sandbox_write(READY_FD, &c->ready, sizeof c->ready)) _exit(127);
  if (c->task->fn) {
    close(READY_FD);
    _exit(c->task->fn(c->task->context, CHANNEL_FD) & 0xff);
  }
  rc = limit_memory(c); /* now: building the filter takes memory that a small program need not be given */
  if (rc) fail(c, "memory", rc);
  execve(c->task->path, c->task->argv, c->task->environment);
  fail(c, "exec", errno);
}

/* --- the one who waits --- */

static int64_t ms_of(const struct timeval *t) { return (int64_t)t->tv_sec * 1000 + t->tv_usec / 1000; }

static _Noreturn void wait_for(pid_t pid, int ended) {
  struct rusage use;
  int status = 0;
  const struct seccomp_spec s = {.kind = SECCOMP_WAITER};
  (void)seccomp_enter(&s); /* it does nothing but wait; where filters are missing the worker has said so already */
  for (;;) {
    memset(&use, 0, sizeof use);
    pid_t done = (pid_t)syscall(SYS_wait4, -1, &status, 0, &use);
    if (done == pid) break;
    if (done < 0 && errno != EINTR) _exit(126);
  }
  const struct sandbox_ended record = {.status = status, .cpu_ms = ms_of(&use.ru_utime) + ms_of(&use.ru_stime), .peak_kib = use.ru_maxrss};
  if (ended >= 0) sandbox_write(ended, &record, sizeof record);
  _exit(0); /* the first process of a namespace takes the others with it */
}

static _Noreturn void keeper(struct child *c) {
  int rc = sandbox_landlock_enter(c->spec, &c->ready.landlock);
  if (rc && !(c->spec->optional && rc == ENOSYS)) fail(c, "landlock", rc);
  pid_t pid = fork();
  if (pid < 0) fail(c, "fork", errno);
  if (pid == 0) {
    end_with_parent(c, 0);
    worker(c);
  }
  close(READY_FD);
  close(CHANNEL_FD);
  wait_for(pid, ENDED_FD);
}

_Noreturn void sandbox_child(const struct sandbox_spec *spec, const struct sandbox_task *task, pid_t parent, struct sandbox_ends ends) {
  struct child c = {.spec = spec, .task = task, .own_memory = address_space()};
  default_signals();
  setpgid(0, 0);
  if (!descriptors(spec, !task->fn, ends)) _exit(127);
  end_with_parent(&c, parent);
  c.ready.namespaces = namespaces();
  if (!c.ready.namespaces) keeper(&c);
  pid_t first = fork();
  if (first < 0) fail(&c, "fork", errno);
  if (first == 0) {
    end_with_parent(&c, 0);
    keeper(&c);
  }
  close(READY_FD);
  close(CHANNEL_FD);
  close(ENDED_FD);
  wait_for(first, -1);
}
