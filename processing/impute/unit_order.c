#include "processing/impute/unit_order.h"

#include <stdlib.h>
#include <string.h>

#include "processing/unit/num_table.h"

#define ORDER_SEED 0x53484952u

struct place {
  uint64_t hash;
  int32_t row;
};
static int by_hash(const void *a, const void *b, void *units) {
  const struct place *x = a, *y = b;
  if (x->hash != y->hash) return x->hash < y->hash ? -1 : 1;
  const struct str *unit = units, s = unit[x->row], t = unit[y->row];
  const int c = memcmp(s.p ? s.p : "", t.p ? t.p : "", s.n < t.n ? s.n : t.n);
  return c ? c : (s.n > t.n) - (s.n < t.n);
}
static enum err_code count_groups(const int32_t *group, int64_t n, struct unit_order *o, struct err *e) {
  for (int64_t i = 0; i < n; i++) {
    const int32_t g = group ? group[i] : 0;
    if (g < 0 || g >= o->n_groups) return ERR(e, E_MODEL_SPEC, .subject = "class", .found = "a class number out of range");
    o->start[g + 1]++;
  }
  for (int32_t g = 0; g < o->n_groups; g++) o->start[g + 1] += o->start[g];
  return E_OK;
}
enum err_code unit_order_make(struct arena *a, const struct str *unit, int64_t n, const int32_t *group, int32_t n_groups, struct unit_order *out,
    struct err *e) {
  if (n > INT32_MAX || n_groups < 1) return ERR(e, E_MODEL_SPEC, .subject = "class", .found = "too many records, or no class");
  *out = (struct unit_order){n_groups, ARENA_ARRAY(a, int32_t, (int64_t)n_groups + 1), ARENA_ARRAY(a, int32_t, n)};
  const struct arena_mark mark = arena_mark(a);
  struct place *place = ARENA_ARRAY(a, struct place, n);
  int32_t *next = ARENA_ARRAY(a, int32_t, n_groups);
  if (!out->start || !out->row || !place || !next) return ERR(e, E_NO_MEMORY, .subject = "order of units");
  TRY(count_groups(group, n, out, e));
  memcpy(next, out->start, (size_t)n_groups * sizeof *next);
  for (int64_t i = 0; i < n; i++) place[next[group ? group[i] : 0]++] = (struct place){num_unit_hash(ORDER_SEED, unit[i]), (int32_t)i};
  for (int32_t g = 0; g < n_groups; g++) qsort_r(place + out->start[g], (size_t)(out->start[g + 1] - out->start[g]), sizeof *place, by_hash,
      (void *)(uintptr_t)unit);
  for (int64_t i = 0; i < n; i++) out->row[i] = place[i].row;
  arena_reset(a, mark);
  return E_OK;
}
