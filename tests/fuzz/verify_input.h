/* verify_input.h -- what the fuzz targets of the verifier share: a silent run, and an input as a file that commands can be given. */
#ifndef SHIRABE_TESTS_FUZZ_VERIFY_INPUT_H
#define SHIRABE_TESTS_FUZZ_VERIFY_INPUT_H
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "secure-store/verify/verify.h"

static inline struct run silent_run(void) {
  static FILE *nowhere; /* opened once: a target runs millions of times */
  if (!nowhere && !(nowhere = fopen("/dev/null", "w"))) abort();
  return (struct run){.quiet = true, .out = nowhere, .err = nowhere};
}
/* A file in memory; its path is written to `path`. The caller closes what is returned. */
static inline int memory_file(const void *p, size_t n, char path[64]) {
  int fd = memfd_create("input", MFD_CLOEXEC);
  if (fd < 0 || (n && write(fd, p, n) != (ssize_t)n)) abort();
  snprintf(path, 64, "/proc/self/fd/%d", fd);
  return fd;
}
#endif
