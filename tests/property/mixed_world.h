/* mixed_world.h -- random small rule sets over numbers in whole steps from 0 to 5 and categories of two or three codes, and random records. */
#ifndef SHIRABE_TESTS_PROPERTY_MIXED_WORLD_H
#define SHIRABE_TESTS_PROPERTY_MIXED_WORLD_H
#include <string.h>

#include "base/rng.h"
#include "processing/edit/rule_set.h"

enum { P = 3, Q = 3, RULES = 6, ATOMS = 3, TOP = 5 };

struct world {
  struct rule_set rules;
  double weight[P + Q];
  double x[P];
  bool missing[P];
  int code[Q];
  const char *names[P];
  double lower[P], upper[P];
  int decimals[P], var[RULES * ATOMS][P];
  double coef[RULES * ATOMS][P];
  uint64_t set[RULES * ATOMS];
  struct rule_category category[Q];
  struct str codes[3];
  struct rule rule[RULES];
  struct rule_atom atom[RULES * ATOMS];
};
static inline int below(struct rng *r, int n) { return (int)rng_below(r, (uint64_t)n); }

static inline void random_linear(struct world *w, struct rng *r, int at, struct rule_atom *out) {
  int n = 0;
  for (int j = 0; j < w->rules.numeric.p; j++)
    if (below(r, 3) < 2 || (n == 0 && j + 1 == w->rules.numeric.p)) {
      static const double COEFS[] = {1, -1, 1, -1, 2, -2, 3};
      w->var[at][n] = j;
      w->coef[at][n++] = COEFS[below(r, 7)];
    }
  *out = (struct rule_atom){
      .strict = below(r, 6) == 0,
      .linear = {.op = below(r, 4) ? LINEAR_LE : LINEAR_EQ, .n = n, .var = w->var[at], .coef = w->coef[at], .rhs = below(r, 9) - 3, .id = "r"}};
  if (out->strict) out->linear.op = LINEAR_LE;
}
static inline void random_rules(struct world *w, struct rng *r, bool linear_only) {
  static const char *const NAMES[] = {"A", "B", "C", "s", "t", "u"}, *const IDS[] = {"r1", "r2", "r3", "r4", "r5", "r6"};
  static const double WEIGHTS[] = {1, 1, 2, 1.5, 0.5};
  struct rule_set *s = &w->rules;
  *s = (struct rule_set){
      .n_categories = linear_only ? 0 : 1 + below(r, Q), .n_rules = 1 + below(r, RULES), .categories = w->category, .rules = w->rule};
  s->numeric = (struct linear_system){.p = 1 + below(r, P), .names = w->names, .lower = w->lower, .upper = w->upper, .decimals = w->decimals};
  for (int c = 0; c < 3; c++) w->codes[c] = str_of(&"abc"[c]);
  for (int j = 0; j < P; j++) {
    w->names[j] = NAMES[j];
    w->lower[j] = 0;
    w->upper[j] = TOP;
    w->decimals[j] = linear_only ? -1 : 0;
    w->weight[j] = WEIGHTS[below(r, 5)];
  }
  for (int k = 0; k < s->n_categories; k++) {
    w->category[k] = (struct rule_category){.name = NAMES[3 + k], .n_codes = 2 + below(r, 2), .codes = w->codes};
    w->weight[s->numeric.p + k] = WEIGHTS[below(r, 5)];
  }
  for (int i = 0; i < s->n_rules; i++) {
    w->rule[i] = (struct rule){
        .id = IDS[i], .n_atoms = linear_only ? 1 : 1 + below(r, ATOMS), .atoms = &w->atom[i * ATOMS], .soft = !linear_only && below(r, 5) == 0};
    w->rule[i].weight = w->rule[i].soft ? WEIGHTS[below(r, 5)] : 0;
    for (int t = 0; t < w->rule[i].n_atoms; t++) {
      const int at = i * ATOMS + t, k = linear_only ? 0 : below(r, s->n_categories);
      if (linear_only || below(r, 2)) {
        random_linear(w, r, at, &w->atom[at]);
        w->atom[at].strict = w->atom[at].strict && !linear_only;
        continue;
      }
      w->set[at] = 1 + rng_below(r, ((uint64_t)1 << w->category[k].n_codes) - 2);
      w->atom[at] = (struct rule_atom){.category = true, .k = k, .set = &w->set[at]};
    }
  }
}
static inline void random_record(struct world *w, struct rng *r) {
  for (int j = 0; j < P; j++) {
    w->missing[j] = below(r, 12) == 0;
    w->x[j] = w->missing[j] ? 0 : below(r, 15) ? below(r, TOP + 1) : 9; /* sometimes out of bounds */
  }
  for (int k = 0; k < w->rules.n_categories; k++) w->code[k] = below(r, 12) ? below(r, w->category[k].n_codes) : -1;
}
#endif
