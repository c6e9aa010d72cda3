/* rule_eval.h -- a set of rules over records: which rule passes, fails or is unknown, by three-valued logic; nothing of the expressions is needed
 * any more.
 * Data     rule_data: a num_table with one column per numeric variable (constants of the record included) and code indices per category; -1 =
 *          missing, also a code outside the list. rule_data_of fills it from a shard: values are stored integers / 10^decimals, dates are days.
 * Status   EDIT_FAIL: every atom is false; EDIT_MISS: none is true and one is unknown; EDIT_PASS else. The linear atoms follow linear_eval.h: exact
 *          on declared decimals; a strict atom is the opposite of its reverse.
 * Errors   E_RULES_COLUMN, E_RULES_NO_CODE: the shard lacks an item. E_EXPR_* of a constant.
 * Memory   8 bytes per numeric value (statuses 1), 4 per code; scratch per block. Cost: per rule and block a few bytes' loops. */
#ifndef SHIRABE_PROCESSING_EDIT_RULE_EVAL_H
#define SHIRABE_PROCESSING_EDIT_RULE_EVAL_H
#include "processing/edit/linear_eval.h"
#include "processing/edit/rule_set.h"
#include "processing/unit/unit_shard.h"

struct rule_data {
  struct num_table numbers; /* columns in the order of rule_set.numeric */
  int32_t **codes;          /* [n_categories][n] */
};
enum err_code rule_data_of(struct arena *a, const struct rule_set *s, const struct unit_shard *shard, struct rule_data *out, struct err *e) NODISCARD;
struct rule_plan;
enum err_code rule_plan_new(struct arena *a, const struct rule_set *s, const struct rule_data *d, struct rule_plan **out, struct err *e) NODISCARD;
/* status[i * LINEAR_BLOCK + k] of rule i and row row0 + k, n <= LINEAR_BLOCK. A plan has its scratch: one per thread. */
void rule_eval(struct rule_plan *p, int64_t row0, int n, uint8_t *status);
#endif
