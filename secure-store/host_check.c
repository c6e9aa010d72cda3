/* host_check.c -- see host_check.h. */
#include "secure-store/host_check.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"

static bool in_memory_or_mapped(const char *device) {
  return strstr(device, "/zram") || strncmp(device, "/dev/dm-", 8) == 0 || strstr(device, "/mapper/");
}

static int swaps(const struct job *job, const char *proc) {
  char path[512], line[1024], device[512];
  int found = 0;
  snprintf(path, sizeof path, "%.480s/swaps", proc);
  FILE *f = fopen(path, "re");
  bool head = true;
  for (; f && fgets(line, sizeof line, f); head = false) {
    struct err note;
    if (head || sscanf(line, "%511s", device) != 1 || in_memory_or_mapped(device)) continue;
    (void)ERR(&note, E_HOST_SWAP, .subject = device);
    job_problem(job, &note);
    found++;
  }
  if (f) fclose(f);
  return found;
}

static int core_pattern(const struct job *job, const char *proc) {
  char path[512], line[1024] = "";
  struct err note;
  snprintf(path, sizeof path, "%.480s/sys/kernel/core_pattern", proc);
  FILE *f = fopen(path, "re");
  bool read = f && fgets(line, sizeof line, f);
  if (f) fclose(f);
  if (!read || line[0] != '|') return 0;
  line[strcspn(line, " \n")] = 0;
  (void)ERR(&note, E_HOST_CORE, .subject = line + 1);
  job_problem(job, &note);
  return 1;
}

int host_check(const struct job *job, const char *proc) { return swaps(job, proc) + core_pattern(job, proc); }
