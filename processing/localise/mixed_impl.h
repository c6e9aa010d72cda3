/* mixed_impl.h -- what the search (localise_mixed.c) and the trial of one set (mixed_check.c) share. Items: p + q variables, then one per soft
 * rule. */
#ifndef SHIRABE_PROCESSING_LOCALISE_MIXED_IMPL_H
#define SHIRABE_PROCESSING_LOCALISE_MIXED_IMPL_H
#include "processing/localise/localise_impl.h"
#include "processing/localise/localise_mixed.h"
#include "processing/localise/mixed_proof.h"

enum { MIXED_MAX_HITS = 8192, STRICT_MARGIN = 100 }; /* a strict row with changed values holds by so many tolerances */
struct open_rule {                                   /* a rule that the set leaves open */
  const struct rule *rule;
  uint32_t open;     /* bit t: atom t depends on the set */
  uint64_t *reasons; /* fixed items that made its other atoms false, and its own soft item */
  int taken;         /* atom chosen on the present branch, -1 = none yet, -2 = holds by the domains */
};
struct mixed_sum { /* a + b = sum: a move */
  int a, b, at;    /* at: place among the answer's operations */
  double sum;
};
/* The refutation of one set as it grows (mixed_tree.c). Nodes are made from the leaves up. */
enum { TREE_CHILDREN = 8192, TREE_TERMS = 8192 };
struct tree_room {
  struct proof_node *node;
  uint64_t *uses; /* [PROOF_MAX_NODES * rule_words] rules whose taken atoms a subtree rests on */
  int *child;
  struct proof_term *term;
  int n_node, n_child, n_term;
  bool lost; /* too large: there is no tree */
};
/* A refutation in flat form, for any record (mixed_conflict.c): when every dead atom is false and every leaf broken at its values, one of
   `support` must change. */
struct conflict_leaf {
  int n, n_terms;
  const int *var; /* [n] fixed variables that do not cancel */
  const double *g;
  double h; /* g x <= h for records that meet the rules */
  const struct proof_term *term;
  bool strict;
};
struct conflict {
  uint64_t *support;
  int n_dead, n_leaves;
  const struct rule_atom **dead;
  struct conflict_leaf *leaf;
};
enum { CONFLICT_NUMBERS = 16384, POOL_MAX_CONFLICTS = 4096 };
struct conflict_room { /* where one is made */
  struct conflict made;
  uint64_t *domain, *support;
  int *var, n_numbers;
  bool of_this_record; /* it rests on a move */
  double *number, *g, *size, *lower, *upper;
  uint64_t *touched;
};
struct conflict_pool {
  struct arena *arena; /* of the conflicts; NULL = none are kept */
  struct conflict *conflict;
  int n;
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
  int64_t *weight, *closeness; /* [n_items] */
  uint64_t *key;
  /* trial of a set */
  const uint64_t *set;
  struct open_rule *open;
  int n_open, n_columns, n_rows, *column, *variable, *row_rule; /* row_rule -1 = a move */
  uint64_t *domain;                                             /* [q * code_words] */
  uint64_t *blame;                                              /* [words] */
  uint64_t *dead_uses;                                          /* [max_rows * rule_words] */
  int rule_words, root;                                         /* root: of the last refutation, -1 = none */
  int *row_atom;                                                /* atom of the row's rule; of a move its number */
  struct tree_room tree;
  struct conflict_room conflict;
  struct conflict_pool *pool; /* NULL = none */
  struct arena *proof_arena;  /* NULL unless a proof is made */
  uint64_t *hit_support;      /* [MIXED_MAX_HITS * words] with proof_arena */
  bool no_memory;
  struct mixed_argument **hit_argument; /* [MIXED_MAX_HITS] with proof_arena; NULL entry = no tree was found */
  uint64_t *row_items;                  /* [max_rows * words] fixed items of each row */
  double *a, *lower, *upper, *tolerance, *l, *u, *start, *z, *y;
  int *answer_code;
  struct lp_room lp;
  struct arena *scratch;
  int64_t nodes, max_nodes, programmes, doubtful, exact_programmes;
};
/* FEASIBLE: z (by column) and domain (first code of each) are a witness, put into x_out/code_out. NOT: blame holds the items of which one must
   change. */
enum set_verdict mixed_check(struct mixed *m, const uint64_t *set, double *x_out, int *code_out);
bool mixed_init(struct mixed *m, struct arena *a, const struct mixed_spec *spec);
/* The whole of localise_mixed() in a room made once; out->x and out->code, one->x and one->code are the caller's. */
enum err_code mixed_solve(struct mixed *m, const struct mixed_record *r, struct mixed_answer *one, struct mixed_answer *out, struct err *e) NODISCARD;
/* The record with operations k and l (-1 = none), searched for at most `left`. *usable false: an operation does not apply. *cost: of the answer. */
enum err_code mixed_search(struct mixed *m, const struct mixed_record *r, int k, int l, int64_t left, int64_t *cost, bool *usable,
                           struct mixed_answer *out, struct err *e) NODISCARD;
/* Undoes operation o, which is number `at` of the answer's. false: it does not apply. (mixed_operation.c) */
bool mixed_apply(struct mixed *m, const struct operation *o, int at);
uint64_t mixed_answer_hash(const struct mixed *m, const struct mixed_record *r, int k, int l, const struct mixed_answer *a);
enum err_code mixed_check_weights(const struct mixed_spec *spec, struct err *e) NODISCARD;
/* The set just found infeasible teaches a hit. false: no room. */
bool mixed_learn(struct mixed *m);
/* The record alone, as mixed_check() wants it. */
void mixed_load(struct mixed *m, const struct mixed_record *r);
int atom_holds(const struct rule_set *s, const struct rule_atom *t, const double *x, const bool *missing, const int *code);
/* --- the tree (mixed_tree.c) --- */
bool tree_init(struct mixed *m, struct arena *a);
void tree_clear(struct mixed *m);
/* Number of the new node, -1 when the tree is lost. child [n_atoms] as in proof_node, NULL = all excluded; dead_uses
   [rule_words] rules that emptied domains. */
int tree_split(struct mixed *m, int rule, const int *child, const uint64_t *dead_uses);
int tree_whole(struct mixed *m, int variable, double value, const int *child);
int tree_leaf(struct mixed *m); /* of the multipliers y of the present rows */
bool tree_uses(const struct mixed *m, int node, int rule);
/* Copies the tree under root in the order of proof_node. false: no memory. */
bool tree_copy(const struct mixed *m, int root, struct arena *a, struct mixed_argument *out);
/* --- conflicts (mixed_conflict.c) --- */
bool conflict_init(struct mixed *m, struct arena *a);
/* What the refutation under root blames, thinned: m->conflict.support. false: it does not hold beyond the tolerances, or is too large. */
bool conflict_of(struct mixed *m, int root);
/* The conflict just made is kept for further records. */
bool conflict_keep(struct mixed *m);
bool conflict_applies(const struct mixed *m, const struct conflict *c);
#endif
