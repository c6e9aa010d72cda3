/* mixed_population.h -- establishments of edit_population.h with five categories: 10 non-negative numbers, 20 rules of which 8 IF-THEN and 3 soft;
 * about 7 % of records with a wrong number, 2 % with a missing one, 2 % with a wrong code. A record depends on (seed, its number) only. */
#ifndef SHIRABE_TESTS_BENCH_MIXED_POPULATION_H
#define SHIRABE_TESTS_BENCH_MIXED_POPULATION_H
#include "processing/edit/rule_set.h"
#include "tests/bench/edit_population.h"

enum { MIXED_P = 10, MIXED_Q = 5, MIXED_RULES = 20 };
enum { MIXED_SIZE, MIXED_PART, MIXED_BONUS, MIXED_OVER, MIXED_BRANCH };
static const uint64_t MIXED_FIRST = 1, MIXED_SECOND = 2, MIXED_NOT_FIRST = 6;
struct mixed_population {
  struct linear_system linear;
  struct rule_set rules;
  struct rule_category category[MIXED_Q];
  struct rule rule[MIXED_RULES];
  struct rule_atom atom[40];
  double weight[MIXED_P + MIXED_Q];
  int decimals[MIXED_P], n_atoms;
};
static inline void mixed_category(struct mixed_population *m, int k, const uint64_t *set) {
  m->atom[m->n_atoms++] = (struct rule_atom){.category = true, .k = k, .set = set};
}
/* The rule of the atoms since `first` and then edit number i. */
static inline void mixed_rule(struct mixed_population *m, int first, int i, double soft) {
  m->atom[m->n_atoms++] = (struct rule_atom){.linear = m->linear.edits[i]};
  m->rule[m->rules.n_rules++] = (struct rule){
      .id = m->linear.edits[i].id, .check = -1, .n_atoms = m->n_atoms - first, .atoms = &m->atom[first], .soft = soft > 0, .weight = soft};
}
static inline enum err_code mixed_population_rules(struct arena *a, struct mixed_population *m, struct err *e) {
  static const struct str YES_NO[] = {{"yes", 3}, {"no", 2}}, THREE[] = {{"a", 1}, {"b", 1}, {"c", 1}};
  static const char EDITS[] =
      "ER + EP = ET; HS + HO = HT; PS + PO + PX = PT; HS >= 60*ET; HS <= 171*ET; PS >= 150*ET; PS <= 900*ET; HO <= 0.4*HS;"
      "EP <= 0.5*ET;"                                /* 9 hard */
      "PX <= 0.99*PS; PO <= 0.396*PS; HS <= 169*ET;" /* 3 soft */
      "ET <= 50; ET >= 51; EP = 0; EP >= 1; PX = 0; HO = 0; HO >= 1; PT <= 2300*ET;" /* of the IF-THEN rules */;
  *m = (struct mixed_population){.n_atoms = 0};
  if (linear_parse(a, str_of(EDITS), false, &m->linear, e)) return E_LINEAR_SYNTAX;
  for (int k = 0; k < MIXED_Q; k++) {
    static const char *const NAMES[] = {"SIZE", "PART", "BONUS", "OVER", "BRANCH"};
    const bool three = k == MIXED_BRANCH;
    m->category[k] = (struct rule_category){.name = NAMES[k], .n_codes = three ? 3 : 2, .codes = three ? THREE : YES_NO};
  }
  m->rules = (struct rule_set){.numeric = m->linear, .n_categories = MIXED_Q, .categories = m->category, .rules = m->rule};
  m->rules.numeric.decimals = m->decimals;
  for (int j = 0; j < MIXED_P; j++) m->decimals[j] = -1;
  for (int j = 0; j < MIXED_P + MIXED_Q; j++) m->weight[j] = 1;
  for (int i = 0; i < 12; i++) mixed_rule(m, m->n_atoms, i, i < 9 ? 0 : 0.6);
  static const int OF[] = {MIXED_SIZE, MIXED_SIZE, MIXED_PART, MIXED_PART, MIXED_BONUS, MIXED_OVER, MIXED_OVER, MIXED_BRANCH};
  for (int i = 0; i < 8; i++) { /* small: at most 50; large: more; no part-time staff: none ... */
    const int first = m->n_atoms;
    const bool if_first = i == 0 || i == 3 || i == 6;
    mixed_category(m, OF[i], OF[i] == MIXED_BRANCH ? &MIXED_NOT_FIRST : if_first ? &MIXED_SECOND : &MIXED_FIRST);
    if (OF[i] == MIXED_BRANCH) mixed_category(m, MIXED_SIZE, &MIXED_FIRST);
    mixed_rule(m, first, 12 + i, 0);
  }
  return E_OK;
}
/* In the order of the system's variables: ER EP ET HS HO HT PS PO PX PT. */
static inline void mixed_population_record(uint64_t seed, int64_t i, double *x, uint8_t *status, int *code) {
  struct rng r;
  rng_init(&r, seed, "mixed population", &i, sizeof i);
  population_true_small(&r, x);
  x[8] = floor(0.98 * x[8]);
  x[9] = x[6] + x[7] + x[8];
  code[MIXED_SIZE] = x[2] > 50;
  code[MIXED_PART] = x[1] == 0;
  code[MIXED_BONUS] = x[8] == 0;
  code[MIXED_OVER] = x[4] == 0;
  code[MIXED_BRANCH] = (int)rng_below(&r, 3);
  memset(status, VAL_REPORTED, MIXED_P);
  if (rng_uniform(&r) < 0.07) {
    const uint64_t j = rng_below(&r, MIXED_P);
    x[j] = population_wrong(&r, x[j]);
  }
  if (rng_uniform(&r) < 0.02) {
    const uint64_t j = rng_below(&r, MIXED_P);
    x[j] = 0;
    status[j] = VAL_BLANK;
  }
  if (rng_uniform(&r) < 0.02) {
    const uint64_t k = rng_below(&r, MIXED_Q);
    code[k] = (code[k] + 1) % (k == MIXED_BRANCH ? 3 : 2);
  }
}
#endif
