/* rule_search.h -- what clauses say together: can any record pass, which IF can never come about, which rule others already say.
 * Method   search over atoms: rules with one atom left are forced, categories keep the codes still possible, numbers a linear programme in
 *          rational arithmetic (exact_lp.h), `<` strictly so; else the shortest rule is branched on. Soft rules are left out. Numbers are taken
 *          as real: "no record" is certain, "some record" holds but for whole-number gaps.
 * Result   consistent, or a minimal conflicting set of rules (deletion filter). Per rule: NEVER_APPLIES: with all rules its condition contradicts
 *          the rest, so the IF is contradictory (because[i] names a minimal set); SAID: the other rules imply it; NOT_SETTLED: over RULE_SEARCH_NODES
 *          nodes or RULE_SEARCH_WORK; nothing is claimed then.
 * Errors   E_RULES_CONFLICT (bounds of an item that cross). Cost: one search per rule and question; each a few linear programmes.
 * Source   DPLL search: Davis, Logemann and Loveland (1962); clauses of edits: de Waal, Pannekoek and Scholtus (2011), ch. 4; contradictory IFs:
 *          Daalmans (2018), Constraint simplification for data editing, Statistics Netherlands. */
#ifndef SHIRABE_PROCESSING_EDIT_RULE_SEARCH_H
#define SHIRABE_PROCESSING_EDIT_RULE_SEARCH_H
#include "processing/edit/rule_set.h"

enum { RULE_SEARCH_NODES = 2000, RULE_SEARCH_WORK = 50000000 /* per question */ };
enum rule_answer { RULE_IMPOSSIBLE, RULE_POSSIBLE, RULE_UNSETTLED };
/* Can the hard rules i with on[i] (NULL: all), the bounds and the n_more rules `more` hold together? */
enum err_code rule_possible(struct arena *a, const struct rule_set *s, const bool *on, const struct rule *more, int n_more, enum rule_answer *out,
                            struct err *e) NODISCARD;

enum rule_finding { RULE_FINE, RULE_NEVER_APPLIES, RULE_SAID, RULE_NOT_SETTLED };
struct rule_review {
  enum rule_answer possible;
  int n_conflict, *conflict; /* rules, when impossible */
  enum rule_finding *finding; /* [n_rules]; soft rules: RULE_FINE */
  int **because, *n_because;  /* [n_rules] of NEVER_APPLIES: the rules that forbid the condition */
};
enum err_code rule_review(struct arena *a, const struct rule_set *s, struct rule_review *out, struct err *e) NODISCARD;
#endif
