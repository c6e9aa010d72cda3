/* mixed_impl.h -- what the search (localise_mixed.c) and the trial of one set (mixed_check.c) share. Items: p + q variables, then one per soft
 * rule. */
#ifndef SHIRABE_PROCESSING_LOCALISE_MIXED_IMPL_H
#define SHIRABE_PROCESSING_LOCALISE_MIXED_IMPL_H
#include "processing/localise/localise_impl.h"
#include "processing/localise/localise_mixed.h"

enum { MIXED_MAX_HITS = 8192 };
struct open_rule { /* a rule that the set leaves open */
  const struct rule *rule;
  uint32_t open;     /* bit t: atom t depends on the set */
  uint64_t *reasons; /* fixed items that made its other atoms false, and its own soft item */
  int taken;         /* atom chosen on the present branch, -1 = none yet, -2 = holds by the domains */
};
struct mixed_sum { /* a + b = sum: a move */
  int a, b;
  double sum;
};
struct mixed {
  const struct mixed_spec *spec;
  const struct rule_set *rules;
  int p, q, n_items, words, code_words;
  double *x;      /* [p] after operations */
  bool *missing;  /* [p] */
  int *code;      /* [q] */
  int *soft_item; /* [n_rules] -1 = hard */
  struct mixed_sum move[2];
  int n_moves;
  struct hitting hit;
  int64_t *weight;
  uint64_t *key;
  /* trial of a set */
  const uint64_t *set;
  struct open_rule *open;
  int n_open, n_columns, n_rows, *column, *variable, *row_rule; /* row_rule -1 = a move */
  uint64_t *domain;                                             /* [q * code_words] */
  uint64_t *blame;                                              /* [words] */
  uint64_t *blame_rules, *hit_rules; /* [rule_words] rules used beside blame; [MIXED_MAX_HITS * rule_words] per hit, NULL unless a proof is made */
  int rule_words;
  uint64_t *row_items; /* [max_rows * words] fixed items of each row */
  double *a, *lower, *upper, *tolerance, *l, *u, *start, *z, *y;
  int *answer_code;
  struct lp_room lp;
  struct arena *scratch;
  int64_t nodes, max_nodes, programmes;
};
/* FEASIBLE: z (by column) and domain (first code of each) are a witness, put into x_out/code_out. NOT: blame holds the items of which one must
   change. */
enum set_verdict mixed_check(struct mixed *m, const uint64_t *set, double *x_out, int *code_out);
bool mixed_init(struct mixed *m, struct arena *a, const struct mixed_spec *spec, struct str unit);
/* The record with operations k and l (-1 = none), searched for at most `left`. *usable false: an operation does not apply. *cost: of the answer. */
enum err_code mixed_search(struct mixed *m, const struct mixed_record *r, int k, int l, int64_t left, int64_t *cost, bool *usable,
                           struct mixed_answer *out, struct err *e) NODISCARD;
/* The record alone, as mixed_check() wants it. */
void mixed_load(struct mixed *m, const struct mixed_record *r);
int atom_holds(const struct rule_set *s, const struct rule_atom *t, const double *x, const bool *missing, const int *code);
#endif
