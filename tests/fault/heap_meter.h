/* heap_meter.h -- how much heap a call takes at its peak: this file replaces the allocator of the test program it is included in by one that counts
 * and hands on to glibc's. Under a sanitizer the allocator is the sanitizer's: heap_metered() is false and nothing is measured. Includes what shared
 * libraries ask for. One including file per program, one measuring thread. */
#ifndef SHIRABE_TESTS_FAULT_HEAP_METER_H
#define SHIRABE_TESTS_FAULT_HEAP_METER_H

#include <errno.h>
#include <malloc.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/checked_build.h"

static size_t heap_live, heap_peak;

#if ADDRESS_CHECKED
#define HEAP_METER 0
#else
#define HEAP_METER 1
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t align, size_t n);
void __libc_free(void *p);
static void *heap_counted(void *p) {
  if (p) heap_live += malloc_usable_size(p);
  if (heap_live > heap_peak) heap_peak = heap_live;
  return p;
}
static void heap_uncounted(void *p) {
  size_t n = p ? malloc_usable_size(p) : 0;
  heap_live -= n < heap_live ? n : heap_live;
}
void *malloc(size_t n) { return heap_counted(__libc_malloc(n)); }
void *calloc(size_t n, size_t size) { return heap_counted(__libc_calloc(n, size)); }
void *realloc(void *p, size_t n) {
  size_t before = p ? malloc_usable_size(p) : 0;
  void *q = __libc_realloc(p, n);
  if (q || n == 0) heap_live -= before < heap_live ? before : heap_live;
  return heap_counted(q);
}
void *memalign(size_t align, size_t n) { return heap_counted(__libc_memalign(align, n)); }
void *aligned_alloc(size_t align, size_t n) { return heap_counted(__libc_memalign(align, n)); }
int posix_memalign(void **p, size_t align, size_t n) {
  *p = heap_counted(__libc_memalign(align, n));
  return *p ? 0 : ENOMEM;
}
void free(void *p) {
  heap_uncounted(p);
  __libc_free(p);
}
#endif
static inline bool heap_metered(void) { return HEAP_METER; }
static inline size_t heap_begin(void) { return heap_peak = heap_live; }
static inline size_t heap_taken(size_t begin) { return heap_peak - begin; }
#endif
