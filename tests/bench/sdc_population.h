/* sdc_population.h -- a made establishment survey: 47 prefectures in 8 regions x 20 industries in 5 groups x 6 sizes, as a table of turnover. The
 *    stream is that of the generator of the reference pack (MT19937 seeded with one number, CPython's choices, gauss and randrange), so that the
 *    table is the pack's table, cell by cell. For the bench and tests; needs no file. */
#ifndef SHIRABE_TESTS_BENCH_SDC_POPULATION_H
#define SHIRABE_TESTS_BENCH_SDC_POPULATION_H
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/sdc/suppress/cells.h"

struct twister {
  uint32_t s[624];
  int at;
  bool has_next;
  double next;
};
static void twister_one(struct twister *t, uint32_t seed) {
  t->s[0] = seed;
  for (uint32_t i = 1; i < 624; i++) t->s[i] = 1812433253u * (t->s[i - 1] ^ (t->s[i - 1] >> 30)) + i;
  t->at = 624;
}
static void twister_seed(struct twister *t, uint32_t key) { /* init_by_array of one word */
  *t = (struct twister){.at = 624};
  twister_one(t, 19650218u);
  int i = 1;
  for (int k = 0; k < 624; k++) {
    t->s[i] = (t->s[i] ^ ((t->s[i - 1] ^ (t->s[i - 1] >> 30)) * 1664525u)) + key;
    if (++i >= 624) t->s[0] = t->s[623], i = 1;
  }
  for (int k = 0; k < 623; k++) {
    t->s[i] = (t->s[i] ^ ((t->s[i - 1] ^ (t->s[i - 1] >> 30)) * 1566083941u)) - (uint32_t)i;
    if (++i >= 624) t->s[0] = t->s[623], i = 1;
  }
  t->s[0] = 0x80000000u;
}
static uint32_t twister_u32(struct twister *t) {
  if (t->at == 624) {
    for (int k = 0; k < 624; k++) {
      const uint32_t y = (t->s[k] & 0x80000000u) | (t->s[(k + 1) % 624] & 0x7fffffffu);
      t->s[k] = t->s[(k + 397) % 624] ^ (y >> 1) ^ ((y & 1) ? 0x9908b0dfu : 0);
    }
    t->at = 0;
  }
  uint32_t y = t->s[t->at++];
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680u;
  y ^= (y << 15) & 0xefc60000u;
  return y ^ (y >> 18);
}
static double twister_random(struct twister *t) {
  const uint32_t a = twister_u32(t) >> 5, b = twister_u32(t) >> 6;
  return (a * 67108864.0 + b) * (1.0 / 9007199254740992.0);
}
static int twister_choice(struct twister *t, const double *cumulated, int n) {
  const double x = twister_random(t) * cumulated[n - 1];
  int lo = 0, hi = n - 1;
  while (lo < hi) {
    const int mid = (lo + hi) / 2;
    if (x < cumulated[mid]) hi = mid;
    else lo = mid + 1;
  }
  return lo;
}
static double twister_gauss(struct twister *t, double sigma) {
  if (t->has_next) {
    t->has_next = false;
    return t->next * sigma;
  }
  const double angle = twister_random(t) * 2.0 * M_PI, radius = sqrt(-2.0 * log(1.0 - twister_random(t)));
  t->next = sin(angle) * radius;
  t->has_next = true;
  return cos(angle) * radius * sigma;
}
static uint32_t twister_below(struct twister *t, uint32_t n) {
  int bits = 0;
  for (uint32_t k = n; k; k >>= 1) bits++;
  uint32_t r = twister_u32(t) >> (32 - bits);
  while (r >= n) r = twister_u32(t) >> (32 - bits);
  return r;
}

enum { POP_PREFECTURES = 47, POP_INDUSTRIES = 20, POP_SIZES = 6, POP_GEO = 56, POP_IND = 26, POP_SIZE = 7 };
struct pop_node { /* a code of a hierarchy, depth first */
  char code[8];
  int parent;
};
static void pop_tree(struct pop_node *out, const char *group, const char *leaf, const int *sizes, int n_groups) {
  int n = 1, k = 0;
  out[0] = (struct pop_node){"Total", -1};
  for (int g = 0; g < n_groups; g++) {
    const int at = n++;
    snprintf(out[at].code, sizeof out[at].code, "%s%d", group, (g + 1) % 100);
    out[at].parent = 0;
    for (int i = 0; i < sizes[g]; i++, n++) {
      snprintf(out[n].code, sizeof out[n].code, "%s%02d", leaf, ++k % 100);
      out[n].parent = at;
    }
  }
}
struct population {
  struct pop_node geo[POP_GEO], ind[POP_IND], size[POP_SIZE];
  int64_t count[POP_GEO][POP_IND][POP_SIZE], turnover[POP_GEO][POP_IND][POP_SIZE], largest[POP_GEO][POP_IND][POP_SIZE];
};
static void pop_add(struct population *p, int geo, int ind, int size, int64_t turnover) {
  for (int g = geo; g >= 0; g = p->geo[g].parent)
    for (int i = ind; i >= 0; i = p->ind[i].parent)
      for (int s = size; s >= 0; s = p->size[s].parent) {
        p->count[g][i][s]++;
        p->turnover[g][i][s] += turnover;
        if (turnover > p->largest[g][i][s]) p->largest[g][i][s] = turnover;
      }
}
static int pop_leaf(const struct pop_node *tree, int n, char letter, int number) {
  for (int i = 0; i < n; i++)
    if (tree[i].code[0] == letter && strlen(tree[i].code) == 3 && atoi(tree[i].code + 1) == number) return i;
  return -1;
}
static void pop_make(struct population *p, uint32_t seed, int n_units) {
  static const int regions[] = {1, 6, 7, 9, 7, 5, 4, 8}, groups[] = {3, 4, 5, 4, 4};
  static const double weight[POP_PREFECTURES] = {42, 10, 10, 18, 8, 8, 15, 22, 15, 15, 58, 50, 110, 73, 18, 8, 9, 6, 6, 16, 16, 29, 60, 14, 11,
      20, 70, 44, 11, 8, 4, 5, 15, 22, 11, 6, 8, 11, 6, 41, 6, 10, 14, 9, 9, 13, 12};
  static const double of_industry[] = {0.4, 0.15, 1.0, 9, 8, 0.4, 1.6, 3, 22, 1.5, 6, 4, 10, 8, 3, 7, 0.8, 6, 0.25, 2.5};
  static const double of_size[] = {0.56, 0.20, 0.165, 0.055, 0.016, 0.004}, median[] = {2, 7, 17, 50, 190, 900};
  double where[POP_PREFECTURES] = {0}, what[POP_INDUSTRIES] = {0}, large[POP_SIZES] = {0};
  struct twister r;
  *p = (struct population){0};
  pop_tree(p->geo, "R", "P", regions, 8);
  pop_tree(p->ind, "G", "I", groups, 5);
  p->size[0] = (struct pop_node){"Total", -1};
  for (int s = 1; s < POP_SIZE; s++) {
    snprintf(p->size[s].code, sizeof p->size[s].code, "S%d", s);
    p->size[s].parent = 0;
  }
  twister_seed(&r, seed);
  for (int k = 0; k < POP_PREFECTURES; k++) where[k] = weight[k] + (k ? where[k - 1] : 0);
  for (int k = 0; k < POP_SIZES; k++) large[k] = of_size[k] + (k ? large[k - 1] : 0);
  for (int i = 0; i < n_units; i++) {
    const int pref = twister_choice(&r, where, POP_PREFECTURES);
    for (int k = 0; k < POP_INDUSTRIES; k++)
      what[k] = of_industry[k] * exp(0.6 * sin(1.7 * pref + 2.3 * k)) + (k ? what[k - 1] : 0);
    const int ind = twister_choice(&r, what, POP_INDUSTRIES), size = twister_choice(&r, large, POP_SIZES);
    int emp = (int)(median[size] * exp(0.0 + twister_gauss(&r, 0.35)));
    if (emp < 1) emp = 1;
    int64_t turnover = (int64_t)nearbyint(emp * 12 * exp(0.0 + twister_gauss(&r, 0.9)));
    if (turnover < 1) turnover = 1;
    if (twister_random(&r) < 0.12) (void)twister_below(&r, (uint32_t)(n_units / 20 - 1));
    pop_add(p, pop_leaf(p->geo, POP_GEO, 'P', pref + 1), pop_leaf(p->ind, POP_IND, 'I', ind + 1), size + 1, turnover);
  }
}
static int32_t pop_id(int g, int i, int s) { return (int32_t)((g * POP_IND + i) * POP_SIZE + s); }
static enum err_code pop_relations(struct cell_builder *b, const struct population *p, struct err *e) {
  int32_t member[64];
  const struct pop_node *tree[] = {p->geo, p->ind, p->size};
  const int n[] = {POP_GEO, POP_IND, POP_SIZE};
  for (int d = 0; d < 3; d++)
    for (int parent = 0; parent < n[d]; parent++)
      for (int x = 0; x < n[(d + 1) % 3]; x++)
        for (int y = 0; y < n[(d + 2) % 3]; y++) {
          int k = 0, at[3];
          at[(d + 1) % 3] = x, at[(d + 2) % 3] = y;
          for (int c = parent; c < n[d]; c++) {
            if (c != parent && tree[d][c].parent != parent) continue;
            at[d] = c;
            member[k++] = pop_id(at[0], at[1], at[2]);
          }
          if (k > 1) TRY(cell_builder_relation(b, k, member, e));
        }
  return E_OK;
}
/* The table in tenths: levels of 10 % are whole then. Primary: fewer than 3 establishments; level: p % of the largest (all of the rule for two
   units). Counts instead of turnover: no levels. */
static enum err_code pop_table(struct arena *a, const struct population *p, bool counts, struct cell_table **out, struct err *e) {
  struct cell_builder b;
  TRY(cell_builder_begin(&b, a, "bench_47x20x6", counts ? 0 : 1, e));
  for (int g = 0; g < POP_GEO; g++)
    for (int i = 0; i < POP_IND; i++)
      for (int s = 0; s < POP_SIZE; s++) {
        const int64_t n = p->count[g][i][s], v = counts ? n : 10 * p->turnover[g][i][s];
        const bool primary = n > 0 && n < 3;
        const char *key = arena_printf(a, "%s|%s|%s", p->geo[g].code, p->ind[i].code, p->size[s].code);
        if (!key) return ERR(e, E_NO_MEMORY, .subject = "bench");
        const int64_t level = primary && !counts ? p->largest[g][i][s] : 0;
        TRY(cell_builder_cell(&b, str_of(key), v, primary ? 'u' : 's', level, level, e));
      }
  TRY(pop_relations(&b, p, e));
  return cell_builder_close(&b, out, e);
}
#endif
