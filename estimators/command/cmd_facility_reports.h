/* cmd_facility_reports.h -- the reports of the Hospital Report of a span of months, ready for sums. For the cmd_facility_ files only.
 * Months   of the store's datasets, or of period_from in files; a month of the span without a report stops (E_FACILITY_MONTH). Reports of other
 *          months in the files are left out. Days are those of the calendar: a report with another first or last day stops (E_FACILITY_DAYS).
 * Memory   the arena of the command's job. */
#ifndef SHIRABE_ESTIMATORS_CMD_FACILITY_REPORTS_H
#define SHIRABE_ESTIMATORS_CMD_FACILITY_REPORTS_H
#include "estimators/command/cmd_facility.h"

struct facility_reports {
  struct facility_span span;
  struct facility_source source;
  struct hospital_reports r;
  struct hospital_totals totals;
  struct hospital_labels labels;
  struct balance_report balance;
  struct str *id; /* prefecture/facility_no by report */
  bool from_store;
};
enum err_code facility_reports_read(struct cli *c, struct store *s, struct facility_reports **out, struct err *e) NODISCARD;
#endif
