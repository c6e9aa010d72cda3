/* step_localise_mixed.h -- the step localise by all rules: IF-THEN, codes, presence of answers, soft rules, operations (step_mixed.h).
 * Flags    numbers and codes of the cheapest answer; the reason is the proof, which names soft rules left unmet. Records without an answer become
 *          proposals that name the rules they fail.
 * Operations  carry_out true: a value gets what the operation says, status corrected, method `operation_swap` ..., the rule the step's place; an
 *          item that the answer changes besides is flagged instead. A move whose amount the rules leave open, and all with carry_out false, become
 *          proposals.
 * Notes    rules, judged, searched, statuses, paid soft rules, operations, without_proof, programmes.
 * Errors   E_JOB_NO_RULE, E_JOB_OPERATION_ITEM, E_JOB_RELIABILITY, those of the engine.
 * Source   localise_mixed.h. */
#ifndef SHIRABE_PROCESSING_JOB_STEP_LOCALISE_MIXED_H
#define SHIRABE_PROCESSING_JOB_STEP_LOCALISE_MIXED_H
#include "processing/edit/rule_set.h"
#include "processing/step/step.h"

enum err_code step_localise_mixed(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, const struct rule_set *chosen,
                                  struct step_report *r, struct err *e) NODISCARD;
#endif
