/* arena.h -- job arena: one per batch, domain or table; freed at once.
 * Cap      bytes that may be handed out; beyond it allocation fails (E_NO_MEMORY or E_CAP_EXCEEDED is the caller's to raise).
 * Errors   NULL when the cap or the memory is exhausted; nothing else changes.
 * ASan     red zones between allocations, freed marks are poisoned. Cost: a pointer bump. */
#ifndef SHIRABE_BASE_ARENA_H
#define SHIRABE_BASE_ARENA_H
#include <stddef.h>
#include <stdint.h>

struct arena;
struct arena_mark {
  void *block;
  size_t used, total;
};

struct arena *arena_new(size_t cap_bytes); /* 0 = no cap; NULL when out of memory */
void arena_free(struct arena *a);          /* NULL allowed */
void *arena_alloc(struct arena *a, size_t bytes, size_t align); /* uninitialised */
void *arena_zalloc(struct arena *a, size_t bytes, size_t align);
void *arena_array(struct arena *a, size_t n, size_t element_bytes); /* zeroed, checked n * size, 64-byte aligned */
char *arena_strdup(struct arena *a, const char *p, size_t n);       /* NUL-terminated copy */
char *arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct arena_mark arena_mark(struct arena *a);
void arena_reset(struct arena *a, struct arena_mark mark); /* frees everything allocated after the mark */
size_t arena_used(const struct arena *a);
#define ARENA_NEW(a, type) ((type *)arena_zalloc((a), sizeof(type), _Alignof(type)))
#define ARENA_ARRAY(a, type, n) ((type *)arena_array((a), (size_t)(n), sizeof(type)))
/* Test hook: the n-th allocation from now on (1 = the next) of any arena fails once; 0 switches off. */
void arena_fail_at(uint64_t n);
#endif
