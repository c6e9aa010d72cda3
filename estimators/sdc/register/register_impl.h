/* register_impl.h -- what the register_*.c files share. */
#ifndef SHIRABE_ESTIMATORS_SDC_REGISTER_IMPL_H
#define SHIRABE_ESTIMATORS_SDC_REGISTER_IMPL_H
#include "estimators/sdc/register/register.h"

static inline uint64_t register_mix(uint64_t x) { /* the finaliser of splitmix64 */
  x += 0x9e3779b97f4a7c15ull;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
  return x ^ (x >> 31);
}
/* A set of units by the sum of two mixes of its tokens: the same set has the same, whatever table it stands in. */
struct register_set {
  uint64_t x, y;
};
static inline bool register_set_eq(struct register_set a, struct register_set b) { return a.x == b.x && a.y == b.y; }
/* Sets of bases and rows. */
enum err_code register_sets(struct arena *a, const struct register_entry *entry, const struct register_table *t, struct register_set **base,
    struct register_set **row, struct err *e) NODISCARD;
#endif
