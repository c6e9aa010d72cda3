/* ext_seccomp.c -- see ext_seccomp.h: the lists, and nothing else. */
#include "base/ext_seccomp.h"

#include <errno.h>
#include <linux/sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <termios.h>
#include <unistd.h>

#include "base/checked_build.h"

#define CALL(name) SCMP_SYS(name)
#define N(list) (sizeof(list) / sizeof *(list))

static const int for_waiters[] = {CALL(wait4), CALL(waitid), CALL(write), CALL(exit), CALL(exit_group), CALL(rt_sigreturn), CALL(restart_syscall),
#if ADDRESS_CHECKED /* the checker of a test build gives memory back and asks for its stack before a process ends */
    CALL(sigaltstack), CALL(mmap), CALL(munmap), CALL(mprotect), CALL(madvise), CALL(getpid), CALL(gettid), CALL(sched_yield), CALL(futex),
    CALL(clock_gettime), CALL(getrlimit), CALL(prlimit64), CALL(rt_sigprocmask), CALL(rt_sigaction), CALL(prctl),
#endif
};
static const int for_all[] = {
    CALL(read), CALL(readv), CALL(pread64), CALL(preadv), CALL(preadv2), CALL(write), CALL(writev), CALL(pwrite64), CALL(pwritev), CALL(pwritev2),
    CALL(close), CALL(close_range), CALL(lseek), CALL(fstat), CALL(stat), CALL(lstat), CALL(newfstatat), CALL(statx), CALL(fstatfs), CALL(statfs),
    CALL(open), CALL(openat), CALL(access), CALL(faccessat), CALL(faccessat2), CALL(readlink), CALL(readlinkat), CALL(getcwd), CALL(getdents64),
    CALL(chdir), CALL(fchdir), CALL(mkdir), CALL(mkdirat), CALL(rmdir), CALL(unlink), CALL(unlinkat), CALL(rename), CALL(renameat), CALL(renameat2),
    CALL(ftruncate), CALL(fallocate), CALL(fsync), CALL(fdatasync), CALL(sync_file_range), CALL(copy_file_range), CALL(sendfile), CALL(fadvise64),
    CALL(fcntl), CALL(flock), CALL(dup), CALL(dup2), CALL(dup3), CALL(pipe), CALL(pipe2), CALL(poll), CALL(ppoll), CALL(select), CALL(pselect6),
    CALL(eventfd2), CALL(epoll_create1), CALL(epoll_ctl), CALL(epoll_wait), CALL(epoll_pwait), CALL(umask),
    CALL(munmap), CALL(mremap), CALL(madvise), CALL(brk), CALL(msync), CALL(mincore), CALL(mlock), CALL(munlock), CALL(membarrier),
    CALL(rt_sigaction), CALL(rt_sigprocmask), CALL(rt_sigreturn), CALL(rt_sigpending), CALL(rt_sigsuspend), CALL(rt_sigtimedwait), CALL(sigaltstack),
    CALL(futex), CALL(set_robust_list), CALL(rseq), CALL(set_tid_address), CALL(sched_yield), CALL(sched_getaffinity), CALL(sched_getparam),
    CALL(sched_getscheduler), CALL(getcpu), CALL(nanosleep), CALL(clock_nanosleep), CALL(clock_gettime), CALL(clock_getres), CALL(gettimeofday),
    CALL(time), CALL(times), CALL(getrusage), CALL(getrlimit), CALL(getpriority), CALL(setitimer), CALL(getitimer), CALL(alarm), CALL(timer_create),
    CALL(timer_settime), CALL(timer_delete), CALL(getrandom), CALL(uname), CALL(sysinfo), CALL(getpid), CALL(getppid), CALL(gettid), CALL(getpgrp),
    CALL(getpgid), CALL(getsid), CALL(getuid), CALL(geteuid), CALL(getgid), CALL(getegid), CALL(getgroups), CALL(getresuid), CALL(getresgid),
    CALL(arch_prctl), CALL(restart_syscall), CALL(pause), CALL(exit), CALL(exit_group),
};
static const int for_programs[] = {CALL(execve), CALL(execveat), CALL(wait4), CALL(waitid)};
static const int for_brokers[] = {
    CALL(recvfrom), CALL(recvmsg), CALL(sendto), CALL(sendmsg), CALL(getsockopt), CALL(wait4), CALL(waitid), CALL(pidfd_open)};
static const int ends_process[] = {
    CALL(ptrace),
    CALL(process_vm_readv),
    CALL(process_vm_writev),
    CALL(pidfd_getfd),
    CALL(kexec_load),
    CALL(kexec_file_load),
    CALL(bpf),
    CALL(init_module),
    CALL(finit_module),
    CALL(delete_module),
    CALL(mount),
    CALL(umount2),
    CALL(pivot_root),
    CALL(move_mount),
    CALL(open_tree),
    CALL(fsopen),
    CALL(fsmount),
    CALL(mount_setattr),
    CALL(setns),
    CALL(userfaultfd),
    CALL(open_by_handle_at),
    CALL(swapon),
    CALL(swapoff),
    CALL(reboot),
    CALL(iopl),
    CALL(ioperm),
};

/* --- calls whose arguments decide --- */
static int allow_masked(scmp_filter_ctx f, int call, unsigned argument, scmp_datum_t mask, scmp_datum_t value) {
  const struct scmp_arg_cmp a = {.arg = argument, .op = SCMP_CMP_MASKED_EQ, .datum_a = mask, .datum_b = value};
  return seccomp_rule_add_array(f, SCMP_ACT_ALLOW, call, 1, &a);
}
static int allow_equal(scmp_filter_ctx f, int call, unsigned argument, scmp_datum_t value) {
  return allow_masked(f, call, argument, UINT64_MAX, value);
}

/* Signals to itself only: abort and raise need them. */
static int signals(scmp_filter_ctx f, const struct seccomp_spec *s) {
  static const int calls[] = {CALL(kill), CALL(tgkill), CALL(rt_sigqueueinfo), CALL(rt_tgsigqueueinfo)};
  int rc = 0;
  for (size_t i = 0; !rc && i < N(calls); i++)
    rc = s->own_processes ? seccomp_rule_add(f, SCMP_ACT_ALLOW, calls[i], 0) : allow_masked(f, calls[i], 0, 0xffffffffu, (scmp_datum_t)getpid());
  return rc;
}

/* A new thread shares everything and stays under the same limits; new namespaces are never asked for. */
static int clones(scmp_filter_ctx f, const struct seccomp_spec *s) {
  const scmp_datum_t namespaces = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;
  int rc = seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), CALL(clone3), 0);
  if (rc || s->kind != SECCOMP_PROGRAM) return rc;
  if (!s->processes) return allow_masked(f, CALL(clone), 0, CLONE_THREAD | namespaces, CLONE_THREAD);
  rc = allow_masked(f, CALL(clone), 0, namespaces, 0);
  if (!rc) rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, CALL(fork), 0);
  return rc ? rc : seccomp_rule_add(f, SCMP_ACT_ALLOW, CALL(vfork), 0);
}

static int memory(scmp_filter_ctx f, const struct seccomp_spec *s) {
  static const int calls[] = {CALL(mmap), CALL(mprotect)};
  int rc = 0;
  for (size_t i = 0; !rc && i < N(calls); i++)
    rc = s->kind == SECCOMP_PROGRAM ? seccomp_rule_add(f, SCMP_ACT_ALLOW, calls[i], 0)
                                    : allow_masked(f, calls[i], 2, PROT_EXEC, 0);
  return rc;
}

/* Asking for limits, never setting them; a program's memory is limited by its starter after the filter stands, which needs memory itself. Nobody can
 * raise it: the worker has no capabilities. */
static int asking_limits(scmp_filter_ctx f, const struct seccomp_spec *s) {
  const struct scmp_arg_cmp own_memory[] = {{.arg = 0, .op = SCMP_CMP_EQ, .datum_a = 0, .datum_b = 0},
                                            {.arg = 1, .op = SCMP_CMP_EQ, .datum_a = RLIMIT_AS, .datum_b = 0}};
  int rc = allow_equal(f, CALL(prlimit64), 2, 0);
  return rc || s->kind != SECCOMP_PROGRAM ? rc : seccomp_rule_add_array(f, SCMP_ACT_ALLOW, CALL(prlimit64), 2, own_memory);
}

static int chosen_arguments(scmp_filter_ctx f) {
  static const unsigned questions[] = {TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIOCLEX};
  static const int names[] = {PR_SET_NAME, PR_GET_NAME, PR_GET_DUMPABLE, PR_GET_NO_NEW_PRIVS, PR_GET_SECCOMP, PR_CAPBSET_READ};
  int rc = 0;
  for (size_t i = 0; !rc && i < N(questions); i++) rc = allow_masked(f, CALL(ioctl), 1, 0xffffffffu, questions[i]);
  for (size_t i = 0; !rc && i < N(names); i++) rc = allow_masked(f, CALL(prctl), 0, 0xffffffffu, (scmp_datum_t)names[i]);
  return rc;
}

/* A name this machine type does not have gives a negative pseudo number: there is nothing to allow or to forbid. */
static int add_all(scmp_filter_ctx f, uint32_t action, const int *calls, size_t n) {
  int rc = 0;
  for (size_t i = 0; !rc && i < n; i++)
    if (calls[i] >= 0) rc = seccomp_rule_add(f, action, calls[i], 0);
  return rc;
}

static int fill(scmp_filter_ctx f, const struct seccomp_spec *s) {
  int rc = seccomp_attr_set(f, SCMP_FLTATR_CTL_OPTIMIZE, 2);
  if (!rc) rc = seccomp_attr_set(f, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
  if (s->kind == SECCOMP_WAITER) return rc ? rc : add_all(f, SCMP_ACT_ALLOW, for_waiters, N(for_waiters));
  if (!rc) rc = add_all(f, SCMP_ACT_KILL_PROCESS, ends_process, N(ends_process));
  if (!rc) rc = add_all(f, SCMP_ACT_ALLOW, for_all, N(for_all));
  if (!rc && s->kind == SECCOMP_PROGRAM) rc = add_all(f, SCMP_ACT_ALLOW, for_programs, N(for_programs));
  if (!rc && s->kind == SECCOMP_BROKER) rc = add_all(f, SCMP_ACT_ALLOW, for_brokers, N(for_brokers));
  if (!rc) rc = signals(f, s);
  if (!rc) rc = clones(f, s);
  if (!rc) rc = memory(f, s);
  if (!rc) rc = asking_limits(f, s);
  return rc ? rc : chosen_arguments(f);
}

bool seccomp_present(void) { return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0; }

int seccomp_enter(const struct seccomp_spec *spec) {
  scmp_filter_ctx f = seccomp_init(SCMP_ACT_ERRNO(EPERM));
  if (!f) return ENOMEM;
  int rc = fill(f, spec);
  if (!rc) rc = seccomp_load(f); /* sets no_new_privs first */
  seccomp_release(f);
  return -rc;
}
