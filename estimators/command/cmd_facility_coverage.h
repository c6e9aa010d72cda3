/* cmd_facility_coverage.h -- how many open facilities of the register sent a report, month by month: what a full count lacks. For the
 *    cmd_facility_ files only.
 * Register of each month from the store where it is there; from files --register with one month. A month without a register is counted: there
 *          it is not known who did not report, and the note of the table says so.
 * Memory   the arena of the command's job. Cost: O(n log n). */
#ifndef SHIRABE_ESTIMATORS_CMD_FACILITY_COVERAGE_H
#define SHIRABE_ESTIMATORS_CMD_FACILITY_COVERAGE_H
#include "estimators/command/cmd_facility_reports.h"

struct facility_coverage {
  int n_known, n_unknown;         /* months with and without a register */
  int64_t n_open, n_reported;     /* facility-months of the known months */
};
enum err_code facility_coverage_of(struct cli *c, struct store *s, const struct facility_reports *w, struct facility_coverage *out,
    struct err *e) NODISCARD;
/* Facilities that reported in fewer months of the span than others, the first by number in a note; how many. */
enum err_code facility_fewer_months(
    struct cli *c, const struct facility_reports *w, struct result_table *t, int64_t *n, struct err *e) NODISCARD;
void facility_coverage_note(const struct facility_coverage *k, struct result_table *t);
#endif
