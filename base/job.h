/* job.h -- what a running job carries: arena, problem sink, cancel, threads, clock, progress.
 * A command makes one, hands it down, and prints at the end; library code never prints and never reads the clock by itself. */
#ifndef SHIRABE_BASE_JOB_H
#define SHIRABE_BASE_JOB_H
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

struct job {
  struct arena *arena;
  enum err_lang lang;
  int n_threads; /* >= 1; results never depend on it */
  volatile sig_atomic_t *cancelled;
  /* Seconds since 1970-01-01 UTC. SHIRABE_CLOCK=2026-01-10T00:00:00Z replaces it (tests, demo). */
  int64_t (*clock)(void *context);
  void *clock_context;
  /* Problems (warnings, rejected records) as they are found; may be NULL. */
  void (*problem)(void *context, const struct err *e);
  void *problem_context;
  /* Progress: done of total (0 = unknown); may be NULL. */
  void (*progress)(void *context, const char *what, int64_t done, int64_t total);
  void *progress_context;
};
int64_t job_now(const struct job *job);
void job_problem(const struct job *job, const struct err *e);
void job_progress(const struct job *job, const char *what, int64_t done, int64_t total);
bool job_cancelled(const struct job *job);
/* 2026-01-10T00:00:00Z, and +09:00 for legal dates. */
void time_format_utc(int64_t seconds, char out[24]);
void time_format_jst(int64_t seconds, char out[32]);
bool time_parse_utc(const char *text, int64_t *seconds);
#endif
