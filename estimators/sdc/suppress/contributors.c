/* contributors.c -- who attacks from inside a table: owners of contributions and pairs of them, with what each knows. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/sdc/suppress/contributions.h"

struct knowing { /* one owner in one cell */
  int32_t owner, cell;
  int64_t amount, level;
  bool alone;
};
struct ranked {
  int32_t owner, n_primary;
};
static int knowing_cmp(const void *p, const void *q) {
  const struct knowing *a = p, *b = q;
  return a->owner != b->owner ? (a->owner > b->owner) - (a->owner < b->owner) : (a->cell > b->cell) - (a->cell < b->cell);
}
static int ranked_cmp(const void *p, const void *q) {
  const struct ranked *a = p, *b = q;
  return a->n_primary != b->n_primary ? (a->n_primary < b->n_primary) - (a->n_primary > b->n_primary) : (a->owner > b->owner) - (a->owner < b->owner);
}
/* What keeps the largest of the others p away from an attacker who holds `own` of the cell; -1: as the cell asks. */
static int64_t level_of(const struct cell_table *t, int32_t cell, int64_t own, int64_t other, double p) {
  if (p <= 0) return -1;
  const double level = (1 + p) * (double)other + (double)own - fabs((double)t->value[cell]);
  return level > 0 ? (int64_t)ceil(level - 1e-9 * fabs(level)) : 0;
}
static int64_t largest_but(const struct contributor *x, int64_t n, int32_t a, int32_t b) {
  int64_t most = 0;
  for (int64_t i = 0; i < n; i++)
    if (x[i].owner != a && x[i].owner != b && x[i].amount > most) most = x[i].amount;
  return most;
}

/* --- pairs: the second and third largest of each primary cell --- */

struct pair {
  int32_t a, b;
};
static int pair_cmp(const void *p, const void *q) {
  const struct pair *x = p, *y = q;
  return x->a != y->a ? (x->a > y->a) - (x->a < y->a) : (x->b > y->b) - (x->b < y->b);
}
static struct pair pair_of(const struct contributor *x, int64_t n) {
  int64_t first = -1, second = -1, third = -1;
  for (int64_t i = 0; i < n; i++) {
    if (first < 0 || x[i].amount > x[first].amount) third = second, second = first, first = i;
    else if (second < 0 || x[i].amount > x[second].amount) third = second, second = i;
    else if (third < 0 || x[i].amount > x[third].amount) third = i;
  }
  if (third < 0) return (struct pair){-1, -1};
  const int32_t a = x[second].owner, b = x[third].owner;
  return a < b ? (struct pair){a, b} : (struct pair){b, a};
}
struct listing {
  struct arena *a;
  const struct cell_table *t;
  const struct contributor *x;
  int64_t n;
  double p;
  struct knowing *k;
  int64_t n_known;
  struct pair *pair;
  int32_t n_owners, n_pairs;
};
static bool list_pairs(struct listing *l) {
  l->pair = ARENA_ARRAY(l->a, struct pair, l->t->n_cells + 1);
  if (!l->pair) return false;
  for (int64_t i = 0, j; i < l->n; i = j) {
    for (j = i; j < l->n && l->x[j].cell == l->x[i].cell; j++) continue;
    const struct pair p = pair_of(l->x + i, j - i);
    if (l->t->status[l->x[i].cell] == 'u' && p.a >= 0) l->pair[l->n_pairs++] = p;
  }
  qsort(l->pair, (size_t)l->n_pairs, sizeof *l->pair, pair_cmp);
  int32_t kept = 0;
  for (int32_t i = 0; i < l->n_pairs; i++)
    if (kept == 0 || pair_cmp(&l->pair[kept - 1], &l->pair[i])) l->pair[kept++] = l->pair[i];
  l->n_pairs = kept;
  return true;
}
/* Both of a pair in one cell, or one of them: the amounts add up. */
static void know_pair(struct listing *l, const struct contributor *x, int64_t n, int32_t number) {
  const struct pair p = l->pair[number];
  int64_t own = 0;
  int64_t others = 0;
  for (int64_t i = 0; i < n; i++) {
    if (x[i].owner == p.a || x[i].owner == p.b) own += x[i].amount;
    else others++;
  }
  const int64_t level = level_of(l->t, x[0].cell, own, largest_but(x, n, p.a, p.b), l->p);
  l->k[l->n_known++] = (struct knowing){l->n_owners + number, x[0].cell, own, level, others == 0};
}
static bool know(struct listing *l) {
  l->k = ARENA_ARRAY(l->a, struct knowing, l->n + 1);
  if (!l->k) return false;
  for (int64_t i = 0, j; i < l->n; i = j) {
    for (j = i; j < l->n && l->x[j].cell == l->x[i].cell; j++) continue;
    const int32_t c = l->x[i].cell;
    if (!cell_may_hide(l->t, c)) continue;
    int64_t most = -1, next = -1;
    for (int64_t k = i; k < j; k++) {
      if (most < 0 || l->x[k].amount > l->x[most].amount) next = most, most = k;
      else if (next < 0 || l->x[k].amount > l->x[next].amount) next = k;
    }
    for (int64_t k = i; k < j; k++) {
      const int64_t other = k == most ? (next < 0 ? 0 : l->x[next].amount) : l->x[most].amount;
      l->k[l->n_known++] = (struct knowing){l->x[k].owner, c, l->x[k].amount, level_of(l->t, c, l->x[k].amount, other, l->p), j - i == 1};
    }
  }
  return true;
}
/* The cells of both of a pair: their own lists merged, cell by cell. */
static bool know_pairs(struct listing *l) {
  int64_t *at = ARENA_ARRAY(l->a, int64_t, l->t->n_cells + 2);
  const int64_t single = l->n_known;
  if (!at) return false;
  for (int64_t i = 0; i < l->n; i++) at[l->x[i].cell + 1] = i + 1;
  for (int32_t c = 0; c < l->t->n_cells; c++)
    if (at[c + 1] < at[c]) at[c + 1] = at[c];
  qsort(l->k, (size_t)single, sizeof *l->k, knowing_cmp);
  int64_t *first = ARENA_ARRAY(l->a, int64_t, l->n_owners + 2);
  if (!first) return false;
  for (int64_t i = 0; i < single; i++) first[l->k[i].owner + 1] = i + 1;
  for (int32_t k = 0; k < l->n_owners; k++)
    if (first[k + 1] < first[k]) first[k + 1] = first[k];
  int64_t need = single;
  for (int32_t k = 0; k < l->n_pairs; k++)
    need += first[l->pair[k].a + 1] - first[l->pair[k].a] + first[l->pair[k].b + 1] - first[l->pair[k].b];
  struct knowing *more = ARENA_ARRAY(l->a, struct knowing, need + 1);
  if (!more) return false;
  memcpy(more, l->k, (size_t)single * sizeof *more);
  l->k = more;
  for (int32_t k = 0; k < l->n_pairs; k++) {
    int64_t i = first[l->pair[k].a], j = first[l->pair[k].b];
    const int64_t to_i = first[l->pair[k].a + 1], to_j = first[l->pair[k].b + 1];
    while (i < to_i || j < to_j) {
      const int32_t c = j == to_j || (i < to_i && l->k[i].cell <= l->k[j].cell) ? l->k[i].cell : l->k[j].cell;
      know_pair(l, l->x + at[c], at[c + 1] - at[c], k);
      i += i < to_i && l->k[i].cell == c;
      j += j < to_j && l->k[j].cell == c;
    }
  }
  return true;
}
static bool fill(struct listing *l, struct owners *out) {
  const int32_t all = l->n_owners + l->n_pairs;
  struct ranked *rank = ARENA_ARRAY(l->a, struct ranked, all + 1);
  int64_t *first = ARENA_ARRAY(l->a, int64_t, all + 2);
  int32_t *alone_first = ARENA_ARRAY(l->a, int32_t, all + 2), *part_first = ARENA_ARRAY(l->a, int32_t, all + 2);
  int32_t *cell = ARENA_ARRAY(l->a, int32_t, l->n_known + 1), n_alone = 0, n_part = 0, n = 0;
  struct owner_part *part = ARENA_ARRAY(l->a, struct owner_part, l->n_known + 1);
  if (!rank || !first || !alone_first || !part_first || !cell || !part) return false;
  qsort(l->k, (size_t)l->n_known, sizeof *l->k, knowing_cmp);
  for (int32_t k = 0; k < all; k++) rank[k].owner = k;
  for (int64_t i = 0; i < l->n_known; i++) {
    first[l->k[i].owner + 1] = i + 1;
    rank[l->k[i].owner].n_primary += l->t->status[l->k[i].cell] == 'u';
  }
  for (int32_t k = 0; k < all; k++)
    if (first[k + 1] < first[k]) first[k + 1] = first[k];
  qsort(rank, (size_t)all, sizeof *rank, ranked_cmp);
  for (; n < all && rank[n].n_primary > 0; n++) {
    alone_first[n] = n_alone, part_first[n] = n_part;
    for (int64_t i = first[rank[n].owner]; i < first[rank[n].owner + 1]; i++) {
      if (l->k[i].alone) cell[n_alone++] = l->k[i].cell;
      else part[n_part++] = (struct owner_part){l->k[i].cell, l->k[i].amount, l->k[i].level};
    }
  }
  alone_first[n] = n_alone, part_first[n] = n_part;
  *out = (struct owners){.n = n, .first = alone_first, .cell = cell, .part_first = part_first, .part = part};
  return true;
}
enum err_code contributors_as_owners(struct arena *a, const struct cell_table *t, const struct contributor *x, int64_t n, int32_t n_owners, double p,
    bool pairs, struct owners *out, struct err *e) {
  struct listing l = {.a = a, .t = t, .x = x, .n = n, .p = p, .n_owners = n_owners};
  const bool ok = (!pairs || list_pairs(&l)) && know(&l) && (!pairs || know_pairs(&l)) && fill(&l, out);
  return ok ? E_OK : ERR(e, E_NO_MEMORY, .subject = t->name);
}
