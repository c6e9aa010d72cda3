/* sandbox.h -- a worker process that holds one task and nothing else: a C function in a forked child, or a program.
 * Apart    no_new_privs; Landlock (reads what is named, writes one folder), the highest version the kernel has; a seccomp filter
 *          (base/ext_seccomp.h); own user, PID, network, IPC and UTS namespaces where they are permitted; limits of memory, time, file size, files,
 *          processes; no core file; every other descriptor closed; empty environment; own process group; ends when the parent ends.
 * Missing  Landlock or seccomp is missing: E_SANDBOX_MISSING, and nothing runs. A spec with `optional` (demonstration stores, which can release
 *          nothing) goes on and tells the part in `result.missing`. Namespaces are extra: without them signals to others are refused by seccomp and
 *          Landlock.
 * Keys     one key of 32 bytes may be handed over: over the channel, never in an argument or an environment; sandbox_key reads it. Areas of
 *          secret_new are empty in a child. A forked function still sees what else the parent had in memory when it began: give it nothing it can
 *          write to but the channel.
 * Channel  a stream socket between parent and worker, for a function; a program gets only its three standard descriptors.
 * Errors   E_SANDBOX_MISSING, E_SANDBOX_START (with the step); how a worker ended is in the result and is no error of these functions.
 * Cost     about 3 ms for a worker: three forks, two filters.
 * Source   landlock(7), seccomp(2), user_namespaces(7), prctl(2). */
#ifndef SHIRABE_SECURE_STORE_SANDBOX_H
#define SHIRABE_SECURE_STORE_SANDBOX_H
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/job.h"
#include "base/str.h"

enum { SANDBOX_KEY_BYTES = 32, SANDBOX_PATHS_MAX = 64 };

struct sandbox_limits { /* 0 = the default beside it */
  uint64_t memory_bytes;  /* 1 GiB; a function: beyond what it was forked with */
  uint64_t file_bytes;    /* 256 MiB, each file; more ends the worker */
  uint64_t scratch_bytes; /* 1 GiB in all, looked at four times a second */
  uint32_t cpu_seconds;   /* 3,600 */
  uint32_t wall_seconds;  /* 7,200 */
  uint32_t files;         /* 64 open at once */
  uint32_t processes;     /* 32 of them, threads too; counted by the kernel for other users than root */
};
struct sandbox_spec {
  const char *name;           /* for messages */
  const char *const *read;    /* files and folders that may be read, ends with NULL; may be NULL; what does not exist is left out */
  const char *const *execute; /* the same, for programs and their libraries: read and run */
  const char *scratch;        /* the folder that may be written; NULL = none */
  const uint8_t *key;         /* handed over to a function; NULL = none */
  int in, out, error;         /* descriptors of a program; -1 = /dev/null */
  bool may_fork;              /* a program may start others */
  bool optional;              /* goes on where a part is missing */
  struct sandbox_limits limits;
};

enum sandbox_end {
  SANDBOX_EXITED,
  SANDBOX_SIGNALLED,
  SANDBOX_TIME,
  SANDBOX_CPU,
  SANDBOX_FILE_SIZE,
  SANDBOX_SCRATCH,
  SANDBOX_FORBIDDEN,
  SANDBOX_CANCELLED
};
struct sandbox_result {
  enum sandbox_end end;
  int status;          /* exit status, or the signal */
  int landlock;        /* version in use, 0 = none */
  bool seccomp, namespaces;
  const char *missing; /* "" or what an optional sandbox went without */
  int64_t wall_ms, cpu_ms, peak_kib;
  char text[96];       /* "exit status 0", "more than 10 seconds", "signal 31: a forbidden system call" */
};
struct sandbox {
  pid_t pid; /* 0 = not running */
  int channel; /* parent's end; -1 for a program */
  int report;
  struct sandbox_limits limits;
  const char *scratch, *name;
  int64_t started_ms;
  struct sandbox_result result;
  void (*idle)(void *context); /* called now and then by sandbox_wait; may be set after the start */
  void *idle_context;
};

typedef int (*sandbox_fn)(void *context, int channel); /* in the worker; its value is the exit status, 0..255 */
enum err_code sandbox_start(const struct sandbox_spec *spec, sandbox_fn fn, void *context, struct sandbox *out, struct err *e) NODISCARD;
enum err_code sandbox_start_program(
    const struct sandbox_spec *spec, const char *path, char *const *argv, char *const *environment, struct sandbox *out, struct err *e) NODISCARD;
/* Waits; ends it when a limit is reached or the job is cancelled (job may be NULL). Closes the channel. */
void sandbox_wait(struct sandbox *s, const struct job *job, struct sandbox_result *out);
void sandbox_stop(struct sandbox *s); /* kills it and waits; harmless when it has ended */
/* Start and wait, for workers that only need their channel for a key. E_SANDBOX_KILLED when it did not end by itself with status 0. */
enum err_code sandbox_run(const struct sandbox_spec *spec, sandbox_fn fn, void *context, struct sandbox_result *out, struct err *e) NODISCARD;
/* What is wrong with a worker that did not end with status 0: E_SANDBOX_KILLED with its name and text. */
enum err_code sandbox_judge(const char *name, const struct sandbox_result *r, struct err *e) NODISCARD;

/* In the worker: takes the key from the channel; false when none was sent. The caller wipes it. */
bool sandbox_key(int channel, uint8_t key[SANDBOX_KEY_BYTES]);
/* All of n bytes, or false. */
bool sandbox_write(int fd, const void *p, size_t n);
bool sandbox_read(int fd, void *p, size_t n);
bool sandbox_read_all(int fd, struct strbuf *to); /* until the other end closes; false when `to` is full or on an error */

int sandbox_landlock_version(void); /* 0 = not there */
#endif
