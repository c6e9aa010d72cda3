/* secret_memory.c -- see secret_memory.h. One mapping: a page for the length (read-only), the data, a page nobody may touch. */
#include "base/secret_memory.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/checked_build.h"

static size_t page_bytes(void) { return (size_t)sysconf(_SC_PAGESIZE); }

/* Pages of data, locked and marked; what the kernel does not know of is left out, except the lock, which is told. */
static bool protect(uint8_t *data, size_t n) {
  madvise(data, n, MADV_DONTDUMP);
  madvise(data, n, MADV_WIPEONFORK);
  return mlock(data, n) == 0;
}

void *secret_new(size_t n, bool *locked) {
  size_t page = page_bytes(), wanted = (n ? n + 15 : 16) / 16 * 16, data_n = (wanted + page - 1) / page * page;
  *locked = false;
  if (n > SIZE_MAX / 2) return NULL;
  uint8_t *p = mmap(NULL, data_n + 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (p == MAP_FAILED) return NULL;
  memcpy(p, &data_n, sizeof data_n);
  if (mprotect(p, page, PROT_READ) || mprotect(p + page + data_n, page, PROT_NONE)) {
    munmap(p, data_n + 2 * page);
    return NULL;
  }
  *locked = protect(p + page, data_n);
  return p + page + data_n - wanted;
}

/* The area begins on the first data page, however long it is: the length stands on the page before. */
void secret_free(void *area) {
  size_t page = page_bytes(), data_n;
  if (!area) return;
  uint8_t *data = (uint8_t *)((uintptr_t)area / page * page);
  memcpy(&data_n, data - page, sizeof data_n);
  explicit_bzero(data, data_n);
  munmap(data - page, data_n + 2 * page);
}

#if ADDRESS_CHECKED /* a filter on system calls forbids what the leak checker of a test build does at the end */
static int is_confined;
int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void) { return is_confined; }
void secret_confined(void) { is_confined = 1; }
#else
void secret_confined(void) {}
#endif

void secret_process(void) {
  setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
#if !ADDRESS_CHECKED /* the leak checker of a test build attaches to its own process */
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}
