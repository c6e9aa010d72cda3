/* ext_seccomp.h -- which system calls a worker may make, by libseccomp; the only includer of <seccomp.h>.
 * Rule     what is not listed fails with EPERM (clone3 with ENOSYS, so that the C library falls back to clone, whose flags can be read). What no
 *          honest program does ends the process: ptrace, process_vm_*, kexec, bpf, kernel modules, mounts, setns, userfaultfd, open_by_handle_at,
 *          pidfd_getfd, swap, reboot, raw ports. Other machine types than the native one end it too.
 * Function read, write, memory without new code, clocks, files by path (Landlock says which), signals to itself. No exec, fork or thread.
 * Program  also execve, threads, mapped code; fork only when `processes` says so.
 * Never    sockets, truncate by path, chmod, chown, xattr, utime (Landlock does not restrict these three), io_uring, keyctl, unshare,
 *          perf_event_open, setsid, changing limits, memory files, terminal input (TIOCSTI).
 * Cost     about 1 ms to build and load.
 * Source   seccomp(2), seccomp_rule_add(3); "mechanisms, not policies": the list is ours and stands in ext_seccomp.c. */
#ifndef SHIRABE_BASE_EXT_SECCOMP_H
#define SHIRABE_BASE_EXT_SECCOMP_H
#include <stdbool.h>

/* BROKER: a function that also talks over sockets it has already, and waits for its child. WAITER: waits for one child, writes, exits. */
enum seccomp_kind { SECCOMP_FUNCTION, SECCOMP_BROKER, SECCOMP_PROGRAM, SECCOMP_WAITER };
struct seccomp_spec {
  enum seccomp_kind kind;
  bool processes;     /* programs: fork allowed */
  bool own_processes; /* no other process can be seen (PID namespace): signals need no check */
};
bool seccomp_present(void); /* the kernel has filters */
/* For this process, for good. 0 or an errno; on error nothing is restricted and the caller must not go on. */
int seccomp_enter(const struct seccomp_spec *spec);
#endif
