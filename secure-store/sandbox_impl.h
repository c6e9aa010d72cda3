/* sandbox_impl.h -- what sandbox.c (parent), sandbox_worker.c (children) and sandbox_landlock.c share. */
#ifndef SHIRABE_SECURE_STORE_SANDBOX_IMPL_H
#define SHIRABE_SECURE_STORE_SANDBOX_IMPL_H
#include "secure-store/sandbox.h"

/* Two pipes tell the parent. `ready` is held by the worker until its task begins: a record, then perhaps a second one when a program cannot be
 * executed, then its end. `ended` is held by the process that waits for the worker, never by the worker: one record. So a worker cannot forge how it
 * ended. */
struct sandbox_ready {
  int32_t failed; /* errno, 0 = ready */
  int32_t landlock, seccomp, namespaces;
  char step[24]; /* of the failure: "landlock", "seccomp", "limits", "fork", "exec" ... */
};
struct sandbox_ended {
  int32_t status; /* as of wait(2) */
  int64_t cpu_ms, peak_kib;
};
struct sandbox_task { /* a function or a program */
  sandbox_fn fn;
  void *context;
  const char *path;
  char *const *argv, *const *environment;
};
struct sandbox_ends { /* the children's ends; channel -1 = none */
  int channel, ready, ended;
};
/* In the child of the parent: never returns. */
_Noreturn void sandbox_child(const struct sandbox_spec *spec, const struct sandbox_task *task, pid_t parent, struct sandbox_ends ends);

/* --- sandbox_landlock.c --- */
/* Reads `read`, runs `execute`, writes `scratch`; everything else of the file system is closed to this process for good. 0 or an errno. */
int sandbox_landlock_enter(const struct sandbox_spec *spec, int *version);
#endif
