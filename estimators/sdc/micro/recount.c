#include "estimators/sdc/micro/recount.h"

#include <stdlib.h>
#include <string.h>

/* A row of values: the set of missing keys first, then the codes (0 under a missing one). */
struct row {
  int32_t v[MICRO_KEYS_MOST + 1];
  int64_t count;
};
static int compare_rows(const void *a, const void *b) {
  return memcmp(((const struct row *)a)->v, ((const struct row *)b)->v, sizeof((struct row *)0)->v);
}

struct projected {
  int32_t v[MICRO_KEYS_MOST];
  int64_t count;
};
static int compare_projected(const void *a, const void *b) {
  return memcmp(((const struct projected *)a)->v, ((const struct projected *)b)->v, sizeof ((struct projected *)0)->v);
}

/* Rows sorted and equal ones merged; returns how many there are. */
static int64_t merge_rows(struct row *r, int64_t n) {
  int64_t kept = 0;
  if (n > 1) qsort(r, (size_t)n, sizeof *r, compare_rows);
  for (int64_t i = 0; i < n; i++) {
    if (kept && !compare_rows(&r[kept - 1], &r[i])) r[kept - 1].count += r[i].count;
    else r[kept++] = r[i];
  }
  return kept;
}
static struct row *rows_of(struct arena *a, const struct micro_keys *k, const uint32_t *blanked) {
  struct row *r = ARENA_ARRAY(a, struct row, k->n + 1);
  for (int64_t i = 0; r && i < k->n; i++) {
    r[i].count = 1;
    for (int j = 0; j < k->m; j++) {
      const bool gone = !k->code[j][i] || (blanked && blanked[i] >> j & 1);
      if (gone) r[i].v[0] |= 1 << j;
      else r[i].v[j + 1] = k->code[j][i];
    }
  }
  return r;
}
/* The rows [from, to) on the keys of `common`, sorted. */
static void project(const struct row *r, int64_t from, int64_t to, int m, int common, struct projected *out) {
  for (int64_t i = from; i < to; i++) {
    out[i - from] = (struct projected){.count = r[i].count};
    for (int j = 0; j < m; j++)
      if (common >> j & 1) out[i - from].v[j] = r[i].v[j + 1];
  }
  if (to - from > 1) qsort(out, (size_t)(to - from), sizeof *out, compare_projected);
}
static int64_t matches(const struct projected *x, int64_t n, const struct projected *wanted) {
  int64_t low = 0, high = n, sum = 0;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (compare_projected(&x[middle], wanted) < 0) low = middle + 1;
    else high = middle;
  }
  for (; low < n && !compare_projected(&x[low], wanted); low++) sum += x[low].count;
  return sum;
}
struct block {
  int64_t from, to;
};
static void add_block(const struct row *r, struct block mine, struct block other, int m, struct projected *scratch, int64_t *f) {
  const int common = ((1 << m) - 1) & ~(r[mine.from].v[0] | r[other.from].v[0]);
  project(r, other.from, other.to, m, common, scratch);
  for (int64_t i = mine.from; i < mine.to; i++) {
    struct projected wanted = {.count = 0};
    for (int j = 0; j < m; j++)
      if (common >> j & 1) wanted.v[j] = r[i].v[j + 1];
    f[i] += matches(scratch, other.to - other.from, &wanted);
  }
}
enum err_code micro_recount(struct arena *a, const struct micro_keys *keys, const uint32_t *blanked, int64_t k, struct micro_recount *out,
    struct err *e) {
  struct row *r = rows_of(a, keys, blanked);
  if (!r) return ERR(e, E_NO_MEMORY, .subject = "recount");
  const int64_t n = merge_rows(r, keys->n);
  int64_t *f = ARENA_ARRAY(a, int64_t, n + 1), n_blocks = 0;
  struct projected *scratch = ARENA_ARRAY(a, struct projected, n + 1);
  struct block *b = ARENA_ARRAY(a, struct block, 1 << MICRO_KEYS_MOST);
  if (!f || !scratch || !b) return ERR(e, E_NO_MEMORY, .subject = "recount");
  for (int64_t i = 0; i < n; i++) {
    if (i == 0 || r[i].v[0] != r[i - 1].v[0]) b[n_blocks++] = (struct block){.from = i, .to = i};
    b[n_blocks - 1].to = i + 1;
  }
  for (int64_t s = 0; s < n_blocks; s++)
    for (int64_t t = 0; t < n_blocks; t++) add_block(r, b[s], b[t], keys->m, scratch, f);
  *out = (struct micro_recount){.least = n ? INT64_MAX : 0};
  for (int64_t i = 0; i < n; i++) {
    if (f[i] < out->least) out->least = f[i];
    if (f[i] < k) out->n_below += r[i].count;
  }
  return E_OK;
}
