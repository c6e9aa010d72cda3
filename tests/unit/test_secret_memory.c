/* test_secret_memory.c -- pages for keys: locked or told, guarded on both sides, out of dumps, empty in a child; and what the machine is warned of
 * (row 24). */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/atomic_file.h"
#include "base/secret_memory.h"
#include "secure-store/host_check.h"

#if defined(__SANITIZE_ADDRESS__)
#define UNDER_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNDER_ASAN 1
#endif
#endif
#ifndef UNDER_ASAN
#define UNDER_ASAN 0
#endif

/* "VmFlags:" of the mapping that holds p. */
static bool flags_of(const void *p, char out[512]) {
  char line[512];
  bool inside = false, found = false;
  FILE *f = fopen("/proc/self/smaps", "r");
  while (f && !found && fgets(line, sizeof line, f)) {
    unsigned long from, to;
    if (sscanf(line, "%lx-%lx ", &from, &to) == 2 && strchr(line, '-') < strchr(line, ' ')) inside = (uintptr_t)p >= from && (uintptr_t)p < to;
    found = inside && strncmp(line, "VmFlags:", 8) == 0;
  }
  if (f) fclose(f);
  if (found) memcpy(out, line, sizeof line);
  return found;
}
static void pages_are_locked_and_left_out_of_dumps(void **state) {
  (void)state;
  char flags[512];
  bool locked;
  uint8_t *p = secret_new(100, &locked);
  assert_non_null(p);
  assert_int_equal((uintptr_t)p % 16, 0);
  if (!flags_of(p, flags)) skip();
  assert_non_null(strstr(flags, " dd")); /* do not dump */
  assert_non_null(strstr(flags, " wf")); /* wiped on fork */
  if (!UNDER_ASAN && locked) assert_non_null(strstr(flags, " lo"));
  secret_free(p);
}
static void every_size_can_be_used_to_its_end(void **state) {
  (void)state;
  static const size_t sizes[] = {0, 1, 15, 16, 17, 4079, 4080, 4095, 4096, 4097, 8191, 8192, 70000};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    bool locked;
    uint8_t *p = secret_new(sizes[i], &locked);
    assert_non_null(p);
    for (size_t k = 0; k < sizes[i]; k++) assert_int_equal(p[k], 0);
    memset(p, 0xff, sizes[i]);
    secret_free(p);
  }
  secret_free(NULL);
  bool locked;
  assert_null(secret_new(SIZE_MAX, &locked));
}
static int ended_by(void (*act)(uint8_t *p)) {
  bool locked;
  uint8_t *p = secret_new(64, &locked);
  int status = 0;
  fflush(NULL);
  pid_t child = fork();
  if (child == 0) {
    signal(SIGSEGV, SIG_DFL);
    signal(SIGBUS, SIG_DFL);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    act(p);
    _exit(0);
  }
  waitpid(child, &status, 0);
  secret_free(p);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}
static void write_behind(uint8_t *p) { ((volatile uint8_t *)p)[64] = 1; }
static void read_behind(uint8_t *p) { (void)((volatile uint8_t *)p)[64]; }
static void write_before(uint8_t *p) { ((volatile uint8_t *)p)[-4096] = 1; }
static void write_inside(uint8_t *p) { ((volatile uint8_t *)p)[63] = 1; }
static void a_step_beyond_ends_the_process(void **state) {
  (void)state;
  if (UNDER_ASAN) skip(); /* it answers the signal itself */
  assert_int_equal(ended_by(write_behind), SIGSEGV);
  assert_int_equal(ended_by(read_behind), SIGSEGV);
  assert_int_equal(ended_by(write_before), SIGSEGV);
  assert_int_equal(ended_by(write_inside), 0);
}
static void a_child_sees_nothing_and_may_free(void **state) {
  (void)state;
  bool locked;
  uint8_t *p = secret_new(64, &locked);
  int status = 0;
  memset(p, 0x5a, 64);
  fflush(NULL);
  pid_t child = fork();
  if (child == 0) {
    int seen = 0;
    for (int i = 0; i < 64; i++) seen |= p[i];
    secret_free(p);
    _exit(seen ? 1 : 0);
  }
  waitpid(child, &status, 0);
  assert_true(WIFEXITED(status));
  assert_int_equal(WEXITSTATUS(status), 0);
  assert_int_equal(p[63], 0x5a);
  secret_free(p);
}
static void row24_a_refused_lock_is_told(void **state) {
  (void)state;
  if (UNDER_ASAN) skip();
  int status = 0;
  fflush(NULL);
  pid_t child = fork();
  if (child == 0) {
    bool locked = true;
    if (geteuid() == 0 && (setgid(65534) || setuid(65534))) _exit(77);
    setrlimit(RLIMIT_MEMLOCK, &(struct rlimit){0, 0});
    void *p = secret_new(100, &locked);
    _exit(p && !locked ? 0 : 1);
  }
  waitpid(child, &status, 0);
  assert_true(WIFEXITED(status));
  if (WEXITSTATUS(status) == 77) skip();
  assert_int_equal(WEXITSTATUS(status), 0);
}
static void row24_a_process_with_keys_dumps_no_core(void **state) {
  (void)state;
  if (UNDER_ASAN) skip();
  int status = 0;
  fflush(NULL);
  pid_t child = fork();
  if (child == 0) {
    struct rlimit r;
    secret_process();
    getrlimit(RLIMIT_CORE, &r);
    _exit(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 && r.rlim_max == 0 ? 0 : 1);
  }
  waitpid(child, &status, 0);
  assert_true(WIFEXITED(status));
  assert_int_equal(WEXITSTATUS(status), 0);
}

/* --- the machine --- */
struct told {
  int n;
  enum err_code codes[8];
  char subjects[8][64];
};
static void tell(void *context, const struct err *e) {
  struct told *t = context;
  t->codes[t->n] = e->code;
  snprintf(t->subjects[t->n++], sizeof t->subjects[0], "%.63s", e->subject);
}
static void row24_swap_and_core_services_are_warned_of(void **state) {
  (void)state;
  static const struct {
    const char *swaps, *core;
    int n;
    enum err_code first;
    const char *subject;
  } cases[] = {
      {"Filename Type Size Used Priority\n", "core\n", 0, E_OK, ""},
      {"Filename Type Size Used Priority\n/dev/sda2 partition 8 0 -2\n", "core\n", 1, E_HOST_SWAP, "/dev/sda2"},
      {"Filename Type Size Used Priority\n/swapfile file 8 0 -2\n/dev/zram0 partition 8 0 5\n", "core\n", 1, E_HOST_SWAP, "/swapfile"},
      {"Filename Type Size Used Priority\n/dev/dm-1 partition 8 0 -2\n", "core\n", 0, E_OK, ""},
      {"Filename Type Size Used Priority\n", "|/usr/lib/systemd/systemd-coredump %P %u\n", 1, E_HOST_CORE, "/usr/lib/systemd/systemd-coredump"},
      {"Filename Type Size Used Priority\n/dev/sda2 partition 8 0 -2\n", "|/usr/share/apport/apport %p\n", 2, E_HOST_SWAP, "/dev/sda2"},
      {NULL, NULL, 0, E_OK, ""},
  };
  char base[] = "/tmp/shirabe-proc-XXXXXX", path[3][64];
  struct err e;
  assert_non_null(mkdtemp(base));
  snprintf(path[0], sizeof path[0], "%s/swaps", base);
  snprintf(path[1], sizeof path[1], "%s/sys/kernel", base);
  snprintf(path[2], sizeof path[2], "%s/sys/kernel/core_pattern", base);
  assert_int_equal(make_directories(path[1], 0700, &e), E_OK);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct told told = {.n = 0};
    const struct job job = {.problem = tell, .problem_context = &told};
    unlink(path[0]);
    unlink(path[2]);
    if (cases[i].swaps) assert_int_equal(atomic_write(path[0], cases[i].swaps, strlen(cases[i].swaps), 0, 0600, &e), E_OK);
    if (cases[i].core) assert_int_equal(atomic_write(path[2], cases[i].core, strlen(cases[i].core), 0, 0600, &e), E_OK);
    assert_int_equal(host_check(&job, base), cases[i].n);
    assert_int_equal(told.n, cases[i].n);
    if (told.n) assert_int_equal(told.codes[0], cases[i].first);
    if (told.n) assert_string_equal(told.subjects[0], cases[i].subject);
  }
  unlink(path[0]);
  unlink(path[2]);
  rmdir(path[1]);
  path[1][strlen(path[1]) - 7] = 0;
  rmdir(path[1]);
  assert_int_equal(rmdir(base), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(pages_are_locked_and_left_out_of_dumps),
      cmocka_unit_test(every_size_can_be_used_to_its_end),
      cmocka_unit_test(a_step_beyond_ends_the_process),
      cmocka_unit_test(a_child_sees_nothing_and_may_free),
      cmocka_unit_test(row24_a_refused_lock_is_told),
      cmocka_unit_test(row24_a_process_with_keys_dumps_no_core),
      cmocka_unit_test(row24_swap_and_core_services_are_warned_of),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
