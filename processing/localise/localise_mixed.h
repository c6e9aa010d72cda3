/* localise_mixed.h -- error localisation for rules over numbers and categories in clause form (rule_set.h): IF-THEN, soft rules, whole steps,
 * operations.
 * Items    variables 0 .. p-1 numeric, p .. p+q-1 categories: what may be changed, each with its weight. A soft rule may instead be paid for
 *          with its weight.
 * Record   x, missing [p]; code [q], -1 = missing or not in the code list: such values must be changed, at their weight. flags as in localise.h.
 * Whole    whole: numeric variables with declared decimals get values that are multiples of their step; else they are continuous.
 * Strict   a strict atom holds when it holds by more than the tolerance of linear_edit.h; changed values are made to hold it by 100 tolerances, so
 *          that x >= 1 and 3 x < 3 stay a contradiction.
 * Operations  a value may be repaired by what probably happened instead of being replaced: two values swapped, one in a unit too large (divided
 *          by 10, 100, 1000, 12 ...), a sign turned, an amount booked under b instead of a (their sum stays). Each has its weight; at most
 *          max_operations of them together. Divided values are rounded to the variable's step.
 * Answer   the cheapest set of items, soft rules to pay and operations. SOLVED is checked by evaluating every rule.
 * Ties     of several cheapest sets, with a prediction, the one with the least sum of closeness: a number's closeness is 1 / (1 + d), d = |x -
 *          prediction| / max(1, |prediction|), in millionths; so that what is far from its prediction is changed rather. A category's is 1 / 2.
 *          Then by hash of (seed, unit, names).
 * Errors   E_LOCALISE_WEIGHT, E_NO_MEMORY; a record beyond the limits is UNSOLVED with its reason.
 * Method   hitting sets as in localise.h; a set is tried by branching over the atoms of the rules that it leaves open, a small linear programme
 *          at each step. A set that fails teaches the fixed values that were used: one of them must change. Many records: localise_mixed_run.h.
 * Cost     milliseconds for some dozen rules; exponential in the open atoms in the worst case, bounded by the limits.
 * Source   de Waal (2003), Processing of Erroneous and Unsafe Data, ch. 4; soft edits: Scholtus (2013), JOS 29:415-440; operations: Scholtus
 *          (2016), JOS 32:467-497; clause branching: Davis, Logemann and Loveland (1962). */
#ifndef SHIRABE_PROCESSING_LOCALISE_LOCALISE_MIXED_H
#define SHIRABE_PROCESSING_LOCALISE_LOCALISE_MIXED_H
#include "processing/edit/rule_set.h"
#include "processing/localise/localise.h"

enum operation_kind { OPERATION_SWAP, OPERATION_DIVIDE, OPERATION_SIGN, OPERATION_MOVE };
struct operation {
  enum operation_kind kind;
  int a, b;      /* numeric variables; b for SWAP and MOVE */
  double factor; /* DIVIDE */
  double weight; /* > 0 */
};
struct mixed_spec {
  const struct rule_set *rules;
  const double *weight; /* [p + q], as in localise.h */
  const struct operation *operations;
  int n_operations, max_operations; /* 0, 1 or 2 at a time */
  bool whole;
  uint64_t seed;
  double max_cost;
  int64_t max_nodes; /* of both searches, per record and operation; 0 = 1,000,000 */
};
struct mixed_record {
  struct str unit;
  const double *x;
  const bool *missing;
  const int *code;
  const uint8_t *flags;     /* NULL or [p + q] */
  const double *prediction; /* NULL, or [p] what the numbers were expected to be: see Ties */
};
struct mixed_answer {
  uint8_t status, reason;
  double cost;
  int n_set, n_paid, n_operations;
  int set[64], paid[64], operations[2]; /* at most so many are named */
  double *x;                            /* [p] the witness: the whole record with which all rules but the paid ones hold */
  int *code;                            /* [q] */
  int64_t programmes;
};
enum err_code localise_mixed(struct arena *a, const struct mixed_spec *spec, const struct mixed_record *record, struct mixed_answer *out,
                             struct err *e) NODISCARD;
/* 1 holds, 0 fails, -1 unknown because of missing values. */
int rule_holds(const struct rule_set *s, const struct rule *r, const double *x, const bool *missing, const int *code);
#endif
