/* inspection.h -- inspections (点検) of a store: planned, done, written down with the state of the log, and read-only when overdue (O5).
 * Plan     record "inspect:ID" ("shirabe-inspection-1", leaf inspect-plan) by chief or manager: what, when, and how often again.
 * Done     record "inspect-done:ID" ("shirabe-inspection-result-1", leaf inspect-done) by chief, manager or auditor, with size and root of the log as
 *          they were then, so that nobody can say later that another history was inspected. result: "in-order", "corrected" (something was found
 *          and put right: findings), "open" (not right yet: the inspection stays due).
 * Tasks    what the program itself leaves for the auditor (break-glass, differencing) is listed as task-SEQ and done by the auditor; has no due day.
 * Due      a plan on its day, with every > 0 again so many days after it was done; by the policy, inspect_every days after the last inspection of
 *          any kind. inspect_grace days later (policy; 14 without one) nothing is written to the store: E_INSPECT_OVERDUE. Reading goes on.
 * Errors   E_INSPECT_*, E_PAPER_FORMAT, E_ROLE_MISSING. */
#ifndef SHIRABE_SECURE_STORE_OVERSIGHT_INSPECTION_H
#define SHIRABE_SECURE_STORE_OVERSIGHT_INSPECTION_H
#include "secure-store/oversight/policy.h"

struct inspection_plan {
  char about[256], due[11], id[41], officer[41];
  int64_t every; /* days, 0 = once */
};
struct inspection_result {
  char date[11], findings[400], id[41], log_root[65], officer[41], result[16];
  int64_t log_size;
};
struct inspection_state {
  struct inspection_plan plan;
  struct inspection_result last;
  bool task, done, ever; /* task: of the program; done: nothing is due any more; ever: `last` is filled */
  int64_t due;           /* day number, INT64_MAX = none */
};
enum err_code inspection_plan_text(struct store *s, const struct inspection_plan *p, struct strbuf *out, struct err *e) NODISCARD;
enum err_code inspection_plan_parse(struct store *s, struct str json, struct inspection_plan *out, struct err *e) NODISCARD;
enum err_code inspection_result_parse(struct store *s, struct str json, struct inspection_result *out, struct err *e) NODISCARD;
/* Inside a transaction. E_INSPECT_EXISTS while one of this id is due: planning again moves no date. */
enum err_code inspection_put_plan(struct store *s, const struct inspection_plan *p, struct err *e) NODISCARD;
/* Fills date, log_size and log_root. E_INSPECT_UNKNOWN. */
enum err_code inspection_put_result(struct store *s, struct inspection_result *r, struct err *e) NODISCARD;
enum err_code inspection_list(struct store *s, struct arena *a, struct inspection_state **out, int64_t *n, struct err *e) NODISCARD;
enum err_code inspection_allows(struct store *s, int64_t now, struct err *warning, struct err *e) NODISCARD; /* whether anything may be written */
#endif
