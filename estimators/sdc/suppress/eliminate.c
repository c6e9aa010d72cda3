#include "estimators/sdc/suppress/eliminate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/sdc/suppress/modular.h"
#include "estimators/sdc/suppress/row_heap.h"

struct column { /* sparse, by row, ascending */
  int32_t n, *row;
  uint32_t *value;
};
struct list { /* primaries that have a row */
  int32_t n, room, *of;
};
struct eliminating {
  struct arena *a;
  const struct cell_table *t;
  struct column *cell;      /* [n_cells] over inner cells */
  uint8_t *made;            /* 0 no, 1 yes */
  struct column *base;      /* published columns, reduced, pivot 1 */
  int32_t *pivot_of;        /* [rows] base column, -1 */
  int32_t *pivot, n_base;
  struct column *primary;   /* rests of primaries and pairs */
  int32_t n_primary;
  struct list *has;         /* [rows] */
  uint64_t *hash;           /* of each primary's rest */
  int32_t *bucket, *next, n_buckets; /* primaries by hash; -1 */
  uint32_t *sum;            /* work [rows] */
  int32_t *touched, n_touched, *heap, n_heap;
  uint8_t *in_sum;
};

/* --- work row --- */

static void add(struct eliminating *x, const struct column *c, uint32_t factor, bool reduce) {
  for (int32_t i = 0; i < c->n; i++) {
    const int32_t r = c->row[i];
    if (!x->in_sum[r]) {
      x->in_sum[r] = 1;
      x->touched[x->n_touched++] = r;
      if (reduce && x->pivot_of[r] >= 0) row_heap_push(x->heap, &x->n_heap, x->pivot_of[r]);
    }
    x->sum[r] = mod_add(x->sum[r], mod_mul(factor, c->value[i]));
  }
}
static void reduce(struct eliminating *x) {
  while (x->n_heap) {
    const int32_t k = row_heap_pop(x->heap, &x->n_heap);
    const uint32_t f = x->sum[x->pivot[k]];
    if (f) add(x, &x->base[k], mod_neg(f), true);
  }
}
static int row_cmp(const void *p, const void *q) {
  const int32_t a = *(const int32_t *)p, b = *(const int32_t *)q;
  return (a > b) - (a < b);
}
/* The work row becomes a column, ascending, and is cleared. */
static bool take(struct eliminating *x, struct column *out) {
  int32_t n = 0;
  for (int32_t i = 0; i < x->n_touched; i++) {
    const int32_t r = x->touched[i];
    x->in_sum[r] = 0;
    if (x->sum[r]) x->touched[n++] = r;
  }
  x->n_touched = 0;
  qsort(x->touched, (size_t)n, sizeof *x->touched, row_cmp);
  if (n > out->n || !out->row) {
    out->row = ARENA_ARRAY(x->a, int32_t, n + 1);
    out->value = ARENA_ARRAY(x->a, uint32_t, n + 1);
    if (!out->row || !out->value) return false;
  }
  for (int32_t i = 0; i < n; i++) {
    out->row[i] = x->touched[i];
    out->value[i] = x->sum[x->touched[i]];
    x->sum[x->touched[i]] = 0;
  }
  out->n = n;
  return true;
}

/* --- columns of the cells --- */

/* A cell that is a parent is the sum of the children of its first relation; one that is not is an inner cell. */
static bool make_cell(struct eliminating *x, int32_t cell, const int32_t *parent_in, int32_t *n_inner, int depth) {
  const struct cell_table *t = x->t;
  if (x->made[cell]) return true;
  x->made[cell] = 1;
  if (parent_in[cell] < 0 || depth > 200) { /* deeper than any hierarchy: a circle of relations; the cell stands for itself */
    if (t->value[cell] == 0 && !t->zeros_may_hide && t->nonnegative) return true;
    struct column *c = &x->cell[cell];
    c->row = ARENA_ARRAY(x->a, int32_t, 1);
    c->value = ARENA_ARRAY(x->a, uint32_t, 1);
    if (!c->row || !c->value) return false;
    c->n = 1;
    c->row[0] = (*n_inner)++;
    c->value[0] = 1;
    return true;
  }
  const int32_t r = parent_in[cell];
  for (int32_t i = t->first[r] + 1; i < t->first[r + 1]; i++)
    if (!make_cell(x, t->member[i], parent_in, n_inner, depth + 1)) return false;
  for (int32_t i = t->first[r] + 1; i < t->first[r + 1]; i++) add(x, &x->cell[t->member[i]], 1, false);
  return take(x, &x->cell[cell]);
}
static bool make_cells(struct eliminating *x, int32_t *n_inner) {
  const struct cell_table *t = x->t;
  int32_t *parent_in = ARENA_ARRAY(x->a, int32_t, t->n_cells + 1);
  if (!parent_in) return false;
  for (int32_t c = 0; c < t->n_cells; c++) parent_in[c] = -1;
  for (int32_t r = t->n_relations - 1; r >= 0; r--) parent_in[t->member[t->first[r]]] = r;
  for (int32_t c = 0; c < t->n_cells; c++)
    if (t->same[c] == c && !make_cell(x, c, parent_in, n_inner, 0)) return false;
  return true;
}

/* --- what is published --- */

static uint64_t hash_of(const struct column *c) { /* of the column scaled to a leading 1 */
  uint64_t h = 0x9e3779b97f4a7c15u;
  if (c->n == 0) return 0;
  const uint32_t f = mod_inverse(c->value[0]);
  for (int32_t i = 0; i < c->n; i++) h = mod_mix(h ^ ((uint64_t)(uint32_t)c->row[i] << 32 | mod_mul(f, c->value[i])));
  return h;
}
static bool proportional(const struct column *a, const struct column *b) {
  if (a->n != b->n || a->n == 0) return false;
  for (int32_t i = 0; i < a->n; i++)
    if (a->row[i] != b->row[i] || mod_mul(a->value[i], b->value[0]) != mod_mul(b->value[i], a->value[0])) return false;
  return true;
}
static void enter(struct eliminating *x, int32_t k) {
  x->hash[k] = hash_of(&x->primary[k]);
  const int32_t at = (int32_t)(x->hash[k] & (uint64_t)(x->n_buckets - 1));
  x->next[k] = x->bucket[at];
  x->bucket[at] = k;
}
static void leave(struct eliminating *x, int32_t k) {
  int32_t *at = &x->bucket[x->hash[k] & (uint64_t)(x->n_buckets - 1)];
  while (*at != k) at = &x->next[*at];
  *at = x->next[k];
}
static bool protected_by(const struct eliminating *x, const struct column *c) {
  const uint64_t h = hash_of(c);
  for (int32_t k = x->bucket[h & (uint64_t)(x->n_buckets - 1)]; k >= 0; k = x->next[k])
    if (x->hash[k] == h && proportional(c, &x->primary[k])) return true;
  return false;
}
static bool note_rows(struct eliminating *x, int32_t k, const struct column *old) {
  const struct column *c = &x->primary[k];
  for (int32_t i = 0, j = 0; i < c->n; i++) {
    while (old && j < old->n && old->row[j] < c->row[i]) j++;
    if (old && j < old->n && old->row[j] == c->row[i]) continue;
    struct list *l = &x->has[c->row[i]];
    if (l->n == l->room) {
      int32_t *more = ARENA_ARRAY(x->a, int32_t, 2 * l->room + 4);
      if (!more) return false;
      if (l->n) memcpy(more, l->of, (size_t)l->n * sizeof *more);
      l->of = more;
      l->room = 2 * l->room + 4;
    }
    l->of[l->n++] = k;
  }
  return true;
}
static bool has_row(const struct column *c, int32_t row, uint32_t *value) {
  int32_t lo = 0, hi = c->n;
  while (lo < hi) {
    const int32_t mid = (lo + hi) / 2;
    if (c->row[mid] < row) lo = mid + 1;
    else hi = mid;
  }
  *value = lo < c->n && c->row[lo] == row ? c->value[lo] : 0;
  return *value != 0;
}
static int32_t live_primaries(struct eliminating *x, int32_t row) { /* the list may name a primary that has lost the row since, or twice */
  struct list *l = &x->has[row];
  int32_t n = 0;
  uint32_t v;
  for (int32_t i = 0; i < l->n; i++)
    if (has_row(&x->primary[l->of[i]], row, &v)) l->of[n++] = l->of[i];
  return l->n = n;
}
/* The candidate's rest joins the published columns; its pivot leaves all primaries. */
static bool publish(struct eliminating *x, struct column *c) {
  int32_t best = 0, least = INT32_MAX;
  for (int32_t i = 0; i < c->n && least > 0; i++) {
    const int32_t n = live_primaries(x, c->row[i]);
    if (n < least) least = n, best = i;
  }
  const int32_t row = c->row[best], k = x->n_base++;
  const uint32_t f = mod_inverse(c->value[best]);
  for (int32_t i = 0; i < c->n; i++) c->value[i] = mod_mul(f, c->value[i]);
  x->base[k] = *c;
  x->pivot[k] = row;
  x->pivot_of[row] = k;
  struct list l = x->has[row];
  x->has[row] = (struct list){0};
  for (int32_t i = 0; i < l.n; i++) {
    struct column *p = &x->primary[l.of[i]], now = {0};
    uint32_t v;
    if (!has_row(p, row, &v)) continue;
    leave(x, l.of[i]);
    add(x, p, 1, false);
    add(x, c, mod_neg(v), false);
    if (!take(x, &now)) return false;
    const struct column old = *p;
    *p = now;
    enter(x, l.of[i]);
    if (!note_rows(x, l.of[i], &old)) return false;
  }
  return true;
}
static bool offer(struct eliminating *x, int32_t cell, bool forced, bool *suppress) {
  struct column c = {0};
  add(x, &x->cell[cell], 1, true);
  reduce(x);
  if (!take(x, &c)) return false;
  *suppress = !forced && c.n && protected_by(x, &c);
  return *suppress || c.n == 0 || publish(x, &c);
}

/* --- primaries and pairs --- */

static bool add_primary(struct eliminating *x, int32_t cell, int32_t with) {
  struct column *c = &x->primary[x->n_primary];
  add(x, &x->cell[cell], 1, true);
  if (with >= 0) add(x, &x->cell[with], 1, true);
  reduce(x);
  if (!take(x, c)) return false;
  if (c->n == 0) return true; /* determined already: the audit reports it */
  const int32_t k = x->n_primary++;
  enter(x, k);
  return note_rows(x, k, NULL);
}
static bool add_pairs(struct eliminating *x, const struct owners *w, struct eliminate_result *out) {
  const struct cell_table *t = x->t;
  for (int32_t i = 0; w && i < w->first[w->n]; i++) {
    const int32_t own = w->cell[i];
    for (int32_t k = t->cell_first[own]; k < t->cell_first[own + 1]; k++) {
      const int32_t r = t->cell_relation[k];
      for (int32_t m = t->first[r] + 1; m < t->first[r + 1]; m++) {
        const int32_t c = t->member[m];
        if (own == t->member[t->first[r]] || c == own || t->status[c] != 'u' || t->value[c] == 0) continue;
        if (!add_primary(x, own, c)) return false;
        out->n_pairs++;
      }
    }
  }
  return true;
}
static int64_t pairs_most(const struct cell_table *t, const struct owners *w) {
  int64_t n = 0;
  for (int32_t i = 0; w && i < w->first[w->n]; i++)
    for (int32_t k = t->cell_first[w->cell[i]]; k < t->cell_first[w->cell[i] + 1]; k++)
      n += t->first[t->cell_relation[k] + 1] - t->first[t->cell_relation[k]];
  return n;
}
struct candidate {
  double importance;
  int32_t cell;
  bool forced;
};
static int candidate_cmp(const void *p, const void *q) {
  const struct candidate *a = p, *b = q;
  if (a->forced != b->forced) return b->forced - a->forced;
  return a->importance != b->importance ? (a->importance < b->importance) - (a->importance > b->importance)
                                        : (a->cell > b->cell) - (a->cell < b->cell);
}
static bool begin(struct eliminating *x, const struct owners *w) {
  const size_t n = (size_t)x->t->n_cells + 1, most = n + (size_t)pairs_most(x->t, w);
  x->cell = ARENA_ARRAY(x->a, struct column, n);
  x->made = ARENA_ARRAY(x->a, uint8_t, n);
  x->base = ARENA_ARRAY(x->a, struct column, n);
  x->pivot_of = ARENA_ARRAY(x->a, int32_t, n);
  x->pivot = ARENA_ARRAY(x->a, int32_t, n);
  x->primary = ARENA_ARRAY(x->a, struct column, most);
  x->has = ARENA_ARRAY(x->a, struct list, n);
  x->hash = ARENA_ARRAY(x->a, uint64_t, most);
  x->next = ARENA_ARRAY(x->a, int32_t, most);
  for (x->n_buckets = 16; (size_t)x->n_buckets < 2 * most; x->n_buckets *= 2) continue;
  x->bucket = ARENA_ARRAY(x->a, int32_t, x->n_buckets);
  x->sum = ARENA_ARRAY(x->a, uint32_t, n);
  x->touched = ARENA_ARRAY(x->a, int32_t, n);
  x->heap = ARENA_ARRAY(x->a, int32_t, n);
  x->in_sum = ARENA_ARRAY(x->a, uint8_t, n);
  if (!x->cell || !x->made || !x->base || !x->pivot_of || !x->pivot || !x->primary || !x->has || !x->hash || !x->next) return false;
  if (!x->bucket || !x->sum || !x->touched || !x->heap || !x->in_sum) return false;
  for (size_t i = 0; i < n; i++) x->pivot_of[i] = -1;
  for (int32_t i = 0; i < x->n_buckets; i++) x->bucket[i] = -1;
  return true;
}
/* What the relations say of inner cells beyond defining parents (hierarchies that do not nest) is known to all: it is published first. */
static bool publish_relations(struct eliminating *x) {
  const struct cell_table *t = x->t;
  for (int32_t r = 0; r < t->n_relations; r++) {
    struct column c = {0};
    for (int32_t i = t->first[r]; i < t->first[r + 1]; i++) add(x, &x->cell[t->member[i]], i == t->first[r] ? MODULUS - 1 : 1, true);
    reduce(x);
    if (!take(x, &c)) return false;
    if (c.n && !publish(x, &c)) return false;
  }
  return true;
}
static bool run(struct eliminating *x, const double *importance, const struct owners *w, uint8_t *hidden, struct eliminate_result *out) {
  const struct cell_table *t = x->t;
  struct candidate *o = ARENA_ARRAY(x->a, struct candidate, t->n_cells + 1);
  int32_t n = 0;
  if (!o || !begin(x, w) || !make_cells(x, &out->n_inner) || !publish_relations(x)) return false;
  for (int32_t c = 0; c < t->n_cells; c++) {
    if (t->same[c] != c) continue;
    if (t->status[c] == 'u' && t->value[c] != 0 && !add_primary(x, c, -1)) return false;
    if (t->status[c] != 'u')
      o[n++] = (struct candidate){importance ? importance[c] : fabs((double)t->value[c]), c, !cell_may_hide(t, c)};
  }
  if (!add_pairs(x, w, out)) return false;
  qsort(o, (size_t)n, sizeof *o, candidate_cmp);
  for (int32_t i = 0; i < n; i++) {
    bool suppress = false;
    if (!offer(x, o[i].cell, o[i].forced, &suppress)) return false;
    if (!suppress) continue;
    hidden[o[i].cell] = 1;
    out->n_secondary++;
  }
  out->rank = x->n_base;
  return true;
}
enum err_code suppress_by_elimination(const struct cell_table *t, const double *importance, const struct owners *owners, uint8_t *hidden,
    struct eliminate_result *out, struct err *e) {
  struct eliminating x = {.a = arena_new(0), .t = t};
  *out = (struct eliminate_result){0};
  for (int32_t c = 0; c < t->n_cells; c++) hidden[c] = t->status[c] == 'u';
  const bool done = x.a && run(&x, importance, owners, hidden, out);
  for (int32_t c = 0; c < t->n_cells; c++)
    if (t->same[c] != c) hidden[c] = hidden[t->same[c]];
  arena_free(x.a);
  return done ? E_OK : ERR(e, E_NO_MEMORY, .subject = t->name);
}
