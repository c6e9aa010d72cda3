/* arena.c -- see arena.h. Blocks are chained newest first; a mark remembers the newest block and how much of it was used. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif
#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
enum { RED_ZONE = 32 };
#define POISON(p, n) __asan_poison_memory_region((p), (n))
#define UNPOISON(p, n) __asan_unpoison_memory_region((p), (n))
#else
enum { RED_ZONE = 0 };
#define POISON(p, n) ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#endif

enum { BLOCK_ALIGN = 64, BLOCK_FIRST = 16 * 1024, BLOCK_MOST = 1024 * 1024 };

struct block {
  struct block *older;
  size_t size, used; /* of data, which follows the header at BLOCK_ALIGN */
};

struct arena {
  struct block *newest, *spare; /* one spare block, so that mark and reset in a loop do not go to malloc each time */
  size_t cap, total;
};

static _Atomic uint64_t fail_at_countdown;

void arena_fail_at(uint64_t n) { atomic_store(&fail_at_countdown, n); }

static bool fails_now(void) {
  uint64_t n = atomic_load(&fail_at_countdown);
  while (n > 0)
    if (atomic_compare_exchange_weak(&fail_at_countdown, &n, n - 1)) return n == 1;
  return false;
}

static char *block_data(struct block *b) { return (char *)b + BLOCK_ALIGN; }

static void block_free(struct block *b) {
  if (!b) return;
  UNPOISON(block_data(b), b->size);
  free(b);
}

struct arena *arena_new(size_t cap_bytes) {
  struct arena *a = calloc(1, sizeof *a);
  if (a) a->cap = cap_bytes ? cap_bytes : SIZE_MAX;
  return a;
}

void arena_free(struct arena *a) {
  if (!a) return;
  for (struct block *b = a->newest; b;) {
    struct block *older = b->older;
    block_free(b);
    b = older;
  }
  block_free(a->spare);
  free(a);
}

static bool block_push(struct arena *a, size_t need) {
  _Static_assert(sizeof(struct block) <= BLOCK_ALIGN, "the header fits before the data");
  struct block *b = a->spare && a->spare->size >= need ? a->spare : NULL;
  if (b) {
    a->spare = NULL;
  } else {
    size_t size = a->newest && a->newest->size < BLOCK_MOST ? a->newest->size * 2 : a->newest ? BLOCK_MOST : BLOCK_FIRST;
    if (size < need) size = need;
    if (size > SIZE_MAX - 2 * BLOCK_ALIGN) return false;
    size = (size + BLOCK_ALIGN - 1) / BLOCK_ALIGN * BLOCK_ALIGN;
    b = aligned_alloc(BLOCK_ALIGN, BLOCK_ALIGN + size);
    if (!b) return false;
    b->size = size;
    POISON(block_data(b), size);
  }
  b->used = 0;
  b->older = a->newest;
  a->newest = b;
  return true;
}

/* Where in the newest block an allocation may begin; SIZE_MAX when it does not fit. */
static size_t place_in(struct block *b, size_t bytes, size_t align) {
  if (!b) return SIZE_MAX;
  uintptr_t at = (uintptr_t)block_data(b) + b->used;
  size_t start = b->used + (size_t)((align - at % align) % align);
  return start <= b->size && bytes <= b->size - start ? start : SIZE_MAX;
}

void *arena_alloc(struct arena *a, size_t bytes, size_t align) {
  if (fails_now() || bytes > a->cap - a->total) return NULL;
  if (bytes > SIZE_MAX - RED_ZONE - align) return NULL;
  size_t taken = bytes + RED_ZONE;
  size_t start = place_in(a->newest, taken, align);
  if (start == SIZE_MAX) {
    size_t slack = align > BLOCK_ALIGN ? align : 0;
    if (!block_push(a, taken + slack)) return NULL;
    start = place_in(a->newest, taken, align);
  }
  a->newest->used = start + taken;
  a->total += bytes;
  char *p = block_data(a->newest) + start;
  UNPOISON(p, bytes);
  return p;
}

void *arena_zalloc(struct arena *a, size_t bytes, size_t align) {
  void *p = arena_alloc(a, bytes, align);
  if (p) memset(p, 0, bytes);
  return p;
}

void *arena_array(struct arena *a, size_t n, size_t element_bytes) {
  size_t bytes;
  if (__builtin_mul_overflow(n, element_bytes, &bytes)) return NULL;
  return arena_zalloc(a, bytes, BLOCK_ALIGN);
}

char *arena_strdup(struct arena *a, const char *p, size_t n) {
  if (n == SIZE_MAX) return NULL;
  char *copy = arena_alloc(a, n + 1, 1);
  if (!copy) return NULL;
  if (n) memcpy(copy, p, n);
  copy[n] = 0;
  return copy;
}

char *arena_printf(struct arena *a, const char *format, ...) {
  va_list measure, write;
  va_start(measure, format);
  va_copy(write, measure);
  int n = vsnprintf(NULL, 0, format, measure);
  va_end(measure);
  char *out = n < 0 ? NULL : arena_alloc(a, (size_t)n + 1, 1);
  if (out) vsnprintf(out, (size_t)n + 1, format, write);
  va_end(write);
  return out;
}

struct arena_mark arena_mark(struct arena *a) {
  return (struct arena_mark){a->newest, a->newest ? a->newest->used : 0, a->total};
}

void arena_reset(struct arena *a, struct arena_mark mark) {
  while (a->newest != mark.block) {
    struct block *b = a->newest;
    a->newest = b->older;
    if (!a->spare && b->size <= BLOCK_MOST) {
      POISON(block_data(b), b->size);
      a->spare = b;
    } else {
      block_free(b);
    }
  }
  if (a->newest) {
    POISON(block_data(a->newest) + mark.used, a->newest->size - mark.used);
    a->newest->used = mark.used;
  }
  a->total = mark.total;
}

size_t arena_used(const struct arena *a) { return a->total; }
