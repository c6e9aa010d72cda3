/* repair_fix.h -- proposed repairs of one intake: listed, accepted, refused; nothing is applied without a person.
 * State    proposed, accepted or refused, from the decisions in their order: one about a cell always counts, one about a rule covers what is still
 * open. Where a cell has two proposals, accepting one refuses the other. The same decision again changes nothing. By rule  lost zeros proved by the
 * check digit and 平成31年 stand in the list as accepted by rule; refused, their cell becomes invalid. Applied  the records as they were taken in are
 * kept as dataset stage "as_taken_in", the original file stays as it came; the shard in "received" is written again from them with every accepted
 * value (status corrected), derived items included. So the order of decisions cannot matter. Atomic   one transaction with the decisions; an intent
 * in the access log before it, the reason sealed as the entry's detail. Refused  after sealing (E_FIX_SEALED), with another form version
 * (E_FIX_FORM), by rule where the rule proves nothing (E_FIX_ONE_BY_ONE). Ledger   tables intake_proposal (counts, shards) and repair_decision (rule,
 * line, cell, state): places, no values. Memory   the shard of the intake, once. Errors: E_FIX_*. */
#ifndef SHIRABE_COLLECTOR_REPAIR_FIX_H
#define SHIRABE_COLLECTOR_REPAIR_FIX_H
#include "collector/intake.h"

struct fix_proposal {
  int64_t line, cell, row; /* row in the shard, from 0 */
  const char *item;
  enum repair_rule rule;
  enum repair_state state;
  struct str raw, value; /* what came, what it would become; answers */
};
struct fix_request {
  const char *what; /* "RULE", "LINE:CELL", "LINE:CELL:RULE" */
  bool accept;
};
struct fix_result {
  int64_t accepted, refused, open; /* of all proposals, after the decision */
  int64_t changed;                 /* proposals that this decision changed; 0 = nothing was written */
};
struct fix_count {
  int64_t intake, proposed, open, shard, base;
};
/* Counts of one intake; zeros when it has no proposals. */
enum err_code fix_count(struct store *s, int64_t intake, struct fix_count *out, struct err *e) NODISCARD;
/* Through the access log; `show` notes that the texts are shown. */
enum err_code fix_list(struct store *s, const struct intake_entry *entry, bool show, struct arena *a, struct fix_proposal **out, int64_t *n,
                       struct err *e) NODISCARD;
enum err_code fix_decide(struct store *s, const char *forms, int64_t intake, const struct fix_request *requests, int n_requests, const char *reason,
                         struct fix_result *out, struct err *e) NODISCARD;
/* E_FIX_OPEN when a proposal of the intake waits for a decision. */
enum err_code fix_refuse_open(struct store *s, const struct intake_entry *entry, struct err *e) NODISCARD;
#endif
