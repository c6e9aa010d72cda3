/* mixed_proof.h -- why these items: a certificate for a mixed localisation, checked independently, and its words.
 * Argument its items keep their reported values, everything else may take any value: no record meets the rules named. So one of the items must
 *          change (or a soft rule among them be paid for). With operations in the answer, "as reported" means after them.
 * Tree     how that is seen. SPLIT: one alternative (atom) of a rule has to hold; each is either excluded by the reported values or by the codes
 *          that are left (child -1), or followed further. WHOLE: a variable with declared decimals is at most `value` or at least one step more.
 *          FARKAS: multipliers y of the alternatives taken, y >= 0 for <=, whose sum no values of the free variables within their bounds can meet.
 *          An argument without nodes: the item is out of its own bounds.
 * Proof    a least list of arguments such that whatever meets all of them costs at least as much as the answer. It proves the set for the
 *          operations chosen; that no other operations are cheaper is not part of it.
 * Pure     made afresh for the record with an empty pool: the same record gets the same proof wherever it stands.
 * Check    mixed_proof_check() shares no code with the search or the trial of a set: it walks the trees, adds the multiples up exactly (expansions
 *          of doubles), tries all cheaper choices, and puts the witness into every rule. Strict rows
 *          with changed values must hold by 100 tolerances.
 * Errors   E_LOCALISE_PROOF with what failed; E_LOCALISE_NO_PROOF: unsolved, or a tree beyond PROOF_MAX_NODES.
 * Source   Farkas' lemma: Schrijver (1986), Theory of Linear and Integer Programming, ch. 7; refutation trees: Davis, Logemann and Loveland (1962),
 *          CACM 5:394-397; exact sums: Shewchuk (1997), Discrete and Computational Geometry 18:305-363. */
#ifndef SHIRABE_PROCESSING_LOCALISE_MIXED_PROOF_H
#define SHIRABE_PROCESSING_LOCALISE_MIXED_PROOF_H
#include "processing/localise/localise_mixed.h"

enum proof_kind { PROOF_SPLIT, PROOF_WHOLE, PROOF_FARKAS };
enum { PROOF_MAX_NODES = 1024 };
struct proof_term { /* y times an alternative of a rule; rule -1: the sum kept by the answer's operation number `atom` */
  int rule, atom;
  double y;
};
struct proof_node {
  enum proof_kind kind;
  int rule, variable;            /* of SPLIT, of WHOLE */
  double value;                  /* of WHOLE */
  int n;                         /* children or terms */
  const int *child;              /* [n] node numbers; SPLIT: one per atom; WHOLE: two; -1 = excluded */
  const struct proof_term *term; /* [n] */
};
struct mixed_argument {
  int n_items, n_soft, n_rules;
  const int *item; /* [n_items] of p + q */
  const int *soft; /* [n_soft] rules that could be paid for instead */
  const int *rule; /* [n_rules] */
  int n_nodes;
  const struct proof_node *node; /* [n_nodes], the first is the root, children after their parents */
};
struct mixed_proof {
  struct mixed_answer answer;
  int n_arguments;
  const struct mixed_argument *argument;
};
/* E_LOCALISE_NO_PROOF: the record is unsolved. */
enum err_code mixed_prove(struct arena *a, const struct mixed_spec *spec, const struct mixed_record *record, struct mixed_proof *out,
                          struct err *e) NODISCARD;
enum err_code mixed_proof_check(struct arena *a, const struct mixed_spec *spec, const struct mixed_record *record, const struct mixed_proof *proof,
                                struct err *e) NODISCARD;
/* Names of items and ids of rules, no values. A line per argument, and a line per branch: "pay/2 + rate - 2 x week cannot hold" (pay/2 is the second
   alternative of rule pay). */
enum err_code mixed_proof_print(const struct mixed_spec *spec, const struct mixed_proof *proof, enum err_lang lang, struct strbuf *to,
                                struct err *e) NODISCARD;
#endif
