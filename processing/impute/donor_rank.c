#include "processing/impute/donor_rank.h"

#include <string.h>

struct keyed {
  uint64_t key;
  int64_t at;
};
static uint64_t ordered_bits(double v) {
  uint64_t bits;
  if (v == 0) v = 0;
  memcpy(&bits, &v, sizeof bits);
  return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}
static bool one_digit(const int64_t *count, int64_t n) {
  for (int d = 0; d < 256; d++)
    if (count[d]) return count[d] == n;
  return true;
}
/* Sorts `from`; the result is in the array that is returned. */
static struct keyed *radix_sort(struct keyed *from, struct keyed *to, int64_t n) {
  for (int shift = 0; shift < 64; shift += 8) {
    int64_t count[256] = {0}, start = 0;
    for (int64_t i = 0; i < n; i++) count[from[i].key >> shift & 255]++;
    if (one_digit(count, n)) continue;
    for (int d = 0; d < 256; d++) {
      const int64_t size = count[d];
      count[d] = start;
      start += size;
    }
    for (int64_t i = 0; i < n; i++) to[count[from[i].key >> shift & 255]++] = from[i];
    struct keyed *swap = from;
    from = to;
    to = swap;
  }
  return from;
}
enum err_code donor_rank(struct arena *a, const double *x, const bool *usable, int32_t n, int32_t *rank2, int32_t *n_usable, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  struct keyed *one = ARENA_ARRAY(a, struct keyed, n), *two = ARENA_ARRAY(a, struct keyed, n);
  int32_t m = 0;
  if (n > DONOR_MAX_CLASS) return ERR(e, E_CAP_EXCEEDED, .subject = "records of one class");
  if (!one || !two) return ERR(e, E_NO_MEMORY, .subject = "ranks");
  for (int32_t i = 0; i < n; i++) {
    rank2[i] = 0;
    if (usable[i]) one[m++] = (struct keyed){ordered_bits(x[i]), i};
  }
  const struct keyed *sorted = radix_sort(one, two, m);
  for (int32_t i = 0, end; i < m; i = end) {
    for (end = i + 1; end < m && sorted[end].key == sorted[i].key;) end++;
    for (int32_t k = i; k < end; k++) rank2[sorted[k].at] = 2 * (i + 1) + (end - i) - 1;
  }
  *n_usable = m;
  arena_reset(a, mark);
  return E_OK;
}
