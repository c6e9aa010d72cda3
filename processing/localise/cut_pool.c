/* Edits in the form the search wants, and the pool of implied edits (cuts) that hold for every record. The pool only saves work: whatever it
 * holds, a record's answer is the same. */
#include <math.h>
#include <string.h>

#include "processing/localise/localise_impl.h"

bool edit_rows_init(struct edit_rows *r, struct arena *a, const struct linear_system *s) {
  const int words = s->p > 0 ? (s->p + 63) / 64 : 1;
  *r = (struct edit_rows){
      .system = s, .p = s->p, .m = s->m, .words = words, .lower = ARENA_ARRAY(a, double, s->m + 1), .upper = ARENA_ARRAY(a, double, s->m + 1)};
  r->support = ARENA_ARRAY(a, uint64_t, (int64_t)(s->m + 1) * words);
  if (!r->lower || !r->upper || !r->support) return false;
  for (int i = 0; i < s->m; i++) {
    const struct linear_edit *e = &s->edits[i];
    r->lower[i] = e->op == LINEAR_EQ ? e->rhs : -INFINITY;
    r->upper[i] = e->rhs;
    for (int k = 0; k < e->n; k++) bit_add(r->support + (size_t)i * (size_t)words, e->var[k]);
  }
  return true;
}
bool cut_pool_init(struct cut_pool *pool, struct arena *a, const struct edit_rows *rows, size_t max_bytes) {
  const size_t p = (size_t)rows->p, all = p + (size_t)rows->m, words = (size_t)rows->words;
  const size_t bytes = (p + all) * (sizeof(int) + sizeof(double)) + words * 8 + sizeof(struct cut);
  size_t max = max_bytes / bytes;
  max = max < 16 ? 16 : max > 5000 ? 5000 : max;
  int *ints = ARENA_ARRAY(a, int, (max + 1) * (p + all));
  double *numbers = ARENA_ARRAY(a, double, (max + 1) * (p + all));
  uint64_t *sets = ARENA_ARRAY(a, uint64_t, (max + 1) * words);
  *pool = (struct cut_pool){.rows = rows, .max = (int)max, .cut = ARENA_ARRAY(a, struct cut, max)};
  if (!ints || !numbers || !sets || !pool->cut) return false;
  for (size_t k = 0; k <= max; k++) {
    struct cut *c = k < max ? &pool->cut[k] : &pool->fresh;
    c->var = ints + k * (p + all);
    c->row = c->var + p;
    c->g = numbers + k * (p + all);
    c->y = c->g + p;
    c->support = sets + k * words;
  }
  return true;
}
const struct cut *cut_pool_take(struct cut_pool *pool) {
  int at = 0;
  if (pool->n < pool->max)
    at = pool->n++;
  else {
    for (int k = 1; k < pool->n; k++)
      if (pool->cut[k].used < pool->cut[at].used) at = k;
    for (int k = 0; k < pool->n; k++) pool->cut[k].used /= 2;
  }
  const struct cut old = pool->cut[at];
  pool->cut[at] = pool->fresh;
  pool->fresh = old;
  return &pool->cut[at];
}
bool cut_violated(const struct edit_rows *r, const struct cut *c, const struct record *rec) {
  double sum = -c->h, excuse = 0, size = fabs(c->h);
  for (int k = 0; k < c->n; k++) {
    const double term = c->g[k] * rec->x[c->var[k]];
    sum += term;
    size += fabs(term);
  }
  if (sum <= 0) return false;
  for (int k = 0; k < c->n_y; k++) {
    const int row = c->row[k];
    const double bound = row < r->m ? 0 : c->y[k] > 0 ? r->system->upper[row - r->m] : r->system->lower[row - r->m];
    excuse += fabs(c->y[k]) * (row < r->m ? fmax(rec->tolerance[row], 1e-6 + 1e-9 * fabs(r->upper[row])) : 1e-6 + 1e-9 * fabs(bound));
  }
  return sum > excuse + 1e-12 * size;
}
