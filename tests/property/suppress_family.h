/* suppress_family.h -- generated families of tables for attackers: products of hierarchies, linked tables with a second grouping, editions whose
 *          difference
 *    is small, a year with its quarters. Each unit is kept with its inner cell and amount. For the property tests of suppression only. */
#ifndef SHIRABE_TESTS_PROPERTY_SUPPRESS_FAMILY_H
#define SHIRABE_TESTS_PROPERTY_SUPPRESS_FAMILY_H
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "estimators/sdc/suppress/cells.h"

enum { FAMILIES = 240, UNITS_MAX = 200, DIMENSIONS = 3, CODES = 12, CELLS = CODES * CODES * CODES };
enum kind { PRODUCT, LINKED, EDITIONS, MONTHS, N_KINDS };
struct tree {
  int n, parent[CODES]; /* code 0 = total */
  int group[CODES];     /* a second parent for leaves, -1 */
};
struct family {
  struct rng r;
  int dims, size[DIMENSIONS];
  struct tree tree[DIMENSIONS];
  int64_t n[CELLS], value[CELLS], largest[CELLS];
  int n_units, cell[UNITS_MAX]; /* the inner cell of each unit, and what it adds */
  int64_t amount[UNITS_MAX];
};
static bool leaf(const struct tree *t, int c) {
  for (int k = 1; k < t->n; k++)
    if (t->parent[k] == c || t->group[k] == -2 - c) return false;
  return t->group[c] != -100;
}
static void make_tree(struct family *f, struct tree *t, bool deep) {
  *t = (struct tree){.n = 1, .parent = {-1}};
  const int groups = deep ? 2 + (int)rng_below(&f->r, 2) : 0;
  for (int g = 0; g < groups; g++) t->parent[t->n++] = 0;
  const int leaves = 3 + (int)rng_below(&f->r, 3);
  for (int k = 0; k < leaves; k++) t->parent[t->n++] = groups ? 1 + k % groups : 0;
  for (int k = 0; k < CODES; k++) t->group[k] = -1;
}
/* Two codes more that group the leaves otherwise: totals of a linked table. */
static void second_grouping(struct family *f, struct tree *t) {
  const int first = t->n;
  for (int g = 0; g < 2; g++) t->parent[t->n] = 0, t->group[t->n++] = -100;
  for (int k = 1; k < first; k++)
    if (leaf(t, k)) t->group[k] = first + (int)rng_below(&f->r, 2);
}
static int cell_of(const struct family *f, const int *code) {
  int c = 0;
  for (int d = 0; d < f->dims; d++) c = c * f->tree[d].n + code[d];
  return c;
}
static bool above(const struct tree *t, int code, int of) { /* code covers the leaf `of` */
  if (code == 0 || t->group[of] == code) return true;
  for (int k = of; k > 0; k = t->parent[k])
    if (k == code) return true;
  return false;
}
static void add_unit(struct family *f, const int *where, int64_t v) {
  int code[DIMENSIONS] = {0}, all = 1;
  for (int d = 0; d < f->dims; d++) all *= f->tree[d].n;
  for (int c = 0; c < all; c++) {
    bool in = true;
    for (int d = f->dims - 1, rest = c; d >= 0; rest /= f->tree[d].n, d--) code[d] = rest % f->tree[d].n;
    for (int d = 0; in && d < f->dims; d++) in = above(&f->tree[d], code[d], where[d]);
    if (!in) continue;
    f->n[c]++;
    f->value[c] += v;
    if (v > f->largest[c]) f->largest[c] = v;
  }
}
static void make_units(struct family *f, enum kind kind) {
  const int n = 60 + (int)rng_below(&f->r, 120);
  for (int i = 0; i < n; i++) {
    int where[DIMENSIONS];
    for (int d = 0; d < f->dims; d++) {
      const struct tree *t = &f->tree[d];
      do where[d] = 1 + (int)(rng_uniform(&f->r) * rng_uniform(&f->r) * (t->n - 1)); /* uneven, so that some cells are small */
      while (!leaf(t, where[d]));
    }
    if (kind == EDITIONS) where[f->dims - 1] = rng_below(&f->r, 12) ? 1 : 2; /* most reports are in the preliminary edition */
    f->cell[f->n_units] = cell_of(f, where);
    f->amount[f->n_units] = 10 * (1 + (int64_t)exp(2 + 1.5 * rng_normal(&f->r)));
    add_unit(f, where, f->amount[f->n_units++]);
  }
}
static enum err_code relations_of(struct family *f, struct cell_builder *b, int d, int parent, bool second, struct err *e) {
  int code[DIMENSIONS] = {0}, others = 1;
  for (int k = 0; k < f->dims; k++) others *= k == d ? 1 : f->tree[k].n;
  for (int o = 0; o < others; o++) {
    int32_t member[CODES + 1];
    int n = 0;
    for (int k = f->dims - 1, rest = o; k >= 0; k--)
      if (k != d) code[k] = rest % f->tree[k].n, rest /= f->tree[k].n;
    code[d] = parent;
    member[n++] = cell_of(f, code);
    for (int c = 1; c < f->tree[d].n; c++) {
      const bool child = second ? f->tree[d].group[c] == parent || (parent == 0 && f->tree[d].group[c] == -100)
                                : f->tree[d].parent[c] == parent && f->tree[d].group[c] != -100;
      if (!child) continue;
      code[d] = c;
      member[n++] = cell_of(f, code);
    }
    if (n > 1) TRY(cell_builder_relation(b, n, member, e));
  }
  return E_OK;
}
static enum err_code make_table(struct arena *a, struct family *f, struct cell_table **out, struct err *e) {
  struct cell_builder b;
  int all = 1;
  for (int d = 0; d < f->dims; d++) all *= f->tree[d].n;
  TRY(cell_builder_begin(&b, a, "family", 0, e));
  for (int c = 0; c < all; c++) {
    const bool primary = f->n[c] > 0 && f->n[c] < 3;
    const int64_t level = primary ? f->largest[c] / 10 : 0;
    TRY(cell_builder_cell(&b, STR(""), f->value[c], primary ? 'u' : 's', level, level, e));
  }
  for (int d = 0; d < f->dims; d++)
    for (int p = 0; p < f->tree[d].n; p++) {
      TRY(relations_of(f, &b, d, p, false, e));
      if (f->tree[d].group[p] == -100 || p == 0) TRY(relations_of(f, &b, d, p, true, e));
    }
  return cell_builder_close(&b, out, e);
}
static enum err_code make_family(struct arena *a, struct family *f, int number, struct cell_table **out, struct err *e) {
  const enum kind kind = (enum kind)(number % N_KINDS);
  const int64_t seed = number;
  *f = (struct family){.dims = kind == LINKED ? 2 : 2 + number / N_KINDS % 2};
  rng_init(&f->r, 20261129, "families", &seed, sizeof seed);
  for (int d = 0; d < f->dims; d++) make_tree(f, &f->tree[d], rng_below(&f->r, 2) != 0);
  if (kind == LINKED) second_grouping(f, &f->tree[0]);
  if (kind == EDITIONS) f->tree[f->dims - 1] = (struct tree){.n = 3, .parent = {-1, 0, 0}, .group = {-1, -1, -1}}; /* final = preliminary + late */
  if (kind == MONTHS)
    f->tree[f->dims - 1] = (struct tree){.n = 5, .parent = {-1, 0, 0, 0, 0}, .group = {-1, -1, -1, -1, -1}}; /* a year and its quarters */
  make_units(f, kind);
  return make_table(a, f, out, e);
}
#endif
