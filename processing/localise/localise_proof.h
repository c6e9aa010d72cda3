/* localise_proof.h -- why these values: a certificate for one record, checked independently, and its words.
 * Argument multipliers y of edits (and bounds) whose sum is an edit g x <= h that every correct record keeps and this one breaks: one of the
 *          variables with g <> 0 must change, whatever happens to the others. An edit or bound that the record itself breaks is an argument with
 *          one multiplier.
 * Proof    a least list of arguments such that every set meeting all of them costs at least as much as the chosen one; and a witness, values
 *          with which all edits hold. LOCALISE_NO_SOLUTION: no set of changeable variables meets all arguments.
 * Pure     made afresh for the record with an empty pool: the same record gets the same proof wherever it stands.
 * Check    localise_proof_check() shares no code with the search: sums in long double, all cheaper sets tried, the witness put into every edit.
 * Errors   E_LOCALISE_PROOF with what failed; E_LOCALISE_NO_PROOF: the record is unsolved, or its infeasibility holds within the tolerances
 *          only.
 * Source   Farkas' lemma: Schrijver (1986), Theory of Linear and Integer Programming, ch. 7; minimality: Fellegi and Holt (1976), theorem 1. */
#ifndef SHIRABE_PROCESSING_LOCALISE_LOCALISE_PROOF_H
#define SHIRABE_PROCESSING_LOCALISE_LOCALISE_PROOF_H
#include "processing/localise/localise.h"

struct localise_argument {
  int n_y, n_support;
  const int *row;     /* [n_y] row < m: an edit of the system; m + j: a bound of variable j, upper where y > 0, lower where y < 0 */
  const double *y;    /* [n_y] */
  const int *support; /* [n_support] variables of which one must change, ascending */
  double excess;      /* g x - h, > 0 */
};
struct localise_proof {
  struct localise_case answer;
  int n_arguments;
  const struct localise_argument *argument;
  double *x;      /* [p] the record; 0 where missing */
  bool *forced;   /* [p] missing or flagged */
  double *weight; /* [p] INFINITY = may not be changed */
};
enum err_code localise_prove(struct arena *a, const struct localise_spec *spec, const struct num_table *data, int64_t row, struct localise_proof *out,
                             struct err *e) NODISCARD;
enum err_code localise_proof_check(struct arena *a, const struct linear_system *s, const struct localise_proof *proof, struct err *e) NODISCARD;
/* Several lines, Japanese or English. Edits by their ids. values: the record's and the suggested values are written too, else only names and rules.
   */
enum err_code localise_proof_print(const struct linear_system *s, const struct localise_proof *proof, enum err_lang lang, bool values,
                                   struct strbuf *to, struct err *e) NODISCARD;
#endif
