/* bench_child.h -- what the benchmarks that start programs share: a child's wall time, processor time and peak memory. Included once by each
 * program. */
#ifndef SHIRABE_TESTS_BENCH_CHILD_H
#define SHIRABE_TESTS_BENCH_CHILD_H
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"

struct child_run {
  double seconds, cpu;
  long peak_kib;
  int status; /* -1 = not run yet */
};

static inline double bench_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static inline _Noreturn void bench_die(const char *what, const struct err *e) {
  char text[1024] = "";
  if (e) err_format(e, LANG_EN, text, sizeof text);
  fprintf(stderr, "benchmark: %s %s\n", what, text);
  exit(70);
}

static inline struct child_run child_run(char *const argv[]) {
  struct child_run r = {.status = -1};
  struct rusage u;
  double start = bench_now();
  pid_t child = fork();
  if (child == 0) {
    int quiet = open("/dev/null", O_WRONLY);
    dup2(quiet, 1);
    execvp(argv[0], argv);
    _exit(127);
  }
  int status = 0;
  if (child < 0 || wait4(child, &status, 0, &u) != child) bench_die(argv[0], NULL);
  r.seconds = bench_now() - start;
  r.cpu = (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e-6;
  r.peak_kib = u.ru_maxrss;
  r.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
  return r;
}

static inline void child_keep_faster(struct child_run *best, struct child_run r) {
  if (best->status < 0 || r.seconds < best->seconds) *best = r;
}

static inline void bench_remove_folder(const char *folder) {
  char *const argv[] = {"rm", "-rf", (char *)(uintptr_t)folder, NULL};
  (void)child_run(argv);
}

static inline void bench_write_file(const char *path, const char *text) {
  FILE *f = fopen(path, "w");
  if (!f || fputs(text, f) < 0 || fclose(f)) bench_die(path, NULL);
}

/* The same numbers on every machine (splitmix64). */
static inline int64_t bench_draw(uint64_t *state, int64_t low, int64_t high) {
  *state += 0x9e3779b97f4a7c15u;
  uint64_t z = *state;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return low + (int64_t)((z ^ (z >> 31)) % (uint64_t)(high - low + 1));
}
#endif
