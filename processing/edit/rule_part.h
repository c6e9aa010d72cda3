/* rule_part.h -- the linear edits among clauses: those that always apply and those of the condition that most rules share (reporting_status = 0
 * ...).
 * Result   a linear system over the numeric variables with their bounds, in the rules' order; `condition` is the shared one (a category atom whose
 *          opposite is assumed), NULL when there is none. Strict atoms and soft rules stay out. Cost: n_rules^2 comparisons of small sets. */
#ifndef SHIRABE_PROCESSING_EDIT_RULE_PART_H
#define SHIRABE_PROCESSING_EDIT_RULE_PART_H
#include "processing/edit/rule_set.h"

struct rule_part {
  struct linear_system system;
  const struct rule_atom *condition;
};
enum err_code rule_linear_part(struct arena *a, const struct rule_set *s, struct rule_part *out, struct err *e) NODISCARD;
#endif
