#include "estimators/sdc/suppress/linear.h"

#include <stdlib.h>
#include <string.h>

#include "estimators/sdc/suppress/modular.h"
#include "estimators/sdc/suppress/row_heap.h"

enum { VECTORS = 3 };
struct echelon {
  struct arena *a;
  const struct cell_table *t;
  const uint8_t *hidden;
  int32_t n_rows;
  int32_t *row_of;                     /* [n_cells] the row whose pivot it is, -1 */
  int32_t *pivot, *length, **column;   /* [n_rows] the pivot's coefficient is 1 and is not stored */
  uint32_t **value;
  uint32_t *sum;     /* [n_cells] the row that is being reduced */
  int32_t *touched;  /* its columns */
  int32_t n_touched;
  uint8_t *in_sum;
  int32_t *heap, n_heap; /* rows to be subtracted, smallest first */
};

static void add_to(struct echelon *x, int32_t c, uint32_t v) {
  if (!x->in_sum[c]) {
    x->in_sum[c] = 1;
    x->touched[x->n_touched++] = c;
    if (x->row_of[c] >= 0) row_heap_push(x->heap, &x->n_heap, x->row_of[c]);
  }
  x->sum[c] = mod_add(x->sum[c], v);
}
static void reduce(struct echelon *x) {
  while (x->n_heap) {
    const int32_t k = row_heap_pop(x->heap, &x->n_heap);
    const uint32_t f = x->sum[x->pivot[k]];
    x->sum[x->pivot[k]] = 0;
    if (f == 0) continue;
    for (int32_t i = 0; i < x->length[k]; i++) add_to(x, x->column[k][i], mod_neg(mod_mul(f, x->value[k][i])));
  }
}
static int32_t degree(const struct cell_table *t, int32_t c) { return t->cell_first[c + 1] - t->cell_first[c]; }
static bool keep_row(struct echelon *x) {
  int32_t n = 0, pivot = -1;
  for (int32_t i = 0; i < x->n_touched; i++) {
    const int32_t c = x->touched[i];
    x->in_sum[c] = 0;
    if (x->sum[c] == 0) continue;
    x->touched[n++] = c;
    if (pivot < 0 || degree(x->t, c) < degree(x->t, pivot) || (degree(x->t, c) == degree(x->t, pivot) && c > pivot)) pivot = c;
  }
  x->n_touched = 0;
  if (n == 0) return true;
  const int32_t k = x->n_rows++;
  const uint32_t scale = mod_inverse(x->sum[pivot]);
  x->column[k] = ARENA_ARRAY(x->a, int32_t, n);
  x->value[k] = ARENA_ARRAY(x->a, uint32_t, n);
  if (!x->column[k] || !x->value[k]) return false;
  for (int32_t i = 0; i < n; i++) {
    const int32_t c = x->touched[i];
    if (c != pivot) {
      x->column[k][x->length[k]] = c;
      x->value[k][x->length[k]++] = mod_mul(scale, x->sum[c]);
    }
    x->sum[c] = 0;
  }
  x->pivot[k] = pivot;
  x->row_of[pivot] = k;
  return true;
}

/* Short relations first: they fill least. */
struct ordered {
  int32_t n, relation;
};
static int order_cmp(const void *p, const void *q) {
  const struct ordered *a = p, *b = q;
  return a->n != b->n ? (a->n > b->n) - (a->n < b->n) : (a->relation > b->relation) - (a->relation < b->relation);
}
static bool begin(struct echelon *x) {
  const size_t n = (size_t)x->t->n_cells + 1, m = (size_t)x->t->n_relations + 1;
  x->row_of = ARENA_ARRAY(x->a, int32_t, n);
  x->pivot = ARENA_ARRAY(x->a, int32_t, m);
  x->length = ARENA_ARRAY(x->a, int32_t, m);
  x->column = ARENA_ARRAY(x->a, int32_t *, m);
  x->value = ARENA_ARRAY(x->a, uint32_t *, m);
  x->sum = ARENA_ARRAY(x->a, uint32_t, n);
  x->touched = ARENA_ARRAY(x->a, int32_t, n);
  x->in_sum = ARENA_ARRAY(x->a, uint8_t, n);
  x->heap = ARENA_ARRAY(x->a, int32_t, n);
  if (!x->row_of || !x->pivot || !x->length || !x->column || !x->value || !x->sum || !x->touched || !x->in_sum || !x->heap) return false;
  for (size_t c = 0; c < n; c++) x->row_of[c] = -1;
  return true;
}
static bool eliminate_all(struct echelon *x) {
  const struct cell_table *t = x->t;
  struct ordered *o = ARENA_ARRAY(x->a, struct ordered, t->n_relations + 1);
  if (!o) return false;
  for (int32_t r = 0; r < t->n_relations; r++) {
    o[r].relation = r;
    for (int32_t i = t->first[r]; i < t->first[r + 1]; i++) o[r].n += x->hidden[t->member[i]];
  }
  qsort(o, (size_t)t->n_relations, sizeof *o, order_cmp);
  for (int32_t k = 0; k < t->n_relations; k++) {
    const int32_t r = o[k].relation;
    if (o[k].n == 0) continue;
    for (int32_t i = t->first[r]; i < t->first[r + 1]; i++)
      if (x->hidden[t->member[i]]) add_to(x, t->member[i], i == t->first[r] ? MODULUS - 1 : 1);
    reduce(x);
    if (!keep_row(x)) return false;
  }
  return true;
}
static void null_vector(const struct echelon *x, uint64_t seed, uint32_t *v) {
  for (int32_t c = 0; c < x->t->n_cells; c++)
    v[c] = x->hidden[c] && x->row_of[c] < 0 ? 1 + (uint32_t)(mod_mix(seed * 0x51ed2701u + (uint64_t)c) % (MODULUS - 1)) : 0;
  for (int32_t k = x->n_rows - 1; k >= 0; k--) {
    uint32_t s = 0;
    for (int32_t i = 0; i < x->length[k]; i++) s = mod_add(s, mod_mul(x->value[k][i], v[x->column[k][i]]));
    v[x->pivot[k]] = mod_neg(s);
  }
}
static bool judge(struct echelon *x, struct linear_report *out) {
  uint32_t *v[VECTORS];
  for (int k = 0; k < VECTORS; k++) {
    v[k] = ARENA_ARRAY(x->a, uint32_t, x->t->n_cells + 1);
    if (!v[k]) return false;
    null_vector(x, (uint64_t)k + 1, v[k]);
  }
  for (int32_t c = 0; c < x->t->n_cells; c++) {
    if (!x->hidden[c]) continue;
    out->n_hidden++;
    out->determined[c] = !v[0][c] && !v[1][c] && !v[2][c];
    out->n_determined += out->determined[c];
    if (out->determined[c]) continue;
    const uint32_t scale = v[0][c] ? mod_inverse(v[0][c]) : 0;
    out->group[c] = ((uint64_t)mod_mul(scale, v[1][c]) << 32 | mod_mul(scale, v[2][c])) + 1;
  }
  return true;
}

/* --- components: hidden cells that share a relation --- */

static int32_t top(int32_t *parent, int32_t i) {
  while (parent[i] != i) i = parent[i] = parent[parent[i]];
  return i;
}
static bool components(struct arena *a, const struct cell_table *t, const uint8_t *hidden, struct linear_report *out) {
  int32_t *parent = ARENA_ARRAY(a, int32_t, t->n_cells + 1), *size = ARENA_ARRAY(a, int32_t, t->n_cells + 1);
  if (!parent || !size) return false;
  for (int32_t c = 0; c < t->n_cells; c++) parent[c] = c;
  for (int32_t r = 0; r < t->n_relations; r++)
    for (int32_t i = t->first[r], before = -1; i < t->first[r + 1]; i++) {
      if (!hidden[t->member[i]]) continue;
      if (before >= 0) parent[top(parent, t->member[i])] = top(parent, before);
      before = t->member[i];
    }
  for (int32_t c = 0; c < t->n_cells; c++)
    if (hidden[c] && size[top(parent, c)]++ == 0) out->n_components++;
  for (int32_t c = 0; c < t->n_cells; c++)
    if (size[c] > out->largest_component) out->largest_component = size[c];
  return true;
}
enum err_code linear_disclosure(struct arena *a, const struct cell_table *t, const uint8_t *hidden, struct linear_report *out, struct err *e) {
  struct echelon x = {.a = arena_new(0), .t = t, .hidden = hidden};
  *out = (struct linear_report){.determined = ARENA_ARRAY(a, uint8_t, t->n_cells + 1), .group = ARENA_ARRAY(a, uint64_t, t->n_cells + 1)};
  const bool done = x.a && out->determined && out->group && begin(&x) && eliminate_all(&x) && judge(&x, out) && components(x.a, t, hidden, out);
  out->rank = x.n_rows;
  arena_free(x.a);
  return done ? E_OK : ERR(e, E_NO_MEMORY, .subject = t->name);
}
