/* job.c -- see job.h. */
#include "base/job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/date.h"

enum { DAY_SECONDS = 86400, JST_SECONDS = 9 * 3600 };

int64_t job_now(const struct job *job) {
  if (job && job->clock) return job->clock(job->clock_context);
  const char *text = getenv("SHIRABE_CLOCK");
  int64_t seconds;
  if (text && time_parse_utc(text, &seconds)) return seconds; /* the command line refuses a malformed one before any work */
  return (int64_t)time(NULL);
}

void job_problem(const struct job *job, const struct err *e) {
  if (job && job->problem) job->problem(job->problem_context, e);
}

void job_progress(const struct job *job, const char *what, int64_t done, int64_t total) {
  if (job && job->progress) job->progress(job->progress_context, what, done, total);
}

bool job_cancelled(const struct job *job) { return job && job->cancelled && *job->cancelled != 0; }

/* YYYY-MM-DDTHH:MM:SS, 19 bytes and NUL. */
static void format_time(int64_t seconds, char out[20]) {
  int64_t days = seconds / DAY_SECONDS, rest = seconds % DAY_SECONDS;
  if (rest < 0) days--, rest += DAY_SECONDS;
  char clock[10];
  date_format_iso(days, out);
  snprintf(clock, sizeof clock, "T%02d:%02d:%02d", (int)(rest / 3600 % 24), (int)(rest / 60 % 60), (int)(rest % 60));
  memcpy(out + 10, clock, sizeof clock);
}

void time_format_utc(int64_t seconds, char out[24]) {
  format_time(seconds, out);
  memcpy(out + 19, "Z", 2);
}

void time_format_jst(int64_t seconds, char out[32]) {
  format_time(seconds + JST_SECONDS, out);
  memcpy(out + 19, "+09:00", 7);
}

static bool two_digits(const char *p, int64_t most, int64_t *out) {
  if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9') return false;
  *out = (p[0] - '0') * 10 + (p[1] - '0');
  return *out <= most;
}

bool time_parse_utc(const char *text, int64_t *seconds) {
  int64_t days, hour, minute, second;
  if (!text || strlen(text) != 20 || text[10] != 'T' || text[13] != ':' || text[16] != ':' || text[19] != 'Z') return false;
  if (!date_parse_iso(str_view(text, 10), &days)) return false;
  if (!two_digits(text + 11, 23, &hour) || !two_digits(text + 14, 59, &minute) || !two_digits(text + 17, 59, &second)) return false;
  *seconds = days * DAY_SECONDS + hour * 3600 + minute * 60 + second;
  return true;
}
