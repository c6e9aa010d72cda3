/* mixed_proof.h -- why these items: the arguments behind a mixed localisation, and their check.
 * Argument rules which, with the values of its items as reported, no other values whatever satisfy: one of the items must change (or a soft rule
 *          among them be paid for). Without rules: the item is out of its bounds. With operations in the answer, "as reported" means after them.
 * Proof    a least list of arguments such that whatever meets all of them costs at least as much as the answer.
 * Check    mixed_proof_check() tries each argument anew with only its rules and everything but its items free, and all cheaper choices against
 *          the arguments. It uses the trial of a set, not the search; that the trial is right is tested against trying every record. */
#ifndef SHIRABE_PROCESSING_LOCALISE_MIXED_PROOF_H
#define SHIRABE_PROCESSING_LOCALISE_MIXED_PROOF_H
#include "processing/localise/localise_mixed.h"

struct mixed_argument {
  int n_items, n_soft, n_rules;
  const int *item; /* [n_items] of p + q */
  const int *soft; /* [n_soft] rules that could be paid for instead */
  const int *rule; /* [n_rules] */
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
/* Names of items and ids of rules, no values. */
enum err_code mixed_proof_print(const struct mixed_spec *spec, const struct mixed_proof *proof, enum err_lang lang, struct strbuf *to,
                                struct err *e) NODISCARD;
#endif
